"""A contact is where it belongs: taken at once, queued, turned away; or set loose from a queue."""

from __future__ import annotations

from channelsim.compiled import apart, compiled, small
from channelsim.randomness import SELF_SERVICE, quantile, uniform
from channelsim.rules.announcements import answer
from channelsim.rules.bookkeeping.events import JOINS, SERVES_ITSELF, note_contact
from channelsim.rules.bookkeeping.lines import all_lines_taken, free_line, take_line
from channelsim.rules.bookkeeping.queues import enqueue, rise_with_age
from channelsim.rules.bookkeeping.tray import at_contact
from channelsim.rules.bookkeeping.work import start_work
from channelsim.rules.choices import choose_contact, choose_pool
from channelsim.rules.kinds import CONTACT_ARRIVES
from channelsim.rules.lists import pull_row
from channelsim.rules.outcomes import drop_impatient, follow
from channelsim.rules.state import (
    AGED_SINCE, CLASS_TALLY_WIDTH, CONTACT_TIMES, CONTACT_WIDTH, C_CHANNEL, C_CLASS, C_K, C_NEED, C_STAGE, C_STATE,
    C_VARIANT, IDLE_HEAD, KEPT_SINCE, LENGTH, LUCK, NEED_WIDTH, N_BALKED, N_BLOCKED, N_CALLED_BACK, OFFERED,
    ON_ITS_OWN, POOL_STATE_WIDTH, QUEUED_SINCE, QUEUE_WIDTH, SERVICE, STARTED_AT,
)  # fmt: skip
from channelsim.scenario.tables import (
    BALKED, BLOCKED, CLASS_WIDTH, GENERALIST, MODE, NONE, N_CHANNELS, PAIR_CLASS, PAIR_POOL, PAIR_WIDTH,
    QUEUE_LIMIT, QUEUE_RULES, SELF,
)  # fmt: skip
from channelsim.units import on_grid

grid = small(on_grid)


@compiled
def join(s, w, contact, now):
    """A contact is there: served on its own, taken at once, queued, or turned away at a full line."""
    c = contact * CONTACT_WIDTH
    t = contact * CONTACT_TIMES
    of_class = s.contacts[c + C_CLASS]
    s.contact_times[t + QUEUED_SINCE] = now
    s.contact_times[t + AGED_SINCE] = now
    s.class_tally[of_class * CLASS_TALLY_WIDTH + OFFERED] += 1.0
    note_contact(s, JOINS, contact, s.contacts[c + C_CHANNEL], s.contacts[c + C_VARIANT], now, now)
    if w.customers == 0:
        if all_lines_taken(s, w, of_class):
            turn_away(s, w, contact, now)
            return
        take_line(s, w, of_class)
    if w.bare == 0 and w.extras == 1 and s.contact_times[t + KEPT_SINCE] >= 0.0:
        come_of_age(s, w, contact, now)
    if w.bare == 0 and w.classes[of_class * CLASS_WIDTH + MODE] == SELF:
        serve_itself(s, w, contact, now)
        return
    pair = choose_pool(s, w, of_class, s.contacts[c + C_STAGE])
    if pair != NONE:
        person = s.pools[w.pairs[pair * PAIR_WIDTH + PAIR_POOL] * POOL_STATE_WIDTH + IDLE_HEAD]
        start_work(s, w, person, contact, pair, now)
        return
    limit = w.classes[of_class * CLASS_WIDTH + QUEUE_LIMIT]
    if limit != NONE and s.queues[of_class * QUEUE_WIDTH + LENGTH] >= limit:
        if w.customers == 0:
            free_line(s, w, of_class)
        turn_away(s, w, contact, now)
        return
    if w.bare == 0 and w.extras == 1 and w.classes[of_class * CLASS_WIDTH + QUEUE_RULES] != NONE:
        outcome = answer(s, w, contact, now)
        if outcome != NONE:
            s.class_tally[of_class * CLASS_TALLY_WIDTH + (N_BALKED if outcome == BALKED else N_CALLED_BACK)] += 1.0
            follow(s, w, contact, NONE, GENERALIST, outcome, now)
            return
    enqueue(s, w, contact, now)


@compiled
def serve_itself(s, w, contact, now):
    """Self-service begins, with its end drawn."""
    apart()
    c = contact * CONTACT_WIDTH
    n = s.contacts[c + C_NEED] * NEED_WIDTH
    row = w.handling[s.needs[n + SERVICE] * w.sizes[N_CHANNELS] + s.contacts[c + C_CHANNEL]]
    u = uniform(s.needs[n + LUCK], s.contacts[c + C_CHANNEL], s.contacts[c + C_K], 0, SELF_SERVICE)
    s.contacts[c + C_STATE] = ON_ITS_OWN
    s.contact_times[contact * CONTACT_TIMES + STARTED_AT] = now
    ends = now + grid(quantile(w.distribution, w.curves, row, u))
    note_contact(s, SERVES_ITSELF, contact, 0, 0, now, ends)
    at_contact(s, ends, CONTACT_ARRIVES, contact)


@compiled
def turn_away(s, w, contact, now):
    """A contact finds the line full: it is blocked, and what follows follows."""
    apart()
    s.class_tally[s.contacts[contact * CONTACT_WIDTH + C_CLASS] * CLASS_TALLY_WIDTH + N_BLOCKED] += 1.0
    follow(s, w, contact, NONE, GENERALIST, BLOCKED, now)


@compiled
def come_of_age(s, w, contact, now):
    """A contact brings its age along: it is at the stage of those who have waited as long; to move on again takes an event."""
    apart()
    t = contact * CONTACT_TIMES
    s.contact_times[t + AGED_SINCE] = s.contact_times[t + KEPT_SINCE]
    rise_with_age(s, w, contact, now)


@small
def next_for(s, w, pool, now, asked, after_shift):
    """What a freed person of a pool takes: a pair (class, pool), or NONE (`choose_contact`), of those who still wait."""
    if w.customers == 0:
        row = pull_row(s, w, pool)
        for e in range(w.pull_start[row], w.pull_start[row + 1]):
            drop_impatient(s, w, w.pairs[w.pull_pair[e] * PAIR_WIDTH + PAIR_CLASS], now, False)
    return choose_contact(s, w, pool, now, asked, after_shift)


@compiled
def set_loose(s, w, contact, now):
    """A waiting contact asks choose_pool once."""
    c = contact * CONTACT_WIDTH
    pair = choose_pool(s, w, s.contacts[c + C_CLASS], s.contacts[c + C_STAGE])
    if pair != NONE:
        person = s.pools[w.pairs[pair * PAIR_WIDTH + PAIR_POOL] * POOL_STATE_WIDTH + IDLE_HEAD]
        start_work(s, w, person, contact, pair, now)
