"""Reads a region folder into a `Region`, with every problem of every file told at once."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from channelsim.config.checker import Checker
from channelsim.config.csv_rows import LARGEST_CSV_BYTES, MOST_ROWS, Table, load_matrix, load_rows
from channelsim.config.customer_rows import (
    DelayRow,
    MunicipalityRow,
    MunicipalitySegmentRow,
    ParameterRow,
    SegmentRow,
    SegmentServiceRow,
    ServiceRow,
)
from channelsim.config.lines import MOST_PROBLEMS, load_model
from channelsim.config.network_rows import (
    AppointmentRow,
    ClosedDayRow,
    HoursRow,
    NationalRow,
    OfficeAreaRow,
    PointRow,
    ServiceMapRow,
    StaffRow,
    TargetRow,
)
from channelsim.config.parameter_checks import check_parameters
from channelsim.config.region_checks import check_lines, check_names, check_shares, check_targets
from channelsim.config.region_file import RegionFile
from channelsim.config.region_network import check_network
from channelsim.config.region_staff_checks import NAME as STAFF_FILE
from channelsim.config.region_staff_checks import staff_of
from channelsim.errors import ConfigError, Problem, shown
from channelsim.scenario import region as R
from channelsim.scenario.compile_demand import cell_means
from channelsim.scenario.region_staff import NO_HABITS
from channelsim.scenario.tables import serial_bits_for

MOST_ROWS_OF = {  # what other tables have a row or a cell for
    "municipalities": 2000, "services": 300, "segments": 300, "delays": 100, "appointments": 300, "national_line": 300,
    "targets": 1000, "closed_days": 10_000,
}  # fmt: skip
OPTIONAL = (STAFF_FILE,)  # files that a region may have
MARGIN = 3  # between a mean week and the busiest

TABLES: dict[str, type[Any]] = {
    "municipalities": MunicipalityRow, "services": ServiceRow, "segments": SegmentRow,
    "segment_service": SegmentServiceRow, "municipality_segment": MunicipalitySegmentRow,
    "parameters": ParameterRow, "delays": DelayRow, "office_area": OfficeAreaRow, "points": PointRow,
    "hours": HoursRow, "staff": StaffRow, "service_map": ServiceMapRow, "national_line": NationalRow,
    "appointments": AppointmentRow, "targets": TargetRow, "closed_days": ClosedDayRow,
}  # fmt: skip
KEYS = {
    "municipalities": ("municipality",), "services": ("service",), "segments": ("segment",),
    "segment_service": ("segment", "service"), "municipality_segment": ("municipality", "segment"),
    "parameters": ("group", "parameter", "key"), "delays": ("delay",), "office_area": ("model", "municipality"),
    "points": ("model", "point"), "hours": ("model", "point", "weekday"), "staff": ("split", "model", "person"),
    "service_map": ("model", "service", "area", "how", "place"), "national_line": ("pool",), "appointments": ("skill",),
    "targets": ("measure",), "closed_days": ("date",),
}  # fmt: skip


def load_region(path: Path) -> R.Region:
    """The region of a folder (or of its `region.yaml`).

    Raises
    ------
    ConfigError
        With every problem found in any of its files.
    """
    folder = path.parent if path.name == "region.yaml" else path
    if not (folder / "region.yaml").is_file():
        raise ConfigError([Problem(shown(folder), 1, "region", "is not a region folder: it has no region.yaml", "name the folder")])
    problems: list[Problem] = []
    digest = digest_of(folder)
    head, document = _head(folder / "region.yaml", problems)
    tables = read_tables(folder, problems)
    for name, table in tables.items():
        _no_twins(folder / f"{name}.csv", table, KEYS[name], problems)
    towns = tables["municipalities"]
    names = list(dict.fromkeys([line.row.municipality for line in towns] + [b.get("municipality", "") for b in towns.broken]))
    travel = [load_matrix(folder / f"travel_{unit}.csv", names, problems) for unit in ("km", "minutes")] if towns.whole else []
    checker = Checker(folder, head, document, tables, problems)
    for check in (check_names, check_shares, check_parameters, check_lines, check_targets, check_network):
        check(checker)
    if digest_of(folder) != digest:
        problems.append(Problem(shown(folder), 1, "files", "have changed while they were read", "try again"))
    if problems or head is None:
        raise ConfigError(problems)
    region = _region(head, tables, np.array(travel[0]), np.array(travel[1]), digest)
    refuse_flood(region, checker)
    staff = staff_of(folder, region)
    if digest_of(folder) != digest:
        raise ConfigError([Problem(shown(folder), 1, "files", "have changed while they were read", "try again")])
    return region if staff is NO_HABITS else replace(region, staff=staff)


def read_tables(folder: Path, problems: list[Problem]) -> dict[str, Table]:
    """Every table of a region folder but travel, row by row."""
    return {name: load_rows(folder / f"{name}.csv", model, problems, MOST_ROWS_OF.get(name, MOST_ROWS)) for name, model in TABLES.items()}


def refuse_flood(region: R.Region, checker: Checker) -> None:
    """More needs of one kind in a week than their numbers have room for, or none at all."""
    cells = cell_means(region)
    if not cells:
        checker.say("municipalities", 1, "unemployed", "no need of any service arises", "see segment_service.csv and the contact rates")
    else:
        m, g, s, mean = max(cells, key=lambda cell: cell[3])
        most = 2 ** serial_bits_for(len(cells)) / MARGIN
        if mean > most:
            town, segment, service = region.municipalities[m].name, region.segments[g].id, region.services[s].id
            what = f"{mean:,.0f} needs a week of {service} by {segment} of {town}, more than {most:,.0f}"
            rates = [line.number for line in checker.rows("parameters", parameter="contacts_per_unemployed_per_year", key=service)]
            where = checker.place("municipalities", "municipality", town)
            checker.say("parameters", rates[0], "base", what, f"lower the contact rate, or the unemployed in {where}")
    if checker.problems:
        raise ConfigError(checker.problems)


def _head(path: Path, problems: list[Problem]) -> tuple[RegionFile | None, Any]:
    """What region.yaml says, and its positioned document; None where it cannot be read."""
    try:
        return load_model(path, RegionFile)
    except ConfigError as error:
        problems += error.problems
        return None, {}


def _no_twins(path: Path, table: Table, key: tuple[str, ...], problems: list[Problem]) -> None:
    seen: dict[tuple[object, ...], int] = {}
    before = len(problems)
    for line in table:
        if len(problems) - before == MOST_PROBLEMS:
            problems.append(Problem(shown(path), line.number, "row", "more rows may stand twice", "mend the problems above first"))
            return
        value = tuple(getattr(line.row, k) for k in key)
        if value in seen:
            what = f"{', '.join(map(str, value))} stands already in line {seen[value]}"
            problems.append(Problem(shown(path), line.number, "+".join(key), what, "keep one of the two rows"))
        seen.setdefault(value, line.number)


def _week(hours: dict[str, R.Interval]) -> R.Week:
    return tuple(hours.get(day) for day in R.WEEKDAYS)


def _region(head: RegionFile, tables: dict[str, Table], km: np.ndarray, minutes: np.ndarray, digest: str) -> R.Region:
    rows = {name: [line.row for line in table] for name, table in tables.items()}
    hours: dict[tuple[str, str], dict[str, R.Interval]] = {}
    for r in rows["hours"]:
        hours.setdefault((r.model, r.point), {})[r.weekday] = (r.open, r.close)
    return R.Region(
        name=head.region, title=head.title, first_monday=head.first_monday, weeks_per_year=head.weeks_per_year,
        currency=head.currency, staffing_split=head.staffing_split, shift=(head.shift.start, head.shift.end),
        phone_hours=_week(hours.get(("*", "phone_line"), {})), national_hours=_week(hours.get(("*", "national_line"), {})),
        closed_days={r.date: r.name for r in rows["closed_days"]},
        municipalities=tuple(
            R.Municipality(r.municipality, r.population, r.unemployed, r.settlement_class, r.foreign_language_pct, r.grade, r.source)
            for r in rows["municipalities"]
        ),
        services=tuple(
            R.Service(r.service, r.name, r.tier, r.skill, bool(r.visits_booked), bool(r.offered_at_joint_points))
            for r in rows["services"]
        ),
        segments=tuple(R.Segment(r.segment, r.title, r.customer_kind) for r in rows["segments"]),
        segment_service={(r.segment, r.service): r.weight for r in rows["segment_service"]},
        municipality_segment={(r.municipality, r.segment): r.share for r in rows["municipality_segment"]},
        parameters={
            (r.group, r.parameter, r.key): R.Parameter(
                r.group, r.parameter, r.key, r.unit, r.low, r.base, r.high, r.cv,
                tuple(a for a in r.applies_to.split("|") if a), r.grade, r.source, r.note,
            )
            for r in rows["parameters"]
        },
        delays={
            r.delay: R.Delay(r.delay, r.distribution, r.mean_min, r.cv, r.grade, r.source, r.low, r.high) for r in rows["delays"]
        },
        appointments={
            r.skill: R.Appointments(r.skill, r.slot_min, r.first_slot, r.last_slot, r.bookable_share, r.notice_min,
                                    r.horizon_working_days, r.hold_before_min, r.reserved_share)
            for r in rows["appointments"]
        },
        national_lines=tuple(R.NationalLine(r.pool, r.persons, tuple(r.services.split("|"))) for r in rows["national_line"]),
        targets=tuple(R.Target(r.measure, r.target, r.unit) for r in rows["targets"]),
        travel_km=km, travel_min=minutes,
        office_models={name: _model(name, rows, hours) for name in head.office_models},
        baseline=(head.baseline.office_model, head.baseline.strategy), invariants=head.invariants.model_dump(),
        digest=digest, web_outages=_outages(head),
    )  # fmt: skip


def _outages(head: RegionFile) -> tuple[tuple[float, float], ...]:
    """Minutes after the first Monday at which each outage begins and ends."""
    days = [(o.date - head.first_monday).days * 1440.0 for o in head.web_outages]
    return tuple((day + o.start, day + o.end) for day, o in zip(days, head.web_outages, strict=True))


def _model(name: str, rows: dict[str, list[Any]], hours: dict[tuple[str, str], dict[str, R.Interval]]) -> R.OfficeModel:
    staff: dict[str, list[R.Person]] = {}
    for r in rows["staff"]:
        if r.model == name:
            person = R.Person(r.person, r.role, r.skill, (r.mon, r.tue, r.wed, r.thu, r.fri), bool(r.released), r.rota)
            staff.setdefault(r.split, []).append(person)
    return R.OfficeModel(
        name=name,
        points=tuple(
            R.Point(r.point, r.office, r.kind, r.advisers_fte, bool(r.under_ten), _week(hours.get((name, r.point), {})))
            for r in rows["points"]
            if r.model == name
        ),
        office_of={r.municipality: r.office for r in rows["office_area"] if r.model == name},
        staff={split: tuple(people) for split, people in staff.items()},
        service_map=tuple(R.ServedBy(r.service, r.area, r.how, r.place) for r in rows["service_map"] if r.model == name),
    )


def _beginning(path: Path) -> bytes:
    """All of a file, or as much as is read of one that is too large anyhow."""
    with path.open("rb") as file:
        return file.read(LARGEST_CSV_BYTES + 1)


def digest_of(folder: Path) -> str:
    """Hash of all files that are read, in order of their names; a file that is missing is a problem told elsewhere."""
    digest = hashlib.sha256()
    for name in sorted(["region.yaml", "travel_km.csv", "travel_minutes.csv", *(f"{t}.csv" for t in TABLES)]):
        path = folder / name
        digest.update(name.encode() + b"\0" + (_beginning(path) if path.is_file() else b"") + b"\0")
    for name in OPTIONAL:
        if (folder / name).is_file():
            digest.update(name.encode() + b"\0" + _beginning(folder / name) + b"\0")
    return digest.hexdigest()
