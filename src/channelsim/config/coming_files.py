"""Keys of a world for booked hours, appointments, trips and casework: what each means and which values it takes."""

from __future__ import annotations

from math import ceil, floor
from typing import Annotated, Literal

from pydantic import Field, WithJsonSchema, field_validator, model_validator

from channelsim.config.durations import DurationPart, Positive
from channelsim.config.kinds import Clock, Minutes, Name, Share
from channelsim.config.lines import Strict
from channelsim.config.world_hours import weekdays
from channelsim.scenario.coming import Session, Slots, Travel, Unpunctual, WorkLeft
from channelsim.scenario.queues import Duration
from channelsim.scenario.region import WEEKDAYS
from channelsim.units import DAY_MIN

DAYS_SCHEMA = {"type": "array", "items": {"enum": list(WEEKDAYS)}, "minItems": 1, "maxItems": 7}
MOST_EARLY_MIN = 1440.0
Offset = Annotated[float, Field(ge=-MOST_EARLY_MIN, le=MOST_EARLY_MIN)]
Heads = Annotated[int, Field(ge=1, le=1000)]
DayList = Annotated[list[str], Field(min_length=1, max_length=7), WithJsonSchema(DAYS_SCHEMA)]


def n_of_grid(first: float, last: float, every: float) -> int:
    """Moments of a grid from its first to its last."""
    return int(floor((last - first) / every + 1e-9)) + 1


class UnpunctualPart(Strict):
    """Minutes between the booked hour and the moment at which a customer is there; negative is early. One law."""

    uniform: Annotated[list[Offset], Field(min_length=2, max_length=2)] | None = None
    """`[earliest, latest]`, each as likely."""
    triangular: Annotated[list[Offset], Field(min_length=3, max_length=3)] | None = None
    """`[earliest, most likely, latest]`."""
    normal: Offset | None = None
    """Mean of a normal law; with `sd_min`."""
    sd_min: Annotated[float, Field(gt=0.0, le=180.0)] | None = None
    """Standard deviation of `normal`."""
    empirical: Annotated[list[Offset], Field(min_length=2)] | None = None
    """Observations, joined by straight lines from the least to the greatest."""
    always: Offset | None = None
    """The same for all."""

    @model_validator(mode="after")
    def one_law(self) -> UnpunctualPart:
        laws = ("uniform", "triangular", "normal", "empirical", "always")
        named = [law for law in laws if getattr(self, law) is not None]
        if len(named) != 1:
            raise ValueError(f"names {len(named)} laws, not one of {', '.join(laws)}")
        if (self.normal is None) != (self.sd_min is None):
            raise ValueError("normal goes with sd_min, and sd_min with normal")
        ends = self.uniform or self.triangular
        if ends is not None and (sorted(ends) != ends or ends[0] == ends[-1]):
            raise ValueError("must be in rising order")
        if self.empirical is not None and min(self.empirical) == max(self.empirical):
            raise ValueError("empirical needs two different values")
        return self

    def value(self, early_waits: bool) -> Unpunctual:
        """As a shift and a law that is never negative."""
        if self.uniform is not None:
            low, high = self.uniform
            return Unpunctual(low, Duration("uniform", (high - low) / 2, low_min=0.0, high_min=high - low), 0.0, early_waits)
        if self.triangular is not None:
            low, mode, high = self.triangular
            law = Duration("triangular", (mode + high - 2 * low) / 3, low_min=0.0, mode_min=mode - low, high_min=high - low)
            return Unpunctual(low, law, 0.0, early_waits)
        if self.empirical is not None:
            low = min(self.empirical)
            part = DurationPart(empirical=[v - low for v in self.empirical])
            return Unpunctual(low, part.value(), 0.0, early_waits)
        if self.normal is not None:
            return Unpunctual(self.normal, None, self.sd_min or 0.0, early_waits)
        return Unpunctual(self.always or 0.0, None, 0.0, early_waits)


