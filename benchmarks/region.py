"""channelsim on the default region, one line of JSON: a year, growth with demand, two processes at once.

python benchmarks/region.py year --engine fast --weeks 52
python benchmarks/region.py growth --scale 10
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import replace
from pathlib import Path

from channelsim.config.region import load_region
from channelsim.config.strategy import find_strategy, load_strategy
from channelsim.scenario.compile import compile_world
from channelsim.scenario.region import OfficeModel, Person, Region
from channelsim.simulate import simulate, weeks

REGION = Path(__file__).parents[1] / "configs" / "regions" / "pohjois-pohjanmaa"


def scaled(region: Region, scale: float, model: str) -> Region:
    """The region with so many times the unemployed and the staff: every queue keeps its load."""
    municipalities = tuple(replace(m, unemployed=m.unemployed * scale) for m in region.municipalities)
    if scale <= 1.0:  # people cannot be cut to pieces: below 1 only demand shrinks
        return replace(region, municipalities=municipalities)
    staff = {split: _copies(people, round(scale)) for split, people in region.office_models[model].staff.items()}
    office_model: OfficeModel = replace(region.office_models[model], staff=staff)
    return replace(region, municipalities=municipalities, office_models={**region.office_models, model: office_model})


def _copies(people: tuple[Person, ...], n: int) -> tuple[Person, ...]:
    step = max(p.id for p in people) + 1
    return tuple(replace(p, id=p.id + copy * step, rota=p.rota + copy) for copy in range(n) for p in people)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("year", "growth"))
    parser.add_argument("--engine", choices=("fast", "reference"), default="fast")
    parser.add_argument("--weeks", type=int, default=52)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--runs", type=int, default=1, help="replications one after the other, in this process")
    asked = parser.parse_args()
    region = load_region(REGION)
    if asked.what == "growth":
        region = scaled(region, asked.scale, "m6_today")
    strategy = load_strategy(find_strategy("today_2011", REGION))
    window = weeks(0, asked.weeks, 0)
    world = compile_world(region, region.office_models["m6_today"], strategy, window.n_weeks)
    if asked.engine == "fast":
        simulate(world, asked.seed, 1, weeks(0, 1, 0))  # kernels are loaded
    simulate(world, asked.seed, 1, window)  # rosters of the world are made once for all its replications
    wall, cpu = time.perf_counter(), time.process_time()
    for replication in range(asked.runs):
        run = simulate(world, asked.seed, replication, window, asked.engine)
    cpu_s, wall_s = time.process_time() - cpu, time.perf_counter() - wall
    print(json.dumps({"workload": f"region-{asked.what}", "peer": asked.engine, "scale": asked.scale, "events": run.n_events * asked.runs,
                      "cpu_s": cpu_s, "wall_s": wall_s, "digest": run.digest()[:16]}))  # fmt: skip


if __name__ == "__main__":
    main()
