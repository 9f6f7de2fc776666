"""The event log: worked out with a pencil, the same on both engines, and without any effect on what happens."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from channelsim.scenario.queues import Duration, QueueClass, QueuePool, Queues, Serves, compile_queues
from channelsim.scenario.world import World
from channelsim.simulate import Window, simulate, weeks
from channelsim.trajectory.log import log_frame
from tests.events.logs import unless_overloaded
from tests.rules.test_random_worlds import worlds


def fixed(minutes: float) -> Duration:
    return Duration("deterministic", minutes)


def pencil(classes: tuple[QueueClass, ...], pools: tuple[QueuePool, ...]) -> World:
    return compile_queues(Queues("pencil", classes, pools, 0.0, 1000.0, 1, 1))


def told(world: World, engine: str) -> list[tuple]:
    """(time, event, serial number of the need, value) of every row."""
    frame = log_frame(simulate(world, 1, 0, Window(0.0, 1000.0, 0.0), engine, log_events=True))
    needs = {need: i for i, need in enumerate(frame["need"][frame["event"] == "need arises"])}
    return [(r.time_min, str(r.event), needs.get(r.need, -1), r.value_min) for r in frame.itertuples()]


NEVER = 2.0**53


def test_every_step_of_two_callers(engine: str) -> None:
    call = QueueClass("call", fixed(10), (Serves("desk"),), arrivals_at_min=(1, 3), patience=fixed(20), queue_limit=9)
    assert told(pencil((call,), (QueuePool("desk", 1),)), engine) == [
        (0, "person comes", -1, NEVER), (0, "idle", -1, 0),
        (1, "need arises", 0, 1), (1, "contact made", 0, 1), (1, "joins", 0, 1), (1, "taken", 0, 11),
        (3, "need arises", 1, 3), (3, "contact made", 1, 3), (3, "joins", 1, 3), (3, "queues", 1, 23),
        (11, "work stops", 0, 0), (11, "outcome", 0, 11), (11, "settled", 0, 11), (11, "dropped", 0, 11), (11, "taken", 1, 21),
        (21, "work stops", 1, 0), (21, "outcome", 1, 21), (21, "settled", 1, 21), (21, "dropped", 1, 21), (21, "idle", -1, 21),
    ]  # fmt: skip


@pytest.mark.parametrize("limit", [None, 9], ids=["met later", "seen at once"])
def test_who_hangs_up_unseen_stands_at_the_moment_he_left(engine: str, limit: int | None) -> None:
    """The second caller leaves at 8, while nobody looks at the queue before 21."""
    call = QueueClass("call", fixed(20), (Serves("desk"),), arrivals_at_min=(1, 3, 12), patience=fixed(5), queue_limit=limit)
    rows = told(pencil((call,), (QueuePool("desk", 1),)), engine)
    left = "left unseen" if limit is None else "patience over"
    head = [row[:3] for row in rows if row[1] in ("need arises", left, "work stops")]
    assert head == [
        (1, "need arises", 0),
        (3, "need arises", 1),
        (8, left, 1),
        (12, "need arises", 2),
        (17, left, 2),
        (21, "work stops", 0),
    ]
    at = rows.index((8, left, 1, 8))
    assert [row[1] for row in rows[at : at + 4]] == [left, "outcome", "settled", "dropped"]


@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(worlds())
def test_a_log_changes_nothing_and_is_the_same_on_both_engines(queues: Queues) -> None:
    world = compile_queues(queues)
    window = Window(600.0, 2 * 1440.0, 0.0)
    with unless_overloaded():
        fast, slow = (simulate(world, 3, 1, window, e, log_events=True) for e in ("fast", "reference"))
    assert np.array_equal(fast.log, slow.log) and np.array_equal(fast.log_times, slow.log_times)
    assert fast.digest() == slow.digest() == simulate(world, 3, 1, window, "reference").digest()
    frame = log_frame(fast)
    assert frame["time_min"].is_monotonic_increasing


def test_digest_is_the_same_at_every_record_level(tiny_world) -> None:
    world, window = tiny_world("two_offices", "multichannel_triage", 4), weeks(1, 2, 1)
    runs = [simulate(world, 7, 0, window, "fast", keep, False, log) for keep, log in ((False, False), (True, False), (True, True))]
    assert len({run.digest() for run in runs}) == 1
    assert runs[0].log is None and runs[0].records is None and runs[1].log is None
    slow = simulate(world, 7, 0, window, "reference", True, False, True)
    assert np.array_equal(runs[2].log, slow.log) and np.array_equal(runs[2].log_times, slow.log_times)
    assert len(runs[2].log) > 20_000
