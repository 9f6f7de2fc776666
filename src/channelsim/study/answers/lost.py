"""Points of a sample whose replications stop: how many, where they lie, and what that does to an answer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from channelsim.study.answers.values import Values, short
from channelsim.study.design import Alternative
from channelsim.study.inference.words import share

APART = 0.15  # of a range: by so much must lost points lie to one side on average to be told by that input
MOST_TOLD = 3  # inputs


@dataclass(frozen=True)
class Lost:
    """Points of one plan that have no figures.

    Parameters
    ----------
    n : int
        Lost points.
    of : int
        All points of the plan.
    where : str
        The inputs by which they differ from the others, in words; empty where none stands out.
    """

    n: int
    of: int
    where: str

    def told(self, effect: str) -> str:
        """A line for the answer: how many, where, and what follows; empty where none is lost."""
        if not self.n:
            return ""
        return f"\n{self.n} of {self.of} points have no figures, since replications in them stop{self.where}; {effect}"

    def bounds(self, positive: float, there: int) -> str:
        """Between what the probability lies if the lost draws are counted, all against the answer or all for it."""
        if not self.n:
            return ""
        least, most = positive * there / (there + self.n), (positive * there + self.n) / (there + self.n)
        return f"with the lost points counted, whatever they would give, the probability lies between {share(least)} and {share(most)}"


def lost_points(values: Values, there: list[Alternative], counts: str = "") -> Lost:
    """Which points of a plan are lost.

    Parameters
    ----------
    values : Values
    there : list of Alternative
        The plan's points that have figures.
    counts : str
        Only points whose name does not begin so (those of Saltelli that are draws of their own: `AB ` are not).
    """
    ranges = values.study.ranges
    like = _plan(there[0], ranges)
    gone = [a for a in values.study.stopped if a.point and not (counts and a.point.startswith(counts)) and _plan(a, ranges) == like]
    return Lost(len(gone), len(there) + len(gone), _where(values, there, gone) if gone else "")


def _plan(a: Alternative, ranges: object) -> frozenset[tuple[str, object]]:
    return frozenset((p, v) for p, v in a.levels.items() if p not in dict(a.sampled))


def _where(values: Values, there: list[Alternative], gone: list[Alternative]) -> str:
    ranges = values.study.ranges

    def place(a: Alternative) -> list[float]:
        return [(float(a.levels[p]) - low) / (high - low) for p, (low, high) in ranges.items()]

    rest, lost = np.mean([place(a) for a in there], axis=0), np.mean([place(a) for a in gone], axis=0)
    far = sorted(zip(np.abs(lost - rest), lost - rest, ranges, strict=True), reverse=True)[:MOST_TOLD]
    told = [f"{'high' if d > 0 else 'low'} {short(p)}" for size, d, p in far if size > APART]
    return f" (more often with {', '.join(told)})" if told else ""
