"""Keys as authors of other programs write them: the message names the key of this language, or all of its part."""

from __future__ import annotations

from pathlib import Path

import pytest

from channelsim.config.world import load_known_answer
from channelsim.errors import ConfigError

GOOD = """world: words
run: {length_min: 1440, batch_min: 1440, terminating: true}
classes:
  call:
    arrivals: {per_min: 1}
    service_min: {exponential: 3}
    patience_min: {exponential: 5}
    pools: {desk: {rank: 0}}
pools:
  desk: {staff: 3}
expected:
  - {measure: p_wait, from_min: 60, to_min: 120, value: 0.3, tol_abs: 0.02}
  - {measure: Wq, over: served, unit: h, value: 0.3, tol_rel: 0.02}
  - {measure: waiting_at, at_min: 60, value: 0.3, tol_abs: 0.02}
"""
# text to replace, replacement, words of the message
FAULTS = [
    ("per_min: 1", "rate: 1", ["test.yaml:5", "did you mean 'per_min'?"]),
    ("per_min: 1", "exponential: 1", ["it has its place elsewhere", "per_min, steps, every_min"]),
    ("per_min: 1", "weekly: 1", ["use one of per_min, steps, every_min"]),
    ("staff: 3", "servers: 3", ["test.yaml:10", "did you mean 'staff'?"]),
    ("rank: 0", "priority: 1", ["did you mean 'rank'?"]),
    ("{desk: {rank: 0}}", "desk", ["test.yaml:8", "write a list, `[a, b]`", "write a table"]),
    ("{staff: 3}", "3", ["write a table, `{key: value}`, with staff, people"]),
    ("patience_min: {exponential: 5}", "patience_min: 5", ["write a table", "deterministic, exponential"]),
    ("patience_min: {exponential: 5}", "impatience: {exponential: 5}", ["did you mean 'patience_min'?"]),
    ("tol_abs: 0.02", "tol: 0.02", ["did you mean 'tol_rel'?"]),
    ("measure: Wq, over: served", "measure: Wq_served", ["write measure: Wq, over: served"]),
    ("to_min: 120", "to_min: 60", ["from_min lies at or after to_min"]),
    ("to_min: 120", "to_min: 1500", ["expected.0", "reaches beyond the batch of 1440 min"]),
    ("at_min: 60", "at_min: 60, from_min: 5", ["waiting_at does not take from_min"]),
    ("terminating: true", "terminating: false", ["waiting_at is of batches that begin empty"]),
]


def test_the_file_is_good(tmp_path: Path) -> None:
    file = tmp_path / "test.yaml"
    file.write_text(GOOD, encoding="utf-8")
    wanted = [e.wanted for e in load_known_answer(file).expected]
    assert wanted[1].unit == "hour"
    assert [str(w) for w in wanted] == ["p_wait(60 to 120 min)", "Wq(served)", "waiting_at(at 60 min)"]


def test_an_hour_is_an_hour_by_either_name(tmp_path: Path) -> None:
    for name in ("h", "hour"):
        file = tmp_path / f"{name}.yaml"
        file.write_text(f"{GOOD}time_unit: {name}\n".replace("1440", "24").replace("120", "2").replace("60", "1"), encoding="utf-8")
        case = load_known_answer(file)
        assert case.queues is not None and case.queues.length_min == 1440.0
        assert (case.expected[0].wanted.from_min, case.expected[0].wanted.per) == (60.0, "hour")


@pytest.mark.parametrize(("old", "new", "words"), FAULTS, ids=[f"{i}: {new}" for i, (_, new, _) in enumerate(FAULTS)])
def test_another_word_is_answered_by_ours(tmp_path: Path, old: str, new: str, words: list[str]) -> None:
    assert old in GOOD
    file = tmp_path / "test.yaml"
    file.write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_known_answer(file)
    for word in words:
        assert word in str(caught.value)
