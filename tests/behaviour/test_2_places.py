"""Feature 2 in the region: visiting days, part-week opening, and who serves what where."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from channelsim.rules import state as S
from channelsim.rules.state import slots_max
from channelsim.scenario.region import Region
from channelsim.scenario.region_staff import RegionStaff, VideoHours, VisitingDay
from channelsim.scenario.roster import COME, roster_week, slots_of_week
from channelsim.scenario.world import World
from channelsim.simulate import weeks
from channelsim.testing.audit.story import story_of
from channelsim.trajectory.values import Trajectory
from tests.behaviour.regions import ledger_of, no_duties, run_of, world_of
from tests.events.logs import audited, log_of, with_rows

WEDNESDAY = VisitingDay(("one_office",), "Mill", 2, "placement")
TRIP = 23.900000 + 0.0  # minutes from Harbour to Mill


def test_a_visiting_day_is_paid_with_its_way(tiny: Region, engine: str) -> None:
    """One Wednesday of 450 paid minutes: 2 x 23.9 on the way, the rest at Mill. The nearest with the lowest number goes: person 5."""
    world = world_of(no_duties(tiny), RegionStaff(visiting_days=(WEDNESDAY,)), "one_office", demand=0.05)
    ledger = ledger_of(run_of(world, engine), world, "placement Mill")
    trip = np.floor(TRIP * 2**20 + 0.5) / 2**20
    assert ledger["paid"] == 450.0 and ledger["travel"] == 2.0 * trip
    assert ledger["idle"] + ledger.get("expertise contacts", 0.0) + ledger.get("routine contacts", 0.0) <= 450.0 - 2.0 * trip
    week = roster_week(world, 0)
    there = (week.pool == world.names.pools.index("placement Mill")) & (week.action == COME)
    assert [world.names.persons[p] for p in week.person[there]] == ["person 5"]
    assert week.time[there].tolist() == [2 * 1440.0 + 525.0 + trip] and week.value[there].tolist() == [2 * 1440.0 + 975.0 - trip]


def test_customers_nearby_are_booked_on_visiting_days(tiny: Region, engine: str) -> None:
    """Interviews are booked at Mill on Wednesdays within its hours (09:00 to 14:00), by customers to whom it is nearer."""
    world = world_of(tiny, RegionStaff(visiting_days=(WEDNESDAY,)), "one_office", demand=2.5)
    run = run_of(world, engine, 4)
    mine = run.records[:, S.REC_CLASS] == world.names.classes.index("booked placement Mill")
    began = run.record_times[mine & (run.records[:, S.REC_OUTCOME] == 0), S.REC_STARTED]
    assert len(began) > 5 and set((began // 1440.0 % 7.0).tolist()) == {2.0}
    assert np.all((began % 1440.0 >= 540.0) & (began % 1440.0 < 975.0 - TRIP))
    town = world.tables.cell_municipality
    bits = int(world.tables.sizes[14])
    towns = {world.names.municipalities[town[(int(n) >> bits) & ((1 << (25 - bits)) - 1)]] for n in run.record_needs[mine]}
    assert towns == {"Mill", "Ridge"}


def test_two_visits_of_a_day_are_by_two_persons_and_a_named_person_goes(tiny: Region) -> None:
    days = (WEDNESDAY, replace(WEDNESDAY, person=7), replace(WEDNESDAY, weekday=4), replace(WEDNESDAY, weekday=0, skill="guidance"))
    world = world_of(tiny, RegionStaff(visiting_days=days), "one_office")
    mill = {
        d: sorted(world.names.persons[p] for p in range(11) if world.names.pools[world.people.pool[p, d]].endswith(" Mill"))
        for d in range(5)
    }
    assert mill == {0: ["person 9"], 1: [], 2: ["person 5", "person 7"], 3: [], 4: ["person 5"]}


def test_a_point_that_opens_part_of_the_week(tiny: Region, engine: str) -> None:
    """Mill is closed on Wednesday: nobody is seen there then, its people are paid all the same, and its customers go to Harbour."""
    world = world_of(no_duties(tiny), RegionStaff(), demand=2.0)
    run = run_of(world, engine, 2)
    visits = [i for i, name in enumerate(world.names.classes) if name.startswith("visit Mill")]
    mine = np.isin(run.records[:, S.REC_CLASS], visits)
    days = set((run.record_times[mine, S.REC_QUEUED] // 1440.0 % 7.0).tolist())
    assert days == {0.0, 1.0, 3.0, 4.0}
    assert ledger_of(run, world, "generalist Mill")["paid"] == 9 * 450.0  # ten days, one of them Epiphany


def hotline_of(run: Trajectory, world: World) -> np.ndarray:
    """[record] of the national line's calls."""
    return np.asarray(run.records[:, S.REC_CLASS] == world.names.classes.index("phone hotline"))


