"""Feature 8: dated changes within one run, each small enough to be counted by hand."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from channelsim.config.strategy import find_strategy, load_strategy
from channelsim.config.transition import load_transition
from channelsim.rules import state as S
from channelsim.scenario.compile import Factors, compile_world
from channelsim.scenario.region import Region
from channelsim.transition import Phase, blocks_of, simulate_phases
from tests.behaviour.regions import no_duties, run_of, world_of
from tests.conftest import ROOT, TINY
from tests.transition.test_dated_change import CHANGE, Make, contacts_of, halfway


def test_hours_at_the_office_that_closes_are_moved_and_each_is_counted_once(tiny_world: Make, engine: str) -> None:
    """Booked at Mill: each is counted once as moved, to an hour at Harbour after the change. At Harbour an hour stays unless its slot is gone."""
    running, old, new = halfway(tiny_world, engine, ("two_offices", "today_2011"), ("one_office", "today_2011"))
    before = contacts_of(running, S.HAS_SLOT)
    at_mill = {key for key, row in before.items() if old.names.classes[row[0]].endswith(" Mill")}
    running.change(new, CHANGE)
    after = contacts_of(running, S.HAS_SLOT)
    counted = int(np.array(running.state.book_tally).reshape(-1, 4)[:, 3].sum())
    assert all(new.names.classes[row[0]].endswith(" Harbour") for row in after.values())
    elsewhen = {k for k in before if k not in at_mill and after[k][2] != before[k][2]}
    assert counted == len(at_mill | elsewhen) and len(elsewhen) < len(at_mill) < len(before)
    assert all(after[k][2] >= CHANGE * 10080.0 for k in at_mill)


def test_persons_are_paid_where_they_are_before_and_after(tiny: Region, engine: str) -> None:
    """Three of Mill come to Harbour in week 2: 3 x 5 shifts of 450 min are paid at Mill a week before, none after; the sum stays 11 x 5 x 450."""
    region = no_duties(tiny)
    worlds = [world_of(region, region.staff, model, demand=0.02, n_weeks=6) for model in ("two_offices", "one_office")]
    phases = [Phase(0, worlds[0]), Phase(2, worlds[1])]
    runs = simulate_phases(phases, blocks_of(phases, 1, 3, 1), 7, 0, 1, engine)
    for run, world, n_mill in zip(runs, worlds, (3, 0), strict=True):
        pools = world.names.pools
        paid = run.tally.ledger.reshape(-1, S.LEDGER_WIDTH)[:, S.LEDGER.index("paid")]
        of = {place: sum(paid[i] for i, name in enumerate(pools) if name.endswith(place)) for place in (" Mill", " Harbour")}
        assert of == {" Mill": n_mill * 2250.0, " Harbour": (11 - n_mill) * 2250.0} or n_mill == 0  # Mill has a municipal adviser then
        people = [i for i, name in enumerate(pools) if not name.startswith(("adviser", "hotline"))]
        assert sum(paid[i] for i in people) == 11 * 2250.0


@pytest.mark.parametrize("part", [0.0, 0.25, 1.0])
def test_adoption_is_a_part_of_the_way_from_one_preference_to_the_next(tiny: Region, part: float) -> None:
    """Half of the way from .2 to .6 is .4: by segment, as the tables have it."""
    strategy = load_strategy(find_strategy("multichannel", TINY))
    world = compile_world(tiny, tiny.office_models["two_offices"], strategy, 2, Factors(web_adoption=part))
    before, after = ([tiny.value("segment", name, g.id, 0.0) for g in tiny.segments]
                     for name in ("web_preference_2011_share", strategy.web_preference))  # fmt: skip
    wanted = [b + part * (a - b) for b, a in zip(before, after, strict=True)]
    found = run_of(world, "reference", 1)  # it runs
    assert found.n_arisen > 0
    shares = world.tables.web_share.reshape(len(tiny.segments), len(tiny.services))
    eligible = [tiny.value("service", "web_eligible_share", s.id) for s in tiny.services]
    assert shares == pytest.approx(np.outer(wanted, eligible), abs=1e-12)


def test_the_changes_of_the_shipped_study_lie_on_its_blocks() -> None:
    """Every block is of the same length but the last: seasons are compared with the same stretch of the other orders."""
    study = load_transition(ROOT / "experiments" / "transition-2011-2015" / "study.yaml")
    assert set(np.diff(study.edges)) == {study.block_weeks}
    assert study.date(study.edges[0]) == dt.date(2011, 7, 18) and study.date(study.edges[-1]) == dt.date(2016, 1, 11)
    assert (study.edges[-1] - 52) in study.edges, "the last year is whole blocks"
