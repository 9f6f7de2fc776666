"""`channelsim study run` on a study of transitions: every order, block by block, and what it says."""

from __future__ import annotations

import json
import sys
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.table import Table

from channelsim.cli.compiling import compiling_note
from channelsim.cli.records import chosen_replications
from channelsim.cli.way import keep_ways
from channelsim.config.transition import load_transition
from channelsim.errors import ConfigError, Problem, shown
from channelsim.metrics import MEASURES
from channelsim.report.transition import draw_courses, write_transition_page
from channelsim.store import results
from channelsim.store.replications import frame_digest, read_replications, replications_done, write_replication
from channelsim.study.transition_study import TransitionStudy, answers, courses, replicate, told

CONSOLE = Console(width=140, highlight=False, markup=False, emoji=False)  # names come from files


def run_transition(path: Path, out: Path, workers: int, replications: int | None, records: str = "", records_of: str = "0") -> None:
    """Run what is missing, write blocks.csv and transition.png, keep the event logs that were asked for, print the answer."""
    study = load_transition(path)
    chosen = chosen_replications(records, records_of)
    if records == "contacts":
        what, mend = "a study of transitions keeps event logs only", "use --records events"
        raise ConfigError([Problem("channelsim", 1, "--records", what, mend)])
    wanted = range(replications or study.replications)
    _claim(out, study, path, len(wanted))
    done = set(replications_done(out, study.digest))
    todo = [r for r in wanted if r not in done]
    n_weeks = study.n_weeks + study.follow_up_weeks
    CONSOLE.print(
        f"{study.name}: {len(study.orders)} orders, {len(wanted)} replications of {n_weeks} weeks; {len(todo)} to do on {workers} workers"
    )
    if todo and study.engine == "fast":
        compiling_note()
    _run(study, todo, min(workers, max(1, len(todo))), out)
    for replication in chosen:
        keep_ways(study, out, replication)
    frame = read_replications(out, wanted)
    _write(out, study, frame)
    _print(study, frame)
    CONSOLE.print(f"blocks {out / 'blocks.csv'}, figure {out / 'transition.png'}, report {out / 'report.html'}")


def _claim(out: Path, study: TransitionStudy, path: Path, replications: int) -> None:
    if (out / results.MANIFEST).exists() and results.read_manifest(out).get("study_digest") != study.digest:
        what = "holds results of another study, region or strategy (its digest differs)"
        raise ConfigError([Problem(shown(out), 1, "--out", what, "name a new folder, or remove this one")])
    results.write_manifest(out, {
        "study_file": str(path.resolve()), "study_text": path.read_text(encoding="utf-8"), "study_digest": study.digest,
        "region_digest": study.region.digest, "seed": study.seed, "replications": replications, "engine": study.engine,
        "command": f"channelsim study run {path} --out {out}", "keys": {order: study.digest for order in study.orders},
    })  # fmt: skip


def _run(study: TransitionStudy, todo: list[int], workers: int, out: Path) -> None:
    if not todo:
        return
    write_replication(out, todo[0], replicate(study, todo[0]), study.digest)  # the first compiles for all
    CONSOLE.print(f"replication 1 of {len(todo)}")
    with ProcessPoolExecutor(workers, mp_context=get_context("fork" if sys.platform == "linux" else "spawn")) as pool:
        waiting = {pool.submit(replicate, study, r): r for r in todo[1:]}
        for n, future in enumerate(as_completed(waiting), 2):
            write_replication(out, waiting[future], future.result(), study.digest)
            CONSOLE.print(f"replication {n} of {len(todo)}")


def _write(out: Path, study: TransitionStudy, frame: pd.DataFrame) -> None:
    rows = [
        {
            "order": c.order, "outcome": c.outcome, "unit": MEASURES[c.outcome].unit, "from": study.date(a).isoformat(),
            "to": study.date(b).isoformat(), "difference": e.mean, "low": e.low, "high": e.high, "replications": e.n,
        }
        for c in courses(study, frame)
        for a, b, e in c.by_block
    ]  # fmt: skip
    text = pd.DataFrame(rows).to_csv(index=False)
    results.write_whole(out / "blocks.csv", lambda file: file.write(text.encode()))
    said = json.dumps({"question": study.question, "answers": answers(study, frame)}, indent=2, ensure_ascii=False)
    results.write_whole(out / "answer.json", lambda file: file.write(said.encode()))
    draw_courses(study, courses(study, frame), out / "transition.png")
    write_transition_page(out, study, frame, results.read_manifest(out))


def report_transition(folder: Path) -> Path:
    """Write report.html into a results folder again, from what was run.

    Raises
    ------
    ConfigError
        If the study has changed since.
    """
    manifest = results.read_manifest(folder)
    study = load_transition(Path(manifest["study_file"]))
    if manifest.get("study_digest") != study.digest:
        what = "the study, its region or a strategy has changed since these results were made"
        raise ConfigError([Problem(shown(folder / results.MANIFEST), 1, "study_digest", what, "run the study again into a new folder")])
    _write(folder, study, read_replications(folder, range(len(replications_done(folder, study.digest)))))
    return folder / "report.html"


def _print(study: TransitionStudy, frame: pd.DataFrame) -> None:
    CONSOLE.print(f"\n{study.question}", soft_wrap=True, style="bold")
    heads = ("outcome", "order", "worst block on the way", "whole way", "last year", "worst - last year")
    table = Table(*heads, title="Against no change: mean and pointwise 95 % interval")
    for c in courses(study, frame):
        _, end, worst = c.worst
        cells = [told(e) for e in (worst, c.whole, c.last_year, c.dip)]
        table.add_row(f"{c.outcome} [{MEASURES[c.outcome].unit}]", c.order, f"{cells[0]} (to {study.date(end)})", *cells[1:])
    CONSOLE.print(table)
    for line in answers(study, frame):
        if " rather than " in line:
            CONSOLE.print(f"  {line}", soft_wrap=True)
    CONSOLE.print(f"{frame['replication'].nunique()} replications; digest {frame_digest(frame)}")
