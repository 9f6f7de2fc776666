"""Whose needs arise when: a Poisson count by cell and week, then a time for each need (decisions 30, 31)."""

from __future__ import annotations

from math import exp


from channelsim.compiled import compiled, kernel, small
from channelsim.randomness import ARISES, COUNT, HOUR, MARK, luck_of, uniform
from channelsim.rules.choices import choose_channel, hour_of_day, opening
from channelsim.rules.contacts import flags_of, need_of
from channelsim.scenario.tables import ID_BITS, N_DAYS, NEED_BITS, NONE, SERIAL_BITS, VISIT
from channelsim.units import DAY_MIN, NEVER, TICK_MIN, TICKS_PER_MIN, WEEK_MIN, day_of, on_grid

grid, day_at = small(on_grid), small(day_of)

WEEK_BITS = 10
ROW_BITS = 29  # of a key: the row; above them the minute of the week in ticks
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


@kernel
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
def first_moment(w, channel, time, luck):
    """When the first contact of a need that arises at `time` is made.

    A channel with an hour profile takes the need's date and an hour of the profile (weekend and holiday
    needs come on the next open day, decisions 23); one without takes the need's time, or the next opening.
    """
    calendar, profile = w.channel_calendar[channel], w.channel_profile[channel]
    if profile == NONE and calendar == NONE:
        return time
    u = uniform(luck, channel, 0, 0, HOUR)
    if profile == NONE:
        return opening(w, calendar, profile, time, u)
    day = day_at(time)
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
def draw_block(key, first_id, n, purpose, uniforms):
    """Uniforms of `n` needs with neighbouring ids: a loop of its own, which a compiler turns into vectors."""
    for i in range(n):
        uniforms[i] = uniform(luck_of(key, first_id + i), 0, 0, 0, purpose)


@kernel
def draw_week(
    w, key, week, layer, counts, cell_channel, ratio, visit_ratio, channel_share, combination, steps, step_guide, step_cumulative,
    step_begin, step_finish, n, n_late, keys, what, late_time, late_what, uniforms,
):  # fmt: skip
    """Draw the first contacts of the needs of one week and layer; returns the new lengths (n, n_late).

    Row i of the week's contacts has its minute of the week and its row number in `keys[i]`, so that sorting keys sorts
    contacts, and in `what[i]` the need with its channel. Contacts that fall into a later week go to `late_time`, `late_what`.
    `uniforms` is room for those of one cell.
    A latent need arises in this alternative if its mark is below the ratio of intensities (decisions 31); where that of visits
    is another, because trips have grown longer or shorter, a need that would begin with a visit goes by it (decisions 39).
    Where each channel has days of its own, `channel_share` is its intensity of the week over that of the busiest.
    """
    base = ((layer << WEEK_BITS) + week) << ID_BITS
    serial_bits = w.sizes[SERIAL_BITS]
    start, end = week * WEEK_MIN, (week + 1) * WEEK_MIN
    for cell in range(len(counts)):
        row = combination[cell]
        first = steps[row]
        n_steps = steps[row + 1] - first
        first_id = base + (cell << serial_bits)
        draw_block(key, first_id, counts[cell], ARISES, uniforms)
        most = ratio[cell] if ratio[cell] > visit_ratio[cell] else visit_ratio[cell]
        marked = most < layer + 1
        for serial in range(counts[cell]):
            need_id = first_id + serial
            luck = luck_of(key, need_id)
            if marked and layer + uniform(luck, 0, 0, 0, MARK) >= most:
                continue
            if len(channel_share) > 0:
                flags = flags_of(w, luck, w.cell_segment[cell], w.cell_municipality[cell])
                channel = choose_channel(w, luck, w.cell_service[cell], w.cell_segment[cell], flags)
                limit = visit_ratio[cell] if channel == w.sizes[VISIT] else ratio[cell]
                if layer + uniform(luck, 0, 0, 0, MARK) >= limit * channel_share[channel]:
                    continue
                first = steps[channel]
                n_steps = steps[channel + 1] - first
            u = uniforms[serial]
            step = first + step_guide[first + int(u * n_steps)]  # the step whose cumulative share reaches u
            while step_cumulative[step] < u:
                step += 1
            before = step_cumulative[step - 1] if step > first else 0.0
            share = (u - before) / (step_cumulative[step] - before)
            time = grid(step_begin[step] + share * (step_finish[step] - step_begin[step]))
            channel = cell_channel[cell]
            if channel == NONE:
                flags = flags_of(w, luck, w.cell_segment[cell], w.cell_municipality[cell])
                channel = choose_channel(w, luck, w.cell_service[cell], w.cell_segment[cell], flags)
                limit = visit_ratio[cell] if channel == w.sizes[VISIT] else ratio[cell]
                if limit < most and layer + uniform(luck, 0, 0, 0, MARK) >= limit:
                    continue
            moment = first_moment(w, channel, time, luck)
            if moment < end:
                keys[n] = (int((moment - start) * TICKS_PER_MIN) << ROW_BITS) + n
                what[n] = need_id + (channel << NEED_BITS)
                n += 1
            elif moment < NEVER:
                late_time[n_late] = moment
                late_what[n_late] = need_id + (channel << NEED_BITS)
                n_late += 1
    return n, n_late


@kernel
def sort_in(week, time, given, keys, what, late_time, late_what):
    """Begin a week with contacts that are known already: those made in it, and those that fall later still."""
    n, n_late = 0, 0
    for i in range(len(time)):
        if time[i] < (week + 1) * WEEK_MIN:
            keys[n] = (int((time[i] - week * WEEK_MIN) * TICKS_PER_MIN) << ROW_BITS) + n
            what[n] = given[i]
            n += 1
        else:
            late_time[n_late] = time[i]
            late_what[n_late] = given[i]
            n_late += 1
    return n, n_late


@kernel
def in_order(week, keys, what, time, sorted_what):
    """Times and needs of a week in the order of the sorted keys; needs of one instant by their ids."""
    for i in range(len(keys)):
        moment = week * WEEK_MIN + (keys[i] >> ROW_BITS) * TICK_MIN
        here = what[keys[i] & ((1 << ROW_BITS) - 1)]
        j = i
        while j > 0 and time[j - 1] == moment and need_of(sorted_what[j - 1]) > need_of(here):
            sorted_what[j] = sorted_what[j - 1]
            j -= 1
        time[i] = moment
        sorted_what[j] = here
