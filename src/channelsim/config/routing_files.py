"""Keys of worlds that say who serves whom in which hours: blending rules by hour of the week."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from channelsim.config.kinds import Count, Minutes
from channelsim.config.world_hours import HoursPart
from channelsim.config.world_queue_rules import Weight

MOST_HOURS = 100


class ServesHoursPart(HoursPart):
    """How a pool serves a class in some hours of the week; what is not named is as in the other hours.

    Contacts in service go on; all pools are asked again when the hours begin and end.
    """

    serves: bool = True
    """Whether the pool takes the class at all in these hours."""
    rank: Count | None = None
    """Rank of the pool in these hours."""
    after_min: Minutes | None = None
    """Wait from which the pool takes the class in these hours."""
    reserve: Count | None = None
    """Persons that must remain idle in these hours."""
    weight: Weight | None = None
    """Weight of the wait in these hours."""


class TakesHoursPart(HoursPart):
    """What a pool takes first in some hours of the week."""

    takes: Annotated[list[str | list[str]], Field(min_length=1)]
    """In place of the pool's `takes`."""


ServesHours = Annotated[list[ServesHoursPart], Field(max_length=MOST_HOURS)]
TakesHours = Annotated[list[TakesHoursPart], Field(max_length=MOST_HOURS)]
