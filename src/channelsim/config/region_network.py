"""What must hold of each office model: its points, its staff, and who serves what (design 4.10, decisions 34).

A class that nobody may serve is refused here, with the office, point, service or day that shows it.
"""

from __future__ import annotations

from collections.abc import Collection

from channelsim.config.checker import Checker
from channelsim.config.csv_rows import Line
from channelsim.config.lines import suggestion
from channelsim.config.part_keys import nearest
from channelsim.scenario.region import WEEKDAYS

WORKDAYS = WEEKDAYS[:5]
MOST_SPLITS = 20  # each is checked with each office model


def check_network(c: Checker) -> None:
    """Offices, points, hours, staff and service map of every office model."""
    _check_people(c)
    first = {line.row.split: line.number for line in reversed(c.tables["staff"].lines)}
    splits = sorted(first, key=lambda split: first[split])
    if len(splits) > MOST_SPLITS:
        what = f"{splits[MOST_SPLITS]!r} is one of {len(splits)} staffing splits, more than {MOST_SPLITS}"
        c.say("staff", first[splits[MOST_SPLITS]], "split", what, "keep fewer splits")
    for model in c.models:
        points = c.rows("points", model=model)
        if not points:
            if c.sound("points"):
                c.say("points", 1, "model", f"the office model {model} has no points", "add rows for it")
            continue
        _check_areas(c, model, points)
        _check_hours(c, model, points)
        _check_counts(c, model, points)
        for split in sorted(splits[:MOST_SPLITS]):
            staff = c.rows("staff", model=model, split=split)
            _check_staff(c, model, split, staff, points)
            if c.sound("staff", "points", "services", "service_map") and staff:
                _check_points_manned(c, f"{model} ({split})", staff, points)
                _check_served(c, model, split, staff, points)


def _mend(c: Checker, word: str, names: Collection[str], otherwise: str, column: str, points: list[Line]) -> str:
    """What was probably meant, and where points of the model say so: the mistake may be there."""
    near = nearest(word, names)
    at = next((line.number for line in points if getattr(line.row, column) == near), points[0].number)
    return f"{f'did you mean {near!r}? See' if near else f'{otherwise}, see'} {c.table_file('points')}:{at}"


def _check_areas(c: Checker, model: str, points: list[Line]) -> None:
    staffed = {line.row.office for line in points if line.row.kind == "staffed"}
    areas = {line.row.municipality: line for line in c.rows("office_area", model=model)}
    if c.sound("office_area", "municipalities"):
        for town in sorted(c.names("municipalities", "municipality") - set(areas)):
            c.say("office_area", 1, "municipality", f"{town} belongs to no office in {model}", "add a row")
    for line in areas.values():
        if line.row.office not in staffed and c.sound("points"):
            mend = _mend(c, line.row.office, staffed, "use an office that has a staffed point", "office", points)
            c.say("office_area", line.number, "office", f"unknown office {line.row.office!r} in {model}", mend)
    receives = any(line.row.offered_at_joint_points for line in c.tables["services"])
    for line in points:
        if line.row.kind != "staffed" and receives and line.row.advisers_fte == 0:
            what = f"{line.row.point} in {model} is {line.row.kind}, but nobody receives there"
            c.say("points", line.number, "advisers_fte", what, "give it a municipal adviser")


def _check_hours(c: Checker, model: str, points: list[Line]) -> None:
    names = {line.row.point for line in points}
    rows = c.rows("hours", model=model)
    for line in rows:
        if line.row.point not in names and c.sound("points"):
            mend = _mend(c, line.row.point, names, "use a point of points.csv", "point", points)
            c.say("hours", line.number, "point", f"unknown point {line.row.point!r} in {model}", mend)
    if c.sound("hours"):
        for line in points:
            if not any(h.row.point == line.row.point for h in rows):
                c.say("points", line.number, "point", f"{line.row.point} has no opening hours in {model}", "add rows to hours.csv")
    if c.head is None:
        return
    start, end = c.head.shift.start, c.head.shift.end
    staffed = {line.row.point for line in points if line.row.kind == "staffed"}
    lines = [line for line in c.rows("hours", model="*", point="phone_line") if model == c.models[0]]
    for line in (*(line for line in rows if line.row.point in staffed), *lines):
        field = "open" if line.row.open < start else "close" if line.row.close > end else ""
        if field:
            what = f"{line.row.point} is open on {line.row.weekday} when no shift is at work"
            c.say("hours", line.number, field, what, "keep the hours within `shift` of region.yaml")


