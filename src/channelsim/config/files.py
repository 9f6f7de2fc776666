"""The files of a region folder, row by row: what each column means and which values it takes."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator, model_validator

from channelsim.config.lines import Strict

Grade = Literal["sourced", "derived", "recalled", "estimated"]
Share = Annotated[float, Field(ge=0.0, le=1.0)]
LONGEST_MIN = 1e7  # a thousand weeks: nothing in a run lasts longer
LARGEST_TARGET_MIN = 100.0  # the histogram of waits ends just above it
NotNegative = Annotated[float, Field(ge=0.0, le=1e9)]
Minutes = Annotated[float, Field(ge=0.0, le=LONGEST_MIN)]
Variation = Annotated[float, Field(gt=0.0, le=10.0)]  # a coefficient of variation
Count = Annotated[int, Field(ge=0, le=1_000_000)]
Seed = Annotated[int, Field(ge=0, lt=1 << 63)]
Name = Annotated[str, Field(min_length=1, max_length=1000)]
FileName = Annotated[
    str, Field(min_length=1, max_length=200, pattern=r"^[^/\\]+$")
]  # a name: what a file says may not lead out of its folder
Date = Annotated[dt.date, Field(ge=dt.date(1900, 1, 1), le=dt.date(2200, 1, 1))]
LARGEST_BY_UNIT = {
    "share": 1.0, "share points": 1.0, "min": 100_000.0, "h": 10_000.0, "cv": 10.0, "ratio": 1000.0, "1/yr": 1000.0,
    "contacts/person/year": 1000.0, "contacts/case": 100.0, "1/case/day": 100.0, "contacts/case/day": 100.0,
}  # fmt: skip
Flag = Annotated[int, Field(ge=0, le=1)]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def minutes_of(clock: object) -> float:
    """Minutes after midnight from `HH:MM`."""
    if isinstance(clock, int | float):
        raise ValueError("is not a clock time: write it in quotes as HH:MM")
    hours, _, minutes = str(clock).partition(":")
    if not (hours.isdigit() and minutes.isdigit() and int(hours) <= 24 and int(minutes) < 60 and len(minutes) == 2):
        raise ValueError("is not a clock time HH:MM")
    value = int(hours) * 60.0 + int(minutes)
    if value > 1440.0:
        raise ValueError("is later than 24:00")
    return value


Clock = Annotated[float, BeforeValidator(minutes_of)]


class Graded(Strict):
    grade: Grade
    source: str = ""
    note: str = ""


class MunicipalityRow(Graded):
    municipality: Name
    code: str = ""
    population: Annotated[int, Field(ge=0, le=100_000_000)]
    unemployed: NotNegative
    settlement_class: Name
    foreign_language_pct: Annotated[float, Field(ge=0, le=100)] = 0.0
    lat: Annotated[float, Field(ge=-90.0, le=90.0)] = 0.0
    lon: Annotated[float, Field(ge=-180.0, le=180.0)] = 0.0

    @field_validator("unemployed")
    @classmethod
    def of_the_people(cls, value: float, info: ValidationInfo) -> float:
        if value > info.data.get("population", value):
            raise ValueError(f"is larger than the population, {info.data['population']}")
        return value


class ServiceRow(Graded):
    service: Name
    name: Name
    tier: Literal["minimum", "concentrated", "national"]
    skill: Name
    visits_booked: Flag
    offered_at_joint_points: Flag


class SegmentRow(Graded):
    segment: Name
    title: Name
    customer_kind: Literal["jobseeker", "employer"]


class SegmentServiceRow(Graded):
    segment: Name
    service: Name
    weight: NotNegative


class MunicipalitySegmentRow(Graded):
    municipality: Name
    segment: Name
    share: Share


class ParameterRow(Graded):
    group: Name
    parameter: Name
    key: Name
    unit: Name
    low: NotNegative
    base: NotNegative
    high: NotNegative
    distribution: str = ""
    cv: Variation | None = None
    applies_to: str = ""

    @field_validator("base", "high")
    @classmethod
    def ordered(cls, value: float, info: ValidationInfo) -> float:
        before = "low" if info.field_name == "base" else "base"
        if before in info.data and value < info.data[before]:
            raise ValueError(f"is smaller than {before} = {info.data[before]:g}: low <= base <= high must hold")
        unit = str(info.data.get("unit"))
        if info.field_name == "high" and value > LARGEST_BY_UNIT.get(unit, value):
            kind = "a share" if unit.startswith("share") else f"a figure in {unit!r}"
            raise ValueError(f"{kind} cannot be larger than {LARGEST_BY_UNIT[unit]:g}")
        return value


class DelayRow(Graded):
    delay: Name
    distribution: Literal["deterministic", "exponential", "lognormal", "uniform"]
    mean_min: Minutes
    cv: Variation | None = None
    low: Minutes | None = None
    high: Minutes | None = None

    @model_validator(mode="after")
    def ordered(self) -> DelayRow:
        if self.distribution == "lognormal" and self.cv is None:
            raise ValueError("lognormal needs cv, its coefficient of variation")
        if (self.low or 0.0) > self.mean_min or (self.high is not None and self.high < self.mean_min):
            raise ValueError(f"low <= mean_min <= high does not hold: {self.low}, {self.mean_min}, {self.high}")
        return self


class OfficeAreaRow(Graded):
    model: Name
    municipality: Name
    office: Name


class PointRow(Graded):
    model: Name
    point: Name
    office: Name
    kind: Literal["staffed", "joint", "joint_visiting"]
    advisers_fte: Annotated[float, Field(ge=0.0, le=1000.0)]
    under_ten: Flag


class HoursRow(Graded):
    model: Name
    point: Name
    weekday: Weekday
    open: Clock
    close: Clock

    @field_validator("close")
    @classmethod
    def later(cls, value: float, info: ValidationInfo) -> float:
        if value <= info.data.get("open", -1.0):
            raise ValueError("opens at or after it closes")
        return value


class StaffRow(Strict):
    split: Name
    model: Name
    person: Annotated[int, Field(ge=1, le=1_000_000)]
    role: Literal["generalist", "specialist", "management"]
    skill: str = ""
    mon: str = ""
    tue: str = ""
    wed: str = ""
    thu: str = ""
    fri: str = ""
    released: Flag
    rota: Count


class ServiceMapRow(Graded):
    model: Name
    service: Name
    area: Name
    how: Literal["line", "booked"]
    place: Name


class NationalRow(Graded):
    pool: Name
    persons: Annotated[int, Field(ge=1, le=10_000)]
    services: Name


class AppointmentRow(Graded):
    skill: Name
    slot_min: Annotated[float, Field(ge=1.0, le=1440.0)]
    first_slot: Clock
    last_slot: Clock
    bookable_share: Share
    notice_min: Annotated[float, Field(ge=0.0, le=100_000.0)]
    horizon_working_days: Annotated[int, Field(ge=1, le=40)]
    hold_before_min: Annotated[float, Field(ge=0.0, le=1440.0)]

    @field_validator("last_slot")
    @classmethod
    def later(cls, value: float, info: ValidationInfo) -> float:
        if value < info.data.get("first_slot", 0.0):
            raise ValueError("is earlier than first_slot")
        return value


class TargetRow(Graded):
    measure: Name
    target: NotNegative
    unit: Name


class ClosedDayRow(Graded):
    date: Date
    name: Name


class Shift(Strict):
    start: Clock
    end: Clock

    @field_validator("end")
    @classmethod
    def later(cls, value: float, info: ValidationInfo) -> float:
        if value <= info.data.get("start", -1.0):
            raise ValueError("ends at or before it starts")
        return value


class Baseline(Strict):
    office_model: Name
    strategy: FileName


class Invariants(Strict):
    offices: dict[str, Count] = {}
    staffed_points: dict[str, Count] = {}
    staff: Count | None = None
    minimum_services: list[str] = []


class RegionFile(Strict):
    region: Name
    title: Name
    first_monday: Date
    weeks_per_year: Annotated[int, Field(ge=1, le=53)] = 52
    currency: str = "EUR"
    shift: Shift
    staffing_split: Name
    office_models: Annotated[list[Name], Field(min_length=1, max_length=100)]
    baseline: Baseline
    invariants: Invariants = Invariants()

    @model_validator(mode="after")
    def monday(self) -> RegionFile:
        if self.first_monday.weekday() != 0:
            raise ValueError(f"first_monday is a {self.first_monday:%A}, not a Monday")
        return self


class ChannelPart(Strict):
    web_preference: Name
    phone_preference_increment: Annotated[float, Field(ge=-1.0, le=1.0)] | Name = 0.0
    advice_answered_on_web: bool = False


class CustomerPart(Strict):
    triage: bool
    help_after_min: Minutes
    small_point_backup: bool = True
    first_line: dict[str, Literal["generalist", "specialist"]] = {}


class StrategyFile(Strict):
    strategy: Name
    title: Name
    channel: ChannelPart
    customer: CustomerPart
