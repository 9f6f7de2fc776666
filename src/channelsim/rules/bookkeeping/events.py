"""The event log, on request: what happened and who it happened to, one row a step, in the order in which it happened.

A row is either the *head* of an event (one of decisions 10's kinds takes place) or a step that follows from it. What a
row says is written by the rules and read by nobody in them. An auditor who knows the routing tables can follow every
decision from these rows alone (`testing.audit`).

`State.logs_events` is known when a kernel is compiled: without a log its kernel holds none of this.
"""

from __future__ import annotations

from channelsim.compiled import small
from channelsim.rules.state import (
    CONTACT_WIDTH, C_CLASS, C_NEED, C_SERIAL, FAULT, LOG_CAPACITY, LOG_IS_FULL, LOG_TIMES, LOG_WIDTH, L_CLASS,
    L_CONTACT, L_EVENT, L_NEED, L_PERSON, L_POOL, L_TIME, L_VALUE, L_X, L_Y, NEED_ID, NEED_WIDTH, N_LOGGED,
    PERSON_WIDTH, P_POOL,
)  # fmt: skip
from channelsim.scenario.tables import NONE

# heads of events; x, y and value as said
(NEED_ARISES,  # x cell, y flags of the customer, 16 more if the need takes expertise
 CONTACT_ARRIVES_HERE,  # a contact that was ahead is due: it is presented, or its self-service ends
 WORK_STOPS,  # x minutes are left in value; 0: complete
 PERSON_COMES,  # value: end of the shift
 PERSON_LEAVES,
 DUTY_CALLS,  # value: minutes of other duties
 DUTY_OVER,
 DOOR_SHUTS,  # x calendar
 HOLD_BEGINS,  # x book
 APPOINTMENT_IS_DUE,  # x book, y 1 if a person is held
 STAGE_BEGINS,  # y stage
 PATIENCE_OVER,
 LEFT_UNSEEN,
 AFTER_WORK_OVER,
 TABLES_CHANGE,  # x set of routing lists that holds from now on
 PERSON_TRAVELS,  # value: minutes there and back
 DATED_CHANGE,  # another world takes the place of this one; numbers are those of the new one from here on
 ) = range(17)  # fmt: skip
# steps that follow
(CONTACT_MADE,  # x channel, y number of it through this channel, at once
 CONTACT_PLANNED,  # the same, value: when it will come
 SETS_OUT,  # x place, value: arrival
 WAITS_FOR_OPENING,  # value: when it can be made
 SLOT_BOOKED,  # x book, y entry of the candidates, value: hour of the appointment
 JOINS,  # the contact is at its class
 SERVES_ITSELF,  # value: end
 QUEUES,  # value: when patience ends
 TAKEN,  # y stage, value: end of this piece of work
 OUTCOME,  # x outcome
 HANDED_ON,  # to class, or for a slot; x action, y leg, value: when it is there
 SETTLED,  # x state of the need, y reason
 DROPPED,  # x 1 if it was the last of its need
 IDLE_NOW,
 AWAY,
 ON_OTHER_DUTY,
 AFTER_WORK_BEGINS,  # value: its end
 LAID_DOWN,  # value: minutes that are left of the work
 HOUR_GIVEN_BACK,  # x book
 STAYS_ON_LINE,  # value: until when at most somebody keeps the caller company
 LETS_GO,
 INTRODUCES,  # a customer at the video room; value: minutes
 HAS_TRAVELLED,  # is there at the hour; value: minutes of the trip before it
 TRAY_MOVES,  # at a dated change: an item stands in its tray, y stage, value: its age counts from then
 HOUR_KEPT,  # x book, value: hour of the appointment
 HOUR_LOST,  # x book of the world that was, value: hour that cannot be kept
 GOES_ON,  # a contact that is ahead or on its own; to class, x place
 COMES_AGAIN  # a contact that still waits goes, to come again
 ) = range(17, 45)  # fmt: skip
EVENT_NAMES = (
    "need arises", "contact arrives", "work stops", "person comes", "person leaves", "duty calls", "duty over",
    "door shuts", "hold begins", "appointment due", "stage begins", "patience over", "left unseen", "after-work over", "tables change",
    "person travels", "dated change",
    "contact made", "contact planned", "sets out", "waits for opening", "slot booked", "joins", "serves itself", "queues",
    "taken", "outcome", "handed on", "settled", "dropped", "idle", "away", "on other duty", "after-work", "laid down",
    "hour given back", "stays on the line", "lets go", "introduces", "has travelled",
    "tray moves", "hour kept", "hour lost", "goes on", "comes again",
)  # fmt: skip
HEADS = 17  # the first so many names are heads


@small
def note(s, event, need, contact, of_class, person, pool, x, y, now, value):
    """Add a row to the log, if there is one."""
    if s.logs_events == 0:
        return
    row = s.scalars[N_LOGGED]
    if row >= LOG_CAPACITY:
        s.scalars[FAULT] = LOG_IS_FULL
        return
    s.scalars[N_LOGGED] = row + 1
    r, t = row * LOG_WIDTH, row * LOG_TIMES
    s.log[r + L_EVENT] = event
    s.log[r + L_NEED] = need
    s.log[r + L_CONTACT] = contact
    s.log[r + L_CLASS] = of_class
    s.log[r + L_PERSON] = person
    s.log[r + L_POOL] = pool
    s.log[r + L_X] = x
    s.log[r + L_Y] = y
    s.log_times[t + L_TIME] = now
    s.log_times[t + L_VALUE] = value


@small
def note_contact(s, event, contact, x, y, now, value):
    """A row about a contact that is with nobody."""
    if s.logs_events == 1:
        c = contact * CONTACT_WIDTH
        need_id = s.needs[s.contacts[c + C_NEED] * NEED_WIDTH + NEED_ID]
        note(s, event, need_id, s.contacts[c + C_SERIAL], s.contacts[c + C_CLASS], NONE, NONE, x, y, now, value)


@small
def note_work(s, event, contact, person, pool, x, y, now, value):
    """A row about a contact and the person who works on it."""
    if s.logs_events == 1:
        c = contact * CONTACT_WIDTH
        need_id = s.needs[s.contacts[c + C_NEED] * NEED_WIDTH + NEED_ID]
        note(s, event, need_id, s.contacts[c + C_SERIAL], s.contacts[c + C_CLASS], person, pool, x, y, now, value)


@small
def note_person(s, event, person, now, value):
    """A row about a person of a pool."""
    if s.logs_events == 1:
        note(s, event, NONE, NONE, NONE, person, s.persons[person * PERSON_WIDTH + P_POOL], 0, 0, now, value)
