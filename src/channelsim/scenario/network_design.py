"""A region's network of points as a location problem, and what a choice of points means for its customers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from channelsim.scenario.location import Choice, Sites, best
from channelsim.scenario.networks import with_points, work_of_towns
from channelsim.scenario.region import OfficeModel, Region


@dataclass(frozen=True)
class Wanted:
    """What a network is to be: how many points, how far at most, which are given."""

    goal: str = "p_median"
    n_points: int | None = None
    limit_min: float = np.inf
    keep: tuple[str, ...] = ()  # points that stay in any case
    candidates: tuple[str, ...] = ()  # municipalities in which a point may be; (): all
    capacity: Mapping[str, float] = field(default_factory=dict)  # needs a week that a point can take; others: no limit
    others: str = "joint"  # what becomes of other staffed points
    best: int = 1  # how many networks, the best first


@dataclass(frozen=True, eq=False)
class Designed:
    """A network that was found."""

    points: tuple[str, ...]
    choice: Choice
    within_limit_pct: float  # of the unemployed, by car
    without_car_within_limit_pct: float  # of those without a car, by public transport
    mean_min: float  # by car, weighted by needs
    worst_min: float


def designed(region: Region, wanted: Wanted) -> list[Designed]:
    """The best networks for a region, best first; none where no network keeps every condition.

    Demand is expected needs a week (national services apart), travel by car. What a choice means is told for customers who
    go to the nearest point: capacities may have sent some elsewhere.
    """
    names = [m.name for m in region.municipalities]
    at = [names.index(c) for c in wanted.candidates or names]
    weight = work_of_towns(region)
    room = np.array([wanted.capacity.get(names[i], weight.sum()) for i in at]) if wanted.capacity else None
    sites = Sites(
        region.travel_min[:, at],
        weight,
        fixed=tuple(at.index(names.index(k)) for k in wanted.keep),
        capacity=room,
        limit_min=wanted.limit_min,
    )
    return [
        _told(region, wanted, tuple(names[at[s]] for s in choice.sites), choice)
        for choice in best(sites, wanted.goal, wanted.n_points, wanted.best)
    ]


def _told(region: Region, wanted: Wanted, points: tuple[str, ...], choice: Choice) -> Designed:
    names = [m.name for m in region.municipalities]
    nearest = region.travel_min[:, [names.index(p) for p in points]].min(axis=1)
    people = np.array([m.unemployed for m in region.municipalities])
    carless, transit = without_car(region, nearest)
    return Designed(
        points, choice,
        within_limit_pct=_pct(people, nearest <= wanted.limit_min),
        without_car_within_limit_pct=_pct(carless, (transit <= wanted.limit_min) & np.isfinite(transit)),
        mean_min=float(np.average(nearest, weights=work_of_towns(region))), worst_min=float(nearest.max()),
    )  # fmt: skip


def _pct(people: np.ndarray, inside: np.ndarray) -> float:
    return float(100.0 * (people * inside).sum() / people.sum()) if people.sum() > 0 else float("nan")


def without_car(region: Region, minutes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """([municipality] unemployed without a car, [municipality] their minutes): who cannot come at all counts in a row of its own.

    Travel time by public transport is the car's times a factor plus a constant (decisions 28). The arrays hold each
    municipality twice: those who can come, and those whom no transport serves (infinitely far).
    """
    factor = region.value("travel", "public_transport_time_multiplier", "no_car", 1.0)
    extra = region.value("travel", "public_transport_extra_min", "no_car", 0.0)
    shares = np.array([
        sum(
            region.municipality_segment.get((m.name, g.id), 0.0) * region.value("segment", "no_car_share", g.id, 0.0)
            for g in region.segments
        )
        for m in region.municipalities
    ])  # fmt: skip
    people = shares * np.array([m.unemployed for m in region.municipalities])
    cut_off = np.array([region.value("travel", "no_car_unreachable_share", m.settlement_class, 0.0) for m in region.municipalities])
    return np.concatenate([people * (1.0 - cut_off), people * cut_off]), np.concatenate(
        [minutes * factor + extra, np.full(len(minutes), np.inf)]
    )


def models_of(region: Region, model: OfficeModel, wanted: Wanted, name: str) -> list[OfficeModel]:
    """An office model for each of the best networks, to be simulated: `name`, or `name 1`, `name 2` and so on."""
    found = designed(region, wanted)
    names = [name] if wanted.best == 1 else [f"{name} {i + 1}" for i in range(len(found))]
    return [with_points(region, model, network.points, wanted.others, n) for n, network in zip(names, found, strict=False)]
