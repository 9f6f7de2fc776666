"""What must hold between the files of a region, beyond each row being right by itself."""

from __future__ import annotations

from pathlib import Path

from channelsim.config import files as F
from channelsim.config.lines import Line, suggestion
from channelsim.errors import Problem, shown

TOLERANCE = 2e-4
DELAYS = ("redial", "retry_web", "phone_after_web_failure", "visit_after_web_failure", "repeat_contact",
          "visit_after_phone_abandon", "web_after_phone_abandon", "phone_after_visit_abandon",
          "visit_after_visit_abandon", "referral_from_joint_point", "after_call_work", "web_attempt",
          "induced_contact")  # fmt: skip


class Checker:
    """Collects problems of one folder's tables."""

    def __init__(self, folder: Path, head: F.RegionFile, tables: dict[str, list[Line]], problems: list[Problem]) -> None:
        self.folder, self.head, self.tables, self.problems = folder, head, tables, problems

    def say(self, table: str, line: int, field: str, what: str, mend: str) -> None:
        name = table if table.endswith(".yaml") else f"{table}.csv"
        self.problems.append(Problem(shown(self.folder / name), line, field, what, mend))

    def known(self, table: str, field: str, names: set[str], kind: str, also: tuple[str, ...] = ()) -> None:
        """Every value of a column is one of the names."""
        for line in self.tables[table]:
            for value in str(getattr(line.row, field)).split("|"):
                if value and value not in names and value not in also:
                    self.say(
                        table, line.number, field, f"unknown {kind} {value!r}", suggestion(value, names, f"use a {kind} of the region")
                    )

    def names(self, table: str, field: str) -> set[str]:
        return {str(getattr(line.row, field)) for line in self.tables[table]}


def check_region(folder: Path, head: F.RegionFile, tables: dict[str, list[Line]], problems: list[Problem]) -> None:
    """Names that refer to one another, sums of shares, the network, staff and service map of each model."""
    c = Checker(folder, head, tables, problems)
    _names(c)
    _shares(c)
    _network(c)
    _staff(c)
    _service_map(c)


def _names(c: Checker) -> None:
    towns, services, segments = c.names("municipalities", "municipality"), c.names("services", "service"), c.names("segments", "segment")
    models = set(c.head.office_models)
    for table in ("municipality_segment", "office_area"):
        c.known(table, "municipality", towns, "municipality")
    for table in ("segment_service", "municipality_segment"):
        c.known(table, "segment", segments, "segment")
    for table in ("segment_service", "service_map"):
        c.known(table, "service", services, "service")
    c.known("national_line", "services", services, "service")
    c.known("points", "point", towns, "municipality (a point is named by its municipality)")
    c.known("parameters", "applies_to", segments | services, "segment or service")
    for table in ("points", "office_area", "staff", "service_map"):
        c.known(table, "model", models, "office model")
    c.known("hours", "model", models, "office model", ("*",))
    if c.head.baseline.office_model not in models:
        c.say(
            "region.yaml",
            1,
            "baseline.office_model",
            f"unknown office model {c.head.baseline.office_model!r}",
            suggestion(c.head.baseline.office_model, models, "use one of office_models"),
        )
    for name in DELAYS:
        if name not in c.names("delays", "delay"):
            c.say("delays", 1, name, "is missing", "add a row for this delay")
    skills = {line.row.skill for line in c.tables["services"]}
    c.known("appointments", "skill", skills, "skill")
    c.known("staff", "skill", skills, "skill")
    for service in (line.row for line in c.tables["services"] if line.row.tier == "national"):
        if not any(service.service in line.row.services.split("|") for line in c.tables["national_line"]):
            c.say("national_line", 1, "services", f"nobody serves the national service {service.service}", "add it to a line")


def _shares(c: Checker) -> None:
    jobseekers = {line.row.segment for line in c.tables["segments"] if line.row.customer_kind == "jobseeker"}
    sums: dict[str, list[float]] = {}
    first: dict[str, int] = {}
    for line in c.tables["municipality_segment"]:
        if line.row.segment in jobseekers:
            sums.setdefault(line.row.municipality, []).append(line.row.share)
            first.setdefault(line.row.municipality, line.number)
    for town, shares in sums.items():
        if abs(sum(shares) - 1.0) > TOLERANCE:
            c.say("municipality_segment", first[town], "share", f"shares of {town} add up to {sum(shares):.4f}, not 1", "correct them")
    for town in sorted(c.names("municipalities", "municipality") - set(sums)):
        c.say("municipality_segment", 1, "municipality", f"{town} has no shares of segments", "add a row for each segment")
    groups: dict[tuple[str, str], list[tuple[int, str, float]]] = {}
    for line in c.tables["parameters"]:
        groups.setdefault((line.row.group, line.row.parameter), []).append((line.number, line.row.key, line.row.base))
    for name in (
        ("profile", "phone_hour_share"),
        ("profile", "visit_hour_share"),
        ("profile", "web_hour_share"),
        ("web", "after_failure_share"),
    ):
        rows = groups.get(name, [])
        total = sum(r[2] for r in rows)
        if rows and abs(total - 1.0) > 0.011:
            c.say("parameters", rows[0][0], name[1], f"shares add up to {total:.4f}, not 1", "correct them")
    for name in (("phone", "after_abandon_share"), ("visit", "after_abandon_share")):
        rows = groups.get(name, [])
        if sum(r[2] for r in rows) > 1.0 + 1e-9:
            c.say("parameters", rows[0][0], name[1], f"shares add up to {sum(r[2] for r in rows):.4f}, more than 1", "correct them")


