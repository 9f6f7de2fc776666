"""Tables of booked hours, appointments, trips and casework in a world of queues; none of them in a region, which has its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from channelsim.scenario import tables as T
from channelsim.scenario.build import Book, Builder
from channelsim.scenario.tables import NONE
from channelsim.scenario.world import BookedHours
from channelsim.units import NEVER, on_grid

if TYPE_CHECKING:
    from channelsim.scenario.queues import Duration, QueueClass, Queues

Numbered = Callable[[Builder, "Duration | None"], int]


def none_of_it(n_channels: int, n_services: int) -> dict[str, np.ndarray]:
    """The tables where nothing of the kind is known."""
    return {
        "no_show_rise": np.zeros(n_services), "left_class": np.full(n_channels, NONE, np.int64),
        "left_law": np.full(n_channels, NONE, np.int64), "travel_law": np.full(n_channels, NONE, np.int64),
        "last_arrival_min": np.zeros(n_channels), "person_kind": np.zeros(1, np.int64), "kind_factor": np.ones(1),
        "outages": np.empty(0), "unmet_delay": np.full(1, NONE, np.int64),
        "came_at": np.full(1, NEVER), "slower": np.ones(1),
        "back_class": np.full(1, NONE, np.int64), "book_adviser": np.full(1, NONE, np.int64),
    }  # fmt: skip


def way_of(c: QueueClass) -> int:
    """How a contact of a class finds its way."""
    if c.sessions:
        return T.BY_HOUR
    if c.books:
        return T.BY_BOOK
    return T.BY_POINT if c.travel is not None else T.BY_LINE


def coming(builder: Builder, classes: Sequence[QueueClass], number: dict[str, int], law: Numbered) -> dict[str, np.ndarray]:
    """Tables by class, which in a world of queues is also its channel."""
    tables = none_of_it(len(classes), len(classes))
    tables["channel_mode"] = np.array([way_of(c) for c in classes], np.int64)
    tables["no_show_share"] = np.array([c.no_show.share for c in classes])
    tables["no_show_rise"] = np.array([c.no_show.per_day / 1440.0 for c in classes])
    tables["casework_share"] = np.array([c.leaves.share if c.leaves else 0.0 for c in classes])
    for i, c in enumerate(classes):
        if c.leaves is not None:
            tables["left_class"][i], tables["left_law"][i] = number[c.leaves.to], law(builder, c.leaves.law)
        if c.travel is not None:
            tables["travel_law"][i], tables["last_arrival_min"][i] = law(builder, c.travel.law), on_grid(c.travel.last_arrival_min)
    return tables


def books(builder: Builder, queues: Queues) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Appointment books, one for each pool with a grid, who may use which; and the slots of a week [book, weekday, slot]."""
    book_of: dict[str, int] = {}
    pattern = []
    most = max((p.slots.n_slots for p in queues.pools if p.slots is not None), default=1)
    for number, pool in enumerate(queues.pools):
        s = pool.slots
        if s is None:
            continue
        book_of[pool.name] = len(builder.books)
        last = s.first_min + (s.n_slots - 1) * on_grid(s.every_min)
        builder.books.append(Book(number, NONE, s.first_min, last, s.every_min, s.notice_min, s.horizon_days, s.hold_before_min, 1.0))
        pattern.append([[s.per_slot if is_open and i < s.n_slots else 0 for i in range(most)] for is_open in s.open_days])
    start, bookable = [0], []
    for c in queues.classes:
        bookable += [book_of[s.pool] for s in c.serves if s.pool in book_of] if c.books else []
        start.append(len(bookable))
    tables = builder.appointment_books() | {
        "booked_start": np.array(start, np.int64), "bookable": np.array(bookable, np.int64),
        "booked_min": np.zeros(len(bookable)), "booked_km": np.zeros(len(bookable)),
    }  # fmt: skip
    return tables, np.array(pattern, np.int64).reshape(-1, 7, most)


def booked_hours(builder: Builder, classes: Sequence[QueueClass], law: Numbered) -> tuple[BookedHours, ...]:
    """Hours that are booked beforehand, by class."""
    found = []
    for cell, c in enumerate(classes):
        for s in c.sessions:
            u = s.unpunctual
            hours = np.array([on_grid(h) for h in sorted(s.hours_min)])
            if u is None:
                found.append(BookedHours(cell, hours))
            else:
                found.append(BookedHours(cell, hours, u.shift_min, law(builder, u.law), u.normal_sd_min, u.early_waits))
    return tuple(found)
