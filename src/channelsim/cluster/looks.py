"""Stops a study early: at each look that its complete replications have reached, is everything known precisely enough?

A look's verdict is a function of the replications below it, so that whoever looks, and whenever, stops at the same one.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from channelsim.store.index import Index, read_index
from channelsim.store.results import read_cells
from channelsim.study.design import Study
from channelsim.study.precision import LOOKS, precise


class Looks:
    """The looks of a study that are still to come."""

    def __init__(self, study: Study, folder: Path, keys: Mapping[str, str], precision: Mapping[str, float]) -> None:
        self.study, self.folder, self.keys, self.precision = study, folder, keys, precision
        self.left = [n for n in LOOKS if n < study.replications] if precision else []

    def reached(self, index: Index) -> int:
        """The look at which it is precise enough, 0 if none is yet; `index` says which replications are complete."""
        if not self.left:
            return 0
        complete = index.complete(self.study.replications)
        prefix = complete[0][1] if complete and complete[0][0] == 0 else 0
        while self.left and self.left[0] <= prefix:
            look = self.left.pop(0)
            rows = read_cells(read_index(self.folder, self.keys, verify=False), [(0, look)], ("contrast",))
            if precise(self.study, rows, self.precision):
                return look
        return 0
