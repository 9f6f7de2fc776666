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
from channelsim.trajectory.log import frame_of, log_frame
from channelsim.trajectory.values import Trajectory
from channelsim.transition import Way

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


def write_way(folder: Path, way: Way, facts: dict[str, Any], ledger: pd.DataFrame) -> None:
    """Write the event log of a run through dated changes.

    Parameters
    ----------
    folder : Path
        Where to.
    way : Way
        What happened, with its log.
    facts : dict
        Facts of all its worlds (`trajectory.facts_of_way`).
    ledger : DataFrame
        Minutes by block (`from_min`, `to_min`), pool and account.
    """
    assert way.log is not None
    frame = frame_of(*way.log)
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / EVENTS, lambda file: frame.to_parquet(file, index=False, compression="zstd"))
    write_whole(folder / LEDGER, lambda file: ledger.to_parquet(file))
    text = json.dumps(facts, ensure_ascii=False, allow_nan=False) + "\n"
    write_whole(folder / FACTS, lambda file: file.write(text.encode()))


Ledger = tuple[float, float, dict[str, dict[str, float]]]  # a stretch of time; pool -> account -> minutes


def read_log(folder: Path) -> tuple[dict[str, Any], pd.DataFrame, list[Ledger]]:
    """The facts, the rows, and the ledger of each measured stretch of time that a run left in a folder."""
    if not (folder / EVENTS).is_file() or not (folder / FACTS).is_file():
        cure = f"run `channelsim run ... --out {folder} --records events`"
        raise ConfigError([Problem(shown(folder), 1, "event log", "has no event log", cure)])
    try:
        facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
        frame = pd.read_parquet(folder / EVENTS)
        ledger = pd.read_parquet(folder / LEDGER)
        if "from_min" not in ledger:
            ledger = ledger.assign(from_min=float(facts["start_min"]), to_min=float(facts["end_min"]))
        stretches = ledger[["from_min", "to_min"]].drop_duplicates().to_numpy(float).tolist()
        parts = [(begin, end, minutes_by_pool(ledger[ledger["from_min"] == begin])) for begin, end in stretches]
    except (OSError, ValueError, KeyError, pa.ArrowInvalid) as error:
        raise ConfigError([Problem(shown(folder), 1, "event log", f"is damaged ({error})", "run again into this folder")]) from None
    return facts, frame, parts


def minutes_by_pool(ledger: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Minutes of a ledger by pool and account."""
    columns = [c for c in ledger.columns if c not in ("pool", "from_min", "to_min")]
    accounts = {str(c): str(c).removesuffix("_min").replace("_", " ") for c in columns}
    return {str(row["pool"]): {accounts[c]: float(row[c]) for c in accounts} for _, row in ledger.iterrows()}
