"""Feature 1 in the region: staff as they are. Each world is small enough to work out what must come of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from channelsim.config.strategy import find_strategy, load_strategy
from channelsim.randomness import stream_key
from channelsim.rules import state as S
from channelsim.rules.bookkeeping.work import slower_by_move
from channelsim.scenario.compile import compile_world
from channelsim.scenario.compile_region_staff import with_moves
from channelsim.scenario.own_policy import as_policy
from channelsim.scenario.policy import RoutingTables, Scenario
from channelsim.scenario.region import Region
from channelsim.scenario.region_roster import drawn_away
from channelsim.scenario.region_staff import (
    HAND_OVER,
    SEND_HOME,
    DrawnAbsence,
    Learning,
    Meeting,
    MoreSkill,
    PartTime,
    RegionStaff,
    Speed,
    StaffBreak,
)  # fmt: skip
from channelsim.scenario.roster import LEAVE, TO_DUTY, roster_week
from channelsim.simulate import weeks
from channelsim.testing.audit import chance
from channelsim.transition import Phase, blocks_of, simulate_phases
from channelsim.units import NEVER
from tests.behaviour.regions import always_same_length, ledger_of, no_duties, run_of, with_figures, world_of
from tests.conftest import TINY
from tests.events.logs import audited, log_of, with_rows

EVERYTHING = RegionStaff(
    absence=DrawnAbsence(0.05, (1.2, 0.8, 1.0, 1.0, 1.0, 1.0, 1.0), wave_cv=0.3, wave_weeks=2),
    breaks=(StaffBreak(660.0, 30.0, 3),), meetings=(Meeting(3, 525.0, 30.0, 2),),
    part_time=(PartTime((4,), ((525.0, 840.0), (525.0, 840.0), (525.0, 840.0), None, None)),), at_shift_end=HAND_OVER,
    walk_ins_at_closing=SEND_HOME, speeds=(Speed(1.1, "specialist", "", "Harbour"),), learning=Learning(0.2, 8.0),
)  # fmt: skip
SHIFT = (525.0, 975.0)  # 08:45 to 16:15: 450 minutes


def test_without_a_word_nothing_changes(tiny: Region, engine: str) -> None:
    """A region whose staff.yaml says nothing is the region without one."""
    worlds = [world_of(tiny, RegionStaff()), world_of(tiny, RegionStaff(absence=None, breaks=()))]
    assert worlds[0].people.habits is None
    assert len({run_of(w, engine).digest() for w in worlds}) == 1


def test_everything_at_once_is_equal_on_both_engines_and_passes_the_audit(tiny: Region) -> None:
    for model in ("two_offices", "one_office"):
        world = world_of(tiny, EVERYTHING, model, "triage", demand=1.5)
        assert run_of(world, "fast", 3).digest() == run_of(world, "reference", 3).digest()
        assert audited(log_of(world, weeks(1, 2, 1))).n_findings == 0


# --- absence ---------------------------------------------------------------------------------------
def test_a_person_is_away_on_the_same_days_in_every_office_model(tiny: Region) -> None:
    """Drawn by id and day: person 11 works at Mill in one model and at Harbour in the other."""
    key = stream_key(7, 0)
    away = {}
    for model in ("two_offices", "one_office"):
        people = world_of(tiny, RegionStaff(absence=DrawnAbsence(0.2)), model).people
        assert people.habits is not None
        days = np.concatenate([drawn_away(people.habits, key, week) for week in range(50)])  # [day, person]
        away[model] = {int(i): days[:, n].tolist() for n, i in enumerate(people.habits.ids) if i >= 0}
    assert away["two_offices"] == away["one_office"]
    share = np.mean([away["one_office"][i] for i in away["one_office"]])
    assert share == pytest.approx(0.2, abs=0.02)  # 3,850 person-days: standard error .0065


def test_absence_is_what_the_draw_by_hand_says(tiny: Region) -> None:
    """u(person, day) < share x weekday x month, with the audit's own draw: no Tuesdays, twice on Mondays."""
    factors = (2.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0)
    people = world_of(tiny, RegionStaff(absence=DrawnAbsence(0.3, factors, (0.5,) * 12))).people
    assert people.habits is not None
    mine = chance.key_of(7, 0)
    for week in (0, 3):
        found = drawn_away(people.habits, stream_key(7, 0), week)
        for weekday in range(5):
            luck = chance.luck_of(mine, (7 << 35) + (1 << 33) + 7 * week + weekday)
            by_hand = [i >= 0 and chance.uniform(luck, 42, 0, int(i), 1) < 0.15 * factors[weekday] for i in people.habits.ids]
            assert found[weekday].tolist() == by_hand
        assert not found[1].any()


