"""A results folder: one Parquet shard per replication, and a manifest that says what made them.

The shard on disk is the truth. It is written under a temporary name, flushed to the disk and renamed, so that a
shard that exists is whole; a run that was stopped goes on with the replications that have none.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import platform
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from channelsim import __version__
from channelsim.errors import ConfigError, Problem, shown

MANIFEST = "manifest.json"
# Packages whose code decides the numbers of a replication; the edge may change without making results stale.
NUMBERS = ("scenario", "demand", "rules", "engine", "trajectory", "metrics", "study", "simulate.py", "randomness.py", "units.py")


@functools.cache
def code_digest() -> str:
    """Hash of all code that decides the numbers of a replication."""
    package = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for name in NUMBERS:
        path = package / name
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            digest.update(str(file.relative_to(package)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def key_of(study_digest: str) -> bytes:
    """What a shard must carry to count as done: the study and the code that made it."""
    return f"{study_digest}+{code_digest()}".encode()


def shard_path(folder: Path, replication: int) -> Path:
    """Where the numbers of one replication stand."""
    return folder / "shards" / f"replication-{replication:06d}.parquet"


def write_whole(path: Path, write: Any) -> None:
    """Write a file under a temporary name, flush it, and rename it: it is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with temporary.open("wb") as file:
        write(file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def write_shard(folder: Path, replication: int, frame: pd.DataFrame, study_digest: str) -> None:
    """Store one replication's long table, with the key of the study and code that made it."""
    table = pa.Table.from_pandas(frame, preserve_index=False)
    table = table.replace_schema_metadata({**(table.schema.metadata or {}), b"key": key_of(study_digest)})
    write_whole(shard_path(folder, replication), lambda file: pq.write_table(table, file, compression="zstd"))


def done_replications(folder: Path, study_digest: str) -> list[int]:
    """Replications whose shards are whole and were made by this study and this code; damaged ones are set aside."""
    found = []
    for path in sorted((folder / "shards").glob("replication-*.parquet")):
        try:
            metadata = pq.read_schema(path).metadata or {}
            pq.read_table(path, columns=["replication"])  # a damaged shard fails here
        except (pa.ArrowInvalid, OSError):
            path.rename(path.with_suffix(".damaged"))
            continue
        if metadata.get(b"key") == key_of(study_digest):
            found.append(int(path.stem.split("-")[1]))
    return found


def read_shards(folder: Path, replications: list[int]) -> pd.DataFrame:
    """All numbers of some replications, in order of replication."""
    return pd.concat([pd.read_parquet(shard_path(folder, r)) for r in sorted(replications)], ignore_index=True)


def measures_digest(frame: pd.DataFrame) -> str:
    """Hash of every number of a study, whatever the order in which replications finished."""
    ordered = frame.sort_values(["replication", "table", "alternative", "baseline", "item", "measure"], kind="stable")
    digest = hashlib.sha256()
    for column in ("replication", "table", "alternative", "baseline", "item", "measure"):
        digest.update("\0".join(map(str, ordered[column])).encode())
    digest.update(np.ascontiguousarray(ordered["value"].to_numpy(float)).tobytes())
    return digest.hexdigest()


def frame_digest(frame: pd.DataFrame) -> str:
    """Hash of every number of a long table, whatever the order of its rows."""
    keys = [c for c in frame.columns if c != "value"]
    ordered = frame.sort_values(keys, kind="stable")
    digest = hashlib.sha256()
    for column in keys:
        digest.update("\0".join(map(str, ordered[column])).encode())
    digest.update(np.ascontiguousarray(ordered["value"].to_numpy(float)).tobytes())
    return digest.hexdigest()


def write_manifest(folder: Path, content: dict[str, Any]) -> None:
    """What made these results: study, configuration, code, machine."""
    content = {
        **content,
        "channelsim": __version__,
        "code_digest": code_digest(),
        "python": sys.version.split()[0],
        "numpy": np.__version__,
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
    }
    text = json.dumps(content, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
    write_whole(folder / MANIFEST, lambda file: file.write(text.encode()))


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a results folder."""
    path = folder / MANIFEST
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        problem = Problem(
            shown(folder), 1, "results", "is not a results folder: it has no manifest.json", "run `channelsim study run` first"
        )
        raise ConfigError([problem]) from None
    except ValueError as error:
        raise ConfigError([Problem(shown(path), 1, "manifest", f"is damaged ({error})", "run the study again into this folder")]) from None
    if not isinstance(content, dict) or "study_file" not in content:
        raise ConfigError([Problem(shown(path), 1, "manifest", "is not that of a study", "name a folder made by `channelsim study run`")])
    return content
