"""Which alternative is the best among those that keep the constraints, with a stated probability of being right?

Fully sequential: all alternatives start with n0 common replications; those shown to break a constraint, or beaten by
one shown to keep them all, drop out; the rest go on. What the budget cannot tell apart is not ranked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from channelsim.study.inference.words import amount, listed

Sample = Callable[[int, range], np.ndarray]


@dataclass(frozen=True)
class Goal:
    """What is to be best, and what must be kept.

    Parameters
    ----------
    outcome, unit : str
    better : {"higher", "lower"}
    indifference : float
        Indifference zone > 0: a difference smaller than this is not worth telling apart.
    limits : sequence of (name, largest value, tolerance)
        Constraint: the mean is at most the value. Within +- tolerance of it either answer counts as right.
    """

    outcome: str
    unit: str
    better: str
    indifference: float
    limits: tuple[tuple[str, float, float], ...] = ()


@dataclass(frozen=True)
class Choice:
    """The alternative chosen, or the set that could not be told apart.

    Parameters
    ----------
    best : str or None
        None: the budget ended first, or nothing keeps the constraints.
    candidates : tuple of str
        Not dropped: with probability at least `probability` the best is among them.
    infeasible : tuple of str
        Shown to break a constraint.
    beaten : mapping of str to str
        Alternative -> the one that beat it.
    replications : mapping of str to int
    """

    goal: Goal
    best: str | None
    candidates: tuple[str, ...]
    infeasible: tuple[str, ...]
    beaten: dict[str, str] = field(default_factory=dict)
    replications: dict[str, int] = field(default_factory=dict)
    probability: float = 0.95

    def __str__(self) -> str:
        g, sure = self.goal, f"with probability at least {100 * self.probability:g} %"
        out = f"; {listed(self.infeasible)} shown to break a constraint" if self.infeasible else ""
        if self.best is not None:
            return f"{self.best} is the best in {g.outcome}, or within {amount(g.indifference, g.unit)} of it, {sure}{out}"
        if not self.candidates:
            return f"no alternative keeps the constraints, {sure}{out}"
        if len(self.candidates) == 1:
            return f"{self.candidates[0]} is left, but whether it keeps the constraints is not settled{out}"
        return f"cannot rank {listed(self.candidates)} in {g.outcome} within the budget; the best is among them {sure}{out}"


def half_slope(error: float, n0: int) -> float:
    """h^2 of Kim & Nelson (2001) with c = 1: how far the continuation region reaches, for one comparison's error."""
    return float((2.0 * error) ** (-2.0 / (n0 - 1)) - 1.0) * (n0 - 1)


def choose(
    sample: Sample, names: Sequence[str], goal: Goal, n0: int = 20, budget: int = 1000, step: int = 1, probability: float = 0.95
) -> Choice:
    """Which alternative is best among those that keep the constraints?

    Parameters
    ----------
    sample : callable
        (alternative number, range of replications) -> [replication, 1 + constraints]: outcome first, then what the
        limits bound. Replication r has the same luck in every alternative.
    names : sequence of str
    n0 : int
        Replications of the first stage, at least 3; 20 or more keep the procedure short.
    budget : int
        Most replications of an alternative.
    step : int
        Replications added at a time (looking less often errs no more: Jennison, Johnstone & Turnbull 1982).

    Notes
    -----
    Kim & Nelson (2001), ACM TOMACS 11:251, with S^2 of paired differences, for the comparison; Andradottir & Kim (2010),
    Naval Research Logistics 57:403, and Batur & Kim (2010), ACM TOMACS 20:13, for the constraints; an alternative
    beats another only once it is shown to keep every constraint. Half the error goes to the constraints (all of it to
    comparisons where there are none), divided by Bonferroni, which holds under common luck. Assumes normal means.
    """
    k, s = len(names), len(goal.limits)
    if not goal.indifference > 0.0 or any(not t > 0.0 for *_, t in goal.limits):
        raise ValueError("the indifference zone and every tolerance must be positive")
    if n0 < 3 or k < 1:
        raise ValueError("n0 must be at least 3, and there must be an alternative")
    error = 1.0 - probability
    error_limits = error / 2.0 if s and k > 1 else (error if s else 0.0)
    state = _Race(sample, k, goal, n0, error_limits / max(1, k * s), (error - error_limits) / max(1, k - 1))
    while not state.done() and state.n < budget:
        state.grow(min(step, budget - state.n))
    left = sorted(state.left)
    settled = len(left) == 1 and state.feasible(left[0])
    return Choice(
        goal,
        names[left[0]] if settled else None,
        tuple(names[i] for i in left),
        tuple(names[i] for i in sorted(state.infeasible)),
        {names[i]: names[j] for i, j in state.beaten.items()},
        {names[i]: len(state.values[i]) for i in range(k)},
        probability,
    )


