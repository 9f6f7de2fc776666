"""Reads a world of queues and pools: the general layer, with no region.

world: one queue
run: {length_min: 100000}
classes:
  call:
    arrivals: {per_min: 3.5}
    service_min: {exponential: 3}
    pools: [agents]
pools:
  agents: {staff: 13}
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, model_validator

from channelsim.config.durations import DurationPart, Positive
from channelsim.config.expected import ExpectedPart, RecordPart, expected_problems, load_not_expressible
from channelsim.config.files import Clock, Name, NotNegative, Share
from channelsim.config.lines import Strict, line_of, load_model, load_yaml, suggestion
from channelsim.errors import ConfigError, Problem, shown
from channelsim.scenario.expected import KnownAnswer, Sampling
from channelsim.scenario.queues import OUTCOME_WORDS, Duration, Follows, QueueClass, QueuePool, Queues, RateStep, Serves
from channelsim.scenario.region import WEEKDAYS, Week
from channelsim.units import DAY_MIN, WEEK_MIN, on_grid


class HoursPart(Strict):
    """Hours of some days of the week."""

    days: list[str] = list(WEEKDAYS)
    open: Clock
    close: Clock

    @model_validator(mode="after")
    def right(self) -> HoursPart:
        if self.open >= self.close:
            raise ValueError("opens at or after it closes")
        for day in self.days:
            if day not in WEEKDAYS:
                raise ValueError(f"unknown weekday {day!r}; {suggestion(day, WEEKDAYS, 'use mon to sun')}")
        return self


class StepPart(HoursPart):
    per_min: NotNegative


class ArrivalsPart(Strict):
    per_min: NotNegative | None = None
    steps: list[StepPart] = []
    at_min: list[NotNegative] = []
    busyness_cv: NotNegative = 0.0


class FollowPart(Strict):
    to: Name
    share: Share = 1.0
    delay_min: DurationPart | None = None


class ServesPart(Strict):
    rank: Annotated[int, Field(ge=0)] = 0
    after_min: NotNegative = 0.0
    service_min: DurationPart | None = None
    reserve: Annotated[int, Field(ge=0)] = 0


class ClassPart(Strict):
    arrivals: ArrivalsPart = ArrivalsPart()
    service_min: DurationPart | None = None
    patience_min: DurationPart | None = None
    queue_limit: Annotated[int, Field(ge=0)] | None = None
    hours: HoursPart | None = None
    at_closing: Annotated[str, Field(pattern="^(serve_out|send_home)$")] = "serve_out"
    send_home_after_min: NotNegative = 0.0
    self_service: bool = False
    pools: list[str] | dict[str, ServesPart] = []
    after: dict[str, list[FollowPart]] = {}


class PoolPart(Strict):
    staff: Annotated[int, Field(ge=1, le=100_000)]
    takes: list[str | list[str]] = []
    shifts: HoursPart | None = None


class RunPart(Strict):
    length_min: Positive
    warm_up_min: NotNegative = 0.0
    replications: Annotated[int, Field(ge=1)] = 1
    seed: Annotated[int, Field(ge=0)] = 1
    target_min: NotNegative = 0.0
    batch_min: Positive | None = None
    terminating: bool = False


class WorldFile(Strict):
    world: Name
    case: str = ""
    run: RunPart
    classes: Annotated[dict[str, ClassPart], Field(min_length=1)]
    pools: dict[str, PoolPart] = {}
    note: str = ""
    expected: list[ExpectedPart] = []
    expected_records: list[RecordPart] = []
    records_tol_min: Positive = 1e-9


def load_world(path: Path) -> Queues:
    """The world of a YAML file, with names and tables checked against one another."""
    return _queues(_load(path))


def load_known_answer(path: Path) -> KnownAnswer:
    """A world with its answer, or a note why the language of worlds cannot say it."""
    if "not_expressible" in load_yaml(path):
        return load_not_expressible(path)
    f = _load(path)
    if not f.expected and not f.expected_records:
        problem = Problem(shown(path), 1, "expected", "is missing: there is nothing to verify", "add `expected:` or `expected_records:`")
        raise ConfigError([problem])
    return KnownAnswer(
        name=f.case or f.world,
        file=shown(path),
        queues=_queues(f),
        sampling=Sampling(f.run.batch_min, f.run.terminating),
        expected=tuple(e.as_value() for e in f.expected),
        records=tuple(r.as_value() for r in f.expected_records),
        records_tol_min=f.records_tol_min,
    )


def _load(path: Path) -> WorldFile:
    f, data = load_model(path, WorldFile)
    problems = _problems(f, data, path)
    if problems:
        raise ConfigError(problems)
    return f


def _queues(f: WorldFile) -> Queues:
    return Queues(
        name=f.world,
        classes=tuple(_class(name, c) for name, c in f.classes.items()),
        pools=tuple(QueuePool(name, p.staff, _ranks(p.takes), _week(p.shifts)) for name, p in f.pools.items()),
        warm_up_min=on_grid(f.run.warm_up_min),  # the accounts close to the last bit only between moments of the grid
        length_min=on_grid(f.run.length_min),
        replications=f.run.replications,
        seed=f.run.seed,
        target_min=f.run.target_min,
    )


def _ranks(takes: list[str | list[str]]) -> tuple[tuple[str, ...], ...]:
    """Classes by pull rank: `[B, A]` is two ranks, `[[A, B]]` is one."""
    return tuple((rank,) if isinstance(rank, str) else tuple(rank) for rank in takes)


def _week(hours: HoursPart | None) -> Week | None:
    return None if hours is None else tuple((hours.open, hours.close) if d in hours.days else None for d in WEEKDAYS)


def _duration(part: DurationPart | None) -> Duration | None:
    return None if part is None else part.value()


def _class(name: str, c: ClassPart) -> QueueClass:
    steps = [RateStep(0.0, WEEK_MIN, c.arrivals.per_min)] if c.arrivals.per_min else []
    for step in c.arrivals.steps:
        for day in sorted(map(WEEKDAYS.index, step.days)):
            steps.append(RateStep(day * DAY_MIN + step.open, day * DAY_MIN + step.close, step.per_min))
    serves = c.pools if isinstance(c.pools, dict) else {p: ServesPart(rank=i) for i, p in enumerate(c.pools)}
    return QueueClass(
        name=name, service=_duration(c.service_min),
        serves=tuple(Serves(p, s.rank, s.after_min, _duration(s.service_min), s.reserve) for p, s in serves.items()),
        rates=tuple(steps), arrivals_at_min=tuple(c.arrivals.at_min), busyness_cv=c.arrivals.busyness_cv,
        patience=_duration(c.patience_min), queue_limit=c.queue_limit, hours=_week(c.hours),
        send_home=c.at_closing == "send_home", send_home_after_min=c.send_home_after_min, self_service=c.self_service,
        after={o: tuple(Follows(x.to, x.share, _duration(x.delay_min)) for x in rows) for o, rows in c.after.items()},
    )  # fmt: skip


def _problems(f: WorldFile, data: Any, path: Path) -> list[Problem]:
    found: list[Problem] = []

    def say(where: tuple[Any, ...], what: str, mend: str) -> None:
        found.append(Problem(shown(path), line_of(data, where), ".".join(map(str, where)), what, mend))

    expected_problems(f, say)
    for name, c in f.classes.items():
        here = ("classes", name)
        if not c.pools and not c.self_service:
            say(here, "nobody serves this class", "name a pool under `pools:` or set self_service: true")
        for pool in c.pools:
            if pool not in f.pools:
                say((*here, "pools"), f"unknown pool {pool!r}", suggestion(pool, f.pools, "define it under `pools:`"))
        without = isinstance(c.pools, list) or any(s.service_min is None for s in c.pools.values())
        if c.service_min is None and (without or c.self_service):
            say(here, "has no service_min", "give it here or for each of its pools")
        for outcome, rows in c.after.items():
            if outcome not in OUTCOME_WORDS:
                say(
                    (*here, "after", outcome),
                    "unknown outcome",
                    suggestion(outcome, OUTCOME_WORDS, f"use one of {', '.join(OUTCOME_WORDS)}"),
                )
            if sum(r.share for r in rows) > 1.0 + 1e-9:
                say(
                    (*here, "after", outcome),
                    f"shares add up to {sum(r.share for r in rows):g}, more than 1",
                    "lower them; the rest leaves",
                )
            for row in rows:
                if row.to not in f.classes:
                    say((*here, "after", outcome), f"unknown class {row.to!r}", suggestion(row.to, f.classes, "define it under `classes:`"))
        if f.run.length_min and any(t > f.run.warm_up_min + f.run.length_min for t in c.arrivals.at_min):
            say((*here, "arrivals"), "an arrival lies after the end of the run", "lengthen the run or remove it")
    for circle in _circles(f):
        say(
            ("classes", circle[0]),
            f"circular: {' -> '.join((*circle, circle[0]))} with share 1 and no delay",
            "let some leave, or add a delay",
        )
    for name, p in f.pools.items():
        for rank in p.takes:
            for wanted in [rank] if isinstance(rank, str) else rank:
                if wanted not in f.classes:
                    say(("pools", name, "takes"), f"unknown class {wanted!r}", suggestion(wanted, f.classes, "define it under `classes:`"))
                elif name not in f.classes[wanted].pools:
                    say(
                        ("pools", name, "takes"), f"takes {wanted!r}, which does not name this pool", f"add {name} to the pools of {wanted}"
                    )
    return found


def _circles(f: WorldFile) -> list[list[str]]:
    """Chains of outcomes that nobody ever leaves and in which no time passes."""
    certain: dict[str, dict[str, str]] = {}
    for name, c in f.classes.items():
        sure = {o: r[0] for o, r in c.after.items() if o != "served" and len(r) == 1}
        certain[name] = {o: r.to for o, r in sure.items() if r.share == 1.0 and r.delay_min is None}
    found = []
    for start in certain:
        for outcome in ("blocked", "sent_home"):
            chain, here = [start], certain[start].get(outcome)
            while here in certain and here not in chain:
                chain.append(here)
                here = certain[here].get(outcome)
            if here == start and min(chain) == start:
                found.append(chain)
    return found
