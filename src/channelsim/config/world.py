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
from typing import Any

from channelsim.config.coming_checks import booked_parts
from channelsim.config.coming_files import NoShowPart
from channelsim.config.durations import DurationPart
from channelsim.config.expected import load_not_expressible
from channelsim.config.lines import line_of, load_model, load_yaml
from channelsim.config.policies import policy_beside
from channelsim.config.staffing_files import at_work
from channelsim.config.time_unit import ROUNDED_MIN, UNIT_OF_MEASURES, in_minutes, in_words_of
from channelsim.config.world_checks import problems_of_world
from channelsim.config.world_files import ClassPart, PoolPart, ServesPart, WorldFile
from channelsim.config.world_hours import HoursPart, weeks_of
from channelsim.config.world_queue_checks import groups_of
from channelsim.config.world_queue_rules import BalkPart, CallBackPart, MovesOnPart, UnreachedPart, one_signal
from channelsim.errors import ConfigError, Problem, shown
from channelsim.scenario.coming import NoShow
from channelsim.scenario.expected import KnownAnswer, Sampling
from channelsim.scenario.queue_rules import Balk, CallBack, Lines, MovesOn, Rise, Unreached
from channelsim.scenario.queues import Duration, Follows, QueueClass, QueuePool, Queues, RateStep, Serves, ServesByHour
from channelsim.scenario.region import WEEKDAYS, Week
from channelsim.units import DAY_MIN, NEVER, WEEK_MIN, on_grid

SLICE_MIN = 10.0  # decisions 8


def load_world(path: Path) -> Queues:
    """The world of a YAML file, with names and tables checked against one another."""
    return _queues(_load(path), path)


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
        queues=_queues(f, path),
        sampling=Sampling(f.run.batch_min, f.run.terminating),
        expected=tuple(e.as_value(UNIT_OF_MEASURES[f.time_unit]) for e in f.expected),
        records=tuple(r.as_value() for r in f.expected_records),
        records_tol_min=max(f.records_tol_min, 0.0 if f.time_unit == "min" else ROUNDED_MIN),
    )


def _load(path: Path) -> WorldFile:
    units: list[Any] = ["min"]

    def prepare(written: Any) -> Any:
        units.append(written.get("time_unit", "min"))
        return in_minutes(written, units[-1])

    try:
        f, data = load_model(path, WorldFile, prepare)
        problems = problems_of_world(f, data, path)
        if problems:
            raise ConfigError(problems)
    except ConfigError as error:
        raise ConfigError([in_words_of(problem, units[-1]) for problem in error.problems]) from None
    return f


def _queues(f: WorldFile, path: Path) -> Queues:
    return Queues(
        name=f.world,
        classes=tuple(_class(name, c) for name, c in f.classes.items()),
        pools=tuple(_pool(name, p) for name, p in f.pools.items()),
        warm_up_min=on_grid(f.run.warm_up_min),  # the accounts close to the last bit only between moments of the grid
        length_min=on_grid(f.run.length_min),
        replications=f.run.replications,
        seed=f.run.seed,
        target_min=f.run.target_min,
        lines=tuple(Lines(group.limit, tuple(group.classes)) for group in groups_of(f)),
        policy=policy_beside(f.policy, path, line_of(load_yaml(path), ("policy",))) if f.policy else None,
    )


def _pool(name: str, p: PoolPart) -> QueuePool:
    by_hour = tuple((weeks_of(part) or (), _ranks(part.takes)) for part in p.takes_by_hour)
    slots = None if p.slots is None else p.slots.value()
    return QueuePool(name, p.persons, _ranks(p.takes), _week(p.shifts), slots, at_work(p), by_hour)


def _serves(pool: str, s: ServesPart) -> Serves:
    by_hour = tuple(
        ServesByHour(weeks_of(part) or (), part.serves, part.rank, part.after_min, part.reserve, part.weight) for part in s.by_hour
    )
    return Serves(pool, s.rank, s.after_min, _duration(s.service_min), s.reserve, s.weight, weeks_of(s.hours), by_hour)


