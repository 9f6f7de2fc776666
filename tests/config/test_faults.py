"""Bad input: each planted fault is named with its file, line and field, and nothing else breaks."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from channelsim.config.check import check_file
from channelsim.config.region import load_region
from channelsim.config.strategy import load_strategy
from channelsim.config.world import load_world
from channelsim.errors import ConfigError
from tests.conftest import ROOT, TINY

SMALLEST = """world: one queue
run: {length_min: 1000}
classes:
  call:
    arrivals: {per_min: 3.5}
    service_min: {exponential: 3}
    pools: [agents]
pools:
  agents: {staff: 13}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TINY, tmp_path / "tiny"))


# file, text to replace, replacement, expected: words of the message
REGION_FAULTS = [
    ("region.yaml", "currency:", "curency:", ["region.yaml:7", "curency", "unknown key", "did you mean 'currency'"]),
    ("region.yaml", "title: Tiny", "title: [Tiny", ["region.yaml"]),
    ("region.yaml", "first_monday: 2011-01-03", "first_monday: 2011-01-04", ["Tuesday, not a Monday"]),
    ("region.yaml", "currency: EUR", "currency: EUR\ncurrency: SEK", ["region.yaml", "duplicate key"]),
    ("region.yaml", 'start: "08:45"', "start: 8.75", ["shift.start", "HH:MM"]),
    ("region.yaml", "staffing_split: balanced", "staffing_split: balancd", ["staffing_split", "did you mean 'balanced'"]),
    ("region.yaml", "office_model: two_offices, strategy", "office_model: two_ofices, strategy", ["did you mean 'two_offices'"]),
    ("region.yaml", "staff: 12", "staff: 13", ["12 staff, the invariant says 13"]),
    ("region.yaml", "offices: {two_offices: 2", "offices: {two_offices: 3", ["2 offices, the invariant says 3"]),
    ("municipalities.csv", "Harbour,9000,1200", "Harbour,9000,-1200", ["municipalities.csv:2", "unemployed"]),
    ("municipalities.csv", "Mill,3000,260", "Mill,3000,nan", ["municipalities.csv:3", "unemployed"]),
    ("municipalities.csv", "Mill,3000", "Harbour,3000", ["stands already in line 2"]),
    ("municipality_segment.csv", "Mill,young,0.3", "Mill,young,0.4", ["shares of Mill add up to 1.1000"]),
    ("municipality_segment.csv", "Ridge,young", "Rige,young", ["unknown municipality 'Rige'", "did you mean 'Ridge'"]),
    ("parameters.csv", "service,web_eligible_share,S01,share", "service,web_eligible_share,S01,", ["unit", "is empty"]),
    ("parameters.csv", "service,web_eligible_share,S01,share,0.9,0.9", "service,web_eligible_share,S01,share,0.9,0.8", ["low <= base <= high"]),
    ("parameters.csv", "phone,patience_mean_min,all,min,10", "phone,patience_mean_mn,all,min,10", ["did you mean 'phone, patience_mean_min'"]),
    ("parameters.csv", "phone,patience_mean_min,all,min,10,10,10", "phone,patience_mean_min,all,min,-10,10,10", ["parameters.csv", "low"]),
    ("parameters.csv", "web,after_failure_share,web,share,0.3,0.3,0.3", "web,after_failure_share,web,share,0.5,0.5,0.5", ["add up to 1.2000"]),
    ("points.csv", "two_offices,Mill,M,staffed", "two_offices,Mil,M,staffed", ["did you mean 'Mill'"]),
    ("points.csv", "two_offices,Mill,M,staffed", "two_offices,Mill,M,staffd", ["points.csv:3", "kind"]),
    ("hours.csv", "two_offices,Harbour,mon,09:00,15:30", "two_offices,Harbour,mon,16:00,15:30", ["opens at or after it closes"]),
    ("hours.csv", "two_offices,Mill,mon,09:00,15:00", "two_offices,Mill,mon,9am,15:00", ["hours.csv", "HH:MM"]),
    ("staff.csv", "balanced,two_offices,2,generalist,,Harbour", "balanced,two_offices,2,generalist,,Harbor", ["staff.csv:3", "did you mean 'Harbour'"]),
    ("staff.csv", "balanced,two_offices,12,", "balanced,two_offices,112,", ["has other persons"]),
    ("service_map.csv", "two_offices,S03,H,line,H", "two_offices,S03,H,line,X", ["unknown office or point 'X'"]),
    ("service_map.csv", "one_office,S07,*,line,*", "one_office,S08,H,line,*", ["nobody answers S07"]),
    ("delays.csv", "redial,exponential,20", "redial,exponental,20", ["delays.csv:2", "distribution"]),
    ("national_line.csv", "hotline,1,N01", "hotline,1,N02", ["nobody serves the national service N01"]),
    ("services.csv", "S08,guidance,concentrated,guidance", "S08,guidance,concentrated,gidance", ["gidance"]),
    ("travel_km.csv", "Mill,22,4,25", "Mill,22,-4,25", ["travel_km.csv:3"]),
    ("closed_days.csv", "2011-01-06", "2011-13-06", ["closed_days.csv:2", "date"]),
    ("segments.csv", "young,young people,jobseeker", '"young,young people,jobseeker', ["segments.csv"]),
    ("appointments.csv", "placement,40", "placement,40,40", ["appointments.csv:2", "cells"]),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "words"), REGION_FAULTS, ids=[f"{f[0]}: {f[2][:30]}" for f in REGION_FAULTS])
