"""Random worlds: both engines agree bit for bit, nothing is lost, the ledger closes, nobody idles beside work.

Times are drawn from few round values, so that many events fall on the same instant. A failing world is shrunk by
hypothesis and printed as a value that can be pasted.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from channelsim.compiled import plain
from channelsim.config.world import load_world
from channelsim.engine.common import Finished
from channelsim.errors import SimulationError
from channelsim.metrics.guard import ledger_gap
from channelsim.randomness import stream_key
from channelsim.rules import arrivals, choices
from channelsim.rules import state as S
from channelsim.scenario import tables as T
from channelsim.scenario.queue_rules import Balk, CallBack, Lines, MovesOn, Rise, Unreached
from channelsim.scenario.queues import Duration, Follows, QueueClass, QueuePool, Queues, RateStep, Serves, compile_queues
from channelsim.simulate import ENGINES, Window, simulate
from channelsim.testing.against_theory.station import pull_rank
from channelsim.trajectory.cohort import cohort_of
from tests.conftest import ROOT
from tests.rules.any_worlds import people_at_work, ways_to_come, with_somebody_to_spare
from tests.rules.as_configuration import configuration

ROUND = st.sampled_from([1.0, 2.0, 5.0, 10.0, 30.0])
DURATIONS = st.one_of(
    st.builds(Duration, st.just("deterministic"), ROUND),
    st.builds(Duration, st.just("exponential"), ROUND),
    st.builds(Duration, st.just("lognormal"), ROUND, st.sampled_from([0.5, 1.5])),
)
HOURS = st.sampled_from([None, ((480.0, 600.0),) * 7, ((540.0, 960.0), None) * 3 + ((540.0, 960.0),)])
SHIPPED = sorted([*(ROOT / "tests" / "acceptance").rglob("*.yaml"), *(ROOT / "configs" / "worlds").glob("*.yaml")])
NAMES = ("a", "b", "c")
POOLS = ("p", "q")


@st.composite
def worlds(draw: st.DrawFn) -> Queues:
    n = draw(st.integers(1, 3))
    names = NAMES[:n]
    classes = []
    for name in names:
        serves = tuple(
            Serves(pool, draw(st.integers(0, 1)), draw(st.sampled_from([0.0, 5.0])), None, draw(st.integers(0, 1)))
            for pool in draw(st.sampled_from([("p",), ("q",), ("p", "q")]))
        )
        after = {}
        for outcome in draw(st.sets(st.sampled_from(["served", "abandoned", "blocked", "sent_home"]))):
            after[outcome] = (Follows(draw(st.sampled_from(names)), draw(st.sampled_from([0.3, 0.6])), draw(DURATIONS)),)
        hours = draw(HOURS)
        classes.append(
            QueueClass(
                name, draw(DURATIONS), serves,
                rates=(RateStep(0.0, 10080.0, draw(st.sampled_from([0.02, 0.1]))),),
                arrivals_at_min=tuple(sorted(draw(st.lists(st.sampled_from([0.0, 10.0, 480.0, 490.0, 540.0, 599.0]), max_size=6)))),
                patience=draw(st.one_of(st.none(), DURATIONS)), queue_limit=draw(st.sampled_from([None, 0, 2])), hours=hours,
                send_home=hours is not None and draw(st.booleans()), after=after,
                interval=draw(st.sampled_from([None, None, Duration("deterministic", 10.0), Duration("exponential", 30.0)])),
            )
        )  # fmt: skip
    classes = with_announcements(draw, [with_rules(draw, c, names) for c in classes])
    lines = draw(st.sampled_from([(), (Lines(3, names),), (Lines(2, names[:1]),)]))
    pools = tuple(
        QueuePool(p, draw(st.integers(1, 3)), draw(st.sampled_from([(), (tuple(names),), tuple((x,) for x in names)])), draw(HOURS))
        for p in POOLS
    )
    pools = tuple(replace(p, takes=served_ranks(p, classes)) for p in pools)
    classes = [useful_rises(c, pools) for c in classes]
    return with_somebody_to_spare(Queues("random", tuple(classes), pools, 0.0, 2 * 1440.0, 1, 1, lines=lines))


def served_ranks(pool: QueuePool, classes: list[QueueClass]) -> tuple[tuple[str, ...], ...]:
    """Ranks of the classes that the pool serves: a file can name no others."""
    served = {c.name for c in classes if any(s.pool == pool.name for s in c.serves)}
    ranks = (tuple(name for name in rank if name in served) for rank in pool.takes)
    return tuple(rank for rank in ranks if rank)


def useful_rises(c: QueueClass, pools: tuple[QueuePool, ...]) -> QueueClass:
    """Without the rises that bring no better rank, which a file may not have."""
    best = max(pull_rank(c, p) for p in pools if any(s.pool == p.name for s in c.serves))
    rises: list[Rise] = []
    for r in c.rises:
        if r.to_rank < best:
            rises.append(r)
            best = r.to_rank
    return replace(c, rises=tuple(rises))


def with_announcements(draw: st.DrawFn, classes: list[QueueClass]) -> list[QueueClass]:
    """Some leave on what they hear, some are called back in the last class, where nobody has a patience and some are not reached."""
    *others, last = classes
    found = []
    for c in others:
        signals = st.sampled_from(["length", "longest_wait", "expected_wait"])
        may_wait = c.queue_limit != 0
        balk = Balk(draw(signals), (0.0, 3.0), (draw(st.sampled_from([0.0, 0.4])), 0.7)) if may_wait and draw(st.booleans()) else None
        call = None
        if may_wait and draw(st.booleans()):
            call = CallBack(
                last.name, draw(signals), draw(st.sampled_from([0.0, 2.0])), 0.5, draw(st.booleans()), draw(st.one_of(st.none(), DURATIONS))
            )
        found.append(replace(c, balk=balk, call_back=call, idle_rule=draw(st.sampled_from(["longest_idle", "most_idle", "in_order"]))))
    if any(c.call_back for c in found):
        rule = Unreached(0.4, draw(st.integers(1, 3)), draw(DURATIONS), draw(st.one_of(st.none(), DURATIONS)))
        last = replace(last, patience=None, unreached=draw(st.sampled_from([None, rule])))
    return [*found, last]


def with_rules(draw: st.DrawFn, c: QueueClass, names: tuple[str, ...]) -> QueueClass:
    """Some classes have rules that few classes have; a wait ends in the next class, which waits longer."""
    if draw(st.booleans()):
        return c
    place = names.index(c.name)
    moves = None
    if place + 1 < len(names) and c.queue_limit != 0 and draw(st.booleans()):
        moves = MovesOn(10.0 * (place + 1), names[place + 1], draw(st.booleans()), draw(st.booleans()))
    return replace(
        c, weight=draw(st.sampled_from([1.0, 3.0])), after_work=draw(st.one_of(st.none(), DURATIONS)), moves_on=moves,
        rises=draw(st.sampled_from([(), (Rise(5.0, 0),), (Rise(2.0, 1), Rise(7.0, 0))])),
    )  # fmt: skip


def run_of(world, engine: str):
    return simulate(world, 3, 1, Window(600.0, 2 * 1440.0, 0.0), engine, keep_records=True)


SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


@settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=SLOW)
@given(worlds())
def test_engines_agree_and_nothing_is_lost(queues: Queues) -> None:
    assert_agreement(queues)


@pytest.mark.long
@settings(max_examples=500, deadline=None, suppress_health_check=SLOW)
@given(worlds())
def test_engines_agree_on_five_hundred_other_worlds(queues: Queues) -> None:
    """New worlds each time; a failing one is shrunk and printed, and kept in .hypothesis."""
    assert_agreement(queues)


def assert_agreement(queues: Queues) -> None:
    note(configuration(queues))
    world = compile_queues(queues)
    try:
        fast = run_of(world, "fast")
    except SimulationError as stopped:  # the random hours may ask for endless overtime: then both must stop at one event
        with pytest.raises(SimulationError) as also_stopped:
            run_of(world, "reference")
        assert (also_stopped.value.time_min, also_stopped.value.need_id) == (stopped.time_min, stopped.need_id)
        return
    reference = run_of(world, "reference")
    assert fast.digest() == reference.digest()
    assert np.array_equal(fast.records, reference.records)
    assert np.array_equal(fast.record_times, reference.record_times)
    assert fast.n_arisen == fast.n_finished + fast.n_open
    assert np.all(ledger_gap(fast.whole) == 0.0)
    t = fast.whole.class_tally
    gone = t[:, [S.N_SERVED, S.N_ABANDONED, S.N_BLOCKED, S.N_SENT_HOME, S.N_MOVED_ON, S.N_BALKED, S.N_CALLED_BACK, S.N_NOT_REACHED]].sum(
        axis=1
    )
    inside = t[:, S.OFFERED] - gone
    assert np.all(inside >= 0) and inside.sum() <= fast.n_open
    worked = fast.whole.ledger[:, [S.ROUTINE_MIN, S.EXPERTISE_MIN]].sum()
    assert worked == fast.person_worked_min.sum() == fast.whole.pair_busy.sum()


@settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=[*SLOW, HealthCheck.function_scoped_fixture])
@given(st.one_of(worlds(), ways_to_come(), people_at_work()))
def test_a_failing_world_is_printed_as_a_configuration(tmp_path: Path, queues: Queues) -> None:
    """What the report of a failure prints is the same world when it is read again."""
    assert read_again(queues, tmp_path) == queues


@pytest.mark.parametrize("file", SHIPPED, ids=lambda f: f.stem)
def test_every_shipped_world_is_printed_as_a_configuration(tmp_path: Path, file: Path) -> None:
    """Among them they have every feature of the language."""
    queues = load_world(file)
    assert read_again(queues, tmp_path) == queues


def read_again(queues: Queues, folder: Path) -> Queues:
    file = folder / "world.yaml"
    file.write_text(configuration(queues), encoding="utf-8")
    return replace(load_world(file), replications=queues.replications, target_min=queues.target_min)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(worlds(), st.sampled_from([500.0, 545.0, 700.0, 1450.0, 2000.0]))
def test_nobody_idles_beside_work_they_may_do(queues: Queues, time: float) -> None:
    """At any moment: if a class waits, no pool that may take its head at its stage has a person to spare."""
    world = compile_queues(queues)
    running = ENGINES["fast"](world, stream_key(3, 1), Finished(cohort_of(world.tables, 0.0, time, time)))
    running.advance(time)
    state, tables = running.state, world.tables
    for pool in range(int(tables.sizes[T.N_POOLS])):
        idle = state.pools[pool * S.POOL_STATE_WIDTH + S.IDLE_COUNT]
        for e in range(tables.pull_start[pool], tables.pull_start[pool + 1]):
            pair = tables.pull_pair[e] * T.PAIR_WIDTH
            head = state.queues[tables.pairs[pair + T.PAIR_CLASS] * S.QUEUE_WIDTH + S.HEAD]
            if head == T.NONE or state.contacts[head * S.CONTACT_WIDTH + S.C_STAGE] < tables.pull_from_stage[e]:
                continue
            assert idle <= tables.pairs[pair + T.PAIR_RESERVE]


def test_a_planted_error_in_one_engine_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule of the reference engine picks the other pool once in a while: the digests differ, and agree again after."""
    call = QueueClass("call", Duration("exponential", 5.0), (Serves("p"), Serves("q")), rates=(RateStep(0.0, 10080.0, 0.3),))
    world = compile_queues(Queues("two pools", (call,), (QueuePool("p", 2), QueuePool("q", 2)), 0.0, 2880.0, 1, 1))
    fast = run_of(world, "fast").digest()
    assert run_of(world, "reference").digest() == fast
    right = plain(choices.choose_pool)

    def wrong(s, w, of_class, stage):
        pair = right(s, w, of_class, stage)
        other_is_free = s.pools[1 * S.POOL_STATE_WIDTH + S.IDLE_COUNT] > 0
        return 1 if pair == 0 and other_is_free else pair  # longest idle first is forgotten

    with monkeypatch.context() as patch:
        patch.setitem(plain(arrivals.join).__globals__, "choose_pool", wrong)
        assert run_of(world, "reference").digest() != fast
    assert run_of(world, "reference").digest() == fast
