"""Markov chains of small worlds in their steady state, and the measures that follow from it."""

from __future__ import annotations

import numpy as np
from scipy.sparse.linalg import spsolve
from tests.theory.chains import Chain

from channelsim.scenario.expected import Wanted
from channelsim.scenario.queues import Queues

TRUNCATED_MASS = 1e-9  # most probability that may lie where the truncation bites


class Steady(Chain):
    """The chain in its steady state, and the measures of a world that follow from it."""

    def __init__(self, queues: Queues, most: int) -> None:
        super().__init__(queues, most)
        flows = self.generator().T.tolil()
        flows[0, :] = 1.0
        right = np.zeros(len(self.states))
        right[0] = 1.0
        self.probability = spsolve(flows.tocsc(), right)
        assert self.probability.min() > -1e-12
        open_ended = [i for i, c in enumerate(self.classes) if c.queue_limit is None]
        cut = [any(s[1][i] == most for i in open_ended) or max(s[2]) == most for s in self.states]
        assert self.probability[cut].sum() < TRUNCATED_MASS, "the truncation bites: raise `most`"
        self.flows: dict[tuple[str, int], float] = {}
        for p, state in zip(self.probability, self.states, strict=True):
            for step in self.steps(state):
                self.flows[step.what, step.number] = self.flows.get((step.what, step.number), 0.0) + p * step.rate

    def mean(self, part: int, numbers: list[int]) -> float:
        """Expected sum of some counts of the state (0: busy, 1: waiting, 2: away)."""
        return float(sum(p * sum(state[part][i] for i in numbers) for p, state in zip(self.probability, self.states, strict=True)))

    def value(self, wanted: Wanted) -> float:
        """The steady value of a measure."""
        chosen = [i for i, c in enumerate(self.classes) if not wanted.classes or c.name in wanted.classes]
        pools = [i for i, p in enumerate(self.queues.pools) if wanted.pool in ("", p.name)]
        pairs = [i for i, p in enumerate(self.pairs) if p.of_class in chosen and p.pool in pools]

        def flow(what: str, numbers: list[int] = chosen) -> float:
            return sum(self.flows.get((what, i), 0.0) for i in numbers)

        arrived = flow("begun") + flow("queued") + flow("blocked")
        waiting = self.mean(1, chosen)
        values = {
            "p_wait": lambda: flow("queued") / arrived,
            "p_block": lambda: flow("blocked") / arrived,
            "p_abandon": lambda: flow("abandoned") / arrived,
            "Lq": lambda: waiting,
            "Wq": lambda: waiting / (arrived - (flow("blocked") if wanted.over == "admitted" else 0.0)),
            "busy": lambda: self.mean(0, pairs),
            "util": lambda: self.mean(0, pairs) / sum(self.staff[p] for p in pools),
            "served": lambda: flow("served", pairs),
            "arrived": lambda: arrived,
            "visits": lambda: arrived / sum(self.rates[i] for i in chosen),
        }
        return values[wanted.measure]()
