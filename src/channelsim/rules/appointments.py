"""Appointments: a slot is taken, a person held shortly before, the customer comes or does not (decisions 19)."""

from __future__ import annotations

from channelsim.compiled import apart, compiled
from channelsim.randomness import NO_SHOW, uniform
from channelsim.rules.arrivals import join, next_for
from channelsim.rules.booked_changes import give_back_slot, plan_chasers, plan_to_move
from channelsim.rules.bookkeeping.events import (
    APPOINTMENT_IS_DUE, HOLD_BEGINS, HOUR_GIVEN_BACK, INTRODUCES, SLOT_BOOKED, note_contact, note_person,
)  # fmt: skip
from channelsim.rules.bookkeeping.idle import stop_being_idle
from channelsim.rules.bookkeeping.tray import at_contact
from channelsim.rules.bookkeeping.waits import count_wait
from channelsim.rules.bookkeeping.work import start_work
from channelsim.rules.choices import book_slot, travel_of
from channelsim.rules.kinds import APPOINTMENT_DUE, TABLE_STEP
from channelsim.rules.outcomes import follow
from channelsim.rules.people import go_on_duty
from channelsim.rules.ways import has_travelled, trip_of
from channelsim.rules.state import (
    CLASS_TALLY_WIDTH, COMING, CONTACT_TIMES, CONTACT_WIDTH, C_BOOK, C_CHANNEL, C_CLASS, C_GENERATION, C_K, C_LEG,
    C_NEED, C_STAGE, C_STATE, DUE_AT, DUTY_LEFT, HAS_SLOT, HEAD, HOLD, IDLE, IDLE_COUNT, IDLE_HEAD, LEAD_MIN,
    LENGTH_MIN, LUCK, MUNICIPALITY, NEED_FLAGS, NEED_TIMES, NEED_WIDTH, N_NO_SHOW, N_VISITS, OFF, PERSON_TIMES,
    PERSON_WIDTH, POOL_STATE_WIDTH, P_STATE, QUEUED_SINCE, QUEUE_WIDTH, REMAINING_MIN, SERVICE, STARTED_AT,
    TRAVEL_KM, TRAVEL_MIN,
)  # fmt: skip
from channelsim.scenario.tables import (
    BOOK_CLASS, BOOK_POOL, BOOK_TIMES, BOOK_WIDTH, CLASS_WIDTH, FIRST_SLOT, GENERALIST, HOLD_BEFORE, NONE, NO_SLOT,
    N_SLOTS, PAIR_CLASS, PAIR_WIDTH, RING_DAYS, SLOT_LENGTH, VIDEO_INTRO_MIN, VISIT, WAIT_KIND,
)  # fmt: skip
from channelsim.scenario.tables import NO_SHOW as NO_SHOW_OUTCOME
from channelsim.units import DAY_MIN