def test_planted_fault_is_named(folder: Path, file: str, old: str, new: str, words: list[str]) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text, "the fault must be planted to be found"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_region(folder)
    message = str(caught.value)
    assert all(word in message for word in words), message
    assert all(line.count(":") >= 3 for line in message.splitlines()), message


def test_all_problems_come_at_once(folder: Path) -> None:
    for file, old, new, _ in (REGION_FAULTS[0], REGION_FAULTS[9], REGION_FAULTS[18]):
        path = folder / file
        path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_region(folder)
    assert {"region.yaml", "municipalities.csv"} <= {Path(p.file).name for p in caught.value.problems}


def test_wrong_encoding_and_missing_files_are_problems(folder: Path) -> None:
    (folder / "segments.csv").write_bytes("segment,title\nä".encode("latin-1"))
    (folder / "delays.csv").unlink()
    with pytest.raises(ConfigError) as caught:
        load_region(folder)
    assert "is not UTF-8" in str(caught.value) and "cannot be read" in str(caught.value)


def test_a_flood_of_aliases_is_refused(tmp_path: Path) -> None:
    lines = ["a: &a [x,x,x,x,x,x,x,x,x]"] + [f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 40)}]" for i in range(8)]
    path = tmp_path / "bomb.yaml"
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(ConfigError, match="aliases"):
        load_strategy(path)


# replacement in the smallest world, expected words
WORLD_FAULTS = [
    ("staff: 13", "staf: 13", ["did you mean 'staff'"]),
    ("exponential: 3", "exponential: -3", ["service_min"]),
    ("{exponential: 3}", "{exponential: 3, deterministic: 2}", ["names 2 distributions"]),
    ("{exponential: 3}", "{lognormal: 3}", ["lognormal needs cv"]),
    ("pools: [agents]", "pools: [agent]", ["unknown pool 'agent'", "did you mean 'agents'"]),
    ("    pools: [agents]\n", "", ["nobody serves this class"]),
    ("pools: [agents]", "pools: [agents]\n    after: {abandoned: [{to: cal, share: 1}]}", ["unknown class 'cal'"]),
    ("pools: [agents]", "pools: [agents]\n    after: {abandoned: [{to: call, share: 0.8}, {to: call, share: 0.4}]}", ["add up to 1.2"]),
    ("pools: [agents]", "pools: [agents]\n    queue_limit: 0\n    after: {blocked: [{to: call}]}", ["circular: call -> call"]),
    ("staff: 13", "staff: 13, shifts: [{days: [mon], open: '08:00', close: '12:00'}, {days: [mon], open: '11:00', close: '16:00'}]",
     ["pools.agents.shifts: two stretches of mon overlap", "two groups"]),
    ("staff: 13", "staff: 13, shifts: {open: '22:00', close: '06:00'}", ["shifts.close: opens at or after it closes; a night is two"]),
    ("pools: [agents]", "pools: [agents]\n    at_closing: send_home", ["classes.call.at_closing: the class never closes"]),
    ("{per_min: 3.5}", "{every_min: {exponential: 2}, group_shares: [0.5, 0.4]}", ["group_shares add up to 0.9, not 1"]),
    ("{per_min: 3.5}", "{per_min: 3.5, group_shares: [0.5, 0.5]}", ["group_shares goes with every_min"]),
    ("{per_min: 3.5}", "{every_min: {deterministic: 0}}", ["every_min must be longer than 0"]),
    ("{per_min: 3.5}", "{every_min: {deterministic: 0.0001}}", ["arrivals a week, more than"]),
    ("{per_min: 3.5}", "{per_min: 3.5, busyness: town}", ["busyness goes with busyness_cv"]),
    ("pools: [agents]", "pools: [agents]\n    at_closing: lock", ["'serve_out' or 'send_home'"]),
    ("staff: 13", "staff: 13, takes: [calls]", ["unknown class 'calls'"]),
    ("    service_min: {exponential: 3}\n", "", ["has no service_min"]),
    ("length_min: 1000", "length_min: 0", ["run.length_min"]),
    ("{exponential: 3}", "{gamma: 3}", ["gamma needs cv"]),
    ("{exponential: 3}", "{lognormal: 3, cv: 1, cv2: 1}", ["lognormal needs cv"]),
    ("{exponential: 3}", "{gamma: 3, cv: 0.001}", ["cv from 0.01 to 10"]),
    ("{exponential: 3}", "{exponential: 3, cv: 0.5}", ["exponential takes no cv"]),
    ("{exponential: 3}", "{erlang: 3}", ["erlang goes with phases"]),
    ("{exponential: 3}", "{exponential: 3, phases: 2}", ["erlang goes with phases"]),
    ("{exponential: 3}", "{hyperexponential: [1, 2], shares: [0.5, 0.4]}", ["add up to 0.9"]),
    ("{exponential: 3}", "{hyperexponential: [1, 2], shares: [0.5, 0.4, 0.1]}", ["as many shares as means"]),
    ("{exponential: 3}", "{empirical: [0, 0]}", ["needs a value above 0"]),
    ("length_min: 1000", "length_min: 1000, batch_min: 300", ["world.yaml:2", "does not divide length_min 1000"]),
    ("length_min: 1000", "length_min: 1000, terminating: true, warm_up_min: 10", ["has no warm-up"]),
    ("pools:\n", "expected: [{measure: p_wate, value: 1, tol_abs: 1}]\npools:\n", ["unknown measure 'p_wate'", "did you mean 'p_wait'"]),
    ("pools:\n", "expected: [{measure: SL, value: 1, tol_abs: 1}]\npools:\n", ["SL needs within_min"]),
    ("pools:\n", "expected: [{measure: Lq, pool: agents, value: 1, tol_abs: 1}]\npools:\n", ["Lq does not take pool"]),
    ("pools:\n", "expected: [{measure: Lq, value: 1}]\npools:\n", ["exactly one of tol_abs, tol_rel, ci_halfwidth"]),
    ("pools:\n", "expected: [{measure: Lq, value: 1, tol_abs: 1, tol_rel: 1}]\npools:\n", ["exactly one of"]),
    ("pools:\n", "expected: [{measure: Lq, class: cal, value: 1, tol_abs: 1}]\npools:\n", ["expected.0.class", "did you mean 'call'"]),
    ("pools:\n", "expected: [{measure: util, pool: agent, value: 1, tol_abs: 1}]\npools:\n", ["expected.0.pool", "did you mean 'agents'"]),
    ("pools:\n", "expected: [{measure: overtime, at_min: 1, value: 1, tol_abs: 1}]\npools:\n", ["set run.terminating: true"]),
    ("pools:\n", "expected: [{measure: Lq, clas: call, value: 1, tol_abs: 1}]\npools:\n", ["did you mean 'class'"]),
]  # fmt: skip


