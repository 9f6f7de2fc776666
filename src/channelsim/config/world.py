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

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, WithJsonSchema, model_validator

from channelsim.config.durations import DurationPart, Positive
from channelsim.config.expected import ExpectedPart, RecordPart, expected_problems, load_not_expressible
from channelsim.config.files import Clock, Name, NotNegative, Share
from channelsim.config.lines import Strict, line_of, load_model, load_yaml, suggestion
from channelsim.errors import ConfigError, Problem, shown
from channelsim.scenario.expected import KnownAnswer, Sampling
from channelsim.scenario.queues import OUTCOME_WORDS, Duration, Follows, QueueClass, QueuePool, Queues, RateStep, Serves
from channelsim.scenario.region import WEEKDAYS, Week
from channelsim.units import DAY_MIN, WEEK_MIN, on_grid

DAYS_SCHEMA = {"type": "array", "items": {"enum": list(WEEKDAYS)}}


class HoursPart(Strict):
    """The same hours on some days of the week; on the other days closed, or nobody there.

    One stretch a day. A pause, or a night, is two pools: one until `"24:00"`, the other from `"00:00"`.
    """

    days: Annotated[list[str], WithJsonSchema(DAYS_SCHEMA)] = list(WEEKDAYS)
    """Days of the week; default all seven."""
    open: Clock
    """When it opens."""
    close: Clock
    """When it closes, later than `open`."""

    @model_validator(mode="after")
    def right(self) -> HoursPart:
        if self.open >= self.close:
            raise ValueError("opens at or after it closes; a night is two, one until 24:00 and one from 00:00")
        for day in self.days:
            if day not in WEEKDAYS:
                raise ValueError(f"unknown weekday {day!r}; {suggestion(day, WEEKDAYS, 'use mon to sun')}")
        return self


class StepPart(HoursPart):
    """Arrivals in some hours of some days; steps that overlap add up."""

    per_min: NotNegative
    """Mean arrivals per minute in these hours (Poisson)."""


class ArrivalsPart(Strict):
    """Contacts that come of themselves; several kinds add up."""

    per_min: NotNegative | None = None
    """Poisson arrivals at one rate, all hours of all days; added to `steps`."""
    steps: list[StepPart] = []
    """Poisson arrivals by day and hour; none outside the hours named."""
    at_min: list[NotNegative] = []
    """Given arrivals, one by one: minutes after Monday 00:00 of the first week."""
    busyness_cv: NotNegative = 0.0
    """Coefficient of variation of a gamma factor on each day's arrivals, of mean 1; 0: none."""


class FollowPart(Strict):
    """One thing that may follow an outcome."""

    to: Name
    """The class that the customer comes to next; may be the same."""
    share: Share = 1.0
    """Probability; what the shares of an outcome lack to 1 leaves for good."""
    delay_min: DurationPart | None = None
    """Time until then; default at once."""


class ServesPart(Strict):
    """How a pool serves a class."""

    rank: Annotated[int, Field(ge=0)] = 0
    """Which pool is asked first when several have somebody free: 0 before 1."""
    after_min: NotNegative = 0.0
    """The pool takes the class only after the contact has waited this long."""
    service_min: DurationPart | None = None
    """Service time by this pool, in place of the class's own."""
    reserve: Annotated[int, Field(ge=0)] = 0
    """Persons of the pool that must remain idle if it is to take this class."""


class ClassPart(Strict):
    """A kind of contacts with a queue of its own."""

    arrivals: ArrivalsPart = ArrivalsPart()
    """Contacts that come of themselves; default none (they follow from others by `after`)."""
    service_min: DurationPart | None = None
    """Service time; needed unless each pool gives its own."""
    patience_min: DurationPart | None = None
    """Time in the queue after which the contact leaves (outcome `abandoned`); default: nobody leaves."""
    queue_limit: Annotated[int, Field(ge=0)] | None = None
    """Places in the queue; who finds them full and nobody free is turned away (outcome `blocked`); 0: nobody waits; default no limit."""
    hours: HoursPart | list[HoursPart] | None = None
    """Opening hours, or a list where days differ; a contact made outside them is made at the next opening; default always open."""
    at_closing: Literal["serve_out", "send_home"] = "serve_out"
    """What happens at closing to those who wait: all are served, or sent home (outcome `sent_home`)."""
    send_home_after_min: NotNegative = 0.0
    """With `send_home`: how long after closing the queue is sent home."""
    self_service: bool = False
    """Nobody serves: each contact takes its service time by itself and never waits (a web page, a travel time)."""
    pools: list[str] | dict[str, ServesPart] = []
    """Who serves: a list of pools (asked in this order), or a table from pool to how it serves."""
    after: dict[str, list[FollowPart]] = {}
    """What follows an outcome (`served`, `abandoned`, `blocked`, `sent_home`): a list of classes to come to."""


