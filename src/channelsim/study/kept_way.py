"""One order of a study of transitions in one replication, with the event log of the whole way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from channelsim.rules import state as S
from channelsim.scenario.world import World
from channelsim.study.transition_study import TransitionStudy, blocks_of_order, measured
from channelsim.trajectory.facts_of_way import facts_of_way
from channelsim.trajectory.values import Trajectory
from channelsim.transition import Way, simulate_way


@dataclass(frozen=True)
class KeptWay:
    """What an order of changes did in one replication, and what a reader of its event log must know."""

    way: Way
    frame: pd.DataFrame  # measures by block
    facts: dict[str, Any]  # of all its worlds
    ledger: pd.DataFrame  # minutes by block, pool and account

    @property
    def n_steps(self) -> int:
        """Of the event log."""
        return 0 if self.way.log is None else len(self.way.log[0])


def run_order(study: TransitionStudy, order: str, replication: int, engine: str, log_events: bool) -> KeptWay:
    """Run one order once, as the study does."""
    phases = study.phases(order)
    blocks = blocks_of_order(study, phases)
    way = simulate_way(phases, blocks, study.seed, replication, study.follow_up_weeks, engine, log_events)
    facts: dict[str, Any] = {}
    if log_events:
        worlds = [(phase.first_week, phase.world) for phase in phases]
        facts = facts_of_way(worlds, way.appointments_moved, study.words(order), study.n_weeks + study.follow_up_weeks)
        facts |= {"seed": study.seed, "replication": replication, "order": order, "start_min": way.blocks[0].start_min,
                  "end_min": way.blocks[-1].end_min}  # fmt: skip
    ledger = pd.concat([ledger_of_block(run, block.world) for run, block in zip(way.blocks, blocks, strict=True)], ignore_index=True)
    return KeptWay(way, measured(study, order, replication, blocks, way.blocks), facts, ledger)


def ledger_of_block(run: Trajectory, world: World) -> pd.DataFrame:
    """The time ledger of each pool in one block: minutes by account."""
    frame = pd.DataFrame(run.tally.ledger, columns=[f"{a.replace(' ', '_')}_min" for a in S.LEDGER])
    frame.insert(0, "pool", world.names.pools)
    return frame.assign(from_min=run.start_min, to_min=run.end_min)
