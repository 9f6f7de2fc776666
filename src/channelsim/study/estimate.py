"""Estimates and intervals from replications, and the verdicts they allow (decisions 13, 37).

Differences are paired by replication. The family of primary outcomes x contrasts shares one error of 5 %:
Bonferroni-t below 50 replications, the bootstrap of the largest |t| from 50 on. Everything else is
descriptive: a pointwise 95 % interval, labelled so.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

LEVEL = 0.95
MAX_T_FROM = 50
BOOTSTRAP_DRAWS = 4000


@dataclass(frozen=True)
class Estimate:
    """Mean over replications with a 95 % interval."""

    mean: float
    low: float
    high: float
    n: int
    simultaneous: bool

    @property
    def half_width(self) -> float:
        return (self.high - self.low) / 2.0


def pointwise(values: np.ndarray) -> Estimate:
    """Student's interval for one mean; nan ends with fewer than two values."""
    values = values[~np.isnan(values)]
    n = len(values)
    if n == 0:
        return Estimate(float("nan"), float("nan"), float("nan"), 0, False)
    half = float("nan") if n < 2 else float(stats.t.ppf(0.5 + LEVEL / 2, n - 1) * values.std(ddof=1) / np.sqrt(n))
    return Estimate(float(values.mean()), float(values.mean()) - half, float(values.mean()) + half, n, False)


def simultaneous(table: np.ndarray) -> list[Estimate]:
    """Intervals for the columns of a table (replication x member of the family) that hold together at 95 %."""
    n, family = table.shape
    means = table.mean(axis=0)
    if n < 2:
        return [Estimate(float(m), float("nan"), float("nan"), n, True) for m in means]
    error = table.std(axis=0, ddof=1) / np.sqrt(n)
    critical = max_t(table) if n >= MAX_T_FROM else float(stats.t.ppf(1.0 - (1.0 - LEVEL) / (2.0 * family), n - 1))
    return [Estimate(float(m), float(m - critical * e), float(m + critical * e), n, True) for m, e in zip(means, error, strict=True)]


def max_t(table: np.ndarray) -> float:
    """Critical value of the largest |t| over the family: bootstrap of replications, with its own fixed luck."""
    n = len(table)
    centred = table - table.mean(axis=0)
    draws = np.random.Generator(np.random.PCG64(20110215)).integers(0, n, (BOOTSTRAP_DRAWS, n))
    largest = np.empty(BOOTSTRAP_DRAWS)
    for i, rows in enumerate(draws):
        sample = centred[rows]
        error = sample.std(axis=0, ddof=1) / np.sqrt(n)
        with np.errstate(invalid="ignore", divide="ignore"):
            largest[i] = np.nanmax(np.abs(sample.mean(axis=0) / error))
    return float(np.quantile(largest, LEVEL))


def verdict(estimate: Estimate, better: str, margin: float) -> str:
    """What an interval allows one to say of a change: better, worse, no difference that matters, cannot tell yet."""
    if np.isnan(estimate.low):
        return "cannot tell yet: one replication has no interval"
    sign = 1.0 if better == "higher" else -1.0
    low, high = sorted((sign * estimate.low, sign * estimate.high))
    if -margin <= low and high <= margin:
        return f"no difference larger than {margin:g}"
    if low > 0.0:
        return "better"
    if high < 0.0:
        return "worse"
    goal = max(abs(estimate.mean), margin) or estimate.half_width
    more = int(np.ceil(estimate.n * (estimate.half_width / goal) ** 2)) - estimate.n
    return f"cannot tell yet, about {max(1, more)} more replications would"


def overloaded(pools: pd.DataFrame, capacity_share: float = 0.01) -> dict[str, float]:
    """Pools whose owed work grows: growth in h over the window, if its one-sided 95 % bound exceeds 1 % of capacity.

    Parameters
    ----------
    pools : DataFrame
        Rows of one alternative with columns replication, item, measure, value (minutes).
    """
    wide = pools.pivot_table(index=["item", "replication"], columns="measure", values="value")
    if "owed at end" not in wide:
        return {}
    growth = wide["owed at end"] - wide["owed at start"]
    capacity = wide["paid"] - wide["other duties"]
    found = {}
    for pool, values in growth.groupby(level="item"):
        n = len(values)
        bound = values.mean()
        if n > 1:
            bound -= stats.t.ppf(LEVEL, n - 1) * values.std(ddof=1) / np.sqrt(n)
        if bound > capacity_share * capacity.loc[pool].mean():
            found[str(pool)] = float(values.mean() / 60.0)
    return found
