"""What can go wrong, said so that a person can mend it."""

from __future__ import annotations


class SimulationError(Exception):
    """A replication that had to stop."""

    def __init__(self, what: str, time_min: float | None = None) -> None:
        super().__init__(what)
        self.what, self.time_min = what, time_min
