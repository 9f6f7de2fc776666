"""Files that are there whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any


def write_whole(path: Path, write: Any) -> None:
    """Write a file under a temporary name, flush it to the disk, and rename it; `write` is called with the open file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.uname().nodename}.{os.getpid()}.tmp")  # two hosts may write the same one
    try:
        with temporary.open("wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def remove_leftovers(folder: Path) -> int:
    """Delete temporary files of writers that were killed; only for who holds the folder's lock."""
    left = list(folder.glob(".*.tmp"))
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)
