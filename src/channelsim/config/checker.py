"""Collects what is wrong between the files of a region folder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from channelsim.config.csv_rows import Line, Table
from channelsim.config.lines import MOST_PROBLEMS, line_of
from channelsim.config.part_keys import nearest
from channelsim.config.region_file import Invariants, RegionFile
from channelsim.errors import Problem, shown

MOST_MODELS = 100  # office models of a region, as in the file of a study


class Checker:
    """The tables of one folder, and the problems found in them.

    A check that needs every row of a table is left out where rows are lost: the first mistake would be told many times.
    """

    def __init__(self, folder: Path, head: RegionFile | None, document: Any, tables: Mapping[str, Table], problems: list[Problem]) -> None:
        self.folder, self.head, self.document, self.tables, self.problems = folder, head, document, tables, problems
        listed = [line.row.model for line in tables["points"]]
        self.models: list[str] = list(dict.fromkeys(head.office_models if head else listed))[:MOST_MODELS]
        self.invariants = head.invariants if head else Invariants()
        self.told: Counter[str] = Counter()
        self.columns: dict[tuple[str, str], set[str]] = {}
        self.indexes: dict[tuple[str, ...], dict[tuple[str, ...], list[Line]]] = {}

    def say(self, table: str, line: int, field: str, what: str, mend: str) -> None:
        """A problem of a table, unless too many are told of it already."""
        self.told[table] += 1
        if self.told[table] == MOST_PROBLEMS:
            what, mend = "there are more problems of this kind", "mend these first"
        if self.told[table] <= MOST_PROBLEMS:
            self.problems.append(Problem(shown(self.folder / f"{table}.csv"), line, field, what, mend))

    def full(self, table: str) -> bool:
        """Whether more problems of a table would not be told."""
        return self.told[table] >= MOST_PROBLEMS

    def say_head(self, where: tuple[Any, ...], what: str, mend: str) -> None:
        """A problem of region.yaml, at the line of one of its values."""
        file = shown(self.folder / "region.yaml")
        self.problems.append(Problem(file, line_of(self.document, where), ".".join(map(str, where)), what, mend))

    def sound(self, *tables: str) -> bool:
        """Whether every row of these tables could be read."""
        return all(self.tables[t].sound for t in tables)

    def rows(self, table: str, **want: str) -> list[Line]:
        """Rows of a table with the given values; looked up, since it is asked for each model and split."""
        index = self.indexes.get((table, *want))
        if index is None:
            index = self.indexes[table, *want] = {}
            for line in self.tables[table]:
                index.setdefault(tuple(getattr(line.row, k) for k in want), []).append(line)
        return index.get(tuple(want.values()), [])

    def names(self, table: str, field: str) -> set[str]:
        """Values of a column, as far as they can be read."""
        if (table, field) not in self.columns:
            self.columns[table, field] = self.tables[table].names(field)
        return self.columns[table, field]

    def known(self, table: str, field: str, source: tuple[str, str] | Collection[str], kind: str, also: tuple[str, ...] = ()) -> None:
        """Every value of a column is one of the names, or of the values of another table's column."""
        if isinstance(source, tuple) and len(source) == 2 and source[0] in self.tables:
            if not self.tables[source[0]].whole:
                return
            names: Collection[str] = self.names(*source)
        else:
            names = source
        unknown: dict[str, list[int]] = {}
        used: set[str] = set()
        for line in self.tables[table]:
            for value in str(getattr(line.row, field)).split("|"):
                used.add(value)
                if value and value not in names and value not in also:
                    unknown.setdefault(value, []).append(line.number)
        idle = min(set(names) - used, default="") if unknown else ""
        for value, lines in unknown.items():
            if self.full(table):
                break
            more = f", here and in {len(lines) - 1} rows more" if len(lines) > 1 else ""
            where = source if isinstance(source, tuple) else ("", "")
            self.say(table, lines[0], field, f"unknown {kind} {value[:60]!r}{more}", self._meant(value, names, kind, where, idle))

    def _meant(self, word: str, names: Collection[str], kind: str, source: tuple[str, ...], idle: str) -> str:
        """What was probably meant, and where it stands: there may be the mistake."""
        near = nearest(word, names)
        if kind == "office model":
            near = f"did you mean {near!r}? It" if near else f"use one of {', '.join(self.models)}: it"
            return f"{near} stands in {self.head_place('office_models')}"
        if source[0] not in self.tables or len(source) != 2:
            return f"did you mean {near!r}?" if near else f"use a {kind} of the region"
        if near:
            return f"did you mean {near!r}? It stands in {self.place(*source, near)}"
        if idle:
            return f"use a {kind} of the region; {idle!r} in {self.place(*source, idle)} is used nowhere here"
        return f"use a {kind} of the region: they are listed in {self.place(*source, '')}"

    def place(self, table: str, column: str, name: str) -> str:
        """File and line where a name is first given; of the header if it cannot be found."""
        line = next((line.number for line in self.tables[table] if str(getattr(line.row, column)) == name), 1)
        return f"{self.table_file(table)}:{line}"

    def table_file(self, table: str) -> str:
        """A table's file as messages name it."""
        return shown(self.folder / f"{table}.csv")

    def head_place(self, *where: str) -> str:
        """File and line of a value of region.yaml."""
        return f"{shown(self.folder / 'region.yaml')}:{line_of(self.document, where)}"