@compiled
def book(s, w, contact, now):
    """The contact takes the earliest free slot of a pool that may serve it (decisions 19)."""
    c = contact * CONTACT_WIDTH
    t = contact * CONTACT_TIMES
    n = s.contacts[c + C_NEED] * NEED_WIDTH
    n_books = len(s.first_free_day)
    slots_max = len(s.slots) // (n_books * RING_DAYS)
    service = s.needs[n + SERVICE] if w.customers == 1 else s.contacts[c + C_CHANNEL]
    there = now
    if w.customers == 0 and w.travel_law[service] != NONE:
        there = now + trip_of(s, w, contact, service)
    candidate, day, slot = book_slot(s, w, service, s.needs[n + MUNICIPALITY], now, there, slots_max)
    if w.customers == 0:
        s.contacts[c + C_CLASS] = service
        s.contact_times[t + QUEUED_SINCE] = now
    if candidate == NONE:
        follow(s, w, contact, NONE, GENERALIST, NO_SLOT, now)
        return
    taken = w.bookable[candidate]
    take_slot(s, w, taken, day, slot, slots_max)
    times = taken * BOOK_TIMES
    due = day * DAY_MIN + w.book_times[times + FIRST_SLOT] + slot * w.book_times[times + SLOT_LENGTH]
    if w.customers == 1:
        s.contacts[c + C_CLASS] = w.books[taken * BOOK_WIDTH + BOOK_CLASS]
    s.contacts[c + C_BOOK] = candidate
    s.contacts[c + C_STATE] = HAS_SLOT
    s.contacts[c + C_STAGE] = 0
    s.contact_times[t + QUEUED_SINCE] = now
    s.contact_times[t + DUE_AT] = due
    s.contact_times[t + REMAINING_MIN] = -1.0
    s.contact_times[t + LENGTH_MIN] = -1.0
    s.contact_times[t + STARTED_AT] = -1.0
    s.book_tally[taken * 4] += 1
    note_contact(s, SLOT_BOOKED, contact, taken, candidate, now, due)
    held_from = due - w.book_times[times + HOLD_BEFORE]
    if held_from < due:
        at_contact(s, held_from if held_from > now else now, TABLE_STEP, contact)
    at_contact(s, due, APPOINTMENT_DUE, contact)
    if w.customers == 1 and w.extras == 1:
        plan_to_move(s, w, contact, now, due)
        plan_chasers(s, w, s.contacts[c + C_NEED], now, due)


@compiled
def move_hour(s, w, contact, now):
    """A customer asks for another hour: the next that is free is taken, then the old one is free for others."""
    apart()
    c = contact * CONTACT_WIDTH
    taken, due = w.bookable[s.contacts[c + C_BOOK]], s.contact_times[contact * CONTACT_TIMES + DUE_AT]
    note_contact(s, HOUR_GIVEN_BACK, contact, taken, 0, now, now)
    s.book_tally[taken * 4 + 3] += 1
    s.contacts[c + C_GENERATION] += 1  # what was to happen at the old hour is void
    s.contacts[c + C_LEG] += 1
    s.contacts[c + C_BOOK] = NONE
    book(s, w, contact, now)
    give_back_slot(s, w, taken, due)


@compiled
def take_slot(s, w, taken, day, slot, slots_max):
    """One slot fewer; days that are full are not looked at again."""
    s.slots[(taken * RING_DAYS + day % RING_DAYS) * slots_max + slot] -= 1
    first = s.first_free_day[taken]
    while first <= day:
        row = (taken * RING_DAYS + first % RING_DAYS) * slots_max
        for i in range(w.books[taken * BOOK_WIDTH + N_SLOTS]):
            if s.slots[row + i] > 0:
                s.first_free_day[taken] = first
                return
        first += 1
    s.first_free_day[taken] = first


@compiled
def hold_begins(s, w, contact, now):
    """Shortly before an appointment its pool keeps one more person back."""
    c = contact * CONTACT_WIDTH
    taken = w.bookable[s.contacts[c + C_BOOK]]
    s.pools[w.books[taken * BOOK_WIDTH + BOOK_POOL] * POOL_STATE_WIDTH + HOLD] += 1
    note_contact(s, HOLD_BEGINS, contact, taken, 0, now, now)
    s.contacts[c + C_STAGE] = 1  # while it has a slot, this marks that a person is held


@compiled
def charge_trip(s, w, need, minutes, km):
    """There and back, charged to the customer; without a car the kilometres are the bus's."""
    t = need * NEED_TIMES
    flags = s.needs[need * NEED_WIDTH + NEED_FLAGS]
    s.need_times[t + TRAVEL_MIN] += 2.0 * travel_of(w, minutes, flags)
    s.need_times[t + TRAVEL_KM] += 2.0 * km
    s.needs[need * NEED_WIDTH + N_VISITS] += 1


