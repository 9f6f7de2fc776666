"""The way from today's network to another one: orders of doing it, block by block, beside doing nothing (design 4.13).

Every order meets the same customers. What an order does is a paired difference against `no change`, the run in which all
stays as it was; all intervals are pointwise, which every output says.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from channelsim.metrics import MEASURES, Case, measures_of
from channelsim.scenario.compile import Factors, compile_world
from channelsim.scenario.compile_region_staff import with_moves
from channelsim.scenario.region import Region, Strategy
from channelsim.scenario.world import World
from channelsim.study.estimate import Estimate, pointwise
from channelsim.trajectory.values import Trajectory
from channelsim.transition import Block, Phase, simulate_phases, world_at

NO_CHANGE = "no change"


@dataclass(frozen=True, slots=True)
class Stage:
    """How things are from a week on."""

    first_week: int
    office_model: str
    strategy: str
    staffing_split: str
    web_adoption: float = 1.0


@dataclass(frozen=True)
class TransitionStudy:
    """Everything that fixes the results of a study of transitions."""

    name: str
    question: str
    region: Region
    strategies: Mapping[str, Strategy]
    orders: Mapping[str, tuple[Stage, ...]]  # the first of each order is the beginning, the same in all; `no change` is among them
    warm_up_weeks: int
    n_weeks: int  # of the whole run before the follow-up, warm-up included
    block_weeks: int
    follow_up_weeks: int
    replications: int
    seed: int
    engine: str
    outcomes: tuple[str, ...]

    def phases(self, order: str) -> list[Phase]:
        """The worlds of an order; what two stages have in common is compiled once."""
        found: list[Phase] = []
        for stage in self.orders[order]:
            world = self._world(stage)
            found.append(Phase(stage.first_week, with_moves(found[-1].world, world, stage.first_week) if found else world))
        return found

    def _world(self, stage: Stage) -> World:
        key = (stage.office_model, stage.strategy, stage.staffing_split, stage.web_adoption)
        if key not in self._worlds:
            factors = Factors(staffing_split=stage.staffing_split, web_adoption=stage.web_adoption)
            rosters = self._rosters.setdefault((stage.office_model, stage.staffing_split), {})
            n_weeks = self.n_weeks + self.follow_up_weeks
            model = self.region.office_models[stage.office_model]
            self._worlds[key] = compile_world(self.region, model, self.strategies[stage.strategy], n_weeks, factors, rosters)
        return self._worlds[key]

    @cached_property
    def _worlds(self) -> dict[object, World]:
        return {}

    @cached_property
    def _rosters(self) -> dict[object, dict[object, object]]:
        return {}

    @cached_property
    def edges(self) -> list[int]:
        """First weeks of all blocks of all orders: every order is cut alike, so that blocks can be compared."""
        weeks = {stage.first_week for stages in self.orders.values() for stage in stages if stage.first_week > self.warm_up_weeks}
        return sorted(weeks | set(range(self.warm_up_weeks, self.n_weeks, self.block_weeks)) | {self.n_weeks})

    def up_to(self, week: int) -> TransitionStudy:
        """The same study, over before a week; changes that would come later do not."""
        orders = {order: tuple(s for s in stages if s.first_week < week) for order, stages in self.orders.items()}
        return replace(self, n_weeks=week, orders=orders)

    def date(self, week: int) -> dt.date:
        """The Monday of a week."""
        return self.region.first_monday + dt.timedelta(weeks=week)

    def words(self, order: str) -> list[str]:
        """What each change of an order changes, and on which day."""
        stages, found = self.orders[order], []
        for before, stage in zip(stages, stages[1:], strict=False):
            what = [f"{kind} {now} in place of {was}" for kind, was, now in (
                ("office model", before.office_model, stage.office_model), ("strategy", before.strategy, stage.strategy),
                ("web adoption", f"{before.web_adoption:.2g}", f"{stage.web_adoption:.2g}"),
            ) if was != now]  # fmt: skip
            found.append(f"{self.date(stage.first_week)}, {' and '.join(what) or 'nothing else'}")
        return found

    @property
    def digest(self) -> str:
        """Hash of everything that fixes a replication's results."""
        strategies = sorted((n, repr(s)) for n, s in self.strategies.items())
        parts = (self.region.digest, strategies, sorted(self.orders.items()), self.warm_up_weeks, self.n_weeks, self.block_weeks,
                 self.follow_up_weeks, self.seed)  # fmt: skip
        return hashlib.sha256(repr(parts).encode()).hexdigest()


def blocks_of_order(study: TransitionStudy, phases: list[Phase]) -> list[Block]:
    """The blocks in which an order is measured, each with its world."""
    return [Block(a, b, world_at(phases, a)) for a, b in zip(study.edges, study.edges[1:], strict=False)]


def measured(study: TransitionStudy, order: str, replication: int, blocks: list[Block], runs: list[Trajectory]) -> pd.DataFrame:
    """Measures of one order's blocks, as a long table."""
    rows = []
    for block, run in zip(blocks, runs, strict=True):
        values = measures_of(Case(run, block.world, study.region))
        values["appointments_moved"] = float(run.tally.book_tally[:, 3].sum())
        rows += [(replication, order, block.first_week, block.end_week, m, v) for m, v in values.items()]
    return pd.DataFrame(rows, columns=["replication", "order", "first_week", "end_week", "measure", "value"])


