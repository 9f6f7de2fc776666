"""Regret over futures: known answers, intervals that hold, no choice where there is none to make."""

from __future__ import annotations

import numpy as np
import pytest

from channelsim.study.inference.regrets import regret
from tests.statistics.proof import FULL, at_least, halve_intervals, kept, luck, runs, together

PLANS, FUTURES = ("six", "three", "one"), ("today", "crisis", "web")
MEANS = np.array([[10.0, 0.0, 4.0], [8.0, 6.0, 6.0], [2.0, 9.0, 9.0]])
REGRETS = np.array([[0.0, 9.0, 5.0], [2.0, 3.0, 3.0], [8.0, 0.0, 0.0]])


def values(rng: np.random.Generator, noise: float, n: int = 30, means: np.ndarray = MEANS) -> np.ndarray:
    return means + noise * together(rng, n, means.size, 0.7).reshape(n, *means.shape)


def test_known_regrets() -> None:
    found = regret(values(luck(81), 1e-6), PLANS, FUTURES, "higher", "freed time", "h/week")
    assert found.mean == pytest.approx(REGRETS, abs=1e-4)
    assert found.robust == ("three",)
    assert str(found).startswith(
        "three is the robust choice: it loses at most 3.00 h/week (3.00 to 3.00) of freed time against the best, in "
    )
    assert list(found.table()["largest"]) == pytest.approx([3.0, 8.0, 9.0], abs=1e-4)
    lower = regret(-values(luck(81), 1e-6), PLANS, FUTURES, "lower")
    assert lower.mean == pytest.approx(REGRETS, abs=1e-4)


def test_not_settled() -> None:
    found = regret(values(luck(82), 12.0), PLANS, FUTURES, "higher")
    assert len(found.robust) > 1 and str(found).startswith("cannot tell which of ")


def holds(rng: np.random.Generator, means: np.ndarray) -> bool:
    found = regret(values(rng, 2.0, 30, means), PLANS, FUTURES, "higher")
    truth = means.max(axis=0) - means
    inside = ((found.low <= truth + 1e-12) & (truth <= found.high + 1e-12)).all()
    best = PLANS[int(truth.max(axis=1).argmin())]
    return bool(inside and best in found.robust)


@runs(400)
@pytest.mark.parametrize("means", [MEANS, np.zeros((3, 3))])
def test_regrets_hold_together(means: np.ndarray, macros: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert at_least(kept(lambda rng: holds(rng, means), macros, 83), macros)
    halve_intervals(monkeypatch)
    assert not at_least(kept(lambda rng: holds(rng, means), 200, 83), FULL)
