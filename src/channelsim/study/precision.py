"""When a study may stop before its last replication: at few looks known beforehand, each at a quarter of the error (decisions 37)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy import stats

from channelsim.study.design import Study
from channelsim.study.inference.precision import LOOK_LEVEL, LOOKS

__all__ = ["LOOKS", "LOOK_LEVEL", "family_of", "half_widths", "precise"]


def half_widths(study: Study, contrasts: pd.DataFrame, outcomes: tuple[str, ...]) -> dict[str, float]:
    """Outcome -> widest half-width over contrasts, Bonferroni's t over the family at this look's share of the error.

    Parameters
    ----------
    study : Study
        Its contrasts, without those that change two things, and its primary outcomes are the family.
    contrasts : DataFrame
        Rows of the table `contrast` of complete replications.
    outcomes : tuple of str
        Which outcomes are asked about.
    """
    pairs = family_of(study)
    family = max(1, len(pairs) * len(study.primary_outcomes))
    rows = contrasts[contrasts["measure"].isin(outcomes)]
    spread = rows.groupby(["measure", "alternative", "baseline"])["value"].agg(["std", "count"])
    found = dict.fromkeys(outcomes, float("inf"))
    for outcome in outcomes:
        if outcome not in spread.index.get_level_values(0):
            continue
        mine = spread.loc[outcome]
        mine = mine[[pair in pairs for pair in mine.index]]
        n = mine["count"].to_numpy()
        if len(mine) and (n >= 2).all():
            critical = stats.t.ppf(1.0 - (1.0 - LOOK_LEVEL) / (2.0 * family), n - 1)
            found[outcome] = float(np.max(critical * mine["std"].to_numpy() / np.sqrt(n)))
    return found


def family_of(study: Study) -> set[tuple[str, str]]:
    """(plan, baseline) of the contrasts whose intervals hold together."""
    return {(c.plan.name, c.baseline.name) for c in study.contrasts if c.kind != "both"}


def precise(study: Study, contrasts: pd.DataFrame, wanted: Mapping[str, float]) -> bool:
    """Are all outcomes known as precisely as is wanted (outcome -> half-width)?"""
    widths = half_widths(study, contrasts, tuple(wanted))
    return all(widths[outcome] <= limit for outcome, limit in wanted.items())
