"""Replications of alternatives that a design does not have, on the study's seeds: what a search needs beyond the shards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pandas as pd

from channelsim.study.answers.values import NotAnswered
from channelsim.study.design import Alternative, Study, with_baselines
from channelsim.study.keys import key_of, parts_of
from channelsim.study.replicate import COLUMNS, Replicator

KEPT = (*COLUMNS, "key")
NEEDED = ("measure", "pool", "contrast")


def nothing_kept() -> pd.DataFrame:
    """The table of a folder in which nothing was searched yet."""
    return pd.DataFrame({c: pd.Series(dtype="float64" if c == "value" else "int64" if c == "replication" else "object") for c in KEPT})


@dataclass(eq=False)
class More:
    """Makes replications and keeps them.

    Parameters
    ----------
    allowed : bool
        May replications be made? Else only what is kept is used.
    kept : DataFrame
        Rows of earlier searches with the columns `KEPT`; rows under other keys are passed over and dropped.
    tell : callable
        Takes a word on what is run.
    """

    allowed: bool = False
    kept: pd.DataFrame = field(default_factory=nothing_kept)
    tell: Callable[[str], None] = lambda text: None
    changed: bool = False
    used: set[str] = field(default_factory=set)

    def of(self, study: Study, alternative: Alternative, replications: list[int], paired: bool = False) -> pd.DataFrame:
        """Measures and pools of an alternative in some replications; with its contrasts if `paired`.

        Raises
        ------
        NotAnswered
            If they are not kept and may not be made.
        """
        alone = replace(study, chosen=with_baselines(study, [alternative]) if paired else (alternative,), analyses=())
        key = key_of(parts_of(alone)[alternative.name])
        self.used.add(key)
        mine = self.kept[self.kept["key"] == key]
        lacking = sorted(set(replications) - set(mine["replication"]))
        if lacking and not self.allowed:
            raise NotAnswered("it takes runs that are not there; `channelsim study run` makes them")
        if lacking:
            self.tell(f"{alternative.name}: {len(lacking)} replications")
            replicator = Replicator(alone)
            rows = pd.concat([replicator.run(r, {alternative.name}) for r in lacking])
            rows = rows[rows["table"].isin(NEEDED)].assign(key=key)
            self.kept = pd.concat([self.kept, rows], ignore_index=True) if len(self.kept) else rows.reset_index(drop=True)
            self.changed = True
            mine = self.kept[self.kept["key"] == key]
        return mine[mine["replication"].isin(replications)]