def _network(c: Checker) -> None:
    towns = c.names("municipalities", "municipality")
    for model in c.head.office_models:
        points = [line for line in c.tables["points"] if line.row.model == model]
        offices = {line.row.office for line in points}
        if not points:
            c.say("points", 1, "model", f"the office model {model} has no points", "add rows for it")
            continue
        areas = {line.row.municipality: line for line in c.tables["office_area"] if line.row.model == model}
        for town in sorted(towns - set(areas)):
            c.say("office_area", 1, "municipality", f"{town} belongs to no office in {model}", "add a row")
        for line in areas.values():
            if line.row.office not in offices:
                c.say(
                    "office_area",
                    line.number,
                    "office",
                    f"unknown office {line.row.office!r} in {model}",
                    suggestion(line.row.office, offices, "use an office of points.csv"),
                )
        names = {line.row.point for line in points}
        open_days: dict[str, int] = {}
        for line in c.tables["hours"]:
            if line.row.model == model:
                open_days[line.row.point] = open_days.get(line.row.point, 0) + 1
                if line.row.point not in names:
                    c.say(
                        "hours",
                        line.number,
                        "point",
                        f"unknown point {line.row.point!r} in {model}",
                        suggestion(line.row.point, names, "use a point of points.csv"),
                    )
        for line in points:
            if not open_days.get(line.row.point):
                c.say("points", line.number, "point", f"{line.row.point} has no opening hours in {model}", "add rows to hours.csv")
        expected = c.head.invariants.offices.get(model)
        staffed_offices = len({line.row.office for line in points if line.row.kind == "staffed"})
        if expected is not None and staffed_offices != expected:
            c.say(
                "points",
                points[0].number,
                "office",
                f"{model} has {staffed_offices} offices, the invariant says {expected}",
                "correct offices or invariants",
            )
        expected = c.head.invariants.staffed_points.get(model)
        staffed = sum(line.row.kind == "staffed" for line in points)
        if expected is not None and staffed != expected:
            c.say(
                "points",
                points[0].number,
                "kind",
                f"{model} has {staffed} staffed points, the invariant says {expected}",
                "correct kinds or invariants",
            )
    if not any(line.row.point == "phone_line" for line in c.tables["hours"]):
        c.say("hours", 1, "point", "phone_line has no opening hours", "add rows with model * and point phone_line")


def _staff(c: Checker) -> None:
    people: dict[tuple[str, str], list[Line]] = {}
    for line in c.tables["staff"]:
        people.setdefault((line.row.split, line.row.model), []).append(line)
        if line.row.role == "specialist" and not line.row.skill:
            c.say("staff", line.number, "skill", "a specialist needs a skill", "name a skill of services.csv")
    splits = {split for split, _ in people}
    if c.head.staffing_split not in splits:
        c.say(
            "region.yaml",
            1,
            "staffing_split",
            f"unknown split {c.head.staffing_split!r}",
            suggestion(c.head.staffing_split, splits, "use one of staff.csv"),
        )
    for split in sorted(splits):
        reference = {line.row.person for line in people.get((split, c.head.office_models[0]), [])}
        for model in c.head.office_models:
            lines = people.get((split, model), [])
            staffed = {line.row.point for line in c.tables["points"] if line.row.model == model and line.row.kind == "staffed"}
            ids = {line.row.person for line in lines}
            if ids != reference:
                gone = sorted(reference ^ ids)[:5]
                c.say(
                    "staff",
                    lines[0].number if lines else 1,
                    "person",
                    f"{model} ({split}) has other persons than {c.head.office_models[0]}: {gone}",
                    "the same persons work in every model",
                )
            want = c.head.invariants.staff
            if want is not None and len(lines) != want:
                c.say(
                    "staff",
                    lines[0].number if lines else 1,
                    "person",
                    f"{model} ({split}) has {len(lines)} staff, the invariant says {want}",
                    "correct staff or invariants",
                )
            for line in lines:
                for day in ("mon", "tue", "wed", "thu", "fri"):
                    place = getattr(line.row, day)
                    if place and place not in staffed:
                        c.say(
                            "staff",
                            line.number,
                            day,
                            f"unknown staffed point {place!r} in {model}",
                            suggestion(place, staffed, "use a staffed point of the model"),
                        )


def _service_map(c: Checker) -> None:
    """Each skilled service is answered somewhere for every office, by people who have the skill."""
    for model in c.head.office_models:
        points = [line.row for line in c.tables["points"] if line.row.model == model]
        offices = {p.office for p in points}
        places = {p.point for p in points}
        skills = {line.row.skill for line in c.tables["staff"] if line.row.model == model and line.row.role == "specialist"}
        rows = [line for line in c.tables["service_map"] if line.row.model == model]
        for line in rows:
            if line.row.area != "*" and line.row.area not in offices:
                c.say(
                    "service_map",
                    line.number,
                    "area",
                    f"unknown office {line.row.area!r} in {model}",
                    suggestion(line.row.area, offices, "use an office of the model"),
                )
            if line.row.place != "*" and line.row.place not in offices | places:
                c.say(
                    "service_map",
                    line.number,
                    "place",
                    f"unknown office or point {line.row.place!r} in {model}",
                    suggestion(line.row.place, offices | places, "use an office or point"),
                )
        for service in (line.row for line in c.tables["services"] if line.row.skill != "any" and line.row.tier != "national"):
            if service.skill not in skills:
                c.say(
                    "service_map",
                    1,
                    "service",
                    f"nobody in {model} has the skill {service.skill!r} of {service.service}",
                    "give a specialist that skill in staff.csv",
                )
            for office in sorted(offices):
                if not any(
                    line.row.service == service.service and line.row.area in ("*", office) and line.row.how == "line" for line in rows
                ):
                    c.say(
                        "service_map",
                        1,
                        "area",
                        f"nobody answers {service.service} for the office {office} in {model}",
                        "add a row with how = line",
                    )
