"""Policies of one's own: what a policy sees, what it answers, and how its answer becomes routing lists.

Three kinds: a function `compile(scenario) -> RoutingTables`, which is asked once, before anything runs; a `CompiledRule`, whose
scores put candidates in order on both engines; and a `PythonRule`, which is asked at each decision on the reference engine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from channelsim.scenario.region import WEEKDAYS
from channelsim.units import DAY_MIN, NEVER


@dataclass(frozen=True, slots=True)
class Entry:
    """One pool serves one class.

    Parameters
    ----------
    of_class, pool : str
        Names, as the scenario has them.
    rank : int
        Which pool a contact asks first: 0 before 1.
    takes : int
        Which class a freed person takes first: 0 before 1.
    after_min : float
        Wait (min) from which the pool may serve.
    reserve : int
        Persons of the pool that must remain idle.
    weight : float
        Of the wait, among classes of one place in `takes`.
    due_after_min : float
        Age (min) at which a contact is due, 0: never; among classes of one place what is due first goes first.
    rises : tuple of (min, int)
        Better places in `takes` for those who have waited so long.
    """

    of_class: str
    pool: str
    rank: int = 0
    takes: int = 0
    after_min: float = 0.0
    reserve: int = 0
    weight: float = 1.0
    due_after_min: float = 0.0
    rises: tuple[tuple[float, int], ...] = ()


@dataclass(frozen=True, slots=True)
class HourTables:
    """Entries that hold in place of the others from one minute of the week (after Monday 00:00) to another."""

    from_min: float
    to_min: float
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class RoutingTables:
    """Who serves whom, how: entries of all hours, and of some in which others hold."""

    entries: tuple[Entry, ...]
    by_hour: tuple[HourTables, ...] = ()


@dataclass(frozen=True, slots=True)
class ClassView:
    """A class of contacts, as a policy sees it: nothing of what is hidden in a need."""

    name: str
    channel: str
    is_work: bool  # casework or messages, not customers
    by_appointment: bool = False
    place: str = ""
    open_hours: tuple[tuple[float, float] | None, ...] | None = None  # by weekday; None: always


@dataclass(frozen=True, slots=True)
class PoolView:
    name: str
    role: str
    place: str
    office: str
    persons: int


@dataclass(frozen=True)
class Scenario:
    """What `compile(scenario)` is given: classes, pools, who may serve whom, and the lists of the configuration."""

    name: str
    classes: tuple[ClassView, ...]
    pools: tuple[PoolView, ...]
    may_serve: frozenset[tuple[str, str]]  # (class, pool)
    tables: RoutingTables

    def changed(self, change: Callable[[Entry], Entry | None]) -> RoutingTables:
        """The lists of the configuration with each entry changed; None leaves it out."""

        def each(entries: Sequence[Entry]) -> tuple[Entry, ...]:
            return tuple(new for new in map(change, entries) if new is not None)

        return RoutingTables(each(self.tables.entries), tuple(replace(h, entries=each(h.entries)) for h in self.tables.by_hour))


def on_days(days: Sequence[str], from_clock: str, to_clock: str, entries: Sequence[Entry]) -> tuple[HourTables, ...]:
    """Entries that hold from one clock time to another on some days, such as `["mon", "fri"], "10:00", "12:00"`."""

    def minute(clock: str) -> float:
        return 60.0 * int(clock[:-3]) + float(clock[-2:])

    starts = [WEEKDAYS.index(day) * DAY_MIN for day in days]
    return tuple(HourTables(s + minute(from_clock), s + minute(to_clock), tuple(entries)) for s in starts)


@dataclass(frozen=True)
class CompiledRule:
    """Two functions in the language of kernels, either of which may be left out, and lists as above if wanted.

    ``contact(now_min, wait_min, due_in_min, rank, weight, waiting, idle, of_class, pool)`` scores the first of each queue that a
    freed person may serve; ``pool(idle_since_min, idle, rank, of_class, pool)`` each pool that may take a contact. The least score
    comes first; then the longest wait, or the longest idle. `due_in_min` is `NEVER` without a due date.
    """

    contact: Callable[..., float] | None = None
    pool: Callable[..., float] | None = None
    compile: Callable[[Scenario], RoutingTables] | None = None


@dataclass(frozen=True)
class PythonRule:
    """Functions in any Python, on the reference engine: `contact(view)` names a class or None, `pool(view)` a pool or None."""

    contact: Callable[[Any], str | None] | None = None
    pool: Callable[[Any], str | None] | None = None
    compile: Callable[[Scenario], RoutingTables] | None = None


@dataclass(frozen=True)
class Policy:
    """A policy that was named as trusted, and where it stands."""

    name: str
    file: str = field(repr=False)  # what is run is in the digest, wherever it stands
    line: int = field(repr=False)
    digest: str
    compile: Callable[[Scenario], RoutingTables] | None = field(default=None, repr=False)
    rule: CompiledRule | PythonRule | None = field(default=None, repr=False)
    origin: tuple[Callable[..., Any], tuple[Any, ...]] | None = field(default=None, repr=False)  # how another process makes it again

    def __reduce__(self) -> tuple[Any, ...]:
        if self.origin is None:
            raise TypeError(f"the policy {self.name} stands in no file: other processes cannot load it; run with one worker")
        return self.origin


NO_DUE_DATE_MIN = NEVER
