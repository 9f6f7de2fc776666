"""A contact is where it belongs: taken at once, queued, turned away; or set loose from a queue."""

from __future__ import annotations

from channelsim.compiled import apart, compiled, small
from channelsim.randomness import SELF_SERVICE, quantile, uniform
from channelsim.rules.bookkeeping.events import JOINS, SERVES_ITSELF, note_contact
from channelsim.rules.bookkeeping.queues import enqueue
from channelsim.rules.bookkeeping.tray import at_contact
from channelsim.rules.bookkeeping.work import start_work
from channelsim.rules.choices import choose_contact, choose_pool
from channelsim.rules.kinds import CONTACT_ARRIVES
from channelsim.rules.outcomes import drop_impatient, follow
from channelsim.rules.state import (
    CLASS_TALLY_WIDTH, CONTACT_TIMES, CONTACT_WIDTH, C_CHANNEL, C_CLASS, C_K, C_NEED, C_STAGE, C_STATE, C_VARIANT,
    IDLE_HEAD, LENGTH, LUCK, NEED_WIDTH, N_BLOCKED, OFFERED, ON_ITS_OWN, POOL_STATE_WIDTH, QUEUED_SINCE,
    QUEUE_WIDTH, SERVICE, STARTED_AT,
)  # fmt: skip
from channelsim.scenario.tables import (
    BLOCKED, CLASS_WIDTH, GENERALIST, MODE, NONE, N_CHANNELS, PAIR_CLASS, PAIR_POOL, PAIR_WIDTH, QUEUE_LIMIT, SELF,
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
    s.class_tally[of_class * CLASS_TALLY_WIDTH + OFFERED] += 1.0
    note_contact(s, JOINS, contact, s.contacts[c + C_CHANNEL], s.contacts[c + C_VARIANT], now, now)
    if w.classes[of_class * CLASS_WIDTH + MODE] == SELF:
        serve_itself(s, w, contact, now)
        return
    pair = choose_pool(s, w, of_class, 0)
    if pair != NONE:
        person = s.pools[w.pairs[pair * PAIR_WIDTH + PAIR_POOL] * POOL_STATE_WIDTH + IDLE_HEAD]
        start_work(s, w, person, contact, pair, now)
        return
    limit = w.classes[of_class * CLASS_WIDTH + QUEUE_LIMIT]
    if limit != NONE and s.queues[of_class * QUEUE_WIDTH + LENGTH] >= limit:
        turn_away(s, w, contact, now)
    else:
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
    """A contact meets a full line."""
    apart()
    s.class_tally[s.contacts[contact * CONTACT_WIDTH + C_CLASS] * CLASS_TALLY_WIDTH + N_BLOCKED] += 1.0
    follow(s, w, contact, NONE, GENERALIST, BLOCKED, now)


@compiled
def next_for(s, w, pool, now, asked, after_shift):
    """What a freed person of a pool takes: a pair (class, pool), or NONE (`choose_contact`), of those who still wait."""
    if w.customers == 0:
        for e in range(w.pull_start[pool], w.pull_start[pool + 1]):
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
