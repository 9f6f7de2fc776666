"""The two-start pilot: both starts meet the same customers, differ at first, and agree for good."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.conftest import ROOT

from channelsim.config.study import load_study
from channelsim.simulate import simulate, weeks
from channelsim.study.design import Alternative
from channelsim.study.pilot import TwoStarts, two_starts

STUDY = load_study(ROOT / "experiments" / "tiny" / "study.yaml")
TODAY = Alternative("two_offices", "today_2011", STUDY.staffing_splits[0])


def test_starts_differ_and_then_agree() -> None:
    """In so small a region two per cent is less than one contact, so the starts come near and do not meet."""
    starts = two_starts(STUDY, TODAY, STUDY.world(TODAY), replications=2, n_weeks=26)
    usual = starts.from_empty_h[13:].mean()
    assert starts.from_empty_h[0] == 0.0
    assert starts.from_backlog_h.max() >= 2.0 * usual
    assert starts.difference[0] > 0.3
    assert starts.difference[-1] < 0.3 * starts.difference[0]


def test_a_surge_adds_customers_and_changes_nobody() -> None:
    world = STUDY.world(TODAY)
    crowded = replace(world, demand=replace(world.demand, surge=2.0, surge_weeks=1))
    usual, more = (simulate(w, 7, 0, weeks(0, 3, 0), keep_accounts=True).needs for w in (world, crowded))
    same = np.isin(more.need_id, usual.need_id)
    assert np.array_equal(more.need_id[same], usual.need_id)
    assert np.array_equal(more.expertise[same], usual.expertise)
    assert np.all(more.arose[~same] < 2 * 10080.0) and 0.7 < (~same).sum() / (usual.arose < 10080.0).sum() < 1.4


@pytest.mark.parametrize(("apart", "warm_up"), [([], 0), ([0, 1, 2], 4), ([0, 5], 8)], ids=["never apart", "at first", "once more"])
def test_agreement_is_for_good(apart: list[int], warm_up: int) -> None:
    empty = np.full(12, 100.0)
    backlog = empty.copy()
    backlog[apart] = 130.0
    assert TwoStarts(TODAY, empty, backlog, 2.0, 1).warm_up_weeks == warm_up


def test_starts_that_never_agree_have_no_warm_up() -> None:
    starts = TwoStarts(TODAY, np.full(12, 100.0), np.full(12, 103.0), 2.0, 1)
    assert starts.warm_up_weeks is None
