"""When things must happen, and which of two that fall on one instant goes first (decisions 10)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush

from channelsim.testing.audit.rows import Row

RANK = {
    "work stops": 1, "person comes": 2, "person leaves": 2, "duty calls": 2, "duty over": 2, "door shuts": 3, "hold begins": 5,
    "appointment due": 6, "need arises": 7, "contact arrives": 7, "stage begins": 8, "patience over": 9, "left unseen": 9,
    "after-work over": 1, "tables change": 5, "person travels": 2,
    "dated change": 0,
}  # fmt: skip
COMING = 1 << 20  # of one instant, people come, or come back, after others have gone
ALWAYS_KNOWN = -1
LAST = 1 << 60  # other routing lists hold after persons have been held for the appointments of the instant
What = tuple[str, int | tuple[int, int]]  # kind, and whose: a person's, or a contact's


def place_of(head: Row) -> tuple[int, int]:
    """(rank of the kind, tie key) of an event among those of its instant."""
    rank = RANK[head.event]
    if rank <= 2:
        return rank, head.person + (COMING if head.event in ("person comes", "duty over", "person travels") else 0)
    if head.event == "tables change":
        return rank, LAST
    return rank, head.x if rank == 3 else head.need * 1024 + head.contact % 1024


@dataclass
class Agenda:
    """What has been asked for and when, so that nothing is forgotten, early or late."""

    due: dict[What, tuple[float, int]] = field(default_factory=dict)  # what -> (time, event that asked for it)
    heap: list[tuple[float, int, What]] = field(default_factory=list)
    instant: float = -1.0
    seen: list[tuple[tuple[int, int], int, Row]] = field(default_factory=list)  # events of this instant: place, number, head
    number: int = 0

    def ask(self, what: What, time: float) -> None:
        """Something must happen at a time."""
        self.due[what] = (time, self.number)
        heappush(self.heap, (time, self.number, what))

    def cancel(self, what: What) -> None:
        """It need not happen after all."""
        self.due.pop(what, None)

    def moment(self, what: What) -> float | None:
        """When it must happen; None: it need not."""
        entry = self.due.get(what)
        return None if entry is None else entry[0]

    def overdue(self, now: float) -> Iterator[tuple[float, What]]:
        """What should have happened before now and has not; each is told once."""
        while self.heap and self.heap[0][0] < now:
            time, number, what = heappop(self.heap)
            if self.due.get(what) == (time, number):
                del self.due[what]
                yield time, what

    def happens(self, head: Row, what: What | None) -> Iterator[str]:
        """An event takes place: was it asked for, for this moment, and is it its turn? Yields what is wrong."""
        self.number += 1
        asked_by = ALWAYS_KNOWN
        if what is not None:
            entry = self.due.pop(what, None)
            if entry is None:
                yield "nothing of the kind was to happen"
            else:
                asked_by = entry[1]
                if entry[0] != head.time:
                    yield f"was to happen at {entry[0]!r} min"
        if head.time < self.instant:
            yield f"time goes back from {self.instant!r} min"
        if head.time != self.instant:
            self.instant, self.seen = head.time, []
        place = place_of(head)
        for earlier, number, other in self.seen:
            if earlier > place and number > asked_by:  # it could have gone first, and had the right to
                whose = f"need {other.need}" if other.need >= 0 else f"person {other.person}"
                yield f"comes after '{other.event}' of {whose} at the same instant, which ranks behind it"
                break
        self.seen.append((place, self.number, head))
