"""Measures from records against a plain count of the same contacts, one at a time."""

from __future__ import annotations

import numpy as np
import pytest

from channelsim.metrics.observations import Observed, complete, observed
from channelsim.metrics.scheduled import scheduled_min
from channelsim.metrics.world_measures import WORLD_MEASURES
from channelsim.rules import state as S
from channelsim.scenario.expected import Wanted
from channelsim.scenario.queues import Duration, Follows, QueueClass, QueuePool, Queues, RateStep, Serves, compile_queues
from channelsim.simulate import Window, simulate
from channelsim.trajectory.values import Trajectory
from tests.conftest import WEEK

CALL = QueueClass(
    "call", Duration("exponential", 3.0), (Serves("desk"),), rates=(RateStep(0.0, WEEK, 0.9),),
    patience=Duration("exponential", 4.0), queue_limit=3, after={"served": (Follows("web", 0.3), Follows("call", 0.1))},
)  # fmt: skip
WEB = QueueClass("web", Duration("uniform", 5.0), (), self_service=True, rates=(RateStep(0.0, WEEK, 0.2),))
QUEUES = Queues("two", (CALL, WEB), (QueuePool("desk", 2),), 500.0, 2000.0, 1, 1)


@pytest.fixture(scope="module")
def seen() -> tuple[Trajectory, Observed]:
    run = simulate(compile_queues(QUEUES), 4, 0, Window(500.0, 2000.0, 200.0), "fast", keep_records=True)
    return run, observed(run, QUEUES, 500.0)


def value(seen: Observed, **words: object) -> np.ndarray:
    top, bottom = WORLD_MEASURES[str(words["measure"])].observe(seen, Wanted(**words))  # type: ignore[arg-type]
    return top / bottom


def overlap(start: float, end: float, low: float, high: float) -> float:
    return max(0.0, min(end, high) - max(start, low))


def test_time_averages_are_those_of_a_plain_sum(seen: tuple[Trajectory, Observed]) -> None:
    _, o = seen
    for b in range(4):
        low, high = 500.0 + 500.0 * b, 1000.0 + 500.0 * b
        rows = list(zip(o.of_class, o.came, o.left_queue, o.ended, o.pool, strict=True))
        waiting = sum(overlap(came, left, low, high) for c, came, left, _, _ in rows if c == 0) / 500.0
        present = sum(overlap(came, end, low, high) for _, came, _, end, _ in rows) / 500.0
        busy = sum(overlap(left, end, low, high) for _, _, left, end, pool in rows if pool == 0) / 500.0
        assert value(o, measure="Lq", classes=("call",))[b] == pytest.approx(waiting, rel=1e-9)
        assert value(o, measure="L")[b] == pytest.approx(present, rel=1e-9)
        assert value(o, measure="busy", pool="desk")[b] == pytest.approx(busy, rel=1e-9)
        assert value(o, measure="util", pool="desk")[b] == pytest.approx(busy / 2, rel=1e-9)


def test_a_stretch_of_each_batch_is_counted_by_itself(seen: tuple[Trajectory, Observed]) -> None:
    _, o = seen
    stretch = {"from_min": 100.0, "to_min": 350.0}
    for b in range(4):
        low, high = 600.0 + 500.0 * b, 850.0 + 500.0 * b
        rows = list(zip(o.of_class, o.came, o.left_queue, o.ended, o.pool, o.queued, strict=True))
        came = [row for row in rows if low <= row[1] < high and row[0] == 0]
        assert value(o, measure="p_wait", classes=("call",), **stretch)[b] == pytest.approx(np.mean([row[5] for row in came]))
        assert value(o, measure="Wq", classes=("call",), **stretch)[b] == pytest.approx(np.mean([row[2] - row[1] for row in came]))
        assert value(o, measure="W", classes=("call",), **stretch)[b] == pytest.approx(np.mean([row[3] - row[1] for row in came]))
        assert value(o, measure="arrived", classes=("call",), per="hour", **stretch)[b] == pytest.approx(len(came) / 250.0 * 60.0)
        waiting = sum(overlap(row[1], row[2], low, high) for row in rows if row[0] == 0) / 250.0
        busy = sum(overlap(row[2], row[3], low, high) for row in rows if row[4] == 0) / 250.0
        assert value(o, measure="Lq", classes=("call",), **stretch)[b] == pytest.approx(waiting)
        assert value(o, measure="util", pool="desk", **stretch)[b] == pytest.approx(busy / 2.0)


def test_stretches_that_fill_the_batch_add_up_to_it(seen: tuple[Trajectory, Observed]) -> None:
    _, o = seen
    whole = value(o, measure="L")
    parts = [value(o, measure="L", from_min=low, to_min=high) for low, high in ((0.0, 200.0), (200.0, None))]
    assert 0.4 * parts[0] + 0.6 * parts[1] == pytest.approx(whole)
    assert value(o, measure="L", from_min=0.0, to_min=500.0) == pytest.approx(whole)


