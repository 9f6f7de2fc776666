"""Runs a world with a known answer until its estimates are precise enough."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import ceil, inf

import numpy as np

from channelsim.errors import ConfigError, Problem, SimulationError
from channelsim.metrics.observations import Observed, complete, observed
from channelsim.metrics.world_measures import WORLD_MEASURES
from channelsim.scenario.expected import KnownAnswer
from channelsim.scenario.queues import Queues, compile_queues
from channelsim.scenario.world import World
from channelsim.simulate import Window, simulate
from channelsim.testing.known_answers.judge import LEAST_OBSERVATIONS, NOT_EXPRESSIBLE, Estimated, largest_error, ratio, verdict
from channelsim.testing.known_answers.trace import trace_rows
from channelsim.trajectory.values import Trajectory
from channelsim.units import DAY_MIN, WEEK_MIN

AIM = 1.0 / 3.3  # of the largest standard error allowed: then the tolerance decides, not the noise
SHORTER = 10.0  # times, on a slow engine
MOST_DOUBLINGS = 8  # of the time in which contacts of the window may come to their end


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the answer: a measure (or a trace) of a case, what was found, and the verdict."""

    case: str
    measure: str
    estimate: float | str
    standard_error: float | None
    expected: float | str
    verdict: str
    observations: int


def verify_case(case: KnownAnswer, engine: str, seed: int | None = None, most_min: float = 5.0, aim: float = AIM) -> list[Row]:
    """Judge every expectation of a case.

    Parameters
    ----------
    case : KnownAnswer
        A world with its answer.
    engine : {"fast", "reference"}
        How time passes.
    seed : int, optional
        In place of the seed of the file.
    most_min : float
        Minutes of wall clock after the first replication, after which no further one is begun.
    aim : float
        Replications are added until every standard error is this share of the largest that may pass.
    """
    if case.queues is None:
        return [Row(case.name, "", "", None, "", NOT_EXPRESSIBLE, 0)]
    seed = case.queues.seed if seed is None else seed
    rows: list[Row] = []
    if case.records:
        rows += [Row(case.name, *row) for row in trace_rows(case, next(_runs(case, engine, seed))[0])]
    return rows + (_estimated(case, engine, seed, most_min, aim) if case.expected else [])


def briefer(case: KnownAnswer) -> KnownAnswer:
    """The same case in shorter replications, so that a slow engine runs no more of them than the rule asks for.

    Quantiles are those of whole runs, and biased in short ones: such a case stays as it is. Whole weeks or days stay whole, since the
    hours of a day may differ.
    """
    if case.queues is None or not case.expected or any(e.wanted.share is not None for e in case.expected):
        return case
    q, batch = case.queues, case.sampling.batch_min
    length = max(q.length_min / SHORTER, q.warm_up_min, batch or 0.0)
    period = batch or next((p for p in (WEEK_MIN, DAY_MIN) if q.length_min % p == 0.0), None)
    if period is not None:
        length = period * max(1.0, length // period)
    return replace(case, queues=replace(q, length_min=length, replications=1))


def _estimated(case: KnownAnswer, engine: str, seed: int, most_min: float, aim: float) -> list[Row]:
    """Rows of all measures, with as many replications as they need."""
    ends = inf  # the clock runs from the first replication on: it may have compiled the kernels
    tops: list[list[np.ndarray]] = [[] for _ in case.expected]
    bottoms: list[list[np.ndarray]] = [[] for _ in case.expected]
    found: list[Estimated] = []
    due, least = 0, case.queues.replications if case.queues else 1
    for number, (_, seen) in enumerate(_runs(case, engine, seed), 1):
        for i, expected in enumerate(case.expected):
            top, bottom = WORLD_MEASURES[expected.wanted.measure].observe(seen, expected.wanted)
            tops[i].append(top)
            bottoms[i].append(bottom)
        ends = min(ends, time.monotonic() + 60.0 * most_min)
        late = time.monotonic() >= ends
        if not late and (number < due or number < least or number * seen.n_batches < LEAST_OBSERVATIONS):
            continue
        found = [ratio(t, b) for t, b in zip(tops, bottoms, strict=True)]
        short = max(f.standard_error / largest_error(e) for f, e in zip(found, case.expected, strict=True)) / aim
        if late or short <= 1.0:
            break
        due = min(2 * number, ceil(number * min(short * short, 4.0)))
    return [
        Row(case.name, str(e.wanted), f.value, f.standard_error, e.value, verdict(e, f), f.n)
        for e, f in zip(case.expected, found, strict=True)
    ]


def _runs(case: KnownAnswer, engine: str, seed: int) -> Iterator[tuple[Trajectory, Observed]]:
    """Replications without end, each followed until every contact of its window has come to its end."""
    queues = case.queues
    assert queues is not None
    follow_up = float(ceil(max(_longest_pause(queues), 0.02 * queues.length_min)))
    world = _world(case, follow_up)
    number = 0
    while True:
        for _ in range(MOST_DOUBLINGS):
            run = simulate(world, seed, number, Window(queues.warm_up_min, queues.length_min, follow_up), engine, keep_records=True)
            seen = observed(run, queues, case.sampling.batch_min)
            if complete(run, seen, follow_up):
                break
            follow_up *= 2.0
            world = _world(case, follow_up)
        else:
            raise SimulationError(f"{case.name}: contacts of the measured window never come to their end", time_min=run.end_min)
        if case.sampling.terminating:
            _refuse_carried_over(case, seen)
        yield run, seen
        number += 1


def _longest_pause(queues: Queues) -> float:
    """Minutes in which a customer who will come again may well be silent."""
    hours = any(c.hours is not None for c in queues.classes) or any(p.shifts is not None for p in queues.pools)
    delays = [f.delay.mean_min for c in queues.classes for rows in c.after.values() for f in rows if f.delay is not None]
    ahead = [DAY_MIN * (p.slots.horizon_days + 2) for p in queues.pools if p.slots is not None]
    return max(60.0, *ahead, 2.0 * WEEK_MIN if hours else 0.0, 40.0 * max(delays, default=0.0))


def _world(case: KnownAnswer, follow_up: float) -> World:
    assert case.queues is not None
    return compile_queues(replace(case.queues, length_min=case.queues.length_min + follow_up))


def _refuse_carried_over(case: KnownAnswer, seen: Observed) -> None:
    """Batches of a terminating case are independent only if nobody is carried from one into the next."""
    there = np.searchsorted(np.sort(seen.came), seen.edges) - np.searchsorted(np.sort(seen.ended), seen.edges, side="right")
    if there[:-1].any():
        moment = float(seen.edges[np.flatnonzero(there[:-1])[0]])
        what = f"the batch that begins at minute {moment:g} does not begin empty"
        raise ConfigError([Problem(case.file, 1, "run.terminating", what, "make batch_min longer, or leave terminating out")])
