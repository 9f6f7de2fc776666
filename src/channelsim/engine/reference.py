"""The reference engine: SimPy keeps the clock, plain Python runs the rules. Read this to see what happens when.

It calls the plain bodies of the rules over lists (the draws stay compiled, decisions 29) and differs from the
fast engine only in how time passes: SimPy's event list instead of merged arrays. No process is ever
interrupted; an event that was overtaken carries an old generation number and is passed over (decisions 16).
"""

from __future__ import annotations

from collections.abc import Callable, Generator

import simpy

from channelsim.compiled import plain
from channelsim.demand.weeks import DemandWeeks
from channelsim.engine.common import Finished, Week, as_arrays, changed, fault, fill_books, flush, grown_lists, plan_week, settle
from channelsim.engine.common import as_lists as lists_of_state
from channelsim.rules import contacts, guard, happenings, people
from channelsim.rules import state as S
from channelsim.rules.kinds import CONTACT_ARRIVES, KIND_STEP, ROSTER_STEP, TIE_CONTACTS
from channelsim.scenario import tables as T
from channelsim.scenario.roster import slots_of_week
from channelsim.scenario.tables import as_lists
from channelsim.scenario.world import World
from channelsim.units import TICKS_PER_MIN, WEEK_MIN

arise, need_of = plain(contacts.arise), plain(contacts.need_of)
roster_step = plain(people.roster_step)
door_closes, tables_change = plain(happenings.door_closes), plain(happenings.tables_change)
guard_event = plain(guard.guard_event)
happens, forget_impatient = plain(happenings.happens), plain(happenings.forget_impatient)


