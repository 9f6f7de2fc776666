"""What an auditor must know beside the event log: names, routing, hours, books and options, as plain lists.

Nothing here is needed to run. It says in words and numbers what the tables say, so that a folder of results can be
checked and told without the region that made it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from channelsim.rules import state as S
from channelsim.rules.bookkeeping.events import EVENT_NAMES, HEADS
from channelsim.scenario import tables as T
from channelsim.scenario.roster import slots_of_week
from channelsim.scenario.tables import NONE, Tables
from channelsim.scenario.world import World
from channelsim.trajectory.facts_of_classes import classes_of, lists_of, minutes_or_none, n_sets, pools_of
from channelsim.trajectory.region_people import region_people
from channelsim.units import NEVER, WEEK_MIN

ACTIONS = ("resolve", "give up", "contact", "transfer", "book", "hand back")
FACTS_VERSION = 1


def facts_of(world: World, horizon_min: float, since_min: float = 0.0) -> dict[str, Any]:
    """Everything about a world that a reader of its event log needs.

    Parameters
    ----------
    world : World
        The alternative that was run.
    horizon_min : float
        When the run ended, or another world took its place.
    since_min : float
        When it took the place of another one (`transition`).
    """
    tables, names = world.tables, world.names
    return {
        "version": FACTS_VERSION,
        "customers": bool(tables.customers),
        "horizon_min": horizon_min,
        "events": list(EVENT_NAMES),
        "heads": HEADS,
        "names": {name: list(getattr(names, name)) for name in names.__dataclass_fields__},
        "outcomes": list(T.OUTCOMES),
        "reasons": list(S.REASONS),
        "actions": list(ACTIONS),
        "classes": classes_of(world),
        "pools": pools_of(world),
        "own_rule": {
            "contacts": tables.steering >= T.BY_OWN_RULE and tables.orders_contacts == 1,
            "pools": tables.steering >= T.BY_OWN_RULE and tables.orders_pools == 1,
        },
        "table_steps": [list(step) for step in world.table_steps],
        "other_sets": [lists_of(tables, number) for number in range(1, n_sets(tables))],
        "lines_limit": tables.lines_limit.tolist(),
        "calendars": _calendars(world),
        "cells": np.stack([tables.cell_municipality, tables.cell_segment, tables.cell_service], 1).tolist(),
        "channels": _channels(world),
        "entry_class": tables.entry_class.reshape(len(names.channels), len(names.services), -1, 2).tolist(),
        "place_class": _or_empty(tables.place_class, len(names.services) * 2),
        "place_calendar": tables.place_calendar.tolist(),
        "back_class": tables.back_class.tolist(),
        "walk_in": _candidates(world, tables.walk_in_start, tables.walk_in_place, tables.walk_in_min),
        "booked": _candidates(world, tables.booked_start, tables.bookable, tables.booked_min),
        "books": _books(world, horizon_min, since_min),
        "shares": _shares(world),
        "staff": _staff(world),
        "region_people": region_people(world),
        "options": {
            "last_arrival_before_closing_min": float(tables.options[T.LAST_ARRIVAL_MIN]),
            "transit_factor": float(tables.options[T.TRANSIT_FACTOR]),
            "transit_extra_min": float(tables.options[T.TRANSIT_EXTRA_MIN]),
            "min_break_left_min": float(tables.options[T.MIN_BREAK_LEFT_MIN]),
        },
        "more": _more(world),
    }  # fmt: skip


def _more(world: World) -> dict[str, Any] | None:
    """Figures of the rules that few regions have (`scenario.region_features`)."""
    tables, of = world.tables, world.tables.options
    if tables.customers == 0 or tables.extras == 0:
        return None
    return {
        "outages": tables.outages.reshape(-1, 2).tolist(),
        "failing_again": float(of[T.WEB_LEARNING]), "assisted": float(of[T.ASSIST_UPLIFT]),
        "unmet_returns": float(of[T.UNMET_SHARE]), "hour_moved": float(of[T.RESCHEDULE_SHARE]),
        "moved_before_min": float(of[T.RESCHEDULE_NOTICE_MIN]),
        "chaser_a_day": float(of[T.CHASER_RATE]),
        "chaser_after_days": float(of[T.CHASER_AFTER_DAYS]), "warm_max_min": float(of[T.WARM_MAX_MIN]),
        "phone_calendar": int(tables.channel_calendar[tables.sizes[T.PHONE]]),
    }  # fmt: skip


def _staff(world: World) -> list[dict[str, Any]] | None:
    """Each person of a world of queues whose people differ: hours by weekday, breaks and absence."""
    staff, rota = world.people.staff, world.people.absence_share
    if staff is None:
        return None
    return [
        {
            "pool": pool, "number": staff.number[i], "stretches": staff.stretches[i], "breaks": staff.breaks_of(i),
            "rota_absence": float(rota[i]),
            "drawn_absence": None if (a := staff.absence[i]) is None or not a.drawn else [a.share, list(a.weekday_factor), a.wave_cv],
        }
        for i, pool in enumerate(staff.pool)
    ]  # fmt: skip


def _shares(world: World) -> dict[str, Any]:
    """Probabilities that draws are compared with."""
    tables, n_services = world.tables, len(world.names.services)
    if tables.customers == 0:
        return {}
    return {
        "web": tables.web_share.reshape(-1, n_services).tolist(),  # [segment][service]
        "phone": tables.phone_share.reshape(-1, n_services).tolist(),
        "completion": tables.completion.reshape(-1, n_services).tolist(),
        "no_show": tables.no_show_share.tolist(),  # [service]
        "no_show_by_min": tables.no_show_rise.tolist(),
        "repeat": tables.repeat_share.reshape(-1, T.N_ROLES).tolist(),  # [channel][role]
        "closes": tables.closes_share.tolist(),  # [pool], of routine needs
        "able": tables.able.reshape(-1, n_services).tolist(),  # [pool][service], of those that take expertise
        "closes_unable": float(tables.options[T.GENERALIST_CLOSES]),
    }


def _or_empty(column: np.ndarray, width: int) -> list[list[int]]:
    return column.reshape(-1, width).tolist() if len(column) >= width else []


def _calendars(world: World) -> list[dict[str, Any]]:
    """Opening hours of each day, and which queues are sent home how long after closing."""
    tables, n_days = world.tables, int(world.tables.sizes[T.N_DAYS])
    found = []
    for number, cut in enumerate(world.closing_cut_min):
        days = slice(number * n_days, (number + 1) * n_days)
        hours = zip(tables.calendar_open[days].tolist(), tables.calendar_close[days].tolist(), strict=True)
        ends = slice(tables.closing_start[number], tables.closing_start[number + 1])
        found.append({
            "days": [None if opens >= NEVER else [opens, closes] for opens, closes in hours],
            "sends_home": tables.closing_class[ends].tolist(),
            "sends_home_after_min": minutes_or_none(cut),
        })  # fmt: skip
    return found


def _channels(world: World) -> list[dict[str, Any]]:
    """How each channel finds its class, and for which services it is by appointment (plain, expert)."""
    tables = world.tables
    books = tables.channel_books.reshape(len(world.names.channels), len(world.names.services), 2)
    parts = {"phone": T.PHONE, "visit": T.VISIT, "web": T.WEB, "check": T.CHECK, "casework": T.CASEWORK_CHANNEL,
             "call back": T.CALL_BACK, "chaser": T.CHASER}  # fmt: skip
    return [
        {
            "name": name,
            "by_point": bool(tables.channel_mode[k] == T.BY_POINT),
            "books": books[k].tolist(),
            "part": next((word for word, offset in parts.items() if tables.sizes[offset] == k), None),
        }
        for k, name in enumerate(world.names.channels)
    ]


def _candidates(world: World, start: np.ndarray, what: np.ndarray, minutes: np.ndarray) -> list[list[list[list[float]]]]:
    """[service][municipality] candidates in the order of the table: number, minutes of travel."""
    n_towns = len(world.names.municipalities)
    if len(start) < len(world.names.services) * n_towns + 1:
        return []
    rows = [[[int(what[e]), float(minutes[e])] for e in range(start[i], start[i + 1])] for i in range(len(start) - 1)]
    return [rows[i : i + n_towns] for i in range(0, len(rows), n_towns)]


def _room(tables: Tables, book: int) -> dict[str, Any]:
    """Who takes customers to a video room, and for how long; nothing for other books."""
    if not tables.customers or tables.book_adviser[book] == NONE:
        return {}
    return {"adviser": int(tables.book_adviser[book]), "intro_min": float(tables.options[T.VIDEO_INTRO_MIN])}


def _books(world: World, horizon_min: float, since_min: float) -> list[dict[str, Any]]:
    """Appointment books: their grids, and the slots that they offered on each day."""
    tables = world.tables
    times = tables.book_times.reshape(-1, T.BOOK_TIMES)
    books, classes = tables.books.reshape(-1, T.BOOK_WIDTH), tables.classes.reshape(-1, T.CLASS_WIDTH)
    if len(books) == 0:
        return []
    first, n_weeks = int(since_min // WEEK_MIN), int(-(-horizon_min // WEEK_MIN)) + T.RING_DAYS // 7 - 1
    offered = np.concatenate([slots_of_week(world, week, S.slots_max(tables)) for week in range(first, n_weeks)], axis=1)
    return [
        {
            "pool": int(row[T.BOOK_POOL]), "class": int(row[T.BOOK_CLASS]), "notice_min": int(row[T.NOTICE_MIN]),
            "horizon_days": int(row[T.HORIZON_DAYS]), "first_slot_min": float(times[b, T.FIRST_SLOT]),
            "slot_min": float(times[b, T.SLOT_LENGTH]), **_room(tables, b), "hold_before_min": float(times[b, T.HOLD_BEFORE]),
            "place": int(classes[row[T.BOOK_CLASS], T.CLASS_PLACE]) if row[T.BOOK_CLASS] != NONE else NONE,
            "offered": {str(7 * first + day): offered[b, day, : row[T.N_SLOTS]].tolist()
                        for day in np.flatnonzero(offered[b].any(axis=1)).tolist()},
        }
        for b, row in enumerate(books)
    ]  # fmt: skip
