"""Random worlds of booked hours, appointments, trips and casework: the engines agree, nothing is lost, every decision is right."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from channelsim.compiled import plain
from channelsim.config.world import load_world
from channelsim.metrics.guard import ledger_gap
from channelsim.rules import choices, contacts, services
from channelsim.scenario import tables
from channelsim.scenario.queues import Queues, compile_queues
from channelsim.simulate import Window, simulate
from tests.events.logs import audited, log_of, unless_overloaded
from tests.rules.any_worlds import ways_to_come

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
WINDOW = Window(600.0, 2 * 1440.0, 0.0)


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=SLOW)
@given(ways_to_come())
def test_engines_agree_and_nothing_is_lost(queues: Queues) -> None:
    world = compile_queues(replace(queues, length_min=WINDOW.end_min))
    fast, reference = (simulate(world, queues.seed, 1, WINDOW, engine, keep_records=True) for engine in ("fast", "reference"))
    assert fast.digest() == reference.digest()
    assert np.array_equal(fast.records, reference.records) and np.array_equal(fast.record_times, reference.record_times)
    assert np.array_equal(fast.record_needs, reference.record_needs)
    assert fast.n_arisen == fast.n_finished + fast.n_open
    assert np.all(ledger_gap(fast.whole) == 0.0)


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=SLOW)
@given(ways_to_come())
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

    def other_slot(s, w, service, municipality, now, slots_max):
        candidate, day, slot = right_slot(s, w, service, municipality, now, slots_max)
        return candidate, day + 1 if candidate >= 0 else day, slot

    assert "book_slot" in found_after(monkeypatch, queues, contacts.book, "book_slot", other_slot)
    late = found_after(monkeypatch, queues, contacts.travels, "when_there", lambda *a: right_time(*a) + 1.0)
    assert "choose_point" in late
    never = found_after(monkeypatch, queues, contacts.present, "misses_hour", lambda *a: False)
    assert "outcomes" in never
    lost = found_after(monkeypatch, queues, services.served, "leave_work", lambda *a: None)
    assert "outcomes" in lost
