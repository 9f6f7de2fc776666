"""Alternatives of each design, their names, and contrasts that isolate one change."""

from __future__ import annotations

import hashlib
import pickle
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from tests.conftest import ROOT

from channelsim.config.study import load_study
from channelsim.store import results
from channelsim.study import sampling
from channelsim.study.design import Alternative
from channelsim.study.replicate import Replicator

CROSSED = """
factors:
  office_model: [one_office, two_offices]
  strategy: [multichannel, today_2011]
  strategy.web.preference: [as_it_is, 0.2]
  demand.scale: [1.0, 1.43]
"""


def differing(a: Alternative, b: Alternative) -> set[str]:
    return {p for p in a.levels | b.levels if a.levels.get(p) != b.levels.get(p)}


# --- the short form -------------------------------------------------------------------------------
def test_the_short_form_is_what_it_was() -> None:
    """Names, contrasts and worlds of the shipped studies, by hashes; a change of them is news (CHANGELOG, Results changed)."""
    for name, digest, worlds in (
        (
            "tiny",
            "8fa4065134dd659e5e593eec31c3b653d9ecff6409e5f2989b3c5033c1fc4b6c",
            "263ad9e78305f466437532558f88dc365532853d177fcd8c6170592a054bce44",
        ),
        (
            "office-models",
            "0c96537c1c0fe686bc47c688bd3f962780e7678fc71c3bd1709631048112ebda",
            "1514bb73a0b80f52d2903b8a6b69ec625b7dbdfc6474d03de84eb8e48f6a0041",
        ),
    ):
        study = load_study(ROOT / "experiments" / name / "study.yaml")
        found = hashlib.sha256()
        for a in study.alternatives:
            found.update((a.name + study.world(a).digest).encode())
        for c in study.contrasts:
            found.update((c.kind + c.plan.name + c.baseline.name).encode())
        assert (study.digest, found.hexdigest()) == (digest, worlds), name


def test_factors_written_out_are_the_short_form(loaded) -> None:
    short = loaded("office_models: [one_office, two_offices]\nstrategies: [multichannel, today_2011]\n")
    long = loaded("factors: {office_model: [one_office, two_offices], strategy: [multichannel, today_2011]}\n")
    assert set(short.alternatives) == set(long.alternatives) and set(short.contrasts) == set(long.contrasts)
    one, other = (results.measures_digest(Replicator(s).run(0)) for s in (short, long))
    assert one == other


# --- contrasts ------------------------------------------------------------------------------------
def test_each_contrast_isolates_one_change_or_says_both(loaded) -> None:
    study = loaded(CROSSED)
    assert len(study.alternatives) == 16
    kinds: dict[str, int] = {}
    for c in study.contrasts:
        kinds[c.kind] = kinds.get(c.kind, 0) + 1
        changed = differing(c.plan, c.baseline)
        allowed = {"strategy": {"strategy", "strategy.channel.web_preference"}, "network": {"office_model"}}.get(c.kind)
        assert changed and (allowed is None or changed <= allowed), c
        assert c.kind != "both" or "office_model" in changed
        assert c.plan.levels["demand.scale"] == c.baseline.levels["demand.scale"]  # a condition is the same on both sides
    assert kinds == {"strategy": 12, "network": 2, "both": 6}


def test_a_factor_becomes_part_of_the_plan_by_its_role(loaded) -> None:
    study = loaded("factors: {office_model: [two_offices], strategy: [today_2011], demand.scale: {levels: [as_it_is, 1.43], role: plan}}\n")
    assert [(c.kind, differing(c.plan, c.baseline)) for c in study.contrasts] == [("demand.scale", {"demand.scale"})]


def test_baselines_are_added_and_come_first(loaded) -> None:
    study = loaded("factors: {office_model: [one_office], strategy: [multichannel], demand.scale: [1.0, 1.2]}\n")
    order = {a: i for i, a in enumerate(study.alternatives)}
    assert len(order) == 6 and all(order[c.baseline] < order[c.plan] for c in study.contrasts)
    assert {c.kind for c in study.contrasts} == {"network", "strategy", "both"}


