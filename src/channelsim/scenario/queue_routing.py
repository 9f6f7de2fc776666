"""Who serves whom in a world of queues, hour by hour."""

from __future__ import annotations

from collections.abc import Iterator

from channelsim.scenario.build import Builder, Pair
from channelsim.scenario.by_hour import edges, holds
from channelsim.scenario.compile_staffing import longer
from channelsim.scenario.queue_laws import distribution_of
from channelsim.scenario.queue_values import QueueClass, QueuePool, Queues, Serves, ServesByHour
from channelsim.units import TICK_MIN


def moments_of(queues: Queues) -> set[float]:
    """Minutes of the week at which somebody serves others than before."""
    found: set[float] = set()
    for c in queues.classes:
        for s in c.serves:
            found |= edges(s.hours or ()).union(*(edges(part.hours) for part in s.by_hour))
    return found.union(*(edges(hours) for p in queues.pools for hours, _ in p.takes_by_hour))


def pairs_at(builder: Builder, queues: Queues, minute: float) -> list[Pair]:
    """Who may serve whom at a minute of the week, and how."""
    return list(_pairs(builder, queues, minute))


def _pairs(builder: Builder, queues: Queues, minute: float) -> Iterator[Pair]:
    for number, c in enumerate(queues.classes):
        waits = stages_of(c)
        for s in c.serves:
            now = next((part for part in s.by_hour if holds(part.hours, minute)), ServesByHour(()))
            if not now.serves or (s.hours is not None and not holds(s.hours, minute)):
                continue
            pool = next(i for i, p in enumerate(queues.pools) if p.name == s.pool)
            after = s.after_min if now.after_min is None else now.after_min
            yield Pair(
                number, pool, s.rank if now.rank is None else now.rank, pull_rank_of(c, queues.pools[pool], minute),
                from_stage=waits.index(after) + 1 if after > 0.0 else 0, reserve=s.reserve if now.reserve is None else now.reserve,
                handling=distribution_of(builder, longer(s.service, c.service, queues.pools[pool].at_work.longer_handling)),
                weight=next(weight for weight in (now.weight, s.weight, c.weight) if weight is not None), due_min=c.due_after_min or 0.0,
                rises=tuple((waits.index(r.after_min) + 1, r.to_rank) for r in c.rises), mean_min=_busy_min(c, s),
            )  # fmt: skip


def pull_rank_of(c: QueueClass, pool: QueuePool, minute: float) -> int:
    """Place of a class in what a pool takes at a minute of the week."""
    takes = next((takes for hours, takes in pool.takes_by_hour if holds(hours, minute)), pool.takes)
    last = len(takes) + 1 if c.casework else len(takes)  # casework is done when nobody waits
    return next((rank for rank, names in enumerate(takes) if c.name in names), last)


def stages_of(c: QueueClass) -> list[float]:
    """Waits at which something changes for a class, up to the one at which it moves on."""
    moves = () if c.moves_on is None else (c.moves_on.after_min,)
    helps = {s.after_min for s in c.serves} | {part.after_min or 0.0 for s in c.serves for part in s.by_hour}
    return sorted((helps - {0.0}) | {r.after_min for r in c.rises} | set(moves))


def _busy_min(c: QueueClass, s: Serves) -> float:
    """Mean time for which a person of a pool is busy with a contact, with the work after it."""
    service = s.service or c.service
    return max(TICK_MIN, (service.mean_min if service else 0.0) + (c.after_work.mean_min if c.after_work else 0.0))
