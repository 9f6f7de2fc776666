"""What must hold between the files of a region, beyond each row being right by itself: names, segments, lines.

Parameters are in `parameter_checks`; offices, points, staff and who serves what in `region_network`.
"""

from __future__ import annotations

import difflib

from channelsim.config import parameter_names as P
from channelsim.config.checker import Checker
from channelsim.config.csv_rows import Line
from channelsim.config.kinds import LARGEST_TARGET_MIN
from channelsim.config.lines import suggestion

TOLERANCE = 2e-4  # of the shares of a municipality, which are computed
USED_TARGET = "phone_wait_target_min"  # others are kept as evidence
LINES = ("phone_line", "national_line")


def check_names(c: Checker) -> None:
    """Every name that one file takes from another is known there."""
    towns, services, segments = ("municipalities", "municipality"), ("services", "service"), ("segments", "segment")
    for table in ("municipality_segment", "office_area"):
        c.known(table, "municipality", towns, "municipality")
    for table in ("segment_service", "municipality_segment"):
        c.known(table, "segment", segments, "segment")
    for table in ("segment_service", "service_map"):
        c.known(table, "service", services, "service")
    c.known("national_line", "services", services, "service")
    c.known("points", "point", towns, "municipality (a point is named by its municipality)")
    c.known("appointments", "skill", ("services", "skill"), "skill")
    c.known("parameters", "applies_to", c.names("segments", "segment") | c.names("services", "service"), "segment or service")
    c.known("delays", "delay", P.DELAYS.keys(), "delay")
    if c.sound("delays"):
        mistyped = {suggestion(name, P.DELAYS, "") for name in c.names("delays", "delay") - set(P.DELAYS)}
        for name, meaning in P.DELAYS.items():
            if name not in c.names("delays", "delay") and f"did you mean {name!r}?" not in mistyped:
                c.say("delays", 1, name, "is missing", f"add a row for this delay: {meaning}")
    for table in ("points", "office_area", "staff", "service_map"):
        c.known(table, "model", set(c.models), "office model")
    c.known("hours", "model", set(c.models), "office model", ("*",))
    _head_names(c)


def _head_names(c: Checker) -> None:
    if c.head is None:
        return
    models, services = set(c.models), c.names("services", "service")
    use = f"use one of {', '.join(c.models)}"
    for i, name in enumerate(c.head.office_models):
        if name in c.head.office_models[:i]:
            c.say_head(("office_models", i), f"{name} is named twice", "remove one of them")
    name = c.head.baseline.office_model
    if name not in models:
        c.say_head(("baseline", "office_model"), f"unknown office model {name!r}", suggestion(name, models, use))
    for part in ("offices", "staffed_points"):
        for name in getattr(c.invariants, part):
            if name not in models:
                c.say_head(("invariants", part, name), f"unknown office model {name!r}", suggestion(name, models, use))
    for name in c.invariants.minimum_services:
        if name not in services and c.tables["services"].whole:
            mend = suggestion(name, services, "use a service of services.csv")
            c.say_head(("invariants", "minimum_services"), f"unknown service {name!r}", mend)


def check_shares(c: Checker) -> None:
    """Segments of each municipality, and where the needs of each service come from."""
    jobseekers = {line.row.segment for line in c.rows("segments", customer_kind="jobseeker")}
    if c.sound("segments", "municipality_segment"):
        by_town: dict[str, list[Line]] = {}
        for line in c.tables["municipality_segment"]:
            by_town.setdefault(line.row.municipality, []).append(line)
            if line.row.segment in c.names("segments", "segment") - jobseekers:
                what = f"{line.row.segment} are not jobseekers: they have no share of the unemployed"
                c.say("municipality_segment", line.number, "segment", what, "remove the row")
        for town, lines in by_town.items():
            total = sum(line.row.share for line in lines)
            if abs(total - 1.0) > TOLERANCE:
                c.say("municipality_segment", lines[0].number, "share", f"shares of {town} add up to {total:.4f}, not 1", "correct them")
        for town in sorted(c.names("municipalities", "municipality") - set(by_town)):
            c.say("municipality_segment", 1, "municipality", f"{town} has no shares of segments", "add a row for each segment")
    if c.sound("municipalities") and not any(line.row.unemployed > 0 for line in c.tables["municipalities"]):
        c.say("municipalities", 1, "unemployed", "nobody is unemployed in this region", "give the numbers of at least one municipality")
    if c.sound("segments", "services", "segment_service"):
        given = {(line.row.segment, line.row.service): line.row.weight for line in c.tables["segment_service"]}
        for service in [line.row.service for line in c.tables["services"]]:
            weights = {s: given.get((s, service)) for s in (line.row.segment for line in c.tables["segments"])}
            for segment in [s for s, weight in weights.items() if weight is None]:
                c.say("segment_service", 1, "weight", f"{segment}, {service} has no row", "add it; weight 0 where no needs come from")
            if not any(weights.values()):
                c.say("segment_service", 1, "weight", f"needs of {service} come from no segment", "give one of them a weight above 0")


def check_targets(c: Checker) -> None:
    """The one target that the model uses is not silently missed because its name is mistyped."""
    names = c.names("targets", "measure")
    meant = difflib.get_close_matches(USED_TARGET, names, 1, 0.85)  # other targets have names not quite unlike it
    if USED_TARGET not in names and meant:
        line = next((line.number for line in c.tables["targets"] if line.row.measure == meant[0]), 1)
        c.say("targets", line, "measure", f"unknown target {meant[0]!r}", f"did you mean {USED_TARGET!r}?")
    for row in c.rows("targets", measure=USED_TARGET):
        if row.row.target > LARGEST_TARGET_MIN:
            what = f"{row.row.target:g} min is more than {LARGEST_TARGET_MIN:g}, up to which shares of waits are counted"
            c.say("targets", row.number, "target", what, "give a shorter target")


def check_lines(c: Checker) -> None:
    """The regional phone and the national line: hours, and who answers what."""
    hours = c.rows("hours", model="*")
    for line in hours:
        if line.row.point not in LINES:
            mend = suggestion(line.row.point, LINES, f"with model * only {' and '.join(LINES)} have hours")
            c.say("hours", line.number, "point", f"unknown line {line.row.point!r}", mend)
    national = {line.row.service for line in c.rows("services", tier="national")}
    for name in LINES[: 2 if national else 1]:
        if c.sound("hours") and not any(line.row.point == name for line in hours):
            c.say("hours", 1, "point", f"{name} has no opening hours", f"add rows with model * and point {name}")
    answered: dict[str, str] = {}
    for line in c.tables["national_line"]:
        for service in line.row.services.split("|"):
            if service in answered:
                c.say("national_line", line.number, "services", f"{service} is answered by {answered[service]} already", "remove it here")
            elif service in c.names("services", "service") - national and c.sound("services"):
                c.say("national_line", line.number, "services", f"{service} is not a national service", "remove it here")
            answered[service] = line.row.pool
    if c.sound("national_line"):
        for service in sorted(national - set(answered)):
            c.say("national_line", 1, "services", f"nobody serves the national service {service}", "add it to a line")
