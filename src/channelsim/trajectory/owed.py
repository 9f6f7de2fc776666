"""Owed work: minutes of contacts, bookings and casework that have come in and are not done (decisions 13)."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from channelsim.randomness import DETERMINISTIC, DISTRIBUTION_WIDTH, EXPONENTIAL, LOGNORMAL, TABLED, UNIFORM
from channelsim.rules import state as S
from channelsim.rules.state import State
from channelsim.scenario import tables as T
from channelsim.scenario.tables import NONE, Tables
from channelsim.units import TICKS_PER_MIN


@lru_cache(maxsize=4)
def mean_handling(tables: Tables) -> np.ndarray:
    """[service, channel] mean minutes of a contact's handling; 0 where it has none."""
    rows = tables.distribution.reshape(-1, DISTRIBUTION_WIDTH)
    means = np.zeros(len(rows) + 1)  # the last stands for NONE
    for i, (family, a, b, c) in enumerate(rows):
        if family in (DETERMINISTIC, EXPONENTIAL, TABLED):
            means[i] = a
        elif family == LOGNORMAL:
            means[i] = np.exp(a + b * b / 2.0)
        else:
            means[i] = (a + b) / 2.0 if family == UNIFORM else (a + b + c) / 3.0
    n_channels = int(tables.sizes[T.N_CHANNELS])
    on_grid = np.floor(means * TICKS_PER_MIN + 0.5) / TICKS_PER_MIN  # sums do not depend on the order of rows
    return np.asarray(on_grid[tables.handling].reshape(-1, n_channels))


@lru_cache(maxsize=4)
def first_pool(tables: Tables) -> np.ndarray:
    """[class] the pool that a class's owed work is counted with: the first of its first dispatch list."""
    classes = tables.classes.reshape(-1, T.CLASS_WIDTH)
    stage = classes[:, T.FIRST_STAGE] + classes[:, T.N_STAGES] - 1
    pairs = tables.pairs.reshape(-1, T.PAIR_WIDTH)
    pool = np.full(len(classes), NONE, np.int64)
    n_rows = len(tables.stage_after_min)
    for c, last in enumerate(stage):
        listed = (
            row
            for row in range(last, len(tables.dispatch_start) - 1, n_rows)
            if tables.dispatch_start[row] < tables.dispatch_start[row + 1]
        )
        row = next(listed, None)  # of the first set of lists that has one
        if row is not None:
            pool[c] = pairs[tables.dispatch_pair[tables.dispatch_start[row]], T.PAIR_POOL]
    return pool


def owed_by_contact(state: State, tables: Tables) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(need row, class, minutes owed) of every contact that has a class and staff work ahead of it.

    Begun work and casework count their remaining minutes; contacts and bookings not begun count their mean.
    """
    contacts = np.asarray(state.contacts).reshape(-1, S.CONTACT_WIDTH)
    modes = tables.classes.reshape(-1, T.CLASS_WIDTH)[:, T.MODE]
    of_class = contacts[:, S.C_CLASS]
    rows = np.flatnonzero((contacts[:, S.C_NEED] != NONE) & (of_class >= 0) & (modes[np.maximum(of_class, 0)] != T.SELF))
    need = contacts[rows, S.C_NEED]
    service = np.asarray(state.needs).reshape(-1, S.NEED_WIDTH)[need, S.SERVICE]
    minutes = np.asarray(state.contact_times).reshape(-1, S.CONTACT_TIMES)[rows, S.REMAINING_MIN]
    expected = mean_handling(tables)[service, contacts[rows, S.C_CHANNEL]]
    return need, of_class[rows], np.where(minutes >= 0.0, minutes, expected)


def owed_by_pool(state: State, tables: Tables) -> np.ndarray:
    """[pool] owed minutes now."""
    _, of_class, minutes = owed_by_contact(state, tables)
    pool = first_pool(tables)[of_class]
    return np.bincount(pool[pool >= 0], minutes[pool >= 0], int(tables.sizes[T.N_POOLS]))
