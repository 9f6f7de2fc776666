"""A world of queues and pools in words: classes, pools, hours and routing, with no region (design 4.10).

A class is a queue with its own channel, arrivals, service and patience; what follows an outcome names other
classes. The smallest world is one class and one pool.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from channelsim.scenario import tables as T
from channelsim.scenario.by_hour import Stretches
from channelsim.scenario.coming import NoShow, Session, Slots, Travel, WorkLeft
from channelsim.scenario.policy import Policy
from channelsim.scenario.queue_rules import Balk, CallBack, Lines, MovesOn, Rise, Unreached
from channelsim.scenario.region import Interval
from channelsim.scenario.staffing import AtWork
from channelsim.units import NEVER

OUTCOME_WORDS = {
    "served": T.SERVED, "abandoned": T.ABANDONED, "blocked": T.BLOCKED, "sent_home": T.SENT_HOME,
    "no_show": T.NO_SHOW, "no_slot": T.NO_SLOT, "moved_on": T.MOVED_ON,
    "balked": T.BALKED, "called_back": T.CALLED_BACK, "not_reached": T.NOT_REACHED,
}  # fmt: skip
FOLLOWED = tuple(word for word in OUTCOME_WORDS if word not in ("moved_on", "called_back"))  # outcomes that `after` may name
IDLE_RULES = {
    "longest_idle": T.LONGEST_IDLE, "most_idle": T.MOST_IDLE, "in_order": T.IN_ORDER, "least_occupied": T.LEAST_OCCUPIED,
}  # fmt: skip
SIGNALS = {"length": T.BY_LENGTH, "longest_wait": T.BY_LONGEST_WAIT, "expected_wait": T.BY_EXPECTED_WAIT}
Hours = tuple[Interval | None, ...] | None  # a week of opening hours, or always


@dataclass(frozen=True, slots=True)
class Duration:
    """A distribution of minutes: family, mean, and coefficient of variation where it takes one."""

    family: str
    mean_min: float
    cv: float | None = None
    low_min: float | None = None
    mode_min: float | None = None
    high_min: float | None = None
    shares: tuple[float, ...] = ()  # of a hyperexponential: how often each mean
    values_min: tuple[float, ...] = ()  # its means, or the observations of an empirical law


@dataclass(frozen=True, slots=True)
class RateStep:
    """Arrivals per minute between two moments of the week (minutes after Monday 00:00)."""

    start_min: float
    end_min: float
    per_min: float


@dataclass(frozen=True, slots=True)
class Follows:
    """One thing that may follow an outcome: another class, with a probability, after a delay."""

    to: str
    share: float
    delay: Duration | None = None


@dataclass(frozen=True, slots=True)
class ServesByHour:
    """How one pool serves one class in some hours of the week; None: as otherwise."""

    hours: Stretches
    serves: bool = True
    rank: int | None = None
    after_min: float | None = None
    reserve: int | None = None
    weight: float | None = None


@dataclass(frozen=True, slots=True)
class Serves:
    """How one pool serves one class."""

    pool: str
    rank: int = 0
    after_min: float = 0.0  # wait after which this pool may take the class
    service: Duration | None = None  # in place of the class's own
    reserve: int = 0  # idle persons that must remain
    weight: float | None = None  # of the wait, among classes of one rank, in place of the class's own
    hours: Stretches | None = None  # of the week in which it does; None: all
    by_hour: tuple[ServesByHour, ...] = ()


@dataclass(frozen=True, slots=True)
class QueueClass:
    name: str
    service: Duration | None
    serves: tuple[Serves, ...]
    rates: tuple[RateStep, ...] = ()
    arrivals_at_min: tuple[float, ...] = ()
    interval: Duration | None = None  # between arrivals that come at drawn intervals
    group_shares: tuple[float, ...] = ()  # of sizes 1, 2, ... of the groups in which these come; none: one by one
    busyness_cv: float = 0.0
    busyness: str = ""  # classes of one name share the factors of their days
    patience: Duration | None = None
    queue_limit: int | None = None
    hours: Hours = None
    send_home: bool = False
    send_home_after_min: float = 0.0
    self_service: bool = False
    reopening_delay: Duration | None = None  # after opening, of contacts that would have come outside hours
    after: Mapping[str, tuple[Follows, ...]] = field(default_factory=dict)
    sessions: tuple[Session, ...] = ()  # booked hours, in place of other arrivals
    books: bool = False  # who comes takes the earliest free slot of the class's pools
    no_show: NoShow = NoShow()
    travel: Travel | None = None
    casework: bool = False  # items of work, not customers: done when nobody waits
    slice_min: float = NEVER  # longest piece of an item that is worked at one go
    leaves: WorkLeft | None = None  # casework that a served contact leaves
    weight: float = 1.0  # of the wait, among classes of one rank
    rises: tuple[Rise, ...] = ()
    moves_on: MovesOn | None = None
    balk: Balk | None = None
    call_back: CallBack | None = None
    unreached: Unreached | None = None  # of those who are called back
    idle_rule: str = "longest_idle"  # whom it asks among pools of one rank
    after_work: Duration | None = None  # a person is busy so long after the contact has ended
    due_after_min: float | None = None  # age at which it is due: among classes of one rank what is due first comes first


@dataclass(frozen=True, slots=True)
class QueuePool:
    name: str
    staff: int
    takes: tuple[tuple[str, ...], ...] = ()  # ranks of classes; empty: all alike, the longest wait first
    shifts: Hours = None
    slots: Slots | None = None  # its appointment grid
    at_work: AtWork = AtWork()  # what is particular about its people
    takes_by_hour: tuple[tuple[Stretches, tuple[tuple[str, ...], ...]], ...] = ()  # ranks in some hours of the week


@dataclass(frozen=True, slots=True)
class Queues:
    """A world of queues and pools."""

    name: str
    classes: tuple[QueueClass, ...]
    pools: tuple[QueuePool, ...]
    warm_up_min: float
    length_min: float
    replications: int
    seed: int
    target_min: float = 0.0
    lines: tuple[Lines, ...] = ()
    policy: Policy | None = None  # of one's own, in place of the lists above
