"""The event log of a run on disk: `events.parquet`, and `events.json` with all that a reader of it must know."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from channelsim.errors import ConfigError, Problem, shown
from channelsim.scenario.world import World
from channelsim.store.results import write_whole
from channelsim.trajectory.facts import facts_of
from channelsim.trajectory.log import log_frame
from channelsim.trajectory.values import Trajectory

EVENTS, FACTS, LEDGER = "events.parquet", "events.json", "ledger.parquet"


def write_log(folder: Path, run: Trajectory, world: World, horizon_min: float) -> None:
    """Write the event log of a run; without one, remove an older log, which would be of another run.

    Parameters
    ----------
    folder : Path
        The results folder of the run.
    run, world : Trajectory, World
        What happened, and where.
    horizon_min : float
        When the run ended.
    """
    if run.log is None:
        for name in (EVENTS, FACTS):
            (folder / name).unlink(missing_ok=True)
        return
    frame = log_frame(run)
    write_whole(folder / EVENTS, lambda file: frame.to_parquet(file, index=False, compression="zstd"))
    facts = {
        "alternative": run.alternative, "seed": run.seed, "replication": run.replication, "digest": run.digest(),
        "start_min": run.start_min, "end_min": run.end_min, **facts_of(world, horizon_min),
    }  # fmt: skip
    text = json.dumps(facts, ensure_ascii=False, allow_nan=False) + "\n"
    write_whole(folder / FACTS, lambda file: file.write(text.encode()))


def read_log(folder: Path) -> tuple[dict[str, Any], pd.DataFrame, dict[str, dict[str, float]]]:
    """The facts, the rows and the ledger (pool, account, minutes) that a run left in a folder."""
    if not (folder / EVENTS).is_file() or not (folder / FACTS).is_file():
        cure = f"run `channelsim run ... --out {folder} --records events`"
        raise ConfigError([Problem(shown(folder), 1, "event log", "has no event log", cure)])
    try:
        facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
        frame = pd.read_parquet(folder / EVENTS)
        ledger = pd.read_parquet(folder / LEDGER).set_index("pool")
    except (OSError, ValueError, KeyError, pa.ArrowInvalid) as error:
        raise ConfigError([Problem(shown(folder), 1, "event log", f"is damaged ({error})", "run again into this folder")]) from None
    accounts = {str(column): str(column).removesuffix("_min").replace("_", " ") for column in ledger.columns}
    return facts, frame, {str(pool): {accounts[c]: float(row[c]) for c in accounts} for pool, row in ledger.iterrows()}
