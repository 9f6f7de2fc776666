"""How many persons can go, or must come, so that service stays within its targets? (decisions 36)

Persons are removed along one fixed published order. `meets(k)` runs the alternative with the first k of that order
removed (-k: k added) and gives, for each replication and target, the slack: how much better than the target, tolerance
included; 0 or more is met. All k are run on the same luck. The answer is a bracket: k meets, k + 1 is not shown to.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy import stats

from channelsim.study.inference.intervals import LEVEL, MAX_T_FROM, one_sided, skewed
from channelsim.study.inference.words import listed

Meets = Callable[[int], np.ndarray]


@dataclass(frozen=True)
class Slack:
    """What was seen with k persons removed: mean slack and simultaneous one-sided lower bound, one per target."""

    k: int
    mean: tuple[float, ...]
    lower: tuple[float, ...]
    upper_worst: float  # upper bound of the target that is missed most
    skewed: bool = False  # are replications too few and uneven for the stated probability?

    @property
    def meets(self) -> bool:
        return all(b >= 0.0 for b in self.lower)

    @property
    def shown_to_miss(self) -> bool:
        return self.upper_worst < 0.0


@dataclass(frozen=True)
class EqualService:
    """The bracket, and all that was run to find it.

    Parameters
    ----------
    k : int or None
        Most persons removed with all targets met; negative: that many more are needed; None: not found in range.
    looked_at : tuple of Slack
        In order of k.
    """

    who: str
    k: int | None
    least: int
    most: int
    targets: tuple[str, ...]
    looked_at: tuple[Slack, ...] = field(repr=False)
    level: float = LEVEL

    @property
    def posts_released(self) -> int:
        return max(0, self.k or 0)

    @property
    def posts_needed(self) -> int | None:
        """Posts to add before the targets are met; None if not even `-least` suffice."""
        return None if self.k is None else max(0, -self.k)

    @property
    def next_one(self) -> Slack | None:
        """What was seen with one person fewer still; None where the range ends first."""
        return next((s for s in self.looked_at if self.k is not None and s.k == self.k + 1), None)

    def limiting(self) -> tuple[str, ...]:
        """Targets that k + 1 is not shown to meet."""
        beyond = self.next_one
        return () if beyond is None else tuple(t for t, b in zip(self.targets, beyond.lower, strict=True) if b < 0.0)

    @property
    def skewed(self) -> bool:
        """Does the bracket rest on replications too few and uneven for the stated probability?"""
        return any(s.skewed for s in self.looked_at if self.k is not None and s.k in (self.k, self.k + 1))

    def __str__(self) -> str:
        return self._answer() + (f"; slacks are skewed: take {MAX_T_FROM} replications or more" if self.skewed else "")

    def _answer(self) -> str:
        sure = f"probability at least {100 * self.level:g} %"
        if self.k is None and self.least == 0:
            return f"{self.who}: not shown to meet the targets even with nobody removed"
        if self.k is None:
            return f"{self.who}: {-self.least} more posts are not shown to meet the targets"
        if self.k == self.most:
            return f"{self.who}: all {self.k} that may be removed can go with the targets met ({sure})"
        beyond = self.next_one
        why = "shown to miss" if beyond is not None and beyond.shown_to_miss else "not shown to meet"
        limit = f"one post fewer is {why} {listed(self.limiting())}"
        if self.k >= 0:
            return f"{self.who}: {self.k} posts released at equal service, {sure}; {limit}"
        return f"{self.who}: {-self.k} more posts are needed to meet the targets, {sure}; {limit}"


def at_equal_service(
    meets: Meets, targets: Sequence[str], most: int, least: int = 0, who: str = "staff", level: float = LEVEL, scan: bool = False
) -> EqualService:
    """How many persons can go with all targets met; and if the baseline misses one, how many are needed?

    Parameters
    ----------
    meets : callable
        k -> slack [replication, target], the same replications for every k.
    targets : sequence of str
        Names of the columns.
    most : int
        Persons that may be removed at most, >= 0.
    least : int
        -least persons may be added at most, <= 0.
    who : str
        Skill and place, for the words.
    scan : bool
        Step one by one instead of bisecting: needed where slack may rise as persons go.

    Notes
    -----
    Testing k = 0, 1, 2, ... in this order and stopping at the first that fails needs no further correction for the
    number of k (fixed sequence, Maurer, Hothorn & Lehmacher 1995): only the first k that truly misses can err, with
    probability 1 - level. Bisection passes the same k wherever slack falls with k on common luck. Cost: log2 of the range.
    """
    seen: dict[int, Slack] = {}

    def passes(k: int) -> bool:
        if k not in seen:
            seen[k] = slack_of(np.asarray(meets(k), dtype=float), k, level)
        return seen[k].meets

    if passes(0):
        k: int | None = _last_that_passes(passes, 0, most, scan)
    elif least == 0:
        k = None
    elif scan:
        k = next((j for j in range(-1, least - 1, -1) if passes(j)), None)
    else:
        k = _last_that_passes(passes, least, 0, scan) if passes(least) else None
    return EqualService(who, k, least, most, tuple(targets), tuple(seen[j] for j in sorted(seen)), level)


def _last_that_passes(passes: Callable[[int], bool], good: int, most: int, scan: bool) -> int:
    """Largest k from `good` (which passes) to `most` that passes, next to one that does not."""
    if scan:
        while good < most and passes(good + 1):
            good += 1
        return good
    bad = most + 1
    step = 1
    while bad - good > 1:  # strides that double, then halves: few persons go, so few steps
        middle = min(good + step, (good + bad) // 2 if bad <= most else most)
        if passes(middle):
            good, step = middle, step * 2
        else:
            bad = middle
            step = max(1, (bad - good) // 2)
    return good


def slack_of(slack: np.ndarray, k: int, level: float = LEVEL) -> Slack:
    """Mean and bounds of the slacks [replication, target] seen with k persons removed.

    Raises
    ------
    ValueError
        Fewer than two replications, or slacks that are not numbers.
    """
    n = len(slack)
    if slack.ndim != 2 or n < 2 or np.isnan(slack).any():
        raise ValueError(f"k = {k}: slacks must be numbers [replication, target] of at least two replications")
    mean = slack.mean(axis=0)
    upper = mean + stats.t.ppf(1.0 - (1.0 - level) / slack.shape[1], n - 1) * slack.std(axis=0, ddof=1) / np.sqrt(n)
    return Slack(k, tuple(map(float, mean)), tuple(map(float, one_sided(slack, level))), float(upper.min()), bool(skewed(slack).any()))
