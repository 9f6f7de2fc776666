"""Rules of queues that few classes have: a rank that rises, a wait that ends elsewhere, lines that classes share."""

from __future__ import annotations

from dataclasses import dataclass


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