class BookedPart(Strict):
    """Hours that customers have been given beforehand: a grid by `first`, `last` and `every_min`, or a list `at`."""

    days: DayList = list(WEEKDAYS)
    """Days of the week; default all seven."""
    first: Clock | None = None
    """First hour of the day."""
    last: Clock | None = None
    """No hour is later; default `first` alone."""
    every_min: Positive | None = None
    """Time from one hour to the next."""
    at: Annotated[list[Clock], Field(min_length=1, max_length=1440)] | None = None
    """The hours of the day one by one, in place of a grid; an hour named twice has twice as many customers."""
    per_slot: Heads = 1
    """Customers with the same hour."""
    first_slot: Heads | None = None
    """Customers with the first hour of the day; default `per_slot` (2 with `per_slot: 1` is the rule of Bailey and Welch)."""
    unpunctual_min: UnpunctualPart | None = None
    """Minutes too late, or early if negative; default all come at their hour."""
    early: Literal["waits", "joins"] = "waits"
    """What one does who is early: `waits` and is there for the staff at the booked hour, or `joins` the queue at once and may be served
    before the hour."""

    _days = field_validator("days")(weekdays)

    @model_validator(mode="after")
    def one_way(self) -> BookedPart:
        if (self.at is None) == (self.first is None):
            raise ValueError("needs either `first` (with `last` and `every_min`) or `at`")
        if self.at is not None and (self.last is not None or self.every_min is not None):
            raise ValueError("`at` goes without last and every_min")
        if (self.last is None) != (self.every_min is None):
            raise ValueError("last goes with every_min, and every_min with last")
        if self.first is not None and self.last is not None and self.last < self.first:
            raise ValueError("`last` is before `first`")
        if (self.every_min or 1.0) < 0.05:
            raise ValueError("every_min is less than 0.05")
        return self

    @property
    def clock(self) -> list[float]:
        """Minutes after midnight of each customer's hour, in order."""
        if self.at is not None:
            moments = sorted(self.at)
        else:
            first, every = self.first or 0.0, self.every_min or 1.0
            moments = [first + i * every for i in range(n_of_grid(first, first if self.last is None else self.last, every))]
        extra = self.per_slot if self.first_slot is None else self.first_slot
        return [m for i, m in enumerate(moments) for _ in range(extra if i == 0 else self.per_slot)]

    def value(self) -> Session:
        """As hours of the week."""
        days = sorted(map(WEEKDAYS.index, self.days))
        hours = tuple(day * DAY_MIN + m for day in days for m in self.clock)
        return Session(hours, None if self.unpunctual_min is None else self.unpunctual_min.value(self.early == "waits"))


class NoShowPart(Strict):
    """Customers who have an hour and do not come."""

    share: Share = 0.0
    """Probability."""
    per_day: Annotated[float, Field(ge=0.0, le=1.0)] = 0.0
    """Added to it for each day between asking and the hour (a part of a day counts in part; at most 1 in all)."""


class SlotsPart(Strict):
    """Appointments that a pool offers: a grid of hours. Who asks takes the earliest free one."""

    days: DayList = list(WEEKDAYS)
    """Days of the week; default all seven."""
    first: Clock
    """First appointment of the day."""
    last: Clock
    """No appointment begins later."""
    every_min: Annotated[float, Field(ge=1.0, le=1440.0)]
    """Time from one appointment to the next."""
    per_slot: Heads = 1
    """Appointments that begin at the same moment; more than staff is overbooking."""
    notice_min: Annotated[float, Field(ge=0.0, le=80_640.0)] = 0.0
    """The earliest that may be given lies so long after asking (in whole minutes, rounded up)."""
    horizon_days: Annotated[int, Field(ge=0, le=56)] = 28
    """Days ahead that the book is open, today not counted; who finds nothing free has the outcome `no_slot`."""
    hold_before_min: Minutes = 0.0
    """So long before an appointment one person more of the pool is kept back for it; nobody is interrupted."""

    _days = field_validator("days")(weekdays)

    @model_validator(mode="after")
    def in_order(self) -> SlotsPart:
        if self.last < self.first:
            raise ValueError("`last` is before `first`")
        return self

    def value(self) -> Slots:
        """As a grid by weekday."""
        n = n_of_grid(self.first, self.last, self.every_min)
        return Slots(tuple(day in self.days for day in WEEKDAYS), self.first, self.every_min, n, self.per_slot, ceil(self.notice_min),
                     self.horizon_days, self.hold_before_min)  # fmt: skip


class TravelPart(Strict):
    """A trip before a visit: the contact sets out, and is there when the trip is over; with an hour (`arrivals.booked`, `by_appointment`)
    it has travelled in time for it."""

    one_way_min: DurationPart
    """Time of the trip, drawn for each."""
    last_arrival_min: Annotated[float, Field(ge=1.0, le=1440.0)] = 15.0
    """Nobody sets out who would be there later than so long before closing: he goes on the next open day, at the same time of day or,
    where that is outside hours, at the nearest moment that is not. Not for `by_appointment`."""

    def value(self) -> Travel:
        """As a value of the scenario."""
        return Travel(self.one_way_min.value(), self.last_arrival_min)


class WorkLeftPart(Strict):
    """Work that stays when a contact has been served."""

    to: Name
    """A class with `casework: true`, to which it goes."""
    share: Share = 1.0
    """Probability that a served contact leaves some."""
    work_min: DurationPart | None = None
    """Minutes of it, in place of the `service_min` of that class."""

    def value(self) -> WorkLeft:
        """As a value of the scenario."""
        return WorkLeft(self.to, self.share, None if self.work_min is None else self.work_min.value())
