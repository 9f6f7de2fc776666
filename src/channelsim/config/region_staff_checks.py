"""What must hold between staff.yaml and the rest of a region: every contradiction at its line, with the counter-example."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from channelsim.config.lines import line_of, load_model, suggestion
from channelsim.config.region_staff_file import MeetingPart, MoreSkillPart, PartTimePart, StaffFile, VideoPart, VisitingDayPart
from channelsim.errors import ConfigError, Problem, shown
from channelsim.scenario.compile_region_staff import WORKDAYS, with_visiting_days
from channelsim.scenario.region import WEEKDAYS, Region
from channelsim.scenario.region_staff import NO_HABITS, RegionStaff

NAME = "staff.yaml"
LEAST_AT_POINT_MIN = 60.0  # of a visiting day


@dataclass
class StaffChecker:
    """One staff.yaml with its region, and what is wrong between them."""

    path: Path
    document: Any
    file: StaffFile
    region: Region
    problems: list[Problem]

    def say(self, where: tuple[Any, ...], what: str, mend: str) -> None:
        """A problem at the line of a value."""
        self.problems.append(Problem(shown(self.path), line_of(self.document, where), ".".join(map(str, where)), what, mend))


def staff_of(folder: Path, region: Region) -> RegionStaff:
    """What staff.yaml of a region says; nothing where there is none.

    Raises
    ------
    ConfigError
        With every contradiction between it and the region's tables.
    """
    path = folder / NAME
    if not path.exists():
        return NO_HABITS
    file, document = load_model(path, StaffFile)
    problems = contradictions(path, document, file, region)
    if problems:
        raise ConfigError(problems)
    return file.value(region.shift)


def contradictions(path: Path, document: Any, file: StaffFile, region: Region) -> list[Problem]:
    """Everything that does not hold between a file and its region's tables."""
    c = StaffChecker(path, document, file, region, [])
    if file.region_staff != region.name:
        c.say(("region_staff",), f"is of {file.region_staff!r}, but stands in the folder of {region.name!r}", f"write {region.name}")
    _check_absence(c)
    _check_duties(c)
    for i, part in enumerate(file.part_time):
        _check_part_time(c, i, part)
    for i, meeting in enumerate(file.meetings):
        _check_meeting(c, i, meeting)
    _check_speeds(c)
    for i, more in enumerate(file.more_skills):
        _check_more_skill(c, i, more)
    for i, day in enumerate(file.visiting_days):
        _check_visiting_day(c, i, day)
    for i, video in enumerate(file.video):
        _check_video(c, i, video)
    if file.hand_back_share > 0.0 and not region.national_lines:
        c.say(("hand_back_share",), "there is no national line that could hand back", "remove it, or add rows to national_line.csv")
    if not c.problems:
        _check_visitors(c)
    return c.problems


def _check_absence(c: StaffChecker) -> None:
    part, whole = c.file.absence, c.region.value("staff", "absence_share", "all")
    if part is None:
        return
    if part.share > whole:
        what = f"{part.share:g} is more than the whole absence of {whole:g}"
        c.say(("absence", "share"), what, "lower it, or raise `staff, absence_share` in parameters.csv")
    for word, factors, n in (("weekday_factor", part.weekday_factor, 5), ("month_factor", part.month_factor, 12)):
        mean = (sum(factors.values()) + n - len(factors)) / n
        if abs(mean - 1.0) > 0.02:
            c.say(("absence", word), f"the factors have a mean of {mean:.3f}, not 1", "divide them by it; days that are not named have 1")
        if max(factors.values(), default=1.0) * part.share > 1.0:
            c.say(("absence", word), "makes a share above 1", "lower the factor or the share")


def _check_duties(c: StaffChecker) -> None:
    """Breaks and meetings fit into the shift and into the time for other duties."""
    start, end = c.region.shift
    for i, b in enumerate(c.file.breaks):
        last = b.at + (b.groups - 1) * b.length_min
        if not (start <= b.at and last + b.length_min <= end):
            c.say(("breaks", i), f"lies outside the shift of {_clock(start)} to {_clock(end)}", "move it, or take it in fewer groups")
    taken = sum(b.length_min for b in c.file.breaks)
    taken += sum(m.length_min / m.every_weeks / WORKDAYS for m in c.file.meetings)
    given = (1.0 - c.region.value("staff", "contact_work_share", "all")) * (end - start)
    if taken > given:
        what = f"breaks and meetings of {taken:g} min a day are more than the other duties of {given:g} min"
        where = ("breaks",) if c.file.breaks else ("meetings",)
        c.say(where, what, "shorten them, or lower `staff, contact_work_share` in parameters.csv")


