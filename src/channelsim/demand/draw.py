"""Whose needs arise when: a Poisson count by cell and week, then a time for each need (decisions 30, 31)."""

from __future__ import annotations

from math import exp

import numpy as np

from channelsim.compiled import compiled, small
from channelsim.randomness import ARISES, COUNT, HOUR, MARK, luck_of, uniform
from channelsim.rules.choices import choose_channel, hour_of_day, opening
from channelsim.rules.contacts import flags_of
from channelsim.scenario.tables import N_DAYS, NONE
from channelsim.units import DAY_MIN, NEVER, on_grid

grid = small(on_grid)

ID_BITS = 25  # of a need's id: cell and serial; above them ten bits of week and three of layer
WEEK_BITS = 10
LARGEST_MEAN = 256.0  # a Poisson quantile is searched from below; larger means are drawn in parts


@compiled
def poisson_quantile(mean, u):
    """Smallest n with P(N <= n) >= u for N Poisson(mean); mean at most a few hundred."""
    probability = exp(-mean)
    below = probability
    n = 0
    while below < u and n < 4096:
        n += 1
        probability *= mean / n
        below += probability
    return n


@compiled
def count_week(key, week, layer, weekly_mean, week_factor, combination, serial_bits, counts):
    """Draw the number of latent needs of each cell in one week and layer into `counts`; returns the total."""
    total = 0
    base = ((layer << WEEK_BITS) + week) << ID_BITS
    for cell in range(len(weekly_mean)):
        mean = weekly_mean[cell] * week_factor[combination[cell]]
        counts[cell] = 0
        if mean <= 0.0:
            continue
        luck = luck_of(key, base + (cell << serial_bits) + (1 << serial_bits) - 1)  # the last serial is the cell's own
        part = 0
        while mean > 0.0:
            counts[cell] += poisson_quantile(min(mean, LARGEST_MEAN), uniform(luck, 0, part, 0, COUNT))
            mean -= LARGEST_MEAN
            part += 1
        total += counts[cell]
    return total


@compiled
def first_moment(w, channel, time, u):
    """When the first contact of a need that arises at `time` is made.

    A channel with an hour profile takes the need's date and an hour of the profile (weekend and holiday
    needs come on the next open day, decisions 23); one without takes the need's time, or the next opening.
    """
    calendar, profile = w.channel_calendar[channel], w.channel_profile[channel]
    if profile == NONE:
        return time if calendar == NONE else opening(w, calendar, profile, time, u)
    day = int(time // DAY_MIN)
    if calendar == NONE:
        return day * DAY_MIN + hour_of_day(w, profile, u)
    day = w.calendar_next[calendar * w.sizes[N_DAYS] + day]
    if day == NONE:
        return NEVER
    at = calendar * w.sizes[N_DAYS] + day
    moment = day * DAY_MIN + hour_of_day(w, profile, u)
    if moment < w.calendar_open[at] or moment >= w.calendar_close[at]:
        return grid(w.calendar_open[at] + u * (w.calendar_close[at] - w.calendar_open[at]))
    return moment


@compiled
def draw_week(
    w, key, week, layer, counts, cell_municipality, cell_segment, cell_service, cell_channel, ratio, combination,
    serial_bits, steps, step_cumulative, step_begin, step_finish, times, ids, cells, channels,
):  # fmt: skip
    """Fill time, id, cell and first channel of the needs of one week and layer; returns how many arise.

    A latent need arises in this alternative if its mark is below the ratio of intensities (decisions 31).
    """
    n = 0
    base = ((layer << WEEK_BITS) + week) << ID_BITS
    for cell in range(len(counts)):
        row = combination[cell]
        first, last = steps[row], steps[row + 1]
        for serial in range(counts[cell]):
            need_id = base + (cell << serial_bits) + serial
            luck = luck_of(key, need_id)
            if ratio[cell] < layer + 1 and layer + uniform(luck, 0, 0, 0, MARK) >= ratio[cell]:
                continue
            u = uniform(luck, 0, 0, 0, ARISES)
            low, high = first, last - 1  # the step whose cumulative share reaches u
            while low < high:
                middle = (low + high) // 2
                if step_cumulative[middle] < u:
                    low = middle + 1
                else:
                    high = middle
            before = step_cumulative[low - 1] if low > first else 0.0
            share = (u - before) / (step_cumulative[low] - before)
            time = grid(step_begin[low] + share * (step_finish[low] - step_begin[low]))
            channel = cell_channel[cell]
            if channel == NONE:
                flags = flags_of(w, luck, cell_segment[cell], cell_municipality[cell])
                channel = choose_channel(w, luck, cell_service[cell], cell_segment[cell], flags)
            moment = first_moment(w, channel, time, uniform(luck, channel, 0, 0, HOUR))
            if moment >= NEVER:
                continue
            times[n] = moment
            ids[n] = need_id
            cells[n] = cell
            channels[n] = channel
            n += 1
    return n


def serial_bits_for(n_cells: int) -> int:
    """Bits that the id of a need leaves for its serial number within cell and week."""
    return ID_BITS - max(1, int(np.ceil(np.log2(max(2, n_cells)))))
