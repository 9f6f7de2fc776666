"""Replications of alternatives that a design does not have, on the study's seeds: what a search needs beyond the shards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pandas as pd

from channelsim.errors import SimulationError
from channelsim.study.answers.values import NotAnswered
from channelsim.study.design import Alternative, Study, with_baselines
from channelsim.study.keys import key_of, parts_of
from channelsim.study.replicate import COLUMNS

KEPT = (*COLUMNS, "key")
NEEDED = ("measure", "pool", "contrast")
STOPPED = "stopped"  # table of the row that says why an alternative has no replications
Runner = Callable[[Study, str, list[int]], pd.DataFrame]


class StopsThere(NotAnswered):
    """A world that a search tried does not work: its replications stop."""


def nothing_kept() -> pd.DataFrame:
    """The table of a folder in which nothing was searched yet."""
    return pd.DataFrame({c: pd.Series(dtype="float64" if c == "value" else "int64" if c == "replication" else "object") for c in KEPT})


@dataclass(eq=False)
class More:
    """Has replications made and keeps them.

    Parameters
    ----------
    run : callable, optional
        (study of one alternative with its baselines, the alternative's name, replications) -> their long table, made by whatever
        workers there are. None: only what is kept is used.
    kept : DataFrame
        Rows of earlier searches with the columns `KEPT`; rows under other keys are passed over and dropped.
    tell : callable
        Takes a word on what is run.
    """

    run: Runner | None = None
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
        if (mine["table"] == STOPPED).any():
            raise StopsThere(f"{alternative.name}: {mine[mine['table'] == STOPPED]['item'].iloc[0]}")
        lacking = sorted(set(replications) - set(mine["replication"]))
        if lacking and self.run is None:
            raise NotAnswered("it takes runs that are not there; `channelsim study run` makes them")
        if lacking and self.run is not None:
            self.tell(f"{alternative.name}: {len(lacking)} replications")
            try:
                rows = self.run(alone, alternative.name, lacking)
            except SimulationError as error:
                self._keep(pd.DataFrame([(lacking[0], STOPPED, alternative.name, "", error.what, "", 0.0, key)], columns=list(KEPT)))
                raise StopsThere(f"{alternative.name}: {error.what}") from None
            rows = rows[rows["table"].isin(NEEDED) & (rows["alternative"] == alternative.name)].assign(key=key)
            self._keep(rows)
            mine = self.kept[self.kept["key"] == key]
        return mine[mine["replication"].isin(replications)]

    def _keep(self, rows: pd.DataFrame) -> None:
        self.kept = pd.concat([self.kept, rows], ignore_index=True) if len(self.kept) else rows.reset_index(drop=True)
        self.changed = True
