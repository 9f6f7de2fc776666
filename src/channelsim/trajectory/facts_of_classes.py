"""What an auditor must know of classes and pools: routing lists, queue rules and what follows, as plain lists."""

from __future__ import annotations

from typing import Any

import numpy as np

from channelsim.scenario import tables as T
from channelsim.scenario.tables import NONE, Tables
from channelsim.scenario.world import World
from channelsim.units import NEVER

MODES = ("waiting", "item", "self", "booked")
WAYS = ("line", "point", "book", "hour")
LAWS = ("deterministic", "exponential", "lognormal", "uniform", "triangular", "tabled")
IDLE_RULES, SIGNALS = ("longest_idle", "most_idle", "in_order", "least_occupied"), ("length", "longest_wait", "expected_wait")


def classes_of(world: World) -> list[dict[str, Any]]:
    """Each class with its dispatch lists, one for each stage, and what may follow its outcomes."""
    tables = world.tables
    found = []
    for number, row in enumerate(tables.classes.reshape(-1, T.CLASS_WIDTH)):
        stages = range(row[T.FIRST_STAGE], row[T.FIRST_STAGE] + row[T.N_STAGES])
        found.append({
            "name": world.names.classes[number],
            "channel": int(row[T.CHANNEL]),
            "mode": MODES[row[T.MODE]],
            "calendar": int(row[T.CALENDAR]),
            "sent_home_at_closing": bool(row[T.SEND_HOME]),
            "queue_limit": None if row[T.QUEUE_LIMIT] == NONE else int(row[T.QUEUE_LIMIT]),
            "patience": _law(tables, row[T.PATIENCE]),
            "carries_patience": bool(row[T.CARRIES_PATIENCE]),
            "comes_after_opening": _law(tables, row[T.REOPENING_DELAY]),
            "slice_min": minutes_or_none(tables.slice_min[number]),
            "stage_after_min": [minutes_or_none(tables.stage_after_min[stage]) for stage in stages][:-1],
            "dispatch": _dispatch(tables, number, 0),
            "follows": _follows(tables, number),
            "moves_on": _moves_on(tables, int(row[T.QUEUE_RULES])),
            **_announcements(tables, number, int(row[T.QUEUE_RULES])),
            "lines": None if row[T.LINES] == NONE else int(row[T.LINES]),
            "after_work": _law(tables, row[T.AFTER_WORK]),
            **({} if tables.customers else _comes(tables, number)),
        })  # fmt: skip
    return found


def _moves_on(tables: Tables, row: int) -> dict[str, Any] | None:
    """A wait that ends in another class: at which stage, where to, and what is brought along."""
    if row == NONE:
        return None
    rule = tables.queue_rules.reshape(-1, T.QUEUE_RULE_WIDTH)[row]
    if rule[T.MOVES_STAGE] == NONE:
        return None
    return {
        "at_stage": int(rule[T.MOVES_STAGE]), "to": int(rule[T.MOVES_TO]), "keeps_age": bool(rule[T.KEEPS_AGE]),
        "keeps_patience": bool(rule[T.KEEPS_PATIENCE]),
    }  # fmt: skip


def _announcements(tables: Tables, of_class: int, row: int) -> dict[str, Any]:
    """What those who would wait are told, who leaves or is called back at that, who is not reached, and whom an arrival asks."""
    found: dict[str, Any] = {
        "idle_rule": IDLE_RULES[T.LONGEST_IDLE],
        "balk": None,
        "call_back": None,
        "unreached": None,
        "busy_mean_min": {},
    }
    if row == NONE:
        return found
    rule, figures = (
        table[row] for table in (tables.queue_rules.reshape(-1, T.QUEUE_RULE_WIDTH), tables.queue_figures.reshape(-1, T.QUEUE_FIGURES))
    )
    found["idle_rule"] = IDLE_RULES[rule[T.IDLE_RULE]]
    steps = slice(rule[T.BALK_FIRST], rule[T.BALK_LAST])
    if rule[T.BALK_SIGNAL] != NONE:
        found["balk"] = {
            "signal": SIGNALS[rule[T.BALK_SIGNAL]], "at": tables.balk_at[steps].tolist(), "share": tables.balk_share[steps].tolist(),
        }  # fmt: skip
    if rule[T.OFFER_SIGNAL] != NONE:
        found["call_back"] = {
            "signal": SIGNALS[rule[T.OFFER_SIGNAL]], "to": int(rule[T.OFFER_TO]), "keeps_place": bool(rule[T.OFFER_KEEPS_PLACE]),
            "at": float(figures[T.OFFER_AT]), "accepted": float(figures[T.OFFER_ACCEPTED]),
        }  # fmt: skip
    if rule[T.TRIES] > 0:
        found["unreached"] = {
            "share": float(figures[T.UNREACHED]), "tries": int(rule[T.TRIES]), "attempt": _law(tables, int(rule[T.TRY_LENGTH])),
        }  # fmt: skip
    pairs = tables.pairs.reshape(-1, T.PAIR_WIDTH)
    mine = np.flatnonzero(pairs[:, T.PAIR_CLASS] == of_class)
    found["busy_mean_min"] = {str(pairs[i, T.PAIR_POOL]): float(tables.pair_mean_min[i]) for i in mine}
    return found


