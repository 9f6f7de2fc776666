"""`channelsim study run`: what is missing of a study, by whatever workers there are, into a folder that survives anything."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from channelsim.cli.budget import PILOT, Pilot, say_whether_it_can_be, worth_a_pilot
from channelsim.cli.compiling import compiling_note
from channelsim.cli.failures import keep_failures
from channelsim.cli.many import CONSOLE, implausible, show_study
from channelsim.cli.records import chosen_replications, keep_records
from channelsim.cli.searching import needs_search, search
from channelsim.cli.watching import Sweep, Watch
from channelsim.cluster.array import FOLDER as ARRAY
from channelsim.cluster.array import JOB, Array, refuse_array_at_work, work
from channelsim.cluster.drive import Course, Stopped, drive
from channelsim.cluster.executor import Executor
from channelsim.cluster.local import Inline, Processes
from channelsim.cluster.worker import Job, replication_s, warm_up
from channelsim.config.profile import ProfileFile, load_profile
from channelsim.config.study import load_study
from channelsim.errors import ConfigError, Problem, SimulationError, shown
from channelsim.store import results
from channelsim.store.compact import compact
from channelsim.store.index import Index, read_index, tidy
from channelsim.store.lock import FolderLock, LostLock
from channelsim.study.chunks import Geometry, geometry, missing
from channelsim.study.design import Budget, Study
from channelsim.study.intervals import count
from channelsim.study.keys import changes, code_digest, key_of, parts_of
from channelsim.study.left_out import without_stopped

EXECUTORS = ("local", "dask", "slurm", "slurm-array")


@dataclass(frozen=True)
class Options:
    """How a study is run; nothing of it changes a number."""

    executor: str = "local"
    profile: Path | None = None
    half_width: float | None = None  # of the first primary outcome, at which the study may stop
    records: str = ""
    records_of: str = "0"
    precision_of_folder: Mapping[str, float] | None = None  # with which a folder was made, where it is extended

    def precision(self, study: Study) -> dict[str, float]:
        """Outcome -> half-width that is wanted: that of the command or of the folder, else those of the study."""
        if self.precision_of_folder is not None:
            return dict(self.precision_of_folder)
        if self.half_width is not None:
            return {study.primary_outcomes[0]: self.half_width}
        return dict(study.precision)


def run_study(
    path: Path, out: Path, workers: int, replications: int | None, engine: str, options: Options | None = None
) -> None:  # fmt: skip
    """Run what is missing of a study, print the answer.

    Parameters
    ----------
    path, out : Path
        The study file and the results folder.
    workers : int
        How many processes.
    replications, engine : int or None, str
        In place of those of the file.
    options : Options, optional
        Where it runs, when it may stop, what else is kept.
    """
    options = options or Options()
    study = _asked_for(path, replications, engine, options)
    profile = load_profile(options.profile)
    chosen = chosen_replications(options.records, options.records_of)
    with FolderLock(out) as lock:
        refuse_array_at_work(out)
        if worth_a_pilot(study):
            pilot = _pilot(study, path, out, workers, options, profile, lock)
            binding = replications is None and study.budget != Budget()
            say_whether_it_can_be(study, path, pilot, binding)
        sweep = claim(study, path, out, workers)
        n = study.replications
        n_left = sweep.n_wanted - sweep.index.n_cells(n)
        weeks = study.window.n_weeks
        CONSOLE.print(f"{study.name}: {len(study.alternatives)} alternatives, {n} replications of "
                      f"{weeks} weeks; {sweep.n_wanted - n_left} runs done, {n_left} to do on {workers} workers")  # fmt: skip
        for warning in implausible(study):
            CONSOLE.print(warning, soft_wrap=True)
        course = Course()
        if n_left:
            course = _compute(sweep, lock, options.executor, profile, path)
        keep_failures(out, course, path)
        for replication in chosen:
            keep_records(sweep.study, out, sweep.job.keys, options.records, replication)
        if compact(out, sweep.index):
            sweep.index = tidy(out, sweep.job.keys)
        n_complete = _complete(sweep, course)
        if not n_complete and course.failures and isinstance(course.failures[0].error, SimulationError):
            raise course.failures[0].error
        if n_complete and needs_search(sweep.study):
            start = partial(executor_of, _of_searches(options.executor), sweep.job, workers, profile)
            search(sweep.job, start, lock, f"to go on: channelsim study run {path} --out {out}")
    show_study(out, False)
    if course.failures:
        CONSOLE.print(f"{len(course.failures)} runs were set aside (see {shown(out / results.FAILED)}); the answer rests on "
                      f"{n_complete} complete replications")  # fmt: skip
        raise SystemExit(1)


def _asked_for(path: Path, replications: int | None, engine: str, options: Options) -> Study:
    """The study of a file with what the command says in its place."""
    study = load_study(path)
    problem = partial(Problem, shown(path), 1)
    if options.executor not in EXECUTORS:
        raise ConfigError([problem("--executor", f"unknown executor {options.executor!r}", f"use one of {', '.join(EXECUTORS)}")])
    if engine not in ("", "fast", "reference"):
        raise ConfigError([problem("--engine", f"unknown engine {engine!r}", "use fast or reference")])
    precision = options.precision(study)
    most = replications or (study.budget.max_replications if precision else None) or study.replications
    return replace(study, engine=engine or study.engine, replications=most, precision=precision)


def _pilot(
    study: Study, path: Path, out: Path, workers: int, options: Options, profile: ProfileFile, lock: FolderLock
) -> Pilot:  # fmt: skip
    """The first replications of the study, which count like all others, and how long one takes."""
    small = replace(study, replications=PILOT, precision={}, budget=Budget())
    sweep = claim(small, path, out, workers)
    course = Course()
    if sweep.n_wanted > sweep.index.n_cells(PILOT):
        CONSOLE.print(f"a pilot of {PILOT} replications says first whether the stated precision can be reached")
        course = _compute(sweep, lock, options.executor, profile, path)
    done = sweep.index.complete(PILOT)
    return Pilot(results.read_cells(sweep.index, done, ("contrast",)) if done else None, course.cells_done, course.busy_s / workers)


def _complete(sweep: Sweep, course: Course) -> int:
    """Replications that all alternatives have, but those that stop in most."""
    n = sweep.study.replications
    why = {name: f.why for f in course.failures for name in f.chunk.alternatives}
    study, left_out = without_stopped(sweep.study, sweep.index.done, n, why)
    if left_out and not study.chosen:
        return 0
    return count(Index({a.name: sweep.job.keys[a.name] for a in study.alternatives}, sweep.index.done).complete(n))


def _of_searches(executor: str) -> str:
    """Searches try one thing after the other: a job array, which is submitted whole, leaves them to this machine."""
    return "local" if executor == "slurm-array" else executor


def executor_of(name: str, job: Job, workers: int, profile: ProfileFile) -> Executor:
    """The executor of a name; what it needs is imported when it is asked for."""
    if name == "local":
        return Inline(job) if workers <= 1 else Processes(job, workers)
    try:
        if name == "dask":
            from channelsim.cluster.dask_workers import dask_workers

            return dask_workers(job, workers, profile.dask)
        from channelsim.cluster.slurm import SlurmWorkers

        return SlurmWorkers(job, workers, profile.slurm)
    except ImportError as error:
        what, mend = f"{name} needs {error.name}, which is not installed", "pip install 'channelsim[cluster]'"
        raise ConfigError([Problem("channelsim", 1, "--executor", what, mend)]) from None


def claim(study: Study, path: Path, out: Path, workers: int) -> Sweep:
    """Make the folder this study's, see what it holds, say what an edit has changed; or refuse another study's folder."""
    parts = parts_of(study)
    keys = {name: key_of(p) for name, p in parts.items()}
    before = results.read_json(out / results.MANIFEST)
    edits = changes(before.get("parts", {}), parts)
    if before and (before.get("study") != study.name or any(e.startswith(("seed", "window")) for e in edits)):
        what = f"holds results of another study ({'; '.join(edits) or 'its name differs'})"
        raise ConfigError([Problem(shown(out), 1, "--out", what, "name a new folder, or remove this one")])
    for edit in edits:
        CONSOLE.print(f"since the last run: {edit}", soft_wrap=True)
    index = tidy(out, keys)
    for name in index.damaged:
        CONSOLE.print(f"damaged, set aside and computed again: {name}")
    sweep = Sweep(study, out, Job(study, out.resolve(), keys, code_digest()), index, workers, study.precision)
    write_manifest(sweep, path, parts)
    return sweep


def write_manifest(sweep: Sweep, path: Path, parts: Mapping[str, Mapping[str, str]]) -> None:
    """What made these results."""
    study = sweep.study
    results.write_manifest(sweep.out, {
        "study": study.name, "study_file": str(path.resolve()), "study_text": path.read_text(encoding="utf-8"),
        "study_digest": study.digest, "region_digest": study.region.digest, "strategies": {n: repr(s) for n, s in study.strategies.items()},
        "seed": study.seed, "replications": study.replications, "engine": study.engine, "keys": dict(sweep.job.keys), "parts": parts,
        "primary_outcomes": study.primary_outcomes, "precision": dict(study.precision),
        "contrasts": [[c.kind, c.plan.name, c.baseline.name] for c in study.contrasts],
        "command": f"channelsim study run {path} --out {sweep.out}",
    })  # fmt: skip


def _compute(sweep: Sweep, lock: FolderLock, name: str, profile: ProfileFile, path: Path) -> Course:
    """Have the missing cells computed."""
    started = time.perf_counter()
    course = Course()
    if sweep.study.engine == "fast":
        compiling_note()
    shape = cut(sweep)
    array = Array(sweep.job, path, sweep.workers, profile.slurm) if name == "slurm-array" else None
    executor: Executor | None = None
    watch = Watch(sweep, name, lock, shape, course, 60.0 * (sweep.study.budget.max_minutes or float("inf")))
    again = f"to go on: channelsim study run {path} --out {sweep.out}"
    try:
        done = {name: list(stretches) for name, stretches in sweep.index.done.items()}
        with watch.bar():
            if array:
                array.run(shape, course, watch)
            elif not watch.enough():
                executor = executor_of(name, sweep.job, sweep.workers, profile)
                drive(sweep.job, missing(shape, sweep.study.replications, done), executor, course, watch)
    except KeyboardInterrupt:
        CONSOLE.print(f"stopped; what is done is kept. {again}", soft_wrap=True)
        raise SystemExit(130) from None
    except (Stopped, LostLock) as error:
        print(f"{error}; what is done is kept. {again}", file=sys.stderr)
        raise SystemExit(1) from None
    finally:
        if executor:
            executor.close()
        sweep.index = read_index(sweep.out, sweep.job.keys, verify=False)
    stopped_at = watch.stopped_at or (watch.complete() if watch.spent else 0)
    if stopped_at:
        sweep.study = replace(sweep.study, replications=stopped_at)
        manifest = results.read_manifest(sweep.out)
        results.write_json(sweep.out / results.MANIFEST, manifest | {"replications": stopped_at})
    CONSOLE.print(f"{course.cells_done} runs in {time.perf_counter() - started:.0f} s")
    return course


def cut(sweep: Sweep) -> Geometry:
    """How the study is cut; an earlier run's cut is kept while it fits, so that shards keep their names."""
    warm = warm_up(sweep.study)
    kept = results.read_json(sweep.out / results.PROGRESS).get("geometry", {})
    if kept and [kept.get("for"), kept.get("keys")] == [[sweep.study.replications, sweep.workers], sorted(sweep.job.keys.values())]:
        return Geometry(int(kept["in_chunk"]), tuple(tuple(g) for g in kept["groups"]))
    return geometry(sweep.study, replication_s(sweep.study, warm), sweep.workers)


def work_share(folder: Path, share: int, shares: int) -> int:
    """In a job of an array: compute one share of what `array/job.json` names; returns how many chunks failed."""
    content = results.read_json(folder / ARRAY / JOB)
    if not content:
        raise ConfigError([Problem(shown(folder), 1, "array", "has no array/job.json", "use `study run --executor slurm-array`")])
    study = replace(load_study(Path(content["study_file"])), replications=int(content["replications"]), engine=content["engine"])
    keys = {name: key_of(p) for name, p in parts_of(study).items()}
    if keys != content["keys"]:
        what = "the study, its region or the code differs from what was submitted"
        raise ConfigError([Problem(shown(folder), 1, "array", what, "submit again with `study run --executor slurm-array`")])
    return work(Job(study, folder.resolve(), keys, content["code"]), content, share, shares)
