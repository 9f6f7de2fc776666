"""Time: the day of a moment, without a division with remainder."""

from __future__ import annotations

import numpy as np

from channelsim.units import DAY_MIN, TICK_MIN, day_of


def test_the_day_of_a_moment_changes_at_midnight_and_not_a_tick_earlier() -> None:
    days = np.arange(1, 1 << 17)
    for midnight, day in zip((days * DAY_MIN).tolist(), days.tolist(), strict=True):
        assert day_of(midnight) == day
        assert day_of(midnight - TICK_MIN) == day - 1
