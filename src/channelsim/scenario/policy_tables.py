"""A policy is asked, its answer is checked, and takes the place of the lists of a world under construction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from channelsim.errors import ConfigError, Problem
from channelsim.scenario import tables as T
from channelsim.scenario.build import Builder, Pair
from channelsim.scenario.own_rules import NO_CONTACT_SCORE, NO_POOL_SCORE, OwnRule, named, own_function
from channelsim.scenario.policy import (
    ClassView,
    CompiledRule,
    Entry,
    HourTables,
    Policy,
    PoolView,
    PythonRule,
    RoutingTables,
    Scenario,
)  # fmt: skip
from channelsim.scenario.region import WEEKDAYS
from channelsim.scenario.tables import NONE
from channelsim.units import DAY_MIN, NEVER, WEEK_MIN, on_grid

MOST_RANK = 1000
Key = tuple[str, str]


def apply_policy(builder: Builder, policy: Policy, name: str, channels: tuple[str, ...], places: tuple[str, ...], sizes: list[int]) -> None:
    """Let a policy fill the lists of a builder that holds the lists of the configuration, and set its rule."""
    scenario = scenario_of(builder, name, channels, places, sizes)
    if policy.compile is not None:
        try:
            tables = policy.compile(scenario)
        except Exception as error:
            raise ConfigError([_problem(policy, f"fails for {name}: {type(error).__name__}: {error}", "mend the function")]) from error
        problems = [_problem(policy, what, mend) for what, mend in problems_of_tables(tables, scenario)]
        if problems:
            raise ConfigError(problems[:20])
        fill(builder, tables)
    if isinstance(policy.rule, CompiledRule):
        scores = (policy.rule.contact, NO_CONTACT_SCORE), (policy.rule.pool, NO_POOL_SCORE)
        contact, pool = (none if f is None else own_function(f) for f, none in scores)
        builder.own_rule = OwnRule(T.BY_OWN_RULE, contact, pool, policy.rule.contact is not None, policy.rule.pool is not None)
    elif isinstance(policy.rule, PythonRule):
        classes, pools = tuple(c.name for c in builder.classes), tuple(p.name for p in builder.pools)
        rule = policy.rule
        contact, pool = (named(f, classes, pools, policy.digest) for f in (rule.contact, rule.pool))
        builder.own_rule = OwnRule(T.BY_PYTHON, contact, pool, rule.contact is not None, rule.pool is not None)


def scenario_of(builder: Builder, name: str, channels: tuple[str, ...], places: tuple[str, ...], sizes: list[int]) -> Scenario:
    """What a policy sees of a builder."""
    sets = [list(builder.pairs.values()), *builder.other_sets]
    steps = [*builder.table_steps]
    ends = [*(minute for minute, _ in steps[1:]), WEEK_MIN]
    hours = [HourTables(minute, end, tuple(_entries(builder, sets[number]))) for (minute, number), end in zip(steps, ends, strict=False)]
    return Scenario(
        name=name,
        classes=tuple(
            ClassView(
                c.name, channels[c.channel], c.mode == T.ITEM, c.mode == T.BOOKED, places[c.place] if c.place != NONE else "",
                None if c.calendar == NONE else tuple(builder.calendars[c.calendar][0]),
            )
            for c in builder.classes
        ),
        pools=tuple(
            PoolView(p.name, T.ROLES[p.role], places[p.place] if p.place != NONE else "", p.office, int(n))
            for p, n in zip(builder.pools, sizes, strict=True)
        ),
        may_serve=frozenset((builder.classes[p.of_class].name, builder.pools[p.pool].name) for pairs in sets for p in pairs),
        tables=RoutingTables(tuple(_entries(builder, sets[0])), tuple(hours)),
    )  # fmt: skip


def _entries(builder: Builder, pairs: list[Pair]) -> Iterator[Entry]:
    for p in pairs:
        stages = (0.0, *builder.classes[p.of_class].stages_min)
        yield Entry(
            builder.classes[p.of_class].name, builder.pools[p.pool].name, p.rank, p.pull_rank, stages[p.from_stage],
            p.reserve, p.weight, p.due_min, tuple((stages[stage], rank) for stage, rank in p.rises),
        )  # fmt: skip


def problems_of_tables(tables: RoutingTables, scenario: Scenario) -> Iterator[tuple[str, str]]:
    """What is contradictory in a policy's lists, with the counter-example, and how to mend it."""
    if not isinstance(tables, RoutingTables):
        yield f"returns {type(tables).__name__}, not RoutingTables", "return RoutingTables(entries)"
        return
    sizes = {p.name: p.persons for p in scenario.pools}
    names = {c.name for c in scenario.classes}
    for hours in tables.by_hour:
        if not 0.0 <= hours.from_min < hours.to_min <= WEEK_MIN:
            yield f"hours from {hours.from_min!r} to {hours.to_min!r} min are none of the week", "count minutes from Monday 00:00"
    for n, hours in enumerate(tables.by_hour):
        for other in tables.by_hour[:n]:
            if max(hours.from_min, other.from_min) < min(hours.to_min, other.to_min):
                yield f"two lists hold at {clock(max(hours.from_min, other.from_min))}", "let hours follow one another"
    for entries in (tables.entries, *(h.entries for h in tables.by_hour)):
        seen: set[Key] = set()
        for e in entries:
            who = f"{e.pool} and {e.of_class}"
            if e.of_class not in names or e.pool not in sizes:
                yield f"knows no {e.of_class if e.of_class not in names else e.pool!r}", "use names of scenario.classes and scenario.pools"
                continue
            if (e.of_class, e.pool) not in scenario.may_serve:
                yield f"lets {e.pool} serve {e.of_class}, which it may not", "ask scenario.may_serve"
            if (e.of_class, e.pool) in seen:
                yield f"names {who} twice in one list", "leave one entry"
            if not (0 <= e.rank <= MOST_RANK and 0 <= e.takes <= MOST_RANK):
                yield f"rank {e.rank}, takes {e.takes} of {who}", f"use whole numbers from 0 to {MOST_RANK}"
            if not (0.0 <= e.after_min < NEVER and 0.0 <= e.due_after_min < NEVER and 0.0 < e.weight < NEVER):
                yield f"a wait, due date or weight of {who} is out of bounds", "give minutes of 0 or more, and a weight above 0"
            if not 0 <= e.reserve < sizes[e.pool]:
                yield (
                    f"{e.reserve} of {e.pool} must remain idle, which has {sizes[e.pool]}: it would never take {e.of_class}",
                    "keep fewer back",
                )
            seen.add((e.of_class, e.pool))
    yield from _unserved(tables, scenario)


