"""A job of a SLURM array: works off its share of the missing chunks, and leaves notes for whoever collects.

`array/job.json` says what is missing and how it is cut. Notes beside it: `at-SHARE.json` the chunk that a job is at (it
stays if the job dies), `failed-CHUNK.json` a chunk that raised, `bad-SHARE.json` a node that could not work,
`enough.json` that the study is precise.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from channelsim.cluster.drive import FOLDER_FAULTS, STRIKES
from channelsim.cluster.looks import Looks
from channelsim.cluster.worker import CannotStore, Job, OtherCode
from channelsim.errors import SimulationError
from channelsim.store.files import write_whole
from channelsim.store.index import read_index
from channelsim.store.shards import Damaged, checked
from channelsim.study.chunks import Chunk, Geometry, missing

FOLDER, JOB, ENOUGH = "array", "job.json", "enough.json"
LOOK_S = 5.0  # between two readings of the folder, for the precision


def write_job(
    job: Job, study_file: Path, shape: Geometry, shares: int, strikes: dict[str, int], precision: dict[str, float]
) -> dict[str, Any]:
    """Write what every share must know; returns it."""
    done = read_index(job.folder, job.keys, verify=False).done
    content = {
        "study_file": str(study_file.resolve()), "replications": job.study.replications, "engine": job.study.engine, "keys": dict(job.keys),
        "code": job.code, "in_chunk": shape.replications, "groups": shape.groups, "done": done, "shares": shares, "strikes": strikes,
        "precision": precision,
    }  # fmt: skip
    write_note(job.folder / FOLDER / JOB, content)
    return content


def shape_of(content: dict[str, Any]) -> Geometry:
    """How a job file cuts the study."""
    return Geometry(int(content["in_chunk"]), tuple(tuple(g) for g in content["groups"]))


def chunks_of(content: dict[str, Any], keys: dict[str, str]) -> Iterator[Chunk]:
    """The chunks of a job file, the same for everybody who reads it; what jobs died of before is cut into cells."""
    done = {name: [(int(a), int(b)) for a, b in s] for name, s in content["done"].items()}
    strikes = content["strikes"]
    for chunk in missing(shape_of(content), int(content["replications"]), done):
        waiting = [chunk]
        while waiting:
            c = waiting.pop(0)
            if strikes.get(c.name(keys), 0) >= STRIKES and c.n_cells > 1:
                waiting = [*c.halves(), *waiting]
            elif strikes.get(c.name(keys), 0) < STRIKES:
                yield c


def work(job: Job, content: dict[str, Any], share: int, shares: int) -> int:
    """In a job: compute the chunks of one share; returns how many failed.

    A chunk that raises is noted and the next one begun; a node that cannot work, or a folder that takes no more, ends the job.
    """
    folder, keys = job.folder / FOLDER, dict(job.keys)
    looks, looked = Looks(job.study, job.folder, keys, content["precision"]), 0.0
    failed = 0
    try:
        worker = job.worker()
        for n, chunk in enumerate(chunks_of(content, keys)):
            if n % shares != share or stands(job, chunk):
                continue
            if (folder / ENOUGH).exists():
                break
            _note_chunk(folder / f"at-{share}.json", chunk)
            try:
                worker.compute(chunk)
            except (CannotStore, ImportError, OSError):
                raise
            except Exception as error:
                failed += 1
                what = (
                    f"{error.of or chunk} stopped: {error.what}"
                    if isinstance(error, SimulationError)
                    else f"raised {type(error).__name__}: {error}"
                )
                _note_chunk(folder / f"failed-{chunk.name(keys)}.json", chunk, what)
            if looks.left and time.monotonic() - looked > LOOK_S:
                _look(job, looks)
                looked = time.monotonic()
        _look(job, looks)
    except (CannotStore, OtherCode, ImportError, OSError) as error:
        cause = error.__cause__ if isinstance(error, CannotStore) else error
        full = isinstance(cause, OSError) and cause.errno in FOLDER_FAULTS
        node = os.environ.get("SLURMD_NODENAME", os.uname().nodename)
        write_note(folder / f"bad-{share}.json", {"node": node, "why": str(error), "folder": full})
        failed += 1
    (folder / f"at-{share}.json").unlink(missing_ok=True)
    return failed


def _look(job: Job, looks: Looks) -> None:
    if looks.left and (look := looks.reached(read_index(job.folder, job.keys, verify=False))):
        write_note(job.folder / FOLDER / ENOUGH, {"replications": look})


def stands(job: Job, chunk: Chunk) -> bool:
    """Is the shard of a chunk there, and whole?"""
    try:
        checked(job.shard(chunk).read_bytes())
    except (OSError, Damaged):
        return False
    return True


def write_note(path: Path, content: dict[str, Any]) -> None:
    """Leave a note, whole or not at all."""
    write_whole(path, lambda file: file.write(json.dumps(content).encode()))


def _note_chunk(path: Path, chunk: Chunk, why: str = "") -> None:
    write_note(path, {"alternatives": chunk.alternatives, "first": chunk.first, "until": chunk.until, "why": why})


def noted(path: Path) -> tuple[Chunk, str] | None:
    """The chunk of a note, and what went wrong with it; None if it is gone."""
    try:
        c = json.loads(path.read_text(encoding="utf-8"))
        return Chunk(tuple(c["alternatives"]), int(c["first"]), int(c["until"])), str(c["why"])
    except (OSError, ValueError, KeyError):
        return None
