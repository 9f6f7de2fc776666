"""A world whose numbers are in another unit than minutes: its document, with every time and rate in minutes.

A number of a key that ends in `_min` is a time, one of `per_min` a rate by that unit; a law of times is converted in its means and
ends, not in its cv, phases or shares. Numbers named otherwise (`within_s`, clock times) keep their own unit.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from channelsim.errors import Problem

UNITS = {"s": 1.0 / 60.0, "min": 1.0, "h": 60.0, "hour": 60.0, "day": 1440.0}
UNIT_OF_MEASURES = {
    "s": "s",
    "min": "min",
    "h": "hour",
    "hour": "hour",
    "day": "day",
}  # what `unit` and `per` of `expected` are without a word
NOT_TIMES = ("cv", "cv2", "phases", "shares")


ROUNDED_MIN = 4.0 * 2.0**-20  # times of a run lie on a grid of minutes, which seconds miss by a few ticks


def in_words_of(problem: Problem, unit: Any) -> Problem:
    """A problem of a converted number, which says that it speaks of minutes."""
    field = problem.field.rpartition(".")[2]
    if not is_other(unit) or not any(part.endswith("_min") for part in problem.field.split(".")):
        return problem
    return replace(problem, what=f"{problem.what} (in minutes; {field} is written in {unit}, the time_unit of the file)")


def is_other(unit: Any) -> bool:
    """Whether it is a unit other than minutes; what is none is left for the model to refuse."""
    return isinstance(unit, str) and unit in UNITS and unit != "min"


def in_minutes(data: Any, unit: Any) -> Any:
    """The same document in minutes; anything that is no number is left for the model to refuse."""
    return _converted(data, unit) if is_other(unit) else data


def _converted(data: Any, unit: str, name: str = "") -> Any:
    if isinstance(data, dict):
        inside = name.endswith("_min")  # a law of times, whose keys are families
        return {k: v if inside and k in NOT_TIMES else _converted(v, unit, name if inside else str(k)) for k, v in data.items()}
    if isinstance(data, list):
        return [_converted(v, unit, name) for v in data]
    if isinstance(data, bool) or not isinstance(data, (int, float)):
        return data
    if name == "per_min":
        return divided(data, unit)
    return multiplied(data, unit) if name.endswith("_min") else data


def multiplied(value: float, unit: str) -> float:
    """Minutes; seconds are divided by 60, so that whole minutes in seconds are whole minutes again."""
    return value / 60.0 if unit == "s" else value * UNITS[unit]


def divided(value: float, unit: str) -> float:
    """A rate by that unit as a rate by the minute."""
    return value * 60.0 if unit == "s" else value / UNITS[unit]
