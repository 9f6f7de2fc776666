"""Exact values of worlds with rules of queues: ageing priorities, shared lines, work after a contact, waits that end elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import factorial, prod


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
