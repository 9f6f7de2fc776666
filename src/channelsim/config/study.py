"""Reads a study file, with the region and strategies that it names."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from channelsim.config.files import Baseline, FileName, Name, NotNegative, Seed
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
    office_models: Annotated[list[Name], Field(min_length=1, max_length=100)]
    """Office models to compare, by name."""
    strategies: Annotated[list[FileName], Field(min_length=1, max_length=100)]
    """Strategies to compare: names of files in the folder `strategies` beside `regions`."""
    staffing_splits: Annotated[list[Name], Field(max_length=100)] = []
    """Staffing splits to compare; default that of the region."""
    baseline: Baseline
    """What everything is compared with; must be among the above."""
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
    folder = _region_folder(path, f.region, data)
    region = load_region(folder)
    problems: list[Problem] = []

    def known(where: tuple[str, ...], names: list[str], options: set[str], kind: str) -> None:
        for i, name in enumerate(names):
            if name not in options:
                part = _at(data, where)
                place = (*where, i) if isinstance(part, list) else (*where, name) if isinstance(part, dict) else where
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
    for i, name in enumerate(f.strategies):
        try:
            file = find_strategy(name, folder, (path, data, ("strategies", i)))
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


def _region_folder(path: Path, named: str, data: object) -> Path:
    """The region that a study names: below the project's folder, the study's own, or the one people stand in."""
    try:
        folder = (path.parent / named).resolve()
    except (OSError, RuntimeError, ValueError):  # a loop of links, a name that no system takes
        folder = path.parent / "nowhere"
    project = next((p for p in path.resolve().parents if (p / "configs" / "regions").is_dir()), path.resolve().parent)
    allowed = {path.resolve().parent, Path.cwd().resolve(), project}
    what, mend = "", ""
    if not any(folder.is_relative_to(root) and root != Path(root.anchor) for root in allowed):
        what, mend = "leads out of the project's folder", "name a region folder below it, like ../../configs/regions/tiny"
    elif not (folder / "region.yaml").is_file():
        near = sorted(p.parent.name for p in project.glob("configs/regions/*/region.yaml"))
        what, mend = "is not a region folder: it has no region.yaml", f"name one, like {', '.join(near) or '../../configs/regions/tiny'}"
    if what:
        raise ConfigError([Problem(shown(path), line_of(data, ("region",)), "region", f"{named[:200]!r} {what}", mend)])
    return folder


def _at(data: object, where: tuple[str, ...]) -> object:
    for part in where:
        data = data[part]  # type: ignore[index]
    return data
