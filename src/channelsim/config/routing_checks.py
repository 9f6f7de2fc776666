"""Contradictions between the routing lists of a world: each is told with the counter-example, a moment or two classes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from channelsim.config.lines import suggestion
from channelsim.config.routing_files import ServesHoursPart, TakesHoursPart
from channelsim.config.world_files import ClassPart, PoolPart, ServesPart, WorldFile
from channelsim.config.world_hours import HoursPart, stretches, weeks_of
from channelsim.scenario.by_hour import edges, holds
from channelsim.scenario.region import WEEKDAYS
from channelsim.units import DAY_MIN

Say = Callable[[tuple[Any, ...], str, str], None]


def routing_problems(f: WorldFile, say: Say) -> None:
    """Everything that is wrong between lists that are right by themselves."""
    for name, c in f.classes.items():
        served_by = c.pools if isinstance(c.pools, dict) else {}
        for pool, s in served_by.items():
            here = ("classes", name, "pools", pool)
            _overlaps((*here, "hours"), stretches(s.hours), say)
            _overlaps((*here, "by_hour"), s.by_hour, say)
            if pool in f.pools:
                _reserves(here, pool, f.pools[pool].persons, s, say)
            for number, part in enumerate(s.by_hour):
                if not part.serves and {"rank", "after_min", "reserve", "weight"} & part.model_fields_set:
                    say(
                        (*here, "by_hour", number),
                        "says how a class is served in hours in which it is not",
                        "remove `serves: false`, or the rest",
                    )
        _unserved(f, name, c, say)
    for pool, p in f.pools.items():
        where = ("pools", pool, "takes_by_hour")
        _overlaps(where, p.takes_by_hour, say)
        for number, wanted in _named(p):
            if wanted not in f.classes:
                say((*where, number), f"unknown class {wanted[:60]!r}", suggestion(wanted, f.classes, "define it under `classes:`"))
            elif pool not in f.classes[wanted].pools:
                say((*where, number), f"takes {wanted!r}, which does not name this pool", f"add {pool} to the pools of {wanted}")
        _due_dates(f, pool, p, say)


def clock(minute: float) -> str:
    """A minute of the week: `tue 09:30`."""
    day, rest = divmod(minute, DAY_MIN)
    return f"{WEEKDAYS[int(day) % 7]} {int(rest // 60):02d}:{int(rest % 60):02d}"


def _named(p: PoolPart) -> Iterator[tuple[int, str]]:
    for number, part in enumerate(p.takes_by_hour):
        for rank in part.takes:
            yield from ((number, wanted) for wanted in ([rank] if isinstance(rank, str) else rank))


def _overlaps(where: tuple[Any, ...], parts: list[HoursPart] | list[ServesHoursPart] | list[TakesHoursPart], say: Say) -> None:
    """No moment of the week lies in two stretches of a list."""
    for number, part in enumerate(parts):
        for other in parts[:number]:
            days = [day for day in part.days if day in other.days]
            start = max(part.open, other.open)
            if days and start < min(part.close, other.close):
                moment = clock(WEEKDAYS.index(days[0]) * DAY_MIN + start)
                say((*where, number), f"{moment} lies in an earlier stretch of the list too", "let stretches of a day follow one another")


def _reserves(here: tuple[Any, ...], pool: str, persons: int, s: ServesPart, say: Say) -> None:
    """A reserve that leaves nobody."""
    for where, reserve in [
        ((*here, "reserve"), s.reserve),
        *(((*here, "by_hour", i, "reserve"), p.reserve) for i, p in enumerate(s.by_hour)),
    ]:
        if reserve is not None and reserve >= persons:
            what = f"{reserve} of {pool} must remain idle, which has {persons}: it would never take the class"
            say(where, what, f"give at most {persons - 1}, or leave the pool out")


def _unserved(f: WorldFile, name: str, c: ClassPart, say: Say) -> None:
    """An hour in which a class is open and no pool takes it, however long somebody has waited."""
    if not isinstance(c.pools, dict) or not c.pools or not any(s.hours is not None or s.by_hour for s in c.pools.values()):
        return
    moments = {0.0}
    for s in c.pools.values():
        moments |= edges(weeks_of(s.hours) or ()).union(*(edges(weeks_of(p) or ()) for p in s.by_hour))
    open_hours = weeks_of(c.hours)
    moments |= edges(open_hours or ())
    for moment in sorted(moments):
        if (open_hours is None or holds(open_hours, moment)) and not any(_takes_at(s, moment) for s in c.pools.values()):
            what = f"nobody takes {name} from {clock(moment)} on, and it is {'open then' if open_hours else 'always open'}"
            say(("classes", name, "pools"), what, "let a pool take it in these hours, or give the class `hours:` that end before")
            return


def _takes_at(s: ServesPart, moment: float) -> bool:
    hours = weeks_of(s.hours)
    if hours is not None and not holds(hours, moment):
        return False
    return next((part.serves for part in s.by_hour if holds(weeks_of(part) or (), moment)), True)


def _due_dates(f: WorldFile, pool: str, p: PoolPart, say: Say) -> None:
    """Classes of one rank are ordered by the due date or by the wait, not by both; a due date has no weight."""
    mine = {name: c for name, c in f.classes.items() if pool in c.pools}
    for where, takes in [((), p.takes), *((("takes_by_hour", i), part.takes) for i, part in enumerate(p.takes_by_hour))]:
        ranks: dict[int, list[str]] = {}
        for name, c in mine.items():
            last = len(takes) + int(c.casework)
            rank = next((i for i, r in enumerate(takes) if name == r or (isinstance(r, list) and name in r)), last)
            ranks.setdefault(rank, []).append(name)
        for names in ranks.values():
            due = [name for name in names if mine[name].due_after_min is not None]
            without = [name for name in names if mine[name].due_after_min is None]
            if due and without:
                what = f"{due[0]} has a due date and {without[0]}, of the same rank, has none: which of them comes first?"
                say(("pools", pool, *where), what, f"put them into two ranks of `takes`, or give {without[0]} a `due_after_min`")
                return
    for name, c in mine.items():
        pools = c.pools if isinstance(c.pools, dict) else {}
        weighs = c.weight != 1.0 or any(
            s.weight not in (None, 1.0) or any(h.weight not in (None, 1.0) for h in s.by_hour) for s in pools.values()
        )
        if c.due_after_min is not None and weighs and pool == next(iter(c.pools)):
            say(
                ("classes", name, "due_after_min"),
                "has a weight too: what is due first comes first, whatever it weighs",
                "remove one of them",
            )
