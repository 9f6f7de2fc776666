"""How much of a change is due to strategy, triage, network or staffing, and how much to their coming together?

Factorial effects with intervals, and Shapley shares that add up to the total. All cells of the design are run on the
same luck, so each effect is a number per replication and its interval is a paired one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, product
from math import factorial

import numpy as np
import pandas as pd

from channelsim.study.inference.intervals import LEVEL, Estimate, simultaneous, with_unit
from channelsim.study.inference.words import amount, listed, share

Levels = tuple[str, ...]


@dataclass(frozen=True)
class Effect:
    """What factors do when set from their base levels to these levels, beyond what fewer of them do.

    Parameters
    ----------
    setting : tuple of (factor, level)
        One pair: a main effect; more: an interaction.
    estimate : Estimate
        Averaged over the levels of all other factors.
    """

    setting: tuple[tuple[str, str], ...]
    estimate: Estimate

    @property
    def name(self) -> str:
        return " x ".join(f"{f} = {level}" for f, level in self.setting)

    @property
    def shown(self) -> bool:
        """Is it shown to differ from zero?"""
        return not self.estimate.low <= 0.0 <= self.estimate.high

    def __str__(self) -> str:
        return f"{self.name}: {self.estimate}" + ("" if self.shown else ", not shown to differ from zero")


@dataclass(frozen=True)
class Effects:
    """Main effects and interactions; their intervals hold together."""

    outcome: str
    unit: str
    base: dict[str, str]
    members: tuple[Effect, ...] = field(repr=False)

    def of(self, **setting: str) -> Effect:
        return next(e for e in self.members if dict(e.setting) == setting)

    @property
    def interacting(self) -> tuple[Effect, ...]:
        return tuple(e for e in self.members if len(e.setting) > 1 and e.shown)

    def __str__(self) -> str:
        base = ", ".join(f"{f} = {level}" for f, level in self.base.items())
        head = f"{self.outcome}: change from {base}, averaged over the other factors; all intervals hold together"
        return "\n".join([head, *map(str, self.members)])


def effects(
    values: pd.DataFrame, base: Mapping[str, str], outcome: str = "", unit: str = "", order: int = 2, level: float = LEVEL
) -> Effects:
    """What does each factor do by itself, and which factors change what another does?

    Parameters
    ----------
    values : DataFrame
        Index replication; columns a MultiIndex with one named level per factor, all combinations once (full two-level
        or mixed-level factorial).
    base : mapping of factor to level
        From where changes are counted.
    order : int
        Largest number of factors in an interaction.

    Notes
    -----
    For levels a of A and b of B the interaction is the mean over the other factors of
    y(a, b) - y(a, base) - y(base, b) + y(base, base), and so on for more. Box, Hunter & Hunter (2005), Statistics for
    Experimenters, ch. 5, where a two-level interaction is half of this difference of differences.
    """
    y, factors, levels = _cube(values, base)
    settings = [
        tuple(zip(names, chosen, strict=True))
        for size in range(1, min(order, len(factors)) + 1)
        for names in combinations(factors, size)
        for chosen in product(*(levels[f][1:] for f in names))
    ]
    table = np.column_stack([_contrast(y, factors, levels, dict(s)) for s in settings])
    members = tuple(Effect(s, with_unit(e, unit)) for s, e in zip(settings, simultaneous(table, level), strict=True))
    return Effects(outcome, unit, {f: levels[f][0] for f in factors}, members)


def _cube(values: pd.DataFrame, base: Mapping[str, str]) -> tuple[np.ndarray, list[str], dict[str, Levels]]:
    """[replication, factor 1, factor 2, ...] with the base level first on each axis."""
    factors = [str(f) for f in values.columns.names]
    levels: dict[str, Levels] = {}
    for i, f in enumerate(factors):
        found = list(dict.fromkeys(values.columns.get_level_values(i)))
        if base.get(f) not in found:
            raise ValueError(f"factor {f}: base level {base.get(f)!r} is not among {listed([str(x) for x in found])}")
        levels[f] = (base[f], *(x for x in found if x != base[f]))
    cells = list(product(*levels.values()))
    if len(values.columns) != len(set(values.columns)) or set(cells) != {c if isinstance(c, tuple) else (c,) for c in values.columns}:
        raise ValueError(f"a full factorial has {len(cells)} different cells, here are {len(values.columns)}")
    columns = [values[c if len(factors) > 1 else c[0]].to_numpy(dtype=float) for c in cells]
    return np.stack(columns, axis=1).reshape(len(values), *(len(x) for x in levels.values())), factors, levels


def _contrast(y: np.ndarray, factors: Sequence[str], levels: Mapping[str, Levels], setting: Mapping[str, str]) -> np.ndarray:
    """[replication] effect of a setting: differences along its factors, means along the others."""
    for f in reversed(factors):  # the last axis goes first, so the others keep their places
        if f in setting:
            at = levels[f].index(setting[f])
            y = y[..., at] - y[..., 0]
        else:
            y = y.mean(axis=-1)
    return y


@dataclass(frozen=True)
class Attribution:
    """The total change shared out among the factors; in every replication the shares add up to the total."""

    outcome: str
    unit: str
    total: Estimate
    shares: dict[str, Estimate]

    def __str__(self) -> str:
        lines = [f"{self.outcome}: all factors together {self.total}; of this"]
        for factor, e in self.shares.items():
            part = "" if self.total.mean == 0 or self.total.low <= 0.0 <= self.total.high else _part(e.mean / self.total.mean)
            lines.append(f"  {factor} {e}{part}")
        return "\n".join(lines)


def _part(p: float) -> str:
    return f", {share(p)} of it" if 0.0 <= p <= 1.0 else ", against the total" if p < 0.0 else ", more than the total"


def shapley(
    values: pd.DataFrame, base: Mapping[str, str], plan: Mapping[str, str], outcome: str = "", unit: str = "", level: float = LEVEL
) -> Attribution:
    """Of the change from base to plan, what is each factor's share?

    Parameters
    ----------
    values : DataFrame
        As for `effects`; only cells with base or plan levels are used, and all of these must be there.
    base, plan : mapping of factor to level
        Factors with the same level in both get no share.

    Notes
    -----
    Mean over all orders in which the factors may be changed of what a factor then adds (Shapley 1953; for simulation
    Song, Nelson & Staum 2016). Exact, 2^factors cells. The intervals of shares and total hold together.
    """
    factors = [str(f) for f in values.columns.names]
    moved = [f for f in factors if base[f] != plan[f]]

    def cell(changed: tuple[str, ...]) -> np.ndarray:
        key = tuple(plan[f] if f in changed else base[f] for f in factors)
        at = key if len(key) > 1 else key[0]
        if at not in values.columns:
            raise ValueError(f"no column for {key}: attribution needs every combination of base and plan levels")
        return np.asarray(values[at].to_numpy(dtype=float))

    n = len(moved)
    worth = {s: cell(s) for size in range(n + 1) for s in combinations(moved, size)}
    parts = {f: np.zeros(len(values)) for f in moved}
    for s, without in worth.items():
        weight = factorial(len(s)) * factorial(n - len(s) - 1) / factorial(n) if len(s) < n else 0.0
        for f in moved:
            if f not in s:
                parts[f] += weight * (worth[tuple(g for g in moved if g in s or g == f)] - without)
    total = worth[tuple(moved)] - worth[()]
    found = [with_unit(e, unit) for e in simultaneous(np.column_stack([total, *parts.values()]), level)]
    return Attribution(outcome, unit, found[0], dict(zip(moved, found[1:], strict=True)))


def largest(found: Effects) -> str:
    """The strongest shown effect in words, for a first sentence."""
    shown = [e for e in found.members if e.shown]
    if not shown:
        return f"no factor is shown to change {found.outcome}"
    top = max(shown, key=lambda e: abs(e.estimate.mean))
    return f"{top.name} changes {found.outcome} most: {amount(top.estimate.mean, found.unit, True)}"
