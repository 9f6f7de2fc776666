"""One replication from end to end. Read this file first.

    scenario -> demand -> engine (rules) -> trajectory -> metrics

A replication runs a warm-up, a measured stretch and a follow-up in which needs still arise. Clock measures use
the measured stretch; need measures use the cohort that arises in it (decisions 12).
"""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np

from channelsim.engine.common import Engine, Finished
from channelsim.engine.fast import FastEngine
from channelsim.engine.reference import ReferenceEngine
from channelsim.errors import ConfigError, Problem, SimulationError
from channelsim.metrics.guard import check_ledger, check_needs
from channelsim.randomness import stream_key
from channelsim.rules import state as S
from channelsim.scenario.tables import BY_PYTHON
from channelsim.scenario.world import World
from channelsim.trajectory.cohort import cohort_of
from channelsim.trajectory.horizon import file_open_needs
from channelsim.trajectory.owed import owed_by_pool
from channelsim.trajectory.values import Trajectory, needs_of, rows_of, tally_of
from channelsim.units import WEEK_MIN, on_grid

GUARD = os.environ.get("CHANNELSIM_GUARD", "0") == "1"  # the tests run with guards on
ENGINES: dict[str, type[Engine]] = {"fast": FastEngine, "reference": ReferenceEngine}


@dataclass(frozen=True, slots=True)
class Window:
    """Stretches of a run in minutes on the grid of time: warm-up, measured, follow-up."""

    warm_up_min: float
    measured_min: float
    follow_up_min: float

    def __post_init__(self) -> None:
        for name in ("warm_up_min", "measured_min", "follow_up_min"):  # accounts close to the last bit only on the grid
            object.__setattr__(self, name, on_grid(getattr(self, name)))

    @property
    def end_min(self) -> float:
        return self.warm_up_min + self.measured_min + self.follow_up_min

    @property
    def n_weeks(self) -> int:
        return int(-(-self.end_min // WEEK_MIN))


def weeks(warm_up: int, measured: int, follow_up: int) -> Window:
    """A window in whole weeks."""
    return Window(warm_up * WEEK_MIN, measured * WEEK_MIN, follow_up * WEEK_MIN)


def simulate(
    world: World,
    seed: int,
    replication: int,
    window: Window,
    engine: str = "fast",
    keep_records: bool = False,
    keep_accounts: bool = False,
    log_events: bool = False,
    guard: bool | None = None,
) -> Trajectory:
    """Run one replication of a world.

    Parameters
    ----------
    world : World
        The alternative.
    seed, replication : int
        They fix all chance; alternatives with the same pair meet the same customers.
    window : Window
        What is measured.
    engine : {"fast", "reference"}
        How time passes; the result is the same bit for bit.
    keep_records : bool
        Keep one line for each leg of each contact.
    keep_accounts : bool
        Keep the account of each need of the cohort, which comparing two alternatives takes.
    log_events : bool
        Keep one line for each step of each event, so that every decision can be checked (`trajectory.log`).
    guard : bool, optional
        Check what must always be true after every event (`rules.guard`), not only at the end; several times slower.
        Default: as `GUARD` says.
    """
    if engine == "fast" and world.tables.steering == BY_PYTHON and world.policy is not None:
        what, mend = "is a rule in Python, which the fast engine cannot run", "add `--engine reference`, or make it a CompiledRule"
        raise ConfigError([Problem(world.policy.file, world.policy.line, world.policy.name, what, mend)])
    try:
        return _replication(
            world, seed, replication, window, engine, keep_records, keep_accounts, log_events, GUARD if guard is None else guard
        )
    except SimulationError as error:
        error.of = f"replication {replication} of {world.name} (seed {seed}, engine {engine})"
        raise


def _replication(
    world: World, seed: int, replication: int, window: Window, engine: str, keep_records: bool, keep_accounts: bool, log_events: bool,
    guard: bool,
) -> Trajectory:  # fmt: skip
    start, end = window.warm_up_min, window.warm_up_min + window.measured_min
    cohort = cohort_of(world.tables, start, end, window.end_min)
    finished = Finished(cohort, keep_accounts)
    running = ENGINES[engine](world, stream_key(seed, replication), finished, keep_records, log_events, guard)
    owed = []
    tallies = {}
    for mark in _marks(window):
        running.advance(mark)
        if mark in (start, end):
            running.settle(mark)
            tallies[mark] = tally_of(running.state)
        if start <= mark <= end:
            owed.append(owed_by_pool(running.state, world.tables))
    running.settle(window.end_min)
    n_open = file_open_needs(running, world)
    scalars, whole = running.state.scalars, tally_of(running.state)
    tally = tallies[end] - tallies[start]
    check_ledger(whole, tally)
    check_needs(int(scalars[S.N_ARISEN]), int(scalars[S.N_FINISHED]), n_open)
    return Trajectory(
        alternative=world.name, seed=seed, replication=replication, start_min=start, end_min=end,
        tally=tally, cohort=cohort, accounts=needs_of(finished.done, finished.done_times) if keep_accounts else None,
        n_arisen=int(scalars[S.N_ARISEN]),
        n_finished=int(scalars[S.N_FINISHED]), n_open=n_open, owed_min=np.array(owed),
        n_events=int(scalars[S.N_EVENTS]),
        contact_records=finished.records if keep_records else None,
        log=rows_of(finished.log, S.LOG_WIDTH) if log_events else None,
        log_times=rows_of(finished.log_times, S.LOG_TIMES) if log_events else None,
        person_worked_min=np.array(running.state.person_times)[S.PERSON_WORKED :: S.PERSON_TIMES], whole=whole,
    )  # fmt: skip


def _marks(window: Window) -> list[float]:
    """Moments at which the engine pauses: every Monday 00:00, and the ends of the window's stretches."""
    ends = {window.warm_up_min, window.warm_up_min + window.measured_min, window.end_min}
    return sorted({week * WEEK_MIN for week in range(window.n_weeks + 1) if week * WEEK_MIN <= window.end_min} | ends)
