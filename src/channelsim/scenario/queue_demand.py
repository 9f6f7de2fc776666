"""When contacts of a world of queues come: each class is a cell with its own steps of the week."""

from __future__ import annotations

import numpy as np

from channelsim.scenario.build import Builder
from channelsim.scenario.compile_coming import booked_hours
from channelsim.scenario.queue_laws import distribution_of
from channelsim.scenario.queue_values import Queues, RateStep
from channelsim.scenario.world import Demand
from channelsim.units import DAY_MIN, WEEK_MIN


def demand_of_queues(builder: Builder, queues: Queues, n_days: int) -> Demand:
    """Arrivals by class: each class is a cell with its own steps of the week."""
    means, starts, ends, shares, cell, group = [], [], [], [], [], []
    factors = [("", 0.0)]  # name and cv of the factors of days; the first: none
    renewals = []
    trace_time, trace_cell = [], []
    for i, c in enumerate(queues.classes):
        steps = [piece for step in c.rates for piece in _by_day(step)]
        weights = [s.per_min * (s.end_min - s.start_min) for s in steps]
        means.append(sum(weights))
        starts.append(np.array([s.start_min for s in steps] or [0.0]))
        ends.append(np.array([s.end_min for s in steps] or [WEEK_MIN]))
        shares.append(np.array(weights or [1.0]) / (sum(weights) or 1.0))
        factor = (c.busyness or f"class {c.name}", c.busyness_cv) if c.busyness_cv else factors[0]
        if factor not in factors:
            factors.append(factor)
        group.append(factors.index(factor))
        if c.interval is not None:
            renewals.append((i, distribution_of(builder, c.interval), np.cumsum(c.group_shares or (1.0,))))
        cell.append(i)
        trace_time += list(c.arrivals_at_min)
        trace_cell += [i] * len(c.arrivals_at_min)
    n = len(queues.classes)
    cells = np.arange(n)
    return Demand(
        municipality=np.zeros(n, np.int64), segment=np.zeros(n, np.int64), service=cells, channel=cells,
        weekly_mean=np.array(means), ratio=np.ones(n), combination=cells, combination_profile=cells,
        combination_group=np.array(group), step_start=_ragged(starts), step_end=_ragged(ends), step_share=_ragged(shares),
        day_factor=np.ones((len(factors), n_days)), busyness_cv=np.array([cv for _, cv in factors]), trace_time=np.array(trace_time, float),
        trace_cell=np.array(trace_cell, np.int64), renewals=tuple(renewals), booked=booked_hours(builder, queues.classes, distribution_of),
    )  # fmt: skip


def _ragged(rows: list[np.ndarray]) -> np.ndarray:
    column = np.empty(len(rows), object)
    column[:] = rows
    return column


def _by_day(step: RateStep) -> list[RateStep]:
    """A step cut at midnights, so that each piece lies in one day."""
    pieces, start = [], step.start_min
    while start < step.end_min:
        end = min(step.end_min, (start // DAY_MIN + 1) * DAY_MIN)
        pieces.append(RateStep(start, end, step.per_min))
        start = end
    return pieces
