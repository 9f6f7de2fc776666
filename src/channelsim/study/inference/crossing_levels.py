"""A break-even from runs at given levels of a factor, where no others can be run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import nan

import numpy as np

from channelsim.study.inference.crossing import BreakEven, curve_interval, first_sign, line_root, read_signs, sign_of
from channelsim.study.inference.intervals import LEVEL, simultaneous, with_unit


def break_even_at(
    x: np.ndarray, values: np.ndarray, factor: str = "factor", unit: str = "", outcome: str = "outcome", outcome_unit: str = "",
    level: float = LEVEL,
) -> BreakEven:  # fmt: skip
    """At what value of the factor does the mean outcome cross zero, as far as the levels that were run can tell?

    Parameters
    ----------
    x : ndarray, shape (levels,)
        Rising.
    values : ndarray, shape (replications, levels)
        Outcome, the same luck at every level.

    Raises
    ------
    ValueError
        Fewer than three levels or two replications, levels that do not rise, or values that are not numbers.

    Notes
    -----
    As `break_even`, without bisection: the mean curve is taken as straight between neighbouring levels, so that what it
    bends between them is not in the interval. Crossings between levels of the same sign are not seen.
    """
    if len(x) < 3 or (np.diff(x) <= 0.0).any():
        raise ValueError(f"{len(x)} levels of {factor}: at least three that rise are needed")
    if len(values) < 2 or not np.isfinite(values).all():
        raise ValueError("numbers of at least two replications are needed")
    family = simultaneous(values, level)
    signs = "".join(map(sign_of, family))
    kind, brackets, doubtful = read_signs(signs, x)
    curve = tuple((float(at), with_unit(e, outcome_unit)) for at, e in zip(x, family, strict=True))
    found = BreakEven(factor, unit, outcome, kind, signs, nan, nan, nan, brackets, doubtful, curve, level)
    return refined(found, x, values) if kind == "one" else found


def refined(found: BreakEven, x: np.ndarray, values: np.ndarray) -> BreakEven:
    """The same crossing with its root and interval from more points; signs stay those of the points that were run first.

    Parameters
    ----------
    found : BreakEven
        Of kind "one".
    x, values : ndarray
        As for `break_even_at`, the first points among them.
    """
    (a, b), rising = found.brackets[0], first_sign(found.signs) == "-"
    inside = (x >= a) & (x <= b)
    root = line_root(values.mean(axis=0)[inside] * (1.0 if rising else -1.0), x[inside])
    low, high = curve_interval(values, x, rising, found.level)
    return replace(found, root=root, low=min(low, root), high=max(high, root))


def halved(found: BreakEven, curve: dict[float, np.ndarray], sample: Callable[[float], np.ndarray], times: int) -> BreakEven:
    """The same crossing with its root closer: further points by halves between those next to it.

    Parameters
    ----------
    found : BreakEven
        Of kind "one".
    curve : dict
        x -> outcome [replication] of the points that were run; further ones are put in.
    sample : callable
        x -> outcome [replication], the same replications.
    times : int
        Further points at most.
    """
    for _ in range(times):
        below, above = max(x for x in curve if x <= found.root), min(x for x in curve if x >= found.root)
        middle = float(f"{(below + above) / 2.0:.12g}")  # a level that a reader can write
        if middle in curve:
            break
        curve[middle] = sample(middle)
        x = np.array(sorted(curve))
        found = refined(found, x, np.column_stack([curve[v] for v in x]))
    return found
