"""Looks on while a study is computed: the bar, progress.json, compaction, the lock, and whether it is precise enough."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from channelsim.cli.many import CONSOLE
from channelsim.cluster.drive import Course
from channelsim.cluster.looks import Looks
from channelsim.store import results
from channelsim.store.compact import compact
from channelsim.store.index import Growing, Index, read_index
from channelsim.store.lock import FolderLock
from channelsim.study.chunks import Chunk, Geometry

if TYPE_CHECKING:
    from channelsim.cli.sweep import Sweep

COMPACT_EVERY = 2000  # shards
TELL_S = 2.0  # between two versions of progress.json


class Watch:
    """Told of every chunk that is done, or to look for itself at what others have put into the folder."""

    def __init__(self, sweep: Sweep, executor: str, lock: FolderLock, shape: Geometry, course: Course, max_s: float = float("inf")) -> None:
        self.sweep, self.executor, self.lock, self.shape, self.course, self.max_s = sweep, executor, lock, shape, course, max_s
        self.spent = False
        self.wanted, self.before = sweep.n_wanted, sweep.index.n_cells(sweep.study.replications)
        self.start = self.told = time.monotonic()
        self.stopped_at = self.lines = self.n_small = 0
        self.looks = Looks(sweep.study, sweep.out, sweep.job.keys, sweep.precision)
        self.index = Index(sweep.job.keys, {name: list(s) for name, s in sweep.index.done.items()})
        self.growing = Growing(sweep.out, self.index)

    @contextmanager
    def bar(self) -> Iterator[None]:
        """A bar in a terminal, lines in a log."""
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
        with Progress(*columns, console=CONSOLE, disable=not sys.stdout.isatty()) as self.progress:
            self.task = self.progress.add_task("runs", total=self.wanted, completed=self.before)
            yield

    def __call__(self, chunk: Chunk | None) -> bool:
        """A chunk is done, or a second has passed; True: it is enough."""
        self.lock.check()
        if chunk is not None:
            for alternative in chunk.alternatives:
                self.index.note(alternative, (chunk.first, chunk.until))
            self.n_small += 1
            self._show()
        if time.monotonic() - self.told > TELL_S:
            self.tell()
        return bool(self.stopped_at) or self.out_of_time() or (chunk is not None and self.enough())

    def out_of_time(self) -> bool:
        """Is the budget of time spent? What is at work is finished; replications that are whole by then count."""
        if time.monotonic() - self.start <= self.max_s:
            return False
        if not self.spent:
            self.spent = True
            CONSOLE.print(f"the budget of {duration(self.max_s)} is spent: no more runs are begun")
        return True

    def complete(self) -> int:
        """Replications from the first on that every alternative has."""
        whole = self.index.complete(self.sweep.study.replications)
        return whole[0][1] if whole and whole[0][0] == 0 else 0

    def look(self) -> bool:
        """See what others have done since; True: it is enough."""
        self.lock.check()
        self.growing.update()
        self.course.cells_done = self.index.n_cells(self.sweep.study.replications) - self.before
        self.n_small, self.growing.n_new = self.n_small + self.growing.n_new, 0
        self._show()
        if time.monotonic() - self.told > TELL_S:
            self.tell()
        return self.out_of_time() or self.enough()

    def _show(self) -> None:
        if self.n_small >= COMPACT_EVERY:
            self.compact()
        done = self.before + self.course.cells_done
        self.progress.update(self.task, completed=done)
        if not sys.stdout.isatty() and 10 * done // self.wanted > self.lines:
            self.lines = 10 * done // self.wanted
            print(f"{done} of {self.wanted} runs, {self._left()}", flush=True)

    def compact(self) -> None:
        """Put the small shards together while more are being made, so that a folder never holds millions."""
        self.n_small = 0
        compact(self.sweep.out, read_index(self.sweep.out, self.sweep.job.keys, verify=False))

    def _left(self) -> str:
        rate = self.course.cells_done / max(time.monotonic() - self.start, 1e-9)
        left_s = (self.wanted - self.before - self.course.cells_done) / rate if rate else float("inf")
        return f"{rate:.3g} a second, {duration(left_s)} left"

    def enough(self) -> bool:
        """Has a look been reached at which everything is known precisely enough?"""
        if not self.stopped_at and (look := self.looks.reached(self.index)):
            self.stopped_at = look
            CONSOLE.print(f"precise enough after {look} replications")
        return bool(self.stopped_at)

    def tell(self) -> None:
        """Write progress.json for whoever looks on."""
        self.told = time.monotonic()
        shape = {
            "in_chunk": self.shape.replications, "groups": self.shape.groups, "keys": sorted(self.sweep.job.keys.values()),
            "for": [self.sweep.study.replications, self.sweep.workers],
        }  # fmt: skip
        content: dict[str, Any] = {
            "executor": self.executor, "workers": self.sweep.workers, "host": os.uname().nodename, "pid": os.getpid(),
            "cells_wanted": self.wanted, "cells_before": self.before, "cells_done": self.course.cells_done,
            "seconds": self.told - self.start, "running": [str(c) for c in self.course.running], "given_out_again": self.course.again,
            "failed": [str(f.chunk) for f in self.course.failures], "bad_nodes": self.course.bad_nodes, "geometry": shape,
        }  # fmt: skip
        try:
            results.write_json(self.sweep.out / results.PROGRESS, content)
        except OSError:
            return  # looking on is no reason to stop; a shard that cannot be written is


def duration(seconds: float) -> str:
    """About how long, for a person."""
    if seconds == float("inf"):
        return "unknown time"
    for size, word in ((86400.0, "days"), (3600.0, "hours"), (60.0, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.1f} {word}"
    return f"{seconds:.0f} s"