def _clock(minutes: float) -> str:
    return f"{int(minutes) // 60:02d}:{int(minutes) % 60:02d}"


def _check_part_time(c: StaffChecker, i: int, part: PartTimePart) -> None:
    here, (start, end) = ("part_time", i), c.region.shift
    known = {p.id for model in c.region.office_models.values() for people in model.staff.values() for p in people}
    for person in part.persons:
        if person not in known:
            c.say((*here, "persons"), f"there is no person {person}", "use a number of staff.csv")
        elif any(person in other.persons for other in c.file.part_time[:i]):
            c.say((*here, "persons"), f"person {person} has a week already", "name a person once")
    value = part.value(c.region.shift)
    hours = next(h for h in value.hours if h is not None)
    if hours[0] < start or hours[1] > end or hours[0] >= hours[1]:
        what = f"{_clock(hours[0])} to {_clock(hours[1])} is not within the shift of {_clock(start)} to {_clock(end)}"
        c.say((*here, "start" if part.start is not None else "end"), what, "keep part-time hours within `shift` of region.yaml")


def _check_meeting(c: StaffChecker, i: int, m: MeetingPart) -> None:
    here, (start, end) = ("meetings", i), c.region.shift
    if not (start <= m.at and m.at + m.length_min <= end):
        c.say(here, f"lies outside the shift of {_clock(start)} to {_clock(end)}", "move it, or make it shorter")
    staffed = {p.name for model in c.region.office_models.values() for p in model.points if p.kind == "staffed"}
    for place in m.points:
        if place not in staffed:
            c.say((*here, "points"), f"unknown staffed point {place!r}", suggestion(place, staffed, "use a staffed point of points.csv"))


def _check_speeds(c: StaffChecker) -> None:
    places = {p.name for model in c.region.office_models.values() for p in model.points}
    skills = {s.skill for s in c.region.services} - {"any"}
    for i, s in enumerate(c.file.speeds):
        if s.place and s.place not in places:
            c.say(("speeds", i, "place"), f"unknown point {s.place!r}", suggestion(s.place, places, "use a point of points.csv"))
        if s.skill and s.skill not in skills:
            c.say(("speeds", i, "skill"), f"unknown skill {s.skill!r}", suggestion(s.skill, skills, "use a skill of services.csv"))
        if s.skill and s.role not in ("", "specialist", "national"):
            c.say(("speeds", i, "skill"), f"a {s.role} has no skill", "remove the skill, or name specialists")


def _check_more_skill(c: StaffChecker, i: int, part: MoreSkillPart) -> None:
    """Persons who are specialists wherever they work, and do not hold the skill already."""
    here = ("more_skills", i)
    skills = {s.skill for s in c.region.services if s.tier != "national"} - {"any"}
    if part.skill not in skills:
        c.say((*here, "skill"), f"unknown skill {part.skill!r}", suggestion(part.skill, skills, "use a skill of services.csv"))
    for number in part.persons:
        same = [(name, split, p) for name, model in c.region.office_models.items() for split, people in model.staff.items()
                for p in people if p.id == number]  # fmt: skip
        if not same:
            c.say((*here, "persons"), f"there is no person {number}", "use a number of staff.csv")
        name, split, other = next((row for row in same if row[2].role != "specialist"), ("", "", None))
        if other is not None:
            what = f"person {number} is {'a generalist' if other.role == 'generalist' else 'in management'} in {name} ({split})"
            c.say((*here, "persons"), what, "name specialists, who can close what takes a skill")
        earlier = [m for m in c.file.more_skills[:i] if number in m.persons and m.skill == part.skill]
        if earlier or any(p.skill == part.skill for _, _, p in same):
            c.say((*here, "persons"), f"person {number} holds {part.skill} already", "name a skill once")


