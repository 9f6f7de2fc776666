"""What can go wrong, said so that a person can mend it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from channelsim.units import clock


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong with the input: where it stands, what it is, how to mend it."""

    file: str
    line: int
    field: str
    what: str
    mend: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.field}: {self.what}; {self.mend}"


class ConfigError(Exception):
    """Bad input: all problems that were found, sorted by file and line."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(map(str, self.problems)))

    def __reduce__(self) -> tuple[type[ConfigError], tuple[list[Problem]]]:
        """Comes whole from a worker process: pickle would call the class with the message alone."""
        return ConfigError, (self.problems,)


class SimulationError(Exception):
    """A replication that had to stop; it never enters an estimate."""

    def __init__(self, what: str, time_min: float | None = None, need_id: int | None = None, of: str = "", kind: str = "") -> None:
        super().__init__(what)
        self.what, self.time_min, self.need_id, self.of, self.kind = what, time_min, need_id, of, kind
        self.again = ""  # the command that makes it again, told by whoever knows it

    def __reduce__(self) -> tuple[type[SimulationError], tuple[str, float | None, int | None, str, str]]:
        """Comes whole from a worker process."""
        return SimulationError, (self.what, self.time_min, self.need_id, self.of, self.kind)

    def __str__(self) -> str:
        """Of what, when, at which kind of event, of which need; and what is wrong."""
        when = "" if self.time_min is None else f" at {clock(self.time_min)}"
        kind = f", {self.kind}" if self.kind else ""
        whose = "" if self.need_id is None else f", need {self.need_id}"
        again = f"\nto repeat it: {self.again}" if self.again else ""
        return f"{self.of or 'the replication'} stopped{when}{kind}{whose}: {self.what}{again}"


def shown(path: Path) -> str:
    """A path as people typed it, if it lies below the working folder."""
    try:
        return str(path.resolve().relative_to(Path.cwd().resolve()))
    except ValueError:
        return str(path)
