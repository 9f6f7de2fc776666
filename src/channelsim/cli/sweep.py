"""`channelsim study run`: what is missing of a study, by whatever workers there are, into a folder that survives anything."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from channelsim.cli.compiling import compiling_note
from channelsim.cli.many import CONSOLE, implausible, show_study
from channelsim.cli.records import chosen_replications, keep_records
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
from channelsim.study.chunks import Chunk, Geometry, geometry, missing
from channelsim.study.design import Study
from channelsim.study.intervals import count
from channelsim.study.keys import changes, code_digest, key_of, parts_of
from channelsim.study.precision import LOOKS, precise

COMPACT_EVERY = 2000  # shards
TELL_S = 2.0  # between two versions of progress.json
EXECUTORS = ("local", "dask", "slurm", "slurm-array")


@dataclass
class Sweep:
    """A study, its folder, and what is there."""

    study: Study
    out: Path
    job: Job
    index: Index
    workers: int
    precision: Mapping[str, float] = field(default_factory=dict)  # outcome -> half-width at which the study may stop

    @property
    def n_wanted(self) -> int:
        """Cells: alternatives x replications."""
        return self.study.replications * len(self.job.keys)


@dataclass(frozen=True)
class Options:
    """How a study is run; nothing of it changes a number."""

    executor: str = "local"
    profile: Path | None = None
    half_width: float | None = None  # of the first primary outcome, at which the study may stop
    records: str = ""
    records_of: str = "0"

    def precision(self, study: Study) -> dict[str, float]:
        """Outcome -> half-width that is wanted: that of the command, else those of the study."""
        if self.half_width is not None:
            return {study.primary_outcomes[0]: self.half_width}
        return dict(getattr(study, "precision", {}))


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
    study = load_study(path)
    profile = load_profile(options.profile)
    if options.executor not in EXECUTORS:
        mend = f"use one of {', '.join(EXECUTORS)}"
        raise ConfigError([Problem(shown(path), 1, "--executor", f"unknown executor {options.executor!r}", mend)])
    chosen = chosen_replications(options.records, options.records_of)
    if engine:
        if engine not in ("fast", "reference"):
            raise ConfigError([Problem(shown(path), 1, "--engine", f"unknown engine {engine!r}", "use fast or reference")])
        study = replace(study, engine=engine)
    study = replace(study, replications=replications or study.replications)
    with FolderLock(out) as lock:
        refuse_array_at_work(out)
        sweep = claim(study, path, out, workers, options.precision(study))
        n_done = sweep.index.n_cells(study.replications)
        n_left = sweep.n_wanted - n_done
        CONSOLE.print(f"{study.name}: {len(study.alternatives)} alternatives, {study.replications} replications of "
                      f"{study.window.n_weeks} weeks; {n_done} runs done, {n_left} to do on {workers} workers")  # fmt: skip
        for warning in implausible(study):
            CONSOLE.print(warning, soft_wrap=True)
        course = Course()
        if n_left:
            course = _compute(sweep, lock, options.executor, profile, path)
        keep_failures(out, course)
        for replication in chosen:
            keep_records(sweep.study, out, sweep.job.keys, options.records, replication)
        if compact(out, sweep.index):
            sweep.index = tidy(out, sweep.job.keys)
        n_complete = count(sweep.index.complete(sweep.study.replications))
    for failure in course.failures:
        CONSOLE.print(f"set aside: {failure.chunk}: {failure.why}", soft_wrap=True)
    if not n_complete and course.failures and isinstance(course.failures[0].error, SimulationError):
        raise course.failures[0].error
    show_study(out, False, search=True)
    if course.failures:
        CONSOLE.print(f"{len(course.failures)} runs were set aside (see {shown(out / results.FAILED)}); the answer rests on "
                      f"{n_complete} complete replications")  # fmt: skip
        raise SystemExit(1)


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


def claim(study: Study, path: Path, out: Path, workers: int, precision: Mapping[str, float]) -> Sweep:
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
    sweep = Sweep(study, out, Job(study, out.resolve(), keys, code_digest()), index, workers, precision)
    write_manifest(sweep, path, parts)
    return sweep


def write_manifest(sweep: Sweep, path: Path, parts: Mapping[str, Mapping[str, str]]) -> None:
    """What made these results."""
    study = sweep.study
    results.write_manifest(sweep.out, {
        "study": study.name, "study_file": str(path.resolve()), "study_text": path.read_text(encoding="utf-8"),
        "study_digest": study.digest, "region_digest": study.region.digest, "strategies": {n: repr(s) for n, s in study.strategies.items()},
        "seed": study.seed, "replications": study.replications, "engine": study.engine, "keys": dict(sweep.job.keys), "parts": parts,
        "primary_outcomes": study.primary_outcomes, "contrasts": [[c.kind, c.plan.name, c.baseline.name] for c in study.contrasts],
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
    watch = _Watch(sweep, name, lock, shape, course)
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
    if watch.stopped_at:
        sweep.study = replace(sweep.study, replications=watch.stopped_at)
        manifest = results.read_manifest(sweep.out)
        results.write_json(sweep.out / results.MANIFEST, manifest | {"replications": watch.stopped_at})
    CONSOLE.print(f"{course.cells_done} runs in {time.perf_counter() - started:.0f} s")
    return course


def cut(sweep: Sweep) -> Geometry:
    """How the study is cut; an earlier run's cut is kept while it fits, so that shards keep their names."""
    warm = warm_up(sweep.study)
    kept = results.read_json(sweep.out / results.PROGRESS).get("geometry", {})
    if kept and [kept.get("for"), kept.get("keys")] == [[sweep.study.replications, sweep.workers], sorted(sweep.job.keys.values())]:
        return Geometry(int(kept["in_chunk"]), tuple(tuple(g) for g in kept["groups"]))
    return geometry(sweep.study, replication_s(sweep.study, warm), sweep.workers)


