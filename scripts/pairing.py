"""What is left of the luck in a paired difference of A1, customer by customer: the table of docs/decisions/0022-pairing.md.

    python scripts/pairing.py experiments/office-models/study.yaml --office-models m6_today,m1 --replications 6

For each strategy: variance of A1 over replications, that of independent runs, and the sum of squared differences of single
needs by what happened to them. That sum is the variance of A1 if needs differed independently of one another: what
remains when every customer meets the same luck in plan and baseline.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from pathlib import Path

import numpy as np

from channelsim.config.study import load_study
from channelsim.metrics import MEASURES, Case
from channelsim.simulate import simulate
from channelsim.study.worlds import Worlds
from channelsim.trajectory.values import Needs

WORK = "specialist_work_h_per_week"
KINDS = (
    "first contact through another channel",
    "the same contacts, one of both without a specialist",
    "the same contacts, other minutes",
    "another number of contacts",
)


def differences(base: Needs, plan: Needs) -> tuple[np.ndarray, np.ndarray]:
    """(specialist minutes of each need closed in both, baseline less plan; which of `KINDS` it is, -1 where the minutes are the same)."""
    _, i, j = np.intersect1d(base.need_id, plan.need_id, assume_unique=True, return_indices=True)
    both = base.closed[i] & plan.closed[j]
    i, j = i[both], j[both]
    w, v = base.specialist_min[i], plan.specialist_min[j]
    moved, again = base.first_channel[i] != plan.first_channel[j], base.contacts[i] != plan.contacts[j]
    kind = np.select([moved, again, (w == 0.0) != (v == 0.0), w != v], [0, 3, 1, 2], -1)
    return w - v, np.where(w == v, -1, kind)


def main() -> None:
    """Run and print."""
    asks = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asks.add_argument("study", type=Path)
    asks.add_argument("--office-models", default="m6_today")
    asks.add_argument("--replications", type=int, default=6)
    asks.add_argument("--split", default="balanced")
    asked = asks.parse_args()
    study = load_study(asked.study)
    worlds, models = Worlds(study), asked.office_models.split(",")
    per_week = 60.0 * study.measured_weeks
    of: dict[str, list[tuple[float, ...]]] = defaultdict(list)
    for replication in range(asked.replications):
        kept: dict[str, tuple[Needs, float]] = {}
        for a in study.alternatives:
            if a.office_model not in models or a.staffing_split != asked.split:
                continue
            run = simulate(worlds[a], study.seed, replication, study.window, study.engine, keep_accounts=True)
            work = MEASURES[WORK].value(Case(run, worlds[a], worlds.region(a)))
            if a.strategy == study.baseline_strategy:
                kept[a.office_model] = run.needs, work
                continue
            base, of_base = kept[a.office_model]
            d, kind = differences(base, run.needs)
            squares = (float((d[kind == k] ** 2).sum()) / per_week**2 for k in range(len(KINDS)))
            of[a.name].append((float(d.sum()) / per_week, of_base, work, *squares))
    print(f"{asked.replications} replications, variances in (h/week)^2")
    print("| contrast | A1 paired | independent | needs alone | " + " | ".join(KINDS) + " |\n|" + " --- |" * (4 + len(KINDS)))
    for name, rows in of.items():
        x = np.array(rows)
        spread, mean = x.var(axis=0, ddof=1), x.mean(axis=0)
        figures = (spread[0], spread[1] + spread[2], mean[3:].sum(), *mean[3:])
        print(f"| {name} | " + " | ".join(f"{f:.1f}" for f in figures) + " |")


if __name__ == "__main__":
    main()
