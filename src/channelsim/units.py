"""Time: minutes on a grid of 2**-20 min, and the lengths of days and weeks (decisions 11)."""

from __future__ import annotations

DAY_MIN = 1440.0
WEEK_MIN = 10080.0
TICKS_PER_MIN = 1048576.0  # 2**20
TICK_MIN = 1.0 / 1048576.0
_ROUNDS_TO_TICKS = 6442450944.0  # 1.5 * 2**32
NEVER = 9007199254740992.0  # 2**53: later than any horizon


def on_grid(minutes: float) -> float:
    """The nearest time on the grid; sums and differences of such times are exact below 2**33 min.

    Beside a number of this size the last bit of a float is one tick, so that adding it rounds.
    """
    return (minutes + _ROUNDS_TO_TICKS) - _ROUNDS_TO_TICKS


def day_of(time: float) -> int:
    """The day on which a moment lies, counted from 0.

    The quotient cannot round up to the next day: the last tick of a day lies further from it than a bit of any day
    number below 2**20. A division with remainder would be a call that takes thirty times as long.
    """
    return int(time / DAY_MIN)


def clock(minutes: float) -> str:
    """A simulated time as people write it: `week 3 Tue 09:30`."""
    day, rest = divmod(minutes, DAY_MIN)
    week, weekday = divmod(int(day), 7)
    name = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[weekday]
    return f"week {week} {name} {int(rest // 60):02d}:{int(rest % 60):02d}"
