"""Runs the replications of a study on all cores, and goes on where an earlier run stopped.

A task is one replication with all alternatives. Workers are fresh processes; the parent compiles the kernels
first, so that they only load them. What a replication gives depends on nothing but the study and its number.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from multiprocessing import get_context

import pandas as pd

from channelsim.study.design import Study
from channelsim.study.replicate import Replicator

WINDOW_PER_WORKER = 2  # tasks in flight: memory does not grow with their number

_replicator: Replicator | None = None


def _begin(study: Study) -> None:
    """In a worker: make the worlds once. Ctrl-C is the parent's to handle."""
    global _replicator
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _replicator = Replicator(study)


def _replicate(replication: int) -> tuple[int, pd.DataFrame]:
    assert _replicator is not None
    return replication, _replicator.run(replication)


def replicate_all(
    study: Study, replications: list[int], workers: int, started: Callable[[], None] = lambda: None
) -> Iterator[tuple[int, pd.DataFrame]]:
    """Yield (replication, table) as they finish.

    Parameters
    ----------
    study : Study
        What is run.
    replications : list of int
        Which replications are wanted.
    workers : int
        Processes; 1 runs in this process.
    started : callable
        Called once kernels are ready.
    """
    if not replications:
        return
    if workers <= 1:
        replicator = Replicator(study)
        started()
        for replication in replications:
            yield replication, replicator.run(replication)
        return
    _warm_up(study)
    started()
    todo = iter(replications)
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_begin, initargs=(study,)) as pool:
        running: set[Future[tuple[int, pd.DataFrame]]] = set()
        try:
            while True:
                while len(running) < workers * WINDOW_PER_WORKER and (task := next(todo, None)) is not None:
                    running.add(pool.submit(_replicate, task))
                if not running:
                    return
                done, running = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    yield future.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _warm_up(study: Study) -> None:
    """Compile the kernels once, in this process, before workers need them."""
    from channelsim.simulate import simulate, weeks

    simulate(study.world(study.alternatives[0]), study.seed, 0, weeks(0, 1, 0), study.engine)