def test_whoever_is_away_is_not_paid_and_the_whole_absence_stays(tiny: Region, engine: str) -> None:
    """Of 12 % away, 4.5 % drawn: the rota has 1 - .88 / .955, and paid time is that of the days at work."""
    region = with_figures(tiny, staff__absence_share__all=0.12)
    world = world_of(region, RegionStaff(absence=DrawnAbsence(0.045)), demand=0.05)
    assert world.people.absence_share[1] == pytest.approx(1.0 - 0.88 / 0.955, abs=1e-12)
    run = run_of(world, engine, 2)
    assert world.people.habits is not None
    here = 0
    for week in range(2):
        leaves = roster_week(world, week, stream_key(7, 0))
        here += int(np.sum((leaves.action == LEAVE) & (leaves.pool == world.names.pools.index("generalist Harbour"))))
    assert ledger_of(run, world, "generalist Harbour")["paid"] == 450.0 * here


def test_a_wave_moves_all_persons_together(tiny: Region) -> None:
    """With a wave the days of one week are alike: the variance of the number away is far above that of independent draws."""
    counts = {}
    for cv in (0.0, 1.0):
        habits = world_of(tiny, RegionStaff(absence=DrawnAbsence(0.3, wave_cv=cv))).people.habits
        assert habits is not None
        counts[cv] = np.var([drawn_away(habits, stream_key(5, r), 0)[:5].sum() for r in range(200)])
    assert counts[1.0] > 4.0 * counts[0.0]


# --- breaks, meetings, part-time -------------------------------------------------------------------
def test_breaks_and_meetings_are_minutes_of_other_duties(tiny: Region, engine: str) -> None:
    """Three generalists, four days of 450 min (Thursday is Epiphany); 30 min of lunch a day, an hour on Wednesday: 3 x (4 x 30 + 60)."""
    world = world_of(no_duties(tiny), RegionStaff(breaks=(StaffBreak(660.0, 30.0),), meetings=(Meeting(2, 540.0, 60.0),)), demand=0.02)
    ledger = ledger_of(run_of(world, engine), world, "generalist Harbour")
    assert ledger["paid"] == 3 * 4 * 450.0
    assert ledger["other duties"] == 3 * (4 * 30.0 + 60.0)


def test_lunch_goes_in_groups_and_blocks_make_up_the_rest(tiny: Region) -> None:
    """Other duties of 35 %: 157.5 min a day, of which 30 are lunch. Groups by the rota: 11:00, 11:30, 12:00."""
    world = world_of(with_figures(tiny, staff__absence_share__all=0.0), RegionStaff(breaks=(StaffBreak(660.0, 30.0, 3),)))
    week = roster_week(world, 0)
    lunch = {int(p): float(t) for t, p, a, v in zip(week.time, week.person, week.action, week.value, strict=True)
             if a == TO_DUTY and v == 30.0 and t < 1440.0}  # fmt: skip
    assert lunch == {p: 660.0 + 30.0 * (world.people.rota[p] % 3) for p in range(11)}
    assert world.people.duty_share[0] == pytest.approx(0.35 - 30.0 / 450.0, abs=1e-12)


