"""What is not known of the inputs: their distribution, screening, Sobol indices, the spread split, what turns the verdict."""

from __future__ import annotations

import numpy as np
import pytest
from SALib.analyze import morris as salib_morris
from SALib.analyze import sobol as salib_sobol
from scipy import stats

from channelsim.study import sampling
from channelsim.study.inference import indices as sobol_module
from channelsim.study.inference import metamodel
from channelsim.study.inference import variance as spread_module
from channelsim.study.inference.indices import measure_next, sobol
from channelsim.study.inference.metamodel import polynomial, rank_correlation
from channelsim.study.inference.one_at_a_time import flips, tornado
from channelsim.study.inference.screening import morris
from channelsim.study.inference.uncertain import UncertainInput, array_of, values_at
from channelsim.study.inference.variance import spread
from tests.statistics.functions import g_function, g_indices, ishigami, ishigami_indices, latin_hypercube, morris_design, sobol_design
from tests.statistics.proof import FULL, at_least, exact, halve_intervals, kept, luck, runs

XYZ = ("x", "y", "z")


# --- distribution -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("low", "base", "high"), [(1.0, 2.0, 9.0), (0.1, 1.0, 1.2), (0.0, 0.0, 0.15), (5.0, 7.0, 7.0), (-3.0, -1.0, 2.0)])
def test_low_and_high_are_the_5_and_95_per_cent_points(low: float, base: float, high: float) -> None:
    x = UncertainInput("share", low, base, high)
    drawn = x.quantile((np.arange(200_000) + 0.5) / 200_000)
    assert (np.diff(drawn) >= 0).all()
    if low < base:
        assert x.quantile(0.05) == pytest.approx(low, abs=1e-12) and (drawn < low).mean() == pytest.approx(0.05, abs=1e-4)
    if base < high:
        assert x.quantile(0.95) == pytest.approx(high, abs=1e-12) and (drawn > high).mean() == pytest.approx(0.05, abs=1e-4)
    assert x.quantile(0.5) == base  # median and most likely value
    if low < base < high:
        counts, edges = np.histogram(drawn, 40)
        peak = counts.argmax()
        assert edges[peak] - 1e-9 <= base <= edges[peak + 1] + 1e-9 or abs(edges[peak] - base) < 2 * (edges[1] - edges[0])


def test_limits_cut_the_tail_and_keep_the_points() -> None:
    x = UncertainInput("completion", 0.1, 0.9, 0.98, "", 0.0, 1.0)
    drawn = x.quantile(np.linspace(0, 1, 1001))
    assert drawn.min() == 0.0 and drawn.max() == 1.0 and x.quantile(0.05) == pytest.approx(0.1)
    with pytest.raises(ValueError, match="completion: low, base, high must rise within the limits"):
        UncertainInput("completion", 0.1, 0.9, 0.8)
    with pytest.raises(ValueError, match="within the limits"):
        UncertainInput("completion", 0.1, 0.9, 1.2, "", 0.0, 1.0)


def test_values_at_points() -> None:
    inputs = [UncertainInput("a", 1, 2, 3), UncertainInput("b", 0, 0, 1), UncertainInput("c", 4, 4, 4)]
    u = latin_hypercube(100, 3)
    assert (np.sort(np.floor(u[:, 1] * 100)) == np.arange(100)).all()
    values = values_at(u, inputs)
    assert values.shape == (100, 3) and (values[:, 2] == 4).all() and (values[:, 1] >= 0).all()


# --- screening ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("function", "k"), [(ishigami, 3), (g_function, 6)])
def test_morris_is_salibs(function, k: int) -> None:
    points = morris_design(k, 30, seed=5)
    names = [f"x{i}" for i in range(k)]
    found = morris(points, function(points), names)
    problem = {"num_vars": k, "names": names, "bounds": [[0.0, 1.0]] * k}
    peer = salib_morris.analyze(problem, points, function(points), num_levels=4, seed=1)
    assert [found.direction[x] for x in names] == pytest.approx(list(peer["mu"]))
    assert [found.strength[x].mean for x in names] == pytest.approx(list(peer["mu_star"]))
    assert [found.bend[x] for x in names] == pytest.approx(list(peer["sigma"]))


