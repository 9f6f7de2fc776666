"""The draws of a run, worked out again from the seed with Python's own integers (decisions 29)."""

from __future__ import annotations

from collections.abc import Mapping
from math import exp, log, sqrt
from statistics import NormalDist
from typing import Any

MASK = (1 << 64) - 1
GOLDEN, SPREAD = 0x9E3779B97F4A7C15, 0xD1342543DE82EF95
WEB_OR_NOT, PHONE_OR_VISIT, PATIENCE, NEXT, COMPLETES, CLOSES, CHECKED, NO_SHOW, REPEATS, TRAVEL = 9, 10, 13, 14, 16, 17, 18, 20, 25, 40
AFTER_CONTACT, BALKS, TAKES_CALL_BACK, REACHED = 50, 51, 52, 53
RESCHEDULES, CHASES, RETURNS = 54, 55, 56
TICK = 2.0**-20
CELL_AND_SERIAL_BITS = 25  # of a need's number; above them ten bits of week


def mix(z: int) -> int:
    """The mixing function of 64 bits."""
    z = ((z ^ (z >> 27)) * 0x3C79AC492BA7B653) & MASK
    z = ((z ^ (z >> 33)) * 0x1C69B3F74AC4AE35) & MASK
    return z ^ (z >> 27)


def key_of(seed: int, replication: int) -> int:
    """The key of a replication."""
    return mix(mix((seed + GOLDEN * (replication + 1)) & MASK) ^ (seed & MASK))


def luck_of(key: int, need: int) -> int:
    """All the luck of one need in one replication."""
    return mix((need * GOLDEN + key) & MASK)


def week_of(need: int) -> int:
    """The week for which a need was drawn, which its number tells."""
    return need >> CELL_AND_SERIAL_BITS & 1023


def uniform(luck: int, purpose: int, channel: int = 0, k: int = 0, leg: int = 0) -> float:
    """Between 0 and 1, for one purpose of one contact."""
    sub = ((channel * 65536 + k) * 256 + leg) * 256 + purpose
    return ((mix(luck ^ (sub * SPREAD & MASK)) >> 12) + 0.5) * 2.0**-52


def quantile(law: Mapping[str, Any], u: float) -> float | None:
    """Minutes of a law; None for laws that are read from tables."""
    a, b, c = law["a"], law["b"], law["c"]
    match law["law"]:
        case "deterministic":
            return float(a)
        case "exponential":
            return float(-a * log(u))
        case "lognormal":
            return exp(a + b * NormalDist().inv_cdf(u))
        case "uniform":
            return float(a + (b - a) * u)
        case "triangular":
            if u < (b - a) / (c - a):
                return float(a + sqrt(u * (c - a) * (b - a)))
            return float(c - sqrt((1.0 - u) * (c - a) * (c - b)))
    return None