def test_names_are_readable_and_all_different(loaded) -> None:
    names = [a.name for a in loaded(CROSSED).alternatives]
    assert len(set(names)) == 16
    assert "one_office x multichannel (balanced, demand.scale 1.43, strategy.channel.web_preference 0.2)" in names


def test_rosters_are_shared_only_by_those_who_work_the_same_hours(loaded) -> None:
    study = loaded(
        "factors: {office_model: [two_offices], strategy: [today_2011], strategy.web.preference: [0.2, 0.3], staff.scale: [1.0, 0.8]}\n"
    )
    rosters: dict[object, dict[object, object]] = {}
    worlds = [study.world(a, rosters) for a in study.alternatives]
    assert len(worlds) > len(rosters) == 2 and all(w.cache in rosters.values() for w in worlds)
    alone = Replicator(replace(study, chosen=(study.alternatives[-1],))).run(0)
    together = Replicator(study).run(0)
    mine = together[together["alternative"] == study.alternatives[-1].name]
    for table in ("measure", "pool"):
        assert np.array_equal(mine[mine["table"] == table]["value"], alone[alone["table"] == table]["value"], equal_nan=True)


def test_a_study_goes_to_a_worker_and_back(loaded) -> None:
    study = loaded(CROSSED)
    assert pickle.loads(pickle.dumps(study)).contrasts == study.contrasts


# --- designs --------------------------------------------------------------------------------------
def test_a_list_takes_what_it_leaves_out_from_the_baseline(loaded) -> None:
    body = "alternatives: {design: list, rows: [{strategy: multichannel}, {office_model: one_office, staff.scale: 0.8}]}\n"
    names = [a.name for a in loaded(body).alternatives]
    assert names == [
        "two_offices x today_2011 (balanced)", "two_offices x multichannel (balanced)",
        "two_offices x today_2011 (balanced, staff.scale 0.8)", "one_office x today_2011 (balanced, staff.scale 0.8)",
    ]  # fmt: skip


def test_a_fraction_is_balanced_and_its_effects_are_not_mixed() -> None:
    factors = {name: [0, 1] for name in "abcd"}
    rows = sampling.fractional(factors, {"d": ["a", "b", "c"]})
    signs = np.array([[2 * row[n] - 1 for n in "abcd"] for row in rows])
    assert len(rows) == 8 and np.array_equal(signs.T @ signs, 8 * np.eye(4))
    assert sampling.resolution({"d": ["a", "b", "c"]}) == 4
    assert sampling.resolution({"d": ["a", "b"], "e": ["a", "c"]}) == 3


def test_points_of_a_sample_stay_when_more_are_drawn() -> None:
    between = {"x": (0.0, 2.0), "y": (10.0, 20.0)}
    few, more = (sampling.sobol(between, n, 7) for n in (8, 16))
    assert more[:8] == few
    assert all(0.0 < p.levels["x"] < 2.0 and 10.0 < p.levels["y"] < 20.0 for p in more)


def test_a_latin_hypercube_has_one_point_in_each_stratum() -> None:
    points = sampling.latin_hypercube({"x": (0.0, 1.0), "y": (0.0, 1.0)}, 20, 3)
    for name in "xy":
        assert sorted(int(p.levels[name] * 20) for p in points) == list(range(20))


def test_morris_moves_one_factor_at_a_time_by_two_thirds() -> None:
    points = sampling.morris({n: (0.0, 3.0) for n in "abc"}, 5, 1)
    values = np.array([list(p.levels.values()) for p in points]).reshape(5, 4, 3)
    moves = np.diff(values, axis=1)
    assert np.allclose(np.sort(np.abs(moves), axis=2)[:, :, :2], 0.0) and np.allclose(np.abs(moves).max(axis=2), 2.0)
    assert np.all(np.sort(np.abs(moves).argmax(axis=2), axis=1) == np.arange(3))  # each factor once
    assert values.min() >= 0.0 and values.max() <= 3.0


