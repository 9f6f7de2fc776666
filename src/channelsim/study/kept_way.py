"""One order of a study of transitions in one replication, with the event log of the whole way."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from channelsim.rules import state as S
from channelsim.scenario.world import World
from channelsim.store.events import write_way
from channelsim.study.transition_study import TransitionStudy, blocks_of_order, measured
from channelsim.trajectory.facts_of_way import facts_of_way
from channelsim.trajectory.values import Trajectory
from channelsim.transition import Way, simulate_way


@dataclass(frozen=True)
class KeptWay:
    """What an order of changes did in one replication."""

    way: Way
    frame: pd.DataFrame  # measures by block
    n_steps: int  # of the event log


def run_order(study: TransitionStudy, order: str, replication: int, engine: str, folder: Path | None) -> KeptWay:
    """Run one order once; with a folder, write its event log there, which `channelsim audit` and `explain` read."""
    phases = study.phases(order)
    blocks = blocks_of_order(study, phases)
    way = simulate_way(phases, blocks, study.seed, replication, study.follow_up_weeks, engine, log_events=folder is not None)
    if folder is not None:
        worlds = [(phase.first_week, phase.world) for phase in phases]
        facts = facts_of_way(worlds, way.appointments_moved, study.words(order), study.n_weeks + study.follow_up_weeks)
        facts |= {"seed": study.seed, "replication": replication, "order": order, "start_min": way.blocks[0].start_min,
                  "end_min": way.blocks[-1].end_min}  # fmt: skip
        pairs = zip(way.blocks, [block.world for block in blocks], strict=True)
        write_way(folder, way, facts, pd.concat([ledger_of_block(run, world) for run, world in pairs], ignore_index=True))
    n_steps = 0 if way.log is None else len(way.log[0])
    return KeptWay(way, measured(study, order, replication, blocks, way.blocks), n_steps)


def ledger_of_block(run: Trajectory, world: World) -> pd.DataFrame:
    """The time ledger of each pool in one block: minutes by account."""
    frame = pd.DataFrame(run.tally.ledger, columns=[f"{a.replace(' ', '_')}_min" for a in S.LEDGER])
    frame.insert(0, "pool", world.names.pools)
    return frame.assign(from_min=run.start_min, to_min=run.end_min)
