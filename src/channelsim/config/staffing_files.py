"""Keys of a pool's people: groups, absence, breaks, other duties, and the end of a shift."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, field_validator

from channelsim.config.kinds import Clock, Name, Share
from channelsim.config.lines import Strict, suggestion
from channelsim.config.world_hours import HoursPart, weeks_of
from channelsim.scenario.region import WEEKDAYS
from channelsim.scenario.staffing import Absence, AtWork, Break, Group

if TYPE_CHECKING:
    from channelsim.config.world_files import PoolPart

Factor = Annotated[float, Field(ge=0.01, le=100.0)]
DayFactor = Annotated[float, Field(ge=0.0, le=10.0)]


class AbsencePart(Strict):
    """Whole days on which a person who should be at work is not."""

    share: Share
    """Share of the days at work."""
    drawn: bool = False
    """`true`: a draw for each person and day, the same in every alternative; `false`: by a fixed rota that moves through the weekdays."""
    weekday_factor: dict[str, DayFactor] = {}
    """With `drawn`: factors on the share by day of the week; default 1."""
    wave_cv: Annotated[float, Field(ge=0.0, le=3.0)] = 0.0
    """With `drawn`: coefficient of variation of a gamma factor on the share, of mean 1, which all persons of a day have in common."""

    @field_validator("weekday_factor")
    @classmethod
    def weekdays(cls, factors: dict[str, float]) -> dict[str, float]:
        for day in factors:
            if day not in WEEKDAYS:
                raise ValueError(f"unknown weekday {day!r}; {suggestion(day, WEEKDAYS, 'use mon to sun')}")
        return factors

    def value(self) -> Absence:
        """As a value of the scenario."""
        return Absence(self.share, self.drawn, tuple(self.weekday_factor.get(d, 1.0) for d in WEEKDAYS), self.wave_cv)


class BreakPart(Strict):
    """A break on each day at work. Who is serving finishes first and then has it in full, unless less than 15 min of the shift are left."""

    at: Clock
    """When it begins, for the first group."""
    length_min: Annotated[float, Field(ge=1.0, le=480.0)]
    """How long."""
    groups: Annotated[int, Field(ge=1, le=100)] = 1
    """The pool's people take it in so many groups, one after another: first person first group, second person second, and so on."""


class DutiesPart(Strict):
    """Other duties than this world's contacts."""

    share: Annotated[float, Field(ge=0.0, le=0.9)]
    """Share of the time at work."""
    how: Literal["blocks", "longer_handling"] = "blocks"
    """`blocks`: hours on the half hour, spread over the people by a fixed rota (in the first stretch of a day); `longer_handling`:
    every service takes 1 / (1 - share) times as long instead."""


class PeoplePart(Strict):
    """People of a pool who differ from the others in hours or speed."""

    name: str = ""
    """What they are called; default the pool's name."""
    number: Annotated[int, Field(ge=1, le=100_000)] = 1
    """Persons."""
    shifts: HoursPart | Annotated[list[HoursPart], Field(max_length=50)] | None = None
    """Their hours, in place of the pool's (part-time, early and late shifts)."""
    service_factor: Factor | dict[Name, Factor] = 1.0
    """Factor on the service times, or a table of factors by class (classes not named: 1)."""


def at_work(p: PoolPart) -> AtWork:
    """What is particular about a pool's people."""
    absence = AbsencePart(share=p.absence) if isinstance(p.absence, float) else p.absence
    duties = DutiesPart(share=p.other_duties) if isinstance(p.other_duties, float) else p.other_duties
    longer = duties.how == "longer_handling"
    several = p.people or len(weeks_of(p.shifts) or ()) > 1
    return AtWork(
        groups=tuple(_group(g, p) for g in p.people or [PeoplePart(number=p.staff)]) if several else (),
        absence=absence.value() if absence.share else None,
        breaks=tuple(Break(b.at, b.length_min, b.groups) for b in p.breaks),
        duty_share=0.0 if longer else duties.share,
        longer_handling=1.0 / (1.0 - duties.share) if longer else 1.0,
        at_shift_end=p.at_shift_end,
    )


def _group(g: PeoplePart, p: PoolPart) -> Group:
    by_class = tuple(g.service_factor.items()) if isinstance(g.service_factor, dict) else ()
    factor = 1.0 if isinstance(g.service_factor, dict) else g.service_factor
    return Group(g.number, weeks_of(p.shifts if g.shifts is None else g.shifts), g.name, factor, by_class)
