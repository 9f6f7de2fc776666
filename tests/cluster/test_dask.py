"""A real Dask scheduler with real workers: the same faults, the same answer."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from channelsim.cluster.dask_workers import DaskWorkers, dask_workers, refuse_bare
from channelsim.cluster.drive import Course, Stopped, drive
from channelsim.config.profile import DaskPart, load_profile
from channelsim.errors import ConfigError
from channelsim.study.chunks import Chunk, Geometry, missing
from tests.cluster.jobs import ALTERNATIVES, plan
from tests.cluster.test_local import cells, driven, everything, executions


@pytest.fixture(autouse=True)
def not_for_ever():
    """A cluster without workers waits for them; a test does not."""
    signal.signal(signal.SIGALRM, lambda *a: (_ for _ in ()).throw(TimeoutError("the test takes too long")))
    signal.alarm(300)
    yield
    signal.alarm(0)


def start(job, workers: int = 2) -> DaskWorkers:
    return dask_workers(job, workers, DaskPart())


def test_everything_is_done_once(tmp_path: Path) -> None:
    job = plan(tmp_path)
    course = driven(job, start(job), 40, in_chunk=1)
    assert cells(tmp_path) == everything(40) and executions(job) == 80
    assert (course.cells_done, course.again, course.failures) == (80, 0, [])


def test_a_cell_that_kills_its_worker_is_set_aside_and_no_bystander_is(tmp_path: Path) -> None:
    job = plan(tmp_path, kills=frozenset({("plan", 5)}), raises=frozenset({("plan", 9)}))
    executor, course = start(job), Course()
    try:
        drive(job, missing(Geometry(1, (("plan",),)), 12, {}), executor, course, lambda chunk: False)
    finally:
        executor.close()
    assert cells(tmp_path) == {("plan", r) for r in range(12)} - {("plan", 5), ("plan", 9)}
    why = {f.chunk.first: f.why for f in course.failures}
    assert "killed its worker" in why.pop(5) and "stopped: a need was lost" in why.pop(9) and not why


def test_a_worker_that_is_killed_costs_nothing(tmp_path: Path) -> None:
    job = plan(tmp_path, seconds=0.02)
    executor = start(job)
    killed: list[int] = []

    def watch(chunk: object) -> bool:
        if chunk is not None and not killed and len(list(job.marks.iterdir())) > 20:
            pids = list(executor.client.run(os.getpid).values())
            os.kill(pids[0], signal.SIGKILL)
            killed.append(pids[0])
        return False

    course = Course()
    try:
        drive(job, missing(Geometry(1, (ALTERNATIVES,)), 60, {}), executor, course, watch)
    finally:
        executor.close()
    assert killed and cells(tmp_path) == everything(60) and not course.failures


def test_a_receipt_that_died_with_its_worker_is_not_waited_for(tmp_path: Path) -> None:
    def never(timeout: float | None = None) -> object:
        raise TimeoutError if timeout else AssertionError("waits for ever")

    future = SimpleNamespace(status="finished", result=never)
    assert DaskWorkers._outcome(None, future, Chunk(("plan",), 0, 1)).state == "lost"  # type: ignore[arg-type]


def test_a_scheduler_that_dies_stops_the_run_and_what_is_left_can_be_done(tmp_path: Path) -> None:
    port = 18786 + os.getpid() % 1000
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"]
    worker = [sys.executable, "-m", "distributed.cli.dask_worker", f"tcp://127.0.0.1:{port}", "--nthreads", "1", "--no-dashboard", "--local-directory", str(tmp_path)]  # fmt: skip
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": environment}
    scheduler = subprocess.Popen(command, **quiet)
    workers = subprocess.Popen(worker, **quiet)
    try:
        job = plan(tmp_path, seconds=0.1)
        part = DaskPart(address=f"tcp://127.0.0.1:{port}")
        executor = dask_workers(job, 1, part)
        begun = time.monotonic()

        def watch(chunk: object) -> bool:
            assert time.monotonic() - begun < 120, "nothing happens"
            if time.monotonic() - begun > 1.0 and len(list(job.marks.iterdir())) > 4:
                scheduler.kill()
            return False

        with pytest.raises(Stopped, match="scheduler is gone"):
            try:
                drive(job, missing(Geometry(1, (ALTERNATIVES,)), 400, {}), executor, Course(), watch)
            finally:
                executor.close()
        assert cells(tmp_path)  # what was done before stands
    finally:
        for process in (workers, scheduler):
            process.kill()
            process.wait()


def test_a_scheduler_elsewhere_needs_tls(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="whoever reaches a bare Dask port"):
        refuse_bare(DaskPart(address="tcp://192.0.2.1:8786"))
    with pytest.raises(ConfigError, match="no keys"):
        refuse_bare(DaskPart(address="tls://192.0.2.1:8786"))
    refuse_bare(DaskPart(address="tcp://127.0.0.1:8786"))


@pytest.mark.parametrize(
    "line",
    ["partition: 'a b'", "partition: 'a;reboot'", "account: '$(id)'", "scratch: relative", "scratch: '/tmp/a b'", "scratch: '/tmp/`id`'",
     "directives: ['--comment=a b']", "directives: ['--wrap=$(id)']", "directives: ['-n 3']", "interface: 'lo\\n#SBATCH -x'", "cores: 0"],
)  # fmt: skip
def test_words_of_a_shell_are_refused_in_a_profile(tmp_path: Path, line: str) -> None:
    path = tmp_path / "p.yaml"
    path.write_text(f"profile: p\nslurm:\n  {line}\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_profile(path)
    assert [p.line for p in caught.value.problems] == [3]
