"""What a result is a function of: the key under which the numbers of one alternative in one replication are kept.

    key = (alternative, its baselines, window, seed, engine, code), and the replication

Every part is a hash of values, not of files: a comment in a file or another office model's roster changes nothing. A
rerun uses whatever has the key it wants; where a key differs, `changes` says which part of it does.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np

from channelsim.study.design import Study

# Code that decides the numbers of a replication; reading files, printing and running on many machines do not.
NUMBERS = (
    "scenario", "demand", "rules", "engine", "trajectory", "metrics", "study/replicate.py", "study/worlds.py", "study/design.py",
    "study/transition_study.py", "transition.py",
    "simulate.py", "randomness.py", "columns.py", "compiled.py", "units.py",
)  # fmt: skip
# Fields that are no input of a replication: hashes of files, remarks, and what has a part of the key to itself. A policy is its
# digest: functions have another address in every process.
APART = {"Region": {"digest", "office_models", "title"}, "Parameter": {"source", "note"}, "Delay": {"source"}, "Municipality": {"source"},
         "Policy": {"file", "line", "compile", "rule", "origin"}}  # fmt: skip
Parts = dict[str, str]


@functools.cache
def code_digest(names: tuple[str, ...] = NUMBERS) -> str:
    """Hash of all code that decides the numbers of a replication."""
    package = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for name in names:
        path = package / name
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            digest.update(str(file.relative_to(package)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def content_digest(value: Any) -> str:
    """Hash of a frozen value: dataclasses, mappings, sequences, arrays and plain numbers and words, whatever the process."""
    digest = hashlib.sha256()
    _feed(digest, value)
    return digest.hexdigest()[:32]


def _feed(digest: Any, value: Any) -> None:
    if isinstance(value, np.ndarray) and value.dtype != object:
        digest.update(f"[{value.dtype.str}{value.shape}".encode() + np.ascontiguousarray(value).tobytes())
    elif is_dataclass(value) and not isinstance(value, type):
        name = type(value).__name__
        digest.update(f"<{name}".encode())
        for field in fields(value):
            if field.name not in APART.get(name, ()):
                digest.update(f"\0{field.name}=".encode())
                _feed(digest, getattr(value, field.name))
    elif isinstance(value, Mapping):
        digest.update(f"{{{len(value)}".encode())
        for key, item in value.items():
            _feed(digest, key)
            _feed(digest, item)
    elif isinstance(value, (set, frozenset)):
        _feed(digest, sorted(value))
    elif isinstance(value, (tuple, list, np.ndarray)):
        digest.update(f"({len(value)}".encode())
        for item in value:
            _feed(digest, item)
    else:
        digest.update(f"\0{type(value).__name__}:{value!r}".encode())


def parts_of(study: Study) -> dict[str, Parts]:
    """Alternative (by name) -> part -> hash, or the value itself where it is short."""
    hashed: dict[int, tuple[object, str]] = {}  # the value stays with its hash, so that its id stays its own

    def once(value: object) -> str:
        if id(value) not in hashed:
            hashed[id(value)] = (value, content_digest(value))
        return hashed[id(value)][1]

    found: dict[str, Parts] = {}
    window = study.window
    for alternative in study.alternatives:
        future = study.futures.get(str(alternative.levels.get("future", "")), {})
        groups = once(study.input_groups) if any(p.startswith("inputs.") for p in (*alternative.levels, *future)) else ""
        found[alternative.name] = {
            "region": once(study.region), "office model": once(study.region.office_models[alternative.office_model]),
            "strategy": once(study.strategies[alternative.strategy]), "other factors": content_digest((alternative, future, groups)),
            "baselines": "", "window": f"{window.warm_up_min:g}+{window.measured_min:g}+{window.follow_up_min:g} min",
            "seed": str(study.seed), "engine": study.engine, "code": code_digest(),
        }  # fmt: skip
    alone = {name: key_of(parts) for name, parts in found.items()}
    baselines: dict[str, list[str]] = {}
    for contrast in study.contrasts:  # a contrast is a number of its plan, so the plan's key knows its baselines
        baselines.setdefault(contrast.plan.name, []).append(alone[contrast.baseline.name])
    for name, parts in found.items():
        parts["baselines"] = content_digest(baselines.get(name, []))
    return found


def key_of(parts: Parts) -> str:
    """The key of an alternative's results, the same for all replications."""
    return content_digest(sorted(parts.items()))


def changes(before: Mapping[str, Parts], now: Mapping[str, Parts]) -> list[str]:
    """In words, which parts of the keys differ, and for how many alternatives."""
    said = []
    for part in next(iter(now.values()), {}):
        names = [n for n in now if n in before and before[n].get(part) != now[n][part]]
        if names:
            which = f"all {len(now)} alternatives" if len(names) == len(now) else ", ".join(names[:6]) + (", ..." if len(names) > 6 else "")
            said.append(f"{part} changed: {which}")
    new = [n for n in now if n not in before]
    if new and before:
        said.append(f"new: {', '.join(new[:6])}" + (", ..." if len(new) > 6 else ""))
    return said
