"""The audit across a dated change: finds nothing in what the engines did, and every planted error, with need and time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from channelsim.rules import state as S
from channelsim.rules.bookkeeping.dated_change import DatedChange
from channelsim.rules.bookkeeping.events import HOUR_KEPT
from channelsim.scenario import tables as T
from channelsim.scenario.region_staff import StaffBreak
from channelsim.scenario.world import World
from channelsim.testing.audit.auditor import Auditor
from channelsim.testing.audit.replay import Replay
from channelsim.testing.audit.rows import Finding, Log, Row
from channelsim.testing.audit.story import story_of
from channelsim.transition import Phase, blocks_of
from channelsim.units import WEEK_MIN
from tests.behaviour.regions import no_duties, world_of
from tests.events.logs import audited, log_of_way, with_rows

Make = Callable[..., World]
CHANGE, N_WEEKS = 3, 5
AT = CHANGE * WEEK_MIN
OLD, NEW = ("two_offices", "today_2011"), ("one_office", "multichannel_triage")


def phases_of(make: Make, old: tuple[str, str], new: tuple[str, str]) -> list[Phase]:
    """Two worlds; the first has more work than usual, so that trays are not empty on the last Sunday."""
    before = make(*old, N_WEEKS + 1)
    busy = replace(before, demand=replace(before.demand, surge=1.5, surge_weeks=CHANGE))
    return [Phase(0, busy), Phase(CHANGE, make(*new, N_WEEKS + 1))]


def way(make: Make, old: tuple[str, str] = OLD, new: tuple[str, str] = NEW, engine: str = "reference") -> Log:
    phases = phases_of(make, old, new)
    return log_of_way(phases, blocks_of(phases, 1, N_WEEKS, 2), 1, engine)


@pytest.fixture(scope="module")
def log(tiny_world: Make) -> Log:
    return way(tiny_world)


def at_change(log: Log, event: str) -> list[int]:
    return [i for i, row in enumerate(log.rows) if row.time == AT and row.event == event]


@pytest.mark.parametrize(("old", "new"), [(OLD, NEW), (NEW, OLD), (OLD, ("two_offices", "multichannel"))])
def test_a_run_across_a_change_passes(tiny_world: Make, old: tuple[str, str], new: tuple[str, str]) -> None:
    replay = audited(way(tiny_world, old, new))
    assert replay.findings == []
    assert replay.checked["dated change"] > 200 and sum(replay.checked.values()) > 150_000
    assert replay.checked["ledger"] == sum(len(accounts) for _, _, ledger in replay.log.ledgers for accounts in ledger.values())


def test_every_way_over_occurs_and_both_engines_say_the_same(tiny_world: Make, log: Log) -> None:
    seen = Counter(row.event for row in log.rows if row.time == AT)
    assert all(seen[event] > 3 for event in ("tray moves", "hour kept", "hour lost", "goes on")) and seen["dated change"] == 1
    assert way(tiny_world, engine="fast").rows == log.rows


def test_more_than_one_change_passes(tiny_world: Make) -> None:
    phases = [*phases_of(tiny_world, OLD, NEW), Phase(4, tiny_world("two_offices", "multichannel", N_WEEKS + 1))]
    replay = audited(log_of_way(phases, blocks_of(phases, 1, N_WEEKS, 2), 1))
    assert replay.findings == [] and not replay.changes


def test_a_moved_customer_who_finds_no_hour_goes_by_no_class_of_the_world_that_was(tiny_world: Make) -> None:
    """Books of the new office are open for no day: who loses the hour finds none, and what follows is what follows without a class."""
    phases = phases_of(tiny_world, OLD, NEW)
    books = phases[1].world.tables.books.copy()
    books[T.HORIZON_DAYS :: T.BOOK_WIDTH] = 0
    world = phases[1].world
    phases[1] = Phase(CHANGE, replace(world, tables=world.tables.replaced(books=books)))
    log = log_of_way(phases, blocks_of(phases, 1, N_WEEKS, 2), 1)
    outcomes = [row for row in log.rows if row.time == AT and row.event == "outcome"]
    assert len(outcomes) > 3 and {(log.facts["outcomes"][row.x], row.of_class) for row in outcomes} == {("no slot", -1)}
    assert audited(log).findings == []


# --- planted errors -----------------------------------------------------------------------------------
def without(log: Log, *at: int) -> Log:
    return with_rows(log, [row for i, row in enumerate(log.rows) if i not in at])


def changed(log: Log, at: int, **words: object) -> Log:
    return with_rows(log, [*log.rows[:at], log.rows[at]._replace(**words), *log.rows[at + 1 :]])


def first(log: Log) -> Finding:
    return audited(log).findings[0]


def test_an_item_that_is_not_moved_is_found(log: Log) -> None:
    at = at_change(log, "tray moves")[2]
    found = first(without(log, at))
    assert (found.time, found.need, found.kind) == (AT, log.rows[at].need, "dated change")
    assert "waits in casework" in found.what and found.what.endswith("is not moved")


def test_a_queue_that_is_not_moved_is_found(tiny_world: Make, monkeypatch: pytest.MonkeyPatch, log: Log) -> None:
    """In the rule itself: the item that is said to stand in the tray of the new office is in nobody's."""
    right, left = DatedChange._append, []

    def wrong(self: DatedChange, contact: int) -> None:
        if left:
            right(self, contact)
        left.append(contact)

    monkeypatch.setattr(DatedChange, "_append", wrong)
    found = first(way(tiny_world))
    item = log.rows[at_change(log, "tray moves")[0]].need
    assert AT < found.time < AT + 1440.0 and found.kind == "first come, first served"
    assert f"is taken before need {item}, first in casework H" in found.what


