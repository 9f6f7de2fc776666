"""What a station has and its closed form has not: named, and taken away one after another.

Each step says in words what it finds and gives the station without it; a step that finds nothing gives it unchanged.
After the last step the station is the closed form itself, so that the formula must be met.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from channelsim.scenario.queues import Duration, QueueClass, QueuePool, RateStep, Serves
from channelsim.testing.against_theory.beyond import ways
from channelsim.testing.against_theory.nearest import is_loss, laws_of, leaving_rate, levels_of
from channelsim.testing.against_theory.station import Station, constant, cuts, is_at, is_constant, law_in_words, varies_while_open, weekly
from channelsim.units import DAY_MIN, WEEK_MIN

Step = Callable[[Station], tuple[list[str], Station]]


@dataclass(frozen=True)
class Rung:
    """A station after a step, and what the step took away."""

    removed: tuple[str, ...]
    station: Station


def rungs(station: Station, keep_service_law: bool = False) -> Iterator[Rung]:
    """The steps that find something, in order; the last one's station is the closed form."""
    for step in STEPS[:-1] if keep_service_law else STEPS:
        words, station = step(station)
        if words:
            yield Rung(tuple(words), station)


def simplest(station: Station, keep_service_law: bool = False) -> Station:
    """The station after all steps."""
    for rung in rungs(station, keep_service_law):
        station = rung.station
    return station


def _follow_ups(station: Station) -> tuple[list[str], Station]:
    """Contacts that follow from others come as a Poisson stream of the same size, in the hours of the class."""
    if not station.follow_per_min:
        return [], station
    classes, words = [], []
    for c in station.classes:
        follow = station.follow_per_min.get(c.name, 0.0)
        if follow:
            words.append(f"retrials and switches ({100 * follow / station.per_min(c):.3g} % of {c.name} follow from other contacts)")
            hours = [(d * DAY_MIN + h[0], d * DAY_MIN + h[1]) for d, h in enumerate(c.hours) if h] if c.hours else []
            open_min = sum(b - a for a, b in hours) or WEEK_MIN
            steps = [RateStep(a, b, follow * WEEK_MIN / open_min) for a, b in hours or [(0.0, WEEK_MIN)]]
            c = replace(c, rates=(*c.rates, *steps))
        classes.append(c)
    return words, replace(station.changed(classes=tuple(classes)), follow_per_min={})


def _week(station: Station) -> tuple[list[str], Station]:
    """Everything that depends on the hour: arrivals and persons at the means of the time when both are there."""
    classes, pools = station.classes, station.pools
    words = [f"time-varying arrivals of {c.name}" for c in classes if varies_while_open(c)]
    words += [f"opening hours of {c.name}" for c in classes if c.hours is not None]
    words += [f"closing that sends the queue of {c.name} home" for c in classes if c.hours is not None and c.send_home]
    words += [f"delay at reopening of {c.name}" for c in classes if c.hours is not None and c.reopening_delay is not None]
    words += [f"shifts of {p.name}" for p in pools if p.shifts is not None]
    given = [f"given arrivals of {c.name} (not Poisson)" for c in classes if c.arrivals_at_min]
    given += [f"arrivals of {c.name} at {law_in_words(c.interval)} intervals (not Poisson)" for c in classes if c.interval is not None]
    given += [f"arrivals of {c.name} in groups" for c in classes if c.group_shares]
    if not words and not given:
        return [], station
    busy, staff = _busy_time(station) if words else (WEEK_MIN, [float(p.staff) for p in pools])
    means = _whole(staff)
    if any(abs(m - s) > 1e-9 for m, s in zip(means, staff, strict=True)):
        words.append(
            f"changing numbers of persons (in the mean {', '.join(f'{s:.3g}' for s in staff)}, taken as {', '.join(map(str, means))})"
        )
    steady = tuple(
        replace(c, rates=constant(weekly(c, station.queues) / busy), arrivals_at_min=(), interval=None, group_shares=(),
                hours=None, send_home=False, reopening_delay=None)
        for c in classes
    )  # fmt: skip
    people = tuple(replace(p, staff=n, shifts=None) for p, n in zip(pools, means, strict=True))
    return words + given, station.changed(classes=steady, pools=people)


