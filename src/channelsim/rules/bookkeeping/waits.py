"""Waits: histograms by service, municipality and segment (decisions 14)."""

from __future__ import annotations

from channelsim.compiled import compiled
from channelsim.rules.state import (
    C_CLASS, C_NEED, CLASS_TALLY_WIDTH, CONTACT_TIMES, CONTACT_WIDTH, HISTOGRAM_BINS, MUNICIPALITY, N_STARTED, N_WAITED,
    N_WITHIN, NEED_TIMES, NEED_WIDTH, QUEUED_SINCE, SEGMENT, SERVICE, WAIT_SERVED, WAITED_MIN,
)  # fmt: skip
from channelsim.scenario.tables import CLASS_WIDTH, ITEM, MODE, N_MUNICIPALITIES, N_SEGMENTS, N_SERVICES, TARGET_MIN, WAIT_KIND


@compiled
def bin_of(s, value):
    """Histogram bin of a wait: 0 below 1/16 unit, then 127 bins each a factor 1.06 wide."""
    low, high = 0, HISTOGRAM_BINS - 1
    while low < high:
        middle = (low + high) // 2
        if value < s.bins[middle]:
            high = middle
        else:
            low = middle + 1
    return low


@compiled
def count_wait(s, w, kind, need, wait):
    """Add a wait (minutes) to its kind's histograms by service, municipality and segment."""
    n = need * NEED_WIDTH
    n_services, n_places = w.sizes[N_SERVICES], w.sizes[N_MUNICIPALITIES]
    base = kind * (n_services + n_places + w.sizes[N_SEGMENTS])
    b = bin_of(s, wait / w.wait_unit_min[kind])
    for i in range(3):
        if i == 0:
            group = base + s.needs[n + SERVICE]
        elif i == 1:
            group = base + n_services + s.needs[n + MUNICIPALITY]
        else:
            group = base + n_services + n_places + s.needs[n + SEGMENT]
        s.histogram[group * HISTOGRAM_BINS + b] += 1
        s.wait_sums[group * 2] += 1.0
        s.wait_sums[group * 2 + 1] += wait


@compiled
def count_start(s, w, contact, now):
    """Count the wait that ends because work begins."""
    c, t = contact * CONTACT_WIDTH, contact * CONTACT_TIMES
    of_class = s.contacts[c + C_CLASS]
    need = s.contacts[c + C_NEED]
    wait = now - s.contact_times[t + QUEUED_SINCE]
    tally = of_class * CLASS_TALLY_WIDTH
    s.class_tally[tally + N_STARTED] += 1.0
    s.class_tally[tally + WAIT_SERVED] += wait
    if wait > 0.0:
        s.class_tally[tally + N_WAITED] += 1.0
    if wait <= w.options[TARGET_MIN]:
        s.class_tally[tally + N_WITHIN] += 1.0
    count_wait(s, w, w.classes[of_class * CLASS_WIDTH + WAIT_KIND], need, wait)
    if w.classes[of_class * CLASS_WIDTH + MODE] != ITEM:
        s.need_times[need * NEED_TIMES + WAITED_MIN] += wait
