"""Jobs whose chunks misbehave, for executors to deal with. They stand here so that fresh processes can import them."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from channelsim.cluster.worker import CannotStore, Job, Receipt
from channelsim.errors import SimulationError
from channelsim.store.shards import write_shard
from channelsim.study.chunks import Chunk

ALTERNATIVES = ("base", "plan")
KEYS = {"base": "k0", "plan": "k1"}


@dataclass(frozen=True)
class Plan(Job):
    """What is to go wrong where; files in `marks` count executions."""

    marks: Path = Path()
    seconds: float = 0.0
    kills: frozenset[tuple[str, int]] = frozenset()  # cells that kill their worker, always
    kills_once: frozenset[int] = frozenset()  # replications whose worker dies the first time
    raises: frozenset[tuple[str, int]] = frozenset()
    unstorable: str = ""

    def worker(self) -> Plain:  # type: ignore[override]
        return Plain(self)


def plan(folder: Path, **words: object) -> Plan:
    marks = folder / "marks"
    marks.mkdir(parents=True, exist_ok=True)
    return Plan(study=None, folder=folder, keys=KEYS, code="", marks=marks, **words)  # type: ignore[arg-type]


class Plain:
    """A worker that simulates nothing."""

    def __init__(self, job: Plan) -> None:
        self.job = job

    def compute(self, chunk: Chunk) -> Receipt:
        job = self.job
        for r in range(chunk.first, chunk.until):
            for a in chunk.alternatives:
                n = len(list(job.marks.glob(f"{a}-{r}-*")))
                (job.marks / f"{a}-{r}-{n}-{os.getpid()}").touch()
                if (a, r) in job.kills or (r in job.kills_once and n == 0 and a == "base"):
                    os.kill(os.getpid(), signal.SIGKILL)
                if (a, r) in job.raises:
                    raise SimulationError("a need was lost", of=f"replication {r} of {a}")
        if job.unstorable:
            raise CannotStore(job.unstorable) from OSError(28, job.unstorable)
        time.sleep(job.seconds)
        rows = [(r, "measure", a, "", "", "wait", r + len(a) / 10) for r in range(chunk.first, chunk.until) for a in chunk.alternatives]
        frame = pd.DataFrame(rows, columns=["replication", "table", "alternative", "baseline", "item", "measure", "value"])
        write_shard(job.shard(chunk), frame, {a: KEYS[a] for a in chunk.alternatives}, (chunk.first, chunk.until))
        return Receipt(job.seconds, os.uname().nodename)