def test_the_national_line_hands_back_to_the_office(tiny: Region, engine: str) -> None:
    """A quarter of its calls go to the line of the caller's office: at once from 9 to 16, otherwise when that opens."""
    world = world_of(tiny, RegionStaff(hand_back_share=0.25), demand=3.0)
    run = run_of(world, engine, 4)
    hotline = hotline_of(run, world)
    handed = hotline & (run.records[:, S.REC_OUTCOME] == 1)
    answered = int(np.sum(hotline & np.isin(run.records[:, S.REC_OUTCOME], (0, 1))))
    assert abs(handed.sum() / answered - 0.25) < 3.3 * (0.25 * 0.75 / answered) ** 0.5 and answered > 300
    nexts = {(int(n), int(r[S.REC_K])): i for i, (n, r) in enumerate(zip(run.record_needs, run.records, strict=True))
             if r[S.REC_CHANNEL] == 0 and r[S.REC_LEG] == 1}  # fmt: skip
    found = 0
    for i in np.flatnonzero(handed):
        at = nexts.get((int(run.record_needs[i]), int(run.records[i, S.REC_K])))
        if at is None:  # still waiting at the horizon
            continue
        found += 1
        ended, queued = float(run.record_times[i, S.REC_ENDED]), float(run.record_times[at, S.REC_QUEUED])
        day, minute = divmod(ended, 1440.0)
        assert world.names.classes[run.records[at, S.REC_CLASS]] in ("phone H any generalist", "phone M any generalist")
        if 540.0 <= minute < 960.0:
            assert queued == ended
        elif minute < 540.0:
            assert queued == day * 1440.0 + 540.0
        else:
            assert queued % 1440.0 == 540.0 and queued > ended
    assert found > 50
    without = run_of(world_of(tiny, RegionStaff(), demand=3.0), engine, 4)
    assert not np.any(hotline_of(without, world) & (without.records[:, S.REC_OUTCOME] == 1))


def test_a_specialised_point_sees_whoever_is_referred_to_it(tiny: Region, engine: str) -> None:
    """Benefits only at Harbour: a visit at Mill whose matter takes expertise is booked at Harbour, and both trips are made."""
    model = tiny.office_models["two_offices"]
    staff = {s: tuple(replace(p, role="generalist", skill="") if p.id == 12 else p for p in people) for s, people in model.staff.items()}
    region = replace(tiny, office_models={**tiny.office_models, "two_offices": replace(model, staff=staff)})
    world = world_of(region, RegionStaff(), demand=0.7, n_weeks=14)
    run = run_of(world, engine, 14)
    at_mill = np.array([name.startswith("visit Mill benefits") for name in world.names.classes])[run.records[:, S.REC_CLASS]]
    early = run.record_times[:, S.REC_ENDED] < 7 * 10080.0  # slots reach six weeks ahead
    referred = run.record_needs[at_mill & early & (run.records[:, S.REC_OUTCOME] == 1)]
    booked = run.record_needs[run.records[:, S.REC_CLASS] == world.names.classes.index("booked benefits Harbour")]
    assert len(referred) > 5 and np.isin(referred, booked).all()


ROOM = VideoHours(("one_office",), "Mill", (0, 2), (540.0, 780.0), "placement")


