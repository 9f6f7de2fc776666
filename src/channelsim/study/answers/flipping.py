"""At which value of each input does the answer cross zero? From one input at a time, with further points where it turns."""

from __future__ import annotations

from functools import partial
from math import nan

import numpy as np
import pandas as pd

from channelsim.study.answers.asked import Flips
from channelsim.study.answers.crossing import run_at
from channelsim.study.answers.more import More
from channelsim.study.answers.values import Answer, NotAnswered, Values, alternatives_of, short
from channelsim.study.design import INPUTS, Alternative
from channelsim.study.inference import break_even_at
from channelsim.study.inference.crossing_levels import halved
from channelsim.study.inference.words import figure, listed

BASE = 0.5  # quantile of a group of inputs at which it stands as the files say


def answers(asked: Flips, values: Values, more: More) -> list[Answer]:
    """One answer for each plan."""
    groups = values.groups(tuple(values.study.ranges), values.is_plan)
    return [_of_group(asked, values, more, where, group) for where, group in groups.items()]


def _of_group(asked: Flips, values: Values, more: More, where: str, group: list[Alternative]) -> Answer:
    values.refuse_overload(asked, group)
    table, unit = values.of(asked, group), values.unit(asked.outcome)
    at_base = next((a for a in alternatives_of(table) if not a.sampled), None)
    if at_base is None:
        raise NotAnswered("no alternative has all inputs at base")
    rows, turning, open_ = [], [], []
    for path, (low, high) in values.study.ranges.items():
        ends = {float(a.levels[path]): a for a in alternatives_of(table) if path in dict(a.sampled)}
        base = BASE if path.startswith(INPUTS) and low < BASE < high else (low + high) / 2.0
        columns = {v: table[a].to_numpy(dtype=float) for v, a in ends.items()} | {base: table[at_base].to_numpy(dtype=float)}
        if set(columns) != {low, base, high}:  # a replication at an end stops
            open_.append(short(path))
            continue
        x = np.array(sorted(columns))
        found = break_even_at(x, np.column_stack([columns[v] for v in x]), short(path), "", asked.outcome, unit)
        if found.kind == "one" and asked.refine:
            found = halved(found, columns, partial(run_at, asked, values, more, ends[low], path, table), asked.refine)
        rows.append((short(path), found.signs, *((found.root, found.low, found.high) if found.kind == "one" else (nan, nan, nan))))
        if found.kind == "one":
            turning.append(f"{short(path)} at {figure(found.root)} (95 % interval {figure(found.low)} to {figure(found.high)})")
        elif found.kind != "none":
            open_.append(short(path))
    said = f"{asked.outcome} is turned by " + "; ".join(turning) if turning else f"no input alone is shown to turn {asked.outcome}"
    said += ", each alone between its low and its high, as quantiles: 0.05 low, 0.5 base, 0.95 high"
    said += f"\nnot settled: {listed(open_)}" if open_ else ""
    columns_of = ["input", "signs at low, base, high", "crosses zero at", "from", "to"]
    title = f"which input values turn {asked.outcome}" + (f", {where}" if where else "")
    frame = pd.DataFrame(rows, columns=columns_of).sort_values("crosses zero at", kind="stable")
    return Answer("flips", title, said, frame)
