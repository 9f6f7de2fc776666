"""Numbered feature 7: who serves whom, in which order, in which hours. Pencil worlds, each worked out by hand.

All minutes are counted from Monday 00:00; 600 is 10:00.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from channelsim.compiled import plain
from channelsim.config.world import load_known_answer, load_world
from channelsim.errors import ConfigError
from channelsim.rules import happenings
from channelsim.rules import state as S
from channelsim.scenario.queues import Queues, compile_queues
from channelsim.simulate import Window, simulate
from channelsim.testing.against_theory.beyond import ways
from channelsim.testing.against_theory.station import stations_of
from channelsim.testing.audit.story import story_of
from channelsim.testing.known_answers.run import verify_case
from tests.conftest import ROOT
from tests.events.logs import audited, log_of, unless_overloaded
from tests.rules.any_files import worlds_by_hour
from tests.theory.by_hour import daily_means

OWN = ROOT / "tests" / "acceptance" / "own"
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
Row = tuple[str, float, float, str]  # class, came, began, pool


def world_of(text: str, folder: Path) -> Queues:
    file = folder / "world.yaml"
    file.write_text(text, encoding="utf-8")
    return load_world(file)


def served(queues: Queues, engine: str) -> list[Row]:
    """Who was served when by whom, in order of arrival."""
    world = compile_queues(queues)
    run = simulate(world, queues.seed, 0, Window(0.0, queues.length_min, 0.0), engine, keep_records=True)
    assert run.records is not None and run.record_times is not None
    rows = [
        (world.names.classes[r[S.REC_CLASS]], float(t[S.REC_QUEUED]), float(t[S.REC_STARTED]), world.names.pools[r[S.REC_POOL]])
        for r, t in zip(run.records, run.record_times, strict=True)
    ]
    return sorted(rows, key=lambda row: (row[1], row[0]))


# --- blending rules by hour -----------------------------------------------------------------------
def test_help_in_given_hours(tmp_path: Path, engine: str) -> None:
    """One generalist, one specialist who helps from 10:00 to 11:00; services of 45 minutes.

    At 540 the generalist begins a, b waits from 545. At 585 the generalist takes b; c, of 550, waits until the specialist may help at
    600. d comes at 659, when help is still on: both are busy, until 630 and 645, and idle since: the generalist is asked first. e comes
    at 660 exactly, when help is over: the lists change before it comes, so it waits for the generalist, until 704.
    """
    queues = world_of(
        """
world: help by hour
run: {length_min: 1440}
classes:
  r:
    arrivals: {at_min: [540, 545, 550, 659, 660]}
    service_min: {deterministic: 45}
    pools: {g: {rank: 0}, s: {rank: 1, hours: {open: "10:00", close: "11:00"}}}
pools: {g: {staff: 1}, s: {staff: 1}}
""",
        tmp_path,
    )
    assert served(queues, engine) == [
        ("r", 540.0, 540.0, "g"), ("r", 545.0, 585.0, "g"), ("r", 550.0, 600.0, "s"), ("r", 659.0, 659.0, "g"), ("r", 660.0, 704.0, "g"),
    ]  # fmt: skip


def test_ranks_reserves_and_weights_by_hour(tmp_path: Path, engine: str) -> None:
    """One desk takes a before b until 10:00, then b before a; a reserve of the room falls at 10:00 and lets one who waits in.

    Desk, 20 minutes each: a1 from 570 to 590; then a2 (of 575) before b1 (572); at 610, after 10:00, b1 before a3 (580).
    Room, two persons: c1 at 590 with the first; c2 at 591 waits, as one must stay idle, until 600.
    """
    queues = world_of(
        """
world: lists by hour
run: {length_min: 1440}
classes:
  a: {arrivals: {at_min: [570, 575, 580]}, service_min: {deterministic: 20}, pools: [desk]}
  b: {arrivals: {at_min: [572]}, service_min: {deterministic: 20}, pools: [desk]}
  c:
    arrivals: {at_min: [590, 591]}
    service_min: {deterministic: 30}
    pools: {room: {reserve: 1, by_hour: [{open: "10:00", close: "24:00", reserve: 0}]}}
pools:
  desk: {staff: 1, takes: [a, b], takes_by_hour: [{open: "10:00", close: "24:00", takes: [b, a]}]}
  room: {staff: 2}
""",
        tmp_path,
    )
    assert served(queues, engine) == [
        ("a", 570.0, 570.0, "desk"), ("b", 572.0, 610.0, "desk"), ("a", 575.0, 590.0, "desk"), ("a", 580.0, 630.0, "desk"),
        ("c", 590.0, 590.0, "room"), ("c", 591.0, 600.0, "room"),
    ]  # fmt: skip


def test_the_lists_of_a_week_come_round_again(tmp_path: Path, engine: str) -> None:
    """Help on Sundays only: the run begins with Monday's lists, and Monday 00:00 of the second week ends the help."""
    queues = world_of(
        """
world: help on Sundays
run: {length_min: 20160}
classes:
  r:
    arrivals: {at_min: [10, 11, 8641, 8642, 10078, 10079, 10081]}
    service_min: {deterministic: 5}
    pools: {g: {rank: 0}, s: {rank: 1, hours: {days: [sun], open: "00:00", close: "24:00"}}}
pools: {g: {staff: 1}, s: {staff: 1}}
""",
        tmp_path,
    )
    assert [(came, began, pool) for _, came, began, pool in served(queues, engine)] == [
        (10.0, 10.0, "g"), (11.0, 15.0, "g"), (8641.0, 8641.0, "g"), (8642.0, 8642.0, "s"),
        (10078.0, 10078.0, "g"), (10079.0, 10079.0, "s"), (10081.0, 10083.0, "g"),
    ]  # fmt: skip


