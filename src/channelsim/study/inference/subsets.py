"""From the replications there are: among which alternatives is the best, with a stated probability?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from channelsim.study.inference.choice import Goal
from channelsim.study.inference.words import listed


@dataclass(frozen=True)
class Subset:
    """Alternatives among which the best is, with a stated probability; the others are ruled out."""

    goal: Goal
    kept: tuple[str, ...]
    beaten: tuple[str, ...]
    infeasible: tuple[str, ...]
    probability: float

    def __str__(self) -> str:
        said = f"the best in {self.goal.outcome} is among {listed(self.kept)} with probability at least {100 * self.probability:g} %"
        return said + (f"; {listed(self.infeasible)} shown to break a constraint" if self.infeasible else "")


def subset(values: np.ndarray, names: Sequence[str], goal: Goal, probability: float = 0.95) -> Subset:
    """From the replications there are: which alternatives may still be the best?

    Parameters
    ----------
    values : ndarray, shape (replications, alternatives, 1 + constraints)
        Outcome first, then what the limits bound; paired by replication.

    Notes
    -----
    Screening of Nelson, Swann, Goldsman & Song (2001), Operations Research 49:950, on paired differences with an
    indifference zone of zero: i stays if nobody's mean is better by more than t S_ij / sqrt(n). With constraints only
    those shown to keep every limit rule others out, and each alternative shown to break one goes; half the error each.
    """
    n, k, s = len(values), len(names), len(goal.limits)
    error = (1.0 - probability) / (2.0 if s else 1.0)
    sign = 1.0 if goal.better == "higher" else -1.0
    t_limit = float(stats.t.ppf(1.0 - error / max(1, k * s), n - 1))
    beyond = values[:, :, 1:] - np.array([most for _, most, _ in goal.limits])
    mean, half = beyond.mean(axis=0), t_limit * beyond.std(axis=0, ddof=1) / np.sqrt(n)
    broken, shown = (mean - half > 0.0).any(axis=1), (mean + half <= 0.0).all(axis=1)
    t_pair = float(stats.t.ppf(1.0 - error / max(1, k - 1), n - 1))
    gap = sign * (values[:, None, :, 0] - values[:, :, None, 0])  # [replication, i, j]: how much better j is
    worse = gap.mean(axis=0) > t_pair * gap.std(axis=0, ddof=1) / np.sqrt(n)
    beaten = (worse & shown[None, :]).any(axis=1) & ~broken

    def pick(rows: np.ndarray) -> tuple[str, ...]:
        return tuple(name for name, row in zip(names, rows, strict=True) if row)

    return Subset(goal, pick(~beaten & ~broken), pick(beaten), pick(broken), probability)
