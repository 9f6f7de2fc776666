"""What a measure is: a name, a unit, a definition with its denominator, which way is better, and a function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from channelsim.scenario.region import Region
from channelsim.scenario.world import World
from channelsim.trajectory.values import Trajectory

HOUR_MIN = 60.0
WEEK_OF_MIN = 10080.0


@dataclass(frozen=True)
class Case:
    """All that a measure may look at: one replication, its world, and the region if there is one."""

    run: Trajectory
    world: World
    region: Region | None = None

    @property
    def n_weeks(self) -> float:
        """Length of the measured window in weeks."""
        return (self.run.end_min - self.run.start_min) / WEEK_OF_MIN

    def per_week(self, minutes: float) -> float:
        """Hours a week from minutes in the measured window."""
        return minutes / HOUR_MIN / self.n_weeks


@dataclass(frozen=True)
class Measure:
    """One number of a replication. `better` is higher, lower or neither; `nan` where it is not defined."""

    id: str
    family: str  # the id of the evaluation plan: A1 ... F1
    unit: str
    better: str
    definition: str
    value: Callable[[Case], float]


MEASURES: dict[str, Measure] = {}


def measure(family: str, unit: str, better: str, definition: str) -> Callable[[Callable[[Case], float]], Callable[[Case], float]]:
    """Register a function of a case as a measure; its name is the measure's id."""

    def register(function: Callable[[Case], float]) -> Callable[[Case], float]:
        MEASURES[function.__name__] = Measure(function.__name__, family, unit, better, definition, function)
        return function

    return register


def measures_of(case: Case) -> dict[str, float]:
    """Every registered measure of one replication, in order of registration."""
    return {name: float(m.value(case)) for name, m in MEASURES.items()}
