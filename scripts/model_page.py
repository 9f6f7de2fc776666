"""The page docs/reference/model.md: every feature of the model with its keys and the test that shows it (`scripts/reference.py` writes it)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from channelsim.config.parameter_names import DELAYS, PARAMETERS
from channelsim.config.region import TABLES
from channelsim.config.schema import schema_of
from channelsim.config.study_paths import BUNDLED, RANGES
from model_features import FEATURES, TITLES

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "reference" / "model.md"
FILES = {"region.yaml": "region", "strategy": "strategy", "transition": "transition", "staff.yaml": "region_staff"}


def meanings(schema: dict[str, Any], path: list[str], defs: dict[str, Any]) -> Iterator[str]:
    """What the last key of a path means, for each branch of the schema in which there is such a path."""
    if "$ref" in schema:
        schema = defs[schema["$ref"].rsplit("/", 1)[-1]]
    for branch in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *([schema["items"]] if "items" in schema else ())):
        yield from meanings(branch, path, defs)
    found = schema.get("properties", {}).get(path[0])
    if found is None and isinstance(schema.get("additionalProperties"), dict) and path[0].isupper():
        found = schema["additionalProperties"]
    if found is not None:
        if len(path) == 1:
            yield found.get("description", "")
        else:
            yield from meanings(found, path[1:], defs)


def meaning_in(kind: str, path: str) -> str:
    """What a key of a YAML file means."""
    schema = schema_of(kind)
    said = list(meanings(schema, path.split("."), schema.get("$defs", {})))
    if not said:
        raise KeyError(f"no key {path} in a {kind} file")
    return next((words for words in said if words), "")


def region_key(key: str) -> tuple[str, str]:
    """(how the page writes a key of a region, what it means)."""
    where, _, what = key.partition(": ")
    if where == "parameters.csv":
        group, _, name = what.partition(", ")
        return f"`{group}, {name}`", PARAMETERS[group, name].meaning
    if where == "delays.csv":
        return f"delay `{what}`", DELAYS[what]
    if where == "study":
        if what not in RANGES and what not in BUNDLED:
            raise KeyError(f"no factor {what} in studies")
        return f"factor `{what}` of a study", ""
    if where in FILES:
        return f"`{what}` of {'a strategy' if where == 'strategy' else 'a study' if where == 'transition' else where}", meaning_in(
            FILES[where], what
        )
    field = TABLES[where.removesuffix(".csv")].model_fields[what]
    return f"`{what}` of {where}", field.description or ""


def shown_by(test: str) -> str:
    """A test as the page names it; KeyError if there is none."""
    file, _, function = test.partition("::")
    path = ROOT / "tests" / file
    if not function:
        found = [path] if path.is_file() else sorted(path.parent.glob(f"{path.name}-*.yaml"))
        if not found:
            raise KeyError(f"no test {test}")
        return f"`tests/{found[0].relative_to(ROOT / 'tests')}`"
    if function not in {node.name for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, ast.FunctionDef)}:
        raise KeyError(f"no test {function} in {path}")
    return f"`tests/{file}` `{function}`"


def sections() -> Iterator[str]:
    """One section for each number, one row for each feature; then what each key means."""
    for number, title in enumerate(TITLES, 1):
        yield f"\n## {number} {title}\n\n| what it does | in a world | in a region | shown by |\n|---|---|---|---|"
        for f in FEATURES:
            if f.number == number:
                world = ", ".join(f"`{key}`" for key in f.world if meaning_in("world", key) is not None)
                region = ", ".join(region_key(key)[0] for key in f.region)
                yield f"| {f.does} | {world} | {region} | {shown_by(f.test)} |"
    yield "\n## What the keys of a region mean\n\n| key | meaning |\n|---|---|"
    said: dict[str, str] = {}
    for f in FEATURES:
        for key in f.region:
            name, meaning = region_key(key)
            said.setdefault(name, meaning)
    yield from (f"| {name} | {meaning} |" for name, meaning in said.items() if meaning)


def page() -> str:
    """The whole page."""
    head = [
        "<!-- written by scripts/reference.py from scripts/model_features.py; change that, then run it -->",
        "# The model: what it has, how to ask for it, what shows it\n",
        "A key that is not given is a rule that does not act: a region or world without it runs kernels in which there is nothing of it. Keys of a region are parameters of"
        "\n`parameters.csv` (`GROUP, NAME`) where nothing else is said. Every key is in [configuration.md](configuration.md), worlds are explained in [worlds.md](worlds.md).",
    ]
    return "\n".join([*head, *sections()]).rstrip() + "\n"
