"""The driver with processes of this machine: whatever happens to workers, everything that can be done is done once."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from channelsim.cli.computing import executor_of
from channelsim.cluster.drive import Course, Stopped, drive
from channelsim.cluster.executor import Executor, Outcome
from channelsim.cluster.local import Inline, Processes
from channelsim.cluster.worker import CannotStore
from channelsim.config.profile import ProfileFile
from channelsim.store import results
from channelsim.store.index import read_index
from channelsim.study.chunks import Geometry, missing
from tests.cluster.jobs import ALTERNATIVES, KEYS, Plan, plan


def driven(job: Plan, executor: Executor, replications: int, in_chunk: int = 2) -> Course:
    course = Course()
    try:
        drive(job, missing(Geometry(in_chunk, (ALTERNATIVES,)), replications, {}), executor, course, lambda chunk: False)
    finally:
        executor.close()
    return course


def cells(folder: Path) -> set[tuple[str, int]]:
    index = read_index(folder, KEYS)
    frame = results.read_cells(index, [(0, 10_000)])
    found = list(zip(frame["alternative"], frame["replication"], strict=True))
    assert len(found) == len(set(found))
    return set(found)


def everything(replications: int) -> set[tuple[str, int]]:
    return {(a, r) for a in ALTERNATIVES for r in range(replications)}


def executions(job: Plan) -> int:
    return len(list(job.marks.iterdir()))


@pytest.mark.parametrize("make", [Inline, lambda job: Processes(job, 3)], ids=["inline", "processes"])
def test_everything_is_done_once(tmp_path: Path, make) -> None:
    job = plan(tmp_path)
    course = driven(job, make(job), 11)
    assert cells(tmp_path) == everything(11) and executions(job) == 22
    assert (course.cells_done, course.again, course.failures) == (22, 0, [])


def test_a_worker_that_dies_is_replaced_and_its_chunk_given_out_again(tmp_path: Path) -> None:
    job = plan(tmp_path, kills_once=frozenset({3, 8}))
    course = driven(job, Processes(job, 2), 12)
    assert cells(tmp_path) == everything(12) and course.again == 2 and not course.failures


def test_a_worker_that_dies_without_work_is_replaced(tmp_path: Path) -> None:
    job = plan(tmp_path)
    executor, killed = Processes(job, 1), []

    def watch(chunk: object) -> bool:
        if chunk is not None and not killed:  # it has just handed in a chunk and has no other
            (pid,) = executor._pools[0]._processes
            os.kill(pid, signal.SIGKILL)
            killed.append(pid)
            time.sleep(0.3)
        return False

    drive(job, missing(Geometry(1, (ALTERNATIVES,)), 5, {}), executor, Course(), watch)
    executor.close()
    assert killed and cells(tmp_path) == everything(5)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_cell_that_kills_its_worker_is_set_aside_and_named_and_nothing_else_is(tmp_path: Path, workers: int) -> None:
    job = plan(tmp_path, kills=frozenset({("plan", 5)}))
    executor, course = executor_of("local", job, workers, ProfileFile(profile="p")), Course()
    try:
        drive(job, missing(Geometry(2, (("plan",),)), 12, {}), executor, course, lambda chunk: False)
    finally:
        executor.close()
    assert cells(tmp_path) == {("plan", r) for r in range(12)} - {("plan", 5)}
    (failure,) = course.failures
    assert failure.chunk.alternatives == ("plan",) and failure.chunk.first == 5 and "killed its worker 3 times" in failure.why
    assert len(list(job.marks.glob("plan-5-*"))) == 2 * 3  # the chunk, then the cell: three tries each


@pytest.mark.parametrize("make", [Inline, lambda job: Processes(job, 2)], ids=["inline", "processes"])
def test_a_cell_that_stops_is_tried_no_more_and_named(tmp_path: Path, make) -> None:
    job = plan(tmp_path, raises=frozenset({("base", 2), ("plan", 9)}))
    course = driven(job, make(job), 12, in_chunk=3)
    assert cells(tmp_path) == everything(12) - {("base", 2), ("plan", 9)}
    assert {f.why for f in course.failures} == {f"replication {r} of {a} stopped: a need was lost" for a, r in job.raises}


def test_a_full_disk_stops_the_run_and_blames_no_chunk(tmp_path: Path) -> None:
    job = plan(tmp_path, unstorable="No space left on device")
    with pytest.raises(Stopped, match="No space left"):
        driven(job, Processes(job, 2), 12)


def test_never_more_in_flight_than_the_window(tmp_path: Path) -> None:
    job = plan(tmp_path)
    course, seen = Course(), []
    executor = Inline(job)
    executor.window = 1
    chunks = missing(Geometry(1, (ALTERNATIVES,)), 50, {})
    drive(job, chunks, executor, course, lambda chunk: bool(seen.append(len(course.running))))
    assert max(seen) <= 1 and course.cells_done == 100


def test_enough_is_enough(tmp_path: Path) -> None:
    job = plan(tmp_path)
    course = Course()
    drive(job, missing(Geometry(1, (ALTERNATIVES,)), 50, {}), Inline(job), course, lambda chunk: course.cells_done >= 20)
    assert course.cells_done == 20


class TwoNodes(Inline):
    """Every other chunk goes to a node that cannot reach the folder, until it is retired."""

    def __init__(self, job: Plan) -> None:
        super().__init__(job)
        self.n, self.retired = 0, []

    def wait(self, timeout_s: float) -> list[Outcome]:
        self.n += 1
        if self.n % 2 and not self.retired:
            return [Outcome(self._taken.pop(), "raised", CannotStore("no such folder"), "node7")]
        return super().wait(timeout_s)

    def retire(self, node: str) -> bool:
        self.retired.append(node)
        return True


def test_a_node_that_fails_three_times_is_named_and_no_chunk_is_blamed(tmp_path: Path) -> None:
    executor = TwoNodes(plan(tmp_path))
    course = driven(executor.job, executor, 12)
    assert cells(tmp_path) == everything(12) and not course.failures
    assert course.bad_nodes == executor.retired == ["node7"] and course.again == 3


def test_the_only_node_stops_the_run(tmp_path: Path) -> None:
    executor = TwoNodes(plan(tmp_path))
    executor.retire = lambda node: False  # type: ignore[method-assign]
    with pytest.raises(Stopped, match="node7: no such folder"):
        driven(executor.job, executor, 12)
