"""Person-minutes on shift: what the use of a pool is measured against."""

from __future__ import annotations

import numpy as np

from channelsim.randomness import stream_key
from channelsim.scenario.compile_staffing import people_of
from channelsim.scenario.queues import Queues
from channelsim.scenario.roster import absent
from channelsim.scenario.world_roster import absent_on, steps_of_day
from channelsim.units import DAY_MIN, WEEK_MIN


def minutes_since(start: np.ndarray, moments: np.ndarray) -> np.ndarray:
    """Sum over starts before each moment of the minutes since then."""
    start = np.sort(start)
    before = np.concatenate([[0.0], np.cumsum(start - start[0])]) if len(start) else np.zeros(1)
    n = np.searchsorted(start, moments)
    return np.asarray(n * (moments - (start[0] if len(start) else 0.0)) - before[n])


def scheduled_min(queues: Queues, number: int, edges: np.ndarray, seed: int, replication: int) -> np.ndarray:
    """Person-minutes on shift of a pool in each batch: breaks and other duties included, whole days of absence not.

    Parameters
    ----------
    number : int
        Place of the pool among the pools.
    edges : ndarray
        Edges of the batches, minutes.
    seed, replication : int
        They say who is absent when.
    """
    pool = queues.pools[number]
    if pool.at_work.groups or pool.at_work.absence:
        return _one_by_one(queues, number, edges, stream_key(seed, replication))
    if pool.shifts is None:
        return pool.staff * np.diff(edges)
    weeks = np.arange(edges[0] // WEEK_MIN, edges[-1] // WEEK_MIN + 1) * WEEK_MIN
    total = np.zeros(len(edges) - 1)
    for day, hours in enumerate(pool.shifts):
        if hours is not None:
            start, end = (weeks + day * DAY_MIN + h for h in hours)
            total += np.diff(minutes_since(start, edges) - minutes_since(end, edges))
    return pool.staff * total


def _one_by_one(queues: Queues, number: int, edges: np.ndarray, key: int) -> np.ndarray:
    people, _ = people_of(queues, 0)
    staff = people.staff
    assert staff is not None
    mine = [i for i, p in enumerate(staff.pool) if p == number]
    always = sum(staff.stretches[i] is None for i in mine) * np.diff(edges)
    starts, ends = [], []
    for day in range(int(edges[0] // DAY_MIN), int(edges[-1] // DAY_MIN) + 1):
        away = absent(people, day // 7, day % 7) | absent_on(staff, key, day)
        for i in mine:
            for start, end, _ in [] if away[i] else steps_of_day(staff, i, day):
                starts.append(start)
                ends.append(end)
    return np.asarray(always + np.diff(minutes_since(np.array(starts), edges) - minutes_since(np.array(ends), edges)))
