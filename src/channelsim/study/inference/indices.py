"""How much of the answer's variance does each input make: alone (first order), and with all others (total)?

The points to run are those of `study.sampling.sobol_indices`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from channelsim.study.inference.intervals import LEVEL, Estimate, resampling
from channelsim.study.inference.words import amount, share

DRAWS = 1000


@dataclass(frozen=True)
class Sensitivity:
    """Shares of the variance of the answer, each with its interval.

    Parameters
    ----------
    first : mapping of input to Estimate
        Share of the variance that would go if the input became known, on average.
    total : mapping of input to Estimate
        Share that would stay if all other inputs became known.
    variance : float
        Of the answer over the inputs, in unit^2.
    method : str
    """

    outcome: str
    unit: str
    first: dict[str, Estimate]
    total: dict[str, Estimate]
    variance: float
    method: str

    @property
    def ranked(self) -> tuple[str, ...]:
        return tuple(sorted(self.total, key=lambda x: -self.total[x].mean))

    @property
    def interactions(self) -> float:
        """Share of the variance that no input makes alone."""
        return max(0.0, 1.0 - sum(max(0.0, e.mean) for e in self.first.values()))

    def table(self) -> pd.DataFrame:
        rows = [(x, *(getattr(e[x], k) for e in (self.first, self.total) for k in ("mean", "low", "high"))) for x in self.ranked]
        return pd.DataFrame(rows, columns=["input", "first", "first_low", "first_high", "total", "total_low", "total_high"])

    def __str__(self) -> str:
        sd = amount(float(np.sqrt(self.variance)), self.unit)
        lines = [
            f"{self.outcome} varies by {sd} (standard deviation) over the inputs; {share(self.interactions)} of the variance is interaction"
        ]
        for x in self.ranked:
            f, t = self.first[x], self.total[x]
            lines.append(f"  {x}: alone {share(max(0.0, f.mean))} ({_span(f)}), with all others {share(max(0.0, t.mean))} ({_span(t)})")
        return "\n".join(lines)


def _span(e: Estimate) -> str:
    return f"{share(max(0.0, e.low))} to {share(max(0.0, e.high))}"


def sobol(values: np.ndarray, names: Sequence[str], outcome: str = "outcome", unit: str = "", level: float = LEVEL) -> Sensitivity:
    """First-order and total indices of each input, from runs at Saltelli's points.

    Parameters
    ----------
    values : ndarray, shape (points,) or (points, replications)
        Outcome at the (inputs + 2) x n points A, B and A with one column of B each, in the order of
        `study.sampling.sobol_indices`; replications share their luck between points (else noise looks like interaction) and are averaged.

    Notes
    -----
    The estimators of scipy.stats.sobol_indices, which takes powers of two alone (base points that stop leave fewer): first
    order by Saltelli et al. (2010), Computer Physics Communications 181:259, total by Jansen (1999). Intervals: percentile
    bootstrap of base points, 1,000 draws; for Sobol points, whose errors are smaller than those of independent ones, they are
    too wide.
    """
    k = len(names)
    y = values.mean(axis=1) if values.ndim == 2 else np.asarray(values, dtype=float)
    n = len(y) // (k + 2)
    if n * (k + 2) != len(y) or not np.isfinite(y).all():
        raise ValueError(f"{len(y)} values for {k} inputs: must be finite, and (inputs + 2) x base points of them")
    y = y - y[: 2 * n].mean()
    if y.var() <= 0.0:
        raise ValueError(f"{outcome} does not vary over the inputs")
    a, b, mixed = y[:n], y[n : 2 * n], y[2 * n :].reshape(k, n)
    terms = (b * (mixed - a)).T, ((a - mixed) ** 2 / 2.0).T
    variance = float(y[: 2 * n].var())
    weights = resampling(n, DRAWS)
    mean = weights @ (a + b) / 2.0
    drawn = (weights @ (a**2 + b**2) / 2.0 - mean**2)[:, None]
    ends = [np.quantile(weights @ t / drawn, [(1.0 - level) / 2.0, (1.0 + level) / 2.0], axis=0) for t in terms]
    first, total = (t.mean(axis=0) / variance for t in terms)

    def estimates(at: np.ndarray, end: np.ndarray) -> dict[str, Estimate]:
        return {x: Estimate(float(at[i]), float(end[0, i]), float(end[1, i]), n, False, "", level) for i, x in enumerate(names)}

    method = f"Sobol indices, {n} base points"
    return Sensitivity(outcome, unit, estimates(first, ends[0]), estimates(total, ends[1]), variance, method)


@dataclass(frozen=True)
class Measure:
    """What knowing one input exactly would do to the spread of the answer."""

    name: str
    first: Estimate
    sd_now: float
    unit: str

    @property
    def variance_gone(self) -> float:
        """Expected reduction of the variance: first-order index x variance."""
        return min(1.0, max(0.0, self.first.mean)) * self.sd_now**2

    @property
    def sd_after(self) -> float:
        return float(np.sqrt(max(0.0, self.sd_now**2 - self.variance_gone)))

    def __str__(self) -> str:
        part = share(self.variance_gone / self.sd_now**2) if self.sd_now > 0 else "nothing"
        return (
            f"measuring {self.name} is expected to cut the standard deviation from {amount(self.sd_now, self.unit)} to "
            f"{amount(self.sd_after, self.unit)} (it makes {part} of the variance alone, {_span(self.first)})"
        )


def measure_next(found: Sensitivity) -> tuple[Measure, ...]:
    """Which input should be measured next? Best first.

    Notes
    -----
    By the law of total variance the expected variance left once input i is known is V - S_i V (Saltelli & Tarantola 2002,
    JASA 97:702, factor prioritisation): the expected reduction is the first-order index x the variance.
    """
    sd = float(np.sqrt(found.variance))
    return tuple(sorted((Measure(x, e, sd, found.unit) for x, e in found.first.items()), key=lambda m: -m.variance_gone))
