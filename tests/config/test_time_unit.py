"""A change of the unit of time changes nothing: one world in minutes, seconds, hours and days, record by record (M04)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from channelsim.config.world import load_known_answer, load_world
from channelsim.errors import ConfigError
from channelsim.scenario.queues import compile_queues
from channelsim.simulate import Window, simulate

WORLD = """
world: one of everything
time_unit: {unit}
run: {{length_min: {length}, warm_up_min: {warm}, replications: 30, batch_min: {length}}}
classes:
  call:
    arrivals: {{per_min: {rate}, at_min: [{first}]}}
    service_min: {{lognormal: {mean}, cv: 1.5}}
    patience_min: {{hyperexponential: [{mean}, {long}], shares: [0.5, 0.5]}}
    after_work_min: {{uniform: [0, {mean}]}}
    pools: {{agents: {{rank: 0}}, help: {{rank: 1, after_min: {mean}}}}}
    moves_on: {{after_min: {long}, to: box, age: kept, patience: new}}
    after: {{abandoned: [{{to: call, share: 0.4, delay_min: {{exponential: {long}}}}}]}}
  box: {{service_min: {{erlang: {mean}, phases: 3}}, self_service: true}}
pools:
  agents: {{staff: 2}}
  help: {{staff: 1}}
expected:
  - {{measure: Wq, class: call, value: {mean}, tol_abs: {long}}}
  - {{measure: SL, within_min: {mean}, value: 0.5, tol_abs: 1}}
  - {{measure: throughput, class: call, value: {rate}, tol_rel: 1}}
"""
MINUTES = {"length": 4000, "warm": 500, "rate": 0.75, "first": 15, "mean": 3, "long": 9}


def written(factor: float, unit: str, tmp_path: Path) -> Path:
    numbers = {k: v / factor if k == "rate" else v * factor for k, v in MINUTES.items()}
    file = tmp_path / f"{unit}.yaml"
    file.write_text(WORLD.format(unit=unit, **numbers), encoding="utf-8")
    return file


@pytest.mark.parametrize(("unit", "factor"), [("s", 60.0), ("h", 1.0 / 60.0), ("day", 1.0 / 1440.0)])
def test_another_unit_is_the_same_world(tmp_path: Path, unit: str, factor: float) -> None:
    runs = []
    for file in (written(1.0, "min", tmp_path), written(factor, unit, tmp_path)):
        queues = load_world(file)
        runs.append(simulate(compile_queues(queues), 3, 0, Window(queues.warm_up_min, queues.length_min, 0.0), keep_records=True))
    minutes, other = runs
    assert len(minutes.records) > 2000 and np.array_equal(minutes.records, other.records)
    assert np.allclose(minutes.record_times, other.record_times, rtol=1e-9, atol=1e-12 if unit == "s" else 1e-5)


def test_what_is_measured_is_in_the_unit_of_the_file(tmp_path: Path) -> None:
    wait, level, rate = load_known_answer(written(60.0, "s", tmp_path)).expected
    assert (wait.wanted.unit, wait.value, wait.tolerance) == ("s", 180.0, 540.0)
    assert level.wanted.within_min == 3.0
    assert rate.wanted.per == "s"


def test_a_bad_number_says_that_it_is_in_minutes(tmp_path: Path) -> None:
    file = written(60.0, "s", tmp_path)
    file.write_text(file.read_text(encoding="utf-8").replace("length_min: 240000.0", "length_min: 1.0e+12"), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"length_min: .*in minutes; length_min is written in s"):
        load_world(file)


def test_an_unknown_unit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="time_unit"):
        load_world(written(1.0, "fortnight", tmp_path))
    with pytest.raises(ConfigError, match="time_unit"):
        load_world(written(1.0, "[s]", tmp_path))
