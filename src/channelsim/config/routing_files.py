"""Keys that say who serves whom in which hours: blending rules by hour of the week, in worlds and in strategies."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from channelsim.config.kinds import Count, Minutes, Name
from channelsim.config.lines import Strict
from channelsim.config.world_hours import HoursPart, weeks_of
from channelsim.config.world_queue_rules import Weight
from channelsim.scenario.steering import KINDS, Steering, SteeringHours

MOST_HOURS = 100
Kind = Literal["booked", "phone", "visit", "help", "web", "casework"]
Takes = Annotated[list[list[Kind]], Field(min_length=1, max_length=6)]


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


class HelpHoursPart(HoursPart):
    """What is otherwise in some hours of the week; what is not named is as in the other hours."""

    help: bool = True
    """Whether people help the first line of others at all; where nobody else serves, they go on."""
    help_after_min: Minutes | None = None
    """In place of `customer.help_after_min`."""
    reserve: Count | None = None
    """In place of `routing.reserve`."""
    takes: Takes | None = None
    """In place of `routing.takes`."""


class RoutingPart(Strict):
    """The order of work: what comes first, who helps in which hours, due dates. Default as if the part were not there."""

    takes: Takes = [["booked"], ["phone", "visit"], ["help"], ["web"], ["casework"]]
    """What a free person takes first: each of `booked`, `phone`, `visit`, `help` (customers of another first line), `web`, `casework` once;
    of those in one list the longest (weighted) wait."""
    weights: dict[Literal["phone", "visit", "help", "web"], Weight] = {}
    """Of the waits, among those in one list of `takes`: 4 makes a class age four times as fast; default 1."""
    reserve: Count = 0
    """Idle persons of a pool who are kept back from helping; a pool always has one who helps."""
    idle_rule: Literal["longest_idle", "most_idle", "least_occupied", "in_order"] = "longest_idle"
    """Which pool is asked among those that come equally near."""
    casework_due_days: dict[Name, Annotated[float, Field(gt=0.0, le=1000.0)]] = {}
    """Days after which casework is due (a legal deadline), by skill or `default`: what is due first is done first; default the oldest."""
    urgent_before_days: Annotated[float, Field(ge=0.0, le=1000.0)] = 0.0
    """So many days before it is due, casework goes before help for others; default never."""
    by_hour: Annotated[list[HelpHoursPart], Field(max_length=MOST_HOURS)] = []
    """Hours of the week in which it is otherwise; stretches do not overlap."""

    @model_validator(mode="after")
    def fitting(self) -> RoutingPart:
        for takes in (self.takes, *(part.takes for part in self.by_hour if part.takes is not None)):
            named: list[str] = [kind for kinds in takes for kind in kinds]
            wrong = next((kind for kind in KINDS if named.count(kind) != 1), None)
            if wrong is not None:
                raise ValueError(f"takes names {wrong} {named.count(wrong)} times, not once")
        if self.casework_due_days and "default" not in self.casework_due_days:
            raise ValueError("casework_due_days needs a `default`: casework without a due date would have no place beside one that has it")
        if self.urgent_before_days and not self.casework_due_days:
            raise ValueError("urgent_before_days goes with casework_due_days")
        for number, part in enumerate(self.by_hour):
            for other in self.by_hour[:number]:
                days = [day for day in part.days if day in other.days]
                if days and max(part.open, other.open) < min(part.close, other.close):
                    raise ValueError(f"by_hour: two stretches hold on {days[0]} at minute {max(part.open, other.open):g} of the day")
        return self

    def value(self) -> Steering:
        """The part as a value of the scenario."""

        def lists(takes: list[list[Any]]) -> tuple[tuple[str, ...], ...]:
            return tuple(tuple(kinds) for kinds in takes)

        return Steering(
            lists(self.takes), tuple(self.weights.items()), self.reserve, self.idle_rule, tuple(self.casework_due_days.items()),
            self.urgent_before_days,
            tuple(SteeringHours(weeks_of(p) or (), p.help, p.help_after_min, p.reserve, None if p.takes is None else lists(p.takes))
                  for p in self.by_hour),
        )  # fmt: skip