class PoolPart(Strict):
    """Persons who serve alike."""

    staff: Annotated[int, Field(ge=1, le=100_000)]
    """Persons."""
    takes: list[str | list[str]] = []
    """Which class a freed person takes first: `[B, A]` is B before A, `[[A, B]]` the longest wait of the two; classes not named come
    last; default the longest wait of all."""
    shifts: HoursPart | list[HoursPart] | None = None
    """Hours at work, or a list of them for days that differ; who serves at the end of a shift finishes; default always there."""


class RunPart(Strict):
    """How long is measured, and how often. A run begins empty on Monday 00:00 with the warm-up."""

    length_min: Positive
    """Measured time."""
    warm_up_min: NotNegative = 0.0
    """Time before it that is not counted; the run begins empty."""
    replications: Annotated[int, Field(ge=1)] = 1
    """Least number of replications of `verify`."""
    seed: Annotated[int, Field(ge=0)] = 1
    """Root of all chance for `verify` and `check-against-theory`; `run` takes its own `--seed`."""
    target_min: NotNegative = 0.0
    """Waits up to this count as within target in `waits.parquet`."""
    batch_min: Positive | None = None
    """`verify`: length of one observation; must divide `length_min`; default the whole run."""
    terminating: bool = False
    """`verify`: every batch begins empty, or the run is refused; takes no warm-up."""


class WorldFile(Strict):
    """A world of queues and pools, without a region."""

    world: Name
    """Name; this key makes the file a world."""
    case: str = ""
    """Name of the case in the output of `verify`; default the name of the world."""
    run: RunPart
    """How long, and how often."""
    classes: Annotated[dict[str, ClassPart], Field(min_length=1)]
    """Kinds of contacts, each with a queue of its own: a table by name."""
    pools: dict[str, PoolPart] = {}
    """Groups of persons who serve: a table by name."""
    note: str = ""
    """Free text."""
    expected: list[ExpectedPart] = []
    """Measures with known values, for `verify`."""
    expected_records: list[RecordPart] = []
    """Every contact of the first replication, for `verify`."""
    records_tol_min: Positive = 1e-9
    """How near the times of `expected_records` must be."""


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


def _stretches(hours: HoursPart | list[HoursPart] | None) -> list[HoursPart]:
    return [] if hours is None else [hours] if isinstance(hours, HoursPart) else hours


def _week(hours: HoursPart | list[HoursPart] | None) -> Week | None:
    if hours is None:
        return None
    by_day = {day: (part.open, part.close) for part in _stretches(hours) for day in part.days}
    return tuple(by_day.get(d) for d in WEEKDAYS)


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
        if c.at_closing == "send_home" and c.hours is None:
            say((*here, "at_closing"), "the class never closes", "give it `hours:`, or leave at_closing out")
        _check_days(c.hours, (*here, "hours"), say)
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
        _check_days(p.shifts, ("pools", name, "shifts"), say)
        for rank in p.takes:
            for wanted in [rank] if isinstance(rank, str) else rank:
                if wanted not in f.classes:
                    say(("pools", name, "takes"), f"unknown class {wanted!r}", suggestion(wanted, f.classes, "define it under `classes:`"))
                elif name not in f.classes[wanted].pools:
                    say(
                        ("pools", name, "takes"), f"takes {wanted!r}, which does not name this pool", f"add {name} to the pools of {wanted}"
                    )
    return found


def _check_days(
    hours: HoursPart | list[HoursPart] | None, where: tuple[Any, ...], say: Callable[[tuple[Any, ...], str, str], None]
) -> None:
    """Each day has one stretch."""
    days = [day for part in _stretches(hours) for day in part.days]
    for day in dict.fromkeys(d for d in days if days.count(d) > 1):
        say(where, f"{day} is named {days.count(day)} times", "one stretch a day; for a pause or a night make two pools")


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
