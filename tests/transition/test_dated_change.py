"""Dated changes: what one world hands over to the next one, on both engines (design 4.13, decisions 25)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from channelsim.engine.common import Finished
from channelsim.errors import SimulationError
from channelsim.randomness import stream_key
from channelsim.rules import state as S
from channelsim.rules.bookkeeping import dated_change
from channelsim.scenario import tables as T
from channelsim.scenario.world import World
from channelsim.simulate import ENGINES
from channelsim.trajectory.cohort import cohort_of
from channelsim.trajectory.values import Trajectory
from channelsim.transition import Phase, blocks_of, simulate_phases
from channelsim.units import WEEK_MIN

Make = Callable[..., World]
N_WEEKS, CHANGE, FOLLOW_UP = 10, 5, 4


def run(phases: list[Phase], engine: str) -> list[Trajectory]:
    return simulate_phases(phases, blocks_of(phases, 2, N_WEEKS, 4), 7, 0, FOLLOW_UP, engine)


def phases_of(make: Make, *worlds: tuple[str, str]) -> list[Phase]:
    return [Phase(i * CHANGE, make(*world, n_weeks=N_WEEKS + FOLLOW_UP)) for i, world in enumerate(worlds)]


def test_a_change_into_the_same_world_changes_nothing(tiny_world: Make, engine: str) -> None:
    """Everything is renumbered and nothing else: the blocks are those of a run without a change, to the last bit."""
    world = ("two_offices", "multichannel_triage")
    changed = phases_of(tiny_world, world, world)
    edges = blocks_of(changed, 2, N_WEEKS, 4)
    alone = simulate_phases(changed[:1], [type(b)(b.first_week, b.end_week, changed[0].world) for b in edges], 7, 0, FOLLOW_UP, engine)
    assert [r.digest()[:40] for r in run(changed, engine)] == [r.digest()[:40] for r in alone]


@pytest.mark.parametrize("way", [("two_offices", "one_office"), ("one_office", "two_offices")])
def test_engines_agree_on_a_change(tiny_world: Make, way: tuple[str, str]) -> None:
    """Whole digests; the guards are on, the ledger of every block closes, and every need is finished or open."""
    phases = phases_of(tiny_world, (way[0], "today_2011"), (way[1], "multichannel_triage"))
    fast, reference = run(phases, "fast"), run(phases, "reference")
    assert [r.digest() for r in fast] == [r.digest() for r in reference]
    assert [r.alternative.split(" x ")[0] for r in fast] == [way[0], way[1], way[1]]


def halfway(make: Make, engine: str, *worlds: tuple[str, str]):
    """An engine in the state in which the change comes, and the world to come."""
    old, new = (p.world for p in phases_of(make, *worlds))
    old = replace(old, demand=replace(old.demand, surge=1.5, surge_weeks=CHANGE))  # trays that are not empty on a Sunday
    running = ENGINES[engine](old, stream_key(7, 0), Finished(cohort_of(old.tables, 0.0, WEEK_MIN, WEEK_MIN)))
    for week in range(CHANGE):
        running.advance((week + 1) * WEEK_MIN)
    return running, old, new


def contacts_of(running, state: int) -> dict[tuple[int, int], tuple[int, float, float]]:
    """Contacts in a state, by need and serial number: class, queued since, due."""
    c = np.array(running.state.contacts).reshape(-1, S.CONTACT_WIDTH)
    t = np.array(running.state.contact_times).reshape(-1, S.CONTACT_TIMES)
    needs = np.array(running.state.needs).reshape(-1, S.NEED_WIDTH)
    rows = np.flatnonzero((c[:, S.C_NEED] >= 0) & (c[:, S.C_STATE] == state))
    return {
        (int(needs[c[r, S.C_NEED], S.NEED_ID]), int(c[r, S.C_SERIAL])): (int(c[r, S.C_CLASS]), t[r, S.QUEUED_SINCE], t[r, S.DUE_AT])
        for r in rows
    }


def test_trays_go_to_the_office_that_takes_their_municipality(tiny_world: Make, engine: str) -> None:
    running, old, new = halfway(tiny_world, engine, ("two_offices", "today_2011"), ("one_office", "today_2011"))
    before = contacts_of(running, S.QUEUED)
    assert {old.names.classes[c].split()[1] for c, _, _ in before.values()} == {"H", "M"}, "offices that become one"
    running.change(new, CHANGE)
    after = contacts_of(running, S.QUEUED)
    assert after.keys() == before.keys(), "no item is lost, none is new"
    assert {key: row[1] for key, row in after.items()} == {key: row[1] for key, row in before.items()}, "each keeps its age"
    without = [" ".join(w for i, w in enumerate(old.names.classes[c].split()) if i != 1) for c, _, _ in before.values()]
    kept = [" ".join(w for i, w in enumerate(new.names.classes[after[key][0]].split()) if i != 1) for key in before]
    assert kept == without, "the same kind of tray, of the office to come"
    queue, queues = [], np.array(running.state.queues).reshape(-1, S.QUEUE_WIDTH)
    assert queues[:, S.LENGTH].sum() == len(after)
    contact = queues[np.argmax(queues[:, S.LENGTH]), S.HEAD]
    while contact != T.NONE:
        queue.append(running.state.contact_times[contact * S.CONTACT_TIMES + S.QUEUED_SINCE])
        contact = running.state.contacts[contact * S.CONTACT_WIDTH + S.C_NEXT]
    assert queue == sorted(queue) and len(queue) > 1


def test_appointments_are_kept_where_they_can_be_and_moved_and_counted_where_not(tiny_world: Make, engine: str) -> None:
    running, old, new = halfway(tiny_world, engine, ("two_offices", "today_2011"), ("one_office", "today_2011"))
    before = contacts_of(running, S.HAS_SLOT)
    running.change(new, CHANGE)
    after = contacts_of(running, S.HAS_SLOT)
    assert after.keys() == before.keys()
    assert {k: r[1] for k, r in after.items()} == {k: r[1] for k, r in before.items()}, "the customer has waited since the first booking"
    moved = sum(before[key][2] != after[key][2] or old.names.classes[before[key][0]] != new.names.classes[after[key][0]] for key in before)
    counted = int(np.array(running.state.book_tally).reshape(-1, 4)[:, 3].sum())
    assert 0 < counted < len(before), "some hours are gone with their pool, some stay"
    assert counted <= moved


def test_who_is_at_work_at_the_change_stops_it(tiny_world: Make, engine: str) -> None:
    running, _, new = halfway(tiny_world, engine, ("two_offices", "today_2011"), ("one_office", "today_2011"))
    running.advance(CHANGE * WEEK_MIN + 600.0)  # ten on Monday
    with pytest.raises(SimulationError, match="still at work when the offices change"):
        running.change(new, CHANGE)


def test_an_item_that_is_left_behind_is_noticed(tiny_world: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """A planted error: one item of a tray is not put into the new one."""
    right = dated_change.DatedChange._append
    left: list[int] = []

    def wrong(self: dated_change.DatedChange, contact: int) -> None:
        if left:
            right(self, contact)
        left.append(contact)

    monkeypatch.setattr(dated_change.DatedChange, "_append", wrong)
    phases = phases_of(tiny_world, ("two_offices", "today_2011"), ("one_office", "today_2011"))
    lost = run(phases, "fast")
    monkeypatch.undo()
    assert [r.digest() for r in lost] != [r.digest() for r in run(phases, "fast")]


def test_phases_out_of_order_are_refused(tiny_world: Make) -> None:
    phases = phases_of(tiny_world, ("two_offices", "today_2011"), ("one_office", "today_2011"))
    with pytest.raises(ValueError, match="follow one another"):
        run(phases[::-1], "fast")
