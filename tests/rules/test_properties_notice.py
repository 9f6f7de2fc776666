"""Each property of `test_properties` and `test_properties_of_lines` fails on a rule that is wrong: planted in the reference engine, found by hypothesis."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from channelsim import simulate as running
from channelsim.compiled import plain
from channelsim.rules import arrivals, choices
from channelsim.rules import state as S
from channelsim.rules.bookkeeping import lengths, queues, work
from channelsim.scenario import tables as T
from channelsim.units import WEEK_MIN, on_grid
from tests.rules import test_properties as properties
from tests.rules import test_properties_of_lines as of_lines
from tests.rules.any_worlds import traces, worlds

REFERENCE = {"engine": st.just("reference")}
ANY = {"queues": worlds(), **REFERENCE}
LINE = {"arrivals": traces(), "staff": st.integers(1, 3), **REFERENCE}
right_pool, right_contact = plain(choices.choose_pool), plain(choices.choose_contact)
right_minutes, right_luck = plain(work.handling_min), plain(lengths.length_luck)
Patch = pytest.MonkeyPatch


@pytest.fixture(autouse=True)
def unguarded(monkeypatch: Patch) -> None:
    """Guards would find some of these errors first."""
    monkeypatch.setattr(running, "GUARD", False)


def fails(check: Callable[..., Any], words: dict[str, Any]) -> None:
    """The property is broken by one of a hundred worlds."""
    hard = settings(max_examples=100, deadline=None, derandomize=True, database=None, phases=[Phase.generate])
    with pytest.raises(AssertionError):
        hard(given(**words)(check.hypothesis.inner_test))()  # type: ignore[attr-defined]


def plant(patch: Patch, caller: Any, name: str, wrong: Callable[..., Any]) -> None:
    patch.setitem(plain(caller).__globals__, name, wrong)


def test_a_pool_by_number_instead_of_rank(monkeypatch: Patch) -> None:
    def wrong(s, w, of_class, stage):
        row = w.classes[of_class * T.CLASS_WIDTH + T.FIRST_STAGE] + stage
        pairs = sorted(w.dispatch_pair[e] for e in range(w.dispatch_start[row], w.dispatch_start[row + 1]))
        pools = {w.pairs[p * T.PAIR_WIDTH + T.PAIR_POOL]: p for p in pairs}
        return next((pools[q] for q in sorted(pools) if s.pools[q * S.POOL_STATE_WIDTH + S.IDLE_COUNT] > 0), T.NONE)

    plant(monkeypatch, arrivals.join, "choose_pool", wrong)
    fails(properties.test_the_order_of_pools_means_nothing, {**ANY, "which": st.integers(0, 5)})


def test_a_class_by_number_instead_of_its_wait(monkeypatch: Patch) -> None:
    def wrong(s, w, pool, now, asked, after_shift):
        pairs = [w.pull_pair[e] for e in range(w.pull_start[pool], w.pull_start[pool + 1])]
        classes = {w.pairs[p * T.PAIR_WIDTH + T.PAIR_CLASS]: p for p in pairs}
        return next((classes[c] for c in sorted(classes) if s.queues[c * S.QUEUE_WIDTH + S.HEAD] != T.NONE), T.NONE)

    plant(monkeypatch, arrivals.next_for, "choose_contact", wrong)
    fails(properties.test_the_order_of_classes_means_nothing, {**ANY, "which": st.integers(0, 5)})


def test_luck_that_knows_names(monkeypatch: Patch) -> None:
    right = running.ENGINES["reference"]
    monkeypatch.setitem(running.ENGINES, "reference", lambda world, key, *kept: right(world, key + len(world.name), *kept))
    fails(properties.test_names_mean_nothing, {**ANY, "queues": worlds(chance=True)})


def test_a_rule_that_knows_the_week(monkeypatch: Patch) -> None:
    plant(
        monkeypatch,
        arrivals.next_for,
        "choose_contact",
        lambda s, w, p, now, a, off: T.NONE if now > WEEK_MIN else right_contact(s, w, p, now, a, off),
    )
    fails(properties.test_whole_weeks_later_everything_is_whole_weeks_later, {**ANY, "weeks": st.just(1)})


def test_a_freed_person_who_does_not_count_himself(monkeypatch: Patch) -> None:
    """With a reserve he goes idle beside work."""
    plant(monkeypatch, arrivals.next_for, "choose_contact", lambda s, w, p, now, a, off: right_contact(s, w, p, now, 0, off))
    fails(properties.test_nobody_idles_beside_work_beyond_the_reserve, {**ANY, "queues": worlds(chance=True, reserves=True)})


def test_nobody_begins_where_several_are_free(monkeypatch: Patch) -> None:
    def wrong(s, w, of_class, stage):
        return T.NONE if s.pools[S.IDLE_COUNT] >= 2 else right_pool(s, w, of_class, stage)

    plant(monkeypatch, arrivals.join, "choose_pool", wrong)
    fails(of_lines.test_one_person_more_lets_nobody_wait_longer, LINE)


@pytest.mark.parametrize(
    "check",
    [
        of_lines.test_one_person_more_lets_nobody_wait_longer,
        of_lines.test_one_customer_less_lets_nobody_wait_longer_and_keeps_everybody_s_luck,
        of_lines.test_endless_patience_makes_everybody_wait_at_least_as_long,
    ],
)
def test_luck_that_depends_on_what_happened_before(monkeypatch: Patch, check: Callable[..., Any]) -> None:
    def wrong(s, w, contact):
        return (right_luck(s, w, contact) + 0.618 * s.scalars[S.N_EVENTS]) % 1.0

    plant(monkeypatch, lengths.length_min, "length_luck", wrong)
    fails(check, LINE)


def test_service_three_per_cent_longer_is_not_the_fluid_answer(monkeypatch: Patch) -> None:
    plant(monkeypatch, work.start_work, "handling_min", lambda *of: on_grid(1.03 * right_minutes(*of)))
    small = {"staff": st.integers(1, 5), "service": st.integers(1, 40), "gap": st.integers(1, 12), "n": st.integers(20, 40)}
    fails(of_lines.test_without_chance_the_answer_is_fluid, {**small, **REFERENCE})


def test_hurry_where_many_wait_makes_the_order_matter(monkeypatch: Patch) -> None:
    def wrong(s, w, contact, pair, person, now):
        return right_minutes(s, w, contact, pair, person, now) + 1.0 * (s.queues[S.LENGTH] > 1)

    plant(monkeypatch, work.start_work, "handling_min", wrong)
    fails(of_lines.test_the_work_of_one_server_does_not_depend_on_the_order, ANY)


def test_a_queue_that_forgets_a_wait_does_not_close_the_books(monkeypatch: Patch) -> None:
    """The area under the queue is charged from a minute late."""
    right = plain(queues.dequeue)

    def wrong(s, contact, now):
        s.contact_times[contact * S.CONTACT_TIMES + S.IN_QUEUE_SINCE] += 1.0
        right(s, contact, now)

    plant(monkeypatch, work.start_work, "dequeue", wrong)
    fails(properties.test_littles_law_and_the_books_close_on_every_path, ANY)
