"""`channelsim policies`: what there is, and what its lists say in words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from channelsim.config.policies import load_policy
from channelsim.errors import ConfigError, Problem, shown
from channelsim.scenario import tables as T
from channelsim.scenario.tables import Tables
from channelsim.scenario.world import World
from channelsim.testing.audit.words import duration
from channelsim.units import DAY_MIN, WEEK_MIN

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
RULES = {T.BY_OWN_RULE: "a compiled rule of its own", T.BY_PYTHON: "a Python rule of its own"}


def listed(shelf: Path) -> Iterator[str]:
    """Strategies of a shelf, each with its title; they are the policies that need no code."""
    from channelsim.config.strategy import load_strategy

    for file in sorted(shelf.glob("*.yaml")):
        strategy = load_strategy(file)
        yield f"{strategy.name:24} {strategy.title}"


def world_of(name: str, region: Path, model: str, policy: str) -> World:
    """The world that a strategy (by name or file) or a world file makes, with another policy if one is named."""
    from dataclasses import replace

    own = load_policy(policy) if policy else None
    file = Path(name)
    if file.is_file() and file.name != "region.yaml":
        from channelsim.config.lines import load_yaml

        if "world" in load_yaml(file):
            from channelsim.config.world import load_world
            from channelsim.scenario.queues import compile_queues

            queues = load_world(file)
            return compile_queues(replace(queues, policy=own or queues.policy))
    from channelsim.config.region import load_region
    from channelsim.config.strategy import check_strategy, find_strategy, load_strategy
    from channelsim.scenario.compile import compile_world

    place = load_region(region)
    found = find_strategy(name, region)
    strategy = load_strategy(found)
    check_strategy(strategy, place, found)
    model = model or place.baseline[0]
    if model not in place.office_models:
        problem = Problem(shown(region), 1, "--model", f"unknown office model {model!r}", f"use one of {', '.join(place.office_models)}")
        raise ConfigError([problem])
    return compile_world(place, place.office_models[model], replace(strategy, policy=own or strategy.policy), 1)


def in_words(world: World, only: str = "") -> Iterator[str]:
    """Who serves what, in which order, after what wait, in which hours: from the tables that the engines read."""
    tables = world.tables
    yield f"{world.name}: {len(world.names.classes)} classes, {len(world.names.pools)} pools"
    if world.policy is not None:
        rule = RULES.get(tables.steering)
        yield f"policy {world.policy.name} of {world.policy.file}:{world.policy.line}" + (f", with {rule}" if rule else "")
    for number, hours in enumerate(_hours(world)):
        if hours:
            yield from ("", hours)
        yield from ("", "Who takes a contact that comes:")
        for c, name in enumerate(world.names.classes):
            if only in name and tables.classes[c * T.CLASS_WIDTH + T.MODE] != T.SELF:
                yield f"  {name}: {_asks(world, c, number)}"
        yield from ("", "What a free person takes:")
        for p, name in enumerate(world.names.pools):
            words = _takes(world, p, number, only)
            if words:
                yield f"  {name}: {words}"


def _hours(world: World) -> list[str]:
    """When each set of lists holds; one set holds always and needs no words."""
    n_sets = 1 + max((number for _, number in world.table_steps), default=0)
    if n_sets == 1:
        return [""]
    steps = [*world.table_steps]
    ends = [*(minute for minute, _ in steps[1:]), steps[0][0] + WEEK_MIN]
    stretches: list[list[tuple[float, float]]] = [[] for _ in range(n_sets)]
    for (minute, number), end in zip(steps, ends, strict=True):
        stretches[number].append((minute, end % WEEK_MIN))
    return [f"From {', '.join(_in_short(parts))}:" for parts in stretches]


def _in_short(stretches: list[tuple[float, float]]) -> Iterator[str]:
    """Stretches of the week; one that is alike every day is said once."""
    clocks = {(start % DAY_MIN, end % DAY_MIN) for start, end in stretches}
    for start, end in sorted(clocks):
        mine = [(a, b) for a, b in stretches if (a % DAY_MIN, b % DAY_MIN) == (start, end)]
        if len(mine) == len(DAYS):
            over = " of the next day" if end <= start else ""
            yield f"{_clock(start)[4:]} to {_clock(end)[4:]}{over} every day"
        else:
            yield from (f"{_clock(a)} to {_clock(b)}" for a, b in mine)


def _clock(minute: float) -> str:
    day, rest = divmod(minute, DAY_MIN)
    return f"{DAYS[int(day) % 7]} {int(rest // 60):02d}:{int(rest % 60):02d}"


def _stages(tables: Tables, c: int) -> list[float]:
    row = tables.classes.reshape(-1, T.CLASS_WIDTH)[c]
    first = int(row[T.FIRST_STAGE])
    return [0.0, *tables.stage_after_min[first : first + int(row[T.N_STAGES]) - 1].tolist()]


def _asks(world: World, c: int, of_set: int) -> str:
    """Pools of a class by rank, and who joins them after a wait."""
    tables = world.tables
    pairs = tables.pairs.reshape(-1, T.PAIR_WIDTH)
    first = int(tables.classes[c * T.CLASS_WIDTH + T.FIRST_STAGE]) + of_set * len(tables.stage_after_min)
    seen: set[int] = set()
    parts = []
    for stage, after in enumerate(_stages(tables, c)):
        ranks: dict[int, list[str]] = {}
        for e in range(tables.dispatch_start[first + stage], tables.dispatch_start[first + stage + 1]):
            pair = int(tables.dispatch_pair[e])
            if pair not in seen:
                seen.add(pair)
                ranks.setdefault(int(tables.dispatch_rank[e]), []).append(_with_reserve(world, pair, of_set, int(pairs[pair, T.PAIR_POOL])))
        if ranks:
            words = ", then ".join(" or ".join(ranks[rank]) for rank in sorted(ranks))
            parts.append(words if after == 0.0 else f"after {duration(after)} also {words}")
    return "; ".join(parts) or "nobody"


def _with_reserve(world: World, pair: int, of_set: int, pool: int) -> str:
    kept = int(world.tables.set_reserve[of_set * len(world.tables.pair_scale) + pair])
    return world.names.pools[pool] + (f" (keeping {kept} idle)" if kept else "")


def _takes(world: World, p: int, of_set: int, only: str) -> str:
    """Classes of a pool by rank."""
    tables, row = world.tables, of_set * len(world.names.pools) + p
    pairs = tables.pairs.reshape(-1, T.PAIR_WIDTH)
    ranks: dict[int, list[str]] = {}
    for e in range(tables.pull_start[row], tables.pull_start[row + 1]):
        c = int(pairs[tables.pull_pair[e], T.PAIR_CLASS])
        if only not in world.names.classes[c]:
            continue
        after = _stages(tables, c)[int(tables.pull_from_stage[e])]
        notes = [f"after {duration(after)}"] if after else []
        notes += [f"weight {tables.pull_weight[e]:g}"] if tables.pull_weight[e] != 1.0 else []
        notes += [f"due after {duration(float(tables.pull_due[e]))}"] if tables.pull_due[e] else []
        ranks.setdefault(int(tables.pull_rank[e]), []).append(world.names.classes[c] + (f" ({', '.join(notes)})" if notes else ""))
    of_several = {rank: "the first due of " if _due(tables, row, rank) else "the longest wait of " for rank in ranks}
    return "; then ".join((of_several[rank] if len(names) > 1 else "") + ", ".join(names) for rank, names in sorted(ranks.items()))


def _due(tables: Tables, row: int, rank: int) -> bool:
    entries = np.arange(tables.pull_start[row], tables.pull_start[row + 1])
    mine = entries[tables.pull_rank[entries] == rank]
    return len(mine) > 1 and bool((tables.pull_due[mine] > 0.0).all())
