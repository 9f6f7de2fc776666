"""Rows of a region's files about customers: who they are, what they need, and all single figures."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from channelsim.config.kinds import (
    LARGEST_BY_UNIT,
    Flag,
    Graded,
    Minutes,
    Name,
    NotNegative,
    Share,
    Variation,
)


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
