"""Means and spreads over all replications of a folder, by DuckDB on its shards: memory does not grow with their number."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pyarrow as pa

from channelsim.store.index import Index
from channelsim.store.results import table_of
from channelsim.study.intervals import Stretch

MOST_STRETCHES = 50  # in one query
COLUMNS = '"table", alternative, baseline, item, measure'


def estimates(index: Index, replications: list[Stretch] | None = None, table: str = "", memory: str = "700MB") -> pd.DataFrame:
    """Number, mean and standard deviation of every number that is not missing.

    Parameters
    ----------
    index : Index
        What the folder holds.
    replications : list of stretches, optional
        Which ones; default all.
    table : str
        Value of the column `table`; default all.
    memory : str
        How much DuckDB may use, in its words.

    Returns
    -------
    DataFrame
        Columns table, alternative, baseline, item, measure, n, mean, sd.
    """
    import duckdb

    where = ["NOT isnan(value)"]
    if table:
        where.append(f"\"table\" = '{table}'" if table.isidentifier() else "false")
    if replications is not None and len(replications) <= MOST_STRETCHES:
        where.append("(" + (" OR ".join(f"(replication >= {a} AND replication < {b})" for a, b in replications) or "false") + ")")
    with duckdb.connect(":memory:") as base:
        base.execute(f"SET memory_limit = '{memory}'")
        base.execute("SET preserve_insertion_order = false")
        base.execute("SET enable_progress_bar = false")  # it would stand in the midst of what is printed for programs
        source, given = _source(base, index)
        query = f"SELECT {COLUMNS}, count(*) AS n, avg(value) AS mean, stddev_samp(value) AS sd FROM {source} WHERE {' AND '.join(where)}"
        found: pd.DataFrame = base.execute(f"{query} GROUP BY ALL", given).df()
    return found


def _source(base: Any, index: Index) -> tuple[str, list[Any]]:
    """What a query reads: whole shards as files, of others the rows that count."""
    whole = [str(s.path) for s in index.sources if s.whole]
    parts = [table_of(s) for s in index.sources if not s.whole]
    if parts:
        base.register("parts", pa.concat_tables(parts).unify_dictionaries())
    if not whole:
        return ("parts", []) if parts else ("(SELECT 0 AS replication, '' AS \"table\", '' AS alternative, '' AS baseline, '' AS item, "
                                            "'' AS measure, 0.0 AS value LIMIT 0)", [])  # fmt: skip
    files = f"(SELECT replication, {COLUMNS}, value FROM read_parquet(?))"
    if parts:
        files = f"(SELECT * FROM {files} UNION ALL BY NAME SELECT * FROM parts)"
    return files, [whole]
