"""A results folder: sealed shards, and a manifest that says what made them.

    manifest.json   study and configuration as text, keys, versions, machine; rewritten by every run
    shards/         the numbers; the truth (store/shards.py, store/index.py)
    progress.json   what the run at work says of itself; lock.json  who it is
    failed.json     chunks that were set aside, with the reason
    superseded/  set-aside/   shards that no longer count; damaged ones

The page for users is docs/reference/results.md.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import platform
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from channelsim import __version__
from channelsim.errors import ConfigError, Problem, shown
from channelsim.store.files import write_whole
from channelsim.store.index import Index, Source
from channelsim.store.shards import LABELS
from channelsim.study.intervals import Stretch
from channelsim.study.keys import code_digest

MANIFEST, FAILED, PROGRESS = "manifest.json", "failed.json", "progress.json"
__all__ = ["measures_digest", "read_cells", "read_json", "read_manifest", "write_json", "write_manifest", "write_whole"]


def read_cells(index: Index, replications: list[Stretch], tables: tuple[str, ...] = ()) -> pd.DataFrame:
    """The numbers of some replications as a long table, in order of replication and then of alternative.

    Parameters
    ----------
    index : Index
        What the folder holds.
    replications : list of stretches
        Which ones.
    tables : tuple of str
        Values of the column `table`; default all.
    """
    parts = [table_of(source, replications, tables) for source in index.sources]
    found = pa.concat_tables([p for p in parts if p.num_rows], promote_options="default") if parts else pa.table({})
    for name in LABELS:
        at = found.schema.get_field_index(name)
        found = found.set_column(at, name, found[name].cast(pa.string()))
    frame: pd.DataFrame = found.to_pandas()
    order = {name: i for i, name in enumerate(index.keys)}
    rank = frame["alternative"].map(order).to_numpy()
    return frame.iloc[np.lexsort((rank, frame["replication"].to_numpy()))].reset_index(drop=True)


def table_of(source: Source, replications: list[Stretch] | None = None, tables: tuple[str, ...] = ()) -> pa.Table:
    """What counts of one shard."""
    table = pq.read_table(source.path, filters=[("table", "in", list(tables))] if tables else None)
    table = table.replace_schema_metadata(None)
    keep = np.ones(table.num_rows, bool)
    number = table["replication"].to_numpy()
    if not source.whole:
        keep[:] = False
        names = table["alternative"].cast(pa.string()).to_numpy(zero_copy_only=False)
        for name, stretches in source.counts.items():
            keep |= (names == name) & within(number, stretches)
    if replications is not None:
        keep &= within(number, replications)
    return table if keep.all() else table.filter(pa.array(keep))


def within(numbers: np.ndarray, stretches: list[Stretch]) -> np.ndarray:
    """Which numbers lie in sorted, separate stretches."""
    if not stretches:
        return np.zeros(len(numbers), bool)
    starts, ends = (np.array(x) for x in zip(*stretches, strict=True))
    at = np.searchsorted(starts, numbers, side="right") - 1
    return np.asarray((at >= 0) & (numbers < ends[np.maximum(at, 0)]))


def measures_digest(frame: pd.DataFrame) -> str:
    """Hash of every number of a study, whatever the order in which replications finished."""
    ordered = frame.sort_values(["replication", "table", "alternative", "baseline", "item", "measure"], kind="stable")
    digest = hashlib.sha256()
    for column in ("replication", "table", "alternative", "baseline", "item", "measure"):
        digest.update("\0".join(map(str, ordered[column])).encode())
    value = ordered["value"].to_numpy(float, copy=True)
    value[np.isnan(value)] = np.nan  # what is not defined has one pattern of bits, whatever a processor makes of 0 / 0
    digest.update(value.tobytes())
    return digest.hexdigest()


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write a JSON file whole or not at all."""
    text = json.dumps(content, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
    write_whole(path, lambda file: file.write(text.encode()))


def read_json(path: Path) -> dict[str, Any]:
    """A JSON file of a results folder; empty if it is not there or not whole."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def write_manifest(folder: Path, content: dict[str, Any]) -> None:
    """What made these results: study, configuration, code, versions, machine."""
    packages = ("numpy", "scipy", "numba", "pandas", "pyarrow")
    write_json(folder / MANIFEST, {
        **content,
        "channelsim": __version__,
        "code_digest": code_digest(),
        "python": sys.version.split()[0],
        "versions": {p: importlib.metadata.version(p) for p in packages},
        "numpy": np.__version__,
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
    })  # fmt: skip


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a results folder."""
    path = folder / MANIFEST
    again = "run `channelsim study run` into this folder: its shards are kept, the manifest is made anew"
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        has_shards = any((folder / "shards").glob("*.parquet"))
        what = "has lost its manifest.json" if has_shards else "is not a results folder: it has no manifest.json"
        raise ConfigError(
            [Problem(shown(folder), 1, "results", what, again if has_shards else "run `channelsim study run` first")]
        ) from None
    except ValueError as error:
        raise ConfigError([Problem(shown(path), 1, "manifest", f"is damaged ({error})", again)]) from None
    if not isinstance(content, dict) or "study_file" not in content or not isinstance(content.get("keys"), dict):
        raise ConfigError([Problem(shown(path), 1, "manifest", "is not that of a study", "name a folder made by `channelsim study run`")])
    return content
