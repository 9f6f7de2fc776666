"""Numbered feature 3: the phone of a region. Pencil worlds, each worked out by hand (the plain region is in `pencil`)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from channelsim.rules.state import EXPERTISE_MIN, LEDGER_WIDTH, ROUTINE_MIN
from channelsim.scenario.region import Region
from channelsim.scenario.world import World
from tests.behaviour.pencil import ADVISER, CLERK, PHONE, clean, parameters, plain, run_of, told, world_of


def one_clerk(tiny: Region, **values: float) -> Region:
    """One generalist in Harbour, one in Mill; interviews are taken by one specialist in Harbour."""
    region = plain(tiny, {CLERK: ("Harbour", "Mill"), ADVISER: ("Harbour",)})
    return parameters(region, {k.replace("__", "."): v for k, v in values.items()})


def test_queue_limit_and_blocking(tiny: Region, engine: str) -> None:
    """One clerk, one place to wait, calls of 6 min at 600, 601 and 602: the third is turned away, and calls again after the redial delay of 20."""
    region = one_clerk(tiny, phone__queue_limit__all=1.0, phone__after_blocked_share__phone=1.0)
    world = world_of(region, [(600.0, "S02", PHONE), (601.0, "S02", PHONE), (602.0, "S02", PHONE)])
    rows = [(r.outcome, r.came, r.began, r.ended) for r in told(world, engine)]
    assert rows == [
        ("served", 600.0, 600.0, 606.0),
        ("served", 601.0, 606.0, 612.0),
        ("blocked", 602.0, -1.0, 602.0),
        ("served", 622.0, 622.0, 628.0),
    ]
    clean(world)


def test_hang_up_on_the_announced_wait(tiny: Region, engine: str) -> None:
    """The wait announced is that of the first in the line. At 602 it is 0 (nobody waits yet), at 604 it is 2, from which on all hang up."""
    region = one_clerk(
        tiny,
        phone__announced_wait_balk_share__2=1.0,
        phone__after_abandon_share__phone=0.0,
        phone__after_abandon_share__visit=0.0,
        phone__after_abandon_share__web=0.0,
    )
    world = world_of(region, [(600.0, "S02", PHONE), (602.0, "S02", PHONE), (604.0, "S02", PHONE)])
    assert [(r.outcome, r.began, r.ended) for r in told(world, engine)] == [
        ("served", 600.0, 606.0),
        ("served", 606.0, 612.0),
        ("balked", -1.0, 604.0),
    ]
    clean(world)


def test_call_back_keeps_the_place(tiny: Region, engine: str) -> None:
    """Virtual hold: at 604 the caller is offered a call back, hangs up, and keeps his place: he is called at 612, before the one of 605."""
    region = one_clerk(tiny, phone__call_back_offered_after_min__all=2.0, phone__call_back_accepted_share__all=1.0)
    # the one of 605 comes when the first has waited 3 min, and accepts as well
    world = world_of(region, [(600.0, "S02", PHONE), (602.0, "S02", PHONE), (604.0, "S02", PHONE), (605.0, "S02", PHONE)])
    rows = [(r.channel, r.outcome, r.came, r.began) for r in told(world, engine)]
    assert rows == [
        ("phone", "served", 600.0, 600.0), ("phone", "served", 602.0, 606.0), ("phone", "called back", 604.0, -1.0),
        ("call back", "served", 604.0, 612.0), ("phone", "called back", 605.0, -1.0), ("call back", "served", 605.0, 618.0),
    ]  # fmt: skip
    clean(world)


def test_timed_call_back(tiny: Region, engine: str) -> None:
    """Timed: the caller of 604 is called after 30 min, at 634; the clerk is idle since 612."""
    region = one_clerk(
        tiny, phone__call_back_offered_after_min__all=2.0, phone__call_back_accepted_share__all=1.0, phone__call_back_after_min__all=30.0
    )
    world = world_of(region, [(600.0, "S02", PHONE), (602.0, "S02", PHONE), (604.0, "S02", PHONE)])
    assert [(r.channel, r.outcome, r.began) for r in told(world, engine)][2:] == [
        ("phone", "called back", -1.0),
        ("call back", "served", 634.0),
    ]
    clean(world)


def test_call_back_that_nobody_answers(tiny: Region, engine: str) -> None:
    """Nobody ever answers: two tries of 1 min, an hour apart, at 612 and 673, and the need is given up: not reached."""
    region = one_clerk(
        tiny, phone__call_back_offered_after_min__all=2.0, phone__call_back_accepted_share__all=1.0, phone__call_back_unreached_share__all=1.0,
        phone__call_back_tries__all=2.0,
    )  # fmt: skip
    world = world_of(region, [(600.0, "S02", PHONE), (602.0, "S02", PHONE), (604.0, "S02", PHONE)])
    rows = [(r.outcome, r.began, r.ended) for r in told(world, engine) if r.channel == "call back"]
    assert rows == [("not reached", 612.0, 613.0), ("not reached", 673.0, 674.0)]
    clean(world)


def test_overflow_to_another_office(tiny: Region, engine: str) -> None:
    """The clerk of Mill helps Harbour after 4 min: the caller of 601 is taken at 605 there, not at 606 here; without it at 606."""
    needs = [(600.0, "S02", PHONE), (601.0, "S02", PHONE)]
    world = world_of(one_clerk(tiny, phone__overflow_after_min__all=4.0), needs)
    assert [(r.began, r.pool) for r in told(world, engine)] == [(600.0, "generalist Harbour"), (605.0, "generalist Mill")]
    assert [(r.began, r.pool) for r in told(world_of(one_clerk(tiny), needs), engine)][1] == (606.0, "generalist Harbour")
    clean(world)


def handed_over(tiny: Region, **values: float) -> World:
    """S06 takes expertise: a clerk finds out in half of 12 min, at 606, and hands over; the specialist is busy until 613 with a call of 601 for S03."""
    given = {
        "service__needs_specialist_share__S06": 1.0,
        "triage__generalist_closes_share__expertise": 0.0,
        "service__handling_phone_mean_min__S03": 12.0,
    }
    world = world_of(one_clerk(tiny, **given, **values), [(600.0, "S06", PHONE), (601.0, "S03", PHONE)])
    clean(world)
    return world


def test_cold_hand_over(tiny: Region, engine: str) -> None:
    """The clerk who hands over at 606 is free at once; the caller waits until 613."""
    rows = [(r.outcome, r.pool, r.began, r.ended) for r in told(handed_over(tiny), engine)]
    assert rows == [
        ("handed over", "generalist Harbour", 600.0, 606.0), ("served", "placement Harbour", 601.0, 613.0), ("served", "placement Harbour", 613.0, 625.0),
    ]  # fmt: skip


@pytest.mark.parametrize(("longest", "busy_min"), [(3.0, 3.0), (10.0, 7.0)])
def test_warm_hand_over(tiny: Region, engine: str, longest: float, busy_min: float) -> None:
    """The clerk stays until the specialist answers at 613, 7 min; but at most `longest`. All of it is in the ledger."""
    world = handed_over(tiny, phone__warm_hand_over_max_min__all=longest)
    ledger = run_of(world, engine).tally.ledger.reshape(-1, LEDGER_WIDTH)[world.names.pools.index("generalist Harbour")]
    assert (ledger[EXPERTISE_MIN], ledger[ROUTINE_MIN]) == (6.0, busy_min)


def test_callers_who_try_again_tomorrow(tiny: Region, engine: str) -> None:
    """Patience ends (drawn, mean 1 min) before 606; all try again, all tomorrow: a day after the moment at which they hung up."""
    region = one_clerk(tiny, phone__patience_mean_min__all=0.5, phone__after_abandon_share__phone=1.0, phone__after_abandon_share__visit=0.0,
                       phone__after_abandon_share__web=0.0, phone__hang_up_tries_tomorrow_share__all=1.0)  # fmt: skip
    world = world_of(region, [(600.0, "S02", PHONE), (600.0625, "S02", PHONE)])
    rows = told(world, engine)
    left = next(r for r in rows if r.outcome == "abandoned")
    assert left.came == 600.0625 and left.ended < 606.0
    assert [r.came for r in rows if r.outcome == "served"] == [600.0, left.ended + 1440.0]
    clean(world)


def test_after_call_work(tiny: Region, engine: str) -> None:
    """Each call keeps its person 1.5 min longer: calls of 6 min at 600 and 601 end at 607.5 and 615."""
    region = one_clerk(tiny)
    region = replace(region, delays={**region.delays, "after_call_work": replace(region.delays["after_call_work"], mean_min=1.5)})
    world = world_of(region, [(600.0, "S02", PHONE), (601.0, "S02", PHONE)])
    assert [r.ended for r in told(world, engine)] == [607.5, 615.0]
