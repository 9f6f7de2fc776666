"""Sets the two calibrated figures of a region's baseline (decisions 5 and 32) and prints how well they fit.

    python scripts/calibrate.py configs/regions/pohjois-pohjanmaa

`original_share`: contacts per unemployed and year of the baseline meet the anchor. `help_after_min`: specialists
handle the anchored share of generalist services. Both are found by bisection on the same customers, printed,
and written into parameters.csv and the strategies by hand: a calibration is a decision, not a side effect.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from channelsim.config.region import load_region
from channelsim.config.strategy import find_strategy, load_strategy
from channelsim.metrics import Case, measures_of
from channelsim.metrics.anchors import handled_by_specialist
from channelsim.scenario.compile import compile_world
from channelsim.scenario.region import Region
from channelsim.simulate import simulate, weeks

WINDOW = weeks(8, 52, 0)
REPLICATIONS = (1000, 1001, 1002)  # not those of any study
CONTACTS_TARGET, SPECIALIST_TARGET_PCT = 15.2, 35.0


def baseline(region: Region, folder: Path, original_share: float, help_after_min: float) -> tuple[dict[str, float], Case]:
    """Mean measures of the baseline with trial values of the two figures."""
    key = ("volume", "original_share", "all")
    trial = replace(region, parameters={**region.parameters, key: replace(region.parameters[key], base=original_share)})
    strategy = replace(load_strategy(find_strategy(region.baseline[1], folder)), help_after_min=help_after_min)
    world = compile_world(trial, trial.office_models[region.baseline[0]], strategy, WINDOW.n_weeks)
    runs = [Case(simulate(world, 2013, r, WINDOW), world, trial) for r in REPLICATIONS]
    rows = [measures_of(case) for case in runs]
    return {name: sum(row[name] for row in rows) / len(rows) for name in rows[0]}, runs[0]


def main(folder: Path) -> None:
    region = load_region(folder)
    share, help_after = region.value("volume", "original_share", "all"), 2.0
    for _ in range(4):
        low, high = 0.3, 1.0
        for _ in range(9):
            share = (low + high) / 2
            found, _ = baseline(region, folder, share, help_after)
            low, high = (share, high) if found["contacts_per_unemployed_year"] < CONTACTS_TARGET else (low, share)
        low, high = 0.0, 30.0
        for _ in range(9):
            help_after = (low + high) / 2
            found, case = baseline(region, folder, share, help_after)
            low, high = (low, help_after) if found["routine_by_specialist_pct"] < SPECIALIST_TARGET_PCT else (help_after, high)
        print(f"original_share {share:.3f}, help_after_min {help_after:.2f}: ", end="")
        print(f"{found['contacts_per_unemployed_year']:.2f} contacts, {found['routine_by_specialist_pct']:.1f} % by specialists")
    for name, value in found.items():
        print(f"  {name:40s} {value:10.3f}")
    for service, value in zip(case.world.names.services, handled_by_specialist(case), strict=True):
        print(
            f"  {service}: handled by specialists {value:.2f}, data pack {region.value('service', 'handled_by_specialist_today_share', service, float('nan')):.2f}"
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
