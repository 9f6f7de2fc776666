"""The files of a region folder, row by row: what each column means and which values it takes."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, WithJsonSchema, field_validator, model_validator

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


CLOCK_SCHEMA = {"type": "string", "pattern": "^([0-9]|[01][0-9]|2[0-4]):[0-5][0-9]$", "format": "HH:MM"}
Clock = Annotated[float, BeforeValidator(minutes_of), WithJsonSchema(CLOCK_SCHEMA)]


class Graded(Strict):
    grade: Grade
    """How well the figure is known."""
    source: str = ""
    """Where it is from."""
    note: str = ""
    """Free text."""


class MunicipalityRow(Graded):
    municipality: Name
    """Name."""
    code: str = ""
    """Official code; kept as evidence."""
    population: Annotated[int, Field(ge=0, le=100_000_000)]
    """Inhabitants."""
    unemployed: NotNegative
    """Unemployed, annual mean: needs are in proportion to them."""
    settlement_class: Name
    """Any word, such as `town` or `rural`; parameters may differ by it."""
    foreign_language_pct: Annotated[float, Field(ge=0, le=100)] = 0.0
    """Inhabitants of a foreign mother tongue."""
    lat: Annotated[float, Field(ge=-90.0, le=90.0)] = 0.0
    """Latitude, degrees; kept as evidence."""
    lon: Annotated[float, Field(ge=-180.0, le=180.0)] = 0.0
    """Longitude, degrees; kept as evidence."""

    @field_validator("unemployed")
    @classmethod
    def of_the_people(cls, value: float, info: ValidationInfo) -> float:
        if value > info.data.get("population", value):
            raise ValueError(f"is larger than the population, {info.data['population']}")
        return value


class ServiceRow(Graded):
    service: Name
    """Identifier, such as `S01`."""
    name: Name
    """Name."""
    tier: Literal["minimum", "concentrated", "national"]
    """`minimum`: at every staffed point; `concentrated`: where the service map says; `national`: by the national lines only."""
    skill: Name
    """Skill of the specialists who know it; `any`: every specialist."""
    visits_booked: Flag
    """1: visits are by appointment; 0: people walk in."""
    offered_at_joint_points: Flag
    """1: municipal advisers of joint points take it."""


class SegmentRow(Graded):
    segment: Name
    """Identifier."""
    title: Name
    """Name."""
    customer_kind: Literal["jobseeker", "employer"]
    """Whom it counts."""


class SegmentServiceRow(Graded):
    segment: Name
    """Segment."""
    service: Name
    """Service."""
    weight: NotNegative
    """Needs of this service by a member of the segment, relative to other segments; a row for each pair."""


class MunicipalitySegmentRow(Graded):
    municipality: Name
    """Municipality."""
    segment: Name
    """A segment of jobseekers."""
    share: Share
    """Share of its unemployed; shares of a municipality add up to 1."""


class ParameterRow(Graded):
    group: Name
    """Group of the parameter, as listed below."""
    parameter: Name
    """Its name."""
    key: Name
    """What it is given for, as listed below."""
    unit: Name
    """As listed below."""
    low: NotNegative
    """Least plausible value."""
    base: NotNegative
    """The value used."""
    high: NotNegative
    """Largest plausible value; low <= base <= high."""
    distribution: str = ""
    """Kept as evidence."""
    cv: Variation | None = None
    """Coefficient of variation of a handling time (lognormal)."""
    applies_to: str = ""
    """Segments or services that the row applies to, separated by `|`."""

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
    """One of the delays listed below; all must be there."""
    distribution: Literal["deterministic", "exponential", "lognormal", "uniform"]
    """Its law."""
    mean_min: Minutes
    """Mean."""
    cv: Variation | None = None
    """Coefficient of variation of a lognormal."""
    low: Minutes | None = None
    """Least plausible mean, in minutes."""
    high: Minutes | None = None
    """Largest plausible mean, in minutes."""

    @model_validator(mode="after")
    def ordered(self) -> DelayRow:
        if self.distribution == "lognormal" and self.cv is None:
            raise ValueError("lognormal needs cv, its coefficient of variation")
        if (self.low or 0.0) > self.mean_min or (self.high is not None and self.high < self.mean_min):
            raise ValueError(f"low <= mean_min <= high does not hold: {self.low}, {self.mean_min}, {self.high}")
        return self


class OfficeAreaRow(Graded):
    model: Name
    """Office model."""
    municipality: Name
    """Municipality; each has one row in each model."""
    office: Name
    """Office it belongs to."""


class PointRow(Graded):
    model: Name
    """Office model; the points of a model say which it is."""
    point: Name
    """Municipality in which the point lies."""
    office: Name
    """Office it belongs to."""
    kind: Literal["staffed", "joint", "joint_visiting"]
    """`staffed` by the region's staff; `joint`: municipal advisers; `joint_visiting`: specialists come on some days too."""
    advisers_fte: Annotated[float, Field(ge=0.0, le=1000.0)]
    """Municipal advisers of a joint point."""
    under_ten: Flag
    """1: fewer than ten persons, where a strategy lets everybody help (`small_point_backup`)."""