class ReferenceEngine:
    """One replication of a world on SimPy; `advance` it week by week."""

    def __init__(
        self, world: World, key: int, finished: Finished, keep_records: bool = False, log_events: bool = False, guard: bool = False
    ) -> None:
        self.world, self.key, self.finished = world, key, finished
        self.tables = as_lists(world.tables)
        sizes = len(world.names.persons), len(world.names.places)
        self.state = lists_of_state(S.new_state(world.tables, *sizes, logs_events=log_events, keep_records=keep_records))
        self.state.scalars[S.KEEP_RECORDS], self.state.scalars[S.GUARD] = int(keep_records), int(guard)
        self.demand = DemandWeeks(world, key)
        self.slots_max = S.slots_max(world.tables)
        self.env = simpy.Environment()
        self.week: Week | None = None
        for week in range(T.RING_DAYS // 7 - 1):
            fill_books(self.state, slots_of_week(world, week, self.slots_max), 7 * week)

    # --- time -------------------------------------------------------------------------------------
    def at(self, time: float, order: int, happening: Callable[[], None]) -> None:
        """Schedule a happening at an absolute time; `order` (kind, then tie key) ranks it within its instant."""
        event = simpy.Event(self.env)
        event.callbacks.append(lambda _: self.handle(happening, order // KIND_STEP))
        event._ok, event._value = True, None
        self.env.schedule(event, priority=order, delay=time - self.env.now)  # type: ignore[arg-type]  # any integer ranks

    def handle(self, happening: Callable[[], None], kind: int) -> None:
        """Let one event happen, then schedule what it asked for."""
        self.make_room()
        happening()
        state, tick = self.state, int(self.env.now * TICKS_PER_MIN)
        if tick != state.scalars[S.AT_ONCE_TICK]:
            state.scalars[S.AT_ONCE_TICK], state.scalars[S.AT_ONCE] = tick, 0
        state.scalars[S.AT_ONCE] += 1
        if state.scalars[S.AT_ONCE] > S.MOST_AT_ONCE:
            state.scalars[S.FAULT] = S.TIME_STANDS_STILL
        self.schedule_asked(state)
        if state.scalars[S.GUARD] != 0:
            guard_event(state, self.tables, self.env.now)
        if state.scalars[S.FAULT] != S.NO_FAULT:
            state.scalars[S.FAULT_KIND] = kind
            raise fault(state, self.env.now)

    def schedule_asked(self, state: S.State) -> None:
        """Schedule what is on the out tray, and empty it."""
        for row in range(state.scalars[S.N_OUT]):
            order, target, generation = (int(word) for word in state.out[row * S.OUT_WIDTH : (row + 1) * S.OUT_WIDTH])
            self.at(float(state.out_times[row]), order, self.event(order // KIND_STEP, target, generation))
        state.scalars[S.N_OUT] = 0

    def event(self, kind: int, target: int, generation: int) -> Callable[[], None]:
        """An event of a contact or person, as something that can be called when its time comes."""
        return lambda: happens(self.state, self.tables, kind, target, generation, self.env.now)

    # --- what is known beforehand -----------------------------------------------------------------
    def customers(self, week: Week) -> Generator[simpy.Event, None, None]:
        """The source: each need arises at its time with its first contact."""
        for row in zip(*(column.tolist() for column in week.arrivals), strict=True):
            time, what = row

            def arises(what: int = what) -> None:
                self.state.scalars[S.N_EVENTS] += 1
                arise(self.state, self.tables, self.key, what, self.env.now)

            self.at(time, CONTACT_ARRIVES * KIND_STEP + need_of(what) * TIE_CONTACTS, arises)
            if time > self.env.now:
                yield self.env.timeout(time - self.env.now)

    def people(self, week: Week) -> None:
        """The roster: who comes, leaves, and has other duties."""
        for row in zip(*(column.tolist() for column in week.roster), strict=True):
            time, tie, *step = row

            def steps(step: list[float] = step) -> None:
                self.state.scalars[S.N_EVENTS] += 1
                roster_step(self.state, self.tables, *step, self.env.now)

            self.at(time, ROSTER_STEP * KIND_STEP + tie, steps)

    def doors(self, week: Week) -> None:
        """Closing doors that send queues home, and hours at which other routing lists hold."""
        for time, order, what in zip(*(column.tolist() for column in week.doors), strict=True):

            def happens(what: int = what) -> None:
                self.state.scalars[S.N_EVENTS] += 1
                if what < 0:
                    tables_change(self.state, self.tables, -1 - what, self.env.now)
                else:
                    door_closes(self.state, self.tables, what, self.env.now)

            self.at(time, order, happens)

    # --- weeks ------------------------------------------------------------------------------------
    def advance(self, until: float) -> None:
        """Let time pass up to `until` (at most to the end of the current or next week)."""
        number = int(until // WEEK_MIN) - int(until % WEEK_MIN == 0.0 and until > 0.0)
        if self.week is None or self.week.number != number:
            self.week = plan_week(self.world, self.demand, number, self.slots_max)
            fill_books(self.state, self.week.slots, 7 * (number + T.RING_DAYS // 7 - 1))
            self.people(self.week)
            self.doors(self.week)
            self.env.process(self.customers(self.week))
        if until > self.env.now:
            self.env.run(until=until)
        forget_impatient(self.state, self.tables, until)
        if self.state.scalars[S.FAULT] != S.NO_FAULT:
            raise fault(self.state, until)

    def change(self, world: World, week: int) -> None:
        """Let another world take the place of this one at the beginning of a week (design 4.13)."""
        self.flush()
        self.state = lists_of_state(changed(as_arrays(self.state), self.world, world, week, self.schedule_asked, self.finished))
        self.world, self.tables, self.slots_max = world, as_lists(world.tables), S.slots_max(world.tables)
        self.demand.change(world)

    def make_room(self) -> None:
        """Keep free rows for needs and contacts, and trays that are not full."""
        scalars = self.state.scalars
        if scalars[S.FREE_NEEDS] < S.MARGIN or scalars[S.FREE_CONTACTS] < S.MARGIN:
            self.state = grown_lists(self.state)
        if max(scalars[S.N_DONE], scalars[S.N_RECORDS]) > S.DONE_CAPACITY // 2 or scalars[S.N_LOGGED] > S.LOG_CAPACITY // 2:
            self.flush()

    def settle(self, now: float) -> None:
        """Bring the accounts up to now."""
        settle(self.state, self.world, now)

    def flush(self) -> None:
        """Move finished rows out of the state."""
        flush(self.state, self.finished)
