"""A bare world of queues leaves rules out of its kernel: what they would have done there is nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from channelsim.config.world import load_world
from channelsim.scenario.queues import compile_queues
from channelsim.simulate import Window, simulate

ROOT = Path(__file__).parents[2]
WORLDS = sorted([*(ROOT / "tests" / "acceptance").rglob("*.yaml"), *(ROOT / "benchmarks" / "worlds").glob("*.yaml")])
WITH_MORE_RULES = (
    "H01-lists-by-hour", "H02-due-dates", "K09-work-after-the-call", "K15-reserve-and-help", "P05-impatience-and-message-box",
    "S04-casework-in-slices", "S15-casework-by-hand", "T04-lines-and-after-work",
)  # fmt: skip


@pytest.mark.parametrize("file", WORLDS, ids=lambda f: f.stem)
def test_a_bare_world_gives_the_same_with_all_rules(file: Path) -> None:
    queues = load_world(file)
    world = compile_queues(queues)
    assert world.tables.bare == 0 or file.stem not in WITH_MORE_RULES
    if world.tables.bare == 0:
        return
    general = replace(world, tables=world.tables.replaced(bare=0))
    window = Window(0.0, min(queues.length_min, 300.0), 0.0)
    bare, all_rules = (simulate(w, 5, 0, window, "reference", keep_records=True) for w in (world, general))
    assert bare.digest() == all_rules.digest()
    assert np.array_equal(bare.records, all_rules.records) and np.array_equal(bare.record_times, all_rules.record_times)


def test_most_simple_worlds_are_bare() -> None:
    benchmarks = [compile_queues(load_world(file)) for file in (ROOT / "benchmarks" / "worlds").glob("*.yaml")]
    assert benchmarks and all(world.tables.bare == 1 for world in benchmarks)
