"""Which keys a part of a file may have: what somebody meant who wrote one that is not known.

A key is looked for among those of its own part first, and by the name that other programs have for the same thing.
"""

from __future__ import annotations

import difflib
import types
from collections.abc import Iterable
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

ELSEWHERE_CALLED = {
    "servers": "staff", "agents": "staff", "capacity": "staff", "number_of_servers": "staff", "skills": "takes", "rate": "per_min",
    "per_hour": "per_min", "per_h": "per_min", "lambda": "per_min", "interval": "every_min", "gap": "every_min", "mean": "exponential",
    "constant": "deterministic", "value": "deterministic", "tolerance": "tol_abs", "tol": "tol_abs", "abs": "tol_abs", "rel": "tol_rel",
    "halfwidth": "ci_halfwidth", "priority": "rank", "preference": "rank", "retry": "after", "retrial": "after", "redial": "after",
    "next": "after", "room": "queue_limit", "buffer": "queue_limit", "impatience": "patience_min", "abandonment": "patience_min",
    "timeout": "moves_on", "overflow": "moves_on", "opening_hours": "hours", "warmup": "warm_up_min", "horizon": "length_min",
    "duration": "length_min", "name": "measure", "wrap_up": "after_work_min", "trunks": "lines",
}  # fmt: skip
MOST_NAMED = 16
LONGEST_WORD, MOST_WORDS = 200, 5000  # of which the nearest is looked for, and among how many


def nearest(word: str, known: Iterable[object]) -> str:
    """The known word most like this one, or nothing."""
    words = sorted(str(k) for k in known)
    if len(word) > LONGEST_WORD or len(words) > MOST_WORDS:
        return ""
    near = difflib.get_close_matches(word, words, 1, 0.6)
    return near[0] if near else ""


def models_at(model: type[BaseModel], loc: Iterable[Any]) -> list[type[BaseModel]]:
    """The models that a place in a document may be read by; names of kinds in pydantic's `loc` are passed over."""
    here = _kinds(model)
    for part in loc:
        inside = [kind for one in here for kind in _below(one, part)]
        here = inside or here
    return [kind for kind in here if isinstance(kind, type) and issubclass(kind, BaseModel)]


def keys_of(models: Iterable[type[BaseModel]]) -> list[str]:
    """The keys of these models, in the order in which they are written down."""
    return list(dict.fromkeys(field.alias or name for model in models for name, field in model.model_fields.items()))


def meant_by(key: str, known: list[str], anywhere: list[str]) -> str:
    """How to mend an unknown key: the nearest of its part, the same thing by its name here, or all that there is."""
    near = "" if key in anywhere else nearest(key, known)
    if not near and key not in anywhere:
        near = next((k for k in known if k == ELSEWHERE_CALLED.get(key.lower().removesuffix("_min"))), "")
    if near:
        return f"did you mean {near!r}?"
    if not known:
        near = nearest(key, anywhere)
        return f"did you mean {near!r}?" if near and near != key else "remove it"
    return f"remove it, or use one of {_some(known)}" if key not in anywhere else f"it has its place elsewhere; here are {_some(known)}"


def how_to_write(models: list[type[BaseModel]], wanted: str) -> str:
    """How a table or a list is written where something else was found."""
    if wanted == "list_type":
        return "write a list, `[a, b]`"
    keys = keys_of(models)
    return f"write a table, `{{key: value}}`, with {_some(keys)}" if keys else "write a table, `{key: value}`"


def _some(keys: list[str]) -> str:
    return ", ".join(keys[:MOST_NAMED]) + (", …" if len(keys) > MOST_NAMED else "")


def _kinds(annotation: Any) -> list[Any]:
    """The kinds that an annotation allows, one by one."""
    if get_origin(annotation) is Annotated:
        return _kinds(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        return [kind for one in get_args(annotation) for kind in _kinds(one)]
    return [annotation]


def _below(kind: Any, part: Any) -> list[Any]:
    """The kinds of a key of a model or table, or of an item of a list."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        for name, field in kind.model_fields.items():
            if part == (field.alias or name):
                return _kinds(field.annotation)
    elif get_origin(kind) is dict and isinstance(part, str) and "[" not in part:
        return _kinds(get_args(kind)[1])
    elif get_origin(kind) is list and isinstance(part, int):
        return _kinds(get_args(kind)[0])
    return []
