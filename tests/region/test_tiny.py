"""The invented region: engines agree, nothing is lost, customers are the same people in every alternative."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.conftest import TINY

from channelsim.config.strategy import find_strategy, load_strategy
from channelsim.errors import SimulationError
from channelsim.metrics import Case, measures_of
from channelsim.metrics.guard import check_ledger, check_needs, ledger_gap
from channelsim.randomness import stream_key
from channelsim.rules import state as S
from channelsim.scenario.compile import Factors, compile_world
from channelsim.simulate import simulate, weeks
from channelsim.units import TICKS_PER_MIN

WINDOW = weeks(1, 3, 2)
STRATEGIES = ("today_2011", "multichannel", "triage", "multichannel_triage")


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("model", ["two_offices", "one_office"])
def test_engines_agree_bit_for_bit(tiny_world, model: str, strategy: str) -> None:
    world = tiny_world(model, strategy)
    fast, reference = simulate(world, 7, 0, WINDOW, "fast"), simulate(world, 7, 0, WINDOW, "reference")
    assert fast.digest() == reference.digest()
    assert fast.n_events == reference.n_events > 5000


def test_records_do_not_change_what_happens(tiny_world) -> None:
    world = tiny_world()
    assert simulate(world, 7, 0, WINDOW, keep_records=True).digest() == simulate(world, 7, 0, WINDOW).digest()


def test_same_seed_same_digest_and_another_seed_another(tiny_world) -> None:
    world = tiny_world()
    assert simulate(world, 7, 0, WINDOW).digest() == simulate(world, 7, 0, WINDOW).digest()
    assert simulate(world, 7, 0, WINDOW).digest() != simulate(world, 8, 0, WINDOW).digest()


def test_golden_head_of_one_run(tiny_world) -> None:
    """The first contacts of one run, so that a change of results is noticed. Change it only with CHANGELOG "Results changed"."""
    run = simulate(tiny_world(), 2013, 0, weeks(0, 1, 0), keep_records=True)
    order = np.lexsort((run.record_needs, run.record_times[:, S.REC_ENDED]))[:6]
    head = [(*run.records[i, [S.REC_CHANNEL, S.REC_OUTCOME]].tolist(), round(float(run.record_times[i, S.REC_ENDED]), 3)) for i in order]
    assert head == GOLDEN_HEAD


# (channel, outcome, ended_min)
GOLDEN_HEAD = [(1, 6, 19.419), (1, 7, 61.088), (3, 0, 530.304), (4, 0, 531.48), (0, 0, 555.311), (4, 0, 556.635)]


def test_ledger_closes_and_a_lost_minute_is_found(tiny_world) -> None:
    run = simulate(tiny_world(), 7, 0, WINDOW)
    assert np.all(ledger_gap(run.tally) == 0.0)
    run.tally.ledger[1, S.IDLE_MIN] -= 1.0
    with pytest.raises(SimulationError, match="does not close"):
        check_ledger(run.tally)


def test_every_time_lies_on_the_grid(tiny_world) -> None:
    run = simulate(tiny_world(), 7, 0, WINDOW, keep_records=True)
    ticks = run.record_times * TICKS_PER_MIN
    assert np.array_equal(ticks, np.floor(ticks))


def test_needs_are_conserved(tiny_world) -> None:
    run = simulate(tiny_world(), 7, 0, WINDOW, keep_accounts=True)
    assert run.n_arisen == run.n_finished + run.n_open
    assert len(np.unique(run.needs.need_id)) == len(run.needs)


def test_the_same_people_meet_every_alternative(tiny_world) -> None:
    """Common random numbers by construction: ids, expertise, segment and web ability are equal across alternatives."""
    runs = [
        simulate(tiny_world(m, s), 7, 0, WINDOW, keep_accounts=True).needs
        for m in ("two_offices", "one_office")
        for s in ("today_2011", "multichannel")
    ]
    for other in runs[1:]:
        common, a, b = np.intersect1d(runs[0].need_id, other.need_id, return_indices=True)
        assert len(common) > 0.97 * len(runs[0])
        for column in ("expertise", "segment", "service", "municipality"):
            assert np.array_equal(getattr(runs[0], column)[a], getattr(other, column)[b])
        assert np.array_equal(runs[0].flags[a] & 7, other.flags[b] & 7)


def test_stronger_web_preference_moves_nobody_between_phone_and_visit(tiny, tiny_world) -> None:

    today = load_strategy(find_strategy("today_2011", TINY))
    model = tiny.office_models["two_offices"]
    a = simulate(compile_world(tiny, model, today, 8), 7, 0, WINDOW, keep_accounts=True).needs
    b = simulate(compile_world(tiny, model, today, 8, Factors(web_preference_scale=1.5)), 7, 0, WINDOW, keep_accounts=True).needs
    _, i, j = np.intersect1d(a.need_id, b.need_id, return_indices=True)
    before, after = a.first_channel[i], b.first_channel[j]
    moved = before != after
    assert moved.any() and np.all(after[moved] == 1)


def test_renaming_an_office_changes_nothing_else(tiny, tiny_world) -> None:

    model = tiny.office_models["two_offices"]
    new = {"H": "H2", "M": "M"}
    renamed = replace(
        model,
        points=tuple(replace(p, office=new[p.office]) for p in model.points),
        office_of={m: new[o] for m, o in model.office_of.items()},
        service_map=tuple(replace(r, area=new.get(r.area, r.area), place=new.get(r.place, r.place)) for r in model.service_map),
    )
    strategy = load_strategy(find_strategy("today_2011", TINY))
    assert simulate(compile_world(tiny, renamed, strategy, 8), 7, 0, WINDOW).digest() == simulate(tiny_world(), 7, 0, WINDOW).digest()


def test_one_more_person_leaves_the_customers_as_they_are(tiny) -> None:

    model = tiny.office_models["two_offices"]
    people = model.staff["balanced"]
    more = replace(model, staff={"balanced": (*people, replace(people[1], id=13, rota=99))})
    strategy = load_strategy(find_strategy("today_2011", TINY))
    a = simulate(compile_world(tiny, model, strategy, 8), 7, 0, WINDOW, keep_accounts=True).needs
    b = simulate(compile_world(tiny, more, strategy, 8), 7, 0, WINDOW, keep_accounts=True).needs
    assert np.array_equal(a.need_id, b.need_id) and np.array_equal(a.arose, b.arose)
    assert np.array_equal(a.first_channel, b.first_channel)
    assert b.waited_min.sum() < a.waited_min.sum()


def test_demand_layers_keep_common_needs_common(tiny) -> None:
    """Unemployment 43 % higher: every need of the base case is there, and about 43 % more (decisions 31)."""

    strategy = load_strategy(find_strategy("today_2011", TINY))
    model = tiny.office_models["two_offices"]
    a = simulate(compile_world(tiny, model, strategy, 8), 7, 0, WINDOW, keep_accounts=True).needs
    b = simulate(compile_world(tiny, model, strategy, 8, Factors(demand_scale=1.43)), 7, 0, WINDOW, keep_accounts=True).needs
    assert np.isin(a.need_id, b.need_id).all()
    assert 1.33 < len(b) / len(a) < 1.53


def test_appointments_wait_in_the_right_order(tiny_world) -> None:
    """A kept appointment is never served before its time, and starts before later walk-ins of the same pool."""
    world = tiny_world()
    run = simulate(world, 7, 0, WINDOW, keep_records=True)
    booked = [i for i, name in enumerate(world.names.classes) if name.startswith("booked")]
    mine = np.isin(run.records[:, S.REC_CLASS], booked) & (run.record_times[:, S.REC_STARTED] >= 0)
    assert mine.sum() > 50
    t = run.record_times[mine]
    assert np.all(t[:, S.REC_STARTED] >= t[:, S.REC_QUEUED])
    assert np.all(t[:, S.REC_QUEUED] >= t[:, S.REC_SINCE])
    lead = measures_of(Case(run, world, None))["appointment_lead_mean_days"]
    assert lead >= 1.0  # a day's notice at least


def test_triage_takes_routine_off_specialists(tiny, tiny_world) -> None:
    """Even with a noisy signal (15 % of routine matters look expert) specialists spend fewer hours on routine."""

    def routine(strategy: str) -> float:
        world = tiny_world("two_offices", strategy)
        runs = [measures_of(Case(simulate(world, 7, r, WINDOW), world, tiny)) for r in range(3)]
        return float(np.mean([run["specialist_routine_h_per_week"] for run in runs]))

    assert routine("triage") < 0.9 * routine("today_2011")


def test_keys_of_replications_differ() -> None:
    assert len({stream_key(1, r) for r in range(1000)}) == 1000


def test_a_lost_need_stops_the_replication() -> None:
    check_needs(10, 7, 3)
    with pytest.raises(SimulationError, match="10 needs arose, but 7 are finished and 2 open"):
        check_needs(10, 7, 2)