def test_a_meeting_at_the_beginning_of_a_shift_and_every_second_week(tiny: Region, engine: str) -> None:
    """Weeks 0 and 2 of four have it; at the very start of the shift it still takes its full half hour."""
    world = world_of(no_duties(tiny), RegionStaff(meetings=(Meeting(0, SHIFT[0], 30.0, 2, ("Mill",)),)), demand=0.02)
    run = run_of(world, engine, 4)
    assert ledger_of(run, world, "generalist Mill")["other duties"] == 2 * 30.0
    assert "other duties" not in ledger_of(run, world, "generalist Harbour")


def test_part_time_weeks_are_paid_for_their_hours(tiny: Region, engine: str) -> None:
    """Person 4 of three generalists works 08:45 to 14:00 on three days, the others on four: 8 x 450 + 3 x 315 min."""
    part = PartTime((4,), ((525.0, 840.0), (525.0, 840.0), (525.0, 840.0), None, None))
    world = world_of(no_duties(tiny), RegionStaff(part_time=(part,)), demand=0.02)
    assert ledger_of(run_of(world, engine), world, "generalist Harbour")["paid"] == 8 * 450.0 + 3 * 315.0


# --- closing ---------------------------------------------------------------------------------------
def test_work_in_hand_is_handed_over_only_to_a_colleague_who_is_free(tiny: Region) -> None:
    """Persons 2 and 3 go at noon, 4 stays: what they lay down is taken at that moment, with what is left of it."""
    noon = PartTime((2, 3), ((525.0, 720.0),) * 5)
    world = world_of(no_duties(tiny), RegionStaff(part_time=(noon,), at_shift_end=HAND_OVER), demand=2.0)
    log = log_of(world, weeks(0, 3, 0), engine="reference")
    laid = [r for r in log.rows if r.event == "laid down"]
    takes = {(r.time, r.key): r for r in log.rows if r.event == "taken"}
    assert len(laid) >= 3
    for row in laid:
        after = takes[row.time, row.key]
        assert after.person != row.person and after.value - row.time <= row.value
    assert audited(log).n_findings == 0
    finishes = world_of(no_duties(tiny), RegionStaff(part_time=(noon,)), demand=2.0)
    rows = log_of(finishes, weeks(0, 3, 0), engine="reference").rows
    late = [sum(r.event == "work stops" and r.person in (1, 2) and r.time % 1440.0 > 720.0 for r in some) for some in (log.rows, rows)]
    assert late[0] < late[1]


def test_closing_sends_walk_ins_home_or_serves_them_out(tiny: Region, engine: str) -> None:
    """At Mill the door closes at 15:00. Sent home, nobody's visit begins after it; served out, some do, in time that is paid."""
    began_late, sent_home = {}, {}
    for how, staff in (("out", RegionStaff()), ("home", RegionStaff(walk_ins_at_closing=SEND_HOME))):
        world = world_of(no_duties(tiny), staff, demand=6.0)
        run = run_of(world, engine, 2)
        visits = [i for i, name in enumerate(world.names.classes) if name.startswith("visit Mill")]
        mine = np.isin(run.records[:, S.REC_CLASS], visits)
        began = run.record_times[mine, S.REC_STARTED]
        began_late[how] = int(np.sum((began >= 0.0) & (began % 1440.0 >= 900.0)))
        sent_home[how] = int(run.tally.class_tally.reshape(-1, S.CLASS_TALLY_WIDTH)[visits, S.N_SENT_HOME].sum())
    assert began_late["home"] == 0 < began_late["out"]
    assert sent_home["out"] == 0 < sent_home["home"]


# --- times -----------------------------------------------------------------------------------------
def visit_minutes(world, run, service: str) -> list[tuple[int, float, float]]:
    """(person, begin, minutes) of visits of young customers for a service."""
    segment_factor = world.tables.segment_factor
    service_bits = {int(i): world.names.services[s] for i, s in enumerate(world.tables.cell_service)}
    segment = world.tables.cell_segment
    found = []
    for need, row, times in zip(run.record_needs, run.records, run.record_times, strict=True):
        cell = (int(need) >> int(world.tables.sizes[14])) & ((1 << (25 - int(world.tables.sizes[14]))) - 1)
        if (
            row[S.REC_CHANNEL] == 2
            and row[S.REC_OUTCOME] == 0
            and service_bits[cell] == service
            and row[S.REC_EXPERT] == 0
            and segment_factor[segment[cell]] == 1.0
        ):
            found.append((int(row[S.REC_PERSON]), float(times[S.REC_STARTED]), float(times[S.REC_WORKED])))
    return found


