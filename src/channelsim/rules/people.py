"""People: free, at work, on other duties, coming and leaving."""

from __future__ import annotations

from channelsim.compiled import apart, compiled, small
from channelsim.rules.arrivals import next_for, set_loose
from channelsim.rules.bookkeeping.after_work import WARM, after_work_min, begin_after_work, stay_on_line
from channelsim.rules.bookkeeping.events import (
    AFTER_WORK_OVER, AWAY, DUTY_CALLS, DUTY_OVER, LAID_DOWN, ON_OTHER_DUTY, PERSON_COMES, PERSON_LEAVES,
    PERSON_TRAVELS, WORK_STOPS, note, note_person, note_work,
)  # fmt: skip
from channelsim.rules.bookkeeping.idle import become_idle, cut_layers, stop_being_idle
from channelsim.rules.bookkeeping.queues import return_to_head
from channelsim.rules.bookkeeping.tray import at
from channelsim.rules.bookkeeping.work import charge, end_work, start_work
from channelsim.rules.choices import choose_pool
from channelsim.rules.kinds import ROSTER_STEP, WORK_ENDS
from channelsim.rules.services import served
from channelsim.rules.state import (
    AFTER_WORK_MIN, BUSY, CONTACT_TIMES, CONTACT_WIDTH, C_BOOK, C_CLASS, C_STAGE, C_STATE, DUTY, DUTY_LEFT, HEAD,
    IDLE, LEDGER_WIDTH, OFF, ON_DUTY, PAID, PAID_SINCE, PATIENCE_AT, PERSON_TIMES, PERSON_WIDTH, P_CONTACT,
    P_GENERATION, P_POOL, P_STATE, QUEUED, QUEUE_WIDTH, REMAINING_MIN, SHIFT_END, SINCE, TRAVELLED_MIN,
)  # fmt: skip
from channelsim.scenario.roster import COME, COME_TIE, LEAVE, TRIP
from channelsim.scenario.tables import HANDS_OVER, MIN_BREAK_LEFT_MIN, NONE, PAIR_CLASS, PAIR_WIDTH, POOL_WIDTH
from channelsim.units import NEVER

NO_END_MIN = 33554432.0  # 2**25: later than any horizon


@compiled
def set_free(s, w, person, now):
    """A person at work is free: home after the shift, off to other duties, to the next contact, or idle."""
    p, t = person * PERSON_WIDTH, person * PERSON_TIMES
    pool = s.persons[p + P_POOL]
    shift_end = s.person_times[t + SHIFT_END]
    if now >= shift_end:
        set_free_after_shift(s, w, person, now)
        return
    if s.person_times[t + DUTY_LEFT] > 0.0:
        if shift_end - now >= w.options[MIN_BREAK_LEFT_MIN]:
            go_on_duty(s, person, now)
            return
        s.person_times[t + DUTY_LEFT] = 0.0
    pair = next_for(s, w, pool, now, 1, False)
    if pair != NONE:
        start_head(s, w, person, pair, now)
    else:
        become_idle(s, w, person, now)


@compiled
def set_free_after_shift(s, w, person, now):
    """A person whose shift is over stays for those inside, or goes home."""
    apart()
    p = person * PERSON_WIDTH
    pair = next_for(s, w, s.persons[p + P_POOL], now, 1, True)
    if pair != NONE:
        start_head(s, w, person, pair, now)
    else:
        s.persons[p + P_STATE] = OFF
        note_person(s, AWAY, person, now, now)


@small
def start_head(s, w, person, pair, now):
    """A person takes the head of the queue that choose_contact named."""
    contact = s.queues[w.pairs[pair * PAIR_WIDTH + PAIR_CLASS] * QUEUE_WIDTH + HEAD]
    start_work(s, w, person, contact, pair, now)


@compiled
def go_on_duty(s, person, now):
    """Other duties begin, in full from now on, at most to the end of the shift (decisions 21)."""
    apart()
    p, t = person * PERSON_WIDTH, person * PERSON_TIMES
    minutes = min(s.person_times[t + DUTY_LEFT], s.person_times[t + SHIFT_END] - now)
    s.person_times[t + DUTY_LEFT] = 0.0
    s.person_times[t + SINCE] = now
    s.persons[p + P_STATE] = ON_DUTY
    s.persons[p + P_GENERATION] += 1
    note_person(s, ON_OTHER_DUTY, person, now, now + minutes)
    at(s, now + minutes, ROSTER_STEP, COME_TIE + person, person, s.persons[p + P_GENERATION])


@compiled
def duty_ends(s, w, person, now):
    """Back from other duties."""
    p, t = person * PERSON_WIDTH, person * PERSON_TIMES
    note_person(s, DUTY_OVER, person, now, now)
    s.ledger[s.persons[p + P_POOL] * LEDGER_WIDTH + DUTY] += now - s.person_times[t + SINCE]
    s.person_times[t + SINCE] = now
    s.persons[p + P_STATE] = OFF
    s.persons[p + P_GENERATION] += 1
    cut_layers(s, w, s.persons[p + P_POOL], now)
    set_free(s, w, person, now)


