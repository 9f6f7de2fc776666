"""Who is at work when: the steps of the roster, week by week, and what the appointment books may offer.

Absences and other duties are whole days and whole hours by a fixed rota (decisions 9), so that they are
known beforehand and the same for a person in every alternative.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from channelsim.scenario import tables as T
from channelsim.scenario.tables import NONE
from channelsim.scenario.world import People, World
from channelsim.units import DAY_MIN, NEVER

DUTY_MIN = 60.0
COME, LEAVE, TO_DUTY = 0, 1, 2
COME_TIE = 1 << 20  # added to a person's tie key: within an instant those who leave go before those who come (or come back)


class RosterWeek(NamedTuple):
    """Steps of one week, sorted by (time, tie)."""

    time: np.ndarray
    tie: np.ndarray
    person: np.ndarray
    action: np.ndarray
    pool: np.ndarray
    value: np.ndarray  # end of the shift, or minutes of duty


def absent(people: People, week: int, weekday: int) -> np.ndarray:
    """Persons away for the whole day by the rota: a share of the days, moving through the weekdays."""
    day = people.rota + 6 * week + weekday  # six, not five: the free day moves on by a weekday each week
    share = people.absence_share
    return np.asarray(np.floor((day + 1) * share) > np.floor(day * share))


def duty_hours(people: People, week: int, weekday: int) -> list[list[float]]:
    """Starts of the duty hours of each person (minutes after midnight): on the half hour, staggered by rota."""
    hours: list[list[float]] = []
    for person, rota in enumerate(people.rota):
        start, end = people.shift_start[person, weekday], people.shift_end[person, weekday]
        share = people.duty_share[person]
        if share <= 0.0 or people.pool[person, weekday] == NONE or end <= start:
            hours.append([])
            continue
        first = start + (30.0 - start) % 60.0
        n_hours = int((end - first) // DUTY_MIN)
        a_day = share * (end - start) / DUTY_MIN
        day, shift = 5 * week + weekday, (rota * 0.618033988749895) % 1.0
        n = min(n_hours, int(np.floor(a_day * (day + 1) + shift) - np.floor(a_day * day + shift)))
        taken = sorted((int(rota) + (m * n_hours) // n) % n_hours for m in range(n)) if n else []
        hours.append([first + DUTY_MIN * h for h in taken])
    return hours


def roster_week(world: World, week: int) -> RosterWeek:
    """The roster of one week, made once per world."""
    key = ("roster", week)
    if key not in world.cache:
        world.cache[key] = _make_week(world.people, week)
    return world.cache[key]  # type: ignore[return-value]


def _make_week(people: People, week: int) -> RosterWeek:
    rows: list[tuple[float, int, int, int, int, float]] = []
    for person in np.flatnonzero(people.always_there):
        if week == 0:
            rows.append((0.0, COME_TIE + int(person), int(person), COME, int(people.pool[person, 0]), NEVER))
    for weekday in range(7):
        day = week * 7 + weekday
        midnight = day * DAY_MIN
        at_work = (people.pool[:, weekday] != NONE) & ~people.always_there & ~absent(people, week, weekday)
        if people.closed_day[day]:
            at_work &= people.works_closed_days
        hours = duty_hours(people, week, weekday)
        for person in np.flatnonzero(at_work):
            i, pool = int(person), int(people.pool[person, weekday])
            start = midnight + float(people.shift_start[person, weekday])
            end = midnight + float(people.shift_end[person, weekday])
            rows.append((start, COME_TIE + i, i, COME, pool, end))
            rows.extend((midnight + h, i, i, TO_DUTY, pool, DUTY_MIN) for h in hours[i])
            rows.append((end, i, i, LEAVE, pool, 0.0))
    rows.sort()
    columns = list(zip(*rows, strict=True)) if rows else [()] * 6
    kinds = (float, np.int64, np.int64, np.int64, np.int64, float)
    return RosterWeek(*(np.array(c, k) for c, k in zip(columns, kinds, strict=True)))


def slots_of_week(world: World, week: int, slots_max: int) -> np.ndarray:
    """Appointments that each book offers in one week: [book, weekday, slot].

    A share of the persons who are present and not on other duties when the slot begins; the fraction is
    carried from slot to slot, so that a pool of one offers every second or third slot, not none.
    """
    key = ("slots", week)
    if key not in world.cache:
        world.cache[key] = _make_slots(world, week, slots_max)
    return world.cache[key]  # type: ignore[return-value]


def _make_slots(world: World, week: int, slots_max: int) -> np.ndarray:
    tables, people = world.tables, world.people
    books = tables.books.reshape(-1, T.BOOK_WIDTH)
    times = tables.book_times.reshape(-1, T.BOOK_TIMES)
    free = np.zeros((len(books), 7, slots_max), np.int64)
    carried = np.full(len(books), 0.5)
    for weekday in range(7):
        day = week * 7 + weekday
        if day >= len(people.closed_day):
            continue
        away = absent(people, week, weekday)
        hours = duty_hours(people, week, weekday)
        for b, book in enumerate(books):
            if people.closed_day[day] or not world.book_open[b, day]:
                continue
            members = np.flatnonzero((people.pool[:, weekday] == book[T.BOOK_POOL]) & ~away)
            for slot in range(book[T.N_SLOTS]):
                begins = times[b, T.FIRST_SLOT] + slot * times[b, T.SLOT_LENGTH]
                there = sum(
                    1
                    for i in members
                    if people.shift_start[i, weekday] <= begins < people.shift_end[i, weekday]
                    and not any(h <= begins < h + DUTY_MIN for h in hours[i])
                )
                carried[b] += there * world.bookable_share[b]
                offered = int(carried[b])
                free[b, weekday, slot] = offered
                carried[b] -= offered
    return free