class _Watch:
    """Told of every chunk: keeps the index, the bar, progress.json and the lock, and says when it is enough."""

    def __init__(self, sweep: Sweep, executor: str, lock: FolderLock, shape: Geometry, course: Course) -> None:
        self.sweep, self.executor, self.lock, self.shape, self.course = sweep, executor, lock, shape, course
        self.wanted, self.before = sweep.n_wanted, sweep.index.n_cells(sweep.study.replications)
        self.start = self.told = time.monotonic()
        self.stopped_at = 0
        self.looks = [n for n in LOOKS if n < sweep.study.replications] if sweep.precision else []
        self.lines = self.n_small = 0
        self.index = Index(sweep.job.keys, {name: list(s) for name, s in sweep.index.done.items()})

    @contextmanager
    def bar(self) -> Iterator[None]:
        """A bar in a terminal, lines in a log."""
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
        with Progress(*columns, console=CONSOLE, disable=not sys.stdout.isatty()) as self.progress:
            self.task = self.progress.add_task("runs", total=self.wanted, completed=self.before)
            yield

    def __call__(self, chunk: Chunk | None) -> bool:
        self.lock.check()
        if chunk is not None:
            for alternative in chunk.alternatives:
                self.index.note(alternative, (chunk.first, chunk.until))
            self.n_small += 1
            if self.n_small >= COMPACT_EVERY:
                self.compact()
            self.progress.advance(self.task, chunk.n_cells)
            done = self.before + self.course.cells_done
            if not sys.stdout.isatty() and 10 * done // self.wanted > self.lines:
                self.lines = 10 * done // self.wanted
                print(f"{done} of {self.wanted} runs, {self._left()}", flush=True)
        if time.monotonic() - self.told > TELL_S:
            self.tell()
        return bool(self.stopped_at) or (chunk is not None and self.enough())

    def compact(self) -> None:
        """Put the small shards together while more are being made, so that a folder never holds millions."""
        self.n_small = 0
        compact(self.sweep.out, read_index(self.sweep.out, self.sweep.job.keys, verify=False))

    def _left(self) -> str:
        rate = self.course.cells_done / max(time.monotonic() - self.start, 1e-9)
        left_s = (self.wanted - self.before - self.course.cells_done) / rate if rate else float("inf")
        return f"{rate:.3g} a second, {duration(left_s)} left"

    def enough(self) -> bool:
        """Is the next look at hand, and is everything known precisely enough?"""
        if not self.looks:
            return False
        complete = self.index.complete(self.sweep.study.replications)
        prefix = complete[0][1] if complete and complete[0][0] == 0 else 0
        while self.looks and self.looks[0] <= prefix:
            look = self.looks.pop(0)
            there = read_index(self.sweep.out, self.sweep.job.keys, verify=False)
            rows = results.read_cells(there, [(0, look)], ("contrast",))
            if precise(self.sweep.study, rows, self.sweep.precision):
                self.stopped_at = look
                CONSOLE.print(f"precise enough after {look} replications")
                return True
        return False

    def tell(self) -> None:
        """Write progress.json for whoever looks on."""
        self.told = time.monotonic()
        shape = {
            "in_chunk": self.shape.replications, "groups": self.shape.groups, "keys": sorted(self.sweep.job.keys.values()),
            "for": [self.sweep.study.replications, self.sweep.workers],
        }  # fmt: skip
        content: dict[str, Any] = {
            "executor": self.executor, "workers": self.sweep.workers, "host": os.uname().nodename, "pid": os.getpid(),
            "cells_wanted": self.wanted, "cells_before": self.before, "cells_done": self.course.cells_done,
            "seconds": self.told - self.start, "running": [str(c) for c in self.course.running], "given_out_again": self.course.again,
            "failed": [str(f.chunk) for f in self.course.failures], "bad_nodes": self.course.bad_nodes, "geometry": shape,
        }  # fmt: skip
        try:
            results.write_json(self.sweep.out / results.PROGRESS, content)
        except OSError:
            return  # looking on is no reason to stop; a shard that cannot be written is


def duration(seconds: float) -> str:
    """About how long, for a person."""
    if seconds == float("inf"):
        return "unknown time"
    for size, word in ((86400.0, "days"), (3600.0, "hours"), (60.0, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.1f} {word}"
    return f"{seconds:.0f} s"


def keep_failures(out: Path, course: Course) -> None:
    """Name in the folder what was set aside; a run without failures takes the file away."""
    path = out / results.FAILED
    if not course.failures and not course.bad_nodes:
        path.unlink(missing_ok=True)
        return
    chunks = [{"alternatives": f.chunk.alternatives, "first": f.chunk.first, "until": f.chunk.until, "why": f.why} for f in course.failures]
    results.write_json(path, {"chunks": chunks, "bad_nodes": course.bad_nodes})


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
