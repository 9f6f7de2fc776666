"""The evidence of a study with more numbers than memory should hold: from means and spreads alone, which a database makes.

Intervals of the primary outcomes are Bonferroni's instead of the bootstrap's: a little wider, and they need no single
replication. Questions that need single replications (`analyses`) are not answered.
"""

from __future__ import annotations

from dataclasses import replace
from math import nan

import numpy as np
import pandas as pd
from scipy import stats

from channelsim.metrics.paired import PAIRED
from channelsim.study.answers.answer import KINDS
from channelsim.study.answers.values import Answer
from channelsim.study.design import Study
from channelsim.study.estimate import LEVEL, Estimate
from channelsim.study.evidence import MEASURE_OF, Evidence, answers, finding_of
from channelsim.study.inference.intervals import bonferroni_t
from channelsim.study.precision import LOOK_LEVEL

NOT_ANSWERED = "not answered: it takes single replications, and this folder holds more numbers than are loaded at once"
Key = tuple[str, ...]
Moments = tuple[int, float, float]  # number, mean, standard deviation


def large_evidence(study: Study, n: int, estimates: pd.DataFrame, growth: pd.DataFrame) -> Evidence:
    """Estimates, verdicts and answers from means and spreads.

    Parameters
    ----------
    study : Study
    n : int
        Complete replications.
    estimates : DataFrame
        Columns table, alternative, baseline, item, measure, n, mean, sd.
    growth : DataFrame
        Of owed work in minutes: alternative, item (the pool), n, mean, sd.
    """
    of_one = estimates[estimates["table"].isin(["measure", "contrast"])]
    keys = zip(*(of_one[c].astype(str) for c in ("table", "alternative", "baseline", "measure")), strict=True)
    at: dict[Key, Moments] = dict(zip(keys, _moments(of_one), strict=True))
    measures: dict[str, dict[str, Estimate]] = {}
    for (table, alternative, _, measure), (k, mean, sd) in at.items():
        if table == "measure":
            measures.setdefault(alternative, {})[measure] = _interval(k, mean, sd)
    overload = _overload(estimates, growth)
    family = [
        (c, o) for c in study.contrasts if c.kind != "both" for o in study.primary_outcomes
        if at.get(("contrast", c.plan.name, c.baseline.name, o), (0,))[0] == n
    ]  # fmt: skip
    level = LOOK_LEVEL if study.precision else LEVEL
    findings = []
    for c in study.contrasts:
        for outcome in PAIRED:
            k, mean, sd = at.get(("contrast", c.plan.name, c.baseline.name, outcome), (0, nan, nan))
            x = _interval(k, mean, sd, len(family), level) if (c, outcome) in family else _interval(k, mean, sd)
            single = [at.get(("measure", a.name, "", MEASURE_OF.get(outcome, "")), (0, nan, nan))[2] for a in (c.plan, c.baseline)]
            ratio = sum(s * s for s in single) / (sd * sd) if k >= 3 and sd > 0 else nan
            findings.append(finding_of(study, c, outcome, x, overload, ratio))
    means = estimates.rename(columns={"mean": "value"}).drop(columns=["n", "sd"])
    means.insert(0, "replication", 0)
    evidence = Evidence(study, n, means, tuple(findings), measures, overload, whole=False)
    kinds = [KINDS[type(a)] for a in study.analyses]
    return replace(evidence, answers=tuple(answers(evidence)), analyses=tuple(Answer(k, k, NOT_ANSWERED, pd.DataFrame()) for k in kinds))


def _moments(rows: pd.DataFrame) -> list[Moments]:
    return [(int(n), float(mean), float(sd)) for n, mean, sd in zip(rows["n"], rows["mean"], rows["sd"], strict=True)]


def _interval(n: int, mean: float, sd: float, family: int = 0, level: float = LEVEL) -> Estimate:
    """Student's interval; with a family, that which holds together with its others."""
    if n < 2:
        return Estimate(mean if n else nan, nan, nan, n, bool(family))
    critical = bonferroni_t(n, family, level) if family else float(stats.t.ppf(0.5 + LEVEL / 2.0, n - 1))
    half = critical * sd / np.sqrt(n)
    return Estimate(mean, mean - half, mean + half, n, bool(family))


def _overload(estimates: pd.DataFrame, growth: pd.DataFrame, capacity_share: float = 0.01) -> dict[str, dict[str, float]]:
    """Alternative -> pools whose owed work grows (h over the window), as `estimate.overloaded` has it."""
    pools = estimates[estimates["table"] == "pool"].pivot_table(index=["alternative", "item"], columns="measure", values="mean")
    found: dict[str, dict[str, float]] = {}
    capacity = pools["paid"] - pools["other duties"] if len(pools) else pools
    for alternative, item, (n, mean, sd) in zip(growth["alternative"], growth["item"], _moments(growth), strict=True):
        bound = mean - (float(stats.t.ppf(LEVEL, n - 1)) * sd / np.sqrt(n) if n > 1 else 0.0)
        if bound > capacity_share * float(capacity.loc[(alternative, item)]):
            found.setdefault(str(alternative), {})[str(item)] = mean / 60.0
    return found
