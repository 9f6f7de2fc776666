"""The roster of a world of queues whose people differ, take breaks or may be absent."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from channelsim.randomness import ABSENCE_WAVE, ABSENT, luck_of, uniform
from channelsim.scenario.staffing import Absence, Break
from channelsim.units import DAY_MIN, TICK_MIN

ABSENCE_LUCK = (7 << 35) + (1 << 33)  # the layer of needs that is kept for days; busyness has the lower half of it
MOST_NUMBERS = 65536

Stretch = tuple[int, float, float]  # weekday, start and end in minutes after midnight


@dataclass(frozen=True)
class Staff:
    """People of a world one by one: the pool, the number within it, and what is particular about each."""

    pool: tuple[int, ...]
    number: tuple[int, ...]
    stretches: tuple[tuple[Stretch, ...] | None, ...]  # None: always there
    breaks: tuple[tuple[Break, ...], ...]
    absence: tuple[Absence | None, ...]

    def breaks_of(self, person: int) -> list[tuple[float, float]]:
        """(begin after midnight, minutes): groups of a pool go one after another, by the number within it."""
        return [(b.at_min + self.number[person] % b.groups * b.length_min, b.length_min) for b in self.breaks[person]]


def absent_on(staff: Staff, key: int, day: int) -> np.ndarray:
    """[person] bool: away all day by a draw for each person and day, so that it is common to all alternatives (decisions 29).

    The chance is the share times the weekday's factor times the day's wave, at most 1. The wave is a gamma factor of mean 1.
    """
    luck = luck_of(key, ABSENCE_LUCK + day)
    away = np.zeros(len(staff.pool), bool)
    for person, absence in enumerate(staff.absence):
        if absence is not None and absence.drawn:
            pool, number = staff.pool[person], staff.number[person]
            u = uniform(luck, 2 * pool + number // MOST_NUMBERS, number % MOST_NUMBERS, 0, ABSENT)
            away[person] = u < absence.share * absence.weekday_factor[day % 7] * wave(luck, absence.wave_cv)
    return away


def wave(luck: int, cv: float) -> float:
    """The factor of a day that all absences have in common."""
    if cv <= 0.0:
        return 1.0
    shape = 1.0 / (cv * cv)
    return float(special.gammaincinv(shape, uniform(luck, 0, 0, 0, ABSENCE_WAVE)) / shape)


def after(begins: float, start: float) -> float:
    """A break or duty at the very moment at which its person comes begins a tick later: within an instant others leave first."""
    return begins + TICK_MIN if begins == start else begins


def steps_of_day(staff: Staff, person: int, day: int) -> list[tuple[float, float, list[tuple[float, float]]]]:
    """(start, end, breaks within) of each stretch of a day, in minutes of the run; breaks as (begin, minutes)."""
    midnight, stretches = day * DAY_MIN, staff.stretches[person]
    if stretches is None:
        return []
    breaks = staff.breaks_of(person)
    found = []
    for weekday, start, end in stretches:
        if weekday == day % 7:
            inside = [(after(midnight + b, midnight + start), minutes) for b, minutes in breaks if start <= b < end]
            found.append((midnight + start, midnight + end, inside))
    return found
