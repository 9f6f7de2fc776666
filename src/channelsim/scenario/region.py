"""A region as frozen values: municipalities, points, people, services, customers.

Nothing here knows files, chance or time passing. `config` makes these values,
`scenario.compile` turns one office model and one strategy of them into a `World`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from channelsim.scenario.region_staff import NO_HABITS, RegionStaff

if TYPE_CHECKING:
    from channelsim.scenario.policy import Policy
    from channelsim.scenario.steering import Steering

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Interval = tuple[float, float]  # minutes after midnight: (opens, closes)
Week = tuple[Interval | None, ...]  # seven entries, Monday first; None is closed


@dataclass(frozen=True, slots=True)
class Parameter:
    """One figure of the world with its range, unit and evidence."""

    group: str
    name: str
    key: str
    unit: str
    low: float
    base: float
    high: float
    cv: float | None
    applies_to: tuple[str, ...]
    grade: str
    source: str
    note: str


@dataclass(frozen=True, slots=True)
class Delay:
    """A customer's or case's delay: distribution name and mean in minutes, with its range."""

    name: str
    distribution: str
    mean_min: float
    cv: float | None
    grade: str
    source: str
    low_min: float | None = None
    high_min: float | None = None


@dataclass(frozen=True, slots=True)
class Municipality:
    name: str
    population: int
    unemployed: float
    settlement_class: str
    foreign_language_pct: float
    grade: str
    source: str


@dataclass(frozen=True, slots=True)
class Service:
    id: str
    name: str
    tier: str  # minimum | concentrated | national
    skill: str  # "any" or the skill that expertise in it takes
    visits_booked: bool
    at_joint_points: bool


@dataclass(frozen=True, slots=True)
class Segment:
    id: str
    title: str
    kind: str  # jobseeker | employer


@dataclass(frozen=True, slots=True)
class Point:
    """A service point of one office model: staffed, joint, or joint_visiting."""

    name: str
    office: str
    kind: str
    advisers_fte: float
    under_ten: bool
    hours: Week


@dataclass(frozen=True, slots=True)
class Person:
    """One of the region's staff; `place` by weekday, Monday to Friday ('' = not at work)."""

    id: int
    role: str  # generalist | specialist | management
    skill: str
    place: tuple[str, ...]
    released: bool
    rota: int


@dataclass(frozen=True, slots=True)
class ServedBy:
    """One row of the service map: for the customers of `area`, `how` is answered at `place`."""

    service: str
    area: str
    how: str  # line | booked
    place: str  # office, point, or "*" for the whole region


@dataclass(frozen=True, slots=True)
class OfficeModel:
    name: str
    points: tuple[Point, ...]
    office_of: Mapping[str, str]  # municipality -> office
    staff: Mapping[str, tuple[Person, ...]]  # staffing split -> people
    service_map: tuple[ServedBy, ...]
    made_from: str = ""  # of a model that no file gives: what it was made from, part of the digest of its worlds

    @property
    def offices(self) -> tuple[str, ...]:
        """Offices in the order of their first point."""
        return tuple(dict.fromkeys(point.office for point in self.points))


@dataclass(frozen=True, slots=True)
class Appointments:
    """The slot grid of one skill."""

    skill: str
    slot_min: float
    first_slot_min: float
    last_slot_min: float
    bookable_share: float
    notice_min: float
    horizon_working_days: int
    hold_before_min: float
    reserved_share: float = 0.0


@dataclass(frozen=True, slots=True)
class NationalLine:
    pool: str
    persons: int
    services: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Strategy:
    """How customers are steered (channel part) and who serves them first (customer part)."""

    name: str
    title: str
    web_preference: str
    phone_preference_increment: float | str
    advice_answered_on_web: bool
    triage: bool
    help_after_min: float
    small_point_backup: bool
    first_line: Mapping[str, str]  # service (or "default") -> generalist | specialist
    routing: Steering | None = None  # the order of work, and what is otherwise in some hours
    policy: Policy | None = None  # of one's own, in place of the lists that the above gives


@dataclass(frozen=True, slots=True)
class Target:
    measure: str
    target: float
    unit: str


@dataclass(frozen=True)
class Region:
    """Everything about one region that does not depend on the alternative."""

    name: str
    title: str
    first_monday: dt.date
    weeks_per_year: int
    currency: str
    staffing_split: str
    shift: Interval
    phone_hours: Week
    national_hours: Week
    closed_days: Mapping[dt.date, str]
    municipalities: tuple[Municipality, ...]
    services: tuple[Service, ...]
    segments: tuple[Segment, ...]
    segment_service: Mapping[tuple[str, str], float]
    municipality_segment: Mapping[tuple[str, str], float]
    parameters: Mapping[tuple[str, str, str], Parameter]
    delays: Mapping[str, Delay]
    appointments: Mapping[str, Appointments]
    national_lines: tuple[NationalLine, ...]
    targets: tuple[Target, ...]
    travel_km: np.ndarray  # [municipality, municipality]
    travel_min: np.ndarray
    office_models: Mapping[str, OfficeModel]
    baseline: tuple[str, str]  # office model, strategy
    invariants: Mapping[str, object]
    digest: str  # of every byte that was read
    web_outages: tuple[tuple[float, float], ...] = ()  # minutes after the first Monday: begin and end of each
    staff: RegionStaff = NO_HABITS  # how people work beyond places and hours

    def value(self, group: str, name: str, key: str, default: float | None = None) -> float:
        """The base value of a parameter; `default` where the region does not give it."""
        found = self.parameters.get((group, name, key))
        if found is not None:
            return found.base
        if default is None:
            raise KeyError(f"parameter {group}, {name}, {key} is not in the region {self.name}")
        return default

    def cv(self, group: str, name: str, key: str, default: float) -> float:
        """Coefficient of variation of a duration parameter."""
        found = self.parameters.get((group, name, key))
        return default if found is None or found.cv is None else found.cv

    def keys(self, group: str, name: str) -> tuple[str, ...]:
        """Keys under which a parameter is given, in file order."""
        return tuple(key for g, n, key in self.parameters if g == group and n == name)

    def __repr__(self) -> str:
        unemployed = sum(m.unemployed for m in self.municipalities)
        return (
            f"Region({self.name}: {len(self.municipalities)} municipalities, {unemployed:,.0f} unemployed, "
            f"{len(self.services)} services, office models {', '.join(self.office_models)})"
        )
