"""From a region, one of its office models and a strategy to a world that can be run.

The story in order: hours, people and pools; who answers what (`compile_routing`); whose needs arise
(`compile_demand`); and how customers behave (`compile_customers`). Every figure comes from the region.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, field, replace

import numpy as np

from channelsim.scenario import tables as T
from channelsim.scenario.build import Builder, Pool
from channelsim.scenario.compile_coming import none_of_it
from channelsim.scenario.compile_customers import customer_tables, more_tables
from channelsim.scenario.compile_demand import cell_means, region_demand
from channelsim.scenario.compile_region_staff import (
    Visits,
    apply_speeds,
    duties_left,
    habits_of,
    hours_of,
    known_beforehand,
    learning_tables,
    learns,
    meetings_of,
    room_advisers,
    skills_of,
    with_visiting_days,
)  # fmt: skip
from channelsim.scenario.compile_routing import build_routing
from channelsim.scenario.futures import AbsenceWave, Layoff, TripResponse, after_cut, visit_factor, with_more, without_first
from channelsim.scenario.policy_tables import apply_policy
from channelsim.scenario.region import WEEKDAYS, OfficeModel, Person, Region, Strategy
from channelsim.scenario.region_features import Features, features_of
from channelsim.scenario.region_staff import HAND_OVER, own_skill, skills_beside
from channelsim.scenario.steering import steer
from channelsim.scenario.tables import NONE, Tables
from channelsim.scenario.world import Names, People, World
from channelsim.units import NEVER

PHONE, WEB, VISIT, CHECK, CASEWORK, CALL_BACK, CHASER = range(7)
CHANNELS = ("phone", "web", "visit", "check", "casework")
MORE_CHANNELS = ("call back", "chaser")  # of regions that have such contacts
WAIT_KINDS = ("phone_wait_min", "walk_in_wait_min", "late_start_min", "appointment_lead_days", "web_response_days",
              "casework_age_days")  # fmt: skip
WAIT_UNITS = (1.0, 1.0, 1.0, 1440.0, 1440.0, 1440.0)
MORE_WAITS = ("call_back_wait_days",)  # from the moment at which somebody could be called back
SPARE_DAYS = 98  # calendars reach this far beyond the last week, for appointments and shut days


@dataclass(frozen=True)
class Factors:
    """What a study may change beside office model, strategy and the figures of both (`scenario.overrides`)."""

    staffing_split: str = ""  # "": the region's default
    released_posts: str = "kept"  # kept | to_generalists | cut
    demand_scale: float = 1.0
    web_preference_scale: float = 1.0
    # what came later is told in digests only where it is used: digests of worlds that do without it stay as they were
    staff_scale: float = field(default=1.0, repr=False)
    web_adoption: float = field(default=1.0, repr=False)  # part of the way from the web preference of before to the strategy's
    layoff: Layoff | None = field(default=None, repr=False)
    absence_wave: AbsenceWave | None = field(default=None, repr=False)
    trip_response: TripResponse | None = field(default=None, repr=False)
    staff_removed: tuple[tuple[str, int], ...] = field(default=(), repr=False)  # (role or skill, persons) by the order of removal
    staff_added: tuple[tuple[str, int], ...] = field(default=(), repr=False)  # (role or skill, persons) beside those of that order

    @property
    def later(self) -> str:
        """Text of the later factors that are used."""
        names = ("staff_scale", "web_adoption", "layoff", "absence_wave", "trip_response", "staff_removed", "staff_added")
        usual = Factors()
        return "".join(f"|{n}={getattr(self, n)!r}" for n in names if getattr(self, n) != getattr(usual, n))


@dataclass
class Draft:
    """A world under construction: what the parts of the compiler share."""

    region: Region
    model: OfficeModel
    strategy: Strategy
    builder: Builder
    staff: tuple[Person, ...]
    place_number: dict[str, int]
    place_calendar: dict[str, int]
    pool_of: dict[tuple[str, str, str], int]  # (place, role, skills) -> pool
    pool_sizes: np.ndarray
    notes: list[str]
    features: Features = field(default_factory=Features)
    split: str = ""
    visits: Visits = field(default_factory=lambda: Visits(()))
    usual_place: dict[int, tuple[str, ...]] = field(default_factory=dict)  # of persons, without their visiting days

    @property
    def channels(self) -> tuple[str, ...]:
        """Names of the channels, those that few regions have among them."""
        return CHANNELS + MORE_CHANNELS if self.features.calls_back or self.features.chases else CHANNELS

    @property
    def wait_kinds(self) -> tuple[str, ...]:
        """Names of the kinds of waits, likewise."""
        return WAIT_KINDS + MORE_WAITS if len(self.channels) > len(CHANNELS) else WAIT_KINDS

    def pools(self, places: set[str], role: str, skill: str | None = None) -> list[int]:
        """Pools of a role (and, as their own, a skill) at some places, in pool order."""
        here = [(k, number) for (place, r, k), number in self.pool_of.items() if place in places and r == role]
        return sorted(number for k, number in here if skill is None or own_skill(k) == skill)

    def seconds(self, places: set[str], skill: str) -> list[int]:
        """Pools of specialists at some places who hold a skill beside their own, in pool order."""
        return sorted(number for (place, _, k), number in self.pool_of.items() if place in places and skill in skills_beside(k))

    def places_of(self, office_or_place: str) -> set[str]:
        """Staffed places meant by an office, a point, or "*"."""
        staffed = [p for p in self.model.points if p.kind == "staffed"]
        return {p.name for p in staffed if office_or_place in ("*", p.office, p.name)}


def compile_world(
    region: Region,
    model: OfficeModel,
    strategy: Strategy,
    n_weeks: int,
    factors: Factors | None = None,
    rosters: dict[object, object] | None = None,
) -> World:
    """The world of one alternative.

    Parameters
    ----------
    region, model, strategy
        What `config` has read.
    n_weeks : int
        Weeks that will be run; calendars reach a little further.
    factors : Factors, optional
        Other factors of the study.
    rosters : dict, optional
        Where rosters are kept once made: worlds of one office model and split may share it.
    """
    factors = factors or Factors()
    n_days = n_weeks * 7 + SPARE_DAYS
    closed = np.array([region.first_monday + dt.timedelta(days=d) in region.closed_days for d in range(n_days)])
    builder = Builder(n_days, closed)
    draft = _draft(region, model, strategy, builder, factors)
    people, person_names, persons = _people(draft, closed)
    if factors.absence_wave is not None:
        wave = factors.absence_wave
        people = replace(people, wave_absence_share=wave.share, wave_weeks=(wave.from_week, wave.from_week + wave.weeks))
    entries = build_routing(draft)
    apply_speeds(draft)
    if strategy.routing is not None:
        steer(builder, strategy.routing, strategy.help_after_min, CHANNELS, draft.pool_sizes.tolist())
    if strategy.policy is not None:
        name, places = f"{model.name} x {strategy.name}", tuple(draft.place_number)
        apply_policy(builder, strategy.policy, name, draft.channels, places, draft.pool_sizes.tolist())
    demand = region_demand(region, n_days, factors.demand_scale, factors.layoff)
    customers = customer_tables(draft, factors.web_preference_scale, factors.web_adoption)
    more = more_tables(draft)  # before the table of distributions is made
    learns(customers["options"], draft)
    tables = Tables(
        customers=1,
        extras=int(draft.features.needs_kernels),
        bare=0,
        sizes=_sizes(draft, n_days, len(demand.weekly_mean)),
        distribution=builder.table_of_distributions(),
        curves=np.zeros(1),
        wait_unit_min=np.array(WAIT_UNITS + (1440.0,) * (len(draft.wait_kinds) - len(WAIT_UNITS))),
        **builder.routing(draft.pool_sizes),
        **builder.consequences(),
        **builder.hours(),
        **builder.appointment_books(),
        **customers,
        **(
            none_of_it(len(draft.channels), len(region.services))
            | more
            | learning_tables(draft, persons)
            | entries
            | room_advisers(draft, person_names)
        ),
        cell_municipality=demand.municipality,
        cell_segment=demand.segment,
        cell_service=demand.service,
    )
    if factors.trip_response is not None:
        demand = replace(demand, visit_factor=visit_factor(region, cell_means(region), tables, factors.trip_response))
    return World(
        name=f"{model.name} x {strategy.name}",
        tables=tables,
        demand=demand,
        people=people,
        names=Names(
            classes=tuple(c.name for c in builder.classes),
            pools=tuple(p.name for p in builder.pools),
            channels=draft.channels,
            services=tuple(s.id for s in region.services),
            segments=tuple(s.id for s in region.segments),
            municipalities=tuple(m.name for m in region.municipalities),
            places=tuple(draft.place_number),
            wait_kinds=draft.wait_kinds,
            persons=person_names,
        ),
        pool_office=tuple(p.office for p in builder.pools),
        bookable_share=np.array([b.share for b in builder.books]),
        book_open=_book_open(draft, tables, n_days),
        book_room=np.array([b.room is not None for b in builder.books], bool),
        closing_cut_min=np.array([cut for _, _, cut in builder.calendars]),
        first_monday=region.first_monday,
        n_weeks=n_weeks,
        digest=_digest(region, model, strategy, factors, n_weeks),
        notes=tuple(draft.notes),
        table_steps=builder.table_steps,
        policy=strategy.policy,
        cache={} if rosters is None else rosters,
    )


def _draft(region: Region, model: OfficeModel, strategy: Strategy, builder: Builder, factors: Factors) -> Draft:
    """Pools by place, role and skill, with the people that man them."""
    split = factors.staffing_split or region.staffing_split
    if split not in model.staff:
        raise KeyError(f"staffing split {split!r} is not in the office model {model.name}")
    staff = []
    everybody, kept = after_cut(model.staff[split], factors.staff_scale) if factors.staff_scale < 1.0 else (model.staff[split], 0)
    for who, n in factors.staff_removed:
        everybody = without_first(everybody, who, n)
    for who, n in factors.staff_added:
        everybody = with_more(everybody, who, n)
    for person in everybody:
        if person.role == "management":
            if not (person.released and factors.released_posts == "to_generalists"):
                continue
            person = Person(person.id, "generalist", "", person.place, False, person.rota)
        staff.append(person)
    visits = with_visiting_days(region, model, tuple(staff))
    usual_place = {p.id: p.place for p in staff}
    staff = list(visits.staff)
    place_number = {p.name: i for i, p in enumerate(model.points)}
    place_calendar = {p.name: builder.calendar(p.hours) for p in model.points}
    office_of_place = {p.name: p.office for p in model.points}
    words = {p.id: skills_of(region, p) for p in staff}
    wanted = {(place, p.role, words[p.id]) for p in staff for place in p.place if place}
    order = {name: i for i, name in enumerate(place_number)}
    pool_of: dict[tuple[str, str, str], int] = {}
    sizes: list[int] = []
    skills = sorted({s.skill for s in region.services})
    for place, role, skill in sorted(wanted, key=lambda w: (order[w[0]], w[1], w[2])):
        pool_of[place, role, skill] = builder.add_pool(
            name=f"{skill or role} {place}",
            role=T.ROLES.index(role),
            skill=skills.index(own_skill(skill)) if own_skill(skill) in skills else NONE,
            place=place_number[place],
            office=office_of_place[place],
            hands_over=region.staff.at_shift_end == HAND_OVER,
        )
        sizes.append(sum(1 for p in staff if (p.role, words[p.id]) == (role, skill) and place in p.place))
    for point in model.points:
        if point.advisers_fte > 0:
            pool_of[point.name, "adviser", ""] = builder.add_pool(
                name=f"adviser {point.name}", role=T.ADVISER, place=place_number[point.name], office=point.office
            )
            sizes.append(max(1, round(point.advisers_fte)))
    for line in region.national_lines:
        pool_of["", "national", line.pool] = builder.add_pool(name=f"{line.pool} line", role=T.NATIONAL, office="")
        sizes.append(line.persons)
    notes = [f"{kept} posts of the staff cut stay: each is the last of its role and skill at its place"] if kept else []
    notes += [f"nobody of the office can visit {v.point} on {WEEKDAYS[v.weekday]} for {v.skill}" for v in visits.unmanned]
    return Draft(region, model, strategy, builder, tuple(staff), place_number, place_calendar, pool_of, np.array(sizes), notes,
                 features_of(region), split, visits, usual_place)  # fmt: skip


def _people(draft: Draft, closed: np.ndarray) -> tuple[People, tuple[str, ...], list[Person | None]]:
    """Weekly rosters of the region's staff, the municipal advisers and the national line."""
    region = draft.region
    absence, duties = region.value("staff", "absence_share", "all"), 1.0 - region.value("staff", "contact_work_share", "all")
    absence, shift_min = known_beforehand(region, absence), region.shift[1] - region.shift[0]
    pool, start, end, rota, away, duty, names = [], [], [], [], [], [], []
    persons: list[Person | None] = []

    def add(
        name: str, pools: list[int], hours: list[tuple[float, float]], number: int, off: float, other: float, who: Person | None = None
    ) -> None:
        persons.append(who)
        names.append(name)
        pool.append(pools)
        start.append([h[0] for h in hours])
        end.append([h[1] for h in hours])
        rota.append(number)
        away.append(off)
        duty.append(other)

    for person in sorted(draft.staff, key=lambda p: p.id):
        at = [draft.pool_of[place, person.role, skills_of(region, person)] if place else NONE for place in person.place]
        at += [NONE] * (7 - len(at))
        week = hours_of(region, person, draft.visits)
        at = [NONE if hours is None else p for p, hours in zip(at, week, strict=True)]
        meetings = meetings_of(region, next((place for place in person.place if place), ""))
        left = duties_left(duties, region.staff.breaks, meetings, shift_min)
        add(f"person {person.id}", at, [h or (0.0, 0.0) for h in week], person.rota, absence, left, person)
    for point in draft.model.points:
        for number in range(max(1, round(point.advisers_fte)) if point.advisers_fte > 0 else 0):
            at = [draft.pool_of[point.name, "adviser", ""] if h else NONE for h in point.hours]
            add(f"adviser {number + 1} {point.name}", at, [h or (0.0, 0.0) for h in point.hours], number, 0.0, 0.0)
    for line in region.national_lines:
        number_of_pool = draft.pool_of["", "national", line.pool]
        for number in range(line.persons):
            at = [number_of_pool if h else NONE for h in region.national_hours]
            add(f"{line.pool} {number + 1}", at, [h or (0.0, 0.0) for h in region.national_hours], number, 0.0, 0.0)
    n = len(names)
    return (
        People(
            np.array(pool, np.int64), np.array(start), np.array(end), np.array(rota, np.int64), np.array(away),
            np.array(duty), np.zeros(n, bool), np.zeros(n, bool), closed, habits=habits_of(draft, persons),
        ),
        tuple(names),
        persons,
    )  # fmt: skip


