"""W4, the regional network, in SimPy 4: each contact is a process that goes from queue to queue."""

from __future__ import annotations

from collections.abc import Callable, Generator
from itertools import accumulate, count
from random import Random
from typing import Any

import regional as R
import simpy
from workloads import DAY_MIN, Flow, Result, sampler

Steps = Generator[simpy.Event, Any, None]
CUMULATIVE_SHARES = list(accumulate(R.SITE_SHARES))


class Region:
    """The network's desks and the ways of its contacts. Doors close to newcomers only: who is inside is served."""

    def __init__(self, seed: int) -> None:
        self.env, self.rng = simpy.Environment(), Random(seed)
        self.phone_pool = simpy.PriorityResource(self.env, R.PHONE_AGENTS)
        self.web_pool = simpy.Resource(self.env, R.WEB_AGENTS)
        self.fronts = [simpy.Resource(self.env, servers) for servers in R.FRONT_SERVERS]
        self.specialists = [simpy.PriorityResource(self.env, R.SPECIALISTS) for _ in R.FRONT_SERVERS]
        self.flows = {name: Flow() for name in ("phone", "web", "front", "specialist")}
        self.served_count = 0
        laws = {"phone": R.PHONE_SERVICE, "web": R.WEB_SERVICE, "front": R.FRONT_SERVICE, "specialist": R.SPECIALIST_SERVICE}
        self.service = {name: sampler(self.rng, *law) for name, law in laws.items()}
        means = {"phone": R.PHONE_PATIENCE, "front": R.FRONT_PATIENCE, "specialist": R.SPECIALIST_PATIENCE}
        self.patience = {name: sampler(self.rng, mean) for name, mean in means.items()}

    def run(self, days: int) -> Result:
        """Contacts of some days; what has not happened by the last midnight is not counted."""
        for channel, way in ((R.PHONE, self.phone), (R.WEB, self.web), (R.VISIT, self.visit)):
            self.env.process(self.arrivals(R.rates_by_hour(channel), way))
        self.env.run(until=days * DAY_MIN)
        arrived_or_abandoned = sum(flow.joined + flow.abandoned for flow in self.flows.values())
        return Result(arrived_or_abandoned + self.served_count, self.flows)

    def arrivals(self, per_min: list[float], way: Callable[[int], Steps]) -> Steps:
        """Poisson arrivals with a rate for each hour: at the end of an hour the next gap is drawn anew."""
        env, rng = self.env, self.rng
        for hour in count():
            rate, ends_min = per_min[hour % 24], 60.0 * (hour + 1)
            while rate and env.now + (gap_min := rng.expovariate(rate)) < ends_min:
                yield env.timeout(gap_min)
                env.process(way(rng.choices(range(R.N_SITES), cum_weights=CUMULATIVE_SHARES)[0]))
            yield env.timeout(ends_min - env.now)

    def serve(self, name: str, desk: simpy.Resource, **priority: int) -> Generator[simpy.Event, Any, bool]:
        """Queue at a desk and be served; says whether it came to service."""
        flow, joined_min = self.flows[name], self.env.now
        flow.joined += 1
        with desk.request(**priority) as request:
            yield request | self.env.timeout(self.patience[name]()) if name in self.patience else request
            flow.leave(self.env.now - joined_min, abandoned=not request.triggered)
            if not request.triggered:
                return False
            yield self.env.timeout(self.service[name]())
        self.served_count += 1
        return True

    def delay(self, mean_min: float) -> simpy.Event:
        return self.env.timeout(self.rng.expovariate(1.0 / mean_min))

    def phone(self, site: int, priority: int = 1) -> Steps:
        """A phone contact, with its redials, and what follows it."""
        for attempt in count(1):
            if closed_min := R.until_open(self.env.now, R.PHONE, self.rng.uniform):
                yield self.env.timeout(closed_min)
            if (yield from self.serve("phone", self.phone_pool, priority=priority)):
                visit_share = R.VISIT_AFTER_PHONE_SHARE
                break
            if attempt > R.REDIALS_MAX or self.rng.random() >= R.REDIAL_SHARE:
                visit_share = R.VISIT_INSTEAD_SHARE
                break
            yield self.delay(R.REDIAL_DELAY)
        if self.rng.random() < visit_share:
            yield self.delay(R.VISIT_DELAY)
            yield from self.visit(site)

    def web(self, site: int) -> Steps:
        """A web contact; some fail, and phone with priority."""
        yield from self.serve("web", self.web_pool)
        if self.rng.random() < R.WEB_FAILS_SHARE:
            yield self.delay(R.WEB_FAILS_DELAY)
            yield from self.phone(site, priority=0)

    def visit(self, site: int) -> Steps:
        """A visit to the front desk of a site; some go on to its specialist."""
        if closed_min := R.until_open(self.env.now, R.VISIT, self.rng.uniform):
            yield self.env.timeout(closed_min)
        served = yield from self.serve("front", self.fronts[site])
        if served and self.rng.random() < R.SPECIALIST_SHARE:
            priority = 0 if self.rng.random() < R.SPECIALIST_URGENT_SHARE else 1
            yield from self.serve("specialist", self.specialists[site], priority=priority)
