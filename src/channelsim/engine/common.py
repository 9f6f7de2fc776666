"""What both engines do at the edge of a week: the week's known events, room for more, finished rows, accounts.

None of this is a matter of time passing within the week, so it is written once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import numpy as np

from channelsim.compiled import plain
from channelsim.demand.weeks import Arrivals, DemandWeeks
from channelsim.errors import SimulationError
from channelsim.rules import state as S
from channelsim.rules.bookkeeping.dated_change import DatedChange
from channelsim.rules.bookkeeping.work import charge
from channelsim.rules.kinds import DOOR_CLOSES, EVENT_KINDS, KIND_STEP, TABLE_STEP
from channelsim.rules.state import State
from channelsim.scenario import tables as T
from channelsim.scenario.roster import RosterWeek, roster_week, slots_of_week
from channelsim.scenario.world import World
from channelsim.trajectory.cohort import Cohort
from channelsim.trajectory.records import ContactRecords
from channelsim.units import NEVER, WEEK_MIN


class Engine(Protocol):
    """What a replication asks of an engine: let time pass, settle accounts, hand over what is finished."""

    state: State
    finished: Finished

    def __init__(
        self, world: World, key: int, finished: Finished, keep_records: bool = False, log_events: bool = False, guard: bool = False
    ) -> None: ...

    def advance(self, until: float) -> None:
        """Let time pass up to `until`."""

    def settle(self, now: float) -> None:
        """Bring the accounts up to now."""

    def flush(self) -> None:
        """Move finished rows out of the state."""

    def change(self, world: World, week: int) -> None:
        """Let another world take the place of this one at the beginning of a week (design 4.13)."""


class Doors(NamedTuple):
    """Moments at which queues are sent home and other routing lists hold, sorted by (time, order)."""

    time: np.ndarray
    order: np.ndarray  # rank within the instant
    what: np.ndarray  # a calendar; -1, -2, ...: the first, second, ... set of routing lists


class Week(NamedTuple):
    """All that is known beforehand about one week."""

    number: int
    arrivals: Arrivals
    roster: RosterWeek
    doors: Doors
    slots: np.ndarray  # free slots of the seven days that enter the appointment books


def plan_week(world: World, demand: DemandWeeks, week: int, slots_max: int) -> Week:
    """Draw and look up everything about a week that does not depend on how it goes."""
    return Week(
        week,
        demand.draw(week),
        roster_week(world, week, demand.key),
        doors_of_week(world, week),
        slots_of_week(world, week + T.RING_DAYS // 7 - 1, slots_max),
    )


def doors_of_week(world: World, week: int) -> Doors:
    """When classes that do not outlast closing are sent home, and the routing lists change, in one week."""
    n_days = int(world.tables.sizes[T.N_DAYS])
    rows = []
    for calendar, cut in enumerate(world.closing_cut_min):
        if cut >= NEVER:
            continue
        for day in range(max(0, week * 7 - 7), week * 7 + 7):  # what closes on Sunday at 24:00 closes in the next week
            closes = world.tables.calendar_close[calendar * n_days + day]
            if closes < NEVER and week * WEEK_MIN <= closes + cut < (week + 1) * WEEK_MIN:
                rows.append((float(closes + cut), DOOR_CLOSES * KIND_STEP + calendar, calendar))
    for minute, number in world.table_steps:
        if week > 0 or minute > 0.0:  # a run begins with the first set
            rows.append((week * WEEK_MIN + minute, (TABLE_STEP + 1) * KIND_STEP - 1, -1 - number))  # after persons held at this instant
    rows.sort()
    return Doors(np.array([r[0] for r in rows], float), *(np.array([r[i] for r in rows], np.int64) for i in (1, 2)))


class Filing(Protocol):
    """Whoever adds up the needs that are filed: a cohort, or several."""

    def add(self, done: np.ndarray, times: np.ndarray) -> None: ...


@dataclass
class Finished:
    """Where rows go that leave the state: needs to the sums of the cohort (and its accounts, if kept), all else to lists."""

    cohort: Filing
    keep_accounts: bool = False
    done: list[np.ndarray] = field(default_factory=list)
    done_times: list[np.ndarray] = field(default_factory=list)
    records: ContactRecords = field(default_factory=ContactRecords)
    log: list[np.ndarray] = field(default_factory=list)
    log_times: list[np.ndarray] = field(default_factory=list)


def fault(state: State, time_min: float) -> SimulationError:
    """What stopped a replication, from the status that a rule left."""
    need, kind = int(state.scalars[S.FAULT_NEED]), EVENT_KINDS[int(state.scalars[S.FAULT_KIND])]
    return SimulationError(S.FAULTS[int(state.scalars[S.FAULT])], time_min=time_min, need_id=need or None, kind=kind)


def fill_books(state: State, slots: np.ndarray, first_day: int) -> None:
    """Put the slots of seven days into the ring of each book (arrays or lists alike)."""
    n_books, n_days, slots_max = slots.shape
    days = (first_day + np.arange(n_days)) % T.RING_DAYS
    if isinstance(state.slots, np.ndarray):
        state.slots.reshape(-1, T.RING_DAYS, slots_max)[:n_books, days] = slots
        return
    for book, day in np.ndindex(n_books, n_days):
        row = (book * T.RING_DAYS + int(days[day])) * slots_max
        state.slots[row : row + slots_max] = slots[book, day].tolist()


def flush(state: State, finished: Finished) -> None:
    """Move finished needs and records out of the state and empty its trays.

    Records in arrays are handed over without a copy: the state must be given a new tray for them.
    """
    n, m = int(state.scalars[S.N_DONE]), int(state.scalars[S.N_RECORDS])
    if n:
        done = np.asarray(state.done[: n * S.DONE_WIDTH], np.int64).reshape(n, S.DONE_WIDTH)
        times = np.asarray(state.done_times[: n * S.NEED_TIMES], float).reshape(n, S.NEED_TIMES)
        cohort = finished.cohort
        cohort.add(done, times)
        if finished.keep_accounts:
            assert isinstance(cohort, Cohort)
            mine = (times[:, S.AROSE] >= cohort.start_min) & (times[:, S.AROSE] < cohort.end_min)
            finished.done.append(done[mine])
            finished.done_times.append(times[mine])
    if m:
        finished.records.add(state.record_needs[:m], state.records[: m * S.RECORD_WIDTH], state.record_times[: m * S.RECORD_TIMES])
    flush_log(state, finished)
    state.scalars[S.N_DONE] = state.scalars[S.N_RECORDS] = 0


def flush_log(state: State, finished: Finished) -> None:
    """Move the event log out of the state."""
    if state.logs_events == 1:
        n_logged = int(state.scalars[S.N_LOGGED])
        finished.log.append(np.array(state.log[: n_logged * S.LOG_WIDTH], np.int64).reshape(n_logged, S.LOG_WIDTH))
        finished.log_times.append(np.array(state.log_times[: n_logged * S.LOG_TIMES], float).reshape(n_logged, S.LOG_TIMES))
    state.scalars[S.N_LOGGED] = 0


def grown_lists(state: State) -> State:
    """A state over lists with room for twice the needs and contacts."""
    return as_lists(S.grown(as_arrays(state)))


def as_arrays(state: State) -> State:
    """The same state over NumPy arrays."""
    return State(**{name: np.array(getattr(state, name)) for name in State.names}, logs_events=state.logs_events)


def as_lists(state: State) -> State:
    """The same state over Python lists."""
    return State(**{name: getattr(state, name).tolist() for name in State.names}, logs_events=state.logs_events)


def changed(state: State, old: World, new: World, week: int, emptied: Callable[[State], None], finished: Finished) -> State:
    """The state (arrays) of a replication in which another world takes the place of the old one on a Monday 00:00.

    `emptied` must schedule what is on the out tray of the state that it is given; the log goes to `finished`.
    """
    change = DatedChange(state, old, new, week * WEEK_MIN)
    for ahead in range(week, week + T.RING_DAYS // 7 - 1):
        fill_books(change.state, slots_of_week(new, ahead, change.slots_max), 7 * ahead)

    def emptied_with_log(state: State) -> None:
        emptied(state)
        if state.scalars[S.N_LOGGED] > S.LOG_CAPACITY // 2:
            flush_log(state, finished)

    return change.carry(emptied_with_log)


def settle(state: State, world: World, now: float) -> None:
    """Bring every account up to `now`, with people and queues left as they are.

    After this the ledger holds exactly the time up to now, so that differences between two moments are exact.
    """
    tables = world.tables
    for person in range(len(state.persons) // S.PERSON_WIDTH):
        p, t = person * S.PERSON_WIDTH, person * S.PERSON_TIMES
        pool, doing = int(state.persons[p + S.P_POOL]), int(state.persons[p + S.P_STATE])
        if pool == T.NONE:
            continue
        row = pool * S.LEDGER_WIDTH
        if state.person_times[t + S.PAID_SINCE] <= now:  # NEVER between shifts
            state.ledger[row + S.PAID] += now - state.person_times[t + S.PAID_SINCE]
            state.person_times[t + S.PAID_SINCE] = now
        if doing == S.BUSY:
            _charge(state, tables, person, now)
        elif doing == S.IDLE:
            state.ledger[row + S.IDLE_MIN] += now - state.person_times[t + S.SINCE]
            state.person_times[t + S.SINCE] = now
        elif doing == S.ON_DUTY:
            state.ledger[row + S.DUTY] += now - state.person_times[t + S.SINCE]
            state.person_times[t + S.SINCE] = now
    for of_class in range(int(tables.sizes[T.N_CLASSES])):
        contact = state.queues[of_class * S.QUEUE_WIDTH + S.HEAD]
        while contact != T.NONE:
            since = contact * S.CONTACT_TIMES + S.IN_QUEUE_SINCE
            state.class_tally[of_class * S.CLASS_TALLY_WIDTH + S.QUEUE_AREA] += now - state.contact_times[since]
            state.contact_times[since] = now
            contact = state.contacts[contact * S.CONTACT_WIDTH + S.C_NEXT]


def _charge(state: State, tables: T.Tables, person: int, now: float) -> None:
    plain(charge)(state, tables, person, now)
