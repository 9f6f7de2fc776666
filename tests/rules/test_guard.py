"""Run-time guards: each planted error stops the replication, with the moment, the kind of event and the need."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from channelsim.compiled import kernel, plain
from channelsim.engine.common import Finished
from channelsim.errors import SimulationError
from channelsim.randomness import stream_key
from channelsim.rules import state as S
from channelsim.rules.bookkeeping.idle import become_idle
from channelsim.scenario.queue_rules import Lines
from channelsim.scenario.queues import Duration, Follows, QueueClass, QueuePool, Queues, RateStep, Serves, compile_queues
from channelsim.scenario.tables import as_lists
from channelsim.scenario.world import World
from channelsim.simulate import ENGINES, Window, simulate
from channelsim.trajectory.cohort import cohort_of
from channelsim.units import NEVER
from tests.conftest import WEEK, one_queue

MINUTE = Duration("exponential", 1.0)
HALF = 3000.0


def night_and_day() -> World:
    """One person for whom work piles up, and two who come at night only."""
    call = QueueClass("call", Duration("exponential", 4.0), (Serves("day"), Serves("night")), rates=(RateStep(0.0, WEEK, 0.3),))
    night = ((1380.0, 1440.0),) + (None,) * 6
    return compile_queues(
        Queues(
            "night and day",
            (call,),
            (QueuePool("day", 1), QueuePool("night", 2, shifts=night)),
            0.0,
            WEEK,
            1,
            1,
            lines=(Lines(10_000, ("call",)),),
        )
    )


def lose_idle(state: S.State, world: World, engine: str) -> None:
    state.pools[S.IDLE_TAIL] = 0


def lose_waiting(state: S.State, world: World, engine: str) -> None:
    state.queues[S.LENGTH] += 1


def lose_need(state: S.State, world: World, engine: str) -> None:
    state.scalars[S.N_FINISHED] += 1


def lose_minute(state: S.State, world: World, engine: str) -> None:
    state.ledger[S.ROUTINE_MIN] += 2.0**-20


def swap_contact(state: S.State, world: World, engine: str) -> None:
    person = next(p for p in range(2) if state.persons[p * S.PERSON_WIDTH + S.P_STATE] == S.BUSY)
    state.contacts[state.persons[person * S.PERSON_WIDTH + S.P_CONTACT] * S.CONTACT_WIDTH + S.C_PERSON] = 1 - person


def lose_line(state: S.State, world: World, engine: str) -> None:
    state.lines[0] -= 1


def wind_clock_on(state: S.State, world: World, engine: str) -> None:
    state.scalars[S.GUARD_TICK] += 1_000 << 20


def overlook(state: S.State, world: World, engine: str) -> None:
    """Put two persons who are not on shift among the idle, without a question to choose_contact."""
    idle = kernel(become_idle.py_func) if engine == "fast" else plain(become_idle)
    for person in (1, 2):
        state.persons[person * S.PERSON_WIDTH + S.P_POOL] = 1
        state.person_times[person * S.PERSON_TIMES + S.SHIFT_END] = NEVER
        idle(state, world.tables if engine == "fast" else as_lists(world.tables), person, HALF)


PLANTED: dict[str, Callable[[S.State, World, str], None]] = {
    "idle persons is not what is counted": lose_idle,
    "list of a queue is not what is counted": lose_waiting,
    "a need or contact was lost": lose_need,
    "time ledger does not close": lose_minute,
    "do not belong together": swap_contact,
    "shared lines that are taken": lose_line,
    "time ran backwards": wind_clock_on,
    "somebody is idle beside a contact": overlook,
}


@pytest.mark.parametrize("told", PLANTED)
def test_a_planted_error_stops_the_replication(engine: str, told: str) -> None:
    """Half a week runs clean; then one thing is spoilt, and the guard tells which."""
    world = night_and_day()
    running = ENGINES[engine](world, stream_key(1, 0), Finished(cohort_of(world.tables, 0.0, WEEK, WEEK)), guard=True)
    running.advance(HALF)
    assert running.state.queues[S.LENGTH] > 0
    PLANTED[told](running.state, world, engine)
    with pytest.raises(SimulationError, match=told) as stopped:
        running.advance(HALF + 2000.0)
    assert HALF <= (stopped.value.time_min or 0.0) < HALF + 2000.0
    assert re.search(r"stopped at .*, (work ends|contact arrives|roster step)", str(stopped.value))


def test_without_guard_nothing_is_looked_at_on_the_way(engine: str) -> None:
    world = night_and_day()
    running = ENGINES[engine](world, stream_key(1, 0), Finished(cohort_of(world.tables, 0.0, WEEK, WEEK)), guard=False)
    running.advance(HALF)
    events = running.state.scalars[S.N_EVENTS]
    lose_minute(running.state, world, engine)
    running.advance(HALF + 2000.0)
    assert running.state.scalars[S.N_EVENTS] > events + 500 and running.state.scalars[S.FAULT] == S.NO_FAULT


def test_guards_change_nothing(engine: str) -> None:
    world = one_queue(3, 0.9, Duration("exponential", 3.0), Duration("exponential", 5.0))
    window = Window(0.0, WEEK / 4, 0.0)
    assert simulate(world, 1, 0, window, engine, guard=True).digest() == simulate(world, 1, 0, window, engine, guard=False).digest()


def test_time_that_does_not_advance_is_told(engine: str) -> None:
    """Two classes that send a contact to each other at once: a million steps at one moment are a fault, not a hang."""
    nothing = Duration("deterministic", 0.0)
    a = QueueClass("a", nothing, (), rates=(RateStep(0.0, WEEK, 0.1),), self_service=True, after={"served": (Follows("b", 1.0),)})
    b = QueueClass("b", nothing, (), self_service=True, after={"served": (Follows("a", 1.0),)})
    world = compile_queues(Queues("to and fro", (a, b), (QueuePool("nobody", 1),), 0.0, WEEK, 1, 1))
    with pytest.raises(SimulationError, match="a million events happened at one moment"):
        simulate(world, 1, 0, Window(0.0, WEEK, 0.0), engine, guard=False)