@compiled
def appointment_due(s, w, contact, now):
    """The hour of an appointment: the customer is there, first in the queue, or is a no-show."""
    c = contact * CONTACT_WIDTH
    t = contact * CONTACT_TIMES
    need = s.contacts[c + C_NEED]
    n = need * NEED_WIDTH
    candidate = s.contacts[c + C_BOOK]
    taken = w.bookable[candidate]
    pool = w.books[taken * BOOK_WIDTH + BOOK_POOL]
    held = s.contacts[c + C_STAGE] == 1
    note_contact(s, APPOINTMENT_IS_DUE, contact, taken, s.contacts[c + C_STAGE], now, now)
    if held:
        s.pools[pool * POOL_STATE_WIDTH + HOLD] -= 1
        s.contacts[c + C_STAGE] = 0
    k, leg = s.contacts[c + C_K], s.contacts[c + C_LEG]
    service = s.needs[n + SERVICE] if w.customers == 1 else s.contacts[c + C_CHANNEL]
    lead = s.contact_times[t + DUE_AT] - s.contact_times[t + QUEUED_SINCE]
    if w.customers == 1 and k == 0 and leg == 0:
        u = uniform(s.needs[n + LUCK], 0, 0, 0, NO_SHOW)
    else:
        u = uniform(s.needs[n + LUCK], s.contacts[c + C_CHANNEL], k, leg, NO_SHOW)
    if u < w.no_show_share[service] + w.no_show_rise[service] * lead:
        if w.customers == 0:
            s.contact_times[t + QUEUED_SINCE] = now  # a record has asking and hour apart
        s.book_tally[taken * 4 + 2] += 1
        s.class_tally[s.contacts[c + C_CLASS] * CLASS_TALLY_WIDTH + N_NO_SHOW] += 1.0
        follow(s, w, contact, NONE, GENERALIST, NO_SHOW_OUTCOME, now)
        if held:
            examine(s, w, pool, now)
        return
    s.book_tally[taken * 4 + 1] += 1
    if w.customers == 1:
        s.need_times[need * NEED_TIMES + LEAD_MIN] += lead
        count_wait(s, w, w.classes[s.contacts[c + C_CLASS] * CLASS_WIDTH + WAIT_KIND] + 1, need, lead)
    if s.contacts[c + C_CHANNEL] == w.sizes[VISIT]:
        charge_trip(s, w, need, w.booked_min[candidate], w.booked_km[candidate])
    if w.customers == 0 and w.travel_law[service] != NONE:
        has_travelled(s, w, contact, service, now)
    s.contacts[c + C_STATE] = COMING
    if w.customers == 1 and s.contacts[c + C_CHANNEL] == w.sizes[VISIT] and w.book_adviser[taken] != NONE:
        introduce(s, w, w.book_adviser[taken], now)
    join(s, w, contact, now)
    if held and w.customers == 0:  # another pool may have taken it: here the reserve fell all the same
        examine(s, w, pool, now)


@compiled
def introduce(s, w, person, now):
    """A municipal adviser takes a customer to the video room, as soon as he is free: some minutes of other duties (decisions 26)."""
    apart()
    state = s.persons[person * PERSON_WIDTH + P_STATE]
    if state == OFF:
        return
    note_person(s, INTRODUCES, person, now, w.options[VIDEO_INTRO_MIN])
    s.person_times[person * PERSON_TIMES + DUTY_LEFT] += w.options[VIDEO_INTRO_MIN]
    if state == IDLE:
        stop_being_idle(s, w, person, now)
        go_on_duty(s, person, now)


@compiled
def examine(s, w, pool, now):
    """A reserve of the pool fell: its idle persons ask for contacts, first idle first."""
    while s.pools[pool * POOL_STATE_WIDTH + IDLE_COUNT] > 0:
        pair = next_for(s, w, pool, now, 0, False)
        if pair == NONE:
            return
        contact = s.queues[w.pairs[pair * PAIR_WIDTH + PAIR_CLASS] * QUEUE_WIDTH + HEAD]
        start_work(s, w, s.pools[pool * POOL_STATE_WIDTH + IDLE_HEAD], contact, pair, now)
