"""Hours of the week in files of worlds: opening hours and shifts."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, ValidationInfo, WithJsonSchema, field_validator

from channelsim.config.kinds import Clock
from channelsim.config.lines import Strict, suggestion
from channelsim.scenario.region import WEEKDAYS, Week

DAYS_SCHEMA = {"type": "array", "items": {"enum": list(WEEKDAYS)}, "maxItems": 7}


def weekdays(days: list[str]) -> list[str]:
    """Days of the week, each once."""
    for day in days:
        if day not in WEEKDAYS:
            raise ValueError(f"unknown weekday {day!r}; {suggestion(day, WEEKDAYS, 'use mon to sun')}")
    if len(set(days)) != len(days):
        raise ValueError("names a day twice")
    return days


class HoursPart(Strict):
    """The same hours on some days of the week; on the other days closed, or nobody there.

    A class has one stretch a day, shifts may have several in a list. A night is two: one until `"24:00"`, the other from `"00:00"`.
    """

    days: Annotated[list[str], Field(max_length=7), WithJsonSchema(DAYS_SCHEMA)] = list(WEEKDAYS)
    """Days of the week; default all seven."""
    open: Clock
    """When it opens."""
    close: Clock
    """When it closes, later than `open`."""

    @field_validator("days")
    @classmethod
    def each_once(cls, days: list[str]) -> list[str]:
        return weekdays(days)

    @field_validator("close")
    @classmethod
    def later(cls, value: float, info: ValidationInfo) -> float:
        if value <= info.data.get("open", -1.0):
            raise ValueError("opens at or after it closes; a night is two, one until 24:00 and one from 00:00")
        return value


def stretches(hours: HoursPart | list[HoursPart] | None) -> list[HoursPart]:
    """Hours as a list: one part, or several for days that differ."""
    return [] if hours is None else [hours] if isinstance(hours, HoursPart) else hours


def weeks_of(hours: HoursPart | list[HoursPart] | None) -> tuple[Week, ...] | None:
    """First, second, ... stretch of each day; None without hours."""
    if hours is None:
        return None
    by_day = [sorted((part.open, part.close) for part in stretches(hours) if day in part.days) for day in WEEKDAYS]
    most = max(1, *(len(day) for day in by_day))
    return tuple(tuple(day[i] if i < len(day) else None for day in by_day) for i in range(most))
