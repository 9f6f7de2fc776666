"""A shard for each replication of a study that is not cut into chunks: one of transitions.

A shard counts if it is whole and carries the key of the study and of the code that made it.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from channelsim.store.files import write_whole
from channelsim.study.keys import NUMBERS, code_digest

CODE = (*NUMBERS, "transition.py", "study/transition_study.py")


def key_of(study_digest: str) -> bytes:
    """What a shard must carry to count as done: the study and the code that made it."""
    return f"{study_digest}+{code_digest(CODE)}".encode()


def shard_path(folder: Path, replication: int) -> Path:
    """Where the numbers of one replication stand."""
    return folder / "shards" / f"replication-{replication:06d}.parquet"


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
