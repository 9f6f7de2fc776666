"""The overload test of decisions 13; intervals and verdicts live in `inference` and are found here too."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from channelsim.study.inference.comparison import verdict
from channelsim.study.inference.intervals import LEVEL, Estimate, max_t, pointwise, simultaneous

__all__ = ["LEVEL", "Estimate", "max_t", "overloaded", "pointwise", "simultaneous", "verdict"]


def overloaded(pools: pd.DataFrame, capacity_share: float = 0.01) -> dict[str, float]:
    """Pools whose owed work grows: growth in h over the window, if its one-sided 95 % bound exceeds 1 % of capacity.

    Parameters
    ----------
    pools : DataFrame
        Rows of one alternative with columns replication, item, measure, value (minutes).
    """
    wide = pools.pivot_table(index=["item", "replication"], columns="measure", values="value")
    if "owed at end" not in wide:
        return {}
    growth = wide["owed at end"] - wide["owed at start"]
    capacity = wide["paid"] - wide["other duties"]
    found = {}
    for pool, values in growth.groupby(level="item"):
        n = len(values)
        bound = values.mean()
        if n > 1:
            bound -= stats.t.ppf(LEVEL, n - 1) * values.std(ddof=1) / np.sqrt(n)
        if bound > capacity_share * capacity.loc[pool].mean():
            found[str(pool)] = float(values.mean() / 60.0)
    return found
