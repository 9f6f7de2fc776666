"""Numbered feature 4: the web of a region. Pencil worlds, each worked out by hand: an attempt takes 10 minutes (the plain region is in `pencil`)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from channelsim.scenario.compile import compile_world
from channelsim.scenario.region import Region
from tests.behaviour.pencil import ADVISER, CLERK, PHONE, STRATEGY, VISIT, WEB, clean, parameters, plain, told, world_of

FAILS_TO_PHONE = {"web.after_failure_share.web": 0.0, "web.after_failure_share.phone": 1.0, "web.after_failure_share.visit": 0.0,
                  "web.after_failure_share.give_up": 0.0}  # fmt: skip


def web_region(tiny: Region, values: dict[str, float], **changes: object) -> Region:
    """One clerk and one specialist in Harbour; whoever fails on the web calls 120 min later, whoever tries again does so after 60."""
    region = plain(tiny, {CLERK: ("Harbour", "Mill"), ADVISER: ("Harbour",)}, **changes)
    return parameters(region, FAILS_TO_PHONE | values)


def test_completion_by_service(tiny: Region, engine: str) -> None:
    """S01 always succeeds, S02 never: it is a call 120 min after its attempt has failed at 610."""
    region = web_region(tiny, {"web.completion_share.S01": 1.0, "web.completion_share.S02": 0.0})
    world = world_of(region, [(600.0, "S01", WEB), (600.0, "S02", WEB)])
    rows = {(r.channel, r.outcome, r.came, r.ended) for r in told(world, engine)}
    assert rows == {("web", "completed", 600.0, 610.0), ("web", "failed", 600.0, 610.0), ("phone", "served", 730.0, 736.0)}
    clean(world)


def test_completion_by_segment(tiny: Region, engine: str) -> None:
    """All attempts succeed but those of the settled: employers do, settled customers do not."""
    ratios = {f"segment.web_completion_ratio.{g}": float(g != "settled") for g in ("young", "settled", "employer")}
    world = world_of(web_region(tiny, {"web.first_attempt_completion_share.all": 1.0} | ratios), [(600.0, "S02", WEB), (600.0, "S06", WEB)])
    rows = {(r.channel, r.outcome, r.ended) for r in told(world, engine)}
    assert rows == {("web", "failed", 610.0), ("web", "completed", 610.0), ("phone", "served", 736.0)}
    clean(world)


def test_assisted_use_at_a_joint_point(tiny: Region, engine: str) -> None:
    """Mill is a joint point. A visitor of 600 is there at 608.4; the adviser needs 8 x 1.25 = 10 min, cannot settle it, and tries the web together.

    Alone nobody succeeds (completion 0), with the adviser all do (uplift 1): completed at 628.4. Without assistance it is referred by phone.
    """
    region = plain(tiny, {CLERK: ("Harbour",), ADVISER: ("Harbour",), "benefits": ("Harbour",)}, model="one_office")
    values = {"joint.resolved_share.all": 0.0, "web.first_attempt_completion_share.all": 0.0, "joint.web_assist_uplift.all": 1.0,
              **{f"segment.no_car_share.{g}": 0.0 for g in ("young", "settled")}}  # fmt: skip
    needs = [(600.0, "S02", VISIT)]
    world = world_of(parameters(region, values | {"joint.web_assist_share.all": 1.0}), needs, town="Mill", model="one_office")
    there = np.floor(8.4 * 2**20 + 0.5) / 2**20
    rows = [(r.channel, r.outcome, r.came, r.ended) for r in told(world, engine)]
    assert rows == [("visit", "handed over", 600.0 + there, 610.0 + there), ("web", "completed", 610.0 + there, 620.0 + there)]
    clean(world)
    alone = told(world_of(parameters(region, values), needs, town="Mill", model="one_office"), engine)
    assert [r.channel for r in alone] == ["visit", "phone"]


def test_messages_are_answered_when_due(tiny: Region, engine: str) -> None:
    """A web case lies in the tray from 600 on (4 min of staff time). Calls of 6 min keep the clerk busy: 598, 599, 601, 603, 605.

    At 604 and 610 it stands behind the calls; due after 12 min, at 612, it is taken at 616 with the calls of 603 and 605, as the longest wait;
    undue it waits until no call is left, at 628.
    """
    values = {"web.first_attempt_completion_share.all": 1.0, "web.staff_check_share.all": 1.0}
    needs = [(590.0, "S01", WEB), *((t, "S02", PHONE) for t in (598.0, 599.0, 601.0, 603.0, 605.0))]
    for limit, began in ((12.0 / 1440.0, 616.0), (None, 628.0)):
        given = values if limit is None else values | {"web.message_due_days.all": limit}
        world = world_of(web_region(tiny, given), needs)
        assert [r.began for r in told(world, engine) if r.channel == "check"] == [began]
        clean(world)


def test_substitution_answers_without_staff(tiny: Region, engine: str) -> None:
    """Advice that pages answer (all of S02 of the strategy's increment): completed at 610, though attempts fail and cases are checked otherwise."""
    region = web_region(tiny, {"web.first_attempt_completion_share.all": 0.0, "web.staff_check_share.all": 1.0, "web.advice_answered_share.S02": 1.0,
                               "segment.web_preference_2011_share.settled": 0.0})  # fmt: skip
    world = world_of(region, [(600.0, "S02", WEB)])
    answered = compile_world(region, region.office_models["two_offices"], replace(STRATEGY, advice_answered_on_web=True), 4)
    rows = [(r.channel, r.outcome, r.ended) for r in told(replace(answered, demand=world.demand), engine)]
    assert rows == [("web", "completed", 610.0)]
    assert [r.outcome for r in told(world, engine)] == ["failed", "served"]  # without it: a call


def test_induction_brings_calls(tiny: Region, engine: str) -> None:
    """Each completed case brings a call a day later: completed at 610, called at 2050."""
    region = web_region(tiny, {"web.first_attempt_completion_share.all": 1.0, "web.induced_contacts_per_web_case.all": 1.0})
    region = replace(region, delays={**region.delays, "induced_contact": replace(region.delays["induced_contact"], mean_min=1440.0)})
    world = world_of(region, [(600.0, "S02", WEB)])
    assert [(r.channel, r.outcome, r.came) for r in told(world, engine)] == [("web", "completed", 600.0), ("phone", "served", 2050.0)]
    clean(world)


def test_learning_with_use(tiny: Region, engine: str) -> None:
    """The first attempt fails; whoever tries again, an hour later, has learned all there is: completed at 680."""
    region = web_region(tiny, {"web.first_attempt_completion_share.all": 0.0, "web.learning_ratio.all": 0.0, "web.after_failure_share.web": 1.0,
                               "web.after_failure_share.phone": 0.0})  # fmt: skip
    world = world_of(region, [(600.0, "S02", WEB)])
    assert [(r.outcome, r.came, r.ended) for r in told(world, engine)] == [("failed", 600.0, 610.0), ("completed", 670.0, 680.0)]
    clean(world)


def test_an_outage_and_its_wave_of_calls(tiny: Region, engine: str) -> None:
    """The web is down from 595 to 605: attempts of 600 and 604 fail and are calls at 730 and 734, the second of which waits; that of 605 succeeds."""
    region = web_region(tiny, {"web.first_attempt_completion_share.all": 1.0}, web_outages=((595.0, 605.0),))
    world = world_of(region, [(t, "S02", WEB) for t in (600.0, 604.0, 605.0)])
    rows = [(r.channel, r.outcome, r.began, r.ended) for r in told(world, engine)]
    assert [(c, o, e) for c, o, _, e in rows[:3]] == [("web", "failed", 610.0), ("web", "failed", 614.0), ("web", "completed", 615.0)]
    assert rows[3:] == [("phone", "served", 730.0, 736.0), ("phone", "served", 736.0, 742.0)]
    clean(world)
