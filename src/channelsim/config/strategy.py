"""Reads strategies, and finds them by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from channelsim.config.csv_rows import load_rows
from channelsim.config.customer_rows import ServiceRow
from channelsim.config.lines import dotted, line_of, load_model, load_yaml, suggestion
from channelsim.config.parameter_names import PARAMETERS
from channelsim.config.policies import policy_beside
from channelsim.config.strategy_file import StrategyFile
from channelsim.errors import ConfigError, Problem, shown
from channelsim.scenario.region import Region, Strategy


def load_strategy(path: Path) -> Strategy:
    """The strategy of a YAML file."""
    f, data = load_model(path, StrategyFile)
    return Strategy(
        name=f.strategy, title=f.title, web_preference=f.channel.web_preference,
        phone_preference_increment=f.channel.phone_preference_increment,
        advice_answered_on_web=f.channel.advice_answered_on_web, triage=f.customer.triage,
        help_after_min=f.customer.help_after_min, small_point_backup=f.customer.small_point_backup,
        first_line=dict(f.customer.first_line),
        routing=None if f.routing is None else f.routing.value(),
        policy=policy_beside(f.policy, path, line_of(data, ("policy",))) if f.policy else None,
    )  # fmt: skip


def shelf_of(kind: str, near: Path) -> Path | None:
    """The folder `strategies` or `regions` of the nearest `configs` folder above a file."""
    for folder in (near.resolve(), *near.resolve().parents):
        if (folder / kind).is_dir():
            return folder / kind
    return None


Place = tuple[Path, Any, tuple[Any, ...]]  # a file, its positioned document, and a place in it


def find_strategy(name: str, near: Path, named_in: Place | None = None) -> Path:
    """The file `configs/strategies/NAME.yaml` of the `configs` folder that holds a region (or the file itself).

    A problem is told at the place where the name stands, if it was read from a file.
    """
    if name.endswith(".yaml") and Path(name).is_file():
        return Path(name)
    shelf = shelf_of("strategies", near)
    if shelf is None:
        what = "no folder `strategies` found above this region"
        raise ConfigError([Problem(shown(near), 1, "strategy", what, "give the path of a strategy file")])
    known = {p.stem: p for p in sorted(shelf.glob("*.yaml"))}
    if name not in known:
        mend = suggestion(name, known, f"use one of {', '.join(known)}")
        file, document, where = named_in or (shelf, {}, ("strategy",))
        raise ConfigError([Problem(shown(file), line_of(document, where), dotted(where), f"unknown strategy {name[:60]!r}", mend)])
    return known[name]


def check_strategy(strategy: Strategy, region: Region, path: Path) -> None:
    """Names that a strategy uses must be those of the region.

    A service that a region does not have is passed over, so that one strategy serves several regions.
    """
    problems = []
    preferences = {n for g, n, _ in region.parameters if g == "segment" and n.startswith("web_preference")}
    if strategy.web_preference not in preferences:
        mend = suggestion(strategy.web_preference, preferences, f"use one of {', '.join(sorted(preferences))}")
        problems.append(_problem(path, ("channel", "web_preference"), f"unknown parameter {strategy.web_preference!r}", mend))
    increment = strategy.phone_preference_increment
    if isinstance(increment, str) and ("segment", increment, "all") not in region.parameters:
        increments = {n for g, n, key in region.parameters if g == "segment" and key == "all"}
        mend = suggestion(increment, increments, "use a number or a segment parameter with key `all`")
        problems.append(_problem(path, ("channel", "phone_preference_increment"), f"unknown parameter {increment!r}", mend))
    if problems:
        raise ConfigError(problems)


def check_first_line(strategy: Strategy, path: Path) -> str:
    """Services of `first_line` must be those of some region beside the strategy; says how many regions were looked at.

    Parameters must be some that a region may give.
    """
    known = {name for group, name in PARAMETERS if group == "segment"}
    increment = strategy.phone_preference_increment
    for place, name in (("web_preference", strategy.web_preference), ("phone_preference_increment", increment)):
        if isinstance(name, str) and name not in known:
            mend = suggestion(name, known, f"use one of {', '.join(sorted(known))}")
            raise ConfigError([_problem(path, ("channel", place), f"unknown parameter {name[:60]!r}", mend)])
    shelf = shelf_of("regions", path)
    files = sorted(shelf.glob("*/services.csv")) if shelf is not None else []
    if not files:
        return ""
    services = {"default"}.union(*(load_rows(file, ServiceRow, []).names("service") for file in files))
    unknown = [name for name in strategy.first_line if name not in services]
    if unknown:
        problems = []
        for name in unknown:
            mend = suggestion(name, services, "use a service of a region, or `default`")
            problems.append(_problem(path, ("customer", "first_line", name), f"unknown service {name!r}", mend))
        raise ConfigError(problems)
    return f"; its services are those of {len(files)} regions"


def _problem(path: Path, where: tuple[str, ...], what: str, mend: str) -> Problem:
    return Problem(shown(path), line_of(load_yaml(path), where), ".".join(where), what, mend)
