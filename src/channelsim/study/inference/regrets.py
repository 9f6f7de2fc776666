"""Which alternative does least badly whatever the future brings? Regret over futures (Savage 1951)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from channelsim.study.inference.intervals import LEVEL, simultaneous
from channelsim.study.inference.words import amount, figure, listed


@dataclass(frozen=True, eq=False)
class Regret:
    """What each alternative loses against the best one of each future.

    Parameters
    ----------
    mean, low, high : ndarray, shape (alternative, future)
        Regret >= 0 in the outcome's unit; all intervals hold together.
    """

    outcome: str
    unit: str
    alternatives: tuple[str, ...]
    futures: tuple[str, ...]
    mean: np.ndarray = field(repr=False)
    low: np.ndarray = field(repr=False)
    high: np.ndarray = field(repr=False)

    def largest(self, alternative: str) -> tuple[float, float, float]:
        """Largest regret over the futures: (mean, low, high)."""
        i = self.alternatives.index(alternative)
        return float(self.mean[i].max()), float(self.low[i].max()), float(self.high[i].max())

    @property
    def robust(self) -> tuple[str, ...]:
        """Alternatives whose largest regret may be the smallest, best first; the others are shown not to be."""
        limit = min(self.largest(a)[2] for a in self.alternatives)
        kept = [a for a in self.alternatives if self.largest(a)[1] <= limit]
        return tuple(sorted(kept, key=lambda a: self.largest(a)[0]))

    def table(self) -> pd.DataFrame:
        """Mean regret, one row an alternative, one column a future, and the largest."""
        found = pd.DataFrame(self.mean, index=list(self.alternatives), columns=list(self.futures))
        return found.assign(largest=self.mean.max(axis=1)).sort_values("largest")

    def __str__(self) -> str:
        first = self.robust[0]
        mean, low, high = self.largest(first)
        worst = self.futures[int(self.mean[self.alternatives.index(first)].argmax())]
        loses = f"loses at most {amount(mean, self.unit)} ({figure(low)} to {figure(high)}) of {self.outcome} against the best, in {worst}"
        if len(self.robust) == 1:
            return f"{first} is the robust choice: it {loses}"
        return f"cannot tell which of {listed(self.robust)} is the robust choice; {first} {loses}"


def regret(
    values: np.ndarray, alternatives: Sequence[str], futures: Sequence[str], better: str, outcome: str = "outcome", unit: str = "",
    level: float = LEVEL,
) -> Regret:  # fmt: skip
    """Which alternative has the smallest largest regret over the futures?

    Parameters
    ----------
    values : ndarray, shape (replications, alternatives, futures)
        The same luck for all.
    better : {"higher", "lower"}

    Notes
    -----
    Regret of a in f is max over b of mean_b - mean_a. All pairwise differences within futures have simultaneous intervals
    [L, U]; so the regret lies in [max(0, max_b L), max(0, max_b U)], and the largest over futures likewise. As in Hsu's
    comparisons with the best (1984) the statement holds with at least the stated probability, usually more.
    """
    n, k, f = values.shape
    if not np.isfinite(values).all():
        raise ValueError("an outcome must be known in every replication of every future")
    sign = 1.0 if better == "higher" else -1.0
    first, second = np.triu_indices(k, 1)
    gaps = sign * (values[:, second] - values[:, first])  # how much better the second is
    found = simultaneous(gaps.reshape(n, -1), level)
    mean, low, high = (np.zeros((k, k, f)) for _ in range(3))
    for e, (p, future) in zip(found, np.ndindex(len(first), f), strict=True):
        i, j = first[p], second[p]
        mean[i, j, future], low[i, j, future], high[i, j, future] = e.mean, e.low, e.high
        mean[j, i, future], low[j, i, future], high[j, i, future] = -e.mean, -e.high, -e.low
    worst = [x.max(axis=1) for x in (mean, low, high)]  # against itself 0: a regret is never negative
    return Regret(outcome, unit, tuple(alternatives), tuple(futures), *worst)
