"""Puts a world's tables together: distributions, calendars, pools, classes and who may meet whom.

Both compilers (a region under a strategy; a few queues and pools) describe a world in names through this
builder, and it makes the arrays. Dispatch and pull lists come from the same `allow` calls, so they cannot
contradict one another (design 4.10).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from math import log, sqrt

import numpy as np

from channelsim.errors import ConfigError, Problem
from channelsim.randomness import DETERMINISTIC, EXPONENTIAL, LOGNORMAL, TABLED, TRIANGULAR, UNIFORM
from channelsim.scenario import tables as T
from channelsim.scenario.by_hour import sets_by_hour
from channelsim.scenario.own_rules import OwnRule
from channelsim.scenario.region import Week
from channelsim.scenario.region_staff import VideoHours
from channelsim.scenario.rule_tables import QueueRules, rule_tables
from channelsim.scenario.tables import NONE
from channelsim.units import DAY_MIN, NEVER, on_grid

Consequence = tuple[float, int, int, int]  # probability, action, channel, delay distribution


@dataclass
class Pool:
    name: str
    role: int
    skill: int = NONE
    place: int = NONE
    office: str = ""
    hands_over: bool = False  # contacts in service at the end of a shift


@dataclass
class Class:
    name: str
    channel: int
    mode: int = T.WAITING
    calendar: int = NONE
    send_home: bool = False
    sent_home_by: int = NONE  # a calendar whose end sends its queue home, though it says nothing of when it is open
    patience: int = NONE
    queue_limit: int = NONE
    wait_kind: int = 0
    place: int = NONE
    carries_patience: bool = False
    reopening_delay: int = NONE  # of a contact that would have come outside hours
    slice_min: float = NEVER
    after_work_min: float = 0.0
    stages_min: tuple[float, ...] = ()  # waits at which stages 1, 2, ... begin
    lines: int = NONE  # group of lines
    after_work: int = NONE  # distribution of the work after a contact
    rules: QueueRules | None = None
    is_counted: bool = False  # some rule counts or moves its contacts: they must be seen to leave


@dataclass
class Pair:
    of_class: int
    pool: int
    rank: int
    pull_rank: int
    from_stage: int = 0
    reserve: int = 0
    handling: int = NONE
    scale: float = 1.0
    weight: float = 1.0
    due_min: float = 0.0  # age at which a contact is due; 0: never
    mean_min: float = 0.0
    rises: tuple[tuple[int, int], ...] = ()  # (stage, pull rank from then on)

    def pulls(self, number: int) -> list[tuple[int, int, int, int]]:
        """Entries of the pull list, (rank, class, pair, from which stage on): a rise is one more, of a better rank."""
        first = (self.pull_rank, self.of_class, number, self.from_stage)
        return [first, *((rank, self.of_class, number, max(stage, self.from_stage)) for stage, rank in self.rises if rank < self.pull_rank)]


@dataclass
class Book:
    pool: int
    of_class: int
    first_slot_min: float
    last_slot_min: float
    slot_min: float
    notice_min: float
    horizon_days: int
    hold_before_min: float
    share: float
    room: VideoHours | None = None  # a video room's grid: one customer at a time


@dataclass
class Builder:
    """Collects a world in words; `routing` and the other methods turn it into arrays."""

    n_days: int
    closed: np.ndarray  # [day] bool
    customers: bool = True  # False in a world of queues only
    distributions: list[tuple[float, ...]] = field(default_factory=list)
    pools: list[Pool] = field(default_factory=list)
    classes: list[Class] = field(default_factory=list)
    twins: dict[str, int] = field(default_factory=dict)  # classes of a name
    pairs: dict[tuple[int, int], Pair] = field(default_factory=dict)
    books: list[Book] = field(default_factory=list)
    rows: dict[tuple[int, int, int], tuple[Consequence, ...]] = field(default_factory=dict)
    calendars: list[tuple[Week, bool, float]] = field(default_factory=list)
    hour_profiles: list[tuple[tuple[float, float], ...]] = field(default_factory=list)
    curves: list[np.ndarray] = field(default_factory=list)
    lines_limits: list[int] = field(default_factory=list)
    other_sets: list[list[Pair]] = field(default_factory=list)  # routing lists of other hours; the first set is `pairs`
    table_steps: tuple[tuple[float, int], ...] = ()  # minute of the week, set that holds from then on
    own_rule: OwnRule | None = None

    # --- parts ------------------------------------------------------------------------------------
    def distribution(self, name: str, mean: float, cv: float | None = None, **ends: float) -> int:
        """Number of a distribution by family name, mean in minutes and coefficient of variation."""
        if name == "deterministic" or mean == 0.0:
            row = (float(DETERMINISTIC), on_grid(mean), 0.0, 0.0)
        elif name == "exponential":
            row = (float(EXPONENTIAL), mean, 0.0, 0.0)
        elif name == "lognormal":
            variance = log(1.0 + (cv or 1.0) ** 2)
            row = (float(LOGNORMAL), log(mean) - variance / 2.0, sqrt(variance), 0.0)
        elif name == "uniform":
            row = (float(UNIFORM), ends.get("low", 0.0), ends.get("high", 2.0 * mean), 0.0)
        elif name == "triangular":
            row = (float(TRIANGULAR), ends["low"], ends["mode"], ends["high"])
        else:
            raise ValueError(f"unknown distribution {name!r}")
        if row not in self.distributions:
            self.distributions.append(row)
        return self.distributions.index(row)

    def tabled(self, mean: float, curve: np.ndarray) -> int:
        """Number of a distribution read from a curve of mean 1 (`scenario.curves`); one curve serves all means."""
        number = next((i for i, known in enumerate(self.curves) if np.array_equal(known, curve)), len(self.curves))
        if number == len(self.curves):
            self.curves.append(curve)
        row = (float(TABLED), mean, float(number * len(curve)), 0.0)
        if row not in self.distributions:
            self.distributions.append(row)
        return self.distributions.index(row)

    def calendar(self, hours: Week, closed_days: bool = True, cut_min: float = NEVER) -> int:
        """Number of a calendar: weekly hours, whether closed days apply, and when its queues are sent home."""
        entry = (hours, closed_days, cut_min)
        if entry not in self.calendars:
            self.calendars.append(entry)
        return self.calendars.index(entry)

    def hour_profile(self, shares: tuple[tuple[float, float, float], ...]) -> int:
        """Number of an hour profile given as (from, to, share) in minutes after midnight."""
        points = [(shares[0][0], 0.0)]
        total = sum(s for _, _, s in shares)
        for start, end, share in shares:
            if points[-1][0] != start:
                points.append((start, points[-1][1]))
            points.append((end, points[-1][1] + share / total))
        if len(points) > T.HOUR_POINTS:
            raise ValueError(f"an hour profile has at most {T.HOUR_POINTS - 1} steps, not {len(points) - 1}")
        points += [(points[-1][0], 1.0)] * (T.HOUR_POINTS - len(points))
        self.hour_profiles.append(tuple(points))
        return len(self.hour_profiles) - 1

    def add_pool(self, **words: object) -> int:
        self.pools.append(Pool(**words))  # type: ignore[arg-type]
        return len(self.pools) - 1

    def add_class(self, **words: object) -> int:
        """Add a class; a name that is taken gets a number, since records speak of classes by name."""
        new = Class(**words)  # type: ignore[arg-type]
        twins = self.twins.get(new.name, 0)
        base = new.name.partition(" #")[0]
        self.twins[base] = self.twins.get(base, 0) + 1
        self.classes.append(replace(new, name=f"{new.name} #{twins + 1}") if twins else new)
        return len(self.classes) - 1

    def allow(self, of_class: int, pool: int, rank: int, pull_rank: int, **words: object) -> None:
        """Let a pool serve a class; the first word about a pair stands."""
        self.pairs.setdefault((of_class, pool), Pair(of_class, pool, rank, pull_rank, **words))  # type: ignore[arg-type]

    def allow_by_hour(self, moments: Iterable[float], pairs_at: Callable[[float], list[Pair]]) -> None:
        """Let pools serve classes by the hour of the week; `moments`: minutes at which something may change."""
        (first, *self.other_sets), self.table_steps = sets_by_hour(moments, pairs_at)
        self.pairs = {(p.of_class, p.pool): p for p in first}

    def consequence(self, of_class: int, role: int, outcome: int, *entries: Consequence) -> None:
        """What follows an outcome of a class (entries with probabilities; the rest is the outcome's own end)."""
        self.rows[of_class, role, outcome] = tuple(e for e in entries if e[0] > 0.0)

    # --- arrays -----------------------------------------------------------------------------------
    def routing(self, pool_sizes: np.ndarray) -> dict[str, np.ndarray]:
        """The routing tables as compressed rows, set by set."""
        sets = [list(self.pairs.values()), *self.other_sets]
        first: dict[tuple[int, int], Pair] = {}
        for p in (p for pairs in sets for p in pairs):
            first.setdefault((p.of_class, p.pool), p)
        number_of, pairs = {key: number for number, key in enumerate(first)}, list(first.values())
        stage_after: list[float] = []
        classes = []
        rules = [c.rules for c in self.classes if c.rules is not None]
        self._refuse_unserved()
        for number, c in enumerate(self.classes):
            first_stage = len(stage_after)
            stage_after += [on_grid(m) for m in c.stages_min] + [NEVER]
            classes.append([
                c.channel, c.mode, c.calendar, int(c.send_home), c.patience, first_stage, len(c.stages_min) + 1,
                c.queue_limit, c.wait_kind, c.place, int(c.carries_patience), int(self._leaves_unseen(number)),
                c.reopening_delay, c.lines, sum(b.rules is not None for b in self.classes[:number]) if c.rules else NONE,
                c.after_work,
            ])  # fmt: skip
        dispatch = [row for of_set in sets for row in self._dispatch(of_set, number_of)]
        pulls = [sorted(row for p in of_set if p.pool == n for row in p.pulls(number_of[p.of_class, p.pool]))
                 for of_set in sets for n in range(len(self.pools))]  # fmt: skip
        of_set = [{number_of[p.of_class, p.pool]: p for p in listed} for listed in sets]
        flat = [(*row, of_set[i // len(self.pools)][row[2]]) for i, rows in enumerate(pulls) for row in rows]
        integers = np.int64
        steers = len(sets) > 1 or any(p.due_min > 0.0 for listed in sets for p in listed)
        return {
            "classes": np.array(classes, integers).ravel(),
            "slice_min": np.array([on_grid(min(c.slice_min, NEVER)) for c in self.classes]),
            "after_work_min": np.array([c.after_work_min for c in self.classes]),
            "class_due_min": np.array(
                [
                    min((p.due_min for listed in sets for p in listed if p.of_class == number and p.due_min > 0.0), default=0.0)
                    for number in range(len(self.classes))
                ],
                float,
            ),
            "stage_after_min": np.array(stage_after),
            "dispatch_start": np.cumsum([0] + [len(rows) for rows in dispatch]).astype(integers),
            "dispatch_pair": np.array([row[2] for rows in dispatch for row in rows], integers),
            "dispatch_rank": np.array([row[0] for rows in dispatch for row in rows], integers),
            "pull_start": np.cumsum([0] + [len(rows) for rows in pulls]).astype(integers),
            "pull_pair": np.array([row[2] for row in flat], integers),
            "pull_rank": np.array([row[0] for row in flat], integers),
            "pull_from_stage": np.array([row[3] for row in flat], integers),
            "pull_weight": np.array([row[4].weight for row in flat], float),
            "pull_due": np.array([row[4].due_min for row in flat], float),
            "set_reserve": np.array([listed[i].reserve if i in listed else 0 for listed in of_set for i in range(len(pairs))], integers),
            **(self.own_rule or OwnRule(T.BY_TABLES if steers else T.AS_WRITTEN)).columns(),
            "pools": self._pool_rows(pool_sizes),
            "pairs": np.array([[p.of_class, p.pool, p.reserve, p.handling] for p in pairs], integers).ravel(),
            **rule_tables(rules),
            "pair_mean_min": np.array([p.mean_min for p in pairs], float),
            "lines_limit": np.array(self.lines_limits, integers),
            "pair_scale": np.array([p.scale for p in pairs], float),
        }

    def _dispatch(self, pairs: list[Pair], number_of: dict[tuple[int, int], int]) -> Iterator[list[tuple[int, int, int]]]:
        """The dispatch lists of one set: (rank, pool, pair), class by class and stage by stage."""
        for number, c in enumerate(self.classes):
            mine = sorted((p.rank, p.pool, number_of[number, p.pool], p.from_stage) for p in pairs if p.of_class == number)
            for stage in range(len(c.stages_min) + 1):
                yield [row[:3] for row in mine if row[3] <= stage]

    def _leaves_unseen(self, number: int) -> bool:
        """Does an abandonment in this class change nothing before somebody looks at its queue? (decisions 18)"""
        if self.customers:
            return False
        c = self.classes[number]
        follows = any(rows and of_class == number and outcome == T.ABANDONED for (of_class, _, outcome), rows in self.rows.items())
        counted = self.own_rule is not None or c.is_counted or c.lines != NONE or c.rules is not None or c.queue_limit != NONE
        return c.patience != NONE and not counted and not c.stages_min and not follows

    def _refuse_unserved(self) -> None:
        """A class that nobody may serve would wait for ever."""
        served = {of_class for of_class, _ in self.pairs} | {p.of_class for listed in self.other_sets for p in listed}
        problems = [
            Problem("tables", 1, c.name, "nobody may serve this class", "give somebody at that place or office the skill")
            for number, c in enumerate(self.classes)
            if c.mode != T.SELF and number not in served
        ]
        if problems:
            raise ConfigError(problems)

    def _pool_rows(self, pool_sizes: np.ndarray) -> np.ndarray:
        layers = np.concatenate([[0], np.cumsum(pool_sizes + 1)])
        rows = [[p.role, p.skill, p.place, layers[i], pool_sizes[i], int(p.hands_over)] for i, p in enumerate(self.pools)]
        return np.array(rows, np.int64).ravel()

    def consequences(self) -> dict[str, np.ndarray]:
        """The table of consequences as compressed rows."""
        row_of = np.full(len(self.classes) * T.N_ROLES * T.N_OUTCOMES, NONE, np.int64)
        start, cumulative = [0], []
        action: list[int] = []
        channel: list[int] = []
        delay: list[int] = []
        numbers: dict[tuple[Consequence, ...], int] = {}
        for (of_class, role, outcome), entries in self.rows.items():
            if entries not in numbers:
                numbers[entries] = len(start) - 1
                total = 0.0
                for probability, *rest in entries:
                    total += probability
                    cumulative.append(total if total < 1.0 - 1e-12 else 1.0)
                    for column, value in zip((action, channel, delay), rest, strict=True):
                        column.append(value)
                start.append(len(cumulative))
            row_of[(of_class * T.N_ROLES + role) * T.N_OUTCOMES + outcome] = numbers[entries]
        integers = np.int64
        return {
            "row_of": row_of,
            "row_start": np.array(start, integers),
            "row_cumulative": np.array(cumulative, float),
            "row_action": np.array(action, integers),
            "row_channel": np.array(channel, integers),
            "row_delay": np.array(delay, integers),
        }

    def hours(self) -> dict[str, np.ndarray]:
        """Opening and closing moments of each calendar and day, and the classes that closing sends home."""
        n = self.n_days
        opens = np.full((len(self.calendars), n), NEVER)
        closes = np.full((len(self.calendars), n), NEVER)
        follows = np.full((len(self.calendars), n + 1), NONE, np.int64)
        for number, (week, closed_days, _) in enumerate(self.calendars):
            for day in range(n):
                interval = week[day % 7]
                if interval is not None and not (closed_days and self.closed[day]):
                    opens[number, day] = day * DAY_MIN + interval[0]
                    closes[number, day] = day * DAY_MIN + interval[1]
            for day in range(n - 1, -1, -1):
                follows[number, day] = day if opens[number, day] < NEVER else follows[number, day + 1]
        closing = [[i for i, c in enumerate(self.classes) if (c.send_home and c.calendar == number) or c.sent_home_by == number]
                   for number in range(len(self.calendars))]  # fmt: skip
        return {
            "calendar_open": opens.ravel(),
            "calendar_close": closes.ravel(),
            "calendar_next": follows[:, :n].copy().ravel(),
            "closing_start": np.cumsum([0] + [len(c) for c in closing]).astype(np.int64),
            "closing_class": np.array([i for c in closing for i in c], np.int64),
            "hour_edges": np.array([p[1] for profile in self.hour_profiles for p in profile], float),
            "hour_clock": np.array([p[0] for profile in self.hour_profiles for p in profile], float),
        }

    def appointment_books(self) -> dict[str, np.ndarray]:
        """The appointment books and their slot grids."""
        rows, times = [], []
        for b in self.books:
            n_slots = int((b.last_slot_min - b.first_slot_min) // b.slot_min) + 1
            rows.append([b.pool, b.of_class, n_slots, int(b.notice_min), b.horizon_days])
            times.append([b.first_slot_min, on_grid(b.slot_min), b.hold_before_min])
        return {
            "books": np.array(rows, np.int64).ravel(),
            "book_times": np.array(times, float).ravel(),
        }

    def table_of_curves(self) -> np.ndarray:
        return np.concatenate(self.curves) if self.curves else np.zeros(1)

    def table_of_distributions(self) -> np.ndarray:
        return np.array(self.distributions, float).ravel()
