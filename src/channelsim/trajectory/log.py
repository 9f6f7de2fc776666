"""The event log as a table, in the order in which things happened.

Rows stand as the engine handled them. Only those who left a queue unseen (decisions 18) were noted late, when somebody
looked: they are moved to the moment at which they left, after all else of that instant, since ends of patience come last.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from channelsim.rules import state as S
from channelsim.rules.bookkeeping.events import EVENT_NAMES, LEFT_UNSEEN
from channelsim.rules.kinds import TIE_CONTACTS
from channelsim.trajectory.values import Trajectory

ROWS_OF_LEAVING = 4  # left unseen, its outcome, the need is settled, the contact dropped


def happening_order(log: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Row numbers in the order in which things happened.

    Parameters
    ----------
    log, times : ndarray
        Rows as the engine noted them: [row, L_*] integers and [row, L_TIME and L_VALUE] minutes.
    """
    n = len(log)
    begins = np.flatnonzero(log[:, S.L_EVENT] == LEFT_UNSEEN)
    unseen = np.zeros(n, bool)
    tie = np.zeros(n, np.int64)
    for step in range(ROWS_OF_LEAVING):
        unseen[begins + step] = True
        tie[begins + step] = log[begins, S.L_NEED] * TIE_CONTACTS + log[begins, S.L_CONTACT]
    seen = np.flatnonzero(~unseen)
    time = times[:, S.L_TIME]
    place = np.empty(n, np.int64)
    place[seen] = np.arange(len(seen))
    place[unseen] = np.searchsorted(time[seen], time[unseen], side="right")
    left_at = np.where(unseen, time, 0.0)
    return np.lexsort((np.arange(n), tie, left_at, ~unseen, place))


def log_frame(run: Trajectory) -> pd.DataFrame:
    """The log of a run: one row a step; numbers are those of the lists in `events.json`, -1 for none."""
    assert run.log is not None and run.log_times is not None
    return frame_of(run.log, run.log_times)


def frame_of(log: np.ndarray, log_times: np.ndarray) -> pd.DataFrame:
    """Rows and times that an engine noted, as a table (`log_frame`)."""
    order = happening_order(log, log_times)
    rows, times = log[order], log_times[order]
    return pd.DataFrame({
        "time_min": times[:, S.L_TIME],
        "event": pd.Categorical.from_codes(rows[:, S.L_EVENT], categories=pd.Index(EVENT_NAMES)),
        "need": rows[:, S.L_NEED],
        **{name: rows[:, column].astype(np.int32) for name, column in (
            ("contact", S.L_CONTACT), ("class", S.L_CLASS), ("person", S.L_PERSON), ("pool", S.L_POOL), ("x", S.L_X), ("y", S.L_Y),
        )},
        "value_min": times[:, S.L_VALUE],
    })  # fmt: skip
