"""Small regions in which what staff does can be worked out by hand."""

from __future__ import annotations

from dataclasses import replace

from channelsim.config.strategy import find_strategy, load_strategy
from channelsim.rules import state as S
from channelsim.scenario.compile import Factors, compile_world
from channelsim.scenario.region import Region
from channelsim.scenario.region_staff import RegionStaff
from channelsim.scenario.world import World
from channelsim.simulate import simulate, weeks
from channelsim.trajectory.values import Trajectory
from tests.conftest import TINY


def with_figures(region: Region, **figures: float) -> Region:
    """The region with other base values: `staff__absence_share__all=0.0`."""
    parameters = dict(region.parameters)
    for path, base in figures.items():
        key = tuple(path.split("__"))
        parameters[key] = replace(parameters[key], base=base)  # type: ignore[index]
    return replace(region, parameters=parameters)


def always_same_length(region: Region) -> Region:
    """The region with lengths of contacts that do not vary: each is its mean."""
    parameters = {
        key: replace(p, cv=1e-9) if key[1].startswith(("handling_", "back_office")) else p for key, p in region.parameters.items()
    }
    return replace(region, parameters=parameters)


def no_duties(region: Region) -> Region:
    """Nobody is ever away, and nobody has other duties."""
    return with_figures(region, staff__absence_share__all=0.0, staff__contact_work_share__all=1.0)


def world_of(
    region: Region, staff: RegionStaff, model: str = "two_offices", strategy: str = "today_2011", demand: float = 1.0, n_weeks: int = 8
) -> World:
    """A world of the region with people as they are."""
    factors = Factors(demand_scale=demand)
    found = load_strategy(find_strategy(strategy, TINY))
    return compile_world(replace(region, staff=staff), region.office_models[model], found, n_weeks, factors)


def run_of(world: World, engine: str, measured: int = 1, seed: int = 7) -> Trajectory:
    """Some weeks from the first Monday on."""
    return simulate(world, seed, 0, weeks(0, measured, 0), engine, keep_records=True)


def ledger_of(run: Trajectory, world: World, pool: str) -> dict[str, float]:
    """Minutes of one pool by account; those of 0 left out."""
    row = run.tally.ledger.reshape(-1, S.LEDGER_WIDTH)[world.names.pools.index(pool)]
    return {name: float(minutes) for name, minutes in zip(S.LEDGER, row, strict=True) if minutes}
