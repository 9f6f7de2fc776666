"""How a strategy orders the work of a region: what comes first, who helps in which hours, and due dates of casework."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from channelsim.scenario.build import Builder
from channelsim.scenario.by_hour import Stretches, edges, holds
from channelsim.scenario.policy import ClassView, Entry, HourTables, RoutingTables, Scenario
from channelsim.scenario.policy_tables import fill, scenario_of
from channelsim.scenario.queue_values import IDLE_RULES
from channelsim.scenario.region_classes import HELP
from channelsim.scenario.rule_tables import QueueRules
from channelsim.units import DAY_MIN, WEEK_MIN

KINDS = ("booked", "phone", "visit", "help", "web", "casework")
ORDER: tuple[tuple[str, ...], ...] = (("booked",), ("phone", "visit"), ("help",), ("web",), ("casework",))


@dataclass(frozen=True, slots=True)
class SteeringHours:
    """What is otherwise in some hours of the week; None: as in the others."""

    hours: Stretches
    help: bool = True
    help_after_min: float | None = None
    reserve: int | None = None
    takes: tuple[tuple[str, ...], ...] | None = None


@dataclass(frozen=True, slots=True)
class Steering:
    """The `routing` part of a strategy."""

    takes: tuple[tuple[str, ...], ...] = ORDER
    weights: tuple[tuple[str, float], ...] = ()
    reserve: int = 0  # idle persons of a pool who are kept back from helping others
    idle_rule: str = "longest_idle"
    casework_due_days: tuple[tuple[str, float], ...] = ()  # by skill, or `default`
    urgent_before_days: float = 0.0
    by_hour: tuple[SteeringHours, ...] = ()


def steer(builder: Builder, steering: Steering, help_after_min: float, channels: tuple[str, ...], sizes: list[int]) -> None:
    """Let a strategy's routing part change the lists of a builder that holds all classes of a region."""
    scenario = scenario_of(builder, "", channels, tuple("" for _ in range(1 + max((c.place for c in builder.classes), default=0))), sizes)
    by_hour = tuple(_by_hour(scenario, steering, help_after_min))
    fill(builder, RoutingTables(_entries(scenario, steering, SteeringHours(()), help_after_min), by_hour))
    if steering.idle_rule != "longest_idle":
        for c in builder.classes:
            c.rules = replace(c.rules or QueueRules(), idle_rule=IDLE_RULES[steering.idle_rule])


def _by_hour(scenario: Scenario, steering: Steering, help_after_min: float) -> Iterator[HourTables]:
    """The lists of the hours that differ, stretch by stretch."""
    moments = sorted({0.0}.union(*(edges(part.hours) for part in steering.by_hour)))
    for start, end in zip(moments, [*moments[1:], WEEK_MIN], strict=True):
        part = next((part for part in steering.by_hour if holds(part.hours, start)), None)
        if part is not None:
            yield HourTables(start, end, _entries(scenario, steering, part, help_after_min))


def _entries(scenario: Scenario, steering: Steering, now: SteeringHours, help_after_min: float) -> tuple[Entry, ...]:
    classes, persons = {c.name: c for c in scenario.classes}, {p.name: p.persons for p in scenario.pools}
    rank_of = {kind: 2 * rank for rank, kinds in enumerate(now.takes or steering.takes, 1) for kind in kinds}
    weights, due = dict(steering.weights), dict(steering.casework_due_days)
    own = {e.of_class for e in scenario.tables.entries if _kind(classes[e.of_class], e) != "help"}
    found = []
    for e in scenario.tables.entries:
        kind = _kind(classes[e.of_class], e)
        changed = replace(e, takes=rank_of[kind], weight=weights.get(kind, 1.0))
        if kind == "help" and e.of_class in own:
            if not now.help:
                continue
            kept = steering.reserve if now.reserve is None else now.reserve
            other = now.help_after_min is not None and e.after_min == help_after_min  # not the wait before other offices help
            after = now.help_after_min if other and now.help_after_min is not None else e.after_min
            changed = replace(changed, reserve=min(kept, persons[e.pool] - 1), after_min=after)
        if kind == "casework" and due:
            days = due.get(_skill(e.of_class), due["default"])
            urgent = max(0.0, days - steering.urgent_before_days) * DAY_MIN
            rises = ((urgent, rank_of["help"] - 1),) if steering.urgent_before_days and urgent > 0.0 else ()
            changed = replace(changed, weight=1.0, due_after_min=days * DAY_MIN, rises=rises)
        found.append(changed)
    return tuple(found)


def _kind(c: ClassView, e: Entry) -> str:
    """What a pool does for a class: its own customers, help for others, messages, casework."""
    if c.by_appointment:
        return "booked"
    if c.channel in ("check", "casework"):
        return "web" if c.channel == "check" else "casework"
    return "help" if e.after_min > 0.0 or e.takes == HELP else c.channel


def _skill(of_class: str) -> str:
    """The skill in the name of a class of casework, such as `casework Oulu guidance specialist #2`."""
    return re.sub(r" #\d+$", "", of_class).rsplit(" ", 2)[-2]
