"""An N-design whose specialist helps the first line in some hours only: a Markov chain of two periods, repeated day by day.

Two generalists take class A, one specialist takes class B, which never waits; from `help_from` to midnight the specialist takes A
too, when the generalists are busy, and keeps one A queue of `places` moving. Everything is exponential, so the distribution at
midnight is the fixed point of one day's transition, and means over a day are integrals of it.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg import expm

DAY = 1440.0


def daily_means(
    rate_a: float, rate_b: float, mean_g: float, mean_s: float, mean_b: float, generalists: int, places: int, help_from: float
) -> dict[str, float]:
    """Shares of A and B that find no room, and the mean number of A waiting, over a day.

    A state is (A with generalists, what the specialist does: 0 idle, 1 A, 2 B, A waiting).
    """
    states = [(g, s, q) for g in range(generalists + 1) for s in range(3) for q in range(places + 1)]
    number = {state: i for i, state in enumerate(states)}

    def rates(helps: bool) -> np.ndarray:
        matrix = np.zeros((len(states), len(states)))
        for (g, s, q), i in number.items():
            ways: list[tuple[float, tuple[int, int, int]]] = []
            if g < generalists:
                ways.append((rate_a, (g + 1, s, q)))
            elif helps and s == 0:
                ways.append((rate_a, (g, 1, q)))
            elif q < places:
                ways.append((rate_a, (g, s, q + 1)))
            if s == 0:
                ways.append((rate_b, (g, 2, q)))
            if g > 0:
                ways.append((g / mean_g, (g, s, q - 1) if q > 0 else (g - 1, s, q)))
            if s > 0:
                takes = helps and q > 0
                ways.append((1.0 / (mean_s if s == 1 else mean_b), (g, 1, q - 1) if takes else (g, 0, q)))
            for rate, to in ways:
                matrix[i, number[to]] += rate
                matrix[i, i] -= rate
        return matrix

    jump = np.eye(len(states))  # at the hour at which help begins, an idle specialist takes one who waits
    for (g, s, q), i in number.items():
        if s == 0 and q > 0:
            jump[i] = 0.0
            jump[i, number[g, 1, q - 1]] = 1.0
    alone, together = rates(False), rates(True)
    steps = 2000
    first, second = expm(alone * help_from / steps), expm(together * (DAY - help_from) / steps)
    day = np.linalg.matrix_power(first, steps) @ jump @ np.linalg.matrix_power(second, steps)
    system = np.vstack([day.T - np.eye(len(states)), np.ones(len(states))])
    at = np.linalg.lstsq(system, np.append(np.zeros(len(states)), 1.0), rcond=None)[0]
    total = np.zeros(len(states))
    for step, length in ((first, help_from), (second, DAY - help_from)):
        for _ in range(steps):
            total += at * (0.5 * length / steps / DAY)
            at = at @ step
            total += at * (0.5 * length / steps / DAY)
        if step is first:
            at = at @ jump
    mean = {name: 0.0 for name in ("blocked_a_alone", "blocked_a", "blocked_b", "waiting")}
    for (g, s, q), p in zip(states, total, strict=True):
        mean["blocked_a"] += p * (g == generalists and q == places)
        mean["blocked_b"] += p * (s > 0)
        mean["waiting"] += p * q
    del mean["blocked_a_alone"]
    return mean
