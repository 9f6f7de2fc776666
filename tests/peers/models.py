"""The models that channelsim and its peers are compared on, in the words of both."""

from __future__ import annotations

from typing import Any, NamedTuple


class Model(NamedTuple):
    """A world, and the same figures as the peers are told them: kinds of customers, and servers or groups of agents."""

    world: str
    kinds: tuple[dict[str, Any], ...]  # in the order of the world's classes
    servers: int = 0
    groups: tuple[tuple[int, tuple[int, ...]], ...] = ()


ERLANG_C = Model(
    """
world: M/M/c
run: {length_min: LENGTH, warm_up_min: WARM_UP}
classes:
  call: {arrivals: {per_min: 3.5}, service_min: {exponential: 3}, pools: [agents]}
pools:
  agents: {staff: 13}
""",
    ({"per_min": 3.5, "service_mean_min": 3.0},),
    servers=13,
)
ERLANG_A = Model(
    """
world: Erlang A
run: {length_min: LENGTH, warm_up_min: WARM_UP}
classes:
  call: {arrivals: {per_min: 2.2}, service_min: {exponential: 5}, patience_min: {exponential: 8}, pools: [agents]}
pools:
  agents: {staff: 11}
""",
    ({"per_min": 2.2, "service_mean_min": 5.0, "patience_mean_min": 8.0},),
    servers=11,
)
PRIORITY = Model(
    """
world: two ranks in one queue
run: {length_min: LENGTH, warm_up_min: WARM_UP}
classes:
  urgent: {arrivals: {per_min: 0.4}, service_min: {exponential: 4}, pools: [desk]}
  ordinary: {arrivals: {per_min: 0.5}, service_min: {lognormal: 3, cv: 0.8}, patience_min: {exponential: 20}, pools: [desk]}
pools:
  desk: {staff: 4, takes: [urgent, ordinary]}
""",
    (
        {"per_min": 0.4, "service_mean_min": 4.0, "rank": 0},
        {"per_min": 0.5, "service_mean_min": 3.0, "service_cv": 0.8, "patience_mean_min": 20.0, "rank": 1},
    ),
    servers=4,
)
N_DESIGN = Model(
    """
world: N design
run: {length_min: LENGTH, warm_up_min: WARM_UP}
classes:
  A: {arrivals: {per_min: 1.2}, service_min: {exponential: 4}, patience_min: {exponential: 6}, pools: [P1]}
  B: {arrivals: {per_min: 1.5}, service_min: {exponential: 3}, patience_min: {exponential: 10}, pools: {P2: {rank: 0}, P1: {rank: 1}}}
pools:
  P1: {staff: 6, takes: [B, A]}
  P2: {staff: 4}
""",
    (
        {"per_min": 1.2, "service_mean_min": 4.0, "patience_mean_min": 6.0, "groups": (0,)},
        {"per_min": 1.5, "service_mean_min": 3.0, "patience_mean_min": 10.0, "groups": (1, 0)},
    ),
    groups=((6, (1, 0)), (4, (1,))),
)
MODELS = {"Erlang C": ERLANG_C, "Erlang A": ERLANG_A, "priority": PRIORITY, "N design": N_DESIGN}
