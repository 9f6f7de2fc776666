"""One Parquet file a replication, for studies whose replications cannot be cut further; a file carries its key.

A file that is whole and has the key counts as done; a damaged one is set aside and made again.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from channelsim.store.files import write_whole
from channelsim.study.keys import code_digest


def _path(folder: Path, replication: int) -> Path:
    return folder / "replications" / f"{replication:06d}.parquet"


def _key(digest: str) -> bytes:
    return f"{digest}+{code_digest()}".encode()


def write_replication(folder: Path, replication: int, frame: pd.DataFrame, digest: str) -> None:
    """Store the table of one replication with the key of the study and code that made it."""
    table = pa.Table.from_pandas(frame, preserve_index=False)
    table = table.replace_schema_metadata({**(table.schema.metadata or {}), b"key": _key(digest)})
    write_whole(_path(folder, replication), lambda file: pq.write_table(table, file, compression="zstd"))


def replications_done(folder: Path, digest: str) -> set[int]:
    """Replications that are there, whole, and made by this study and this code."""
    done = set()
    for path in sorted((folder / "replications").glob("*.parquet")):
        try:
            table = pq.read_table(path)  # a damaged file fails here
        except (pa.ArrowInvalid, OSError):
            path.rename(path.with_suffix(".damaged"))
            continue
        if (table.schema.metadata or {}).get(b"key") == _key(digest):
            done.add(int(path.stem))
    return done


def read_replications(folder: Path, replications: range) -> pd.DataFrame:
    """The tables of some replications, one after the other."""
    return pd.concat([pd.read_parquet(_path(folder, r)) for r in replications], ignore_index=True)


def frame_digest(frame: pd.DataFrame) -> str:
    """Hash of every number of a long table, whatever the order of its rows."""
    keys = [c for c in frame.columns if c != "value"]
    ordered = frame.sort_values(keys, kind="stable")
    digest = hashlib.sha256()
    for column in keys:
        digest.update("\0".join(map(str, ordered[column])).encode())
    value = ordered["value"].to_numpy(float, copy=True)
    value[np.isnan(value)] = np.nan  # what is not defined has one pattern of bits
    digest.update(value.tobytes())
    return digest.hexdigest()
