"""What may happen to a region from outside: fewer staff, a wave of absence, a mass lay-off (design 8, stress).

Each is a value beside the region, so that the same people and the same customers meet every future: a staff cut takes the
same persons away in every alternative, and a lay-off adds customers in layers of their own (decisions 31).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from channelsim.scenario.region import Person, Region
from channelsim.scenario.tables import Tables

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


@dataclass(frozen=True, slots=True)
class TripResponse:
    """So many visits not made for each hour by which a trip is longer than under the baseline (more, where it is shorter)."""

    per_hour: float
    before_min: tuple[tuple[float, ...], ...]  # [service][municipality] trip by car under the baseline


def trips_min(region: Region, tables: Tables) -> tuple[tuple[float, ...], ...]:
    """[service][municipality] shortest trip by car to where visits of a service are received: booked ones to a book, others to a door."""
    m = len(region.municipalities)
    found = []
    for s, service in enumerate(region.services):
        walk = _shortest(tables.walk_in_start, tables.walk_in_min, s, m)
        book = _shortest(tables.booked_start, tables.booked_min, s, m)
        first, second = (book, walk) if service.visits_booked else (walk, book)
        found.append(tuple(np.where(np.isfinite(first), first, np.where(np.isfinite(second), second, 0.0)).tolist()))
    return tuple(found)


def _shortest(start: np.ndarray, minutes: np.ndarray, service: int, towns: int) -> np.ndarray:
    """[municipality] least minutes among the candidates of a service; infinite where there is none."""
    rows = start[service * towns : (service + 1) * towns + 1]
    return np.array([minutes[a:b].min(initial=np.inf) for a, b in zip(rows[:-1], rows[1:], strict=True)])


def visit_factor(region: Region, cells: Iterable[tuple[int, int, int, float]], tables: Tables, response: TripResponse) -> np.ndarray:
    """[cell] factor on needs that begin with a visit: less `per_hour` for each hour by which the trip is longer.

    People without a car take longer by their factor, so that their extra time is too. Source of the elasticity:
    `travel, trip_suppression_per_extra_hour` of the region. A trip that is not made is a need that does not arise.
    """
    longer_h = (np.array(trips_min(region, tables)) - np.array(response.before_min)) / 60.0
    slower = region.value("travel", "public_transport_time_multiplier", "no_car", 1.0)
    no_car = np.array([region.value("segment", "no_car_share", g.id, 0.0) for g in region.segments])
    return np.array([max(0.0, 1.0 - response.per_hour * longer_h[s, m] * (1.0 + no_car[g] * (slower - 1.0))) for m, g, s, _ in cells])


def shock_of(region: Region, cells: Iterable[tuple[int, int, int, float]], layoff: Layoff) -> np.ndarray:
    """[cell] factor on demand during a lay-off: people of the segment there, with those laid off, over those there before.

    Those laid off need a service so many times as often as others of the segment as `service, layoff_need_ratio` says.
    """
    town = next(i for i, m in enumerate(region.municipalities) if m.name == layoff.municipality)
    segment = next(i for i, g in enumerate(region.segments) if g.id == layoff.segment)
    before = people_of(region, layoff.municipality, layoff.segment)
    ratio = [region.value("service", "layoff_need_ratio", s.id, 1.0) for s in region.services]
    return np.array([(before + layoff.persons * ratio[s]) / before if (m, g) == (town, segment) else 1.0 for m, g, s, _ in cells])


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
    gone = _first(serving, serving, wanted)
    return tuple(p for p in people if p.id not in gone), wanted - len(gone)


def without_first(people: tuple[Person, ...], who: str, n: int) -> tuple[Person, ...]:
    """People without the first n of a role or skill in `removal_order`; as in a cut, the last of a role and skill at a place stays.

    Raises
    ------
    ValueError
        If fewer than n may go.
    """
    gone = _first([p for p in people if p.role != "management"], of_kind(people, who), n)
    if len(gone) < n:
        raise ValueError(f"{len(gone)} of {who} may go, not {n}")
    return tuple(p for p in people if p.id not in gone)


def with_more(people: tuple[Person, ...], who: str, n: int) -> tuple[Person, ...]:
    """People with n posts more of a role or skill, one beside each person in `removal_order`, from its start again where it ends.

    So posts are added in proportion, along the order in which they would go. New persons have numbers and places in the
    rota of their own.

    Raises
    ------
    ValueError
        If there is nobody of that kind beside whom to put them.
    """
    order = removal_order(of_kind(people, who))
    if not order:
        raise ValueError(f"nobody is {who}")
    first, rota = max(p.id for p in people) + 1, max(p.rota for p in people) + 1
    return (*people, *(replace(order[i % len(order)], id=first + i, rota=rota + i) for i in range(n)))


def of_kind(people: Iterable[Person], who: str) -> list[Person]:
    """Customer staff of a role (generalist, specialist) or a skill."""
    return [p for p in people if p.role != "management" and who in (p.role, p.skill)]


def may_go(people: tuple[Person, ...], who: str) -> int:
    """How many of a role or skill may go before only the last at each place are left."""
    some = of_kind(people, who)
    return len(_first([p for p in people if p.role != "management"], some, len(some)))


def _first(serving: list[Person], candidates: list[Person], wanted: int) -> set[int]:
    """Numbers of the first of the candidates in the order of removal that may go, at most so many."""
    left = Counter((place, p.role, p.skill) for p in serving for place in set(p.place) if place)
    gone: set[int] = set()
    for person in removal_order(candidates):
        posts = [(place, person.role, person.skill) for place in set(person.place) if place]
        if len(gone) < wanted and all(left[post] > 1 for post in posts):
            gone.add(person.id)
            left.subtract(posts)
    return gone
