"""Break-even in two dimensions: for which pairs of two factors (adoption x induction) is an outcome above zero?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from channelsim.study.inference.crossing import BreakEven, break_even
from channelsim.study.inference.crossing_levels import break_even_at
from channelsim.study.inference.intervals import LEVEL, simultaneous
from channelsim.study.inference.words import amount, figure, share


@dataclass(frozen=True, eq=False)
class Contour:
    """The zero line of an outcome over two factors, with what is shown on either side.

    Parameters
    ----------
    x, y : ndarray
        Grid values of the two factors.
    mean, low, high : ndarray, shape (y, x)
        Of the outcome, in `outcome_unit`; all intervals of the grid hold together.
    line : tuple of BreakEven
        For each y, where along x the outcome crosses zero, with its own 95 % interval: the band.
    """

    names: tuple[str, str]
    units: tuple[str, str]
    outcome: str
    outcome_unit: str
    x: np.ndarray = field(repr=False)
    y: np.ndarray = field(repr=False)
    mean: np.ndarray = field(repr=False)
    low: np.ndarray = field(repr=False)
    high: np.ndarray = field(repr=False)
    line: tuple[BreakEven, ...] = field(repr=False)

    @property
    def sign(self) -> np.ndarray:
        """[y, x] 1 shown above zero, -1 shown below, 0 not shown: the uncertainty band on the grid."""
        return np.asarray((self.low > 0.0).astype(int) - (self.high < 0.0).astype(int))

    def __str__(self) -> str:
        sign, (first, second) = self.sign, self.names
        head = (
            f"{self.outcome} is shown above zero in {share(float((sign > 0).mean()))} of the grid of {first} and {second}, below in "
            f"{share(float((sign < 0).mean()))}, not settled in {share(float((sign == 0).mean()))}"
        )
        rows = [f"  {second} {amount(float(v), self.units[1])}: {_at(b, first)}" for v, b in zip(self.y, self.line, strict=True)]
        return "\n".join([head, *rows])


def _at(b: BreakEven, name: str) -> str:
    if b.kind == "one":
        return f"zero at {name} {amount(b.root, b.unit)} ({figure(b.low)} to {figure(b.high)})"
    return {"none": f"no crossing, signs {b.signs}", "several": f"several crossings, signs {b.signs}"}.get(
        b.kind, f"unclear, signs {b.signs}"
    )


def contour_at(
    x: np.ndarray, y: np.ndarray, values: np.ndarray, names: tuple[str, str] = ("x", "y"), units: tuple[str, str] = ("", ""),
    outcome: str = "outcome", outcome_unit: str = "", level: float = LEVEL,
) -> Contour:  # fmt: skip
    """The same from levels that were run, where no others can be.

    Parameters
    ----------
    x, y : ndarray
        Rising; at least three of x.
    values : ndarray, shape (replications, y, x)
        Outcome, the same luck at every point.

    Raises
    ------
    ValueError
        As `break_even_at`.
    """
    grid = simultaneous(values.reshape(len(values), -1), level)
    line = tuple(
        break_even_at(x, values[:, i], names[0], units[0], outcome, outcome_unit, level) for i in range(len(y))
    )  # fmt: skip
    mean, low, high = (np.array([getattr(e, k) for e in grid]).reshape(len(y), len(x)) for k in ("mean", "low", "high"))
    return Contour(names, units, outcome, outcome_unit, x, y, mean, low, high, line)


def contour(
    sample: Callable[[float, float], np.ndarray], x: Sequence[float], y: Sequence[float], names: tuple[str, str] = ("x", "y"),
    units: tuple[str, str] = ("", ""), outcome: str = "outcome", outcome_unit: str = "", level: float = LEVEL,
) -> Contour:  # fmt: skip
    """Where is the line along which two factors break even, and how wide is its band?

    Parameters
    ----------
    sample : callable
        (x, y) -> outcome [replication], the same luck for every point.
    x, y : sequence of float
        Increasing, x evenly spaced. Each row of y is a break-even along x on these points, refined by bisection.

    Notes
    -----
    Signs on the grid come from simultaneous intervals of all points (max-t): with 95 % none is wrong. The line is
    interpolated between runs along x, its interval is per row of y.
    """
    run: dict[tuple[float, float], np.ndarray] = {}

    def at(u: float, v: float) -> np.ndarray:
        if (u, v) not in run:
            run[u, v] = np.asarray(sample(u, v), dtype=float)
        return run[u, v]

    xs = np.linspace(min(x), max(x), len(x))
    ys = np.asarray(y, dtype=float)
    grid = simultaneous(np.column_stack([at(float(u), float(v)) for v in ys for u in xs]), level)
    step = (max(x) - min(x)) / 200.0

    def row(v: float) -> BreakEven:
        along = (names[0], units[0], outcome, outcome_unit, len(x), step, level)
        return break_even(lambda u: at(u, v), min(x), max(x), *along)

    line = tuple(row(float(v)) for v in ys)
    shape = (len(ys), len(xs))
    mean, low, high = (np.array([getattr(e, k) for e in grid]).reshape(shape) for k in ("mean", "low", "high"))
    return Contour(names, units, outcome, outcome_unit, xs, ys, mean, low, high, line)
