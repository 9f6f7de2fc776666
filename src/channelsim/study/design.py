"""A study as a value: its question, alternatives, window and outcomes, and which pairs of alternatives are compared."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from channelsim.scenario.compile import Factors, compile_world
from channelsim.scenario.region import Region, Strategy
from channelsim.scenario.world import World
from channelsim.simulate import Window, weeks

MOST_PRIMARY_OUTCOMES = 6  # decisions 37


@dataclass(frozen=True)
class Alternative:
    """One thing that a study compares: office model x channel strategy x staffing split."""

    office_model: str
    strategy: str
    staffing_split: str

    @property
    def name(self) -> str:
        return f"{self.office_model} x {self.strategy}" + (f" ({self.staffing_split})" if self.staffing_split else "")


@dataclass(frozen=True)
class Contrast:
    """A plan against the baseline that isolates one change (never two at once)."""

    kind: str  # strategy: same office model; network: same strategy; both: against the study's baseline
    plan: Alternative
    baseline: Alternative


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

    @property
    def window(self) -> Window:
        return weeks(self.warm_up_weeks, self.measured_weeks, self.follow_up_weeks)

    @property
    def alternatives(self) -> tuple[Alternative, ...]:
        """All alternatives, the baseline's office model and strategy first, so that a baseline runs before its plans."""
        strategies = sorted(self.strategies, key=lambda s: s != self.baseline_strategy)
        models = sorted(self.office_models, key=lambda m: m != self.baseline_office_model)
        return tuple(Alternative(model, strategy, split) for split in self.staffing_splits for model in models for strategy in strategies)

    @property
    def contrasts(self) -> tuple[Contrast, ...]:
        """Strategy within each office model; network under the baseline's strategy; both together, for information."""
        found = []
        for plan in self.alternatives:
            same_model = Alternative(plan.office_model, self.baseline_strategy, plan.staffing_split)
            base = Alternative(self.baseline_office_model, self.baseline_strategy, plan.staffing_split)
            if plan != same_model:
                found.append(Contrast("strategy", plan, same_model))
            elif plan != base:
                found.append(Contrast("network", plan, base))
            if plan != same_model and same_model != base:
                found.append(Contrast("both", plan, base))
        return tuple(found)

    def world(self, alternative: Alternative, rosters: dict[object, object] | None = None) -> World:
        """The world of one alternative; worlds that differ in strategy alone may share `rosters`."""
        return compile_world(
            self.region,
            self.region.office_models[alternative.office_model],
            self.strategies[alternative.strategy],
            self.window.n_weeks,
            Factors(staffing_split=alternative.staffing_split),
            rosters,
        )

    @property
    def digest(self) -> str:
        """Hash of everything that fixes a replication's results (not of how many there are)."""
        parts = (
            self.region.digest, sorted((n, repr(s)) for n, s in self.strategies.items()), self.office_models,
            self.staffing_splits, self.baseline_office_model, self.baseline_strategy, self.warm_up_weeks,
            self.measured_weeks, self.follow_up_weeks, self.seed,
        )  # fmt: skip
        return hashlib.sha256(repr(parts).encode()).hexdigest()
