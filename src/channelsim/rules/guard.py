"""Run-time guards: what must be true after every event, whatever the rules did (`--guard`).

They share nothing with the counters that they check: lists are walked, rows are counted, times are added up anew. A
broken invariant is a fault of the replication, with the time, the kind of event and the need. What takes a walk over
everybody (needs in use, the time ledger) is looked at after every `FULL_EVERY`-th event.
"""

from __future__ import annotations

from channelsim.compiled import apart, compiled, small
from channelsim.rules.lists import pull_row, spare
from channelsim.rules.state import (
    BUSY, CONTACT_TIMES, CONTACT_WIDTH, C_CLASS, C_NEED, C_NEXT, C_PERSON, C_STAGE, C_STATE, DUTY,
    EXPERTISE_CASEWORK_MIN, EXPERTISE_MIN, FAULT, FAULT_NEED, FREE_CONTACTS, FREE_NEEDS, GUARD, GUARD_TICK, HEAD,
    IDLE, IDLE_BESIDE_WAITING, IDLE_COUNT, IDLE_HEAD, IDLE_LIST_WRONG, IDLE_MIN, IDLE_SINCE, IDLE_TAIL, IN_WORK,
    LEDGER_OPEN, LEDGER_WIDTH, LENGTH, LINES_WRONG, NEEDS_LOST, NEED_ID, NEED_WIDTH, NO_FAULT, N_ARISEN, N_FINISHED,
    OFF, ON_ITS_OWN, OPEN_CONTACTS, OVERTIME, PAID, PAID_SINCE, PATIENCE_AT, PERSON_TIMES, PERSON_WIDTH,
    POOL_STATE_WIDTH, P_CONTACT, P_NEXT, P_POOL, P_STATE, QUEUED, QUEUE_LIST_WRONG, QUEUE_WIDTH,
    ROUTINE_CASEWORK_MIN, ROUTINE_MIN, SHIFT_END, SINCE, TAIL, TIME_RAN_BACK, TRAVELLED_MIN, WORK_WRONG,
)  # fmt: skip
from channelsim.scenario.tables import CLASS_WIDTH, LEAVES_UNSEEN, LINES, NONE, N_CLASSES, N_POOLS, PAIR_CLASS, PAIR_WIDTH
from channelsim.units import TICKS_PER_MIN

FULL_EVERY = 256
LONG_QUEUE = 100  # contacts: longer ones are walked through at a full look only, or an overloaded world would take for ever


@compiled
def guard_event(s, w, now):
    """Look at the state after an event at `now`; a broken invariant is left in the fault scalar."""
    apart()
    tick = int(now * TICKS_PER_MIN)
    if tick < s.scalars[GUARD_TICK]:
        s.scalars[FAULT] = TIME_RAN_BACK
    s.scalars[GUARD_TICK] = tick
    s.scalars[GUARD] += 1
    for pool in range(w.sizes[N_POOLS]):
        guard_idle(s, pool)
        guard_nobody_idle_beside(s, w, pool, now)
    full = s.scalars[GUARD] % FULL_EVERY == 0
    for of_class in range(w.sizes[N_CLASSES]):
        if full or s.queues[of_class * QUEUE_WIDTH + LENGTH] < LONG_QUEUE:
            guard_queue(s, of_class)
    guard_work(s)
    if full:
        guard_needs(s)
        guard_ledger(s, w, now)
        guard_lines(s, w)


@small
def broken(s, code, contact):
    """Leave the first broken invariant, with the need of a contact (or NONE), for the edge to tell."""
    if s.scalars[FAULT] == NO_FAULT:
        s.scalars[FAULT] = code
        if contact != NONE and s.contacts[contact * CONTACT_WIDTH + C_NEED] != NONE:
            s.scalars[FAULT_NEED] = s.needs[s.contacts[contact * CONTACT_WIDTH + C_NEED] * NEED_WIDTH + NEED_ID]


@compiled
def guard_idle(s, pool):
    """The idle of a pool are as many as are counted, idle, of this pool, and in the order in which they became idle."""
    q = pool * POOL_STATE_WIDTH
    n, last, person = 0, NONE, s.pools[q + IDLE_HEAD]
    while person != NONE:
        p, t = person * PERSON_WIDTH, person * PERSON_TIMES
        n += 1
        if n > s.pools[q + IDLE_COUNT] or s.persons[p + P_STATE] != IDLE or s.persons[p + P_POOL] != pool:
            broken(s, IDLE_LIST_WRONG, NONE)
            return
        if last != NONE:
            since, before = s.person_times[t + IDLE_SINCE], s.person_times[last * PERSON_TIMES + IDLE_SINCE]
            if since < before or (since == before and person < last):
                broken(s, IDLE_LIST_WRONG, NONE)
        last, person = person, s.persons[p + P_NEXT]
    if n != s.pools[q + IDLE_COUNT] or last != s.pools[q + IDLE_TAIL]:
        broken(s, IDLE_LIST_WRONG, NONE)


@compiled
def guard_queue(s, of_class):
    """A queue holds as many as are counted, each waiting, of this class."""
    q = of_class * QUEUE_WIDTH
    n, last, contact = 0, NONE, s.queues[q + HEAD]
    while contact != NONE:
        c = contact * CONTACT_WIDTH
        n += 1
        if n > s.queues[q + LENGTH] or s.contacts[c + C_STATE] != QUEUED or s.contacts[c + C_CLASS] != of_class:
            broken(s, QUEUE_LIST_WRONG, contact)
            return
        last, contact = contact, s.contacts[c + C_NEXT]
    if n != s.queues[q + LENGTH] or last != s.queues[q + TAIL]:
        broken(s, QUEUE_LIST_WRONG, last)


