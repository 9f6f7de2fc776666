"""What a study's file may ask of its replications, beside the comparison that every study gives."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from channelsim.config.kinds import Name, NotNegative
from channelsim.config.lines import Strict

Value = bool | Annotated[float, Field(ge=-1e9, le=1e9)] | Annotated[str, Field(min_length=1, max_length=1000)]


class ComparePart(Strict):
    """The verdicts on all primary outcomes in words."""

    across: Name | None = None
    """A condition (`staffing_split`, `demand.trip_response`, ...): a verdict is said only if it holds at all its levels."""


class AboutPart(Strict):
    """A question about one outcome."""

    outcome: Name
    """An outcome of the list below, or a measure of each alternative (`phone_wait_mean_min`)."""
    against: Literal["baseline", "same_network"] = "baseline"
    """What outcomes that are differences are taken from: the baseline under the same conditions, or the same network (and other plan
    factors) under the baseline's strategy."""


class AttributePart(AboutPart):
    """Effects and interactions of factors, and shares of a change that add up (Shapley). Of a full design."""

    factors: Annotated[list[Name], Field(max_length=20)] = []
    """Default: all that belong to the plan and have several levels. For each setting of the others there is an answer."""
    plan: dict[str, Value] = {}
    """Levels of the change that is shared out; factors that are left out stay at the baseline's. Without it: effects alone."""
    made_of: dict[str, dict[str, dict[str, Value]]] = {}
    """Factor, level, part: levels that are put together from parts (`strategy: {triage: {channels: old, triage: yes}, ...}`); each
    part is then a factor."""


class BreakEvenPart(AboutPart):
    """Where the outcome crosses zero along a factor with three or more levels that are numbers, with an interval."""

    factor: Name
    """Its path."""
    between: Annotated[list[Annotated[float, Field(ge=-1e9, le=1e9)]], Field(min_length=2, max_length=2)] | None = None
    """Only levels between these two."""
    refine: Annotated[int, Field(ge=0, le=20)] = 0
    """Further points, by halves between the levels next to the root; replications that the design does not have, run by `study run`."""

    @model_validator(mode="after")
    def rising(self) -> BreakEvenPart:
        if self.between and not self.between[0] < self.between[1]:
            raise ValueError("between takes two ends, the smaller first")
        return self


class ContourPart(AboutPart):
    """Break-even in two dimensions: the line over two factors along which the outcome is zero, row by row with an interval."""

    x: Name
    """Path of the factor along which zero is looked for; three or more levels that are numbers."""
    y: Name
    """Path of the other; two or more levels that are numbers, each with every level of x."""


class FavouritePart(Strict):
    """Does the level that somebody prefers win, lose or tie against each other level, on every primary outcome, all else the same?"""

    level: Name
    """The preferred level."""
    factor: Name = "office_model"
    """Path of the factor that has it."""
    outcomes: Annotated[list[Name], Field(max_length=6)] = []
    """Outcomes that decide, of the list below; default: the primary ones."""


class ChoosePart(AboutPart):
    """The best alternative among those that keep `constraints`, with probability 95 %, or the set that cannot be told apart."""

    indifference: Annotated[float, Field(gt=0.0, le=1e9)]
    """A difference smaller than this is not worth telling apart; in the outcome's unit."""
    better: Literal["higher", "lower"] | None = None
    """Which way is better, where neither the study nor the outcome says it."""


class ScreenPart(AboutPart):
    """Which inputs matter at all. Of the design `morris`."""


class SobolPart(AboutPart):
    """Shares of the variance, alone and with others, and which input to measure next. Of the design `sobol_indices`."""


class MetamodelPart(AboutPart):
    """The same from a polynomial of degree two. Of the designs `latin_hypercube` and `sobol`."""


class SpreadPart(AboutPart):
    """How much of the spread is luck and how much not knowing the inputs. Of all designs that fill ranges."""


