"""Closed forms and integrals of queueing theory, written from the textbooks; nothing of channelsim's code is used."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp, inf

import numpy as np
from scipy import integrate, stats

from channelsim.scenario.queues import Duration


def erlang_b(servers: int, load: float) -> float:
    """Share lost in M/G/c/c."""
    blocked = 1.0
    for n in range(1, servers + 1):
        blocked = load * blocked / (n + load * blocked)
    return blocked


def erlang_c(servers: int, load: float) -> float:
    """Probability of waiting in M/M/c."""
    blocked = erlang_b(servers, load)
    return blocked / (1.0 - load / servers * (1.0 - blocked))


def mmc_wait(servers: int, rate: float, mean: float) -> float:
    """Mean wait in M/M/c."""
    return erlang_c(servers, rate * mean) * mean / (servers - rate * mean)


def waits_within(servers: int, rate: float, mean: float, within: float) -> float:
    """P(wait <= within) in M/M/c, first come first served."""
    return 1.0 - erlang_c(servers, rate * mean) * exp(-(servers / mean - rate) * within)


@dataclass(frozen=True)
class Room:
    """M/M/c/K by its balance equations: shares blocked and queued, number waiting, mean wait of the admitted."""

    blocked: float
    queued: float
    waiting: float
    wait_admitted: float
    busy: float


def mmck(servers: int, places: int, rate: float, mean: float) -> Room:
    weights = [1.0]
    for n in range(1, servers + places + 1):
        weights.append(weights[-1] * rate * mean / min(n, servers))
    p = np.array(weights) / sum(weights)
    n = np.arange(len(p))
    waiting = float((p * np.maximum(0, n - servers)).sum())
    let_in = rate * (1.0 - float(p[-1]))
    return Room(float(p[-1]), float(p[servers:-1].sum()), waiting, waiting / let_in, let_in * mean)


def law(d: Duration) -> stats.rv_frozen:
    """The distribution that a duration names, as scipy has it."""
    if d.family == "exponential":
        return stats.expon(scale=d.mean_min)
    if d.family == "uniform":
        assert d.low_min is not None and d.high_min is not None
        return stats.uniform(d.low_min, d.high_min - d.low_min)
    if d.family == "triangular":
        assert d.low_min is not None and d.high_min is not None and d.mode_min is not None
        width = d.high_min - d.low_min
        return stats.triang((d.mode_min - d.low_min) / width, d.low_min, width)
    if d.family == "lognormal":
        variance = np.log1p((d.cv or 0.0) ** 2)
        return stats.lognorm(np.sqrt(variance), scale=d.mean_min * exp(-variance / 2))
    if d.family == "gamma":
        shape = (d.cv or 1.0) ** -2
        return stats.gamma(shape, scale=d.mean_min / shape)
    raise ValueError(d.family)


def square(d: Duration) -> float:
    """E[S^2]."""
    return d.mean_min**2 if d.family == "deterministic" else float(law(d).moment(2))


def pollaczek_khinchine(rate: float, service: Duration) -> float:
    """Mean wait in M/G/1."""
    return rate * square(service) / (2.0 * (1.0 - rate * service.mean_min))


def priority_waits(residual: float, loads: Sequence[float]) -> list[float]:
    """Mean waits by class, the most urgent first, nobody interrupted.

    With `residual` = sum of rate x E[S^2] / 2 and loads of one server this is Cobham's M/G/1; with C(c, load) x mean / c and
    loads a server it is Kella and Yechiali's M/M/c of one mean.
    """
    total = np.concatenate([[0.0], np.cumsum(loads)])
    return [float(residual / ((1.0 - total[k]) * (1.0 - total[k + 1]))) for k in range(len(loads))]


@dataclass(frozen=True)
class Impatient:
    """M/M/n+G in steady state by the integrals of Baccelli and Hebuterne, in the notation of Zeltyn and Mandelbaum (2005).

    V is the wait of a customer of endless patience: its density is rate x exp(rate H(x) - n x / mean) / norm with
    H(x) the integral of P(patience > u) up to x.
    """

    servers: int
    rate: float
    mean: float
    patience: Duration

    def survives(self, x: float) -> float:
        if self.patience.family == "deterministic":
            return 1.0 if x < self.patience.mean_min else 0.0
        return float(law(self.patience).sf(x))

    def integral(self, weight: Callable[[float, float], float], upto: float = inf) -> float:
        """Integral of weight(x, H(x)) exp(rate H(x) - n x / mean), by a fine grid with Simpson's rule."""
        d = self.patience.mean_min
        end = min(upto, 40.0 * self.mean + 20.0 * d)
        edges = np.unique(
            np.concatenate([[0.0, end], np.array([d, self.patience.low_min or d, self.patience.high_min or d]).clip(0.0, end)])
        )
        total = 0.0
        h0 = 0.0
        for low, high in zip(edges[:-1], edges[1:], strict=True):
            x = np.linspace(low, high, 20_001)
            inside = x.copy()
            inside[-1] = np.nextafter(high, low)  # a jump belongs to the next piece
            sf = np.array(law(self.patience).sf(inside)) if self.patience.family != "deterministic" else (inside < d).astype(float)
            h = h0 + integrate.cumulative_simpson(sf, x=x, initial=0.0)
            values = np.array([weight(f, g) for f, g in zip(x, sf, strict=True)]) * np.exp(self.rate * h - self.servers / self.mean * x)
            total += float(integrate.simpson(values, x=x))
            h0 = float(h[-1])
        return total

    @property
    def norm(self) -> float:
        """Weight of the states with an idle person relative to all busy and none waiting, over the rate, and J."""
        load, ratio = self.rate * self.mean, 1.0
        total = 0.0
        for j in range(self.servers - 1, -1, -1):  # sum of (load^j / j!) / (load^(n-1) / (n-1)!)
            total += ratio
            ratio *= j / load
        return total + self.rate * self.integral(lambda x, sf: 1.0)

    def waits(self) -> float:
        return self.rate * self.integral(lambda x, sf: 1.0) / self.norm

    def abandons(self) -> float:
        return self.rate * self.integral(lambda x, sf: 1.0 - sf) / self.norm

    def served_within(self, within: float) -> float:
        return 1.0 - self.waits() + self.rate * self.integral(lambda x, sf: sf, within) / self.norm

    def wait_of_served(self) -> float:
        return self.rate * self.integral(lambda x, sf: x * sf) / self.norm / (1.0 - self.abandons())


def traffic(rates: Sequence[float], routes: Sequence[Sequence[float]]) -> np.ndarray:
    """Rates through the stations of an open network: arrivals from outside and from each other."""
    return np.asarray(np.linalg.solve(np.eye(len(rates)) - np.array(routes).T, np.array(rates)))
