"""What the proofs share: how often a promise is kept over many macro-replications, and errors to plant."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from channelsim.study.inference import intervals

LEVEL = 0.95
ALLOWED = 0.015  # issue 7: coverage within 95 +- 1.5 % over at least 2,000 macro-replications
FULL = 2000


def luck(seed: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(seed))


def kept(promise: Callable[[np.random.Generator], bool], macros: int, seed: int) -> float:
    """Share of macro-replications in which the promise is kept; printed, so that `pytest -s` gives the figures of a page."""
    rng = luck(seed)
    found = sum(bool(promise(rng)) for _ in range(macros)) / macros
    print(f"{promise.__module__.rpartition('.')[2]}.{promise.__qualname__}: {100.0 * found:.2f} % of {macros}")
    return found


def noise(macros: int) -> float:
    """Three standard errors of a share of 95 %: what a short version allows on top."""
    return 3.0 * float(np.sqrt(LEVEL * (1 - LEVEL) / macros))


def exact(found: float, macros: int) -> bool:
    """Is it 95 %, within what the issue (full) or chance (short) allows?"""
    return abs(found - LEVEL) <= (ALLOWED if macros >= FULL else max(ALLOWED, noise(macros)))


def at_least(found: float, macros: int, level: float = LEVEL) -> bool:
    """For promises that are kept with at least a stated probability."""
    return found >= level - (ALLOWED if macros >= FULL else max(ALLOWED, noise(macros)))


def halve_intervals(monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted error: every critical value is half of what it should be."""
    t, largest = stats.t.ppf, intervals.max_t
    monkeypatch.setattr(stats.t, "ppf", lambda *a, **k: t(*a, **k) / 2.0)
    monkeypatch.setattr(intervals, "max_t", lambda *a, **k: largest(*a, **k) / 2.0)


def shorten(monkeypatch: pytest.MonkeyPatch, to: float = 0.8) -> None:
    """The finer planted error: every critical value is a fifth too small, as if a spread were taken too low."""
    t, largest = stats.t.ppf, intervals.max_t
    monkeypatch.setattr(stats.t, "ppf", lambda *a, **k: t(*a, **k) * to)
    monkeypatch.setattr(intervals, "max_t", lambda *a, **k: largest(*a, **k) * to)


def together(rng: np.random.Generator, n: int, members: int, correlation: float = 0.5) -> np.ndarray:
    """[replication, member] standard normal, equally correlated: what paired differences look like."""
    common = rng.standard_normal((n, 1))
    return np.sqrt(correlation) * common + np.sqrt(1 - correlation) * rng.standard_normal((n, members))


def frame(table: np.ndarray, alternatives: int, outcomes: int) -> pd.DataFrame:
    """A table as differences: columns (alternative, outcome)."""
    columns = pd.MultiIndex.from_tuples([(f"plan {a}", f"outcome {o}") for a in range(alternatives) for o in range(outcomes)])
    return pd.DataFrame(table, columns=columns)


def runs(short: int, full: int = FULL) -> pytest.MarkDecorator:
    """Parametrise `macros`: a short version for every day, the full one for `make test-all`."""
    return pytest.mark.parametrize("macros", [short, pytest.param(full, marks=pytest.mark.long)])
