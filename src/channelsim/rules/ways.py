"""How contacts of a world of queues come other than by walking in: a booked hour is kept or missed, a trip goes before a visit."""

from __future__ import annotations

from channelsim.compiled import compiled, small
from channelsim.randomness import CASEWORK, CHECKED, NO_SHOW, TRAVEL, quantile, uniform
from channelsim.rules.arrivals import join
from channelsim.rules.bookkeeping.events import CONTACT_MADE, HAS_TRAVELLED, SETS_OUT, note_contact
from channelsim.rules.bookkeeping.needs import take_contact
from channelsim.rules.bookkeeping.tray import at_contact
from channelsim.rules.choices import when_there
from channelsim.rules.kinds import CONTACT_ARRIVES
from channelsim.rules.outcomes import follow
from channelsim.rules.state import (
    CLASS_TALLY_WIDTH, CONTACT_SINCE, CONTACT_TIMES, CONTACT_WIDTH, C_CHANNEL, C_CLASS, C_K, C_LEG, C_NEED,
    C_SERIAL, K_BY_CHANNEL, LUCK, NEED_WIDTH, N_NO_SHOW, QUEUED_SINCE, REMAINING_MIN, TRIP_MIN,
)  # fmt: skip
from channelsim.scenario.tables import CALENDAR, CLASS_WIDTH, CLOSED_TO, GENERALIST, NONE
from channelsim.scenario.tables import NO_SHOW as NO_SHOW_OUTCOME
from channelsim.units import NEVER, TICK_MIN, on_grid

grid = small(on_grid)


@compiled
def misses_hour(s, w, contact, of_class, now):
    """Is the customer who has this hour a no-show? Whoever comes by another way has no hour to miss."""
    c = contact * CONTACT_WIDTH
    if s.contacts[c + C_SERIAL] != 0 or w.no_show_share[of_class] <= 0.0:
        return False
    luck = s.needs[s.contacts[c + C_NEED] * NEED_WIDTH + LUCK]
    if uniform(luck, s.contacts[c + C_CHANNEL], s.contacts[c + C_K], s.contacts[c + C_LEG], NO_SHOW) >= w.no_show_share[of_class]:
        return False
    s.contacts[c + C_CLASS] = of_class
    s.contact_times[contact * CONTACT_TIMES + QUEUED_SINCE] = now
    s.class_tally[of_class * CLASS_TALLY_WIDTH + N_NO_SHOW] += 1.0
    follow(s, w, contact, NONE, GENERALIST, NO_SHOW_OUTCOME, now)
    return True


@compiled
def trip_of(s, w, contact, of_class):
    """Minutes of the trip of a contact: a draw of its own, the same whenever it is asked for."""
    c = contact * CONTACT_WIDTH
    luck = s.needs[s.contacts[c + C_NEED] * NEED_WIDTH + LUCK]
    u = uniform(luck, s.contacts[c + C_CHANNEL], s.contacts[c + C_K], s.contacts[c + C_LEG], TRAVEL)
    return grid(quantile(w.distribution, w.curves, w.travel_law[of_class], u))


@compiled
def has_travelled(s, w, contact, of_class, now):
    """A customer who has an hour is there: his trip lay before it. It is counted and moves nothing."""
    minutes = trip_of(s, w, contact, of_class)
    s.contact_times[contact * CONTACT_TIMES + TRIP_MIN] = minutes
    note_contact(s, HAS_TRAVELLED, contact, NONE, 0, now, minutes)


@compiled
def travels(s, w, contact, of_class, now):
    """A visitor sets out, and is there after the trip; he stays at home if he would come too late (decisions 22)."""
    c, t = contact * CONTACT_WIDTH, contact * CONTACT_TIMES
    minutes = trip_of(s, w, contact, of_class)
    arrives = when_there(w, w.classes[of_class * CLASS_WIDTH + CALENDAR], now, minutes, w.last_arrival_min[of_class])
    if arrives >= NEVER:
        follow(s, w, contact, NONE, GENERALIST, CLOSED_TO, now)
        return
    s.contacts[c + C_CLASS] = of_class
    s.contact_times[t + CONTACT_SINCE] = arrives - minutes
    s.contact_times[t + TRIP_MIN] = minutes
    note_contact(s, SETS_OUT, contact, NONE, 0, now, arrives)
    if arrives > now:
        at_contact(s, arrives, CONTACT_ARRIVES, contact)
    else:
        join(s, w, contact, now)


@compiled
def leave_work(s, w, contact, now):
    """A served contact leaves an item of casework behind it, with a probability (design 4.9)."""
    c = contact * CONTACT_WIDTH
    need = s.contacts[c + C_NEED]
    n = need * NEED_WIDTH
    luck, channel, k, leg = s.needs[n + LUCK], s.contacts[c + C_CHANNEL], s.contacts[c + C_K], s.contacts[c + C_LEG]
    if w.casework_share[channel] < 1.0 and uniform(luck, channel, k, leg, CHECKED) >= w.casework_share[channel]:
        return
    to = w.left_class[channel]
    number = s.needs[n + K_BY_CHANNEL + to % 8]
    s.needs[n + K_BY_CHANNEL + to % 8] = number + 1
    item = take_contact(s, need, to, number, 0, now)
    s.contacts[item * CONTACT_WIDTH + C_CLASS] = to
    if w.left_law[channel] != NONE:
        minutes = grid(quantile(w.distribution, w.curves, w.left_law[channel], uniform(luck, channel, k, leg, CASEWORK)))
        s.contact_times[item * CONTACT_TIMES + REMAINING_MIN] = minutes if minutes > TICK_MIN else TICK_MIN
    note_contact(s, CONTACT_MADE, item, to, number, now, now)
    join(s, w, item, now)
