"""What a worker does, wherever it is: compute a chunk and put its shard into the folder. Nothing large travels back."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from channelsim.compiled import cache_folder
from channelsim.simulate import simulate, weeks
from channelsim.store.index import SHARDS
from channelsim.store.shards import write_shard
from channelsim.study.chunks import Chunk
from channelsim.study.design import Alternative, Study
from channelsim.study.keys import code_digest, key_of, parts_of
from channelsim.study.replicate import Replicator

BESIDE = "searching"  # folder of shards that searches read and take away
ONE_THREAD = "export OMP_NUM_THREADS=1 MKL_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 NUMBA_NUM_THREADS=1"  # for job scripts


class CannotStore(Exception):
    """A shard that could not be written: the folder's fault or the node's, never the chunk's."""


class OtherCode(Exception):
    """A worker whose channelsim is another version than the client's: its numbers would have a wrong key."""


@dataclass(frozen=True)
class Job:
    """All that a worker must know."""

    study: Study
    folder: Path  # as every worker sees it
    keys: Mapping[str, str]  # alternative -> key
    code: str

    def worker(self) -> Worker:
        """Ready to compute."""
        return Worker(self)

    def shard(self, chunk: Chunk) -> Path:
        """Where the numbers of a chunk stand."""
        job = self.of(chunk)
        return job.folder / SHARDS / chunk.name(job.keys)

    def of(self, chunk: Chunk) -> Job:
        """The job that a chunk belongs to: this one, or that of what a search tries."""
        if not chunk.beside:
            return self
        study = replace(self.study, chosen=chunk.beside, analyses=())
        keys = {name: key_of(parts) for name, parts in parts_of(study).items()}
        return Job(study, self.folder / BESIDE, keys, self.code)


@dataclass(frozen=True)
class Receipt:
    """What comes back of a chunk."""

    seconds: float
    node: str


class Worker:
    """Computes chunks of one job; makes the worlds once."""

    def __init__(self, job: Job) -> None:
        if code_digest() != job.code:
            raise OtherCode(f"channelsim on {os.uname().nodename} is not the version that runs the study: install the same on all nodes")
        self.job = job
        warm_up(job.study)
        self.made: dict[tuple[Alternative, ...], tuple[Job, Replicator]] = {}  # the study, and what a search tried last

    def compute(self, chunk: Chunk) -> Receipt:
        """Run a chunk and store it."""
        start = time.perf_counter()
        job, replicator = self._ready(chunk)
        frames = [replicator.run(r, chunk.alternatives) for r in range(chunk.first, chunk.until)]
        frame = pd.concat(frames, ignore_index=True)
        keys = {name: job.keys[name] for name in chunk.alternatives}
        try:
            path = job.folder / SHARDS / chunk.name(job.keys)
            write_shard(path, frame, keys, (chunk.first, chunk.until))
        except OSError as error:
            raise CannotStore(f"{error.strerror or error} ({self.job.folder} on {os.uname().nodename})") from error
        return Receipt(time.perf_counter() - start, os.uname().nodename)

    def _ready(self, chunk: Chunk) -> tuple[Job, Replicator]:
        if chunk.beside not in self.made:
            for tried in [beside for beside in self.made if beside]:
                del self.made[tried]
            job = self.job.of(chunk)
            self.made[chunk.beside] = job, Replicator(job.study)
        return self.made[chunk.beside]


def warm_up(study: Study) -> float:
    """Have the kernels compiled once on this node, and return the seconds that a short run then takes.

    The first process compiles while the others wait for its lock, then they load what it left in the cache; without the
    lock each of them would compile.
    """
    world = study.world(study.alternatives[0])
    window = weeks(0, min(4, study.window.n_weeks), 0)
    with (cache_folder() / ".warming").open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        simulate(world, study.seed, 0, window, study.engine, keep_accounts=bool(study.contrasts))
    start = time.perf_counter()
    simulate(world, study.seed, 0, window, study.engine, keep_accounts=bool(study.contrasts))
    return time.perf_counter() - start


def replication_s(study: Study, short_run_s: float) -> float:
    """About how long all alternatives of one replication take, from the short run of `warm_up`."""
    return short_run_s * study.window.n_weeks / min(4, study.window.n_weeks) * len(study.alternatives)
