"""What is known about a world before it runs: measures with their values, or every record of a trace.

A world with an answer is a *case*. These are the values of its file; `metrics.observations` computes the
measures, `testing.known_answers` judges them.
"""

from __future__ import annotations

from dataclasses import dataclass

from channelsim.scenario.queues import Queues
from channelsim.units import DAY_MIN, WEEK_MIN

UNITS_MIN = {"s": 1.0 / 60.0, "min": 1.0, "hour": 60.0, "day": DAY_MIN}  # of measured times
PERIODS_MIN = {"s": 1.0 / 60.0, "min": 1.0, "hour": 60.0, "day": DAY_MIN, "week": WEEK_MIN}  # of rates


@dataclass(frozen=True, slots=True)
class Wanted:
    """One measure of a world: its name, whom it counts, and its unit."""

    measure: str
    classes: tuple[str, ...] = ()  # contacts of these classes; none: of all
    pool: str = ""  # those it serves, or its own people
    first: str = ""  # customers whose first contact is of this class
    over: str = "all"  # over whom a wait or a service level is taken
    within_min: float | None = None
    over_min: float | None = None
    at_min: float | None = None  # after the start of the batch
    share: float | None = None  # of a quantile
    number: int | None = None  # of contacts that are there
    from_min: float | None = None  # only this stretch of each batch
    to_min: float | None = None
    unit: str = "min"
    per: str = "min"  # for rates; "run": a count of each batch

    def __str__(self) -> str:
        words = [*self.classes, self.pool, f"first {self.first}" if self.first else "", self.over if self.over != "all" else ""]
        if self.within_min is not None:
            words.append(f"{60.0 * self.within_min:g} s" if self.within_min < 1.0 else f"{self.within_min:g} min")
        if self.over_min is not None:
            words.append(f"> {self.over_min:g} min")
        if self.share is not None:
            words.append(f"{100.0 * self.share:g} %")
        if self.number is not None:
            words.append(str(self.number))
        if self.at_min is not None:
            words.append(f"at {self.at_min:g} min")
        if self.from_min is not None or self.to_min is not None:
            words.append(f"{self.from_min or 0.0:g} to {'the end' if self.to_min is None else f'{self.to_min:g}'} min")
        inside = ", ".join(w for w in words if w)
        return f"{self.measure}({inside})" if inside else self.measure


@dataclass(frozen=True, slots=True)
class Published:
    """An estimate that somebody else published, with the half-width of its 95 % interval."""

    value: float
    half_width: float


@dataclass(frozen=True, slots=True)
class Expected:
    """The known value of a measure: exact with a tolerance, or published estimates with their precision."""

    wanted: Wanted
    value: float
    tolerance: float | None = None
    published: tuple[Published, ...] = ()
    gated: bool = True  # False: shown for information, never judged


@dataclass(frozen=True, slots=True)
class ExpectedRecord:
    """One contact of a trace. `customer` is the class and the running number of its arrival."""

    customer: str
    of_class: str
    arrival_min: float
    wait_min: float
    outcome: str
    pool: str | None
    end_min: float


@dataclass(frozen=True, slots=True)
class Sampling:
    """What counts as one observation: a whole replication, or each of the batches that it is cut into.

    A terminating case begins every batch empty, so that batches are independent; this is checked, not assumed.
    """

    batch_min: float | None = None
    terminating: bool = False


@dataclass(frozen=True, slots=True)
class KnownAnswer:
    """A world with its answer, or the reason why the language of worlds cannot say it."""

    name: str
    file: str
    queues: Queues | None
    sampling: Sampling = Sampling()
    expected: tuple[Expected, ...] = ()
    records: tuple[ExpectedRecord, ...] = ()
    records_tol_min: float = 1e-9
    not_expressible: str = ""