def _comes(tables: Tables, number: int) -> dict[str, Any]:
    """How contacts of a class come, in a world of queues, and what work they leave."""
    left = int(tables.left_class[number])
    return {
        "way": WAYS[tables.channel_mode[number]],
        "no_show": float(tables.no_show_share[number]),
        "no_show_by_min": float(tables.no_show_rise[number]),
        "travel": _law(tables, tables.travel_law[number]),
        "last_arrival_min": float(tables.last_arrival_min[number]),
        "leaves": None if left == NONE else {"class": left, "share": float(tables.casework_share[number])},
    }


def _follows(tables: Tables, of_class: int) -> list[list[Any]]:
    """[role, outcome, [[cumulative share, action, channel], ...]] of every outcome that something may follow."""
    found = []
    for role in range(T.N_ROLES):
        for outcome in range(T.N_OUTCOMES):
            row = tables.row_of[(of_class * T.N_ROLES + role) * T.N_OUTCOMES + outcome]
            if row != NONE:
                entries = range(tables.row_start[row], tables.row_start[row + 1])
                found.append([role, outcome, [[float(tables.row_cumulative[e]), int(tables.row_action[e]), int(tables.row_channel[e])]
                                              for e in entries]])  # fmt: skip
    return found


def pools_of(world: World) -> list[dict[str, Any]]:
    """Each pool with its pull list: class, rank, from which stage on, weight of the wait, reserve, age at which it is due (0: never)."""
    tables = world.tables
    found = []
    for number, row in enumerate(tables.pools.reshape(-1, T.POOL_WIDTH)):
        found.append(
            {
                "name": world.names.pools[number],
                "role": int(row[T.ROLE]),
                "place": int(row[T.PLACE]),
                "pulls": _pulls(tables, number, 0),
                "hands_over": bool(row[T.HANDS_OVER]),
            }
        )
    return found


def lists_of(tables: Tables, of_set: int) -> dict[str, Any]:
    """The routing lists of some hours: dispatch of each class, pulls of each pool."""
    classes, pools = (int(tables.sizes[i]) for i in (T.N_CLASSES, T.N_POOLS))
    return {"dispatch": [_dispatch(tables, c, of_set) for c in range(classes)], "pulls": [_pulls(tables, p, of_set) for p in range(pools)]}


def n_sets(tables: Tables) -> int:
    """How many sets of routing lists there are."""
    return (len(tables.pull_start) - 1) // int(tables.sizes[T.N_POOLS]) if tables.sizes[T.N_POOLS] else 1


def _dispatch(tables: Tables, of_class: int, of_set: int) -> list[list[list[int]]]:
    """[stage] pools that may serve a class, with their ranks."""
    row, pairs = tables.classes.reshape(-1, T.CLASS_WIDTH)[of_class], tables.pairs.reshape(-1, T.PAIR_WIDTH)
    first = int(row[T.FIRST_STAGE]) + of_set * len(tables.stage_after_min)
    entries = [range(tables.dispatch_start[stage], tables.dispatch_start[stage + 1]) for stage in range(first, first + row[T.N_STAGES])]
    return [[[int(pairs[tables.dispatch_pair[e], T.PAIR_POOL]), int(tables.dispatch_rank[e])] for e in part] for part in entries]


def _pulls(tables: Tables, pool: int, of_set: int) -> list[list[Any]]:
    """Entries of the list of what a pool takes."""
    pairs, row = tables.pairs.reshape(-1, T.PAIR_WIDTH), of_set * int(tables.sizes[T.N_POOLS]) + pool
    return [[int(pairs[tables.pull_pair[e], T.PAIR_CLASS]), int(tables.pull_rank[e]), int(tables.pull_from_stage[e]),
             float(tables.pull_weight[e]), int(tables.set_reserve[of_set * len(pairs) + tables.pull_pair[e]]), float(tables.pull_due[e])]
            for e in range(tables.pull_start[row], tables.pull_start[row + 1])]  # fmt: skip


def _law(tables: Tables, row: int) -> dict[str, Any] | None:
    """A distribution in words: its family and parameters."""
    if row == NONE:
        return None
    family, a, b, c = tables.distribution.reshape(-1, 4)[row].tolist()
    return {"law": LAWS[int(family)], "a": a, "b": b, "c": c}


def minutes_or_none(value: float) -> float | None:
    """A moment or a length in minutes; None for never."""
    return None if value >= NEVER else float(value)
