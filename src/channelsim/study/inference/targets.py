"""Targets of service, and how much better than each an alternative is: its slack (decisions 36)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Target:
    """One target: the baseline's own service with a tolerance, or an absolute value.

    Parameters
    ----------
    name, unit : str
    better : {"higher", "lower"}
    value : float or None
        Absolute target in `unit`; None: what the baseline gives, replication by replication.
    tolerance : float
        How much worse still counts as met, in `unit`, >= 0.
    """

    name: str
    unit: str
    better: str
    value: float | None = None
    tolerance: float = 0.0


def slacks(values: pd.DataFrame, targets: Sequence[Target], baseline: pd.DataFrame | None = None) -> np.ndarray:
    """[replication, target] how much better than its target each replication is, tolerance included; >= 0 is met.

    Parameters
    ----------
    values, baseline : DataFrame
        Index replication, one column per target; the same replications (paired by index).

    Raises
    ------
    ValueError
        A target of the baseline without a baseline, or replications that are not the same.
    """
    relative = [t.name for t in targets if t.value is None]
    if relative and baseline is None:
        raise ValueError(f"the baseline's values are needed for {', '.join(relative)}")
    if baseline is not None and not values.index.equals(baseline.index):
        raise ValueError("values and baseline must be of the same replications, in the same order")
    columns = []
    for t in targets:
        sign = 1.0 if t.better == "higher" else -1.0
        aim = t.value if t.value is not None or baseline is None else baseline[t.name].to_numpy(dtype=float)
        columns.append(sign * (values[t.name].to_numpy(dtype=float) - aim) + t.tolerance)
    return np.column_stack(columns)
