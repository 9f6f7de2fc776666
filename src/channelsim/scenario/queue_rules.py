"""Rules of queues that few classes have: a rank that rises, a wait that ends elsewhere, lines that classes share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from channelsim.scenario.queues import Duration


@dataclass(frozen=True, slots=True)
class Rise:
    """A better rank for those who have waited long."""

    after_min: float
    to_rank: int


@dataclass(frozen=True, slots=True)
class MovesOn:
    """A wait that ends in another class."""

    after_min: float
    to: str
    keeps_age: bool = True
    keeps_patience: bool = False


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines that classes share: so many contacts may wait or be served at a time, over all of them."""

    limit: int
    classes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Balk:
    """Who leaves on hearing what is announced: from each threshold on, a share."""

    signal: str
    at: tuple[float, ...]
    share: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class CallBack:
    """An offer to be called back, from a threshold of what is announced on."""

    to: str
    signal: str
    at: float
    accepts: float
    keeps_place: bool = True
    delay: Duration | None = None


@dataclass(frozen=True, slots=True)
class Unreached:
    """Calls that nobody answers."""

    share: float
    tries: int
    attempt: Duration
    again: Duration | None = None
