"""Two worlds on the same customers: the difference is that of theory, and has the sign that theory gives it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from tests.conftest import one_queue
from tests.theory.formulas import Impatient
from tests.theory.sampling import FALSE_ALARM

from channelsim.rules import state as S
from channelsim.scenario.queues import Duration
from channelsim.simulate import Window, simulate

WINDOW = Window(500.0, 4 * 10080.0, 0.0)
REPLICATIONS = 30
BASE = {"servers": 6, "rate": 2.2, "patience": 4.0}


def shares(servers: int, rate: float, patience: float, longer: float = 1.0) -> np.ndarray:
    """Share who hang up and share who wait, by replication; services of 3 minutes, times `longer`."""
    world = one_queue(servers, rate, Duration("exponential", 3.0 * longer), Duration("exponential", patience))
    tallies = [simulate(world, 21, r, WINDOW).tally.class_tally[0] for r in range(REPLICATIONS)]
    return np.array([[t[S.N_ABANDONED] / t[S.OFFERED], (t[S.N_WAITED] + t[S.N_ABANDONED]) / t[S.OFFERED]] for t in tallies])


def exact(servers: int, rate: float, patience: float) -> np.ndarray:
    theory = Impatient(servers, rate, 3.0, Duration("exponential", patience))
    return np.array([theory.abandons(), theory.waits()])


CHANGES = {
    "more staff": ({**BASE, "servers": 7}, (-1, -1)),
    "less demand": ({**BASE, "rate": 2.0}, (-1, -1)),
    "more patience": ({**BASE, "patience": 5.0}, (-1, 1)),  # fewer give up, and so more wait
}


def is_off(difference: np.ndarray, expected: np.ndarray) -> np.ndarray:
    error = difference.std(axis=0, ddof=1) / np.sqrt(REPLICATIONS)
    limit = stats.t.isf(FALSE_ALARM / 2.0 / expected.size, REPLICATIONS - 1)
    return np.abs(difference.mean(axis=0) - expected) > limit * error


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_moves_what_it_must(name: str) -> None:
    after, signs = CHANGES[name]
    expected = exact(**after) - exact(**BASE)
    assert tuple(np.sign(expected)) == signs
    difference = shares(**after) - shares(**BASE)
    assert not is_off(difference, expected).any()
    assert is_off(difference, np.zeros(2)).all()  # the sign is beyond doubt


@pytest.mark.parametrize("name", CHANGES)
def test_service_three_per_cent_longer_after_the_change_is_noticed(name: str) -> None:
    after, _ = CHANGES[name]
    assert is_off(shares(**after, longer=1.03) - shares(**BASE), exact(**after) - exact(**BASE)).any()
