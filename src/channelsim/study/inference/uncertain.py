"""What is not known of an input: low, base and high, read as points of a distribution (decisions 38)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, isfinite

import numpy as np
from scipy.stats import qmc

from channelsim.study.inference.words import amount, figure

TAIL = 0.05  # low is the 5 % point, high the 95 % point


@dataclass(frozen=True)
class UncertainInput:
    """One input, or one group of inputs that move together, as a split-triangular distribution.

    Parameters
    ----------
    name, unit : str
    low, base, high : float
        5 % point, most likely value and 95 % point, in `unit`.
    least, most : float
        Values that cannot be passed (a share lies in 0 to 1): beyond them the distribution is cut and its tail put there.

    Notes
    -----
    Two right-angled triangles that meet at the base, half of the probability in each, so that base is the median too.
    Left of it P(X <= x) = ((x - a) / (base - a))^2 / 2, hence a = (low - r base) / (1 - r) with r = sqrt(2 x 0.05); the
    right half is its mirror. Where low = base (or base = high) the other triangle has all the probability, with
    r = sqrt(0.05), so that no value has a probability of its own. Compare the split normal of Wallis (2014), Statistical Science 29:106.

    Raises
    ------
    ValueError
        If low <= base <= high does not hold, or lies outside least to most.
    """

    name: str
    low: float
    base: float
    high: float
    unit: str = ""
    least: float = -inf
    most: float = inf

    def __post_init__(self) -> None:
        if not self.least <= self.low <= self.base <= self.high <= self.most or not all(map(isfinite, (self.low, self.base, self.high))):
            raise ValueError(f"{self.name}: low, base, high must rise within the limits, not {self.low}, {self.base}, {self.high}")

    def quantile(self, p: np.ndarray | float) -> np.ndarray:
        """Value below which the input lies with probability p; same shape as p."""
        p = np.asarray(p, dtype=float)
        left = 0.0 if self.low == self.base else 1.0 if self.base == self.high else 0.5  # probability left of base
        below = self.base - self._reach(self.base - self.low, left) * (1.0 - np.sqrt(np.minimum(p / max(left, 1e-300), 1.0)))
        right = 1.0 - left
        above = self.base + self._reach(self.high - self.base, right) * (1.0 - np.sqrt(np.minimum((1.0 - p) / max(right, 1e-300), 1.0)))
        return np.asarray(np.clip(np.where(p <= left, below, above), self.least, self.most))

    @staticmethod
    def _reach(to_tail: float, probability: float) -> float:
        """Width of a triangle whose TAIL point lies `to_tail` from the base."""
        return to_tail / (1.0 - float(np.sqrt(TAIL / probability))) if to_tail > 0.0 else 0.0

    def __str__(self) -> str:
        return f"{self.name}: {amount(self.base, self.unit)} (5 % to 95 %: {figure(self.low)} to {figure(self.high)})"


def values_at(points: np.ndarray, inputs: Sequence[UncertainInput]) -> np.ndarray:
    """Points of the unit cube [point, input] as values of the inputs, each in its unit; inputs are independent."""
    return np.column_stack([x.quantile(points[:, i]) for i, x in enumerate(inputs)])


def latin_hypercube(n: int, dimensions: int, seed: int = 0) -> np.ndarray:
    """[point, input] n points of the unit cube, one in each of n equal slices of every input (McKay, Beckman & Conover 1979)."""
    return np.asarray(qmc.LatinHypercube(dimensions, rng=np.random.default_rng(seed)).random(n))
