"""Contradictions of shifts, breaks, absence and duties: each named at its line, with a way to mend it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.config.test_coming_faults import problems

RIGHT = """world: people
run: {length_min: 10080}
classes:
  call: {arrivals: {per_min: 0.05}, service_min: {exponential: 20}, pools: [desk]}
  letter: {arrivals: {per_min: 0.05}, service_min: {exponential: 20}, pools: [office]}
pools:
  desk:
    people:
      - {number: 2, shifts: [{open: "08:00", close: "12:00"}, {open: "13:00", close: "16:00"}], service_factor: {call: 0.5}}
      - {name: late, shifts: {open: "12:00", close: "18:00"}}
    absence: {share: 0.2, drawn: true, weekday_factor: {mon: 2}}
    breaks: [{at: "14:00", length_min: 20, groups: 2}]
    other_duties: {share: 0.2}
    at_shift_end: hand_over
  office: {staff: 1}
"""
FAULTS = [
    ('open: "13:00"', 'open: "11:00"', [":9: pools.desk.people.0.shifts", "two stretches of mon overlap"]),
    ("{call: 0.5}", "{cal: 0.5}", ["unknown class 'cal'", "did you mean 'call'"]),
    ("{call: 0.5}", "{letter: 0.5}", ["desk does not serve letter"]),
    ("{call: 0.5}", "{call: 0}", ["service_factor", "0.01"]),
    ("drawn: true, ", "", ["a fixed rota has no weekday_factor", "drawn: true"]),
    ("{mon: 2}", "{mon: 6}", ["makes a share of 1.2"]),
    ("{mon: 2}", "{mo: 2}", ["unknown weekday 'mo'", "did you mean 'mon'"]),
    ("share: 0.2, drawn", "share: 1.2, drawn", ["absence", "less than or equal to 1"]),
    ('at: "14:00"', 'at: "07:00"', [":12: pools.desk.breaks.0", "lies outside all shifts"]),
    ('at: "14:00", length_min: 20, groups: 2', 'at: "17:30", length_min: 20, groups: 2', ["dropped for the last group"]),
    ("length_min: 20, groups: 2", "length_min: 0, groups: 2", ["length_min", "greater than or equal to 1"]),
    ("{share: 0.2}", "{share: 0.95}", ["other_duties", "0.9"]),
    ("{share: 0.2}", "{share: 0.2, how: quickly}", ["'blocks' or 'longer_handling'"]),
    ("{staff: 1}", "{staff: 1, absence: 0.1}", ["pools.office.absence", "always there"]),
    ("{staff: 1}", "{staff: 1, other_duties: 0.1}", ["always there"]),
    ("{staff: 1}", "{staff: 1, at_shift_end: hand_over}", ["no shift ever ends"]),
    ("{staff: 1}", "{}", ["needs either `staff` or `people`"]),
    ("{staff: 1}", "{staff: 1, people: [{number: 1}]}", ["needs either `staff` or `people`"]),
    ("{staff: 1}", '{staff: 1, breaks: [{at: "23:50", length_min: 20}]}', ["goes beyond midnight"]),
]  # fmt: skip


def test_the_world_without_a_fault_is_right(tmp_path: Path) -> None:
    assert problems(tmp_path, RIGHT) == []


@pytest.mark.parametrize(("old", "new", "words"), FAULTS)
def test_a_contradiction_is_named_at_its_line(tmp_path: Path, old: str, new: str, words: list[str]) -> None:
    assert RIGHT.count(old) == 1
    found = problems(tmp_path, RIGHT.replace(old, new))
    assert any(all(word in problem for word in words) for problem in found), found
