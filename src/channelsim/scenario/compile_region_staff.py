"""What a region's `staff.yaml` makes of people, pools and pairs, in one office model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from channelsim.scenario import tables as T
from channelsim.scenario.region import WEEKDAYS, Interval, OfficeModel, Person, Region
from channelsim.scenario.region_roster import Habits, Row, months_of
from channelsim.scenario.region_staff import Learning, Meeting, StaffBreak, VisitingDay, own_skill
from channelsim.units import NEVER, WEEK_MIN, on_grid

if TYPE_CHECKING:
    from channelsim.scenario.compile import Draft
    from channelsim.scenario.world import World

WORKDAYS = 5
LEARNED_AT = 0.001  # of the handling time: less is nothing
MOST_WEEKS = 520
CHANNELS = ("phone", "web", "visit", "check", "casework")


@dataclass(frozen=True)
class Visits:
    """Who spends which weekday at another point."""

    staff: tuple[Person, ...]  # everybody, with the places of visiting days
    trip_min: Mapping[tuple[int, int], float] = field(default_factory=dict)  # (person, weekday) -> minutes one way
    home: Mapping[int, str] = field(default_factory=dict)  # of those who visit
    unmanned: tuple[VisitingDay, ...] = ()  # nobody in the office has the skill, or is free that day


def with_visiting_days(region: Region, model: OfficeModel, staff: tuple[Person, ...]) -> Visits:
    """Send a named person, or the nearest with the skill, to each point on its visiting days (decisions 24)."""
    town = {m.name: i for i, m in enumerate(region.municipalities)}
    office = {p.name: p.office for p in model.points}
    by_id = {p.id: p for p in staff}
    trips: dict[tuple[int, int], float] = {}
    home: dict[int, str] = {}
    unmanned = []
    for day in (v for v in region.staff.visiting_days if model.name in v.models and v.point in office):
        minutes = {p.id: float(region.travel_min[town[p.place[day.weekday]], town[day.point]]) for p in by_id.values()
                   if can_visit(p, day, office) and (p.id, day.weekday) not in trips}  # fmt: skip
        if not minutes:
            unmanned.append(day)
            continue
        who = min(minutes, key=lambda i: (minutes[i], i))
        person = by_id[who]
        home.setdefault(who, person.place[day.weekday])
        trips[who, day.weekday] = on_grid(minutes[who])
        by_id[who] = replace(person, place=(*person.place[: day.weekday], day.point, *person.place[day.weekday + 1 :]))
    return Visits(tuple(by_id[p.id] for p in staff), trips, home, tuple(unmanned))


def can_visit(person: Person, day: VisitingDay, office: Mapping[str, str]) -> bool:
    """Does a person hold the skill, work on that day in the point's office, and not at the point itself?"""
    place = person.place[day.weekday] if day.weekday < len(person.place) else ""
    if person.role != "specialist" or person.skill != day.skill or day.person not in (None, person.id):
        return False
    return place not in ("", day.point) and office.get(place) == office[day.point]


def skills_of(region: Region, person: Person) -> str:
    """The word for what a person can do, by which pools are told apart."""
    return region.staff.skills_of(person.id, person.skill) if person.role == "specialist" else person.skill


def hours_of(region: Region, person: Person, visits: Visits) -> list[Interval | None]:
    """Hours of a person at the place by weekday: the shift or part of it, without the way to a visiting day."""
    own = next((p.hours for p in region.staff.part_time if person.id in p.persons), (region.shift,) * WORKDAYS)
    week: list[Interval | None] = []
    for weekday in range(len(WEEKDAYS)):
        hours = own[weekday] if weekday < WORKDAYS else region.shift
        trip = visits.trip_min.get((person.id, weekday), 0.0)
        week.append(None if hours is None else (hours[0] + trip, hours[1] - trip))
    return week


def known_beforehand(region: Region, absence_share: float) -> float:
    """Share of days away by the rota, where the rest of the absence is drawn: both together are away as often as before."""
    drawn = region.staff.absence
    return absence_share if drawn is None else max(0.0, 1.0 - (1.0 - absence_share) / (1.0 - drawn.share))


def breaks_of(breaks: Iterable[StaffBreak], rota: int) -> tuple[Row, ...]:
    """Breaks of one person: groups go one after another."""
    return tuple((b.at_min + rota % b.groups * b.length_min, b.length_min) for b in breaks)


def duties_left(duty_share: float, breaks: Iterable[StaffBreak], meetings: Iterable[Meeting], shift_min: float) -> float:
    """Share of the shift for other duties in blocks: breaks and meetings of an average day are part of them."""
    taken = sum(b.length_min for b in breaks) + sum(m.length_min / m.every_weeks / WORKDAYS for m in meetings)
    return max(0.0, duty_share - taken / shift_min)


def meetings_of(region: Region, place: str) -> list[Meeting]:
    """Meetings of the people of a place."""
    return [m for m in region.staff.meetings if not m.places or place in m.places]