def _busy_time(station: Station) -> tuple[float, list[float]]:
    """Minutes of a week in which contacts come and somebody is there (somebody is there, if they never meet), and the mean staff then."""
    edges = {0.0, WEEK_MIN} | {t for c in station.classes for s in c.rates for t in (s.start_min, s.end_min)}
    cut = np.array(sorted(edges | cuts(*(p.shifts for p in station.pools))))
    middle, width = (cut[1:] + cut[:-1]) / 2.0, np.diff(cut)
    come = np.array([any(s.start_min <= t < s.end_min and s.per_min for c in station.classes for s in c.rates) for t in middle])
    there = np.array([[p.staff if is_at(p.shifts, t) else 0 for t in middle] for p in station.pools]).reshape(-1, len(middle))
    staffed = there.any(axis=0) if station.pools else np.ones(len(middle), bool)
    both = come & staffed if (come & staffed).any() else staffed
    busy = float(width[both].sum())
    if not busy:
        return WEEK_MIN, [float(p.staff) for p in station.pools]
    return busy, [float(row[both] @ width[both]) / busy for row in there]


def _whole(staff: list[float]) -> list[int]:
    """Whole persons, at least one in each pool, whose sum is as near as may be."""
    whole = [max(1, int(s)) for s in staff]
    for i in sorted(range(len(staff)), key=lambda i: whole[i] - staff[i]):
        if sum(whole) < round(sum(staff)):
            whole[i] += 1
    return whole


def _queue_rules(station: Station) -> tuple[list[str], Station]:
    """Rules of queues that few classes have."""
    words: list[str] = []
    for c in station.classes:
        weights = {s.weight or c.weight for s in c.serves}
        words += [f"weighted waits of {c.name}"] if len(station.classes) > 1 and weights - {1.0} else []
        words += [f"a rank of {c.name} that rises" for _ in c.rises[:1]]
        words += [f"waits of {c.name} that end in {c.moves_on.to}"] if c.moves_on is not None else []
        words += [f"{c.name} leaving on what is announced"] if c.balk is not None else []
        words += [f"calls back to {c.name}"] if c.call_back is not None else []
        words += [f"calls of {c.name} that nobody answers"] if c.unreached is not None else []
        words += [f"whom {c.name} asks ({c.idle_rule})"] if c.idle_rule != "longest_idle" and len(c.serves) > 1 else []
        words += [f"work after the contacts of {c.name}"] if c.after_work is not None else []
    words += [f"lines that {' and '.join(group.classes)} share" for group in station.queues.lines]
    if not words:
        return [], station
    plain = {"rises": (), "moves_on": None, "balk": None, "call_back": None, "unreached": None, "after_work": None}
    classes = tuple(
        replace(c, weight=1.0, idle_rule="longest_idle", serves=tuple(replace(s, weight=None) for s in c.serves), **plain)  # type: ignore[arg-type]
        for c in station.classes
    )
    return words, station.changed(classes=classes, lines=())


def _busy_days(station: Station) -> tuple[list[str], Station]:
    words = [f"busy and quiet days of {c.name} (cv {c.busyness_cv:g})" for c in station.classes if c.busyness_cv]
    return words, station.changed(classes=tuple(replace(c, busyness_cv=0.0) for c in station.classes)) if words else station


