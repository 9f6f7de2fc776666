"""Runs a study as a user would, in processes of its own that can be killed, and counts what the folder holds afterwards."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from channelsim.cli.many import load_evidence
from channelsim.store.index import SHARDS
from channelsim.store.results import measures_digest
from channelsim.store.shards import Damaged, checked
from tests.conftest import ROOT, TINY

STUDY = """\
study: faults
question: Does the study survive?
region: REGION
office_models: [two_offices]
strategies: [today_2011, multichannel]
baseline: {office_model: two_offices, strategy: today_2011}
window: {warm_up_weeks: 0, measured_weeks: 1}
replications: REPLICATIONS
seed: 7
primary_outcomes: [a1_released_h_per_week]
"""
N_ALTERNATIVES = 2
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}


def write_study(folder: Path, replications: int) -> Path:
    path = folder / "study.yaml"
    path.write_text(STUDY.replace("REGION", str(TINY)).replace("REPLICATIONS", str(replications)), encoding="utf-8")
    return path


def command(study: Path, out: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "channelsim.cli.main", "study", "run", str(study), "--out", str(out), *words]


def run(study: Path, out: Path, *words: str, timeout_s: float = 300.0) -> subprocess.CompletedProcess[str]:
    """A run from its beginning to its end."""
    return subprocess.run(command(study, out, *words), capture_output=True, text=True, env=ENVIRONMENT, timeout=timeout_s)


def start(study: Path, out: Path, *words: str) -> subprocess.Popen[str]:
    """A run that goes on while the test does something to it."""
    return subprocess.Popen(command(study, out, *words), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=ENVIRONMENT, text=True)


def children(pid: int) -> list[int]:
    """Processes that a process has started, and theirs."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            text = task.read_text()
        except OSError:  # it has ended meanwhile
            continue
        for child in map(int, text.split()):
            found += [child, *children(child)]
    return found


def command_of(pid: int) -> str:
    """The command line of a process; empty if it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


def killed(pid: int) -> bool:
    """Kill a process that a run of ours has started; False if it is gone."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def until(condition: Callable[[], bool], process: subprocess.Popen[str], timeout_s: float = 120.0) -> bool:
    """Waits for a moment of a run; False if the run has ended before."""
    end = time.monotonic() + timeout_s
    while not condition():
        if process.poll() is not None:
            return False
        assert time.monotonic() < end, "it did not come so far"
        time.sleep(0.005)
    return True


def n_shards(out: Path) -> int:
    return len(list((out / SHARDS).glob("*.parquet")))


def kill(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()


def digest(out: Path) -> str:
    """What the folder says: how many replications, and the digest of their measures."""
    evidence = load_evidence(out)
    return f"{evidence.n} {measures_digest(evidence.frame)}"


def cut_small(whole: Path, out: Path, in_chunk: int) -> None:
    """Begin a folder whose study is cut into chunks of so many replications for two workers, as an earlier run might have left it."""
    content = json.loads((whole / "progress.json").read_text(encoding="utf-8"))
    content["geometry"] |= {"in_chunk": in_chunk, "for": [content["geometry"]["for"][0], 2]}
    out.mkdir()
    (out / "progress.json").write_text(json.dumps(content), encoding="utf-8")


def assert_whole(out: Path, replications: int, wanted: str) -> None:
    """Nothing lost, nothing twice, not by this project's reader alone, and the same bits as undisturbed."""
    cells: Counter[tuple[str, int]] = Counter()
    for path in (out / SHARDS).glob("*.parquet"):
        checked(path.read_bytes())
        frame = pd.read_parquet(path)
        cells.update(set(zip(frame["alternative"].astype(str), frame["replication"], strict=True)))
    assert len(cells) == N_ALTERNATIVES * replications, f"{N_ALTERNATIVES * replications - len(cells)} lost"
    assert max(cells.values()) == 1, "some are there twice"
    assert not list(out.rglob("*.tmp")), "leftovers"
    assert digest(out) == wanted


def spoil(path: Path, how: str) -> None:
    """Truncate, empty, or flip one bit of a file."""
    data = path.read_bytes()
    if not data:  # spoiled before, by who was killed before he could see it
        return
    at = len(data) // 3
    path.write_bytes({"truncated": data[: 2 * at], "emptied": b"", "flipped": data[:at] + bytes([data[at] ^ 16]) + data[at + 1 :]}[how])


__all__ = ["Damaged", "assert_whole", "children", "digest", "kill", "n_shards", "run", "spoil", "start", "until", "write_study"]
