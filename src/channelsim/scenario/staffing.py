"""How the people of a pool work, in a world of queues: groups with hours and speeds of their own, absence, breaks, other duties."""

from __future__ import annotations

from dataclasses import dataclass

from channelsim.scenario.region import Week

FINISH, HAND_OVER, SEND_HOME = "finish", "hand_over", "send_home"


@dataclass(frozen=True, slots=True)
class Absence:
    """Whole days away, as a share of the days at work."""

    share: float
    drawn: bool = False  # a draw for each person and day; False: by a fixed rota
    weekday_factor: tuple[float, ...] = (1.0,) * 7  # on the share, Monday first
    wave_cv: float = 0.0  # of a gamma factor on the share of each day, the same for all


@dataclass(frozen=True, slots=True)
class Break:
    """A break of every day at work, for one group of a pool's people after another."""

    at_min: float  # after midnight, of the first group
    length_min: float
    groups: int = 1


@dataclass(frozen=True, slots=True)
class Group:
    """People of a pool who are alike."""

    number: int
    stretches: tuple[Week, ...] | None  # first, second, ... stretch of each day; None: always there
    name: str = ""
    factor: float = 1.0  # on service times
    factor_of: tuple[tuple[str, float], ...] = ()  # by class, in place of it


@dataclass(frozen=True, slots=True)
class AtWork:
    """What is particular about a pool's people; without any of it they all work its shifts."""

    groups: tuple[Group, ...] = ()
    absence: Absence | None = None
    breaks: tuple[Break, ...] = ()
    duty_share: float = 0.0  # of the shift, in blocks of an hour
    longer_handling: float = 1.0  # factor on service times, in place of blocks
    at_shift_end: str = FINISH
