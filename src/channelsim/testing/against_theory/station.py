"""Stations: the classes and pools of a world that hang together, and what comes to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import sqrt

import numpy as np

from channelsim.scenario.queues import Duration, QueueClass, QueuePool, Queues, RateStep
from channelsim.scenario.region import Week
from channelsim.scenario.staffing import AtWork
from channelsim.units import DAY_MIN, WEEK_MIN


@dataclass(frozen=True)
class Station:
    """Classes and pools that no other class or pool touches: a world of its own, but for contacts that follow from others."""

    queues: Queues
    follow_per_min: Mapping[str, float] = field(default_factory=dict)  # by class: contacts that follow from other contacts

    @property
    def classes(self) -> tuple[QueueClass, ...]:
        return self.queues.classes

    @property
    def pools(self) -> tuple[QueuePool, ...]:
        return self.queues.pools

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(c.name for c in self.classes)

    @property
    def title(self) -> str:
        """What people call it: its pools, or the class that serves itself."""
        return " + ".join(p.name for p in self.pools) or self.classes[0].name

    def per_min(self, c: QueueClass) -> float:
        """Contacts of a class per minute of the week, with those that follow from others."""
        return weekly(c, self.queues) / WEEK_MIN + self.follow_per_min.get(c.name, 0.0)

    def service_of(self, c: QueueClass) -> Duration:
        """Its law of service; where pools differ, an exponential one with the mean over persons."""
        if c.self_service or not c.serves:
            assert c.service is not None
            return c.service
        laws = [s.service or c.service for s in c.serves]
        if any(law != laws[0] for law in laws):
            staff = {p.name: p.staff for p in self.pools}
            weights = np.array([staff[s.pool] for s in c.serves], float)
            means = np.array([law.mean_min if law else 0.0 for law in laws])
            return Duration("exponential", float(weights @ means / weights.sum()))
        assert laws[0] is not None
        return laws[0]

    def changed(self, **words: object) -> Station:
        """The same with other classes or pools."""
        return replace(self, queues=replace(self.queues, **words))  # type: ignore[arg-type]


def weekly(c: QueueClass, queues: Queues) -> float:
    """Contacts that come of themselves in a week, in the mean."""
    given = len(c.arrivals_at_min) * WEEK_MIN / (queues.warm_up_min + queues.length_min)
    booked = sum(len(s.hours_min) for s in c.sessions) * (1.0 - c.no_show.share)
    return sum(s.per_min * (s.end_min - s.start_min) for s in c.rates) + given + booked + WEEK_MIN * by_interval(c)


def by_interval(c: QueueClass) -> float:
    """Contacts per minute that come at drawn intervals, in the mean."""
    size = sum(n * share for n, share in enumerate(c.group_shares or (1.0,), 1))
    return size / c.interval.mean_min if c.interval is not None else 0.0


def stations_of(queues: Queues, follow_per_min: Mapping[str, float]) -> list[Station]:
    """The world cut into what hangs together by pools; contacts that follow from others come as arrivals per minute."""
    groups: list[tuple[set[str], set[str]]] = []  # names of classes and of pools
    for c in queues.classes:
        pools = set() if c.self_service else {s.pool for s in c.serves}
        pools |= {f"lines {i}" for i, group in enumerate(queues.lines) if c.name in group.classes}
        touched = [g for g in groups if g[1] & pools]
        groups = [g for g in groups if not g[1] & pools]
        groups.append(({c.name}.union(*(g[0] for g in touched)), pools.union(*(g[1] for g in touched))))
    found = []
    for classes, names in groups:
        part = replace(
            queues,
            classes=tuple(replace(c, after={}) for c in queues.classes if c.name in classes),
            pools=tuple(p for p in queues.pools if p.name in names),
            lines=tuple(group for group in queues.lines if classes & set(group.classes)),
        )
        found.append(Station(part, {n: r for n, r in follow_per_min.items() if n in classes and r > 0.0}))
    return found


def cv2_of(d: Duration) -> float:
    """Squared coefficient of variation of a law."""
    low, high, mean = d.low_min or 0.0, d.high_min or 0.0, d.mean_min
    if d.family in ("deterministic", "exponential"):
        return 1.0 if d.family == "exponential" else 0.0
    if d.family == "uniform":
        return (high - low) ** 2 / 12.0 / mean**2
    if d.family == "triangular":
        mode = d.mode_min or 0.0
        return (low * low + mode * mode + high * high - low * mode - low * high - mode * high) / 18.0 / mean**2
    if d.family == "hyperexponential":
        return 2.0 * sum(p * m * m for p, m in zip(d.shares, d.values_min, strict=True)) / mean**2 - 1.0
    if d.family == "empirical":
        x = np.array(d.values_min)
        return float((x[1:] ** 2 + x[1:] * x[:-1] + x[:-1] ** 2).mean() / 3.0) / mean**2 - 1.0
    return (d.cv or 1.0) ** 2


def law_in_words(d: Duration) -> str:
    """`lognormal (cv 1.2)`."""
    return d.family if d.family in ("exponential", "deterministic") else f"{d.family} (cv {sqrt(cv2_of(d)):.3g})"


def constant(per_min: float) -> tuple[RateStep, ...]:
    """One rate all week."""
    return (RateStep(0.0, WEEK_MIN, per_min),) if per_min else ()


def is_constant(c: QueueClass) -> bool:
    """Whether a class's own arrivals are Poisson at one rate all week (or it has none)."""
    return len(_rates(c, None)) == 1


