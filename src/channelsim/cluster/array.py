"""A study as an array of SLURM jobs, for sites that allow no scheduler process: each job works off its own share of the chunks.

The client writes `array/job.json` and `array/job.sh`, submits it, and looks at the folder; or it goes, and another one collects.
The jobs need no client: a round is over when they are, what they left undone is submitted again, and a chunk at which jobs
died three times is set aside.
"""

from __future__ import annotations

import re
import shlex
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from channelsim.cluster.array_job import ENOUGH, FOLDER, JOB, chunks_of, noted, shape_of, stands, write_job
from channelsim.cluster.array_queue import NUMBER, at_work, cancel, in_queue, submit
from channelsim.cluster.drive import NODE_FAULTS, STRIKES, Course, Failure, Stopped
from channelsim.cluster.worker import ONE_THREAD, Job
from channelsim.config.policies import trusted
from channelsim.config.profile import PLAIN, SlurmPart
from channelsim.store.files import write_whole
from channelsim.store.results import read_json
from channelsim.study.chunks import Chunk, Geometry

SCRIPT = "job.sh"
POLL_S = 1.0


class Detached(Exception):
    """The jobs are at work, and nobody waits for them."""


@dataclass(frozen=True)
class Asked:
    """How an array is to be run."""

    study_file: Path
    shares: int
    part: SlurmPart
    precision: dict[str, float]
    detach: bool = False


def script(folder: Path, part: SlurmPart, shares: int, bad_nodes: list[str], trusted: Iterable[str] = ()) -> str:
    """The text of the job; every value that a shell sees is quoted. `trusted`: policies that the client may run, as `SHA256=FILE`."""
    options = {
        "--job-name": "channelsim", "--array": f"0-{shares - 1}", "--ntasks": "1", "--cpus-per-task": "1",
        "--mem": f"{part.memory_mb_per_core}M", "--time": str(part.time_min), "--output": shlex.quote(f"{folder}/logs/array-%A-%a.out"),
        "--partition": part.partition, "--account": part.account, "--exclude": ",".join(n for n in bad_nodes if re.fullmatch(PLAIN, n)),
    }  # fmt: skip
    lines = ["#!/bin/bash", *(f"#SBATCH {k}={v}" for k, v in options.items() if v), "#SBATCH --no-requeue"]
    lines += [f"#SBATCH {d}" for d in part.directives]
    lines += [ONE_THREAD, *([f"export CHANNELSIM_CACHE={shlex.quote(part.scratch)}"] if part.scratch else [])]
    python, where = shlex.quote(sys.executable), shlex.quote(str(folder))
    command = f'{python} -m channelsim.cli.main study work {where} --share "$SLURM_ARRAY_TASK_ID" --of {shares}'
    command += "".join(f" --trust {shlex.quote(file)}" for file in trusted)
    return "\n".join([*lines, f"exec {command}", ""])


class Array:
    """Submits shares until nothing is missing but what was set aside."""

    def __init__(self, job: Job, asked: Asked) -> None:
        self.job, self.asked = job, asked
        self.folder = job.folder / FOLDER
        self.strikes: dict[str, int] = {}  # chunk, by its name -> jobs that died at it
        self.last: dict[str, tuple[Chunk, str]] = {}
        self.faults: Counter[str] = Counter()  # of nodes

    def run(self, shape: Geometry, course: Course, watch: Callable[[], bool]) -> None:
        """Rounds of submission, the first of which may be one that an earlier client began.

        Raises
        ------
        Detached
            If jobs are at work and nobody is to wait for them.
        Stopped
            If a round of ours did nothing, or the folder takes no more.
        """
        number = earlier = self._earlier()
        while True:
            if not number and (watch() or not (number := self._begin(shape, course))):
                break
            if self.asked.detach and in_queue(number):
                raise Detached(number)
            before = course.cells_done
            self._look_on(number, course, watch)
            did_nothing = not self._judge(course) and course.cells_done == before and not watch()
            if did_nothing and number != earlier:  # an earlier client's jobs may have been cancelled since
                raise Stopped(f"the jobs of array {number} did nothing; see {self.job.folder / 'logs'}")
            (self.folder / NUMBER).unlink(missing_ok=True)
            number = ""
        for name, (chunk, why) in self.last.items():
            if self.strikes[name] >= STRIKES and chunk.n_cells == 1:
                course.failures.append(Failure(chunk, why or f"{STRIKES} jobs died at it"))

    def _earlier(self) -> str:
        """The array that an earlier client submitted and nobody has collected, with what it knew; empty if there is none."""
        content = read_json(self.folder / JOB)
        try:
            number = (self.folder / NUMBER).read_text(encoding="utf-8").strip()
        except OSError:
            return ""
        if not number.isdigit() or content.get("keys") != dict(self.job.keys):
            return ""
        self.strikes = {str(k): int(v) for k, v in content.get("strikes", {}).items()}
        return number

    def _begin(self, shape: Geometry, course: Course) -> str:
        """Submit what is missing; empty if nothing is."""
        for path in [*self._notes("at"), *self._notes("failed"), *self._notes("bad"), self.folder / ENOUGH]:
            path.unlink(missing_ok=True)
        content = write_job(self.job, self.asked.study_file, shape, self.asked.shares, self.strikes, self.asked.precision)
        if next(chunks_of(content, dict(self.job.keys)), None) is None:
            return ""
        (self.job.folder / "logs").mkdir(exist_ok=True)
        text = script(self.job.folder, self.asked.part, self.asked.shares, course.bad_nodes, trusted())
        write_whole(self.folder / SCRIPT, lambda file: file.write(text.encode()))
        number = submit(self.folder / SCRIPT)
        write_whole(self.folder / NUMBER, lambda file: file.write(number.encode()))
        return number

    def _look_on(self, number: str, course: Course, watch: Callable[[], bool]) -> None:
        """Until the jobs have ended; ends them if the study is precise enough. Who stops looking does not stop them."""
        at_it = True
        while at_it:
            at_it = in_queue(number)
            course.running = {n[0]: None for p in self._notes("at") if (n := noted(p))} if at_it else {}
            if watch() and at_it:
                cancel(number)
            if at_it:
                time.sleep(POLL_S)

    def _judge(self, course: Course) -> int:
        """Count the chunks that jobs died of, or that raised, and the nodes that could not work; returns how many."""
        found = 0
        for path in [*self._notes("at"), *self._notes("failed")]:
            note = noted(path)
            if note and not stands(self.job, note[0]):
                found += 1
                chunk, why = note
                name = chunk.name(self.job.keys)
                self.strikes[name] = STRIKES if why else self.strikes.get(name, 0) + 1
                self.last[name] = chunk, why
        for path in self._notes("bad"):
            note_of_node = read_json(path)
            node, why = str(note_of_node.get("node")), str(note_of_node.get("why"))
            if note_of_node.get("folder"):
                raise Stopped(f"the results folder takes no more: {why}")
            found += 1
            self.faults[node] += 1
            if sum(self.faults.values()) >= NODE_FAULTS * self.asked.shares:
                raise Stopped(f"node {node}: {why}")
            if self.faults[node] >= NODE_FAULTS and node not in course.bad_nodes:
                course.bad_nodes.append(node)
        course.again += found
        return found

    def _notes(self, kind: str) -> list[Path]:
        return sorted(self.folder.glob(f"{kind}-*.json"))


__all__ = ["Array", "Asked", "Detached", "at_work", "script", "shape_of"]
