"""Random worlds of booked hours, appointments, trips, casework, and people as they are: the engines agree, nothing is lost, every decision is right."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from channelsim.compiled import plain
from channelsim.config.world import load_world
from channelsim.metrics.guard import ledger_gap
from channelsim.rules import choices, contacts, people, services, ways
from channelsim.rules import state as S
from channelsim.scenario import roster, tables, world_roster
from channelsim.scenario.queues import Queues, compile_queues
from channelsim.simulate import Window, simulate
from channelsim.testing.audit.story import story_of
from tests.events.logs import audited, log_of, unless_overloaded
from tests.rules.any_worlds import people_at_work, ways_to_come

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
WINDOW = Window(600.0, 2 * 1440.0, 0.0)


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=SLOW)
@given(st.one_of(ways_to_come(), people_at_work()))
def test_engines_agree_and_nothing_is_lost(queues: Queues) -> None:
    world = compile_queues(replace(queues, length_min=WINDOW.end_min))
    with unless_overloaded():
        fast, reference = (simulate(world, queues.seed, 1, WINDOW, engine, keep_records=True) for engine in ("fast", "reference"))
    assert fast.digest() == reference.digest()
    assert np.array_equal(fast.records, reference.records) and np.array_equal(fast.record_times, reference.record_times)
    assert np.array_equal(fast.record_needs, reference.record_needs)
    assert fast.n_arisen == fast.n_finished + fast.n_open
    assert np.all(ledger_gap(fast.whole) == 0.0)


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=SLOW)
@given(st.one_of(ways_to_come(), people_at_work()))
def test_the_audit_passes(queues: Queues) -> None:
    with unless_overloaded():
        log = log_of(compile_queues(replace(queues, length_min=WINDOW.end_min)), WINDOW, queues.seed, "reference")
    assert audited(log).findings == []


def found_after(monkeypatch: pytest.MonkeyPatch, queues: Queues, module, name: str, wrong) -> set[str]:
    """Kinds of findings when one rule of the reference engine is wrong."""
    world = compile_queues(replace(queues, length_min=WINDOW.end_min))
    with monkeypatch.context() as patch:
        patch.setitem(plain(module).__globals__, name, wrong)
        log = log_of(world, WINDOW, queues.seed, "reference")
    return {f.kind for f in audited(log).findings}


BUSY = """
world: all ways to come
run: {length_min: 4000, seed: 3}
classes:
  booked:
    arrivals: {booked: {first: "09:00", last: "11:00", every_min: 10, unpunctual_min: {normal: -3, sd_min: 6}, early: joins}}
    no_show: 0.3
    service_min: {exponential: 10}
    pools: [desk]
    leaves: {to: paper, share: 0.5}
  visit:
    arrivals: {per_min: 0.01}
    by_appointment: true
    no_show: {share: 0.1, per_day: 0.02}
    service_min: {exponential: 25}
    pools: [desk]
  trip:
    arrivals: {per_min: 0.05}
    travel: {one_way_min: {uniform: [5, 40]}, last_arrival_min: 20}
    hours: {open: "09:00", close: "15:00"}
    service_min: {exponential: 10}
    pools: [desk]
  paper: {casework: true, service_min: {exponential: 20}, pools: [desk]}
pools:
  desk: {staff: 3, slots: {first: "09:00", last: "14:00", every_min: 30, horizon_days: 3, hold_before_min: 15}}
"""


def test_planted_errors_are_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A later slot than the earliest, a trip that ends too late, a no-show who comes, a paper that is forgotten."""
    file = tmp_path / "world.yaml"
    file.write_text(BUSY, encoding="utf-8")
    queues = load_world(file)
    assert found_after(monkeypatch, queues, contacts.present, "BY_BOOK", tables.BY_BOOK) == set()
    right_slot, right_time = plain(choices.book_slot), plain(choices.when_there)

    def other_slot(s, w, service, municipality, now, there, slots_max):
        candidate, day, slot = right_slot(s, w, service, municipality, now, there, slots_max)
        return candidate, day + 1 if candidate >= 0 else day, slot

    assert "book_slot" in found_after(monkeypatch, queues, contacts.book, "book_slot", other_slot)
    late = found_after(monkeypatch, queues, contacts.travels, "when_there", lambda *a: right_time(*a) + 1.0)
    assert "choose_point" in late
    never = found_after(monkeypatch, queues, contacts.present, "misses_hour", lambda *a: False)
    assert "outcomes" in never
    lost = found_after(monkeypatch, queues, services.served, "leave_work", lambda *a: None)
    assert "outcomes" in lost


PEOPLE = """
world: people
run: {length_min: 10080, seed: 3}
classes:
  call: {arrivals: {per_min: 0.05}, service_min: {exponential: 20}, pools: [desk]}
pools:
  desk:
    staff: 4
    shifts: {open: "08:00", close: "12:00"}
    absence: {share: 0.3, drawn: true}
    at_shift_end: hand_over
"""


