"""Numbered feature 5: appointments of a region. Pencil worlds, each worked out by hand (the plain region is in `pencil`).

The one specialist of Harbour offers slots of 40 min from 09:00 on (540, 580, 620, ...), a day's notice. Asked for at 600 of Monday, the first
hour after 2040 is 2060, Tuesday 10:20. An interview lasts 35 min at the desk, 22 by phone.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from channelsim.scenario.region import Region
from channelsim.testing.audit import chance
from tests.behaviour.pencil import ADVISER, CLERK, PHONE, VISIT, Told, clean, parameters, plain, run_of, told, world_of


def books(tiny: Region, values: dict[str, float] | None = None, specialists: int = 1, **grid: object) -> Region:
    """The plain region with all slots bookable."""
    region = plain(tiny, {CLERK: ("Harbour", "Mill"), ADVISER: ("Harbour",) * specialists})
    grids = {skill: replace(a, bookable_share=1.0, **grid) for skill, a in region.appointments.items()}  # type: ignore[arg-type]
    return parameters(replace(region, appointments=grids), values or {})


def legs(rows: list[Told]) -> list[tuple[str, str, float, float]]:
    return [(r.channel, r.outcome, r.came, r.ended) for r in rows]


def test_the_earliest_slot_after_notice(tiny: Region, engine: str) -> None:
    """Two ask at 600 and 610: they have the hours 2060 and 2100, and begin on time."""
    world = world_of(books(tiny), [(600.0, "S03", VISIT), (610.0, "S03", VISIT)])
    assert legs(told(world, engine)) == [("visit", "served", 2060.0, 2095.0), ("visit", "served", 2100.0, 2135.0)]
    clean(world)


def test_slots_are_shared_or_reserved(tiny: Region, engine: str) -> None:
    """Two specialists, calls of 22 min at 600 and 601: with half of them reserved for booked work the second waits until 622 though one is idle."""
    needs = [(600.0, "S03", PHONE), (601.0, "S03", PHONE)]
    shared, reserved = books(tiny, specialists=2), books(tiny, specialists=2, reserved_share=0.5)
    assert [r.began for r in told(world_of(shared, needs), engine)] == [600.0, 601.0]
    world = world_of(reserved, needs)
    assert [r.began for r in told(world, engine)] == [600.0, 622.0]
    clean(world)


@pytest.mark.parametrize(("reminder", "outcome"), [(1.0, "no-show"), (0.0, "served")])
def test_no_show_rises_with_lead_time_and_reminders_lower_it(tiny: Region, engine: str, reminder: float, outcome: str) -> None:
    """One in a day of lead time: after 1460 min the share is 1460/1440 > 1, nobody comes. Reminders that work without fail bring all."""
    values = {
        "visit.no_show_rise_per_day.appointment": 1.0,
        "visit.no_show_reminder_ratio.appointment": reminder,
        "visit.rebook_after_no_show_share.all": 0.0,
    }
    world = world_of(books(tiny, values), [(600.0, "S03", VISIT)])
    assert [r.outcome for r in told(world, engine)] == [outcome]
    clean(world)


def test_reschedule(tiny: Region, engine: str) -> None:
    """The hour 2060 is moved a day before, at 620; 2060 itself is no other hour, so it is 2100. Who asks at 630 has 2140, not the hour that is free again
    at 620 but within his notice of a day."""  # noqa: D209, D213
    region = books(tiny, {"visit.reschedule_share.appointment": 0.5, "visit.reschedule_notice_min.appointment": 1440.0})
    world = world_of(region, [(600.0, "S03", VISIT), (630.0, "S03", VISIT)])
    first, second = sorted(set(run_of(world, "reference").record_needs.tolist()))  # by their numbers, in order of time

    def moves(seed: int, need: int, leg: int) -> bool:
        return chance.uniform(chance.luck_of(chance.key_of(seed, 0), need), chance.RESCHEDULES, VISIT, 0, leg) < 0.5

    seed = next(s for s in range(1, 100) if moves(s, first, 0) and not moves(s, first, 1) and not moves(s, second, 0))
    assert legs(told(world, engine, seed)) == [("visit", "served", 2100.0, 2135.0), ("visit", "served", 2140.0, 2175.0)]
    clean(world)


def test_a_freed_hour_is_there_for_others(tiny: Region, engine: str) -> None:
    """With an hour's notice to book: the hour 700 of somebody who asked at 600 is moved at 640; who asks at 630 has 740, who asks at 640.5 gets 780 or 700."""
    region = books(tiny, {"visit.reschedule_share.appointment": 0.5, "visit.reschedule_notice_min.appointment": 60.0}, notice_min=30.0)
    world = world_of(region, [(640.0, "S03", VISIT), (650.0, "S03", VISIT)])
    # asked at 640, earliest 670: the hour 700; moved at 640 exactly is no longer possible (60 min before is now)
    assert [r.came for r in told(world, engine)][0] == 700.0
    world = world_of(region, [(590.0, "S03", VISIT), (600.0, "S03", VISIT)])
    first, second = sorted(set(run_of(world, "reference").record_needs.tolist()))

    def moves(seed: int, need: int, leg: int) -> bool:
        return chance.uniform(chance.luck_of(chance.key_of(seed, 0), need), chance.RESCHEDULES, VISIT, 0, leg) < 0.5

    seed = next(s for s in range(1, 100) if not moves(s, first, 0) and not moves(s, second, 0))
    assert [r.came for r in told(world, engine, seed)] == [620.0, 660.0]


def test_interviews_booked_by_phone(tiny: Region, engine: str) -> None:
    """Who calls for S03 is given an hour, and is interviewed by phone then: 22 min from 2060 on, and no trip."""
    world = world_of(books(tiny, {"service.phone_booked.S03": 1.0}), [(600.0, "S03", PHONE)])
    assert legs(told(world, engine)) == [("phone", "served", 2060.0, 2082.0)]
    needs = run_of(world, engine).needs
    assert needs.travel_min.sum() == 0.0
    clean(world)


@pytest.mark.parametrize(("after", "days"), [(0.0, [1, 2]), (1.0, [2]), (2.0, [])])
def test_chasers_past_a_threshold(tiny: Region, engine: str, after: float, days: list[int]) -> None:
    """Three days' notice: the hour is on Thursday (day 3). Each working day past the threshold brings a call of 3 min: Tuesday and Wednesday, or only Wednesday."""
    values = {"failure.chaser_after_working_days.all": after, "failure.chaser_per_working_day_beyond_10.all": 1.0}
    world = world_of(books(tiny, values, notice_min=4320.0), [(600.0, "S03", VISIT)])
    rows = told(world, engine)
    calls = [r for r in rows if r.channel == "chaser"]
    assert [int(r.came // 1440.0) for r in calls] == days
    assert all(r.outcome == "served" and r.ended - r.began == 3.0 for r in calls)
    assert legs([r for r in rows if r.channel == "visit"]) == [("visit", "served", 4940.0, 4975.0)]
    assert run_of(world, engine).needs.failures.tolist() == [len(days)]  # they are failure demand
    clean(world)
