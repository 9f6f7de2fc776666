"""How long a study must warm up: two starts, from empty and from twice the backlog, on the same draws (decisions 12).

The warm-up is one number for all alternatives: the smallest multiple of four weeks after which the owed work of both
runs differs by less than two per cent, and stays so. (MSER-5 is not valid on a seasonal series.)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from channelsim.scenario.world import World
from channelsim.simulate import simulate, weeks
from channelsim.study.design import Alternative, Study
from channelsim.study.worlds import Worlds

AGREEMENT = 0.02
STEP_WEEKS = 4
SURGES = tuple((1.0 + 0.1 * tenths, n) for n in (1, 2, 4) for tenths in range(1, 11))  # demand of the first n weeks


@dataclass(frozen=True)
class TwoStarts:
    """Owed work of one alternative on each Monday, in hours, from both starts (means over replications)."""

    alternative: Alternative
    from_empty_h: np.ndarray  # [week]
    from_backlog_h: np.ndarray
    surge: float  # factor on the demand of the first weeks that built the backlog
    surge_weeks: int

    @property
    def difference(self) -> np.ndarray:
        """[four weeks] mean owed work from the backlog less that from empty, as a share of the latter.

        Means of four Mondays: on a single one the two runs differ by some contact or other for ever.
        """
        n = len(self.from_empty_h) // STEP_WEEKS * STEP_WEEKS
        empty, backlog = (row[:n].reshape(-1, STEP_WEEKS).mean(axis=1) for row in (self.from_empty_h, self.from_backlog_h))
        return np.asarray(np.abs(backlog - empty) / np.maximum(empty, 1e-9))

    @property
    def warm_up_weeks(self) -> int | None:
        """Weeks after which the starts agree for good, a multiple of four; None if they do not within the pilot."""
        apart = np.flatnonzero(self.difference >= AGREEMENT)
        first = 0 if len(apart) == 0 else int(apart[-1]) + 1
        return first * STEP_WEEKS if first < len(self.difference) else None


def owed_by_week(world: World, seed: int, replications: int, n_weeks: int, engine: str) -> np.ndarray:
    """[week] owed work of all pools on each Monday, in hours, mean over replications."""
    runs = [simulate(world, seed, r, weeks(0, n_weeks, 0), engine).owed_min.sum(axis=1) for r in range(replications)]
    return np.asarray(np.mean(runs, axis=0) / 60.0)


def two_starts(study: Study, alternative: Alternative, world: World, replications: int, n_weeks: int) -> TwoStarts:
    """Run one alternative from both starts."""
    empty = owed_by_week(world, study.seed, replications, n_weeks, study.engine)
    usual = float(empty[len(empty) // 2 :].mean())
    for surge, surge_weeks in SURGES:  # the weakest that is enough
        crowded = replace(world, demand=replace(world.demand, surge=surge, surge_weeks=surge_weeks))
        backlog = owed_by_week(crowded, study.seed, replications, n_weeks, study.engine)
        if backlog[surge_weeks] >= 2.0 * usual:
            break
    return TwoStarts(alternative, empty, backlog, surge, surge_weeks)


def pilot(study: Study, replications: int, n_weeks: int) -> Iterator[TwoStarts]:
    """Both starts of every alternative of a study, one after the other."""
    worlds = Worlds(study)
    for a in study.alternatives:
        yield two_starts(study, a, worlds[a], replications, min(n_weeks, worlds[a].n_weeks))