def _unserved(tables: RoutingTables, scenario: Scenario) -> Iterator[tuple[str, str]]:
    """A class that somebody serves in the configuration, and nobody in an hour in which it is open."""
    wanted = {e.of_class for e in scenario.tables.entries} | {e.of_class for h in scenario.tables.by_hour for e in h.entries}
    served = [
        (0.0, WEEK_MIN, {e.of_class for e in tables.entries}),
        *((h.from_min, h.to_min, {e.of_class for e in h.entries}) for h in tables.by_hour),
    ]
    for c in scenario.classes:
        if c.name not in wanted:
            continue
        for start, end, names in served:
            opens = next((m for m in _open_minutes(c, start, end)), None)
            if c.name not in names and opens is not None:
                yield f"nobody serves {c.name} at {clock(opens)}, when it is open", "give it a pool in every list"
                break


def _open_minutes(c: ClassView, start: float, end: float) -> Iterator[float]:
    if c.open_hours is None:
        yield start
        return
    for day, hours in enumerate(c.open_hours):
        if hours is not None and max(start, day * DAY_MIN + hours[0]) < min(end, day * DAY_MIN + hours[1]):
            yield max(start, day * DAY_MIN + hours[0])


def clock(minute: float) -> str:
    """A minute of the week: `tue 09:30`."""
    day, rest = divmod(minute, DAY_MIN)
    return f"{WEEKDAYS[int(day) % 7]} {int(rest // 60):02d}:{int(rest % 60):02d}"


def fill(builder: Builder, tables: RoutingTables) -> None:
    """Put a policy's lists in place of those of the configuration; how a pool handles a class stays."""
    before = [p for pairs in (list(builder.pairs.values()), *builder.other_sets) for p in pairs]
    known = {(p.of_class, p.pool): p for p in before}
    used = {(p.of_class, stage) for p in before for stage in (p.from_stage, *(stage for stage, _ in p.rises))}
    number = {c.name: i for i, c in enumerate(builder.classes)}
    pool_number = {p.name: i for i, p in enumerate(builder.pools)}
    lists = [tables.entries, *(h.entries for h in tables.by_hour)]
    waits: dict[str, set[float]] = {c.name: set() for c in builder.classes}
    for e in (e for entries in lists for e in entries):
        waits[e.of_class] |= ({on_grid(e.after_min)} | {on_grid(wait) for wait, _ in e.rises}) - {0.0}
    for i, c in enumerate(builder.classes):
        moves = c.rules.moves_stage if c.rules is not None else NONE
        kept = {wait for n, wait in enumerate(c.stages_min, 1) if n == moves or (i, n) not in used}  # nobody's business here
        stages = sorted(waits[c.name] | kept)
        rules = (
            replace(c.rules, moves_stage=stages.index(c.stages_min[moves - 1]) + 1) if c.rules is not None and moves != NONE else c.rules
        )
        builder.classes[i] = replace(c, stages_min=tuple(stages), rules=rules)

    def pairs_at(minute: float) -> list[Pair]:
        entries = next((h.entries for h in tables.by_hour if h.from_min <= minute < h.to_min), tables.entries)
        return [_pair(e) for e in entries]

    def _pair(e: Entry) -> Pair:
        old = known[number[e.of_class], pool_number[e.pool]]
        stages = builder.classes[old.of_class].stages_min

        def stage(wait: float) -> int:
            return stages.index(on_grid(wait)) + 1 if on_grid(wait) > 0.0 else 0

        return replace(
            old, rank=int(e.rank), pull_rank=int(e.takes), from_stage=stage(e.after_min), reserve=int(e.reserve), weight=float(e.weight),
            due_min=on_grid(e.due_after_min), rises=tuple((stage(wait), rank) for wait, rank in e.rises),
        )  # fmt: skip

    builder.allow_by_hour({m % WEEK_MIN for h in tables.by_hour for m in (h.from_min, h.to_min)}, pairs_at)


def _problem(policy: Policy, what: str, mend: str) -> Problem:
    return Problem(policy.file, policy.line, policy.name, what, mend)
