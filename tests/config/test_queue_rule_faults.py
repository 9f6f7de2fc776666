"""Rules of queues that cannot come to pass, or contradict one another: each is named at its line, with the mend."""

from __future__ import annotations

from pathlib import Path

import pytest

from channelsim.config.world import load_world
from channelsim.errors import ConfigError

GOOD = """world: rules of queues
run: {length_min: 1000}
classes:
  A: {arrivals: {per_min: 1}, service_min: {exponential: 1}, pools: [P]}
  B:
    arrivals: {per_min: 1}
    service_min: {exponential: 1}
    weight: 2
    after_work_min: {exponential: 1}
    rises: [{after_min: 5, to_rank: 0}]
    moves_on: {after_min: 9, to: C, age: kept, patience: new}
    pools: {P: {rank: 0}, Q: {rank: 1, after_min: 4}}
    balk: {at_length: [2, 5], share: [0.1, 0.9]}
    call_back: {to: D, at_expected_wait_min: 3, accepts: 0.5, place: kept}
  D: {service_min: {exponential: 1}, pools: [Q], unreached: {share: 0.2, attempt_min: {deterministic: 1}}}
  C:
    service_min: {exponential: 1}
    moves_on: {after_min: 20, to: A, age: new, patience: carried_over}
    pools: [Q]
pools:
  P: {staff: 2, takes: [A, B]}
  Q: {staff: 1}
lines: {limit: 9, classes: [A, B]}
"""
# text to replace, replacement, words of the message
FAULTS = [
    ("weight: 2", "weight: 0", ["test.yaml:8", "weight", "greater than 0"]),
    ("weight: 2", "weight: 2000000", ["weight", "1000000"]),
    ("to_rank: 0", "to_rank: 1", ["test.yaml:10", "rises.0.to_rank", "1 is no better than rank 1", "smaller number"]),
    ("takes: [A, B]", "takes: [B, A]", ["to_rank", "0 is no better than rank 0"]),
    ("takes: [A, B]", "takes: []", ["to_rank", "give a pool of the class `takes:`"]),
    ("to_rank: 0}]", "to_rank: 0}, {after_min: 3, to_rank: 0}]", ["rises.1.after_min", "not later than the rise before"]),
    ("[{after_min: 5,", "[{after_min: 9,", ["rises.0.after_min", "moved on after 9 min"]),
    ("after_min: 9, to: C", "after_min: 0, to: C", ["moves_on.after_min", "greater than 0"]),
    ("after_min: 9, to: C", "after_min: 4, to: C", ["pools.Q.after_min", "helps after 4 min", "moved on after 4"]),
    ("to: C, age: kept", "to: E, age: kept", ["test.yaml:11", "moves_on.to", "unknown class 'E'"]),
    ("to: C, age: kept", "to: B, age: kept", ["moves on to its own queue"]),
    ("age: kept, ", "", ["moves_on.age", "is missing"]),
    ("patience: new}", "patience: fresh}", ["moves_on.patience", "'carried_over' or 'new'"]),
    ("after_min: 20, to: A", "after_min: 9, to: A", ["test.yaml:18", "C.moves_on.after_min", "those who come from B have waited 9 min"]),
    ("weight: 2\n", "weight: 2\n    queue_limit: 0\n", ["moves_on", "a queue of 0 places"]),
    ("weight: 2\n", "self_service: true\n", ["B.after_work_min", "nobody has work after it"]),
    ("weight: 2\n", "self_service: true\n", ["B.rises", "nobody waits in this class"]),
    ("limit: 9", "limit: 0", ["test.yaml:23", "lines", "greater than or equal to 1"]),
    ("classes: [A, B]}", "classes: [A, BB]}", ["lines.classes.1", "unknown class 'BB'", "did you mean 'B'"]),
    ("classes: [A, B]}", "classes: [A, A]}", ["A is named twice"]),
    ("{limit: 9, classes: [A, B]}", "[{limit: 9, classes: [A]}, {limit: 5, classes: [B, A]}]", ["lines.1.classes.1", "another group"]),
    ("run: {length", "time_unit: week\nrun: {length", ["time_unit", "'s', 'min', 'h', 'hour' or 'day'"]),
    ("share: [0.1, 0.9]", "share: [0.1]", ["test.yaml:13", "balk", "1 shares for 2 thresholds of at_length"]),
    ("at_length: [2, 5]", "at_length: [5, 2]", ["balk", "at_length must rise"]),
    ("at_length: [2, 5]", "at_length: [2, 5], at_longest_wait_min: [2, 5]", ["balk", "names 2 signals"]),
    ("at_expected_wait_min: 3, ", "", ["call_back", "names 0 signals, not one of at_length"]),
    ("accepts: 0.5", "accepts: 1.5", ["call_back.accepts", "less than or equal to 1"]),
    ("{to: D, at", "{to: X, at", ["test.yaml:14", "call_back.to", "unknown class 'X'"]),
    ("{to: D, at", "{to: B, at", ["call_back.to", "into the queue that it spares"]),
    ("pools: [Q], unreached", "pools: [Q], patience_min: {exponential: 1}, unreached", ["call_back.to", "D has a patience"]),
    (
        "    call_back: {to: D, at_expected_wait_min: 3, accepts: 0.5, place: kept}\n",
        "",
        ["D.unreached", "nobody is called back in this class"],
    ),
    ("weight: 2\n", "weight: 2\n    queue_limit: 0\n", ["balk", "a queue of 0 places"]),
    ("weight: 2\n", "weight: 2\n    idle_rule: random\n", ["idle_rule", "'in_order' or 'least_occupied'"]),
    ("attempt_min: {deterministic: 1}", "tries: 0, attempt_min: {deterministic: 1}", ["unreached.tries", "greater than or equal to 1"]),
    ("    pools: [Q]", "    pools: [Q]\n    after: {moved_on: [{to: A}]}", ["unknown outcome", "served, abandoned"]),
]


@pytest.mark.parametrize(("old", "new", "words"), FAULTS, ids=[f"{i}: {f[1][:30].strip()}" for i, f in enumerate(FAULTS)])
def test_a_rule_that_cannot_hold_is_named(tmp_path: Path, old: str, new: str, words: list[str]) -> None:
    assert old in GOOD, "the fault must be planted to be found"
    file = tmp_path / "test.yaml"
    file.write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_world(file)
    for word in words:
        assert word in str(caught.value)


def test_the_world_without_faults_is_read(tmp_path: Path) -> None:
    file = tmp_path / "test.yaml"
    file.write_text(GOOD, encoding="utf-8")
    b = load_world(file).classes[1]
    assert (b.weight, b.rises[0].to_rank, b.moves_on.to, b.after_work.mean_min) == (2.0, 0, "C", 1.0)