def _ranks(takes: list[str | list[str]]) -> tuple[tuple[str, ...], ...]:
    """Classes by pull rank: `[B, A]` is two ranks, `[[A, B]]` is one."""
    return tuple((rank,) if isinstance(rank, str) else tuple(rank) for rank in takes)


def _week(hours: HoursPart | list[HoursPart] | None) -> Week | None:
    weeks = weeks_of(hours)
    return None if weeks is None else weeks[0]


def _duration(part: DurationPart | None) -> Duration | None:
    return None if part is None else part.value()


def _moves_on(part: MovesOnPart | None) -> MovesOn | None:
    return None if part is None else MovesOn(part.after_min, part.to, part.age == "kept", part.patience == "carried_over")


def _balk(part: BalkPart | None) -> Balk | None:
    if part is None:
        return None
    name, at = one_signal(part)
    return Balk(_signal(name), tuple(at), tuple(part.share))


def _signal(name: str) -> str:
    return name.removeprefix("at_").removesuffix("_min")


def _call_back(part: CallBackPart | None) -> CallBack | None:
    if part is None:
        return None
    name, at = one_signal(part)
    return CallBack(part.to, _signal(name), at[0], part.accepts, part.place == "kept", _duration(part.after_min))


def _unreached(part: UnreachedPart | None) -> Unreached | None:
    if part is None:
        return None
    return Unreached(part.share, part.tries, part.attempt_min.value(), _duration(part.again_after_min))


def _class(name: str, c: ClassPart) -> QueueClass:
    steps = [RateStep(0.0, WEEK_MIN, c.arrivals.per_min)] if c.arrivals.per_min else []
    for step in c.arrivals.steps:
        for day in sorted(map(WEEKDAYS.index, step.days)):
            steps.append(RateStep(day * DAY_MIN + step.open, day * DAY_MIN + step.close, step.per_min))
    serves = c.pools if isinstance(c.pools, dict) else {p: ServesPart(rank=i) for i, p in enumerate(c.pools)}
    return QueueClass(
        name=name, service=_duration(c.service_min),
        serves=tuple(_serves(p, s) for p, s in serves.items()), due_after_min=c.due_after_min,
        rates=tuple(steps), arrivals_at_min=tuple(c.arrivals.at_min), busyness_cv=c.arrivals.busyness_cv,
        interval=_duration(c.arrivals.every_min), group_shares=tuple(c.arrivals.group_shares), busyness=c.arrivals.busyness,
        patience=_duration(c.patience_min), queue_limit=c.queue_limit, hours=_week(c.hours),
        send_home=c.at_closing == "send_home", send_home_after_min=on_grid(c.send_home_after_min), self_service=c.self_service,
        reopening_delay=_duration(c.reopening_delay_min), after_work=_duration(c.after_work_min), weight=c.weight,
        rises=tuple(Rise(r.after_min, r.to_rank) for r in c.rises), moves_on=_moves_on(c.moves_on),
        balk=_balk(c.balk), call_back=_call_back(c.call_back), unreached=_unreached(c.unreached), idle_rule=c.idle_rule,
        after={o: tuple(Follows(x.to, x.share, _duration(x.delay_min)) for x in rows) for o, rows in c.after.items()},
        sessions=tuple(b.value() for b in booked_parts(c)), books=c.by_appointment, no_show=_no_show(c),
        travel=None if c.travel is None else c.travel.value(), casework=c.casework,
        slice_min=(c.slice_min or SLICE_MIN) if c.casework else NEVER, leaves=None if c.leaves is None else c.leaves.value(),
    )  # fmt: skip


def _no_show(c: ClassPart) -> NoShow:
    return NoShow(c.no_show.share, c.no_show.per_day) if isinstance(c.no_show, NoShowPart) else NoShow(c.no_show)