class TornadoPart(AboutPart):
    """Each input at its low and high, the others at base. Of the design `one_at_a_time`."""


class FlipsPart(AboutPart):
    """At which value of each input, the others at base, the outcome crosses zero. Of the design `one_at_a_time`."""

    refine: Annotated[int, Field(ge=0, le=20)] = 0
    """Further points, by halves, of each input that turns the outcome; run by `study run`."""


class RegretPart(AboutPart):
    """The alternative that loses least against the best of each future. Of studies with the factor `future`."""

    better: Literal["higher", "lower"] | None = None
    """Which way is better, where neither the study nor the outcome says it."""


class TargetPart(Strict):
    """One target of service: a limit, or (with neither) what the baseline gives in each replication."""

    at_least: Annotated[float, Field(ge=-1e9, le=1e9)] | None = None
    """Not less than this; of measures of which more is better."""
    at_most: Annotated[float, Field(ge=-1e9, le=1e9)] | None = None
    """Not more than this; of measures of which less is better."""
    tolerance: NotNegative = 0.0
    """How much worse still counts as met, in the measure's unit."""


class EqualServicePart(Strict):
    """Persons who can go, along one fixed order, with all targets met. Runs replications that the design does not have."""

    targets: Annotated[dict[str, TargetPart], Field(min_length=1, max_length=20)]
    """By measure (`phone_within_5_min_pct`, `appointment_lead_p90_days`, ...)."""
    who: Annotated[list[Name], Field(min_length=1, max_length=20)] = ["specialist"]
    """Each a search: a skill, or a role (`specialist`, `generalist`) with all its skills alike."""
    most: Annotated[int, Field(ge=1, le=1000)] = 20
    """Persons who may go at most."""
    most_needed: Annotated[int, Field(ge=0, le=1000)] = 0
    """Persons who may be added at most where an alternative misses a target with all its staff; 0: it is only said that it does."""
    scan: bool = False
    """One person at a time instead of halving: where service may improve as persons go."""
    only: dict[str, Annotated[list[Value], Field(min_length=1, max_length=1000)]] = {}
    """By factor: levels of the alternatives to search; default all."""


class AnalysisPart(Strict):
    """One question: exactly one of these keys."""

    compare: ComparePart | None = None
    """Which alternatives are better or worse, in words; under every level of a condition."""
    attribute: AttributePart | None = None
    """What does each factor do, and what is its share?"""
    break_even: BreakEvenPart | None = None
    """Where does an outcome cross zero?"""
    contour: ContourPart | None = None
    """Along which line of two factors does an outcome cross zero?"""
    favourite: FavouritePart | None = None
    """Does the preferred plan win, lose or tie?"""
    choose: ChoosePart | None = None
    """Which alternative is best?"""
    screen: ScreenPart | None = None
    """Which inputs matter at all?"""
    sobol: SobolPart | None = None
    """Whose is the spread, and what should be measured next?"""
    metamodel: MetamodelPart | None = None
    """The same from fewer runs."""
    spread: SpreadPart | None = None
    """Luck or ignorance?"""
    tornado: TornadoPart | None = None
    """Which single input turns the answer round?"""
    flips: FlipsPart | None = None
    """At which value does an input turn the answer round?"""
    regret: RegretPart | None = None
    """What is robust whatever the future brings?"""
    equal_service: EqualServicePart | None = None
    """How many posts can go at equal service?"""

    @property
    def one(self) -> tuple[str, Strict]:
        """Its kind and what it asks."""
        return next((k, part) for k in type(self).model_fields if (part := getattr(self, k)) is not None)

    @model_validator(mode="after")
    def exactly_one(self) -> AnalysisPart:
        n = len(self.model_fields_set)
        if n != 1 or getattr(self, next(iter(self.model_fields_set))) is None:
            raise ValueError(f"takes exactly one question of {', '.join(type(self).model_fields)} with its keys in braces (has {n})")
        return self
