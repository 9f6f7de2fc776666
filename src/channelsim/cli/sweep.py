"""`channelsim study run`: what is missing of a study, by whatever workers there are, into a folder that survives anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from channelsim.cli.budget import PILOT, Pilot, say_whether_it_can_be, worth_a_pilot
from channelsim.cli.cell import repeating
from channelsim.cli.computing import EXECUTORS, compute, executor_of, keep_failures, of_searches
from channelsim.cli.many import CONSOLE, implausible, show_study
from channelsim.cli.records import chosen_replications, keep_records
from channelsim.cli.searching import needs_search, search
from channelsim.cluster.array_job import FOLDER, JOB
from channelsim.cluster.array_queue import at_work, refuse_array_at_work
from channelsim.cluster.drive import Course
from channelsim.cluster.worker import Job
from channelsim.config.profile import ProfileFile, load_profile
from channelsim.config.study import load_study
from channelsim.errors import ConfigError, Problem, SimulationError, shown
from channelsim.store import results
from channelsim.store.compact import compact
from channelsim.store.index import Index, read_index, tidy
from channelsim.store.lock import FolderLock
from channelsim.study.design import Budget, Study
from channelsim.study.intervals import count
from channelsim.study.keys import changes, code_digest, key_of, parts_of
from channelsim.study.left_out import without_stopped


@dataclass
class Sweep:
    """A study, its folder, and what is there."""

    study: Study
    out: Path
    job: Job
    index: Index
    workers: int
    precision: Mapping[str, float] = field(default_factory=dict)  # outcome -> half-width at which the study may stop
    array: str = ""  # number of the job array that is filling the folder

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
    detach: bool = False  # a job array goes on by itself
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
        if worth_a_pilot(study) and not at_work(out):
            binding = replications is None and study.budget != Budget()
            say_whether_it_can_be(study, path, _pilot(study, path, out, workers, options, profile, lock), binding)
        sweep = claim(study, path, out, workers, options)
        n_done = sweep.index.n_cells(study.replications)
        n_left = sweep.n_wanted - n_done
        CONSOLE.print(f"{study.name}: {len(study.alternatives)} alternatives, {study.replications} replications of "
                      f"{study.window.n_weeks} weeks; {n_done} runs done, {n_left} to do on {workers} workers")  # fmt: skip
        for warning in implausible(study):
            CONSOLE.print(warning, soft_wrap=True)
        course = Course()
        if n_left:
            course = compute(sweep, lock, options, profile, path)
        keep_failures(out, sweep.study, path, course)
        for replication in chosen:
            keep_records(sweep.study, out, sweep.job.keys, options.records, replication)
        if compact(out, sweep.index):
            sweep.index = tidy(out, sweep.job.keys)
        n_complete = _complete(sweep, course)
        if n_complete and needs_search(sweep.study):
            start = partial(executor_of, of_searches(options.executor), sweep.job, workers, profile)
            search(sweep.job, start, lock, f"to go on: channelsim study run {path} --out {out}")
    for failure in course.failures:
        CONSOLE.print(f"set aside: {failure.chunk}: {failure.why}", soft_wrap=True)
    if course.failures:
        chunk, why = course.failures[0].chunk, course.failures[0].why
        CONSOLE.print(f"to repeat the first: {repeating(sweep.study, path, chunk.alternatives[0], chunk.first, why)}", soft_wrap=True)
    for node in course.bad_nodes:
        CONSOLE.print(f"given no more work: node {node}")
    if not n_complete and course.failures and isinstance(course.failures[0].error, SimulationError):
        chunk, why = course.failures[0].chunk, course.failures[0].why
        course.failures[0].error.again = repeating(sweep.study, path, chunk.alternatives[0], chunk.first, why)
        raise course.failures[0].error
    show_study(out, False)
    if course.failures:
        CONSOLE.print(f"{len(course.failures)} runs were set aside (see {shown(out / results.FAILED)}); the answer rests on "
                      f"{n_complete} complete replications")  # fmt: skip
        raise SystemExit(1)


def _asked_for(path: Path, replications: int | None, engine: str, options: Options) -> Study:
    """The study of a file with what the command says in its place."""
    study = load_study(path)
    _check(options, path)
    if engine not in ("", "fast", "reference"):
        raise ConfigError([Problem(shown(path), 1, "--engine", f"unknown engine {engine!r}", "use fast or reference")])
    precision = options.precision(study)
    most = replications or (study.budget.max_replications if precision else None) or study.replications
    return replace(study, engine=engine or study.engine, replications=most, precision=precision)


def _pilot(
    study: Study, path: Path, out: Path, workers: int, options: Options, profile: ProfileFile, lock: FolderLock
) -> Pilot:  # fmt: skip
    """The first replications of the study, which count like all others, and how long one takes."""
    small = replace(study, replications=PILOT, precision={}, budget=Budget())
    options = replace(options, half_width=None, precision_of_folder={}, detach=False)
    sweep = claim(small, path, out, workers, options)
    course = Course()
    if sweep.n_wanted > sweep.index.n_cells(PILOT):
        CONSOLE.print(f"a pilot of {PILOT} replications says first whether the stated precision can be reached")
        course = compute(sweep, lock, options, profile, path)
    done = sweep.index.complete(PILOT)
    return Pilot(results.read_cells(sweep.index, done, ("contrast",)) if done else None, course.cells_done, course.busy_s / max(1, workers))


def _complete(sweep: Sweep, course: Course) -> int:
    """Replications that all alternatives have, but those that stop in most."""
    n = sweep.study.replications
    why = {name: f.why for f in course.failures for name in f.chunk.alternatives}
    study, left_out = without_stopped(sweep.study, sweep.index.done, n, why)
    if left_out and not study.contrasts:  # nothing is left to compare
        return 0
    return count(Index({a.name: sweep.job.keys[a.name] for a in study.alternatives}, sweep.index.done).complete(n))


def _check(options: Options, path: Path) -> None:
    if options.executor not in EXECUTORS:
        mend = f"use one of {', '.join(EXECUTORS)}"
        raise ConfigError([Problem(shown(path), 1, "--executor", f"unknown executor {options.executor!r}", mend)])
    if options.detach and options.executor != "slurm-array":
        what, mend = f"{options.executor} works while the command does", "use --executor slurm-array, or leave --detach out"
        raise ConfigError([Problem(shown(path), 1, "--detach", what, mend)])


def claim(study: Study, path: Path, out: Path, workers: int, options: Options) -> Sweep:
    """Make the folder this study's, see what it holds, say what an edit has changed; or refuse another study's folder.

    While a job array fills the folder nothing in it is moved, and only who waits for that array gets it.
    """
    parts = parts_of(study)
    keys = {name: key_of(p) for name, p in parts.items()}
    array = at_work(out)
    if array and (options.executor != "slurm-array" or results.read_json(out / FOLDER / JOB).get("keys") != keys):
        refuse_array_at_work(out, array)
    before = results.read_json(out / results.MANIFEST)
    edits = changes(before.get("parts", {}), parts)
    if before and (before.get("study") != study.name or any(e.startswith(("seed", "window")) for e in edits)):
        what = f"holds results of another study ({'; '.join(edits) or 'its name differs'})"
        raise ConfigError([Problem(shown(out), 1, "--out", what, "name a new folder, or remove this one")])
    for edit in edits:
        CONSOLE.print(f"since the last run: {edit}", soft_wrap=True)
    index = read_index(out, keys, verify=False) if array else tidy(out, keys)
    for name in index.damaged:
        CONSOLE.print(f"damaged, set aside and computed again: {name}")
    sweep = Sweep(study, out, Job(study, out.resolve(), keys, code_digest()), index, workers, options.precision(study), array)
    write_manifest(sweep, path, parts)
    return sweep


def write_manifest(sweep: Sweep, path: Path, parts: Mapping[str, Mapping[str, str]]) -> None:
    """What made these results."""
    study = sweep.study
    results.write_manifest(sweep.out, {
        "study": study.name, "study_file": str(path.resolve()), "study_text": path.read_text(encoding="utf-8"),
        "study_digest": study.digest, "region_digest": study.region.digest, "strategies": {n: repr(s) for n, s in study.strategies.items()},
        "seed": study.seed, "replications": study.replications, "engine": study.engine, "keys": dict(sweep.job.keys), "parts": parts,
        "primary_outcomes": study.primary_outcomes, "precision": dict(sweep.precision),
        "contrasts": [[c.kind, c.plan.name, c.baseline.name] for c in study.contrasts],
        "command": f"channelsim study run {path} --out {sweep.out}",
    })  # fmt: skip