def replicate(study: TransitionStudy, replication: int) -> pd.DataFrame:
    """All orders of one replication: measures by order and block, as a long table."""
    parts = []
    for order in study.orders:
        phases = study.phases(order)
        blocks = blocks_of_order(study, phases)
        runs = simulate_phases(phases, blocks, study.seed, replication, study.follow_up_weeks, study.engine)
        parts.append(measured(study, order, replication, blocks, runs))
    return pd.concat(parts, ignore_index=True)


@dataclass(frozen=True)
class Course:
    """One outcome of one order: its difference from doing nothing, by block and in the end."""

    order: str
    outcome: str
    by_block: tuple[tuple[int, int, Estimate], ...]  # first week, end week
    whole: Estimate  # mean over all weeks from the first change on
    last_year: Estimate
    worst_from: int  # first week of the block, from the first change on, in which the mean is worst
    dip: Estimate  # that block against the last year, paired: chosen by its mean, so the interval is a little too narrow

    @property
    def worst(self) -> tuple[int, int, Estimate]:
        """The block on the way with the worst difference; of an outcome that is neither good nor bad, that with the largest."""
        return next(row for row in self.by_block if row[0] == self.worst_from)


def _wide(study: TransitionStudy, frame: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Replications by (measure, order, block), and the length and first week of each block."""
    wide = frame.pivot_table(index="replication", columns=["measure", "order", "first_week"], values="value", dropna=False)
    return wide, np.diff(study.edges), np.array(study.edges[:-1])


def _mean(values: np.ndarray, weeks: np.ndarray, which: np.ndarray) -> np.ndarray:
    """[replication] mean over some blocks, by their weeks."""
    return np.asarray(values[:, which] @ weeks[which] / weeks[which].sum())


def courses(study: TransitionStudy, frame: pd.DataFrame) -> list[Course]:
    """Differences from `no change`, paired by replication, pointwise 95 % intervals."""
    found = []
    wide, weeks, starts = _wide(study, frame)
    spans = list(zip(study.edges, study.edges[1:], strict=False))
    for order in study.orders:
        if order == NO_CHANGE:
            continue
        begins = study.orders[order][1].first_week
        for outcome in study.outcomes:
            gap = (wide[outcome, order] - wide[outcome, NO_CHANGE]).to_numpy()
            changed, late = starts >= begins, starts >= study.n_weeks - 52
            last_year, mean = _mean(gap, weeks, late), gap.mean(axis=0)
            badness = {"lower": mean, "higher": -mean}.get(MEASURES[outcome].better, np.abs(mean))
            worst = int(np.argmax(np.where(changed, badness, -np.inf)))
            found.append(
                Course(
                    order, outcome,
                    tuple((a, b, pointwise(gap[:, i])) for i, (a, b) in enumerate(spans)),
                    pointwise(_mean(gap, weeks, changed)), pointwise(last_year),
                    int(starts[worst]), pointwise(gap[:, worst] - last_year),
                )
            )  # fmt: skip
    return found


def between_orders(study: TransitionStudy, frame: pd.DataFrame) -> list[tuple[str, str, str, Estimate]]:
    """(order, other, outcome, difference over the whole way): what the order of doing it costs or brings, paired."""
    wide, weeks, starts = _wide(study, frame)
    names = [name for name in study.orders if name != NO_CHANGE]
    on_the_way = starts >= min(study.orders[name][1].first_week for name in names)
    return [
        (
            a,
            b,
            outcome,
            pointwise((wide[outcome, a] - wide[outcome, b]).to_numpy()[:, on_the_way] @ weeks[on_the_way] / weeks[on_the_way].sum()),
        )
        for i, a in enumerate(names)
        for b in names[i + 1 :]
        for outcome in study.outcomes
    ]


def told(e: Estimate) -> str:
    """A difference with its interval; a standard error needs two replications."""
    return f"{e.mean:+.2f} ± {e.half_width:.2f}" if e.n > 1 else f"{e.mean:+.2f} (one replication)"


def answers(study: TransitionStudy, frame: pd.DataFrame) -> list[str]:
    """The dip and the end of each order, and what the order matters, in words."""
    lines = []
    for course in courses(study, frame):
        m = MEASURES[course.outcome]
        first, end, worst = course.worst
        word = "largest" if m.better == "neither" else "worst"
        lines.append(
            f"{course.order}: {course.outcome} [{m.unit}] against no change: {word} {told(worst)} "
            f"from {study.date(first)} to {study.date(end)}, whole way {told(course.whole)}, last year {told(course.last_year)}; "
            f"{word} block against the last year {told(course.dip)}"
        )
    for a, b, outcome, gap in between_orders(study, frame):
        shown = "" if gap.low > 0.0 or gap.high < 0.0 else ", not shown to differ"
        lines.append(f"{a} rather than {b}: {outcome} {told(gap)} {MEASURES[outcome].unit} over the way{shown}")
    return lines
