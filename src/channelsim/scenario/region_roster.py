"""The days of a region's people: absence that is drawn, breaks, meetings, trips to visiting days.

All but the absence is known beforehand, so that a week is made once for a world; what a replication draws only strikes out
the days of those who are away. The draw belongs to the person's id and the day: it is the same in every alternative
(decisions 29).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
from scipy import special

from channelsim.compiled import kernel
from channelsim.randomness import ABSENCE_WAVE, ABSENT, luck_of, uniform
from channelsim.scenario.region_staff import DrawnAbsence
from channelsim.scenario.world_roster import ABSENCE_LUCK, MOST_NUMBERS, after
from channelsim.units import DAY_MIN

Row = tuple[float, float]  # begin in minutes after midnight, minutes
DAYS_OF_WEEK = 7


@dataclass(frozen=True)
class Habits:
    """Days of persons, one by one, where they are more than a shift."""

    ids: np.ndarray  # [person] by which chance knows them; -1: never absent by a draw
    absence: DrawnAbsence | None
    month_of_day: np.ndarray  # [day] 0 January
    breaks: tuple[tuple[Row, ...], ...]  # [person], alike on all days
    meetings: tuple[tuple[tuple[int, int, Row], ...], ...]  # [person] (weekday, every so many weeks, row)
    trip_min: np.ndarray  # [person, weekday] one way, in paid time before and after the hours at the point

    def words(self) -> str:
        """Everything as text, for keys of rosters."""
        arrays = [a.tolist() for a in (self.ids, self.month_of_day, self.trip_min)]
        return repr((arrays, self.absence, self.breaks, self.meetings))

    def off_duty(self, person: int, week: int, weekday: int, start: float, end: float) -> list[Row]:
        """Breaks and meetings of a person within a shift, in minutes after midnight; at its very start a tick later."""
        rows = [*self.breaks[person], *(row for d, every, row in self.meetings[person] if d == weekday and week % every == 0)]
        return [(after(begins, start), minutes) for begins, minutes in rows if start <= begins < end]


@kernel
def away_by_draw(luck: int, ids: np.ndarray, chance: float, away: np.ndarray) -> None:
    """Fill in who is absent on a day: person by person, by id."""
    for person in range(len(ids)):
        number = ids[person]
        away[person] = number >= 0 and uniform(luck, number // MOST_NUMBERS, number % MOST_NUMBERS, 1, ABSENT) < chance


def drawn_away(habits: Habits, key: int, week: int) -> np.ndarray:
    """[weekday, person] bool: who is away by the draw in a week of one replication."""
    away = np.zeros((DAYS_OF_WEEK, len(habits.ids)), bool)
    a = habits.absence
    if a is None:
        return away
    for weekday in range(DAYS_OF_WEEK):
        day = week * DAYS_OF_WEEK + weekday
        month = int(habits.month_of_day[min(day, len(habits.month_of_day) - 1)])
        chance = a.share * a.weekday_factor[weekday] * a.month_factor[month] * region_wave(a, key, week)
        away_by_draw(luck_of(key, ABSENCE_LUCK + day), habits.ids, chance, away[weekday])
    return away


def region_wave(a: DrawnAbsence, key: int, week: int) -> float:
    """The factor that all absences of a stretch of `wave_weeks` have in common: gamma of mean 1."""
    if a.wave_cv <= 0.0:
        return 1.0
    shape = 1.0 / (a.wave_cv * a.wave_cv)
    first = week // a.wave_weeks * a.wave_weeks
    return float(special.gammaincinv(shape, uniform(luck_of(key, ABSENCE_LUCK + first * DAYS_OF_WEEK), 0, 0, 1, ABSENCE_WAVE)) / shape)


def months_of(first_monday: dt.date, n_days: int) -> np.ndarray:
    """[day] month of the year, 0 for January."""
    return np.array([(first_monday + dt.timedelta(days=d)).month - 1 for d in range(n_days)])


def day_of(time: np.ndarray) -> np.ndarray:
    """[row] weekday of the steps of a week, of which the last may lie at its very end."""
    return np.asarray(time // DAY_MIN, np.int64)
