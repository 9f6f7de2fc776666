"""Keys of rules that few queues have: a rank that rises, a wait that ends elsewhere, lines that classes share."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from channelsim.config.durations import DurationPart, Positive
from channelsim.config.kinds import Minutes, Name, Share
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


class BalkPart(Strict):
    """Who leaves (outcome `balked`) on hearing what is announced to those who would have to wait; one of the three signals."""

    at_length: Annotated[list[Annotated[int, Field(ge=0, le=1_000_000)]], Field(min_length=1, max_length=1000)] | None = None
    """Rising numbers of contacts that wait in the class already (with those who keep a place for a call back)."""
    at_longest_wait_min: Annotated[list[Minutes], Field(min_length=1, max_length=1000)] | None = None
    """Rising waits of the first in the queue."""
    at_expected_wait_min: Annotated[list[Minutes], Field(min_length=1, max_length=1000)] | None = None
    """Rising expected waits: contacts ahead and one more, by the sum of persons there / mean time per contact over the pools that take
    the class at once."""
    share: Annotated[list[Share], Field(min_length=1)]
    """Who leaves from each threshold on to the next; below the first nobody does."""

    @model_validator(mode="after")
    def steps(self) -> BalkPart:
        signal, at = one_signal(self)
        if len(at) != len(self.share):
            raise ValueError(f"{len(self.share)} shares for {len(at)} thresholds of {signal}")
        if any(b <= a for a, b in zip(at, at[1:], strict=False)):
            raise ValueError(f"{signal} must rise")
        return self


class CallBackPart(Strict):
    """An offer, made to those who would have to wait: the customer hangs up (outcome `called_back`) and is called back."""

    to: Name
    """The class in which calls back wait for somebody; it has no patience and no hours at home."""
    at_length: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    """Offered from so many contacts on that wait already (with those who keep a place for a call back)."""
    at_longest_wait_min: Minutes | None = None
    """Offered once the first in the queue has waited so long."""
    at_expected_wait_min: Minutes | None = None
    """Offered from such an expected wait on (as in `balk`)."""
    accepts: Share
    """Who takes the offer."""
    place: Literal["kept", "new"]
    """`kept` (virtual hold): it stands in `to` by the time of the customer's own call; `new`: by the time at which it comes there."""
    after_min: DurationPart | None = None
    """Time until the call is due; default at once, when its turn comes."""

    @model_validator(mode="after")
    def one(self) -> CallBackPart:
        one_signal(self)
        return self


class UnreachedPart(Strict):
    """Calls back that nobody answers: the person has spent `attempt_min`, and tries again later or gives up (outcome `not_reached`)."""

    share: Share
    """Probability that nobody answers, at each try."""
    tries: Annotated[int, Field(ge=1, le=200)] = 2
    """How often it is tried in all."""
    attempt_min: DurationPart
    """Time that a try without an answer takes."""
    again_after_min: DurationPart | None = None
    """Time until the next try is due; default at once, last in the queue."""


SIGNALS = ("at_length", "at_longest_wait_min", "at_expected_wait_min")


def one_signal(part: BalkPart | CallBackPart) -> tuple[str, list[float]]:
    """The one signal that a part names, with its thresholds."""
    named = {name: getattr(part, name) for name in SIGNALS if getattr(part, name) is not None}
    if len(named) != 1:
        raise ValueError(f"names {len(named)} signals, not one of {', '.join(SIGNALS)}")
    ((name, at),) = named.items()
    return name, [float(x) for x in at] if isinstance(at, list) else [float(at)]
