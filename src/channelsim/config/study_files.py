"""What a study's file may say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from channelsim.config.kinds import FileName, Name, NotNegative, Seed
from channelsim.config.lines import Strict
from channelsim.config.region_file import Baseline
from channelsim.config.study_analyses import AnalysisPart

Weeks = Annotated[int, Field(ge=0, le=520)]
Text = Annotated[str, Field(min_length=1, max_length=1000)]
LevelValue = bool | Annotated[float, Field(ge=-1e9, le=1e9)] | Text
Positive = Annotated[float, Field(gt=0.0, le=1e9)]
MOST_LEVELS = 1000
AS_IT_IS = "as_it_is"


class WindowPart(Strict):
    """Stretches of a replication."""

    warm_up_weeks: Weeks
    """Weeks before the measured ones."""
    measured_weeks: Annotated[int, Field(ge=1, le=520)]
    """Weeks that are measured."""
    follow_up_weeks: Weeks = 0
    """Weeks after them in which needs still arise, so that those of the measured weeks come to their end."""


class FactorPart(Strict):
    """Levels of one factor. A list alone is short for `levels`."""

    levels: Annotated[list[LevelValue], Field(max_length=MOST_LEVELS)] = []
    """Levels, each tried with those of the other factors; `as_it_is`: as the files say."""
    between: Annotated[list[Annotated[float, Field(ge=-1e9, le=1e9)]], Field(max_length=2)] = []
    """Ends of a range of which a sampling design takes points."""
    role: Literal["plan", "condition"] | None = None
    """`plan`: part of what is compared with the baseline; `condition`: of the world in which both are tried. Which is usual
    for a path says docs/reference/studies.md."""

    @model_validator(mode="after")
    def one_of_two(self) -> FactorPart:
        if bool(self.levels) == bool(self.between):
            raise ValueError("give levels, or two ends in between")
        if self.between and not (len(self.between) == 2 and self.between[0] < self.between[1]):
            raise ValueError("between takes two ends, the smaller first")
        return self


class AlternativesPart(Strict):
    """How levels are put together into alternatives."""

    design: Literal["full", "fractional", "list", "latin_hypercube", "sobol", "sobol_indices", "morris", "one_at_a_time"] = "full"
    """`full`: every level with every other; `fractional`: a part of two-level factors; `list`: as written in `rows`; the others
    take points of the factors with `between`, each with every combination of the other levels."""
    rows: Annotated[list[dict[str, LevelValue]], Field(max_length=10_000)] = []
    """Of a list: the levels of each alternative by factor; a factor that is left out stands as in the baseline."""
    generators: dict[str, list[Name]] = {}
    """Of a fraction: a factor, and the factors whose product its level is."""
    points: Annotated[int, Field(ge=1, le=65_536)] | None = None
    """Of `latin_hypercube`, `sobol` and `sobol_indices`: how many points; a power of two for the latter two."""
    trajectories: Annotated[int, Field(ge=1, le=1000)] | None = None
    """Of `morris`: how many paths; each has a point more than there are factors."""


class StudyBaseline(Baseline):
    """What alternatives are compared with."""

    levels: dict[str, LevelValue] = {}
    """Levels of other factors that belong to the plan; one that is left out stands as the files say."""


class LayoffPart(Strict):
    """A mass lay-off: so many more unemployed, for some weeks."""

    municipality: Name
    """Where."""
    segment: Name
    """The segment of jobseekers that grows."""
    persons: Positive
    """How many."""
    from_week: Weeks
    """First week, counted from the start of the warm-up."""
    weeks: Annotated[int, Field(ge=1, le=520)]
    """For how many weeks."""


class AbsenceWavePart(Strict):
    """A wave of absence of the region's staff."""

    share: Annotated[float, Field(gt=0.0, le=1.0)]
    """Share of the days, added to `staff.absence_share`."""
    from_week: Weeks
    """First week, counted from the start of the warm-up."""
    weeks: Annotated[int, Field(ge=1, le=520)]
    """For how many weeks."""


def _kind_of(value: object) -> str:
    """What a value of a future is, so that its faults are told once."""
    if not isinstance(value, Mapping):
        return "level"
    return "layoff" if {"municipality", "segment", "persons"} & set(value) else "wave"


FutureValue = Annotated[
    Annotated[LevelValue, Tag("level")] | Annotated[LayoffPart, Tag("layoff")] | Annotated[AbsenceWavePart, Tag("wave")],
    Discriminator(_kind_of),
]


class ReviewPart(Strict):
    """One office model for each change of one point; each becomes a level of `office_model`."""

    office_model: Name
    """The office model that is changed."""
    points: Annotated[list[Name], Field(max_length=1000)] = []
    """Staffed points to review; default: those under ten."""
    changes: Annotated[list[Literal["joint", "close"]], Field(min_length=1, max_length=2)] = ["joint", "close"]
    """`joint`: its staff go, a municipal adviser stays; `close`: all go. Keeping it is the model itself."""


