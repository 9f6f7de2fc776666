"""Demand week by week: memory does not grow with the horizon (decisions 30)."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from scipy import special

from channelsim.demand.booked import moments_of
from channelsim.demand.draw import WEEK_BITS, count_week, draw_week, in_order, sort_in
from channelsim.demand.renewals import Renewals
from channelsim.randomness import BUSYNESS, luck_of, uniform
from channelsim.scenario.tables import ID_BITS, NEED_BITS, SERIAL_BITS
from channelsim.scenario.world import World
from channelsim.units import WEEK_MIN, on_grid

RENEWAL_LAYER = 5  # of needs that come at drawn intervals, in worlds of queues, whose demand has one layer
GIVEN_LAYER = 6  # of needs that are given, not drawn; layer 7 is kept for days
GROUPS_A_DAY = 64  # of busyness


class Arrivals(NamedTuple):
    """First contacts of one week, sorted by (time, need id)."""

    time: np.ndarray
    what: np.ndarray  # need id and channel in one word, see `rules.contacts.arise`


class DemandWeeks:
    """Draws the weeks of one replication in order, carrying over contacts that fall into a later week."""

    def __init__(self, world: World, key: int) -> None:
        self.key = key
        self.change(world)
        self.late = np.empty(0), np.empty(0, np.int64)  # time and need of contacts that fall into a later week
        self.room: tuple[np.ndarray, ...] = ()  # arrays that are filled anew each week
        never = (7 << (WEEK_BITS + ID_BITS)) + (1 << (WEEK_BITS + ID_BITS)) - (1 << 16)  # the end of the layer of days
        self.renewals = Renewals(world.demand.renewals, key, (world.tables.distribution, world.tables.curves), never)

    def change(self, world: World) -> None:
        """From the next week on, needs arise as in this world; contacts that were planned for later stay planned."""
        self.world = world
        self.shares: tuple[Any, ...] | None = None  # factors of a week's days, and what `shares_of_week` made of them
        self.bits = int(world.tables.sizes[SERIAL_BITS])
        starts = (0, world.demand.shock_weeks[0], world.n_weeks)  # what is more than usual begins and ends
        most = max(float(ratio(week).max(initial=1.0)) for ratio in (self.ratio, self.visit_ratio) for week in starts)
        if most > GIVEN_LAYER:
            raise ValueError(f"demand is more than {GIVEN_LAYER} times that of the reference")
        self.counts = np.zeros((max(1, int(np.ceil(most))), len(world.demand.weekly_mean)), np.int64)

    def visit_ratio(self, week: int) -> np.ndarray:
        """[cell] the same of needs that begin with a visit."""
        factor = self.world.demand.visit_factor
        return self.ratio(week) if factor is None else self.ratio(week) * factor

    def ratio(self, week: int) -> np.ndarray:
        """[cell] intensity of a week over the reference."""
        demand = self.world.demand
        ratio = demand.ratio * demand.surge if week < demand.surge_weeks else demand.ratio
        if demand.shock is not None and demand.shock_weeks[0] <= week < demand.shock_weeks[1]:
            ratio = ratio * demand.shock
        return ratio

    def busyness(self, group: int, day: int) -> float:
        """Gamma multiplier of one day: over-dispersion common to all cells of a group (design 4.2)."""
        if self.world.demand.channel_correlation is not None:
            return self.channel_busyness(group, day)
        cv = float(self.world.demand.busyness_cv[group])
        if cv <= 0.0:
            return 1.0
        page, group = divmod(group, GROUPS_A_DAY)
        luck = luck_of(self.key, (7 << (WEEK_BITS + ID_BITS)) + day * GROUPS_A_DAY + group)  # layer 7 is kept for days
        shape = 1.0 / (cv * cv)
        return float(special.gammaincinv(shape, uniform(luck, 0, page, 0, BUSYNESS)) / shape)

    def channel_busyness(self, channel: int, day: int) -> float:
        """The same for one channel: the sum of a part common to all and a part of its own, gamma of one scale, hence gamma.

        With shapes rho / cv^2 and (1 - rho) / cv^2 and the scale cv^2 it has mean 1, variation cv and correlation rho between channels.
        """
        rho, cv = float(self.world.demand.channel_correlation or 0.0), float(self.world.demand.busyness_cv[0])
        luck = luck_of(self.key, (7 << (WEEK_BITS + ID_BITS)) + day * GROUPS_A_DAY)
        total = 0.0
        for page, part in ((0, rho), (1 + channel, 1.0 - rho)):
            if part > 0.0:
                total += float(special.gammaincinv(part / (cv * cv), uniform(luck, 0, page, 0, BUSYNESS))) * cv * cv
        return total

    def week_steps(self, week: int) -> tuple[np.ndarray, ...]:
        """Factor of the week, and its steps by combination of profile and busyness group.

        Returns (factors, first step of each combination, guide, cumulative share, begin, end); the guide says for the
        i-th of n equal parts of (0, 1) which of the n steps its lower end falls into. A week whose days are like those
        of the week before, as in most worlds of queues, has its shares.
        """
        demand = self.world.demand
        days = range(week * 7, week * 7 + 7)
        groups = np.unique(demand.combination_group)
        factor_of = {int(g): np.array([demand.day_factor[g, d] * self.busyness(g, d) for d in days]) for g in groups}
        if self.shares is None or any((factor != self.shares[0][group]).any() for group, factor in factor_of.items()):
            self.shares = factor_of, *self.shares_of_week(factor_of)
        _, begin, finish, *shares = self.shares
        return (*shares, begin + week * WEEK_MIN, finish + week * WEEK_MIN)

    def shares_of_week(self, factor_of: dict[int, np.ndarray]) -> tuple[np.ndarray, ...]:
        """Begin and end of all steps within the week, factors, first steps, guide and cumulative shares (`week_steps`)."""
        demand = self.world.demand
        factors, starts, guide, cumulative, begin, finish = [], [0], [], [], [], []
        for profile, group in zip(demand.combination_profile, demand.combination_group, strict=True):
            start = demand.step_start[profile]
            weight = demand.step_share[profile] * factor_of[int(group)][(start // 1440).astype(int) % 7]
            total = float(weight.sum())
            factors.append(total)
            share = np.cumsum(weight) / total if total > 0 else np.ones(len(weight))
            share[-1] = 1.0
            cumulative.append(share)
            guide.append(np.searchsorted(share, np.arange(len(share)) / len(share)))
            begin.append(start)
            finish.append(demand.step_end[profile])
            starts.append(starts[-1] + len(start))
        return (
            np.concatenate(begin), np.concatenate(finish), np.array(factors), np.array(starts, np.int64),
            np.concatenate(guide).astype(np.int64), np.concatenate(cumulative),
        )  # fmt: skip

    def draw(self, week: int) -> Arrivals:
        """The first contacts made in week number `week`; weeks must be asked for in order.

        The arrays are used again for the next week.
        """
        demand, tables = self.world.demand, self.world.tables
        factors, *steps = self.week_steps(week)
        ratio, visit_ratio = self.ratio(week), self.visit_ratio(week)
        channel_share = np.empty(0)
        if demand.channel_correlation is not None:  # counted for the busiest channel; those of others arise by their share of it
            most = float(factors.max())
            channel_share, factors = factors / most if most > 0.0 else np.ones(3), np.array([most])
        n_layers = max(1, int(np.ceil(max(ratio.max(initial=1.0), visit_ratio.max(initial=1.0)))))  # needs of higher layers do not arise
        latent = 0
        for layer, counts in enumerate(self.counts[:n_layers]):
            latent += count_week(self.key, week, layer, demand.weekly_mean, factors, demand.combination, self.bits, counts)
        known = [self.late, self.given(week), *self.intervals(week), *self.booked(week)]
        earlier_time, earlier_what = (np.concatenate(column) for column in zip(*known, strict=True))
        keys, what, time, in_time_order = self.room_for(latent + len(earlier_time))
        late_time, late_what = np.empty(len(time)), np.empty(len(time), np.int64)
        n, n_late = sort_in(week, earlier_time, earlier_what, keys, what, late_time, late_what)
        for layer, counts in enumerate(self.counts[:n_layers]):
            n, n_late = draw_week(  # type: ignore[call-arg]  # Numba unpacks the starred columns
                tables, self.key, week, layer, counts, demand.channel, ratio, visit_ratio, channel_share, demand.combination, *steps,
                n, n_late, keys, what, late_time, late_what, time,
            )  # fmt: skip
        self.late = late_time[:n_late].copy(), late_what[:n_late].copy()
        keys[:n].sort()
        in_order(week, keys[:n], what, time, in_time_order)
        return Arrivals(time[:n], in_time_order[:n])

    def room_for(self, n: int) -> tuple[np.ndarray, ...]:
        """Keys, needs, times and needs in order of time for up to n contacts."""
        if not self.room or len(self.room[0]) < n:
            size = n + n // 4
            self.room = np.empty(size, np.int64), np.empty(size, np.int64), np.empty(size), np.empty(size, np.int64)
        return self.room

    def given(self, week: int) -> tuple[np.ndarray, np.ndarray]:
        """Needs of a trace, in a layer of their own: a need's number comes from its time, never from its place in the list."""
        demand = self.world.demand
        inside = (demand.trace_time >= week * WEEK_MIN) & (demand.trace_time < (week + 1) * WEEK_MIN)
        times = np.array([on_grid(float(t)) for t in demand.trace_time[inside]])
        cells = demand.trace_cell[inside].astype(np.int64)
        return times, self.numbered(week, times, cells) + (demand.channel[cells] << NEED_BITS)

    def intervals(self, week: int) -> list[tuple[np.ndarray, np.ndarray]]:
        """Needs that come at drawn intervals, stream by stream."""
        demand, found = self.world.demand, []
        streams = self.renewals.week(week, ((RENEWAL_LAYER << WEEK_BITS) + week) << ID_BITS, self.bits)
        for (cell, _, _), (times, ids) in zip(demand.renewals, streams, strict=True):
            if len(ids) >= 1 << self.bits:
                raise ValueError(f"more than {1 << self.bits:,} arrivals of one class in a week")
            found.append((times, ids + (demand.channel[cell] << NEED_BITS)))
        return found

    def booked(self, week: int) -> list[tuple[np.ndarray, np.ndarray]]:
        """Needs whose hours are booked, of the week after this one: who is early may come before it begins."""
        booked, found = self.world.demand.booked, []
        if not booked:
            return []
        hours, cells = np.concatenate([b.hour for b in booked]), np.repeat([b.cell for b in booked], [len(b.hour) for b in booked])
        for of_week in (0, 1) if week == 0 else (week + 1,):
            ids = self.numbered(of_week, of_week * WEEK_MIN + hours, cells)
            moments, first = np.empty(len(ids)), 0
            for b in booked:
                mine = slice(first, first + len(b.hour))
                moments[mine] = moments_of(self.world.tables, self.key, b, of_week, ids[mine])
                first = mine.stop
            found.append((moments, ids + (self.world.demand.channel[cells] << NEED_BITS)))
        return found

    def numbered(self, week: int, times: np.ndarray, cells: np.ndarray) -> np.ndarray:
        """Ids of needs by the week and moment for which they are known."""
        serials = 1 << self.bits
        serial = np.floor((times - week * WEEK_MIN) / WEEK_MIN * serials).astype(np.int64)
        taken: set[tuple[int, int]] = set()
        for i, cell in enumerate(cells.tolist()):
            while (cell, int(serial[i])) in taken:  # two at one moment
                serial[i] = (serial[i] + 1) % serials
            taken.add((cell, int(serial[i])))
        ids = (((GIVEN_LAYER << WEEK_BITS) + np.int64(week)) << ID_BITS) + (cells << self.bits) + serial
        return np.asarray(ids)