def test_a_value_of_the_right_kind_gets_no_complaint_about_its_kind(tmp_path: Path) -> None:
    path = tmp_path / "world.yaml"
    path.write_text(SMALLEST.replace("staff: 13", "staff: 13, shifts: {open: '22:00', close: '06:00'}"), encoding="utf-8")
    with pytest.raises(ConfigError, match="a night is two") as caught:
        load_world(path)
    assert "valid list" not in str(caught.value)


def test_hours_may_differ_by_day(tmp_path: Path) -> None:
    path = tmp_path / "world.yaml"
    shifts = "[{days: [mon, tue], open: '08:00', close: '16:00'}, {days: [fri], open: '09:00', close: '14:00'}]"
    path.write_text(SMALLEST.replace("staff: 13", f"staff: 13, shifts: {shifts}"), encoding="utf-8")
    assert load_world(path).pools[0].shifts == ((480.0, 960.0), (480.0, 960.0), None, None, (540.0, 840.0), None, None)


@pytest.mark.parametrize(("old", "new", "words"), WORLD_FAULTS)
def test_faults_of_worlds(tmp_path: Path, old: str, new: str, words: list[str]) -> None:
    assert old in SMALLEST
    path = tmp_path / "world.yaml"
    path.write_text(SMALLEST.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_world(path)
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_smallest_world_takes_at_most_fifteen_lines(tmp_path: Path) -> None:
    path = tmp_path / "world.yaml"
    path.write_text(SMALLEST, encoding="utf-8")
    assert len(SMALLEST.splitlines()) <= 15
    assert load_world(path).classes[0].name == "call"


SHIPPED = sorted(
    [
        *(ROOT / "configs").glob("regions/*/region.yaml"),
        *(ROOT / "configs").glob("strategies/*.yaml"),
        *(ROOT / "experiments").rglob("study.yaml"),
    ]
)
TAKE_LONG = ("review", "network-design")  # a hundred worlds, each with a network of its own
IN_TURN = [pytest.param(p, id=str(p.relative_to(ROOT)), marks=pytest.mark.long if p.parent.name in TAKE_LONG else ()) for p in SHIPPED]


@pytest.mark.parametrize("path", IN_TURN)
def test_everything_shipped_passes_its_check(path: Path) -> None:
    lines = list(check_file(path))
    assert lines and all(lines)
