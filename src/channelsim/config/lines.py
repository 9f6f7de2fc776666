"""YAML as typed values that remember their lines, so that every problem has a place.

What YAML may not hold at all is refused in `safe_yaml`. CSV is read beside it, in `csv_rows`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from channelsim.config.part_keys import how_to_write, keys_of, meant_by, models_at, nearest
from channelsim.config.safe_yaml import refuse_unsafe, refuse_unseen
from channelsim.errors import ConfigError, Problem, shown

LARGEST_YAML_BYTES = 1_000_000
MOST_PROBLEMS = 100  # of one file: who has more looks at the first
Row = TypeVar("Row", bound=BaseModel)


class Strict(BaseModel):
    """Base of all models of files: frozen, no unknown keys, no nan or infinity; the string after a field says what it means."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, str_strip_whitespace=True, use_attribute_docstrings=True)


def read_text(path: Path, most: int) -> str:
    """The text of a UTF-8 file, or a ConfigError."""
    if path.exists() and not path.is_file():  # a pipe or /dev/zero would never end
        raise ConfigError([Problem(shown(path), 1, "file", "is not a file", "check the path")])
    try:
        with path.open("rb") as file:
            data = file.read(most + 1)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise ConfigError([Problem(shown(path), 1, "file", f"cannot be read ({why})", "check the path")]) from None
    if len(data) > most:
        raise ConfigError([Problem(shown(path), 1, "file", f"is larger than {most:,} bytes", "split it or take out what is not needed")])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        what = f"is not UTF-8 (byte {error.start} is 0x{data[error.start]:02X})"
        raise ConfigError([Problem(shown(path), line, "encoding", what, "save the file as UTF-8")]) from None
    refuse_unseen(text, path)
    return text


def load_yaml(path: Path) -> Any:
    """A YAML document with positions (ruamel round-trip values)."""
    text = read_text(path, LARGEST_YAML_BYTES)
    try:
        refuse_unsafe(text, path)
        data = YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark is not None else 1
        what = str(error.problem or error.context).split("\n")[0]
        raise ConfigError([Problem(shown(path), line, "yaml", what, "mend the YAML at or just before this line")]) from None
    except ConfigError:
        raise
    except (YAMLError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError) as error:
        # ruamel builds some values (dates, merge keys) without a word for what is wrong with them
        what = str(error).split("\n")[0][:200] or "unreadable"
        raise ConfigError([Problem(shown(path), 1, "yaml", what, "mend the YAML")]) from None
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
            key = key_of(here, part)
            if isinstance(here, Mapping):
                line = here.lc.key(key)[0] + 1  # type: ignore[attr-defined]
            elif isinstance(here, list) and isinstance(part, int):
                line = here.lc.item(part)[0] + 1  # type: ignore[attr-defined]
            here = here[key]
        except (KeyError, IndexError, TypeError, AttributeError):
            break
    return line


def key_of(data: Any, part: Any) -> Any:
    """The key of a document that is written like a part of a place: `2011:` is a number there, and text in its place."""
    if isinstance(data, Mapping) and part not in data:
        return next((key for key in data if str(key) == str(part)), part)
    return part


def fields_of(model: type[BaseModel]) -> list[str]:
    """Names of keys that a model and its parts know, for suggestions."""
    names: set[str] = set()
    stack: list[Any] = [model]
    while stack:
        kind = stack.pop()
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            for name, field in kind.model_fields.items():
                names.add(field.alias or name)
                stack += [a for a in (field.annotation, *getattr(field.annotation, "__args__", ())) if a is not kind]
        else:
            stack += [a for a in getattr(kind, "__args__", ()) if isinstance(a, type) or hasattr(a, "__args__")]
    return sorted(names)


def suggestion(word: str, known: Iterable[object], otherwise: str) -> str:
    """`did you mean ...?`, or another way to mend."""
    near = nearest(word, known)
    return f"did you mean {near!r}?" if near else otherwise


def problems_of(error: ValidationError, path: Path, data: Any, model: type[BaseModel]) -> list[Problem]:
    """Pydantic's errors as problems with lines and ways to mend."""
    errors = error.errors(include_url=False)
    n_more = len(errors) - MOST_PROBLEMS
    errors = errors[:MOST_PROBLEMS]
    found: list[Problem] = []
    missing = {(*place_of(data, e["loc"]), e["loc"][-1]) for e in errors if e["type"] == "missing"}
    mistyped: set[tuple[Any, ...]] = set()
    for e in errors:
        if e["type"] != "extra_forbidden":
            continue
        parent, key = place_of(data, e["loc"][:-1]), str(e["loc"][-1])
        known = keys_of(models_at(model, e["loc"][:-1]))
        lost = nearest(key, [str(m[-1]) for m in missing if m[:-1] == parent])
        mistyped.add((*parent, lost or nearest(key, known)))  # a key mistyped is not also a key missing
        mend, where = f"did you mean {lost!r}?" if lost else meant_by(key, known, fields_of(model)), (*parent, key)
        found.append(Problem(shown(path), line_of(data, where), dotted(where), "unknown key", mend))
    wrong: dict[tuple[Any, ...], list[tuple[str, str]]] = {}
    places = {place_of(data, e["loc"]) for e in errors if not e["type"].endswith("_type")}
    right_kind = {p[:n] for p in places for n in range(len(p) + 1)}  # what is wrong there is told, or lies within
    for e in errors:
        where = place_of(data, e["loc"])
        if e["type"] not in ("missing", "extra_forbidden") and not (where in right_kind and e["type"].endswith("_type")):
            what = f"{e['msg'].removeprefix('Value error, ')} (found {str(e.get('input'))[:60]!r})"
            mend = "change one of these keys" if e["type"] == "value_error" else "give a value of that kind"
            if e["type"] in ("model_type", "dict_type", "list_type"):
                what, mend = f"is {str(e.get('input'))[:60]!r}", how_to_write(models_at(model, e["loc"]), e["type"])
            wrong.setdefault(where, []).append((what, mend))
    for gone in missing - mistyped:
        found.append(Problem(shown(path), line_of(data, gone[:-1]), dotted(gone), "is missing", f"add `{gone[-1]}:`"))
    for where, complaints in wrong.items():  # a value that may be of several kinds has a complaint for each
        whats, mends = (" or ".join(dict.fromkeys(words)) for words in zip(*complaints, strict=True))
        found.append(Problem(shown(path), line_of(data, where), dotted(where), whats, mends))
    if n_more > 0:
        found.append(Problem(shown(path), 1, "file", f"has {n_more:,} problems more", "mend these first"))
    return found


def place_of(data: Any, loc: Iterable[Any]) -> tuple[Any, ...]:
    """The part of pydantic's `loc` that stands in the document: without names of kinds, and without a key that is missing."""
    where: list[Any] = []
    for part in loc:
        try:
            data = data[key_of(data, part)]
        except (KeyError, IndexError, TypeError):
            continue
        where.append(part)
    return tuple(where)


def dotted(where: tuple[Any, ...]) -> str:
    """A place in a document as people write it: `customer.triage`."""
    return ".".join(map(str, where)) or "file"


def load_model(path: Path, model: type[Row], prepare: Callable[[Any], Any] = lambda data: data) -> tuple[Row, Any]:
    """A YAML file as a typed model, and the positioned document for further checks; `prepare` changes values before they are read."""
    data = load_yaml(path)
    try:  # strict: YAML has numbers and truth values of its own, so `true` is no number and "10" is no ten
        return model.model_validate(prepare(plain(data)), strict=True), data
    except ValidationError as error:
        raise ConfigError(problems_of(error, path, data, model)) from None