def test_morris_design_takes_one_step_at_a_time_on_the_grid() -> None:
    points = morris_design(7, 400, seed=6).reshape(400, 8, 7)
    assert np.isin(np.round(points * 3, 9), [0, 1, 2, 3]).all()
    moved = np.abs(np.diff(points, axis=1)) > 1e-9
    assert (moved.sum(axis=2) == 1).all() and (moved.sum(axis=1) == 1).all()
    assert np.isclose(points, 1.0).mean() == pytest.approx(0.25, abs=0.03)


def test_morris_ranks_the_g_function_and_finds_what_does_nothing() -> None:
    points = morris_design(6, 40, seed=7)
    found = morris(points, g_function(points), [f"x{i}" for i in range(6)], "freed time", "h/week")
    assert found.ranked[:4] == ("x0", "x1", "x2", "x3") and set(found.negligible) == {"x4", "x5"}
    assert "may stay at base: x4 and x5" in str(found).replace("x5 and x4", "x4 and x5")
    assert found.bend["x0"] > 0.5 * found.strength["x0"].mean  # the g-function interacts
    line = morris(morris_design(2, 10), 3.0 * morris_design(2, 10)[:, 0] - morris_design(2, 10)[:, 1], ("a", "b"))
    assert line.direction == pytest.approx({"a": 3.0, "b": -1.0}) and line.bend == pytest.approx({"a": 0.0, "b": 0.0}, abs=1e-9)


def mu_star_covers(rng: np.random.Generator) -> bool:
    points = morris_design(3, 20, int(rng.integers(2**31)))
    e = morris(points, mild(points), XYZ).strength["x"]
    return e.low <= MILD_MU_STAR <= e.high


def mild(u: np.ndarray) -> np.ndarray:
    """mu* of x by hand: effect 4 + 6 y with y at its place after or before its step, evenly on the grid: mean 7."""
    return 4.0 * u[:, 0] + 6.0 * u[:, 0] * u[:, 1] + u[:, 2]


MILD_MU_STAR = 7.0


