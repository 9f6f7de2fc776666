"""Intervals that hold together as often as they say, verdicts that follow from them, pairing that is measured."""

from __future__ import annotations

from math import inf

import numpy as np
import pandas as pd
import pytest

from channelsim.study.inference import intervals
from channelsim.study.inference.across import across
from channelsim.study.inference.comparison import Outcome, compare, more_replications, paired_differences, pairing, verdict
from channelsim.study.inference.intervals import Estimate, one_sided, pointwise, simultaneous, skewed
from tests.statistics.proof import FULL, at_least, exact, frame, halve_intervals, kept, luck, runs, shorten, together


def covers(e: Estimate, truth: float = 0.0) -> bool:
    return e.low <= truth <= e.high


def pointwise_coverage(macros: int) -> float:
    return kept(lambda rng: covers(pointwise(3.0 + rng.standard_normal(12)), 3.0), macros, 1)


def family_coverage(macros: int, n: int, members: int, correlation: float = 0.5) -> float:
    return kept(lambda rng: all(map(covers, simultaneous(together(rng, n, members, correlation)))), macros, 2)


def lower_coverage(macros: int, n: int) -> float:
    return kept(lambda rng: bool((one_sided(together(rng, n, 4)) <= 0.0).all()), macros, 3)


def test_pointwise_coverage() -> None:
    assert exact(pointwise_coverage(FULL), FULL)


def test_bonferroni_family_of_twenty_nulls() -> None:
    """Twenty independent true nulls below 50 replications: at most 5 + 1 % of families err."""
    assert 1.0 - family_coverage(FULL, 20, 20, 0.0) <= 0.06


@runs(300)
@pytest.mark.parametrize(("n", "correlation"), [(50, 0.0), (60, 0.5), (120, 0.9)])
def test_max_t_family_of_twenty_nulls(macros: int, n: int, correlation: float) -> None:
    """From 50 replications on the family error is 5 %, whatever the dependence."""
    found = family_coverage(macros, n, 20, correlation)
    assert at_least(found, macros)
    assert 1.0 - found <= 0.06 or macros < FULL
    assert found <= 0.98


@runs(200)
def test_one_sided_bounds_hold_together(macros: int) -> None:
    assert at_least(lower_coverage(FULL, 30), FULL)
    assert exact(lower_coverage(macros, 60), macros)


def test_bounds_of_means_with_a_tail_to_the_left_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lognormal slacks of 30 replications (skewness about -1.3): without the correction 8 % are too high."""

    def holds(rng: np.random.Generator) -> bool:
        return one_sided(-np.exp(0.4 * rng.standard_normal((30, 1))))[0] <= -np.exp(0.08)

    assert at_least(kept(holds, 4000, 15), FULL)
    monkeypatch.setattr(intervals, "skewness", lambda table: np.zeros(table.shape[1]))
    assert not at_least(kept(holds, 4000, 15), FULL)


def test_half_the_critical_value_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    halve_intervals(monkeypatch)
    assert not exact(pointwise_coverage(500), FULL)
    assert not at_least(family_coverage(200, 20, 20, 0.0), FULL)
    assert not at_least(family_coverage(50, 60, 20), FULL)
    assert not at_least(lower_coverage(200, 30), FULL)


def test_max_t_is_narrower_than_bonferroni_where_members_move_together() -> None:
    table = together(luck(5), 60, 20, 0.95)
    alone = simultaneous(together(luck(5), 60, 20, 0.95)[:49])
    assert simultaneous(table)[0].half_width * np.sqrt(60) < 0.9 * alone[0].half_width * np.sqrt(49)


def test_a_member_without_spread_changes_nothing() -> None:
    table = together(luck(6), 60, 5)
    with_constant = simultaneous(np.column_stack([table, np.full(60, 0.1)]))
    assert [e.half_width for e in with_constant[:5]] == pytest.approx([e.half_width for e in simultaneous(table)])
    assert with_constant[5].low == with_constant[5].high == pytest.approx(0.1)


def said_to_be_the_same(rng: np.random.Generator, truth: float, n: int) -> bool:
    e = simultaneous((truth + 1.5 * np.sqrt(n / 30) * rng.standard_normal(n))[:, None])[0]
    return verdict(e, "higher", 1.0).startswith("no difference")


@runs(1000)
@pytest.mark.parametrize("n", [30, 60])
def test_equivalence_is_rarely_said_where_it_is_false(n: int, macros: int) -> None:
    """At a true difference of the margin itself, on either side, *no difference larger* is said in at most 5 %; at 0 nearly always."""
    for truth in (1.0, -1.0):
        assert kept(lambda rng, truth=truth: said_to_be_the_same(rng, truth, n), macros, 7) <= 0.05
    assert kept(lambda rng: said_to_be_the_same(rng, 0.0, n), macros, 7) > 0.85


def test_an_interval_a_fifth_too_short_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Coverage falls to 89 % and below; equivalence with 2.5 % of error on each side to 5.4 %."""
    shorten(monkeypatch)
    assert not exact(pointwise_coverage(FULL), FULL)
    assert not at_least(family_coverage(FULL, 20, 20, 0.0), FULL) and 1.0 - family_coverage(FULL, 20, 20, 0.0) > 0.06
    assert not at_least(family_coverage(400, 60, 20), FULL)
    assert not at_least(lower_coverage(FULL, 30), FULL)
    assert kept(lambda rng: said_to_be_the_same(rng, 1.0, 30), 4000, 7) > 0.05


