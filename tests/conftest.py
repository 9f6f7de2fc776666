"""Shared by all tests: both engines, and the small worlds and regions they run."""

from __future__ import annotations

import os
from pathlib import Path

os.environ["CHANNELSIM_GUARD"] = "1"  # every run of the tests checks what must always be true, after every event

import pytest

from channelsim.config.region import load_region
from channelsim.config.strategy import find_strategy, load_strategy
from channelsim.scenario.compile import compile_world
from channelsim.scenario.queues import Duration, QueueClass, QueuePool, Queues, RateStep, Serves, compile_queues
from channelsim.scenario.region import Region
from channelsim.scenario.world import World

ROOT = Path(__file__).parents[1]
TINY = ROOT / "configs" / "regions" / "tiny"
WEEK = 10080.0


@pytest.fixture(params=["fast", "reference"])
def engine(request: pytest.FixtureRequest) -> str:
    """Each test that asks for it runs on both engines."""
    return str(request.param)


@pytest.fixture(scope="session")
def tiny() -> Region:
    return load_region(TINY)


@pytest.fixture(scope="session")
def tiny_world(tiny: Region):
    """Makes worlds of the invented region."""

    def make(model: str = "two_offices", strategy: str = "today_2011", n_weeks: int = 8) -> World:
        return compile_world(tiny, tiny.office_models[model], load_strategy(find_strategy(strategy, TINY)), n_weeks)

    return make


def one_queue(servers: int, per_min: float, service: Duration, patience: Duration | None = None, **words: object) -> World:
    """A world of one queue and one pool."""
    call = QueueClass("call", service, (Serves("agents"),), rates=(RateStep(0.0, WEEK, per_min),), patience=patience, **words)  # type: ignore[arg-type]
    return compile_queues(Queues("one queue", (call,), (QueuePool("agents", servers),), 0.0, 50 * WEEK, 1, 1))
