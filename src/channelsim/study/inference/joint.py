"""Can the posts that each skill can spare alone all go together? (decisions 36)"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from channelsim.study.inference.equal_service import Slack, at_equal_service
from channelsim.study.inference.intervals import LEVEL
from channelsim.study.inference.words import figure, listed


@dataclass(frozen=True)
class JointCheck:
    """May the skills' releases happen together? Persons that go in the end, per skill; no optimality is claimed."""

    removed: dict[str, int]
    asked: dict[str, int]
    slack: Slack | None

    @property
    def posts_released(self) -> int:
        return sum(self.removed.values())

    def __str__(self) -> str:
        said = listed([f"{n} {skill}" for skill, n in self.removed.items() if n])
        total, asked = self.posts_released, sum(self.asked.values())
        if total == asked:
            return f"together {total} posts released at equal service: {said}"
        worst = "" if self.slack is None else f"; least slack {figure(min(self.slack.lower), True)}"
        return f"one skill at a time {asked} posts could go, together only {total}: {said}{worst}"


def joint_check(
    meets: Callable[[dict[str, int]], np.ndarray], released: dict[str, int], order: Sequence[str], level: float = LEVEL
) -> JointCheck:
    """What each skill can spare alone: can all go together, and if not, how many along the published order?

    Parameters
    ----------
    meets : callable
        Persons removed per skill -> slack [replication, target].
    released : dict
        Skill -> most persons removed one skill at a time (`EqualService.posts_released`).
    order : sequence of str
        Skill of each person, in the order in which persons go; the same for all alternatives.
    """
    path: list[str] = []
    for skill in order:
        if path.count(skill) < released.get(skill, 0):
            path.append(skill)
    if len(path) != sum(released.values()):
        raise ValueError("the order names fewer persons than may be released")

    def counts(k: int) -> dict[str, int]:
        return {skill: path[:k].count(skill) for skill in released}

    found = at_equal_service(lambda k: meets(counts(k)), (), len(path), level=level)
    k = found.k or 0
    slack = next((s for s in found.looked_at if s.k == k), None)
    return JointCheck(counts(k), dict(released), slack)
