"""Means, quantiles and shares of waits, from the tally's histograms (decisions 14)."""

from __future__ import annotations

import numpy as np

from channelsim.metrics.measure import Case
from channelsim.rules.state import HISTOGRAM_BINS, HISTOGRAM_FACTOR, HISTOGRAM_FIRST_MIN
from channelsim.scenario import tables as T

EDGES = np.concatenate([[0.0], HISTOGRAM_FIRST_MIN * HISTOGRAM_FACTOR ** np.arange(HISTOGRAM_BINS)])
BY_SERVICE, BY_MUNICIPALITY, BY_SEGMENT = range(3)


def groups(case: Case, kind: str, by: int) -> slice:
    """Rows of the histograms that hold one kind of wait by service, municipality or segment."""
    sizes = case.world.tables.sizes
    s, m, g = (int(sizes[i]) for i in (T.N_SERVICES, T.N_MUNICIPALITIES, T.N_SEGMENTS))
    start = case.world.names.wait_kinds.index(kind) * (s + m + g)
    start += (0, s, s + m)[by]
    return slice(start, start + (s, m, g)[by])


def has_kind(case: Case, kind: str) -> bool:
    """Does this world have such a wait?"""
    return kind in case.world.names.wait_kinds


def unit_of(case: Case, kind: str) -> float:
    """Minutes in the unit of a kind of wait."""
    return float(case.world.tables.wait_unit_min[case.world.names.wait_kinds.index(kind)])


def mean_wait(case: Case, kind: str) -> float:
    """Mean wait of those whose wait ended in being served, in the kind's unit; nan if there was none."""
    if not has_kind(case, kind):
        return float("nan")
    rows = groups(case, kind, BY_SERVICE)
    count, total = case.run.tally.histogram[rows].sum(), case.run.tally.wait_sums[rows].sum()
    return float(total / count / unit_of(case, kind)) if count else float("nan")


def wait_quantile(case: Case, kind: str, level: float) -> float:
    """Quantile of a wait, interpolated within a bin: at most 3 % off (bins are 6 % wide)."""
    if not has_kind(case, kind):
        return float("nan")
    return quantile_of(case.run.tally.histogram[groups(case, kind, BY_SERVICE)].sum(axis=0), level)


def quantile_of(counts: np.ndarray, level: float) -> float:
    """Quantile of one histogram in its unit; nan if it is empty."""
    total = counts.sum()
    if total == 0:
        return float("nan")
    cumulative = np.cumsum(counts)
    b = int(np.searchsorted(cumulative, level * total, side="left"))
    before = cumulative[b - 1] if b else 0
    return float(EDGES[b] + (EDGES[b + 1] - EDGES[b]) * (level * total - before) / max(1, counts[b]))


def share_within(case: Case, kind: str, limit: float) -> float:
    """Per cent of the served whose wait was at most `limit` (in the kind's unit), interpolated within a bin."""
    if not has_kind(case, kind):
        return float("nan")
    counts = case.run.tally.histogram[groups(case, kind, BY_SERVICE)].sum(axis=0)
    return share_of(counts, limit)


def share_of(counts: np.ndarray, limit: float) -> float:
    """Per cent of a histogram at or below a limit."""
    total = counts.sum()
    if total == 0:
        return float("nan")
    b = int(np.searchsorted(EDGES, limit, side="right")) - 1
    below = counts[:b].sum() + counts[b] * (limit - EDGES[b]) / (EDGES[b + 1] - EDGES[b])
    return float(100.0 * below / total)


def mean_by(case: Case, kind: str, by: int) -> np.ndarray:
    """Mean wait by service, municipality or segment, in the kind's unit; nan where there was none."""
    rows = groups(case, kind, by)
    counts = case.run.tally.histogram[rows].sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(case.run.tally.wait_sums[rows] / counts / unit_of(case, kind))


WAIT_COLUMNS = ("wait", "unit", "by", "item", "n", "mean", "p50", "p90", "p95", "within_target_pct", "target")


def wait_rows(case: Case, targets: dict[str, float]) -> list[tuple[object, ...]]:
    """Measure B1 in full: every kind of wait by service, municipality and segment (columns `WAIT_COLUMNS`).

    Waits are those that ended in being served; `targets` gives a limit in the kind's unit where there is one.
    """
    names = case.world.names
    rows: list[tuple[object, ...]] = []
    for kind in names.wait_kinds:
        unit = "days" if unit_of(case, kind) == 1440.0 else "min"
        target = targets.get(kind, float("nan"))
        for by, label, items in (
            (BY_SERVICE, "service", names.services),
            (BY_MUNICIPALITY, "municipality", names.municipalities),
            (BY_SEGMENT, "segment", names.segments),
        ):
            counts = case.run.tally.histogram[groups(case, kind, by)]
            means = mean_by(case, kind, by)
            for item, row, mean in zip(items, counts, means, strict=True):
                quantiles = [quantile_of(row, level) for level in (0.5, 0.9, 0.95)]
                within = share_of(row, target) if np.isfinite(target) else float("nan")
                rows.append((kind, unit, label, item, int(row.sum()), float(mean), *quantiles, within, target))
    return rows
