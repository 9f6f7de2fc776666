"""Collects what is wrong between the files of a region folder."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from channelsim.config import files as F
from channelsim.config.csv_rows import Line, Table
from channelsim.config.lines import line_of, suggestion
from channelsim.errors import Problem, shown


class Checker:
    """The tables of one folder, and the problems found in them.

    A check that needs every row of a table is left out where rows are lost: the first mistake would be told many times.
    """

    def __init__(
        self, folder: Path, head: F.RegionFile | None, document: Any, tables: Mapping[str, Table], problems: list[Problem]
    ) -> None:
        self.folder, self.head, self.document, self.tables, self.problems = folder, head, document, tables, problems
        listed = [line.row.model for line in tables["points"]]
        self.models: list[str] = list(dict.fromkeys(head.office_models if head else listed))
        self.invariants = head.invariants if head else F.Invariants()

    def say(self, table: str, line: int, field: str, what: str, mend: str) -> None:
        self.problems.append(Problem(shown(self.folder / f"{table}.csv"), line, field, what, mend))

    def say_head(self, where: tuple[Any, ...], what: str, mend: str) -> None:
        """A problem of region.yaml, at the line of one of its values."""
        file = shown(self.folder / "region.yaml")
        self.problems.append(Problem(file, line_of(self.document, where), ".".join(map(str, where)), what, mend))

    def sound(self, *tables: str) -> bool:
        """Whether every row of these tables could be read."""
        return all(self.tables[t].sound for t in tables)

    def rows(self, table: str, **want: str) -> list[Line]:
        """Rows of a table with the given values."""
        return [line for line in self.tables[table] if all(getattr(line.row, k) == v for k, v in want.items())]

    def names(self, table: str, field: str) -> set[str]:
        """Values of a column, as far as they can be read."""
        return self.tables[table].names(field)

    def known(self, table: str, field: str, source: tuple[str, str] | Collection[str], kind: str, also: tuple[str, ...] = ()) -> None:
        """Every value of a column is one of the names, or of the values of another table's column."""
        if isinstance(source, tuple) and len(source) == 2 and source[0] in self.tables:
            if not self.tables[source[0]].whole:
                return
            names: Collection[str] = self.names(*source)
        else:
            names = source
        unknown: dict[str, list[int]] = {}
        for line in self.tables[table]:
            for value in str(getattr(line.row, field)).split("|"):
                if value and value not in names and value not in also:
                    unknown.setdefault(value, []).append(line.number)
        for value, lines in unknown.items():
            more = f", here and in {len(lines) - 1} rows more" if len(lines) > 1 else ""
            self.say(table, lines[0], field, f"unknown {kind} {value!r}{more}", suggestion(value, names, f"use a {kind} of the region"))
