"""Exact answers for booked hours, appointments, casework and absence, each by recursion or formula."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp

import numpy as np
from scipy import stats
from scipy.linalg import expm
from scipy.optimize import brentq


@dataclass(frozen=True)
class SessionAnswer:
    wait_min: float  # mean over those who come
    overtime_min: float  # after the last hour, until the last has left
    p_wait: float


def session(hours: list[float], mean_min: float, no_show: float) -> SessionAnswer:
    """A session of one doctor, exponential service, everybody punctual: number present just before each hour.

    Between two hours the number who leave is Poisson, cut at the number present (Bailey 1952; the recursion of Pegden &
    Rosenshine 1990). Who finds n waits n services in the mean.
    """
    n_most = len(hours)
    present = np.zeros(n_most + 1)
    present[0] = 1.0
    came = wait = waited = 0.0
    before = hours[0]
    for hour in hours:
        gone = stats.poisson((hour - before) / mean_min)
        step = np.zeros((n_most + 1, n_most + 1))
        for n in range(n_most + 1):
            step[n, 1 : n + 1] = gone.pmf(n - np.arange(1, n + 1))
            step[n, 0] = gone.sf(n - 1) if n else 1.0
        present = present @ step
        before = hour
        came += 1.0 - no_show
        wait += (1.0 - no_show) * mean_min * float(present @ np.arange(n_most + 1))
        waited += (1.0 - no_show) * (1.0 - present[0])
        present = no_show * present + (1.0 - no_show) * np.concatenate([[0.0], present[:-1]])
    return SessionAnswer(wait / came, mean_min * float(present @ np.arange(n_most + 1)), waited / came)


def grid_without_end(every_min: float, mean_min: float, no_show: float) -> tuple[float, float]:
    """(wait, p_wait) where hours never end: GI/M/1 with times between arrivals of a geometric number of slots.

    sigma = E exp(-(1 - sigma) A / mean), the wait is mean * sigma / (1 - sigma) (Kendall 1953).
    """

    def gap(sigma: float) -> float:
        z = exp(-every_min * (1.0 - sigma) / mean_min)
        return (1.0 - no_show) * z / (1.0 - no_show * z) - sigma

    sigma = brentq(gap, 0.0, 1.0 - 1e-9)
    return mean_min * sigma / (1.0 - sigma), sigma


@dataclass(frozen=True)
class BookAnswer:
    p_no_slot: float
    lead_min: float


def one_slot_a_day(a_day: float, horizon_days: int) -> BookAnswer:
    """One appointment a day at noon, requests a Poisson stream: the number of days booked ahead is a Markov chain.

    Who asks before noon finds horizon + 1 noons that may be given, afterwards horizon. The chance of no slot is the time
    average of a full book (PASTA); the mean lead time follows from Little's law.
    """
    n = horizon_days + 2

    def births(most: int) -> np.ndarray:
        rates = np.zeros((n, n))
        for k in range(min(most, n - 1)):
            rates[k, k], rates[k, k + 1] = -a_day, a_day
        return rates

    def half(rates: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Transitions over half a day, and the mean time spent in each state over it, by start."""
        both = np.block([[rates, np.eye(n)], [np.zeros((n, n)), np.zeros((n, n))]])
        whole = expm(0.5 * both)
        return whole[:n, :n], whole[:n, n:]

    morning, in_morning = half(births(horizon_days + 1))
    evening, in_evening = half(births(horizon_days))
    noon = np.zeros((n, n))
    for k in range(n):
        noon[k, max(0, k - 1)] = 1.0
    day = morning @ noon @ evening
    values, vectors = np.linalg.eig(day.T)
    start = np.real(vectors[:, np.argmin(abs(values - 1.0))])
    start /= start.sum()
    early, late = start @ in_morning, start @ morning @ noon @ in_evening
    full = early[horizon_days + 1 :].sum() + late[horizon_days:].sum()
    ahead = float((early + late) @ np.arange(n))
    return BookAnswer(float(full), 1440.0 * ahead / (a_day * (1.0 - float(full))))


def wait_beside_casework(per_min: float, mean_min: float, pieces_min: list[float], share: float) -> float:
    """Mean wait of calls before casework worked in pieces by one person: calls are exponential and rank first.

    A call finds a call in service, or a piece of casework with chance share * per_min * work, of which half its square over
    its mean is left (Cobham 1954: nobody is interrupted, and only the piece matters to those who rank before).
    """
    calls = per_min * mean_min
    left = per_min * share * sum(p * p for p in pieces_min) / 2.0
    return (per_min * mean_min**2 + left) / (1.0 - calls)


@dataclass(frozen=True)
class DayAnswer:
    present: float  # at the end of the day
    sent_home: float  # share of the arrivals
    wait_min: float  # mean up to service or closing


def day_with_absence(per_min: float, mean_min: float, chances: list[float], length_min: float) -> DayAnswer:
    """A day from empty with Poisson arrivals and exponential service, the queue sent home at the end, by the number at work.

    `chances[n]` is the probability that n people are at work; given n the day is M/M/n from empty, whose forward equations are
    solved by a matrix exponential (Kolmogorov 1931), with the running total of the queue; the answer is their mixture.
    """
    most = int(per_min * length_min + 12.0 * (per_min * length_min) ** 0.5)
    present = queue_area = at_closing = 0.0
    for n, chance in enumerate(chances):
        rates = np.zeros((most + 1, most + 1))
        for k in range(most + 1):
            if k < most:
                rates[k, k + 1] = per_min
            if k:
                rates[k, k - 1] = min(k, n) / mean_min
        np.fill_diagonal(rates, -rates.sum(axis=1))
        both = np.block([[rates, np.eye(most + 1)], [np.zeros((most + 1, 2 * (most + 1)))]])
        whole = expm(length_min * both)
        k = np.arange(most + 1)
        present += chance * float(whole[0, : most + 1] @ k)
        at_closing += chance * float(whole[0, : most + 1] @ np.maximum(k - n, 0))
        queue_area += chance * float(whole[0, most + 1 :] @ np.maximum(k - n, 0))
    return DayAnswer(present, at_closing / (per_min * length_min), queue_area / (per_min * length_min))


def binomial(n: int, share: float) -> list[float]:
    """Chances of 0 to n at work when each is away with a probability, whoever the others are."""
    return [float(stats.binom(n, 1.0 - share).pmf(k)) for k in range(n + 1)]


def with_wave(n: int, share: float, cv: float) -> list[float]:
    """The same when a gamma factor of mean 1 on the share of a day is common to all (at most 1 in all)."""
    u = (np.arange(20_000) + 0.5) / 20_000
    shares = np.minimum(1.0, share * stats.gamma(1.0 / cv**2, scale=cv**2).ppf(u))
    return [float(stats.binom(n, 1.0 - shares).pmf(k).mean()) for k in range(n + 1)]
