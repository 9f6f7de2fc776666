"""The fast engine: one compiled loop that merges what is known beforehand with a small heap of what is not.

Arrivals, roster steps and closing doors are sorted arrays with a cursor each; the heap holds ends of work,
patience, stages, appointments and later contacts. What an event *means* is in `rules`; this file only
makes time pass.
"""

from __future__ import annotations

import numpy as np

from channelsim.compiled import compiled
from channelsim.demand.weeks import DemandWeeks
from channelsim.engine.common import Finished, Week, fill_books, flush, plan_week, settle
from channelsim.engine.heap import before, pop, push
from channelsim.errors import SimulationError
from channelsim.rules import state as S
from channelsim.rules.contacts import arise
from channelsim.rules.happenings import door_closes, happens
from channelsim.rules.kinds import CONTACT_ARRIVES, DOOR_CLOSES, KIND_STEP, ROSTER_STEP, TIE_CONTACTS
from channelsim.rules.people import roster_step
from channelsim.rules.state import (
    DONE_CAPACITY,
    FAULT,
    FREE_CONTACTS,
    FREE_NEEDS,
    KEEP_RECORDS,
    MARGIN,
    N_DONE,
    N_EVENTS,
    N_OUT,
    N_RECORDS,
    NO_FAULT,
    OUT_GENERATION,
    OUT_ORDER,
    OUT_TARGET,
    OUT_WIDTH,
)  # fmt: skip
from channelsim.scenario import tables as T
from channelsim.scenario.roster import slots_of_week
from channelsim.scenario.world import World
from channelsim.units import WEEK_MIN

FINISHED, NEEDS_ROOM, NEEDS_FLUSH, NEEDS_HEAP, FAULTY = 0, 1, 2, 3, 4


@compiled
def run_until(
    s, w, key, until, cursors, heap_time, heap_order, heap_target, heap_generation,
    arrival_time, arrival_id, arrival_municipality, arrival_segment, arrival_service, arrival_channel,
    step_time, step_tie, step_person, step_action, step_pool, step_value, door_time, door_calendar,
):  # fmt: skip
    """Handle events before `until`; returns a status. `cursors`: next arrival, step, door; size of the heap."""
    i, j, d, size = cursors[0], cursors[1], cursors[2], cursors[3]
    n_arrivals, n_steps, n_doors = len(arrival_time), len(step_time), len(door_time)
    heap_limit = len(heap_time) - S.OUT_CAPACITY
    record_limit = len(s.record_times) // S.RECORD_TIMES // 2
    status = FINISHED
    while True:
        if s.scalars[FREE_NEEDS] < MARGIN or s.scalars[FREE_CONTACTS] < MARGIN:
            status = NEEDS_ROOM
            break
        if s.scalars[N_DONE] > DONE_CAPACITY // 2 or s.scalars[N_RECORDS] > record_limit:
            status = NEEDS_FLUSH
            break
        if size > heap_limit:
            status = NEEDS_HEAP
            break
        now, order, source = until, -1, -1  # everything at `until` itself belongs to the next stretch
        if size > 0 and heap_time[0] < now:
            now, order, source = heap_time[0], heap_order[0], 0
        if i < n_arrivals:
            o = CONTACT_ARRIVES * KIND_STEP + arrival_id[i] * TIE_CONTACTS
            if before(arrival_time[i], o, now, order):
                now, order, source = arrival_time[i], o, 1
        if j < n_steps:
            o = ROSTER_STEP * KIND_STEP + step_tie[j]
            if before(step_time[j], o, now, order):
                now, order, source = step_time[j], o, 2
        if d < n_doors:
            o = DOOR_CLOSES * KIND_STEP + door_calendar[d]
            if before(door_time[d], o, now, order):
                now, order, source = door_time[d], o, 3
        if source == -1:
            break
        if source == 0:
            target, generation = heap_target[0], heap_generation[0]
            size = pop(heap_time, heap_order, heap_target, heap_generation, size)
            happens(s, w, order // KIND_STEP, target, generation, now)
        elif source == 1:
            s.scalars[N_EVENTS] += 1
            arise(
                s, w, key, arrival_id[i], arrival_municipality[i], arrival_segment[i], arrival_service[i],
                arrival_channel[i], now,
            )  # fmt: skip
            i += 1
        elif source == 2:
            s.scalars[N_EVENTS] += 1
            roster_step(s, w, step_person[j], step_action[j], step_pool[j], step_value[j], now)
            j += 1
        else:
            s.scalars[N_EVENTS] += 1
            door_closes(s, w, door_calendar[d], now)
            d += 1
        for out in range(s.scalars[N_OUT]):
            row = out * OUT_WIDTH
            size = push(
                heap_time, heap_order, heap_target, heap_generation, size, s.out_times[out],
                s.out[row + OUT_ORDER], s.out[row + OUT_TARGET], s.out[row + OUT_GENERATION],
            )  # fmt: skip
        s.scalars[N_OUT] = 0
        if s.scalars[FAULT] != NO_FAULT:
            status = FAULTY
            break
    cursors[0], cursors[1], cursors[2], cursors[3] = i, j, d, size
    return status


class FastEngine:
    """One replication of a world on the compiled loop; `advance` it week by week."""

    def __init__(self, world: World, key: int, keep_records: bool = False) -> None:
        self.world, self.key = world, key
        self.state = S.new_state(world.tables, len(world.names.persons), len(world.names.places))
        self.state.scalars[KEEP_RECORDS] = int(keep_records)
        self.demand = DemandWeeks(world, key)
        self.slots_max = S.slots_max(world.tables)
        capacity = 4 * S.OUT_CAPACITY
        self.heap = (np.zeros(capacity), *(np.zeros(capacity, np.int64) for _ in range(3)))
        self.cursors = np.zeros(4, np.int64)
        self.finished = Finished([], [], [], [])
        self.week: Week | None = None
        for week in range(T.RING_DAYS // 7 - 1):
            fill_books(self.state, slots_of_week(world, week, self.slots_max), 7 * week)

    def advance(self, until: float) -> None:
        """Let time pass up to `until` (at most to the end of the current or next week)."""
        number = int(self.cursor_week(until))
        if self.week is None or self.week.number != number:
            self.week = plan_week(self.world, self.demand, number, self.slots_max)
            self.cursors[:3] = 0
            fill_books(self.state, self.week.slots, 7 * (number + T.RING_DAYS // 7 - 1))
        week = self.week
        while True:
            status = run_until(  # type: ignore[call-arg]  # Numba unpacks the starred columns
                self.state, self.world.tables, self.key, until, self.cursors, *self.heap, *week.arrivals, *week.roster,
                *week.doors,
            )  # fmt: skip
            if status == FINISHED:
                return
            if status == NEEDS_ROOM:
                self.state = S.grown(self.state)
            elif status == NEEDS_FLUSH:
                self.flush()
            elif status == NEEDS_HEAP:
                self.heap = tuple(np.concatenate([column, np.zeros_like(column)]) for column in self.heap)
            else:
                raise SimulationError(S.FAULTS[int(self.state.scalars[FAULT])], time_min=float(self.heap[0][0]))

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
        flush(self.state, self.finished)
