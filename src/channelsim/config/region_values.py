"""Checks a figure that a study puts in place of a region's as if it stood in the region's file."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from channelsim.config.checker import Checker
from channelsim.config.csv_rows import Line, Table
from channelsim.config.lines import load_model
from channelsim.config.parameter_checks import check_parameters
from channelsim.config.region import read_tables, refuse_flood
from channelsim.config.region_checks import check_shares, check_targets
from channelsim.config.region_file import RegionFile
from channelsim.errors import ConfigError
from channelsim.scenario.overrides import Level, region_paths, with_region_values
from channelsim.scenario.region import Region

WHOLE = (".persons", ".horizon_working_days")  # ends of paths whose values are whole numbers


def _parameter(row: Any, r: Region) -> dict[str, Any]:
    p = r.parameters[row.group, row.parameter, row.key]
    return {"base": p.base, "low": p.low, "high": p.high}


def _delay(row: Any, r: Region) -> dict[str, Any]:
    mean = r.delays[row.delay].mean_min  # a study may go beyond what is plausible: its range goes with it
    return {
        "mean_min": mean,
        "low": None if row.low is None else min(row.low, mean),
        "high": None if row.high is None else max(row.high, mean),
    }


def _appointment(row: Any, r: Region) -> dict[str, Any]:
    book = r.appointments[row.skill]
    columns = {
        c: getattr(book, c)
        for c in ("slot_min", "bookable_share", "notice_min", "horizon_working_days", "hold_before_min", "reserved_share")
    }
    return columns | {c: f"{int(t // 60):02d}:{int(t % 60):02d}" for c, t in (("first_slot", row.first_slot), ("last_slot", row.last_slot))}


NEW_CELLS: dict[str, Callable[[Any, Region], dict[str, Any]]] = {
    "parameters": _parameter,
    "delays": _delay,
    "appointments": _appointment,
    "municipalities": lambda row, r: {"unemployed": next(m.unemployed for m in r.municipalities if m.name == row.municipality)},
    "national_line": lambda row, r: {"persons": next(n.persons for n in r.national_lines if n.pool == row.pool)},
    "segment_service": lambda row, r: {"weight": r.segment_service[row.segment, row.service]},
    "municipality_segment": lambda row, r: {"share": r.municipality_segment[row.municipality, row.segment]},
    "targets": lambda row, r: {"target": next(t.target for t in r.targets if t.measure == row.measure)},
}


class RegionValues:
    """Tries values at paths of one region; its files are read once, when the first is tried."""

    def __init__(self, region: Region, folder: Path) -> None:
        self.region, self.folder = region, folder

    @cached_property
    def tables(self) -> dict[str, Table]:
        return read_tables(self.folder, [])

    @cached_property
    def head(self) -> tuple[RegionFile, Any]:
        return load_model(self.folder / "region.yaml", RegionFile)

    def wrong(self, path: str, value: Level) -> str:
        """What would be wrong with the region if this value stood in its file; nothing if it is right."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return f"takes a number (found {value!r})"
        if path.endswith(WHOLE) and not float(value).is_integer():
            return f"takes a whole number (found {value!r})"
        if value < 0:
            return f"cannot be less than 0 (found {value!r})"
        region = with_region_values(self.region, {path: value})
        if region_paths(region)[path] != value:
            return f"is a share of a family that adds up to 1 (found {value!r})"
        name = path.split(".")[1]
        table = Table()
        try:
            for line in self.tables[name]:
                table.lines.append(Line(line.number, self._changed(name, line.row, region)))
        except ValidationError as error:
            return f"{error.errors()[0]['msg'].removeprefix('Value error, ')} (found {value!r})"
        checker = Checker(self.folder, *self.head, {**self.tables, name: table}, [])
        try:
            for check in (check_parameters, check_shares, check_targets):
                check(checker)
            refuse_flood(region, checker)
        except ConfigError as error:
            return error.problems[0].what
        return checker.problems[0].what if checker.problems else ""

    def _changed(self, table: str, row: BaseModel, region: Region) -> BaseModel:
        """The row as it would be; rows that stay are not looked at again."""
        cells = NEW_CELLS[table](row, region)
        if cells == NEW_CELLS[table](row, self.region):
            return row
        return type(row).model_validate({**row.model_dump(), **cells})
