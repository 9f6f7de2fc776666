"""Other figures by path, groups of inputs, and futures: what changes, what stays, and that the world's digest tells it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import integrate, stats
from tests.conftest import ROOT, TINY

from channelsim.config.input_groups import in_neither, live, load_input_groups, load_left_out
from channelsim.config.region import load_region
from channelsim.config.strategy import find_strategy, load_strategy
from channelsim.scenario.compile import AbsenceWave, Factors, Layoff, compile_world
from channelsim.scenario.compile_demand import cell_means
from channelsim.scenario.futures import after_cut, removal_order
from channelsim.scenario.input_groups import InputGroup, inputs_at, split_triangular
from channelsim.scenario.overrides import make_room, overridden, region_paths, strategy_paths, with_region_values
from channelsim.scenario.region import Region, Strategy
from channelsim.scenario.roster import absent
from channelsim.simulate import simulate, weeks

WINDOW = weeks(1, 3, 1)
GROUPS = load_input_groups(ROOT / "configs" / "input_groups.yaml")


@pytest.fixture(scope="module")
def today() -> Strategy:
    return load_strategy(find_strategy("today_2011", TINY))


@pytest.fixture(scope="module")
def large() -> Region:
    return load_region(ROOT / "configs" / "regions" / "pohjois-pohjanmaa")


def world(region: Region, strategy: Strategy, factors: Factors | None = None, model: str = "two_offices"):
    return compile_world(region, region.office_models[model], strategy, 8, factors)


# --- nothing is forgotten -------------------------------------------------------------------------
def test_every_figure_with_a_range_is_in_a_group_or_left_out_with_a_reason(large: Region) -> None:
    """A planted figure, and one whose reason is taken away, are noticed."""
    left_out = load_left_out(ROOT / "configs" / "input_groups.yaml")
    assert in_neither(GROUPS, left_out, large) == []
    assert all(len(reason) > 10 for reason in left_out.values())
    key = ("web", "learning_ratio", "all")
    planted = replace(
        large, parameters={**large.parameters, ("phone", "new", "all"): replace(large.parameters[key], group="phone", name="new")}
    )
    assert in_neither(GROUPS, left_out, planted) == ["phone.new.all"]
    assert sorted(in_neither([g for g in GROUPS if g.name != "chasers"], left_out, large)) == [
        "failure.chaser_handling_min.all", "failure.chaser_per_working_day_beyond_10.all",
    ]  # fmt: skip


@pytest.mark.parametrize("quantile", [0.01, 0.05, 0.95, 0.99])
def test_every_group_gives_a_region_that_compiles_at_its_ends(large: Region, quantile: float) -> None:
    strategy = load_strategy(find_strategy("multichannel", ROOT / "configs" / "regions" / "pohjois-pohjanmaa"))
    region, changed = inputs_at(large, strategy, {g.name: quantile for g in GROUPS}, GROUPS)
    assert region.digest != large.digest and compile_world(region, region.office_models["m3"], changed, 2).tables.extras


# --- single figures -------------------------------------------------------------------------------
def test_every_path_of_a_region_can_be_set_and_gives_another_digest(tiny: Region) -> None:
    digests = {tiny.digest}
    for path, value in region_paths(tiny).items():
        other = with_region_values(tiny, {path: float(value) + 1.0})
        assert region_paths(other) != region_paths(tiny), path
        digests.add(other.digest)
    assert len(digests) == 1 + len(region_paths(tiny))


def test_a_figure_that_is_set_is_the_one_that_the_file_would_give(tiny: Region, today: Strategy, tmp_path) -> None:
    """The same results as from a region whose file says so."""
    import shutil

    folder = shutil.copytree(TINY, tmp_path / "tiny")
    file = folder / "parameters.csv"
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text.replace("staff,absence_share,all,share,0.15,0.15,0.15", "staff,absence_share,all,share,0.15,0.25,0.25"), encoding="utf-8"
    )
    written = simulate(world(load_region(folder), today), 7, 0, WINDOW)
    region, strategy = overridden(tiny, today, {"region.parameters.staff.absence_share": 0.25})
    set_by_path = simulate(world(region, strategy), 7, 0, WINDOW)
    assert set_by_path.digest() == written.digest() != simulate(world(tiny, today), 7, 0, WINDOW).digest()


def test_shares_make_room(tiny: Region) -> None:
    other = with_region_values(
        tiny, {"region.parameters.web.after_failure_share.give_up": 0.55, "region.municipality_segment.Mill.young": 0.8}
    )
    shares = {key: other.value("web", "after_failure_share", key) for key in ("give_up", "web", "phone", "visit")}
    assert shares["give_up"] == 0.55 and sum(shares.values()) == pytest.approx(1.0)
    assert shares["web"] / shares["phone"] == pytest.approx(0.3 / 0.45)
    assert other.municipality_segment["Mill", "settled"] == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("shares", "is_set", "to_one", "wanted"),
    [
        ([0.5, 0.3, 0.3], [True, False, False], True, [0.5, 0.25, 0.25]),
        ([0.9, 0.6], [True, True], True, [0.6, 0.4]),
        ([0.2, 0.2], [True, False], False, [0.2, 0.2]),
        ([0.9, 0.2], [True, False], False, [0.9, 0.1]),
        ([0.5], [True], True, [1.0]),
    ],
)  # fmt: skip
def test_room_is_made_by_those_not_set(shares: list[float], is_set: list[bool], to_one: bool, wanted: list[float]) -> None:
    assert make_room(shares, is_set, to_one) == pytest.approx(wanted)


def test_every_path_of_a_strategy_can_be_set(tiny: Region, today: Strategy) -> None:
    values = {"web_preference": 0.5, "phone_preference_increment": 0.1, "advice_answered_on_web": True, "triage": True, "help_after_min": 5.0,
              "small_point_backup": False}  # fmt: skip
    for path in strategy_paths(["S01"]):
        _, other = overridden(
            tiny, today, {path: values.get(path.rpartition(".")[2], "generalist" if path.endswith("default") else "specialist")}
        )
        assert other != today, path


# --- web preference as a number -------------------------------------------------------------------
def mean_preference(region: Region, name: str) -> float:
    rows = [(needs, region.value("segment", name, region.segments[g].id, 0.0),
             region.value("segment", "web_capable_share", region.segments[g].id) * region.value("service", "web_eligible_share", region.services[s].id))
            for _, g, s, needs in cell_means(region)]  # fmt: skip
    return sum(n * share * able for n, share, able in rows) / sum(n * able for n, _, able in rows)


@pytest.mark.parametrize("mean", [0.0, 0.1, 0.5, 0.9, 1.0])
def test_a_preference_has_the_mean_that_is_asked_for(tiny: Region, today: Strategy, mean: float) -> None:
    region, strategy = overridden(tiny, today, {"strategy.channel.web_preference": mean})
    assert mean_preference(region, strategy.web_preference) == pytest.approx(mean, abs=1e-9)
    young, settled = (region.value("segment", strategy.web_preference, g) for g in ("young", "settled"))
    assert young > settled or mean in (0.0, 1.0)  # their order stays


def test_the_patterns_own_mean_gives_the_pattern(tiny: Region, today: Strategy) -> None:
    region, strategy = overridden(tiny, today, {"strategy.channel.web_preference": mean_preference(tiny, today.web_preference)})
    for g in ("young", "settled", "employer"):
        assert region.value("segment", strategy.web_preference, g) == pytest.approx(
            tiny.value("segment", today.web_preference, g), abs=1e-9
        )


# --- groups of inputs -----------------------------------------------------------------------------
def test_split_triangular_has_its_points_and_is_a_distribution() -> None:
    low, base, high = 2.0, 5.0, 6.0
    assert [split_triangular(u, low, base, high) for u in (0.05, 0.5, 0.95)] == pytest.approx([low, base, high])
    values = [split_triangular(u, low, base, high) for u in np.linspace(0.001, 0.999, 999)]
    assert np.all(np.diff(values) > 0)
    below = stats.triang(1.0, *(lambda a: (a, base - a))(split_triangular(1e-12, low, base, high)))  # a rising triangle with half of it all
    assert below.cdf(split_triangular(0.2, low, base, high)) == pytest.approx(0.4, abs=1e-4)
    mean, _ = integrate.quad(lambda u: split_triangular(u, 1.0, 2.0, 3.0), 0.0, 1.0)
    assert mean == pytest.approx(2.0)
    assert split_triangular(0.1, 5.0, 5.0, 6.0) == 5.0 < split_triangular(0.9, 5.0, 5.0, 6.0)


def test_a_group_moves_together_and_nothing_else_moves(large: Region, today: Strategy) -> None:
    low, _ = inputs_at(large, today, {"repeats": 0.05}, GROUPS)
    for key, p in large.parameters.items():
        want = p.low if key[:2] == ("failure", "repeat_share") else p.base
        assert low.parameters[key].base == pytest.approx(want), key
    assert low.digest != large.digest


def test_at_the_middle_all_is_as_it_was(large: Region, today: Strategy) -> None:
    assert inputs_at(large, today, {g.name: 0.5 for g in GROUPS}, GROUPS) == (large, today)


@pytest.mark.parametrize("u", [0.001, 0.05, 0.3, 0.95, 0.999])
def test_the_region_stays_possible_at_every_quantile(large: Region, today: Strategy, u: float) -> None:
    region, _ = inputs_at(large, today, {g.name: u for g in GROUPS}, GROUPS)
    for p in region.parameters.values():
        assert p.base >= 0.0 and (p.unit != "share" or p.base <= 1.0), p
    for family in (("web", "after_failure_share"), ("phone", "after_abandon_share"), ("visit", "after_abandon_share")):
        total = sum(region.value(*family, key) for key in region.keys(*family))
        assert total <= 1.0 + 1e-12 and (family[0] != "web" or total == pytest.approx(1.0))
    assert region.value("staff", "absence_share", "all") >= 0.0
    compile_world(region, region.office_models["m3"], today, 2)


def test_opposites_fall(large: Region, today: Strategy) -> None:
    more, _ = inputs_at(large, today, {"staff_time": 0.95}, GROUPS)
    assert more.value("staff", "contact_work_share", "all") == pytest.approx(0.68)
    assert more.value("staff", "absence_share", "all") == pytest.approx(0.17)


def test_delays_move_too(large: Region, today: Strategy) -> None:
    later, _ = inputs_at(large, today, {"delays": 0.95}, GROUPS)
    assert later.delays["redial"].mean_min == pytest.approx(40.0) and later.delays["web_attempt"].mean_min == 10.0


def test_about_twenty_groups_are_live_in_the_region_and_none_in_the_invented_one(large: Region, tiny: Region) -> None:
    assert 20 <= len(live(GROUPS, large)) == len(GROUPS) <= 34  # decisions 38, and eight of the rules that came later
    assert [g.name for g in live(GROUPS, tiny)] == ["handling_times", "delays"]  # only its delays have a range
    with pytest.raises(KeyError):
        inputs_at(tiny, None, {"nothing": 0.1}, (InputGroup("other", "", ()),))  # type: ignore[arg-type]


# --- futures --------------------------------------------------------------------------------------
def test_a_cut_takes_the_same_persons_in_every_model_and_never_the_last_of_a_pool(large: Region) -> None:
    for split in ("balanced", "reconstructed"):
        gone = {}
        for name, model in large.office_models.items():
            people = model.staff[split]
            rest, kept = after_cut(people, 0.9)
            serving = [p for p in people if p.role != "management"]
            assert len(people) - len(rest) == round(0.1 * len(serving)) - kept and kept == 0
            pools = {(place, p.role, p.skill) for p in serving for place in p.place if place}
            assert pools == {(place, p.role, p.skill) for p in rest if p.role != "management" for place in p.place if place}
            gone[name] = {p.id for p in people} - {p.id for p in rest}
        assert len(gone["m3"] & gone["m1"]) >= 0.8 * len(gone["m3"])
        assert len(gone["m6_today"] & gone["m3"]) >= 0.5 * len(gone["m3"])  # the last of small pools stay, so that others go


def test_a_cut_is_alike_over_skills(large: Region) -> None:
    people = large.office_models["m1"].staff["balanced"]
    order = removal_order(people)
    first = order[: len(order) // 5]
    for skill in ("jobsearch_almp", "unemployment_security"):
        assert sum(p.skill == skill for p in first) / sum(p.skill == skill for p in order) == pytest.approx(0.2, abs=0.04)


def test_a_deeper_cut_takes_those_of_the_shallower_one_first(large: Region) -> None:
    people = large.office_models["m6_today"].staff["balanced"]
    shallow, deep = ({p.id for p in after_cut(people, scale)[0]} for scale in (0.9, 0.8))
    assert deep < shallow


def test_a_layoff_adds_customers_there_and_then_and_changes_nobody(tiny: Region, today: Strategy, engine: str) -> None:
    layoff = Layoff("Harbour", "young", 480.0, 2, 1)  # as many again: Harbour has 1,200 unemployed, 40 % young
    usual, more = (
        simulate(world(tiny, today, f), 7, 0, weeks(0, 4, 0), engine, keep_accounts=True).needs for f in (None, Factors(layoff=layoff))
    )
    same = np.isin(more.need_id, usual.need_id)
    assert np.array_equal(more.need_id[same], usual.need_id) and np.array_equal(more.expertise[same], usual.expertise)
    new = ~same
    assert np.all((more.arose[new] >= 2 * 10080.0) & (more.arose[new] < 4 * 10080.0))
    cells = cell_means(tiny)
    expected = sum(mean for m, g, _, mean in cells if (m, g) == (0, 0))
    assert new.sum() == pytest.approx(expected, rel=0.3)


def test_a_wave_of_absence_empties_desks_for_its_weeks_only(tiny: Region, today: Strategy) -> None:
    calm, wave = (world(tiny, today, f).people for f in (None, Factors(absence_wave=AbsenceWave(0.4, 3, 2))))
    away = [[absent(p, week, day).sum() for week in range(6) for day in range(5)] for p in (calm, wave)]
    by_week = np.array(away).reshape(2, 6, 5).sum(axis=2)
    assert np.array_equal(by_week[0, [0, 1, 2, 5]], by_week[1, [0, 1, 2, 5]])
    assert np.all(by_week[1, 3:5] >= by_week[0, 3:5] + 0.3 * 5 * 12)
    never = np.array(calm.absence_share) == 0.0
    assert never.any() and not any(absent(wave, 3, day)[never].any() for day in range(5))


@pytest.mark.parametrize(
    "factors", [Factors(staff_scale=0.8), Factors(layoff=Layoff("Mill", "young", 50.0, 1, 2)), Factors(absence_wave=AbsenceWave(0.3, 1, 2))]
)
def test_both_engines_agree_on_futures(tiny: Region, today: Strategy, factors: Factors) -> None:
    fast, reference = (simulate(world(tiny, today, factors), 7, 0, WINDOW, name).digest() for name in ("fast", "reference"))
    assert fast == reference != simulate(world(tiny, today), 7, 0, WINDOW).digest()
    assert world(tiny, today, factors).digest != world(tiny, today).digest


def test_digests_of_worlds_without_futures_stay(tiny: Region, today: Strategy) -> None:
    assert repr(Factors()) == "Factors(staffing_split='', released_posts='kept', demand_scale=1.0, web_preference_scale=1.0)"
    assert Factors().later == "" and Factors(staff_scale=0.9).later == "|staff_scale=0.9"
    assert world(tiny, today).digest == world(tiny, today, replace(Factors(), staff_scale=1.0)).digest