@compiled
def first_waiting(s, w, of_class, now):
    """The first of a queue who is still there: some classes forget those who left only when they look (decisions 18)."""
    contact = s.queues[of_class * QUEUE_WIDTH + HEAD]
    if w.customers == 0 and w.classes[of_class * CLASS_WIDTH + LEAVES_UNSEEN] == 1:
        while contact != NONE and s.contact_times[contact * CONTACT_TIMES + PATIENCE_AT] <= now:
            contact = s.contacts[contact * CONTACT_WIDTH + C_NEXT]
    return contact


@compiled
def guard_nobody_idle_beside(s, w, pool, now):
    """Nobody is idle beside somebody whom they may serve and the reserve allows (work conservation)."""
    if s.pools[pool * POOL_STATE_WIDTH + IDLE_COUNT] == 0:
        return
    row = pull_row(s, w, pool)
    for e in range(w.pull_start[row], w.pull_start[row + 1]):
        pair = w.pull_pair[e]
        contact = first_waiting(s, w, w.pairs[pair * PAIR_WIDTH + PAIR_CLASS], now)
        if contact != NONE and s.contacts[contact * CONTACT_WIDTH + C_STAGE] >= w.pull_from_stage[e] and spare(s, w, pool, pair, 0):
            broken(s, IDLE_BESIDE_WAITING, contact)


@compiled
def guard_work(s):
    """Whoever works on a contact is the one by whom it is worked on; work after a contact is without one."""
    for person in range(len(s.persons) // PERSON_WIDTH):
        p = person * PERSON_WIDTH
        contact = s.persons[p + P_CONTACT]
        if contact == NONE:
            continue
        if s.persons[p + P_STATE] == BUSY:
            if s.contacts[contact * CONTACT_WIDTH + C_PERSON] != person or s.contacts[contact * CONTACT_WIDTH + C_STATE] != IN_WORK:
                broken(s, WORK_WRONG, contact)
        else:
            broken(s, WORK_WRONG, contact)


@compiled
def guard_needs(s):
    """Needs that arose are finished or have a row in use; contacts in use are those that the needs count."""
    needs_used = len(s.needs) // NEED_WIDTH - s.scalars[FREE_NEEDS]
    contacts_used = len(s.contacts) // CONTACT_WIDTH - s.scalars[FREE_CONTACTS]
    counted = 0
    for contact in range(len(s.contacts) // CONTACT_WIDTH):
        if s.contacts[contact * CONTACT_WIDTH + C_NEED] != NONE:
            counted += 1
            if s.needs[s.contacts[contact * CONTACT_WIDTH + C_NEED] * NEED_WIDTH + OPEN_CONTACTS] < 1:
                broken(s, NEEDS_LOST, contact)
    if counted != contacts_used or s.scalars[N_ARISEN] != s.scalars[N_FINISHED] + needs_used:
        broken(s, NEEDS_LOST, NONE)


@compiled
def guard_lines(s, w):
    """Lines of a group that are taken are as many as its contacts that wait, are served or serve themselves, and no more than there are."""
    for group in range(len(w.lines_limit)):
        taken = 0
        for contact in range(len(s.contacts) // CONTACT_WIDTH):
            c = contact * CONTACT_WIDTH
            doing = s.contacts[c + C_STATE]  # waiting, served, serving itself: numbers in this order
            if s.contacts[c + C_NEED] != NONE and QUEUED <= doing <= ON_ITS_OWN:
                taken += int(w.classes[s.contacts[c + C_CLASS] * CLASS_WIDTH + LINES] == group)
        if taken != s.lines[group] or taken > w.lines_limit[group]:
            broken(s, LINES_WRONG, NONE)


@compiled
def guard_ledger(s, w, now):
    """Paid time and overtime up to now are what was worked, idle, on other duties or travelling, to the last bit."""
    gap = 0.0
    for pool in range(w.sizes[N_POOLS]):
        row = pool * LEDGER_WIDTH
        gap += s.ledger[row + PAID] + s.ledger[row + OVERTIME] - s.ledger[row + DUTY] - s.ledger[row + IDLE_MIN]
        gap -= s.ledger[row + EXPERTISE_MIN] + s.ledger[row + ROUTINE_MIN] + s.ledger[row + TRAVELLED_MIN]
        gap -= s.ledger[row + EXPERTISE_CASEWORK_MIN] + s.ledger[row + ROUTINE_CASEWORK_MIN]
    for person in range(len(s.persons) // PERSON_WIDTH):
        t, doing = person * PERSON_TIMES, s.persons[person * PERSON_WIDTH + P_STATE]
        if s.persons[person * PERSON_WIDTH + P_POOL] == NONE:
            continue
        if s.person_times[t + PAID_SINCE] <= now:  # NEVER between shifts
            gap += now - s.person_times[t + PAID_SINCE]
        if doing == BUSY and now > s.person_times[t + SHIFT_END]:
            gap += now - max(s.person_times[t + SINCE], s.person_times[t + SHIFT_END])
        if doing != OFF:
            gap -= now - s.person_times[t + SINCE]
    if gap != 0.0:
        broken(s, LEDGER_OPEN, NONE)
