"""Worlds small enough to work out with a pencil: every time of every customer is known. Both engines."""

from __future__ import annotations

import numpy as np

from channelsim.rules import state as S
from channelsim.scenario.queues import Duration, Follows, QueueClass, QueuePool, Queues, Serves, compile_queues
from channelsim.scenario.tables import ABANDONED, BLOCKED, SENT_HOME, SERVED
from channelsim.simulate import Window, simulate


def fixed(minutes: float) -> Duration:
    return Duration("deterministic", minutes)


def records(classes: tuple[QueueClass, ...], pools: tuple[QueuePool, ...], engine: str, length: float = 2000.0) -> list[tuple]:
    """(class, came, wait, outcome, pool, end) of every leg, in order of arrival."""
    world = compile_queues(Queues("pencil", classes, pools, 0.0, length, 1, 1))
    run = simulate(world, 1, 0, Window(0.0, length, 0.0), engine, keep_records=True)
    rows = []
    for r, t in zip(run.records, run.record_times, strict=True):
        pool = world.names.pools[r[S.REC_POOL]] if r[S.REC_POOL] >= 0 else None
        left = t[S.REC_STARTED] if t[S.REC_STARTED] >= 0 else t[S.REC_ENDED]
        rows.append(
            (world.names.classes[r[S.REC_CLASS]], t[S.REC_QUEUED], left - t[S.REC_QUEUED], int(r[S.REC_OUTCOME]), pool, t[S.REC_ENDED])
        )
    return sorted(rows, key=lambda row: (row[1], row[0]))


def same(found: list[tuple], expected: list[tuple]) -> bool:
    return len(found) == len(expected) and all(
        a[0] == b[0] and a[3:5] == b[3:5] and np.allclose([a[1], a[2], a[5]], [b[1], b[2], b[5]], atol=1e-5)
        for a, b in zip(found, expected, strict=True)
    )


def test_one_server_first_come_first_served(engine: str) -> None:
    call = QueueClass("call", fixed(10), (Serves("desk"),), arrivals_at_min=(0, 3, 4, 40))
    found = records((call,), (QueuePool("desk", 1),), engine)
    assert same(found, [
        ("call", 0, 0, SERVED, "desk", 10), ("call", 3, 7, SERVED, "desk", 20), ("call", 4, 16, SERVED, "desk", 30),
        ("call", 40, 0, SERVED, "desk", 50),
    ])  # fmt: skip


def test_patience_and_skills(engine: str) -> None:
    """Two servers, two classes: B before A at P2, however long A has waited; patience runs while waiting."""
    a = QueueClass("A", None, (Serves("P1", 0, service=fixed(10)), Serves("P2", 1, service=fixed(12))),
                   arrivals_at_min=(0, 1, 2, 3.5, 14.2, 15.1), patience=fixed(7))  # fmt: skip
    b = QueueClass("B", None, (Serves("P2", service=fixed(8)),), arrivals_at_min=(4, 5.5, 6, 17.3, 30.3), patience=fixed(9.5))
    found = records((a, b), (QueuePool("P1", 1, (("A",),)), QueuePool("P2", 1, (("B",), ("A",)))), engine)
    assert same(found, [
        ("A", 0, 0, SERVED, "P1", 10), ("A", 1, 0, SERVED, "P2", 13), ("A", 2, 7, ABANDONED, None, 9),
        ("A", 3.5, 6.5, SERVED, "P1", 20), ("B", 4, 9, SERVED, "P2", 21), ("B", 5.5, 9.5, ABANDONED, None, 15),
        ("B", 6, 9.5, ABANDONED, None, 15.5), ("A", 14.2, 5.8, SERVED, "P1", 30), ("A", 15.1, 7, ABANDONED, None, 22.1),
        ("B", 17.3, 3.7, SERVED, "P2", 29), ("B", 30.3, 0, SERVED, "P2", 38.3),
    ])  # fmt: skip


def test_served_at_the_very_moment_patience_ends_counts_as_served(engine: str) -> None:
    call = QueueClass("call", fixed(10), (Serves("desk"),), arrivals_at_min=(0, 3), patience=fixed(7))
    found = records((call,), (QueuePool("desk", 1),), engine)
    assert same(found, [("call", 0, 0, SERVED, "desk", 10), ("call", 3, 7, SERVED, "desk", 20)])


def test_full_line_turns_callers_away_and_they_try_again(engine: str) -> None:
    call = QueueClass("call", fixed(10), (Serves("desk"),), arrivals_at_min=(0, 1, 2), queue_limit=1,
                      after={"blocked": (Follows("call", 1.0, fixed(20)),)})  # fmt: skip
    found = records((call,), (QueuePool("desk", 1),), engine)
    assert same(found, [
        ("call", 0, 0, SERVED, "desk", 10), ("call", 1, 9, SERVED, "desk", 20), ("call", 2, 0, BLOCKED, None, 2),
        ("call", 22, 0, SERVED, "desk", 32),
    ])  # fmt: skip


