"""`channelsim study status`: how far a study is, from any machine that sees its folder, without touching it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats

from channelsim.cli.many import CONSOLE
from channelsim.cli.watch import duration
from channelsim.cluster.array_job import FOLDER, noted
from channelsim.cluster.array_queue import at_work
from channelsim.metrics.paired import PAIRED
from channelsim.store import results
from channelsim.store.estimates import estimates
from channelsim.store.index import Index, n_bytes, read_index
from channelsim.store.lock import WATCH_S, holder_lives, read_lock
from channelsim.study.intervals import count

MOST_BYTES = 500_000_000  # of shards whose seals are checked for whoever looks on: half a second


def status_of(folder: Path, watch_s: float = WATCH_S) -> dict[str, Any]:
    """What there is to know of a results folder.

    Parameters
    ----------
    folder : Path
        A results folder, perhaps one that a run is filling.
    watch_s : float
        How long to watch the beat of a run on another machine.
    """
    manifest = results.read_manifest(folder)
    progress, failed = results.read_json(folder / results.PROGRESS), results.read_json(folder / results.FAILED)
    wanted = int(manifest["replications"])
    index = read_index(folder, manifest["keys"], verify=n_bytes(folder) < MOST_BYTES)
    array = at_work(folder)
    client = holder_lives(folder, watch_s)
    lives = client or bool(array)
    complete = index.complete(wanted)
    done, rate = index.n_cells(wanted), 0.0
    if client and progress.get("seconds"):
        rate = float(progress["cells_done"]) / float(progress["seconds"])
    n_cells = wanted * len(manifest["keys"])
    set_aside = failed.get("chunks", []) or progress.get("failed", []) if not lives else progress.get("failed", [])
    running = progress.get("running", []) if client else []
    if array and not client:
        running = [str(note[0]) for path in sorted((folder / FOLDER).glob("at-*.json")) if (note := noted(path))]
    return {
        "study": manifest["study"], "alternatives": len(manifest["keys"]), "replications": wanted,
        "state": "running" if lives else "complete" if done == n_cells else "stopped", "holder": read_lock(folder) if client else {},
        "array": array,
        "executor": progress.get("executor", ""), "workers": progress.get("workers", 0),
        "runs": n_cells, "done": done, "running": running, "set_aside": set_aside,
        "bad_nodes": failed.get("bad_nodes", progress.get("bad_nodes", [])), "damaged": index.damaged,
        "runs_per_s": rate, "left_s": (n_cells - done) / rate if rate else None,
        "complete_replications": count(complete), "half_widths": _half_widths(index, manifest, complete),
    }  # fmt: skip


def _half_widths(index: Index, manifest: dict[str, Any], complete: list[tuple[int, int]]) -> dict[str, float | None]:
    """Primary outcome -> widest simultaneous half-width over contrasts that change one thing (Bonferroni's t)."""
    pairs = {(plan, base) for kind, plan, base in manifest["contrasts"] if kind != "both"}
    outcomes = list(manifest["primary_outcomes"])
    if not pairs or count(complete) < 2:
        return dict.fromkeys(outcomes)
    rows = estimates(index, complete, "contrast")
    rows = rows[[pair in pairs for pair in zip(rows["alternative"], rows["baseline"], strict=True)]]
    found: dict[str, float | None] = {}
    for outcome in outcomes:
        mine = rows[(rows["measure"] == outcome) & (rows["n"] >= 2)]
        critical = stats.t.ppf(1.0 - 0.05 / (2.0 * len(pairs) * len(outcomes)), mine["n"] - 1)
        found[outcome] = float(np.max(critical * mine["sd"] / np.sqrt(mine["n"]))) if len(mine) else None
    return found


def print_status(folder: Path, as_data: bool) -> None:
    """Say how far a study is."""
    s = status_of(folder)
    if as_data:
        print(json.dumps(s, indent=2, ensure_ascii=False))
        return
    who = (
        f", process {s['holder'].get('pid')} on {s['holder'].get('host')}, {s['workers']} workers ({s['executor']})" if s["holder"] else ""
    )
    who += f", job array {s['array']}" if s["array"] else ""
    CONSOLE.print(f"{s['study']}: {s['state']}{who}", soft_wrap=True)
    left = f"; {s['runs_per_s']:.3g} a second, {duration(s['left_s'])} left" if s["runs_per_s"] else ""
    CONSOLE.print(f"{s['done']} of {s['runs']} runs done ({s['alternatives']} alternatives x {s['replications']} replications), "
                  f"{len(s['running'])} chunks running, {len(s['set_aside'])} set aside{left}", soft_wrap=True)  # fmt: skip
    for what in s["running"]:
        CONSOLE.print(f"  running: {what}", soft_wrap=True)
    for failure in s["set_aside"]:
        CONSOLE.print(f"  set aside: {failure if isinstance(failure, str) else failure['why']}", soft_wrap=True)
    for node in s["bad_nodes"]:
        CONSOLE.print(f"  given no more work: node {node}")
    for name in s["damaged"]:
        CONSOLE.print(f"  damaged, will be computed again: {name}")
    if s["state"] == "stopped":
        CONSOLE.print("nobody is at work; `channelsim study run` into this folder goes on")
    CONSOLE.print(f"half-widths reached after {s['complete_replications']} complete replications (simultaneous 95 %, the widest contrast):")
    for outcome, width in s["half_widths"].items():
        CONSOLE.print(f"  {outcome}: " + (f"{width:.3g} {PAIRED[outcome][0]}" if width is not None else "not yet"))
