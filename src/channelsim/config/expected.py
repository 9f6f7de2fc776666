"""The `expected:` block of a world: measures with known values, or every record of a trace."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from channelsim.config.durations import Positive
from channelsim.config.kinds import Count, Name, NotNegative
from channelsim.config.lines import Strict, load_model, suggestion
from channelsim.config.part_keys import nearest
from channelsim.errors import shown
from channelsim.metrics.world_measures import OF_WHOLE_BATCHES, WITHOUT_CLASS, WORLD_MEASURES
from channelsim.scenario.expected import Expected, ExpectedRecord, KnownAnswer, Published, Wanted

OPTIONS = ("pool", "first_class", "over", "within_min", "over_min", "at_min", "share", "number", "unit", "per")
STRETCH = ("from_min", "to_min")
OF_BATCHES = ("overtime", "p_overtime", "present_at", "waiting_at")
Unit = Literal["s", "min", "h", "hour", "day"]


class PublishedPart(Strict):
    """An estimate that somebody published."""

    value: float
    """The estimate."""
    ci_halfwidth: Positive
    """Half-width of its 95 % interval."""


class ExpectedPart(Strict):
    """One known value: `{measure: p_wait, class: call, value: 0.3688, tol_abs: 0.005}`."""

    measure: Name
    """One of the measures below."""
    of_class: str | list[str] = Field(default=[], alias="class")
    """A class or a list of them; default all."""
    pool: str = ""
    """A pool; which measures take it is said below."""
    first_class: str = ""
    """Class of a customer's first contact (`sojourn`, `visits`)."""
    over: Literal["all", "served", "abandoned", "admitted", "queued"] = "all"
    """Over whom a wait or a service level is taken."""
    within_min: NotNegative | None = None
    """Limit of a service level."""
    within_s: NotNegative | None = None
    """The same in seconds."""
    over_min: NotNegative | None = None
    """Limit of `p_overtime` and `p_wait_over`."""
    at_min: NotNegative | None = None
    """A moment after the beginning of the batch."""
    share: Annotated[float, Field(gt=0.0, lt=1.0)] | None = None
    """Share of `wait_quantile`: 0.9 for the wait that nine of ten do not exceed."""
    number: Count | None = None
    """How many are there, for `p_waiting` and `p_present`."""
    from_min: NotNegative | None = None
    """Only what comes, or lasts, from this minute of the batch on; all measures but quantiles and those at a moment take it."""
    to_min: NotNegative | None = None
    """The end of that stretch; default the end of the batch."""
    unit: Unit = "min"
    """Unit of a measured time."""
    per: Unit | Literal["week", "run"] = "min"
    """Unit of a rate; `run`: a count of each batch."""
    value: float
    """The known value."""
    tol_abs: Positive | None = None
    """Largest difference that may pass."""
    tol_rel: Positive | None = None
    """The same as a share of `value`."""
    ci_halfwidth: Positive | None = None
    """For a published estimate: half-width of its 95 % interval."""
    rerun: PublishedPart | None = None
    """A second publication of the same value."""
    gated: bool = True
    """`false`: show it, do not judge it."""

    @model_validator(mode="after")
    def right(self) -> ExpectedPart:
        measure = WORLD_MEASURES.get(self.measure)
        if measure is None:
            name, _, over = self.measure.partition("_")
            if name in WORLD_MEASURES and over in ("all", "served", "abandoned", "admitted", "queued"):
                raise ValueError(f"unknown measure {self.measure!r}; write measure: {name}, over: {over}")
            near = nearest(self.measure, WORLD_MEASURES)
            mend = f"did you mean {near!r}?" if near else f"use one of {', '.join(WORLD_MEASURES)}"
            raise ValueError(f"unknown measure {self.measure!r}; {mend}")
        given = {("within_min" if name == "within_s" else name) for name in self.model_fields_set}
        for option in OPTIONS:
            if option in given and option not in measure.options:
                raise ValueError(f"{self.measure} does not take {option}; it takes {', '.join(('class', *measure.options))}")
        for option in given.intersection(STRETCH):
            if self.measure in OF_WHOLE_BATCHES:
                raise ValueError(f"{self.measure} does not take {option}")
        if self.to_min is not None and (self.from_min or 0.0) >= self.to_min:
            raise ValueError("from_min lies at or after to_min")
        for option in measure.needs:
            if option not in given:
                raise ValueError(f"{self.measure} needs {option}")
        if self.within_min is not None and self.within_s is not None:
            raise ValueError("within_min and within_s both given")
        if self.measure in WITHOUT_CLASS and self.of_class:
            raise ValueError(f"{self.measure} does not take class")
        precisions = [p for p in (self.tol_abs, self.tol_rel, self.ci_halfwidth) if p is not None]
        if len(precisions) != 1 and (self.gated or precisions):
            raise ValueError("needs exactly one of tol_abs, tol_rel, ci_halfwidth")
        if self.rerun is not None and self.ci_halfwidth is None:
            raise ValueError("rerun is a second publication: it needs ci_halfwidth")
        if self.tol_rel is not None and self.value == 0.0:
            raise ValueError("tol_rel of 0 is no tolerance; use tol_abs")
        return self

    @property
    def classes(self) -> tuple[str, ...]:
        return (self.of_class,) if isinstance(self.of_class, str) else tuple(self.of_class)

    def as_value(self, time_unit: str = "min") -> Expected:
        """The expectation as a value of the scenario; `time_unit` is the unit of a measure that names none."""
        within = self.within_min if self.within_s is None else self.within_s / 60.0
        wanted = Wanted(
            self.measure, self.classes, self.pool, self.first_class, self.over, within, self.over_min, self.at_min, self.share, self.number,
            self.from_min, self.to_min, _hour(self.unit if "unit" in self.model_fields_set else time_unit),
            _hour(self.per if "per" in self.model_fields_set else time_unit),
        )  # fmt: skip
        tolerance = self.tol_rel * abs(self.value) if self.tol_rel is not None else self.tol_abs
        published: tuple[Published, ...] = () if self.ci_halfwidth is None else (Published(self.value, self.ci_halfwidth),)
        if self.rerun is not None:
            published += (Published(self.rerun.value, self.rerun.ci_halfwidth),)
        return Expected(wanted, self.value, tolerance, published, self.gated)


