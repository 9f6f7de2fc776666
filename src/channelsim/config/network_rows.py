"""Rows of a region's files about the network: offices, points, hours, staff, who serves what, appointments, aims, closed days."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from channelsim.config.kinds import (
    Clock,
    Count,
    Date,
    Flag,
    Graded,
    Name,
    NotNegative,
    Share,
    Weekday,
)
from channelsim.config.lines import Strict


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

    reserved_share: Share = 0.0
    """Share of a pool's persons who take nobody but booked customers (and casework) all day; 0: they share their time with walk-ins."""

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
