"""What must hold between the parts of a world of queues and pools: names, shares, circles, and what a run can bear."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from channelsim.config.coming_checks import booked_parts, coming_problems
from channelsim.config.durations import DurationPart
from channelsim.config.expected import expected_problems
from channelsim.config.lines import MOST_PROBLEMS, line_of, suggestion
from channelsim.config.routing_checks import routing_problems
from channelsim.config.staffing_checks import staffing_problems
from channelsim.config.world_files import MOST_STAFF, ClassPart, WorldFile
from channelsim.config.world_hours import HoursPart, stretches
from channelsim.config.world_queue_checks import queue_rule_problems
from channelsim.errors import Problem, shown
from channelsim.scenario.queues import FOLLOWED
from channelsim.scenario.tables import serial_bits_for
from channelsim.units import WEEK_MIN

MOST_ARRIVALS = 1e9  # expected in a run
SHORTEST_ROUND_MIN = 0.01  # of a circle that nobody leaves
Where = tuple[Any, ...]


class _World:
    """A world's file and the problems found in it."""

    def __init__(self, f: WorldFile, data: Any, path: Path) -> None:
        self.f, self.data, self.path = f, data, path
        self.found: list[Problem] = []

    def say(self, where: Where, what: str, mend: str) -> None:
        if len(self.found) < MOST_PROBLEMS:
            self.found.append(Problem(shown(self.path), line_of(self.data, where), ".".join(map(str, where)), what, mend))

    def unknown(self, where: Where, kind: str, word: str, part: str, used: set[str]) -> None:
        """A name that is defined nowhere; a name like it, or one that nobody uses, may hold the mistake."""
        names: Mapping[str, Any] = getattr(self.f, part)
        place = f"{shown(self.path)}:"
        mend = suggestion(word, names, "")
        near = mend.split("'")[1] if mend else next((n for n in names if n not in used), "")
        if mend:
            mend += f" It stands in {place}{line_of(self.data, (part, near))}"
        elif near:
            mend = f"define it under `{part}:`; {near!r} in {place}{line_of(self.data, (part, near))} is used nowhere"
        else:
            mend = f"define it under `{part}:` in {place}{line_of(self.data, (part,))}"
        self.say(where, f"unknown {kind} {word[:60]!r}", mend)


def problems_of_world(f: WorldFile, data: Any, path: Path) -> list[Problem]:
    """Everything that is wrong with a world whose parts are right by themselves."""
    w = _World(f, data, path)
    used_pools = {pool for c in f.classes.values() for pool in c.pools}
    used_classes = {row.to for c in f.classes.values() for rows in c.after.values() for row in rows} | {x for _, _, x in _taken(f)}
    used_classes |= {c.moves_on.to for c in f.classes.values() if c.moves_on is not None}
    used_classes |= {c.call_back.to for c in f.classes.values() if c.call_back is not None}
    for name, c in f.classes.items():
        here: Where = ("classes", name)
        _check_service(w, here, c, used_pools)
        _check_after(w, here, c, used_classes)
        _check_days(w, (*here, "hours"), c.hours)
        if c.at_closing == "send_home" and c.hours is None:
            w.say((*here, "at_closing"), "the class never closes", "give it `hours:`, or leave at_closing out")
        if any(t > f.run.warm_up_min + f.run.length_min for t in c.arrivals.at_min):
            w.say((*here, "arrivals", "at_min"), "an arrival lies after the end of the run", "lengthen the run or remove it")
    for name, p in f.pools.items():
        staffing_problems(f, ("pools", name), p, w.say)
    for outcome, circle in _circles(f):
        what = f"circular: {' -> '.join((*circle, circle[0]))} with share 1 and no delay"
        w.say(("classes", circle[0], "after", outcome), what, "let some leave, or add a delay")
    for pool, number, wanted in _taken(f):
        where: Where = ("pools", pool, "takes", number)
        if wanted not in f.classes:
            w.unknown(where, "class", wanted, "classes", used_classes)
        elif pool not in f.classes[wanted].pools:
            mend = f"add {pool} to the pools of {wanted} in {shown(path)}:{line_of(data, ('classes', wanted, 'pools'))}"
            w.say(where, f"takes {wanted!r}, which does not name this pool", mend)
    coming_problems(f, w.say)
    queue_rule_problems(f, w.say)
    routing_problems(f, w.say)
    expected_problems(f, w.say)
    _check_size(w)
    return w.found


def _taken(f: WorldFile) -> Iterator[tuple[str, int, str]]:
    """Pool, place in its list and class, for all that pools take."""
    for pool, p in f.pools.items():
        for number, rank in enumerate(p.takes):
            yield from ((pool, number, wanted) for wanted in ([rank] if isinstance(rank, str) else rank))


