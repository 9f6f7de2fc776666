"""Demand week by week: memory does not grow with the horizon (decisions 30)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import stats

from channelsim.demand.draw import ID_BITS, WEEK_BITS, count_week, draw_week, serial_bits_for
from channelsim.randomness import BUSYNESS, luck_of, uniform
from channelsim.scenario.world import World
from channelsim.units import WEEK_MIN, on_grid


class Arrivals(NamedTuple):
    """First contacts of one week, sorted by (time, need id)."""

    time: np.ndarray
    need_id: np.ndarray
    municipality: np.ndarray
    segment: np.ndarray
    service: np.ndarray
    channel: np.ndarray


class DemandWeeks:
    """Draws the weeks of one replication in order, carrying over contacts that fall into a later week."""

    def __init__(self, world: World, key: int) -> None:
        self.world, self.key = world, key
        self.bits = serial_bits_for(len(world.demand.weekly_mean))
        self.layers = max(1, int(np.ceil(world.demand.ratio.max(initial=1.0))))
        self.carried: tuple[np.ndarray, ...] = (np.empty(0), *(np.empty(0, np.int64) for _ in range(3)))

    def busyness(self, group: int, day: int) -> float:
        """Gamma multiplier of one day: over-dispersion common to all cells of a group (design 4.2)."""
        cv = float(self.world.demand.busyness_cv[group])
        if cv <= 0.0:
            return 1.0
        luck = luck_of(self.key, (7 << (WEEK_BITS + ID_BITS)) + day * 64 + group)  # layer 7 is kept for days
        shape = 1.0 / (cv * cv)
        return float(stats.gamma.ppf(uniform(luck, 0, 0, 0, BUSYNESS), shape) / shape)

    def week_steps(self, week: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Factor of the week and cumulative shares of its steps, by combination of profile and busyness group."""
        demand = self.world.demand
        day_of = {}
        factors, starts, cumulative, begin, finish = [], [0], [], [], []
        for profile, group in zip(demand.combination_profile, demand.combination_group, strict=True):
            if group not in day_of:
                days = range(week * 7, week * 7 + 7)
                day_of[group] = np.array([demand.day_factor[group, d] * self.busyness(group, d) for d in days])
            start = demand.step_start[profile]
            weight = demand.step_share[profile] * day_of[group][(start // 1440).astype(int) % 7]
            total = float(weight.sum())
            factors.append(total)
            share = np.cumsum(weight) / total if total > 0 else np.ones(len(weight))
            share[-1] = 1.0
            cumulative.append(share)
            begin.append(start + week * WEEK_MIN)
            finish.append(demand.step_end[profile] + week * WEEK_MIN)
            starts.append(starts[-1] + len(start))
        return (
            np.array(factors),
            np.array(starts, np.int64),
            np.concatenate(cumulative),
            np.concatenate(begin),
            np.concatenate(finish),
        )

    def draw(self, week: int) -> Arrivals:
        """The first contacts made in week number `week`; weeks must be asked for in order."""
        demand, tables = self.world.demand, self.world.tables
        factors, steps, cumulative, begin, finish = self.week_steps(week)
        parts = [self.carried]
        for layer in range(self.layers):
            counts = np.zeros(len(demand.weekly_mean), np.int64)
            total = count_week(self.key, week, layer, demand.weekly_mean, factors, demand.combination, self.bits, counts)
            times, ids = np.empty(total), np.empty(total, np.int64)
            cells, channels = np.empty(total, np.int64), np.empty(total, np.int64)
            n = draw_week(
                tables, self.key, week, layer, counts, demand.municipality, demand.segment, demand.service,
                demand.channel, demand.ratio, demand.combination, self.bits, steps, cumulative, begin, finish,
                times, ids, cells, channels,
            )  # fmt: skip
            parts.append((times[:n], ids[:n], cells[:n], channels[:n]))
        parts.append(self.given(week))
        time, ids, cells, channels = (np.concatenate(column) for column in zip(*parts, strict=True))
        order = np.lexsort((ids, time))
        time, ids, cells, channels = time[order], ids[order], cells[order], channels[order]
        cut = int(np.searchsorted(time, (week + 1) * WEEK_MIN, side="left"))
        self.carried = (time[cut:], ids[cut:], cells[cut:], channels[cut:])
        now = cells[:cut]
        return Arrivals(time[:cut], ids[:cut], demand.municipality[now], demand.segment[now], demand.service[now], channels[:cut])

    def given(self, week: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Needs of a trace: times as configured, ids by order within their cell and week."""
        demand = self.world.demand
        inside = (demand.trace_time >= week * WEEK_MIN) & (demand.trace_time < (week + 1) * WEEK_MIN)
        times = np.array([on_grid(float(t)) for t in demand.trace_time[inside]])
        cells = demand.trace_cell[inside].astype(np.int64)
        serial = np.zeros(len(cells), np.int64)
        seen: dict[int, int] = {}
        for i, cell in enumerate(cells):
            serial[i] = seen.get(int(cell), 0)
            seen[int(cell)] = int(serial[i]) + 1
        ids = (np.int64(week) << ID_BITS) + (cells << self.bits) + serial
        return times, ids, cells, demand.channel[cells]
