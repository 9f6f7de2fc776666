"""How many replications does a stated precision need, and is it reached?

Looks are taken at 30, 60, 120 and 240 replications only, each at level alpha/4 (decisions 37): the intervals of all
four looks together hold with at least 95 %, so one may stop at whichever look one likes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from channelsim.study.inference.intervals import LEVEL, Estimate, bonferroni_t, simultaneous
from channelsim.study.inference.words import amount, figure

LOOKS = (30, 60, 120, 240)
LOOK_LEVEL = 1.0 - (1.0 - LEVEL) / len(LOOKS)
Member = tuple[str, str]  # alternative, outcome


@dataclass(frozen=True)
class Precision:
    """What one look at the replications shows.

    Parameters
    ----------
    n : int
        Replications looked at: the largest look that there are enough for.
    estimates : mapping of (alternative, outcome) to Estimate
        At level 98.75 % each look, so 95 % over all four.
    targets : mapping of outcome to float
        Wanted half-width, in the outcome's unit.
    """

    n: int
    estimates: Mapping[Member, Estimate]
    targets: Mapping[str, float]

    @property
    def missed(self) -> tuple[Member, ...]:
        return tuple(m for m, e in self.estimates.items() if not e.half_width <= self.targets[m[1]])

    @property
    def reached(self) -> bool:
        return not self.missed

    @property
    def next_look(self) -> int | None:
        """Replications to have in all at the next look; None if this one reaches the targets or is the last."""
        return None if self.reached else next((n for n in LOOKS if n > self.n), None)

    def __str__(self) -> str:
        if self.reached:
            return f"stated precision reached at {self.n} replications; all intervals hold together with at least 95 %"
        worst = max(self.missed, key=lambda m: self.estimates[m].half_width / self.targets[m[1]])
        e = self.estimates[worst]
        then = f"go on to {self.next_look}" if self.next_look else "no further look is allowed"
        return (
            f"stated precision not reached at {self.n} replications ({len(self.missed)} of {len(self.estimates)} too wide; worst "
            f"{worst[0]}, {worst[1]}: half-width {figure(e.half_width)}, wanted {figure(self.targets[worst[1]])}): {then}"
        )


def look(differences: pd.DataFrame, targets: Mapping[str, float]) -> Precision:
    """Is every named paired difference known as precisely as asked?

    Parameters
    ----------
    differences : DataFrame
        Index replication in order, columns (alternative, outcome); outcomes without a target are not looked at.
    targets : mapping of outcome to float
        Wanted half-width > 0.

    Raises
    ------
    ValueError
        Fewer than 30 replications, a target that is not positive or that no column has.
    """
    members = _members(differences, targets)
    if len(differences) < LOOKS[0]:
        raise ValueError(f"{len(differences)} replications: the first look is at {LOOKS[0]}")
    n = max(k for k in LOOKS if k <= len(differences))
    table = differences[members].to_numpy(dtype=float)[:n]
    return Precision(n, dict(zip(members, simultaneous(table, LOOK_LEVEL), strict=True)), dict(targets))


def run_until(sample: Callable[[range], pd.DataFrame], targets: Mapping[str, float], budget: int = LOOKS[-1]) -> Precision:
    """Run until the stated half-widths are reached, or the budget or the last look is.

    Parameters
    ----------
    sample : callable
        Given a range of replication numbers, their differences as for `look`.
    budget : int
        Most replications, at least 30.

    Notes
    -----
    The rule stops by the half-widths, never by the differences themselves.
    """
    have = sample(range(LOOKS[0]))
    while True:
        found = look(have, targets)
        if found.next_look is None or found.next_look > budget:
            return found
        have = pd.concat([have, sample(range(found.n, found.next_look))])


@dataclass(frozen=True)
class Reach:
    """Can the budget reach the precision? One answer per (alternative, outcome), from a pilot.

    Parameters
    ----------
    half_width_low, half_width_high : float
        Limits of the half-width to expect at the last look within the budget: the pilot knows the spread with 90 %
        certainty only so well.
    needed : int
        Replications that would reach the target if the pilot's spread is right.
    answer : {"yes", "no", "perhaps"}
    """

    member: Member
    target: float
    half_width_low: float
    half_width_high: float
    needed: int
    answer: str


@dataclass(frozen=True)
class Reachable:
    """Said before running: whether the budget can reach the stated precision."""

    pilot_n: int
    budget: int
    last_look: int
    members: tuple[Reach, ...]

    @property
    def answer(self) -> str:
        """The worst of the members' answers."""
        return max((r.answer for r in self.members), key=("yes", "perhaps", "no").index)

    def __str__(self) -> str:
        worst = max(self.members, key=lambda r: r.needed)
        said = {"yes": "can", "no": "cannot", "perhaps": "may or may not"}[self.answer]
        return (
            f"{self.budget} replications (last look at {self.last_look}) {said} reach the stated precision: {worst.member[0]}, "
            f"{worst.member[1]} would come to a half-width of {figure(worst.half_width_low)} to {figure(worst.half_width_high)}, wanted "
            f"{amount(worst.target, '')}; about {worst.needed} replications are needed, by a pilot of {self.pilot_n}"
        )


def reachable(pilot: pd.DataFrame, targets: Mapping[str, float], budget: int, family: int = 0) -> Reachable:
    """Can `budget` replications reach the stated half-widths? Asked of a pilot, before the study runs.

    Parameters
    ----------
    pilot, targets
        As for `look`.
    budget : int
        Replications, at least 30.
    family : int
        Intervals that must hold together, if more than those with a target.

    Notes
    -----
    Half-width = t s / sqrt(n) with the critical value of the last look that the budget allows (Bonferroni, so max-t
    does no worse); the limits take s at the ends of its 90 % chi-square interval, n_pilot - 1 degrees of freedom.
    """
    members = _members(pilot, targets)
    n = len(pilot)
    if n < 3:
        raise ValueError("a pilot needs at least three replications")
    allowed = [k for k in LOOKS if k <= budget]
    if not allowed:
        raise ValueError(f"a budget of {budget} replications: the first look is at {LOOKS[0]}")
    last = allowed[-1]
    found = []
    for member in members:
        spread = float(pilot[member].std(ddof=1))
        ends = [spread * np.sqrt((n - 1) / stats.chi2.ppf(p, n - 1)) for p in (0.95, 0.05)]
        critical = bonferroni_t(last, max(family, len(members)), LOOK_LEVEL)
        low, high = (float(critical * s / np.sqrt(last)) for s in ends)
        target = targets[member[1]]
        answer = "yes" if high <= target else "no" if low > target else "perhaps"
        found.append(Reach(member, target, low, high, max(LOOKS[0], int(np.ceil((critical * spread / target) ** 2))), answer))
    return Reachable(n, budget, last, tuple(found))


def _members(differences: pd.DataFrame, targets: Mapping[str, float]) -> list[Member]:
    if wrong := [o for o, t in targets.items() if not t > 0.0]:
        raise ValueError(f"half-widths must be positive: {', '.join(wrong)}")
    if missing := set(targets) - set(differences.columns.get_level_values(1)):
        raise ValueError(f"no column for {', '.join(sorted(missing))}")
    alternatives, outcomes = (differences.columns.get_level_values(i) for i in (0, 1))
    return [(str(a), str(o)) for a, o in zip(alternatives, outcomes, strict=True) if o in targets]
