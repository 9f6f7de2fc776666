"""YAML and CSV as typed rows that remember their lines, so that every problem has a place.

YAML is read safely: no tags that build objects, no duplicate keys, no flood of aliases, one megabyte at most.
"""

from __future__ import annotations

import csv
import difflib
import io
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from channelsim.errors import ConfigError, Problem, shown

LARGEST_YAML_BYTES = 1_000_000
LARGEST_CSV_BYTES = 50_000_000
Row = TypeVar("Row", bound=BaseModel)


class Strict(BaseModel):
    """Base of all models of files: frozen, no unknown keys, no nan or infinity."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, str_strip_whitespace=True)


def read_text(path: Path, most: int) -> str:
    """The text of a UTF-8 file, or a ConfigError."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConfigError([Problem(shown(path), 1, "file", f"cannot be read ({error.strerror})", "check the path")]) from None
    if len(data) > most:
        raise ConfigError([Problem(shown(path), 1, "file", f"is larger than {most:,} bytes", "split it or take out what is not needed")])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ConfigError([Problem(shown(path), line, "encoding", "is not UTF-8", "save the file as UTF-8")]) from None


def load_yaml(path: Path) -> Any:
    """A YAML document with positions (ruamel round-trip values)."""
    text = read_text(path, LARGEST_YAML_BYTES)
    if text.count("*") > 200 and text.count("&") > 5:
        raise ConfigError([Problem(shown(path), 1, "aliases", "too many", "write the values out")])
    try:
        data = YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark is not None else 1
        what = str(error.problem or error.context).split("\n")[0]
        raise ConfigError([Problem(shown(path), line, "yaml", what, "mend the YAML at or just before this line")]) from None
    except (YAMLError, ValueError, RecursionError) as error:
        raise ConfigError([Problem(shown(path), 1, "yaml", str(error).split("\n")[0] or "unreadable", "mend the YAML")]) from None
    if not isinstance(data, Mapping):
        raise ConfigError([Problem(shown(path), 1, "yaml", "is not a mapping of keys to values", "begin with `key: value`")])
    return data


def plain(data: Any) -> Any:
    """Ordinary dictionaries, lists and scalars of a positioned document."""
    if isinstance(data, Mapping):
        return {str(k): plain(v) for k, v in data.items()}
    if isinstance(data, list):
        return [plain(v) for v in data]
    if isinstance(data, bool) or data is None:
        return data
    for kind in (int, float, str):
        if isinstance(data, kind):
            return kind(data)
    return data


def line_of(data: Any, where: tuple[Any, ...]) -> int:
    """Line of a value in a positioned document: its own, or of the nearest parent that has one."""
    line, here = 1, data
    for part in where:
        try:
            if isinstance(here, Mapping):
                line = here.lc.key(part)[0] + 1  # type: ignore[attr-defined]
            elif isinstance(here, list) and isinstance(part, int):
                line = here.lc.item(part)[0] + 1  # type: ignore[attr-defined]
            here = here[part]
        except (KeyError, IndexError, TypeError, AttributeError):
            break
    return line


def fields_at(model: type[BaseModel], where: tuple[Any, ...]) -> list[str]:
    """Names that would be known at a place, for suggestions."""
    names: set[str] = set()
    stack: list[Any] = [model]
    while stack:
        kind = stack.pop()
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            for name, field in kind.model_fields.items():
                names.add(name)
                stack += [a for a in (field.annotation, *getattr(field.annotation, "__args__", ())) if a is not kind]
        else:
            stack += [a for a in getattr(kind, "__args__", ()) if isinstance(a, type) or hasattr(a, "__args__")]
    return sorted(names)


def suggestion(word: str, known: Any, otherwise: str) -> str:
    """`did you mean ...?`, or another way to mend."""
    near = difflib.get_close_matches(word, [str(k) for k in known], 1, 0.6)
    return f"did you mean {near[0]!r}?" if near else otherwise


def problems_of(error: ValidationError, path: Path, data: Any, model: type[BaseModel]) -> list[Problem]:
    """Pydantic's errors as problems with lines and ways to mend."""
    found = []
    for e in error.errors():
        where = tuple(part for part in e["loc"])
        name = ".".join(map(str, where)) or "file"
        line = line_of(data, where)
        if e["type"] == "extra_forbidden":
            mend = suggestion(str(where[-1]), fields_at(model, where), "remove it")
            found.append(Problem(shown(path), line, name, "unknown key", mend))
        elif e["type"] == "missing":
            found.append(Problem(shown(path), line, name, "is missing", f"add `{where[-1]}:`"))
        else:
            what = e["msg"].removeprefix("Value error, ")
            found.append(Problem(shown(path), line, name, f"{what} (found {str(e.get('input'))[:60]!r})", "give a value of that kind"))
    return found