def _one_pool(station: Station) -> tuple[list[str], Station]:
    """All persons serve all classes, at once and to the last one."""
    words = []
    if len(station.pools) > 1:
        words.append(
            f"several pools ({', '.join(p.name for p in station.pools)}; the formula has one, in which everybody serves everybody)"
        )
        words += [
            f"service of {c.name} that depends on the pool" for c in station.classes if len({s.service or c.service for s in c.serves}) > 1
        ]
        words += [f"order of classes in {p.name}" for p in station.pools if len(p.takes) > 1]
    words += [f"help of {s.pool} for {c.name} only after {s.after_min:g} min" for c in station.classes for s in c.serves if s.after_min]
    words += [f"reserve of {s.reserve} idle in {s.pool} from {c.name}" for c in station.classes for s in c.serves if s.reserve]
    if not words:
        return [], station
    one = len(station.pools) == 1
    pool = station.pools[0] if one else QueuePool("all", sum(p.staff for p in station.pools))
    classes = tuple(replace(c, service=station.service_of(c), serves=(Serves(pool.name),)) for c in station.classes)
    return words, station.changed(classes=classes, pools=(pool,))


def _one_line(station: Station) -> tuple[list[str], Station]:
    """Classes that wait in lines of their own limits, or leave at different rates, are taken as one class."""
    classes = station.classes
    patience, limits = {c.patience for c in classes}, [c.queue_limit for c in classes]
    words = []
    if not is_loss(station) and any(k is not None for k in limits):
        words.append("limits of lines of several classes")
    if not is_loss(station) and len(patience) > 1:
        words.append("different patience of the classes")
    if len(classes) == 1 or not words:
        return [], station
    laws = laws_of(station)
    losing = leaving_rate(station, laws)
    services = {station.service_of(c) for c in classes}
    words += [f"different service of the classes ({', '.join(sorted(map(law_in_words, services)))})"] if len(services) > 1 else []
    one = QueueClass(
        "all", services.pop() if len(services) == 1 else Duration("exponential", laws.mean), (Serves(station.pools[0].name),),
        rates=constant(laws.rate), queue_limit=None if None in limits else sum(k or 0 for k in limits),
        patience=None if not losing else patience.pop() if len(patience) == 1 else Duration("exponential", 1.0 / losing),
    )  # fmt: skip
    pool = replace(station.pools[0], takes=())
    return words, station.changed(classes=(one,), pools=(pool,))


def _patience_law(station: Station) -> tuple[list[str], Station]:
    if is_loss(station) or not station.pools:
        return [], station
    other = [c for c in station.classes if c.patience is not None and c.patience.family != "exponential"]
    words = [f"non-exponential patience of {c.name}: {law_in_words(c.patience)}" for c in other if c.patience]
    return words, station.changed(classes=tuple(replace(c, patience=_exponential(c.patience)) for c in station.classes))


def _service_law(station: Station) -> tuple[list[str], Station]:
    """Service that is not exponential, or differs between classes, where the formula cannot have it."""
    losing = any(c.patience is not None or c.queue_limit is not None for c in station.classes)
    if not station.pools or is_loss(station) or (station.pools[0].staff == 1 and not losing):
        return [], station
    laws = laws_of(station)
    services = {c.name: station.service_of(c) for c in station.classes}
    words = [f"non-exponential service of {n}: {law_in_words(d)}" for n, d in services.items() if d.family != "exponential"]
    if max(laws.means) - min(laws.means) > 1e-9 * laws.mean:
        words.append("different mean service of the classes")
    if not words:
        return [], station
    simple = Duration("exponential", laws.mean)
    only = station.pools[0].name
    return words, station.changed(classes=tuple(replace(c, service=simple, serves=(Serves(only),)) for c in station.classes))


def remarks(station: Station) -> list[str]:
    """What to bear in mind when the formula's values are read."""
    simple = simplest(station)
    found = []
    if any(not is_constant(c) or c.hours for c in station.classes) or any(p.shifts for p in station.pools):
        found.append("the formula speaks of the hours in which contacts come and somebody is there, at the means of those hours")
    if simple.pools and len(simple.classes) > 1 and len(levels_of(simple)) > 1 and any(c.patience or c.queue_limit for c in simple.classes):
        found.append("priorities decide who waits, not how many: the formula speaks of all classes together")
    return found


def _exponential(d: Duration | None) -> Duration | None:
    return None if d is None else Duration("exponential", d.mean_min)


STEPS: tuple[Step, ...] = (ways, _queue_rules, _follow_ups, _week, _busy_days, _one_pool, _one_line, _patience_law, _service_law)
