"""Kinds of values in files: shares, minutes, clock times, names, and what every graded row carries."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

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
    "contacts/person/year": 1000.0, "flag": 1.0, "1/day": 1.0, "contacts/case": 100.0, "1/case/day": 100.0, "contacts/case/day": 100.0,
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
