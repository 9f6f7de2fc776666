"""Who answers what in a region: classes, and the pools that may serve them, under one strategy.

For each office and service group there is a *plain* class (nothing known, or it looks routine) and an
*expert* class (triage read the signal, or a generalist handed over). Phone, web and casework are pooled
inside an office, walk-ins at the point, concentrated services over the region (design 2, domain: network).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from channelsim.scenario import tables as T
from channelsim.scenario.build import Book, Consequence
from channelsim.scenario.compile_customers import draft_delay
from channelsim.scenario.region import Service
from channelsim.scenario.tables import NONE
from channelsim.units import on_grid

if TYPE_CHECKING:
    from channelsim.scenario.compile import Draft

PHONE, WEB, VISIT, CHECK, CASEWORK = range(5)
PHONE_WAIT, WALK_IN_WAIT, LATE_START, LEAD, WEB_RESPONSE, CASEWORK_AGE = range(6)
# What a freed person takes first: a kept appointment, a customer, help for others, messages, casework.
BOOKED_FIRST, CUSTOMER, HELP, MESSAGE, TRAY = range(5)
ALWAYS_EXPERT_FROM = 0.95  # triage sends a service to generalists only if some of its needs are routine
CHECK_HELP_AFTER_MIN = 240.0  # estimated: specialists look at routine web cases that lie this long
CASEWORK_VARIANTS = ("generalist", "specialist")


class Routing:
    """Adds the classes of a region to the builder and remembers how contacts find them."""

    def __init__(self, draft: Draft) -> None:
        self.d, self.b, self.region, self.strategy = draft, draft.builder, draft.region, draft.strategy
        self.made: dict[tuple[object, ...], int] = {}
        value = self.region.value
        self.patience = self.b.distribution("exponential", value("phone", "patience_mean_min", "all"))
        self.walk_in_patience = self.b.distribution(
            "lognormal", value("visit", "walk_in_patience_mean_min", "all"),
            self.region.cv("visit", "walk_in_patience_mean_min", "all", 0.6),
        )  # fmt: skip
        self.slice_min = value("staff", "casework_slice_min", "all", 10.0)
        self.after_call = self.region.delays["after_call_work"].mean_min
        cut = value("phone", "queue_cut_after_closing_min", "all", 15.0)
        self.phone_calendar = self.b.calendar(self.region.phone_hours, cut_min=cut)
        self.national_calendar = self.b.calendar(self.region.national_hours, cut_min=cut)

    # --- who serves -------------------------------------------------------------------------------
    def first_line(self, service: Service, variant: int) -> str:
        """Who takes an unbooked contact first: generalist or specialist."""
        if variant == 1:
            return "expert"
        if service.skill == "any":
            return "generalist"
        if self.strategy.triage:
            share = self.region.value("service", "needs_specialist_share", service.id)
            return "specialist" if share >= ALWAYS_EXPERT_FROM else "generalist"
        return self.strategy.first_line.get(service.id, self.strategy.first_line.get("default", "specialist"))

    def specialists(self, service: Service, area: str, how: str = "line") -> list[int]:
        """Pools that hold the skill of a service for the customers of an office."""
        if service.skill == "any":
            return self.d.pools(self.d.places_of(area), "specialist")
        rows = [r for r in self.d.model.service_map if r.service == service.id and r.area in (area, "*") and r.how == how]
        places = set().union(*(self.d.places_of(r.place) for r in rows)) if rows else self.d.places_of("*")
        return self.d.pools(places, "specialist", service.skill) or self.d.pools(self.d.places_of("*"), "specialist", service.skill)

    def allow_line(self, of_class: int, first: str, generalists: list[int], specialists: list[int], rank: int) -> None:
        """Generalists first with specialists helping later, or the other way round (decisions 5)."""
        if first == "generalist":
            for pool in generalists:
                self.b.allow(of_class, pool, 0, rank)
            for pool in specialists:
                self.b.allow(of_class, pool, 1, max(rank, HELP), from_stage=1 if generalists else 0)
        else:
            for pool in specialists:
                self.b.allow(of_class, pool, 0, rank)
            if first == "specialist":
                for pool in generalists:
                    self.b.allow(of_class, pool, 1, max(rank, HELP), from_stage=1)

    # --- classes ----------------------------------------------------------------------------------
    def phone_class(self, service: Service, area: str, variant: int) -> int:
        """The line of an office for a service: plain (variant 0) or expert (variant 1)."""
        first = self.first_line(service, variant)
        if service.tier == "national":
            return self.national_class("phone", service)
        specialists = tuple(self.specialists(service, area))
        key = ("phone", area, first, service.skill, specialists)
        if key not in self.made:
            stages = () if first == "expert" else (self.strategy.help_after_min,)
            self.made[key] = number = self.b.add_class(
                name=f"phone {area} {service.skill} {first}", channel=PHONE, calendar=self.phone_calendar, send_home=True,
                patience=self.patience, wait_kind=PHONE_WAIT, after_work_min=self.after_call, stages_min=stages,
            )  # fmt: skip
            generalists = self.d.pools(self.d.places_of(area), "generalist")
            self.allow_line(number, first, generalists, list(specialists), CUSTOMER)
        return self.made[key]

    def national_class(self, kind: str, service: Service) -> int:
        """The queue or tray of a national service, outside the region's own staff."""
        line = next(line for line in self.region.national_lines if service.id in line.services)
        key = ("national", kind, line.pool)
        if key not in self.made:
            pool = self.d.pool_of["", "national", line.pool]
            rank = {"phone": CUSTOMER, "check": MESSAGE, "casework": TRAY}[kind]
            words: dict[str, dict[str, object]] = {
                "phone": {
                    "channel": PHONE, "calendar": self.national_calendar, "send_home": True, "patience": self.patience,
                    "wait_kind": PHONE_WAIT, "after_work_min": self.after_call,
                },
                "check": {"channel": CHECK, "mode": T.ITEM, "wait_kind": WEB_RESPONSE},
                "casework": {
                    "channel": CASEWORK, "mode": T.ITEM, "wait_kind": CASEWORK_AGE, "slice_min": self.slice_min,
                },
            }  # fmt: skip
            self.made[key] = number = self.b.add_class(name=f"{kind} {line.pool}", **words[kind])
            self.b.allow(number, pool, 0, rank)
        return self.made[key]

    def check_class(self, service: Service, area: str, variant: int) -> int:
        """Web cases that staff must look at: the tray of an office."""
        if service.tier == "national":
            return self.national_class("check", service)
        first = self.first_line(service, variant)
        specialists = tuple(self.specialists(service, area))
        key = ("check", area, first, service.skill, specialists)
        if key not in self.made:
            self.made[key] = number = self.b.add_class(
                name=f"check {area} {service.skill} {first}", channel=CHECK, mode=T.ITEM, wait_kind=WEB_RESPONSE,
                stages_min=() if first == "expert" else (CHECK_HELP_AFTER_MIN,),
            )  # fmt: skip
            self.allow_line(number, first, self.d.pools(self.d.places_of(area), "generalist"), list(specialists), MESSAGE)
        return self.made[key]

    def casework_class(self, service: Service, area: str, variant: int) -> int:
        """Casework of whoever dealt with the contact, shared inside the office, at the lowest rank (design 4.9)."""
        if service.tier == "national":
            return self.national_class("casework", service)
        pools = tuple(self.specialists(service, area) if variant else self.d.pools(self.d.places_of(area), "generalist")) or tuple(
            self.specialists(service, area)
        )
        key = ("casework", area, pools)
        if key not in self.made:
            self.made[key] = number = self.b.add_class(
                name=f"casework {area} {service.skill} {CASEWORK_VARIANTS[variant]}", channel=CASEWORK, mode=T.ITEM,
                wait_kind=CASEWORK_AGE, slice_min=self.slice_min,
            )  # fmt: skip
            for pool in pools:
                self.b.allow(number, pool, 0, TRAY)
        return self.made[key]

    def walk_in_class(self, service: Service, point_name: str, variant: int) -> int:
        """The walk-in queue of a place, NONE where the service is not received there."""
        point = next(p for p in self.d.model.points if p.name == point_name)
        if service.tier == "national":
            return NONE
        if point.kind != "staffed":
            return self.joint_class(service, point_name)
        here = {point_name}
        skilled = self.d.pools(here, "specialist", None if service.skill == "any" else service.skill)
        everyone = self.d.pools(here, "specialist")
        generalists = self.d.pools(here, "generalist")
        first = self.first_line(service, variant)
        if first == "expert" and not skilled:
            return NONE
        key = ("visit", point_name, first, service.skill)
        if key in self.made:
            return self.made[key]
        small = point.under_ten and self.strategy.small_point_backup
        self.made[key] = number = self.b.add_class(
            name=f"visit {point_name} {service.skill} {first}", channel=VISIT, calendar=self.d.place_calendar[point_name],
            patience=self.walk_in_patience, wait_kind=WALK_IN_WAIT, place=self.d.place_number[point_name],
            stages_min=() if first == "expert" else (self.strategy.help_after_min,),
        )  # fmt: skip
        if first == "generalist":
            for pool in generalists:
                self.b.allow(number, pool, 0, CUSTOMER)
            for pool in skilled:
                backup = 1 if self.strategy.triage else 0
                self.b.allow(number, pool, backup if small else 1, HELP, from_stage=0 if small or not generalists else 1)
        else:
            for pool in skilled:
                self.b.allow(number, pool, 0, CUSTOMER)
        if first != "expert":
            for pool in (*generalists, *(everyone if small else ())):
                self.b.allow(number, pool, 1, HELP, from_stage=0 if small or not skilled else 1)
        return number

    def joint_class(self, service: Service, point_name: str) -> int:
        """A municipal joint point receives only what it may: the rest has no class there (domain: network)."""
        if not service.at_joint_points:
            return NONE
        key = ("visit", point_name, "adviser")
        if key not in self.made:
            self.made[key] = number = self.b.add_class(
                name=f"visit {point_name} adviser", channel=VISIT, calendar=self.d.place_calendar[point_name],
                patience=self.walk_in_patience, wait_kind=WALK_IN_WAIT, place=self.d.place_number[point_name],
            )  # fmt: skip
            scale = self.region.value("joint", "handling_time_multiplier", "municipal_adviser", 1.0)
            self.b.allow(number, self.d.pool_of[point_name, "adviser", ""], 0, CUSTOMER, scale=scale)
        return self.made[key]

    def add_books(self) -> dict[int, int]:
        """An appointment book for each specialist pool: pool -> book."""
        books = {}
        place_names = list(self.d.place_number)
        skills = {number: skill for (_, role, skill), number in self.d.pool_of.items() if role == "specialist"}
        for pool, skill in sorted(skills.items()):
            grid = self.region.appointments.get(skill)
            if grid is None:
                continue
            name = place_names[self.b.pools[pool].place]
            hours = next(p for p in self.d.model.points if p.name == name).hours
            closes = max((h[1] for h in hours if h), default=0.0)
            opens = min((h[0] for h in hours if h), default=0.0)
            calendar = self.b.calendar(hours, cut_min=max(0.0, self.region.shift[1] - closes))
            of_class = self.b.add_class(
                name=f"booked {self.b.pools[pool].name}", channel=VISIT, mode=T.BOOKED, calendar=calendar, send_home=True,
                wait_kind=LATE_START, place=self.b.pools[pool].place,
            )  # fmt: skip
            self.b.allow(of_class, pool, 0, BOOKED_FIRST)
            books[pool] = len(self.b.books)
            self.b.books.append(Book(
                pool=pool, of_class=of_class, first_slot_min=max(grid.first_slot_min, opens),
                last_slot_min=min(grid.last_slot_min, closes - grid.slot_min), slot_min=grid.slot_min,
                notice_min=grid.notice_min, horizon_days=grid.horizon_working_days * 7 // 5,
                hold_before_min=grid.hold_before_min, share=grid.bookable_share,
            ))  # fmt: skip
        return books

    # --- what follows -----------------------------------------------------------------------------
    def add_consequences(self) -> None:
        """Redials, switches, transfers, referrals, repeats (decisions 4, 19, 22, 33)."""
        value = self.region.value
        delay: Callable[[str], int] = lambda name: draft_delay(self.d, name)  # noqa: E731
        contact = T.CONTACT
        after_phone = (
            (value("phone", "after_abandon_share", "phone"), contact, PHONE, delay("redial")),
            (value("phone", "after_abandon_share", "visit"), contact, VISIT, delay("visit_after_phone_abandon")),
            (value("phone", "after_abandon_share", "web"), contact, WEB, delay("web_after_phone_abandon")),
        )
        after_visit = (
            (value("visit", "after_abandon_share", "visit"), contact, VISIT, delay("visit_after_visit_abandon")),
            (value("visit", "after_abandon_share", "phone"), contact, PHONE, delay("phone_after_visit_abandon")),
        )
        after_web = tuple(
            (value("web", "after_failure_share", name), contact, channel, delay(wait))
            for name, channel, wait in (
                ("web", WEB, "retry_web"), ("phone", PHONE, "phone_after_web_failure"),
                ("visit", VISIT, "visit_after_web_failure"),
            )
        )  # fmt: skip
        total = sum(e[0] for e in after_web)
        web_repeats = tuple((e[0] / total, contact, e[2], delay("repeat_contact")) for e in after_web)
        transfer = value("phone", "transfer_success_share", "first_call")
        book_again = value("visit", "rebook_after_no_show_share", "all", 0.0)
        for number, c in enumerate(self.b.classes):
            again = (1.0, contact, c.channel, delay("repeat_contact"))
            if c.mode == T.SELF:
                self.b.consequence(number, 0, T.FAILED, *after_web)
                self.b.consequence(number, 0, T.COMPLETED, *web_repeats)
                continue
            left = after_phone if c.channel == PHONE else after_visit
            self.b.consequence(number, 0, T.ABANDONED, *left)
            self.b.consequence(number, 0, T.SENT_HOME, *(left if c.mode == T.WAITING else ((1.0, T.BOOK, NONE, NONE),)))
            self.b.consequence(number, 0, T.NO_SHOW, (book_again, T.BOOK, NONE, NONE))
            for role in range(T.N_ROLES):
                self.b.consequence(number, role, T.SERVED, *(web_repeats if c.channel == CHECK else (again,)))
                handed: tuple[Consequence, ...] = ((1.0, T.TRANSFER, NONE, NONE),)
                if role == T.ADVISER:
                    handed = ((1.0, contact, PHONE, delay("referral_from_joint_point")),)
                elif c.channel == PHONE:
                    handed = ((transfer, T.TRANSFER, NONE, NONE), (1.0 - transfer, T.BOOK, NONE, NONE))
                self.b.consequence(number, role, T.HANDED_OVER, *handed)


