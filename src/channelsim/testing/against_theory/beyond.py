"""Features of worlds that no closed form has: named, and taken away at one go."""

from __future__ import annotations

from dataclasses import replace

from channelsim.scenario.coming import NoShow
from channelsim.scenario.queues import QueueClass
from channelsim.testing.against_theory.station import Station, constant, weekly
from channelsim.units import NEVER, WEEK_MIN


def ways(station: Station) -> tuple[list[str], Station]:
    """Contacts come as a Poisson stream of the same size instead of at hours or after trips; casework is a class like others."""
    words: list[str] = []
    classes = []
    for c in station.classes:
        words += _of(c)
        rates = constant(weekly(c, station.queues) / WEEK_MIN) if c.sessions else c.rates
        classes.append(
            replace(c, rates=rates, sessions=(), books=False, no_show=NoShow(), travel=None, casework=False, slice_min=NEVER, leaves=None)
        )
    pools = tuple(replace(p, slots=None) for p in station.pools)
    return words, station.changed(classes=tuple(classes), pools=pools)


def _of(c: QueueClass) -> list[str]:
    """What a class has of it, in words."""
    found = [f"booked hours of {c.name} (not Poisson)"] if c.sessions else []
    found += [f"appointments of {c.name}"] if c.books else []
    found += [f"trips of {c.name}"] if c.travel is not None else []
    found += [f"casework {c.name}, behind all else and in slices"] if c.casework else []
    return found + ([f"casework that {c.name} leaves"] if c.leaves is not None else [])