@runs(500)
def test_interval_of_mu_star_covers(macros: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert exact(kept(mu_star_covers, macros, 71), macros)
    halve_intervals(monkeypatch)
    assert not exact(kept(mu_star_covers, 300, 71), FULL)


# --- Sobol --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("function", "exact_indices", "k"), [(ishigami, ishigami_indices(), 3), (g_function, g_indices(6), 6)])
def test_sobol_on_known_functions_and_against_salib(function, exact_indices, k: int) -> None:
    first, total, variance = exact_indices
    n, names = 4096, [f"x{i}" for i in range(k)]
    points = sobol_design(k, n, seed=8)
    y = function(points)
    found = sobol(y, names)
    assert [found.first[x].mean for x in names] == pytest.approx(first, abs=0.03)
    assert [found.total[x].mean for x in names] == pytest.approx(total, abs=0.03)
    assert found.variance == pytest.approx(variance, rel=0.05)
    assert all(found.first[x].low - 1e-9 <= f <= found.first[x].high + 1e-9 for x, f in zip(names, first, strict=True))
    a, b, mixed = y[:n], y[n : 2 * n], y[2 * n :].reshape(k, n)
    salib_order = np.column_stack([a, *mixed, b]).ravel()
    problem = {"num_vars": k, "names": names, "bounds": [[0.0, 1.0]] * k}
    peer = salib_sobol.analyze(problem, salib_order, calc_second_order=False, num_resamples=10, seed=1)
    assert [found.first[x].mean for x in names] == pytest.approx(list(peer["S1"]), abs=0.01)
    assert [found.total[x].mean for x in names] == pytest.approx(list(peer["ST"]), abs=0.01)


def test_sobol_is_scipys_and_takes_any_number_of_base_points() -> None:
    """SciPy takes powers of two alone; base points whose runs stop leave fewer."""
    y = ishigami(sobol_design(3, 256, seed=3))
    at = {"f_A": y[None, :256], "f_B": y[None, 256:512], "f_AB": y[512:].reshape(3, 1, 256)}
    peer = stats.sobol_indices(func=at, n=256)
    found = sobol(y, XYZ)
    assert [found.first[x].mean for x in XYZ] == pytest.approx(list(np.ravel(peer.first_order)), abs=1e-12)
    assert [found.total[x].mean for x in XYZ] == pytest.approx(list(np.ravel(peer.total_order)), abs=1e-12)
    fewer = sobol(np.delete(y.reshape(5, 256), [3, 77], axis=1).ravel(), XYZ)
    assert [fewer.total[x].mean for x in XYZ] == pytest.approx([found.total[x].mean for x in XYZ], abs=0.03)


def sobol_coverage(macros: int, quasi: bool, function=ishigami, exact_indices=None, n: int = 512) -> tuple[float, float]:
    """(first-order, total) share of intervals that cover, over all inputs that matter."""
    first, total, _ = exact_indices or ishigami_indices()
    rng, k = luck(72), len(first)
    names, hits = [f"x{i}" for i in range(k)], np.zeros((2, k))
    for _ in range(macros):
        found = sobol(function(sobol_design(k, n, int(rng.integers(2**31)), quasi)), names)
        hits[0] += [found.first[x].low <= f <= found.first[x].high for x, f in zip(names, first, strict=True)]
        hits[1] += [found.total[x].low <= f <= found.total[x].high for x, f in zip(names, total, strict=True)]
    return float(hits[0].mean() / macros), float(hits[1].mean() / macros)


@runs(150)
def test_intervals_of_sobol_indices_cover(macros: int) -> None:
    """Independent points: 95 %. Sobol points: more, their errors are smaller than the bootstrap believes."""
    assert all(exact(c, macros) for c in sobol_coverage(macros, quasi=False))
    assert all(at_least(c, macros) for c in sobol_coverage(macros, quasi=True))


def test_half_an_interval_of_an_index_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    true = np.quantile
    monkeypatch.setattr(sobol_module.np, "quantile", lambda x, q, axis=0: true(x, [0.165, 0.835], axis=axis))
    assert not any(at_least(c, 150) for c in sobol_coverage(150, quasi=False))


def test_the_points_are_those_of_a_study() -> None:
    between = {"x": (0.0, 1.0), "y": (0.0, 1.0)}
    assert (array_of(sampling.sobol_indices(between, 8, 5)) == sobol_design(2, 8, 5)).all()


def test_what_to_measure_next() -> None:
    """A sum of independent parts: knowing a part takes exactly its variance away."""
    sds = np.array([3.0, 1.0, 2.0])
    u = sobol_design(3, 1024, seed=9)
    found = sobol(stats.norm.ppf(np.clip(u, 1e-9, 1 - 1e-9)) @ sds, XYZ, "freed time", "h/week")
    best = measure_next(found)
    assert [m.name for m in best] == ["x", "z", "y"]
    assert best[0].sd_after == pytest.approx(np.sqrt(5.0), rel=0.03) and best[0].variance_gone == pytest.approx(9.0, rel=0.05)
    assert str(best[0]).startswith("measuring x is expected to cut the standard deviation from 3.7")
    assert found.interactions < 0.02 and "x: alone 6" in str(found)


SDS = np.array([3.0, 1.0, 2.0])


def reduction_covers(rng: np.random.Generator) -> bool:
    """Of x, which makes 9/14 of the variance: what its measurement is expected to take away."""
    u = sobol_design(3, 256, int(rng.integers(2**31)), quasi=False)
    best = {m.name: m.first for m in measure_next(sobol(stats.norm.ppf(u) @ SDS, XYZ))}["x"]
    return best.low <= 9 / 14 <= best.high


@runs(200)
def test_expected_reduction_covers(macros: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert exact(kept(reduction_covers, macros, 80), macros)
    true = np.quantile
    monkeypatch.setattr(sobol_module.np, "quantile", lambda x, q, axis=0: true(x, [0.165, 0.835], axis=axis))
    assert not exact(kept(reduction_covers, 200, 80), FULL)


def test_designs_and_values_that_do_not_fit() -> None:
    with pytest.raises(ValueError, match="one input moves"):
        morris(latin_hypercube(4, 3), np.zeros(4), XYZ)
    with pytest.raises(ValueError, match="must be finite, and"):
        sobol(np.zeros(11), XYZ)
    with pytest.raises(ValueError, match="does not vary"):
        sobol(np.ones(40), XYZ)


# --- where Sobol is too dear --------------------------------------------------------------------------------------


def smooth(u: np.ndarray) -> np.ndarray:
    """Polynomial of degree two: the metamodel is exact. Variances 9, 1 and .25 of x, y and x y (orthonormal)."""
    x, y = np.sqrt(3) * (2 * u[:, 0] - 1), np.sqrt(3) * (2 * u[:, 1] - 1)
    return 3.0 * x + y + 0.5 * x * y


def test_polynomial_is_exact_where_it_can_be_and_says_where_it_cannot() -> None:
    u = latin_hypercube(60, 3, 10)
    found = polynomial(u, smooth(u), XYZ)
    assert [found.sensitivity.first[x].mean for x in XYZ] == pytest.approx([9 / 10.25, 1 / 10.25, 0], abs=1e-9)
    assert [found.sensitivity.total[x].mean for x in XYZ] == pytest.approx([9.25 / 10.25, 1.25 / 10.25, 0], abs=1e-9)
    assert found.explained == pytest.approx(1.0) and found.trusted
    rough = polynomial(latin_hypercube(300, 3, 11), ishigami(latin_hypercube(300, 3, 11)), XYZ)
    assert not rough.trusted and "too little to rely on" in str(rough)
    with pytest.raises(ValueError, match="at least 14 are needed"):
        polynomial(u[:10], smooth(u[:10]), XYZ)


def polynomial_covers(rng: np.random.Generator) -> bool:
    u = rng.random((80, 3))
    e = polynomial(u, smooth(u) + 1.5 * rng.standard_normal(80), XYZ).sensitivity.first["x"]
    return e.low <= 9 / 10.25 <= e.high


@runs(400)
def test_polynomial_with_noise_covers(macros: int) -> None:
    assert at_least(kept(polynomial_covers, macros, 73), macros)


def test_half_the_errors_of_a_polynomial_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    true = metamodel._draws
    monkeypatch.setattr(metamodel, "_draws", lambda error, df: true(error, df) / 2.0)
    assert not at_least(kept(polynomial_covers, 200, 73), 200)


def test_rank_correlation() -> None:
    u = latin_hypercube(400, 3, 12)
    found = rank_correlation(u, np.exp(3 * u[:, 0]) - u[:, 1] + 0.3 * luck(13).standard_normal(400), XYZ)
    assert found["x"].low > 0.9 and found["y"].high < -0.3 and found["z"].low < 0 < found["z"].high


def test_rank_correlation_covers_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    def covers(rng: np.random.Generator) -> bool:
        u = rng.random((60, 3))
        e = rank_correlation(u, u[:, 0] + rng.standard_normal(60), XYZ)["z"]
        return e.low <= 0.0 <= e.high

    assert exact(kept(covers, 500, 74), 500)
    true = stats.norm.ppf
    monkeypatch.setattr(stats.norm, "ppf", lambda p: true(p) / 2.0)
    assert not exact(kept(covers, 200, 74), FULL)


# --- spread -------------------------------------------------------------------------------------------------------


def answers(rng: np.random.Generator, draws: int, m: int, sd: float = 2.0, common: bool = True) -> np.ndarray:
    """Answers of 5 +- sd over the inputs; luck of 1.5 shared by all draws and 1 of each cell."""
    shared = 1.5 * rng.standard_normal(m) if common else 1.5 * rng.standard_normal((draws, m))
    return 5.0 + sd * rng.standard_normal((draws, 1)) + shared + rng.standard_normal((draws, m))


def input_sd_covers(rng: np.random.Generator, common: bool) -> bool:
    found = spread(answers(rng, 25, 5, 1.0, common), common=common)
    return found.input_sd_low <= 1.0 <= found.input_sd_high


def test_spread_is_split() -> None:
    rng = luck(75)
    for common in (True, False):
        many = [spread(answers(rng, 60, 20, common=common), common=common) for _ in range(100)]
        assert np.mean([s.input_sd**2 for s in many]) == pytest.approx(4.0, rel=0.06)
        assert np.mean([s.luck_sd**2 for s in many]) == pytest.approx(1.5**2 + 1.0, rel=0.06)
        width = np.mean([s.high - s.low for s in many])
        assert width == pytest.approx(2 * 1.645 * 2.0, rel=0.05)  # the luck does not widen the range over the inputs


@runs(300)
@pytest.mark.parametrize("common", [True, False])
def test_interval_of_input_uncertainty_covers(common: bool, macros: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert exact(kept(lambda rng: input_sd_covers(rng, common), macros, 76), macros)
    true = stats.chi2.ppf
    monkeypatch.setattr(stats.chi2, "ppf", lambda p, df: (true(p, df) + df) / 2.0)
    assert not exact(kept(lambda rng: input_sd_covers(rng, common), 200, 76), FULL)


@runs(300)
def test_probability_over_inputs_covers(macros: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted error forgets that all draws share their luck."""
    truth = stats.norm.cdf(5.0 / 4.0)

    def covers(rng: np.random.Generator) -> bool:
        found = spread(answers(rng, 100, 3, sd=4.0))
        return found.p_low <= truth <= found.p_high

    assert at_least(kept(covers, macros, 77), macros)
    monkeypatch.setattr(spread_module, "_positive", lambda answers, off, level, true=spread_module._positive: true(answers, 0.0, level))
    assert not at_least(kept(covers, 300, 77), FULL)


def test_no_input_uncertainty_is_not_made_up() -> None:
    found = spread(answers(luck(78), 20, 10, sd=0.0), "freed time", "h/week")
    assert found.input_sd_low == 0.0 and found.input_sd < 0.5
    assert str(found).startswith("freed time is above zero with probability 100 % over the inputs (83.2 % to 100 %); +")
    with pytest.raises(ValueError, match="at least two"):
        spread(np.zeros((1, 5)))


# --- one at a time ------------------------------------------------------------------------------------------------

INPUTS = [
    UncertainInput("handling", 10.0, 12.0, 16.0, "min"),
    UncertainInput("failure", 0.1, 0.2, 0.5),
    UncertainInput("colour", 1.0, 2.0, 3.0),
]


NOISE = 0.3 * luck(79).standard_normal(30)


def truly_freed(setting) -> float:
    return 2.0 * (setting["handling"] - 12.0) + 40.0 * (0.35 - setting["failure"])


def freed(setting) -> np.ndarray:
    return truly_freed(setting) + NOISE


def test_tornado_orders_and_flips() -> None:
    found = tornado(freed, INPUTS, "freed time", "h/week")
    assert [b.input.name for b in found.bars] == ["failure", "handling", "colour"]
    assert [b.swing for b in found.bars] == pytest.approx([16.0, 12.0, 0.0])
    assert found.flipping == (("failure", 0.5),)
    assert "the verdict does not stay as at base with failure at 0.500" in str(found)
    assert found.bars[1].from_high.low == pytest.approx(8.0) == found.bars[1].from_high.high  # common luck cancels


def bars_cover(rng: np.random.Generator, n: int) -> bool:
    """The answer at base, at both ends of each input, and the changes: all true at once, with luck that the inputs bend."""
    shared, own = rng.standard_normal(n), {x.name: 0.3 * rng.standard_normal(n) for x in INPUTS}

    def drawn(setting) -> np.ndarray:
        return truly_freed(setting) + 2.0 * shared + sum(own[x.name] * (setting[x.name] - x.base) for x in INPUTS)

    def mean(x: UncertainInput, v: float) -> float:
        return truly_freed({i.name: i.base for i in INPUTS} | {x.name: v})

    found = tornado(drawn, INPUTS)
    base = mean(INPUTS[0], INPUTS[0].base)
    ends = [(b, e, d, mean(b.input, v)) for b in found.bars
            for v, e, d in ((b.input.low, b.at_low, b.from_low), (b.input.high, b.at_high, b.from_high))]  # fmt: skip
    return found.base.low <= base <= found.base.high and all(
        e.low <= m <= e.high and d.low - 1e-9 <= m - base <= d.high + 1e-9 for _, e, d, m in ends
    )


@runs(300)
@pytest.mark.parametrize("n", [30, 60])
def test_bars_of_a_tornado_hold_together(n: int, macros: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert at_least(kept(lambda rng: bars_cover(rng, n), macros, 81), macros)
    halve_intervals(monkeypatch)
    assert not at_least(kept(lambda rng: bars_cover(rng, n), 200, 81), FULL)


def test_values_that_flip_the_verdict() -> None:
    found = flips(freed, INPUTS, "freed time", "h/week")
    assert found["failure"].kind == "one" and found["failure"].root == pytest.approx(0.35, abs=0.01)
    assert found["failure"].low < 0.35 < found["failure"].high
    assert found["handling"].kind == "none" and found["colour"].kind == "none"