def _check_visiting_day(c: StaffChecker, i: int, day: VisitingDayPart) -> None:
    """A visiting day is at a joint point that is open then, in every model that keeps it."""
    here, weekday = ("visiting_days", i), WEEKDAYS.index(day.weekday)
    skills = {s.skill for s in c.region.services if s.tier != "national"} - {"any"}
    if day.skill not in skills:
        c.say((*here, "skill"), f"unknown skill {day.skill!r}", suggestion(day.skill, skills, "use a skill of services.csv"))
    for name in day.models:
        model = c.region.office_models.get(name)
        if model is None:
            c.say((*here, "models"), f"unknown office model {name!r}", suggestion(name, c.region.office_models, "use one of region.yaml"))
            continue
        point = next((p for p in model.points if p.name == day.point), None)
        if point is None:
            c.say((*here, "point"), f"{day.point!r} is no point of {name}: it is closed there", "leave the model out, or keep the point")
        elif point.kind == "staffed":
            c.say((*here, "point"), f"{day.point!r} is staffed in {name}", "visiting days are for joint points; leave the model out")
        elif point.hours[weekday] is None:
            is_open = ", ".join(WEEKDAYS[d] for d, h in enumerate(point.hours) if h is not None)
            c.say((*here, "weekday"), f"{day.point} in {name} is closed on {day.weekday}", f"visit on {is_open}, or open it in hours.csv")


def _check_video(c: StaffChecker, i: int, video: VideoPart) -> None:
    """A room is at a joint point that is open for all of its hours, has room for an appointment, and is linked to one skill at a time."""
    here, grid = ("video", i), c.region.appointments.get(video.skill)
    if grid is None:
        mend = suggestion(video.skill, c.region.appointments, "use a skill of appointments.csv")
        c.say((*here, "skill"), f"{video.skill!r} has no slots", mend)
    elif video.end - video.start < grid.slot_min:
        what = f"{_clock(video.start)} to {_clock(video.end)} has no room for an appointment of {grid.slot_min:g} min"
        c.say((*here, "end"), what, "give it more time")
    for name in video.models:
        if not _check_room(c, here, video, name):
            return
        for other in c.file.video[:i]:
            same = other.point == video.point and name in other.models and set(other.weekdays) & set(video.weekdays)
            if same and other.start < video.end and video.start < other.end:
                c.say(here, f"the room of {video.point} is linked to {other.skill} then", "let one begin when the other ends")
                return


def _check_room(c: StaffChecker, here: tuple[Any, ...], video: VideoPart, name: str) -> bool:
    """Whether an office model has the joint point, open while the room is linked; what is wrong is said."""
    model = c.region.office_models.get(name)
    point = next((p for p in model.points if p.name == video.point), None) if model is not None else None
    if model is None:
        c.say((*here, "models"), f"unknown office model {name!r}", suggestion(name, c.region.office_models, "use one of region.yaml"))
        return False
    if point is None or point.kind == "staffed":
        what = f"{video.point!r} is {'staffed' if point else 'no point: it is closed'} in {name}"
        c.say((*here, "point"), what, "a video room is at a joint point; leave the model out")
        return False
    for day in video.weekdays:
        hours = point.hours[WEEKDAYS.index(day)]
        if hours is None or video.start < hours[0] or video.end > hours[1]:
            said = "closed" if hours is None else f"open from {_clock(hours[0])} to {_clock(hours[1])}"
            what = f"{video.point} in {name} is {said} on {day}: slots would lie outside"
            c.say((*here, "weekdays"), what, "keep the room within the point's hours")
            return False
    return True


def _check_visitors(c: StaffChecker) -> None:
    """Somebody of the office can go, and has an hour left there."""
    value = c.file.value(c.region.shift)
    region = replace(c.region, staff=value)
    for name, model in region.office_models.items():
        for split, people in model.staff.items():
            visits = with_visiting_days(region, model, people)
            for day in visits.unmanned:
                who = f"person {day.person}" if day.person is not None else f"a specialist in {day.skill}"
                what = f"{who} of the office of {day.point} is not free on {WEEKDAYS[day.weekday]} in {name} ({split})"
                _say_once(c, value.visiting_days.index(day), what, "name another day, skill or person, or leave the model out")
            for (person, weekday), trip in visits.trip_min.items():
                place = next(p.place[weekday] for p in visits.staff if p.id == person)
                if region.shift[1] - region.shift[0] - 2.0 * trip < LEAST_AT_POINT_MIN:
                    i = next(i for i, v in enumerate(value.visiting_days) if (v.point, v.weekday) == (place, weekday) and name in v.models)
                    what = f"the way of {trip:.0f} min to {place} leaves less than an hour there in {name} ({split})"
                    _say_once(c, i, what, "let somebody nearer go, or leave the model out")


def _say_once(c: StaffChecker, i: int, what: str, mend: str) -> None:
    line = line_of(c.document, ("visiting_days", i))
    if not any(p.line == line for p in c.problems):
        c.say(("visiting_days", i), what, mend)