class HoursRow(Graded):
    model: Name
    """Office model, or `*` for the lines `phone_line` and `national_line`."""
    point: Name
    """Point, or one of these lines."""
    weekday: Weekday
    """Day; a day without a row is closed."""
    open: Clock
    """Opens."""
    close: Clock
    """Closes."""

    @field_validator("close")
    @classmethod
    def later(cls, value: float, info: ValidationInfo) -> float:
        if value <= info.data.get("open", -1.0):
            raise ValueError("opens at or after it closes")
        return value


class StaffRow(Strict):
    split: Name
    """Staffing split: one way of dividing the staff between roles and skills."""
    model: Name
    """Office model; every split gives the same persons in each model."""
    person: Annotated[int, Field(ge=1, le=1_000_000)]
    """Number of the person."""
    role: Literal["generalist", "specialist", "management"]
    """Role."""
    skill: str = ""
    """Skill of a specialist; empty for the others."""
    mon: str = ""
    """Point where the person works on Monday; empty: not at work."""
    tue: str = ""
    """The same, Tuesday."""
    wed: str = ""
    """The same, Wednesday."""
    thu: str = ""
    """The same, Thursday."""
    fri: str = ""
    """The same, Friday."""
    released: Flag
    """1: a post of management that the model releases."""
    rota: Count
    """Place in the rota of duties and absences; the same in every model."""


class ServiceMapRow(Graded):
    model: Name
    """Office model."""
    service: Name
    """Service."""
    area: Name
    """Office whose customers are meant; `*`: all."""
    how: Literal["line", "booked"]
    """`line`: calls and walk-ins; `booked`: appointments."""
    place: Name
    """Office or point that serves them; `*`: anybody in the region."""


class NationalRow(Graded):
    pool: Name
    """Name of a national line."""
    persons: Annotated[int, Field(ge=1, le=10_000)]
    """Persons."""
    services: Name
    """National services it answers, separated by `|`."""


class AppointmentRow(Graded):
    skill: Name
    """Skill; one row for each that has booked visits."""
    slot_min: Annotated[float, Field(ge=1.0, le=1440.0)]
    """Length of a slot."""
    first_slot: Clock
    """First slot of a day begins."""
    last_slot: Clock
    """Last slot of a day begins."""
    bookable_share: Share
    """Share of the specialists' slots that may be booked."""
    notice_min: Annotated[float, Field(ge=0.0, le=100_000.0)]
    """A slot is booked at least this long before."""
    horizon_working_days: Annotated[int, Field(ge=1, le=40)]
    """And at most this many working days before."""
    hold_before_min: Annotated[float, Field(ge=0.0, le=1440.0)]
    """A specialist takes nobody else this long before a booked slot."""

    @field_validator("last_slot")
    @classmethod
    def later(cls, value: float, info: ValidationInfo) -> float:
        if value < info.data.get("first_slot", 0.0):
            raise ValueError("is earlier than first_slot")
        return value