def test_people_who_come_or_stay_away_wrongly_are_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Somebody comes in spite of his absence, or does not come; a contact is not handed over."""
    file = tmp_path / "people.yaml"
    file.write_text(PEOPLE, encoding="utf-8")
    queues = load_world(file)
    right = world_roster.absent_on

    def findings(wrong) -> list[str]:
        with monkeypatch.context() as patch:
            patch.setattr(roster, "absent_on", wrong)
            log = log_of(compile_queues(queues), Window(0.0, 10080.0, 0.0), 3, "reference")
        return [f.what for f in audited(log).findings]

    assert findings(right) == []
    assert any("comes without being due" in what for what in findings(lambda s, key, day: np.zeros(4, bool)))
    assert any("should come and does not" in what for what in findings(lambda s, key, day: np.ones(4, bool)))
    assert "who asks is answered" in found_after(monkeypatch, queues, people.roster_step, "lay_down", lambda *a: None)


def test_every_need_has_a_story(tmp_path: Path) -> None:
    """Trips, bookings, casework and contacts handed over are told in words."""
    lines: list[str] = []
    for name, text in (("busy", BUSY), ("people", PEOPLE)):
        file = tmp_path / f"{name}.yaml"
        file.write_text(text, encoding="utf-8")
        queues = load_world(file)
        log = log_of(compile_queues(queues), Window(0.0, 2880.0, 0.0), 3, "reference")
        needs = sorted({row.need for row in log.rows if row.need >= 0})
        stories = [story_of(log, need) for need in needs[:50] + needs[-50:]]
        assert all(stories)
        lines += [line for story in stories for line in story]
    for words in ("sets out for trip", "at the latest 20 min before closing", "with desk, in", "leaves casework for the staff",
                  "no-show: the customer does not come", "are left for a colleague, first in its queue"):  # fmt: skip
        assert any(words in line for line in lines), words


TRIP = """
world: trips to an hour
run: {length_min: 4000, seed: 3}
classes:
  booked:
    arrivals: {booked: {first: "09:00", last: "11:00", every_min: 10, unpunctual_min: {normal: -3, sd_min: 6}, early: joins}}
    no_show: 0.3
    service_min: {exponential: 10}
    pools: [desk]
    travel: {one_way_min: {exponential: 40}}
  visit:
    arrivals: {per_min: 0.01}
    by_appointment: true
    no_show: {share: 0.1, per_day: 0.02}
    service_min: {exponential: 25}
    pools: [desk]
    travel: {one_way_min: {exponential: 40}}
pools:
  desk: {staff: 2, slots: {first: "09:00", last: "14:00", every_min: 30, horizon_days: 3}}
"""


def trips(tmp_path: Path, text: str, engine: str):
    file = tmp_path / "trips.yaml"
    file.write_text(text, encoding="utf-8")
    run = simulate(compile_queues(load_world(file)), 3, 0, Window(0.0, 4000.0, 0.0), engine, keep_records=True)
    order = np.lexsort((run.record_needs, run.record_times[:, S.REC_QUEUED]))
    return run.records[order], run.record_times[order]


def test_a_trip_to_an_hour_moves_nobody_s_wait(tmp_path: Path, engine: str) -> None:
    """Booked customers come, wait and leave as without trips; each has a trip, but for those who do not come."""
    only_visits = TRIP.replace("    pools: [desk]\n    travel: {one_way_min: {exponential: 40}}\n  visit", "    pools: [desk]\n  visit")
    assert only_visits != TRIP
    words, with_trips = trips(tmp_path, TRIP, engine)
    _, without = trips(tmp_path, only_visits, engine)
    columns = [S.REC_SINCE, S.REC_QUEUED, S.REC_STARTED, S.REC_ENDED, S.REC_WORKED]
    assert np.array_equal(with_trips[:, columns], without[:, columns])
    came = ~np.isin(words[:, S.REC_OUTCOME], (tables.NO_SHOW, tables.NO_SLOT))
    booked = words[:, S.REC_CLASS] == 0
    assert np.all((with_trips[:, S.REC_TRIP] > 0.0) == came) and (came & booked).sum() > 20 and (~came).sum() > 5
    assert np.all(without[booked, S.REC_TRIP] == 0.0)
    asked, hour, minutes = (with_trips[~booked & came][:, column] for column in (S.REC_SINCE, S.REC_QUEUED, S.REC_TRIP))
    assert np.all(hour >= asked + minutes)


def test_an_hour_that_cannot_be_reached_and_a_wrong_trip_are_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "trips.yaml"
    file.write_text(TRIP, encoding="utf-8")
    queues = load_world(file)
    right_slot, right_trip = plain(choices.book_slot), plain(ways.trip_of)
    assert found_after(monkeypatch, queues, contacts.book, "trip_of", right_trip) == set()
    too_soon = lambda s, w, service, municipality, now, there, most: right_slot(s, w, service, municipality, now, now, most)  # noqa: E731
    assert "book_slot" in found_after(monkeypatch, queues, contacts.book, "book_slot", too_soon)
    longer = found_after(monkeypatch, queues, ways.has_travelled, "trip_of", lambda *a: right_trip(*a) + 1.0)
    assert "choose_point" in longer


def test_the_story_tells_the_trip(tmp_path: Path) -> None:
    file = tmp_path / "trips.yaml"
    file.write_text(TRIP, encoding="utf-8")
    log = log_of(compile_queues(load_world(file)), Window(0.0, 2880.0, 0.0), 3, "reference")
    needs = sorted({row.need for row in log.rows if row.need >= 0})
    assert sum("is there, after a trip of" in line for need in needs for line in story_of(log, need)) > 10