class _Race:
    """Who is left, and what is known of their constraints."""

    def __init__(self, sample: Sample, k: int, goal: Goal, n0: int, error_limit: float, error_pair: float) -> None:
        self.sample, self.goal, self.n = sample, goal, n0
        self.sign = 1.0 if goal.better == "higher" else -1.0
        self.values = [self._run(i, range(n0)) for i in range(k)]
        self.left, self.infeasible, self.beaten = set(range(k)), set[int](), dict[int, int]()
        self.h2_pair = half_slope(error_pair, n0) if k > 1 else 0.0
        self.h2_limit = half_slope(error_limit, n0) if goal.limits else 0.0
        first = np.stack([v[:, 0] for v in self.values])
        self.spread = {(i, j): float((first[i] - first[j]).var(ddof=1)) for i, j in combinations(range(k), 2)}
        self.limit_spread = np.array([v[:, 1:].var(axis=0, ddof=1) for v in self.values])
        self.kept: list[dict[int, bool]] = [{} for _ in range(k)]  # constraint -> kept or broken, once settled
        self._judge()

    def _run(self, i: int, wanted: range) -> np.ndarray:
        values = np.asarray(self.sample(i, wanted), dtype=float).reshape(len(wanted), -1)
        if values.shape[1] != 1 + len(self.goal.limits) or not np.isfinite(values).all():
            raise ValueError(f"alternative {i}: numbers [replication, 1 + {len(self.goal.limits)} constraints] are needed")
        return values

    def feasible(self, i: int) -> bool:
        return len(self.kept[i]) == len(self.goal.limits)  # a broken one has left

    def done(self) -> bool:
        return not self.left or (len(self.left) == 1 and self.feasible(next(iter(self.left))))

    def grow(self, more: int) -> None:
        """Give those that are left `more` replications each, and judge again."""
        for i in self.left:
            self.values[i] = np.vstack([self.values[i], self._run(i, range(self.n, self.n + more))])
        self.n += more
        self._judge()

    def _judge(self) -> None:
        for i in sorted(self.left):
            self._judge_limits(i)
        sums = {i: self.sign * float(self.values[i][:, 0].sum()) for i in self.left}
        out: dict[int, int] = {}
        delta = self.goal.indifference
        for i, j in combinations(sorted(self.left), 2):
            region = max(0.0, (self.h2_pair * self.spread[i, j] / delta - delta * self.n) / 2.0)
            gap = sums[i] - sums[j]
            if gap > region and self.feasible(i):
                out.setdefault(j, i)
            elif -gap > region and self.feasible(j):
                out.setdefault(i, j)
            elif gap == 0.0 == region and self.feasible(i):
                out.setdefault(j, i)  # equal in every replication: either is right
        self.beaten.update(out)
        self.left -= set(out)

    def _judge_limits(self, i: int) -> None:
        for c, (_, most, tolerance) in enumerate(self.goal.limits):
            if c in self.kept[i]:
                continue
            beyond = float((self.values[i][:, 1 + c] - most).sum())
            region = max(0.0, (self.h2_limit * self.limit_spread[i, c] / tolerance - tolerance * self.n) / 2.0)
            if beyond <= -region:
                self.kept[i][c] = True
            elif beyond >= region:
                self.infeasible.add(i)
                self.left.discard(i)
                return
