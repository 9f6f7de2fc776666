"""Worlds that never settle: forward equations between the steps of arrivals and shifts, and endless servers."""

from __future__ import annotations

import numpy as np
from scipy import integrate
from tests.theory.chains import Chain, State
from tests.theory.formulas import law

from channelsim.scenario.queues import Queues
from channelsim.units import DAY_MIN


class Day(Chain):
    """A day from empty, the same every day: M_t/M/s_t+M with several pools.

    Whoever is busy at the end of the shift finishes the contact and takes no other; whoever comes takes from the queue.
    The forward equations are extended by running totals: of those served by each pair, and of waiting by class.
    """

    def __init__(self, queues: Queues, most: int) -> None:
        super().__init__(queues, most)
        edges = {0.0, DAY_MIN}
        for c in queues.classes:
            edges |= {m for r in c.rates if r.start_min < DAY_MIN for m in (r.start_min, r.end_min)}
        for pool in queues.pools:
            edges |= set(pool.shifts[0]) if pool.shifts and pool.shifts[0] else set()
        self.edges = sorted(edges)
        self.explore_all()

    def set_phase(self, time: float) -> None:
        """Rates of arrival and people on shift from a moment on."""
        self.rates = [sum(r.per_min for r in c.rates if r.start_min <= time < r.end_min) for c in self.classes]
        shifts = [p.shifts[0] if p.shifts else (0.0, DAY_MIN) for p in self.queues.pools]
        self.on_shift = [hours is not None and hours[0] <= time < hours[1] for hours in shifts]

    def explore_all(self) -> None:
        """Number the states of all phases, those entered when a shift begins included."""
        known = [self.empty]
        while True:
            before = len(known)
            for time in self.edges[:-1]:
                self.set_phase(time)
                self.explore(list(dict.fromkeys(known + [self.after_coming(s) for s in known])))
                known = self.states
            if len(known) == before:
                return

    def after_coming(self, state: State) -> State:
        """People who are on shift and free take from the queues, one after another."""
        for pool in range(len(self.staff)):
            while self.on_shift[pool] and self.idle(state[0], pool) > 0:
                after = self.free(state, pool)
                if after == state:
                    break
                state = after
        return state

    def solve(self, moments: list[float]) -> tuple[dict[float, float], np.ndarray, np.ndarray]:
        """Mean number present at each moment; over the day, waiting (minutes) by class and served by pair."""
        n, n_classes, n_pairs = len(self.states), len(self.classes), len(self.pairs)
        waiting = np.array([s[1] for s in self.states], float)
        served = np.array([[b * p.rate for b, p in zip(s[0], self.pairs, strict=True)] for s in self.states])
        present = np.array([sum(s[0]) + sum(s[1]) for s in self.states], float)
        value = np.zeros(n + n_classes + n_pairs)
        value[0] = 1.0
        found = {}
        stops = sorted(set(self.edges) | set(moments))
        for start, end in zip(stops[:-1], stops[1:], strict=True):
            self.set_phase(start)
            if start in self.edges:
                begun = np.zeros(n)
                for p, state in zip(value[:n], self.states, strict=True):
                    begun[self.number[self.after_coming(state)]] += p
                value[:n] = begun
            flows = self.generator().T.tocsr()

            def slope(_: float, v: np.ndarray, flows=flows) -> np.ndarray:
                return np.concatenate([flows @ v[:n], waiting.T @ v[:n], served.T @ v[:n]])

            value = integrate.solve_ivp(slope, (start, end), value, method="RK45", rtol=1e-8, atol=1e-11).y[:, -1]
            found[end] = float(value[:n] @ present)
        return {m: found[m] for m in moments}, value[n : n + n_classes], value[n + n_classes :]


def endless_servers(queues: Queues, of_class: int, moment: float) -> float:
    """Mean number present in M_t/G/oo from empty: the integral of rate(u) P(S > t - u)."""
    c = queues.classes[of_class]
    assert c.self_service and c.service is not None
    total = 0.0
    for r in c.rates:
        if r.start_min < min(moment, DAY_MIN):
            end = min(r.end_min, moment)
            total += r.per_min * integrate.quad(lambda u: law(c.service).sf(moment - u), r.start_min, end, epsabs=1e-10, limit=200)[0]  # type: ignore[arg-type]
    return total
