"""Which alternative: the best that keeps the constraints, the robust one, and verdicts that hold under every condition."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
import pandas as pd

from channelsim.metrics.paired import PAIRED
from channelsim.study.answers.asked import Choose, Compare, Regret
from channelsim.study.answers.values import Answer, NotAnswered, Values, alternatives_of, is_wait, labels, level_of, short
from channelsim.study.design import CORE, FUTURE, Alternative, Contrast, written
from channelsim.study.inference import Goal, Outcome, across, choose, regret, subset
from channelsim.study.inference import compare as compare_all

FIRST_STAGE = 20  # replications of the first stage of a choice, where there are twice as many


def choices(asked: Choose, values: Values) -> list[Answer]:
    """One answer for each setting of the conditions."""
    study = values.study
    plan = {"office_model", "strategy", *study.plan_factors}
    found = []
    for where, group in values.groups(plan, lambda a: not a.point).items():
        if len(group) > 1:
            found.append(_choice(asked, values, where, group))
    if not found:
        raise NotAnswered("no two alternatives stand under the same conditions")
    return found


def _choice(asked: Choose, values: Values, where: str, group: list[Alternative]) -> Answer:
    study, unit = values.study, values.unit(asked.outcome)
    group, left_out = _judged(asked, values, group)
    main = values.of(asked, group)
    layers, limits = [main], []
    for limit in study.constraints:
        tolerance = study.margins.get(limit.outcome, 0.0)
        table = values.of(asked, alternatives_of(main), limit.outcome).loc[main.index]
        for bound, sign, word in ((limit.at_most, 1.0, "at most"), (limit.at_least, -1.0, "at least")):
            if bound is not None:
                layers.append(sign * table)
                limits.append((f"{limit.outcome} {word} {bound:g}", sign * bound, tolerance))
    goal = Goal(asked.outcome, unit, asked.better or values.better(asked.outcome), asked.indifference, tuple(limits))
    cube = np.stack([layer.to_numpy(dtype=float) for layer in layers], axis=2)  # [replication, alternative, 1 + limits]
    names = list(labels(alternatives_of(main)).values())
    kept = subset(cube, names, goal)
    said = [str(kept)]
    n = len(cube)
    if n >= 3 and all(t > 0.0 for *_, t in limits):
        first = max(3, min(FIRST_STAGE, n // 2))
        said.insert(0, str(choose(lambda i, wanted: cube[list(wanted), i], names, goal, first, n)))
    state = dict.fromkeys(kept.kept, "may be the best") | dict.fromkeys(kept.beaten, "beaten")
    state |= dict.fromkeys(kept.infeasible, "breaks a constraint")
    heads = ["alternative", f"mean [{unit}]", *(name for name, *_ in limits), "state"]
    signs = np.array([1.0, *(-1.0 if " at least " in name else 1.0 for name, *_ in limits)])
    rows = [(name, *(cube[:, i].mean(axis=0) * signs), state[name]) for i, name in enumerate(names)]
    table = pd.DataFrame(rows, columns=heads).sort_values(heads[1], ascending=goal.better == "lower")
    title = f"best in {asked.outcome} ({goal.better} is better)" + (f", {where}" if where else "")
    return Answer("choose", title, "\n".join([*said, *left_out]), table)


def _judged(asked: Choose | Regret, values: Values, group: list[Alternative]) -> tuple[list[Alternative], list[str]]:
    """Alternatives whose waits may be ranked, and a word on the others."""
    over = [a for a in group if a.name in values.overload] if is_wait(asked.outcome) else []
    left = [a for a in group if a not in over]
    values.refuse_overload(asked, left)
    return left, [f"not ranked, since overloaded: {', '.join(a.name for a in over)}"] if over else []


def regrets(asked: Regret, values: Values) -> list[Answer]:
    """One answer for each setting of the conditions beside the future."""
    plan = {"office_model", "strategy", *values.study.plan_factors, FUTURE}
    return [_regret(asked, values, where, group) for where, group in values.groups(plan, lambda a: not a.point).items()]


def _regret(asked: Regret, values: Values, where: str, group: list[Alternative]) -> Answer:
    futures = list(dict.fromkeys(str(level_of(a, FUTURE)) for a in group))
    unit, better = values.unit(asked.outcome), asked.better or values.better(asked.outcome)
    group, left_out = _judged(asked, values, group)
    table = values.of(asked, group)
    by_name: dict[str, dict[str, Alternative]] = {}
    called = labels([a.with_levels({FUTURE: None}) for a in alternatives_of(table)])
    for a in alternatives_of(table):
        by_name.setdefault(called[a.with_levels({FUTURE: None})], {})[str(level_of(a, FUTURE))] = a
    whole = {name: row for name, row in by_name.items() if set(row) == set(futures)}
    if len(whole) < 2 or len(futures) < 2:
        raise NotAnswered("at least two alternatives that meet every future, and two futures, are needed")
    cube = np.stack([table[[row[f] for f in futures]].to_numpy(dtype=float) for row in whole.values()], axis=1)
    found = regret(cube, list(whole), futures, better, asked.outcome, unit)
    title = f"regret in {asked.outcome} [{unit}] ({better} is better)" + (f", {where}" if where else "")
    return Answer("regret", title, "\n".join([str(found), *left_out]), found.table().reset_index(names="alternative"))


def comparisons(asked: Compare, values: Values) -> list[Answer]:
    """The verdicts on the primary outcomes in words; of one condition: which hold under all its levels."""
    study = values.study
    outcomes = [Outcome(o, PAIRED[o][0], study.better.get(o, PAIRED[o][1]), study.margins.get(o, 0.0)) for o in study.primary_outcomes]
    contrasts = [c for c in study.contrasts if c.kind != "both"]
    if not asked.across:
        found = compare_all(_differences(values, contrasts, ""), outcomes)
        return [Answer("compare", "what each change does", str(found), found.table())]
    levels = list(dict.fromkeys(written(level_of(c.plan, asked.across)) for c in contrasts))
    if len(levels) < 2:
        raise NotAnswered(f"{asked.across} has one level")
    at = {v: [c for c in contrasts if written(level_of(c.plan, asked.across)) == v] for v in levels}
    tables = {v: _differences(values, some, asked.across) for v, some in at.items()}
    common = [m for m in cast("list[tuple[str, str]]", list(next(iter(tables.values())))) if all(m in t for t in tables.values())]
    what = short(asked.across)
    each = across(what, {f"{what} {v}": compare_all(_only(t, common), outcomes) for v, t in tables.items()})
    rows = [(x.alternative, x.outcome, x.verdict, *x.verdicts.values()) for x in each]
    table = pd.DataFrame(rows, columns=["change", "outcome", "verdict", *(f"{what} {v}" for v in levels)])
    return [Answer("compare", f"which verdicts hold under every {what}", "\n".join(map(str, each)), table)]


def _only(table: pd.DataFrame, columns: Sequence[tuple[str, str]]) -> pd.DataFrame:
    found = pd.DataFrame({c: table[c] for c in columns})
    found.columns = pd.MultiIndex.from_tuples(list(columns))
    return found


def _differences(values: Values, contrasts: Sequence[Contrast], without: str) -> pd.DataFrame:
    """[replication, (change, outcome)] of contrasts, called without the level of one condition."""
    rows = values.frame[(values.frame["table"] == "contrast") & values.frame["measure"].isin(values.study.primary_outcomes)]
    wide = rows.pivot(index="replication", columns=["alternative", "baseline", "measure"], values="value")
    found = {}
    called = labels([_without(a, without) for a in values.study.alternatives])
    for c in contrasts:
        plan, base = (called[_without(a, without)] for a in (c.plan, c.baseline))
        for o in values.study.primary_outcomes:
            column = wide[c.plan.name, c.baseline.name, o]
            if np.isfinite(column.to_numpy()).all() and not (is_wait(o) and {c.plan.name, c.baseline.name} & set(values.overload)):
                found[f"{plan} against {base}", o] = column
    if len(wide) < 2 or not found:
        raise NotAnswered("at least two replications with every outcome are needed")
    table = pd.DataFrame(found)
    table.columns = pd.MultiIndex.from_tuples(list(found))
    return table


def _without(a: Alternative, path: str) -> Alternative:
    return a.with_levels({path: "" if path in CORE else None}) if path else a
