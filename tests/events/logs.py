"""Logs of runs, as the audit reads them, without a folder in between."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from hypothesis import assume

from channelsim.cli.single import ledger_frame
from channelsim.errors import SimulationError
from channelsim.scenario.world import World
from channelsim.simulate import Window, simulate
from channelsim.testing.audit.replay import Replay
from channelsim.testing.audit.rows import Log, Row
from channelsim.trajectory.facts import facts_of
from channelsim.trajectory.log import log_frame


def log_of(world: World, window: Window, seed: int = 7, engine: str = "fast") -> Log:
    """Run a world and give its log."""
    run = simulate(world, seed, 0, window, engine, log_events=True)
    facts = {"seed": seed, "replication": 0, "start_min": run.start_min, "end_min": run.end_min, **facts_of(world, window.end_min)}
    frame = log_frame(run)
    ledger = ledger_frame(run, world).set_index("pool")
    accounts = {c: c.removesuffix("_min").replace("_", " ") for c in ledger.columns}
    minutes = {str(pool): {accounts[c]: float(row[c]) for c in accounts} for pool, row in ledger.iterrows()}
    return Log(facts, [Row(*row) for row in zip(*(frame[c].tolist() for c in frame.columns), strict=True)], minutes)


def audited(log: Log) -> Replay:
    return Replay(log).run()


def with_rows(log: Log, rows: list[Row]) -> Log:
    return Log(log.facts, rows, log.ledger)


@contextmanager
def unless_overloaded() -> Iterator[None]:
    """Random worlds with more work than people are refused by the engines: pass over those."""
    try:
        yield
    except SimulationError as error:
        assume("four hours" not in str(error))
        raise
