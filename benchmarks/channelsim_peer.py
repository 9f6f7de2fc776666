"""channelsim itself on a benchmark workload: one line of JSON, as every peer prints.

python benchmarks/channelsim_peer.py W2 7 200000 --engine fast --records none
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from channelsim.config.world import load_world
from channelsim.rules import state as S
from channelsim.scenario.queues import Queues, compile_queues
from channelsim.simulate import Window, simulate
from channelsim.trajectory.values import Tally

WORLDS = Path(__file__).parent / "worlds"
SIZES = {"W1": 1_000_000, "W2": 1_000_000, "W3": 500_000, "W4": 25}  # customers; W4: days


def length_min(queues: Queues, workload: str, size: int) -> float:
    """Minutes of simulated time that bring so many customers, or so many days."""
    if workload == "W4":
        return size * 1440.0
    return float(size / sum(step.per_min for c in queues.classes for step in c.rates))


def events_of(tally: Tally) -> int:
    """Logical changes of state: arrivals at a queue, ends of service, abandonments."""
    return int(tally.class_tally[:, [S.OFFERED, S.N_SERVED, S.N_ABANDONED]].sum())


def answers_of(tally: Tally, names: tuple[str, ...], workload: str, days: float) -> dict[str, float]:
    """The figures that all implementations are compared by."""

    def total(prefix: str, *columns: int) -> float:
        rows = [i for i, name in enumerate(names) if name.startswith(prefix)]
        return float(tally.class_tally[np.ix_(rows, columns)].sum())

    def mean_wait(prefix: str) -> float:
        return total(prefix, S.WAIT_SERVED, S.WAIT_LEFT) / total(prefix, S.N_STARTED, S.N_ABANDONED)

    if workload == "W1":
        return {"p_wait": total("call", S.N_WAITED) / total("call", S.N_STARTED), "mean_wait": mean_wait("call")}
    if workload == "W2":
        return {"p_abandon": total("call", S.N_ABANDONED) / total("call", S.OFFERED), "mean_wait": mean_wait("call")}
    if workload == "W3":
        return {f"mean_wait_{i}": mean_wait(f"type{i}") for i in range(5)}
    return {
        "phone_abandon_share": total("phone", S.N_ABANDONED) / total("phone", S.OFFERED),
        "specialist_abandon_share": total("specialist", S.N_ABANDONED) / total("specialist", S.OFFERED),
        **{f"{part}_mean_wait": mean_wait(part) for part in ("phone", "web", "front", "specialist")},
        **{f"{part}_a_day": total(part, S.OFFERED) / days for part in ("phone", "web", "front", "specialist")},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workload", choices=sorted(SIZES))
    parser.add_argument("seed", type=int)
    parser.add_argument("size", type=int, nargs="?")
    parser.add_argument("--engine", choices=("fast", "reference"), default="fast")
    parser.add_argument("--records", choices=("none", "contacts"), default="none")
    asked = parser.parse_args()
    size = asked.size or SIZES[asked.workload]
    queues = load_world(WORLDS / f"{asked.workload.lower()}.yaml")
    length = length_min(queues, asked.workload, size)
    world = compile_queues(replace(queues, length_min=length))
    keep = asked.records == "contacts"
    simulate(world, asked.seed, 1, Window(0.0, 60.0, 0.0), asked.engine, keep_records=keep)  # kernels are loaded
    start = time.process_time()
    run = simulate(world, asked.seed, 0, Window(0.0, length, 0.0), asked.engine, keep_records=keep)
    cpu_s = time.process_time() - start
    peer = asked.engine if not keep else f"{asked.engine}_records"
    answers = answers_of(run.tally, world.names.classes, asked.workload, length / 1440.0)
    print(json.dumps({"workload": asked.workload, "peer": peer, "events": events_of(run.tally), "cpu_s": cpu_s, "answers": answers}))


if __name__ == "__main__":
    main()