def test_saltellis_points_give_the_known_indices_of_a_sum() -> None:
    """y = x1 + 2 x2 has first-order and total indices 1/5 and 4/5: `scipy.stats.sobol_indices` must find them in our order."""
    from scipy.stats import sobol_indices

    n = 512
    points = sampling.sobol_indices({"a": (0.0, 1.0), "b": (0.0, 1.0)}, n, 11)
    assert [p.name for p in (points[0], points[n], points[2 * n], points[3 * n])] == ["A 1", "B 1", "AB 1 1", "AB 2 1"]
    y = np.array([p.levels["a"] + 2.0 * p.levels["b"] for p in points]).reshape(4, 1, n)
    found = sobol_indices(func={"f_A": y[0], "f_B": y[1], "f_AB": y[2:]}, n=n)
    assert np.allclose(found.first_order, [0.2, 0.8], atol=0.02) and np.allclose(found.total_order, [0.2, 0.8], atol=0.02)


def test_a_sample_is_crossed_with_the_plans_and_compared_point_by_point(loaded) -> None:
    study = loaded("""
factors:
  office_model: [two_offices]
  strategy: [multichannel]
  region.parameters.staff.absence_share: {between: [0.1, 0.2]}
  demand.scale: {between: [0.9, 1.1]}
alternatives: {design: sobol, points: 4}
""")
    assert len(study.alternatives) == 8 and len(study.contrasts) == 4
    assert all(differing(c.plan, c.baseline) == {"strategy"} for c in study.contrasts)
    assert study.alternatives[1].name == "two_offices x multichannel (balanced, point 1)"
    assert len({study.world(a).digest for a in study.alternatives}) == 8


def test_a_sampled_preference_is_compared_with_the_strategy_as_it_is(loaded) -> None:
    study = loaded("""
factors: {office_model: [two_offices], strategy: [multichannel], strategy.web.preference: {between: [0.1, 0.9]}}
alternatives: {design: latin_hypercube, points: 5}
""")
    assert len(study.alternatives) == 6
    assert {c.baseline.name for c in study.contrasts} == {"two_offices x today_2011 (balanced)"} and len(study.contrasts) == 5


def test_a_design_larger_than_memory_gives_the_same(loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    """Worlds, rosters and baselines that are let go of and made again change no number."""
    from channelsim.study import worlds

    study = loaded("factors: {office_model: [two_offices], strategy: [multichannel, triage], staff.scale: [1.0, 0.9, 0.8]}\n")
    usual = results.measures_digest(Replicator(study).run(0))
    monkeypatch.setattr(worlds, "MOST_KEPT", 1)
    monkeypatch.setattr(worlds, "MOST_ROSTERS", 1)
    replicator = Replicator(study)
    assert results.measures_digest(replicator.run(0)) == usual == results.measures_digest(replicator.run(0))
    assert len(replicator.worlds.made) == 1 == len(replicator.worlds.rosters)


def test_a_study_may_see_better_otherwise(loaded) -> None:
    from channelsim.study.evidence import evidence_of

    study = loaded("office_models: [two_offices]\nstrategies: [today_2011, multichannel]\n")
    frame = Replicator(study).run(0)
    frame = pd.concat([frame, frame.assign(replication=1), frame.assign(replication=2)], ignore_index=True)
    usual, other = (
        evidence_of(s, frame) for s in (study, replace(study, better={"a1_released_h_per_week": "lower", "added_work_h_per_week": "lower"}))
    )
    (contrast,) = study.contrasts
    assert [e.finding(contrast, "a1_released_h_per_week").verdict for e in (usual, other)] == ["better", "worse"]
    assert usual.finding(contrast, "added_work_h_per_week").verdict == "" != other.finding(contrast, "added_work_h_per_week").verdict