def habits_of(draft: Draft, persons: list[Person | None]) -> Habits | None:
    """Days of all persons, in the order of the world; None for those who are not the region's. None if nobody has any."""
    region, visits = draft.region, draft.visits
    if not region.staff.roster_changes:
        return None
    breaks: list[tuple[Row, ...]] = []
    meetings: list[tuple[tuple[int, int, Row], ...]] = []
    trip_min = np.zeros((len(persons), len(WEEKDAYS)))
    for i, person in enumerate(persons):
        breaks.append(() if person is None else breaks_of(region.staff.breaks, person.rota))
        mine: list[tuple[int, int, Row]] = []
        for weekday, place in enumerate(person.place if person is not None else ()):
            mine += [(weekday, m.every_weeks, (m.at_min, m.length_min)) for m in meetings_of(region, place)
                     if place and m.weekday == weekday]  # fmt: skip
            trip_min[i, weekday] = visits.trip_min.get((person.id, weekday), 0.0) if person is not None else 0.0
        meetings.append(tuple(mine))
    ids = np.array([-1 if p is None else p.id for p in persons], np.int64)
    months = months_of(region.first_monday, draft.builder.n_days)
    return Habits(ids, region.staff.absence, months, tuple(breaks), tuple(meetings), trip_min)


def apply_speeds(draft: Draft) -> None:
    """Factors on the handling times of pairs, for pools and channels that they name."""
    words = {number: key for key, number in draft.pool_of.items()}  # (place, role, skill)
    for pair in draft.builder.pairs.values():
        place, role, skill = words[pair.pool]
        number = draft.builder.classes[pair.of_class].channel
        channel = CHANNELS[number] if number < len(CHANNELS) else "phone"  # a call back is a call
        for s in draft.region.staff.speeds:
            given = ((s.place, place), (s.role, role), (s.skill, own_skill(skill)), (s.channel, channel))
            if all(not want or want == have for want, have in given):
                pair.scale *= s.factor


def learning_curve(learning: Learning | None) -> np.ndarray:
    """[week since the move] factor on the handling time; the last is 1."""
    if learning is None:
        return np.ones(1)
    factors = []
    for week in range(MOST_WEEKS):
        extra = learning.extra * 0.5 ** (week / learning.half_life_weeks)
        if extra < LEARNED_AT:
            break
        factors.append(1.0 + extra)
    return np.array([*factors, 1.0])


def came_at(draft: Draft, persons: list[Person | None]) -> np.ndarray:
    """[person] minute at which those came whose place is not that of the baseline's network; NEVER for the others."""
    learning, region = draft.region.staff.learning, draft.region
    if learning is None or draft.model.name == region.baseline[0]:
        return np.full(len(persons), NEVER)
    baseline = region.office_models[region.baseline[0]]
    before = {p.id: p.place for p in baseline.staff.get(draft.split, ())}
    moved = [p is not None and before.get(p.id) is not None and draft.usual_place[p.id] != before[p.id] for p in persons]
    return np.where(moved, learning.from_week * WEEK_MIN, NEVER)


def learning_tables(draft: Draft, persons: list[Person | None]) -> dict[str, np.ndarray]:
    """Tables of what is slower after a move."""
    return {"came_at": came_at(draft, persons), "slower": learning_curve(draft.region.staff.learning)}


def room_advisers(draft: Draft, names: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Who takes customers to the video room: the first adviser of the point, for each appointment book."""
    person = {name: i for i, name in enumerate(names)}
    rows = [T.NONE if b.room is None else person.get(f"adviser 1 {b.room.point}", T.NONE) for b in draft.builder.books]
    return {"book_adviser": np.array(rows, np.int64)}


def learns(options: np.ndarray, draft: Draft) -> np.ndarray:
    """The options of a world, with learning if there is any."""
    options[T.LEARNING] = float(draft.region.staff.learning is not None)
    options[T.VIDEO_INTRO_MIN] = draft.region.staff.video_intro_min
    return options


def with_moves(before: World, after: World, week: int) -> World:
    """The world that follows another at a dated change: whoever comes to another place then has to learn from that day on.

    Who moved at an earlier change goes on learning from there.
    """
    if after.tables.options[T.LEARNING] == 0.0:
        return after
    was = {name: i for i, name in enumerate(before.names.persons)}
    came = np.full(len(after.names.persons), NEVER)
    for i, name in enumerate(after.names.persons):
        if name in was and is_staff(after, i):
            moved = places(after, i) != places(before, was[name])
            came[i] = week * WEEK_MIN if moved else before.tables.came_at[was[name]]
    return replace(after, tables=after.tables.replaced(came_at=came))


def is_staff(world: World, person: int) -> bool:
    """Is a person one of the region's staff, who keep their number in all office models?"""
    return world.names.persons[person].startswith("person ")


def places(world: World, person: int) -> list[int | str]:
    """Names of a person's places by weekday."""
    pools = world.tables.pools.reshape(-1, T.POOL_WIDTH)
    return ["" if p == T.NONE else world.names.places[pools[p, T.PLACE]] for p in world.people.pool[person].tolist()]
