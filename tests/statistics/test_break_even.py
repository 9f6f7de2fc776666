"""Break-even of models with one root, none and two; its interval covers; the line in two dimensions."""

from __future__ import annotations

from collections.abc import Callable
from math import inf

import numpy as np
import pytest

from channelsim.study.inference import crossing as module
from channelsim.study.inference.contours import contour
from channelsim.study.inference.crossing import BreakEven, break_even, read_signs, roots_of
from channelsim.study.inference.crossing_levels import break_even_at
from tests.statistics.proof import FULL, at_least, exact, halve_intervals, kept, luck, runs


def model(rng: np.random.Generator, mean: Callable[[float], float], n: int = 30, noise: float = 1.0) -> Callable[[float], np.ndarray]:
    """Common luck: a shift and a slope per replication, so that it bends with x; no luck of a single point."""
    shift, slope = noise * rng.standard_normal(n), 0.5 * noise * rng.standard_normal(n)
    return lambda x: mean(x) + shift + slope * x


def curved(x: float) -> float:
    return 6.0 * (x**1.5 - 0.4**1.5)


def valley(x: float) -> float:
    return 40.0 * (x - 0.3) * (x - 0.8)


def find(rng: np.random.Generator, mean: Callable[[float], float], n: int = 30, noise: float = 1.0) -> BreakEven:
    return break_even(model(rng, mean, n, noise), 0.0, 1.0, "web adoption", "", "net freed hours", "h/week")


def covers(rng: np.random.Generator, n: int) -> bool:
    found = find(rng, curved, n, 0.9)
    return found.kind == "one" and found.low <= 0.4 <= found.high


def test_one_root() -> None:
    found = find(luck(61), curved, noise=0.2)
    assert found.kind == "one" and found.signs.strip("0")[0] == "-" and found.low < 0.4 < found.high
    assert found.root == pytest.approx(0.4, abs=0.05)
    assert str(found).startswith("net freed hours turns to positive at web adoption 0.4")
    falling = find(luck(61), lambda x: -curved(x), noise=0.2)
    assert "turns to negative" in str(falling) and falling.low < 0.4 < falling.high


def test_no_root() -> None:
    found = find(luck(62), lambda x: curved(x) + 5.0, noise=0.3)
    assert (found.kind, found.signs) == ("none", "+" * 9) and np.isnan(found.root)
    assert str(found) == "no break-even: net freed hours is positive everywhere between web adoption 0 and 1.00 (signs +++++++++)"


def test_two_roots() -> None:
    found = find(luck(63), valley, noise=0.2)
    assert found.kind == "several" and len(found.brackets) == 2
    assert all(a < root < b for (a, b), root in zip(found.brackets, (0.3, 0.8), strict=True))
    assert str(found).startswith("more than one break-even")


def test_not_known() -> None:
    found = find(luck(64), lambda x: 0.3 * (x - 0.5))
    assert found.kind == "unclear" and "more replications are needed" in str(found)


def test_signs() -> None:
    x = np.arange(5.0)
    assert read_signs("--0++", x) == ("one", ((1.0, 3.0),), ())
    assert read_signs("=--++", x) == ("one", ((2.0, 3.0),), ())
    assert read_signs("0--++", x) == ("one", ((2.0, 3.0),), (0.0,))
    assert read_signs("-+-++", x)[0] == "several"
    assert read_signs("=++++", x)[0] == "none"
    assert read_signs("++0++", x) == ("unclear", (), (2.0,))
    assert read_signs("00000", x)[0] == "unclear"


def test_unknown_values_are_refused() -> None:
    with pytest.raises(ValueError, match="factor 0: numbers of at least two replications"):
        break_even(lambda x: np.full(30, np.nan), 0.0, 1.0)


def test_the_baseline_itself_is_no_crossing() -> None:
    """At adoption 0 the plan is the baseline: a difference of exactly nothing."""
    found = break_even(lambda x: x * (curved(x) + 0.1 * luck(65).standard_normal(30)), 0.0, 1.0)
    assert found.kind == "one" and found.signs[0] == "=" and not found.doubtful


def test_roots_beyond_the_range_point_to_their_end() -> None:
    x = np.array([0.0, 1.0, 2.0])
    assert list(roots_of(np.array([[-1.0, 1.0, 3.0], [1.0, 2.0, 3.0], [-3.0, -2.0, -1.0]]), x)) == [0.5, -inf, inf]


@runs(200)
@pytest.mark.parametrize("n", [20, 60])
def test_interval_covers(macros: int, n: int) -> None:
    assert exact(kept(lambda rng: covers(rng, n), macros, 66), macros)


