"""Which levels go together in one alternative: crossed, a regular fraction, or points of a sample.

A design knows nothing of what its factors mean. Points of a sample have a number of their own that does not change when more
are drawn, so that a study can be extended.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from math import prod

import numpy as np
from scipy.stats import qmc

from channelsim.scenario.overrides import Level

Levels = dict[str, Level]
MORRIS_GRID = 4  # levels of each factor in Morris's design; a step is 2/3 of the range


@dataclass(frozen=True)
class Point:
    """One point of a sample."""

    name: str
    levels: Levels


def full(factors: Mapping[str, Sequence[Level]]) -> list[Levels]:
    """Every level with every other; the last factor changes fastest."""
    return [dict(zip(factors, row, strict=True)) for row in product(*factors.values())]


def fractional(factors: Mapping[str, Sequence[Level]], generators: Mapping[str, Sequence[str]]) -> list[Levels]:
    """A regular two-level fraction: a generated factor's sign is the product of the signs of the factors it is made from.

    What question it answers: main effects with a part of the runs. Source: Box, Hunter & Hunter, Statistics for Experimenters
    (2005), chapter 6. Factors of one level stand as they are.

    Raises
    ------
    ValueError
        Where a factor has more than two levels, or a generator names what is not free.
    """
    free = [name for name, levels in factors.items() if len(levels) == 2 and name not in generators]
    for name, levels in factors.items():
        if len(levels) > 2:
            raise ValueError(f"{name} has {len(levels)} levels; a fraction is of factors with two")
    for name, parents in generators.items():
        unknown = [p for p in parents if p not in free]
        if len(factors.get(name, ())) != 2 or unknown or not parents:
            what = f"cannot be made from {', '.join(unknown)}" if unknown else "is not a factor with two levels"
            raise ValueError(f"{name} {what}; the free factors are {', '.join(free)}")
    rows = []
    for signs in product((-1, 1), repeat=len(free)):
        sign = dict(zip(free, signs, strict=True))
        sign |= {name: prod(sign[p] for p in parents) for name, parents in generators.items()}
        rows.append({name: levels[0] if len(levels) == 1 or sign[name] < 0 else levels[1] for name, levels in factors.items()})
    return rows


def resolution(generators: Mapping[str, Sequence[str]]) -> int:
    """Length of the shortest word of a fraction: at 3 main effects are mixed with pairs, at 4 only pairs with pairs. 0: no fraction."""
    words = [frozenset((name, *parents)) for name, parents in generators.items()]
    shortest = 0
    for n in range(1, len(words) + 1):
        for some in combinations(words, n):
            word: frozenset[str] = frozenset()
            for w in some:
                word = word ^ w
            shortest = len(word) if shortest == 0 else min(shortest, len(word))
    return shortest


def latin_hypercube(between: Mapping[str, tuple[float, float]], points: int, seed: int) -> list[Point]:
    """Points whose projections on each factor are evenly spread."""
    return _named("point", qmc.LatinHypercube(len(between), rng=seed).random(points), between)


def sobol(between: Mapping[str, tuple[float, float]], points: int, seed: int) -> list[Point]:
    """The first points (a power of two) of a scrambled Sobol sequence: more points keep the first."""
    return _named("point", _sobol(len(between), points, seed), between)


def sobol_indices(between: Mapping[str, tuple[float, float]], points: int, seed: int) -> list[Point]:
    """Saltelli's points for first and total Sobol indices, as `scipy.stats.sobol_indices` takes their values.

    A, B, and for each factor A with its column from B. Named `A 1`, `B 1`, `AB 2 1` (factor, point); n (factors + 2) points.
    Source: Saltelli et al. (2010), Computer Physics
    Communications 181:259.
    """
    d = len(between)
    both = _sobol(2 * d, points, seed)
    a, b = both[:, :d], both[:, d:]
    found = _named("A", a, between) + _named("B", b, between)
    for i in range(d):
        mixed = a.copy()
        mixed[:, i] = b[:, i]
        found += _named(f"AB {i + 1}", mixed, between)
    return found


def morris(between: Mapping[str, tuple[float, float]], trajectories: int, seed: int) -> list[Point]:
    """Paths on a grid of four levels on which one factor after the other moves by two thirds of its range.

    Named `path 2 step 0` and so on. What question it answers: which factors matter at all. Source: Morris (1991),
    Technometrics 33:161.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    d, step = len(between), MORRIS_GRID / (2.0 * (MORRIS_GRID - 1))
    found = []
    for path in range(trajectories):
        low = rng.integers(0, MORRIS_GRID // 2, d) / (MORRIS_GRID - 1)
        upwards = rng.integers(0, 2, d).astype(bool)
        here = np.where(upwards, low, low + step)
        rows = [here.copy()]
        for i in rng.permutation(d):
            here[i] += step if upwards[i] else -step
            rows.append(here.copy())
        found += _points([f"path {path + 1} step {k}" for k in range(d + 1)], np.array(rows), between)
    return found


def _sobol(dimensions: int, points: int, seed: int) -> np.ndarray:
    return np.asarray(qmc.Sobol(dimensions, rng=seed).random_base2(points.bit_length() - 1))


def _named(kind: str, unit: np.ndarray, between: Mapping[str, tuple[float, float]]) -> list[Point]:
    return _points([f"{kind} {i + 1}" for i in range(len(unit))], unit, between)


def _points(names: Iterable[str], unit: np.ndarray, between: Mapping[str, tuple[float, float]]) -> list[Point]:
    ends = np.array(list(between.values()))
    values = ends[:, 0] + unit * (ends[:, 1] - ends[:, 0])
    return [Point(name, dict(zip(between, row, strict=True))) for name, row in zip(names, values.tolist(), strict=True)]
