"""The end of a run: needs that are still open are put on the list of accounts, with the work they are owed."""

from __future__ import annotations

from typing import Any

import numpy as np

from channelsim.compiled import plain
from channelsim.rules import state as S
from channelsim.rules.bookkeeping.needs import file_open
from channelsim.scenario.world import World
from channelsim.trajectory.owed import owed_by_contact
from channelsim.units import NEVER


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
    rows: Any = open_now
    minutes, file_some = owed[open_now], file_open
    if isinstance(state.needs, list):
        rows, minutes, file_some = rows.tolist(), minutes.tolist(), plain(file_open)
    filed = 0
    while filed < len(rows):
        filed = file_some(state, rows, minutes, filed, NEVER)
        running.flush()
    running.flush()
    return len(open_now)
