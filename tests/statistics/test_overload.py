"""The overload test of decisions 13: how often it is said of a pool that just keeps up, and of one that does not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from channelsim.study.estimate import overloaded
from tests.statistics.proof import kept, runs

CAPACITY, LIMIT, N = 60_000.0, 600.0, 8  # minutes in a window; 1 % of them; replications


def said(rng: np.random.Generator, growth: float) -> bool:
    """Is it said of a pool whose owed work grows by `growth` minutes on average?"""
    start = rng.uniform(0.0, 5000.0, N)
    ends = start + growth + 400.0 * rng.standard_normal(N)
    columns = {"paid": np.full(N, CAPACITY + 100.0), "other duties": np.full(N, 100.0), "owed at start": start, "owed at end": ends}
    rows = [(r, "advice", name, float(v)) for name, values in columns.items() for r, v in enumerate(values)]
    return "advice" in overloaded(pd.DataFrame(rows, columns=["replication", "item", "measure", "value"]))


@runs(300)
def test_overload_is_said_falsely_in_one_of_twenty(macros: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert kept(lambda rng: said(rng, LIMIT), macros, 91) == pytest.approx(0.05, abs=0.015 if macros >= 2000 else 0.038)
    assert kept(lambda rng: said(rng, 0.0), 200, 92) == 0.0 and kept(lambda rng: said(rng, 2.0 * LIMIT), 200, 92) > 0.95
    true = stats.t.ppf
    monkeypatch.setattr(stats.t, "ppf", lambda *a: 0.5 * true(*a))
    assert kept(lambda rng: said(rng, LIMIT), 300, 91) > 0.1
