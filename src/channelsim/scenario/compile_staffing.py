"""People of a world of queues: their weeks, their speeds, and what their other duties do to service times."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from channelsim.scenario.region import Week
from channelsim.scenario.staffing import SEND_HOME, Group
from channelsim.scenario.tables import NONE
from channelsim.scenario.world import People
from channelsim.scenario.world_roster import Staff, Stretch

if TYPE_CHECKING:
    from channelsim.scenario.queues import Duration, QueueClass, QueuePool, Queues


def groups_of(pool: QueuePool) -> tuple[Group, ...]:
    """The groups of a pool; a pool without any is one."""
    return pool.at_work.groups or (Group(pool.staff, None if pool.shifts is None else (pool.shifts,)),)


def people_of(queues: Queues, n_days: int) -> tuple[People, tuple[str, ...]]:
    """Persons one by one and their names; those who differ, take breaks or may be absent have a roster of their own."""
    pool: list[int] = []
    number, weeks, names = [], [], []
    for p, of in enumerate(queues.pools):
        first = len(pool)
        for group in groups_of(of):
            for _ in range(group.number):
                number.append(len(pool) - first)
                pool.append(p)
                weeks.append(group.stretches)
                names.append(f"{group.name or of.name} {number[-1] + 1}")
    n = len(names)
    firsts: list[Week] = [((0.0, 0.0),) * 7 if w is None else w[0] for w in weeks]
    works = [queues.pools[p].at_work for p in pool]
    here = [[p if h else NONE for h in week] for p, week in zip(pool, firsts, strict=True)]
    hours = np.array([[h or (0.0, 0.0) for h in week] for week in firsts], float).reshape(n, 7, 2)
    rota_absence = [0.0 if a.absence is None or a.absence.drawn else a.absence.share for a in works]
    staff = None
    if any(a.groups or a.absence or a.breaks or a.duty_share for a in works):
        staff = Staff(
            tuple(pool), tuple(number), tuple(map(_stretches, weeks)), tuple(a.breaks for a in works), tuple(a.absence for a in works)
        )
    people = People(
        np.array(here, np.int64).reshape(n, 7), hours[:, :, 0], hours[:, :, 1], np.arange(n), np.array(rota_absence, float),
        np.array([a.duty_share for a in works], float), np.array([w is None for w in weeks], bool), np.ones(n, bool),
        np.zeros(n_days, bool), staff,
    )  # fmt: skip
    return people, tuple(names)


def _stretches(weeks: tuple[Week, ...] | None) -> tuple[Stretch, ...] | None:
    if weeks is None:
        return None
    return tuple((d, h[0], h[1]) for week in weeks for d, h in enumerate(week) if h is not None)


def speeds(queues: Queues) -> dict[str, np.ndarray]:
    """Factors on service times by kind of person and class; the first kind is everybody else."""
    rows = [[1.0] * len(queues.classes)]
    kind: list[int] = []
    for pool in queues.pools:
        for g in groups_of(pool):
            row = [dict(g.factor_of).get(c.name, g.factor) for c in queues.classes]
            if row not in rows:
                rows.append(row)
            kind += [rows.index(row)] * g.number
    return {"person_kind": np.array(kind or [0], np.int64), "kind_factor": np.array(rows, float).ravel()}


def end_of_shifts(c: QueueClass, queues: Queues) -> Week | None:
    """Hours from the first to the last shift of each day, where their end sends the queue of a class home."""
    pools = [p for p in queues.pools if p.name in {s.pool for s in c.serves}]
    if len(pools) != 1 or pools[0].at_work.at_shift_end != SEND_HOME or c.casework:
        return None
    days: list[list[tuple[float, float]]] = [[] for _ in range(7)]
    for group in groups_of(pools[0]):
        for weekday, start, end in _stretches(group.stretches) or ():
            days[weekday].append((start, end))
    return tuple((min(s for s, _ in day), max(e for _, e in day)) if day else None for day in days)


def longer(own: Duration | None, of_class: Duration | None, factor: float) -> Duration | None:
    """The service time of a pair when other duties make it longer; unchanged with a factor of 1."""
    law = own or of_class
    if factor == 1.0 or law is None:
        return own
    scaled = {end: value * factor for end in ("low_min", "mode_min", "high_min") if (value := getattr(law, end)) is not None}
    return replace(law, mean_min=law.mean_min * factor, values_min=tuple(v * factor for v in law.values_min), **scaled)
