"""Inputs that are not known, in groups that move together over their low, base and high (decisions 38).

A figure's low and high are the 5 % and 95 % points of a split-triangular with its median at base: below base a rising
triangle with half of the probability, above it a falling one with the other half. So the quantile .5 of every group is
the base, .05 the low and .95 the high, and one quantile serves all figures of a group.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import sqrt

from channelsim.scenario.overrides import with_parameters
from channelsim.scenario.region import Delay, Region, Strategy

LARGEST = {"share": 1.0, "share points": 1.0}  # by unit: a quantile beyond low and high may not leave what the unit allows
TAIL = sqrt(2 * 0.05)  # of a half triangle, the part of its length that holds 5 % of all probability


@dataclass(frozen=True)
class InputGroup:
    """Figures that move together: parameters as `group.name` or `group.name.key`, delays as `delays.name`.

    Those of `opposite` fall where the others rise.
    """

    name: str
    title: str
    members: tuple[str, ...]
    opposite: tuple[str, ...] = ()


def split_triangular(u: float, low: float, base: float, high: float) -> float:
    """Quantile of the split-triangular whose 5 %, 50 % and 95 % points are low, base and high.

    Below the median the distribution function is ((x - a) / (base - a))^2 / 2, with the end a where it is .05 at low;
    above it the mirror image. Where low (or high) is base, that half is the base itself.
    """
    if u == 0.5:
        return base
    if u < 0.5:
        end = base - (base - low) / (1.0 - TAIL)
        return end + (base - end) * sqrt(2.0 * u)
    end = base + (high - base) / (1.0 - TAIL)
    return end - (end - base) * sqrt(2.0 * (1.0 - u))


def inputs_at(region: Region, strategy: Strategy, quantiles: Mapping[str, float], groups: Iterable[InputGroup]) -> tuple[Region, Strategy]:
    """The region and strategy when each group of inputs stands at a quantile.

    Parameters
    ----------
    region, strategy
        As they were read.
    quantiles : mapping
        Group -> u in (0, 1); groups that are not named stay at base, and so do all at .5.
    groups : iterable of InputGroup
        What moves with what; members that a region lacks are passed over.

    Returns
    -------
    region, strategy
        Shares that must add up are scaled so that they do; figures in shares stay within [0, 1], others above 0. The
        strategy names parameters, so that it stays as it is.

    Raises
    ------
    KeyError
        For a group that is not among `groups`.
    """
    known = {g.name: g for g in groups}
    moved = {name: u for name, u in sorted(quantiles.items()) if u != 0.5}
    if not moved:
        return region, strategy
    values: dict[tuple[str, str, str], float] = {}
    delays = dict(region.delays)
    for name, u in moved.items():
        group = known[name]
        for member in (*group.members, *group.opposite):
            at = 1.0 - u if member in group.opposite else u
            part, label, *only = member.split(".", 2)
            if part == "delays":
                if label in delays:
                    delays[label] = _delay_at(delays[label], at)
                continue
            for key in (k for k in region.keys(part, label) if not only or k == only[0]):
                p = region.parameters[part, label, key]
                value = split_triangular(at, p.low, p.base, p.high)
                values[part, label, key] = min(max(value, 0.0), LARGEST.get(p.unit, float("inf")))
    text = ",".join(f"{name}={u!r}:{known[name]!r}" for name, u in moved.items())
    digest = hashlib.sha256(f"{region.digest}|inputs|{text}".encode()).hexdigest()
    return replace(with_parameters(region, values), delays=delays, digest=digest), strategy


def _delay_at(delay: Delay, u: float) -> Delay:
    low, high = (delay.mean_min if end is None else end for end in (delay.low_min, delay.high_min))
    return replace(delay, mean_min=max(0.0, split_triangular(u, low, delay.mean_min, high)))
