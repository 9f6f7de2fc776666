"""The workloads in SimPy 4, written as its manual teaches: a process for each customer, resources for queues.

python benchmarks/peers/simpy_peer.py W2 1 200000
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterator
from random import Random
from typing import Any, cast

import simpy
from workloads import W1, W2, W3_GROUPS, W3_KINDS, Flow, Group, Kind, Result, main, sampler

Process = Generator[simpy.Event, Any, None]


def source(env: simpy.Environment, ids: Iterator[int], gap: Callable[[], float], arrive: Callable[[int], Process]) -> Process:
    """Poisson arrivals. Sources share `ids`, so together they make a given number of customers."""
    yield env.timeout(gap())
    for number in ids:
        env.process(arrive(number))
        yield env.timeout(gap())


def result_of(customers: int, flows: list[Flow]) -> Result:
    """Everybody joined once and left once: abandoned, or at the end of the service."""
    return Result(2 * customers, {str(i): flow for i, flow in enumerate(flows)})


def one_queue(seed: int, servers: int, kinds: tuple[Kind, ...], customers: int, uncounted: int = 0) -> Result:
    """One pool of servers, by rank and then first come, first served.

    Parameters
    ----------
    uncounted : int
        Customers of the warm-up: they come first, and are simulated but not counted.
    """
    env, rng = simpy.Environment(), Random(seed)
    ranked = len({kind.rank for kind in kinds}) > 1
    desk = simpy.PriorityResource(env, servers) if ranked else simpy.Resource(env, servers)
    flows, ids = [Flow() for _ in kinds], iter(range(customers))
    for kind, flow in zip(kinds, flows, strict=True):
        service, patience = sampler(rng, kind.service_mean_min, kind.service_cv), sampler(rng, kind.patience_mean_min or 1.0)
        words = {"priority": kind.rank} if ranked else {}

        def customer(
            number: int, flow: Flow = flow, words: dict[str, int] = words, service: Callable[[], float] = service,
            patience: Callable[[], float] | None = patience if kind.patience_mean_min else None,
        ) -> Process:  # fmt: skip
            arrived_min = env.now
            with desk.request(**words) as request:
                yield request if patience is None else request | env.timeout(patience())
                if number >= uncounted:
                    flow.leave(env.now - arrived_min, abandoned=not request.triggered)
                if request.triggered:
                    yield env.timeout(service())

        env.process(source(env, ids, sampler(rng, 1.0 / kind.per_min), customer))
    env.run()
    return result_of(customers, flows)


class Dispatcher:
    """Agents of several groups and a queue for each kind of customer. Asking gives an event that fires with a group."""

    def __init__(self, env: simpy.Environment, kinds: tuple[Kind, ...], groups: tuple[Group, ...]) -> None:
        self.env, self.kinds, self.groups = env, kinds, groups
        self.free = [group.agents for group in groups]
        self.queues: list[deque[simpy.Event]] = [deque() for _ in kinds]

    def ask(self, kind: int) -> simpy.Event:
        call = self.env.event()
        for group in self.kinds[kind].groups:
            if self.free[group]:
                self.free[group] -= 1
                return call.succeed(group)
        self.queues[kind].append(call)
        return call

    def withdraw(self, kind: int, call: simpy.Event) -> None:
        self.queues[kind].remove(call)

    def release(self, group: int) -> None:
        for kind in self.groups[group].takes:
            if self.queues[kind]:
                self.queues[kind].popleft().succeed(group)
                return
        self.free[group] += 1


def multi_skill(seed: int, kinds: tuple[Kind, ...], groups: tuple[Group, ...], customers: int, uncounted: int = 0) -> Result:
    """Kinds of customers who may be served by some of several groups of agents; first come, first served in a kind."""
    env, rng = simpy.Environment(), Random(seed)
    staff, flows, ids = Dispatcher(env, kinds, groups), [Flow() for _ in kinds], iter(range(customers))
    for i, kind in enumerate(kinds):
        service = sampler(rng, kind.service_mean_min, kind.service_cv)
        patience = sampler(rng, kind.patience_mean_min) if kind.patience_mean_min else lambda: float("inf")

        def customer(number: int, i: int = i, service: Callable[[], float] = service, patience: Callable[[], float] = patience) -> Process:
            arrived_min = env.now
            call = staff.ask(i)
            yield call | env.timeout(patience())
            if number >= uncounted:
                flows[i].leave(env.now - arrived_min, abandoned=not call.triggered)
            if not call.triggered:
                staff.withdraw(i, call)
                return
            yield env.timeout(service())
            staff.release(cast(int, call.value))

        env.process(source(env, ids, sampler(rng, 1.0 / kind.per_min), customer))
    env.run()
    return result_of(customers, flows)


def model_of(workload: str, seed: int, size: int) -> Callable[[], Result]:
    """What runs a workload."""
    if workload == "W3":
        return lambda: multi_skill(seed, W3_KINDS, W3_GROUPS, size)
    if workload == "W4":
        from simpy_region import Region

        return lambda: Region(seed).run(size)
    servers, kinds = W1 if workload == "W1" else W2
    return lambda: one_queue(seed, servers, kinds, size)


if __name__ == "__main__":
    main("simpy", model_of)
