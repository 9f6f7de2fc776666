"""Tabled quantile functions: exact to about 1e-9 in both tails where the law is not extreme, and rising everywhere."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from channelsim.randomness import OCTAVES, TABLED, quantile
from channelsim.scenario.curves import empirical_curve, empirical_mean, gamma_curve, hyperexponential_curve

UNIT = np.array([float(TABLED), 1.0, 0.0, 0.0])


def tails(n: int = 1500) -> np.ndarray:
    """Tail probabilities from 1/2 down to 2^-40, all of whose complements are exact."""
    drawn = 0.5 * 2.0 ** -np.random.default_rng(5).uniform(0.0, OCTAVES - 0.1, n)
    return 1.0 - (1.0 - drawn)


def read(curve: np.ndarray, u: np.ndarray) -> np.ndarray:
    return np.array([quantile(UNIT, curve, 0, x) for x in u])


@pytest.mark.parametrize(("cv2", "bound"), [(0.01, 1e-9), (0.25, 1e-9), (1 / 3, 1e-9), (1.0, 1e-9), (2.0, 2e-9)])
def test_gamma_is_exact_in_both_tails(cv2: float, bound: float) -> None:
    """The bound is that of cubic pieces of this size: it grows where the density has a pole at 0."""
    law, t = stats.gamma(1.0 / cv2, scale=cv2), tails()
    assert np.abs(read(gamma_curve(cv2), t) / law.ppf(t) - 1.0).max() < bound
    assert np.abs(read(gamma_curve(cv2), 1.0 - t) / law.isf(t) - 1.0).max() < bound


@pytest.mark.parametrize("cv2", [4.0, 10.0])
def test_extreme_gammas_are_exact_to_a_billionth_of_their_mean(cv2: float) -> None:
    """Below the median these are tiny powers of u: errors are small against the mean, and above it against the value."""
    law, t = stats.gamma(1.0 / cv2, scale=cv2), tails()
    assert np.abs(read(gamma_curve(cv2), t) - law.ppf(t)).max() < 1e-8
    assert np.abs(read(gamma_curve(cv2), 1.0 - t) / law.isf(t) - 1.0).max() < 1e-7


def test_hyperexponential_is_exact_in_both_tails() -> None:
    shares, means, t = np.array([0.3, 0.7]), np.array([4.0, 0.5]), tails(400)
    scaled = means / (shares @ means)
    curve = hyperexponential_curve(tuple(shares), tuple(means))
    upper, lower = read(curve, 1.0 - t), read(curve, t)
    assert np.abs(np.exp(-upper[:, None] / scaled) @ shares / t - 1.0).max() < 1e-8
    assert np.abs(-np.expm1(-lower[:, None] / scaled) @ shares / t - 1.0).max() < 1e-9


def test_empirical_joins_the_observations() -> None:
    values = (2.0, 3.0, 5.0, 11.0, 11.0)
    u = (np.arange(40_000) + 0.5) / 40_000
    found = read(empirical_curve(values), u) * empirical_mean(values)
    assert empirical_mean(values) == pytest.approx((2.5 + 4 + 8 + 11) / 4)
    assert np.abs(found - np.interp(u, np.linspace(0, 1, 5), values)).max() < 0.05
    assert found.mean() == pytest.approx(empirical_mean(values), rel=1e-3)
    assert found.min() == pytest.approx(2.0, abs=1e-3) and found.max() == pytest.approx(11.0, abs=1e-3)


@pytest.mark.parametrize(
    "curve", [gamma_curve(0.01), gamma_curve(10.0), gamma_curve(100.0), hyperexponential_curve((0.01, 0.99), (50.0, 0.1))]
)
def test_curves_rise(curve: np.ndarray) -> None:
    u = np.sort(np.concatenate([tails(3000), 1.0 - tails(3000)]))
    found = read(curve, u)
    assert (np.diff(found) >= 0.0).all() and np.isfinite(found).all() and (found >= 0.0).all()


@pytest.mark.parametrize(("cv2", "moment"), [(0.25, 1.25), (4.0, 5.0)])
def test_mean_and_second_moment_are_those_of_the_law(cv2: float, moment: float) -> None:
    u = (np.arange(200_000) + 0.5) / 200_000
    x = read(gamma_curve(cv2), u)
    assert x.mean() == pytest.approx(1.0, rel=1e-3) and (x * x).mean() == pytest.approx(moment, rel=5e-3)


def test_a_table_linear_in_u_would_be_noticed() -> None:
    """The check of the tails fails for the usual shortcut: interpolation between equal steps of u."""
    law, t = stats.gamma(2.0, scale=0.5), tails()
    grid = np.linspace(1e-6, 1 - 1e-6, 5000)
    assert np.abs(np.interp(1.0 - t, grid, law.ppf(grid)) / law.isf(t) - 1.0).max() > 0.1
