"""How a region's people work beyond their places and hours: what `staff.yaml` says, as frozen values.

All of it is off where the file is missing. Persons are named by their id, which they keep in every office model.
"""

from __future__ import annotations

from dataclasses import dataclass

FINISH, HAND_OVER = "finish", "hand_over"
SERVE_OUT, SEND_HOME = "serve_out", "send_home"


@dataclass(frozen=True, slots=True)
class DrawnAbsence:
    """Days away that nobody knows beforehand (sickness): the part of the absence that is drawn for each person and day."""

    share: float
    weekday_factor: tuple[float, ...] = (1.0,) * 7  # Monday first
    month_factor: tuple[float, ...] = (1.0,) * 12  # January first
    wave_cv: float = 0.0  # of a gamma factor of mean 1 that all persons of the region share
    wave_weeks: int = 1  # how long one draw of it holds


@dataclass(frozen=True, slots=True)
class StaffBreak:
    """A break of every day at work, taken by the people of a place in groups one after another, by their number in the rota."""

    at_min: float  # after midnight, of the first group
    length_min: float
    groups: int = 1


@dataclass(frozen=True, slots=True)
class Meeting:
    """All people of a place at once, away from customers."""

    weekday: int
    at_min: float
    length_min: float
    every_weeks: int = 1
    places: tuple[str, ...] = ()  # (): every staffed point, each by itself


@dataclass(frozen=True, slots=True)
class PartTime:
    """Hours of some persons, in place of the region's shift; no hours: not at work that weekday."""

    persons: tuple[int, ...]
    hours: tuple[tuple[float, float] | None, ...]  # Monday to Friday, minutes after midnight


@dataclass(frozen=True, slots=True)
class Speed:
    """A factor on the handling times of the pools that all given words fit; "" fits all."""

    factor: float
    role: str = ""
    skill: str = ""
    place: str = ""
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Learning:
    """Slower work of persons who have come to another place than in the baseline's network (design 4.13)."""

    extra: float  # of the handling time, when they have just come
    half_life_weeks: float
    from_week: int = 0  # of the run, in which they came; below 0: before it


@dataclass(frozen=True, slots=True)
class VisitingDay:
    """A specialist who spends a weekday at another point of the office (decisions 24)."""

    models: tuple[str, ...]
    point: str
    weekday: int
    skill: str
    person: int | None = None  # None: who holds the skill at the nearest point, the lowest id that does not visit that day


@dataclass(frozen=True, slots=True)
class VideoHours:
    """Hours in which a joint point's video room is linked to specialists with a skill (decisions 26)."""

    models: tuple[str, ...]
    point: str
    weekdays: tuple[int, ...]
    hours: tuple[float, float]  # minutes after midnight
    skill: str


@dataclass(frozen=True, slots=True)
class MoreSkill:
    """A skill that some specialists hold beside their own: asked after those whose own it is, they take their own customers first."""

    persons: tuple[int, ...]
    skill: str


@dataclass(frozen=True, slots=True)
class RegionStaff:
    """All of it; the default is nothing."""

    absence: DrawnAbsence | None = None
    breaks: tuple[StaffBreak, ...] = ()
    meetings: tuple[Meeting, ...] = ()
    part_time: tuple[PartTime, ...] = ()
    at_shift_end: str = FINISH
    walk_ins_at_closing: str = SERVE_OUT
    speeds: tuple[Speed, ...] = ()
    learning: Learning | None = None
    visiting_days: tuple[VisitingDay, ...] = ()
    video: tuple[VideoHours, ...] = ()
    video_intro_min: float = 5.0  # of the municipal adviser, who takes the customer to the room
    more_skills: tuple[MoreSkill, ...] = ()
    hand_back_share: float = 0.0  # of what the national line hears: it goes back to the region

    @property
    def roster_changes(self) -> bool:
        """Whether somebody's day differs from the shift with other duties and the rota of absence."""
        return bool(self.absence or self.breaks or self.meetings or self.visiting_days)

    def skills_of(self, person: int, own: str) -> str:
        """What a specialist can do as one word: the own skill and those beside it, joined by `+` in the order of the file."""
        return "+".join((own, *(m.skill for m in self.more_skills if person in m.persons)))


NO_HABITS = RegionStaff()


def own_skill(skills: str) -> str:
    """The own skill among those of a pool's people."""
    return skills.partition("+")[0]


def skills_beside(skills: str) -> list[str]:
    """Those beside it."""
    return skills.split("+")[1:]
