"""The file of a world of queues and pools: what each key means and which values it takes."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator, model_validator

from channelsim.config.durations import DurationPart, Positive
from channelsim.config.expected import ExpectedPart, RecordPart
from channelsim.config.files import LARGEST_TARGET_MIN, LONGEST_MIN, Clock, Count, Minutes, Name, Seed, Share
from channelsim.config.lines import Strict, suggestion
from channelsim.scenario.region import WEEKDAYS

MOST_PARTS = 300  # classes, and pools: tables grow with their product
MOST_STAFF = 100_000  # of all pools together
Rate = Annotated[float, Field(ge=0.0, le=100_000.0)]


class HoursPart(Strict):
    """Hours of some days of the week."""

    days: Annotated[list[str], Field(max_length=7)] = list(WEEKDAYS)
    open: Clock
    close: Clock

    @field_validator("days")
    @classmethod
    def weekdays(cls, days: list[str]) -> list[str]:
        for day in days:
            if day not in WEEKDAYS:
                raise ValueError(f"unknown weekday {day!r}; {suggestion(day, WEEKDAYS, 'use mon to sun')}")
        if len(set(days)) != len(days):
            raise ValueError("names a day twice")
        return days

    @field_validator("close")
    @classmethod
    def later(cls, value: float, info: ValidationInfo) -> float:
        if value <= info.data.get("open", -1.0):
            raise ValueError("opens at or after it closes")
        return value


class StepPart(HoursPart):
    per_min: Rate


class ArrivalsPart(Strict):
    per_min: Rate | None = None
    steps: Annotated[list[StepPart], Field(max_length=1000)] = []
    at_min: list[Minutes] = []
    busyness_cv: Annotated[float, Field(ge=0.0, le=3.0)] = 0.0


class FollowPart(Strict):
    to: Name
    share: Share = 1.0
    delay_min: DurationPart | None = None


class ServesPart(Strict):
    rank: Count = 0
    after_min: Minutes = 0.0
    service_min: DurationPart | None = None
    reserve: Count = 0


class ClassPart(Strict):
    arrivals: ArrivalsPart = ArrivalsPart()
    service_min: DurationPart | None = None
    patience_min: DurationPart | None = None
    queue_limit: Count | None = None
    hours: HoursPart | None = None
    at_closing: Annotated[str, Field(pattern="^(serve_out|send_home)$")] = "serve_out"
    send_home_after_min: Minutes = 0.0
    self_service: bool = False
    reopening_delay_min: DurationPart | None = None
    pools: list[str] | dict[str, ServesPart] = []
    after: dict[str, list[FollowPart]] = {}


class PoolPart(Strict):
    staff: Annotated[int, Field(ge=1, le=MOST_STAFF)]
    takes: list[str | list[str]] = []
    shifts: HoursPart | None = None


class RunPart(Strict):
    length_min: Annotated[float, Field(ge=1.0, le=LONGEST_MIN)]
    warm_up_min: Minutes = 0.0
    replications: Annotated[int, Field(ge=1, le=10_000_000)] = 1
    seed: Seed = 1
    target_min: Annotated[float, Field(ge=0.0, le=LARGEST_TARGET_MIN)] = 0.0
    batch_min: Positive | None = None
    terminating: bool = False

    @model_validator(mode="after")
    def not_endless(self) -> RunPart:
        if self.warm_up_min + self.length_min > LONGEST_MIN:
            raise ValueError(f"warm_up_min and length_min together are longer than {LONGEST_MIN:,.0f} min")
        return self


class WorldFile(Strict):
    world: Name
    case: str = ""
    run: RunPart
    classes: Annotated[dict[Name, ClassPart], Field(min_length=1, max_length=MOST_PARTS)]
    pools: Annotated[dict[Name, PoolPart], Field(max_length=MOST_PARTS)] = {}
    note: str = ""
    expected: list[ExpectedPart] = []
    expected_records: list[RecordPart] = []
    records_tol_min: Positive = 1e-9
