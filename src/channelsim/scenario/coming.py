"""Other ways to come than walking in: a booked hour, an appointment, a trip; and the work that a contact leaves behind.

These are values of a world of queues; `compile_coming` makes their tables.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from channelsim.scenario.queues import Duration


@dataclass(frozen=True, slots=True)
class Unpunctual:
    """Minutes between the booked hour and the moment at which a customer is there; negative: early."""

    shift_min: float = 0.0  # added to the law
    law: Duration | None = None  # none: all by the same shift
    normal_sd_min: float = 0.0  # a normal law around the shift, in place of `law`
    early_waits: bool = True  # who is early queues from the booked hour on; False: from the moment of coming


@dataclass(frozen=True, slots=True)
class Session:
    """Booked hours of a week, known beforehand: minutes after Monday 00:00, one entry for each customer."""

    hours_min: tuple[float, ...]
    unpunctual: Unpunctual | None = None


@dataclass(frozen=True, slots=True)
class NoShow:
    """Probability that somebody who has an hour does not come: a share, and more of it the longer the lead time."""

    share: float = 0.0
    per_day: float = 0.0  # added for each day between asking and the hour


@dataclass(frozen=True, slots=True)
class Slots:
    """The appointment grid of a pool."""

    open_days: tuple[bool, ...]  # Monday first
    first_min: float  # after midnight
    every_min: float
    n_slots: int  # a day
    per_slot: int
    notice_min: int
    horizon_days: int
    hold_before_min: float


@dataclass(frozen=True, slots=True)
class Travel:
    """A trip before a visit."""

    law: Duration
    last_arrival_min: float  # before closing


@dataclass(frozen=True, slots=True)
class WorkLeft:
    """Work that a served contact leaves behind, with a probability."""

    to: str  # a class of casework
    share: float
    law: Duration | None = None  # in place of the service time of that class
