"""Which keys and words of the language of worlds a file uses: read off its models, so that a new key is asked for by itself."""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from channelsim.config.world_files import WorldFile


def asked_for() -> set[str]:
    """`Part.key` of every key of a world, and `Part.key=word` of every word that it may have."""
    found: set[str] = set()
    waiting, known = [WorldFile], {WorldFile}
    while waiting:
        part = waiting.pop()
        for key, field in part.model_fields.items():
            found.add(f"{part.__name__}.{key}")
            for kind in _inside(field.annotation):
                if isinstance(kind, str):
                    found.add(f"{part.__name__}.{key}={kind}")
                elif kind not in known:
                    known.add(kind)
                    waiting.append(kind)
    return found


def _inside(annotation: Any) -> Iterator[Any]:
    """Models and words somewhere in the type of a key."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif get_origin(annotation) is Literal:
        yield from (word for word in get_args(annotation) if isinstance(word, str))
    elif get_origin(annotation) in (Union, types.UnionType, list, dict, tuple) or hasattr(annotation, "__metadata__"):
        for part in get_args(annotation):
            yield from _inside(part)


def used_by(part: Any) -> set[str]:
    """Those whose value is not the default, and the words that it has."""
    if isinstance(part, (list, tuple)):
        return set().union(*map(used_by, part))
    if isinstance(part, dict):
        return set().union(*map(used_by, part.values()))
    if not isinstance(part, BaseModel):
        return set()
    found: set[str] = set()
    for key, field in type(part).model_fields.items():
        value = getattr(part, key)
        words = [w for w in _inside(field.annotation) if isinstance(w, str)]
        if words:
            found |= {f"{type(part).__name__}.{key}={w}" for w in (value if isinstance(value, list) else [value])}
        if value != field.get_default(call_default_factory=True):
            found.add(f"{type(part).__name__}.{key}")
        found |= used_by(value)
    return found
