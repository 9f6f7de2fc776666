"""Which alternatives differ from their baseline, by how much, and what may be said of it?

Differences are paired by replication. The family of primary outcomes x alternatives shares one error of 5 %;
everything else is descriptive: a pointwise interval, labelled so, and no verdict (decisions 37).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import nan

import numpy as np
import pandas as pd

from channelsim.study.inference.intervals import LEVEL, MAX_T_FROM, Estimate, pointwise, simultaneous, skewed, with_unit
from channelsim.study.inference.words import figure, listed

MOST_PRIMARY = 6
LARGE_RATIO = 2.0  # below this pairing is said to bring little


@dataclass(frozen=True)
class Outcome:
    """One thing that is compared.

    Parameters
    ----------
    name, unit : str
    better : {"higher", "lower", "neither"}
    margin : float
        Largest difference that does not matter, in `unit`; 0: every difference matters.
    primary : bool
        Part of the family that shares one error; at most six.
    """

    name: str
    unit: str
    better: str = "higher"
    margin: float = 0.0
    primary: bool = True


@dataclass(frozen=True)
class Finding:
    """One outcome of one alternative: the paired difference from the baseline and the verdict it allows."""

    alternative: str
    outcome: Outcome
    estimate: Estimate
    verdict: str

    def __str__(self) -> str:
        kind = "" if self.estimate.simultaneous else ", pointwise"
        said = f": {self.verdict}" if self.verdict else ""
        return f"{self.alternative}, {self.outcome.name} {self.estimate}{kind}{said}"


@dataclass(frozen=True)
class Comparison:
    """All findings of a comparison and how their intervals were made.

    Parameters
    ----------
    skewed : tuple of (alternative, outcome)
        Members of the family whose intervals may cover less than stated, as replications are few and uneven.
    """

    findings: tuple[Finding, ...]
    n: int
    method: str = field(default="")
    skewed: tuple[tuple[str, str], ...] = ()

    def of(self, alternative: str, outcome: str) -> Finding:
        return next(f for f in self.findings if (f.alternative, f.outcome.name) == (alternative, outcome))

    def table(self) -> pd.DataFrame:
        """One row a finding: alternative, outcome, unit, mean, low, high, n, interval, verdict."""
        rows = [
            (f.alternative, f.outcome.name, f.outcome.unit, f.estimate.mean, f.estimate.low, f.estimate.high, f.estimate.n,
             "simultaneous" if f.estimate.simultaneous else "pointwise", f.verdict)
            for f in self.findings
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=["alternative", "outcome", "unit", "mean", "low", "high", "n", "interval", "verdict"])

    def __str__(self) -> str:
        lines = [f"{self.n} paired replications; {self.method}.", *map(str, self.findings)]
        if self.skewed:
            names = listed([" ".join(m) for m in self.skewed])
            lines.append(f"skewed: {names}; their intervals may be too narrow below {MAX_T_FROM} replications")
        return "\n".join(lines)


def compare(differences: pd.DataFrame, outcomes: Sequence[Outcome], level: float = LEVEL) -> Comparison:
    """Which alternatives are better or worse than the baseline, and where is that not known yet?

    Parameters
    ----------
    differences : DataFrame
        Index replication, columns (alternative, outcome): plan minus baseline on the same luck, in the outcome's unit.
    outcomes : sequence of Outcome

    Raises
    ------
    ValueError
        More than six primary outcomes, or an outcome without a column.
    """
    primary = [o for o in outcomes if o.primary]
    if len(primary) > MOST_PRIMARY:
        raise ValueError(f"{len(primary)} primary outcomes, at most {MOST_PRIMARY}: make the others primary=False")
    alternatives = list(dict.fromkeys(differences.columns.get_level_values(0)))
    pairs = [(a, o) for a in alternatives for o in outcomes if (a, o.name) in differences]
    if missing := {o.name for o in outcomes} - {o.name for _, o in pairs}:
        raise ValueError(f"no column for {', '.join(sorted(missing))}")
    columns = {(a, o.name): differences[a, o.name].to_numpy(dtype=float) for a, o in pairs}
    family = [(a, o.name) for a, o in pairs if o.primary and not np.isnan(columns[a, o.name]).any()]
    together: dict[tuple[str, str], Estimate] = {}
    doubtful: tuple[tuple[str, str], ...] = ()
    if family:
        table = np.column_stack([columns[m] for m in family])
        together = dict(zip(family, simultaneous(table, level), strict=True))
        doubtful = tuple(m for m, s in zip(family, skewed(table), strict=True) if s)
    findings = []
    for a, o in pairs:
        estimate = with_unit(together.get((a, o.name)) or pointwise(columns[a, o.name], level), o.unit)
        said = o.primary and o.better != "neither"
        findings.append(Finding(a, o, estimate, verdict(estimate, o.better, o.margin) if said else ""))
    n = len(differences)
    how = "max-t bootstrap" if n >= MAX_T_FROM else "Bonferroni-t"
    return Comparison(tuple(findings), n, f"{len(family)} intervals that hold together with {100 * level:g} % ({how})", doubtful)


def verdict(estimate: Estimate, better: str, margin: float) -> str:
    """What an interval allows one to say of a change: better, worse, no difference that matters, cannot tell yet.

    Notes
    -----
    *No difference larger than delta* is the two one-sided tests of Schuirmann (1987) read off the interval. With a
    95 % instead of a 90 % interval it is stricter than it must be, so that all verdicts of a family hold together.
    """
    if np.isnan(estimate.low):
        return "cannot tell yet: one replication has no interval"
    sign = 1.0 if better == "higher" else -1.0
    low, high = sorted((sign * estimate.low, sign * estimate.high))
    if -margin <= low and high <= margin:
        return f"no difference larger than {margin:g} {estimate.unit}".rstrip()
    if low > 0.0:
        return "better"
    if high < 0.0:
        return "worse"
    more = more_replications(estimate, margin)
    return f"cannot tell yet, about {more} more replications would" if more else "cannot tell yet"


def more_replications(estimate: Estimate, margin: float) -> int:
    """How many more would settle it, if mean and spread stay as they are? 0 if none would.

    Settled is a half-width of |mean| (then 0 is outside) or of margin - |mean| (then all is inside the margin).
    """
    goal = max(abs(estimate.mean), margin - abs(estimate.mean))
    if goal <= 0.0:
        return 0
    return max(1, int(np.ceil(estimate.n * (estimate.half_width / goal) ** 2)) - estimate.n)


@dataclass(frozen=True)
class Pairing:
    """How well common luck worked for one outcome of one alternative (decisions 41).

    Parameters
    ----------
    correlation : float
        Between plan and baseline over replications.
    variance_ratio : float
        Variance of the difference of independent runs over that of the paired difference: so many times fewer
        replications are needed.
    """

    alternative: str
    outcome: str
    correlation: float
    variance_ratio: float

    def __str__(self) -> str:
        if np.isnan(self.variance_ratio):
            return f"{self.alternative}, {self.outcome}: how well pairing worked is not known"
        little = " (pairing brings little here)" if self.variance_ratio < LARGE_RATIO else ""
        return (
            f"{self.alternative}, {self.outcome}: correlation {self.correlation:.3f}; independent runs would need "
            f"{figure(self.variance_ratio)} times as many replications{little}"
        )


def pairing(values: pd.DataFrame, baseline: str) -> tuple[Pairing, ...]:
    """How well did common luck pair each alternative with the baseline?

    Parameters
    ----------
    values : DataFrame
        Index replication, columns (alternative, outcome), the baseline among the alternatives.
    """
    found = []
    for alternative, outcome in _members(values):
        if alternative == baseline:
            continue
        plan, base = values[alternative, outcome].to_numpy(float), values[baseline, outcome].to_numpy(float)
        apart, paired = plan.var(ddof=1) + base.var(ddof=1), (plan - base).var(ddof=1)
        both = plan.std(ddof=1) * base.std(ddof=1)
        correlation = float(np.cov(plan, base)[0, 1] / both) if both > 0 else nan
        ratio = float(apart / paired) if paired > 0 else (float("inf") if apart > 0 else nan)
        found.append(Pairing(alternative, outcome, correlation, ratio))
    return tuple(found)


def paired_differences(values: pd.DataFrame, baseline: str) -> pd.DataFrame:
    """Plan minus baseline, replication by replication; columns (alternative, outcome) without the baseline."""
    plans = [c for c in _members(values) if c[0] != baseline]
    found = pd.DataFrame({c: values[c] - values[baseline, c[1]] for c in plans}, index=values.index)
    found.columns = pd.MultiIndex.from_tuples(plans, names=["alternative", "outcome"])
    return found


def _members(values: pd.DataFrame) -> list[tuple[str, str]]:
    return list(zip(map(str, values.columns.get_level_values(0)), map(str, values.columns.get_level_values(1)), strict=True))
