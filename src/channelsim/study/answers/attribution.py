"""Attribution from a full factorial: effects of each factor, and shares of the change that add up."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from channelsim.scenario.overrides import Level
from channelsim.study.answers.asked import Attribute
from channelsim.study.answers.values import AS_IT_IS, Answer, NotAnswered, Values, alternatives_of, level_of, short
from channelsim.study.design import CORE, Alternative, Study, written
from channelsim.study.inference import Effects, effects, shapley
from channelsim.study.inference.attribute import largest
from channelsim.study.inference.words import listed

Cell = dict[str, str]


def plan_factors(study: Study) -> tuple[str, ...]:
    """Factors that belong to the plan and have several levels."""
    names = ("office_model", *study.plan_factors, "strategy")
    return tuple(p for p in names if len({level_of(a, p) for a in study.alternatives}) > 1)


def base_level(study: Study, path: str) -> Level:
    """The level from which changes of a factor are counted: the baseline's, else the first."""
    if path in ("office_model", "strategy"):
        return study.baseline_office_model if path == "office_model" else study.baseline_strategy
    if path in study.plan_factors:
        return study.baseline_levels.get(path, AS_IT_IS)
    return level_of(study.alternatives[0], path)


def answers(asked: Attribute, values: Values) -> list[Answer]:
    """One answer for each setting of the factors that are not asked about."""
    study = values.study
    factors = asked.factors or plan_factors(study)
    found = []
    for where, group in values.groups(factors, lambda a: True).items():
        values.refuse_overload(asked, group)
        found.append(_of_group(asked, values, factors, where, values.of(asked, group)))
    return found


def _of_group(asked: Attribute, values: Values, factors: tuple[str, ...], where: str, table: pd.DataFrame) -> Answer:
    unit, study = values.unit(asked.outcome), values.study
    base = _cell(asked, {p: base_level(study, p) for p in factors})
    cells = [_cell(asked, {p: level_of(a, p) for p in factors}) for a in alternatives_of(table)]
    cube = table.set_axis(pd.MultiIndex.from_frame(pd.DataFrame(cells)[list(base)]), axis=1)
    if cube.columns.has_duplicates:
        raise NotAnswered(f"several alternatives have the same levels of {listed(list(factors))}")
    found = effects(cube, base, asked.outcome, unit)
    said = [largest(found), _together(found)]
    rows = [(e.name, e.estimate.mean, e.estimate.low, e.estimate.high, e.shown) for e in found.members]
    if asked.plan:
        plan = _cell(asked, {p: asked.plan.get(p, base_level(study, p)) for p in factors})
        shares = shapley(cube, base, plan, asked.outcome, unit)
        said.insert(0, str(shares))
        parts = {"all together": shares.total, **{f"share of {f}": e for f, e in shares.shares.items()}}
        rows = [(name, e.mean, e.low, e.high, not e.low <= 0.0 <= e.high) for name, e in parts.items()] + rows
    columns = ["effect", f"mean [{unit}]", "low", "high", "shown to differ from zero"]
    title = f"what makes {asked.outcome}" + (f", {where}" if where else "")
    return Answer("attribute", title, "\n".join(said), pd.DataFrame(rows, columns=columns))


def _together(found: Effects) -> str:
    pairs = [f"{e.name} {e.estimate}" for e in sorted(found.interacting, key=lambda e: -abs(e.estimate.mean))[:5]]
    return "beyond what each does alone: " + "; ".join(pairs) if pairs else "no factors are shown to change what another does"


def _cell(asked: Attribute, levels: Mapping[str, Level]) -> Cell:
    """Levels of factors by what the reader calls them; a factor made of parts has their levels."""
    cell: Cell = {}
    for path, level in levels.items():
        parts = asked.made_of.get(path)
        if parts is None:
            cell[path if path in CORE else short(path)] = written(level)
        elif written(level) not in parts:
            raise NotAnswered(f"made_of does not say what {path} {written(level)} is made of")
        else:
            cell |= {name: written(v) for name, v in parts[written(level)].items()}
    return cell


def used_by(alternatives: list[Alternative], path: str) -> list[Level]:
    """Levels of a factor among alternatives, in their order."""
    return list(dict.fromkeys(level_of(a, path) for a in alternatives))
