"""A world that can be run: one office model under one strategy, or a few queues and pools.

`tables` is what rules and kernels read; the rest is what is known before time passes: who needs what and
when (`demand`), who is at work when (`people`), when queues are sent home, and what things are called.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import numpy as np

from channelsim.scenario.policy import Policy
from channelsim.scenario.region_roster import Habits
from channelsim.scenario.tables import Tables
from channelsim.scenario.world_roster import Staff


@dataclass(frozen=True, eq=False)
class BookedHours:
    """Customers whose hours are booked beforehand, alike every week; who comes when is drawn around the hour."""

    cell: int
    hour: np.ndarray  # minutes after Monday 00:00, one for each customer
    shift_min: float = 0.0  # between the hour and the moment of coming
    law: int = -1  # distribution added to it, NONE without one
    normal_sd_min: float = 0.0
    early_waits: bool = True  # nobody is there before the hour


@dataclass(frozen=True, eq=False)
class Demand:
    """Intensity of needs by cell (municipality, segment, service), before chance.

    A cell's needs of a week are Poisson with mean `weekly_mean` times the week's day factors; within the
    week they fall by its profile of steps. All arrays are read only.
    """

    municipality: np.ndarray  # [cell]
    segment: np.ndarray
    service: np.ndarray
    channel: np.ndarray  # [cell] first channel, NONE where choose_channel decides
    weekly_mean: np.ndarray  # [cell] expected needs in a week of average days
    ratio: np.ndarray  # [cell] intensity of this alternative over the reference (decisions 31)
    combination: np.ndarray  # [cell] row of (profile, busyness group)
    combination_profile: np.ndarray
    combination_group: np.ndarray
    step_start: np.ndarray  # [profile] list of arrays: minutes after Monday 00:00, each step within one day
    step_end: np.ndarray
    step_share: np.ndarray
    day_factor: np.ndarray  # [group, day] season and calendar
    busyness_cv: np.ndarray  # [group]
    trace_time: np.ndarray  # needs that are given, not drawn
    trace_cell: np.ndarray
    renewals: tuple[tuple[int, int, np.ndarray], ...] = ()  # cell, law of the intervals, cumulative shares of group sizes
    surge: float = 1.0  # factor on the demand of the first `surge_weeks`, for a start with a backlog
    surge_weeks: int = 0
    shock: np.ndarray | None = None  # [cell] factor on the demand of the weeks from shock_weeks[0] until shock_weeks[1]
    shock_weeks: tuple[int, int] = (0, 0)
    visit_factor: np.ndarray | None = None  # [cell] on needs that begin with a visit, where trips differ from the baseline's
    channel_correlation: float | None = None  # of the busyness of a day by phone, web and visit; none: one for all
    booked: tuple[BookedHours, ...] = ()  # needs whose hours are known, week by week


@dataclass(frozen=True, eq=False)
class People:
    """Persons and their weeks. Times in minutes after midnight; pool NONE: not at work that weekday."""

    pool: np.ndarray  # [person, weekday]
    shift_start: np.ndarray  # [person, weekday]
    shift_end: np.ndarray
    rota: np.ndarray  # [person] place in the rota of duties and absences
    absence_share: np.ndarray  # [person]
    duty_share: np.ndarray  # [person] of the shift
    always_there: np.ndarray  # [person] bool: one shift without end
    works_closed_days: np.ndarray  # [person] bool
    closed_day: np.ndarray  # [day] bool
    staff: Staff | None = None  # in a world of queues whose people differ, take breaks or may be absent
    wave_absence_share: float = 0.0  # added to the absence of those who are ever away, from wave_weeks[0] until wave_weeks[1]
    wave_weeks: tuple[int, int] = (0, 0)
    habits: Habits | None = None  # in a region whose people's days are more than a shift


@dataclass(frozen=True)
class Names:
    classes: tuple[str, ...]
    pools: tuple[str, ...]
    channels: tuple[str, ...]
    services: tuple[str, ...]
    segments: tuple[str, ...]
    municipalities: tuple[str, ...]
    places: tuple[str, ...]
    wait_kinds: tuple[str, ...]
    persons: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class World:
    """One alternative, ready to run."""

    name: str
    tables: Tables
    demand: Demand
    people: People
    names: Names
    pool_office: tuple[str, ...]
    bookable_share: np.ndarray  # [book]
    book_open: np.ndarray  # [book, day] bool: the place is open
    closing_cut_min: np.ndarray  # [calendar] minutes after closing when its queues go home; NEVER: not at all
    first_monday: dt.date
    n_weeks: int  # weeks for which calendars reach
    digest: str
    notes: tuple[str, ...] = ()
    book_room: np.ndarray = field(default_factory=lambda: np.zeros(0, bool))  # [book] bool: a video room's grid; empty: none is
    table_steps: tuple[tuple[float, int], ...] = ()  # minute of the week, set of routing lists that holds from then on
    policy: Policy | None = None
    slot_pattern: np.ndarray | None = None  # [book, weekday, slot] where slots do not follow the roster
    cache: dict[object, object] = field(default_factory=dict, repr=False)  # rosters by week, made once

    def __repr__(self) -> str:
        return (
            f"World({self.name}: {len(self.names.classes)} classes, {len(self.names.pools)} pools, "
            f"{len(self.names.persons)} persons, {self.demand.weekly_mean.sum():,.0f} needs a week)"
        )
