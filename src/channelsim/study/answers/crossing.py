"""Break-even from the levels that a design has."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from channelsim.study.answers.asked import About, BreakEven
from channelsim.study.answers.more import More
from channelsim.study.answers.values import Answer, NotAnswered, Values, alternatives_of, level_of, short
from channelsim.study.design import Alternative
from channelsim.study.inference import BreakEven as Found
from channelsim.study.inference import break_even_at
from channelsim.study.inference.crossing_levels import halved

FEWEST = 3  # levels


def answers(asked: BreakEven, values: Values, more: More) -> list[Answer]:
    """One answer for each setting of the other factors that has enough levels."""
    found = []
    for where, group in values.groups((asked.factor,), lambda a: _number(a, asked) is not None).items():
        if len(group) >= FEWEST:
            values.refuse_overload(asked, group)
            found.append(_of_group(asked, values, more, where, group))
    if not found:
        raise NotAnswered(f"{asked.factor} has no {FEWEST} levels that are numbers, with all else the same")
    return found


def _number(a: Alternative, asked: BreakEven) -> float | None:
    """The level of the factor, if it is a number within what is asked."""
    level = level_of(a, asked.factor)
    if isinstance(level, bool | str):
        return None
    low, high = asked.between or (-np.inf, np.inf)
    return float(level) if low <= level <= high else None


def _of_group(asked: BreakEven, values: Values, more: More, where: str, group: list[Alternative]) -> Answer:
    table = values.of(asked, group)
    ordered = sorted(alternatives_of(table), key=lambda a: _number(a, asked) or 0.0)
    x = np.array([_number(a, asked) or 0.0 for a in ordered])
    unit = values.unit(asked.outcome)
    found = break_even_at(x, table[ordered].to_numpy(dtype=float), short(asked.factor), "", asked.outcome, unit)
    note = ""
    if asked.refine and found.kind == "one":
        try:
            found = _closer(asked, values, more, found, ordered[0], table)
        except NotAnswered as why:  # the levels have an answer, if not as close a one
            note = f" (from the levels alone: {why})"
    rows = [(at, e.mean, e.low, e.high, sign) for (at, e), sign in zip(found.curve, found.signs, strict=True)]
    columns = [short(asked.factor), f"mean [{unit}]", "low", "high", "sign"]
    title = f"where {asked.outcome} crosses zero" + (f", {where}" if where else "")
    return Answer("break_even", title, f"{found}{note}", pd.DataFrame(rows, columns=columns), found)


def _closer(asked: BreakEven, values: Values, more: More, found: Found, like: Alternative, table: pd.DataFrame) -> Found:
    """Root and interval with further points: by halves between the levels next to the root, on the same replications."""
    curve = {_number(a, asked) or 0.0: table[a].to_numpy(dtype=float) for a in alternatives_of(table)}
    return halved(found, curve, partial(run_at, asked, values, more, like, asked.factor, table), asked.refine)


def run_at(asked: About, values: Values, more: More, like: Alternative, path: str, table: pd.DataFrame, level: float) -> np.ndarray:
    """The outcome of an alternative at another level of one factor, on the replications of a table."""
    a = like.with_levels({path: level})
    run = Values(values.study, more.of(values.study, a, [int(r) for r in table.index], paired=True), {})
    return run.of(asked, [a], fewest=1)[a].loc[table.index].to_numpy(dtype=float)
