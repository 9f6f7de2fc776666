"""Waits: histograms by service, municipality and segment (decisions 14)."""

from __future__ import annotations

from channelsim.compiled import compiled, small
from channelsim.rules.state import (
    CLASS_TALLY_WIDTH, COARSE_CELLS, COARSE_FIRST, CONTACT_TIMES, CONTACT_WIDTH, C_CLASS, C_NEED, FINE_CELLS,
    HISTOGRAM_BINS, HISTOGRAM_FIRST_MIN, LONGEST_FINE, LONGEST_GUIDED, MUNICIPALITY, NEED_TIMES, NEED_WIDTH,
    N_STARTED, N_WAITED, N_WITHIN, QUEUED_SINCE, SEGMENT, SERVICE, WAITED_MIN, WAIT_SERVED,
)  # fmt: skip
from channelsim.scenario.tables import CLASS_WIDTH, ITEM, MODE, N_MUNICIPALITIES, N_SEGMENTS, N_SERVICES, TARGET_MIN, WAIT_KIND


@small
def bin_of(s, value):
    """Histogram bin of a wait: 0 below 1/16 unit, then 127 bins each a factor 1.06 wide."""
    if value < HISTOGRAM_FIRST_MIN:
        return 0
    if value >= LONGEST_GUIDED:
        return HISTOGRAM_BINS - 1
    i = s.bin_guide[int(value * FINE_CELLS) if value < LONGEST_FINE else COARSE_FIRST + int(value * COARSE_CELLS)]
    if i < HISTOGRAM_BINS - 1 and value >= s.bins[i]:  # a part holds one edge at most
        return i + 1
    return i


@compiled
def count_wait(s, w, kind, need, wait):
    """Add a wait (minutes) to its kind's histograms by service, municipality and segment."""
    n = need * NEED_WIDTH
    n_services, n_places = w.sizes[N_SERVICES], w.sizes[N_MUNICIPALITIES]
    base = kind * (n_services + n_places + w.sizes[N_SEGMENTS])
    b = bin_of(s, wait if w.customers == 0 else wait / w.wait_unit_min[kind])  # of queues: a minute
    add_wait(s, base + s.needs[n + SERVICE], b, wait)
    if w.customers == 1:
        add_wait(s, base + n_services + s.needs[n + MUNICIPALITY], b, wait)
        add_wait(s, base + n_services + n_places + s.needs[n + SEGMENT], b, wait)


@small
def add_wait(s, group, b, wait):
    """One more wait of a group."""
    s.histogram[group * HISTOGRAM_BINS + b] += 1
    s.wait_sums[group] += wait


@small
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
    kind = of_class if w.customers == 0 else w.classes[of_class * CLASS_WIDTH + WAIT_KIND]
    count_wait(s, w, kind, need, wait)
    if w.customers == 1 and w.classes[of_class * CLASS_WIDTH + MODE] != ITEM:
        s.need_times[need * NEED_TIMES + WAITED_MIN] += wait
