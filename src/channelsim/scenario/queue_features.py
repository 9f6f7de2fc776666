"""Whether a world of queues has any of the rules that most worlds of queues do without."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from channelsim.scenario import tables as T
from channelsim.scenario.tables import NONE
from channelsim.units import NEVER


def is_bare(columns: Mapping[str, Any]) -> bool:
    """Do contacts no more than wait in line, be served in one piece by anybody of a pool, leave, and come again?

    Hours, patience, limits of queues, several classes and pools, and what follows an outcome belong to a bare world too.
    Its kernel holds none of the rest (`Tables.bare`), a sixth of the instructions of an event.

    Parameters
    ----------
    columns : mapping of str to ndarray
        The tables of a world of queues, by name (`scenario.tables.Tables`).
    """
    classes = columns["classes"].reshape(-1, T.CLASS_WIDTH)
    pairs = columns["pairs"].reshape(-1, T.PAIR_WIDTH)
    pools = columns["pools"].reshape(-1, T.POOL_WIDTH)
    rules_of_classes = (
        (classes[:, [T.LINES, T.QUEUE_RULES, T.AFTER_WORK]] != NONE).any()
        or (classes[:, T.MODE] != T.WAITING).any()
        or (classes[:, T.N_STAGES] != 1).any()
        or (classes[:, T.CARRIES_PATIENCE] != 0).any()
        or (columns["slice_min"] < NEVER).any()
        or (columns["after_work_min"] != 0.0).any()
        or (columns["class_due_min"] > 0.0).any()
    )
    rules_of_pools = (
        (pairs[:, T.PAIR_RESERVE] != 0).any()
        or (pairs[:, T.PAIR_HANDLING] != NONE).any()
        or (pools[:, T.HANDS_OVER] != 0).any()
        or (columns["pull_from_stage"] != 0).any()
        or columns["options"][T.PERSON_FACTORS] != 0.0
        or columns["steering"] != T.AS_WRITTEN
    )
    other_ways = (columns["channel_mode"] != T.BY_LINE).any() or (columns["left_class"] != NONE).any() or len(columns["books"]) > 0
    return not (rules_of_classes or rules_of_pools or other_ways)
