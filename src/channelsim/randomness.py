"""All chance of channelsim: counter-based uniforms, and quantile functions on them (decisions 29).

A draw is a pure function of *who* needs it and *what for*; nothing is advanced, so a longer history
in one alternative shifts no draw of another, and both engines see the same luck by construction.
"""

from __future__ import annotations

from math import exp, floor, log, sqrt

import numpy as np

from channelsim.compiled import apart, compiled, kernel, small
from channelsim.units import on_grid

# What a draw is for. The numbers are part of every result: append, never renumber.
COUNT, MARK, ARISES, EXPERTISE, PRESENTS, WEB_CAPABLE, CAR, REACHABLE = 1, 2, 3, 4, 5, 6, 7, 8
WEB_OR_NOT, PHONE_OR_VISIT, HOUR, LENGTH, PATIENCE, NEXT, DELAY, COMPLETES = 9, 10, 11, 12, 13, 14, 15, 16
CLOSES, CHECKED, CASEWORK, NO_SHOW, ADVICE, INDUCED, BUSYNESS, SELF_SERVICE = 17, 18, 19, 20, 21, 22, 23, 24
REPEATS = 25
TRAVEL, UNPUNCTUAL, ABSENT, ABSENCE_WAVE = 40, 41, 42, 43
AFTER_CONTACT, BALKS, TAKES_CALL_BACK, REACHED = 50, 51, 52, 53
RESCHEDULES, CHASES, RETURNS = 54, 55, 56

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_SPREAD = np.uint64(0xD1342543DE82EF95)
_M1 = np.uint64(0x3C79AC492BA7B653)
_M2 = np.uint64(0x1C69B3F74AC4AE35)
_27, _33, _12 = np.uint64(27), np.uint64(33), np.uint64(12)
_UNIT = 2.0**-52

grid = small(on_grid)  # every drawn duration is rounded to the grid once


@small
def _mix(z):
    """The mixing function `moremur` on 64 bits."""
    z = (z ^ (z >> _27)) * _M1
    z = (z ^ (z >> _33)) * _M2
    return z ^ (z >> _27)


def stream_key(root_seed: int, replication: int) -> int:
    """The key of one replication, as a signed 64-bit integer.

    Parameters
    ----------
    root_seed : int
        Seed of the study, shared by all alternatives.
    replication : int
        Number of the replication, from 0.
    """
    mask = (1 << 64) - 1

    def mix(z: int) -> int:
        z = ((z ^ (z >> 27)) * 0x3C79AC492BA7B653) & mask
        z = ((z ^ (z >> 33)) * 0x1C69B3F74AC4AE35) & mask
        return z ^ (z >> 27)

    key = mix(mix((root_seed + 0x9E3779B97F4A7C15 * (replication + 1)) & mask) ^ (root_seed & mask))
    return key - (1 << 64) if key >> 63 else key


@kernel
def luck_of(key, need_id):
    """The inner hash of one need in one replication: computed once, kept with the need (signed 64 bits)."""
    return np.int64(_mix(np.uint64(need_id) * _GOLDEN + np.uint64(key)))


@kernel
def uniform_at(luck, sub):
    """Uniform in the open interval (0, 1) for a packed sub-key; 1 - u is exact."""
    bits = _mix(np.uint64(luck) ^ (np.uint64(sub) * _SPREAD))
    return (float(bits >> _12) + 0.5) * _UNIT


@kernel
def uniform(luck, channel, k, leg, purpose):
    """Uniform for one purpose of one contact: the k-th through `channel`, leg after transfers."""
    return uniform_at(luck, ((channel * 65536 + k) * 256 + leg) * 256 + purpose)


