"""Draws: known answers, quantile functions against scipy, and independence of purposes."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from channelsim.randomness import luck_of, normal_quantile, quantile, stream_key, uniform, uniform_at
from channelsim.scenario.build import Builder

KEY = stream_key(2013, 0)


def test_key_is_the_published_one() -> None:
    assert KEY & (1 << 64) - 1 == 0xB0838DC1274AC39E


@pytest.mark.parametrize(
    ("need", "sub", "expected"),
    [(0, 1, 0.8874104800278658), (1, 1, 0.5753119792905977), (123456, 3 * 256 + 7, 0.8356979396808936)],
)
def test_uniforms_are_the_published_ones(need: int, sub: int, expected: float) -> None:
    assert uniform_at(luck_of(KEY, need), sub) == expected


def test_uniforms_look_uniform_and_independent() -> None:
    """Kolmogorov-Smirnov and correlation over 20,000 needs; false alarm 1e-4 each."""
    luck = [luck_of(KEY, i) for i in range(20_000)]
    a = np.array([uniform(u, 0, 0, 0, 11) for u in luck])
    b = np.array([uniform(u, 1, 0, 0, 11) for u in luck])
    assert stats.kstest(a, "uniform").pvalue > 1e-4
    assert abs(np.corrcoef(a, b)[0, 1]) < 3.9 / np.sqrt(len(a))
    assert a.min() > 0.0 and a.max() < 1.0


def test_normal_quantile_is_exact() -> None:
    for u in (1e-300, 1e-20, 1e-5, 0.1, 0.49, 0.6, 0.999, 1 - 1e-12):
        assert normal_quantile(u) == pytest.approx(stats.norm.ppf(u), rel=1e-14)


@pytest.mark.parametrize(
    ("words", "law"),
    [
        ({"name": "exponential", "mean": 3.0}, stats.expon(scale=3.0)),
        ({"name": "uniform", "mean": 3.0, "low": 2.0, "high": 4.0}, stats.uniform(2, 2)),
        ({"name": "triangular", "mean": 3.0, "low": 1.0, "mode": 2.0, "high": 6.0}, stats.triang(0.2, 1, 5)),
    ],
)
def test_quantiles_agree_with_scipy(words: dict, law) -> None:
    builder = Builder(7, np.zeros(7, bool))
    if words["name"] == "triangular":
        pytest.importorskip("scipy")
    row = builder.distribution(**words)
    table = builder.table_of_distributions()
    for u in (1e-9, 0.01, 0.3, 0.5, 0.9, 1 - 1e-9):
        mine = quantile(table, np.zeros(1), row, u if words["name"] != "exponential" else u)
        other = law.isf(u) if words["name"] == "exponential" else law.ppf(u)
        assert mine == pytest.approx(other, rel=1e-9)


def test_lognormal_has_the_mean_and_cv_that_were_asked_for() -> None:
    builder = Builder(7, np.zeros(7, bool))
    row = builder.distribution("lognormal", 5.0, 1.2)
    table = builder.table_of_distributions()
    u = (np.arange(200_000) + 0.5) / 200_000
    x = np.array([quantile(table, np.zeros(1), row, v) for v in u])
    assert x.mean() == pytest.approx(5.0, rel=2e-3)
    assert x.std() / x.mean() == pytest.approx(1.2, rel=2e-2)