def test_a_tray_that_goes_to_others_or_loses_its_age_is_found(log: Log) -> None:
    at = at_change(log, "tray moves")[0]
    for words, said in ({"of_class": log.rows[at].of_class + 1}, "goes to the tray"), ({"value": AT}, "waits since"), ({"y": 9}, "stage 9"):
        found = first(changed(log, at, **words))
        assert (found.time, found.need, found.kind) == (AT, log.rows[at].need, "dated change") and said in found.what


def test_a_tray_out_of_order_is_found(log: Log) -> None:
    trays = at_change(log, "tray moves")
    a, b = next((i, j) for i in trays for j in trays if i < j and log.rows[i].of_class == log.rows[j].of_class)
    rows = list(log.rows)
    rows[a], rows[b] = rows[b], rows[a]
    found = next(f for f in audited(with_rows(log, rows)).findings if f.kind == "first come, first served")
    assert found.time == AT and found.need in (rows[a].need, rows[b].need)


def closes(log: Log, at: int) -> bool:
    """Is an hour lost because its office is gone?"""
    book = log.facts["books"][log.rows[at].x]
    return log.facts["names"]["pools"][book["pool"]] not in log.facts["changes"][0]["names"]["pools"]


def test_an_appointment_left_at_a_closed_point_is_found(log: Log) -> None:
    """The log says that the hour at Mill, which is gone, is kept; or says nothing of it."""
    at = next(i for i in at_change(log, "hour lost") if closes(log, i))
    pool = log.facts["names"]["pools"][log.facts["books"][log.rows[at].x]["pool"]]
    kept = without(changed(log, at, event="hour kept", x=0), at + 1)
    found = first(kept)
    assert (found.time, found.need, found.kind) == (AT, log.rows[at].need, "dated change")
    assert pool.endswith("Mill") and pool in found.what and "has it no more" in found.what
    found = next(f for f in audited(without(log, at, at + 1)).findings if f.need == log.rows[at].need)
    assert (found.time, found.kind) == (AT, "dated change") and "has an appointment, and is not moved" in found.what


