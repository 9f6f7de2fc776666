"""Sets of replications as sorted, separate stretches [from, until): ten million of them are one pair."""

from __future__ import annotations

from collections.abc import Iterable

Stretch = tuple[int, int]


def merged(stretches: Iterable[Stretch]) -> list[Stretch]:
    """The same replications, sorted, none twice."""
    found: list[Stretch] = []
    for start, end in sorted(s for s in stretches if s[0] < s[1]):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def without(whole: Stretch, taken: list[Stretch]) -> list[Stretch]:
    """What is left of one stretch."""
    left, at = [], whole[0]
    for start, end in taken:
        if end <= at or start >= whole[1]:
            continue
        if start > at:
            left.append((at, start))
        at = max(at, end)
    if at < whole[1]:
        left.append((at, whole[1]))
    return left


def common(one: list[Stretch], other: list[Stretch]) -> list[Stretch]:
    """Replications in both."""
    found, i, j = [], 0, 0
    while i < len(one) and j < len(other):
        start, end = max(one[i][0], other[j][0]), min(one[i][1], other[j][1])
        if start < end:
            found.append((start, end))
        if one[i][1] < other[j][1]:
            i += 1
        else:
            j += 1
    return found


def count(stretches: list[Stretch]) -> int:
    """How many replications."""
    return sum(end - start for start, end in stretches)
