"""Posts released at equal service: how many persons can go, along one fixed order, before a target is not shown to be met."""

from __future__ import annotations

import numpy as np
import pandas as pd

from channelsim.metrics import MEASURES
from channelsim.scenario.futures import may_go, of_kind, removal_order
from channelsim.study.answers import posts_told as told
from channelsim.study.answers.asked import SAME_NETWORK, Aim, EqualService
from channelsim.study.answers.more import More, StopsThere
from channelsim.study.answers.values import Answer, NotAnswered, Values, is_wait, labels, level_of
from channelsim.study.design import ADDED, REMOVED, Alternative
from channelsim.study.estimate import overloaded
from channelsim.study.inference import EqualService as Bracket
from channelsim.study.inference import JointCheck, Target, at_equal_service, joint_check, slacks
from channelsim.study.inference.words import listed

NO_GROWTH = "owed work that does not grow"  # a target of its own: waits of an overloaded alternative are no service


class Search:
    """Tries one alternative with fewer persons, on the replications of its baseline."""

    def __init__(self, asked: EqualService, values: Values, more: More, alternative: Alternative, name: str) -> None:
        self.asked, self.values, self.more, self.alternative, self.name = asked, values, more, alternative, name
        study = values.study
        self.people = study.region.office_models[alternative.office_model].staff[alternative.staffing_split or study.region.staffing_split]
        base = study.base_of(alternative)
        self.before = _service(values.frame, base, asked.targets)
        self.growing = set(_pools(values.frame, base))
        self.targets = [_target(t) for t in asked.targets]

    def meets(self, gone: dict[str, int]) -> np.ndarray:
        """[replication, target] slack with so many persons of each kind gone (come, if below zero); last that owed work does not grow."""
        levels = {f"{REMOVED if n > 0 else ADDED}{who}": abs(n) for who, n in gone.items() if n}
        fewer = self.alternative.with_levels(levels)
        study, replications = self.values.study, [int(r) for r in self.before.index]
        try:
            rows = self.more.of(study, fewer, replications) if levels else self.values.frame
        except StopsThere:  # with so few the world does not work at all: no target is met
            return np.full((len(replications), len(self.targets) + 1), -1.0)
        found = slacks(_service(rows, fewer, self.asked.targets), self.targets, self.before)
        new = set(_pools(rows, fewer)) - self.growing
        return np.column_stack([found, np.full(len(found), -1.0 if new else 1.0)])

    def bracket(self, who: str) -> Bracket:
        """How many of one kind may go."""
        most = min(self.asked.most, may_go(self.people, who))
        least = -self.asked.most_needed if of_kind(self.people, who) else 0
        names = [*(t.name for t in self.targets), NO_GROWTH]
        return at_equal_service(lambda k: self.meets({who: k}), names, most, least, f"{who} in {self.name}", scan=self.asked.scan)

    def apart(self) -> bool:
        """Is nobody of two kinds, so that their posts add up?"""
        return all(sum(who in (p.role, p.skill) for who in self.asked.who) <= 1 for p in self.people)

    def joint(self, released: dict[str, int]) -> JointCheck:
        """May so many of each kind go together, along the one order of all persons?"""
        order = [next((who for who in self.asked.who if who in (p.role, p.skill)), "") for p in removal_order(self.people)]
        return joint_check(self.meets, released, [who for who in order if who])


def answers(asked: EqualService, values: Values, more: More) -> list[Answer]:
    """For each kind of persons the bracket of every alternative, what is left by skill and place; then all kinds together."""
    study = values.study
    wanted = [a for a in study.alternatives if all(level_of(a, p) in levels for p, levels in asked.only.items())]
    if not wanted:
        raise NotAnswered("no alternative has these levels")
    wanted = list(dict.fromkeys(x for a in wanted for x in (study.base_of(a), values.base(a, SAME_NETWORK), a)))
    called = labels(wanted)
    over = {a for a in wanted if study.base_of(a).name in values.overload}
    unknown = [a for a in wanted if a in over and any(is_wait(t.measure) for t in asked.targets)]  # such waits grow with the window
    searches = {a: Search(asked, values, more, a, called[a]) for a in wanted if a not in unknown}
    brackets = {who: {a: search.bracket(who) for a, search in searches.items()} for who in asked.who}
    found = []
    for who, by in brackets.items():
        said = [str(b) + (f": {listed(_stops(b))}" if b.k is None else "") for b in by.values()]
        said += [f"{who} in {called[a]}: not judged, its baseline is overloaded" for a in unknown]
        table = told.brackets(values, who, by, {a: (called[a], searches[a].people, _stops(by[a])) for a in by})
        found.append(Answer("equal_service", f"posts of {who} that can go at equal service", "\n".join(said), table))
        places = told.by_place(who, {called[a]: (searches[a].people, b.k) for a, b in by.items()})
        if len(places):
            words = (
                f"posts of {who} that each alternative needs for the same service, by skill and place: those there less those that can go"
            )
            found.append(Answer("equal_service", f"posts of {who} needed by skill and place", words, places))
    return found + _together(asked, searches, brackets)


def _together(asked: EqualService, searches: dict[Alternative, Search], brackets: dict[str, dict[Alternative, Bracket]]) -> list[Answer]:
    """Can the posts go together that each kind can spare alone? Asked where more than one kind can spare some."""
    said, rows = [], []
    for a, search in searches.items():
        released = {who: by[a].posts_released for who, by in brackets.items()}
        if sum(n > 0 for n in released.values()) > 1 and search.apart():
            check = search.joint(released)
            said.append(f"{search.name}: {check}")
            rows.append((search.name, *check.removed.values(), check.posts_released))
    if not rows:
        return []
    table = pd.DataFrame(rows, columns=["alternative", *asked.who, "together"])
    return [Answer("equal_service", "posts that can go together", "\n".join(said), table)]


def _stops(b: Bracket) -> list[str]:
    """Targets that one person fewer is not shown to meet; or, where nobody can go, all who are there."""
    if b.k is not None:
        return list(b.limiting())
    return [t for t, lower in zip(b.targets, b.looked_at[0].lower, strict=True) if lower < 0.0]


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
