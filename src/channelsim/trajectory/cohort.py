"""Sums over the needs of the cohort, by who had them: all that measures of one alternative need (decisions 12, 14).

Needs are added as they are filed, so that memory does not grow with the length of the run. A comparison of two
alternatives needs the account of each need as well, and asks for it (`simulate(..., keep_accounts=True)`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from channelsim.compiled import kernel
from channelsim.rules.state import (
    AROSE,
    D_CONTACTS,
    D_EXPERT,
    D_FAILURES,
    D_FLAGS,
    D_MUNICIPALITY,
    D_REASON,
    D_SEGMENT,
    D_STATE,
    D_VISITS,
    DONE_WIDTH,
    FLAG_CAR,
    FLAG_WEB,
    GIVEN_UP,
    NEED_TIMES,
    REASONS,
    RESOLVED,
    RESOLVED_AT,
)  # fmt: skip
from channelsim.scenario.tables import N_MUNICIPALITIES, N_SEGMENTS, Tables
from channelsim.units import DAY_MIN

UNMET_AFTER_MIN = 30.0 * DAY_MIN

# Columns of the sums: counts, then one column for each of the reasons for giving up, then the times of `rules.state`.
N, SEEN, UNMET, NOT_IN_TIME, IS_RESOLVED, AT_FIRST, CONTACTS, FAILURES, VISITS, RESOLUTION_MIN = range(10)
FIRST_REASON = 10
FIRST_TIME = FIRST_REASON + len(REASONS)
COHORT_WIDTH = FIRST_TIME + NEED_TIMES
TRAITS = (2, 2, 2)  # can use the web, has a car, needs expertise


@kernel
def add_needs(sums, done, times, n, start, end, horizon, n_segments):
    """Add the filed needs that arose from `start` to `end` to the sums of their groups; returns how many there were."""
    added = 0
    for i in range(n):
        d, t = i * DONE_WIDTH, i * NEED_TIMES
        arose = times[t + AROSE]
        if arose < start or arose >= end:
            continue
        added += 1
        flags = done[d + D_FLAGS]
        web, car = (1 if flags & FLAG_WEB != 0 else 0), (1 if flags & FLAG_CAR != 0 else 0)
        group = (done[d + D_MUNICIPALITY] * n_segments + done[d + D_SEGMENT]) * 8 + web * 4 + car * 2 + done[d + D_EXPERT]
        row = group * COHORT_WIDTH
        resolved = done[d + D_STATE] == RESOLVED
        in_time = resolved and times[t + RESOLVED_AT] - arose <= UNMET_AFTER_MIN
        sums[row + N] += 1.0
        if arose + UNMET_AFTER_MIN <= horizon:
            sums[row + SEEN] += 1.0
            sums[row + UNMET] += 0.0 if in_time else 1.0
        sums[row + NOT_IN_TIME] += 0.0 if in_time else 1.0
        sums[row + CONTACTS] += done[d + D_CONTACTS]
        sums[row + FAILURES] += done[d + D_FAILURES]
        sums[row + VISITS] += done[d + D_VISITS]
        if resolved:
            sums[row + IS_RESOLVED] += 1.0
            sums[row + RESOLUTION_MIN] += times[t + RESOLVED_AT] - arose
            if done[d + D_CONTACTS] == 1 and done[d + D_FAILURES] == 0:
                sums[row + AT_FIRST] += 1.0
        elif done[d + D_STATE] == GIVEN_UP:
            sums[row + FIRST_REASON + done[d + D_REASON]] += 1.0
        for column in range(1, NEED_TIMES - 1):  # all but when it arose and when its work was finished
            sums[row + FIRST_TIME + column] += times[t + column]
    return added


@dataclass
class Cohort:
    """The running sums: [municipality, segment, web, car, expertise, column]."""

    start_min: float
    end_min: float
    horizon_min: float
    sums: np.ndarray
    n_arisen: int = field(default=0)

    def add(self, done: np.ndarray, times: np.ndarray) -> None:
        """Add filed needs (rows of `rules.state`) that belong to the cohort."""
        n_segments = self.sums.shape[1]
        flat = self.sums.reshape(-1)
        self.n_arisen += add_needs(
            flat, done.reshape(-1), times.reshape(-1), len(done), self.start_min, self.end_min, self.horizon_min, n_segments
        )

    def total(self, column: int) -> float:
        """Sum of a column over everybody."""
        return float(self.sums[..., column].sum())

    def by_municipality(self, column: int) -> np.ndarray:
        """[municipality] sum of a column."""
        return np.asarray(self.sums[..., column].sum(axis=(1, 2, 3, 4)))

    def by_segment(self, column: int) -> np.ndarray:
        """[segment] sum of a column."""
        return np.asarray(self.sums[..., column].sum(axis=(0, 2, 3, 4)))

    @property
    def unmet(self) -> tuple[int, int]:
        """Columns of unmet needs and of the needs that they are a share of: those seen for 30 days, or all if none was."""
        return (UNMET, SEEN) if self.total(SEEN) > 0 else (NOT_IN_TIME, N)


def cohort_of(tables: Tables, start_min: float, end_min: float, horizon_min: float) -> Cohort:
    """An empty cohort of the needs that arise from `start_min` to `end_min`, watched to `horizon_min`."""
    shape = int(tables.sizes[N_MUNICIPALITIES]), int(tables.sizes[N_SEGMENTS]), *TRAITS, COHORT_WIDTH
    return Cohort(start_min, end_min, horizon_min, np.zeros(shape))
