"""Numbered feature 6: the demand of a region. Worlds and figures worked out by hand (the plain region is in `pencil`)."""

from __future__ import annotations

import numpy as np

from channelsim.demand.weeks import DemandWeeks
from channelsim.randomness import stream_key
from channelsim.rules.state import REASONS
from channelsim.scenario.compile import Factors, compile_world
from channelsim.scenario.compile_demand import cell_means, region_demand
from channelsim.scenario.futures import Layoff, TripResponse, shock_of, trips_min, visit_factor
from channelsim.scenario.region import Region
from channelsim.simulate import simulate, weeks
from tests.behaviour.pencil import ADVISER, CLERK, PHONE, STRATEGY, clean, parameters, plain, run_of, told, world_of

GIVES_UP = {"phone.patience_mean_min.all": 0.5, **{f"phone.after_abandon_share.{k}": 0.0 for k in ("phone", "visit", "web")}}


def test_customers_give_up_with_a_reason(tiny: Region, engine: str) -> None:
    """Of two calls at one moment the second waits, loses patience, and gives up: because of the phone queue."""
    region = parameters(plain(tiny, {CLERK: ("Harbour", "Mill"), ADVISER: ("Harbour",)}), GIVES_UP)
    world = world_of(region, [(600.0, "S02", PHONE), (600.0625, "S02", PHONE)])
    assert [r.outcome for r in told(world, engine)] == ["served", "abandoned"]
    assert sorted(REASONS[r] for r in run_of(world, engine).needs.reason) == ["", "phone queue"]


def test_unmet_need_comes_again_later_and_heavier(tiny: Region, engine: str) -> None:
    """The same two calls: the need that was given up comes again, once, and takes twice as long: 12 min."""
    values = GIVES_UP | {
        "failure.unmet_returns_share.all": 1.0,
        "failure.unmet_returns_after_min.all": 3000.0,
        "failure.unmet_handling_ratio.all": 2.0,
    }
    region = parameters(plain(tiny, {CLERK: ("Harbour", "Mill"), ADVISER: ("Harbour",)}), values)
    world = world_of(region, [(600.0, "S02", PHONE), (600.0625, "S02", PHONE)])
    rows = told(world, engine)
    assert [(r.outcome, r.ended - r.began) for r in rows if r.began >= 0.0] == [("served", 6.0), ("served", 12.0)]
    assert rows[-1].came > 606.0 and rows[-1].came != 600.0625
    needs = run_of(world, engine).needs
    assert sorted(needs.contacts.tolist()) == [1, 2] and sorted(needs.failures.tolist()) == [0, 1]
    assert set(needs.reason.tolist()) == {0}  # nobody has given up for good
    clean(world)


