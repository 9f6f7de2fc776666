"""Contacts that come at drawn intervals (renewal arrivals), one by one or in groups.

The luck of an interval is that of the contact which it follows, so that nothing is shared with any other draw, and a
stream goes on over the weeks from its last arrival.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from channelsim.compiled import kernel, small
from channelsim.randomness import ARISES, COUNT, luck_of, quantile, uniform
from channelsim.units import WEEK_MIN, on_grid

grid = small(on_grid)
Stream = tuple[int, int, np.ndarray]  # cell, law of the intervals, cumulative shares of group sizes


@kernel
def draw_intervals(key, distribution, curves, law, groups, first_id, time, luck, end, times):
    """Arrivals before `end` that follow one at `time` with `luck`, into `times`; returns (how many, time and luck of the last group).

    A group is as many at one moment as `groups`, cumulative shares of sizes 1, 2, …, says. A result longer than
    `times` says that there is not room enough.
    """
    n = 0
    while True:
        gap = grid(quantile(distribution, curves, law, uniform(luck, 0, 0, 0, ARISES)))
        if time + gap >= end:
            return n, time, luck
        time += gap
        luck = luck_of(key, first_id + n)
        u, size = uniform(luck, 0, 0, 0, COUNT), 1
        while size < len(groups) and groups[size - 1] < u:
            size += 1
        if n + size > len(times):
            return n + size, time, luck
        for _ in range(size):
            times[n] = time
            n += 1


class Renewals:
    """The streams of one replication, drawn week by week in order."""

    def __init__(
        self, streams: tuple[tuple[int, int, np.ndarray], ...], key: int, tables: tuple[np.ndarray, np.ndarray], origin: int
    ) -> None:
        """`tables`: distributions and curves; `origin`: number from which each stream has an id that no need has."""
        self.streams, self.key, self.tables = streams, key, tables
        self.last = [(0.0, int(luck_of(key, origin + cell))) for cell, _, _ in streams]

    def week(self, week: int, first_id: int, serial_bits: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Times and need ids of each stream's arrivals in a week; `first_id` is that of cell 0."""
        for number, (cell, law, groups) in enumerate(self.streams):
            ids = first_id + (cell << serial_bits)
            times = np.empty(1024)
            while True:
                n, time, luck = draw_intervals(self.key, *self.tables, law, groups, ids, *self.last[number], (week + 1) * WEEK_MIN, times)
                if n <= len(times):
                    break
                times = np.empty(2 * n)
            self.last[number] = time, luck
            yield times[:n].copy(), ids + np.arange(n)
