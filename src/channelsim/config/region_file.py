"""The file region.yaml: the names of a region's parts, and what must hold of them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator, model_validator

from channelsim.config.kinds import (
    Clock,
    Count,
    Date,
    FileName,
    Name,
)
from channelsim.config.lines import Strict


def ends_later(value: float, info: ValidationInfo) -> float:
    """Refuse an end that does not lie after the start."""
    if value <= info.data.get("start", -1.0):
        raise ValueError("ends at or before it starts")
    return value


class Shift(Strict):
    """When staff are at work, Monday to Friday."""

    start: Clock
    """Staff come to work."""
    end: Clock
    """Staff go home; opening hours lie within."""

    _later = field_validator("end")(ends_later)


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


class OutagePart(Strict):
    """Some hours in which the web service does not work: attempts that begin then fail."""

    date: Date
    """Day (YYYY-MM-DD)."""
    start: Clock
    """It begins."""
    end: Clock
    """It ends, on the same day."""

    _later = field_validator("end")(ends_later)


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
    web_outages: Annotated[list[OutagePart], Field(max_length=100)] = []
    """Outages of the web service, in order of time."""

    @field_validator("web_outages")
    @classmethod
    def in_order(cls, value: list[OutagePart], info: ValidationInfo) -> list[OutagePart]:
        for number, outage in enumerate(value):
            if "first_monday" in info.data and outage.date < info.data["first_monday"]:
                raise ValueError(f"outage {number + 1} is before the first Monday")
            if number and (outage.date, outage.start) < (value[number - 1].date, value[number - 1].end):
                raise ValueError(f"outage {number + 1} begins before the one before it has ended")
        return value

    @model_validator(mode="after")
    def monday(self) -> RegionFile:
        if self.first_monday.weekday() != 0:
            raise ValueError(f"first_monday is a {self.first_monday:%A}, not a Monday")
        return self
