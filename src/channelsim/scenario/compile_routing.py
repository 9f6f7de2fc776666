"""How a region's contacts find who answers them: classes (`region_classes`), books, hours, places, abilities."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from channelsim.scenario import tables as T
from channelsim.scenario.region_books import add_books, add_rooms, book_candidates, booked_channels
from channelsim.scenario.region_classes import CALL_BACK, CASEWORK, CHASER, CHECK, PHONE, VISIT, WEB, WEB_RESPONSE, Routing
from channelsim.scenario.region_consequences import add_consequences
from channelsim.scenario.tables import NONE
from channelsim.units import on_grid

if TYPE_CHECKING:
    from channelsim.scenario.compile import Draft


def build_routing(draft: Draft) -> dict[str, np.ndarray]:
    """Add all classes and books of a region, and return the arrays by which contacts find them."""
    routing = Routing(draft)
    region, builder = draft.region, draft.builder
    services, towns = region.services, region.municipalities
    n_s, n_m = len(services), len(towns)
    web = builder.add_class(name="web", channel=WEB, mode=T.SELF, wait_kind=WEB_RESPONSE)
    n_k = len(draft.channels)
    entry = np.full((n_k, n_s, n_m, 2), NONE, np.int64)
    for s, service in enumerate(services):
        entry[WEB, s] = web
        for m, town in enumerate(towns):
            area = draft.model.office_of[town.name]
            for variant in (0, 1):
                entry[PHONE, s, m, variant] = routing.phone_class(service, area, variant)
                entry[CHECK, s, m, variant] = routing.check_class(service, area, variant)
                entry[CASEWORK, s, m, variant] = routing.casework_class(service, area, variant)
                if n_k > CALL_BACK:
                    entry[CALL_BACK, s, m, variant] = routing.call_back_class(entry[PHONE, s, m, variant])
                    entry[CHASER, s, m, variant] = entry[PHONE, s, m, 0]  # whoever asks how things stand is taken for routine
    place_class = np.full((len(draft.place_number), n_s, 2), NONE, np.int64)
    for name, place in draft.place_number.items():
        for s, service in enumerate(services):
            for variant in (0, 1):
                place_class[place, s, variant] = routing.walk_in_class(service, name, variant)
    back = _hand_back(draft, routing)
    books = add_books(routing)
    rooms = add_rooms(routing)
    add_consequences(routing)
    return {
        "channel_mode": np.array([T.BY_POINT if k == VISIT else T.BY_LINE for k in range(n_k)], np.int64),
        "channel_books": booked_channels(routing, books),
        **_channel_hours(draft, routing),
        "entry_class": entry.ravel(),
        "place_class": place_class.ravel(),
        "place_calendar": np.array([draft.place_calendar[name] for name in draft.place_number], np.int64),
        **_walk_in_candidates(draft, place_class),
        **book_candidates(routing, books, rooms),
        **_abilities(draft),
        **back,
    }


def _hand_back(draft: Draft, routing: Routing) -> dict[str, np.ndarray]:
    """To which line the national one hands back what it cannot close, by municipality; no table where it closes all."""
    national = [s for s in draft.region.services if s.tier == "national"]
    if draft.region.staff.hand_back_share == 0.0 or not national:
        return {}
    asked = replace(national[0], tier="minimum", skill="any")  # the first line of the office, as for any other question
    offices = [draft.model.office_of[m.name] for m in draft.region.municipalities]
    return {"back_class": np.array([routing.phone_class(asked, office, 0) for office in offices], np.int64)}


def _channel_hours(draft: Draft, routing: Routing) -> dict[str, np.ndarray]:
    """When contacts through a channel are made: opening hours and the hour profile of the day."""
    region = draft.region

    def profile(name: str) -> int:
        rows = []
        for key in region.keys("profile", name):
            start, end = (float(clock[:2]) * 60.0 + float(clock[3:5]) for clock in key.split("-"))
            rows.append((start, end, region.value("profile", name, key)))
        return draft.builder.hour_profile(tuple(sorted(rows))) if rows else NONE

    longest = max(draft.model.points, key=lambda p: (p.kind == "staffed", sum(h[1] - h[0] for h in p.hours if h)))
    more = len(draft.channels) - 5
    phone, visit, web = profile("phone_hour_share"), profile("visit_hour_share"), profile("web_hour_share")
    return {
        "channel_calendar": np.array(
            [routing.phone_calendar, NONE, draft.place_calendar[longest.name], NONE, NONE, *[NONE, routing.phone_calendar][:more]], np.int64
        ),
        "channel_profile": np.array([phone, web, visit, NONE, NONE, *[NONE, phone][:more]], np.int64),
    }


def _walk_in_candidates(draft: Draft, place_class: np.ndarray) -> dict[str, np.ndarray]:
    """Places that receive visits of a service, for each municipality: least travel first, then the lower number."""
    region = draft.region
    town = {m.name: i for i, m in enumerate(region.municipalities)}
    start, place, minutes, km = [0], [], [], []
    for s in range(len(region.services)):
        for m in range(len(region.municipalities)):
            rows = sorted(
                (on_grid(float(region.travel_min[m, town[name]])), number, float(region.travel_km[m, town[name]]))
                for name, number in draft.place_number.items()
                if place_class[number, s, 0] != NONE
            )
            place += [r[1] for r in rows]
            minutes += [r[0] for r in rows]
            km += [r[2] for r in rows]
            start.append(len(place))
    return {
        "walk_in_start": np.array(start, np.int64), "walk_in_place": np.array(place, np.int64),
        "walk_in_min": np.array(minutes, float), "walk_in_km": np.array(km, float),
    }  # fmt: skip


def _abilities(draft: Draft) -> dict[str, np.ndarray]:
    """Which pool can close which expert need, and what share of routine needs it can close at all."""
    region, pools = draft.region, draft.builder.pools
    able = np.zeros((len(pools), len(region.services)), np.int64)
    closes = np.ones(len(pools))
    for (_, role, skill), number in draft.pool_of.items():
        for s, service in enumerate(region.services):
            national = role == "national" and service.tier == "national"
            able[number, s] = int(national or (role == "specialist" and service.skill in ("any", *skill.split("+"))))
        if role == "adviser":
            closes[number] = region.value("joint", "resolved_share", "all", 1.0)
        elif role == "national":
            closes[number] = 1.0 - region.staff.hand_back_share
    return {"able": able.ravel(), "closes_share": closes}