# --- due dates, ages, least occupied --------------------------------------------------------------
@pytest.mark.parametrize("case", ["H01", "H02"])
def test_the_hand_traces(case: str, engine: str) -> None:
    """Help at the very minute of an arrival; due dates, ranks that rise between slices, and the pool with the least share at work."""
    answer = load_known_answer(next(OWN.glob(f"{case}-*.yaml")))
    assert {row.verdict for row in verify_case(answer, engine)} == {"pass"}


def test_the_values_of_the_n_design_are_those_of_its_chain() -> None:
    values = {
        e.wanted.measure: e.value for e in load_known_answer(OWN / "H03-n-design-by-hour.yaml").expected if e.wanted.classes == ("A",)
    }
    means = daily_means(0.6, 0.1, 3.0, 6.0, 4.0, 2, 4, 720.0)
    assert values["p_block"] == pytest.approx(means["blocked_a"], rel=1e-6)
    assert values["Wq"] == pytest.approx(means["waiting"] / (0.6 * (1.0 - means["blocked_a"])), rel=1e-6)


# --- engines, audit, story ------------------------------------------------------------------------
@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=SLOW)
@given(worlds_by_hour())
def test_engines_agree_by_the_hour(queues: Queues) -> None:
    world = compile_queues(queues)
    with unless_overloaded():
        runs = [simulate(world, 3, 1, Window(0.0, 1440.0, 0.0), engine, keep_records=True) for engine in ("fast", "reference")]
    assert runs[0].digest() == runs[1].digest()


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=SLOW)
@given(worlds_by_hour())
def test_the_audit_finds_nothing_wrong_by_the_hour(queues: Queues) -> None:
    with unless_overloaded():
        found = audited(log_of(compile_queues(queues), Window(0.0, 1440.0, 0.0), engine="reference"))
    assert found.findings == []


def findings() -> set[str]:
    world = compile_queues(load_world(OWN / "H01-lists-by-hour.yaml"))
    return {finding.kind for finding in audited(log_of(world, Window(0.0, 1440.0, 0.0), engine="reference")).findings}


def test_the_audit_finds_lists_that_change_to_the_wrong_set(monkeypatch: pytest.MonkeyPatch) -> None:
    right = plain(happenings.tables_change)
    from channelsim.engine import reference

    assert findings() == set()
    monkeypatch.setattr(reference, "tables_change", lambda s, w, number, now: right(s, w, 0 if number == 2 else number, now))
    assert "roster and duties" in findings()


def test_the_audit_finds_pools_that_are_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    right = plain(happenings.tables_change)
    monkeypatch.setattr("channelsim.simulate.GUARD", False)  # it would stop the run
    monkeypatch.setitem(right.__globals__, "examine", lambda s, w, pool, now: None)
    assert "nobody idle beside work" in findings()


def test_the_story_says_that_other_rules_hold() -> None:
    log = log_of(compile_queues(load_world(OWN / "H01-lists-by-hour.yaml")), Window(0.0, 1440.0, 0.0), engine="reference")
    needs = sorted({row.need for row in log.rows if row.need >= 0})
    assert any("other rules hold from now on" in line for need in needs for line in story_of(log, need))


def test_closed_forms_know_that_they_have_no_hours() -> None:
    """`check-against-theory` names what makes the difference: lists by hour and due dates."""
    words = [
        word
        for case in ("H01-lists-by-hour", "H02-due-dates")
        for s in stations_of(load_world(OWN / f"{case}.yaml"), {})
        for word in ways(s)[0]
    ]
    assert {"who serves R by the hour", "the due date of A", "the due date of B"} <= set(words)


# --- contradictory lists --------------------------------------------------------------------------
FAULTS = [
    ("a: {hours: {open: '10:00', close: '11:00'}}", "pools.a", "nobody takes call from mon 00:00 on, and it is always open"),
    ("a: {by_hour: [{open: '10:00', close: '11:00', serves: false}]}", "pools", "nobody takes call from mon 10:00 on"),
    ("a: {by_hour: [{open: '10:00', close: '12:00'}, {open: '11:00', close: '13:00'}]}", "by_hour", "mon 11:00 lies in an earlier stretch"),
    ("a: {reserve: 2}", "reserve", "2 of a must remain idle, which has 2: it would never take the class"),
    ("a: {by_hour: [{open: '10:00', close: '11:00', reserve: 5}]}", "reserve", "5 of a must remain idle"),
]


@pytest.mark.parametrize(("serves", "field", "what"), FAULTS)
def test_contradictory_lists_are_told_with_the_counter_example(tmp_path: Path, serves: str, field: str, what: str) -> None:
    text = f"""world: wrong
run: {{length_min: 1440}}
classes:
  call:
    service_min: {{exponential: 3}}
    pools:
      {serves}
pools:
  a: {{staff: 2}}
"""
    with pytest.raises(ConfigError) as told:
        world_of(text, tmp_path)
    (problem,) = told.value.problems
    assert what in str(problem) and "world.yaml:" in str(problem) and (field in str(problem) or "pools" in problem.field)


def test_a_due_date_beside_none_of_the_same_rank_is_told(tmp_path: Path) -> None:
    text = """world: wrong
run: {length_min: 1440}
classes:
  paper: {service_min: {exponential: 3}, pools: [a], due_after_min: 60}
  call: {service_min: {exponential: 3}, pools: [a]}
pools:
  a: {staff: 2}
"""
    with pytest.raises(ConfigError) as told:
        world_of(text, tmp_path)
    assert "paper has a due date and call, of the same rank, has none" in str(told.value.problems[0])
