"""Reads a study of transitions: where it begins, and orders of dated changes (design 4.13)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from channelsim.config.kinds import Name, Seed, Share
from channelsim.config.lines import Strict, load_model, load_yaml, suggestion
from channelsim.config.region import load_region
from channelsim.config.region_file import Baseline
from channelsim.config.strategy import check_strategy, find_strategy, load_strategy
from channelsim.config.study import Told, region_folder
from channelsim.config.study_files import Text, Weeks
from channelsim.metrics import MEASURES
from channelsim.scenario.region import Region, Strategy
from channelsim.study.transition_study import NO_CHANGE, Stage, TransitionStudy


class ChangePart(Strict):
    """What changes on a Monday; what is not named stays as it is."""

    date: dt.date
    """A Monday; the change takes effect at 00:00."""
    office_model: str = ""
    """The office model from then on."""
    strategy: str = ""
    """The strategy from then on."""
    web_adoption: Share | None = None
    """How far customers have come from the web preference of before to the strategy's; a new strategy begins with 1 if this is not said."""
    full_adoption_by: dt.date | None = None
    """From `web_adoption` on adoption rises along a straight line, a step a block, to 1 at this date."""


class TransitionPart(Strict):
    """Orders of doing it, each compared with doing nothing."""

    begin: Baseline
    """How things are before the first change, and stay in `no change`."""
    staffing_split: str = ""
    """Staffing split; default the region's."""
    until: dt.date
    """The Monday at which the last block ends."""
    block_weeks: Annotated[int, Field(ge=1, le=520)] = 13
    """Length of a block; changes cut blocks too."""
    orders: Annotated[dict[Name, Annotated[list[ChangePart], Field(min_length=1, max_length=100)]], Field(min_length=1, max_length=20)]
    """Changes in order of date, by name of the order."""


class TransitionFile(Strict):
    """A study of the way from one network to another."""

    study: Name
    """Name."""
    question: Name
    """What it is to answer."""
    region: Text
    """Folder of the region, from this file's folder."""
    transition: TransitionPart
    """Where it begins and what changes when."""
    warm_up_weeks: Annotated[int, Field(ge=1, le=520)]
    """Weeks before the first block, in which nothing changes."""
    follow_up_weeks: Weeks = 8
    """Weeks after the last block in which needs still arise."""
    replications: Annotated[int, Field(ge=1, le=100_000)]
    """Independent replications."""
    seed: Seed
    """Root of all chance."""
    engine: Literal["fast", "reference"] = "fast"
    """Which engine."""
    outcomes: Annotated[list[str], Field(min_length=1)]
    """Measures that are told by block; their definitions stand in the report."""


def is_transition(path: Path) -> bool:
    """Whether a study file is one of transitions."""
    return path.is_file() and "transition" in load_yaml(path)


def load_transition(path: Path) -> TransitionStudy:
    """The study of a YAML file; `ConfigError` with all problems."""
    f, data = load_model(path, TransitionFile)
    told = Told(path, data)
    folder = region_folder(path, f.region, data)
    region = load_region(folder)
    t = f.transition
    where = ("transition", "begin")
    told.known((*where, "office_model"), [t.begin.office_model], set(region.office_models), "office model")
    if t.staffing_split:
        splits = {split for model in region.office_models.values() for split in model.staff}
        told.known(("transition", "staffing_split"), [t.staffing_split], splits, "staffing split")
    for i, outcome in enumerate(f.outcomes):
        if outcome not in MEASURES:
            told.say(
                ("outcomes", i), f"unknown measure {outcome!r}", suggestion(outcome, MEASURES, "see `channelsim run` for all measures")
            )
    told.stop()
    names: dict[str, tuple[str | int, ...]] = {t.begin.strategy: (*where, "strategy")}
    for order, changes in t.orders.items():
        for i, change in enumerate(changes):
            if change.strategy:
                names.setdefault(change.strategy, ("transition", "orders", order, i, "strategy"))
    strategies = {name: _strategy(name, region, folder, path, data, place) for name, place in names.items()}
    week = _Weeks(region, told)
    end = week.of(t.until, ("transition", "until"))
    orders: dict[str, tuple[Stage, ...]] = {NO_CHANGE: (Stage(0, t.begin.office_model, t.begin.strategy, t.staffing_split),)}
    for order, changes in t.orders.items():
        orders[order] = _stages(f, region, order, changes, orders[NO_CHANGE][0], week, end)
    if end <= f.warm_up_weeks:
        told.say(("transition", "until"), "lies within the warm-up", "choose a later Monday")
    told.stop()
    return TransitionStudy(
        name=f.study, question=f.question, region=region, strategies=strategies, orders=orders, warm_up_weeks=f.warm_up_weeks, n_weeks=end,
        block_weeks=t.block_weeks, follow_up_weeks=f.follow_up_weeks, replications=f.replications, seed=f.seed, engine=f.engine,
        outcomes=tuple(f.outcomes),
    )  # fmt: skip


