"""What an auditor must know of a run through dated changes: the facts of each world, and when it takes the place of the one before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from channelsim.scenario.world import World
from channelsim.trajectory.facts import facts_of
from channelsim.units import WEEK_MIN


def facts_of_way(worlds: Sequence[tuple[int, World]], moved: Sequence[int], words: Sequence[str], n_weeks: int) -> dict[str, Any]:
    """Facts of the first world, and under `changes` those of each that follows.

    Parameters
    ----------
    worlds : sequence of (int, World)
        First week of each world, the world.
    moved : sequence of int
        [change] appointments that the run counted as moved.
    words : sequence of str
        [change] what changes, and on which day.
    n_weeks : int
        Length of the run.
    """
    ends = [week * WEEK_MIN for week, _ in worlds[1:]] + [n_weeks * WEEK_MIN]
    each = [facts_of(world, end, week * WEEK_MIN) for (week, world), end in zip(worlds, ends, strict=True)]
    changes = [
        {"time_min": week * WEEK_MIN, "alternative": world.name, "what": what, "appointments_moved": count, **facts}
        for (week, world), facts, count, what in zip(worlds[1:], each[1:], moved, words, strict=True)
    ]
    return {**each[0], "alternative": " then ".join(dict.fromkeys(w.name for _, w in worlds)), "horizon_min": ends[-1], "changes": changes}
