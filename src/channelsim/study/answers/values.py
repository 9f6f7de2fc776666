"""An outcome of every alternative by replication, and alternatives that differ in one factor alone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

import numpy as np
import pandas as pd

from channelsim.metrics import MEASURES
from channelsim.metrics.paired import PAIRED
from channelsim.scenario.overrides import Level
from channelsim.study.answers.asked import SAME_NETWORK, About
from channelsim.study.design import CORE, INPUTS, Alternative, Study, written

AS_IT_IS = "as_it_is"
NO_DIFFERENCES = ("closed_in_both_pct", "displacement_h_per_h")  # of two runs, but not nothing where both are the same
OUTCOMES = {**{n: (u, b) for n, (u, b, _) in PAIRED.items() if n not in NO_DIFFERENCES},
            **{n: (m.unit, m.better) for n, m in MEASURES.items()}}  # fmt: skip


class NotAnswered(ValueError):
    """Why a question has no answer from these replications."""


@dataclass(frozen=True)
class Answer:
    """The answer to one question: in words, and the figures behind them."""

    kind: str
    title: str
    words: str
    table: pd.DataFrame
    drawn: Any = None  # the result that a figure is drawn from, where a table is not enough


@dataclass(frozen=True, eq=False)
class Values:
    """What the replications of a study hold.

    Parameters
    ----------
    frame : DataFrame
        The long table of the study's shards, complete replications only.
    overload : mapping of alternative to pools
        Alternatives whose owed work grows: their waits grow with the window.
    """

    study: Study
    frame: pd.DataFrame
    overload: Mapping[str, object]

    @cached_property
    def _contrasts(self) -> pd.DataFrame:
        return self.frame[self.frame["table"] == "contrast"]

    @cached_property
    def _measures(self) -> pd.DataFrame:
        return self.frame[self.frame["table"] == "measure"]

    def unit(self, outcome: str) -> str:
        return OUTCOMES[outcome][0]

    def better(self, outcome: str) -> str:
        return self.study.better.get(outcome, OUTCOMES[outcome][1])

    def base(self, alternative: Alternative, against: str) -> Alternative:
        """What differences of an alternative are taken from; itself where nothing is changed."""
        if against != SAME_NETWORK:
            return self.study.base_of(alternative)
        changes = list(self.study.undone(alternative))
        return changes[-1][1] if changes and changes[-1][0] == "strategy" else alternative

    def of(self, asked: About, alternatives: Iterable[Alternative], outcome: str = "", fewest: int = 2) -> pd.DataFrame:
        """[replication, alternative] the outcome, in its unit; alternatives that have no figures are left out.

        An outcome that is a difference is nothing for an alternative that is its own baseline.
        """
        outcome = outcome or asked.outcome
        columns: dict[Alternative, pd.Series[float]] = {}
        if outcome in MEASURES:
            rows = self._measures[self._measures["measure"] == outcome]
            by_name = rows.pivot(index="replication", columns="alternative", values="value")
            columns = {a: by_name[a.name] for a in alternatives if a.name in by_name}
        else:
            rows = self._contrasts[self._contrasts["measure"] == outcome]
            wide = rows.pivot(index="replication", columns=["alternative", "baseline"], values="value")
            for a in alternatives:
                base = self.base(a, asked.against)
                if base == a:
                    columns[a] = pd.Series(0.0, index=wide.index)
                elif (a.name, base.name) in wide:
                    columns[a] = wide[a.name, base.name]
        if len(columns) < fewest and outcome == asked.outcome:
            raise NotAnswered(f"there are no two alternatives with {outcome}")
        table = pd.concat(columns.values(), axis=1) if columns else pd.DataFrame()
        table.columns = pd.Index(list(columns), dtype=object, tupleize_cols=False)
        kept = table.dropna()
        if len(kept) < 2:
            raise NotAnswered(f"{len(kept)} replications have {outcome} for every alternative; at least two are needed")
        return kept

    def refuse_overload(self, asked: About, alternatives: Iterable[Alternative]) -> None:
        """Waits of an overloaded alternative grow with the window (decisions 13): nothing is said of them."""
        if not is_wait(asked.outcome):
            return
        met = dict.fromkeys(x.name for a in alternatives for x in (a, self.base(a, asked.against)))
        over = [name for name in met if name in self.overload]
        if over:
            more = f" and {len(over) - 1} more" if len(over) > 1 else ""
            raise NotAnswered(f"{over[0]}{more}: overloaded, so waits grow with the window")

    def groups(self, apart: Collection[str], keep: Callable[[Alternative], bool]) -> dict[str, list[Alternative]]:
        """Alternatives that differ in nothing but `apart`, by what else is told of them where that differs."""
        found: dict[tuple[tuple[str, Level], ...], list[Alternative]] = {}
        for a in filter(keep, self.study.alternatives):
            rest = {p: level for p, level in a.levels.items() if p not in apart and not (a.point and p in dict(a.sampled))}
            found.setdefault(tuple(sorted(rest.items())), []).append(a)
        told = {p for key in found for p, v in key if any(dict(other).get(p) != v for other in found)}
        return {
            ", ".join(written(v) if p in CORE else f"{short(p)} {written(v)}" for p, v in sorted(key, key=_core_first) if p in told): group
            for key, group in found.items()
        }

    def is_plan(self, alternative: Alternative) -> bool:
        """Does it change anything, so that it is no baseline?"""
        return any(True for _ in self.study.undone(alternative))


def labels(alternatives: Collection[Alternative]) -> dict[Alternative, str]:
    """Names without what all of these alternatives have alike, office model and strategy apart."""
    alike = {p for a in alternatives for p in a.levels if p not in ("office_model", "strategy") and not (a.point and p in dict(a.sampled))}
    alike = {p for p in alike if len({level_of(a, p) for a in alternatives}) == 1}
    return {a: a.with_levels({p: "" if p in CORE else None for p in alike}).name for a in alternatives}


def _core_first(item: tuple[str, Level]) -> tuple[int, str]:
    return (CORE.index(item[0]) if item[0] in CORE else len(CORE), item[0])


def is_wait(outcome: str) -> bool:
    return "wait" in outcome or "lead" in outcome


def short(path: str) -> str:
    """A factor as a reader wants it."""
    return path.removeprefix(INPUTS).removeprefix("strategy.channel.").removeprefix("strategy.customer.").removeprefix("region.")


def level_of(alternative: Alternative, path: str) -> Level:
    """The level of a factor; `as_it_is` where the alternative does not name it."""
    return alternative.levels.get(path, AS_IT_IS)


def alternatives_of(table: pd.DataFrame) -> list[Alternative]:
    """The columns of what `Values.of` gives."""
    return cast("list[Alternative]", list(table.columns))


def stacked(table: pd.DataFrame) -> np.ndarray:
    """[alternative, replication]"""
    return np.asarray(table.to_numpy(dtype=float).T)
