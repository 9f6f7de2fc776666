"""Effects of a known factorial, shares that add up, intervals that cover."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from channelsim.study.inference.attribute import effects, largest, shapley
from tests.statistics.proof import FULL, at_least, halve_intervals, kept, luck, runs

LEVELS = {"strategy": ("today", "web", "triage"), "model": ("m6", "m3"), "staff": ("all", "cut")}
BASE = {"strategy": "today", "model": "m6", "staff": "all"}
PLAN = {"strategy": "web", "model": "m3", "staff": "cut"}
MAIN = {"web": 5.0, "triage": 8.0, "m3": 2.0, "cut": -3.0}


def truth(strategy: str, model: str, staff: str) -> float:
    both = 4.0 if (strategy, model) == ("web", "m3") else 0.0
    return 100.0 + sum(MAIN.get(x, 0.0) for x in (strategy, model, staff)) + both


def cells(rng: np.random.Generator, n: int = 30, noise: float = 1.0) -> pd.DataFrame:
    """All combinations on common luck."""
    columns = list(product(*LEVELS.values()))
    common = 20.0 * rng.standard_normal((n, 1))
    table = np.array([truth(*c) for c in columns]) + common + noise * rng.standard_normal((n, len(columns)))
    return pd.DataFrame(table, columns=pd.MultiIndex.from_tuples(columns, names=list(LEVELS)))


def test_effects_of_a_mixed_level_factorial() -> None:
    found = effects(cells(luck(51), noise=1e-9), BASE, "freed time", "h/week")
    assert found.of(staff="cut").estimate.mean == pytest.approx(-3.0)
    assert found.of(strategy="triage").estimate.mean == pytest.approx(8.0)
    assert found.of(strategy="web").estimate.mean == pytest.approx(5.0 + 4.0 / 2)  # averaged over the models
    assert found.of(strategy="web", model="m3").estimate.mean == pytest.approx(4.0)
    assert found.of(strategy="triage", model="m3").estimate.mean == pytest.approx(0.0, abs=1e-6)
    assert len(found.members) == 4 + (2 + 2 + 1)
    assert len(effects(cells(luck(51)), BASE, order=3).members) == 4 + 5 + 2


def test_effects_are_those_of_regression_in_a_two_level_design() -> None:
    """Oracle: least squares in -1/+1 coding; our main effect is twice its coefficient, our interaction four times."""
    y = cells(luck(52)).loc[:, (["today", "web"], slice(None), slice(None))]
    found = effects(y, BASE)
    code = np.array([[1 if level == PLAN[f] else -1 for f, level in zip(LEVELS, c, strict=True)] for c in y.columns])
    design = np.column_stack(
        [np.ones(8), code, code[:, 0] * code[:, 1], code[:, 0] * code[:, 2], code[:, 1] * code[:, 2], code.prod(axis=1)]
    )
    b = np.linalg.lstsq(design, y.mean().to_numpy(), rcond=None)[0]
    assert found.of(strategy="web").estimate.mean == pytest.approx(2 * b[1])
    assert found.of(model="m3", staff="cut").estimate.mean == pytest.approx(4 * b[6])


def test_shares_add_up_in_total_and_in_each_replication() -> None:
    y = cells(luck(53))
    found = shapley(y, BASE, PLAN, "freed time", "h/week")
    assert sum(e.mean for e in found.shares.values()) == pytest.approx(found.total.mean, rel=1e-12)
    one = shapley(pd.concat([y.iloc[[7]]] * 2), BASE, PLAN)
    assert sum(e.mean for e in one.shares.values()) == pytest.approx(one.total.mean, rel=1e-12)
    exact = shapley(cells(luck(53), noise=1e-9), BASE, PLAN)
    assert [exact.shares[f].mean for f in LEVELS] == pytest.approx([5.0 + 2.0, 2.0 + 2.0, -3.0])  # the interaction is halved


def test_a_factor_that_stays_gets_no_share_and_a_plan_needs_its_cells() -> None:
    y = cells(luck(54))
    assert set(shapley(y, BASE, PLAN | {"staff": "all"}).shares) == {"strategy", "model"}
    with pytest.raises(ValueError, match="every combination of base and plan"):
        shapley(y.drop(columns=[("web", "m6", "cut")]), BASE, PLAN)
    with pytest.raises(ValueError, match="a full factorial has 12 different cells, here are 11"):
        effects(y.drop(columns=[("web", "m6", "cut")]), BASE)
    with pytest.raises(ValueError, match="base level 'none' is not among"):
        effects(y, BASE | {"staff": "none"})


def effects_cover(rng: np.random.Generator) -> bool:
    found = effects(cells(rng, 12), BASE)
    exact = {"strategy": 7.0, "model": 2.0 + 4.0 / 3, "staff": -3.0}
    return all(
        e.estimate.low <= exact[e.setting[0][0]] <= e.estimate.high for e in found.members if len(e.setting) == 1 and "triage" not in e.name
    )


def shares_cover(rng: np.random.Generator) -> bool:
    found = shapley(cells(rng, 12), BASE, PLAN)
    exact = dict(zip(LEVELS, (7.0, 4.0, -3.0), strict=True))
    return found.total.low <= 8.0 <= found.total.high and all(e.low <= exact[f] <= e.high for f, e in found.shares.items())


@runs(300)
def test_intervals_cover(macros: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert at_least(kept(effects_cover, macros, 55), macros)
    assert at_least(kept(shares_cover, macros, 56), macros)
    halve_intervals(monkeypatch)
    assert not at_least(kept(shares_cover, 100, 56), FULL)


def test_pairing_is_used() -> None:
    """The common luck of 20 h cancels: half-widths are those of the noise of 1 h."""
    share = shapley(cells(luck(57)), BASE, PLAN).shares["staff"]
    assert share.half_width < stats.t.ppf(0.9999, 29) * 2.0 / np.sqrt(30)


def test_words() -> None:
    found = effects(cells(luck(58)), BASE, "freed time", "h/week")
    assert "strategy = web x model = m3: +" in str(found) and "all intervals hold together" in str(found)
    assert largest(found).startswith("strategy = triage changes freed time most: +")
    said = str(shapley(cells(luck(58)), BASE, PLAN, "freed time", "h/week"))
    assert said.startswith("freed time: all factors together +") and "against the total" in said and "% of it" in said
