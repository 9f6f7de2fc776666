"""The verdict on an estimate beside a known value.

An exact value with tolerance T passes if |x - value| <= max(T, 3.3 se) and se <= T: a noisy estimate does not
pass by being noisy, it is *imprecise*. A published estimate with half-width h (s = h / 1.96) passes if
|x - value| <= 3.3 sqrt(se^2 + s^2) for each of its publications, and se <= 1.5 s of the first. A factor of 3.3
keeps the false alarms of a case of ten measures near 1 %.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot, inf, isfinite, nan, sqrt

import numpy as np

from channelsim.scenario.expected import Expected, Published

PASS, FAIL, IMPRECISE, NOT_EXPRESSIBLE, INFORMATION = "pass", "fail", "imprecise", "not expressible", "information"
FALSE_ALARM_SE = 3.3
NORMAL_95 = 1.96
LEAST_OBSERVATIONS = 30  # below that a standard error says little
COARSEST_PUBLISHED = 1.5  # standard errors of the publication


@dataclass(frozen=True, slots=True)
class Estimated:
    """A ratio of expectations with its standard error over n observations."""

    value: float
    standard_error: float
    n: int


def ratio(numerators: Sequence[np.ndarray], denominators: Sequence[np.ndarray]) -> Estimated:
    """Ratio of the sums over all batches, its standard error by the delta method.

    Parameters
    ----------
    numerators, denominators : sequences of arrays
        One array for each replication with a value for each batch.

    Notes
    -----
    Replications are independent. Batches of one steady replication may not be: with a positive correlation r of
    neighbours the error is widened by sqrt((1 + r) / (1 - r)).
    """
    top, bottom = np.concatenate(list(numerators)), np.concatenate(list(denominators))
    n, total = len(top), float(bottom.sum())
    if total <= 0.0:
        return Estimated(nan, inf, n)
    value = float(top.sum()) / total
    if n < 2:
        return Estimated(value, inf, n)
    residual = [a - value * b for a, b in zip(numerators, denominators, strict=True)]
    squares = float(sum((r * r).sum() for r in residual))
    error = sqrt(squares * n / (n - 1)) / total
    pairs = sum(len(r) - 1 for r in residual)
    if pairs >= n / 2 and squares > 0.0:
        neighbours = float(sum((r[1:] * r[:-1]).sum() for r in residual)) / pairs / (squares / n)
        r = min(max(0.0, neighbours), 0.99)
        error *= sqrt((1.0 + r) / (1.0 - r))
    return Estimated(value, error, n)


def largest_error(expected: Expected) -> float:
    """The largest standard error with which an estimate may pass."""
    if not expected.gated:
        return inf
    if expected.tolerance is not None:
        return expected.tolerance
    return COARSEST_PUBLISHED * expected.published[0].half_width / NORMAL_95


def verdict(expected: Expected, found: Estimated) -> str:
    """Pass, fail, imprecise, or information where the file says that the value is not gated."""
    if not expected.gated:
        return INFORMATION
    if found.n < LEAST_OBSERVATIONS or not isfinite(found.value) or not found.standard_error <= largest_error(expected):
        return IMPRECISE
    if expected.tolerance is not None:
        near = abs(found.value - expected.value) <= max(expected.tolerance, FALSE_ALARM_SE * found.standard_error)
    else:
        near = all(_agrees(p, found) for p in expected.published)
    return PASS if near else FAIL


def _agrees(published: Published, found: Estimated) -> bool:
    together = hypot(found.standard_error, published.half_width / NORMAL_95)
    return abs(found.value - published.value) <= FALSE_ALARM_SE * together
