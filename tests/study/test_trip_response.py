"""Demand response: where trips grow, part of the visits is not made, nothing else changes, and both engines agree."""

from __future__ import annotations

import numpy as np
import pytest
from tests.conftest import TINY

from channelsim.cli.many import implausible
from channelsim.config.study import load_study
from channelsim.errors import ConfigError
from channelsim.scenario.futures import trips_min
from channelsim.simulate import simulate, weeks

VISIT = 2
BODY = """
factors:
  office_model: [two_offices, Harbour alone]
  strategy: [today_2011]
  demand.trip_response: [as_it_is, 0.0, 0.8]
networks: {Harbour alone: {office_model: two_offices, points: [Harbour], others: close}}
"""


def worlds(loaded, baseline: str = "two_offices"):
    rest = f"""
baseline: {{office_model: {baseline}, strategy: today_2011}}
window: {{warm_up_weeks: 0, measured_weeks: 20, follow_up_weeks: 0}}
replications: 1
seed: 7
primary_outcomes: [a1_released_h_per_week]
"""
    study = loaded(BODY, rest=rest)
    return {(a.office_model, a.levels.get("demand.trip_response")): study.world(a) for a in study.alternatives}


def needs(world, engine: str = "fast", n: int = 20):
    return simulate(world, 7, 0, weeks(0, n, 0), engine, keep_accounts=True).needs


def test_only_visits_of_those_who_travel_farther_are_not_made(loaded) -> None:
    made = worlds(loaded)
    off, on = needs(made["Harbour alone", None]), needs(made["Harbour alone", 0.8])
    assert np.isin(on.need_id, off.need_id).all() and len(on) < len(off)
    lost = ~np.isin(off.need_id, on.need_id)
    assert np.all(off.first_channel[lost] == VISIT) and np.all(off.municipality[lost] > 0)  # Harbour travels as before
    before, after = (np.array(trips_min(world_region(), made[model, None].tables)) for model in ("two_offices", "Harbour alone"))
    longer_h = (after - before) / 60.0
    no_car = np.array([0.4, 0.2, 0.0])  # by segment; without a car twice as long
    visits = (off.first_channel == VISIT) & (off.municipality > 0)
    expected = 0.8 * longer_h[off.service[visits], off.municipality[visits]] * (1.0 + no_car[off.segment[visits]])
    lost_share = lost[visits].mean()
    assert visits.sum() > 300
    assert lost_share == pytest.approx(expected.mean(), abs=3.1 * np.sqrt(expected.mean() / visits.sum()))
    assert 0.1 < lost_share < 0.5


def world_region():
    from channelsim.config.region import load_region

    return load_region(TINY)


def test_off_and_the_baseline_are_what_they_were(loaded) -> None:
    made = worlds(loaded)
    base = [simulate(made["two_offices", level], 7, 0, weeks(0, 2, 0)).digest() for level in (None, 0.0, 0.8)]
    plan = [simulate(made["Harbour alone", level], 7, 0, weeks(0, 2, 0)).digest() for level in (None, 0.0, 0.8)]
    assert len(set(base)) == 1 and plan[0] == plan[1] != plan[2]
    assert len({w.digest for key, w in made.items() if key[0] == "Harbour alone"}) == 3


def test_shorter_trips_bring_more_visits(loaded) -> None:
    made = worlds(loaded, baseline="Harbour alone")
    off, on = needs(made["two_offices", None]), needs(made["two_offices", 0.8])
    new = ~np.isin(on.need_id, off.need_id)
    assert np.isin(off.need_id, on.need_id).all() and new.sum() > 30
    assert np.all(on.first_channel[new] == VISIT) and np.all(on.municipality[new] > 0)


def test_both_engines_agree(loaded) -> None:
    world = worlds(loaded)["Harbour alone", 0.8]
    fast, reference = (simulate(world, 7, 0, weeks(0, 3, 0), engine).digest() for engine in ("fast", "reference"))
    assert fast == reference


def test_the_regions_own_elasticity_is_called_base(written) -> None:
    from tests.conftest import ROOT

    large = ROOT / "configs" / "regions" / "pohjois-pohjanmaa"
    rest = written("").read_text(encoding="utf-8").partition("tiny\n")[2].replace("two_offices", "m6_today")
    body = "factors: {office_model: [m3], strategy: [today_2011], demand.trip_response: [base]}\n"
    study = load_study(written(body, rest=rest, region=large))
    world = study.world(next(a for a in study.alternatives if a.office_model == "m3"))
    factor = world.demand.visit_factor
    assert factor is not None and 0.8 < np.average(factor, weights=world.demand.weekly_mean) < 1.0
    with pytest.raises(ConfigError, match="the region gives no travel, trip_suppression_per_extra_hour"):
        load_study(written(body.replace("m3", "one_office")))


def test_a_response_of_the_wrong_sign_is_run_with_a_warning(loaded) -> None:
    """Below 0 more visits are made where the trip is longer: it may be asked for, and the run says that the sign is unusual."""
    study = loaded(BODY.replace("0.8", "-0.3"))
    assert [w for w in implausible(study) if "wrong sign" in w] and "-0.3" in " ".join(implausible(study))
    assert not [w for w in implausible(loaded(BODY)) if "wrong sign" in w]
    farther = next(a for a in study.alternatives if a.office_model == "Harbour alone" and a.levels.get("demand.trip_response") == -0.3)
    factor = study.world(farther).demand.visit_factor
    assert factor is not None and factor.max() > 1.0 and factor.min() >= 1.0
