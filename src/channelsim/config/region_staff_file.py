"""The file staff.yaml of a region: how its people work beyond their places and hours. Without it they all work the shift."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from channelsim.config.kinds import Clock, Count, Name, Share
from channelsim.config.lines import Strict, suggestion
from channelsim.scenario import region_staff as R
from channelsim.scenario.region import WEEKDAYS
from channelsim.units import on_grid

Workday = Literal["mon", "tue", "wed", "thu", "fri"]
Factor = Annotated[float, Field(ge=0.01, le=100.0)]
DayFactor = Annotated[float, Field(ge=0.0, le=10.0)]
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def _known(factors: dict[str, float], words: tuple[str, ...], kind: str) -> dict[str, float]:
    for word in factors:
        if word not in words:
            raise ValueError(f"unknown {kind} {word!r}; {suggestion(word, words, f'use {words[0]} to {words[-1]}')}")
    return factors


class StaffAbsencePart(Strict):
    """Absence that nobody knows beforehand. It is part of `staff, absence_share` of parameters.csv: the rest goes by the rota."""

    share: Share
    """Share of the days on which a person who should be there is away by a draw, the same in every alternative."""
    weekday_factor: dict[str, DayFactor] = {}
    """Factors on the share by weekday, `mon` to `fri`; default 1."""
    month_factor: dict[str, DayFactor] = {}
    """Factors on the share by month, `jan` to `dec`; default 1."""
    wave_cv: Annotated[float, Field(ge=0.0, le=3.0)] = 0.0
    """Coefficient of variation of a gamma factor of mean 1 that everybody in the region has in common: waves of illness."""
    wave_weeks: Annotated[int, Field(ge=1, le=52)] = 1
    """How many weeks one draw of the wave holds."""

    @field_validator("weekday_factor")
    @classmethod
    def weekdays(cls, factors: dict[str, float]) -> dict[str, float]:
        return _known(factors, WEEKDAYS[:5], "weekday")

    @field_validator("month_factor")
    @classmethod
    def months(cls, factors: dict[str, float]) -> dict[str, float]:
        return _known(factors, MONTHS, "month")

    def value(self) -> R.DrawnAbsence:
        """As a value of the scenario."""
        days = tuple(self.weekday_factor.get(d, 1.0) for d in WEEKDAYS)
        return R.DrawnAbsence(self.share, days, tuple(self.month_factor.get(m, 1.0) for m in MONTHS), self.wave_cv, self.wave_weeks)


class StaffBreakPart(Strict):
    """A break of every day. It is part of the other duties (1 - `staff, contact_work_share`): their blocks make up the rest."""

    at: Clock
    """When it begins, for the first group."""
    length_min: Annotated[float, Field(ge=1.0, le=240.0)]
    """How long."""
    groups: Annotated[int, Field(ge=1, le=20)] = 1
    """The people of a place take it in so many groups, one after another, by their number in the rota."""

    def value(self) -> R.StaffBreak:
        """As a value of the scenario."""
        return R.StaffBreak(self.at, self.length_min, self.groups)


class MeetingPart(Strict):
    """All people of a point at once, away from customers. It is part of the other duties, as breaks are."""

    weekday: Workday
    """Its day."""
    at: Clock
    """When it begins."""
    length_min: Annotated[float, Field(ge=1.0, le=240.0)]
    """How long."""
    every_weeks: Annotated[int, Field(ge=1, le=52)] = 1
    """Every week, every second week, and so on, from week 0 on."""
    points: list[Name] = []
    """The points that have it, each by itself; default all staffed points."""

    def value(self) -> R.Meeting:
        """As a value of the scenario."""
        return R.Meeting(WEEKDAYS.index(self.weekday), self.at, self.length_min, self.every_weeks, tuple(self.points))


class PartTimePart(Strict):
    """Persons whose week is not the region's shift on all its days."""

    persons: Annotated[list[Count], Field(min_length=1, max_length=10_000)]
    """Their numbers in staff.csv."""
    days: Annotated[list[Workday], Field(min_length=1)] = ["mon", "tue", "wed", "thu", "fri"]
    """The days on which they work."""
    start: Clock | None = None
    """When they come; default the start of the shift."""
    end: Clock | None = None
    """When they go; default its end."""

    @field_validator("end")
    @classmethod
    def later(cls, value: float | None, info: ValidationInfo) -> float | None:
        start = info.data.get("start")
        if value is not None and start is not None and value <= start:
            raise ValueError("ends at or before it starts")
        return value

    def value(self, shift: tuple[float, float]) -> R.PartTime:
        """As a value of the scenario."""
        hours = (shift[0] if self.start is None else self.start, shift[1] if self.end is None else self.end)
        return R.PartTime(tuple(self.persons), tuple(hours if d in self.days else None for d in WEEKDAYS[:5]))


class SpeedPart(Strict):
    """A factor on the handling times of some pools; factors of several entries multiply."""

    factor: Factor
    """On the time that a contact or item takes."""
    role: Literal["generalist", "specialist", "adviser", "national", ""] = ""
    """Only of this role."""
    skill: str = ""
    """Only of specialists with this skill."""
    place: str = ""
    """Only at this point."""
    channel: Literal["phone", "visit", "check", ""] = ""
    """Only of contacts that came so; `check` are web cases that staff looks at."""

    def value(self) -> R.Speed:
        """As a value of the scenario."""
        return R.Speed(self.factor, self.role, self.skill, self.place, self.channel)