LEVELS = np.array([0.0, 0.1, 0.2, 0.3, 0.35, 0.45, 0.6, 0.8, 1.0])


def covers_at(rng: np.random.Generator, n: int) -> bool:
    """The truth is the root of the straight line between levels, to which nothing else is known."""
    at = model(rng, curved, n, 0.9)
    found = break_even_at(LEVELS, np.column_stack([at(float(x)) for x in LEVELS]))
    a, b = curved(0.35), curved(0.45)
    return found.kind == "one" and found.low <= 0.35 - a * 0.1 / (b - a) <= found.high


@runs(200)
@pytest.mark.parametrize("n", [20, 60])
def test_interval_at_given_levels_covers(macros: int, n: int) -> None:
    assert exact(kept(lambda rng: covers_at(rng, n), macros, 71), macros)


def test_half_the_tails_are_noticed_at_given_levels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "percentile_level", lambda n, level: 0.67)
    assert not exact(kept(lambda rng: covers_at(rng, 30), 150, 71), FULL)


def test_levels_that_allow_no_answer_are_refused() -> None:
    for x, values in ((LEVELS[:2], np.ones((5, 2))), (LEVELS[::-1], np.ones((5, 9))), (LEVELS, np.full((5, 9), np.nan))):
        with pytest.raises(ValueError, match="are needed"):
            break_even_at(x, values)


def test_half_the_tails_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "percentile_level", lambda n, level: 0.67)
    assert not exact(kept(lambda rng: covers(rng, 30), 150, 66), FULL)


def test_how_often_a_root_is_claimed_where_there_is_none() -> None:
    def wrong(rng: np.random.Generator) -> bool:
        return find(rng, lambda x: 0.0, 20).kind not in ("unclear",)

    assert kept(wrong, 400, 67) <= 0.07


def plane(rng: np.random.Generator, n: int = 60, noise: float = 1.0) -> Callable[[float, float], np.ndarray]:
    a, b = noise * rng.standard_normal((2, n))
    return lambda x, y: 10.0 * (x - 0.3 - 0.8 * y) + a + b * x


def test_contour_of_a_plane() -> None:
    found = contour(plane(luck(68)), np.linspace(0, 1, 9), [0.0, 0.25, 0.5], ("adoption", "induction"), outcome="net freed hours")
    for y, line in zip(found.y, found.line, strict=True):
        assert line.kind == "one" and line.low < 0.3 + 0.8 * y < line.high
    assert (found.sign[0, 4:] == 1).all() and (found.sign[2, :4] == -1).all()
    assert "net freed hours is shown above zero in" in str(found) and "induction 0.250: zero at adoption 0." in str(found)


def no_false_sign(rng: np.random.Generator) -> bool:
    """Where the outcome is nothing everywhere, on average, no point of the grid may get a sign."""
    a, b, c = rng.standard_normal((3, 60))
    found = contour(lambda x, y: a + b * x + c * y, np.linspace(0, 1, 5), [0.0, 0.5, 1.0])
    return not found.sign.any()


@runs(60)
def test_signs_of_a_contour_hold_together(macros: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert at_least(kept(no_false_sign, macros, 69), macros)
    halve_intervals(monkeypatch)
    assert not at_least(kept(no_false_sign, 40, 69), 40)


GRID, ROWS = np.linspace(0, 1, 9), (0.0, 0.25, 0.5)


def band_of_a_plane(rng: np.random.Generator) -> tuple[bool, bool]:
    """(no point of the grid has the wrong sign, the middle row's interval holds the true line)."""
    found = contour(plane(rng, noise=4.0), GRID, ROWS)
    truth = GRID[None, :] - 0.3 - 0.8 * np.array(ROWS)[:, None]
    line = found.line[1]
    return bool((found.sign * truth >= 0).all()), line.kind == "one" and line.low <= 0.5 <= line.high


@runs(60)
def test_band_of_a_plane_covers(macros: int) -> None:
    """The zero line x = .3 + .8 y: the band of the grid with at least 95 %, a row's interval with 95 %."""
    rng = luck(70)
    signs, line = np.mean([band_of_a_plane(rng) for _ in range(macros)], axis=0)
    print(f"band {signs:.4f}, row {line:.4f}")
    assert at_least(float(signs), macros) and exact(float(line), macros)


def test_a_row_two_thirds_of_its_width_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """(Of the band on the grid: `test_signs_of_a_contour_hold_together`, where every point is at its zero.)"""
    monkeypatch.setattr(module, "percentile_level", lambda n, level: 0.80)
    rng = luck(70)
    assert not exact(float(np.mean([band_of_a_plane(rng)[1] for _ in range(150)])), FULL)
