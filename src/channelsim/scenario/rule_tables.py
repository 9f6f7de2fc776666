"""Tables of rules of queues that few classes have: one row for each class that has any."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from channelsim.scenario import tables as T
from channelsim.scenario.tables import NONE


@dataclass
class QueueRules:
    """The rules of one class, in numbers of classes and distributions."""

    moves_stage: int = NONE
    moves_to: int = NONE
    keeps_age: bool = False
    keeps_patience: bool = False
    idle_rule: int = T.LONGEST_IDLE
    balk_signal: int = NONE
    balk_at: tuple[float, ...] = ()
    balk_share: tuple[float, ...] = ()
    offer_signal: int = NONE
    offer_to: int = NONE
    offer_keeps_place: bool = False
    offer_at: float = 0.0
    offer_accepted: float = 0.0
    tries: int = 0
    try_length: int = NONE
    try_again: int = NONE
    unreached: float = 0.0


def rule_tables(rules: Sequence[QueueRules]) -> dict[str, np.ndarray]:
    """Integers, figures, and the thresholds of balking, which a row owns from one place to another."""
    rows, figures = [], []
    at: list[float] = []
    share: list[float] = []
    for r in rules:
        first = len(at)
        at += r.balk_at
        share += r.balk_share
        row = [NONE] * T.QUEUE_RULE_WIDTH
        row[: T.TRY_AGAIN + 1] = [
            r.moves_stage, r.moves_to, int(r.keeps_age), int(r.keeps_patience), r.idle_rule, r.balk_signal, first, len(at),
            r.offer_signal, r.offer_to, int(r.offer_keeps_place), r.tries, r.try_length, r.try_again,
        ]  # fmt: skip
        rows.append(row)
        figures.append([r.offer_at, r.offer_accepted, r.unreached, 0.0])
    return {
        "queue_rules": np.array(rows, np.int64).ravel(),
        "queue_figures": np.array(figures, float).ravel(),
        "balk_at": np.array(at, float),
        "balk_share": np.array(share, float),
    }
