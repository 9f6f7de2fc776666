"""Reads a study file, with the region and strategies that it names."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from channelsim.config.lines import dotted, line_of, load_model, suggestion
from channelsim.config.region import load_region
from channelsim.config.strategy import check_strategy, find_strategy, load_strategy
from channelsim.config.study_factors import Factors, read_factors, read_futures
from channelsim.config.study_files import StudyFile
from channelsim.config.study_networks import with_made_models
from channelsim.errors import ConfigError, Problem, shown
from channelsim.metrics.paired import PAIRED
from channelsim.scenario.region import Region, Strategy
from channelsim.study.design import MOST_PRIMARY_OUTCOMES, Alternative, Budget, Limit, Study, with_baselines


class Told:
    """Problems of one study file, each at its line."""

    def __init__(self, path: Path, data: Any) -> None:
        self.path, self.data = path, data
        self.problems: list[Problem] = []

    def say(self, where: tuple[Any, ...], what: str, mend: str) -> None:
        named = tuple(part for part in where if not isinstance(part, int))
        self.problems.append(Problem(shown(self.path), line_of(self.data, where), dotted(named), what, mend))

    def known(self, where: tuple[str, ...], names: list[str], options: set[str], kind: str) -> None:
        for i, name in enumerate(names):
            if name not in options:
                part = _at(self.data, where)
                place = (*where, i) if isinstance(part, list) else (*where, name) if isinstance(part, dict) else where
                mend = suggestion(name, options, f"use one of {', '.join(sorted(options))}")
                self.problems.append(
                    Problem(shown(self.path), line_of(self.data, place), ".".join(where), f"unknown {kind} {name!r}", mend)
                )

    def stop(self) -> None:
        if self.problems:
            raise ConfigError(self.problems)


def load_study(path: Path) -> Study:
    """The study of a YAML file.

    Raises
    ------
    ConfigError
        With all problems of the study file, or of the region and strategies that it names.
    """
    f, data = load_model(path, StudyFile)
    told = Told(path, data)
    folder = region_folder(path, f.region, data)
    region = load_region(folder)
    splits = {split for model in region.office_models.values() for split in model.staff}
    region, made = with_made_models(f, region, told)
    told.known(("office_models",), f.office_models, set(region.office_models), "office model")
    in_short = bool(f.office_models), bool(f.strategies)
    told.known(("baseline", "office_model"), [f.baseline.office_model], set(f.office_models if in_short[0] else region.office_models),
               "office model" + (" of this study" if in_short[0] else ""))  # fmt: skip
    if in_short[1]:
        told.known(("baseline", "strategy"), [f.baseline.strategy], set(f.strategies), "strategy of this study")
    told.known(("staffing_splits",), f.staffing_splits, splits, "staffing split")
    _check_outcomes(f, told)
    futures = read_futures(f, region, folder, told)
    factors = read_factors(f, region, folder, futures, made, told)
    strategies = _strategies(f, factors, region, folder, told)
    told.stop()
    given = factors.levels
    study = Study(
        name=f.study, question=f.question, region=region, strategies=strategies,
        office_models=tuple(dict.fromkeys(map(str, (*given["office_model"], *made)))) if factors.is_new else tuple(f.office_models),
        staffing_splits=tuple(map(str, given["staffing_split"])), baseline_office_model=f.baseline.office_model,
        baseline_strategy=f.baseline.strategy, warm_up_weeks=f.window.warm_up_weeks, measured_weeks=f.window.measured_weeks,
        follow_up_weeks=f.window.follow_up_weeks, replications=f.replications, seed=f.seed, engine=f.engine,
        primary_outcomes=tuple(f.primary_outcomes), margins=dict(f.margins),
        baseline_levels=factors.baseline, plan_factors=factors.plans, design=f.alternatives.design, futures=futures,
        input_groups=factors.groups, better=dict(f.better), precision=dict(f.precision),
        constraints=tuple(Limit(name, x.at_least, x.at_most) for name, x in f.constraints.items()),
        budget=Budget(f.budget.max_replications, f.budget.max_minutes),
    )  # fmt: skip
    return _with_alternatives(study, factors, told) if factors.is_new else study


def _with_alternatives(study: Study, factors: Factors, told: Told) -> Study:
    """The study with the alternatives of its design, and the baselines that they are compared with."""
    chosen: list[Alternative] = factors.alternatives(study.seed, study.baseline_office_model, study.baseline_strategy, told)
    if not chosen:
        told.say(("alternatives",), "the study has no alternatives", "give levels to its factors, or rows to its list")
    told.stop()
    study = replace(study, chosen=with_baselines(study, chosen))
    names: dict[str, Alternative] = {}
    for a in study.alternatives:
        if names.setdefault(a.name, a) != a:
            told.say(("alternatives",), f"two alternatives are called {a.name!r}", "give levels that differ in what is written")
    told.stop()
    return study


def _check_outcomes(f: StudyFile, told: Told) -> None:
    told.known(("primary_outcomes",), f.primary_outcomes, set(PAIRED), "outcome")
    for part in ("margins", "better", "constraints", "precision"):
        told.known((part,), list(getattr(f, part)), set(PAIRED), "outcome")
    if len(f.primary_outcomes) > MOST_PRIMARY_OUTCOMES:
        what = f"{len(f.primary_outcomes)} outcomes share one error; at most {MOST_PRIMARY_OUTCOMES} may"
        told.say(("primary_outcomes",), what, "leave the rest descriptive")
    most = f.budget.max_replications
    if most is not None and most < f.replications:
        told.say(("budget", "max_replications"), f"{most} replications are fewer than the {f.replications} of `replications`", "raise one")


def _strategies(f: StudyFile, factors: Factors, region: Region, folder: Path, told: Told) -> dict[str, Strategy]:
    """Every strategy that an alternative may have, checked against the region."""
    strategies: dict[str, Strategy] = {}
    places: dict[str, tuple[Any, ...]] = {name: ("strategies", i) for i, name in enumerate(f.strategies)}
    if not f.strategies:
        places[f.baseline.strategy] = ("baseline", "strategy")
    for name in () if told.problems else factors.strategies:  # if a factor's strategy is unknown, that is told
        places.setdefault(name, ("factors", "strategy"))
    for name, where in places.items():
        try:
            file = find_strategy(name, folder, (told.path, told.data, where))
            strategies[name] = load_strategy(file)
            check_strategy(strategies[name], region, file)
        except ConfigError as error:
            told.problems += error.problems
    return strategies


def region_folder(path: Path, named: str, data: object) -> Path:
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
