"""Tabled quantile functions for laws without a closed form: gamma, hyperexponential, given samples (decisions 29).

`randomness.quantile` reads cubic pieces in octaves of min(u, 1 - u), 64 cells an octave and 40 octaves a side. A
piece meets value and slope of the true quantile function at both its ends (cubic Hermite), its slopes limited where
that would break monotonicity (Fritsch and Carlson 1980). One table serves one shape; the mean is applied afterwards.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from scipy import optimize, stats

from channelsim.randomness import CELLS, OCTAVES

Law = Callable[[np.ndarray], np.ndarray]
CURVE_LENGTH = 2 * OCTAVES * CELLS * 4
SHAPES = 256  # curves kept in memory


def tail_points() -> np.ndarray:
    """[octave * cell + 1] tail probabilities at the ends of the cells, from 1/2 down."""
    upper = 0.5 ** (1.0 + np.arange(OCTAVES))
    inside = 1.0 - np.arange(CELLS) / (2.0 * CELLS)  # of the octave (upper / 2, upper]
    return np.append((upper[:, None] * inside).ravel(), upper[-1] / 2.0)


def curve(lower: Law, upper: Law, density: Law) -> np.ndarray:
    """The coefficients of one law of mean 1: first the side below the median, then the side above it.

    Parameters
    ----------
    lower, upper : functions of arrays
        Quantile of a lower and of an upper tail probability (`ppf` and `isf`).
    density : function of arrays
        The probability density.
    """
    tail = tail_points()
    return np.concatenate([_side(tail, lower(tail), density, -1.0), _side(tail, upper(tail), density, 1.0)])


def _side(tail: np.ndarray, value: np.ndarray, density: Law, sign: float) -> np.ndarray:
    """Coefficients of one side; along it the tail probability falls, so the value falls below the median, rises above."""
    width = -np.diff(tail)
    with np.errstate(divide="ignore", over="ignore"):
        slope = sign / density(value)
    rise = np.diff(value)
    start, end = width * slope[:-1], width * slope[1:]
    start, end = _limited(start, rise), _limited(end, rise)
    pieces = np.stack([value[:-1], start, 3.0 * rise - 2.0 * start - end, start + end - 2.0 * rise], axis=1)
    return np.asarray(pieces.ravel())


def _limited(slope: np.ndarray, rise: np.ndarray) -> np.ndarray:
    """Slopes that keep the piece monotone: of the sign of its rise, at most three times as steep."""
    return np.where(rise == 0.0, 0.0, np.sign(rise) * np.clip(slope * np.sign(rise), 0.0, 3.0 * np.abs(rise)))


@lru_cache(SHAPES)
def gamma_curve(cv2: float) -> np.ndarray:
    """Gamma of mean 1 with the squared coefficient of variation given; Erlang where 1 / cv2 is whole."""
    law = stats.gamma(1.0 / cv2, scale=cv2)
    return curve(law.ppf, law.isf, law.pdf)


def empirical_mean(values: tuple[float, ...]) -> float:
    """Mean of the law whose quantile function joins the sorted values by straight lines, from least to greatest."""
    x = np.sort(np.array(values))
    return float((x[1:] + x[:-1]).mean() / 2.0)


@lru_cache(SHAPES)
def empirical_curve(values: tuple[float, ...]) -> np.ndarray:
    """Sorted values joined by straight lines, scaled to mean 1; a bend inside a cell is cut short by a line."""
    x = np.sort(np.array(values)) / empirical_mean(values)
    tail, at = tail_points(), np.linspace(0.0, 1.0, len(x))
    sides = []
    for value in (np.interp(tail, at, x), np.interp(tail, at, x[::-1])):
        rise = np.diff(value)
        flat = np.zeros_like(rise)
        sides.append(np.stack([value[:-1], rise, flat, flat], axis=1).ravel())
    return np.concatenate(sides)


@lru_cache(SHAPES)
def hyperexponential_curve(shares: tuple[float, ...], means: tuple[float, ...]) -> np.ndarray:
    """A mixture of exponentials, scaled to mean 1: with probability `shares[i]` the mean is `means[i]`."""
    share = np.array(shares) / sum(shares)
    rate = float(share @ np.array(means)) / np.array(means)

    def beyond(x: np.ndarray) -> np.ndarray:
        return np.asarray(np.exp(-np.multiply.outer(x, rate)) @ share)

    def below(x: np.ndarray) -> np.ndarray:
        return np.asarray(-np.expm1(-np.multiply.outer(x, rate)) @ share)

    def density(x: np.ndarray) -> np.ndarray:
        return np.asarray(np.exp(-np.multiply.outer(x, rate)) @ (share * rate))

    def solve(target: np.ndarray, function: Law, longest: float) -> np.ndarray:
        logs = np.log(target)
        return np.array([
            optimize.brentq(lambda x, want=want: float(np.log(function(np.array([x]))[0])) - want, 1e-300, longest, xtol=1e-300, rtol=1e-14)
            for want in logs
        ])  # fmt: skip

    longest = float(60.0 / rate.min())
    return curve(lambda t: solve(t, below, longest), lambda t: solve(t, beyond, longest), density)
