"""Rows of needs and contacts: taken, dropped, filed when finished, and one record a leg."""

from __future__ import annotations

from channelsim.compiled import apart, compiled, kernel, small
from channelsim.rules.bookkeeping.events import DROPPED, OUTCOME, SETTLED, note, note_contact, note_work
from channelsim.rules.state import (
    AFTER_WORK_MIN, COMING, CONTACT_SINCE, CONTACT_TIMES, CONTACT_WIDTH, C_CHANNEL, C_CLASS, C_GENERATION, C_K,
    C_LEG, C_NEED, C_NEXT, C_PERSON, C_PLACE, C_SERIAL, C_STAGE, C_STATE, DONE_CAPACITY, DONE_WIDTH, D_CONTACTS,
    D_EXPERT, D_FAILURES, D_FIRST_CHANNEL, D_FLAGS, D_ID, D_MUNICIPALITY, D_REASON, D_SEGMENT, D_SERVICE, D_STATE,
    D_VISITS, EXPERT, FAULT, FINISHED_AT, FIRST_CHANNEL, FREE_CONTACT, FREE_CONTACTS, FREE_NEED, FREE_NEEDS,
    KEEP_RECORDS, KEPT_SINCE, LENGTH_MIN, MUNICIPALITY, NEED_FLAGS, NEED_ID, NEED_NEXT, NEED_STATE, NEED_TIMES,
    NEED_WIDTH, N_CONTACTS, N_DONE, N_FAILURES, N_FINISHED, N_RECORDS, N_VISITS, OPEN_CONTACTS, OWED_MIN,
    PATIENCE_KEPT, QUEUED_SINCE, REASON, RECORD_TIMES, RECORD_WIDTH, REC_AFTER_WORK, REC_CHANNEL, REC_CLASS,
    REC_ENDED, REC_EXPERT, REC_K, REC_LEG, REC_OUTCOME, REC_PERSON, REC_PLACE, REC_POOL, REC_QUEUED, REC_SERIAL,
    REC_SINCE, REC_STAGE, REC_STARTED, REC_TRIP, REC_WORKED, REMAINING_MIN, RESOLVED_AT, SEGMENT, SERVICE,
    STARTED_AT, TOO_MANY_FINISHED_AT_ONCE, TRIP_MIN, WORKED_MIN,
)  # fmt: skip
from channelsim.scenario.tables import NONE


@small
def take_need(s, w):
    """A free row for a need."""
    need = s.scalars[FREE_NEED]
    s.scalars[FREE_NEED] = s.needs[need * NEED_WIDTH + NEED_NEXT]
    s.scalars[FREE_NEEDS] -= 1
    for i in range(NEED_WIDTH):
        s.needs[need * NEED_WIDTH + i] = 0
    if w.customers == 1:
        for i in range(NEED_TIMES):
            s.need_times[need * NEED_TIMES + i] = 0.0
    return need


@compiled
def take_contact(s, need, channel, k, leg, now):
    """A free row for a contact of a need, not yet in any queue."""
    contact = s.scalars[FREE_CONTACT]
    c = contact * CONTACT_WIDTH
    s.scalars[FREE_CONTACT] = s.contacts[c + C_NEXT]
    s.scalars[FREE_CONTACTS] -= 1
    generation = s.contacts[c + C_GENERATION] + 1
    for i in range(CONTACT_WIDTH):
        s.contacts[c + i] = NONE
    n = need * NEED_WIDTH
    s.contacts[c + C_GENERATION] = generation
    s.contacts[c + C_NEED] = need
    s.contacts[c + C_CHANNEL] = channel
    s.contacts[c + C_K] = k
    s.contacts[c + C_LEG] = leg
    s.contacts[c + C_STAGE] = 0
    s.contacts[c + C_STATE] = COMING
    s.contacts[c + C_SERIAL] = s.needs[n + NEED_NEXT]  # while a need lives, this field counts its contacts
    s.needs[n + NEED_NEXT] += 1
    s.needs[n + OPEN_CONTACTS] += 1
    t = contact * CONTACT_TIMES
    for i in range(CONTACT_TIMES):
        s.contact_times[t + i] = 0.0
    s.contact_times[t + CONTACT_SINCE] = now
    s.contact_times[t + REMAINING_MIN] = -1.0
    s.contact_times[t + LENGTH_MIN] = -1.0
    s.contact_times[t + STARTED_AT] = -1.0
    s.contact_times[t + KEPT_SINCE] = -1.0
    s.contact_times[t + PATIENCE_KEPT] = -1.0
    return contact


@compiled
def drop_contact(s, w, contact, now):
    """A contact has come to its end; the need is finished with its last one."""
    c = contact * CONTACT_WIDTH
    need = s.contacts[c + C_NEED]
    note_contact(s, DROPPED, contact, 1 if s.needs[need * NEED_WIDTH + OPEN_CONTACTS] == 1 else 0, 0, now, now)
    s.contacts[c + C_GENERATION] += 1
    s.contacts[c + C_NEED] = NONE
    s.contacts[c + C_NEXT] = s.scalars[FREE_CONTACT]
    s.scalars[FREE_CONTACT] = contact
    s.scalars[FREE_CONTACTS] += 1
    s.needs[need * NEED_WIDTH + OPEN_CONTACTS] -= 1
    if s.needs[need * NEED_WIDTH + OPEN_CONTACTS] == 0:
        s.scalars[N_FINISHED] += 1
        if w.customers == 1:
            file_need(s, need, now)
        s.needs[need * NEED_WIDTH + NEED_NEXT] = s.scalars[FREE_NEED]
        s.scalars[FREE_NEED] = need
        s.scalars[FREE_NEEDS] += 1


