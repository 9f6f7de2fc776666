"""A study as a value: its question, alternatives, window and outcomes, and which pairs of alternatives are compared."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from channelsim.scenario.compile import Factors, compile_world
from channelsim.scenario.futures import AbsenceWave, Layoff, TripResponse, trips_min
from channelsim.scenario.input_groups import InputGroup, inputs_at
from channelsim.scenario.overrides import Level, overridden
from channelsim.scenario.region import Region, Strategy
from channelsim.scenario.roster import roster_key
from channelsim.scenario.staff_overrides import is_staff_path
from channelsim.scenario.world import World
from channelsim.simulate import Window, weeks
from channelsim.study.answers.asked import Asked

MOST_PRIMARY_OUTCOMES = 6  # decisions 37
CORE = ("office_model", "strategy", "staffing_split")
FACTORS = {  # path -> field of Factors
    "released_posts": "released_posts", "demand.scale": "demand_scale", "web_preference.scale": "web_preference_scale",
    "staff.scale": "staff_scale", "web.adoption": "web_adoption", "demand.layoff": "layoff", "staff.absence_wave": "absence_wave",
}  # fmt: skip
REMOVED, ADDED = "staff.removed.", "staff.added."  # persons of a role or skill that are gone or come: what a search at equal service tries
FUTURE, INPUTS, STRATEGY, RESPONSE = "future", "inputs.", "strategy.", "demand.trip_response"


@dataclass(frozen=True)
class Alternative:
    """One thing that a study compares: a level of each factor. A factor that is not named stands as the files say."""

    office_model: str
    strategy: str
    staffing_split: str
    others: tuple[tuple[str, Level], ...] = ()  # (factor, level), in order of the factors
    sampled: tuple[tuple[str, Level], ...] = ()  # the levels of a sampled point, told by its name
    point: str = ""

    @property
    def name(self) -> str:
        told = [self.staffing_split] if self.staffing_split else []
        told += [f"{path} {written(level)}" for path, level in self.others]
        told += [self.point] if self.point else []
        return f"{self.office_model} x {self.strategy}" + (f" ({', '.join(told)})" if told else "")

    @property
    def levels(self) -> dict[str, Level]:
        """Factor -> level, of all factors that are named."""
        core: dict[str, Level] = {name: getattr(self, name) for name in CORE}
        return core | dict(self.others) | dict(self.sampled)

    @property
    def setting(self) -> str:
        """Office model and whatever else is no part of the strategy, beside the staffing split: where a strategy is tried."""
        told = [f"{p} {written(v)}" for p, v in self.others if not p.startswith(STRATEGY)] + ([self.point] if self.point else [])
        return self.office_model + (f" ({', '.join(told)})" if told else "")

    @property
    def way(self) -> str:
        """The strategy, with the levels that differ from its file."""
        told = [f"{p.removeprefix(STRATEGY)} {written(v)}" for p, v in self.others if p.startswith(STRATEGY)]
        return self.strategy + (f" ({', '.join(told)})" if told else "")

    def with_levels(self, new: Mapping[str, Level | None]) -> Alternative:
        """The same with other levels; None takes a factor back to what the files say."""
        core = {name: str(new.get(name, getattr(self, name))) for name in CORE}
        others = {p: v for p, v in {**dict(self.others), **new}.items() if p not in CORE and v is not None}
        sampled = tuple((p, v) for p, v in self.sampled if p not in new)
        point = self.point if len(sampled) == len(self.sampled) else f"{self.point}, not of the strategy"
        return Alternative(**core, others=tuple(sorted(others.items())), sampled=sampled, point=point if sampled else "")


def written(level: Level) -> str:
    """A level as a name says it."""
    if isinstance(level, bool):
        return "yes" if level else "no"
    return f"{level:g}" if isinstance(level, float) and float(f"{level:g}") == level else str(level)


@dataclass(frozen=True)
class Contrast:
    """A plan against the baseline that isolates one change (never two at once).

    `kind` says which: `strategy` (same office model), `network` (same strategy), the path of another factor; or `both`: several
    changes together, against the study's baseline. Conditions (staffing split, demand, figures of the region) are the
    same on both sides.
    """

    kind: str
    plan: Alternative
    baseline: Alternative


@dataclass(frozen=True)
class Budget:
    """What a study may cost at most."""

    max_replications: int | None = None
    max_minutes: float | None = None


@dataclass(frozen=True)
class Limit:
    """A constraint on an outcome, in its unit."""

    outcome: str
    at_least: float | None = None
    at_most: float | None = None


@dataclass(frozen=True)
class Study:
    """Everything that fixes a study's results, and what is to be said about them."""

    name: str
    question: str
    region: Region
    strategies: Mapping[str, Strategy]
    office_models: tuple[str, ...]
    staffing_splits: tuple[str, ...]
    baseline_office_model: str
    baseline_strategy: str
    warm_up_weeks: int
    measured_weeks: int
    follow_up_weeks: int
    replications: int
    seed: int
    engine: str
    primary_outcomes: tuple[str, ...]
    margins: Mapping[str, float]  # outcome -> largest difference that does not matter
    chosen: tuple[Alternative, ...] = ()  # (): every office model x strategy x staffing split
    baseline_levels: Mapping[str, Level] = field(default_factory=dict)  # of factors that change with the plan; others: as the files say
    plan_factors: tuple[str, ...] = ()  # factors beside office model and strategy that change with the plan, not with the world
    design: str = "full"  # how the alternatives were chosen
    futures: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # name -> path -> level
    input_groups: tuple[InputGroup, ...] = ()
    better: Mapping[str, str] = field(default_factory=dict)  # outcome -> higher or lower, where it differs from its definition
    constraints: tuple[Limit, ...] = ()
    precision: Mapping[str, float] = field(default_factory=dict)  # outcome -> half-width that is wanted
    budget: Budget = Budget()
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)  # ends of the factors of which points are taken
    analyses: tuple[Asked, ...] = ()  # what is asked beside the comparison

    @property
    def window(self) -> Window:
        return weeks(self.warm_up_weeks, self.measured_weeks, self.follow_up_weeks)

    @cached_property
    def alternatives(self) -> tuple[Alternative, ...]:
        """All alternatives, each after those that it is compared with."""
        return in_order(self, self.chosen or self._all())

    def _all(self) -> Iterable[Alternative]:
        strategies = sorted(self.strategies, key=lambda s: s != self.baseline_strategy)
        models = sorted(self.office_models, key=lambda m: m != self.baseline_office_model)
        return (Alternative(model, strategy, split) for split in self.staffing_splits for model in models for strategy in strategies)

    def undone(self, plan: Alternative) -> Iterator[tuple[str, Alternative]]:
        """(kind, the plan without one of its changes): network, other factors in the study's order, strategy last."""
        if plan.office_model != self.baseline_office_model:
            yield "network", plan.with_levels({"office_model": self.baseline_office_model})
        levels = plan.levels
        for path in self.plan_factors:
            if not path.startswith(STRATEGY) and levels.get(path) != self.baseline_levels.get(path):
                yield path, plan.with_levels({path: self.baseline_levels.get(path)})
        of_strategy = self._strategy_levels(plan)
        if any(levels.get(path) != level for path, level in of_strategy.items()):
            yield "strategy", plan.with_levels(of_strategy)

    def _strategy_levels(self, plan: Alternative) -> dict[str, Level | None]:
        """What the baseline has in place of a plan's strategy."""
        paths = {p for p in (*plan.levels, *self.baseline_levels) if p.startswith(STRATEGY)}
        base = dict(self.baseline_levels)
        return {"strategy": self.baseline_strategy, **{p: base.get(p) for p in self.plan_factors if p in paths}}

    def base_of(self, plan: Alternative) -> Alternative:
        """The baseline in the world of a plan: the same conditions, nothing changed."""
        base: dict[str, Level | None] = {"office_model": self.baseline_office_model, **self._strategy_levels(plan)}
        return plan.with_levels(base | {p: self.baseline_levels.get(p) for p in self.plan_factors})

    @cached_property
    def contrasts(self) -> tuple[Contrast, ...]:
        """Strategy within each office model; network, or another factor, under the baseline's strategy; several, for information."""
        found = []
        there = set(self.alternatives)
        for plan in self.alternatives:
            changes = list(self.undone(plan))
            if changes and changes[-1][1] in there:
                found.append(Contrast(changes[-1][0], plan, changes[-1][1]))
            if len(changes) > 1 and self.base_of(plan) in there:
                found.append(Contrast("both", plan, self.base_of(plan)))
        return tuple(found)

    def world(self, alternative: Alternative, rosters: dict[object, dict[object, object]] | None = None) -> World:
        """The world of one alternative; worlds in which the same people work the same hours share what is in `rosters`."""
        region, strategy, factors = self.inputs_of(alternative)
        n_weeks, model = self.window.n_weeks, region.office_models[alternative.office_model]
        per_hour = self.level_of(alternative, RESPONSE)
        if per_hour is not None and alternative.office_model != self.baseline_office_model:
            elasticity = region.value("travel", "trip_suppression_per_extra_hour", "visit") if per_hour == "base" else float(per_hour)
            before = compile_world(region, region.office_models[self.baseline_office_model], strategy, n_weeks, factors)
            factors = replace(factors, trip_response=TripResponse(elasticity, trips_min(region, before.tables)))
        world = compile_world(region, model, strategy, n_weeks, factors)
        name = alternative.name if alternative.others or alternative.sampled else world.name
        cache = {} if rosters is None else rosters.setdefault(roster_key(world), {})
        return replace(world, name=name, cache=cache)

    def level_of(self, alternative: Alternative, path: str) -> Any:
        """The level of a factor, which a future may give; None where it stands as the files say."""
        levels = alternative.levels
        return levels.get(path, self.futures.get(str(levels.get(FUTURE, "")), {}).get(path))

    def inputs_of(self, alternative: Alternative) -> tuple[Region, Strategy, Factors]:
        """Region, strategy and factors of an alternative: groups of inputs first, then single figures, then the strategy's."""
        levels: dict[str, Any] = {**dict(alternative.others), **dict(alternative.sampled)}
        levels |= self.futures.get(str(levels.pop(FUTURE, "")), {})
        region, strategy = self.region, self.strategies[alternative.strategy]
        quantiles = {p.removeprefix(INPUTS): float(v) for p, v in levels.items() if p.startswith(INPUTS)}
        region, strategy = inputs_at(region, strategy, quantiles, self.input_groups)
        region, strategy = overridden(
            region, strategy, {p: v for p, v in levels.items() if p.startswith(("region.", STRATEGY)) or is_staff_path(p)}
        )
        given = {FACTORS[p]: v for p, v in levels.items() if p in FACTORS}
        for name, start in (("staff_removed", REMOVED), ("staff_added", ADDED)):
            persons = tuple((p.removeprefix(start), int(v)) for p, v in levels.items() if p.startswith(start))
            given |= {name: persons} if persons else {}
        return region, strategy, Factors(staffing_split=alternative.staffing_split, **given)

    @property
    def digest(self) -> str:
        """Hash of everything that fixes a replication's results (not of how many there are)."""
        parts: tuple[object, ...] = (
            self.region.digest, sorted((n, repr(s)) for n, s in self.strategies.items()), self.office_models,
            self.staffing_splits, self.baseline_office_model, self.baseline_strategy, self.warm_up_weeks,
            self.measured_weeks, self.follow_up_weeks, self.seed,
        )  # fmt: skip
        if self.chosen:
            made = sorted(m.made_from for m in self.region.office_models.values())
            futures = sorted((n, sorted(f.items())) for n, f in self.futures.items())
            parts += (self.chosen, sorted(self.baseline_levels.items()), self.plan_factors, futures, self.input_groups, made)
        return hashlib.sha256(repr(parts).encode()).hexdigest()


def in_order(study: Study, alternatives: Iterable[Alternative]) -> tuple[Alternative, ...]:
    """The same alternatives, none twice, each after those that its contrasts compare it with: these run first."""
    wanted = dict.fromkeys(alternatives)
    placed: dict[Alternative, None] = {}
    for plan in wanted:
        before = [partner for _, partner in list(study.undone(plan))[-1:]] + [study.base_of(plan)]
        for a in (*reversed(before), plan):
            if a in wanted:
                placed.setdefault(a)
    return tuple(placed)


def with_baselines(study: Study, alternatives: Iterable[Alternative]) -> tuple[Alternative, ...]:
    """The alternatives with the baseline of each, and each under the baseline's strategy: what contrasts need."""
    wanted: dict[Alternative, None] = {}
    for plan in alternatives:
        changes = list(study.undone(plan))
        if changes:
            wanted.setdefault(study.base_of(plan))
        if changes and changes[-1][0] == "strategy":
            wanted.setdefault(changes[-1][1])
        wanted.setdefault(plan)
    return tuple(wanted)


__all__ = ["AbsenceWave", "Alternative", "Budget", "Contrast", "Layoff", "Limit", "Study"]
