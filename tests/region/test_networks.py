"""Office models made from others: one point reviewed, or staff at other points; all can run and nobody is lost."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from tests.conftest import ROOT, TINY

from channelsim.config.region import load_region
from channelsim.config.strategy import find_strategy, load_strategy
from channelsim.scenario.compile import compile_world
from channelsim.scenario.network_checks import faults
from channelsim.scenario.network_design import Wanted, designed, models_of, without_car
from channelsim.scenario.networks import largest_remainder, with_points, work_of_towns
from channelsim.scenario.region import OfficeModel, Region
from channelsim.scenario.review import reviewed
from channelsim.simulate import simulate, weeks

LARGE = load_region(ROOT / "configs" / "regions" / "pohjois-pohjanmaa")
TODAY = LARGE.office_models["m6_today"]
UNDER_TEN = [p.name for p in TODAY.points if p.under_ten]
SETS = [["Oulu"], ["Oulu", "Ylivieska", "Kuusamo", "Raahe"], ["Oulu", "Utajärvi", "Kuusamo", "Haapavesi", "Kalajoki"]]


def roles(model: OfficeModel, split: str) -> Counter[tuple[int, str, str, bool, int]]:
    return Counter((p.id, p.role, p.skill, p.released, p.rota) for p in model.staff[split])


def same_people(a: OfficeModel, b: OfficeModel) -> bool:
    return all(roles(a, split) == roles(b, split) for split in a.staff)


def test_the_checks_find_nothing_in_any_shipped_model(tiny: Region) -> None:
    for region in (LARGE, tiny):
        for model in region.office_models.values():
            assert faults(region, model) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda m: replace(m, points=m.points[1:]), "Oulu"),
        (lambda m: replace(m, service_map=tuple(r for r in m.service_map if r.service != "S07")), "answers S07"),
        (lambda m: replace(m, office_of={**m.office_of, "Ii": "NOWHERE"}), "Ii belongs to NOWHERE"),
        (lambda m: replace(m, staff={s: tuple(p for p in people if "Ii" not in p.place) for s, people in m.staff.items()}), "Ii is open on mon"),
    ],
)  # fmt: skip
def test_the_checks_find_what_is_planted(change, words: str) -> None:
    assert any(words in fault for fault in faults(LARGE, change(TODAY)))


# --- review ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("change", ["joint", "close"])
def test_every_point_under_ten_can_be_reviewed(change: str) -> None:
    assert len(UNDER_TEN) == 12
    for point in UNDER_TEN:
        made = reviewed(LARGE, TODAY, point, change)
        assert faults(LARGE, made) == [] and same_people(made, TODAY)
        kinds = {p.name: p.kind for p in made.points}
        assert kinds.get(point) == ("joint" if change == "joint" else None)
        moved = [(a, b) for a, b in zip(TODAY.staff["balanced"], made.staff["balanced"], strict=True) if a != b]
        assert moved and all(a.place == (point,) * 5 and len(set(b.place)) == 1 for a, b in moved)  # only its own people move
        others = [p for p in made.points if p.name != point and p.name != moved[0][1].place[0]]
        assert set(others) <= set(TODAY.points)


def test_staff_go_to_the_nearest_point_of_their_office() -> None:
    assert {p.place[0] for p in reviewed(LARGE, TODAY, "Ii", "close").staff["balanced"] if p.id in
            {q.id for q in TODAY.staff["balanced"] if q.place[0] == "Ii"}} == {"Pudasjärvi"}  # fmt: skip


def test_an_office_that_loses_its_last_point_joins_another(tiny: Region) -> None:
    made = reviewed(tiny, tiny.office_models["two_offices"], "Mill", "close")
    assert faults(tiny, made) == [] and made.offices == ("H",) and set(made.office_of.values()) == {"H"}
    assert made.name == "two_offices, Mill closed" and "M" not in {r.area for r in made.service_map} | {r.place for r in made.service_map}


def test_a_point_that_grows_to_ten_is_no_longer_under_ten() -> None:
    made = reviewed(LARGE, TODAY, "Ii", "close")
    size = sum("Pudasjärvi" in p.place for p in made.staff["balanced"])
    assert size >= 10 and not next(p for p in made.points if p.name == "Pudasjärvi").under_ten


def test_the_invented_region_gives_the_model_that_its_file_gives(tiny: Region) -> None:
    """Mill joint is `one_office` but for the hours of Mill: the same people at the same places serve the same."""
    made, file = reviewed(tiny, tiny.office_models["two_offices"], "Mill", "joint"), tiny.office_models["one_office"]
    assert made.staff["balanced"] == file.staff["balanced"] and made.office_of == file.office_of
    assert set(made.service_map) == set(file.service_map)
    hours = {p.name: p.hours for p in file.points}
    there = replace(made, points=tuple(replace(p, hours=hours[p.name]) for p in made.points))
    assert there.points == file.points
    strategy = load_strategy(find_strategy("triage", TINY))
    one, other = (simulate(compile_world(tiny, m, strategy, 4), 7, 0, weeks(1, 2, 1)) for m in (there, file))
    assert one.digest() == other.digest()
    assert compile_world(tiny, made, strategy, 4).digest != compile_world(tiny, file, strategy, 4).digest


# --- staff at chosen points -----------------------------------------------------------------------
@pytest.mark.parametrize("points", SETS, ids=len)
@pytest.mark.parametrize("others", ["joint", "close"])
def test_a_network_of_chosen_points_can_run(points: list[str], others: str) -> None:
    made = with_points(LARGE, TODAY, points, others, "new")
    assert faults(LARGE, made) == [] and same_people(made, TODAY)
    assert {p.name for p in made.points if p.kind == "staffed"} == set(points)
    assert len(made.points) == (len(set(points) | {p.name for p in TODAY.points}) if others == "joint" else len(points))
    for split in made.staff:
        at = Counter(p.place[0] for p in made.staff[split] if p.role != "management")
        assert min(at[p] for p in points) >= 2
        for place in points:
            here = {(p.role, p.skill) for p in made.staff[split] if p.place[0] == place}
            assert {("generalist", ""), ("specialist", "jobsearch_almp")} <= here
    world = compile_world(LARGE, made, load_strategy(find_strategy("multichannel_triage", TINY)), 4)
    assert simulate(world, 1, 0, weeks(0, 1, 0)).n_arisen > 3000


def test_posts_follow_the_work_of_catchments() -> None:
    points = SETS[1]
    made = with_points(LARGE, TODAY, points, "joint", "new")
    town = {m.name: i for i, m in enumerate(LARGE.municipalities)}
    order = sorted(points, key=list(town).index)
    nearest = LARGE.travel_min[:, [town[p] for p in order]].argmin(axis=1)
    work = np.bincount(nearest, weights=work_of_towns(LARGE))
    at = Counter(p.place[0] for p in made.staff["balanced"] if p.role != "management")
    assert [at[p] for p in order] == pytest.approx((202 * work / work.sum()).tolist(), abs=1.0)


def test_those_who_can_stay_do() -> None:
    made = with_points(LARGE, TODAY, ["Oulu", "Ylivieska", "Kuusamo", "Raahe"], "joint", "new")
    for a, b in zip(TODAY.staff["balanced"], made.staff["balanced"], strict=True):
        assert a.place[0] not in ("Oulu", "Ylivieska", "Raahe") or a.place == b.place  # these three grow


def test_digests_tell_networks_of_one_name_apart() -> None:
    strategy = load_strategy(find_strategy("today_2011", TINY))
    a, b = (compile_world(LARGE, with_points(LARGE, TODAY, points, "close", "new"), strategy, 2) for points in SETS[:2])
    assert a.name == b.name and a.digest != b.digest


@pytest.mark.parametrize(
    ("weights", "total", "floor", "wanted"),
    [([1, 1], 5, 0, [3, 2]), ([5, 3, 2], 10, 0, [5, 3, 2]), ([97, 2, 1], 100, 5, [90, 5, 5]), ([0, 0], 4, 1, [2, 2]), ([1, 1, 1], 2, 2, [1, 1, 0]),
     ([1.0, 1.4], 10, 2, [4, 6])],
)  # fmt: skip
def test_largest_remainders(weights: list[float], total: int, floor: int, wanted: list[int]) -> None:
    assert largest_remainder(np.array(weights, float), total, floor).tolist() == wanted


# --- design ---------------------------------------------------------------------------------------
def test_coverage_with_and_without_a_car(tiny: Region) -> None:
    (d,) = designed(tiny, Wanted("p_median", 1, limit_min=30.0, keep=("Harbour",))) or [None]
    assert d is None  # Ridge is 40 min away
    (d,) = designed(tiny, Wanted("maximal_cover", 1, limit_min=30.0, keep=("Harbour",)))
    assert d.within_limit_pct == pytest.approx(100.0 * 1460 / 1610)
    people, minutes = without_car(tiny, np.array([8.4, 23.9, 40.1]))
    carless = [1200 * (0.4 * 0.4 + 0.6 * 0.2), 260 * (0.3 * 0.4 + 0.7 * 0.2), 150 * (0.25 * 0.4 + 0.75 * 0.2)]
    assert people.sum() == pytest.approx(sum(carless)) and minutes[:3] == pytest.approx([36.8, 67.8, 100.2])
    assert people[3:] == pytest.approx([0.0, 0.1 * carless[1], 0.1 * carless[2]])  # whom nothing takes there
    assert d.without_car_within_limit_pct == 0.0


def test_the_best_network_is_no_worse_than_that_of_the_plan() -> None:
    plan = [p.name for p in LARGE.office_models["m3"].points if p.kind == "staffed"]
    (found,) = designed(LARGE, Wanted("p_median", len(plan)))
    town = {m.name: i for i, m in enumerate(LARGE.municipalities)}
    theirs = np.average(LARGE.travel_min[:, [town[p] for p in plan]].min(axis=1), weights=work_of_towns(LARGE))
    assert found.mean_min <= theirs + 1e-9 and found.choice.mean_min == pytest.approx(found.mean_min)


def test_designed_networks_become_office_models() -> None:
    made = models_of(LARGE, TODAY, Wanted("p_median", 5, keep=("Oulu",), best=2), "five")
    assert [m.name for m in made] == ["five 1", "five 2"] and all(faults(LARGE, m) == [] for m in made)
