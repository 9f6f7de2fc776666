"""Rows of an event log, and what was found wrong in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from channelsim.units import clock

Facts = Mapping[str, Any]
Minutes = Mapping[str, Mapping[str, float]]  # pool -> account -> minutes
NONE = -1


class Row(NamedTuple):
    """One step, as the log has it: numbers point into the lists of the facts, -1 for none."""

    time: float
    event: str
    need: int
    contact: int
    of_class: int
    person: int
    pool: int
    x: int
    y: int
    value: float

    @property
    def key(self) -> tuple[int, int]:
        """The contact that the row is about."""
        return self.need, self.contact


@dataclass(frozen=True)
class Log:
    """An event log and what must be known to read it."""

    facts: Facts
    rows: Sequence[Row]
    ledger: Minutes  # of the measured window, as the run wrote them
    blocks: Sequence[tuple[float, float, Minutes]] = ()  # of a run through dated changes: each measured stretch by itself

    @property
    def ledgers(self) -> Sequence[tuple[float, float, Minutes]]:
        """Begin, end and minutes of each measured stretch."""
        return self.blocks or [(self.facts["start_min"], self.facts["end_min"], self.ledger)]


class Finding(NamedTuple):
    """Something that is not as it should be."""

    time: float
    need: int
    kind: str
    what: str

    def __str__(self) -> str:
        whose = f"need {self.need}" if self.need != NONE else "no need"
        return f"{clock(self.time)} ({self.time!r} min), {whose}: {self.kind}: {self.what}"


def happenings(log: Log) -> Iterator[tuple[Row, list[Row]]]:
    """Each event with the steps that follow from it."""
    heads = set(log.facts["events"][: log.facts["heads"]])
    head: Row | None = None
    steps: list[Row] = []
    for row in log.rows:
        if row.event in heads:
            if head is not None:
                yield head, steps
            head, steps = row, []
        else:
            steps.append(row)
    if head is not None:
        yield head, steps
