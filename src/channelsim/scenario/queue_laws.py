"""Distributions of worlds of queues."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from channelsim.scenario.build import Builder
from channelsim.scenario.curves import empirical_curve, gamma_curve, hyperexponential_curve
from channelsim.scenario.queue_values import Duration
from channelsim.scenario.tables import NONE

# laws read from a table, each as a curve of mean 1
TABLED_LAWS: dict[str, Callable[[Duration], np.ndarray]] = {
    "gamma": lambda d: gamma_curve((d.cv or 1.0) ** 2),
    "hyperexponential": lambda d: hyperexponential_curve(d.shares, d.values_min),
    "empirical": lambda d: empirical_curve(d.values_min),
}


def distribution_of(builder: Builder, d: Duration | None) -> int:
    """Number of a distribution, NONE without one."""
    if d is None:
        return NONE
    ends = {k: v for k, v in (("low", d.low_min), ("mode", d.mode_min), ("high", d.high_min)) if v is not None}
    if d.family in TABLED_LAWS:
        return builder.tabled(d.mean_min, TABLED_LAWS[d.family](d))
    return builder.distribution(d.family, d.mean_min, d.cv, **ends)
