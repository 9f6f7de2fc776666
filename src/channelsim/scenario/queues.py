"""The general layer: classes, pools, hours and routing, with no region (design 4.10).

A class is a queue with its own channel, arrivals, service and patience; what follows an outcome names other
classes. The smallest world is one class and one pool.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from channelsim.scenario import tables as T
from channelsim.scenario.build import Builder, Consequence
from channelsim.scenario.coming import NoShow, Session, Slots, Travel, WorkLeft
from channelsim.scenario.compile_coming import booked_hours, books, coming
from channelsim.scenario.compile_staffing import end_of_shifts, longer, people_of, speeds
from channelsim.scenario.curves import empirical_curve, gamma_curve, hyperexponential_curve
from channelsim.scenario.queue_rules import Balk, CallBack, Lines, MovesOn, Rise, Unreached
from channelsim.scenario.region import Interval
from channelsim.scenario.rule_tables import QueueRules
from channelsim.scenario.staffing import HAND_OVER, AtWork
from channelsim.scenario.tables import NONE, Tables
from channelsim.scenario.world import Demand, Names, World
from channelsim.units import DAY_MIN, NEVER, TICK_MIN, WEEK_MIN

# laws read from a table, each as a curve of mean 1
TABLED_LAWS: dict[str, Callable[[Duration], np.ndarray]] = {
    "gamma": lambda d: gamma_curve((d.cv or 1.0) ** 2),
    "hyperexponential": lambda d: hyperexponential_curve(d.shares, d.values_min),
    "empirical": lambda d: empirical_curve(d.values_min),
}
OUTCOME_WORDS = {
    "served": T.SERVED, "abandoned": T.ABANDONED, "blocked": T.BLOCKED, "sent_home": T.SENT_HOME,
    "no_show": T.NO_SHOW, "no_slot": T.NO_SLOT, "moved_on": T.MOVED_ON,
    "balked": T.BALKED, "called_back": T.CALLED_BACK, "not_reached": T.NOT_REACHED,
}  # fmt: skip
FOLLOWED = tuple(word for word in OUTCOME_WORDS if word not in ("moved_on", "called_back"))  # outcomes that `after` may name
IDLE_RULES = {"longest_idle": T.LONGEST_IDLE, "most_idle": T.MOST_IDLE, "in_order": T.IN_ORDER}
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
class Serves:
    """How one pool serves one class."""

    pool: str
    rank: int = 0
    after_min: float = 0.0  # wait after which this pool may take the class
    service: Duration | None = None  # in place of the class's own
    reserve: int = 0  # idle persons that must remain
    weight: float | None = None  # of the wait, among classes of one rank, in place of the class's own


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


@dataclass(frozen=True, slots=True)
class QueuePool:
    name: str
    staff: int
    takes: tuple[tuple[str, ...], ...] = ()  # ranks of classes; empty: all alike, the longest wait first
    shifts: Hours = None
    slots: Slots | None = None  # its appointment grid
    at_work: AtWork = AtWork()  # what is particular about its people


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


def compile_queues(queues: Queues) -> World:
    """The world of a few queues and pools, ready to run."""
    n_weeks = int(-(-(queues.warm_up_min + queues.length_min) // WEEK_MIN)) + 1
    n_days = n_weeks * 7 + 98
    builder = Builder(n_days, np.zeros(n_days, bool), customers=False)
    number = {c.name: i for i, c in enumerate(queues.classes)}
    for pool in queues.pools:
        builder.add_pool(name=pool.name, role=T.STAFF, hands_over=pool.at_work.at_shift_end == HAND_OVER)
    builder.lines_limits = [group.limit for group in queues.lines]
    handling = [_add_class(builder, c, queues) for c in queues.classes]
    for c in queues.classes:
        for outcome, entries in c.after.items():
            rows = tuple(_consequence(builder, e, number) for e in entries)
            for role in (T.STAFF, 0) if outcome in ("served", "not_reached") else (0,):
                kind = T.COMPLETED if outcome == "served" and c.self_service else OUTCOME_WORDS[outcome]
                builder.consequence(number[c.name], role, kind, *rows)
        if c.moves_on is not None:
            builder.consequence(number[c.name], 0, T.MOVED_ON, (1.0, T.CONTACT, number[c.moves_on.to], NONE))
            builder.classes[number[c.moves_on.to]].is_counted = True
        if c.call_back is not None:
            delay = _distribution(builder, c.call_back.delay)
            builder.consequence(number[c.name], 0, T.CALLED_BACK, (1.0, T.CONTACT, number[c.call_back.to], delay))
            builder.classes[number[c.call_back.to]].is_counted = True
    book_tables, slot_pattern = books(builder, queues)
    ways = coming(builder, queues.classes, number, _distribution)
    demand = _demand(builder, queues, n_days)
    sizes_of_pools = np.array([p.staff for p in queues.pools], np.int64)
    n = len(queues.classes)
    sizes = np.zeros(T.N_SIZES, np.int64)
    sizes[: T.N_WAIT_KINDS + 1] = [n, len(queues.pools), n, n, 1, 1, n_days, len(builder.books), n]
    sizes[T.PHONE : T.SERIAL_BITS] = NONE
    sizes[T.SERIAL_BITS] = T.serial_bits_for(n)
    tables = Tables(
        customers=0, sizes=sizes, distribution=builder.table_of_distributions(), curves=builder.table_of_curves(), wait_unit_min=np.ones(n),
        **builder.routing(sizes_of_pools), **builder.consequences(), **builder.hours(),
        **_empty_places(), **book_tables, **_general_tables(queues, handling), **(ways | speeds(queues)),
    )  # fmt: skip
    people, persons = people_of(queues, n_days)
    return World(
        name=queues.name, tables=tables, demand=demand, people=people,
        names=Names(
            classes=tuple(number), pools=tuple(p.name for p in queues.pools), channels=tuple(number),
            services=tuple(number), segments=("all",), municipalities=("all",), places=(), wait_kinds=tuple(number),
            persons=persons,
        ),
        pool_office=("",) * len(queues.pools), bookable_share=np.ones(len(slot_pattern)),
        book_open=np.ones((len(slot_pattern), n_days), bool),
        closing_cut_min=np.array([cut for _, _, cut in builder.calendars]), first_monday=dt.date(2011, 1, 3),
        n_weeks=n_weeks, slot_pattern=slot_pattern, digest=hashlib.sha256(repr(queues).encode()).hexdigest(),
    )  # fmt: skip


def _distribution(builder: Builder, d: Duration | None) -> int:
    if d is None:
        return NONE
    ends = {k: v for k, v in (("low", d.low_min), ("mode", d.mode_min), ("high", d.high_min)) if v is not None}
    if d.family in TABLED_LAWS:
        return builder.tabled(d.mean_min, TABLED_LAWS[d.family](d))
    return builder.distribution(d.family, d.mean_min, d.cv, **ends)


def _add_class(builder: Builder, c: QueueClass, queues: Queues) -> int:
    """Add one class and its pairs; returns its handling distribution."""
    channel = len(builder.classes)
    calendar = NONE if c.hours is None else builder.calendar(c.hours, cut_min=c.send_home_after_min if c.send_home else NEVER)
    ends = end_of_shifts(c, queues)
    waits = _stages_of(c)
    of_class = builder.add_class(
        name=c.name, channel=channel, mode=_mode(c), calendar=calendar, slice_min=c.slice_min,
        send_home=c.send_home, patience=_distribution(builder, c.patience),
        queue_limit=NONE if c.queue_limit is None else c.queue_limit, wait_kind=channel, stages_min=tuple(waits),
        reopening_delay=_distribution(builder, c.reopening_delay), after_work=_distribution(builder, c.after_work),
        sent_home_by=NONE if ends is None else builder.calendar(ends, cut_min=0.0),
        lines=next((i for i, group in enumerate(queues.lines) if c.name in group.classes), NONE), rules=_rules(builder, c, waits, queues),
    )  # fmt: skip
    for s in c.serves:
        pool = next(i for i, p in enumerate(queues.pools) if p.name == s.pool)
        takes = queues.pools[pool].takes
        last = len(takes) + 1 if c.casework else len(takes)  # casework is done when nobody waits
        pull_rank = next((rank for rank, names in enumerate(takes) if c.name in names), last)
        stage = waits.index(s.after_min) + 1 if s.after_min > 0.0 else 0
        builder.allow(
            of_class, pool, s.rank, pull_rank, from_stage=stage, reserve=s.reserve,
            handling=_distribution(builder, longer(s.service, c.service, queues.pools[pool].at_work.longer_handling)),
            weight=c.weight if s.weight is None else s.weight,
            rises=tuple((waits.index(r.after_min) + 1, r.to_rank) for r in c.rises), mean_min=_busy_min(c, s),
        )  # fmt: skip
    return _distribution(builder, c.service)


def _mode(c: QueueClass) -> int:
    if c.self_service:
        return T.SELF
    return T.ITEM if c.casework else T.BOOKED if c.books else T.WAITING


def _stages_of(c: QueueClass) -> list[float]:
    """Waits at which something changes for a class, up to the one at which it moves on."""
    moves = () if c.moves_on is None else (c.moves_on.after_min,)
    return sorted({s.after_min for s in c.serves if s.after_min > 0.0} | {r.after_min for r in c.rises} | set(moves))


def _rules(builder: Builder, c: QueueClass, waits: list[float], queues: Queues) -> QueueRules | None:
    """Its rules that few classes have, if it has any, in numbers."""
    number = {other.name: i for i, other in enumerate(queues.classes)}
    r = QueueRules(idle_rule=IDLE_RULES[c.idle_rule])
    if c.moves_on is not None:
        r.moves_stage, r.moves_to = waits.index(c.moves_on.after_min) + 1, number[c.moves_on.to]
        r.keeps_age, r.keeps_patience = c.moves_on.keeps_age, c.moves_on.keeps_patience
    if c.balk is not None:
        r.balk_signal, r.balk_at, r.balk_share = SIGNALS[c.balk.signal], c.balk.at, c.balk.share
    if c.call_back is not None:
        r.offer_signal, r.offer_to, r.offer_keeps_place = SIGNALS[c.call_back.signal], number[c.call_back.to], c.call_back.keeps_place
        r.offer_at, r.offer_accepted = c.call_back.at, c.call_back.accepts
    if c.unreached is not None:
        r.tries, r.unreached = c.unreached.tries, c.unreached.share
        r.try_length, r.try_again = _distribution(builder, c.unreached.attempt), _distribution(builder, c.unreached.again)
    return None if r == QueueRules() else r


def _busy_min(c: QueueClass, s: Serves) -> float:
    """Mean time for which a person of a pool is busy with a contact, with the work after it."""
    service = s.service or c.service
    return max(TICK_MIN, (service.mean_min if service else 0.0) + (c.after_work.mean_min if c.after_work else 0.0))


def _consequence(builder: Builder, entry: Follows, number: dict[str, int]) -> Consequence:
    return (entry.share, T.CONTACT, number[entry.to], _distribution(builder, entry.delay))


def _empty_places() -> dict[str, np.ndarray]:
    integers, none = np.int64, np.empty(0)
    return {
        "walk_in_start": np.zeros(2, integers), "walk_in_place": np.empty(0, integers), "walk_in_min": none,
        "walk_in_km": none, "place_class": np.empty(0, integers), "place_calendar": np.empty(0, integers),
    }  # fmt: skip


def _general_tables(queues: Queues, handling: list[int]) -> dict[str, np.ndarray]:
    """Tables of customers for classes that are their own channel and service."""
    n, n_pools = len(queues.classes), len(queues.pools)
    zeros, ones, integers = np.zeros(n), np.ones(n), np.int64
    entry = np.broadcast_to(np.arange(n)[:, None, None], (n, n, 2))  # a channel leads to its class, whatever the need
    durations = np.broadcast_to(np.array(handling, integers), (n, n))  # and to the class's service time
    calendars = [NONE] * n
    options = np.zeros(T.N_OPTIONS)
    options[[T.GENERALIST_HANDLING, T.GENERALIST_CLOSES]] = 1.0
    options[T.TARGET_MIN] = queues.target_min
    options[T.LONGEST_CONTACT_MIN] = NEVER
    options[T.MIN_BREAK_LEFT_MIN] = 15.0  # decisions 21
    options[T.PERSON_FACTORS] = float(any(g.factor != 1.0 or g.factor_of for p in queues.pools for g in p.at_work.groups))
    return {
        "cell_municipality": np.zeros(n, integers), "cell_segment": np.zeros(n, integers), "cell_service": np.arange(n),
        "options": options, "able": np.ones(n_pools * n, integers), "closes_share": np.ones(n_pools),
        "channel_calendar": np.array(calendars, integers),
        "channel_profile": np.full(n, NONE, integers), "channel_books": np.zeros(n * n * 2, integers),
        "entry_class": entry.ravel().astype(integers), "handling": durations.ravel().astype(integers),
        "segment_factor": np.ones(1), "casework": np.full(n, NONE, integers),
        "web_share": zeros, "web_share_before": zeros, "advice_share": zeros, "phone_share": zeros,
        "capable_share": np.zeros(1), "no_car_share": np.zeros(1), "unreachable_share": np.zeros(1),
        "expertise_share": zeros, "completion": ones, "checked_share": zeros, "induced_share": zeros,
        "induced_delay": np.array([NONE], integers), "tray_variant": np.zeros(n, integers),
        "repeat_share": np.ones(n * T.N_ROLES), "sensitivity": ones, "specificity": ones,
    }  # fmt: skip


def _demand(builder: Builder, queues: Queues, n_days: int) -> Demand:
    """Arrivals by class: each class is a cell with its own steps of the week."""
    means, starts, ends, shares, cell, group = [], [], [], [], [], []
    factors = [("", 0.0)]  # name and cv of the factors of days; the first: none
    renewals = []
    trace_time, trace_cell = [], []
    for i, c in enumerate(queues.classes):
        steps = [piece for step in c.rates for piece in _by_day(step)]
        weights = [s.per_min * (s.end_min - s.start_min) for s in steps]
        means.append(sum(weights))
        starts.append(np.array([s.start_min for s in steps] or [0.0]))
        ends.append(np.array([s.end_min for s in steps] or [WEEK_MIN]))
        shares.append(np.array(weights or [1.0]) / (sum(weights) or 1.0))
        factor = (c.busyness or f"class {c.name}", c.busyness_cv) if c.busyness_cv else factors[0]
        if factor not in factors:
            factors.append(factor)
        group.append(factors.index(factor))
        if c.interval is not None:
            renewals.append((i, _distribution(builder, c.interval), np.cumsum(c.group_shares or (1.0,))))
        cell.append(i)
        trace_time += list(c.arrivals_at_min)
        trace_cell += [i] * len(c.arrivals_at_min)
    n = len(queues.classes)
    cells = np.arange(n)
    return Demand(
        municipality=np.zeros(n, np.int64), segment=np.zeros(n, np.int64), service=cells, channel=cells,
        weekly_mean=np.array(means), ratio=np.ones(n), combination=cells, combination_profile=cells,
        combination_group=np.array(group), step_start=_ragged(starts), step_end=_ragged(ends), step_share=_ragged(shares),
        day_factor=np.ones((len(factors), n_days)), busyness_cv=np.array([cv for _, cv in factors]), trace_time=np.array(trace_time, float),
        trace_cell=np.array(trace_cell, np.int64), renewals=tuple(renewals), booked=booked_hours(builder, queues.classes, _distribution),
    )  # fmt: skip


def _ragged(rows: list[np.ndarray]) -> np.ndarray:
    column = np.empty(len(rows), object)
    column[:] = rows
    return column


def _by_day(step: RateStep) -> list[RateStep]:
    """A step cut at midnights, so that each piece lies in one day."""
    pieces, start = [], step.start_min
    while start < step.end_min:
        end = min(step.end_min, (start // DAY_MIN + 1) * DAY_MIN)
        pieces.append(RateStep(start, end, step.per_min))
        start = end
    return pieces
