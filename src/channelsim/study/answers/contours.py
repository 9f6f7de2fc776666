"""Break-even in two dimensions, from a full design of two factors."""

from __future__ import annotations

import numpy as np
import pandas as pd

from channelsim.study.answers.asked import Contour
from channelsim.study.answers.values import Answer, NotAnswered, Values, alternatives_of, level_of, short
from channelsim.study.design import Alternative
from channelsim.study.inference import contour_at
from channelsim.study.inference.crossing import BreakEven

FEWEST_X, FEWEST_Y = 3, 2  # levels


def answers(asked: Contour, values: Values) -> list[Answer]:
    """One answer for each setting of the other factors."""
    found = []
    for where, group in values.groups((asked.x, asked.y), lambda a: values.is_plan(a) and None not in _at(a, asked)).items():
        xs, ys = ({_at(a, asked)[i] for a in group} for i in (0, 1))
        if len(xs) >= FEWEST_X and len(ys) >= FEWEST_Y:
            values.refuse_overload(asked, group)
            found.append(_of_group(asked, values, where, group))
    if not found:
        raise NotAnswered(f"{asked.x} has no {FEWEST_X} levels and {asked.y} no {FEWEST_Y} that are numbers, with all else the same")
    return found


def _at(a: Alternative, asked: Contour) -> tuple[float | None, float | None]:
    """Where an alternative stands on the grid; None where a level is no number."""
    x, y = (None if isinstance(v, bool | str) else float(v) for v in (level_of(a, asked.x), level_of(a, asked.y)))
    return x, y


def _of_group(asked: Contour, values: Values, where: str, group: list[Alternative]) -> Answer:
    table, unit = values.of(asked, group), values.unit(asked.outcome)
    by = {_at(a, asked): table[a].to_numpy(dtype=float) for a in alternatives_of(table)}
    x, y = (np.array(sorted({float(v) for at in by if (v := at[i]) is not None})) for i in (0, 1))
    gaps = [(u, v) for v in y for u in x if (u, v) not in by]
    if gaps:
        raise NotAnswered(f"the grid has no run at {short(asked.x)} {gaps[0][0]:g}, {short(asked.y)} {gaps[0][1]:g}")
    cube = np.stack([np.stack([by[float(u), float(v)] for u in x], axis=1) for v in y], axis=1)  # [replication, y, x]
    names = short(asked.x), short(asked.y)
    found = contour_at(x, y, cube, names, ("", ""), asked.outcome, unit)
    rows = [(float(v), *found.mean[i], _signs(found.sign[i]), *_root(b)) for i, (v, b) in enumerate(zip(y, found.line, strict=True))]
    heads = [names[1], *(f"at {names[0]} {u:g}" for u in x), "signs", f"zero at {names[0]}", "from", "to"]
    title = f"where {asked.outcome} [{unit}] is zero over {names[0]} and {names[1]}" + (f", {where}" if where else "")
    return Answer("contour", title, str(found), pd.DataFrame(rows, columns=heads), found)


def _signs(row: np.ndarray) -> str:
    """Shown with intervals of the whole grid that hold together: the band is where the sign is 0."""
    return "".join("+" if s > 0 else "-" if s < 0 else "0" for s in row)


def _root(b: BreakEven) -> tuple[float, float, float]:
    return b.root, b.low, b.high