def _sizes(draft: Draft, n_days: int, n_cells: int) -> np.ndarray:
    sizes = np.zeros(T.N_SIZES, np.int64)
    region, builder = draft.region, draft.builder
    sizes[[T.N_CLASSES, T.N_POOLS, T.N_CHANNELS]] = len(builder.classes), len(builder.pools), len(draft.channels)
    sizes[[T.N_SERVICES, T.N_SEGMENTS]] = len(region.services), len(region.segments)
    sizes[[T.N_MUNICIPALITIES, T.N_DAYS]] = len(region.municipalities), n_days
    sizes[T.SERIAL_BITS] = T.serial_bits_for(n_cells)
    sizes[[T.N_BOOKS, T.N_WAIT_KINDS]] = len(builder.books), len(draft.wait_kinds)
    sizes[[T.PHONE, T.VISIT, T.WEB, T.CHECK, T.CASEWORK_CHANNEL]] = PHONE, VISIT, WEB, CHECK, CASEWORK
    more = len(draft.channels) > len(CHANNELS)
    sizes[[T.CALL_BACK, T.CHASER]] = (CALL_BACK, CHASER) if more else (NONE, NONE)
    return sizes


def _book_open(draft: Draft, tables: Tables, n_days: int) -> np.ndarray:
    """Which days each appointment book has slots: when the doors of its pool's place are open."""
    rows = []
    names = list(draft.place_number)
    for book in draft.builder.books:
        calendar = draft.place_calendar[book.room.point if book.room else names[draft.builder.pools[book.pool].place]]
        is_open = tables.calendar_open[calendar * n_days : (calendar + 1) * n_days] < NEVER
        linked = np.isin(np.arange(n_days) % 7, book.room.weekdays) if book.room else np.ones(n_days, bool)
        rows.append(is_open & linked)
    return np.array(rows, bool).reshape(len(rows), n_days)


def _digest(region: Region, model: OfficeModel, strategy: Strategy, factors: Factors, n_weeks: int) -> str:
    text = f"{region.digest}|{model.name}|{strategy!r}|{factors!r}|{n_weeks}{factors.later}"
    text += f"|made from {model.made_from}" if model.made_from else ""
    return hashlib.sha256(text.encode()).hexdigest()


__all__ = ["AbsenceWave", "Draft", "Factors", "Layoff", "Pool", "TripResponse", "compile_world"]