def build_routing(draft: Draft) -> dict[str, np.ndarray]:
    """Add all classes and books of a region, and return the arrays by which contacts find them."""
    routing = Routing(draft)
    region, builder = draft.region, draft.builder
    services, towns = region.services, region.municipalities
    n_s, n_m = len(services), len(towns)
    web = builder.add_class(name="web", channel=WEB, mode=T.SELF, wait_kind=WEB_RESPONSE)
    entry = np.full((5, n_s, n_m, 2), NONE, np.int64)
    for s, service in enumerate(services):
        entry[WEB, s] = web
        for m, town in enumerate(towns):
            area = draft.model.office_of[town.name]
            for variant in (0, 1):
                entry[PHONE, s, m, variant] = routing.phone_class(service, area, variant)
                entry[CHECK, s, m, variant] = routing.check_class(service, area, variant)
                entry[CASEWORK, s, m, variant] = routing.casework_class(service, area, variant)
    place_class = np.full((len(draft.place_number), n_s, 2), NONE, np.int64)
    for name, place in draft.place_number.items():
        for s, service in enumerate(services):
            for variant in (0, 1):
                place_class[place, s, variant] = routing.walk_in_class(service, name, variant)
    books = routing.add_books()
    routing.add_consequences()
    return {
        "channel_mode": np.array([T.BY_LINE, T.BY_LINE, T.BY_POINT, T.BY_LINE, T.BY_LINE], np.int64),
        "channel_books": _booked_channels(routing, books),
        **_channel_hours(draft, routing),
        "entry_class": entry.ravel(),
        "place_class": place_class.ravel(),
        "place_calendar": np.array([draft.place_calendar[name] for name in draft.place_number], np.int64),
        **_walk_in_candidates(draft, place_class),
        **_book_candidates(draft, routing, books),
        **_abilities(draft),
    }


