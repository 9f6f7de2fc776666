"""Do the intervals hold for the simulator's own differences? They are not normal: years of a small region, a few hundred matters each.

The truth is the mean of a large population of replications, of which studies of the usual size are drawn anew.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from channelsim.config.study import load_study
from channelsim.study.inference.intervals import pointwise, simultaneous
from channelsim.study.replicate import Replicator
from tests.conftest import ROOT
from tests.statistics.proof import FULL, at_least, exact, halve_intervals, kept

POPULATION = 400


@pytest.fixture(scope="module")
def population() -> np.ndarray:
    """[replication, strategy x outcome] paired differences of `experiments/tiny`."""
    study = load_study(ROOT / "experiments" / "tiny" / "study.yaml")
    runs = Replicator(study)
    frame = pd.concat([runs.run(r) for r in range(POPULATION)])
    kinds = [(c.plan.name, c.baseline.name) for c in study.contrasts if c.kind == "strategy"]
    wide = frame[frame["table"] == "contrast"].pivot_table(
        index="replication", columns=["alternative", "baseline", "measure"], values="value"
    )
    return np.column_stack([wide[*k, o].to_numpy() for k in kinds for o in study.primary_outcomes])


def family(rng: np.random.Generator, population: np.ndarray, n: int) -> bool:
    drawn = population[rng.integers(0, len(population), n)]
    return all(e.low <= m <= e.high for e, m in zip(simultaneous(drawn), population.mean(axis=0), strict=True))


@pytest.mark.long
@pytest.mark.parametrize("n", [20, 60])
def test_intervals_of_a_study_hold_together(population: np.ndarray, n: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert at_least(kept(lambda rng: family(rng, population, n), FULL, 95), FULL)
    halve_intervals(monkeypatch)
    assert not at_least(kept(lambda rng: family(rng, population, n), 300, 95), FULL)


@pytest.mark.long
def test_each_interval_of_a_study_covers(population: np.ndarray) -> None:
    for column, mean in zip(population.T, population.mean(axis=0), strict=True):

        def covers(rng: np.random.Generator, column: np.ndarray = column, mean: float = mean) -> bool:
            e = pointwise(column[rng.integers(0, len(column), 20)])
            return e.low <= mean <= e.high

        assert exact(kept(covers, FULL, 96), FULL)
