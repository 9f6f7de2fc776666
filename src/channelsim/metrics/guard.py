"""What must be true of every replication, checked at run time and without tolerance (design 7, decisions 11)."""

from __future__ import annotations

import numpy as np

from channelsim.errors import SimulationError
from channelsim.rules import state as S
from channelsim.trajectory.values import Tally


def ledger_gap(tally: Tally) -> np.ndarray:
    """[pool] paid time and overtime, less work, other duties, travel and idle: zero to the last bit."""
    account = tally.ledger.T
    spent = sum(account[i] for i in (S.DUTY, S.IDLE_MIN, S.EXPERTISE_MIN, S.ROUTINE_MIN, S.EXPERTISE_CASEWORK_MIN,
                                     S.ROUTINE_CASEWORK_MIN, S.TRAVELLED_MIN))  # fmt: skip
    return np.asarray(account[S.PAID] + account[S.OVERTIME] - spent)


def check_ledger(*tallies: Tally) -> None:
    """Stop a replication whose ledger does not close to the minute."""
    for tally in tallies:
        gap = ledger_gap(tally)
        if np.any(gap != 0.0):
            pool = int(np.argmax(np.abs(gap)))
            raise SimulationError(f"the ledger of pool {pool} does not close: {gap[pool]} min are unaccounted for")


def check_needs(n_arisen: int, n_finished: int, n_open: int) -> None:
    """Stop the replication if a need was lost or counted twice: those that arose are finished or still open."""
    if n_arisen != n_finished + n_open:
        raise SimulationError(f"{n_arisen} needs arose, but {n_finished} are finished and {n_open} open")
