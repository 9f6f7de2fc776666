"""Tables of a search at equal service: posts released, what of it the network and the strategy give, and posts needed by place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import pandas as pd

from channelsim.scenario.futures import may_go, of_kind, with_more, without_first
from channelsim.scenario.region import Person
from channelsim.study.answers.asked import SAME_NETWORK
from channelsim.study.answers.values import Values
from channelsim.study.design import Alternative
from channelsim.study.inference import EqualService

People = tuple[Person, ...]
HEADS = ("alternative", "posts there", "posts released", "posts needed", "beside its baseline", "by the network", "by the strategy",
         "what stops one more")  # fmt: skip


def brackets(
    values: Values, who: str, by: Mapping[Alternative, EqualService], of: Mapping[Alternative, tuple[str, People, list[str]]]
) -> pd.DataFrame:  # fmt: skip
    """One row an alternative. Beside its baseline = by the network (pooling, closing) + by the strategy within that network.

    Parameters
    ----------
    of : mapping of alternative to (name, people, what stops one more)
    """
    rows = []
    beyond = {a for a, bracket in by.items() if _open(bracket, of[a][1], who)}
    for a, bracket in by.items():
        name, people, stops = of[a]
        there, k = len(of_kind(people, who)), bracket.k
        same, base = values.base(a, SAME_NETWORK), values.study.base_of(a)
        gains = (_less(by, beyond, a, base), _less(by, beyond, same, base), _less(by, beyond, a, same))
        open_end = a in beyond
        released = "none" if k is None else f"{k} or more" if open_end else max(k, 0)
        needed = f"more than {there}" if k is None else f"at most {there - k}" if open_end else there - k
        rows.append((name, there, released, needed, *gains, ", ".join(stops)))
    return pd.DataFrame(rows, columns=list(HEADS))


def _open(bracket: EqualService, people: People, who: str) -> bool:
    """Could all who were tried go, though more may go, so that the search ended before a target did?"""
    return bracket.k is not None and 0 < bracket.k == bracket.most < may_go(people, who)


def _less(by: Mapping[Alternative, EqualService], beyond: set[Alternative], a: Alternative, b: Alternative) -> str:
    """Posts that a can spare beyond b, with a sign; nothing where one of them meets no target, or both searches ended too early."""
    if a == b:
        return "0"
    one, other = by.get(a), by.get(b)
    if one is None or other is None or one.k is None or other.k is None or {a, b} <= beyond:
        return ""
    return f"{one.k - other.k:+d}" + (" or more" if a in beyond else " or less" if b in beyond else "")


def by_place(who: str, of: Mapping[str, tuple[People, int | None]]) -> pd.DataFrame:
    """One row a skill and place: posts that each alternative needs, with those that are there where it differs.

    Parameters
    ----------
    of : mapping of alternative to (people, posts released, below zero if more are needed)
    """
    columns: dict[str, Counter[tuple[str, str]]] = {}
    before: dict[str, Counter[tuple[str, str]]] = {}
    for name, (people, k) in of.items():
        if k is not None:
            left = without_first(people, who, k) if k >= 0 else with_more(people, who, -k)
            columns[name], before[name] = _posts(left, who), _posts(people, who)
    posts = sorted({post for counts in before.values() for post in counts})
    rows = []
    for skill, place in posts:
        cells = []
        for name in columns:
            now, was = columns[name][skill, place], before[name][skill, place]
            cells.append(
                "" if not was and not now else str(now) if now == was else f"{now} of {was}" if now < was else f"{now}, {now - was} more"
            )
        rows.append((skill, place, *cells))
    return pd.DataFrame(rows, columns=["skill", "place", *columns])


def _posts(people: People, who: str) -> Counter[tuple[str, str]]:
    """Posts by (skill, place): where a person is most days."""
    found: Counter[tuple[str, str]] = Counter()
    for p in of_kind(people, who):
        days = Counter(place for place in p.place if place)
        if days:
            found[p.skill or p.role, days.most_common(1)[0][0]] += 1
    return found
