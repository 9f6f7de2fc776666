"""The four workloads that every peer runs, as tables, and the line that a peer prints. Times are minutes.

W1 one queue without abandonment, W2 one queue with it, W3 five types of customers and four groups of agents,
W4 a regional network of 16 sites, a phone pool and a web pool. An event is a logical change of state: an
arrival at a queue, the end of a service, an abandonment. Only the standard library is used, so that the peers
also run where NumPy does not.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from math import log, sqrt
from random import Random

DAY_MIN = 1440.0
SIZES = {"W1": 200_000, "W2": 200_000, "W3": 100_000, "W4": 5}  # customers; W4: days


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of customer: arrivals, service, patience while queued (None: endless), rank in the queue (0 is first)."""

    per_min: float
    service_mean_min: float
    patience_mean_min: float | None = None
    rank: int = 0
    groups: tuple[int, ...] = ()  # groups of agents tried in order on arrival; multi-skill only
    service_cv: float | None = None  # None: exponential


@dataclass(frozen=True, slots=True)
class Group:
    """A group of agents: how many, and which kinds a freed agent takes, in order."""

    agents: int
    takes: tuple[int, ...]


@dataclass(slots=True)
class Flow:
    """What is counted of one queue or one kind of customer; `wait_min` holds those who abandoned, to their leaving."""

    joined: int = 0
    left: int = 0  # the queue: into service or by abandoning
    waited: int = 0
    abandoned: int = 0
    wait_min: float = 0.0

    def leave(self, wait_min: float, abandoned: bool) -> None:
        """Somebody leaves the queue."""
        self.left += 1
        self.waited += wait_min > 0.0
        self.abandoned += abandoned
        self.wait_min += wait_min

    @property
    def mean_wait_min(self) -> float:
        return self.wait_min / self.left

    @property
    def abandon_share(self) -> float:
        return self.abandoned / self.left

    @property
    def waited_share(self) -> float:
        return self.waited / self.left


@dataclass(frozen=True, slots=True)
class Result:
    """Logical events of a run, and what was counted by kind or by queue."""

    events: int
    flows: dict[str, Flow] = field(default_factory=dict)


W1 = (10, (Kind(9.0, 1.0),))
W2 = (20, (Kind(22.0, 1.0, 2.0),))
W3_KINDS = (
    Kind(12 / 4, 4.0, 6.0, groups=(0, 1), service_cv=1.0),
    Kind(8 / 6, 6.0, 8.0, groups=(1, 0), service_cv=1.0),
    Kind(6 / 8, 8.0, 10.0, groups=(1, 2, 3), service_cv=1.0),
    Kind(7 / 7, 7.0, 5.0, groups=(2, 3), service_cv=1.0),
    Kind(7 / 10, 10.0, 30.0, groups=(3,), service_cv=1.0),
)
W3_GROUPS = (Group(12, (0, 1)), Group(10, (1, 0, 2)), Group(8, (3, 2)), Group(10, (4, 3, 2)))


def lognormal_parameters(mean: float, cv: float) -> tuple[float, float]:
    """(mu, sigma) of the lognormal with this mean and coefficient of variation."""
    variance = log(1.0 + cv * cv)
    return log(mean) - variance / 2, sqrt(variance)


def sampler(rng: Random, mean: float, cv: float | None = None) -> Callable[[], float]:
    """Draws one duration at each call: exponential, or lognormal where a cv is given."""
    if cv is None:
        return lambda: rng.expovariate(1.0 / mean)
    mu, sigma = lognormal_parameters(mean, cv)
    return lambda: rng.lognormvariate(mu, sigma)


def answers_of(workload: str, flows: dict[str, Flow], days: float) -> dict[str, float]:
    """The answers a peer reports, from what it counted."""
    if workload == "W1":
        return {"p_wait": flows["0"].waited_share, "mean_wait": flows["0"].mean_wait_min}
    if workload == "W2":
        return {"p_abandon": flows["0"].abandon_share, "mean_wait": flows["0"].mean_wait_min}
    if workload == "W3":
        return {f"mean_wait_{name}": flow.mean_wait_min for name, flow in flows.items()}
    shares = {f"{name}_abandon_share": flows[name].abandon_share for name in ("phone", "front", "specialist")}
    waits = {f"{name}_mean_wait": flow.mean_wait_min for name, flow in flows.items()}
    return shares | waits | {f"{name}_per_day": flow.joined / days for name, flow in flows.items()}


def main(peer: str, model_of: Callable[[str, int, int], Callable[[], Result] | str]) -> None:
    """Command line of a peer: WORKLOAD SEED [CUSTOMERS_OR_DAYS], one JSON line.

    `model_of` gives what runs the workload, or the reason why this peer cannot express it.
    """
    if len(sys.argv) not in (3, 4) or sys.argv[1] not in SIZES:
        sys.exit(f"usage: {sys.argv[0]} {'|'.join(SIZES)} SEED [CUSTOMERS, or DAYS for W4]")
    workload, seed = sys.argv[1], int(sys.argv[2])
    size = int(sys.argv[3]) if len(sys.argv) == 4 else SIZES[workload]
    model = model_of(workload, seed, size)
    if isinstance(model, str):
        print(json.dumps({"workload": workload, "peer": peer, "not_expressible": model}))
        return
    start = time.process_time()
    result = model()
    cpu_s = time.process_time() - start
    answers = answers_of(workload, result.flows, size)
    print(json.dumps({"workload": workload, "peer": peer, "events": result.events, "cpu_s": cpu_s, "answers": answers}))