def test_a_place_may_take_longer(tiny: Region, engine: str) -> None:
    """Advice in a visit takes 8 min everywhere, with a factor of 1.5 at Mill 12 there."""
    staff = RegionStaff(speeds=(Speed(1.5, "", "", "Mill", "visit"),))
    world = world_of(always_same_length(no_duties(tiny)), staff, demand=2.0)
    run = run_of(world, engine, 2)
    mill = {n for n, name in enumerate(world.names.persons) if name in ("person 10", "person 11", "person 12")}
    minutes = {here: {round(m, 4) for p, _, m in visit_minutes(world, run, "S02") if (p in mill) == here} for here in (True, False)}
    assert minutes == {True: {12.0}, False: {8.0}}


def test_who_has_moved_learns(tiny: Region, engine: str) -> None:
    """One office: persons 10 to 12 come from Mill. Half more at first, half of it gone each week: 12, 10, 9, 8.5 min for 8."""
    world = world_of(always_same_length(no_duties(tiny)), RegionStaff(learning=Learning(0.5, 1.0)), "one_office", demand=3.0)
    run = run_of(world, engine, 4)
    moved = {n for n, name in enumerate(world.names.persons) if name in ("person 10", "person 11", "person 12")}
    by_week = {
        week: {round(m, 4) for p, t, m in visit_minutes(world, run, "S02") if p in moved and t // 10080.0 == week} for week in range(4)
    }
    assert by_week == {0: {12.0}, 1: {10.0}, 2: {9.0}, 3: {8.5}}
    assert {round(m, 4) for p, _, m in visit_minutes(world, run, "S02") if p not in moved and p < 11} == {8.0}


# --- several skills --------------------------------------------------------------------------------
def served(world, run, skill: str) -> list[tuple[int, float]]:
    """(number of the person in staff.csv, begin) of calls and visits of the classes of a skill."""
    mine = [i for i, name in enumerate(world.names.classes) if f" {skill} " in f"{name} " and not name.startswith(("casework", "check"))]
    rows = zip(run.records, run.record_times, strict=True)
    found = [(int(r[S.REC_PERSON]), float(t[S.REC_STARTED])) for r, t in rows if r[S.REC_CLASS] in mine and t[S.REC_STARTED] >= 0.0]
    return [(int(world.names.persons[p].removeprefix("person ")), at) for p, at in found]


def test_a_second_skill_helps_where_those_whose_own_it_is_are_taken(tiny: Region, engine: str) -> None:
    """Only person 9 knows guidance. Person 8 of benefits learns it too, and takes guidance only at moments at which 9 is at work for somebody."""
    region = no_duties(tiny)
    alone = world_of(region, RegionStaff(), "one_office", "triage", demand=1.5)
    assert {person for person, _ in served(alone, run_of(alone, engine, 3), "guidance")} == {9}
    world = world_of(region, RegionStaff(more_skills=(MoreSkill((8,), "guidance"),)), "one_office", "triage", demand=2.0)
    assert "benefits+guidance Harbour" in world.names.pools and "benefits Harbour" in world.names.pools  # 8, and 12 who is as before
    run = run_of(world, engine, 4)
    found = served(world, run, "guidance")
    assert {person for person, _ in found} == {8, 9}
    nine = world.names.persons.index("person 9")
    busy = [(t[S.REC_STARTED], t[S.REC_STARTED] + t[S.REC_WORKED] + 1.5)  # with after-call work
            for r, t in zip(run.records, run.record_times, strict=True) if r[S.REC_PERSON] == nine]  # fmt: skip
    log = log_of(world, weeks(0, 4, 0), engine="reference")
    assert audited(log).n_findings == 0
    helped = [at for person, at in found if person == 8]
    within = [any(a <= at <= b for a, b in busy) for at in helped]
    assert len(helped) > 5 and np.mean(within) > 0.9  # else 9 had casework in hand, or was at the end of the shift


@pytest.mark.parametrize("strategy", ["today_2011", "triage"])
def test_what_is_asked_and_taken_first_with_a_second_skill(tiny: Region, strategy: str) -> None:
    """By the lists: 8 is asked for guidance after 9, takes benefits first, and has no hours for guidance in his book."""
    seen: list[Scenario] = []

    def as_configured(scenario: Scenario) -> RoutingTables:
        seen.append(scenario)
        return scenario.tables

    region = replace(tiny, staff=RegionStaff(more_skills=(MoreSkill((8,), "guidance"),)))
    steering = replace(load_strategy(find_strategy(strategy, TINY)), policy=as_policy(as_configured))
    compile_world(region, region.office_models["one_office"], steering, 2)
    lists = {(e.of_class, e.pool): e for e in seen[0].tables.entries}
    both, nine = "benefits+guidance Harbour", "guidance Harbour"
    for kind in ("phone H guidance expert", "visit Harbour guidance expert"):
        assert lists[kind, nine].rank < lists[kind, both].rank
        own = lists[kind.replace("guidance", "benefits"), both]
        assert own.takes < lists[kind, both].takes and own.rank == 0
    assert {pool for name, pool in lists if name == "booked guidance Harbour"} == {nine}
    assert {pool for name, pool in lists if name == "booked benefits+guidance Harbour"} == {both}


# --- the audit sees each of them -------------------------------------------------------------------
def test_the_audit_finds_planted_errors_of_the_roster(tiny: Region) -> None:
    world = world_of(tiny, EVERYTHING)
    log = log_of(world, weeks(0, 2, 0), engine="reference")
    assert audited(log).n_findings == 0
    lunch = next(i for i, r in enumerate(log.rows) if r.event == "duty calls" and r.value == 30.0)
    without = with_rows(log, [*log.rows[:lunch], *log.rows[lunch + 1 :]])
    longer = with_rows(log, [*log.rows[:lunch], log.rows[lunch]._replace(value=31.0), *log.rows[lunch + 1 :]])
    assert any("break or meeting" in f.what for f in audited(without).findings)
    assert any("without reason" in f.what for f in audited(longer).findings)
    more = {**log.facts["region_people"], "drawn": {**log.facts["region_people"]["drawn"], "share": 0.5}}
    with_more = type(log)({**log.facts, "region_people": more}, log.rows, log.ledger)
    assert any("without being due" in f.what for f in audited(with_more).findings)


def test_who_moves_at_a_dated_change_learns_from_that_day_on(tiny: Region) -> None:
    """From two offices to one in week 2: persons 10 to 12 need 12, 10, 9 min for 8 from then on, nobody else does, and none before."""
    region, staff = always_same_length(no_duties(tiny)), RegionStaff(learning=Learning(0.5, 1.0))
    before, after = (world_of(region, staff, model, demand=2.0, n_weeks=10) for model in ("two_offices", "one_office"))
    changed = with_moves(before, after, 2)
    moved = changed.tables.came_at < NEVER
    assert [n for n, m in zip(changed.names.persons, moved, strict=True) if m] == ["person 10", "person 11", "person 12"]
    assert set(changed.tables.came_at[moved].tolist()) == {2 * 10080.0}
    again = with_moves(changed, after, 4)  # nobody moves a second time: the first move counts
    assert again.tables.came_at.tolist() == changed.tables.came_at.tolist()
    phases = [Phase(0, before), Phase(2, changed)]
    both = [
        [run.digest() for run in simulate_phases(phases, blocks_of(phases, 1, 5, 1), 7, 0, 1, engine)] for engine in ("fast", "reference")
    ]
    assert both[0] == both[1]
    factors = [slower_by_move.py_func(changed.tables, int(np.flatnonzero(moved)[0]), week * 10080.0) for week in (1, 2, 3, 4)]
    assert factors == [1.0, 1.5, 1.25, 1.125]
