"""What may happen to a region from outside: fewer staff, a wave of absence, a mass lay-off (design 8, stress).

Each is a value beside the region, so that the same people and the same customers meet every future: a staff cut takes the
same persons away in every alternative, and a lay-off adds customers in layers of their own (decisions 31).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from channelsim.scenario.region import Person, Region

GOLDEN = 0.618033988749895  # spreads persons of a role over their numbers, and so over places


@dataclass(frozen=True, slots=True)
class Layoff:
    """So many more unemployed of one segment in one municipality, for some weeks counted from the start of the run."""

    municipality: str
    segment: str
    persons: float
    from_week: int
    weeks: int


@dataclass(frozen=True, slots=True)
class AbsenceWave:
    """So much more of the staff away on each day, for some weeks counted from the start of the run."""

    share: float
    from_week: int
    weeks: int


def shock_of(region: Region, cells: Iterable[tuple[int, int, int, float]], layoff: Layoff) -> np.ndarray:
    """[cell] factor on demand during a lay-off: people of the segment there, with those laid off, over those there before."""
    town = next(i for i, m in enumerate(region.municipalities) if m.name == layoff.municipality)
    segment = next(i for i, g in enumerate(region.segments) if g.id == layoff.segment)
    before = people_of(region, layoff.municipality, layoff.segment)
    factor = (before + layoff.persons) / before
    return np.array([factor if (m, g) == (town, segment) else 1.0 for m, g, _, _ in cells])


def people_of(region: Region, municipality: str, segment: str) -> float:
    """Unemployed of a segment in a municipality."""
    unemployed = next(m.unemployed for m in region.municipalities if m.name == municipality)
    return unemployed * region.municipality_segment.get((municipality, segment), 0.0)


def removal_order(people: Iterable[Person]) -> list[Person]:
    """Customer staff in the order in which a cut takes them: fixed by their numbers, alike over roles, skills and places.

    In every office model the same persons come first, since a person keeps the number.
    """
    groups: dict[tuple[str, str], list[Person]] = {}
    for person in sorted(people, key=lambda p: p.id):
        if person.role != "management":
            groups.setdefault((person.role, person.skill), []).append(person)
    ranked: list[tuple[float, str, str, int, Person]] = []
    for (role, skill), members in groups.items():
        spread = sorted(range(len(members)), key=lambda i: ((i + 1) * GOLDEN) % 1.0)
        ranked += [((rank + 0.5) / len(members), role, skill, members[i].id, members[i]) for rank, i in enumerate(spread)]
    return [row[-1] for row in sorted(ranked, key=lambda row: row[:-1])]


def after_cut(people: tuple[Person, ...], scale: float) -> tuple[tuple[Person, ...], int]:
    """(people, posts that could not be cut) when customer staff shrinks to `scale` of what it was.

    The last of a role and skill at a place stays: a point that nobody serves would be a change of the network, not of the staff.
    """
    serving = [p for p in people if p.role != "management"]
    wanted = round(len(serving) * (1.0 - scale))
    left = Counter((place, p.role, p.skill) for p in serving for place in set(p.place) if place)
    gone: set[int] = set()
    for person in removal_order(serving):
        posts = [(place, person.role, person.skill) for place in set(person.place) if place]
        if len(gone) < wanted and all(left[post] > 1 for post in posts):
            gone.add(person.id)
            left.subtract(posts)
    return tuple(p for p in people if p.id not in gone), wanted - len(gone)
