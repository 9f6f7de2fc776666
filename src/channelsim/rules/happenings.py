"""What each kind of event means: the story of contacts and of people, told once for both engines.

`happens` is the one door: the engine calls it with the time and the event, and empties the out tray afterwards.
After each event, before the next of the same instant, a freed person asks choose_contact once and a
contact set loose asks choose_pool once (decisions 10).
"""

from __future__ import annotations

from channelsim.compiled import apart, compiled, kernel
from channelsim.rules.appointments import appointment_due, examine, hold_begins
from channelsim.rules.arrivals import set_loose
from channelsim.rules.bookkeeping.events import (
    CONTACT_ARRIVES_HERE, DOOR_SHUTS, PATIENCE_OVER, STAGE_BEGINS, TABLES_CHANGE, note, note_contact,
)  # fmt: skip
from channelsim.rules.bookkeeping.queues import leave_queue, schedule_stage
from channelsim.rules.contacts import present
from channelsim.rules.kinds import (
    APPOINTMENT_DUE, CONTACT_ARRIVES, PATIENCE_ENDS, ROSTER_STEP, STAGE_RISES, TABLE_STEP, WORK_ENDS,
)  # fmt: skip
from channelsim.rules.outcomes import abandon, drop_impatient, follow, move_on
from channelsim.rules.people import duty_ends, work_ends
from channelsim.rules.services import on_its_own_ends
from channelsim.rules.state import (
    CLASS_TALLY_WIDTH, CONTACT_WIDTH, C_CLASS, C_GENERATION, C_STAGE, C_STATE, HEAD, N_EVENTS, N_SENT_HOME,
    ON_ITS_OWN, PERSON_WIDTH, P_GENERATION, QUEUE_WIDTH, TABLE_SET,
)  # fmt: skip
from channelsim.scenario.tables import (
    CLASS_WIDTH,
    GENERALIST,
    MOVES_STAGE,
    N_CLASSES,
    NONE,
    N_POOLS,
    QUEUE_RULE_WIDTH,
    QUEUE_RULES,
    SENT_HOME,
)


@compiled
def door_closes(s, w, calendar, now):
    """Queues that do not outlast closing are sent home."""
    note(s, DOOR_SHUTS, NONE, NONE, NONE, NONE, NONE, calendar, 0, now, now)
    for e in range(w.closing_start[calendar], w.closing_start[calendar + 1]):
        of_class = w.closing_class[e]
        drop_impatient(s, w, of_class, now, True)
        head = s.queues[of_class * QUEUE_WIDTH + HEAD]
        while head != NONE:
            leave_queue(s, w, head, now)
            s.class_tally[of_class * CLASS_TALLY_WIDTH + N_SENT_HOME] += 1.0
            follow(s, w, head, NONE, GENERALIST, SENT_HOME, now)
            head = s.queues[of_class * QUEUE_WIDTH + HEAD]


@compiled
def tables_change(s, w, number, now):
    """Other routing lists hold from now on: all pools are asked again, in order of number (decisions 10)."""
    apart()
    s.scalars[TABLE_SET] = number
    note(s, TABLES_CHANGE, NONE, NONE, NONE, NONE, NONE, number, 0, now, now)
    for pool in range(w.sizes[N_POOLS]):
        examine(s, w, pool, now)


@kernel
def forget_impatient(s, w, now):
    """Bring all queues up to date: drop those who left unseen."""
    for of_class in range(w.sizes[N_CLASSES]):
        drop_impatient(s, w, of_class, now, True)


@compiled
def happens(s, w, kind, target, generation, now):
    """Handle one event that was asked for through the out tray; stale ones are passed over."""
    if kind == WORK_ENDS:
        if s.persons[target * PERSON_WIDTH + P_GENERATION] == generation:
            s.scalars[N_EVENTS] += 1
            work_ends(s, w, target, now)
    else:
        something_else_happens(s, w, kind, target, generation, now)


@compiled
def something_else_happens(s, w, kind, target, generation, now):
    """`happens` for an engine that keeps ends of work apart."""
    if kind == ROSTER_STEP:
        if s.persons[target * PERSON_WIDTH + P_GENERATION] == generation:
            s.scalars[N_EVENTS] += 1
            duty_ends(s, w, target, now)
        return
    if s.contacts[target * CONTACT_WIDTH + C_GENERATION] != generation:
        return
    s.scalars[N_EVENTS] += 1
    c = target * CONTACT_WIDTH
    if kind == CONTACT_ARRIVES:
        note_contact(s, CONTACT_ARRIVES_HERE, target, 0, 0, now, now)
        if s.contacts[c + C_STATE] == ON_ITS_OWN:
            on_its_own_ends(s, w, target, now)
        else:
            present(s, w, target, now)
    elif kind == STAGE_RISES:
        s.contacts[c + C_STAGE] += 1
        note_contact(s, STAGE_BEGINS, target, 0, s.contacts[c + C_STAGE], now, now)
        rules = w.classes[s.contacts[c + C_CLASS] * CLASS_WIDTH + QUEUE_RULES]
        if rules != NONE and s.contacts[c + C_STAGE] == w.queue_rules[rules * QUEUE_RULE_WIDTH + MOVES_STAGE]:
            move_on(s, w, target, now)
        else:
            schedule_stage(s, w, target)
            set_loose(s, w, target, now)
    elif kind == PATIENCE_ENDS:
        note_contact(s, PATIENCE_OVER, target, 0, 0, now, now)
        abandon(s, w, target, now)
    elif w.bare == 0 and kind == APPOINTMENT_DUE:
        appointment_due(s, w, target, now)
    elif w.bare == 0 and kind == TABLE_STEP:
        hold_begins(s, w, target, now)
