"""Posts released at equal service: how many persons can go, along one fixed order, before a target is not shown to be met."""

from __future__ import annotations

import numpy as np
import pandas as pd

from channelsim.metrics import MEASURES
from channelsim.scenario.futures import may_go
from channelsim.study.answers.asked import Aim, EqualService
from channelsim.study.answers.more import More
from channelsim.study.answers.values import Answer, NotAnswered, Values, is_wait, labels, level_of
from channelsim.study.design import REMOVED, Alternative
from channelsim.study.estimate import overloaded
from channelsim.study.inference import EqualService as Bracket
from channelsim.study.inference import Target, at_equal_service, slacks
from channelsim.study.inference.words import listed

NO_GROWTH = "owed work that does not grow"  # a target of its own: waits of an overloaded alternative are no service


def answers(asked: EqualService, values: Values, more: More) -> list[Answer]:
    """One answer for each kind of persons: the bracket of every alternative, and what it releases beside its baseline."""
    wanted = [a for a in values.study.alternatives if all(level_of(a, p) in levels for p, levels in asked.only.items())]
    if not wanted:
        raise NotAnswered("no alternative has these levels")
    wanted = list(dict.fromkeys(x for a in wanted for x in (values.study.base_of(a), a)))
    called = labels(wanted)
    over = {a for a in wanted if values.study.base_of(a).name in values.overload}
    unknown = [a for a in wanted if a in over and any(is_wait(t.measure) for t in asked.targets)]  # such waits grow with the window
    found = []
    for who in asked.who:
        brackets = {a: _bracket(asked, values, more, a, who, called[a]) for a in wanted if a not in unknown}
        said = [str(b) + (f": {listed(_stops(b))}" if b.k is None else "") for b in brackets.values()] + [
            f"{who} in {called[a]}: not judged, its baseline is overloaded" for a in unknown
        ]
        rows = []
        for a, b in brackets.items():
            base = brackets[values.study.base_of(a)].k
            beside = None if b.k is None or base is None else b.k - base
            rows.append((called[a], "none" if b.k is None else b.k, "" if beside is None else f"{beside:+d}", ", ".join(_stops(b))))
        table = pd.DataFrame(rows, columns=["alternative", "posts released", "beside its baseline", "what stops one more"])
        found.append(Answer("equal_service", f"posts of {who} that can go at equal service", "\n".join(said), table))
    return found


def _stops(b: Bracket) -> list[str]:
    """Targets that one person fewer is not shown to meet; or, where nobody can go, all who are there."""
    if b.k is not None:
        return list(b.limiting())
    return [t for t, lower in zip(b.targets, b.looked_at[0].lower, strict=True) if lower < 0.0]


def _bracket(asked: EqualService, values: Values, more: More, a: Alternative, who: str, name: str) -> Bracket:
    """The search for one alternative and one kind of persons."""
    model = values.study.region.office_models[a.office_model]
    most = min(asked.most, may_go(model.staff[a.staffing_split or values.study.region.staffing_split], who))
    base = values.study.base_of(a)
    before = _service(values.frame, base, asked.targets)
    growing = set(_pools(values.frame, base))
    replications = [int(r) for r in before.index]
    targets = [_target(t) for t in asked.targets]

    def meets(k: int) -> np.ndarray:
        fewer = a.with_levels({f"{REMOVED}{who}": k}) if k else a
        rows = more.of(values.study, fewer, replications) if k else values.frame
        found = slacks(_service(rows, fewer, asked.targets), targets, before)
        new = set(_pools(rows, fewer)) - growing
        return np.column_stack([found, np.full(len(found), -1.0 if new else 1.0)])

    return at_equal_service(meets, [*(t.name for t in targets), NO_GROWTH], most, 0, f"{who} in {name}", scan=asked.scan)


def _target(aim: Aim) -> Target:
    m = MEASURES[aim.measure]
    return Target(aim.measure, m.unit, m.better, aim.value, aim.tolerance)


def _service(frame: pd.DataFrame, a: Alternative, aims: tuple[Aim, ...]) -> pd.DataFrame:
    """[replication, target] of an alternative."""
    rows = frame[(frame["table"] == "measure") & (frame["alternative"] == a.name)]
    wide = rows.pivot(index="replication", columns="measure", values="value")
    found = wide[[t.measure for t in aims]].sort_index()
    if found.isna().any().any() or len(found) < 2:
        raise NotAnswered(
            f"a target has no figure in some replication of {a.name}" if len(found) > 1 else "at least two replications are needed"
        )
    return found


def _pools(frame: pd.DataFrame, a: Alternative) -> dict[str, float]:
    return overloaded(frame[(frame["table"] == "pool") & (frame["alternative"] == a.name)])
