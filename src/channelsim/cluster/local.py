"""The embedded default: processes of this machine, each in a pool of its own.

One pool for all would break as a whole when a process dies, and nobody would know whose chunk it was.
"""

from __future__ import annotations

import os
import signal
import threading
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process

from channelsim.cluster.executor import Outcome
from channelsim.cluster.worker import Job, Receipt, Worker
from channelsim.study.chunks import Chunk

_job: Job | None = None
_worker: Worker | None = None


class Inline:
    """No worker but this process: a debugger reaches everything, and a chunk that kills its worker kills the run."""

    name, window, blames_exactly = "local", 1, True

    def __init__(self, job: Job) -> None:
        self.job = job
        self._worker: Worker | None = None
        self._taken: list[Chunk] = []

    def submit(self, chunk: Chunk) -> None:
        """Keep it for `wait`."""
        self._taken.append(chunk)

    def wait(self, timeout_s: float) -> list[Outcome]:
        """Compute what was taken."""
        chunk = self._taken.pop()
        try:
            self._worker = self._worker or self.job.worker()
            receipt = self._worker.compute(chunk)
        except Exception as error:
            return [Outcome(chunk, "raised", error, os.uname().nodename)]
        return [Outcome(chunk, "done", None, receipt.node, receipt.seconds)]

    def retire(self, node: str) -> bool:
        """There is no other."""
        return False

    def close(self) -> None:
        """Nothing to let go of."""


def _begin(job: Job) -> None:
    """In a worker: Ctrl-C is the parent's to handle; without the parent there is nobody to work for."""
    global _job
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _job = job


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _compute(chunk: Chunk) -> Receipt:
    global _worker
    assert _job is not None
    _worker = _worker or _job.worker()
    return _worker.compute(chunk)


class Processes:
    """Fresh processes of this machine."""

    name, blames_exactly = "local", True

    def __init__(self, job: Job, workers: int) -> None:
        self.job, self.window = job, workers
        self._pools: list[ProcessPoolExecutor | None] = [None] * workers
        self._idle = list(range(workers))
        self._running: dict[Future[Receipt], tuple[int, Chunk]] = {}

    def submit(self, chunk: Chunk) -> None:
        """Give it to an idle process; to a fresh one, if that has died without work."""
        place = self._idle.pop()
        try:
            future = (self._pools[place] or self._fresh(place)).submit(_compute, chunk)
        except BrokenProcessPool:
            future = self._fresh(place).submit(_compute, chunk)
        self._running[future] = place, chunk

    def _fresh(self, place: int) -> ProcessPoolExecutor:
        old = self._pools[place]
        if old is not None:
            old.shutdown(wait=False)
        pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_begin, initargs=(self.job,))
        self._pools[place] = pool
        return pool

    def wait(self, timeout_s: float) -> list[Outcome]:
        """Chunks that have ended; the place of a process that died gets a new one."""
        done, _ = wait(self._running, timeout_s, return_when=FIRST_COMPLETED)
        outcomes = []
        for future in done:
            place, chunk = self._running.pop(future)
            self._idle.append(place)
            error = future.exception()
            if error is None:
                receipt = future.result()
                outcomes.append(Outcome(chunk, "done", None, receipt.node, receipt.seconds))
            elif isinstance(error, BrokenProcessPool):
                self._fresh(place)
                outcomes.append(Outcome(chunk, "killed", error, os.uname().nodename))
            else:
                outcomes.append(Outcome(chunk, "raised", error, os.uname().nodename))
        return outcomes

    def retire(self, node: str) -> bool:
        """There is no other node."""
        return False

    def close(self) -> None:
        """End the processes at once: a shard is whole or not there, so that nothing is lost but what they are at."""
        for pool in self._pools:
            if pool is not None:
                for child in list((pool._processes or {}).values()):
                    child.terminate()
                pool.shutdown(wait=True, cancel_futures=True)
