"""Does pairing work as it should: A1 varies no more than its customers' own differences, in the default study (decision 22)."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from channelsim.config.study import load_study
from channelsim.metrics import MEASURES, Case
from channelsim.simulate import simulate
from channelsim.study.evidence import known_to_a_factor
from channelsim.study.worlds import Worlds
from tests.conftest import ROOT

N = 12
WORK = "specialist_work_h_per_week"


@pytest.mark.long
def test_a1_varies_no_more_than_its_customers() -> None:
    study = load_study(ROOT / "experiments" / "office-models" / "study.yaml")
    worlds = Worlds(study)
    pair = [a for a in study.alternatives if (a.office_model, a.staffing_split) == ("m6_today", "balanced")]
    pair = [a for a in pair if a.strategy in ("today_2011", "multichannel_triage")]
    freed, work, of_needs = [], [], []
    for replication in range(N):
        base, plan = (simulate(worlds[a], study.seed, replication, study.window, "fast", keep_accounts=True) for a in pair)
        b, p = base.needs, plan.needs
        _, i, j = np.intersect1d(b.need_id, p.need_id, assume_unique=True, return_indices=True)
        both = b.closed[i] & p.closed[j]
        d = (b.specialist_min[i] - p.specialist_min[j])[both] / 60.0 / study.measured_weeks
        freed.append(d.sum())
        of_needs.append((d**2).sum())
        work.append([MEASURES[WORK].value(Case(run, worlds[a], worlds.region(a))) for run, a in zip((base, plan), pair, strict=True)])
    singles = np.array(work)
    paired, alone = np.var(freed, ddof=1), float(np.mean(of_needs))
    independent = singles.var(axis=0, ddof=1).sum()
    limit = alone * float(stats.chi2.ppf(0.999, N - 1)) / (N - 1)
    print(f"paired {paired:.1f}, customers alone {alone:.1f}, independent {independent:.1f}: {independent / paired:.1f} times")
    assert paired < limit
    assert independent / paired > 10.0 / known_to_a_factor(N)
    unpaired = np.var(singles[:, 0] - np.roll(singles[:, 1], 1), ddof=1)  # the planted error: another year's customers
    assert unpaired > limit


def test_the_factor_to_which_a_ratio_is_known() -> None:
    """Of two variances of 8 normal values: 3.8 either way; of 32: 1.8."""
    assert known_to_a_factor(8) == pytest.approx(3.79, abs=0.01) and known_to_a_factor(32) == pytest.approx(1.82, abs=0.01)
    rng = np.random.default_rng(1)
    ratio = np.log(rng.standard_normal((8, 4000)).var(axis=0, ddof=1) / rng.standard_normal((8, 4000)).var(axis=0, ddof=1))
    assert (np.abs(ratio) < np.log(known_to_a_factor(8))).mean() == pytest.approx(0.90, abs=0.015)