def test_a_video_room_has_one_customer_at_a_time_and_takes_a_specialist_and_the_adviser(tiny: Region, engine: str) -> None:
    """Mondays and Wednesdays 09:00 to 13:00 in steps of 40 min at Mill: six hours a day. Each customer takes 5 min of the adviser."""
    world = world_of(no_duties(tiny), RegionStaff(video=(ROOM,)), "one_office", demand=2.5)
    book = int(np.flatnonzero(world.book_room)[0])
    slots = slots_of_week(world, 1, slots_max(world.tables))[book]
    assert slots.sum(axis=1).tolist() == [6, 0, 6, 0, 0, 0, 0] and slots.max() == 1
    run = run_of(world, engine, 4)
    mine = run.records[:, S.REC_CLASS] == world.names.classes.index("video Mill placement")
    seen = mine & (run.record_times[:, S.REC_STARTED] >= 0.0)
    queued = run.record_times[seen, S.REC_QUEUED]
    assert len(queued) > 15 and len(np.unique(queued)) == len(queued)
    assert set((queued // 1440.0 % 7.0).tolist()) == {0.0, 2.0} and np.all((queued % 1440.0 - 540.0) % 40.0 == 0.0)
    assert {world.names.pools[p] for p in run.records[seen, S.REC_POOL]} == {"placement Harbour"}
    came = mine & (run.records[:, S.REC_CHANNEL] == 2) & (run.records[:, S.REC_OUTCOME] != 5)  # not called, and not a no-show
    assert ledger_of(run, world, "adviser Mill")["other duties"] == 5.0 * came.sum() > 60.0


def test_a_video_slot_is_one_hour_less_at_the_office(tiny: Region) -> None:
    """Four placement specialists at Harbour, 80 % of their hours bookable: while the room is linked, three of them are."""
    worlds = [world_of(no_duties(tiny), RegionStaff(video=rooms), "one_office") for rooms in ((ROOM,), ())]
    (book,) = (b for b, p in enumerate(worlds[1].tables.books[::5]) if worlds[1].names.pools[p] == "placement Harbour")
    with_room, without = (slots_of_week(w, 2, slots_max(w.tables))[book].sum(axis=1) for w in worlds)
    assert abs(with_room[[1, 3, 4]].sum() - without[[1, 3, 4]].sum()) <= 1  # the fraction that is carried on
    assert 8 <= without[[0, 2]].sum() - with_room[[0, 2]].sum() <= 12  # twelve hours at .8


def test_the_audit_knows_video_rooms(tiny: Region) -> None:
    world = world_of(tiny, RegionStaff(video=(ROOM,)), "one_office", "triage", demand=2.0)
    log = log_of(world, weeks(0, 3, 0), engine="reference")
    assert audited(log).n_findings == 0
    shown = next(i for i, r in enumerate(log.rows) if r.event == "introduces")
    longer = with_rows(log, [*log.rows[:shown], log.rows[shown]._replace(value=6.0), *log.rows[shown + 1 :]])
    none = with_rows(log, [*log.rows[:shown], *log.rows[shown + 1 :]])
    assert any("introduces a customer for 6.0 min" in f.what for f in audited(longer).findings)
    assert any("nobody takes it there" in f.what for f in audited(none).findings)
    before = log.rows[shown - 1]  # the appointment that is due
    assert any("by video Mill placement" in line for line in story_of(log, before.need))


def test_visiting_days_pass_the_audit_and_a_planted_trip_does_not(tiny: Region) -> None:
    world = world_of(tiny, RegionStaff(visiting_days=(WEDNESDAY,), hand_back_share=0.3), "one_office", "multichannel_triage", demand=1.5)
    log = log_of(world, weeks(1, 2, 1))
    assert audited(log).n_findings == 0
    back = next(r for r in log.rows if r.event == "handed on" and r.value > r.time)
    assert any("goes on to phone H any generalist, which opens" in line for line in story_of(log, back.need))
    trip = next(i for i, r in enumerate(log.rows) if r.event == "person travels" and r.time > log.facts["start_min"])
    longer = with_rows(log, [*log.rows[:trip], log.rows[trip]._replace(value=60.0), *log.rows[trip + 1 :]])
    none = with_rows(log, [*log.rows[:trip], *log.rows[trip + 1 :]])
    assert any("without a visiting day" in f.what for f in audited(longer).findings)
    assert any("should travel" in f.what for f in audited(none).findings) and any(f.kind == "ledger" for f in audited(none).findings)
