"""One shard: the numbers of some cells (alternative, replication) as a Parquet file that proves itself.

A shard says in its footer which cells it holds and under which keys, and carries a seal: a SHA-256 of all its other
bytes, between the last column and the footer, where readers of Parquet never look. Any flipped bit, any cut, is noticed;
pandas and DuckDB read the file as it is. The bytes depend on nothing but the numbers: no time, no host, no process.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from channelsim.store.files import write_whole
from channelsim.study.intervals import Stretch, merged

LABELS = ("table", "alternative", "baseline", "item", "measure")
SCHEMA = pa.schema(
    [("replication", pa.int64()), *((name, pa.dictionary(pa.int32(), pa.string())) for name in LABELS), ("value", pa.float64())]
)
FORMAT = 1
SEAL = b"channelsim seal1"
END = 8  # bytes after the footer: its length and the mark of Parquet


class Damaged(Exception):
    """A shard that is not what was written."""


@dataclass(frozen=True)
class Held:
    """What a shard holds of one alternative."""

    alternative: str
    key: str
    replications: tuple[Stretch, ...]


def shard_bytes(frame: pd.DataFrame, held: Iterable[Held]) -> bytes:
    """A sealed shard of a long table with the columns `SCHEMA`."""
    value = frame["value"].to_numpy(float, copy=True)
    value[np.isnan(value)] = np.nan  # one pattern of bits, whatever a processor makes of 0 / 0
    frame = frame.assign(value=value)
    columns = [pa.array(frame[f.name], f.type if f.name not in LABELS else pa.string(), from_pandas=False) for f in SCHEMA]
    columns = [c.dictionary_encode() if f.name in LABELS else c for c, f in zip(columns, SCHEMA, strict=True)]
    table = pa.Table.from_arrays([c.cast(f.type) for c, f in zip(columns, SCHEMA, strict=True)], schema=SCHEMA)
    return sealed(table, held)


def sealed(table: pa.Table, held: Iterable[Held]) -> bytes:
    """The bytes of a table with its cells in the footer and the seal before it."""
    content = {"format": FORMAT, "cells": [[h.alternative, h.key, [list(s) for s in h.replications]] for h in held]}
    table = table.replace_schema_metadata({b"channelsim": json.dumps(content, ensure_ascii=False).encode()})
    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="zstd")
    data = buffer.getvalue()
    at = len(data) - END - int.from_bytes(data[-END:-4], "little")
    return data[:at] + SEAL + hashlib.sha256(data).digest() + data[at:]


def write_shard(path: Path, frame: pd.DataFrame, keys: Mapping[str, str], replications: Stretch) -> None:
    """Store the numbers of some alternatives in a stretch of replications."""
    data = shard_bytes(frame, [Held(name, key, (replications,)) for name, key in keys.items()])
    checked(data)
    write_whole(path, lambda file: file.write(data))


def read_shard(path: Path) -> pa.Table:
    """The numbers of a shard whose seal is unbroken.

    Raises
    ------
    Damaged
        As `checked`.
    """
    data = path.read_bytes()
    checked(data)
    return pq.read_table(pa.BufferReader(data)).replace_schema_metadata(None)


def checked(data: bytes) -> tuple[Held, ...]:
    """What a shard holds, once its seal is found unbroken.

    Raises
    ------
    Damaged
        If it is cut, empty, changed, or was never sealed.
    """
    at = len(data) - END - int.from_bytes(data[-END:-4], "little")
    mark = at - len(SEAL) - 32
    if mark < 4 or data[-4:] != b"PAR1" or data[mark : mark + len(SEAL)] != SEAL:
        raise Damaged("it is cut, or not a sealed shard")
    if hashlib.sha256(data[:mark] + data[at:]).digest() != data[mark + len(SEAL) : at]:
        raise Damaged("its bytes are not those that were written")
    return held_by(pq.read_schema(pa.BufferReader(data)))


def glance(path: Path) -> tuple[Held, ...]:
    """What a shard says it holds, from its footer alone; for looking on, not for deciding what is done."""
    try:
        return held_by(pq.read_schema(path))
    except (pa.ArrowException, OSError, ValueError) as error:
        raise Damaged(str(error)) from None


def held_by(schema: pa.Schema) -> tuple[Held, ...]:
    """The cells that a footer names."""
    try:
        content = json.loads((schema.metadata or {})[b"channelsim"])
        if content["format"] != FORMAT:
            raise Damaged(f"it has format {content['format']}, this version reads {FORMAT}")
        return tuple(Held(str(a), str(k), tuple(merged((int(x), int(y)) for x, y in s))) for a, k, s in content["cells"])
    except (KeyError, ValueError, TypeError) as error:
        raise Damaged(f"its footer does not name its cells ({error})") from None