@compiled
def roster_step(s, w, person, action, pool, value, now):
    """A step of the roster: a person comes (value: end of the shift), leaves, or has other duties (value: minutes)."""
    if action == TRIP:
        goes_on_trip(s, person, pool, value, now)
        return
    p, t = person * PERSON_WIDTH, person * PERSON_TIMES
    state = s.persons[p + P_STATE]
    event = PERSON_COMES if action == COME else PERSON_LEAVES if action == LEAVE else DUTY_CALLS
    note(s, event, NONE, NONE, NONE, person, pool, 0, 0, now, value)
    if action == COME:
        if state == BUSY:  # work has run into this shift: what lies before it was overtime
            charge(s, w, person, now)
        s.person_times[t + SHIFT_END] = value
        s.person_times[t + PAID_SINCE] = now
        s.person_times[t + DUTY_LEFT] = 0.0
        if state == BUSY:
            return
        s.persons[p + P_POOL] = pool
        cut_layers(s, w, pool, now)
        set_free(s, w, person, now)
        return
    pool = s.persons[p + P_POOL]
    if pool == NONE:  # has never been here
        return
    cut_layers(s, w, pool, now)
    if action == LEAVE:
        s.ledger[pool * LEDGER_WIDTH + PAID] += now - s.person_times[t + PAID_SINCE]
        s.person_times[t + PAID_SINCE] = NEVER
        if state == IDLE:
            stop_being_idle(s, w, person, now)
            s.persons[p + P_STATE] = OFF
        elif state == ON_DUTY:
            s.ledger[pool * LEDGER_WIDTH + DUTY] += now - s.person_times[t + SINCE]
            s.persons[p + P_STATE] = OFF
            s.persons[p + P_GENERATION] += 1
        elif state == BUSY and w.pools[pool * POOL_WIDTH + HANDS_OVER] == 1 and s.persons[p + P_CONTACT] != NONE:
            lay_down(s, w, person, now)
    elif state != OFF:
        s.person_times[t + DUTY_LEFT] += value
        if state == IDLE:
            stop_being_idle(s, w, person, now)
            go_on_duty(s, person, now)


@compiled
def goes_on_trip(s, person, pool, minutes, now):
    """A visiting day: the way there and back is paid time outside the hours at the point, charged at its beginning (decisions 24)."""
    apart()
    note(s, PERSON_TRAVELS, NONE, NONE, NONE, person, pool, 0, 0, now, minutes)
    s.ledger[pool * LEDGER_WIDTH + PAID] += minutes
    s.ledger[pool * LEDGER_WIDTH + TRAVELLED_MIN] += minutes


@compiled
def lay_down(s, w, person, now):
    """The shift is over and the contact is not: a colleague goes on with the rest, now or as soon as one is free.

    In a region only a colleague who is free now does: elsewhere the contact would wait over night, and is finished.
    """
    apart()
    c = s.persons[person * PERSON_WIDTH + P_CONTACT] * CONTACT_WIDTH
    if w.customers == 1 and choose_pool(s, w, s.contacts[c + C_CLASS], s.contacts[c + C_STAGE]) == NONE:
        return
    at(s, NO_END_MIN, WORK_ENDS, person, person, s.persons[person * PERSON_WIDTH + P_GENERATION])  # in place of the end that was asked for
    pool = s.persons[person * PERSON_WIDTH + P_POOL]
    contact = end_work(s, w, person, now)
    s.contact_times[contact * CONTACT_TIMES + PATIENCE_AT] = NEVER
    note_work(s, LAID_DOWN, contact, person, pool, 0, 0, now, s.contact_times[contact * CONTACT_TIMES + REMAINING_MIN])
    return_to_head(s, w, contact, now)
    set_loose(s, w, contact, now)


@compiled
def work_ends(s, w, person, now):
    """A piece of work is over: the contact goes its way, then the freed person asks."""
    pool = s.persons[person * PERSON_WIDTH + P_POOL]
    if w.bare == 0 and s.persons[person * PERSON_WIDTH + P_CONTACT] == NONE:
        after_work_ends(s, w, person, now)
        return
    contact = end_work(s, w, person, now)
    note_work(s, WORK_STOPS, contact, person, pool, 0, 0, now, s.contact_times[contact * CONTACT_TIMES + REMAINING_MIN])
    if w.bare == 0 and s.contact_times[contact * CONTACT_TIMES + REMAINING_MIN] > 0.0:
        put_back(s, w, contact, person, now)
    else:
        after = after_work_min(s, w, contact)
        if w.bare == 0:
            s.contact_times[contact * CONTACT_TIMES + AFTER_WORK_MIN] = after
        served(s, w, contact, pool, now)
        if after > 0.0:
            begin_after_work(s, person, after, now)
        elif w.customers == 1 and w.extras == 1 and s.contacts[contact * CONTACT_WIDTH + C_BOOK] == WARM:
            stay_on_line(s, w, person, contact, now)
        else:
            set_free(s, w, person, now)


@compiled
def after_work_ends(s, w, person, now):
    """The work after a contact is done, and the person is free."""
    apart()
    note_person(s, AFTER_WORK_OVER, person, now, now)
    charge(s, w, person, now)
    s.persons[person * PERSON_WIDTH + P_STATE] = OFF
    s.persons[person * PERSON_WIDTH + P_GENERATION] += 1
    set_free(s, w, person, now)


@compiled
def put_back(s, w, contact, person, now):
    """A slice of an item is done: its rest goes back, the person asks, and then the rest if nobody took it."""
    apart()
    return_to_head(s, w, contact, now)
    set_free(s, w, person, now)
    if s.contacts[contact * CONTACT_WIDTH + C_STATE] == QUEUED:
        set_loose(s, w, contact, now)
