"""Functions whose sensitivity is known exactly, on the unit cube, and the points at which they are run."""

from __future__ import annotations

import numpy as np
from scipy.stats import qmc

from channelsim.study import sampling
from channelsim.study.inference.uncertain import array_of

A, B = 7.0, 0.1
WEIGHTS = np.array([0.0, 1.0, 4.5, 9.0, 99.0, 99.0])


def ishigami(u: np.ndarray) -> np.ndarray:
    """Ishigami & Homma (1990), inputs uniform on -pi to pi."""
    x = np.pi * (2.0 * u - 1.0)
    return np.sin(x[:, 0]) + A * np.sin(x[:, 1]) ** 2 + B * x[:, 2] ** 4 * np.sin(x[:, 0])


def ishigami_indices() -> tuple[np.ndarray, np.ndarray, float]:
    """(first, total, variance)."""
    one = 0.5 * (1.0 + B * np.pi**4 / 5.0) ** 2
    two = A**2 / 8.0
    both = 8.0 * B**2 * np.pi**8 / 225.0
    v = one + two + both
    return np.array([one, two, 0.0]) / v, np.array([one + both, two, both]) / v, v


def g_function(u: np.ndarray) -> np.ndarray:
    """Sobol's g (Saltelli & Sobol 1995): the smaller the weight the more an input matters."""
    k = u.shape[1]
    return np.prod((np.abs(4.0 * u - 2.0) + WEIGHTS[:k]) / (1.0 + WEIGHTS[:k]), axis=1)


def g_indices(k: int) -> tuple[np.ndarray, np.ndarray, float]:
    """(first, total, variance)."""
    part = 1.0 / (3.0 * (1.0 + WEIGHTS[:k]) ** 2)
    whole = np.prod(1.0 + part) - 1.0
    return part / whole, part * np.prod(1.0 + part) / (1.0 + part) / whole, float(whole)


def _unit(inputs: int) -> dict[str, tuple[float, float]]:
    return {f"x{i}": (0.0, 1.0) for i in range(inputs)}


def morris_design(inputs: int, paths: int, seed: int = 0) -> np.ndarray:
    return array_of(sampling.morris(_unit(inputs), paths, seed))


def latin_hypercube(points: int, inputs: int, seed: int = 0) -> np.ndarray:
    return array_of(sampling.latin_hypercube(_unit(inputs), points, seed))


def sobol_design(inputs: int, n: int, seed: int = 0, quasi: bool = True) -> np.ndarray:
    """Saltelli's points as `study.sampling.sobol_indices` has them; not `quasi`: from independent ones, for which the bootstrap is made."""
    both = qmc.Sobol(2 * inputs, rng=seed).random(n) if quasi else np.random.default_rng(seed).random((n, 2 * inputs))
    a, b = both[:, :inputs], both[:, inputs:]
    return np.concatenate([a, b, *(np.where(np.arange(inputs) == i, b, a) for i in range(inputs))])
