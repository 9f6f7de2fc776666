"""Small worlds as continuous-time Markov chains: an own reading of the rules, solved with scipy.sparse.

A state holds the persons of each pool busy with each class, the number waiting by class, and the number who will try
again by class. Arrivals, patience, services and delays must be exponential, ranks must leave no tie, and a class must
be `takes`-ranked where a pool has several. Nothing here is shared with `channelsim.rules`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scipy import sparse

from channelsim.scenario.queues import Duration, QueueClass, Queues

State = tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]  # busy by pair, waiting by class, away by class


def rate_of(duration: Duration | None) -> float:
    """Rate of an exponential duration; 0 where there is none."""
    if duration is None:
        return 0.0
    assert duration.family == "exponential", duration
    return 1.0 / duration.mean_min


@dataclass(frozen=True)
class Pair:
    """A class at a pool, as numbers."""

    of_class: int
    pool: int
    rank: int
    rate: float
    reserve: int


@dataclass(frozen=True)
class Step:
    """One way out of a state: how fast, into which state, and what kind of thing happens to which class or pair."""

    rate: float
    to: State
    what: str
    number: int


class Chain:
    """The chain of a world, explored from the empty state.

    Parameters
    ----------
    queues : Queues
        The world.
    most : int
        Largest number waiting (in a class without a limit) and away.
    """

    def __init__(self, queues: Queues, most: int) -> None:
        self.queues, self.most = queues, most
        self.classes = queues.classes
        self.staff = [p.staff for p in queues.pools]
        names = [p.name for p in queues.pools]
        self.pairs = [
            Pair(i, names.index(s.pool), s.rank, rate_of(s.service or c.service), s.reserve)
            for i, c in enumerate(queues.classes)
            for s in c.serves
        ]
        self.rates = [sum(r.per_min for r in c.rates[:1]) for c in queues.classes]
        self.patience = [rate_of(c.patience) for c in queues.classes]
        self.rooms = [most if c.queue_limit is None else c.queue_limit for c in queues.classes]
        self.again = {o: [self._again(c, o)[0] for c in queues.classes] for o in ("blocked", "abandoned")}
        self.again_rate = [max(self._again(c, o)[1] for o in self.again) for c in queues.classes]
        self.on_shift = [True] * len(names)
        n = len(queues.classes)
        self.empty: State = ((0,) * len(self.pairs), (0,) * n, (0,) * n)
        self.explore([self.empty])

    def _again(self, c: QueueClass, outcome: str) -> tuple[float, float]:
        """Share who try again, and the rate at which each does: one delay for all outcomes."""
        rows = c.after.get(outcome, ())
        delays = {r.delay for every in c.after.values() for r in every}
        assert len(rows) <= 1 and all(r.to == c.name for r in rows) and len(delays) <= 1
        return (rows[0].share, rate_of(rows[0].delay)) if rows else (0.0, 0.0)

    def explore(self, known: list[State]) -> None:
        """Number every state that can be reached."""
        self.number = {state: i for i, state in enumerate(known)}
        self.states = list(known)
        for state in self.states:
            for step in self.steps(state):
                if step.to not in self.number:
                    self.number[step.to] = len(self.states)
                    self.states.append(step.to)

    def idle(self, busy: tuple[int, ...], pool: int) -> int:
        there = self.staff[pool] if self.on_shift[pool] else 0
        return there - sum(b for b, p in zip(busy, self.pairs, strict=True) if p.pool == pool)

    def come(self, state: State, c: int) -> tuple[State, str]:
        """Where a contact that arrives goes: to an idle person, into the queue, or away."""
        busy, waiting, away = state
        for i in sorted((i for i, p in enumerate(self.pairs) if p.of_class == c), key=lambda i: self.pairs[i].rank):
            if self.idle(busy, self.pairs[i].pool) > self.pairs[i].reserve:
                return (moved(busy, i, 1), waiting, away), "begun"
        if waiting[c] < self.rooms[c]:
            return (busy, moved(waiting, c, 1), away), "queued"
        return state, "blocked"

    def free(self, state: State, pool: int) -> State:
        """A person who is not counted as busy any more takes the next contact, or none."""
        busy, waiting, away = state
        takes = [name for rank in self.queues.pools[pool].takes for name in rank] or [c.name for c in self.classes]
        mine = [i for i, p in enumerate(self.pairs) if p.pool == pool]
        for i in sorted(mine, key=lambda i: takes.index(self.classes[self.pairs[i].of_class].name)):
            c = self.pairs[i].of_class
            if waiting[c] > 0 and self.idle(busy, pool) > self.pairs[i].reserve:
                return moved(busy, i, 1), moved(waiting, c, -1), away
        return state

    def steps(self, state: State) -> Iterator[Step]:
        """All that may happen in a state."""
        busy, waiting, away = state
        for c in range(len(self.classes)):
            sources = [(self.rates[c], away), (away[c] * self.again_rate[c], moved(away, c, -1))]
            for rate, rest in sources:
                if rate > 0.0:
                    to, kind = self.come((busy, waiting, rest), c)
                    yield from self.split(rate, to, kind, c)
            if waiting[c] * self.patience[c] > 0.0:
                yield from self.split(waiting[c] * self.patience[c], (busy, moved(waiting, c, -1), away), "abandoned", c)
        for i, pair in enumerate(self.pairs):
            if busy[i] > 0:
                left = (moved(busy, i, -1), waiting, away)
                yield Step(busy[i] * pair.rate, self.free(left, pair.pool) if self.on_shift[pair.pool] else left, "served", i)

    def split(self, rate: float, to: State, kind: str, c: int) -> Iterator[Step]:
        """Those turned away or impatient try again with their share, unless too many do already."""
        share = self.again[kind][c] if kind in self.again else 0.0
        if share > 0.0 and to[2][c] < self.most:
            yield Step(rate * share, (to[0], to[1], moved(to[2], c, 1)), kind, c)
            rate *= 1.0 - share
        yield Step(rate, to, kind, c)

    def generator(self) -> sparse.csr_matrix:
        """Rates between states; rows sum to 0."""
        rows, columns, rates = [], [], []
        for i, state in enumerate(self.states):
            for step in self.steps(state):
                rows += [i, i]
                columns += [self.number[step.to], i]
                rates += [step.rate, -step.rate]
        n = len(self.states)
        return sparse.csr_matrix((rates, (rows, columns)), shape=(n, n))


def moved(counts: tuple[int, ...], at: int, by: int) -> tuple[int, ...]:
    return (*counts[:at], counts[at] + by, *counts[at + 1 :])