def _strategy(name: str, region: Region, folder: Path, path: Path, data: object, place: tuple[str | int, ...]) -> Strategy:
    file = find_strategy(name, folder, (path, data, place))
    strategy = load_strategy(file)
    check_strategy(strategy, region, file)
    return strategy


class _Weeks:
    """Dates as weeks of the run, and what is wrong with them."""

    def __init__(self, region: Region, told: Told) -> None:
        self.region, self.told = region, told

    def of(self, date: dt.date, where: tuple[str | int, ...]) -> int:
        days = (date - self.region.first_monday).days
        if days % 7:
            monday = date - dt.timedelta(days=days % 7)
            self.told.say(
                where, f"{date} is a {date:%A}; changes take effect on a Monday", f"write {monday} or {monday + dt.timedelta(days=7)}"
            )
        return days // 7

    def date(self, week: int) -> dt.date:
        return self.region.first_monday + dt.timedelta(weeks=week)


def _stages(
    f: TransitionFile, region: Region, order: str, changes: list[ChangePart], first: Stage, week: _Weeks, end: int
) -> tuple[Stage, ...]:
    stages, told = [first], week.told
    for i, change in enumerate(changes):
        where = ("transition", "orders", order, i)
        at = week.of(change.date, (*where, "date"))
        if at <= stages[-1].first_week and stages[-1] is not first:
            told.say((*where, "date"), f"{change.date} is not after the change before it", "put changes in order of date")
        if at < f.warm_up_weeks or at >= end:
            told.say(
                (*where, "date"),
                f"{change.date} lies outside the weeks that are measured",
                f"choose a Monday from {week.date(f.warm_up_weeks)} to {week.date(end - 1)}",
            )
        if change.office_model and change.office_model not in region.office_models:
            mend = suggestion(change.office_model, region.office_models, f"use one of {', '.join(region.office_models)}")
            told.say((*where, "office_model"), f"unknown office model {change.office_model!r}", mend)
        if not (change.office_model or change.strategy or change.web_adoption is not None):
            told.say(where, "changes nothing", "name an office_model, a strategy or web_adoption")
        before = stages[-1]
        adoption = change.web_adoption if change.web_adoption is not None else 1.0 if change.strategy else before.web_adoption
        stage = Stage(
            at, change.office_model or before.office_model, change.strategy or before.strategy, before.staffing_split, adoption
        )  # fmt: skip
        stages.append(stage)
        if change.full_adoption_by is not None:
            full = week.of(change.full_adoption_by, (*where, "full_adoption_by"))
            following = changes[i + 1].date if i + 1 < len(changes) else None
            last = end if following is None else week.of(following, ("transition", "orders", order, i + 1, "date"))
            stages += _rising(stage, full, last, range(f.warm_up_weeks, end, f.transition.block_weeks))
    return tuple(stages)


def _rising(stage: Stage, full: int, end: int, blocks: range) -> list[Stage]:
    """Steps of adoption from a stage up to all of it, where blocks begin, as far as the next change leaves room."""
    weeks = [w for w in blocks if stage.first_week < w < full] + [full]
    span = full - stage.first_week
    part = [stage.web_adoption + (1.0 - stage.web_adoption) * (w - stage.first_week) / span for w in weeks]
    return [replace(stage, first_week=w, web_adoption=min(1.0, p)) for w, p in zip(weeks, part, strict=True) if w < end]
