"""The files of a region folder, row by row: what each column means and which values it takes."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator, model_validator

from channelsim.config.lines import Strict

Grade = Literal["sourced", "derived", "recalled", "estimated"]
Share = Annotated[float, Field(ge=0.0, le=1.0)]
NotNegative = Annotated[float, Field(ge=0.0)]
Name = Annotated[str, Field(min_length=1)]
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
    population: Annotated[int, Field(ge=0)]
    unemployed: NotNegative
    settlement_class: Name
    foreign_language_pct: Annotated[float, Field(ge=0, le=100)] = 0.0
    lat: float = 0.0
    lon: float = 0.0


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
    cv: Annotated[float, Field(gt=0)] | None = None
    applies_to: str = ""

    @field_validator("base", "high")
    @classmethod
    def ordered(cls, value: float, info: ValidationInfo) -> float:
        before = "low" if info.field_name == "base" else "base"
        if before in info.data and value < info.data[before]:
            raise ValueError(f"is smaller than {before} = {info.data[before]:g}: low <= base <= high must hold")
        if info.field_name == "high" and value > 1.0 and str(info.data.get("unit")).startswith("share"):
            raise ValueError("a share cannot be larger than 1")
        return value


class DelayRow(Graded):
    delay: Name
    distribution: Literal["deterministic", "exponential", "lognormal", "uniform"]
    mean_min: NotNegative
    cv: Annotated[float, Field(gt=0)] | None = None
    low: NotNegative | None = None
    high: NotNegative | None = None

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
    advisers_fte: NotNegative
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
    person: Annotated[int, Field(ge=1)]
    role: Literal["generalist", "specialist", "management"]
    skill: str = ""
    mon: str = ""
    tue: str = ""
    wed: str = ""
    thu: str = ""
    fri: str = ""
    released: Flag
    rota: Annotated[int, Field(ge=0)]


class ServiceMapRow(Graded):
    model: Name
    service: Name
    area: Name
    how: Literal["line", "booked"]
    place: Name


class NationalRow(Graded):
    pool: Name
    persons: Annotated[int, Field(ge=1)]
    services: Name


class AppointmentRow(Graded):
    skill: Name
    slot_min: Annotated[float, Field(gt=0)]
    first_slot: Clock
    last_slot: Clock
    bookable_share: Share
    notice_min: NotNegative
    horizon_working_days: Annotated[int, Field(ge=1, le=40)]
    hold_before_min: NotNegative

    @field_validator("last_slot")
    @classmethod
    def later(cls, value: float, info: ValidationInfo) -> float:
        if value < info.data.get("first_slot", 0.0):
            raise ValueError("is earlier than first_slot")
        return value


class TargetRow(Graded):
    measure: Name
    target: float
    unit: Name


class ClosedDayRow(Graded):
    date: dt.date
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
    strategy: Annotated[str, Field(pattern=r"^[^/\\]+$")]  # a name: what a file says may not lead out of its folder


class Invariants(Strict):
    offices: dict[str, int] = {}
    staffed_points: dict[str, int] = {}
    staff: int | None = None
    minimum_services: list[str] = []


class RegionFile(Strict):
    region: Name
    title: Name
    first_monday: dt.date
    weeks_per_year: Annotated[int, Field(ge=1, le=53)] = 52
    currency: str = "EUR"
    shift: Shift
    staffing_split: Name
    office_models: Annotated[list[str], Field(min_length=1)]
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
    help_after_min: NotNegative
    small_point_backup: bool = True
    first_line: dict[str, Literal["generalist", "specialist"]] = {}


class StrategyFile(Strict):
    strategy: Name
    title: Name
    channel: ChannelPart
    customer: CustomerPart
