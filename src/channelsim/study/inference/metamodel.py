"""Where direct Sobol indices are too dear: a polynomial through some hundred runs, and rank correlations.

A polynomial chaos of degree two costs as many runs as two to three times its terms, not (inputs + 2) x 1,024. It says
itself how far to trust it: `explained` is what it predicts of runs that it has not seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy import stats

from channelsim.study.inference.indices import Sensitivity
from channelsim.study.inference.intervals import LEVEL, SEED, Estimate
from channelsim.study.inference.words import share

ENOUGH = 0.9
DRAWS = 2000


@dataclass(frozen=True)
class Metamodel:
    """Sensitivity read off a fitted polynomial.

    Parameters
    ----------
    sensitivity : Sensitivity
    explained : float
        Q^2: share of the variance of left-out runs that the polynomial predicts.
    """

    sensitivity: Sensitivity
    explained: float

    @property
    def trusted(self) -> bool:
        return self.explained >= ENOUGH

    def __str__(self) -> str:
        fit = f"the polynomial predicts {share(max(0.0, self.explained))} of the variance of runs it has not seen"
        return f"{self.sensitivity}\n{fit}" + ("" if self.trusted else ": too little to rely on; use direct Sobol indices")


def polynomial(
    points: np.ndarray, values: np.ndarray, names: Sequence[str], outcome: str = "outcome", unit: str = "", level: float = LEVEL
) -> Metamodel:
    """Sobol indices from a polynomial chaos of degree two.

    Parameters
    ----------
    points : ndarray, shape (point, input)
        In the unit cube, independent and evenly spread (`study.sampling.latin_hypercube`).
    values : ndarray, shape (points,) or (points, replications)
        Outcome; replications share their luck between points and are averaged.

    Notes
    -----
    Sudret (2008), Reliability Engineering & System Safety 93:964: in orthonormal Legendre polynomials the indices are sums of
    squared coefficients. Products of two inputs enter if there are three runs to each term. From each square the variance of
    its coefficient is taken, so that noise counts as none. Q^2 from leave-one-out residuals. Intervals: indices of
    coefficients drawn within their errors, robust to lack of fit (HC3: MacKinnon & White 1985).
    """
    y = values.mean(axis=1) if values.ndim == 2 else np.asarray(values, dtype=float)
    n, k = points.shape
    pairs = list(combinations(range(k), 2))
    if n < 3 * (1 + 2 * k + len(pairs)):
        pairs = []
    if n < 2 * (1 + 2 * k):
        raise ValueError(f"{n} runs for {k} inputs: at least {2 * (1 + 2 * k)} are needed")
    basis = _basis(points, pairs)
    inverse = np.linalg.inv(basis.T @ basis)
    coefficients = inverse @ basis.T @ y
    left_out = (y - basis @ coefficients) / (1.0 - np.einsum("ij,jk,ik->i", basis, inverse, basis))
    error = inverse @ (basis.T * left_out**2) @ basis @ inverse
    squares = np.maximum(0.0, coefficients**2 - np.diag(error))[1:]
    first, total = _indices(squares[None], k, pairs)[:, 0]
    drawn = coefficients + _draws(error, n - basis.shape[1])
    spread = _indices(np.maximum(0.0, drawn**2 - 2.0 * np.diag(error))[:, 1:], k, pairs)
    ends = np.quantile(spread, [(1.0 - level) / 2.0, (1.0 + level) / 2.0], axis=1)

    def estimates(at: np.ndarray, which: int) -> dict[str, Estimate]:
        return {
            x: Estimate(float(at[i]), float(ends[0, which, i]), float(ends[1, which, i]), n, False, "", level) for i, x in enumerate(names)
        }

    kind = "with products" if pairs else "without products of inputs"
    found = Sensitivity(
        outcome, unit, estimates(first, 0), estimates(total, 1), float(squares.sum()), f"polynomial of degree two {kind}, {n} runs"
    )
    return Metamodel(found, float(1.0 - (left_out**2).sum() / ((y - y.mean()) ** 2).sum()))


def _basis(u: np.ndarray, pairs: list[tuple[int, int]]) -> np.ndarray:
    """Orthonormal on the unit cube: 1, all linear, all quadratic, then products of two linear."""
    linear, quadratic = np.sqrt(3.0) * (2.0 * u - 1.0), np.sqrt(5.0) * (6.0 * u * (u - 1.0) + 1.0)
    products = [linear[:, i] * linear[:, j] for i, j in pairs]
    return np.column_stack([np.ones(len(u)), linear, quadratic, *products])


def _draws(error: np.ndarray, df: int) -> np.ndarray:
    """[draw, coefficient] errors of the coefficients, as Student's t around zero with this covariance."""
    rng = np.random.Generator(np.random.PCG64(SEED))
    values, vectors = np.linalg.eigh(error)
    normal = rng.standard_normal((DRAWS, len(error))) * np.sqrt(np.maximum(values, 0.0)) @ vectors.T
    return np.asarray(normal * np.sqrt(df / rng.chisquare(df, (DRAWS, 1))))


def _indices(squares: np.ndarray, k: int, pairs: list[tuple[int, int]]) -> np.ndarray:
    """[first or total, draw, input] shares of the sum of squared coefficients [draw, coefficient without the constant]."""
    alone = squares[:, :k] + squares[:, k : 2 * k]
    total = alone.copy()
    for (i, j), part in zip(pairs, squares[:, 2 * k :].T, strict=True):
        total[:, i] += part
        total[:, j] += part
    return np.asarray(np.stack([alone, total]) / np.maximum(squares.sum(axis=1), 1e-300)[:, None])


def rank_correlation(points: np.ndarray, values: np.ndarray, names: Sequence[str], level: float = LEVEL) -> dict[str, Estimate]:
    """Does the outcome rise or fall with each input, the others held: partial rank correlation, -1 to 1.

    Notes
    -----
    Iman & Conover (1979); for outcomes that are monotone in each input. Interval by Fisher's z with n - k - 2 in place of n - 3.
    """
    y = values.mean(axis=1) if values.ndim == 2 else values
    n, k = points.shape
    inverse = np.linalg.inv(np.corrcoef(np.column_stack([stats.rankdata(points, axis=0), stats.rankdata(y)]), rowvar=False))
    r = -inverse[:k, k] / np.sqrt(np.diag(inverse)[:k] * inverse[k, k])
    half = stats.norm.ppf(0.5 + level / 2.0) / np.sqrt(n - k - 2)
    z = np.arctanh(np.clip(r, -1 + 1e-12, 1 - 1e-12))
    return {
        x: Estimate(float(r[i]), float(np.tanh(z[i] - half)), float(np.tanh(z[i] + half)), n, False, "", level) for i, x in enumerate(names)
    }
