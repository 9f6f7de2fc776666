"""Appointment books of a region's specialists, and who may book in which."""

from __future__ import annotations

import numpy as np

from channelsim.scenario import tables as T
from channelsim.scenario.build import Book
from channelsim.scenario.region import Service
from channelsim.scenario.region_classes import BOOKED_FIRST, LATE_START, PHONE, VISIT, Routing
from channelsim.scenario.region_staff import VideoHours, own_skill
from channelsim.units import on_grid


def add_books(routing: Routing) -> dict[int, int]:
    """An appointment book for each specialist pool: pool -> book."""
    books = {}
    place_names = list(routing.d.place_number)
    skills = {number: own_skill(skill) for (_, role, skill), number in routing.d.pool_of.items() if role == "specialist"}
    for pool, skill in sorted(skills.items()):
        grid = routing.region.appointments.get(skill)
        if grid is None:
            continue
        name = place_names[routing.b.pools[pool].place]
        hours = next(p for p in routing.d.model.points if p.name == name).hours
        closes = max((h[1] for h in hours if h), default=0.0)
        opens = min((h[0] for h in hours if h), default=0.0)
        calendar = routing.b.calendar(hours, cut_min=max(0.0, routing.region.shift[1] - closes))
        of_class = routing.b.add_class(
            name=f"booked {routing.b.pools[pool].name}", channel=VISIT, mode=T.BOOKED, calendar=calendar, send_home=True,
            wait_kind=LATE_START, place=routing.b.pools[pool].place,
        )  # fmt: skip
        routing.b.allow(of_class, pool, 0, BOOKED_FIRST)
        books[pool] = len(routing.b.books)
        routing.b.books.append(Book(
            pool=pool, of_class=of_class, first_slot_min=max(grid.first_slot_min, opens),
            last_slot_min=min(grid.last_slot_min, closes - grid.slot_min), slot_min=grid.slot_min,
            notice_min=grid.notice_min, horizon_days=grid.horizon_working_days * 7 // 5,
            hold_before_min=grid.hold_before_min, share=grid.bookable_share,
        ))  # fmt: skip
        if grid.reserved_share > 0.0:
            _reserve(routing, pool, round(grid.reserved_share * float(routing.d.pool_sizes[pool])))
    return books


def _reserve(routing: Routing, pool: int, persons: int) -> None:
    """The last idle persons of a pool take nobody who waits without an hour."""
    for pair in routing.b.pairs.values():
        if pair.pool == pool and routing.b.classes[pair.of_class].mode == T.WAITING:
            pair.reserve = persons


def add_rooms(routing: Routing) -> dict[int, VideoHours]:
    """A grid for each stretch of a joint point's video room: book -> its hours. Someone of the skill's largest pool is there for it."""
    rooms: dict[int, VideoHours] = {}
    draft, region = routing.d, routing.region
    for video in region.staff.video:
        point = next((p for p in draft.model.points if p.name == video.point), None)
        grid = region.appointments.get(video.skill)
        if point is None or grid is None or draft.model.name not in video.models:
            continue
        pools = routing.behind_room(video.skill, point.office)
        if not pools:
            continue
        pool = max(pools, key=lambda p: (draft.pool_sizes[p], -p))
        place = draft.place_number[point.name]
        closes = max((h[1] for h in point.hours if h), default=0.0)
        of_class = routing.b.add_class(
            name=f"video {point.name} {video.skill}", channel=VISIT, mode=T.BOOKED, send_home=True, wait_kind=LATE_START, place=place,
            calendar=routing.b.calendar(point.hours, cut_min=max(0.0, region.shift[1] - closes)),
        )  # fmt: skip
        routing.b.allow(of_class, pool, 0, BOOKED_FIRST)
        rooms[len(routing.b.books)] = video
        routing.b.books.append(Book(
            pool=pool, of_class=of_class, first_slot_min=video.hours[0], last_slot_min=video.hours[1] - grid.slot_min,
            slot_min=grid.slot_min,
            notice_min=grid.notice_min, horizon_days=grid.horizon_working_days * 7 // 5, hold_before_min=grid.hold_before_min, share=1.0,
            room=video,
        ))  # fmt: skip
    return rooms


def rooms_nearby(
    routing: Routing, service: Service, pools: list[int], rooms: dict[int, VideoHours], municipality: int
) -> list[tuple[int, int]]:
    """(book, municipality of the room) of video rooms that are nearer to customers than all points with the skill."""
    town = {m.name: i for i, m in enumerate(routing.region.municipalities)}
    names = list(routing.d.place_number)
    minutes = routing.region.travel_min[municipality]
    nearest = min((float(minutes[town[names[routing.b.pools[p].place]]]) for p in pools), default=0.0)
    return [(book, town[v.point]) for book, v in rooms.items()
            if v.skill == service.skill and routing.b.books[book].pool in pools and float(minutes[town[v.point]]) < nearest]  # fmt: skip


def booked_channels(routing: Routing, books: dict[int, int]) -> np.ndarray:
    """Visits of some services are by appointment; triage lets those that look routine walk in (decisions 4, 19)."""
    services = routing.region.services
    booked = np.zeros((len(routing.d.channels), len(services), 2), np.int64)
    for s, service in enumerate(services):
        if service.visits_booked and books and service.tier != "national":
            booked[VISIT, s, 1] = 1
            booked[VISIT, s, 0] = int(routing.first_line(service, 0) != "generalist" or not routing.strategy.triage)
        if service.id in routing.d.features.phone_booked and books and service.tier != "national":
            booked[PHONE, s] = 1
    return booked.ravel()


def visits_nearby(routing: Routing, service: Service, pools: list[int], municipality: int) -> list[int]:
    """Visiting specialists in whose books a municipality's customers may be: those nearer than all who are always there."""
    visitors = routing.visitors(service, tuple(pools))
    town = {m.name: i for i, m in enumerate(routing.region.municipalities)}
    names = list(routing.d.place_number) if visitors else []
    to = {p: float(routing.region.travel_min[municipality, town[names[routing.b.pools[p].place]]]) for p in (*visitors, *pools) if visitors}
    return [v for v in visitors if all(to[v] < to[p] for p in pools)]


def book_candidates(routing: Routing, books: dict[int, int], rooms: dict[int, VideoHours]) -> dict[str, np.ndarray]:
    """Books in which the appointments of a service may be made, for each municipality: lower pool first."""
    draft, region = routing.d, routing.region
    town = {m.name: i for i, m in enumerate(region.municipalities)}
    names = list(draft.place_number)
    start, book, minutes, km = [0], [], [], []
    for service in region.services:
        for m, municipality in enumerate(region.municipalities):
            pools: list[int] = []
            if service.tier != "national":
                pools = routing.specialists(service, draft.model.office_of[municipality.name], "booked")
                found = [(books[p], town[names[draft.builder.pools[p].place]]) for p in (*pools, *visits_nearby(routing, service, pools, m))
                         if p in books]  # fmt: skip
                for number, to in (*found, *rooms_nearby(routing, service, pools, rooms, m)):
                    book.append(number)
                    minutes.append(on_grid(float(region.travel_min[m, to])))
                    km.append(float(region.travel_km[m, to]))
            start.append(len(book))
    return {
        "booked_start": np.array(start, np.int64), "bookable": np.array(book, np.int64),
        "booked_min": np.array(minutes, float), "booked_km": np.array(km, float),
    }  # fmt: skip