def _booked_channels(routing: Routing, books: dict[int, int]) -> np.ndarray:
    """Visits of some services are by appointment; triage lets those that look routine walk in (decisions 4, 19)."""
    services = routing.region.services
    booked = np.zeros((5, len(services), 2), np.int64)
    for s, service in enumerate(services):
        if service.visits_booked and books and service.tier != "national":
            booked[VISIT, s, 1] = 1
            booked[VISIT, s, 0] = int(routing.first_line(service, 0) != "generalist" or not routing.strategy.triage)
    return booked.ravel()


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
    phone, visit, web = profile("phone_hour_share"), profile("visit_hour_share"), profile("web_hour_share")
    return {
        "channel_calendar": np.array([routing.phone_calendar, NONE, draft.place_calendar[longest.name], NONE, NONE], np.int64),
        "channel_profile": np.array([phone, web, visit, NONE, NONE], np.int64),
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


def _book_candidates(draft: Draft, routing: Routing, books: dict[int, int]) -> dict[str, np.ndarray]:
    """Books in which the appointments of a service may be made, for each municipality: lower pool first."""
    region = draft.region
    town = {m.name: i for i, m in enumerate(region.municipalities)}
    names = list(draft.place_number)
    start, book, minutes, km = [0], [], [], []
    for service in region.services:
        for m, municipality in enumerate(region.municipalities):
            pools: list[int] = []
            if service.tier != "national":
                pools = routing.specialists(service, draft.model.office_of[municipality.name], "booked")
            for pool in pools:
                if pool in books:
                    to = town[names[draft.builder.pools[pool].place]]
                    book.append(books[pool])
                    minutes.append(on_grid(float(region.travel_min[m, to])))
                    km.append(float(region.travel_km[m, to]))
            start.append(len(book))
    return {
        "booked_start": np.array(start, np.int64), "bookable": np.array(book, np.int64),
        "booked_min": np.array(minutes, float), "booked_km": np.array(km, float),
    }  # fmt: skip


def _abilities(draft: Draft) -> dict[str, np.ndarray]:
    """Which pool can close which expert need, and what share of routine needs it can close at all."""
    region, pools = draft.region, draft.builder.pools
    able = np.zeros((len(pools), len(region.services)), np.int64)
    closes = np.ones(len(pools))
    for (_, role, skill), number in draft.pool_of.items():
        for s, service in enumerate(region.services):
            national = role == "national" and service.tier == "national"
            able[number, s] = int(national or (role == "specialist" and service.skill in ("any", skill)))
        if role == "adviser":
            closes[number] = region.value("joint", "resolved_share", "all", 1.0)
    return {"able": able.ravel(), "closes_share": closes}
