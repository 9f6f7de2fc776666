"""CSV as typed rows that remember their lines.

What is wrong goes to a list of problems and the good rows come back, so that one mistake hides no other. Rows that
cannot be read keep their cells: a town whose row has a bad figure is still a known town.
"""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from channelsim.config.lines import MOST_PROBLEMS, read_text, suggestion
from channelsim.config.part_keys import nearest
from channelsim.errors import ConfigError, Problem, shown

LARGEST_CSV_BYTES = 50_000_000
MOST_ROWS = 200_000
LARGEST_DISTANCE = 100_000.0  # km or minutes


@dataclass(frozen=True)
class Line:
    """A typed row of a CSV file with its line number."""

    number: int
    row: Any


@dataclass
class Table:
    """What could be read of a CSV file."""

    lines: list[Line] = field(default_factory=list)
    broken: list[dict[str, str]] = field(default_factory=list)  # cells of rows that do not fit the model
    whole: bool = True  # False where rows are lost: no file, another header, an open quote

    def __iter__(self) -> Iterator[Line]:
        return iter(self.lines)

    @property
    def sound(self) -> bool:
        """Whether every row of the file is here, so that sums and counts mean something."""
        return self.whole and not self.broken

    def names(self, column: str) -> set[str]:
        """Values of a column, those of broken rows too."""
        return {str(getattr(line.row, column)) for line in self.lines} | {cells.get(column, "") for cells in self.broken}


def load_rows(path: Path, model: type[BaseModel], problems: list[Problem], most: int = MOST_ROWS) -> Table:
    """Rows of a CSV file as typed models, `most` of them at most."""
    table = Table()
    records = _records(path, table, problems, most)
    _, header = next(records, (1, []))
    if not _good_header(header, model, path, problems):
        table.whole = False
        return table
    rows, before = list(records), len(problems)
    lengths = {len(cells) for _, cells in rows}
    if len(rows) > 1 and len(lengths) == 1 and lengths != {len(header)}:
        what = f"has {len(header)} columns, but every row has {lengths.pop()} cells"
        problems.append(Problem(shown(path), 1, "header", what, "name each column of the rows"))
        table.whole = False
        return table
    for line, cells in rows:
        if len(problems) - before >= MOST_PROBLEMS:
            problems.append(Problem(shown(path), line, "row", "rows from here on are not looked at", "mend the problems above first"))
            table.whole = False
            break
        if len(cells) != len(header):
            what = f"has {len(cells)} cells, the header has {len(header)}"
            problems.append(Problem(shown(path), line, "row", what, f"check commas and quotes here and in {shown(path)}:1"))
            table.broken.append(dict(zip(header, cells, strict=False)))
        else:
            _add_row(dict(zip(header, cells, strict=True)), model, path, line, table, problems)
    return table


def _records(path: Path, table: Table, problems: list[Problem], most: int = MOST_ROWS) -> Iterator[tuple[int, list[str]]]:
    """Records that are not empty, each with the line on which it begins."""
    try:
        text = read_text(path, LARGEST_CSV_BYTES)
    except ConfigError as error:
        problems += error.problems
        table.whole = False
        return
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    for number in itertools.count():
        line = reader.line_num + 1
        if number > most + 1:  # the header, and a row more
            problems.append(Problem(shown(path), line - 1, "row", f"there are more than {most:,} rows", "take out what is not needed"))
            table.whole = False
            return
        try:
            cells = next(reader, None)
        except csv.Error as error:
            problems.append(Problem(shown(path), line, "row", f"unreadable ({error})", "check the quotes in this row"))
            table.whole = False
            return
        if cells is None:
            return
        if cells:
            yield line, [cell.strip() for cell in cells]


