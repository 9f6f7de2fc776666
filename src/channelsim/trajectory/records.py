"""Contact records: one line for each leg of each contact that ended, in the order in which it was written.

They arrive as trays that the engine filled. The trays are put together only when somebody reads the records, so that a
run is not slowed down by a second copy.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from channelsim.rules import state as S


class ContactRecords:
    """The records of a run: ids of needs, words `rules.state.REC_*` and times of each line."""

    def __init__(self) -> None:
        self._needs: list[np.ndarray] = []
        self._words: list[np.ndarray] = []
        self._times: list[np.ndarray] = []

    def add(self, needs: Any, words: Any, times: Any) -> None:
        """Take over the filled part of a tray; lists are copied."""
        self._needs.append(np.asarray(needs, np.int64))
        self._words.append(np.asarray(words, np.int32))
        self._times.append(np.asarray(times, np.float64))

    @cached_property
    def needs(self) -> np.ndarray:
        """[line] id of the need."""
        return _joined(self._needs, np.int64)

    @cached_property
    def words(self) -> np.ndarray:
        """[line, REC_CHANNEL ... REC_SERIAL] integers, -1 for none."""
        return _joined(self._words, np.int32).reshape(-1, S.RECORD_WIDTH)

    @cached_property
    def times(self) -> np.ndarray:
        """[line, REC_SINCE ... REC_WORKED] minutes."""
        return _joined(self._times, np.float64).reshape(-1, S.RECORD_TIMES)


def _joined(parts: list[np.ndarray], kind: Any) -> np.ndarray:
    """All parts, one after the other; they are given back to the system."""
    whole = np.concatenate(parts) if parts else np.empty(0, kind)
    parts.clear()
    return whole