def test_a_rule_that_leaves_appointments_where_they_were_is_found(tiny_world: Make, monkeypatch: pytest.MonkeyPatch, log: Log) -> None:
    """In the rule itself: whoever cannot keep the hour is told to come all the same, to the first book of the new office."""
    right = DatedChange._keeps

    def wrong(self: DatedChange, contact: int) -> bool:
        if not right(self, contact):
            s, w, c = self.state, self.new.tables, contact * S.CONTACT_WIDTH
            n = s.contacts[c + S.C_NEED] * S.NEED_WIDTH
            entry = w.booked_start[s.needs[n + S.SERVICE] * w.sizes[T.N_MUNICIPALITIES] + s.needs[n + S.MUNICIPALITY]]
            s.contacts[c + S.C_BOOK] = entry
            s.contacts[c + S.C_CLASS] = w.books[w.bookable[entry] * T.BOOK_WIDTH + T.BOOK_CLASS]
            self._note(HOUR_KEPT, contact, int(w.bookable[entry]), 0, float(s.contact_times[contact * S.CONTACT_TIMES + S.DUE_AT]))
        return True

    monkeypatch.setattr(DatedChange, "_keeps", wrong)
    found = [f for f in audited(way(tiny_world)).findings if f.time == AT and f.kind == "dated change"]
    assert {log.rows[i].need for i in at_change(log, "hour lost")} <= {f.need for f in found}


def test_an_hour_that_could_be_kept_and_one_that_another_should_have_are_found(log: Log) -> None:
    at = at_change(log, "hour kept")[0]
    found = first(changed(log, at, event="hour lost"))
    assert (found.time, found.need, found.kind) == (AT, log.rows[at].need, "dated change") and "which it could keep" in found.what
    at = at_change(log, "slot booked")[0]
    found = first(changed(log, at, value=log.rows[at].value + 1440.0))
    assert (found.time, found.need, found.kind) == (AT, log.rows[at].need, "book_slot")


def test_who_is_sent_on_to_a_point_that_is_gone_is_found(log: Log) -> None:
    """Under way to a point: it stays if that has somebody for it; a wrong point, or none, is named."""
    at = next(i for i in at_change(log, "goes on") if log.rows[i].x >= 0)
    place = log.facts["changes"][0]["names"]["places"][log.rows[at].x]
    for words in ({"x": log.rows[at].x + 1}, {"x": -1, "of_class": -1}):
        found = first(changed(log, at, **words))
        assert (found.time, found.need, found.kind) == (AT, log.rows[at].need, "dated change") and found.what.endswith(f"should to {place}")


def test_a_moved_appointment_that_is_not_counted_is_found(log: Log) -> None:
    change = log.facts["changes"][0]
    facts = log.facts | {"changes": [change | {"appointments_moved": change["appointments_moved"] - 1}]}
    found = first(Log(facts, log.rows, log.ledger, log.blocks))
    assert (found.time, found.kind) == (AT, "dated change") and "the run counted" in found.what


def test_a_contact_served_by_a_pool_that_its_new_stage_does_not_allow_is_found(log: Log) -> None:
    """Somebody is idle who might have taken such a contact before the change, and may not since."""
    rows: list[tuple[Row, int, int]] = []

    def look(a: Auditor, row: Row) -> None:
        if row.event != "taken" or row.time <= AT or rows or a.floor.contacts[row.key].where != "joining":
            return
        contact, need = a.floor.contacts[row.key], a.floor.needs[row.need]
        before = a.was["classes"][a.was["entry_class"][contact.channel][need.service][need.town][0]]
        allowed = {a.was["names"]["pools"][pool] for stage in before["dispatch"] for pool, _ in stage}
        now = {pool for pool, _ in a.floor.dispatch[row.of_class][contact.stage]}
        for pool, idle in a.floor.idle.items():
            if idle and pool not in now and a.floor.name("pools", pool) in allowed:
                rows.append((row, pool, idle[0][1]))
                return

    Replay(log, look).follow()
    row, pool, person = rows[0]
    found = first(changed(log, log.rows.index(row), pool=pool, person=person))
    assert (found.time, found.need, found.kind) == (row.time, row.need, "choose_pool")
    assert log.facts["changes"][0]["names"]["pools"][pool] in found.what


