"""Work: begun, charged to ledger, need, pair and person, and ended."""

from __future__ import annotations

from channelsim.compiled import apart, compiled, small
from channelsim.randomness import quantile
from channelsim.rules.announcements import is_not_reached
from channelsim.rules.bookkeeping.after_work import WARM, let_go
from channelsim.rules.bookkeeping.events import TAKEN, note_work
from channelsim.rules.bookkeeping.idle import stop_being_idle
from channelsim.rules.bookkeeping.lengths import length_luck, length_min, whole_ticks
from channelsim.rules.bookkeeping.queues import dequeue
from channelsim.rules.bookkeeping.tray import at
from channelsim.rules.bookkeeping.waits import count_start
from channelsim.rules.kinds import WORK_ENDS
from channelsim.rules.state import (
    ADVISER_MIN, BUSY, CONTACT_TIMES, CONTACT_WIDTH, C_BOOK, C_CHANNEL, C_CLASS, C_NEED, C_PERSON, C_ROLE, C_STAGE,
    C_STATE, EXPERT, EXPERTISE_CASEWORK_MIN, EXPERTISE_MIN, FAULT, FAULT_NEED, FLAG_UNMET, GENERALIST_MIN, IDLE,
    IN_WORK, LEDGER_WIDTH, LENGTH_MIN, LONG_OVERTIME, NATIONAL_MIN, NEED_FLAGS, NEED_ID, NEED_TIMES, NEED_WIDTH,
    OFF, OVERTIME, PERSON_TIMES, PERSON_WIDTH, PERSON_WORKED, P_CONTACT, P_GENERATION, P_PAIR, P_POOL, P_STATE,
    QUEUED, REMAINING_MIN, ROUTINE_CASEWORK_MIN, ROUTINE_MIN, SEGMENT, SERVICE, SHIFT_END, SINCE, SPECIALIST_MIN,
    STARTED_AT, WORKED_MIN,
)  # fmt: skip
from channelsim.scenario.tables import (
    ADVISER, CASEWORK_CHANNEL, CLASS_WIDTH, GENERALIST, GENERALIST_HANDLING, LEARNING, LONGEST_CONTACT_MIN,
    NATIONAL, NONE, N_CLASSES, N_SERVICES, PAIR_HANDLING, PAIR_POOL, PAIR_WIDTH, PERSON_FACTORS, POOL_WIDTH,
    QUEUE_RULES, QUEUE_RULE_WIDTH, ROLE, TRY_LENGTH, UNMET_RATIO,
)  # fmt: skip
from channelsim.units import WEEK_MIN

LONGEST_OVERTIME_MIN = 240.0


@small
def handling_min(s, w, contact, pair, person, now):
    """Minutes that this contact takes with this pool: drawn once at its first start, on the grid, at least a tick."""
    c = contact * CONTACT_WIDTH
    n = s.contacts[c + C_NEED] * NEED_WIDTH
    row = NONE if w.bare == 1 else w.pairs[pair * PAIR_WIDTH + PAIR_HANDLING]
    nobody = w.extras == 1 and is_not_reached(s, w, contact)
    if nobody:
        row = w.queue_rules[w.classes[s.contacts[c + C_CLASS] * CLASS_WIDTH + QUEUE_RULES] * QUEUE_RULE_WIDTH + TRY_LENGTH]
    if row != NONE:
        minutes = quantile(w.distribution, w.curves, row, length_luck(s, w, contact))
    else:
        minutes = s.contact_times[contact * CONTACT_TIMES + LENGTH_MIN]
        if minutes < 0.0:
            minutes = length_min(s, w, contact)
        if w.bare == 1 or (w.customers == 0 and w.options[PERSON_FACTORS] == 0.0):
            return minutes
    if w.customers == 1 and not nobody:
        if w.extras == 1 and s.needs[n + NEED_FLAGS] & FLAG_UNMET != 0:
            minutes *= w.options[UNMET_RATIO]
        minutes *= w.segment_factor[s.needs[n + SEGMENT]] * w.pair_scale[pair]
        if w.options[LEARNING] != 0.0:
            minutes *= slower_by_move(w, person, now)
        pool = w.pairs[pair * PAIR_WIDTH + PAIR_POOL]
        if s.needs[n + EXPERT] == 1 and w.able[pool * w.sizes[N_SERVICES] + s.needs[n + SERVICE]] == 0:
            minutes *= w.options[GENERALIST_HANDLING]
        minutes = min(minutes, w.options[LONGEST_CONTACT_MIN]) + w.after_work_min[s.contacts[c + C_CLASS]]
    if w.options[PERSON_FACTORS] != 0.0:
        minutes *= w.kind_factor[w.person_kind[person] * w.sizes[N_CLASSES] + s.contacts[c + C_CLASS]]
    return whole_ticks(minutes)


