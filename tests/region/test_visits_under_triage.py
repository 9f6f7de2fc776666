"""Whom triage takes for expert goes to a point where nobody has the skill: its first line takes him, and he makes one trip."""

from __future__ import annotations

import numpy as np
import pytest
from tests.conftest import ROOT

from channelsim.config.region import load_region
from channelsim.config.strategy import find_strategy, load_strategy
from channelsim.rules import state as S
from channelsim.rules.bookkeeping.events import SETS_OUT
from channelsim.scenario.compile import compile_world
from channelsim.scenario.tables import NONE
from channelsim.simulate import Window, simulate
from channelsim.units import WEEK_MIN

REGION = ROOT / "configs" / "regions" / "pohjois-pohjanmaa"


@pytest.mark.parametrize("model", ["m6_today", "m3"])
def test_a_visit_is_one_trip(model: str) -> None:
    region = load_region(REGION)
    strategy = load_strategy(find_strategy("multichannel_triage", REGION))
    world = compile_world(region, region.office_models[model], strategy, 2)
    by_variant = world.tables.place_class.reshape(-1, 2)
    assert ((by_variant[:, 0] != NONE) & (by_variant[:, 1] == NONE)).any()  # there are such points
    run = simulate(world, 2013, 0, Window(0.0, WEEK_MIN, WEEK_MIN), log_events=True)
    assert run.log is not None
    trips = run.log[run.log[:, S.L_EVENT] == SETS_OUT][:, [S.L_NEED, S.L_CONTACT]]
    visits, trips_of_visit = np.unique(trips, axis=0, return_counts=True)
    assert len(visits) > 300 and trips_of_visit.max() == 1
