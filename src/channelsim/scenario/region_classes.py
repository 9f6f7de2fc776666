"""Who answers what in a region: classes, and the pools that may serve them, under one strategy.

For each office and service group there is a *plain* class (nothing known, or it looks routine) and an
*expert* class (triage read the signal, or a generalist handed over). Phone, web and casework are pooled
inside an office, walk-ins at the point, concentrated services over the region (design 2, domain: network).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from channelsim.scenario import tables as T
from channelsim.scenario.region import Service
from channelsim.scenario.region_staff import SERVE_OUT, own_skill
from channelsim.scenario.rule_tables import QueueRules
from channelsim.scenario.tables import NONE

if TYPE_CHECKING:
    from channelsim.scenario.compile import Draft

PHONE, WEB, VISIT, CHECK, CASEWORK, CALL_BACK, CHASER = range(7)
PHONE_WAIT, WALK_IN_WAIT, LATE_START, LEAD, WEB_RESPONSE, CASEWORK_AGE, CALL_BACK_WAIT = range(7)
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
        self.queue_limit = NONE if draft.features.queue_limit is None else draft.features.queue_limit
        self.after_call = self.region.delays["after_call_work"].mean_min
        cut = value("phone", "queue_cut_after_closing_min", "all", 15.0)
        self.phone_calendar = self.b.calendar(self.region.phone_hours, cut_min=cut)
        self.at_door = self.region.staff.walk_ins_at_closing
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
        places = self.answering(service, area, how)
        return self.d.pools(places, "specialist", service.skill) or self.d.pools(self.d.places_of("*"), "specialist", service.skill)

    def answering(self, service: Service, area: str, how: str = "line") -> set[str]:
        """Places at which a service is answered for the customers of an office."""
        rows = [r for r in self.d.model.service_map if r.service == service.id and r.area in (area, "*") and r.how == how]
        return set().union(*(self.d.places_of(r.place) for r in rows)) if rows else self.d.places_of("*")

    def allow_seconds(self, of_class: int, service: Service, places: set[str], rank: int, from_stage: int = 0) -> None:
        """Those who hold the skill beside their own: asked after those whose own it is, and behind their own customers."""
        for pool in self.d.seconds(places, service.skill):
            channel = self.b.classes[of_class].channel
            own = MESSAGE if channel == CHECK else TRAY if channel == CASEWORK else HELP
            self.b.allow(of_class, pool, rank, own, from_stage=from_stage)

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

    def visitors(self, service: Service, pools: tuple[int, ...]) -> list[int]:
        """Pools of visiting specialists with the skill of a service, of the offices of some pools (decisions 24)."""
        if service.skill == "any" or not self.d.visits.trip_min:
            return []
        staffed = self.d.places_of("*")
        offices = {self.b.pools[pool].office for pool in pools}
        able = [(place, number) for (place, role, skill), number in self.d.pool_of.items()
                if role == "specialist" and own_skill(skill) == service.skill]  # fmt: skip
        return sorted(n for place, n in able if place not in staffed and self.b.pools[n].office in offices)

    def behind_room(self, skill: str, office: str) -> list[int]:
        """Pools that may stand at the other end of a video link: those that take an office's appointments of a skill."""
        found = [self.specialists(s, office, "booked") for s in self.region.services if s.skill == skill and s.tier != "national"]
        return sorted({pool for pools in found for pool in pools})

    def door(self, point_name: str) -> dict[str, object]:
        """Hours of a place's walk-in queue, and whether closing sends it home."""
        if self.at_door == SERVE_OUT:
            return {"calendar": self.d.place_calendar[point_name]}
        hours = next(p for p in self.d.model.points if p.name == point_name).hours
        return {"calendar": self.b.calendar(hours, cut_min=0.0), "send_home": True}

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
            overflow = self.d.features.overflow_after_min
            self.made[key] = number = self.b.add_class(
                name=f"phone {area} {service.skill} {first}", channel=PHONE, calendar=self.phone_calendar, send_home=True,
                patience=self.patience, wait_kind=PHONE_WAIT, after_work_min=self.after_call, queue_limit=self.queue_limit,
                stages_min=stages,
                rules=self.announced() if self.d.features.balk else None,
            )  # fmt: skip
            generalists = self.d.pools(self.d.places_of(area), "generalist")
            self.allow_line(number, first, generalists, list(specialists), CUSTOMER)
            late = int(first == "generalist" and bool(generalists))
            self.allow_seconds(number, service, self.answering(service, area), 1 + late, late)
            if overflow is not None:
                self.overflow(number, service, first, overflow)
        return self.made[key]

    def new_stage(self, of_class: int, after_min: float) -> int:
        """The stage of a class that begins after a wait; what later stages bring moves on by one where it is new."""
        c = self.b.classes[of_class]
        if after_min not in c.stages_min:
            c.stages_min = tuple(sorted((*c.stages_min, after_min)))
            first = c.stages_min.index(after_min) + 1
            for pair in [p for p in self.b.pairs.values() if p.of_class == of_class and p.from_stage >= first]:
                pair.from_stage += 1
        return c.stages_min.index(after_min) + 1

    def overflow(self, of_class: int, service: Service, first: str, after_min: float) -> None:
        """After a wait the other offices help with a line: those of the role that has it, behind all of their own."""
        stage = self.new_stage(of_class, after_min)
        role, skill = ("generalist", None) if first == "generalist" else ("specialist", None if service.skill == "any" else service.skill)
        for pool in self.d.pools(self.d.places_of("*"), role, skill):
            self.b.allow(of_class, pool, 2, HELP, from_stage=stage)

    def call_back_class(self, phone: int) -> int:
        """Those of a line who are to be called back: the same people call them, when no caller has waited longer."""
        key = ("call back", phone)
        if key not in self.made:
            line = self.b.classes[phone]
            f = self.d.features
            rules = QueueRules(
                tries=f.tries, unreached=f.unreached_share, try_length=self.b.distribution("deterministic", f.try_min),
                try_again=self.b.distribution("deterministic", f.again_min),
            ) if f.unreached_share > 0.0 else None  # fmt: skip
            self.made[key] = number = self.b.add_class(
                name=f"call back {line.name.removeprefix('phone ')}", channel=CALL_BACK, wait_kind=CALL_BACK_WAIT,
                after_work_min=line.after_work_min, stages_min=line.stages_min, rules=rules,
            )  # fmt: skip
            for pair in [p for p in self.b.pairs.values() if p.of_class == phone]:
                self.b.allow(number, pair.pool, pair.rank, pair.pull_rank, from_stage=pair.from_stage, scale=pair.scale)
            if f.calls_back:
                line.rules = self.announced(offer_to=number)
        return self.made[key]

    def announced(self, offer_to: int = NONE) -> QueueRules:
        """What a line announces, the wait of the first who waits, and who hangs up or is called back at that."""
        f = self.d.features
        r = QueueRules()
        if f.balk:
            r.balk_signal = T.BY_LONGEST_WAIT
            r.balk_at, r.balk_share = tuple(at for at, _ in f.balk), tuple(share for _, share in f.balk)
        if f.offer_from_min is not None and offer_to != NONE:
            r.offer_signal, r.offer_to, r.offer_at = T.BY_LONGEST_WAIT, offer_to, f.offer_from_min
            r.offer_accepted, r.offer_keeps_place = f.offer_accepted, f.call_back_after_min is None
        return r

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
                    "wait_kind": PHONE_WAIT, "after_work_min": self.after_call, "queue_limit": self.queue_limit,
                    "rules": self.announced() if self.d.features.balk else None,
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
            generalists = self.d.pools(self.d.places_of(area), "generalist")
            self.allow_line(number, first, generalists, list(specialists), MESSAGE)
            late = int(first == "generalist" and bool(generalists))
            self.allow_seconds(number, service, self.answering(service, area), 1 + late, late)
            if self.d.features.message_due_min is not None:
                self.falls_due(number, self.d.features.message_due_min)
        return self.made[key]

    def falls_due(self, of_class: int, after_min: float) -> None:
        """Messages that have waited so long are taken with the customers, the longest wait first."""
        stage = self.new_stage(of_class, after_min)
        for pair in [p for p in self.b.pairs.values() if p.of_class == of_class]:
            pair.rises = ((stage, CUSTOMER),)

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
            for pool in (*pools, *(self.visitors(service, pools) if variant else ())):
                self.b.allow(number, pool, 0, TRAY)
            if variant:
                self.allow_seconds(number, service, self.answering(service, area), 1)
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
        seconds = self.d.seconds(here, service.skill)
        if first == "expert" and not skilled and not seconds:
            return NONE
        key = ("visit", point_name, first, service.skill)
        if key in self.made:
            return self.made[key]
        small = point.under_ten and self.strategy.small_point_backup
        self.made[key] = number = self.b.add_class(
            name=f"visit {point_name} {service.skill} {first}", channel=VISIT, **self.door(point_name),
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
        late = int(first == "generalist" and bool(generalists))
        self.allow_seconds(number, service, here, 1 + late, late)
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
                name=f"visit {point_name} adviser", channel=VISIT, **self.door(point_name),
                patience=self.walk_in_patience, wait_kind=WALK_IN_WAIT, place=self.d.place_number[point_name],
            )  # fmt: skip
            scale = self.region.value("joint", "handling_time_multiplier", "municipal_adviser", 1.0)
            self.b.allow(number, self.d.pool_of[point_name, "adviser", ""], 0, CUSTOMER, scale=scale)
        return self.made[key]
