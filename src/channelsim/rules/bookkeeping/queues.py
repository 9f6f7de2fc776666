"""Queues: first come, first served, with patience and stages set going when a contact begins to wait."""

from __future__ import annotations

from channelsim.compiled import apart, compiled, small
from channelsim.randomness import PATIENCE, quantile, uniform
from channelsim.rules.bookkeeping.events import QUEUES, note_contact
from channelsim.rules.bookkeeping.lengths import length_min
from channelsim.rules.bookkeeping.tray import at_contact
from channelsim.rules.kinds import PATIENCE_ENDS, STAGE_RISES
from channelsim.rules.state import (
    AGED_SINCE, CLASS_TALLY_WIDTH, CONTACT_SINCE, CONTACT_TIMES, CONTACT_WIDTH, C_CHANNEL, C_CLASS, C_GENERATION,
    C_K, C_LEG, C_NEED, C_NEXT, C_PREVIOUS, C_STAGE, C_STATE, HEAD, IN_QUEUE_SINCE, KEPT_SINCE, LENGTH_MIN, LUCK,
    NEED_TIMES, NEED_WIDTH, PATIENCE_AT, PATIENCE_KEPT, QUEUED, QUEUED_SINCE, QUEUE_AREA, QUEUE_WIDTH,
    REMAINING_MIN, TAIL, WAITED_MIN, WAIT_LEFT,
)  # fmt: skip
from channelsim.rules.state import LENGTH as QUEUE_LENGTH
from channelsim.scenario.tables import (
    CARRIES_PATIENCE,
    CLASS_WIDTH,
    FIRST_STAGE,
    LEAVES_UNSEEN,
    MOVES_STAGE,
    N_STAGES,
    NONE,
    QUEUE_RULE_WIDTH,
    QUEUE_RULES,
)
from channelsim.scenario.tables import PATIENCE as CLASS_PATIENCE
from channelsim.units import NEVER, on_grid

grid = small(on_grid)


@compiled
def enqueue(s, w, contact, now):
    """A contact waits from now on: at the tail of its class, or among those of its age; patience and first stage are set going."""
    c = contact * CONTACT_WIDTH
    of_class = s.contacts[c + C_CLASS]
    q = of_class * QUEUE_WIDTH
    s.contact_times[contact * CONTACT_TIMES + IN_QUEUE_SINCE] = now
    times = contact * CONTACT_TIMES
    before, after = s.queues[q + TAIL], NONE
    if w.bare == 0 and s.contact_times[times + KEPT_SINCE] >= 0.0:
        before = last_older(s, before, s.contact_times[times + AGED_SINCE])
        after = s.queues[q + HEAD] if before == NONE else s.contacts[before * CONTACT_WIDTH + C_NEXT]
    s.contacts[c + C_PREVIOUS] = before
    s.contacts[c + C_NEXT] = after
    if before == NONE:
        s.queues[q + HEAD] = contact
    else:
        s.contacts[before * CONTACT_WIDTH + C_NEXT] = contact
    if after == NONE:
        s.queues[q + TAIL] = contact
    else:
        s.contacts[after * CONTACT_WIDTH + C_PREVIOUS] = contact
    s.queues[q + QUEUE_LENGTH] += 1
    s.contacts[c + C_STATE] = QUEUED
    if w.bare == 1 or (s.contact_times[times + REMAINING_MIN] < 0.0 and s.contact_times[times + LENGTH_MIN] < 0.0):
        s.contact_times[times + LENGTH_MIN] = length_min(s, w, contact)
    patience = w.classes[of_class * CLASS_WIDTH + CLASS_PATIENCE]
    ends = NEVER
    if w.bare == 0 and s.contact_times[times + PATIENCE_KEPT] >= 0.0:  # brought along from another queue
        ends = now + s.contact_times[times + PATIENCE_KEPT]
    elif patience != NONE:
        n = s.contacts[c + C_NEED] * NEED_WIDTH
        leg = s.contacts[c + C_LEG]
        since = now
        if w.bare == 0 and w.classes[of_class * CLASS_WIDTH + CARRIES_PATIENCE] == 1:
            leg = 0
            since = s.contact_times[contact * CONTACT_TIMES + CONTACT_SINCE]
        u = uniform(s.needs[n + LUCK], s.contacts[c + C_CHANNEL], s.contacts[c + C_K], leg, PATIENCE)
        ends = since + grid(quantile(w.distribution, w.curves, patience, u))
        if ends < now:
            ends = now
    s.contact_times[times + PATIENCE_AT] = ends
    if ends < NEVER and w.classes[of_class * CLASS_WIDTH + LEAVES_UNSEEN] == 0:
        at_contact(s, ends, PATIENCE_ENDS, contact)
    note_contact(s, QUEUES, contact, 0, 0, now, ends)
    if w.bare == 0:
        schedule_stage(s, w, contact)


