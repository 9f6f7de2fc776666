"""Who is at work when: the steps of the roster, week by week, and what the appointment books may offer.

Absences and other duties are whole days and whole hours by a fixed rota (decisions 9), so that they are
known beforehand and the same for a person in every alternative.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import fields
from typing import NamedTuple

import numpy as np

from channelsim.scenario import tables as T
from channelsim.scenario.region_roster import Habits, drawn_away
from channelsim.scenario.tables import NONE
from channelsim.scenario.world import People, World
from channelsim.scenario.world_roster import Staff, absent_on, after, steps_of_day
from channelsim.units import DAY_MIN, NEVER, WEEK_MIN

DUTY_MIN = 60.0
WEEKS_KEPT = 90  # more than the warm-up, year and follow-up of the default study
COME, LEAVE, TO_DUTY, TRIP = 0, 1, 2, 3
COME_TIE = 1 << 20  # added to a person's tie key: within an instant those who leave go before those who come (or come back)


Step = tuple[float, int, int, int, int, float]  # time, tie, person, action, pool, value


class RosterWeek(NamedTuple):
    """Steps of one week, sorted by (time, tie)."""

    time: np.ndarray
    tie: np.ndarray
    person: np.ndarray
    action: np.ndarray
    pool: np.ndarray
    value: np.ndarray  # end of the shift, or minutes of duty or of a trip


def absent(people: People, week: int, weekday: int) -> np.ndarray:
    """Persons away for the whole day by the rota: a share of the days, moving through the weekdays."""
    day = people.rota + 6 * week + weekday  # six, not five: the free day moves on by a weekday each week
    share = people.absence_share
    if people.wave_weeks[0] <= week < people.wave_weeks[1]:
        share = np.where(share > 0.0, np.minimum(1.0, share + people.wave_absence_share), 0.0)
    return np.asarray(np.floor((day + 1) * share) > np.floor(day * share))


def present(people: People, week: int, weekday: int) -> np.ndarray:
    """[person] who comes to work on a day: rostered, not away by the rota, the day not closed."""
    here = (people.pool[:, weekday] != NONE) & ~people.always_there & ~absent(people, week, weekday)
    return np.asarray(here & people.works_closed_days if people.closed_day[week * 7 + weekday] else here)


class Duties(NamedTuple):
    """Other duties of one weekday: hour h of a person's shift begins at `first + 60 h` (minutes after midnight)."""

    first: np.ndarray  # [person]
    taken: np.ndarray  # [person, hour] bool


