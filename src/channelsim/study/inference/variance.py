"""How much of the spread of an answer is the luck of the simulation, and how much is not knowing the inputs?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from channelsim.study.inference.intervals import LEVEL
from channelsim.study.inference.words import amount, figure, share


@dataclass(frozen=True)
class Spread:
    """The two sources of spread, and what the answer is over the inputs (decisions 38).

    Parameters
    ----------
    input_sd, input_sd_low, input_sd_high : float
        Standard deviation of the true answer over the inputs, with its interval.
    luck_sd : float
        Standard deviation of one replication with the inputs known.
    low, high : float
        5 % and 95 % points of the answer over the inputs, luck taken out.
    p_positive, p_low, p_high : float
        Probability over the inputs that the answer is above zero, with the interval that so many draws allow.
    """

    outcome: str
    unit: str
    mean: float
    input_sd: float
    input_sd_low: float
    input_sd_high: float
    luck_sd: float
    low: float
    high: float
    p_positive: float
    p_low: float
    p_high: float
    draws: int
    replications: int

    @property
    def input_share(self) -> float:
        """Share of the inputs in the variance of an answer from `replications` replications."""
        luck = self.luck_sd**2 / self.replications
        return self.input_sd**2 / (self.input_sd**2 + luck) if self.input_sd + luck > 0 else float("nan")

    def __str__(self) -> str:
        luck = figure(float(self.luck_sd / np.sqrt(self.replications)))
        sure = f"{share(self.p_positive)} over the inputs ({share(self.p_low)} to {share(self.p_high)})"
        span = f"{figure(self.low, True)} to {figure(self.high, True)}"
        sd = f"{amount(self.input_sd, self.unit)} ({figure(self.input_sd_low)} to {figure(self.input_sd_high)})"
        return (
            f"{self.outcome} is above zero with probability {sure}; {amount(self.mean, self.unit, True)} on average, 90 % of the inputs "
            f"give {span}. Not knowing the inputs makes a standard deviation of {sd}, the luck of {self.replications} replications {luck}: "
            f"{share(self.input_share)} of the variance is input"
        )


def spread(values: np.ndarray, outcome: str = "outcome", unit: str = "", common: bool = True, level: float = LEVEL) -> Spread:
    """Split the spread of an answer into inputs and luck.

    Parameters
    ----------
    values : ndarray, shape (draws of the inputs, replications)
        At least two of each.
    common : bool
        Are the replications of all draws run on the same luck? Then the luck that all share is taken out of the noise
        between draws; else replications are nested in draws.

    Notes
    -----
    One-way random effects (two-way without interaction under common luck): variance of inputs = (MS between - MS error) / m,
    by analysis of variance (Searle, Casella & McCulloch 1992, Variance Components, ch. 3). Its interval is that of
    Williams (1962) and Tukey (1951) for normal effects. The draws' means are drawn together so that their variance is that
    of the inputs alone; the probability of a positive answer is a share of draws, and its interval joins Clopper and
    Pearson's with what a shift of all draws by their shared luck would change (Zou & Donner 2008).
    """
    a, m = values.shape
    if a < 2 or m < 2:
        raise ValueError("at least two draws of the inputs and two replications")
    rows, total = values.mean(axis=1), float(values.mean())
    between = m * float(rows.var(ddof=1))
    shared = values.mean(axis=0) - total if common else np.zeros(m)
    df = (a - 1) * (m - 1) if common else a * (m - 1)
    error = float(((values - rows[:, None] - shared) ** 2).sum()) / df
    of_inputs = max(0.0, (between - error) / m)
    of_shared = max(0.0, float(shared.var(ddof=1)) - error / a) if common else 0.0
    tail = (1.0 - level) / 2.0
    ends = [
        np.sqrt(max(0.0, (between - stats.f.ppf(p, a - 1, df) * error) / (m * stats.chi2.ppf(p, a - 1) / (a - 1))))
        for p in (1.0 - tail, tail)
    ]
    shrink = np.sqrt(of_inputs / (of_inputs + error / m)) if of_inputs > 0 else 0.0
    answers = total + (rows - total) * shrink
    low, high = np.quantile(answers, [0.05, 0.95], method="median_unbiased")
    off = float(stats.t.ppf(0.5 + level / 2.0, m - 1) * np.sqrt(shared.var(ddof=1) / m))  # by this the shared luck may shift all
    p, p_low, p_high = _positive(answers, off, level)
    return Spread(
        outcome, unit, total, float(np.sqrt(of_inputs)), float(ends[0]), float(ends[1]), float(np.sqrt(error + of_shared)),
        float(low), float(high), p, p_low, p_high, a, m,
    )  # fmt: skip


def _positive(answers: np.ndarray, off: float, level: float) -> tuple[float, float, float]:
    """Share of answers above zero, with its limits: few draws, and all of them perhaps shifted by `off`."""
    a = len(answers)
    found = stats.binomtest(int((answers > 0.0).sum()), a)
    limits, p = found.proportion_ci(level, "exact"), float(found.statistic)
    down, up = p - float((answers > off).mean()), float((answers > -off).mean()) - p
    return p, max(0.0, p - float(np.hypot(p - limits.low, down))), min(1.0, p + float(np.hypot(limits.high - p, up)))
