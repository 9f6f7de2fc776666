"""One replication in which worlds follow one another: the way from today's network to another one (design 4.13).

What is measured is cut into blocks of weeks, each within one phase, so that the dip on the way is seen and not only the end
state. The same seed and replication bring the same needs as in any other run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from channelsim.engine.common import Finished
from channelsim.errors import SimulationError
from channelsim.metrics.guard import check_ledger, check_needs
from channelsim.randomness import stream_key
from channelsim.rules import state as S
from channelsim.rules.bookkeeping.dated_change import MOVED
from channelsim.scenario.world import World
from channelsim.simulate import ENGINES, GUARD
from channelsim.trajectory.cohort import Cohort, cohort_of
from channelsim.trajectory.horizon import file_open_needs
from channelsim.trajectory.owed import owed_by_pool
from channelsim.trajectory.values import Trajectory, rows_of, tally_of
from channelsim.units import WEEK_MIN


@dataclass(frozen=True, slots=True)
class Phase:
    """A world and the week whose Monday 00:00 it begins with; week 0 is the first."""

    first_week: int
    world: World


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of weeks that is measured by itself."""

    first_week: int
    end_week: int
    world: World


@dataclass(frozen=True, slots=True)
class Way:
    """One replication through all phases: its blocks, and what each change did."""

    blocks: list[Trajectory]
    appointments_moved: list[int]  # [change] appointments that the new world could not keep, booked anew
    log: tuple[np.ndarray, np.ndarray] | None = None  # rows and times of the whole run's event log (`trajectory.log`)


@dataclass
class Cohorts:
    """The needs of each block by themselves, filed as one `Cohort` would be."""

    parts: list[Cohort]

    def add(self, done: np.ndarray, times: np.ndarray) -> None:
        """Add filed needs to the block in which they arose."""
        for part in self.parts:
            part.add(done, times)


def blocks_of(phases: Sequence[Phase], warm_up_weeks: int, n_weeks: int, block_weeks: int) -> list[Block]:
    """Blocks of `block_weeks` from the end of the warm-up on; where a phase begins, a block ends (then it is shorter)."""
    edges = {*range(warm_up_weeks, n_weeks, block_weeks), *(p.first_week for p in phases), n_weeks}
    cut = sorted(e for e in edges if warm_up_weeks <= e <= n_weeks)
    return [Block(a, b, world_at(phases, a)) for a, b in zip(cut, cut[1:], strict=False)]


def world_at(phases: Sequence[Phase], week: int) -> World:
    """The world of a week."""
    return [p for p in phases if p.first_week <= week][-1].world


def simulate_phases(
    phases: Sequence[Phase], blocks: Sequence[Block], seed: int, replication: int, follow_up_weeks: int = 8, engine: str = "fast"
) -> list[Trajectory]:
    """Run one replication through all phases.

    Parameters
    ----------
    phases : sequence of Phase
        In order of time, the first at week 0; the others begin when the warm-up is over. All worlds must reach to the end.
    blocks : sequence of Block
        What is measured, one after another without gaps (`blocks_of`).
    follow_up_weeks : int
        Weeks after the last block, in which needs still arise.

    Returns
    -------
    list of Trajectory
        One for each block: its tally, the needs that arose in it, owed work at its Mondays.
    """
    return simulate_way(phases, blocks, seed, replication, follow_up_weeks, engine).blocks


def simulate_way(
    phases: Sequence[Phase], blocks: Sequence[Block], seed: int, replication: int, follow_up_weeks: int, engine: str,
    log_events: bool = False,
) -> Way:  # fmt: skip
    """The same run as `simulate_phases`, with the event log of the whole way on request."""
    weeks = [p.first_week for p in phases]
    if weeks[0] != 0 or weeks != sorted(set(weeks)) or any(0 < week < blocks[0].first_week for week in weeks):
        raise ValueError("phases begin with week 0, follow one another, and change nothing within the warm-up")
    try:
        return _run(phases, blocks, seed, replication, follow_up_weeks, engine, log_events)
    except SimulationError as error:
        names = " then ".join(dict.fromkeys(p.world.name for p in phases))
        error.of = f"replication {replication} of {names} (seed {seed}, engine {engine})"
        raise


def _run(
    phases: Sequence[Phase], blocks: Sequence[Block], seed: int, replication: int, follow_up_weeks: int, engine: str, log_events: bool
) -> Way:
    end = blocks[-1].end_week
    stretches = [Block(0, blocks[0].first_week, phases[0].world), *blocks, Block(end, end + follow_up_weeks, blocks[-1].world)]
    cohorts = [_cohort(b, end + follow_up_weeks) for b in blocks]
    finished = Finished(Cohorts(cohorts))
    running = ENGINES[engine](phases[0].world, stream_key(seed, replication), finished, log_events=log_events, guard=GUARD)
    world, tallies, owed, moved = phases[0].world, [], [], []
    for stretch in stretches:
        before = tally_of(running.state)
        if stretch.world is not world:
            world = stretch.world
            running.change(world, stretch.first_week)
            before = tally_of(running.state)
            moved.append(int(before.book_tally[:, MOVED].sum()))
            before = before - before  # what the change itself did, appointments that it moved, belongs to this stretch
        mondays = [owed_by_pool(running.state, world.tables)]
        for week in range(stretch.first_week, stretch.end_week):
            running.advance((week + 1) * WEEK_MIN)
            mondays.append(owed_by_pool(running.state, world.tables))
        running.settle(stretch.end_week * WEEK_MIN)
        tallies.append(tally_of(running.state) - before)
        owed.append(np.array(mondays))
    n_open = file_open_needs(running, world)
    check_ledger(*tallies)
    scalars = running.state.scalars
    check_needs(int(scalars[S.N_ARISEN]), int(scalars[S.N_FINISHED]), n_open)
    trajectories = [
        Trajectory(
            alternative=block.world.name, seed=seed, replication=replication, start_min=block.first_week * WEEK_MIN,
            end_min=block.end_week * WEEK_MIN, tally=tally, cohort=cohort, accounts=None, n_arisen=cohort.n_arisen,
            n_finished=cohort.n_arisen, n_open=0, owed_min=rows, n_events=int(scalars[S.N_EVENTS]),
        )
        for block, tally, cohort, rows in zip(blocks, tallies[1:-1], cohorts, owed[1:-1], strict=True)
    ]  # fmt: skip
    log = (rows_of(finished.log, S.LOG_WIDTH), rows_of(finished.log_times, S.LOG_TIMES)) if log_events else None
    return Way(trajectories, moved, log)


def _cohort(block: Block, n_weeks: int) -> Cohort:
    return cohort_of(block.world.tables, block.first_week * WEEK_MIN, block.end_week * WEEK_MIN, n_weeks * WEEK_MIN)