def load_model(path: Path, model: type[Row]) -> tuple[Row, Any]:
    """A YAML file as a typed model, and the positioned document for further checks."""
    data = load_yaml(path)
    try:
        return model.model_validate(plain(data)), data
    except ValidationError as error:
        raise ConfigError(problems_of(error, path, data, model)) from None


@dataclass(frozen=True)
class Line:
    """A typed row of a CSV file with its line number."""

    number: int
    row: Any


def load_rows(path: Path, model: type[BaseModel], problems: list[Problem]) -> list[Line]:
    """Rows of a CSV file as typed models; what is wrong goes to `problems`, the good rows come back."""
    try:
        text = read_text(path, LARGEST_CSV_BYTES)
    except ConfigError as error:
        problems += error.problems
        return []
    reader = csv.reader(io.StringIO(text), strict=True)
    rows: list[Line] = []
    try:
        header = next(reader, [])
        if not _good_header(header, model, path, problems):
            return []
        for cells in reader:
            if not cells:
                continue
            if len(cells) != len(header):
                what = f"has {len(cells)} cells, the header has {len(header)}"
                problems.append(Problem(shown(path), reader.line_num, "row", what, "check commas and quotes in this row"))
                continue
            _add_row(dict(zip(header, cells, strict=True)), model, path, reader.line_num, rows, problems)
    except csv.Error as error:
        problems.append(Problem(shown(path), reader.line_num, "row", f"unreadable ({error})", "check the quotes in this row"))
    return rows


def _good_header(header: list[str], model: type[BaseModel], path: Path, problems: list[Problem]) -> bool:
    known = set(model.model_fields)
    required = {n for n, f in model.model_fields.items() if f.is_required()}
    before = len(problems)
    for name in header:
        if name not in known:
            problems.append(Problem(shown(path), 1, name, "unknown column", suggestion(name, known, "remove it")))
    for name in sorted(required - set(header)):
        problems.append(Problem(shown(path), 1, name, "column is missing", "add it to the header and to each row"))
    if len(set(header)) != len(header):
        problems.append(Problem(shown(path), 1, "header", "names a column twice", "remove one of them"))
    return len(problems) == before


def _add_row(cells: dict[str, str], model: type[BaseModel], path: Path, line: int, rows: list[Line], problems: list[Problem]) -> None:
    given = {name: cell for name, cell in cells.items() if cell != "" or model.model_fields[name].is_required()}
    try:
        rows.append(Line(line, model.model_validate(given)))
    except ValidationError as error:
        for e in error.errors():
            name = str(e["loc"][0]) if e["loc"] else "row"
            what = e["msg"].removeprefix("Value error, ")
            if e["loc"] and cells.get(name, "") == "":
                problems.append(Problem(shown(path), line, name, "is empty", "every value needs it: fill it in"))
            else:
                problems.append(
                    Problem(shown(path), line, name, f"{what} (found {cells[name]!r})" if name in cells else what, "correct this row")
                )


def load_matrix(path: Path, names: list[str], problems: list[Problem]) -> list[list[float]]:
    """A square table with the same names across and down, in the order of `names`."""
    try:
        text = read_text(path, LARGEST_CSV_BYTES)
    except ConfigError as error:
        problems += error.problems
        return []
    rows = [row for row in csv.reader(io.StringIO(text)) if row]
    header = rows[0][1:] if rows else []
    for name in sorted(set(names) ^ set(header)):
        what = "has no column" if name in names else "is not a municipality"
        problems.append(Problem(shown(path), 1, name, what, "rows and columns are the municipalities, each once"))
    column = {name: i + 1 for i, name in enumerate(header)}
    table: dict[str, list[float]] = {}
    for number, row in enumerate(rows[1:], 2):
        try:
            values = [float(row[column[name]]) for name in names]
            if not all(math.isfinite(v) and v >= 0.0 for v in values):
                raise ValueError
            table[row[0]] = values
        except (ValueError, IndexError, KeyError):
            problems.append(Problem(shown(path), number, row[0], "has a cell that is not a number of at least 0", "correct the row"))
    for name in names:
        if rows and name not in table:
            problems.append(Problem(shown(path), 1, name, "has no row", "add it"))
    return [table[name] for name in names] if all(name in table for name in names) else []
