"""Keys of rules that few queues have: a rank that rises, a wait that ends elsewhere, lines that classes share."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from channelsim.config.durations import Positive
from channelsim.config.files import Name
from channelsim.config.lines import Strict

LARGEST_WEIGHT = 1_000_000.0
Weight = Annotated[float, Field(gt=0.0, le=LARGEST_WEIGHT)]


class RisePart(Strict):
    """A better rank for those who have waited long, in all pools of the class whose `takes` puts it behind that rank."""

    after_min: Positive
    """Wait (age) from which the rank holds."""
    to_rank: Annotated[int, Field(ge=0, le=1000)]
    """Place in `takes` that the contact has from then on: 0 is the first; among classes of one rank the longest wait counts."""


class MovesOnPart(Strict):
    """A wait that ends in another class (outcome `moved_on`): a message box, another line."""

    after_min: Positive
    """Wait (age) at which the contact leaves this queue."""
    to: Name
    """The class that it joins at once, or when that opens."""
    age: Literal["kept", "new"]
    """`kept`: it stands there by the time since which it waits, and what that time brings (ranks, help) holds at once; `new`: last."""
    patience: Literal["carried_over", "new"]
    """`carried_over`: what is left of its patience goes on (none: it never leaves); `new`: as the other class says."""


class LinesPart(Strict):
    """Lines that classes share (a trunk group)."""

    limit: Annotated[int, Field(ge=1, le=1_000_000)]
    """Contacts that may wait or be served at a time, over all classes of the group; one more is turned away (outcome `blocked`),
    even if somebody is idle."""
    classes: Annotated[list[Name], Field(min_length=1)]
    """Its classes; a class is in one group at most."""
