"""At what value of a factor does an outcome cross zero, and how well is that known? (decisions 40)"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf, nan

import numpy as np

from channelsim.study.inference.intervals import LEVEL, Estimate, percentile_level, pointwise, resampling, simultaneous, with_unit
from channelsim.study.inference.words import amount, figure, listed

Sample = Callable[[float], np.ndarray]
POINTS = 9
NARROW = 2  # rounds in which the ends of the interval are run too, so that the curve is straight only between near points


@dataclass(frozen=True)
class BreakEven:
    """Where an outcome crosses zero.

    Parameters
    ----------
    kind : {"one", "none", "several", "unclear"}
    root, low, high : float
        In the factor's unit; nan unless `kind` is "one". An end that is infinite lies outside the range looked at.
    signs : str
        Of the outcome at the first points: + or - shown with simultaneous intervals, 0 not shown to differ from zero,
        = no difference at all (the baseline's own value of the factor).
    brackets : tuple of (low, high)
        Spans between points of different shown sign.
    doubtful : tuple of float
        Points of sign 0 outside these spans: a further crossing there cannot be ruled out.
    curve : tuple of (x, Estimate)
        All points that were run; the intervals of the first ones hold together, the others are pointwise.
    """

    factor: str
    unit: str
    outcome: str
    kind: str
    signs: str
    root: float
    low: float
    high: float
    brackets: tuple[tuple[float, float], ...]
    doubtful: tuple[float, ...]
    curve: tuple[tuple[float, Estimate], ...] = field(repr=False)
    level: float = LEVEL

    def __str__(self) -> str:
        x0, x1 = (amount(x, self.unit) for x in (self.curve[0][0], self.curve[-1][0]))
        where = f"between {self.factor} {x0} and {x1}"
        if self.kind == "one":
            turn = "to negative" if first_sign(self.signs) == "+" else "to positive"
            low = "below the range" if self.low == -inf else figure(self.low)
            high = "above the range" if self.high == inf else figure(self.high)
            also = f"; near {listed([figure(x) for x in self.doubtful])} a further crossing is not ruled out" if self.doubtful else ""
            root = amount(self.root, self.unit)
            return f"{self.outcome} turns {turn} at {self.factor} {root} ({100 * self.level:g} % interval {low} to {high}){also}"
        if self.kind == "none":
            word = "positive" if first_sign(self.signs) == "+" else "negative"
            return f"no break-even: {self.outcome} is {word} everywhere {where} (signs {self.signs})"
        if self.kind == "several":
            spans = ", ".join(f"{figure(a)} to {figure(b)}" for a, b in self.brackets)
            return f"more than one break-even {where}: {self.outcome} changes sign in {spans} (signs {self.signs})"
        return f"cannot tell whether {self.outcome} crosses zero {where} (signs {self.signs}): more replications are needed"


def break_even(
    sample: Sample, low: float, high: float, factor: str = "factor", unit: str = "", outcome: str = "outcome", outcome_unit: str = "",
    points: int = POINTS, tolerance: float | None = None, level: float = LEVEL,
) -> BreakEven:  # fmt: skip
    """At what value of the factor does the mean outcome cross zero?

    Parameters
    ----------
    sample : callable
        x -> outcome [replication], the same replications (the same luck) for every x.
    low, high : float
        Range of the factor.
    tolerance : float, optional
        Width to which the root is bisected; 1/1000 of the range if not given.

    Returns
    -------
    BreakEven
        A root only if the shown signs change once. Signs all alike and all shown: none. More changes: several. Signs
        alike as far as shown: unclear.

    Notes
    -----
    The root of the mean curve on common luck; its interval is the percentiles of the roots of bootstrapped mean curves
    (replications drawn with replacement, straight lines between the points run), widened after Hesterberg (2015). A
    bootstrapped curve without a root inside counts beyond the end that it points to.
    """
    run: dict[float, np.ndarray] = {}

    def at(x: float) -> np.ndarray:
        if x not in run:
            run[x] = np.asarray(sample(x), dtype=float)
            if len(run[x]) < 2 or not np.isfinite(run[x]).all():
                raise ValueError(f"{factor} {x:g}: numbers of at least two replications are needed")
        return run[x]

    first = np.linspace(low, high, points)
    family = simultaneous(np.column_stack([at(float(x)) for x in first]), level)
    signs = "".join(map(sign_of, family))
    kind, brackets, doubtful = read_signs(signs, first)
    root = ends_low = ends_high = nan
    if kind == "one":
        (a, b), rising = brackets[0], first_sign(signs) == "-"
        root = _bisect(at, a, b, rising, tolerance or (high - low) / 1000.0)
        for _ in range(NARROW):
            ends_low, ends_high = _interval(run, rising, level)
            for x in (ends_low, ends_high):
                if np.isfinite(x):
                    at(x)
        ends_low, ends_high = _interval(run, rising, level)
        ends_low, ends_high = min(ends_low, root), max(ends_high, root)
    shown = dict(zip(map(float, first), family, strict=True))
    curve = tuple((x, with_unit(shown.get(x) or pointwise(run[x], level), outcome_unit)) for x in sorted(run))
    return BreakEven(factor, unit, outcome, kind, signs, root, ends_low, ends_high, brackets, doubtful, curve, level)


def first_sign(signs: str) -> str:
    return next((s for s in signs if s in "+-"), "")


def sign_of(e: Estimate) -> str:
    """Of a point's interval: + or - shown, 0 not shown, = exactly nothing in every replication (the baseline itself)."""
    return "=" if e.low == e.high == 0.0 else "+" if e.low > 0.0 else "-" if e.high < 0.0 else "0"


def read_signs(signs: str, x: np.ndarray) -> tuple[str, tuple[tuple[float, float], ...], tuple[float, ...]]:
    """What a sign pattern allows one to say: (kind, spans in which the sign changes, points where more may hide)."""
    known = [(s, float(at)) for s, at in zip(signs, x, strict=True) if s in "+-"]
    spans = tuple((a, b) for (s, a), (t, b) in zip(known, known[1:], strict=False) if s != t)
    doubtful = tuple(float(at) for s, at in zip(signs, x, strict=True) if s == "0" and not any(a < at < b for a, b in spans))
    if spans:
        return ("one" if len(spans) == 1 else "several"), spans, doubtful
    return ("none" if known and not doubtful else "unclear"), spans, doubtful


def _bisect(at: Sample, a: float, b: float, rising: bool, tolerance: float) -> float:
    """Root of the mean curve between a and b, then the straight line between the last two points."""

    def height(x: float) -> float:
        return float(at(x).mean()) * (1.0 if rising else -1.0)

    while b - a > tolerance:
        middle = (a + b) / 2.0
        if height(middle) < 0.0:
            a = middle
        else:
            b = middle
    low, high = height(a), height(b)
    return a if high == low else a - low * (b - a) / (high - low)


def _interval(run: dict[float, np.ndarray], rising: bool, level: float) -> tuple[float, float]:
    """Percentiles of the roots of bootstrapped mean curves."""
    x = np.array(sorted(run))
    table = np.column_stack([run[v] for v in x])
    roots = roots_of(resampling(len(table)) @ table * (1.0 if rising else -1.0), x)
    tail = (1.0 - percentile_level(len(table), level)) / 2.0
    low, high = np.quantile(roots, [tail, 1.0 - tail], method="inverted_cdf")
    return float(low), float(high)


def roots_of(curves: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Where does each curve [draw, point] turn from negative to positive? -inf: positive from the start; inf: never.

    A curve that turns upward more than once gives the middle one of these turns.
    """
    up = (curves[:, :-1] < 0.0) & (curves[:, 1:] >= 0.0)
    turns = up.sum(axis=1)
    nth = np.cumsum(up, axis=1) == ((turns + 1) // 2)[:, None]
    at = np.argmax(up & nth, axis=1)
    rows = np.arange(len(curves))
    y0, y1 = curves[rows, at], curves[rows, at + 1]
    with np.errstate(invalid="ignore", divide="ignore"):
        inside = x[at] - y0 * (x[at + 1] - x[at]) / (y1 - y0)
    return np.where(turns > 0, inside, np.where(curves[:, 0] >= 0.0, -inf, inf))
