"""The two engines agree to the last bit on everything that the project ships, and a run is the same on any thread."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from channelsim.config.region import load_region
from channelsim.config.strategy import find_strategy, load_strategy
from channelsim.config.world import load_world
from channelsim.errors import SimulationError
from channelsim.scenario.compile import compile_world
from channelsim.scenario.queues import compile_queues
from channelsim.scenario.world import World
from channelsim.simulate import Window, simulate, weeks

ROOT = Path(__file__).parents[2]
REGIONS = ROOT / "configs" / "regions"
STRATEGIES = sorted(p.stem for p in (ROOT / "configs" / "strategies").glob("*.yaml"))
WORLDS = sorted([*(ROOT / "tests" / "acceptance").rglob("*.yaml"), *(ROOT / "benchmarks" / "worlds").glob("*.yaml")])


def world_of(region_name: str, model: str, strategy: str, n_weeks: int) -> World:
    folder = REGIONS / region_name
    region = load_region(folder)
    steering = load_strategy(find_strategy(strategy, folder))
    return compile_world(region, region.office_models[model], steering, n_weeks)


def assert_equal(world: World, window: Window, keep_accounts: bool = True) -> None:
    fast, reference = (simulate(world, 11, 0, window, e, keep_records=True, keep_accounts=keep_accounts) for e in ("fast", "reference"))
    assert fast.digest() == reference.digest()
    assert np.array_equal(fast.records, reference.records) and np.array_equal(fast.record_times, reference.record_times)
    assert np.array_equal(fast.record_needs, reference.record_needs)
    for ours, theirs in zip(vars(fast.needs).values(), vars(reference.needs).values(), strict=True):
        assert np.array_equal(ours, theirs)


def regions_and_models() -> Iterator[tuple[str, str]]:
    for folder in sorted(REGIONS.iterdir()):
        if folder.is_dir():
            yield from ((folder.name, model) for model in load_region(folder).office_models)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_tiny(strategy: str) -> None:
    assert_equal(world_of("tiny", "two_offices", strategy, 3), weeks(1, 1, 1))


def test_the_real_region_for_a_week() -> None:
    assert_equal(world_of("pohjois-pohjanmaa", "m6_today", "multichannel", 1), weeks(0, 1, 0))


@pytest.mark.parametrize("file", WORLDS, ids=lambda f: f.stem)
def test_every_world_of_queues(file: Path) -> None:
    queues = load_world(file)
    most_min = 300.0 if file.stem.startswith(("M12", "Q13")) else 3000.0  # hundreds of events a minute
    assert_equal(compile_queues(queues), Window(0.0, min(queues.length_min, most_min), 0.0))


@pytest.mark.long
@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize(("region_name", "model"), list(regions_and_models()))
def test_every_office_model_under_every_strategy(region_name: str, model: str, strategy: str) -> None:
    assert_equal(world_of(region_name, model, strategy, 4), weeks(1, 2, 1))


@pytest.mark.long
@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("model", ["m6_today", "m1"])
def test_eight_weeks_of_the_real_region(model: str, strategy: str) -> None:
    world = world_of("pohjois-pohjanmaa", model, strategy, 8)
    fast, reference = (simulate(world, 11, 0, weeks(0, 8, 0), engine).digest() for engine in ("fast", "reference"))
    assert fast == reference


@pytest.mark.long
def test_a_year_of_the_real_region() -> None:
    """Long enough that the rows of needs and contacts lie in another order in the two engines."""
    world = world_of("pohjois-pohjanmaa", "m6_today", "today_2011", 52)
    fast, reference = (simulate(world, 11, 0, weeks(0, 52, 0), engine).digest() for engine in ("fast", "reference"))
    assert fast == reference


def test_records_and_accounts_change_nothing() -> None:
    world, window = world_of("tiny", "two_offices", "multichannel", 4), weeks(1, 2, 1)
    plain = simulate(world, 5, 0, window).digest()
    assert simulate(world, 5, 0, window, keep_records=True).digest() == plain
    assert simulate(world, 5, 0, window, keep_accounts=True).digest() == plain


def test_threads_give_the_same_digests() -> None:
    """Kernels release the interpreter's lock, so replications may run on threads."""
    world, window = world_of("tiny", "two_offices", "multichannel", 4), weeks(1, 2, 1)
    alone = [simulate(world, 5, r, window).digest() for r in range(6)]
    with ThreadPoolExecutor(3) as threads:
        assert list(threads.map(lambda r: simulate(world, 5, r, window).digest(), range(6))) == alone


@pytest.mark.parametrize("engine", ["fast", "reference"])
def test_a_replication_that_stops_says_when_and_whose(engine: str, tmp_path: Path) -> None:
    file = tmp_path / "overtime.yaml"
    file.write_text(
        "world: overtime\nrun: {length_min: 4000}\nclasses:\n  call:\n    arrivals: {at_min: [1, 2, 3, 4, 5, 6]}\n"
        "    service_min: {deterministic: 100}\n    hours: {open: '00:00', close: '01:00'}\n    pools: [a]\n"
        "pools:\n  a: {staff: 1, shifts: {open: '00:00', close: '01:00'}}\n",
        encoding="utf-8",
    )
    with pytest.raises(SimulationError, match="more than four hours") as stopped:
        simulate(compile_queues(load_world(file)), 1, 3, Window(0.0, 4000.0, 0.0), engine)
    assert stopped.value.time_min == 301.0 and stopped.value.need_id is not None
    assert stopped.value.of == f"replication 3 of overtime (seed 1, engine {engine})"
