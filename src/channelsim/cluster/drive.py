"""Keeps workers at work until every chunk is done or set aside.

A shard that stands is done, whatever was heard of it. A chunk that killed its worker three times, or raised, is halved until
the cell at fault is alone; that cell is set aside and named, and everything else is computed. Where several chunks may
have killed a worker, each of them gets a last try by itself.
"""

from __future__ import annotations

import errno
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from channelsim.cluster.executor import Executor, Outcome
from channelsim.cluster.worker import CannotStore, Job, OtherCode
from channelsim.errors import SimulationError
from channelsim.store.shards import Damaged, checked
from channelsim.study.chunks import Chunk

STRIKES = 3
NODE_FAULTS = 3
FOLDER_FAULTS = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES)


class Stopped(Exception):
    """The run cannot go on; the folder can be continued."""


@dataclass(frozen=True)
class Failure:
    """A chunk that was set aside."""

    chunk: Chunk
    why: str
    error: BaseException | None = None


@dataclass
class Course:
    """How a run has gone so far."""

    cells_done: int = 0
    running: dict[Chunk, None] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    bad_nodes: list[str] = field(default_factory=list)
    again: int = 0  # chunks that were given out again
    busy_s: float = 0.0  # seconds of work in chunks


def drive(job: Job, chunks: Iterator[Chunk], executor: Executor, course: Course, watch: Callable[[Chunk | None], bool]) -> None:
    """Run chunks until none is left.

    Parameters
    ----------
    job : Job
        What they belong to.
    chunks : iterator of Chunk
        Taken one by one, as there is room.
    executor : Executor
        Who computes them.
    course : Course
        Is brought up to date.
    watch : callable
        Called with each chunk that is done, and with None at least every second; True: no more new chunks.
    """
    _Drive(job, chunks, executor, course, watch).run()


class _Drive:
    def __init__(
        self, job: Job, chunks: Iterator[Chunk], executor: Executor, course: Course, watch: Callable[[Chunk | None], bool]
    ) -> None:
        self.job, self.chunks, self.executor, self.course, self.watch = job, chunks, executor, course, watch
        self.next: deque[Chunk] = deque()
        self.suspects: deque[Chunk] = deque()
        self.strikes: Counter[Chunk] = Counter()
        self.faults: Counter[str] = Counter()
        self.alone: Chunk | None = None
        self.enough = False

    def run(self) -> None:
        running = self.course.running
        while True:
            while len(running) < self.executor.window and self.alone is None and (chunk := self._take()) is not None:
                running[chunk] = None
                self.executor.submit(chunk)
            if not running:
                if not self.suspects:
                    return
                self.alone = self.suspects.popleft()
                running[self.alone] = None
                self.executor.submit(self.alone)
            for outcome in self.executor.wait(1.0):
                running.pop(outcome.chunk, None)
                self._judge(outcome)
            self.enough = self.watch(None) or self.enough

    def _take(self) -> Chunk | None:
        if self.next:
            return self.next.popleft()
        return None if self.enough else next(self.chunks, None)

    def _judge(self, o: Outcome) -> None:
        was_alone, self.alone = self.alone == o.chunk, None
        if o.state == "done" or self._stands(o.chunk):
            self.course.cells_done += o.chunk.n_cells
            self.course.busy_s += o.seconds
            self.enough = self.watch(o.chunk) or self.enough
        elif o.state == "lost":
            self._again(o.chunk)
        elif o.state == "killed":
            self.strikes[o.chunk] += 1
            if self.executor.blames_exactly and self.strikes[o.chunk] < STRIKES:
                self._again(o.chunk)
            elif self.executor.blames_exactly or was_alone:
                self._divide(o.chunk, f"killed its worker {STRIKES} times", o.error, self.executor.blames_exactly)
            else:
                self.course.again += 1
                self.suspects.append(o.chunk)
        elif isinstance(o.error, SimulationError):
            self._divide(o.chunk, str(o.error.of or o.chunk) + f" stopped: {o.error.what}", o.error, True)
        elif isinstance(o.error, (CannotStore, OtherCode, ImportError, OSError)):
            self._blame_node(o)
        else:
            self._divide(o.chunk, f"raised {type(o.error).__name__}: {o.error}", o.error, True)

    def _stands(self, chunk: Chunk) -> bool:
        try:
            checked(self.job.shard(chunk).read_bytes())
        except (OSError, Damaged):
            return False
        return True

    def _again(self, chunk: Chunk) -> None:
        self.course.again += 1
        self.next.append(chunk)

    def _divide(self, chunk: Chunk, why: str, error: BaseException | None, among_others: bool) -> None:
        if chunk.n_cells == 1:
            self.course.failures.append(Failure(chunk, why, error))
            return
        self.course.again += 1
        (self.next if among_others else self.suspects).extend(chunk.halves())

    def _blame_node(self, o: Outcome) -> None:
        cause = o.error.__cause__ if isinstance(o.error, CannotStore) else o.error
        if isinstance(cause, OSError) and cause.errno in FOLDER_FAULTS:
            raise Stopped(f"the results folder takes no more: {o.error}")
        self.faults[o.node] += 1
        if self.faults[o.node] >= NODE_FAULTS and o.node not in self.course.bad_nodes:
            if not self.executor.retire(o.node):
                raise Stopped(f"node {o.node}: {o.error}")
            self.course.bad_nodes.append(o.node)
        self._again(o.chunk)
