"""The file of a strategy."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from channelsim.config.kinds import (
    Minutes,
    Name,
)
from channelsim.config.lines import Strict
from channelsim.config.routing_files import RoutingPart


class ChannelPart(Strict):
    """How customers choose a channel."""

    web_preference: Name
    """The `segment` parameter that says how many of the capable choose the web, such as `web_preference_2011_share`."""
    phone_preference_increment: Annotated[float, Field(ge=-1.0, le=1.0)] | Name = 0.0
    """Added to the phone preference: a number, or a `segment` parameter with key `all`."""
    advice_answered_on_web: bool = False
    """Whether pages answer advice needs without staff (`web, advice_answered_share`)."""


class CustomerPart(Strict):
    """How customers are served."""

    triage: bool
    """Whether a first line sorts needs by whether they take expertise: whom it takes for expert goes to those with the skill at once;
    at a point where nobody has it the first line takes everybody."""
    help_after_min: Minutes
    """The other role helps once a contact has waited this long."""
    small_point_backup: bool = True
    """Whether everybody helps everybody at points with fewer than ten persons."""
    first_line: dict[str, Literal["generalist", "specialist"]] = {}
    """Who takes a service first without triage, by service or `default`."""


class StrategyFile(Strict):
    """A way of steering customers and serving them; serves any region that has its parameters."""

    strategy: Name
    """Name; this key makes the file a strategy."""
    title: Name
    """Name for people."""
    channel: ChannelPart
    """Which channel they choose."""
    customer: CustomerPart
    """Who serves them, and when others help."""
    routing: RoutingPart | None = None
    """What comes first, who helps in which hours, and due dates of casework."""
    policy: Name = ""
    """A policy in Python beside this file, FILE.py:NAME, in place of the lists that `customer` gives; loaded only with `--trust FILE`."""
