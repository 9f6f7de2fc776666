"""Features of worlds that no closed form has: named, and taken away at one go."""

from __future__ import annotations

from dataclasses import replace

from channelsim.scenario.coming import NoShow
from channelsim.scenario.queues import QueueClass, QueuePool
from channelsim.scenario.staffing import FINISH, AtWork
from channelsim.testing.against_theory.station import Station, constant, weekly
from channelsim.units import NEVER, WEEK_MIN


def ways(station: Station) -> tuple[list[str], Station]:
    """Contacts come in a Poisson stream, not at hours or after trips; casework is a class like others, people are alike."""
    words: list[str] = []
    classes = []
    for c in station.classes:
        words += _of(c)
        rates = constant(weekly(c, station.queues) / WEEK_MIN) if c.sessions else c.rates
        classes.append(
            replace(c, rates=rates, sessions=(), books=False, no_show=NoShow(), travel=None, casework=False, slice_min=NEVER, leaves=None,
                    due_after_min=None, serves=tuple(replace(s, hours=None, by_hour=()) for s in c.serves))
        )  # fmt: skip
    words += [what for p in station.pools for what in _of_pool(p)]
    pools = tuple(replace(p, slots=None, at_work=AtWork(), takes_by_hour=()) for p in station.pools)
    if station.queues.policy is not None:
        words.append(f"the policy {station.queues.policy.name}")
    return words, station.changed(classes=tuple(classes), pools=pools, policy=None)


def _of_pool(p: QueuePool) -> list[str]:
    """What is particular about the people of a pool, in words."""
    a = p.at_work
    found = [f"people of {p.name} who differ in hours or speed"] if a.groups else []
    found += [f"absence in {p.name}"] if a.absence is not None else []
    found += [f"breaks in {p.name}"] if a.breaks else []
    found += [f"what {p.name} takes by the hour"] if p.takes_by_hour else []
    found += [f"other duties in {p.name}"] if a.duty_share or a.longer_handling != 1.0 else []
    return found + ([f"what happens in {p.name} at the end of a shift"] if a.at_shift_end != FINISH else [])


def _of(c: QueueClass) -> list[str]:
    """What a class has of it, in words."""
    found = [f"booked hours of {c.name} (not Poisson)"] if c.sessions else []
    found += [f"appointments of {c.name}"] if c.books else []
    found += [f"who serves {c.name} by the hour"] if any(s.hours is not None or s.by_hour for s in c.serves) else []
    found += [f"the due date of {c.name}"] if c.due_after_min is not None else []
    found += [f"trips of {c.name}"] if c.travel is not None else []
    found += [f"casework {c.name}, behind all else and in slices"] if c.casework else []
    return found + ([f"casework that {c.name} leaves"] if c.leaves is not None else [])
