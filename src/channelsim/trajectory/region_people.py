"""What a reader of a region's event log must know of its people: hours, absence, breaks, meetings and trips."""

from __future__ import annotations

from typing import Any

import numpy as np

from channelsim.scenario.tables import NONE
from channelsim.scenario.world import World


def region_people(world: World) -> dict[str, Any] | None:
    """Each person's week and what all of them have in common; None where a region's people only work their shifts."""
    people, habits = world.people, world.people.habits
    if habits is None:
        return None
    a = habits.absence
    weeks = [
        [None if people.pool[i, d] == NONE else [int(people.pool[i, d]), float(people.shift_start[i, d]), float(people.shift_end[i, d])]
         for d in range(7)]
        for i in range(len(people.rota))
    ]  # fmt: skip
    wave = {"share": people.wave_absence_share, "weeks": list(people.wave_weeks)}
    return {
        "closed_days": np.flatnonzero(people.closed_day).tolist(),
        "drawn": None if a is None else {
            "share": a.share, "weekday_factor": list(a.weekday_factor), "month_factor": list(a.month_factor), "wave_cv": a.wave_cv,
            "wave_weeks": a.wave_weeks, "month_of_day": habits.month_of_day.tolist(),
        },
        "wave_of_rota": wave,
        "persons": [
            {
                "id": int(habits.ids[i]), "week": weeks[i], "rota": int(people.rota[i]), "rota_absence": float(people.absence_share[i]),
                "breaks": [list(row) for row in habits.breaks[i]],
                "meetings": [[d, every, *row] for d, every, row in habits.meetings[i]],
                "trip_min": habits.trip_min[i].tolist(),
            }
            for i in range(len(people.rota))
        ],
    }  # fmt: skip
