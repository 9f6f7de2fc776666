"""Means and spreads over all replications of a folder, by DuckDB on its shards: memory does not grow with their number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from channelsim.store.index import Index
from channelsim.store.results import table_of
from channelsim.study.intervals import Stretch

MOST_STRETCHES = 50  # in one query
# isfinite, not isnan: from the statistics in a Parquet file DuckDB concludes that no value can be NaN
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
    where = ["isfinite(value)", _within(index, replications)]
    if table:
        where.append(f"\"table\" = '{table}'" if table.isidentifier() else "false")
    select = f"SELECT {COLUMNS}, count(*) AS n, avg(value) AS mean, stddev_samp(value) AS sd"
    return _asked(index, lambda source: f"{select} FROM {source} WHERE {' AND '.join(where)} GROUP BY ALL", memory)


def _within(index: Index, replications: list[Stretch] | None) -> str:
    """A condition on replications; none where all are wanted, since a column that is not read costs nothing."""
    all_of_it = all(index.done.get(name, []) == replications for name in index.keys)
    if replications is None or all_of_it or len(replications) > MOST_STRETCHES:
        return "true"
    return "(" + (" OR ".join(f"(replication >= {a} AND replication < {b})" for a, b in replications) or "false") + ")"


def growth(index: Index, replications: list[Stretch] | None = None, memory: str = "700MB") -> pd.DataFrame:
    """How owed work grows in each pool over the window: number, mean and standard deviation, in minutes, over replications.

    Returns
    -------
    DataFrame
        Columns alternative, item, n, mean, sd.
    """
    each = "SELECT alternative, item, replication, sum(CASE measure WHEN 'owed at end' THEN value ELSE -value END) AS grown"
    which = f"\"table\" = 'pool' AND measure IN ('owed at start', 'owed at end') AND {_within(index, replications)} GROUP BY ALL"
    of_all = "SELECT alternative, item, count(*) AS n, avg(grown) AS mean, stddev_samp(grown) AS sd"
    return _asked(index, lambda source: f"{of_all} FROM ({each} FROM {source} WHERE {which}) GROUP BY ALL", memory)


def _asked(index: Index, query: Callable[[str], str], memory: str) -> pd.DataFrame:
    import duckdb

    with duckdb.connect(":memory:") as base:
        base.execute(f"SET memory_limit = '{memory}'")
        base.execute("SET preserve_insertion_order = false")
        base.execute("SET enable_progress_bar = false")  # it would stand in the midst of what is printed for programs
        source, given = _source(base, index)
        found: pd.DataFrame = base.execute(query(source), given).df()
    return found


def n_numbers(index: Index) -> int:
    """How many numbers the shards hold, by their footers."""
    return sum(pq.read_metadata(source.path).num_rows for source in index.sources)


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
