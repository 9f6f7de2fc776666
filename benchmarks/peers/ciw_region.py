"""W4, the regional network, in Ciw 3. Delays and closed hours are nodes with endless servers.

A contact's class is its rank, "0" before "1", and changes on leaving a node: a web contact phones with priority,
a visitor gets a rank on going to the specialist. The home site matters only to a visit and depends on nothing
else, so it is drawn when a contact goes to visit.
"""

from __future__ import annotations

import random

import ciw
import regional as R
from ciw_peer import count, duration
from workloads import DAY_MIN, Flow, Result

PHONE, WEB, WEB_FAILED, REDIAL, VISIT_LATER, FRONT = range(1, 7)  # numbers of nodes; FRONT is the first of the front desks
SPECIALIST = FRONT + R.N_SITES
SITES = range(R.N_SITES)
RANKS = ("0", "1")


class Delay(ciw.dists.Distribution):  # type: ignore[misc]
    """Time until the next contact: an exponential delay, and where it ends outside hours, the wait for opening."""

    def __init__(self, mean_min: float, channel: tuple[int, int, int, tuple[float, ...]]) -> None:
        self.mean_min, self.channel = mean_min, channel

    def sample(self, t: float, ind: ciw.Individual | None = None) -> float:
        delay_min = random.expovariate(1.0 / self.mean_min)
        return delay_min + R.until_open(t + delay_min, self.channel, random.uniform)


class AfterPhone(ciw.routing.NodeRouting):  # type: ignore[misc]
    """Where a phone contact goes: served, or having abandoned for the first, second or third time."""

    def next_node(self, ind: ciw.Individual) -> ciw.Node:
        return self.simulation.nodes[VISIT_LATER if random.random() < R.VISIT_AFTER_PHONE_SHARE else -1]

    def next_node_for_jockeying(self, ind: ciw.Individual) -> ciw.Node:
        redials = sum(record.node == REDIAL for record in ind.data_records)
        if redials < R.REDIALS_MAX and random.random() < R.REDIAL_SHARE:
            return self.simulation.nodes[REDIAL]
        return self.simulation.nodes[VISIT_LATER if random.random() < R.VISIT_INSTEAD_SHARE else -1]


class ToHomeSite(ciw.routing.NodeRouting):  # type: ignore[misc]
    """A visit goes to the front desk of a site drawn by the sites' shares."""

    def next_node(self, ind: ciw.Individual) -> ciw.Node:
        return self.simulation.nodes[FRONT + random.choices(SITES, R.SITE_SHARES)[0]]


class Desk(ciw.Node):  # type: ignore[misc]
    """Ciw looks for one who reneges in the queue of the rank he had at the node before: tell it the one he has here."""

    def accept(self, next_individual: ciw.Individual, completed: bool = False) -> None:
        next_individual.prev_priority_class = next_individual.priority_class
        super().accept(next_individual, completed)


def by_node(phone: object, web: object, delays: tuple[object, object, object], front: object, specialist: object) -> list[object]:
    """One entry for each node, in their order."""
    return [phone, web, *delays, *[front] * R.N_SITES, *[specialist] * R.N_SITES]


def arrivals(channel: tuple[int, int, int, tuple[float, ...]], days: int, share: float = 1.0) -> ciw.dists.Distribution:
    """Poisson arrivals of a channel, or of a site's share of it, with a rate for each hour of the day."""
    rates = [rate * share for rate in R.rates_by_hour(channel)]
    return ciw.dists.PoissonIntervals(rates, [60.0 * (hour + 1) for hour in range(24)], days * DAY_MIN)


def routing() -> ciw.routing.NetworkRouting:
    """Where contacts go from each node."""
    route = ciw.routing
    to_specialists = [route.Probabilistic([SPECIALIST + s], [R.SPECIALIST_SHARE]) for s in SITES]
    return route.NetworkRouting([
        AfterPhone(), route.Probabilistic([WEB_FAILED], [R.WEB_FAILS_SHARE]), route.Direct(PHONE), route.Direct(PHONE), ToHomeSite(),
        *to_specialists, *[route.Leave() for _ in SITES],
    ])  # fmt: skip


def network(days: int) -> ciw.network.Network:
    """Desks of all sites, phone and web pool, and the delays between them."""
    delays = (Delay(R.WEB_FAILS_DELAY, R.PHONE), Delay(R.REDIAL_DELAY, R.PHONE), Delay(R.VISIT_DELAY, R.VISIT))
    services = map(lambda law: duration(*law), (R.PHONE_SERVICE, R.WEB_SERVICE, R.FRONT_SERVICE, R.SPECIALIST_SERVICE))
    phone, web, front, specialist = services
    patience = by_node(duration(R.PHONE_PATIENCE), None, (None,) * 3, duration(R.FRONT_PATIENCE), duration(R.SPECIALIST_PATIENCE))
    nobody = by_node(None, None, (None,) * 3, None, None)
    visits = [arrivals(R.VISIT, days, R.SITE_SHARES[s]) for s in SITES]
    comes = [arrivals(R.PHONE, days), arrivals(R.WEB, days), None, None, None, *visits, *[None] * R.N_SITES]
    keep = {"0": {"0": 1.0, "1": 0.0}, "1": {"0": 0.0, "1": 1.0}}
    first, second = dict.fromkeys(RANKS, keep["0"]), dict.fromkeys(RANKS, keep["1"])
    drawn = dict.fromkeys(RANKS, {"0": R.SPECIALIST_URGENT_SHARE, "1": 1.0 - R.SPECIALIST_URGENT_SHARE})
    endless = float("inf")
    return ciw.create_network(
        arrival_distributions={"0": nobody, "1": comes},
        service_distributions={rank: by_node(phone, web, delays, front, specialist) for rank in RANKS},
        reneging_time_distributions=dict.fromkeys(RANKS, patience), priority_classes={"0": 0, "1": 1},
        number_of_servers=[R.PHONE_AGENTS, R.WEB_AGENTS, *[endless] * 3, *R.FRONT_SERVERS, *[R.SPECIALISTS] * R.N_SITES],
        class_change_matrices=by_node(keep, first, (keep, keep, second), drawn, keep), routing={rank: routing() for rank in RANKS},
    )  # fmt: skip


def queue_name(node: int) -> str | None:
    """The queue that a node belongs to; a delay belongs to none."""
    if node >= FRONT:
        return "front" if node < SPECIALIST else "specialist"
    return {PHONE: "phone", WEB: "web"}.get(node)


def run(seed: int, days: int) -> Result:
    """Contacts of some days; what has not happened by the last midnight is not counted."""
    ciw.seed(seed)
    simulation = ciw.Simulation(network(days), node_class=Desk)
    simulation.simulate_until_max_time(days * DAY_MIN)
    flows = {name: Flow() for name in ("phone", "web", "front", "specialist")}
    ended = 0
    for record in simulation.get_all_records():
        if name := queue_name(record.node):
            count(flows[name], record)
            ended += 1
    for node in simulation.transitive_nodes:
        if name := queue_name(node.id_number):
            flows[name].joined += node.number_of_individuals
    joined = ended + sum(flow.joined for flow in flows.values())
    for flow in flows.values():
        flow.joined += flow.left
    return Result(joined + ended, flows)
