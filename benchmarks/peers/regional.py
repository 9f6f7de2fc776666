"""W4, the regional network: its figures and hours, for all peers written in Python. Times are minutes."""

from __future__ import annotations

from collections.abc import Callable

from workloads import DAY_MIN

N_SITES = 16
SITE_SHARES = tuple((0.6 + 0.8 * s / 15) / N_SITES for s in range(N_SITES))
FRONT_SERVERS = tuple(2 if s <= 10 else 3 for s in range(N_SITES))
SPECIALISTS = 2
PHONE_AGENTS, WEB_AGENTS = 32, 16

# channel: first hour, last hour, contacts a day, weight of each hour
PHONE = (8, 18, 2880, (0.6, 1.2, 1.5, 1.4, 1.0, 0.9, 1.1, 1.0, 0.8, 0.5))
WEB = (7, 22, 1500, (0.4, 0.8, 1.2, 1.4, 1.3, 1.0, 0.9, 1.0, 1.1, 1.0, 0.9, 1.0, 1.2, 1.1, 0.7))
VISIT = (9, 17, 1600, (1.3, 1.5, 1.2, 0.8, 0.7, 0.9, 1.0, 0.6))

# mean, cv
PHONE_SERVICE, WEB_SERVICE, FRONT_SERVICE, SPECIALIST_SERVICE = (5.0, 1.0), (6.0, 1.0), (6.0, 0.8), (15.0, 0.7)
PHONE_PATIENCE, FRONT_PATIENCE, SPECIALIST_PATIENCE = 4.0, 45.0, 90.0

REDIAL_SHARE, REDIAL_DELAY, REDIALS_MAX = 0.6, 20.0, 2
VISIT_INSTEAD_SHARE, VISIT_DELAY = 0.3, 120.0  # of those who abandoned the phone and do not redial
VISIT_AFTER_PHONE_SHARE = 0.08
WEB_FAILS_SHARE, WEB_FAILS_DELAY = 0.15, 10.0
SPECIALIST_SHARE, SPECIALIST_URGENT_SHARE = 0.35, 0.3
SPREAD_AFTER_OPENING = 60.0


def rates_by_hour(channel: tuple[int, int, int, tuple[float, ...]]) -> list[float]:
    """Arrivals per minute in each hour of the day; the weights are normalised to mean 1."""
    first, last, daily, weights = channel
    per_weight = daily / sum(weights) / 60.0
    return [weights[hour - first] * per_weight if first <= hour < last else 0.0 for hour in range(24)]


def until_open(now_min: float, channel: tuple[int, int, int, tuple[float, ...]], uniform: Callable[[float, float], float]) -> float:
    """Minutes until a contact can be made: none within hours, else to some time in the first hour after opening."""
    opens, closes = 60.0 * channel[0], 60.0 * channel[1]
    clock_min = now_min % DAY_MIN
    if opens <= clock_min < closes:
        return 0.0
    wait_min = opens - clock_min if clock_min < opens else DAY_MIN + opens - clock_min
    return wait_min + uniform(0.0, SPREAD_AFTER_OPENING)
