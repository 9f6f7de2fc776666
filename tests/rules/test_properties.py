"""What must hold in any world, exactly and customer by customer: no chance, no tolerance. Random worlds, both engines.

Each property is shown to fail on a wrong rule in `test_properties_notice`.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from channelsim.rules import state as S
from channelsim.scenario.queues import Queues, compile_queues
from channelsim.scenario.tables import ABANDONED, BALKED, BLOCKED, CALLED_BACK, MOVED_ON, NOT_REACHED, SERVED
from channelsim.simulate import Window, simulate
from channelsim.units import WEEK_MIN
from tests.rules.any_worlds import END_MIN, ENGINES, legs, quick, worlds

OUTCOMES_OF_QUEUES = {
    SERVED: S.N_SERVED, ABANDONED: S.N_ABANDONED, BLOCKED: S.N_BLOCKED, MOVED_ON: S.N_MOVED_ON, BALKED: S.N_BALKED,
    CALLED_BACK: S.N_CALLED_BACK, NOT_REACHED: S.N_NOT_REACHED,
}  # fmt: skip


@quick
@given(st.one_of(worlds(chance=True), worlds(chance=True, rules=True)), st.integers(0, 5), ENGINES)
def test_the_order_of_pools_means_nothing(queues: Queues, which: int, engine: str) -> None:
    """Pools listed in another order: every customer is served by the same pool at the same time."""
    orders = list(permutations(queues.pools))
    assert legs(replace(queues, pools=orders[which % len(orders)]), engine) == legs(queues, engine)


@quick
@given(st.one_of(worlds(), worlds(rules=True)), st.integers(0, 5), ENGINES)
def test_the_order_of_classes_means_nothing(queues: Queues, which: int, engine: str) -> None:
    orders = list(permutations(queues.classes))
    assert legs(replace(queues, classes=orders[which % len(orders)]), engine) == legs(queues, engine)


@quick
@given(worlds(chance=True), ENGINES)
def test_names_mean_nothing(queues: Queues, engine: str) -> None:
    """Renamed classes and pools: the same luck for everybody."""

    def other(name: str) -> str:
        return f"new {name}"

    classes = tuple(
        replace(
            c, name=other(c.name), serves=tuple(replace(s, pool=other(s.pool)) for s in c.serves),
            after={o: tuple(replace(r, to=other(r.to)) for r in rows) for o, rows in c.after.items()},
        )
        for c in queues.classes
    )  # fmt: skip
    pools = tuple(replace(p, name=other(p.name), takes=tuple(tuple(map(other, t)) for t in p.takes)) for p in queues.pools)
    expected = [(other(c), *rest, other(p) if p else "", end) for c, *rest, p, end in legs(queues, engine)]
    assert legs(replace(queues, name="other", classes=classes, pools=pools), engine) == expected


@quick
@given(st.one_of(worlds(), worlds(rules=True)), st.integers(1, 3), ENGINES)
def test_whole_weeks_later_everything_is_whole_weeks_later(queues: Queues, weeks: int, engine: str) -> None:
    """Shifts of a pool, the hours of a class and all arrivals: nothing depends on which week it is."""
    shifts = (((30.0, 260.0), None) * 4)[:7]
    queues = replace(
        queues, pools=(replace(queues.pools[0], shifts=shifts), *queues.pools[1:]),
        classes=(*queues.classes[:-1], replace(queues.classes[-1], hours=((60.0, 300.0),) * 7, send_home=True)),
    )  # fmt: skip
    by = weeks * WEEK_MIN
    later = replace(queues, classes=tuple(replace(c, arrivals_at_min=tuple(t + by for t in c.arrivals_at_min)) for c in queues.classes))
    expected = [(c, came + by, wait, outcome, pool, end + by) for c, came, wait, outcome, pool, end in legs(queues, engine)]
    assert legs(later, engine, END_MIN + by) == expected


@quick
@given(worlds(chance=True, reserves=True), ENGINES)
def test_nobody_idles_beside_work_beyond_the_reserve(queues: Queues, engine: str) -> None:
    """From the records alone: while a class waits, no pool that may take its head has more idle people than it keeps back."""
    rows = legs(queues, engine, 20_000.0)
    moments = sorted({m for _, came, wait, _, _, end in rows for m in (came, came + wait, end)})
    by_name = {c.name: c for c in queues.classes}
    for t in (np.array(moments[:-1]) + np.array(moments[1:])) / 2.0:
        busy = {p.name: sum(r[4] == p.name and r[1] + r[2] < t < r[5] for r in rows) for p in queues.pools}
        for name, c in by_name.items():
            waits = [t - came for n, came, wait, *_ in rows if n == name and came < t < came + wait]
            for s in c.serves if waits else ():
                staff = next(p.staff for p in queues.pools if p.name == s.pool)
                if max(waits) > s.after_min:
                    assert staff - busy[s.pool] <= s.reserve, (t, name, s.pool)


@quick
@given(st.one_of(worlds(chance=True, reserves=True), worlds(chance=True, reserves=True, rules=True)), ENGINES)
def test_littles_law_and_the_books_close_on_every_path(queues: Queues, engine: str) -> None:
    """Until everybody has left: area under each queue = the waits, work = the services, and each contact has one outcome."""
    end = 20_000.0
    rows = legs(queues, engine, end)
    run = simulate(compile_queues(replace(queues, length_min=end)), queues.seed, 0, Window(0.0, end, 0.0), engine, keep_records=True)
    assert run.n_open == 0
    for i, c in enumerate(queues.classes):
        mine = [r for r in rows if r[0] == c.name]
        t = run.tally.class_tally[i]
        assert t[S.QUEUE_AREA] == sum(r[2] for r in mine)
        counts = [sum(r[3] == outcome for r in mine) for outcome in OUTCOMES_OF_QUEUES]
        assert [t[column] for column in OUTCOMES_OF_QUEUES.values()] == counts and t[S.OFFERED] == sum(counts)
    after_work = run.records[:, S.REC_POOL], run.record_times[:, S.REC_AFTER_WORK]
    for i, p in enumerate(queues.pools):
        work = sum(end - came - wait for _, came, wait, _, pool, end in rows if pool == p.name)
        assert run.tally.ledger[i, S.ROUTINE_MIN] == work + after_work[1][after_work[0] == i].sum()