class TargetRow(Graded):
    measure: Name
    """`phone_wait_target_min` is used; others are kept as evidence."""
    target: NotNegative
    """Its value."""
    unit: Name
    """Unit of the value."""


class ClosedDayRow(Graded):
    date: Date
    """A day on which everything is closed (YYYY-MM-DD)."""
    name: Name
    """Its name."""


class Shift(Strict):
    """When staff are at work, Monday to Friday."""

    start: Clock
    """Staff come to work."""
    end: Clock
    """Staff go home; opening hours lie within."""

    @field_validator("end")
    @classmethod
    def later(cls, value: float, info: ValidationInfo) -> float:
        if value <= info.data.get("start", -1.0):
            raise ValueError("ends at or before it starts")
        return value


class Baseline(Strict):
    """What alternatives are compared with."""

    office_model: Name
    """Name of an office model."""
    strategy: FileName
    """Name of a strategy: its file without `.yaml`."""


class Invariants(Strict):
    """Counts that must hold, or the region is refused."""

    offices: dict[str, Count] = {}
    """Number of offices by office model."""
    staffed_points: dict[str, Count] = {}
    """Number of staffed points by office model."""
    staff: Count | None = None
    """Persons in every model."""
    minimum_services: list[str] = []
    """Services of the minimum tier."""


class RegionFile(Strict):
    """The head of a region folder, beside its tables."""

    region: Name
    """Name; this key makes the folder a region."""
    title: Name
    """Name for people."""
    first_monday: Date
    """First day of week 0 (YYYY-MM-DD)."""
    weeks_per_year: Annotated[int, Field(ge=1, le=53)] = 52
    """Weeks in which a year's contacts come."""
    currency: str = "EUR"
    """Currency of costs."""
    shift: Shift
    """When staff are at work."""
    staffing_split: Name
    """The split used where none is named."""
    office_models: Annotated[list[Name], Field(min_length=1, max_length=100)]
    """Names of the office models, as in the column `model` of the tables."""
    baseline: Baseline
    """What is run where nothing is named."""
    invariants: Invariants = Invariants()
    """Counts that `channelsim check` proves."""

    @model_validator(mode="after")
    def monday(self) -> RegionFile:
        if self.first_monday.weekday() != 0:
            raise ValueError(f"first_monday is a {self.first_monday:%A}, not a Monday")
        return self


class ChannelPart(Strict):
    """How customers choose a channel."""

    web_preference: Name
    """The `segment` parameter that says how many of the capable choose the web, such as `web_preference_2011_share`."""
    phone_preference_increment: Annotated[float, Field(ge=-1.0, le=1.0)] | Name = 0.0
    """Added to the phone preference: a number, or a `segment` parameter with key `all`."""
    advice_answered_on_web: bool = False
    """Whether pages answer advice needs without staff (`web, advice_answered_share`)."""


class CustomerPart(Strict):
    """How customers are served."""

    triage: bool
    """Whether a first line sorts needs by whether they take expertise."""
    help_after_min: Minutes
    """The other role helps once a contact has waited this long."""
    small_point_backup: bool = True
    """Whether everybody helps everybody at points with fewer than ten persons."""
    first_line: dict[str, Literal["generalist", "specialist"]] = {}
    """Who takes a service first without triage, by service or `default`."""


class StrategyFile(Strict):
    """A way of steering customers and serving them; serves any region that has its parameters."""

    strategy: Name
    """Name; this key makes the file a strategy."""
    title: Name
    """Name for people."""
    channel: ChannelPart
    """Which channel they choose."""
    customer: CustomerPart
    """Who serves them, and when others help."""
