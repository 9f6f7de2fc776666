"""What the client of a job array asks SLURM: take it, is it still there, end it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from channelsim.cluster.array_job import FOLDER
from channelsim.cluster.drive import Stopped
from channelsim.errors import ConfigError, Problem, shown

NUMBER = "number"  # file in array/: the array whose jobs may be at work


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
    """Has SLURM still jobs of this array? If it does not answer, or is not on this machine, yes."""
    if shutil.which("squeue") is None:
        return True
    try:
        result = subprocess.run(
            ["squeue", "-h", "-j", number], capture_output=True, text=True, timeout=60, env={**os.environ, "LC_ALL": "C"}
        )
    except subprocess.TimeoutExpired:
        return True
    return bool(result.stdout.strip()) or (result.returncode != 0 and "Invalid job id" not in result.stderr)


def cancel(number: str) -> None:
    """Take what is left of an array out of the queue."""
    subprocess.run(["scancel", number], capture_output=True, timeout=60, check=False)


def at_work(folder: Path) -> str:
    """The number of the array whose jobs fill a folder now; empty if none does."""
    try:
        number = (folder / FOLDER / NUMBER).read_text(encoding="utf-8").strip()
    except OSError:
        return ""
    return number if number.isdigit() and in_queue(number) else ""


def refuse_array_at_work(folder: Path, number: str) -> None:
    """Refuse a folder that jobs fill: only who asks for the array may come near it, with the same study."""
    what = f"is being filled by job array {number}, perhaps of another version of the study"
    mend = f"`--executor slurm-array` with the same study waits for it, `scancel {number}` ends it"
    mend += "" if shutil.which("squeue") else f"; if it has ended, remove {shown(folder / FOLDER / NUMBER)} (there is no squeue here)"
    raise ConfigError([Problem(shown(folder), 1, "--out", what, mend)])
