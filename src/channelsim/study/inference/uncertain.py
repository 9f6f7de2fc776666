"""What is not known of an input: low, base and high, read as points of a distribution (decisions 38)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, isfinite

import numpy as np

from channelsim.scenario.input_groups import split_triangular
from channelsim.study.inference.words import amount, figure
from channelsim.study.sampling import Point


@dataclass(frozen=True)
class UncertainInput:
    """One input, or one group of inputs that move together, as a split-triangular distribution.

    Parameters
    ----------
    name, unit : str
    low, base, high : float
        5 % point, median (and most likely value) and 95 % point, in `unit`.
    least, most : float
        Values that cannot be passed (a share lies in 0 to 1): beyond them the distribution is cut and its tail put there.

    Notes
    -----
    The distribution is `scenario.input_groups.split_triangular`; compare the split normal of Wallis (2014), Statistical
    Science 29:106.

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
        values = [split_triangular(float(u), self.low, self.base, self.high) for u in np.ravel(p)]
        return np.asarray(np.clip(np.reshape(values, np.shape(p)), self.least, self.most))

    def __str__(self) -> str:
        return f"{self.name}: {amount(self.base, self.unit)} (5 % to 95 %: {figure(self.low)} to {figure(self.high)})"


def array_of(points: Sequence[Point]) -> np.ndarray:
    """Points of `study.sampling` as an array [point, factor]."""
    return np.array([list(map(float, p.levels.values())) for p in points])


def values_at(points: np.ndarray, inputs: Sequence[UncertainInput]) -> np.ndarray:
    """Points of the unit cube [point, input] as values of the inputs, each in its unit; inputs are independent."""
    return np.column_stack([x.quantile(points[:, i]) for i, x in enumerate(inputs)])
