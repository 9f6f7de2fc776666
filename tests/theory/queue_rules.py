"""Exact values of worlds with rules of queues: ageing priorities, shared lines, work after a contact, waits that end elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from math import factorial, prod

import numpy as np


def accumulating_waits(before: float, loads: Sequence[float], weights: Sequence[float]) -> list[float]:
    """Mean wait by class in M/G/1 where the longest weighted wait goes first (also M/M/c with one mean).

    `before` is the mean wait of M/G/1 in order of arrival, W0 / (1 - load). Kleinrock (1964), A delay dependent queue discipline,
    Naval Research Logistics 11; Stanford, Taylor & Ziedins (2014), Queueing Systems 77. Classes in any order.
    """
    order = sorted(range(len(loads)), key=lambda i: weights[i])
    waits = [0.0] * len(loads)
    for place, i in enumerate(order):
        slower, faster = order[:place], order[place + 1 :]
        taken = sum(loads[j] * waits[j] * (1.0 - weights[j] / weights[i]) for j in slower)
        gained = sum(loads[j] * (1.0 - weights[i] / weights[j]) for j in faster)
        waits[i] = (before - taken) / (1.0 - gained)
    return waits


def shared_lines(limit: int, rates: Sequence[float], means: Sequence[float], servers: Sequence[int]) -> tuple[float, list[float]]:
    """Share blocked, and mean number waiting by class, of M/M/c classes of their own pools under one limit of those present.

    Independent birth and death processes cut at a sum are reversible, so that the weights stay products: Kelly (1979), Reversibility
    and Stochastic Networks, corollary 1.10. Every arrival finds the time average (Poisson arrivals).
    """
    total = blocked = 0.0
    waiting = [0.0] * len(rates)
    for there in product(range(limit + 1), repeat=len(rates)):
        if sum(there) > limit:
            continue
        weight = prod(_weight(n, r * m, c) for n, r, m, c in zip(there, rates, means, servers, strict=True))
        total += weight
        blocked += weight * (sum(there) == limit)
        waiting = [w + weight * max(0, n - c) for w, n, c in zip(waiting, there, servers, strict=True)]
    return blocked / total, [w / total for w in waiting]


def _weight(n: int, load: float, servers: int) -> float:
    busy = min(n, servers)
    return load**busy / factorial(busy) * (load / servers) ** (n - busy)


@dataclass(frozen=True)
class Balking:
    """M/M/n in the long run."""

    balks: float
    queued: float
    waiting: float
    busy: float


def balking(servers: int, rate: float, mean: float, shares: Callable[[int], float], most: int = 400) -> Balking:
    """M/M/n whose arrivals, all servers being busy, leave with a share that depends on the number waiting: birth and death."""
    weights, come = [1.0], []
    for n in range(most):
        come.append(rate if n < servers else rate * (1.0 - shares(n - servers)))
        weights.append(weights[-1] * come[-1] * mean / min(n + 1, servers))
    total = sum(weights)
    p = [w / total for w in weights[:-1]]
    joins = sum(x * c for x, c in zip(p, come, strict=True)) / rate
    at_once = sum(p[:servers])
    return Balking(
        balks=1.0 - joins, queued=joins - at_once, waiting=sum(max(0, n - servers) * x for n, x in enumerate(p)),
        busy=rate * joins * mean,
    )  # fmt: skip


def two_pools(rate: float, staff: Sequence[int], means: Sequence[float], rule: str) -> tuple[float, list[float]]:
    """Share lost, and share of time busy by pool, where nobody waits and a rule says which of two pools gives a person.

    A chain over the idle persons in the order in which they became idle (the letters of their pools), solved by least squares.
    """
    everybody = tuple(p for p, n in enumerate(staff) for _ in range(n))
    states, rows = [everybody], []
    number = {everybody: 0}
    for state in states:
        ways = []
        if state:
            ways.append((rate, _taken(state, rule)))
        for pool, n in enumerate(staff):
            if busy := n - state.count(pool):
                ways.append((busy / means[pool], (*state, pool)))
        for _, to in ways:
            if to not in number:
                number[to] = len(states)
                states.append(to)
        rows.append(ways)
    q = np.zeros((len(states), len(states)))
    for i, ways in enumerate(rows):
        for speed, to in ways:
            q[i, number[to]] += speed
            q[i, i] -= speed
    p = np.linalg.lstsq(np.vstack([q.T, np.ones(len(states))]), np.append(np.zeros(len(states)), 1.0), rcond=None)[0]
    util = [1.0 - sum(x * s.count(pool) for x, s in zip(p, states, strict=True)) / n for pool, n in enumerate(staff)]
    return float(p[number[()]]), util


def _taken(state: tuple[int, ...], rule: str) -> tuple[int, ...]:
    pools = sorted(set(state), key=state.index)  # the one whose person is idle longest first
    if rule == "in_order":
        pools.sort()
    elif rule == "most_idle":
        pools.sort(key=lambda p: -state.count(p))
    at = state.index(pools[0])
    return state[:at] + state[at + 1 :]


def reserved(servers: int, rates: tuple[float, float], mean: float, kept: int) -> tuple[float, float]:
    """Share of A and of B lost where nobody waits and B is taken only while more than `kept` are idle (trunk reservation)."""
    weights = [1.0]
    for n in range(servers):
        come = rates[0] + (rates[1] if servers - n > kept else 0.0)
        weights.append(weights[-1] * come * mean / (n + 1))
    return weights[-1] / sum(weights), sum(weights[servers - kept :]) / sum(weights)
