"""Rows of an event log as an audit reads them, made a stretch at a time: a log of years does not fit into memory as objects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import overload

import pandas as pd

from channelsim.testing.audit.rows import Row

AT_ONCE = 100_000


class LogRows(Sequence[Row]):
    """The rows of a table of events, in order."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame

    def __len__(self) -> int:
        return len(self.frame)

    def __iter__(self) -> Iterator[Row]:
        for start in range(0, len(self.frame), AT_ONCE):
            part = self.frame.iloc[start : start + AT_ONCE]
            yield from map(Row._make, zip(*(part[name].tolist() for name in part.columns), strict=True))

    @overload
    def __getitem__(self, at: int) -> Row: ...
    @overload
    def __getitem__(self, at: slice) -> LogRows: ...
    def __getitem__(self, at: int | slice) -> Row | LogRows:
        """One row, or a stretch of them."""
        if isinstance(at, slice):
            return LogRows(self.frame.iloc[at])
        return next(iter(LogRows(self.frame.iloc[[at]])))
