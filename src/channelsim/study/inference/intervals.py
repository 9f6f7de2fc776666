"""Means over replications with their intervals: one at a time, or all of a family together (decisions 37)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from math import nan

import numpy as np
from scipy import stats

from channelsim.study.inference.words import amount, figure

LEVEL = 0.95
MAX_T_FROM = 50
SKEWNESS_FROM = 10  # replications from which a bound is corrected for skewness
BOOTSTRAP_DRAWS = 4000
SEED = 20110215  # the bootstrap's own luck: it decides no run


@dataclass(frozen=True)
class Estimate:
    """Mean over replications with an interval.

    Parameters
    ----------
    mean, low, high : float
        In `unit`; the ends are nan where one replication allows none.
    n : int
        Replications.
    simultaneous : bool
        Does the interval hold together with the others of its family?
    unit : str
    level : float
        Probability with which the interval (or its family) holds.
    """

    mean: float
    low: float
    high: float
    n: int
    simultaneous: bool
    unit: str = ""
    level: float = LEVEL

    @property
    def half_width(self) -> float:
        return (self.high - self.low) / 2.0

    def __str__(self) -> str:
        return f"{amount(self.mean, self.unit, True)} ({figure(self.low, True)} to {figure(self.high, True)})"


def pointwise(values: np.ndarray, level: float = LEVEL, unit: str = "") -> Estimate:
    """What is the mean, and within what limits? Student's interval; nan values are left out.

    Parameters
    ----------
    values : ndarray, shape (replications,)
    """
    values = values[~np.isnan(values)]
    n = len(values)
    if n == 0:
        return Estimate(nan, nan, nan, 0, False, unit, level)
    mean = float(values.mean())
    half = nan if n < 2 else float(stats.t.ppf(0.5 + level / 2, n - 1) * values.std(ddof=1) / np.sqrt(n))
    return Estimate(mean, mean - half, mean + half, n, False, unit, level)


def simultaneous(table: np.ndarray, level: float = LEVEL) -> list[Estimate]:
    """Within what limits are the means of a whole family, all at once with probability `level`?

    Parameters
    ----------
    table : ndarray, shape (replications, members)
        Paired differences: rows are replications, the same luck for all members.

    Notes
    -----
    Bonferroni with Student's t below 50 replications; from 50 on the bootstrap of the largest |t| of the family,
    which uses how the members move together (Westfall & Young 1993; decisions 37).
    """
    n, family = table.shape
    means = table.mean(axis=0)
    if n < 2:
        return [Estimate(float(m), nan, nan, n, True, "", level) for m in means]
    error = standard_error(table)
    critical = max_t(table, level) if n >= MAX_T_FROM else bonferroni_t(n, family, level)
    return [
        Estimate(float(m), float(m - critical * e), float(m + critical * e), n, True, "", level) for m, e in zip(means, error, strict=True)
    ]


def one_sided(table: np.ndarray, level: float = LEVEL) -> np.ndarray:
    """Below what values are the means of a family not, all at once with probability `level`? [member] lower bounds.

    Notes
    -----
    As `simultaneous`, with the largest signed t instead of the largest |t|. Below 50 replications, where Student's t is used, a
    member with a tail to the left gets a larger t, by the first term of the expansion of t's law in skewness (Hall 1992, The
    Bootstrap and Edgeworth Expansion, section 2.6; Johnson 1978, JASA 73:536): uncorrected the bounds of skewed slacks of 30
    replications failed in 6.7 % instead of 5 %. A tail to the right is not taken advantage of.
    """
    n, family = table.shape
    if n < 2:
        return np.full(family, nan)
    if n >= MAX_T_FROM:
        critical: float | np.ndarray = max_t(table, level, signed=True)
    else:
        t = float(stats.t.ppf(1.0 - (1.0 - level) / family, n - 1))
        critical = t + np.maximum(0.0, -skewness(table)) * (2.0 * t**2 + 1.0) / (6.0 * np.sqrt(n))
    return np.asarray(table.mean(axis=0) - critical * standard_error(table))


def standard_error(table: np.ndarray) -> np.ndarray:
    """Of the mean of each column; 0 for a column that does not vary (rounding alone is no spread)."""
    n = len(table)
    error = table.std(axis=0, ddof=1) / np.sqrt(n)
    return np.where(np.ptp(table, axis=0) == 0.0, 0.0, error)


def skewness(table: np.ndarray) -> np.ndarray:
    """[member] G of each column; 0 where it does not vary, or of too few replications to correct by it."""
    n = len(table)
    varies = np.ptp(table, axis=0) > 1e-12 * np.abs(table).max(axis=0)
    if n < SKEWNESS_FROM or not varies.any():
        return np.zeros(table.shape[1])
    return np.asarray(np.where(varies, stats.skew(np.where(varies, table, np.arange(n)[:, None]), axis=0, bias=False), 0.0))


def skewed(table: np.ndarray) -> np.ndarray:
    """[member] Is Student's t not to be trusted at so few replications? Only asked below 50, where t is used.

    Notes
    -----
    Cochran's rule (Sampling Techniques, 1977, section 2.15): n should exceed 25 G^2, G the skewness; and G must be 2.5 times
    its error under a normal law, as few replications look skewed by chance.
    """
    n = len(table)
    if n < 3 or n >= MAX_T_FROM:
        return np.zeros(table.shape[1], dtype=bool)
    varies = np.ptp(table, axis=0) > 0.0
    with np.errstate(invalid="ignore", divide="ignore"):
        g = stats.skew(np.where(varies, table, np.arange(n)[:, None]), axis=0)
    error = np.sqrt(6.0 * n * (n - 1) / ((n - 2) * (n + 1) * (n + 3)))
    return np.asarray(varies & (25.0 * g**2 > n) & (np.abs(g) > 2.5 * error))


def bonferroni_t(n: int, family: int, level: float = LEVEL) -> float:
    """Critical |t| for `family` intervals of n replications that hold together, whatever their dependence."""
    return float(stats.t.ppf(1.0 - (1.0 - level) / (2.0 * family), n - 1))


def max_t(table: np.ndarray, level: float = LEVEL, signed: bool = False) -> float:
    """Critical value of the largest |t| (or, `signed`, t) over the family, by a bootstrap of replications.

    Notes
    -----
    Each draw is a row of counts, how often it takes each replication: means and squares are two matrix products.
    """
    n = len(table)
    centred = table - table.mean(axis=0)
    centred = centred[:, np.ptp(table, axis=0) > 0.0]
    if centred.shape[1] == 0:
        return 0.0
    centred = centred / centred.std(axis=0)
    weights = resampling(n)
    mean = weights @ centred
    spread = weights @ centred**2 - mean**2
    with np.errstate(invalid="ignore", divide="ignore"):
        t = mean / np.sqrt(np.maximum(spread, 0.0) / (n - 1))
    t = np.where(spread > 1e-12, t, np.inf)  # a draw of one value again and again has no spread: the far tail
    return float(np.quantile((t if signed else np.abs(t)).max(axis=1), level))


@lru_cache(maxsize=4)
def resampling(n: int, draws: int = BOOTSTRAP_DRAWS) -> np.ndarray:
    """[draw, replication] share of each replication in each bootstrap draw; rows add up to one; always the same."""
    rows = np.random.Generator(np.random.PCG64(SEED)).integers(0, n, (draws, n))
    counts = np.zeros((draws, n))
    np.add.at(counts, (np.arange(draws)[:, None], rows), 1.0)
    counts /= n
    counts.flags.writeable = False
    return counts


def percentile_level(n: int, level: float = LEVEL) -> float:
    """Which two-sided level of bootstrap percentiles covers as Student's t does, at n replications?

    Notes
    -----
    Hesterberg (2015), The American Statistician 69:371, section 4.3: percentiles are too narrow by
    sqrt((n - 1)/n) and by the normal instead of t; wider percentiles mend both.
    """
    return float(1.0 - 2.0 * stats.norm.cdf(np.sqrt(n / (n - 1)) * stats.t.ppf((1.0 - level) / 2.0, n - 1)))


def with_unit(estimate: Estimate, unit: str) -> Estimate:
    """The same estimate, said in its unit."""
    return replace(estimate, unit=unit)
