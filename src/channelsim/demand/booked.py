"""Needs whose hours are booked beforehand: who is there when, around the hour."""

from __future__ import annotations

import numpy as np

from channelsim.randomness import UNPUNCTUAL, luck_of, normal_quantile, quantile, uniform
from channelsim.scenario.tables import NONE, Tables
from channelsim.scenario.world import BookedHours
from channelsim.units import WEEK_MIN, on_grid


def moments_of(tables: Tables, key: int, booked: BookedHours, week: int, ids: np.ndarray) -> np.ndarray:
    """When the customers of one week's hours come, in the order of the hours.

    Parameters
    ----------
    booked : BookedHours
        Hours of one class, and the law of coming too early or too late.
    ids : ndarray
        Their needs: the draw is a function of the need.
    """
    hours = week * WEEK_MIN + booked.hour
    if booked.law == NONE and booked.normal_sd_min == 0.0 and booked.shift_min == 0.0:
        return hours
    moments = np.empty(len(hours))
    for i, (hour, need) in enumerate(zip(hours.tolist(), ids.tolist(), strict=True)):
        u = uniform(luck_of(key, need), 0, 0, 0, UNPUNCTUAL)
        late = booked.shift_min
        if booked.law != NONE:
            late += quantile(tables.distribution, tables.curves, booked.law, u)
        elif booked.normal_sd_min > 0.0:
            late += booked.normal_sd_min * normal_quantile(u)
        moments[i] = max(0.0, hour if booked.early_waits and late < 0.0 else hour + on_grid(late))
    return moments
