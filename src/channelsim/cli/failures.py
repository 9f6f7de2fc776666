"""Runs that were set aside: named in the folder and on the screen, each with the command that makes it again."""

from __future__ import annotations

import shlex
from pathlib import Path

from channelsim.cli.many import CONSOLE
from channelsim.cluster.drive import Course, Failure
from channelsim.errors import SimulationError, shown
from channelsim.store import results
from channelsim.study.chunks import Chunk


def keep_failures(out: Path, course: Course, study: Path) -> None:
    """Name in the folder and on the screen what was set aside; a run without failures takes the file away.

    What stopped a replication carries the command from here on, so that whoever is told of it can make it again.
    """
    path = out / results.FAILED
    if not course.failures and not course.bad_nodes:
        path.unlink(missing_ok=True)
        return
    chunks = [
        {"alternatives": f.chunk.alternatives, "first": f.chunk.first, "until": f.chunk.until, "why": f.why, "again": again(study, f.chunk)}
        for f in course.failures
    ]
    results.write_json(path, {"chunks": chunks, "bad_nodes": course.bad_nodes})
    for failure in course.failures:
        CONSOLE.print(f"set aside: {failure.chunk}: {failure.why}", soft_wrap=True)
        CONSOLE.print(f"  to see it alone: {again(study, failure.chunk)}", soft_wrap=True)
        _tell(failure, study)


def again(study: Path, chunk: Chunk) -> str:
    """The command that runs the first alternative of a chunk in its first replication, with guards on."""
    return (
        f"channelsim run {shlex.quote(shown(study))} --alternative {shlex.quote(chunk.alternatives[0])} --replication {chunk.first} --guard"
    )


def _tell(failure: Failure, study: Path) -> None:
    if isinstance(failure.error, SimulationError):
        failure.error.again = again(study, failure.chunk)
