"""Between asking for an appointment and its hour: a customer asks how things stand, or moves the hour (decisions 19, 27)."""

from __future__ import annotations

from channelsim.compiled import apart, compiled
from channelsim.randomness import CHASES, HOUR, RESCHEDULES, uniform
from channelsim.rules.bookkeeping.tray import at_contact
from channelsim.rules.choices import hour_of_day
from channelsim.rules.kinds import CONTACT_ARRIVES
from channelsim.rules.outcomes import begin_contact
from channelsim.rules.state import (
    CONTACT_WIDTH, C_CHANNEL, C_K, C_LEG, C_NEED, LUCK, NEED_WIDTH, N_FAILURES,
)  # fmt: skip
from channelsim.scenario.tables import (
    BOOK_TIMES, CHASER, CHASER_AFTER_DAYS, CHASER_RATE, FIRST_SLOT, NONE, N_DAYS, PHONE, RESCHEDULE_NOTICE_MIN,
    RESCHEDULE_SHARE, RING_DAYS, SLOT_LENGTH,
)  # fmt: skip
from channelsim.units import DAY_MIN


@compiled
def plan_chasers(s, w, need, now, due):
    """One draw for each working day beyond so many: who has waited long for an hour phones to ask (decisions 27).

    The draws belong to need and day. A chaser is a call of that day, cut at closing like all, so that a need never has two at a time.
    """
    apart()
    chaser = w.sizes[CHASER]
    if chaser == NONE or w.options[CHASER_RATE] <= 0.0:
        return
    luck = s.needs[need * NEED_WIDTH + LUCK]
    calendar, profile = w.channel_calendar[w.sizes[PHONE]], w.channel_profile[w.sizes[PHONE]]
    waited = 0
    for day in range(int(now // DAY_MIN) + 1, int(due // DAY_MIN)):
        at = calendar * w.sizes[N_DAYS] + day
        if w.calendar_next[at] != day:
            continue
        waited += 1
        if waited <= w.options[CHASER_AFTER_DAYS] or uniform(luck, chaser, day, 0, CHASES) >= w.options[CHASER_RATE]:
            continue
        moment = w.calendar_open[at]
        if profile != NONE:
            moment = day * DAY_MIN + hour_of_day(w, profile, uniform(luck, chaser, day, 0, HOUR))
        if moment < w.calendar_open[at] or moment >= w.calendar_close[at]:
            moment = w.calendar_open[at]
        s.needs[need * NEED_WIDTH + N_FAILURES] += 1
        begin_contact(s, need, chaser, True, moment, now)


@compiled
def plan_to_move(s, w, contact, now, due):
    """Some customers will ask for another hour, a notice before theirs."""
    apart()
    c = contact * CONTACT_WIDTH
    if w.options[RESCHEDULE_SHARE] <= 0.0 or due - w.options[RESCHEDULE_NOTICE_MIN] <= now:
        return
    luck = s.needs[s.contacts[c + C_NEED] * NEED_WIDTH + LUCK]
    if uniform(luck, s.contacts[c + C_CHANNEL], s.contacts[c + C_K], s.contacts[c + C_LEG], RESCHEDULES) < w.options[RESCHEDULE_SHARE]:
        at_contact(s, due - w.options[RESCHEDULE_NOTICE_MIN], CONTACT_ARRIVES, contact)


@compiled
def give_back_slot(s, w, taken, due):
    """An hour of a book is free for others again."""
    slots_max = len(s.slots) // (len(s.first_free_day) * RING_DAYS)
    day = int(due // DAY_MIN)
    slot = int((due - day * DAY_MIN - w.book_times[taken * BOOK_TIMES + FIRST_SLOT]) / w.book_times[taken * BOOK_TIMES + SLOT_LENGTH] + 0.5)
    s.slots[(taken * RING_DAYS + day % RING_DAYS) * slots_max + slot] += 1
    if day < s.first_free_day[taken]:
        s.first_free_day[taken] = day
