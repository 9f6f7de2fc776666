"""Numbers as people say them."""

from __future__ import annotations

from collections.abc import Sequence

ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
MOST_NAMES = 6


def ordinal(n: int) -> str:
    """First, second, ..., 11th, 22nd."""
    if 1 <= n <= len(ORDINALS):
        return ORDINALS[n - 1]
    ending = "th" if 10 <= n % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{ending}"


def listed(names: Sequence[str]) -> str:
    """A, B and C; long lists are cut."""
    if not names:
        return "nobody"
    if len(names) > MOST_NAMES:
        names = [*names[: MOST_NAMES - 1], f"{len(names) - MOST_NAMES + 1} others"]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def duration(minutes: float) -> str:
    """A stretch of time: 4.5 min, 3 h 20 min, 2 days 4 h."""
    if minutes < 60.0:
        return f"{minutes:.1f} min".replace(".0 min", " min")
    whole = round(minutes)
    if whole < 2 * 1440:
        return f"{whole // 60} h" + (f" {whole % 60} min" if whole % 60 else "")
    hours = whole % 1440 // 60
    return f"{whole // 1440} days" + (f" {hours} h" if hours else "")
