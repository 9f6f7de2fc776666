"""What must hold where one line stands before people who are all alike: exactly, customer by customer, both engines."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st
from tests.rules.any_worlds import END_MIN, ENGINES, LONG, legs, line, quick, traces, waits, worlds

from channelsim.scenario.queues import Duration, QueuePool, Queues, Serves
from channelsim.scenario.tables import ABANDONED, SERVED


@quick
@given(traces(), st.integers(1, 3), ENGINES)
def test_one_person_more_lets_nobody_wait_longer(arrivals: list[float], staff: int, engine: str) -> None:
    before, after = waits(line(staff, arrivals, LONG), engine), waits(line(staff + 1, arrivals, LONG), engine)
    assert before.keys() == after.keys()
    assert all(after[t][0] <= before[t][0] and after[t][2] == before[t][2] for t in before)


@quick
@given(traces(), st.integers(1, 3), ENGINES)
def test_one_customer_less_lets_nobody_wait_longer_and_keeps_everybody_s_luck(arrivals: list[float], staff: int, engine: str) -> None:
    before, after = waits(line(staff, arrivals, LONG), engine), waits(line(staff, arrivals[:-1], LONG), engine)
    assert before.keys() - after.keys() == {arrivals[-1]}
    assert all(after[t][0] <= before[t][0] and after[t][2] == before[t][2] for t in after)


@quick
@given(traces(), st.integers(1, 3), ENGINES)
def test_endless_patience_makes_everybody_wait_at_least_as_long(arrivals: list[float], staff: int, engine: str) -> None:
    """Whoever was served waits no less if nobody gives up; whoever gave up would have waited longer than he did."""
    with_end = waits(line(staff, arrivals, LONG, Duration("exponential", 12.0)), engine)
    without = waits(line(staff, arrivals, LONG), engine)
    assert {outcome for _, outcome, _ in without.values()} == {SERVED}
    assert with_end.keys() == without.keys()
    assert all(wait <= without[t][0] for t, (wait, outcome, _) in with_end.items() if outcome == SERVED)
    assert all(wait < without[t][0] for t, (wait, outcome, _) in with_end.items() if outcome == ABANDONED)


@quick
@given(st.integers(1, 5), st.integers(1, 40), st.integers(1, 12), st.integers(20, 80), ENGINES)
def test_without_chance_the_answer_is_fluid(staff: int, service: int, gap: int, n: int, engine: str) -> None:
    """Arrivals every `gap` minutes, `service` minutes each: below capacity nobody waits, above it waits grow along a line."""
    found = waits(line(staff, [float(gap * i) for i in range(n)], Duration("deterministic", float(service))), engine)
    growth = max(0, service - staff * gap)  # minutes that each round of `staff` customers falls behind
    assert [found[float(gap * i)][0] for i in range(n) if gap * i in found] == [i // staff * growth for i in range(n) if gap * i in found]
    assert len(found) == n or gap * n + n // staff * growth + service > END_MIN


@quick
@given(worlds(), ENGINES)
def test_the_work_of_one_server_does_not_depend_on_the_order(queues: Queues, engine: str) -> None:
    """Whoever is taken first: busy periods begin and end at the same moments, and the same minutes are worked."""
    classes = tuple(replace(c, serves=(Serves("p"),), patience=None, queue_limit=None, after={}) for c in queues.classes)

    def periods(takes: tuple[tuple[str, ...], ...]) -> list[tuple[float, float]]:
        rows = legs(replace(queues, classes=classes, pools=(QueuePool("p", 1, takes),)), engine, 20_000.0)
        found: list[tuple[float, float]] = []
        for start, end in sorted((r[1] + r[2], r[5]) for r in rows):
            found = [*found[:-1], (found[-1][0], end)] if found and found[-1][1] == start else [*found, (start, end)]
        return found

    names = [c.name for c in classes]
    orders = [(), *(tuple((n,) for n in order) for order in permutations(names))]
    assert len({tuple(periods(order)) for order in orders}) == 1
