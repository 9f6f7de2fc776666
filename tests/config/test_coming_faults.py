"""Contradictions of booked hours, appointments, trips and casework: each named at its line, with a way to mend it."""

from __future__ import annotations

from pathlib import Path

import pytest

from channelsim.config.world import load_world
from channelsim.errors import ConfigError

RIGHT = """world: all ways to come
run: {length_min: 10080}
classes:
  booked:
    arrivals: {booked: {days: [mon], first: "09:00", last: "10:00", every_min: 30}}
    no_show: 0.1
    service_min: {exponential: 5}
    pools: [desk]
  visit:
    arrivals: {per_min: 0.01}
    by_appointment: true
    no_show: {share: 0.1, per_day: 0.01}
    service_min: {exponential: 5}
    pools: [desk]
    leaves: {to: paper}
    after: {no_slot: [{to: trip}]}
  trip:
    travel: {one_way_min: {exponential: 20}, last_arrival_min: 30}
    hours: {open: "09:00", close: "12:00"}
    service_min: {exponential: 5}
    pools: [desk]
  paper:
    casework: true
    service_min: {exponential: 5}
    pools: [desk]
pools:
  desk:
    staff: 1
    shifts: {open: "08:00", close: "16:00"}
    slots: {first: "09:00", last: "15:00", every_min: 30}
"""
BOOKED = 'booked: {days: [mon], first: "09:00", last: "10:00", every_min: 30}'
# text to replace, replacement, words of the message (the first: line and field)
FAULTS = [
    ('last: "10:00"', 'last: "17:00"', [":5: classes.booked.arrivals.booked", "16:00 on mon lies outside the shifts"]),
    (BOOKED, f"per_min: 1, {BOOKED}", ["stands beside per_min", "class of their own"]),
    (BOOKED, f"busyness_cv: 1, {BOOKED}", ["busyness_cv"]),
    (BOOKED, 'booked: {first: "09:00", last: "08:00", every_min: 30}', ["`last` is before `first`"]),
    (BOOKED, 'booked: {first: "09:00", last: "10:00"}', ["last goes with every_min"]),
    (BOOKED, "booked: {days: [mon]}", ["needs either `first`"]),
    (BOOKED, 'booked: {days: [mon], at: ["09:00"], unpunctual_min: {uniform: [5, -5]}}', ["rising order"]),
    (BOOKED, 'booked: {days: [mon], at: ["09:00"], unpunctual_min: {normal: 5}}', ["normal goes with sd_min"]),
    (BOOKED, 'booked: {days: [mon], at: ["09:00"], unpunctual_min: {uniform: [-3000, 0]}}', ["-1440"]),
    (BOOKED, 'booked: {days: [mon], at: ["09:00"], per_slot: 0}', ["per_slot", "greater than or equal to 1"]),
    ("    no_show: 0.1\n", "    no_show: 1.1\n", ["no_show", "less than or equal to 1"]),
    ("    no_show: 0.1\n", "    no_show: {per_day: 0.1}\n", ["no lead time"]),
    ("    no_show: 0.1\n", "    by_appointment: true\n", ["the hours are given already", "remove by_appointment"]),
    (
        "    by_appointment: true\n", "    by_appointment: true\n    travel: {one_way_min: {deterministic: 5}, last_arrival_min: 15}\n",
        [":12: classes.visit.travel.last_arrival_min", "travels in time for its hour", "remove it"],
    ),
    ("    by_appointment: true\n", "", ["nobody has an hour to miss"]),
    ("    by_appointment: true\n", "", [":15: classes.visit.after.no_slot", "no appointments"]),
    ("    by_appointment: true\n", "", ["nobody takes these appointments"]),
    ("    by_appointment: true\n", '    by_appointment: true\n    hours: {open: "09:00", close: "12:00"}\n', ["does not go with by_appointment"]),
    ('    slots: {first: "09:00", last: "15:00", every_min: 30}\n', "", ["none of its pools offers appointments"]),
    ('first: "09:00", last: "15:00"', 'first: "07:00", last: "15:00"', ["pools.desk.slots", "07:00 on mon lies outside the shifts"]),
    ('first: "09:00", last: "15:00"', 'first: "16:00", last: "15:00"', ["`last` is before `first`"]),
    ("every_min: 30}\n", "every_min: 30, horizon_days: 57}\n", ["horizon_days", "less than or equal to 56"]),
    ("last_arrival_min: 30", "last_arrival_min: 181", ["classes.trip.travel.last_arrival_min", "longer than the 180 min that it is open"]),
    ("{to: paper}", "{to: trip}", ["'trip' is not casework", "casework: true"]),
    ("{to: paper}", "{to: papr}", ["unknown class 'papr'"]),
    ("    casework: true\n", "    casework: true\n    patience_min: {exponential: 5}\n", ["no customer who would need it", "remove patience_min"]),
    ("    casework: true\n", "    casework: true\n    after: {abandoned: [{to: trip}]}\n", ["always served"]),
    ("    casework: true\n", "    slice_min: 5\n", ["only casework is worked in slices"]),
    ("    casework: true\n", "    casework: true\n    by_appointment: true\n", ["work without a customer"]),
]  # fmt: skip


def problems(tmp_path: Path, text: str) -> list[str]:
    file = tmp_path / "world.yaml"
    file.write_text(text, encoding="utf-8")
    try:
        load_world(file)
    except ConfigError as error:
        return [str(p) for p in error.problems]
    return []


def test_the_world_without_a_fault_is_right(tmp_path: Path) -> None:
    assert problems(tmp_path, RIGHT) == []


@pytest.mark.parametrize(("old", "new", "words"), FAULTS)
def test_a_contradiction_is_named_at_its_line(tmp_path: Path, old: str, new: str, words: list[str]) -> None:
    assert RIGHT.count(old) >= 1
    at = RIGHT.index(old) if old != "every_min: 30}\n" else RIGHT.rindex(old)
    found = problems(tmp_path, RIGHT[:at] + new + RIGHT[at + len(old) :])
    assert any(all(word in problem for word in words) for problem in found), found