def test_seasons(tiny: Region) -> None:
    """January twice February and the rest: with one index of 2 and eleven of 10/11, a day of January has 2.2 times the needs of one of February."""
    index = {
        f"seasonality.unemployed_index.{m}": 10.0 / 11.0
        for m in ("feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
    }
    demand = region_demand(parameters(tiny, index | {"seasonality.unemployed_index.jan": 2.0}), 60, 1.0)
    assert np.isclose(demand.day_factor[0, 28] / demand.day_factor[0, 29], 2.2, rtol=1e-12)  # 31 January and 1 February


def test_busy_days_are_gamma_and_channels_correlate(tiny: Region) -> None:
    """Over 4,000 days: mean 1, the variation that is given (0.2), and between channels the correlation that is given (0.6)."""
    region = parameters(tiny, {"profile.arrival_overdispersion_cv.day": 0.2, "profile.busyness_channel_correlation.day": 0.6})
    world = compile_world(region, region.office_models["two_offices"], STRATEGY, 1)
    draws = DemandWeeks(world, stream_key(3, 0))
    factor = np.array([[draws.channel_busyness(channel, day) for channel in range(3)] for day in range(4000)])
    assert np.allclose(factor.mean(0), 1.0, atol=4 * 0.2 / np.sqrt(4000))
    assert np.allclose(factor.std(0), 0.2, rtol=0.06)
    assert np.allclose(np.corrcoef(factor.T)[np.triu_indices(3, 1)], 0.6, atol=0.05)
    # skewness of a gamma is twice its variation
    assert np.allclose(((factor - 1.0) ** 3).mean(0) / factor.std(0) ** 3, 0.4, atol=0.2)


def test_channels_with_days_of_their_own_keep_the_level(tiny: Region) -> None:
    """Needs of a year by channel are what they are with one busyness for all, within what chance allows; and engines agree."""
    own = parameters(tiny, {"profile.arrival_overdispersion_cv.day": 0.3, "profile.busyness_channel_correlation.day": 0.0})
    both = []
    for region in (tiny, own):
        world = compile_world(region, region.office_models["two_offices"], STRATEGY, 26)
        draws = DemandWeeks(world, stream_key(3, 0))
        first = np.concatenate([draws.draw(week).what.copy() for week in range(26)]) >> 48
        both.append(np.bincount(first, minlength=3)[:3])
    usual, mine = both
    assert np.allclose(mine / usual, 1.0, atol=4 * np.sqrt(0.3**2 / 130 + 2 / usual.min()))
    world = compile_world(own, own.office_models["two_offices"], STRATEGY, 3)
    assert simulate(world, 5, 0, weeks(0, 2, 0), "fast").digest() == simulate(world, 5, 0, weeks(0, 2, 0), "reference").digest()


def test_a_lay_off_with_needs_of_its_own(tiny: Region) -> None:
    """Harbour has 1,200 unemployed, 720 of them settled; 360 more are laid off, who register three times as often: 1 + 360 x 3 / 720 = 2.5 times."""
    region = parameters(tiny, {"service.layoff_need_ratio.S01": 3.0})
    cells = cell_means(region)
    shock = shock_of(region, cells, Layoff("Harbour", "settled", 360.0, 1, 2))
    towns, segments, services = ([x[i] for x in cells] for i in range(3))
    names = [s.id for s in region.services]
    for factor, m, g, s in zip(shock, towns, segments, services, strict=True):
        hit = region.municipalities[m].name == "Harbour" and region.segments[g].id == "settled"
        assert factor == (1.0 if not hit else 2.5 if names[s] == "S01" else 1.5)


def test_a_lay_off_adds_needs_and_changes_no_other(tiny: Region, engine: str) -> None:
    """Every need without the lay-off is there with it; those added are of its town, its segment, and its two weeks."""
    usual = compile_world(tiny, tiny.office_models["two_offices"], STRATEGY, 5)
    hit = compile_world(tiny, tiny.office_models["two_offices"], STRATEGY, 5, Factors(layoff=Layoff("Harbour", "settled", 360.0, 1, 2)))
    a, b = (simulate(w, 4, 0, weeks(0, 4, 0), engine, keep_accounts=True).needs for w in (usual, hit))
    new = ~np.isin(b.need_id, a.need_id)
    assert np.isin(a.need_id, b.need_id).all() and new.sum() > 20
    assert set(b.municipality[new].tolist()) == {0} and set(b.segment[new].tolist()) == {1}
    assert b.arose[new].min() >= 10080.0 - 1440.0 and b.arose[new].max() < 4 * 10080.0


def test_demand_follows_the_trip(tiny: Region) -> None:
    """A trip 30 min longer than before, 0.2 visits fewer for each hour: a factor of 0.9 with a car; a trip 30 min shorter: 1.1."""
    region = parameters(tiny, {f"segment.no_car_share.{g.id}": 0.0 for g in tiny.segments})
    world = compile_world(region, region.office_models["two_offices"], STRATEGY, 1)
    now = np.array(trips_min(region, world.tables))
    for change, factor in ((-30.0, 0.9), (30.0, 1.1)):  # before the plan, the trip was so much longer or shorter than now
        before = TripResponse(0.2, tuple(map(tuple, (now + change).tolist())))
        assert np.allclose(visit_factor(region, cell_means(region), world.tables, before), factor)