def _good_header(header: list[str], model: type[BaseModel], path: Path, problems: list[Problem]) -> bool:
    if not header:
        if not any(p.file == shown(path) for p in problems):
            problems.append(Problem(shown(path), 1, "header", "is missing", f"begin with {','.join(model.model_fields)}"))
        return False
    known = set(model.model_fields)
    missing = {n for n, f in model.model_fields.items() if f.is_required()} - set(header)
    before = len(problems)
    for name in header:
        if name not in known:
            meant = nearest(name, known - set(header))
            missing.discard(meant)  # a column mistyped is not also a column missing
            problems.append(
                Problem(shown(path), 1, name or "header", "unknown column", f"did you mean {meant!r}?" if meant else "remove it")
            )
    for name in sorted(missing):
        problems.append(Problem(shown(path), 1, name, "column is missing", "add it to the header and to each row"))
    if len(set(header)) != len(header):
        problems.append(Problem(shown(path), 1, "header", "names a column twice", "remove one of them"))
    return len(problems) == before


def _add_row(cells: dict[str, str], model: type[BaseModel], path: Path, line: int, table: Table, problems: list[Problem]) -> None:
    given = {name: cell for name, cell in cells.items() if cell != "" or model.model_fields[name].is_required()}
    try:
        table.lines.append(Line(line, model.model_validate(given)))
    except ValidationError as error:
        table.broken.append(cells)
        for e in error.errors():
            name = str(e["loc"][0]) if e["loc"] else "row"
            what = e["msg"].removeprefix("Value error, ")
            if e["loc"] and cells.get(name, "") == "":
                problems.append(Problem(shown(path), line, name, "is empty", "every value needs it: fill it in"))
            else:
                what = f"{what} (found {cells[name][:60]!r})" if name in cells else what
                expected = str(e.get("ctx", {}).get("expected", "")).replace("'", "").replace(" or ", ", ").split(", ")
                mend = suggestion(cells.get(name, ""), expected, "correct this row")
                problems.append(Problem(shown(path), line, name, what, mend))


def load_matrix(path: Path, names: list[str], problems: list[Problem]) -> list[list[float]]:
    """A square table with the same names across and down, in the order of `names`; empty where it has problems."""
    found = len(problems)
    records = _records(path, Table(), problems)
    _, header = next(records, (1, []))
    if not header:
        if len(problems) == found:
            problems.append(Problem(shown(path), 1, "header", "is missing", "begin with municipality and the names of all municipalities"))
        return []

    def say(line: int, name: str, what: str, mend: str) -> None:
        problems.append(Problem(shown(path), line, name or "row", what, mend))

    for number, name in enumerate(header[1:], 1):
        if name not in names:
            say(1, name, "has a column, but is no municipality", suggestion(name, names, "remove it"))
            if len(problems) - found > MOST_PROBLEMS:
                break
        elif name in header[1:number]:
            say(1, name, "has two columns", "remove one of them")
    columns, known = set(header[1:]), set(names)
    for name in [n for n in names if n not in columns][:MOST_PROBLEMS]:
        say(1, name, "has no column", "add it")
    table: dict[str, list[float]] = {}
    for line, (name, *cells) in records:
        if len(problems) - found > MOST_PROBLEMS:
            say(line, "row", "rows from here on are not looked at", "mend the problems above first")
            break
        if name not in known:
            say(line, name, "has a row, but is no municipality", suggestion(name, names, "remove it"))
        elif name in table:
            say(line, name, "has two rows", "remove one of them")
        elif len(cells) != len(header) - 1:
            say(line, name, f"has {len(cells)} cells, the header has {len(header) - 1}", "check the commas in this row")
        for cell in cells:
            if not _is_distance(cell):
                say(line, name, f"{cell[:60]!r} is not a number of at least 0 and at most {LARGEST_DISTANCE:,.0f}", "correct the cell")
                break
        if name not in table and all(map(_is_distance, cells)):
            by_name = dict(zip(header[1:], map(float, cells), strict=False))
            table[name] = [by_name.get(other, 0.0) for other in names]
        else:
            table.setdefault(name, [])
    for name in [n for n in names if n not in table][:MOST_PROBLEMS]:
        say(1, name, "has no row", "add it")
    return [table[name] for name in names] if len(problems) == found else []


def _is_distance(cell: str) -> bool:
    try:
        return 0.0 <= float(cell) <= LARGEST_DISTANCE
    except ValueError:
        return False
