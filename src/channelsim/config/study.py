"""Reads a study file, with the region and strategies that it names."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from channelsim.config.files import Baseline, Name, NotNegative
from channelsim.config.lines import Strict, line_of, load_model, suggestion
from channelsim.config.region import load_region
from channelsim.config.strategy import check_strategy, find_strategy, load_strategy
from channelsim.errors import ConfigError, Problem, shown
from channelsim.metrics.paired import PAIRED
from channelsim.study.design import MOST_PRIMARY_OUTCOMES, Study

Weeks = Annotated[int, Field(ge=0, le=520)]


class WindowPart(Strict):
    """Stretches of a replication."""

    warm_up_weeks: Weeks
    """Weeks before the measured ones."""
    measured_weeks: Annotated[int, Field(ge=1, le=520)]
    """Weeks that are measured."""
    follow_up_weeks: Weeks = 0
    """Weeks after them in which needs still arise, so that those of the measured weeks come to their end."""


class StudyFile(Strict):
    """Alternatives of a region, compared on the same customers."""

    study: Name
    """Name; this key makes the file a study."""
    question: Name
    """What the study asks, in a sentence; printed above the answer."""
    region: Name
    """Folder of the region, relative to this file."""
    office_models: Annotated[list[str], Field(min_length=1)]
    """Office models to compare, by name."""
    strategies: Annotated[list[str], Field(min_length=1)]
    """Strategies to compare: names of files in the folder `strategies` beside `regions`."""
    staffing_splits: list[str] = []
    """Staffing splits to compare; default that of the region."""
    baseline: Baseline
    """What everything is compared with; must be among the above."""
    window: WindowPart
    """Stretches of a replication, in weeks."""
    replications: Annotated[int, Field(ge=1, le=10_000_000)]
    """How many; each gives every alternative the same customers."""
    seed: Annotated[int, Field(ge=0)]
    """Root of all chance."""
    engine: Literal["fast", "reference"] = "fast"
    """How time passes; the result is the same."""
    primary_outcomes: Annotated[list[str], Field(min_length=1)]
    """Outcomes that are judged, at most as many as share one error; names are listed below."""
    margins: dict[str, NotNegative] = {}
    """By outcome: a change smaller than this does not matter; in the outcome's unit."""


def load_study(path: Path) -> Study:
    """The study of a YAML file.

    Raises
    ------
    ConfigError
        With all problems of the study file, or of the region and strategies that it names.
    """
    f, data = load_model(path, StudyFile)
    folder = (path.parent / f.region).resolve()
    region = load_region(folder)
    problems: list[Problem] = []

    def known(where: tuple[str, ...], names: list[str], options: set[str], kind: str) -> None:
        for i, name in enumerate(names):
            if name not in options:
                place = (*where, i) if isinstance(_at(data, where), list) else where
                mend = suggestion(name, options, f"use one of {', '.join(sorted(options))}")
                problems.append(Problem(shown(path), line_of(data, place), ".".join(where), f"unknown {kind} {name!r}", mend))

    known(("office_models",), f.office_models, set(region.office_models), "office model")
    known(("baseline", "office_model"), [f.baseline.office_model], set(f.office_models), "office model of this study")
    known(("baseline", "strategy"), [f.baseline.strategy], set(f.strategies), "strategy of this study")
    known(("primary_outcomes",), f.primary_outcomes, set(PAIRED), "outcome")
    known(("margins",), list(f.margins), set(PAIRED), "outcome")
    splits = {split for model in region.office_models.values() for split in model.staff}
    known(("staffing_splits",), f.staffing_splits, splits, "staffing split")
    if len(f.primary_outcomes) > MOST_PRIMARY_OUTCOMES:
        what = f"{len(f.primary_outcomes)} outcomes share one error; at most {MOST_PRIMARY_OUTCOMES} may"
        problems.append(Problem(shown(path), line_of(data, ("primary_outcomes",)), "primary_outcomes", what, "leave the rest descriptive"))
    strategies = {}
    for name in f.strategies:
        try:
            file = find_strategy(name, folder)
            strategies[name] = load_strategy(file)
            check_strategy(strategies[name], region, file)
        except ConfigError as error:
            problems += error.problems
    if problems:
        raise ConfigError(problems)
    return Study(
        name=f.study, question=f.question, region=region, strategies=strategies, office_models=tuple(f.office_models),
        staffing_splits=tuple(f.staffing_splits) or (region.staffing_split,), baseline_office_model=f.baseline.office_model,
        baseline_strategy=f.baseline.strategy, warm_up_weeks=f.window.warm_up_weeks, measured_weeks=f.window.measured_weeks,
        follow_up_weeks=f.window.follow_up_weeks, replications=f.replications, seed=f.seed, engine=f.engine,
        primary_outcomes=tuple(f.primary_outcomes), margins=dict(f.margins),
    )  # fmt: skip


def _at(data: object, where: tuple[str, ...]) -> object:
    for part in where:
        data = data[part]  # type: ignore[index]
    return data
