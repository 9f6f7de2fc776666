"""The end of a run: needs that are still open are put on the list of accounts, with the work they are owed."""

from __future__ import annotations

from typing import Any

import numpy as np

from channelsim.compiled import plain
from channelsim.rules import state as S
from channelsim.rules.bookkeeping.needs import file_need
from channelsim.scenario.world import World
from channelsim.trajectory.owed import owed_by_contact
from channelsim.units import NEVER

file_row = plain(file_need)


def file_open_needs(running: Any, world: World) -> int:
    """File every need that still has a contact ahead of it; returns how many there are."""
    state = running.state
    if world.tables.customers == 0:
        running.flush()
        return int((np.array(state.needs)[S.OPEN_CONTACTS :: S.NEED_WIDTH] > 0).sum())
    need, _, minutes = owed_by_contact(state, world.tables)
    owed = np.zeros(len(state.needs) // S.NEED_WIDTH)
    np.add.at(owed, need, minutes)
    open_now = np.flatnonzero(np.array(state.needs)[S.OPEN_CONTACTS :: S.NEED_WIDTH] > 0)
    for row in open_now.tolist():
        state.need_times[row * S.NEED_TIMES + S.OWED_MIN] = float(owed[row])
        if state.scalars[S.N_DONE] >= S.DONE_CAPACITY - 1:
            running.flush()
        file_row(state, row, NEVER)
    running.flush()
    return len(open_now)
