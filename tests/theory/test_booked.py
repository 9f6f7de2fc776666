"""The exact values that stand in cases of booked hours, appointments and casework are what the formulas give."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest
from tests.conftest import ROOT
from tests.theory import booked

from channelsim.config.world import load_known_answer
from channelsim.testing.known_answers.run import verify_case

OWN = ROOT / "tests" / "acceptance" / "own"


def value_of(name: str, measure: str) -> float:
    """What a case of the project says of a measure."""
    file = next(OWN.glob(f"{name}-*.yaml"))
    return next(e.value for e in load_known_answer(file).expected if e.wanted.measure == measure)


HOURS = [540.0, 540.0] + [540.0 + 12.0 * i for i in range(1, 15)]
SESSION = booked.session(HOURS, 12.0, 0.1)
WITHOUT_END = booked.grid_without_end(10.0, 9.0, 0.2)
AWAY = booked.day_with_absence(0.2, 10.0, booked.binomial(3, 0.2), 240.0)
WAVES = booked.day_with_absence(0.2, 10.0, booked.with_wave(3, 0.2, 1.0), 240.0)
BOOK = booked.one_slot_a_day(0.9, 4)
ANSWERS = [
    ("S01", "Wq", SESSION.wait_min), ("S01", "p_wait", SESSION.p_wait), ("S01", "overtime", SESSION.overtime_min),
    ("S02", "Wq", WITHOUT_END[0]), ("S02", "p_wait", WITHOUT_END[1]),
    ("S03", "p_no_slot", BOOK.p_no_slot), ("S03", "lead", BOOK.lead_min), ("S03", "p_no_show", 0.05 + 0.02 * BOOK.lead_min / 1440.0),
    ("S04", "Wq", booked.wait_beside_casework(0.08, 5.0, [10.0, 10.0, 5.0], 0.2)),
    ("S06", "present_at", AWAY.present), ("S06", "p_sent_home", AWAY.sent_home), ("S06", "Wq", AWAY.wait_min),
    ("S07", "present_at", WAVES.present), ("S07", "p_sent_home", WAVES.sent_home),
]  # fmt: skip


@pytest.mark.parametrize(("name", "measure", "value"), ANSWERS, ids=[f"{n} {m}" for n, m, _ in ANSWERS])
def test_a_case_says_what_the_formula_gives(name: str, measure: str, value: float) -> None:
    assert math.isclose(value_of(name, measure), float(value), rel_tol=1e-8)


def test_the_formulas_agree_with_simpler_ones() -> None:
    """One customer never waits; a book without end is a queue that an hour a day serves; M/M/1 is the limit of tiny pieces."""
    assert booked.session([0.0], 5.0, 0.0) == booked.SessionAnswer(0.0, 5.0, 0.0)
    assert math.isclose(booked.session([0.0, 0.0], 5.0, 0.0).wait_min, 2.5)
    assert math.isclose(booked.one_slot_a_day(0.8, 56).lead_min, 1440.0 * 0.5 / 0.2, rel_tol=1e-8)
    assert math.isclose(booked.wait_beside_casework(0.1, 5.0, [], 0.0), 5.0)


PLANTS = [("S01", "Wq"), ("S03", "lead"), ("S04", "Wq"), ("S06", "Wq")]


@pytest.mark.parametrize(("name", "measure"), PLANTS)
def test_an_error_of_six_per_cent_is_found_at_once(name: str, measure: str) -> None:
    case = load_known_answer(next(Path(OWN).glob(f"{name}-*.yaml")))
    planted = replace(case, expected=tuple(replace(e, value=1.06 * e.value) for e in case.expected if e.wanted.measure == measure))
    assert {row.verdict for row in verify_case(planted, "fast", most_min=1.0)} == {"fail"}


@pytest.mark.long
@pytest.mark.parametrize(("name", "measure"), PLANTS)
def test_an_error_of_three_per_cent_is_found(name: str, measure: str) -> None:
    """The value is moved by 3 %, and held to half a per cent: the case as it is passes so, the planted one fails."""
    case = load_known_answer(next(Path(OWN).glob(f"{name}-*.yaml")))
    for factor, verdict in ((1.0, "pass"), (1.03, "fail")):
        expected = tuple(
            replace(e, value=factor * e.value, tolerance=0.005 * e.value) for e in case.expected if e.wanted.measure == measure
        )
        assert {row.verdict for row in verify_case(replace(case, expected=expected), "fast", most_min=10.0, aim=1.0)} == {verdict}
