"""Has the missing cells of a study computed, by whichever executor was asked for."""

from __future__ import annotations

import shlex
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from channelsim.cli.cell import repeating
from channelsim.cli.compiling import compiling_note
from channelsim.cli.many import CONSOLE
from channelsim.cli.watch import Watch
from channelsim.cluster.array import Array, Asked, Detached
from channelsim.cluster.array_job import FOLDER, JOB, shape_of, work
from channelsim.cluster.drive import Course, Stopped, drive
from channelsim.cluster.executor import Executor
from channelsim.cluster.local import Inline, Processes
from channelsim.cluster.worker import Job, replication_s, warm_up
from channelsim.config.profile import ProfileFile
from channelsim.config.study import load_study
from channelsim.errors import ConfigError, Problem, shown
from channelsim.store import results
from channelsim.store.index import read_index
from channelsim.store.lock import FolderLock, LostLock
from channelsim.study.chunks import Geometry, geometry, missing
from channelsim.study.design import Study
from channelsim.study.keys import key_of, parts_of

if TYPE_CHECKING:
    from channelsim.cli.sweep import Options, Sweep

EXECUTORS = ("local", "dask", "slurm", "slurm-array")


def compute(sweep: Sweep, lock: FolderLock, options: Options, profile: ProfileFile, path: Path) -> Course:
    """Have the missing cells computed, as far as it goes.

    Raises
    ------
    SystemExit
        With 130 after Ctrl-C, 1 if the run cannot go on, 0 if jobs go on without it; the folder can be continued.
    """
    started = time.perf_counter()
    course = Course()
    if sweep.study.engine == "fast":
        compiling_note()
    shape = cut(sweep)
    executor: Executor | None = None
    max_s = 60.0 * (sweep.study.budget.max_minutes or float("inf"))
    watch = Watch(sweep, options.executor, lock, shape, course, max_s)
    again = f"to go on: channelsim study run {shlex.quote(str(path))} --out {shlex.quote(str(sweep.out))}"
    again += f" --executor {options.executor}" if options.executor != "local" else ""
    try:
        done = {name: list(stretches) for name, stretches in sweep.index.done.items()}
        with watch.bar():
            if options.executor == "slurm-array":
                asked = Asked(path, sweep.workers, profile.slurm, dict(sweep.precision), options.detach)
                Array(sweep.job, asked).run(shape, course, watch.look)
            elif not watch.enough():
                executor = executor_of(options.executor, sweep.job, sweep.workers, profile)
                drive(sweep.job, missing(shape, sweep.study.replications, done), executor, course, watch)
    except Detached as array:
        CONSOLE.print(f"job array {array} is at work by itself; watch it with `channelsim study status {shown(sweep.out)}`. {again}, which "
                      f"collects what is done and submits what is not", soft_wrap=True)  # fmt: skip
        raise SystemExit(0) from None
    except KeyboardInterrupt:
        jobs = "; its jobs go on by themselves (scancel ends them)" if options.executor == "slurm-array" else ""
        CONSOLE.print(f"stopped; what is done is kept{jobs}. {again}", soft_wrap=True)
        raise SystemExit(130) from None
    except (Stopped, LostLock) as error:
        print(f"{error}; what is done is kept. {again}", file=sys.stderr)
        raise SystemExit(1) from None
    finally:
        if executor:
            executor.close()
        sweep.index = read_index(sweep.out, sweep.job.keys, verify=False)
    if stopped_at := watch.stopped_at or (watch.complete() if watch.spent else 0):
        sweep.study = replace(sweep.study, replications=stopped_at)
        manifest = results.read_manifest(sweep.out)
        results.write_json(sweep.out / results.MANIFEST, manifest | {"replications": stopped_at})
    CONSOLE.print(f"{course.cells_done} runs in {time.perf_counter() - started:.0f} s")
    return course


def cut(sweep: Sweep) -> Geometry:
    """How the study is cut; an earlier run's cut is kept while it fits, so that shards keep their names."""
    if sweep.array:
        return shape_of(results.read_json(sweep.out / FOLDER / JOB))
    warm = warm_up(sweep.study)
    kept = results.read_json(sweep.out / results.PROGRESS).get("geometry", {})
    if kept and [kept.get("for"), kept.get("keys")] == [[sweep.study.replications, sweep.workers], sorted(sweep.job.keys.values())]:
        return Geometry(int(kept["in_chunk"]), tuple(tuple(g) for g in kept["groups"]))
    return geometry(sweep.study, replication_s(sweep.study, warm), max(1, sweep.workers))


def executor_of(name: str, job: Job, workers: int, profile: ProfileFile) -> Executor:
    """The executor of a name; what it needs is imported when it is asked for."""
    if name == "local":
        return Processes(job, workers) if workers else Inline(job)
    try:
        if name == "dask":
            from channelsim.cluster.dask_workers import dask_workers

            return dask_workers(job, max(1, workers), profile.dask)
        from channelsim.cluster.slurm import SlurmWorkers

        return SlurmWorkers(job, max(1, workers), profile.slurm)
    except ImportError as error:
        what, mend = f"{name} needs {error.name}, which is not installed", "pip install 'channelsim[cluster]'"
        raise ConfigError([Problem("channelsim", 1, "--executor", what, mend)]) from None


def of_searches(executor: str) -> str:
    """Searches try one thing after the other: a job array, which is submitted whole, leaves them to this machine."""
    return "local" if executor == "slurm-array" else executor


def keep_failures(out: Path, study: Study, path: Path, course: Course) -> None:
    """Name in the folder what was set aside, and how to see it happen again; a run without failures takes the file away."""
    file = out / results.FAILED
    if not course.failures and not course.bad_nodes:
        file.unlink(missing_ok=True)
        return
    chunks = [
        {"alternatives": f.chunk.alternatives, "first": f.chunk.first, "until": f.chunk.until, "why": f.why,
         "repeat": repeating(study, path, f.chunk.alternatives[0], f.chunk.first, f.why)}
        for f in course.failures
    ]  # fmt: skip
    results.write_json(file, {"chunks": chunks, "bad_nodes": course.bad_nodes})


def work_share(folder: Path, share: int, shares: int) -> int:
    """In a job of an array: compute one share of what `array/job.json` names; returns how many chunks failed."""
    content = results.read_json(folder / FOLDER / JOB)
    if not content:
        raise ConfigError([Problem(shown(folder), 1, "array", "has no array/job.json", "use `study run --executor slurm-array`")])
    study = replace(load_study(Path(content["study_file"])), replications=int(content["replications"]), engine=content["engine"])
    keys = {name: key_of(p) for name, p in parts_of(study).items()}
    if keys != content["keys"]:
        what = "the study, its region or the code differs from what was submitted"
        raise ConfigError([Problem(shown(folder), 1, "array", what, "submit again with `study run --executor slurm-array`")])
    return work(Job(study, folder.resolve(), keys, content["code"]), content, share, shares)
