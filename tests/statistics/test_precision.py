"""Running until it is precise enough: the intervals still hold, and the budget is judged before."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from channelsim.study.inference import precision
from channelsim.study.inference.precision import look, reachable, run_until
from tests.statistics.proof import FULL, at_least, frame, halve_intervals, kept, luck, runs, together

MEMBERS = 3


def sequential_coverage(macros: int, target: float, skewed: bool = False) -> tuple[float, float]:
    """(share of runs whose final intervals all cover, mean replications); stopping depends on what was seen."""
    used = []

    def covers(rng: np.random.Generator) -> bool:
        table = together(rng, 240, MEMBERS)
        if skewed:
            table = np.exp(0.5 * table) - np.exp(0.125)
        differences = frame(table, MEMBERS, 1)
        found = run_until(lambda wanted: differences.iloc[wanted.start : wanted.stop], {"outcome 0": target})
        used.append(found.n)
        return all(e.low <= 0.0 <= e.high for e in found.estimates.values())

    return kept(covers, macros, 21), float(np.mean(used))


@runs(80)
@pytest.mark.parametrize("target", [0.52, 0.37, 0.26])
def test_sequential_coverage(macros: int, target: float) -> None:
    """At targets where runs stop at several looks the final intervals hold with at least 95 %."""
    found, used = sequential_coverage(macros, target)
    assert at_least(found, macros) and 30 <= used <= 240


@pytest.mark.long
def test_sequential_coverage_of_skewed_differences() -> None:
    found, _ = sequential_coverage(FULL, 0.25, skewed=True)
    assert found >= 0.935


def test_without_a_level_per_look_it_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    halve_intervals(monkeypatch)
    found, _ = sequential_coverage(80, 0.26)
    assert not at_least(found, 80)


def test_all_four_looks_hold_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """One may stop at whichever look one likes. At 95 % a look that is false: the planted error."""

    def every_look(rng: np.random.Generator) -> bool:
        table = frame(rng.standard_normal((240, 1)), 1, 1)
        return all(e.low <= 0 <= e.high for n in precision.LOOKS for e in look(table[:n], {"outcome 0": 1.0}).estimates.values())

    assert at_least(kept(every_look, 100, 22), 100)
    monkeypatch.setattr(precision, "LOOK_LEVEL", 0.95)
    assert not at_least(kept(every_look, 100, 22), FULL)


def test_only_the_stated_looks() -> None:
    table = frame(together(luck(23), 100, 1), 1, 1)
    found = look(table, {"outcome 0": 0.01})
    assert found.n == 60 and found.next_look == 120 and not found.reached
    assert "not reached at 60" in str(found) and "go on to 120" in str(found)
    assert look(table, {"outcome 0": 9.0}).next_look is None
    with pytest.raises(ValueError, match="first look is at 30"):
        look(table[:29], {"outcome 0": 1.0})
    with pytest.raises(ValueError, match="must be positive"):
        look(table, {"outcome 0": 0.0})
    with pytest.raises(ValueError, match="no column for wait"):
        look(table, {"wait": 1.0})


def test_no_replication_is_asked_twice_and_none_beyond_the_budget() -> None:
    asked: list[range] = []

    def sample(wanted: range) -> pd.DataFrame:
        asked.append(wanted)
        return frame(together(luck(wanted.start), len(wanted), 1), 1, 1)

    assert run_until(sample, {"outcome 0": 1e-9}, budget=200).n == 120
    assert asked == [range(30), range(30, 60), range(60, 120)]


@pytest.mark.parametrize(("target", "answer"), [(0.05, "no"), (0.185, "perhaps"), (0.5, "yes")])
def test_reach_is_said_before_running(target: float, answer: str) -> None:
    found = reachable(frame(luck(24).standard_normal((20, 1)), 1, 1), {"outcome 0": target}, 240)
    assert found.answer == answer
    assert {"yes": " can reach", "no": "cannot reach", "perhaps": "may or may not"}[answer] in str(found)


def test_reach_is_right() -> None:
    """A pilot of 10 says yes or no wrongly in at most 10 % of cases (a 90 % interval of the spread)."""

    def right(rng: np.random.Generator) -> bool:
        target = 0.165 * float(rng.choice([0.6, 0.8, 1.0, 1.25, 1.6]))
        said = reachable(frame(rng.standard_normal((10, 1)), 1, 1), {"outcome 0": target}, 240).answer
        truly = 2.514 / np.sqrt(240) <= target  # t(239) at 98.75 %
        return said == "perhaps" or (said == "yes") == truly

    assert kept(right, 500, 25) >= 0.93
