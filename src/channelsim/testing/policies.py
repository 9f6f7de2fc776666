"""The contract of a policy, as a check that its author runs: `channelsim.testing.check_policy`.

A policy never serves who may not be served; nobody idles beside somebody whom he may serve, unless a reserve says so; both engines
give the same bits; it has no chance and no memory of its own; and what things are called, or in which order they stand, changes
nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from channelsim.errors import ConfigError, SimulationError
from channelsim.rules import state as S
from channelsim.scenario.own_policy import as_policy
from channelsim.scenario.policy import CompiledRule, Policy, PythonRule, RoutingTables, Scenario
from channelsim.scenario.queues import Duration, QueueClass, QueuePool, Queues, Serves, compile_queues
from channelsim.simulate import Window, simulate
from channelsim.trajectory.values import Trajectory
from channelsim.units import DAY_MIN, TICK_MIN

LENGTH_MIN = 900.0
N_WORLDS = 12


class PolicyFinding(NamedTuple):
    """Something that the contract forbids, and the world in which it was seen."""

    kind: str  # tables | serves | idles | engines | repeats | names
    what: str
    world: Queues

    def __str__(self) -> str:
        return f"{self.kind}: {self.what} (in {self.world.name})"


@dataclass(frozen=True)
class PolicyReport:
    """What was looked at, and what was found."""

    findings: tuple[PolicyFinding, ...]
    n_worlds: int
    n_contacts: int
    engines: tuple[str, ...]

    def __str__(self) -> str:
        found = "\n".join(map(str, self.findings)) or "keeps the contract"
        return f"{found}\n{self.n_worlds} worlds, {self.n_contacts:,} contacts, engines {' and '.join(self.engines)}"


class PolicyError(AssertionError):
    """A policy that does not keep the contract."""


def check_policy(
    policy: Policy | CompiledRule | PythonRule | Callable[[Scenario], RoutingTables],
    worlds: Sequence[Queues] | None = None,
    fast: bool = True,
    raises: bool = True,
) -> PolicyReport:
    """Does a policy keep the contract?

    Parameters
    ----------
    policy
        A function `compile(scenario)`, a rule, or what `load_policy` gives.
    worlds : sequence of Queues, optional
        Worlds to try it in; default: a dozen small ones with help after a wait, reserves and ranks.
    fast : bool
        Run the fast engine too, and compare (a rule in Python has the reference engine only).
    raises : bool
        Raise `PolicyError` if anything is found; otherwise only report it.

    Returns
    -------
    PolicyReport
        Findings, each with the world in which it was seen; the number of worlds and contacts looked at.
    """
    policy = as_policy(policy)
    engines = ("reference", "fast") if fast and not isinstance(policy.rule, PythonRule) else ("reference",)
    tried = list(some_worlds() if worlds is None else worlds)
    findings: list[PolicyFinding] = []
    n_contacts = 0
    for queues in tried:
        mine = replace(queues, policy=policy)
        n = _look(mine, queues, engines, findings)
        n_contacts += n
    report = PolicyReport(tuple(findings), len(tried), n_contacts, engines)
    if findings and raises:
        raise PolicyError(str(report))
    return report


def _look(mine: Queues, queues: Queues, engines: tuple[str, ...], findings: list[PolicyFinding]) -> int:
    """Try a policy in one world; returns the contacts that came to their end."""

    def find(kind: str, what: str) -> None:
        findings.append(PolicyFinding(kind, what, queues))

    try:
        first = _run(mine, engines[0])
        runs = [first, *(_run(mine, engine) for engine in engines[1:])]
        again, other = _run(mine, engines[0]), _run(other_order(mine), engines[0])
    except ConfigError as error:
        find("tables", str(error))
        return 0
    except SimulationError as error:
        find("idles" if "idle beside" in error.what else "serves", str(error))
        return 0
    except Exception as error:  # an author's code may do anything
        find("serves", f"the rule fails: {type(error).__name__}: {error}")
        return 0
    if again.digest() != first.digest():
        find("repeats", "the same run gives another result: the policy has chance or memory of its own")
        return 0
    for engine, run in zip(engines[1:], runs[1:], strict=True):
        if run.digest() != first.digest():
            find(
                "engines",
                f"{engine} gives another result than {engines[0]}: the rule uses what kernels do otherwise, or a value that changes",
            )
    here, there = _stories(mine, first), _stories(other_order(mine), other)
    if here != there:
        differs = next(key for key in sorted(here) if here[key] != there.get(key))
        find("names", f"with classes and pools in another order, {differs[0]} of {differs[1]:.3f} min fares otherwise")
    return len(here)


def _run(queues: Queues, engine: str) -> Trajectory:
    world = compile_queues(queues)
    return simulate(world, queues.seed, 0, Window(0.0, queues.length_min, 0.0), engine, keep_records=True, guard=True)


def _stories(queues: Queues, run: Trajectory) -> dict[tuple[str, float], tuple[float, str]]:
    """When each contact began to be served, and by which pool, by its class and arrival."""
    assert run.records is not None and run.record_times is not None
    names, pools = [c.name for c in queues.classes], [p.name for p in queues.pools]
    return {
        (names[r[S.REC_CLASS]], float(t[S.REC_QUEUED])): (float(t[S.REC_STARTED]), pools[r[S.REC_POOL]] if r[S.REC_POOL] >= 0 else "")
        for r, t in zip(run.records, run.record_times, strict=True)
    }


def other_order(queues: Queues) -> Queues:
    """The same world with its classes and pools in the opposite order."""
    return replace(queues, classes=queues.classes[::-1], pools=queues.pools[::-1])


def some_worlds(n: int = N_WORLDS) -> Iterator[Queues]:
    """Small worlds in which much can go wrong; no two things happen at one instant, so that no tie is broken by number."""
    for number in range(n):
        yield _world(number)


def _world(number: int) -> Queues:
    rng = np.random.default_rng(number)

    def minutes(low: float, high: float) -> float:
        return float(np.round(rng.uniform(low, high) / TICK_MIN) * TICK_MIN)

    names, pools = ("call", "visit", "message")[: 2 + number % 2], ("first", "second", "third")[: 2 + (number // 2) % 2]
    staff = {pool: int(rng.integers(1, 4)) for pool in pools}
    classes = []
    for name in names:
        serves = []
        for rank, pool in enumerate(rng.permutation(pools)):
            after, reserve = float(rng.choice([0.0, 0.0, 7.0])) if rank else 0.0, int(rng.integers(0, staff[pool]))
            serves.append(Serves(str(pool), rank, after, Duration("deterministic", minutes(5.0, 30.0)), reserve if rank else 0))
        arrivals = sorted({minutes(10.0, 400.0) for _ in range(int(rng.integers(20, 45)))})
        patience = None if name == "message" else Duration("deterministic", minutes(30.0, 60.0))
        classes.append(QueueClass(name, None, tuple(serves), arrivals_at_min=tuple(arrivals), patience=patience))
    takes: tuple[Any, ...] = ((names[0],), names[1:]) if number % 3 else ()
    at_work = tuple(
        QueuePool(pool, staff[pool], takes, ((i + 1.0 + number / 16.0, DAY_MIN),) * 7)  # each begins at a minute of its own
        for i, pool in enumerate(pools)
    )
    return Queues(f"world {number} of check_policy", tuple(classes), at_work, 0.0, LENGTH_MIN, 1, 1)
