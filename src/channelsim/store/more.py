"""Replications that searches made, kept beside the shards so that looking on makes none again."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from channelsim.store.files import write_whole
from channelsim.study.answers.more import KEPT, nothing_kept

FILE = "searched.parquet"


def read_more(folder: Path) -> pd.DataFrame:
    """What is kept; nothing where the file is not there or not whole."""
    try:
        found = pd.read_parquet(folder / FILE)
    except (OSError, ValueError):
        return nothing_kept()
    return found if tuple(found.columns) == KEPT else nothing_kept()


def keep_more(folder: Path, rows: pd.DataFrame, used: set[str]) -> None:
    """Write what the present questions use; rows of other keys go."""
    write_whole(folder / FILE, lambda file: rows[rows["key"].isin(used)].to_parquet(file, index=False))
