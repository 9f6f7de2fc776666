"""What queueing theory says of one queue in the long run: each function says whose formula it is.

Times and rates go together: rates are per minute where times are in minutes. A queue without limit and without
impatience that is offered as much as it can serve, or more, has no long run: its wait is infinite.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, inf

import numpy as np

CHUNK_STATES = 1024
NEGLIGIBLE_LOG = 45.0  # a state e^-45 times as likely as the likeliest ends a chain
MOST_STATES = 20_000_000


@dataclass(frozen=True, slots=True)
class Steady:
    """Long-run values of a queue.

    Parameters
    ----------
    p_wait : float
        Share of all arrivals that begin to wait: not begun at once, not turned away.
    wait_mean : float
        Mean time in the queue over all arrivals, up to leaving for those who lose patience, 0 for those turned away.
    p_abandon, p_block : float
        Shares of all arrivals that lose patience, and that are turned away.
    utilisation : float
        Time serving over time there.
    queue_mean : float
        Time average of the number waiting.
    """

    p_wait: float
    wait_mean: float
    p_abandon: float
    p_block: float
    utilisation: float
    queue_mean: float


def erlang_b(load: float, servers: int) -> float:
    """How many are turned away where nobody can wait (M/G/c/c)?

    Parameters
    ----------
    load : float
        Arrivals per time, times mean service time (erlangs).
    servers : int

    Notes
    -----
    Erlang (1917), by the recursion B(n) = a B(n - 1) / (n + a B(n - 1)). It holds for every law of service
    (Sevastyanov 1957).
    """
    blocked = 1.0
    for n in range(1, servers + 1):
        blocked = load * blocked / (n + load * blocked)
    return blocked


def erlang_c(load: float, servers: int) -> float:
    """How many must wait (M/M/c)? 1 where the queue has no long run.

    Notes
    -----
    Erlang (1917): C = B / (1 - rho (1 - B)) with Erlang's B and rho = load / servers.
    """
    if load >= servers:
        return 1.0
    blocked = erlang_b(load, servers)
    return blocked / (1.0 - load / servers * (1.0 - blocked))


def mmc(rate: float, service_mean: float, servers: int) -> Steady:
    """M/M/c, first come first served, nobody leaves: Erlang C.

    Notes
    -----
    Erlang (1917): the mean wait is C(c, a) s / (c - a) with a = rate s.
    """
    load = rate * service_mean
    p_wait = erlang_c(load, servers)
    wait = p_wait * service_mean / (servers - load) if load < servers else inf
    return Steady(p_wait, wait, 0.0, 0.0, min(1.0, load / servers), rate * wait)


def mmc_within(rate: float, service_mean: float, servers: int, within: float) -> float:
    """Share of arrivals of M/M/c whose wait is at most `within`: the service level.

    Notes
    -----
    Erlang (1917): 1 - C(c, a) exp(-(c - a) t / s).
    """
    load = rate * service_mean
    return 1.0 - erlang_c(load, servers) * exp(-(servers - load) * within / service_mean) if load < servers else 0.0


def chain(rate: float, service_mean: float, servers: int, places: int | None = None, patience_mean: float = inf) -> Steady:
    """M/M/c/K+M: exponential service and patience, at most `places` waiting (None: any number).

    Parameters
    ----------
    rate, service_mean : float
    servers : int
    places : int, optional
        Waiting places; K = servers + places. 0 is Erlang's loss system.
    patience_mean : float
        Mean patience; infinity: nobody leaves.

    Notes
    -----
    The stationary law of a birth and death process: births at `rate`, deaths at min(n, c) / s + max(0, n - c) / patience.
    Without limit it is Erlang A: Palm (1957); Garnett, Mandelbaum & Reiman (2002), Manufacturing & Service Operations
    Management 4:208. Without impatience it is M/M/c/K: Gross & Harris, Fundamentals of Queueing Theory, ch. 2.
    Arrivals see time averages (Wolff 1982).
    """
    if places is None and patience_mean == inf:
        return mmc(rate, service_mean, servers)
    chance = _stationary(rate, service_mean, servers, places, patience_mean)
    state = np.arange(len(chance))
    waiting = np.maximum(0, state - servers)
    queue = float(waiting @ chance)
    busy = float(np.minimum(state, servers) @ chance)
    p_block = float(chance[-1]) if places is not None else 0.0
    p_wait = float(chance[servers:].sum()) - p_block
    return Steady(p_wait, queue / rate, queue / patience_mean / rate, p_block, busy / servers, queue)


def erlang_a(rate: float, service_mean: float, servers: int, patience_mean: float) -> Steady:
    """M/M/c+M, exponential patience and no limit: Palm (1957); Garnett, Mandelbaum & Reiman (2002). See `chain`."""
    return chain(rate, service_mean, servers, None, patience_mean)


def mg1(rate: float, service_mean: float, service_cv2: float) -> Steady:
    """M/G/1, first come first served: any law of service, by its mean and squared coefficient of variation.

    Notes
    -----
    Pollaczek (1930), Khinchine (1932): the mean wait is rate E[S^2] / (2 (1 - rho)).
    """
    load = rate * service_mean
    wait = rate * service_mean**2 * (1.0 + service_cv2) / (2.0 * (1.0 - load)) if load < 1.0 else inf
    return Steady(min(1.0, load), wait, 0.0, 0.0, min(1.0, load), rate * wait)


def mgc(rate: float, service_mean: float, service_cv2: float, servers: int) -> Steady:
    """M/G/c by an APPROXIMATION: Erlang C with its wait times (1 + cv2) / 2.

    Notes
    -----
    Allen & Cunneen, in Allen (1990), Probability, Statistics and Queueing Theory, 2nd ed., sec. 5.3.4; with Poisson
    arrivals it is that of Lee & Longton (1959). Exact for one server and for exponential service; some per cent off
    for several servers and other laws. The share that waits is Erlang's C, an approximation too.
    """
    plain = mmc(rate, service_mean, servers)
    wait = plain.wait_mean * (1.0 + service_cv2) / 2.0
    return Steady(plain.p_wait, wait, 0.0, 0.0, plain.utilisation, rate * wait)


def priority_waits(rates: Sequence[float], service_means: Sequence[float], wait_before: float, servers: int = 1) -> list[float]:
    """Mean waits by level of a queue that always takes the most urgent first and interrupts nobody, the first the most urgent.

    Parameters
    ----------
    rates, service_means : sequences of float
        By level.
    wait_before : float
        Mean time until the next server is free, over all arrivals: half of rate E[S^2] for one server, C s / c for M/M/c.
    servers : int

    Notes
    -----
    Cobham (1954), Operations Research 2:70: W(k) = W0 / ((1 - rho(<k)) (1 - rho(<=k))). Exact for M/G/1, and for M/M/c
    whose levels have one mean service time (Davis 1966; Kella & Yechiali 1985).
    """
    waits, above = [], 0.0
    for rate, mean in zip(rates, service_means, strict=True):
        here = above + rate * mean / servers
        waits.append(wait_before / ((1.0 - above) * (1.0 - here)) if here < 1.0 else inf)
        above = here
    return waits


def priorities_mg1(rates: Sequence[float], service_means: Sequence[float], service_cv2s: Sequence[float]) -> list[float]:
    """Mean waits by level of M/G/1 with non-preemptive priorities, each level with a law of its own: Cobham (1954)."""
    before = sum(r * m * m * (1.0 + v) / 2.0 for r, m, v in zip(rates, service_means, service_cv2s, strict=True))
    return priority_waits(rates, service_means, before)


def priorities_mmc(rates: Sequence[float], service_mean: float, servers: int) -> list[float]:
    """Mean waits by level of M/M/c with non-preemptive priorities and one mean service time: Cobham (1954), Davis (1966)."""
    before = erlang_c(sum(rates) * service_mean, servers) * service_mean / servers
    return priority_waits(rates, [service_mean] * len(rates), before, servers)


def _stationary(rate: float, service_mean: float, servers: int, places: int | None, patience_mean: float) -> np.ndarray:
    """Chances of the states 0, 1, 2, ... of the chain, until they are negligible or the places are full."""
    last = MOST_STATES if places is None else servers + places
    parts, log_chance, best, n = [np.zeros(1)], 0.0, 0.0, 0
    while n < last:
        state = np.arange(n + 1, min(n + CHUNK_STATES, last) + 1)
        leaving = np.minimum(state, servers) / service_mean + np.maximum(0, state - servers) / patience_mean
        part = log_chance + np.cumsum(np.log(rate / leaving))
        parts.append(part)
        log_chance, best, n = float(part[-1]), max(best, float(part.max())), int(state[-1])
        if places is None and n > servers and rate < leaving[-1] and log_chance < best - NEGLIGIBLE_LOG:
            break
    chance = np.concatenate(parts)
    chance = np.exp(chance - chance.max())
    return np.asarray(chance / chance.sum())