def _check_counts(c: Checker, model: str, points: list[Line]) -> None:
    """Offices and staffed points as the region says they must be."""
    staffed = [line.row for line in points if line.row.kind == "staffed"]
    if not c.sound("points"):
        return
    for field, count, part, wanted in (
        ("office", len({p.office for p in staffed}), "offices", c.invariants.offices),
        ("kind", len(staffed), "staffed_points", c.invariants.staffed_points),
    ):
        if model in wanted and count != wanted[model]:
            what = f"{model} has {count} {part.replace('_', ' ')}, the invariant says {wanted[model]}"
            mend = f"correct points.csv, or the invariant in {c.head_place('invariants', part, model)}"
            c.say("points", points[0].number, field, what, mend)


def _check_people(c: Checker) -> None:
    """Each row of the staff by itself, and each person over the models."""
    national = {line.row.skill for line in c.tables["services"] if line.row.tier == "national"}
    skills = {line.row.skill for line in c.tables["services"] if line.row.tier != "national"} - {"any"}
    rota: dict[tuple[str, int], Line] = {}
    for line in c.tables["staff"]:
        row = line.row
        if row.role == "specialist" and not row.skill:
            c.say("staff", line.number, "skill", "a specialist needs a skill", "name a skill of services.csv")
        elif row.role == "specialist" and row.skill not in skills and c.sound("services"):
            what = f"unknown skill {row.skill!r}" if row.skill not in national | {"any"} else f"{row.skill!r} is no skill of the staff"
            c.say("staff", line.number, "skill", what, suggestion(row.skill, skills, f"use one of {', '.join(sorted(skills))}"))
        elif row.role != "specialist" and row.skill:
            c.say("staff", line.number, "skill", f"a {row.role} has no skill", "leave it empty, or make the person a specialist")
        if row.released and row.role != "management":
            c.say("staff", line.number, "released", f"only posts of management are released, not a {row.role}", "write 0")
        first = rota.setdefault((row.split, row.person), line)
        if row.rota != first.row.rota:
            what = f"person {row.person} has rota {row.rota}, but {first.row.rota} in line {first.number}"
            mend = f"the same person keeps the same rota in every model: correct this row or {c.table_file('staff')}:{first.number}"
            c.say("staff", line.number, "rota", what, mend)
    if c.head is not None and c.sound("staff"):
        splits = c.names("staff", "split")
        if c.head.staffing_split not in splits:
            mend = suggestion(c.head.staffing_split, splits, "use one of staff.csv")
            c.say_head(("staffing_split",), f"unknown split {c.head.staffing_split!r}", mend)


def _check_staff(c: Checker, model: str, split: str, staff: list[Line], points: list[Line]) -> None:
    staffed = {line.row.point for line in points if line.row.kind == "staffed"}
    unknown: set[tuple[str, str]] = set()
    for line in staff:
        for day in WORKDAYS:
            place = getattr(line.row, day)
            if place and place not in staffed and (split, place) not in unknown and c.sound("points"):
                unknown.add((split, place))
                mend = _mend(c, place, staffed, "use a staffed point of the model", "point", points)
                c.say("staff", line.number, day, f"unknown staffed point {place!r} in {model} ({split})", mend)
    if not c.sound("staff"):
        return
    at = staff[0].number if staff else 1
    reference, ids = ({line.row.person for line in c.rows("staff", model=m, split=split)} for m in (c.models[0], model))
    if ids != reference:
        what = f"{model} ({split}) has other persons than {c.models[0]}: {sorted(reference ^ ids)[:5]}"
        c.say("staff", at, "person", what, "the same persons work in every model")
    want = c.invariants.staff
    if want is not None and len(staff) != want:
        what = f"{model} ({split}) has {len(staff)} staff, the invariant says {want}"
        c.say("staff", at, "person", what, f"correct staff.csv, or the invariant in {c.head_place('invariants', 'staff')}")


