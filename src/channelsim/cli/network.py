"""`channelsim network design`: which points to keep, by integer programming; and the text that a study takes to simulate them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.table import Table

from channelsim.config.lines import suggestion
from channelsim.config.region import load_region
from channelsim.errors import ConfigError, Problem, shown
from channelsim.scenario.network_design import Designed, Wanted, designed
from channelsim.scenario.region import Region

CONSOLE = Console(width=120, highlight=False, markup=False, emoji=False)


def design_network(folder: Path, model: str, candidates: str, wanted: Wanted, as_json: bool) -> None:
    """Print the best networks: points, coverage with and without a car, mean and longest trip."""
    region = load_region(folder)
    model = model or region.baseline[0]
    problems = _wrong(region, folder, model, candidates, wanted)
    if problems:
        raise ConfigError(problems)
    points = tuple(p.name for p in region.office_models[model].points)
    of_staff = tuple(p.name for p in region.office_models[model].points if p.kind == "staffed")
    allowed = {"municipalities": (), "points": points, "staffed": of_staff}[candidates]
    allowed = tuple(dict.fromkeys((*allowed, *wanted.keep))) if allowed else ()
    wanted = Wanted(**{**vars(wanted), "candidates": allowed})
    found = designed(region, wanted)
    if not found:
        what = "no choice of points keeps every condition"
        raise ConfigError([Problem(shown(folder), 1, "network", what, "allow more points, more travel or more capacity")])
    if as_json:
        typer.echo(json.dumps([as_data(d) for d in found], indent=2, ensure_ascii=False))
        return
    _print(region, wanted, model, found)


def _wrong(region: Region, folder: Path, model: str, candidates: str, wanted: Wanted) -> list[Problem]:
    """Options that name nothing, or do not go together."""
    towns = [m.name for m in region.municipalities]
    problems = []

    def say(option: str, what: str, mend: str) -> None:
        problems.append(Problem(shown(folder), 1, option, what, mend))

    if model not in region.office_models:
        say("--model", f"unknown office model {model!r}", f"use one of {', '.join(region.office_models)}")
    if candidates not in ("municipalities", "points", "staffed"):
        say("--candidates", f"unknown {candidates!r}", "use municipalities, points or staffed")
    for option, names in (("--keep", wanted.keep), ("--capacity", tuple(wanted.capacity))):
        for name in names:
            if name not in towns:
                say(option, f"unknown municipality {name!r}", suggestion(name, towns, "use one of municipalities.csv"))
    if wanted.goal not in ("p_median", "maximal_cover", "set_cover"):
        say("--goal", f"unknown goal {wanted.goal!r}", "use p_median, maximal_cover or set_cover")
    elif wanted.goal == "set_cover" and wanted.n_points is not None:
        say("--points", "set_cover finds the number of points", "leave it out")
    elif wanted.goal != "set_cover" and wanted.n_points is None:
        say("--points", f"{wanted.goal} needs a number of points", "add --points 4")
    if wanted.goal in ("maximal_cover", "set_cover") and wanted.limit_min == float("inf"):
        say("--limit-min", f"{wanted.goal} needs a limit", "add --limit-min 60")
    if wanted.n_points is not None and not len(set(wanted.keep)) <= wanted.n_points <= len(towns):
        say("--points", f"{wanted.n_points} points cannot be, with {len(set(wanted.keep))} kept of {len(towns)}", "change it")
    return problems


def as_data(d: Designed) -> dict[str, Any]:
    """One network for a program; a figure that has no meaning (nobody without a car) is null."""
    numbers = {name: getattr(d, name) for name in ("within_limit_pct", "without_car_within_limit_pct", "mean_min", "worst_min")}
    return {"points": list(d.points), **{name: value if value == value else None for name, value in numbers.items()},
            "served_within_limit_pct": 100.0 * d.choice.covered, "served_mean_min": d.choice.mean_min}  # fmt: skip


def _print(region: Region, wanted: Wanted, model: str, found: list[Designed]) -> None:
    limit = f"within {wanted.limit_min:g} min" if wanted.limit_min < float("inf") else "anywhere"
    table = Table("", "points", f"{limit}, by car", f"{limit}, without a car", "mean trip min", "longest min")
    for i, d in enumerate(found):
        cells = (f"{d.within_limit_pct:.1f} %", f"{d.without_car_within_limit_pct:.1f} %", f"{d.mean_min:.1f}", f"{d.worst_min:.0f}")
        table.add_row(str(i + 1), ", ".join(d.points), *cells)
    CONSOLE.print(
        f"{region.title}: {wanted.goal.replace('_', ' ')}, customers go to the nearest point; trips weighted by needs, shares by unemployed"
    )
    CONSOLE.print(table)
    CONSOLE.print("To simulate the first, in a study:", soft_wrap=True)
    CONSOLE.print(f"networks: {{designed: {{office_model: {model}, points: [{', '.join(found[0].points)}]}}}}", soft_wrap=True)
