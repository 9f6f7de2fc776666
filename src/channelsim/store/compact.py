"""Puts many small shards together into few, and rewrites those of which only a part still counts.

The new file is on the disk before the old ones go; if a kill comes between, both hold the same cells and one counts.
Afterwards every row in `shards/` counts once, so that any reader of Parquet may take the whole folder.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from channelsim.store.files import write_whole
from channelsim.store.index import SUPERSEDED, Index, Source
from channelsim.store.results import table_of
from channelsim.store.shards import Held, sealed
from channelsim.study.intervals import merged

FEW = 64  # shards that need no putting together
GOAL_BYTES = 64_000_000


def compact(folder: Path, index: Index, few: int = FEW, goal_bytes: int = GOAL_BYTES) -> int:
    """Returns how many shards were put together; the index is stale then and must be read again."""
    if len(index.sources) <= few and all(s.whole for s in index.sources):
        return 0
    n = 0
    for group in _groups(index.sources, goal_bytes, len(index.sources) > few):
        _put_together(folder, index, group)
        n += len(group)
    return n


def _groups(sources: list[Source], goal_bytes: int, all_of_them: bool) -> Iterator[list[Source]]:
    """Neighbours of together about the size that is wanted; shards that are large and whole are left alone."""
    group: list[Source] = []
    size = 0
    for source in sources:
        n_bytes = source.path.stat().st_size
        if source.whole and (n_bytes > goal_bytes // 2 or not all_of_them):
            continue
        group.append(source)
        size += n_bytes
        if size >= goal_bytes:
            yield group
            group, size = [], 0
    if len(group) > 1 or (group and not group[0].whole):
        yield group


def _put_together(folder: Path, index: Index, group: list[Source]) -> None:
    table = pa.concat_tables([table_of(s) for s in group]).unify_dictionaries()
    held = []
    for name, key in index.keys.items():
        stretches = merged(s for source in group for s in source.counts.get(name, ()))
        if stretches:
            held.append(Held(name, key, tuple(stretches)))
    first = min(h.replications[0][0] for h in held)
    last = max(h.replications[-1][1] for h in held) - 1
    data = sealed(table, held)
    path = folder / "shards" / f"c{first:08d}-{last:08d}-{hashlib.sha256(data).hexdigest()[:12]}.parquet"
    write_whole(path, lambda file: file.write(data))
    for source in group:
        if source.whole:
            source.path.unlink(missing_ok=True)
        else:
            (folder / SUPERSEDED).mkdir(exist_ok=True)
            os.replace(source.path, folder / SUPERSEDED / source.path.name)
