"""Routing lists that hold in some hours of the week: which sets of them there are, and when each begins to hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from channelsim.scenario.region import Week
from channelsim.units import DAY_MIN, WEEK_MIN, on_grid

Stretches = tuple[Week, ...]  # hours of the week: first, second, ... stretch of each day
Lists = TypeVar("Lists")


def holds(stretches: Stretches, minute: float) -> bool:
    """Whether a minute of the week lies in some stretch, its end not included."""
    day, clock = divmod(minute, DAY_MIN)
    return any(hours is not None and hours[0] <= clock < hours[1] for week in stretches for hours in [week[int(day)]])


def edges(stretches: Stretches) -> set[float]:
    """Minutes of the week at which a stretch begins or ends."""
    return {
        on_grid(day * DAY_MIN + clock) % WEEK_MIN
        for week in stretches
        for day, hours in enumerate(week)
        if hours is not None
        for clock in hours
    }


def sets_by_hour(moments: Iterable[float], lists_at: Callable[[float], Lists]) -> tuple[list[Lists], tuple[tuple[float, int], ...]]:
    """Different lists, the first those of Monday 00:00, and the steps of a week: (minute, number of the lists from then on).

    Parameters
    ----------
    moments : minutes of the week at which something may change
    lists_at : the lists that hold from a minute on
    """
    sets: list[Lists] = []
    found: list[tuple[float, int]] = []
    for moment in sorted({0.0, *moments}):
        lists = lists_at(moment)
        if lists not in sets:
            sets.append(lists)
        found.append((moment, sets.index(lists)))
    before = found[-1][1]
    steps = []
    for moment, number in found:
        if number != before:
            steps.append((moment, number))
        before = number
    return sets, tuple(steps)
