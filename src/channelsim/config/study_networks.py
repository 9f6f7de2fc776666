"""Office models that a study makes: points reviewed one by one, and networks that are given or designed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Protocol

from channelsim.config.study_files import NetworkPart, StudyFile
from channelsim.scenario.network_checks import faults
from channelsim.scenario.network_design import Wanted, models_of
from channelsim.scenario.networks import with_points
from channelsim.scenario.region import OfficeModel, Region
from channelsim.scenario.review import reviewed


class Teller(Protocol):
    """Where problems of the file are told."""

    problems: list[Any]

    def say(self, where: tuple[Any, ...], what: str, mend: str) -> None:
        """A problem at a place of the file."""

    def known(self, where: tuple[str, ...], names: list[str], options: set[str], kind: str) -> None:
        """Problems for names that are not among the options."""


def with_made_models(f: StudyFile, region: Region, told: Teller) -> tuple[Region, list[str]]:
    """The region with the office models that a study makes of its own, and their names; problems are told."""
    made = list(_reviews(f, region, told))
    for name, part in f.networks.items():
        made += _network(name, part, region, told)
    for model, where in made:
        if model.name in region.office_models:
            told.say(where, f"the region has an office model {model.name!r}", "call it otherwise")
        for fault in faults(region, model)[:3]:
            told.say(where, f"{model.name}: {fault}", "choose other points")
    models = {**region.office_models, **{m.name: m for m, _ in made}}
    return (replace(region, office_models=models) if made else region), [m.name for m, _ in made]


def _reviews(f: StudyFile, region: Region, told: Teller) -> Iterator[tuple[OfficeModel, tuple[str, ...]]]:
    if f.review is None:
        return
    before = len(told.problems)
    told.known(("review", "office_model"), [f.review.office_model], set(region.office_models), "office model")
    if len(told.problems) > before:
        return
    model = region.office_models[f.review.office_model]
    staffed = {p.name for p in model.points if p.kind == "staffed"}
    told.known(("review", "points"), f.review.points, staffed, "staffed point")
    points = f.review.points or [p.name for p in model.points if p.kind == "staffed" and p.under_ten]
    if not points or len(staffed) == 1:
        told.say(("review",), f"{model.name} has no point under ten beside another", "name points to review")
    if len(told.problems) == before:
        yield from ((reviewed(region, model, point, change), ("review",)) for point in points for change in f.review.changes)


def _network(name: str, part: NetworkPart, region: Region, told: Teller) -> Iterator[tuple[OfficeModel, tuple[str, ...]]]:
    """The office models of one network of the file."""
    where, before = ("networks", name), len(told.problems)
    towns = {m.name for m in region.municipalities}
    told.known((*where, "office_model"), [part.office_model], set(region.office_models), "office model")
    for key in ("points", "keep", "candidates", "capacity_needs_per_week"):
        told.known((*where, key), list(getattr(part, key)), towns, "municipality")
    candidates = set(part.candidates) or towns
    for kept in part.keep:
        if kept in towns and kept not in candidates:
            told.say((*where, "keep"), f"{kept} is not among the candidates", "add it to them")
    most = len(candidates)
    if part.n_points is not None and not len(set(part.keep)) <= part.n_points <= most:
        told.say((*where, "n_points"), f"{part.n_points} points cannot be, with {len(set(part.keep))} kept of {most}", "change it")
    if len(told.problems) > before:
        return
    model = region.office_models[part.office_model]
    if part.points:
        yield with_points(region, model, part.points, part.others, name), where
        return
    found = models_of(region, model, wanted_of(part), name)
    if not found:
        told.say(where, "no choice of points keeps every condition", "allow more points, more travel or more capacity")
    yield from ((m, where) for m in found)


def wanted_of(part: NetworkPart) -> Wanted:
    """The question that a network of the file asks."""
    limit = float("inf") if part.limit_min is None else part.limit_min
    return Wanted(
        part.goal or "p_median", part.n_points, limit, tuple(part.keep), tuple(part.candidates), dict(part.capacity_needs_per_week),
        part.others, part.best,
    )  # fmt: skip