class NetworkPart(Strict):
    """An office model with staff at other points; it becomes a level of `office_model` by its name.

    Staff follow the work of each point's catchment by largest remainders, at least two; offices that keep a point stay.
    """

    office_model: Name
    """The office model that it is made from."""
    points: Annotated[list[Name], Field(max_length=1000)] = []
    """Municipalities with a staffed point, where they are not to be chosen."""
    goal: Literal["p_median", "maximal_cover", "set_cover"] | None = None
    """How they are chosen. `p_median`: least mean travel; `maximal_cover`: most needs within the limit; `set_cover`: fewest points
    such that nobody is beyond it."""
    n_points: Annotated[int, Field(ge=1, le=1000)] | None = None
    """How many points, those kept included; not for `set_cover`."""
    limit_min: Annotated[float, Field(gt=0.0, le=1e5)] | None = None
    """Longest trip by car."""
    keep: Annotated[list[Name], Field(max_length=1000)] = []
    """Points that stay in any case."""
    candidates: Annotated[list[Name], Field(max_length=2000)] = []
    """Municipalities in which a point may be; default all."""
    capacity_needs_per_week: dict[str, Positive] = {}
    """Needs a week that a point can take, by municipality; default no limit."""
    others: Literal["joint", "close"] = "joint"
    """What becomes of the office model's other staffed points."""
    best: Annotated[int, Field(ge=1, le=20)] = 1
    """How many networks, the best first: levels `NAME 1`, `NAME 2` and so on."""

    @model_validator(mode="after")
    def one_way(self) -> NetworkPart:
        if bool(self.points) == (self.goal is not None):
            raise ValueError("give points, or a goal by which they are chosen")
        if self.goal in ("p_median", "maximal_cover") and self.n_points is None:
            raise ValueError(f"{self.goal} needs n_points")
        if self.goal in ("maximal_cover", "set_cover") and self.limit_min is None:
            raise ValueError(f"{self.goal} needs limit_min")
        if self.goal == "set_cover" and self.n_points is not None:
            raise ValueError("set_cover finds n_points itself")
        return self


class LimitPart(Strict):
    """Limits of one outcome, in its unit."""

    at_least: Annotated[float, Field(ge=-1e9, le=1e9)] | None = None
    """Not less than this."""
    at_most: Annotated[float, Field(ge=-1e9, le=1e9)] | None = None
    """Not more than this."""

    @model_validator(mode="after")
    def some(self) -> LimitPart:
        if self.at_least is None and self.at_most is None:
            raise ValueError("gives no limit")
        return self


class BudgetPart(Strict):
    """What the study may cost at most."""

    max_replications: Annotated[int, Field(ge=1, le=10_000_000)] | None = None
    """Replications at most. With `precision` the study goes on to so many if it must; a pilot of ten says first whether that is enough."""
    max_minutes: Positive | None = None
    """Minutes by the clock: then no more runs are begun, and what is whole by then is answered from."""


class StudyFile(Strict):
    """Alternatives of a region, compared on the same customers."""

    study: Name
    """Name; this key makes the file a study."""
    question: Name
    """What the study asks, in a sentence; printed above the answer."""
    region: Name
    """Folder of the region, relative to this file."""
    office_models: Annotated[list[Name], Field(max_length=100)] = []
    """Office models to compare, by name: short for the factor `office_model`."""
    strategies: Annotated[list[FileName], Field(max_length=100)] = []
    """Strategies to compare, short for the factor `strategy`: names of files in the folder `strategies` beside `regions`."""
    staffing_splits: Annotated[list[Name], Field(max_length=100)] = []
    """Staffing splits to compare, short for the factor `staffing_split`; default that of the region."""
    factors: dict[str, list[LevelValue] | FactorPart] = {}
    """What differs between alternatives: paths of the configuration (docs/reference/studies.md) with their levels."""
    futures: dict[str, dict[str, FutureValue]] = {}
    """Bundles of levels by name, for the factor `future`: what may happen to every alternative alike."""
    review: ReviewPart | None = None
    """Points to be reviewed one by one."""
    networks: Annotated[dict[str, NetworkPart], Field(max_length=100)] = {}
    """Networks that are given or designed, by name."""
    alternatives: AlternativesPart = AlternativesPart()
    """How levels are put together."""
    baseline: StudyBaseline
    """What everything is compared with; must be among the alternatives where they are given in short."""
    window: WindowPart
    """Stretches of a replication, in weeks."""
    replications: Annotated[int, Field(ge=1, le=10_000_000)]
    """How many; each gives every alternative the same customers."""
    seed: Seed
    """Root of all chance."""
    engine: Literal["fast", "reference"] = "fast"
    """How time passes; the result is the same."""
    primary_outcomes: Annotated[list[Name], Field(min_length=1, max_length=100)]
    """Outcomes that are judged, at most as many as share one error; names are listed below."""
    better: dict[str, Literal["higher", "lower"]] = {}
    """By outcome: which way is better, where the study sees it otherwise than the list below."""
    margins: dict[str, NotNegative] = {}
    """By outcome: a change smaller than this does not matter; in the outcome's unit."""
    constraints: dict[str, LimitPart] = {}
    """By outcome: limits that an alternative must keep."""
    precision: dict[str, Positive] = {}
    """By outcome: half-width of its interval that is wanted, in the outcome's unit. Looked at after 30, 60, 120 and 240
    replications, each time at a quarter of the error; the study stops at the first look at which all are known so well."""
    analyses: Annotated[list[AnalysisPart], Field(max_length=100)] = []
    """What is asked of the replications beside the comparison (docs/reference/studies.md)."""
    budget: BudgetPart = BudgetPart()
    """Where the study must stop, settled or not."""
