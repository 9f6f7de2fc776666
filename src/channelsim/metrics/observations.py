"""One replication of a world of queues and pools as columns of contacts and customers, cut into batches."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from channelsim.metrics.scheduled import minutes_since
from channelsim.rules import state as S
from channelsim.scenario.expected import Wanted
from channelsim.scenario.queues import Queues
from channelsim.scenario.tables import BALKED, BLOCKED, CALLED_BACK, CLOSED_TO, COMPLETED, NO_SHOW, NO_SLOT, SERVED
from channelsim.trajectory.values import Trajectory

NEVER_CAME = (NO_SHOW, NO_SLOT, CLOSED_TO)
NEVER_QUEUED = (BLOCKED, BALKED, CALLED_BACK)


@dataclass(frozen=True, eq=False)
class Observed:
    """One replication: its contacts and customers as columns, and the edges of its batches."""

    queues: Queues
    seed: int
    replication: int
    edges: np.ndarray
    of_class: np.ndarray
    outcome: np.ndarray
    pool: np.ndarray
    need: np.ndarray
    since: np.ndarray  # asked for an appointment, or set out
    came: np.ndarray
    left_queue: np.ndarray
    ended: np.ndarray
    trip_min: np.ndarray  # one way, of those who made one
    after_work: np.ndarray  # minutes that a person is busy after it has ended
    begun: np.ndarray  # bool: somebody, or the customer himself, began it
    worked_min: np.ndarray  # by staff
    need_id: np.ndarray  # customers, sorted; each with the arrival and class of the first contact, and the last exit
    arose: np.ndarray
    finished: np.ndarray
    first_class: np.ndarray

    @property
    def n_batches(self) -> int:
        return len(self.edges) - 1

    @property
    def served(self) -> np.ndarray:
        return np.asarray((self.outcome == SERVED) | (self.outcome == COMPLETED))

    @property
    def queued(self) -> np.ndarray:
        """Not begun at once and not turned away: these stood in a queue."""
        return np.asarray(~np.isin(self.outcome, NEVER_QUEUED) & ~(self.begun & (self.left_queue == self.came)))

    def chosen(self, wanted: Wanted) -> np.ndarray:
        """Contacts of the classes, and served by the pool, that a measure speaks of."""
        chosen = self.of(wanted) & self.there
        return np.asarray(chosen if wanted.classes else chosen & ~self.is_casework)

    def of(self, wanted: Wanted) -> np.ndarray:
        """All that is on record of the classes and the pool: casework and those who never came too."""
        of = np.ones(len(self.came), bool)
        if wanted.classes:
            of &= np.isin(self.of_class, [self.class_number(c) for c in wanted.classes])
        if wanted.pool:
            of &= self.pool == self.pool_number(wanted.pool)
        return of

    @property
    def there(self) -> np.ndarray:
        """Contacts that were made: those who miss their hour, or find none, never come."""
        return np.asarray(~np.isin(self.outcome, NEVER_CAME))

    @property
    def is_casework(self) -> np.ndarray:
        """Items of work that no customer waits for."""
        return np.isin(self.of_class, [i for i, c in enumerate(self.queues.classes) if c.casework])

    def class_number(self, name: str) -> int:
        return next(i for i, c in enumerate(self.queues.classes) if c.name == name)

    def pool_number(self, name: str) -> int:
        return next(i for i, p in enumerate(self.queues.pools) if p.name == name)

    def by_batch(self, moments: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
        """Sum of weights (or number) of the moments in each batch, its start included and its end not."""
        batch = np.searchsorted(self.edges, moments, side="right") - 1
        inside = (batch >= 0) & (batch < self.n_batches)
        return np.bincount(batch[inside], None if weights is None else weights[inside], self.n_batches).astype(float)

    def between(self, from_min: float, to_min: float | None) -> Observed:
        """The same with a cell for the stretch of each batch between two of its minutes, and one for what lies between two stretches."""
        first = self.edges[:-1] + from_min
        last = self.edges[1:] if to_min is None else np.minimum(self.edges[:-1] + to_min, self.edges[1:])
        return replace(self, edges=np.column_stack([first, last]).ravel())

    def area(self, start: np.ndarray, end: np.ndarray) -> np.ndarray:
        """Minutes between starts and ends that fall into each batch."""
        return np.diff(minutes_since(start, self.edges) - minutes_since(end, self.edges))


def observed(run: Trajectory, queues: Queues, batch_min: float | None) -> Observed:
    """The contacts of a run with records, cut into batches of `batch_min` (none: the window is one batch)."""
    if run.records is None or run.record_times is None or run.record_needs is None:
        raise ValueError("the run must keep its records")
    length = run.end_min - run.start_min
    n = 1 if batch_min is None else max(1, int(length / batch_min + 1e-9))
    edges = run.start_min + (length if batch_min is None else batch_min) * np.arange(n + 1)
    kept = run.records[:, S.REC_CLASS] >= 0
    records, times = run.records[kept], run.record_times[kept]
    begun = times[:, S.REC_STARTED] >= 0.0
    need, came, ended = run.record_needs[kept], times[:, S.REC_QUEUED], times[:, S.REC_ENDED]
    casework = [i for i, c in enumerate(queues.classes) if c.casework]
    order = np.lexsort((came, need))
    order = order[~np.isin(records[order, S.REC_CLASS], casework)]  # a customer is gone when the paper work begins
    need_id, first = np.unique(need[order], return_index=True)
    return Observed(
        queues, run.seed, run.replication, edges,
        of_class=records[:, S.REC_CLASS], outcome=records[:, S.REC_OUTCOME], pool=records[:, S.REC_POOL],
        need=need, came=came, since=times[:, S.REC_SINCE],
        left_queue=np.where(begun, times[:, S.REC_STARTED], ended), ended=ended, begun=begun,
        trip_min=times[:, S.REC_TRIP], after_work=times[:, S.REC_AFTER_WORK], worked_min=times[:, S.REC_WORKED],
        need_id=need_id, arose=came[order][first], finished=np.maximum.reduceat(ended[order], first) if len(first) else ended[:0],
        first_class=records[order, S.REC_CLASS][first],
    )  # fmt: skip


def complete(run: Trajectory, seen: Observed, follow_up_min: float) -> bool:
    """Whether every contact offered in the window has its record, and its customers have come to rest.

    A customer who will come again leaves no record until then: where contacts may follow one another, nobody of the
    window may have left in the second half of the follow-up.
    """
    inside = seen.there & (seen.came >= run.start_min) & (seen.came < run.end_min)
    recorded = np.bincount(seen.of_class[inside], minlength=len(run.tally.class_tally))
    if not (recorded == run.tally.class_tally[:, S.OFFERED]).all():
        return False
    if run.n_open == 0 or not any(c.after or c.moves_on or c.call_back or c.unreached for c in seen.queues.classes):
        return True
    customers = (seen.arose >= run.start_min) & (seen.arose < run.end_min)
    return bool((seen.finished[customers] < run.end_min + follow_up_min / 2.0).all())
