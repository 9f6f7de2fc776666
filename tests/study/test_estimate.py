"""Intervals, verdicts and the overload test, on numbers whose answer is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from channelsim.study.estimate import Estimate, max_t, overloaded, pointwise, simultaneous, verdict


def test_pointwise_interval_is_students() -> None:
    values = np.array([1.0, 2.0, 4.0, 5.0])
    e = pointwise(values)
    assert e.mean == 3.0
    assert e.half_width == pytest.approx(stats.t.ppf(0.975, 3) * values.std(ddof=1) / 2.0)


def test_simultaneous_intervals_keep_their_promise() -> None:
    """Twenty true nulls: the family misses in at most 5 % of 1,000 tries, plus 3.1 standard errors (2.1 %)."""
    rng = np.random.Generator(np.random.PCG64(3))
    missed = sum(any(e.low > 0 or e.high < 0 for e in simultaneous(rng.standard_normal((12, 20)))) for _ in range(1000))
    assert missed <= 71


def test_max_t_is_smaller_than_bonferroni_for_equal_outcomes() -> None:
    rng = np.random.Generator(np.random.PCG64(4))
    column = rng.standard_normal((60, 1))
    assert max_t(np.repeat(column, 8, axis=1)) < stats.t.ppf(1 - 0.05 / 16, 59)


@pytest.mark.parametrize(
    ("low", "high", "better", "margin", "words"),
    [
        (5, 9, "higher", 1, "better"), (5, 9, "lower", 1, "worse"), (-9, -5, "lower", 1, "better"),
        (-0.5, 0.4, "higher", 1, "no difference larger than 1"), (-5, 9, "higher", 1, "cannot tell yet"),
    ],
)  # fmt: skip
def test_verdicts(low: float, high: float, better: str, margin: float, words: str) -> None:
    assert verdict(Estimate((low + high) / 2, low, high, 10, True), better, margin).startswith(words)


def pools(growth_min: float) -> pd.DataFrame:
    rows = []
    for r in range(5):
        for measure, value in (
            ("owed at start", 100.0),
            ("owed at end", 100.0 + growth_min + r),
            ("paid", 10_000.0),
            ("other duties", 4_000.0),
        ):
            rows.append((r, "desk", measure, value))
    return pd.DataFrame(rows, columns=["replication", "item", "measure", "value"])


def test_overload_needs_growth_beyond_one_per_cent_of_capacity() -> None:
    assert overloaded(pools(30.0)) == {}
    assert list(overloaded(pools(90.0))) == ["desk"]
