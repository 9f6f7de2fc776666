"""A job array without SLURM: its queue is processes of this machine, everything else is as it is."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from channelsim.cluster import array
from channelsim.cluster.array import Array, Asked, Detached, script
from channelsim.cluster.array_job import FOLDER, JOB, work
from channelsim.cluster.drive import Course, Stopped
from channelsim.cluster.worker import OtherCode
from channelsim.config.profile import SlurmPart
from channelsim.store.index import Growing, Index
from channelsim.study.chunks import Geometry
from tests.cluster.jobs import ALTERNATIVES, KEYS, Plain, Plan, plan
from tests.cluster.test_local import cells, everything

N = 12


@dataclass(frozen=True)
class Picky(Plan):
    """Cannot work on a node of this name."""

    bad: str = ""

    def worker(self) -> Plain:  # type: ignore[override]
        if os.environ.get("SLURMD_NODENAME") == self.bad:
            raise OtherCode(f"another version on {self.bad}")
        return Plain(self)


class Queue:
    """Runs each share in a process; share 0 gets node0 unless the script excludes it."""

    def __init__(self) -> None:
        self.job: Plan
        self.jobs: dict[str, list[BaseProcess]] = {}

    def submit(self, path: Path) -> str:
        text = path.read_text(encoding="utf-8")
        (path.parent.parent / "logs").is_dir() or pytest.fail("SLURM ends jobs whose log has no folder")
        content = json.loads((path.parent / JOB).read_text(encoding="utf-8"))
        excluded = re.findall("--exclude=(.*)", text)
        number = str(len(self.jobs) + 1)
        self.jobs[number] = []
        for share in range(content["shares"]):
            node = f"node{share}" if f"node{share}" not in excluded else "spare"
            self.jobs[number].append(get_context("fork").Process(target=self._share, args=(content, share, node)))
            self.jobs[number][-1].start()
        return number

    def _share(self, content: dict[str, Any], share: int, node: str) -> None:
        os.environ["SLURMD_NODENAME"] = node
        work(self.job, content, share, content["shares"])

    def in_queue(self, number: str) -> bool:
        return any(p.is_alive() for p in self.jobs.get(number, []))

    def cancel(self, number: str) -> None:
        for p in self.jobs[number]:
            p.kill()


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Iterator[Queue]:
    made = Queue()
    for name in ("submit", "in_queue", "cancel"):
        monkeypatch.setattr(array, name, getattr(made, name))
    monkeypatch.setattr(array, "POLL_S", 0.02)
    yield made
    for number in made.jobs:
        made.cancel(number)


def of(job: Plan) -> Plan:
    return replace(job, study=SimpleNamespace(replications=N, engine="fast"))  # type: ignore[arg-type]


def run(queue: Queue, job: Plan, course: Course, enough: int = 10**9, detach: bool = False) -> Course:
    queue.job = of(job)
    growing = Growing(job.folder, Index(KEYS))
    growing._seen.clear()

    def watch() -> bool:
        course.cells_done = growing.update().n_cells(N)
        return course.cells_done >= enough

    asked = Asked(job.folder / "study.yaml", 2, SlurmPart(), {}, detach)
    Array(queue.job, asked).run(Geometry(2, (ALTERNATIVES,)), course, watch)
    return course


def test_everything_is_done_once(queue: Queue, tmp_path: Path) -> None:
    course = run(queue, plan(tmp_path), Course())
    assert cells(tmp_path) == everything(N) and not course.failures and list(queue.jobs) == ["1"]


def test_a_cell_at_which_jobs_die_is_set_aside_and_nothing_else_is(queue: Queue, tmp_path: Path) -> None:
    course = run(queue, plan(tmp_path, kills=frozenset({("plan", 5)}), raises=frozenset({("base", 9)})), Course())
    assert cells(tmp_path) == everything(N) - {("plan", 5), ("base", 9)}
    why = {f.chunk.first: f.why for f in course.failures}
    assert why == {5: "3 jobs died at it", 9: "replication 9 of base stopped: a need was lost"}


def test_a_node_that_cannot_work_is_named_and_gets_no_more(queue: Queue, tmp_path: Path) -> None:
    plain = plan(tmp_path)
    course = run(queue, Picky(**{**vars(plain), "bad": "node0", "seconds": 0.05}), Course())
    assert cells(tmp_path) == everything(N) and not course.failures
    assert course.bad_nodes in ([], ["node0"])  # the other share may have done all before it was blamed three times
    monopoly = Picky(**{**vars(plan(tmp_path / "all")), "bad": "node0", "kills": frozenset({("plan", 5)})})
    course = run(queue, monopoly, Course())  # so many rounds that it is
    assert course.bad_nodes == ["node0"] and "--exclude=node0" in (monopoly.folder / FOLDER / "job.sh").read_text(encoding="utf-8")
    assert cells(monopoly.folder) == everything(N) - {("plan", 5)}


def test_a_full_disk_stops_the_run_and_blames_no_chunk(queue: Queue, tmp_path: Path) -> None:
    with pytest.raises(Stopped, match="No space left"):
        run(queue, plan(tmp_path, unstorable="No space left on device"), Course())


def test_jobs_of_an_earlier_client_that_were_cancelled_at_once_are_submitted_again(queue: Queue, tmp_path: Path) -> None:
    job = plan(tmp_path, seconds=0.1)
    with pytest.raises(Detached, match="1"):
        run(queue, job, Course(), detach=True)
    queue.cancel("1")
    for process in queue.jobs["1"]:
        process.join()
    for note in (tmp_path / FOLDER).glob("at-*.json"):  # as if they had not begun anything
        note.unlink()
    run(queue, job, Course())
    assert cells(tmp_path) == everything(N) and list(queue.jobs) == ["1", "2"]


def test_a_round_that_does_nothing_stops_the_run(queue: Queue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "_share", lambda content, share, node: None)
    with pytest.raises(Stopped, match="array 1 did nothing"):
        run(queue, plan(tmp_path), Course())


def test_who_leaves_is_followed_by_who_collects(queue: Queue, tmp_path: Path) -> None:
    job = plan(tmp_path, seconds=0.1)
    with pytest.raises(Detached, match="1"):
        run(queue, job, Course(), detach=True)
    with pytest.raises(Detached, match="1"):  # still at it
        run(queue, job, Course(), detach=True)
    run(queue, job, Course())
    assert cells(tmp_path) == everything(N) and list(queue.jobs) == ["1"]  # it waited for the first and needed no other


def test_what_jobs_died_of_is_known_to_who_collects(queue: Queue, tmp_path: Path) -> None:
    job = plan(tmp_path, kills=frozenset({("plan", 5)}))
    for _ in range(12):
        try:
            course = run(queue, job, Course(), detach=True)
            break
        except Detached as number:
            for p in queue.jobs[str(number)]:
                p.join()
    assert [(f.chunk.alternatives, f.chunk.first) for f in course.failures] == [(("plan",), 5)]
    assert cells(tmp_path) == everything(N) - {("plan", 5)}


def test_it_ends_when_it_is_precise_enough(queue: Queue, tmp_path: Path) -> None:
    run(queue, plan(tmp_path, seconds=0.3), Course(), enough=8)
    assert 8 <= len(cells(tmp_path)) < 2 * N and not queue.in_queue("1")


def test_every_value_that_a_shell_sees_is_quoted(tmp_path: Path) -> None:
    folder = tmp_path / "it's $(touch here); a folder"
    part = SlurmPart(scratch="/tmp/x", directives=["--constraint=avx2"])
    text = script(folder, part, 3, ["node1", "$(reboot)"])
    assert "--exclude=node1\n" in text and "$(reboot)" not in text
    (tmp_path / "job.sh").write_text(text.replace(sys.executable, "/bin/echo"), encoding="utf-8")
    said = os.popen(f"cd {tmp_path} && SLURM_ARRAY_TASK_ID=1 bash job.sh").read()
    assert str(folder) in said and not (tmp_path / "here").exists()
