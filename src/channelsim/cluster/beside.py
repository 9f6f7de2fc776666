"""Replications of alternatives beside the design, which searches try one after the other, on the workers of the study.

One try is one alternative on all its replications; these are cut into chunks as a study is, so that every worker has its
part of each try. Numbers travel as shards in a folder of their own, which is emptied when the try has been read: what stays is
the table that `store.more` keeps.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator

import pandas as pd
import pyarrow as pa

from channelsim.cluster.drive import Course, drive
from channelsim.cluster.executor import Executor
from channelsim.cluster.worker import BESIDE, Job
from channelsim.errors import SimulationError
from channelsim.store.shards import LABELS, read_shard
from channelsim.study.chunks import Chunk
from channelsim.study.design import Study
from channelsim.study.intervals import Stretch, merged

CHUNKS_PER_WORKER = 2


class Beside:
    """Runs what searches ask for; the executor is started by the first try and serves all of them.

    Parameters
    ----------
    job : Job
        The study's own.
    start : callable
        Makes the executor.
    watch : callable
        Called at least every second and after each chunk; it may raise to stop.
    """

    def __init__(self, job: Job, start: Callable[[], Executor], watch: Callable[[], None]) -> None:
        self.job, self.start, self.watch = job, start, watch
        self.executor: Executor | None = None

    def __call__(self, alone: Study, name: str, replications: list[int]) -> pd.DataFrame:
        """The long table of one alternative in some replications.

        Raises
        ------
        SimulationError
            If a replication had to stop.
        """
        self.executor = self.executor or self.start()
        size = max(1, -(-len(replications) // (CHUNKS_PER_WORKER * self.executor.window)))
        chunks = [Chunk((name,), first, until, alone.chosen) for first, until in pieces(replications, size)]
        course = Course()
        drive(self.job, iter(chunks), self.executor, course, self._told)
        if course.failures:
            failure = course.failures[0]
            raise failure.error if isinstance(failure.error, SimulationError) else RuntimeError(f"{failure.chunk}: {failure.why}")
        tables = [read_shard(self.job.shard(chunk)) for chunk in chunks]
        shutil.rmtree(self.job.folder / BESIDE)
        frame: pd.DataFrame = pa.concat_tables(tables).to_pandas()
        return frame.astype(dict.fromkeys(LABELS, object)).sort_values("replication", kind="stable").reset_index(drop=True)

    def _told(self, chunk: Chunk | None) -> bool:
        self.watch()
        return False

    def close(self) -> None:
        """Let go of the workers, and of what a try that was stopped has left."""
        if self.executor:
            self.executor.close()
            self.executor = None
        shutil.rmtree(self.job.folder / BESIDE, ignore_errors=True)


def pieces(replications: list[int], size: int) -> Iterator[Stretch]:
    """Stretches of at most so many replications."""
    for first, until in merged((r, r + 1) for r in replications):
        yield from ((a, min(a + size, until)) for a in range(first, until, size))