@compiled
def slower_by_move(w, person, now):
    """Factor on the work of a person who is new at a place, by whole weeks since the move (design 4.13)."""
    apart()
    if now < w.came_at[person]:
        return 1.0
    weeks = int((now - w.came_at[person]) // WEEK_MIN)
    last = len(w.slower) - 1
    return w.slower[weeks if weeks < last else last]


@compiled
def start_work(s, w, person, contact, pair, now):
    """A person begins a contact, or the next slice of an item; the engine is asked for its end."""
    c, t = contact * CONTACT_WIDTH, contact * CONTACT_TIMES
    p = person * PERSON_WIDTH
    of_class = s.contacts[c + C_CLASS]
    if w.customers == 1 and w.extras == 1 and s.contacts[c + C_BOOK] == WARM:
        let_go(s, contact, now)
    if s.contacts[c + C_STATE] == QUEUED:
        dequeue(s, contact, now)
    if s.persons[p + P_STATE] == IDLE:
        stop_being_idle(s, w, person, now)
    if w.bare == 1 or s.contact_times[t + REMAINING_MIN] < 0.0:
        s.contact_times[t + REMAINING_MIN] = handling_min(s, w, contact, pair, person, now)
    if w.bare == 1 or s.contact_times[t + STARTED_AT] < 0.0:
        s.contact_times[t + STARTED_AT] = now
        count_start(s, w, contact, now)
    minutes = s.contact_times[t + REMAINING_MIN]
    if w.bare == 0:
        minutes = min(minutes, w.slice_min[of_class])
    s.contacts[c + C_STATE] = IN_WORK
    s.contacts[c + C_PERSON] = person
    s.persons[p + P_STATE] = BUSY
    s.persons[p + P_CONTACT] = contact
    s.persons[p + P_PAIR] = pair
    s.persons[p + P_GENERATION] += 1
    s.person_times[person * PERSON_TIMES + SINCE] = now
    if now > s.person_times[person * PERSON_TIMES + SHIFT_END] + LONGEST_OVERTIME_MIN:
        s.scalars[FAULT] = LONG_OVERTIME
        s.scalars[FAULT_NEED] = s.needs[s.contacts[c + C_NEED] * NEED_WIDTH + NEED_ID]
    note_work(s, TAKEN, contact, person, s.persons[p + P_POOL], 0, s.contacts[c + C_STAGE], now, now + minutes)
    at(s, now + minutes, WORK_ENDS, person, person, s.persons[p + P_GENERATION])


@compiled
def charge_need(s, w, contact, pool, minutes):
    """Write minutes worked to the account of the need; returns the ledger's account that they belong to."""
    c = contact * CONTACT_WIDTH
    need = s.contacts[c + C_NEED]
    role = w.pools[pool * POOL_WIDTH + ROLE]
    t = need * NEED_TIMES
    if role == GENERALIST:
        s.need_times[t + GENERALIST_MIN] += minutes
    elif role == ADVISER:
        s.need_times[t + ADVISER_MIN] += minutes
    elif role == NATIONAL:
        s.need_times[t + NATIONAL_MIN] += minutes
    else:
        s.need_times[t + SPECIALIST_MIN] += minutes
    expert = s.needs[need * NEED_WIDTH + EXPERT] == 1
    if s.contacts[c + C_CHANNEL] == w.sizes[CASEWORK_CHANNEL]:
        return EXPERTISE_CASEWORK_MIN if expert else ROUTINE_CASEWORK_MIN
    return EXPERTISE_MIN if expert else ROUTINE_MIN


@compiled
def charge(s, w, person, now):
    """Write the minutes worked since the last charge to ledger, need, pair and person."""
    p = person * PERSON_WIDTH
    pool, contact, pair = s.persons[p + P_POOL], s.persons[p + P_CONTACT], s.persons[p + P_PAIR]
    since = s.person_times[person * PERSON_TIMES + SINCE]
    minutes = now - since
    account = ROUTINE_MIN
    if w.customers == 1 and contact != NONE:
        account = charge_need(s, w, contact, pool, minutes)
    s.ledger[pool * LEDGER_WIDTH + account] += minutes
    shift_end = s.person_times[person * PERSON_TIMES + SHIFT_END]
    if now > shift_end:
        s.ledger[pool * LEDGER_WIDTH + OVERTIME] += now - max(since, shift_end)
    s.pair_busy[pair] += minutes
    if w.bare == 1 or contact != NONE:  # not work after it
        s.contact_times[contact * CONTACT_TIMES + WORKED_MIN] += minutes
        s.contact_times[contact * CONTACT_TIMES + REMAINING_MIN] -= minutes
    s.person_times[person * PERSON_TIMES + PERSON_WORKED] += minutes
    s.person_times[person * PERSON_TIMES + SINCE] = now


@small
def end_work(s, w, person, now):
    """A person's piece of work is over: charge it; the person is free, in no list yet. Returns the contact."""
    p = person * PERSON_WIDTH
    charge(s, w, person, now)
    contact = s.persons[p + P_CONTACT]
    s.persons[p + P_CONTACT] = NONE
    s.persons[p + P_STATE] = OFF
    s.persons[p + P_GENERATION] += 1
    if w.customers == 1:
        s.contacts[contact * CONTACT_WIDTH + C_ROLE] = w.pools[s.persons[p + P_POOL] * POOL_WIDTH + ROLE]
    return contact
