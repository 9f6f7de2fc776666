"""Estimates of a world with standard errors, and how near to the answer they must be.

The tolerance is the standard error over independent replications times the quantile of Student's t at which a test
raises a false alarm with probability FALSE_ALARM, shared evenly among its measures (Bonferroni). Seeds are fixed, so
that a test that passes goes on passing; the rate is that of a change of seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from channelsim.metrics.observations import complete, observed
from channelsim.metrics.world_measures import WORLD_MEASURES
from channelsim.scenario.expected import Wanted
from channelsim.scenario.queues import Duration, QueueClass, Queues, compile_queues
from channelsim.simulate import Window, simulate
from channelsim.testing.known_answers.judge import ratio

FALSE_ALARM = 1e-4  # of a test of one world with all its measures
PLANTED = 1.03
LATER_MIN = 2880.0  # in which those of the window come to their end
Answers = Sequence[tuple[Wanted, float]]


@dataclass(frozen=True, slots=True)
class Row:
    """One measure: what it must be, what was found, and how far apart they may be."""

    wanted: Wanted
    exact: float
    estimate: float
    standard_error: float
    tolerance: float

    @property
    def agrees(self) -> bool:
        return abs(self.estimate - self.exact) <= self.tolerance

    def __str__(self) -> str:
        off = (self.estimate - self.exact) / self.standard_error
        return f"{self.wanted!s:32} exact {self.exact:.6g}  found {self.estimate:.6g} ± {self.standard_error:.2g}  ({off:+.1f} se)"


def compare(queues: Queues, answers: Answers, batch_min: float | None = None, times: int = 1) -> list[Row]:
    """Simulate a world on the fast engine, `times` as often as its file says, and hold each measure against its answer."""
    world = compile_queues(replace(queues, length_min=queues.length_min + LATER_MIN))
    window = Window(queues.warm_up_min, queues.length_min, LATER_MIN)
    tops: list[list[np.ndarray]] = [[] for _ in answers]
    bottoms: list[list[np.ndarray]] = [[] for _ in answers]
    for replication in range(times * queues.replications):
        run = simulate(world, queues.seed, replication, window, "fast", keep_records=True)
        seen = observed(run, queues, batch_min)
        assert complete(run, seen, LATER_MIN), "customers of the window have not come to their end"
        for i, (wanted, _) in enumerate(answers):
            top, bottom = WORLD_MEASURES[wanted.measure].observe(seen, wanted)
            tops[i].append(top)
            bottoms[i].append(bottom)
    rows = []
    for i, (wanted, exact) in enumerate(answers):
        found = ratio(tops[i], bottoms[i])
        limit = float(stats.t.isf(FALSE_ALARM / 2.0 / len(answers), found.n - 1))
        rows.append(Row(wanted, exact, found.value, found.standard_error, limit * found.standard_error))
    return rows


def longer(d: Duration | None) -> Duration | None:
    """The same law, 3 % longer."""
    if d is None:
        return None
    ends = {k: PLANTED * v for k in ("low_min", "mode_min", "high_min") if (v := getattr(d, k)) is not None}
    return replace(d, mean_min=PLANTED * d.mean_min, values_min=tuple(PLANTED * v for v in d.values_min), **ends)


def planted(queues: Queues, where: str) -> Queues:
    """The same world with a figure 3 % larger than the answer is told.

    Parameters
    ----------
    where : {"service", "rate", "patience", "shares", "interval", "service of NAME"}
        Of every class, or of the class named.
    """
    what, _, name = where.partition(" of ")

    def change(c: QueueClass) -> QueueClass:
        if name not in ("", c.name):
            return c
        if what == "service":
            return replace(c, service=longer(c.service), serves=tuple(replace(s, service=longer(s.service)) for s in c.serves))
        if what == "patience":
            return replace(c, patience=longer(c.patience))
        if what == "interval":
            return replace(c, interval=longer(c.interval))
        if what == "shares":
            return replace(c, after={o: tuple(replace(r, share=PLANTED * r.share) for r in rows) for o, rows in c.after.items()})
        return replace(c, rates=tuple(replace(r, per_min=PLANTED * r.per_min) for r in c.rates))

    return replace(queues, classes=tuple(change(c) for c in queues.classes))
