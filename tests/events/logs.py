"""Logs of runs, as the audit reads them, without a folder in between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from hypothesis import assume

from channelsim.cli.single import ledger_frame
from channelsim.errors import SimulationError
from channelsim.scenario.world import World
from channelsim.simulate import Window, simulate
from channelsim.store.events import minutes_by_pool
from channelsim.testing.audit.replay import Replay
from channelsim.testing.audit.rows import Log, Row
from channelsim.trajectory.facts import facts_of
from channelsim.trajectory.facts_of_way import facts_of_way
from channelsim.trajectory.log import frame_of, log_frame
from channelsim.transition import Block, Phase, simulate_way


def log_of_way(phases: Sequence[Phase], blocks: Sequence[Block], follow_up_weeks: int, engine: str = "reference", seed: int = 7) -> Log:
    """Run through dated changes and give the log."""
    way = simulate_way(phases, blocks, seed, 0, follow_up_weeks, engine, log_events=True)
    assert way.log is not None
    n_weeks = blocks[-1].end_week + follow_up_weeks
    words = [f"{p.world.name} begins" for p in phases[1:]]
    facts = {"seed": seed, "replication": 0, "start_min": way.blocks[0].start_min, "end_min": way.blocks[-1].end_min,
             **facts_of_way([(p.first_week, p.world) for p in phases], way.appointments_moved, words, n_weeks)}  # fmt: skip
    frame = frame_of(*way.log)
    rows = [Row(*row) for row in zip(*(frame[c].tolist() for c in frame.columns), strict=True)]
    ledgers = [(run.start_min, run.end_min, minutes_by_pool(ledger_frame(run, b.world))) for run, b in zip(way.blocks, blocks, strict=True)]
    return Log(facts, rows, ledgers[0][2], ledgers)


def log_of(world: World, window: Window, seed: int = 7, engine: str = "fast") -> Log:
    """Run a world and give its log."""
    run = simulate(world, seed, 0, window, engine, log_events=True)
    facts = {"seed": seed, "replication": 0, "start_min": run.start_min, "end_min": run.end_min, **facts_of(world, window.end_min)}
    frame = log_frame(run)
    minutes = minutes_by_pool(ledger_frame(run, world))
    return Log(facts, [Row(*row) for row in zip(*(frame[c].tolist() for c in frame.columns), strict=True)], minutes)


def audited(log: Log) -> Replay:
    return Replay(log).run()


def with_rows(log: Log, rows: list[Row]) -> Log:
    return Log(log.facts, rows, log.ledger, log.blocks)


@contextmanager
def unless_overloaded() -> Iterator[None]:
    """Random worlds with more work than people are refused by the engines: pass over those."""
    try:
        yield
    except SimulationError as error:
        assume("four hours" not in str(error))
        raise
