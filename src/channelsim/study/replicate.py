"""One replication of a study: its alternatives on the same customers, and every contrast between them.

Comparing two alternatives takes the account of every need of both, which nobody wants to keep; so a plan's contrasts are
computed where the plan runs, and a baseline that is there already is simulated again for them. What is kept is a table of numbers.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

from channelsim.metrics import Case, measures_of
from channelsim.metrics.access import access_of
from channelsim.metrics.anchors import handled_by_specialist
from channelsim.metrics.paired import paired_measures
from channelsim.metrics.single import unmet_by_municipality, unmet_by_segment
from channelsim.metrics.waits import BY_MUNICIPALITY, BY_SEGMENT, mean_by
from channelsim.rules import state as S
from channelsim.simulate import simulate
from channelsim.study.design import Alternative, Study
from channelsim.study.worlds import Worlds
from channelsim.trajectory.cohort import FIRST_TIME, N

COLUMNS = ("replication", "table", "alternative", "baseline", "item", "measure", "value")


class Replicator:
    """Runs replications of one study; keeps the worlds, which cost more to make than a replication needs."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self.worlds = Worlds(study)
        self.access = {a: access_of(study.region, study.region.office_models[a.office_model], a.staffing_split) for a in study.alternatives}

    def run(self, replication: int, wanted: Collection[str] | None = None) -> pd.DataFrame:
        """Numbers of one replication, as a long table with the columns `COLUMNS`.

        Parameters
        ----------
        replication : int
            Its number.
        wanted : collection of str, optional
            Names of alternatives; default all. Their numbers do not depend on which others are wanted.
        """
        study = self.study
        contrasts = [c for c in study.contrasts if wanted is None or c.plan.name in wanted]
        last_plan = {c.baseline: c.plan for c in contrasts}  # of each baseline
        kept: dict[Alternative, Case] = {}  # accounts of needs are large: only baselines stay, until their last plan
        rows: list[tuple[str, str, str, str, str, float]] = []
        for alternative in self.worlds:
            keep = wanted is None or alternative.name in wanted
            if not keep and alternative not in last_plan:
                continue
            world, name = self.worlds[alternative], alternative.name
            run = simulate(world, study.seed, replication, study.window, study.engine, keep_accounts=bool(study.contrasts))
            case = Case(run, world, self.worlds.region(alternative))
            if keep:
                rows += [("measure", name, "", "", m, v) for m, v in measures_of(case).items()]
                rows += [("measure", name, "", "", m, v) for m, v in self.access[alternative].summary().items()]
                rows += [("digest", name, "", "", "digest", float(int(run.digest()[:13], 16)))]
                rows += by_pool(case, name) + by_group(case, name)
            for contrast in (c for c in contrasts if c.plan == alternative):
                access = self.access[contrast.baseline], self.access[alternative]
                values = paired_measures(kept[contrast.baseline], case, *access)
                rows += [("contrast", name, contrast.baseline.name, "", m, v) for m, v in values.items()]
            if alternative in last_plan:
                kept[alternative] = case
            kept = {a: c for a, c in kept.items() if last_plan[a] != alternative}
        frame = pd.DataFrame(rows, columns=COLUMNS[1:])
        frame.insert(0, "replication", replication)
        return frame


def by_pool(case: Case, name: str) -> list[tuple[str, str, str, str, str, float]]:
    """The time ledger and the owed work of each pool."""
    rows = []
    for pool, pool_name in enumerate(case.world.names.pools):
        for account, label in enumerate(S.LEDGER):
            rows.append(("pool", name, "", pool_name, label, float(case.run.tally.ledger[pool, account])))
        if len(case.run.owed_min) > 1:
            rows.append(("pool", name, "", pool_name, "owed at start", float(case.run.owed_min[0, pool])))
            rows.append(("pool", name, "", pool_name, "owed at end", float(case.run.owed_min[-1, pool])))
    return rows


def by_group(case: Case, name: str) -> list[tuple[str, str, str, str, str, float]]:
    """What municipalities, segments and services meet."""
    rows = []
    cohort = case.run.cohort
    for table, by, labels, total, missed in (
        ("municipality", BY_MUNICIPALITY, case.world.names.municipalities, cohort.by_municipality, unmet_by_municipality(case)),
        ("segment", BY_SEGMENT, case.world.names.segments, cohort.by_segment, unmet_by_segment(case)),
    ):
        with np.errstate(invalid="ignore", divide="ignore"):
            shares = {"unmet_pct": missed, "travel_min_per_need": total(FIRST_TIME + S.TRAVEL_MIN) / total(N)}
        for kind in ("phone_wait_min", "appointment_lead_days"):
            shares[f"{kind}_mean"] = mean_by(case, kind, by)
        rows += [(table, name, "", label, measure, float(v[i])) for measure, v in shares.items() for i, label in enumerate(labels)]
    for service, share in zip(case.world.names.services, handled_by_specialist(case), strict=True):
        rows.append(("service", name, "", service, "handled_by_specialist_share", float(share)))
    return rows