def test_more_replications_are_about_enough() -> None:
    """Planned from a pilot, the number settles the sign in about half of the cases: it is an expectation."""
    rng, settled = luck(8), 0
    for _ in range(300):
        pilot = 0.3 + rng.standard_normal(20)
        e = simultaneous(pilot[:, None])[0]
        if verdict(e, "higher", 0.0).startswith("cannot"):
            n = 20 + more_replications(Estimate(0.3, 0.3 - e.half_width, 0.3 + e.half_width, 20, True), 0.0)
            settled += simultaneous((0.3 + rng.standard_normal(n))[:, None])[0].low > 0
    assert 90 <= settled <= 210


def test_words_of_a_comparison() -> None:
    rng = luck(9)
    table = np.array([12.0, 0.0, -0.05, 0.0]) + np.array([1.0, 8.0, 0.01, 1.0]) * rng.standard_normal((30, 4))
    outcomes = [Outcome("outcome 0", "h/week"), Outcome("outcome 1", "min", "lower", 0.5)]
    found = compare(frame(table, 2, 2), outcomes)
    assert found.of("plan 0", "outcome 0").verdict == "better"
    assert found.of("plan 0", "outcome 1").verdict.startswith("cannot tell yet, about ")
    assert found.of("plan 1", "outcome 0").verdict == "worse"
    assert "4 intervals that hold together with 95 % (Bonferroni-t)" in str(found)
    assert "plan 0, outcome 0 +11.9 h/week (+11" in str(found)
    assert list(found.table()["interval"]) == ["simultaneous"] * 4


def test_descriptive_outcomes_get_no_verdict_and_unknown_values_no_place_in_the_family() -> None:
    table = together(luck(10), 30, 4)
    table[3, 1] = np.nan
    found = compare(frame(table, 2, 2), [Outcome("outcome 0", "h", primary=False), Outcome("outcome 1", "h")])
    assert found.of("plan 0", "outcome 0").verdict == "" and not found.of("plan 0", "outcome 0").estimate.simultaneous
    assert found.of("plan 0", "outcome 1").estimate.n == 29 and not found.of("plan 0", "outcome 1").estimate.simultaneous
    assert found.of("plan 1", "outcome 1").estimate.simultaneous


def test_seven_primary_outcomes_are_refused() -> None:
    with pytest.raises(ValueError, match="7 primary outcomes, at most 6"):
        compare(frame(np.zeros((5, 7)), 1, 7), [Outcome(f"outcome {i}", "h") for i in range(7)])
    with pytest.raises(ValueError, match="no column for else"):
        compare(frame(np.zeros((5, 1)), 1, 1), [Outcome("else", "h")])


def test_few_and_skewed_replications_are_told() -> None:
    """Exponential differences at n = 30 cover 84 % in a family of six: said, and from 50 on the bootstrap of t mends it."""
    rng = luck(13)
    uneven = np.column_stack([rng.exponential(size=(30, 1)) ** 1.5, rng.standard_normal((30, 1))])
    found = compare(frame(uneven, 1, 2), [Outcome("outcome 0", "h"), Outcome("outcome 1", "h")])
    assert found.skewed == (("plan 0", "outcome 0"),) and "skewed: plan 0 outcome 0; their intervals may be" in str(found)
    false_alarms = [np.mean([skewed(rng.standard_normal((n, 20))).mean() for _ in range(200)]) for n in (8, 30)]
    assert max(false_alarms) < 0.02 and not skewed(rng.exponential(size=(50, 1)) ** 2).any()


@runs(300)
def test_skewed_families_from_50_replications_on(macros: int) -> None:
    def cover(rng: np.random.Generator) -> bool:
        return all(covers(e, 1.0) for e in simultaneous(rng.exponential(size=(60, 6))))

    found = kept(cover, macros, 14)
    assert found >= 0.93  # 93.8 %; Bonferroni-t at 30: 84 %


def test_pairing_is_measured() -> None:
    rng = luck(11)
    common = rng.standard_normal(4000)
    base, plan = common + 0.1 * rng.standard_normal(4000), common + 0.1 * rng.standard_normal(4000)
    values = pd.DataFrame({("today", "wait"): base, ("plan", "wait"): plan, ("twin", "wait"): base})
    by_name = {p.alternative: p for p in pairing(values, "today")}
    assert by_name["plan"].correlation == pytest.approx(1 / 1.01, abs=0.003)
    assert by_name["plan"].variance_ratio == pytest.approx(2.02 / 0.02, rel=0.1)
    assert "independent runs would need" in str(by_name["plan"])
    assert by_name["twin"].variance_ratio == inf
    assert paired_differences(values, "today")["plan", "wait"].to_numpy() == pytest.approx(plan - base)


def test_a_verdict_must_hold_under_every_assumption() -> None:
    """Decisions 39: with demand response off and on."""
    outcomes = [Outcome("outcome 0", "h"), Outcome("outcome 1", "h", primary=False)]
    noise = luck(12).standard_normal((30, 6))

    def shifted(*means: float):
        return compare(frame(0.1 * noise + np.repeat(means, 2), 3, 2), outcomes)

    found = across("demand response", {"elasticity 0": shifted(5, 5, 5), "base elasticity": shifted(4, -5, 0.001)})
    assert [a.verdict for a in found] == ["better", "depends on demand response", "cannot tell yet with base elasticity"]
    assert str(found[0]) == "plan 0, outcome 0: better"
    assert str(found[1]) == "plan 1, outcome 0: depends on demand response (better with elasticity 0; worse with base elasticity)"
