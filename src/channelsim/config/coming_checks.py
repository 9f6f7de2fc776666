"""What must hold between booked hours, appointments, trips and casework and the rest of a world."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from channelsim.config.coming_files import BookedPart, NoShowPart, SlotsPart

if TYPE_CHECKING:
    from channelsim.config.world_files import ClassPart, PoolPart, WorldFile
    from channelsim.config.world_hours import HoursPart

Where = tuple[Any, ...]
Say = Callable[[Where, str, str], None]
WITHOUT_ITEMS = ("patience_min", "queue_limit", "hours", "travel", "leaves", "reopening_delay_min")  # what only customers have


def booked_parts(c: ClassPart) -> list[BookedPart]:
    """Booked hours of a class as a list."""
    b = c.arrivals.booked
    return [] if b is None else [b] if isinstance(b, BookedPart) else b


def coming_problems(f: WorldFile, say: Say) -> None:
    """Contradictions, each with the place and the mend."""
    for name, c in f.classes.items():
        here: Where = ("classes", name)
        _booked(f, here, c, say)
        _appointments(f, here, c, say)
        _travel(here, c, say)
        _casework(f, here, c, say)
    for name, p in f.pools.items():
        if p.slots is not None:
            _slots(("pools", name, "slots"), p.slots, p, say)
            if not any(c.by_appointment and name in c.pools for c in f.classes.values()):
                say(("pools", name, "slots"), "nobody takes these appointments", "give a class of this pool by_appointment: true")


def _booked(f: WorldFile, here: Where, c: ClassPart, say: Say) -> None:
    parts = booked_parts(c)
    if not parts:
        return
    where = (*here, "arrivals", "booked")
    others = [k for k in ("per_min", "steps", "at_min") if getattr(c.arrivals, k)]
    if others:
        say(where, f"stands beside {others[0]}", "make walk-ins a class of their own, ranked behind by `takes`")
    if c.arrivals.busyness_cv:
        say(where, "stands beside busyness_cv, which booked hours do not have", "remove busyness_cv")
    if c.by_appointment:
        say(where, "the hours are given already, and the class has by_appointment", "remove by_appointment")
    for number, part in enumerate(parts):
        at = where if isinstance(c.arrivals.booked, BookedPart) else (*where, number)
        for day, clock in ((d, m) for d in part.days for m in part.clock):
            problem = _outside(f, c, day, clock)
            if problem:
                say(at, f"an hour at {clock_words(clock)} on {day} lies outside {problem}", "move the hour, or lengthen the hours")
                break


def _outside(f: WorldFile, c: ClassPart, day: str, clock: float) -> str:
    """What is closed, or nobody there, at a moment: empty if the moment is good."""
    if c.hours is not None and not _within(c.hours, day, clock):
        return "the class's hours"
    pools = [f.pools[p] for p in c.pools if p in f.pools]
    if pools and not any(_somebody(p, day, clock) for p in pools):
        return "the shifts of its pools"
    return ""


def _within(hours: HoursPart | list[HoursPart], day: str, clock: float) -> bool:
    parts = hours if isinstance(hours, list) else [hours]
    return any(day in part.days and part.open <= clock < part.close for part in parts)


def _somebody(pool: PoolPart, day: str, clock: float) -> bool:
    """Is a person of the pool on shift?"""
    hours = [pool.shifts if g.shifts is None else g.shifts for g in pool.people] or [pool.shifts]
    return any(h is None or _within(h, day, clock) for h in hours)


def clock_words(minutes: float) -> str:
    """09:30, or 09:30.5."""
    rest = f"{minutes % 60:04.1f}" if minutes % 1 else f"{int(minutes % 60):02d}"
    return f"{int(minutes // 60):02d}:{rest}"


def _slots(where: Where, slots: SlotsPart, pool: PoolPart, say: Say) -> None:
    n = int((slots.last - slots.first) / slots.every_min + 1e-9) + 1
    for day in slots.days:
        for clock in (slots.first, slots.first + (n - 1) * slots.every_min):
            if not _somebody(pool, day, clock):
                say(where, f"an appointment at {clock_words(clock)} on {day} lies outside the shifts", "move it, or lengthen the shifts")
                return


def _appointments(f: WorldFile, here: Where, c: ClassPart, say: Say) -> None:
    has_hour = c.by_appointment or bool(booked_parts(c))
    if c.no_show != 0.0 and not has_hour:
        say((*here, "no_show"), "nobody has an hour to miss", "give arrivals.booked or by_appointment: true, or remove no_show")
    if isinstance(c.no_show, NoShowPart) and c.no_show.per_day and not c.by_appointment:
        say((*here, "no_show", "per_day"), "there is no lead time: the hours are given beforehand", "use share")
    for outcome in ("no_show", "no_slot"):
        if outcome in c.after and not (c.by_appointment or (outcome == "no_show" and has_hour)):
            say((*here, "after", outcome), "this class has no appointments", "remove it, or set by_appointment: true")
    if not c.by_appointment:
        return
    if not any(f.pools[p].slots is not None for p in c.pools if p in f.pools):
        say((*here, "by_appointment"), "none of its pools offers appointments", "give a pool `slots:`")
    for word, given in (("hours", c.hours is not None), ("self_service", c.self_service)):
        if given:
            say((*here, word), "does not go with by_appointment", "appointments lie where the pool's slots are: remove it")
    if c.travel is not None and "last_arrival_min" in c.travel.model_fields_set:
        say((*here, "travel", "last_arrival_min"), "who has an appointment travels in time for its hour", "remove it")


def _travel(here: Where, c: ClassPart, say: Say) -> None:
    if c.travel is None:
        return
    if c.self_service:
        say((*here, "travel"), "does not go with self_service", "remove one of them")
    for part in [] if c.hours is None else c.hours if isinstance(c.hours, list) else [c.hours]:
        if part.close - c.travel.last_arrival_min < part.open:
            say((*here, "travel", "last_arrival_min"), f"is longer than the {part.close - part.open:g} min that it is open", "shorten it")
            break
    if c.reopening_delay_min is not None:
        say((*here, "reopening_delay_min"), "does not go with travel, which says when a visitor comes", "remove it")


def _casework(f: WorldFile, here: Where, c: ClassPart, say: Say) -> None:
    if c.leaves is not None:
        to = c.leaves.to
        if to not in f.classes:
            say((*here, "leaves", "to"), f"unknown class {to[:60]!r}", "name a class with casework: true")
        elif not f.classes[to].casework:
            say((*here, "leaves", "to"), f"{to!r} is not casework", f"set casework: true in {to}, or use after.served")
        elif c.leaves.work_min is None and f.classes[to].service_min is None and isinstance(f.classes[to].pools, list):
            say((*here, "leaves"), "says no work_min, and the class has no service_min", "give one of them")
        if c.self_service:
            say((*here, "leaves"), "nobody serves here", "use after.served")
    if c.slice_min is not None and not c.casework:
        say((*here, "slice_min"), "only casework is worked in slices", "set casework: true, or remove it")
    if not c.casework:
        return
    if c.self_service or c.by_appointment or booked_parts(c):
        say((*here, "casework"), "is of work without a customer", "remove self_service, by_appointment and arrivals.booked")
    for word in WITHOUT_ITEMS:
        if getattr(c, word) is not None:
            say((*here, word), "casework has no customer who would need it", f"remove {word}")
    for outcome in c.after:
        if outcome != "served":
            say((*here, "after", outcome), "casework is always served", "remove it")