@compiled
def file_need(s, need, now):
    """Put the account of a need on the list of finished ones (or of open ones, at the horizon)."""
    row = s.scalars[N_DONE]
    if row >= DONE_CAPACITY - 1:
        s.scalars[FAULT] = TOO_MANY_FINISHED_AT_ONCE
        return
    s.scalars[N_DONE] = row + 1
    d, n, t = row * DONE_WIDTH, need * NEED_WIDTH, need * NEED_TIMES
    s.done[d + D_ID] = s.needs[n + NEED_ID]
    s.done[d + D_MUNICIPALITY] = s.needs[n + MUNICIPALITY]
    s.done[d + D_SEGMENT] = s.needs[n + SEGMENT]
    s.done[d + D_SERVICE] = s.needs[n + SERVICE]
    s.done[d + D_EXPERT] = s.needs[n + EXPERT]
    s.done[d + D_STATE] = s.needs[n + NEED_STATE]
    s.done[d + D_REASON] = s.needs[n + REASON]
    s.done[d + D_CONTACTS] = s.needs[n + N_CONTACTS]
    s.done[d + D_FAILURES] = s.needs[n + N_FAILURES]
    s.done[d + D_FLAGS] = s.needs[n + NEED_FLAGS]
    s.done[d + D_FIRST_CHANNEL] = s.needs[n + FIRST_CHANNEL]
    s.done[d + D_VISITS] = s.needs[n + N_VISITS]
    for i in range(NEED_TIMES):
        s.done_times[row * NEED_TIMES + i] = s.need_times[t + i]
    s.done_times[row * NEED_TIMES + FINISHED_AT] = now


@kernel
def file_open(s, rows, owed, first, now):
    """File open needs with the minutes they are owed, from the `first` of `rows` on; returns which is next, if the tray is full."""
    i = first
    while i < len(rows) and s.scalars[N_DONE] < DONE_CAPACITY - 1:
        s.need_times[rows[i] * NEED_TIMES + OWED_MIN] = owed[i]
        file_need(s, rows[i], now)
        i += 1
    return i


@small
def record(s, contact, outcome, pool, now):
    """One line for one leg of a contact, if records are kept."""
    note_work(s, OUTCOME, contact, s.contacts[contact * CONTACT_WIDTH + C_PERSON], pool, outcome, 0, now, now)
    if s.scalars[KEEP_RECORDS] != 0:
        write_record(s, contact, outcome, pool, now)


@compiled
def write_record(s, contact, outcome, pool, now):
    """Write that line."""
    apart()
    row = s.scalars[N_RECORDS]
    if row >= len(s.record_needs) - 1:
        s.scalars[FAULT] = TOO_MANY_FINISHED_AT_ONCE
        return
    s.scalars[N_RECORDS] = row + 1
    r, t = row * RECORD_WIDTH, row * RECORD_TIMES
    c, ct = contact * CONTACT_WIDTH, contact * CONTACT_TIMES
    need = s.contacts[c + C_NEED] * NEED_WIDTH
    s.record_needs[row] = s.needs[need + NEED_ID]
    s.records[r + REC_CHANNEL] = s.contacts[c + C_CHANNEL]
    s.records[r + REC_K] = s.contacts[c + C_K]
    s.records[r + REC_LEG] = s.contacts[c + C_LEG]
    s.records[r + REC_CLASS] = s.contacts[c + C_CLASS]
    s.records[r + REC_OUTCOME] = outcome
    s.records[r + REC_POOL] = pool
    s.records[r + REC_PERSON] = s.contacts[c + C_PERSON]
    s.records[r + REC_STAGE] = s.contacts[c + C_STAGE]
    s.records[r + REC_PLACE] = s.contacts[c + C_PLACE]
    s.records[r + REC_EXPERT] = s.needs[need + EXPERT]
    s.records[r + REC_SERIAL] = s.contacts[c + C_SERIAL]
    s.record_times[t + REC_SINCE] = s.contact_times[ct + CONTACT_SINCE]
    s.record_times[t + REC_QUEUED] = s.contact_times[ct + QUEUED_SINCE]
    s.record_times[t + REC_STARTED] = s.contact_times[ct + STARTED_AT]
    s.record_times[t + REC_ENDED] = now
    s.record_times[t + REC_WORKED] = s.contact_times[ct + WORKED_MIN]
    s.record_times[t + REC_AFTER_WORK] = s.contact_times[ct + AFTER_WORK_MIN]
    s.record_times[t + REC_TRIP] = s.contact_times[ct + TRIP_MIN]


@compiled
def settle_need(s, w, need, state, reason, now):
    """A need is resolved, or given up for a reason; the first such verdict stands."""
    if w.customers == 0 and s.logs_events == 0:  # nobody asks
        return
    n = need * NEED_WIDTH
    if s.needs[n + NEED_STATE] != 0:
        return
    note(s, SETTLED, s.needs[n + NEED_ID], NONE, NONE, NONE, NONE, state, reason, now, now)
    s.needs[n + NEED_STATE] = state
    if w.customers == 0:
        return
    s.needs[n + REASON] = reason
    s.need_times[need * NEED_TIMES + RESOLVED_AT] = now
