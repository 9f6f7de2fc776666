"""Which of many inputs matter at all? Screening by Morris' elementary effects: a few runs per input.

The points to run are those of `study.sampling.morris`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan

import numpy as np
import pandas as pd

from channelsim.study.inference.intervals import LEVEL, Estimate, pointwise
from channelsim.study.inference.words import figure, listed

NEGLIGIBLE = 0.05  # of the strongest input


@dataclass(frozen=True)
class Screening:
    """How strongly each input moves the outcome: the outcome's unit per unit of the points (in the unit cube, the whole range).

    Parameters
    ----------
    strength : mapping of input to Estimate
        Morris' mu*: mean size of the elementary effects, with its interval over trajectories.
    direction : mapping of input to float
        mu: mean effect with its sign.
    bend : mapping of input to float
        sigma: how much the effect depends on where the others are (interactions) or on where it starts (curvature).
    """

    outcome: str
    unit: str
    strength: dict[str, Estimate]
    direction: dict[str, float]
    bend: dict[str, float]
    unknown: tuple[str, ...] = ()  # inputs of which no effect was run

    @property
    def ranked(self) -> tuple[str, ...]:
        return tuple(sorted(self.strength, key=lambda name: -self.strength[name].mean))

    @property
    def negligible(self) -> tuple[str, ...]:
        """Inputs whose upper limit of mu* is below 5 % of the strongest: they may stay at base."""
        most = self.strength[self.ranked[0]].mean
        return tuple(name for name in self.ranked if self.strength[name].high <= NEGLIGIBLE * most)

    def table(self) -> pd.DataFrame:
        rows = [
            (x, self.strength[x].mean, self.strength[x].low, self.strength[x].high, self.direction[x], self.bend[x], self.strength[x].n)
            for x in self.ranked
        ]
        return pd.DataFrame(rows, columns=["input", "mu_star", "low", "high", "mu", "sigma", "effects"])

    def __str__(self) -> str:
        first = [f"{x} ({figure(self.direction[x], True)})" for x in self.ranked[:3]]
        said = f"{self.outcome} is moved most by {listed(first)} {self.unit} over their ranges; may stay at base: {listed(self.negligible)}"
        return said + (f"; not known, as no step of theirs has figures: {listed(self.unknown)}" if self.unknown else "")


def morris(
    points: np.ndarray, values: np.ndarray, names: Sequence[str], outcome: str = "outcome", unit: str = "", level: float = LEVEL
) -> Screening:
    """Strength, direction and bend of each input, from runs along Morris' paths.

    Parameters
    ----------
    points : ndarray, shape (path x (input + 1), input)
        `array_of(study.sampling.morris(...))`: path by path, one input moves from each point to the next.
    values : ndarray, shape (points,) or (points, replications)
        Outcome; replications share their luck between points and are averaged. Points that could not be run are nan (and so may
        be their rows of `points`): the effects next to them are missing, the others count.

    Notes
    -----
    Morris (1991), Technometrics 33:161; mu* of Campolongo, Cariboni & Saltelli (2007), Environmental Modelling & Software
    22:1509; its interval is Student's over paths.
    """
    k = len(names)
    y = (values.mean(axis=1) if values.ndim == 2 else values).reshape(-1, k + 1)
    steps = np.diff(points.reshape(-1, k + 1, k), axis=1)
    run = np.isfinite(np.diff(y, axis=1))
    if ((np.abs(steps) > 1e-12).sum(axis=2) != 1)[run].any():
        raise ValueError("along a path one input moves from each point to the next")
    which = np.nan_to_num(np.abs(steps)).argmax(axis=2)
    size = np.take_along_axis(steps, which[:, :, None], axis=2)[:, :, 0]
    with np.errstate(invalid="ignore", divide="ignore"):
        found = np.diff(y, axis=1) / size
    effects = {name: found[run & (which == i)] for i, name in enumerate(names)}
    known = {name: e for name, e in effects.items() if len(e)}
    if not known:
        raise ValueError("no two neighbouring points of a path were run")
    strength = {name: pointwise(np.abs(e), level, unit) for name, e in known.items()}
    bend = {name: float(e.std(ddof=1)) if len(e) > 1 else nan for name, e in known.items()}
    unknown = tuple(name for name in names if name not in known)
    return Screening(outcome, unit, strength, {name: float(e.mean()) for name, e in known.items()}, bend, unknown)