def test_those_who_wait_at_a_moment(seen: tuple[Trajectory, Observed]) -> None:
    _, o = seen
    moment = 500.0 + 130.0
    waiting = np.sum((o.of_class == 0) & (o.came < moment) & (o.left_queue >= moment))
    present = np.sum((o.of_class == 0) & (o.came < moment) & (o.ended >= moment))
    assert value(o, measure="waiting_at", classes=("call",), at_min=130.0)[0] == waiting
    assert value(o, measure="present_at", classes=("call",), at_min=130.0)[0] == present > 0


def test_counts_agree_with_the_tally(seen: tuple[Trajectory, Observed]) -> None:
    """The tally is kept while time passes; the records are read afterwards."""
    run, o = seen
    t = run.tally.class_tally[0]
    assert complete(run, o, 200.0)
    assert value(o, measure="arrived", classes=("call",), per="run").sum() == t[S.OFFERED]
    assert value(o, measure="blocked", classes=("call",), per="run").sum() == t[S.N_BLOCKED] > 0
    assert value(o, measure="throughput", classes=("call",), per="run").sum() == t[S.N_SERVED]
    assert np.sum(value(o, measure="Lq", classes=("call",)) * 500.0) == pytest.approx(t[S.QUEUE_AREA], rel=1e-9)


def test_contacts_still_there_at_the_end_are_missed() -> None:
    """Without time to follow them up the records of the last contacts are lacking, and that is noticed."""
    run = simulate(compile_queues(QUEUES), 4, 0, Window(500.0, 2000.0, 0.0), "fast", keep_records=True)
    assert not complete(run, observed(run, QUEUES, 500.0), 0.0)


def test_shares_add_up_and_waits_are_of_whom_they_say(seen: tuple[Trajectory, Observed]) -> None:
    _, o = seen
    shares = sum(value(o, measure=m, classes=("call",)) for m in ("p_served", "p_abandon", "p_block", "p_sent_home"))
    assert np.allclose(shares, 1.0)
    n = {m: value(o, measure=m, classes=("call",), per="run") for m in ("arrived", "served", "abandoned")}
    wait = {w: value(o, measure="Wq", classes=("call",), over=w) for w in ("all", "served", "abandoned")}
    assert np.allclose(wait["all"] * n["arrived"], wait["served"] * n["served"] + wait["abandoned"] * n["abandoned"])
    assert np.allclose(value(o, measure="Wq", unit="s"), 60.0 * value(o, measure="Wq"))
    assert (value(o, measure="SL", within_min=0.0, over="served") < value(o, measure="SL", within_min=1.0, over="served")).all()


def test_customers_are_followed_to_their_last_exit(seen: tuple[Trajectory, Observed]) -> None:
    _, o = seen
    stay: dict[int, list[float]] = {}
    for need, came, ended in zip(o.need, o.came, o.ended, strict=True):
        times = stay.setdefault(int(need), [came, ended])
        times[:] = [min(times[0], came), max(times[1], ended)]
    assert len(stay) == len(o.need_id) > 1000
    web = {int(n) for n, c in zip(o.need, o.of_class, strict=True) if c == 1}
    inside = [(n, a, b) for n, (a, b) in stay.items() if 500.0 <= a < 1000.0]
    first = {int(n): int(c) for n, c in zip(o.need_id, o.first_class, strict=True)}
    assert value(o, measure="sojourn")[0] == pytest.approx(np.mean([b - a for _, a, b in inside]), rel=1e-9)
    called = [n for n, _, _ in inside if first[n] == 0]
    assert value(o, measure="visits", classes=("web",), first="call")[0] == pytest.approx(np.mean([n in web for n in called]))


def test_patience_of_nothing_waits_or_leaves() -> None:
    """Who leaves at once was not begun at once: p_wait and p_abandon are then the same."""
    call = QueueClass("call", Duration("exponential", 3.0), (Serves("desk"),), rates=(RateStep(0.0, WEEK, 0.9),),
                      patience=Duration("deterministic", 0.0))  # fmt: skip
    queues = Queues("loss", (call,), (QueuePool("desk", 2),), 0.0, 2000.0, 1, 1)
    run = simulate(compile_queues(queues), 4, 0, Window(0.0, 2000.0, 200.0), "fast", keep_records=True)
    o = observed(run, queues, None)
    assert value(o, measure="p_wait") == value(o, measure="p_abandon") > 0.3
    assert value(o, measure="Wq") == 0.0


def test_minutes_on_shift_follow_the_week() -> None:
    pool = QueuePool("desk", 3, shifts=((480.0, 960.0),) * 5 + (None, None))
    queues = Queues("week", (), (pool,), 0.0, WEEK, 1, 1)
    edges = np.array([0.0, 600.0, 1440.0, WEEK, 2 * WEEK])
    assert scheduled_min(queues, 0, edges, 1, 0).tolist() == [360.0, 1080.0, 5760.0, 7200.0]