def duties_of_day(people: People, week: int, weekday: int) -> Duties:
    """Duty hours of each person: whole hours from the half hour on, spread over the shift, staggered by rota.

    How many an average day has follows from the share of the shift; the rota evens out the fraction over days.
    """
    start, end = people.shift_start[:, weekday], people.shift_end[:, weekday]
    first = start + (30.0 - start) % DUTY_MIN
    n_hours = np.maximum((end - first) // DUTY_MIN, 0.0).astype(np.int64)
    a_day = np.where((people.pool[:, weekday] == NONE) | (end <= start), 0.0, people.duty_share * (end - start) / DUTY_MIN)
    day, shift = 5 * week + weekday, (people.rota * 0.618033988749895) % 1.0
    n = np.minimum(n_hours, (np.floor(a_day * (day + 1) + shift) - np.floor(a_day * day + shift)).astype(np.int64))
    taken = np.zeros((len(n), max(1, int(n_hours.max(initial=1)))), bool)
    for m in range(taken.shape[1]):
        who = np.flatnonzero(n > m)
        taken[who, (people.rota[who] + m * n_hours[who] // n[who]) % n_hours[who]] = True
    return Duties(first, taken)


def roster_key(world: World) -> str:
    """Hash of all that rosters and appointment slots are made from: worlds of one key may share what is made."""
    people = [np.asarray(getattr(world.people, f.name)) for f in fields(world.people) if f.name not in ("staff", "habits")]
    books = [world.tables.books, world.tables.book_times, world.bookable_share, world.book_open]
    books += [world.book_room] if world.book_room.any() else []
    habits = "" if world.people.habits is None else world.people.habits.words()
    digest = hashlib.sha256(f"{len(world.names.pools)} {world.people.staff!r}{habits}".encode())
    for column in (*people, *books):
        digest.update(f"|{column.shape}|".encode() + np.ascontiguousarray(column).tobytes())
    return digest.hexdigest()


def roster_week(world: World, week: int, key: int = 0) -> RosterWeek:
    """The roster of one week, made once per world, or once per replication (`key`) where absence is drawn."""
    staff = world.people.staff
    if staff is not None and any(a is not None and a.drawn for a in staff.absence):
        return _make_week(world.people, week, key)
    if world.people.habits is not None and world.people.habits.absence is not None:
        expected: RosterWeek = _remembered(world, ("roster", week), lambda: _make_week(world.people, week))  # type: ignore[assignment]
        return without_absent(expected, world.people.habits, key, week)
    return _remembered(world, ("roster", week), lambda: _make_week(world.people, week))  # type: ignore[return-value]


def without_absent(expected: RosterWeek, habits: Habits, key: int, week: int) -> RosterWeek:
    """The roster of a week without the days of those who turn out to be away."""
    weekday = np.minimum((expected.time - week * WEEK_MIN) // DAY_MIN, 6.0).astype(np.int64)
    here = ~drawn_away(habits, key, week)[weekday, expected.person]
    return RosterWeek(*(column[here] for column in expected))


def _remembered(world: World, key: tuple[str, int], make: Callable[[], object]) -> object:
    """Made once and kept for the replications to come, the last `WEEKS_KEPT` weeks of each kind: memory must not grow with the horizon."""
    if key not in world.cache:
        kind, week = key
        world.cache.pop((kind, week - WEEKS_KEPT), None)
        world.cache[key] = make()
    return world.cache[key]


def _make_week(people: People, week: int, key: int = 0) -> RosterWeek:
    """Steps of a week; who leaves on Sunday at 24:00 leaves at the beginning of the next."""
    begins, ends = week * WEEK_MIN, (week + 1) * WEEK_MIN
    rows = [row for row in _rows_of_week(people, week, key) if row[0] < ends]
    if week > 0 and (people.staff is not None or people.shift_end[:, 6].max(initial=0.0) >= DAY_MIN):
        rows += [row for row in _rows_of_week(people, week - 1, key) if row[0] >= begins]
    return _sorted(rows)


def _rows_of_week(people: People, week: int, key: int) -> list[Step]:
    rows: list[Step] = []
    if people.staff is not None:
        return _rows_of_staff(people, people.staff, week, key)
    for person in np.flatnonzero(people.always_there):
        if week == 0:
            rows.append((0.0, COME_TIE + int(person), int(person), COME, int(people.pool[person, 0]), NEVER))
    for weekday in range(7):
        midnight = (week * 7 + weekday) * DAY_MIN
        at_work = np.flatnonzero(present(people, week, weekday))
        duties = duties_of_day(people, week, weekday)
        for i in [int(person) for person in at_work]:
            pool = int(people.pool[i, weekday])
            end = midnight + float(people.shift_end[i, weekday])
            rows.append((midnight + float(people.shift_start[i, weekday]), COME_TIE + i, i, COME, pool, end))
            rows.append((end, i, i, LEAVE, pool, 0.0))
        for i, hour in np.argwhere(duties.taken[at_work]).tolist():
            who = int(at_work[i])
            begins = midnight + float(duties.first[who]) + DUTY_MIN * hour
            rows.append((begins, who, who, TO_DUTY, int(people.pool[who, weekday]), DUTY_MIN))
        if people.habits is not None:
            rows += _rows_of_habits(people, people.habits, week, weekday, at_work.tolist())
    return rows


def _rows_of_habits(people: People, habits: Habits, week: int, weekday: int, at_work: list[int]) -> list[Step]:
    """Breaks, meetings and trips of one day."""
    rows: list[Step] = []
    midnight = (week * 7 + weekday) * DAY_MIN
    for i in at_work:
        pool, start, trip = int(people.pool[i, weekday]), float(people.shift_start[i, weekday]), float(habits.trip_min[i, weekday])
        if trip > 0.0:
            rows.append((midnight + start - trip, COME_TIE + i, i, TRIP, pool, 2.0 * trip))
        off_duty = habits.off_duty(i, week, weekday, start, float(people.shift_end[i, weekday]))
        rows += [(midnight + begins, i, i, TO_DUTY, pool, minutes) for begins, minutes in off_duty]
    return rows


def _rows_of_staff(people: People, staff: Staff, week: int, key: int) -> list[Step]:
    """Steps of people who differ one by one: stretches of a day, breaks, whole days of absence."""
    rows: list[Step] = []
    for i in np.flatnonzero(people.always_there).tolist() if week == 0 else []:
        rows.append((0.0, COME_TIE + i, i, COME, staff.pool[i], NEVER))
    for weekday in range(7):
        day = week * 7 + weekday
        away = absent(people, week, weekday) | absent_on(staff, key, day)
        duties = duties_of_day(people, week, weekday)
        for i, pool in enumerate(staff.pool):
            if staff.stretches[i] is None:
                rows += [(day * DAY_MIN + b, i, i, TO_DUTY, pool, minutes) for b, minutes in staff.breaks_of(i)]
            elif not away[i]:
                for start, end, breaks in steps_of_day(staff, i, day):
                    rows += [(start, COME_TIE + i, i, COME, pool, end), (end, i, i, LEAVE, pool, 0.0)]
                    rows += [(begins, i, i, TO_DUTY, pool, minutes) for begins, minutes in breaks]
                for hour in np.flatnonzero(duties.taken[i]).tolist():
                    begins = float(duties.first[i]) + DUTY_MIN * hour
                    begins = after(day * DAY_MIN + begins, day * DAY_MIN + float(people.shift_start[i, weekday]))
                    rows.append((begins, i, i, TO_DUTY, pool, DUTY_MIN))
    return rows


def _sorted(rows: list[Step]) -> RosterWeek:
    rows.sort()
    columns = list(zip(*rows, strict=True)) if rows else [()] * 6
    kinds = (float, np.int64, np.int64, np.int64, np.int64, float)
    return RosterWeek(*(np.array(c, k) for c, k in zip(columns, kinds, strict=True)))


def slots_of_week(world: World, week: int, slots_max: int) -> np.ndarray:
    """Appointments that each book offers in one week: [book, weekday, slot].

    A share of the persons who are present and not on other duties when the slot begins; the fraction is
    carried from slot to slot, so that a pool of one offers every second or third slot, not none.
    """
    return _remembered(world, ("slots", week), lambda: _make_slots(world, week, slots_max))  # type: ignore[return-value]


def _make_slots(world: World, week: int, slots_max: int) -> np.ndarray:
    if world.slot_pattern is not None:
        return world.slot_pattern
    tables, people = world.tables, world.people
    books = tables.books.reshape(-1, T.BOOK_WIDTH)
    times = tables.book_times.reshape(-1, T.BOOK_TIMES)
    free = np.zeros((len(books), 7, slots_max), np.int64)
    carried = np.full(len(books), 0.5)
    begins = times[:, [T.FIRST_SLOT]] + np.arange(slots_max) * times[:, [T.SLOT_LENGTH]]  # [book, slot]
    offers = np.arange(slots_max) < books[:, [T.N_SLOTS]]
    for weekday in range(7):
        day = week * 7 + weekday
        if day >= len(people.closed_day) or people.closed_day[day]:
            continue
        open_books = offers & world.book_open[:, day][:, None]
        here, duties = present(people, week, weekday), duties_of_day(people, week, weekday)
        moments = np.unique(begins[open_books]).tolist()
        free_at = {b: here & ~_off_duty(people, week, weekday, b) for b in moments}
        there = {b: _there(people, free_at[b], duties, weekday, b, len(world.names.pools)) for b in moments}
        linked = _linked(world, begins, open_books, there)
        for slot in range(slots_max):
            for book in np.flatnonzero(open_books[:, slot]).tolist():
                if (book, slot) in linked:
                    free[book, weekday, slot] = 1
                elif not (len(world.book_room) and world.book_room[book]):
                    start, pool = float(begins[book, slot]), books[book, T.BOOK_POOL]
                    held = sum(_meet(world, one, begins, pool, start, float(times[book, T.SLOT_LENGTH])) for one in linked)
                    carried[book] += max(0, there[start][pool] - held) * world.bookable_share[book]
                    free[book, weekday, slot] = int(carried[book])
                    carried[book] -= free[book, weekday, slot]
    return free


def _linked(world: World, begins: np.ndarray, open_books: np.ndarray, there: dict[float, np.ndarray]) -> set[tuple[int, int]]:
    """(book, slot) of video rooms on one day: a room has one slot at a time, and somebody of the pool is there for it (decisions 26)."""
    pools = world.tables.books.reshape(-1, T.BOOK_WIDTH)[:, T.BOOK_POOL]
    rooms = np.flatnonzero(world.book_room).tolist()
    rows = [(book, slot) for book in rooms for slot in np.flatnonzero(open_books[book]).tolist()]
    return {(book, slot) for book, slot in rows if there[float(begins[book, slot])][pools[book]] > 0}


def _meet(world: World, linked: tuple[int, int], begins: np.ndarray, pool: int, start: float, length: float) -> bool:
    """Does a video slot take a person of a pool away from a slot that begins at `start`?"""
    book, slot = linked
    mine = world.tables.books[book * T.BOOK_WIDTH + T.BOOK_POOL] == pool
    since = float(begins[book, slot])
    return bool(mine and since < start + length and start < since + world.tables.book_times[book * T.BOOK_TIMES + T.SLOT_LENGTH])


def _off_duty(people: People, week: int, weekday: int, begins: float) -> np.ndarray:
    """[person] bool: on a break or in a meeting at a time of day."""
    if people.habits is None:
        return np.zeros(len(people.rota), bool)
    hours = zip(people.shift_start[:, weekday].tolist(), people.shift_end[:, weekday].tolist(), strict=True)
    rows = [people.habits.off_duty(i, week, weekday, start, end) for i, (start, end) in enumerate(hours)]
    return np.array([any(b <= begins < b + minutes for b, minutes in mine) for mine in rows], bool)


def _there(people: People, here: np.ndarray, duties: Duties, weekday: int, begins: float, n_pools: int) -> np.ndarray:
    """[pool] persons who are present and not on other duties at a time of day."""
    hour = np.floor((begins - duties.first) / DUTY_MIN).astype(np.int64)
    inside = (hour >= 0) & (hour < duties.taken.shape[1])
    busy = inside & duties.taken[np.arange(len(hour)), np.where(inside, hour, 0)]
    on_shift = (people.shift_start[:, weekday] <= begins) & (begins < people.shift_end[:, weekday])
    return np.bincount(people.pool[here & ~busy & on_shift, weekday], minlength=n_pools)