def test_help_comes_after_a_wait(engine: str) -> None:
    """A second pool takes a class only when it has waited five minutes."""
    call = QueueClass("call", fixed(20), (Serves("first"), Serves("help", 1, after_min=5.0)), arrivals_at_min=(0, 1, 2))
    found = records((call,), (QueuePool("first", 1), QueuePool("help", 1)), engine)
    assert same(found, [
        ("call", 0, 0, SERVED, "first", 20), ("call", 1, 5, SERVED, "help", 26), ("call", 2, 18, SERVED, "first", 40),
    ])  # fmt: skip


def test_reserve_keeps_the_last_person_back(engine: str) -> None:
    routine = QueueClass("routine", fixed(30), (Serves("experts", reserve=1),), arrivals_at_min=(0, 1))
    expert = QueueClass("expert", fixed(10), (Serves("experts"),), arrivals_at_min=(2,))
    found = records((routine, expert), (QueuePool("experts", 2),), engine)
    assert same(found, [
        ("routine", 0, 0, SERVED, "experts", 30), ("routine", 1, 29, SERVED, "experts", 60), ("expert", 2, 0, SERVED, "experts", 12),
    ])  # fmt: skip


def test_what_follows_a_service(engine: str) -> None:
    phone = QueueClass("phone", fixed(5), (Serves("line"),), arrivals_at_min=(0,), after={"served": (Follows("visit", 1.0, fixed(60)),)})
    visit = QueueClass("visit", fixed(15), (Serves("desk"),))
    found = records((phone, visit), (QueuePool("line", 1), QueuePool("desk", 1)), engine)
    assert same(found, [("phone", 0, 0, SERVED, "line", 5), ("visit", 65, 0, SERVED, "desk", 80)])


def hours(open_min: float, close_min: float) -> tuple:
    return ((open_min, close_min),) * 7


def test_closing_serves_out_with_overtime_or_sends_home(engine: str) -> None:
    """Open 08:00 to 09:00, one person on shift as long; three customers at 08:40 take 15 minutes each."""
    for send_home, outcomes, overtime in ((False, [SERVED] * 3, 25.0), (True, [SERVED, SERVED, SENT_HOME], 10.0)):
        desk = QueueClass(
            "desk", fixed(15), (Serves("staff"),), arrivals_at_min=(520, 520.5, 521), hours=hours(480, 540), send_home=send_home
        )
        pools = (QueuePool("staff", 1, shifts=hours(480, 540)),)
        found = records((desk,), pools, engine, 1440.0)
        assert [row[3] for row in found] == outcomes
        world = compile_queues(Queues("closing", (desk,), pools, 0.0, 1440.0, 1, 1))
        run = simulate(world, 1, 0, Window(0.0, 1440.0, 0.0), engine)
        assert run.tally.ledger[0, S.OVERTIME] == overtime
        assert run.tally.ledger[0, S.PAID] == 60.0
        assert run.tally.ledger[0, S.IDLE_MIN] == 40.0


def test_outside_hours_the_contact_is_made_at_the_next_opening(engine: str) -> None:
    desk = QueueClass("desk", fixed(5), (Serves("staff"),), arrivals_at_min=(100, 600), hours=hours(480, 540))
    found = records((desk,), (QueuePool("staff", 1),), engine, 4000.0)
    assert same(found, [("desk", 480, 0, SERVED, "staff", 485), ("desk", 1920, 0, SERVED, "staff", 1925)])


def test_longest_idle_takes_the_next_contact(engine: str) -> None:
    """Across pools of one rank the person idle longest goes first; on a tie the lower pool."""
    call = QueueClass("call", fixed(10), (Serves("P1"), Serves("P2")), arrivals_at_min=(0, 20, 40))
    found = records((call,), (QueuePool("P1", 1), QueuePool("P2", 1)), engine)
    assert [row[4] for row in found] == ["P1", "P2", "P1"]


def test_retry_of_those_who_hang_up(engine: str) -> None:
    call = QueueClass("call", fixed(30), (Serves("desk"),), arrivals_at_min=(0, 1), patience=fixed(4),
                      after={"abandoned": (Follows("call", 1.0, fixed(26)),)})  # fmt: skip
    found = records((call,), (QueuePool("desk", 1),), engine)
    assert same(found, [
        ("call", 0, 0, SERVED, "desk", 30), ("call", 1, 4, ABANDONED, None, 5), ("call", 31, 0, SERVED, "desk", 61),
    ])  # fmt: skip