@small
def last_older(s, contact, since):
    """The last one from a contact of a queue towards its head who has waited as long as one since then, or longer; NONE: nobody."""
    while contact != NONE and s.contact_times[contact * CONTACT_TIMES + AGED_SINCE] > since:
        contact = s.contacts[contact * CONTACT_WIDTH + C_PREVIOUS]
    return contact


@compiled
def schedule_stage(s, w, contact):
    """Set the time at which a waiting contact rises to its next stage, if there is one."""
    c = contact * CONTACT_WIDTH
    base = s.contacts[c + C_CLASS] * CLASS_WIDTH
    stage = s.contacts[c + C_STAGE]
    if stage + 1 < w.classes[base + N_STAGES]:
        after = w.stage_after_min[w.classes[base + FIRST_STAGE] + stage]
        rises = s.contact_times[contact * CONTACT_TIMES + AGED_SINCE] + after
        if rises < s.contact_times[contact * CONTACT_TIMES + IN_QUEUE_SINCE]:  # older than that when it joined
            rises = s.contact_times[contact * CONTACT_TIMES + IN_QUEUE_SINCE]
        at_contact(s, rises, STAGE_RISES, contact)


@compiled
def return_to_head(s, w, contact, now):
    """The rest of an item goes back to the head of its queue with its age, and what that brings (decisions 8)."""
    c = contact * CONTACT_WIDTH
    of_class = s.contacts[c + C_CLASS]
    q = of_class * QUEUE_WIDTH
    s.contact_times[contact * CONTACT_TIMES + IN_QUEUE_SINCE] = now
    head = s.queues[q + HEAD]
    s.contacts[c + C_PREVIOUS] = NONE
    s.contacts[c + C_NEXT] = head
    if head == NONE:
        s.queues[q + TAIL] = contact
    else:
        s.contacts[head * CONTACT_WIDTH + C_PREVIOUS] = contact
    s.queues[q + HEAD] = contact
    s.queues[q + QUEUE_LENGTH] += 1
    s.contacts[c + C_STATE] = QUEUED
    if w.classes[of_class * CLASS_WIDTH + N_STAGES] > 1:
        rise_with_age(s, w, contact, now)
        schedule_stage(s, w, contact)


@compiled
def rise_with_age(s, w, contact, now):
    """A contact is at the stage of those who have waited as long; to move on again takes an event."""
    apart()
    base = s.contacts[contact * CONTACT_WIDTH + C_CLASS] * CLASS_WIDTH
    since = s.contact_times[contact * CONTACT_TIMES + AGED_SINCE]
    rules, stage = w.classes[base + QUEUE_RULES], 0
    last = w.classes[base + N_STAGES] - 1
    if rules != NONE and w.queue_rules[rules * QUEUE_RULE_WIDTH + MOVES_STAGE] != NONE:
        last = w.queue_rules[rules * QUEUE_RULE_WIDTH + MOVES_STAGE] - 1
    while stage < last and since + w.stage_after_min[w.classes[base + FIRST_STAGE] + stage] <= now:
        stage += 1
    s.contacts[contact * CONTACT_WIDTH + C_STAGE] = stage


@compiled
def dequeue(s, contact, now):
    """A contact leaves its queue, from wherever in it; its stale events are void from now on."""
    c = contact * CONTACT_WIDTH
    of_class = s.contacts[c + C_CLASS]
    q = of_class * QUEUE_WIDTH
    s.class_tally[of_class * CLASS_TALLY_WIDTH + QUEUE_AREA] += now - s.contact_times[contact * CONTACT_TIMES + IN_QUEUE_SINCE]
    before, after = s.contacts[c + C_PREVIOUS], s.contacts[c + C_NEXT]
    if before == NONE:
        s.queues[q + HEAD] = after
    else:
        s.contacts[before * CONTACT_WIDTH + C_NEXT] = after
    if after == NONE:
        s.queues[q + TAIL] = before
    else:
        s.contacts[after * CONTACT_WIDTH + C_PREVIOUS] = before
    s.queues[q + QUEUE_LENGTH] -= 1
    s.contacts[c + C_GENERATION] += 1


@compiled
def leave_queue(s, w, contact, now):
    """A waiting contact goes away unserved: its wait is counted, its row lives on for what follows."""
    of_class = s.contacts[contact * CONTACT_WIDTH + C_CLASS]
    wait = now - s.contact_times[contact * CONTACT_TIMES + QUEUED_SINCE]
    s.class_tally[of_class * CLASS_TALLY_WIDTH + WAIT_LEFT] += wait
    if w.customers == 1:
        s.need_times[s.contacts[contact * CONTACT_WIDTH + C_NEED] * NEED_TIMES + WAITED_MIN] += wait
    dequeue(s, contact, now)