@kernel
def normal_quantile(u):
    """Quantile of the standard normal by algorithm AS 241 (Wichura 1988), relative error about 1e-16."""
    q = u - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        top = ((((((2509.0809287301226727 * r + 33430.575583588128105) * r + 67265.770927008700853) * r
                  + 45921.953931549871457) * r + 13731.693765509461125) * r + 1971.5909503065514427) * r
               + 133.14166789178437745) * r + 3.387132872796366608  # fmt: skip
        bottom = ((((((5226.495278852545925 * r + 28729.085735721942674) * r + 39307.89580009271061) * r
                     + 21213.794301586595867) * r + 5394.1960214247511077) * r + 687.1870074920579083) * r
                  + 42.313330701600911252) * r + 1.0  # fmt: skip
        return q * top / bottom
    r = u if q < 0.0 else 1.0 - u
    r = sqrt(-log(r))
    if r <= 5.0:
        r -= 1.6
        top = ((((((7.7454501427834140764e-4 * r + 0.0227238449892691845833) * r + 0.24178072517745061177) * r
                  + 1.27045825245236838258) * r + 3.64784832476320460504) * r + 5.7694972214606914055) * r
               + 4.6303378461565452959) * r + 1.42343711074968357734  # fmt: skip
        bottom = ((((((1.05075007164441684324e-9 * r + 5.475938084995344946e-4) * r + 0.0151986665636164571966) * r
                     + 0.14810397642748007459) * r + 0.68976733498510000455) * r + 1.6763848301838038494) * r
                  + 2.05319162663775882187) * r + 1.0  # fmt: skip
    else:
        r -= 5.0
        top = ((((((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r + 0.0012426609473880784386) * r
                  + 0.026532189526576123093) * r + 0.29656057182850489123) * r + 1.7848265399172913358) * r
               + 5.4637849111641143699) * r + 6.6579046435011037772  # fmt: skip
        bottom = ((((((2.04426310338993978564e-15 * r + 1.4215117583164458887e-7) * r
                      + 1.8463183175100546818e-5) * r + 7.868691311456132591e-4) * r + 0.0148753612908506148525) * r
                   + 0.13692988092273580531) * r + 0.59983220655588793769) * r + 1.0  # fmt: skip
    value = top / bottom
    return -value if q < 0.0 else value


# Families of distributions; a row of the table `distribution` is (family, a, b, c).
DETERMINISTIC, EXPONENTIAL, LOGNORMAL, UNIFORM, TRIANGULAR, TABLED = 0, 1, 2, 3, 4, 5
DISTRIBUTION_WIDTH = 4
OCTAVES, CELLS = 40, 64  # of a tabled quantile function, on each side of the median


@kernel
def quantile(distribution, curves, row, u):
    """Quantile of a distribution at u, not yet on the time grid.

    Closed forms for the usual families; `TABLED` (gamma and others without one) reads cubic pieces in
    octaves of min(u, 1 - u), exact to 1e-9 in both tails; a table linear in u gets the tails wrong.
    """
    base = row * DISTRIBUTION_WIDTH
    family = int(distribution[base])
    a = distribution[base + 1]
    if family == EXPONENTIAL:
        return -a * log(u)
    return _quantile_of_another(distribution, curves, row, u)


@compiled
def _quantile_of_another(distribution, curves, row, u):
    """Quantiles that take more than a line: apart, so that their constants burden no rule that may draw one."""
    apart()
    base = row * DISTRIBUTION_WIDTH
    family = int(distribution[base])
    a = distribution[base + 1]
    b = distribution[base + 2]
    if family == LOGNORMAL:
        return exp(a + b * normal_quantile(u))
    if family == UNIFORM:
        return a + (b - a) * u
    if family == TRIANGULAR:
        c = distribution[base + 3]
        cut = (b - a) / (c - a)
        if u < cut:
            return a + sqrt(u * (c - a) * (b - a))
        return c - sqrt((1.0 - u) * (c - a) * (c - b))
    if family == TABLED:
        return a * _tabled(curves, int(b), u)
    return a


@small
def _tabled(curves, offset, u):
    tail = u
    side = offset
    if u > 0.5:
        tail = 1.0 - u
        side = offset + OCTAVES * CELLS * 4
    octave = 0
    upper = 0.5  # the octave is (upper / 2, upper]
    while octave < OCTAVES - 1 and tail <= 0.5 * upper:
        upper *= 0.5
        octave += 1
    x = 2.0 - 2.0 * tail / upper  # 0 at the upper end of the octave, 1 at the lower end
    x *= CELLS
    cell = int(floor(x))
    if cell >= CELLS:
        cell = CELLS - 1
    x -= cell
    at = side + (octave * CELLS + cell) * 4
    return curves[at] + x * (curves[at + 1] + x * (curves[at + 2] + x * curves[at + 3]))