class LearningPart(Strict):
    """Persons who come to another place than in the baseline's network work more slowly at first."""

    extra: Annotated[float, Field(gt=0.0, le=2.0)]
    """Part of the handling time that is added when they have just come."""
    half_life_weeks: Annotated[float, Field(ge=0.5, le=104.0)]
    """After so many weeks half of it is left; it falls from week to week."""
    from_week: Annotated[int, Field(ge=-520, le=520)] = 0
    """Week of the run in which they come; below 0: before it. (In a study of transitions: when the dated change comes.)"""

    def value(self) -> R.Learning:
        """As a value of the scenario."""
        return R.Learning(self.extra, self.half_life_weeks, self.from_week)


class MoreSkillPart(Strict):
    """A skill that specialists hold beside that of staff.csv: for lines, doors, web cases and casework, not for appointments."""

    persons: Annotated[list[Count], Field(min_length=1, max_length=10_000)]
    """Their numbers in staff.csv."""
    skill: Name
    """What they can do beside their own: they are asked after those whose own skill it is, and take their own customers first."""

    def value(self) -> R.MoreSkill:
        """As a value of the scenario."""
        return R.MoreSkill(tuple(self.persons), self.skill)


class VisitingDayPart(Strict):
    """A specialist spends a weekday at a joint point; the way there and back is part of the paid day."""

    models: Annotated[list[Name], Field(min_length=1)]
    """Office models in which the day is kept."""
    point: Name
    """The joint point."""
    weekday: Workday
    """The day: the point is open then."""
    skill: Name
    """What the visitor can do."""
    person: Count | None = None
    """Number in staff.csv; default: the nearest person of the office with the skill, the lowest number first."""

    def value(self) -> R.VisitingDay:
        """As a value of the scenario."""
        return R.VisitingDay(tuple(self.models), self.point, WEEKDAYS.index(self.weekday), self.skill, self.person)


class VideoPart(Strict):
    """Hours in which the video room of a joint point is linked to specialists. One customer at a time, by appointment only."""

    models: Annotated[list[Name], Field(min_length=1)]
    """Office models that have it."""
    point: Name
    """The joint point with the room."""
    weekdays: Annotated[list[Workday], Field(min_length=1)]
    """Its days."""
    start: Clock
    """When its first appointment begins; the grid is that of the skill in appointments.csv."""
    end: Clock
    """When its last appointment is over."""
    skill: Name
    """Who is at the other end: the largest pool that takes the office's appointments of this skill."""

    def value(self) -> R.VideoHours:
        """As a value of the scenario."""
        return R.VideoHours(
            tuple(self.models), self.point, tuple(WEEKDAYS.index(d) for d in self.weekdays), (self.start, self.end), self.skill
        )


class StaffFile(Strict):
    """How the region's people work, beside its tables. Everything but the first key is off by default."""

    region_staff: Name
    """Name of the region; this key says what the file is."""
    absence: StaffAbsencePart | None = None
    """Absence drawn for each person and day."""
    breaks: Annotated[list[StaffBreakPart], Field(max_length=10)] = []
    """Breaks and lunch."""
    meetings: Annotated[list[MeetingPart], Field(max_length=50)] = []
    """Meetings of whole points."""
    part_time: Annotated[list[PartTimePart], Field(max_length=500)] = []
    """Persons with a week of their own."""
    at_shift_end: Literal["finish", "hand_over"] = "finish"
    """What becomes of work in hand when a shift ends: finished in overtime, or handed to a colleague who is free at that moment."""
    walk_ins_at_closing: Literal["serve_out", "send_home"] = "serve_out"
    """Whether walk-in customers who wait at closing are served, or sent home."""
    speeds: Annotated[list[SpeedPart], Field(max_length=500)] = []
    """Handling times that depend on role, skill, place or channel."""
    learning: LearningPart | None = None
    """Slower work after a move."""
    visiting_days: Annotated[list[VisitingDayPart], Field(max_length=500)] = []
    """Specialists who travel to joint points on fixed weekdays."""
    video: Annotated[list[VideoPart], Field(max_length=500)] = []
    """Video rooms of joint points."""
    video_intro_min: Annotated[float, Field(ge=0.0, le=60.0)] = 5.0
    """Minutes of the municipal adviser for each customer of a video room."""
    more_skills: Annotated[list[MoreSkillPart], Field(max_length=500)] = []
    """Specialists who hold more than one skill."""
    hand_back_share: Share = 0.0
    """Share of what the national line hears that it cannot close: it goes to the office's own line."""

    def value(self, shift: tuple[float, float]) -> R.RegionStaff:
        """As a value of the scenario."""
        return R.RegionStaff(
            absence=self.absence.value() if self.absence and self.absence.share else None,
            breaks=tuple(b.value() for b in self.breaks), meetings=tuple(m.value() for m in self.meetings),
            part_time=tuple(p.value(shift) for p in self.part_time), at_shift_end=self.at_shift_end,
            walk_ins_at_closing=self.walk_ins_at_closing, speeds=tuple(s.value() for s in self.speeds),
            learning=self.learning.value() if self.learning else None,
            visiting_days=tuple(v.value() for v in self.visiting_days), hand_back_share=self.hand_back_share,
            more_skills=tuple(m.value() for m in self.more_skills),
            video=tuple(v.value() for v in self.video), video_intro_min=on_grid(self.video_intro_min),
        )  # fmt: skip