def varies_while_open(c: QueueClass) -> bool:
    """Whether a class's own arrivals have several rates in its opening hours."""
    return len(_rates(c, c.hours)) > 1


def is_at(hours: Week | None, minute: float) -> bool:
    """Whether a minute of the week lies in the hours; no hours are always."""
    day = None if hours is None else hours[int(minute // DAY_MIN)]
    return hours is None or (day is not None and day[0] <= minute % DAY_MIN < day[1])


def cuts(*weeks: Week | None) -> set[float]:
    """Minutes of the week at which hours begin or end."""
    return {d * DAY_MIN + t for week in weeks if week is not None for d, h in enumerate(week) if h for t in h}


def _rates(c: QueueClass, hours: Week | None) -> set[float]:
    """Rates of a class's own arrivals in the hours."""
    edges = sorted({0.0, WEEK_MIN} | {t for s in c.rates for t in (s.start_min, s.end_min)} | cuts(hours))
    inside = [t for t in edges[:-1] if is_at(hours, t)]
    return {round(sum(s.per_min for s in c.rates if s.start_min <= t < s.end_min), 12) for t in inside} or {0.0}


def product_form(queues: Queues) -> dict[str, float] | None:
    """Contacts per minute that follow from others, by class, where Jackson's theorem says that they do no harm; else None.

    Notes
    -----
    Jackson (1957); Baskett, Chandy, Muntz & Palacios (1975): stations first come first served with one exponential
    service each, or without servers, constant Poisson arrivals from outside, nobody leaves a line, served contacts
    move on with fixed shares. Then every station is in the long run like one with Poisson arrivals.
    """
    if not all(_is_of_jackson(c, queues) for c in queues.classes):
        return None
    for station in stations_of(queues, {}):
        means = {station.service_of(c).mean_min for c in station.classes}
        ranks = {pull_rank(c, station.pools[0]) for c in station.classes} if station.pools else {0}
        if len(station.pools) > 1 or (station.pools and len(means) > 1) or len(ranks) > 1:
            return None
    names = [c.name for c in queues.classes]
    moves = np.zeros((len(names), len(names)))
    for i, c in enumerate(queues.classes):
        for f in c.after.get("served", ()):
            moves[i, names.index(f.to)] += f.share
    own = np.array([weekly(c, queues) / WEEK_MIN for c in queues.classes])
    try:
        total = np.linalg.solve(np.eye(len(names)) - moves.T, own)
    except np.linalg.LinAlgError:
        return None
    return {n: float(t - o) for n, t, o in zip(names, total, own, strict=True)} if (total >= 0.0).all() else None


def pull_rank(c: QueueClass, pool: QueuePool) -> int:
    """How early a freed person of the pool looks at a class."""
    return next((rank for rank, names in enumerate(pool.takes) if c.name in names), len(pool.takes))


def _is_of_jackson(c: QueueClass, queues: Queues) -> bool:
    ruled = c.rises or c.moves_on or c.after_work or c.balk or c.call_back or c.unreached
    otherwise = ruled or c.sessions or c.books or c.travel is not None or c.casework or c.leaves is not None
    otherwise = otherwise or any(c.name in group.classes for group in queues.lines)
    plain = is_constant(c) and not c.arrivals_at_min and c.interval is None and c.busyness_cv == 0.0 and c.hours is None and not otherwise
    if not plain or (not c.self_service and (c.patience is not None or c.queue_limit is not None)):
        return False
    if c.self_service:
        return True
    shifts = {p.name: p.shifts or (None if p.at_work == AtWork() else ()) for p in queues.pools}
    laws = [s.service or c.service for s in c.serves]
    return all(
        s.after_min == 0.0 and s.reserve == 0 and (s.weight or c.weight) == 1.0 and shifts[s.pool] is None for s in c.serves
    ) and all(law is not None and law.family == "exponential" for law in laws)