def _check_service(w: _World, here: Where, c: ClassPart, used: set[str]) -> None:
    if not c.pools and not c.self_service:
        w.say(here, "nobody serves this class", "name a pool under `pools:` or set self_service: true")
    for number, pool in enumerate(c.pools):
        if pool not in w.f.pools:
            w.unknown((*here, "pools", number if isinstance(c.pools, list) else pool), "pool", pool, "pools", used)
    if isinstance(c.pools, list) and len(set(c.pools)) != len(c.pools):
        w.say((*here, "pools"), "names a pool twice", "remove one of them")
    without = [here] if isinstance(c.pools, list) else [(*here, "pools", pool) for pool, s in c.pools.items() if s.service_min is None]
    if c.service_min is None and (without or c.self_service):
        w.say((without or [here])[0], "has no service_min", "give it here, or for the whole class")


def _check_days(w: _World, where: Where, hours: HoursPart | list[HoursPart] | None) -> None:
    """Each day has one stretch."""
    days = [day for part in stretches(hours) for day in part.days]
    for day in dict.fromkeys(d for d in days if days.count(d) > 1):
        w.say(where, f"{day} is named {days.count(day)} times", "one stretch a day")


def _check_after(w: _World, here: Where, c: ClassPart, used: set[str]) -> None:
    for outcome, rows in c.after.items():
        where = (*here, "after", outcome)
        if outcome not in FOLLOWED:
            w.say(where, "unknown outcome", suggestion(outcome, FOLLOWED, f"use one of {', '.join(FOLLOWED)}"))
        total = sum(r.share for r in rows)
        if total > 1.0 + 1e-9:
            w.say(where, f"shares add up to {total:g}, more than 1", "lower them; the rest leaves")
        for number, row in enumerate(rows):
            if row.to not in w.f.classes:
                w.unknown((*where, number, "to"), "class", row.to, "classes", used)


def _check_size(w: _World) -> None:
    """What a run can bear: persons, arrivals of a week (a need's number has so many bits), arrivals of the run."""
    run, staff = w.f.run, sum(p.persons for p in w.f.pools.values())
    if staff > MOST_STAFF:
        w.say(("pools",), f"{staff:,} staff in all pools, more than {MOST_STAFF:,}", "lower the numbers of staff")
    most = float(2 ** serial_bits_for(len(w.f.classes)) // 4)
    total = 0.0
    for name, c in w.f.classes.items():
        a_week = (c.arrivals.per_min or 0.0) * WEEK_MIN
        a_week += sum(s.per_min * (s.close - s.open) * len(s.days) for s in c.arrivals.steps)
        if c.arrivals.every_min is not None:
            size = sum(n * share for n, share in enumerate(c.arrivals.group_shares or [1.0], 1))
            a_week += size * WEEK_MIN / _mean(c.arrivals.every_min)
        a_week += sum(len(b.clock) * len(b.days) for b in booked_parts(c))
        total += a_week * (run.warm_up_min + run.length_min) / WEEK_MIN
        if a_week > most:
            kinds = ("steps", "per_min", "every_min", "booked")
            part = next((kind for kind in kinds if getattr(c.arrivals, kind)), "per_min")
            w.say(("classes", name, "arrivals", part), f"{a_week:,.0f} arrivals a week, more than {most:,.0f}", "lower the rate")
    if total > MOST_ARRIVALS:
        w.say(
            ("run", "length_min"), f"{total:,.0f} arrivals in the run, more than {MOST_ARRIVALS:,.0f}", "shorten the run or lower the rates"
        )


def _circles(f: WorldFile) -> list[tuple[str, list[str]]]:
    """Chains of outcomes that nobody ever leaves and in which no time passes."""
    certain: dict[str, dict[str, str]] = {}
    for name, c in f.classes.items():
        sure = {o: r[0] for o, r in c.after.items() if len(r) == 1 and _takes_no_time(c, o)}
        certain[name] = {o: r.to for o, r in sure.items() if r.share == 1.0 and _mean(r.delay_min) < SHORTEST_ROUND_MIN}
    found: list[tuple[str, list[str]]] = []
    for start in certain:
        for outcome in FOLLOWED:
            chain, here = [start], certain[start].get(outcome)
            while here in certain and here not in chain:
                chain.append(here)
                here = certain[here].get(outcome)
            if here == start and min(chain) == start:
                found.append((outcome, chain))
    return found


def _takes_no_time(c: ClassPart, outcome: str) -> bool:
    """Whether an outcome may come at once: a service or a patience of hardly any length."""
    if outcome == "abandoned":
        return c.patience_min is not None and _mean(c.patience_min) < SHORTEST_ROUND_MIN
    if outcome == "served":
        own = [s.service_min for s in c.pools.values()] if isinstance(c.pools, dict) else []
        return min(_mean(d) for d in (*own, c.service_min) if d is not None or not own) < SHORTEST_ROUND_MIN
    return True


def _mean(duration: DurationPart | None) -> float:
    return 0.0 if duration is None else duration.value().mean_min
