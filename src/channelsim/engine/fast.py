"""The fast engine: one compiled loop that merges what is known beforehand with a small heap of what is not.

Arrivals, roster steps and closing doors are sorted arrays with a cursor each; the heap holds ends of work,
patience, stages, appointments and later contacts. What an event *means* is in `rules`; this file only
makes time pass.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from channelsim.columns import Columns, fetch_early
from channelsim.compiled import compiled, kernel, small
from channelsim.demand.weeks import DemandWeeks
from channelsim.engine.common import Finished, Week, changed, fault, fill_books, flush, plan_week, settle
from channelsim.engine.heap import (
    GENERATION_BITS, NO_TIME, ORDER, ROW, TARGET, TIME, before, minutes_of, packed, pop, push, ticks,
)  # fmt: skip
from channelsim.engine.working import MOST_PERSONS, NOT_WORKING, PERSON_BITS, key_of, put_end, take_end, tree_for
from channelsim.rules import state as S
from channelsim.rules.contacts import arise, need_of
from channelsim.rules.guard import guard_event
from channelsim.rules.happenings import door_closes, forget_impatient, something_else_happens, tables_change
from channelsim.rules.kinds import CONTACT_ARRIVES, KIND_STEP, ROSTER_STEP, TIE_CONTACTS, WORK_ENDS
from channelsim.rules.people import roster_step, work_ends
from channelsim.rules.state import (
    AT_ONCE, AT_ONCE_TICK, DONE_CAPACITY, FAULT, FAULT_KIND, FREE_CONTACTS, FREE_NEEDS, GUARD, KEEP_RECORDS,
    LOG_CAPACITY, MARGIN, MOST_AT_ONCE, NO_FAULT, N_DONE, N_EVENTS, N_LOGGED, N_OUT, N_RECORDS, OUT_CAPACITY,
    OUT_GENERATION, OUT_ORDER, OUT_TARGET, OUT_WIDTH, TIME_STANDS_STILL,
)  # fmt: skip
from channelsim.scenario import tables as T
from channelsim.scenario.roster import slots_of_week
from channelsim.scenario.tables import NONE
from channelsim.scenario.world import World
from channelsim.units import TICK_MIN, WEEK_MIN

FINISHED, NEEDS_ROOM, NEEDS_FLUSH, NEEDS_HEAP, FAULTY = 0, 1, 2, 3, 4
NOTHING, ARRIVAL, STEP, DOOR = 0, 1, 2, 3
HEAP_SIZE, FAULT_TICK = 3, 4  # beside the cursors
EVENTS_A_CHECK = 16  # an event takes a few rows at most: MARGIN is enough for so many


class Known(Columns):
    """What is known beforehand about a week, in order of time, with a cursor into each part."""

    fixed = False  # the cursors move

    cursors: Any  # next arrival, step, door; size of the heap
    arrival_time: Any
    arrival_what: Any
    step_time: Any
    step_tie: Any
    step_person: Any
    step_action: Any
    step_pool: Any
    step_value: Any
    door_time: Any
    door_order: Any
    door_what: Any


class Ahead(Columns):
    """What the run itself has put ahead: ends of work in a tree, all else in a heap."""

    rows: Any
    ends: Any


@small
def next_known(k, until):
    """The next event that was known beforehand: (time, order, which part); NOTHING at `until`."""
    i, j, d = k.cursors[0], k.cursors[1], k.cursors[2]
    time, order, part = until, -1, NOTHING  # everything at `until` itself belongs to the next stretch
    if i < len(k.arrival_time):
        t, o = ticks(k.arrival_time[i]), CONTACT_ARRIVES * KIND_STEP + need_of(k.arrival_what[i]) * TIE_CONTACTS
        if before(t, o, time, order):
            time, order, part = t, o, ARRIVAL
    if j < len(k.step_time):
        t, o = ticks(k.step_time[j]), ROSTER_STEP * KIND_STEP + k.step_tie[j]
        if before(t, o, time, order):
            time, order, part = t, o, STEP
    if d < len(k.door_time):
        t, o = ticks(k.door_time[d]), k.door_order[d]
        if before(t, o, time, order):
            time, order, part = t, o, DOOR
    return time, order, part


@compiled
def known_happens(s, w, k, key, part, now):
    """Handle the next event of one part, and move its cursor."""
    s.scalars[N_EVENTS] += 1
    if part == ARRIVAL:
        i = k.cursors[0]
        arise(s, w, key, k.arrival_what[i], now)
        k.cursors[0] = i + 1
    elif part == STEP:
        j = k.cursors[1]
        roster_step(s, w, k.step_person[j], k.step_action[j], k.step_pool[j], k.step_value[j], now)
        k.cursors[1] = j + 1
    else:
        d = k.cursors[2]
        if w.steering != 0 and k.door_what[d] < 0:
            tables_change(s, w, -1 - k.door_what[d], now)
        else:
            door_closes(s, w, k.door_what[d], now)
        k.cursors[2] = d + 1


@small
def schedule(s, h, size):
    """Empty the out tray: ends of work into their slots, other events into the heap; returns its new size."""
    for out in range(s.scalars[N_OUT]):
        row = out * OUT_WIDTH
        tick, order, target = ticks(s.out_times[out]), s.out[row + OUT_ORDER], s.out[row + OUT_TARGET]
        if order < (WORK_ENDS + 1) * KIND_STEP:
            if h.ends[target] != NOT_WORKING:
                take_end(h.ends, target)
            put_end(h.ends, target, key_of(tick, target))
        else:
            size = push(h.rows, size, tick, order, packed(target, s.out[row + OUT_GENERATION]))
    s.scalars[N_OUT] = 0
    return size


@kernel
def empty_tray(s, h, size):
    """`schedule`, for whoever is not in the loop."""
    return schedule(s, h, size)


@small
def fetch_next(s, w, h):
    """Rows that the next end of work will read: in a large world they are far from the processor."""
    first = h.ends[len(h.ends) - 1]
    if first != NOT_WORKING:
        contact = s.persons[(first & (MOST_PERSONS - 1)) * S.PERSON_WIDTH + S.P_CONTACT]
        if contact != NONE:
            fetch_early(s.contact_times, contact * S.CONTACT_TIMES)
            fetch_early(s.contact_times, contact * S.CONTACT_TIMES + S.LENGTH_MIN)
            need = s.contacts[contact * S.CONTACT_WIDTH + S.C_NEED]
            fetch_early(s.needs, need * S.NEED_WIDTH + S.OPEN_CONTACTS)
            if w.customers == 1:
                fetch_early(s.needs, need * S.NEED_WIDTH)
                fetch_early(s.need_times, need * S.NEED_TIMES)


@kernel
def run_until(s, w, k, h, key, until_min):
    """Handle events before `until_min`; returns a status."""
    size = k.cursors[HEAP_SIZE]
    heap_limit = len(h.rows) // ROW - OUT_CAPACITY
    record_limit = max(0, len(s.record_needs) - DONE_CAPACITY // 2)
    status, unchecked = FINISHED, EVENTS_A_CHECK
    until, tick = ticks(until_min), 0
    time, order, part = next_known(k, until)
    while True:
        unchecked += 1
        if unchecked > EVENTS_A_CHECK:
            unchecked = 0
            if s.scalars[FREE_NEEDS] < MARGIN or s.scalars[FREE_CONTACTS] < MARGIN:
                status = NEEDS_ROOM
                break
            if s.scalars[N_DONE] > DONE_CAPACITY // 2 or s.scalars[N_RECORDS] > record_limit:
                status = NEEDS_FLUSH
                break
            if s.logs_events == 1 and s.scalars[N_LOGGED] > LOG_CAPACITY // 2:
                status = NEEDS_FLUSH
                break
            if tick != s.scalars[AT_ONCE_TICK]:
                s.scalars[AT_ONCE_TICK], s.scalars[AT_ONCE] = tick, 0
            s.scalars[AT_ONCE] += EVENTS_A_CHECK
            if s.scalars[AT_ONCE] > MOST_AT_ONCE:
                s.scalars[FAULT] = TIME_STANDS_STILL
        if size > heap_limit:
            status = NEEDS_HEAP
            break
        first = h.ends[len(h.ends) - 1]
        end = first >> PERSON_BITS
        kind = WORK_ENDS
        if end < until and end <= time and end <= h.rows[TIME]:  # of one instant, ends of work come first
            person, tick = first & (MOST_PERSONS - 1), end
            take_end(h.ends, person)
            fetch_next(s, w, h)
            s.scalars[N_EVENTS] += 1
            work_ends(s, w, person, minutes_of(end))
        elif before(h.rows[TIME], h.rows[ORDER], time, order):
            tick, rank, target = h.rows[TIME], h.rows[ORDER], h.rows[TARGET]
            size, kind = pop(h.rows, size), rank // KIND_STEP
            something_else_happens(s, w, kind, target >> GENERATION_BITS, target & ((1 << GENERATION_BITS) - 1), minutes_of(tick))
        elif part == NOTHING:
            break
        else:
            tick, kind = time, order // KIND_STEP
            known_happens(s, w, k, key, part, minutes_of(tick))
            time, order, part = next_known(k, until)
        size = schedule(s, h, size)
        if s.scalars[GUARD] != 0:
            guard_event(s, w, minutes_of(tick))
        if s.scalars[FAULT] != NO_FAULT:
            status = FAULTY
            k.cursors[FAULT_TICK], s.scalars[FAULT_KIND] = tick, kind
            break
    k.cursors[HEAP_SIZE] = size
    return status


class FastEngine:
    """One replication of a world on the compiled loop; `advance` it week by week."""

    def __init__(
        self, world: World, key: int, finished: Finished, keep_records: bool = False, log_events: bool = False, guard: bool = False
    ) -> None:
        self.world, self.key, self.finished = world, key, finished
        self.state = S.new_state(
            world.tables, len(world.names.persons), len(world.names.places), logs_events=log_events, keep_records=keep_records
        )
        self.state.scalars[KEEP_RECORDS], self.state.scalars[GUARD] = int(keep_records), int(guard)
        self.demand = DemandWeeks(world, key)
        self.slots_max = S.slots_max(world.tables)
        self.ahead = Ahead(rows=np.full(4 * OUT_CAPACITY * ROW, NO_TIME), ends=tree_for(len(world.names.persons)))
        self.known: Known | None = None
        self.week: Week | None = None
        for week in range(T.RING_DAYS // 7 - 1):
            fill_books(self.state, slots_of_week(world, week, self.slots_max), 7 * week)

    def advance(self, until: float) -> None:
        """Let time pass up to `until` (at most to the end of the current or next week)."""
        number = int(self.cursor_week(until))
        if self.week is None or self.week.number != number:
            self.week = plan_week(self.world, self.demand, number, self.slots_max)
            size = 0 if self.known is None else self.known.cursors[HEAP_SIZE]
            parts = (np.array([0, 0, 0, size, 0]), *self.week.arrivals, *self.week.roster, *self.week.doors)
            self.known = Known(**dict(zip(Known.names, parts, strict=True)))
            fill_books(self.state, self.week.slots, 7 * (number + T.RING_DAYS // 7 - 1))
        assert self.known is not None
        while True:
            status = run_until(self.state, self.world.tables, self.known, self.ahead, self.key, until)
            if status == FINISHED:
                forget_impatient(self.state, self.world.tables, until)
                if self.state.scalars[FAULT] != NO_FAULT:
                    raise fault(self.state, until)
                return
            if status == NEEDS_ROOM:
                self.state = S.grown(self.state)
            elif status == NEEDS_FLUSH:
                self.flush()
            elif status == NEEDS_HEAP:
                self.grow_heap()
            else:
                raise fault(self.state, float(self.known.cursors[FAULT_TICK]) * TICK_MIN)

    def change(self, world: World, week: int) -> None:
        """Let another world take the place of this one at the beginning of a week (design 4.13)."""
        self.flush()
        known = self.known
        assert known is not None, "a change comes after a week at least"

        def emptied(state: S.State) -> None:
            known.cursors[HEAP_SIZE] = empty_tray(state, self.ahead, known.cursors[HEAP_SIZE])
            if known.cursors[HEAP_SIZE] > len(self.ahead.rows) // ROW - OUT_CAPACITY:
                self.grow_heap()

        self.state = changed(self.state, self.world, world, week, emptied, self.finished)
        self.world, self.slots_max = world, S.slots_max(world.tables)
        self.ahead = self.ahead.replaced(ends=tree_for(len(world.names.persons)))
        self.demand.change(world)

    def grow_heap(self) -> None:
        """Twice the room for what is ahead."""
        rows = self.ahead.rows
        self.ahead = self.ahead.replaced(rows=np.concatenate([rows, np.full_like(rows, NO_TIME)]))

    @staticmethod
    def cursor_week(until: float) -> int:
        """The week whose events lie just before `until`."""
        week = int(until // WEEK_MIN)
        return week - 1 if until == week * WEEK_MIN and week > 0 else week

    def settle(self, now: float) -> None:
        """Bring the accounts up to now."""
        settle(self.state, self.world, now)

    def flush(self) -> None:
        """Move finished rows out of the state."""
        written = bool(self.state.scalars[N_RECORDS])
        flush(self.state, self.finished)
        if written:
            self.state = self.state.replaced(**S.record_tray(S.RECORD_CAPACITY))