def _check_points_manned(c: Checker, where: str, staff: list[Line], points: list[Line]) -> None:
    """Somebody serves customers at each staffed point on each day on which it is open."""
    for line in points:
        if line.row.kind != "staffed":
            continue
        days = {h.row.weekday: h for h in c.rows("hours", model=line.row.model, point=line.row.point)}
        manned = {d for s in staff if s.row.role != "management" for d in WORKDAYS if getattr(s.row, d) == line.row.point}
        if not manned:
            wanted = c.invariants.minimum_services
            what = f"{line.row.point} in {where} has nobody to serve customers" + (f": no {', '.join(wanted)}" if wanted else "")
            c.say("points", line.number, "point", what, "put staff there in staff.csv, or close the point")
        for day in [d for d in days if manned and d not in manned]:
            what = f"{line.row.point} in {where} is open on {day}, but nobody is there"
            c.say("hours", days[day].number, "weekday", what, "put staff there on that day, or close it")


def _check_served(c: Checker, model: str, split: str, staff: list[Line], points: list[Line]) -> None:
    """Each service has somebody with its skill wherever the service map sends the customers of an office."""
    office_of = {line.row.point: line.row.office for line in points if line.row.kind == "staffed"}
    offices = {line.row.office for line in points}
    places_of_skill: dict[str, set[str]] = {}
    for line in staff:
        if line.row.role == "specialist":
            at = {getattr(line.row, day) for day in WORKDAYS} & set(office_of)
            places_of_skill.setdefault(line.row.skill, set()).update(at | {office_of[p] for p in at} | ({"*"} if at else set()))
    services = {line.row.service: line.row for line in c.tables["services"] if line.row.tier != "national" and line.row.skill != "any"}
    rows = c.rows("service_map", model=model)
    for line in rows:
        places, skill = offices | set(office_of) | {"*"}, services[line.row.service].skill if line.row.service in services else ""
        if line.row.area not in offices | {"*"}:
            mend = _mend(c, line.row.area, offices, "use an office of the model", "office", points)
            c.say("service_map", line.number, "area", f"unknown office {line.row.area!r} in {model}", mend)
        if line.row.place not in places:
            mend = _mend(c, line.row.place, places - {"*"}, "use an office or a staffed point", "office", points)
            c.say("service_map", line.number, "place", f"unknown office or point {line.row.place!r} in {model}", mend)
        elif skill and places_of_skill.get(skill) and line.row.place not in places_of_skill[skill]:
            what = f"nobody at {line.row.place!r} in {model} ({split}) has the skill {skill!r} of {line.row.service}"
            c.say("service_map", line.number, "place", what, "name a place that has it, or * for the whole region")
    for service in services.values():
        there = c.place("services", "service", service.service)
        if not places_of_skill.get(service.skill):
            what = f"nobody in {model} ({split}) has the skill {service.skill!r} of {service.service}: no municipality reaches it"
            c.say("service_map", 1, "service", what, f"give a specialist that skill in staff.csv, or correct {there}")
        hows = ("line", "booked") if service.visits_booked else ("line",)
        for how, office in [(h, o) for h in hows for o in sorted(set(office_of.values()))]:
            if not any(r.row.service == service.service and r.row.how == how and r.row.area in ("*", office) for r in rows):
                done = "answers" if how == "line" else "takes appointments of"
                what = f"nobody {done} {service.service} for the office {office} in {model}"
                c.say("service_map", 1, "area", what, f"add a row with how = {how}, or correct {there}")
        if service.visits_booked and c.sound("appointments") and service.skill not in c.names("appointments", "skill"):
            what = f"{service.skill!r} has no slots, but visits of {service.service} are booked"
            c.say("appointments", 1, "skill", what, f"add a row for the skill, or correct {there}")
