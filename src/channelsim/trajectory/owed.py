"""Owed work: minutes of contacts, bookings and casework that have come in and are not done (decisions 13)."""

from __future__ import annotations

import numpy as np

from channelsim.rules import state as S
from channelsim.rules.state import State
from channelsim.scenario import tables as T
from channelsim.scenario.tables import NONE, Tables


def mean_handling(tables: Tables) -> np.ndarray:
    """[service, channel] mean minutes of a contact's handling; 0 where it has none."""
    from channelsim.randomness import DETERMINISTIC, EXPONENTIAL, LOGNORMAL

    rows = tables.distribution.reshape(-1, 4)
    means = np.zeros(len(rows) + 1)  # the last stands for NONE
    for i, (family, a, b, _) in enumerate(rows):
        if family in (DETERMINISTIC, EXPONENTIAL):
            means[i] = a
        elif family == LOGNORMAL:
            means[i] = np.exp(a + b * b / 2.0)
        else:
            means[i] = (a + b) / 2.0
    n_channels = int(tables.sizes[T.N_CHANNELS])
    return np.asarray(means[tables.handling].reshape(-1, n_channels))


def first_pool(tables: Tables) -> np.ndarray:
    """[class] the pool that a class's owed work is counted with: the first of its first dispatch list."""
    classes = tables.classes.reshape(-1, T.CLASS_WIDTH)
    stage = classes[:, T.FIRST_STAGE] + classes[:, T.N_STAGES] - 1
    pairs = tables.pairs.reshape(-1, T.PAIR_WIDTH)
    pool = np.full(len(classes), NONE, np.int64)
    for c, row in enumerate(stage):
        if tables.dispatch_start[row] < tables.dispatch_start[row + 1]:
            pool[c] = pairs[tables.dispatch_pair[tables.dispatch_start[row]], T.PAIR_POOL]
    return pool


def owed_by_contact(state: State, tables: Tables) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(need row, class, minutes owed) of every contact that has a class and staff work ahead of it.

    Begun work and casework count their remaining minutes; contacts and bookings not begun count their mean.
    """
    contacts = np.array(state.contacts).reshape(-1, S.CONTACT_WIDTH)
    times = np.array(state.contact_times).reshape(-1, S.CONTACT_TIMES)
    live = np.ones(len(contacts), bool)
    free = int(state.scalars[S.FREE_CONTACT])
    while free != NONE:
        live[free] = False
        free = int(contacts[free, S.C_NEXT])
    modes = tables.classes.reshape(-1, T.CLASS_WIDTH)[:, T.MODE]
    of_class = contacts[:, S.C_CLASS]
    live &= (of_class >= 0) & (modes[np.maximum(of_class, 0)] != T.SELF)
    rows = np.flatnonzero(live)
    needs = np.array(state.needs).reshape(-1, S.NEED_WIDTH)
    need = contacts[rows, S.C_NEED]
    service = needs[need, S.SERVICE]
    minutes = times[rows, S.REMAINING_MIN].copy()
    begun = minutes >= 0.0
    expected = mean_handling(tables)[service, contacts[rows, S.C_CHANNEL]]
    minutes[~begun] = expected[~begun]
    return need, of_class[rows], minutes


def owed_by_pool(state: State, tables: Tables) -> np.ndarray:
    """[pool] owed minutes now."""
    _, of_class, minutes = owed_by_contact(state, tables)
    pool = first_pool(tables)[of_class]
    owed = np.zeros(int(tables.sizes[T.N_POOLS]))
    np.add.at(owed, pool[pool >= 0], minutes[pool >= 0])
    return owed