def _hour(unit: str) -> str:
    """One name for it: people write `h` and `hour`."""
    return "hour" if unit == "h" else unit


class RecordPart(Strict):
    """One contact of a trace; `customer` is its class and the running number of its arrival: A1, A2, B1."""

    customer: Name
    """Class and running number of its arrival: A1, A2, B1."""
    of_class: Name = Field(alias="class")
    """Class."""
    arrival_min: NotNegative
    """Arrival."""
    wait_min: NotNegative
    """Time in the queue, up to leaving."""
    outcome: Literal[
        "served", "abandoned", "blocked", "sent_home", "no_show", "no_slot", "moved_on", "balked", "called_back", "not_reached"
    ]
    """How it ended."""
    pool: str | None = None
    """Who served it; none if nobody did."""
    end_min: NotNegative
    """When it ended."""

    def as_value(self) -> ExpectedRecord:
        """The record as a value of the scenario."""
        return ExpectedRecord(self.customer, self.of_class, self.arrival_min, self.wait_min, self.outcome, self.pool, self.end_min)


class NotExpressible(Strict):
    """A case that the language of worlds cannot say, with the reason."""

    case: Name
    """Name of the case."""
    not_expressible: Name
    """Why the language of worlds cannot say it."""
    note: str = ""
    """Free text."""


def load_not_expressible(path: Path) -> KnownAnswer:
    """A file that says why a case is left out."""
    f, _ = load_model(path, NotExpressible)
    return KnownAnswer(f.case, shown(path), None, not_expressible=f.not_expressible)


def expected_problems(f: Any, say: Callable[[tuple[Any, ...], str, str], None]) -> None:
    """Names, batches and stretches that an answer speaks of and the world does not have."""
    for i, e in enumerate(f.expected):
        here = ("expected", i)
        for field, names, known in (
            ("class", e.classes, f.classes), ("pool", (e.pool,), f.pools), ("first_class", (e.first_class,), f.classes),
        ):  # fmt: skip
            for name in names:
                if name and name not in known:
                    say((*here, field), f"unknown {field.replace('_', ' ')} {name!r}", suggestion(name, known, "use a name of this world"))
        if e.measure in OF_BATCHES and not f.run.terminating:
            say(here, f"{e.measure} is of batches that begin empty", "set run.terminating: true")
    for i, r in enumerate(f.expected_records):
        if r.of_class not in f.classes:
            say(("expected_records", i), f"unknown class {r.of_class!r}", suggestion(r.of_class, f.classes, "use a class of this world"))
        if r.pool is not None and r.pool not in f.pools:
            say(("expected_records", i), f"unknown pool {r.pool!r}", suggestion(r.pool, f.pools, "use a pool of this world"))
    batch = f.run.batch_min
    for i, e in enumerate(f.expected):
        whole = f.run.length_min if batch is None else batch
        if max(e.from_min or 0.0, e.to_min or 0.0) > whole:
            say(("expected", i), f"reaches beyond the batch of {whole:g} min", "make run.batch_min longer, or the stretch earlier")
    if batch is not None and abs(f.run.length_min / batch - round(f.run.length_min / batch)) > 1e-9:
        say(("run", "batch_min"), f"{batch:g} does not divide length_min {f.run.length_min:g}", "make length_min a multiple of it")
    if f.run.terminating and f.run.warm_up_min:
        say(("run", "warm_up_min"), "a terminating run begins empty and has no warm-up", "remove it, or remove terminating")
