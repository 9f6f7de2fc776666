"""Where an own rule in Python is asked: on the reference engine only, as no kernel can hold it.

The rule sees a `ContactView` or a `PoolView` and answers with a name, or None for nobody. A name of somebody who may not be served,
or may not serve, now is a fault of the replication.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numba.extending import overload

from channelsim.compiled import plain
from channelsim.rules import lists
from channelsim.rules.state import (
    AGED_SINCE, CONTACT_TIMES, CONTACT_WIDTH, C_NEED, C_STAGE, FAULT, FAULT_NEED, HEAD, IDLE_COUNT, IDLE_HEAD,
    IDLE_SINCE, LENGTH, NEED_ID, NEED_WIDTH, PERSON_TIMES, POOL_STATE_WIDTH, QUEUE_WIDTH, RULE_WRONG,
)  # fmt: skip
from channelsim.scenario.tables import NONE, PAIR_CLASS, PAIR_POOL, PAIR_WIDTH
from channelsim.units import NEVER


@dataclass(frozen=True, slots=True)
class Waiting:
    """The first of a queue: whose it is, how long it has waited, and how the lists place it for this pool."""

    of_class: str
    wait_min: float
    due_in_min: float
    rank: int
    weight: float
    waiting: int  # contacts in the queue
    may_be_served: bool  # by this pool, now: stage, hours and reserve


@dataclass(frozen=True, slots=True)
class ContactView:
    """What a freed person of a pool may choose from: every queue in which somebody waits."""

    now_min: float
    pool: str
    idle: int  # persons of the pool who are idle, this one included
    queues: tuple[Waiting, ...]


@dataclass(frozen=True, slots=True)
class IdlePool:
    """A pool with somebody idle."""

    pool: str
    idle_since_min: float
    idle: int
    rank: int
    may_serve: bool


@dataclass(frozen=True, slots=True)
class PoolView:
    """Whom a contact that is set loose may ask: every pool with somebody idle."""

    of_class: str
    pools: tuple[IdlePool, ...]


def asked_contact(s: Any, w: Any, pool: int, now: float, asked: int, after_shift: bool) -> int:
    """The pair (class, pool) that a Python rule names for a freed person, or NONE."""
    rule, spare, serves_out = w.contact_score, plain(lists.spare), plain(lists.serves_out)
    row, entries, found = plain(lists.pull_row)(s, w, pool), {}, []
    for e in range(w.pull_start[row], w.pull_start[row + 1]):
        of_class = w.pairs[w.pull_pair[e] * PAIR_WIDTH + PAIR_CLASS]
        head = s.queues[of_class * QUEUE_WIDTH + HEAD]
        if head != NONE and (of_class not in entries) and s.contacts[head * CONTACT_WIDTH + C_STAGE] >= w.pull_from_stage[e]:
            entries[of_class] = e
    for of_class, name in enumerate(rule.classes):
        head = s.queues[of_class * QUEUE_WIDTH + HEAD]
        if head == NONE:
            continue
        entry = entries.get(of_class)
        wait = now - s.contact_times[head * CONTACT_TIMES + AGED_SINCE]
        may = entry is not None and spare(s, w, pool, w.pull_pair[entry], asked) and (not after_shift or serves_out(w, of_class, now))
        due, rank, weight = (0.0, 0, 1.0) if entry is None else (w.pull_due[entry], w.pull_rank[entry], w.pull_weight[entry])
        found.append(
            Waiting(name, wait, due - wait if due > 0.0 else NEVER, rank, weight, s.queues[of_class * QUEUE_WIDTH + LENGTH], bool(may))
        )
    if not any(q.may_be_served for q in found):
        return NONE
    idle = s.pools[pool * POOL_STATE_WIDTH + IDLE_COUNT] + asked
    named = rule.function(ContactView(now, rule.pools[pool], idle, tuple(found)))
    if named is None:
        return NONE
    right = [q for q in found if q.of_class == named and q.may_be_served]
    if not right:
        return _wrong(s, NONE)
    return int(w.pull_pair[entries[rule.classes.index(named)]])


def asked_pool(s: Any, w: Any, of_class: int, stage: int) -> int:
    """The pair (class, pool) that a Python rule names for a contact that is set loose, or NONE."""
    rule, spare = w.pool_score, plain(lists.spare)
    row, entries, found = plain(lists.dispatch_row)(s, w, of_class, stage), {}, []
    for e in range(w.dispatch_start[row], w.dispatch_start[row + 1]):
        entries[w.pairs[w.dispatch_pair[e] * PAIR_WIDTH + PAIR_POOL]] = e
    for pool, name in enumerate(rule.pools):
        idle = s.pools[pool * POOL_STATE_WIDTH + IDLE_COUNT]
        if idle == 0:
            continue
        entry = entries.get(pool)
        since = s.person_times[s.pools[pool * POOL_STATE_WIDTH + IDLE_HEAD] * PERSON_TIMES + IDLE_SINCE]
        may = entry is not None and spare(s, w, pool, w.dispatch_pair[entry], 0)
        found.append(IdlePool(name, since, idle, 0 if entry is None else w.dispatch_rank[entry], bool(may)))
    if not any(p.may_serve for p in found):
        return NONE
    named = rule.function(PoolView(rule.classes[of_class], tuple(found)))
    if named is None:
        return NONE
    if not any(p.pool == named and p.may_serve for p in found):
        return _wrong(s, s.queues[of_class * QUEUE_WIDTH + HEAD])
    return int(w.dispatch_pair[entries[rule.pools.index(named)]])


def _wrong(s: Any, contact: int) -> int:
    """Stop the replication: the rule has named somebody whom it may not."""
    s.scalars[FAULT] = RULE_WRONG
    if contact != NONE:
        s.scalars[FAULT_NEED] = s.needs[s.contacts[contact * CONTACT_WIDTH + C_NEED] * NEED_WIDTH + NEED_ID]
    return NONE


@overload(asked_contact, strict=False)
def _no_contact(s: Any, w: Any, pool: Any, now: Any, asked: Any, after_shift: Any) -> Any:
    return lambda s, w, pool, now, asked, after_shift: NONE


@overload(asked_pool, strict=False)
def _no_pool(s: Any, w: Any, of_class: Any, stage: Any) -> Any:
    return lambda s, w, of_class, stage: NONE
