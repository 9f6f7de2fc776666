"""Reads strategies, and finds them by name."""

from __future__ import annotations

from pathlib import Path

from channelsim.config import files as F
from channelsim.config.lines import load_model, suggestion
from channelsim.errors import ConfigError, Problem, shown
from channelsim.scenario.region import Region, Strategy


def load_strategy(path: Path) -> Strategy:
    """The strategy of a YAML file."""
    f, _ = load_model(path, F.StrategyFile)
    return Strategy(
        name=f.strategy, title=f.title, web_preference=f.channel.web_preference,
        phone_preference_increment=f.channel.phone_preference_increment,
        advice_answered_on_web=f.channel.advice_answered_on_web, triage=f.customer.triage,
        help_after_min=f.customer.help_after_min, small_point_backup=f.customer.small_point_backup,
        first_line=dict(f.customer.first_line),
    )  # fmt: skip


def find_strategy(name: str, near: Path) -> Path:
    """The file `configs/strategies/NAME.yaml` of the `configs` folder that holds a region (or the file itself)."""
    if name.endswith(".yaml") and Path(name).is_file():
        return Path(name)
    for folder in (near.resolve(), *near.resolve().parents):
        shelf = folder / "strategies"
        if shelf.is_dir():
            known = {p.stem: p for p in sorted(shelf.glob("*.yaml"))}
            if name in known:
                return known[name]
            mend = suggestion(name, known, f"use one of {', '.join(known)}")
            raise ConfigError([Problem(shown(shelf), 1, "strategy", f"unknown strategy {name!r}", mend)])
    raise ConfigError(
        [Problem(shown(near), 1, "strategy", "no folder `strategies` found above this region", "give the path of a strategy file")]
    )


def check_strategy(strategy: Strategy, region: Region, path: Path) -> None:
    """Names that a strategy uses must be those of the region.

    A service that a region does not have is passed over, so that one strategy serves several regions.
    """
    problems = []
    preferences = {n for g, n, _ in region.parameters if g == "segment"}
    if strategy.web_preference not in preferences:
        mend = suggestion(strategy.web_preference, preferences, "use a segment parameter of the region")
        problems.append(Problem(shown(path), 1, "channel.web_preference", f"unknown parameter {strategy.web_preference!r}", mend))
    increment = strategy.phone_preference_increment
    if isinstance(increment, str) and ("segment", increment, "all") not in region.parameters:
        mend = suggestion(increment, preferences, "use a number or a segment parameter with key `all`")
        problems.append(Problem(shown(path), 1, "channel.phone_preference_increment", f"unknown parameter {increment!r}", mend))
    if problems:
        raise ConfigError(problems)