def test_a_change_that_does_not_come_is_found(log: Log) -> None:
    """Without its rows; the world that was is then measured against what the new one did."""
    ats = {i for i, row in enumerate(log.rows) if row.time == AT and row.event == "dated change"}
    found = audited(without(log, *ats)).findings
    assert any(f.kind == "nothing is forgotten" and f.time == AT and "'change'" in f.what for f in found)


def test_a_lost_minute_after_the_change_is_found(log: Log) -> None:
    begin, end, ledger = log.blocks[-1]
    pool = next(p for p in ledger if ledger[p]["idle"] > 0.0)
    less = {p: dict(accounts) for p, accounts in ledger.items()}
    less[pool]["idle"] -= 1.0
    found = first(Log(log.facts, log.rows, log.ledger, [*log.blocks[:-1], (begin, end, less)]))
    assert found.kind == "ledger" and pool in found.what and begin >= AT


def test_people_who_move_come_to_where_they_belong_and_none_is_lost(tiny) -> None:
    """Whoever was at Mill is due at Harbour from the day of the change on; a person without a place there is named."""
    region = no_duties(tiny)
    staff = replace(region.staff, breaks=(StaffBreak(690.0, 30.0),))
    worlds = [world_of(region, staff, model, demand=0.1, n_weeks=N_WEEKS + 1) for model in ("two_offices", "one_office")]
    phases = [Phase(0, worlds[0]), Phase(CHANGE, worlds[1])]
    log = log_of_way(phases, blocks_of(phases, 1, N_WEEKS, 2), 1)
    assert log.facts["region_people"] is not None and audited(log).findings == []
    at = next(i for i, row in enumerate(log.rows) if row.event == "person comes" and row.time > AT)
    found = first(changed(log, at, time=log.rows[at].time, pool=log.rows[at].pool + 1))
    assert found.time == log.rows[at].time and found.kind == "roster and duties"
    names = [*log.facts["changes"][0]["names"]["persons"]]
    gone = next(i for i, p in enumerate(log.facts["changes"][0]["region_people"]["persons"]) if p["id"] >= 0)
    lost, names[gone] = names[gone], "somebody else"
    change = log.facts["changes"][0] | {"names": log.facts["changes"][0]["names"] | {"persons": names}}
    found = first(Log(log.facts | {"changes": [change]}, log.rows, log.ledger, log.blocks))
    assert (found.time, found.what) == (AT, f"{lost} is on nobody's staff any more")


# --- stories ------------------------------------------------------------------------------------------
def test_stories_tell_the_move_with_its_date_and_reason(log: Log) -> None:
    said = log.facts["changes"][0]["what"]
    lost = next(i for i in at_change(log, "hour lost") if closes(log, i))
    story = story_of(log, log.rows[lost].need)
    moved = next(n for n, line in enumerate(story) if "is moved, for" in line)
    assert story[moved].startswith(f"week {CHANGE} Mon 00:00  {said}: the appointment week") and story[moved].endswith(
        "Mill is there no more"
    )
    assert "Harbour, in " in story[moved + 1] and story[moved + 1].split("  ")[1].startswith("books week")
    tray = "\n".join(story_of(log, log.rows[at_change(log, "tray moves")[0]].need))
    assert f"{said}: contact" in tray and "which answers its municipality from now on, with its age of" in tray
    kept = "\n".join(story_of(log, log.rows[at_change(log, "hour kept")[0]].need))
    assert "stays as it is, with" in kept
