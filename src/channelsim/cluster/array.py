"""A study as an array of SLURM jobs, for sites that allow no scheduler process: each job works off its own share of the chunks.

The client writes `array/job.json` (what is missing, and how it is cut) and `array/job.sh`, submits it, and looks at the folder. A share
that died is submitted again with what is missing then; a chunk at which jobs died three times is set aside.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from channelsim.cluster.drive import STRIKES, Course, Failure, Stopped
from channelsim.cluster.worker import Job
from channelsim.config.profile import SlurmPart
from channelsim.errors import ConfigError, Problem, shown
from channelsim.store.files import write_whole
from channelsim.store.index import read_index
from channelsim.store.shards import Damaged, checked
from channelsim.study.chunks import Chunk, Geometry, missing

FOLDER, JOB, SCRIPT, NUMBER = "array", "job.json", "job.sh", "number"
POLL_S = 1.0
ONE_THREAD = "export OMP_NUM_THREADS=1 MKL_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 NUMBA_NUM_THREADS=1"


def script(folder: Path, part: SlurmPart, shares: int) -> str:
    """The text of the job; every value that a shell sees is quoted."""
    quoted = shlex.quote(str(folder))
    options = {
        "--job-name": "channelsim", "--array": f"0-{shares - 1}", "--ntasks": "1", "--cpus-per-task": "1",
        "--mem": f"{part.memory_mb_per_core}M", "--time": str(part.time_min), "--output": str(folder / "logs" / "array-%A-%a.out"),
        "--partition": part.partition, "--account": part.account,
    }  # fmt: skip
    lines = ["#!/bin/bash", *(f"#SBATCH {k}={v}" for k, v in options.items() if v), "#SBATCH --no-requeue"]
    lines += [f"#SBATCH {d}" for d in part.directives]
    lines += [ONE_THREAD, *([f"export CHANNELSIM_CACHE={shlex.quote(part.scratch)}"] if part.scratch else [])]
    command = f'{shlex.quote(sys.executable)} -m channelsim.cli.main study work {quoted} --share "$SLURM_ARRAY_TASK_ID" --of {shares}'
    return "\n".join([*lines, f"exec {command}", ""])


def write_job(job: Job, study_file: Path, shape: Geometry, shares: int, part: SlurmPart, strikes: dict[str, int]) -> None:
    """What every share must know, and the script that starts them."""
    done = read_index(job.folder, job.keys, verify=False).done
    content = {
        "study_file": str(study_file.resolve()), "replications": job.study.replications, "engine": job.study.engine, "keys": dict(job.keys),
        "code": job.code, "in_chunk": shape.replications, "groups": shape.groups, "done": done, "shares": shares, "strikes": strikes,
    }  # fmt: skip
    (job.folder / "logs").mkdir(parents=True, exist_ok=True)
    write_whole(job.folder / FOLDER / JOB, lambda file: file.write(json.dumps(content).encode()))
    text = script(job.folder, part, shares)
    write_whole(job.folder / FOLDER / SCRIPT, lambda file: file.write(text.encode()))


def chunks_of(content: dict[str, Any], keys: dict[str, str]) -> Iterator[Chunk]:
    """The chunks of a job file, the same for everybody who reads it; what jobs died of before is cut into cells."""
    shape = Geometry(int(content["in_chunk"]), tuple(tuple(g) for g in content["groups"]))
    done = {name: [(int(a), int(b)) for a, b in s] for name, s in content["done"].items()}
    strikes = content["strikes"]
    for chunk in missing(shape, int(content["replications"]), done):
        waiting = [chunk]
        while waiting:
            c = waiting.pop(0)
            if strikes.get(c.name(keys), 0) >= STRIKES and c.n_cells > 1:
                waiting = [*c.halves(), *waiting]
            elif strikes.get(c.name(keys), 0) < STRIKES:
                yield c


def work(job: Job, content: dict[str, Any], share: int, shares: int) -> int:
    """In a job: compute the chunks of one share; returns how many failed. What it is at stands in a file, should it die."""
    worker = job.worker()
    keys = dict(job.keys)
    at = job.folder / FOLDER / f"at-{share}.json"
    failed = 0
    for n, chunk in enumerate(chunks_of(content, keys)):
        if n % shares != share or _stands(job, chunk):
            continue
        _note(at, chunk)
        try:
            worker.compute(chunk)
        except Exception as error:
            failed += 1
            _note(job.folder / FOLDER / f"failed-{chunk.name(keys)}.json", chunk, f"{type(error).__name__}: {error}")
    at.unlink(missing_ok=True)
    return failed


def _note(path: Path, chunk: Chunk, why: str = "") -> None:
    content = {"alternatives": chunk.alternatives, "first": chunk.first, "until": chunk.until, "why": why}
    write_whole(path, lambda file: file.write(json.dumps(content).encode()))


def _stands(job: Job, chunk: Chunk) -> bool:
    try:
        checked(job.shard(chunk).read_bytes())
    except (OSError, Damaged):
        return False
    return True


class Array:
    """Submits shares until nothing is missing but what was set aside."""

    def __init__(self, job: Job, study_file: Path, workers: int, part: SlurmPart) -> None:
        self.job, self.study_file, self.workers, self.part = job, study_file, workers, part
        self.strikes: dict[str, int] = {}  # chunk, by its name -> jobs that died at it
        self.last: dict[str, tuple[Chunk, str]] = {}
        self.name, self.window = "slurm-array", workers

    def run(self, shape: Geometry, course: Course, watch: Callable[[Chunk | None], bool]) -> None:
        """Rounds of submission; in each, jobs that died count against the chunk that they were at."""
        folder = self.job.folder / FOLDER
        before, had = self._n_cells(), -1
        while True:
            for path in [*folder.glob("at-*.json"), *folder.glob("failed-*.json")]:
                path.unlink(missing_ok=True)
            write_job(self.job, self.study_file, shape, self.workers, self.part, self.strikes)
            content = json.loads((folder / JOB).read_text(encoding="utf-8"))
            if next(chunks_of(content, dict(self.job.keys)), None) is None:
                break
            number = submit(folder / SCRIPT)
            write_whole(folder / NUMBER, lambda file, number=number: file.write(number.encode()))
            try:
                while in_queue(number):
                    time.sleep(POLL_S)
                    course.cells_done = self._n_cells() - before
                    course.running = {noted(p)[0]: None for p in folder.glob("at-*.json")}
                    watch(None)
            finally:
                cancel(number)
                (folder / NUMBER).unlink(missing_ok=True)
            course.cells_done = self._n_cells() - before
            if not self._judge() and course.cells_done == had:
                raise Stopped(f"the jobs of array {number} did nothing; see {self.job.folder / 'logs'}")
            had = course.cells_done
        course.running = {}
        for name, (chunk, why) in self.last.items():
            if self.strikes[name] >= STRIKES and chunk.n_cells == 1:
                course.failures.append(Failure(chunk, why or f"{STRIKES} jobs died at it"))

    def _n_cells(self) -> int:
        return read_index(self.job.folder, self.job.keys, verify=False).n_cells(self.job.study.replications)

    def _judge(self) -> int:
        """Count the chunks that jobs died of, or that raised; returns how many."""
        found = 0
        folder = self.job.folder / FOLDER
        for path in [*folder.glob("at-*.json"), *folder.glob("failed-*.json")]:
            chunk, why = noted(path)
            name = chunk.name(self.job.keys)
            if not _stands(self.job, chunk):
                found += 1
                self.strikes[name] = STRIKES if why else self.strikes.get(name, 0) + 1
                self.last[name] = chunk, why
        return found


def noted(path: Path) -> tuple[Chunk, str]:
    """The chunk that a job has noted, and what went wrong with it."""
    c = json.loads(path.read_text(encoding="utf-8"))
    return Chunk(tuple(c["alternatives"]), int(c["first"]), int(c["until"])), str(c["why"])


def submit(path: Path) -> str:
    """The number of the job array."""
    try:
        result = subprocess.run(["sbatch", "--parsable", str(path)], capture_output=True, text=True, timeout=60)
    except FileNotFoundError:
        raise Stopped(f"there is no sbatch here; submit {path} where there is one") from None
    if result.returncode:
        raise Stopped(f"sbatch refused {path}: {result.stderr.strip()}")
    return result.stdout.strip().split(";")[0]


def in_queue(number: str) -> bool:
    """Has SLURM still jobs of this array? If it does not answer, yes."""
    if shutil.which("squeue") is None:
        return False
    result = subprocess.run(["squeue", "-h", "-j", number], capture_output=True, text=True, timeout=60, env={**os.environ, "LC_ALL": "C"})
    return bool(result.stdout.strip()) or (result.returncode != 0 and "Invalid job id" not in result.stderr)


def cancel(number: str) -> None:
    """Take what is left of an array out of the queue."""
    subprocess.run(["scancel", number], capture_output=True, timeout=60, check=False)


def refuse_array_at_work(folder: Path) -> None:
    """Refuse a folder that the jobs of a run which died still fill."""
    try:
        number = (folder / FOLDER / NUMBER).read_text(encoding="utf-8").strip()
    except OSError:
        return
    if number.isdigit() and in_queue(number):
        what, mend = f"is being filled by job array {number}", f"wait until it is done, or `scancel {number}`"
        raise ConfigError([Problem(shown(folder), 1, "--out", what, mend)])
