"""Ends of work: a tree of winners with one leaf a person.

Whoever is at work has exactly one end of work ahead, so each person owns a leaf, and each node holds the least of its
eight children. A change is written along one path; no comparison along it is a branch that could be foreseen
wrongly, which is what makes a heap slow. A leaf is the tick of the end with the person below it, so that the least
integer is the earliest end, of the lowest person on a tie (decisions 10).
"""

from __future__ import annotations

from channelsim.compiled import small

# isort: split
import numpy as np

CHILDREN_BITS = 3
PERSON_BITS = 17  # a region or world has at most 100,000 persons
MOST_PERSONS = 1 << PERSON_BITS
LAST_TICK = (1 << (62 - PERSON_BITS)) - 1  # 33 million minutes: later than any horizon, so that later ends may share it
NOT_WORKING = (1 << 63) - 1


def tree_for(n_persons: int) -> np.ndarray:
    """A tree with a leaf for each person, nobody at work: leaves first, then level by level, the root last."""
    if n_persons > MOST_PERSONS:
        raise ValueError(f"{n_persons:,} persons, more than {MOST_PERSONS:,}")
    levels = [8]
    while levels[0] < n_persons:
        levels.insert(0, levels[0] * 8)
    return np.full(sum(levels) + 1, NOT_WORKING)


@small
def lesser(a, b):
    """The lesser of two integers, without a branch."""
    return a if a < b else b


@small
def least_of_eight(tree, i):
    """The least of eight neighbours."""
    left = lesser(lesser(tree[i], tree[i + 1]), lesser(tree[i + 2], tree[i + 3]))
    return lesser(left, lesser(lesser(tree[i + 4], tree[i + 5]), lesser(tree[i + 6], tree[i + 7])))


@small
def put_end(tree, person, key):
    """Write the leaf (`key_of`) of a person who has no end ahead, and what follows from it up to the root.

    What is compared with the key is known before it is, so that the new root waits for one comparison only.
    """
    tree[person] = key
    first, width, node = 0, (7 * len(tree) + 1) >> CHILDREN_BITS, person
    while width > 1:
        node >>= CHILDREN_BITS
        first += width
        width >>= CHILDREN_BITS
        tree[first + node] = lesser(tree[first + node], key)


@small
def take_end(tree, person):
    """Empty a person's leaf, and write what follows from it up to the root."""
    tree[person] = NOT_WORKING
    first, width, node = 0, (7 * len(tree) + 1) >> CHILDREN_BITS, person
    while width > 1:
        node >>= CHILDREN_BITS
        least = least_of_eight(tree, first + (node << CHILDREN_BITS))
        first += width
        width >>= CHILDREN_BITS
        tree[first + node] = least


@small
def key_of(tick, person):
    """A leaf: the tick at which this person's work ends."""
    return (lesser(tick, LAST_TICK) << PERSON_BITS) | person
