"""A study's numbers do not depend on workers, order, or interruptions; a folder is one study's."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.conftest import ROOT, TINY

from channelsim.cli.many import load_evidence
from channelsim.cli.sweep import run_study
from channelsim.config.study import load_study
from channelsim.errors import ConfigError
from channelsim.metrics import Case
from channelsim.metrics.paired import paired_measures
from channelsim.simulate import simulate
from channelsim.store import results
from channelsim.store.index import SET_ASIDE, SHARDS
from channelsim.study.evidence import as_json, headline
from channelsim.study.replicate import Replicator

STUDY_TEXT = (ROOT / "experiments" / "tiny" / "study.yaml").read_text(encoding="utf-8")


@pytest.fixture
def study_file(tmp_path: Path) -> Path:
    text = STUDY_TEXT.replace("../../configs/regions/tiny", str(TINY)).replace("measured_weeks: 8", "measured_weeks: 2")
    text = text.replace("strategies: [today_2011, multichannel, triage, multichannel_triage]", "strategies: [today_2011, multichannel]")
    path = tmp_path / "study.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def digest(folder: Path) -> str:
    return results.measures_digest(load_evidence(folder).frame)


def shards(folder: Path) -> dict[str, int]:
    return {p.name: p.stat().st_mtime_ns for p in (folder / SHARDS).glob("*.parquet")}


def test_one_worker_equals_two_bit_for_bit(study_file: Path, tmp_path: Path) -> None:
    run_study(study_file, tmp_path / "one", 1, 4, "")
    run_study(study_file, tmp_path / "two", 2, 4, "")
    assert digest(tmp_path / "one") == digest(tmp_path / "two")


def test_an_interrupted_study_goes_on_to_the_same_answer(study_file: Path, tmp_path: Path) -> None:
    run_study(study_file, tmp_path / "whole", 0, 4, "")
    for replications in (1, 2):
        run_study(study_file, tmp_path / "parts", 0, replications, "")
    kept = shards(tmp_path / "parts")
    damaged = sorted((tmp_path / "parts" / SHARDS).glob("*.parquet"))[-1]
    damaged.write_bytes(damaged.read_bytes()[:100])
    run_study(study_file, tmp_path / "parts", 0, 4, "")
    assert digest(tmp_path / "whole") == digest(tmp_path / "parts")
    now = shards(tmp_path / "parts")
    assert all(now[name] == when for name, when in kept.items() if name != damaged.name)  # nothing done is done again
    assert now.get(damaged.name) != kept[damaged.name]
    assert (tmp_path / "parts" / SET_ASIDE / damaged.name).exists()


def test_reference_engine_gives_the_same_numbers(study_file: Path) -> None:
    from dataclasses import replace

    study = load_study(study_file)
    fast = Replicator(study).run(0)
    reference = Replicator(replace(study, engine="reference")).run(0)
    assert results.measures_digest(fast) == results.measures_digest(reference)


def test_a_folder_of_another_study_is_refused(study_file: Path, tmp_path: Path) -> None:
    run_study(study_file, tmp_path / "out", 0, 1, "")
    study_file.write_text(study_file.read_text(encoding="utf-8").replace("seed: 7", "seed: 8"), encoding="utf-8")
    with pytest.raises(ConfigError, match="another study"):
        run_study(study_file, tmp_path / "out", 0, 1, "")
    with pytest.raises(ConfigError, match="has changed"):
        load_evidence(tmp_path / "out")


def test_results_of_other_code_are_not_taken_for_done(study_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run_study(study_file, tmp_path / "out", 0, 1, "")
    monkeypatch.setattr("channelsim.cli.many.code_digest", lambda: "another version")
    with pytest.raises(ConfigError, match="no replication of this study by this code"):
        load_evidence(tmp_path / "out")


def test_evidence_says_units_definitions_and_intervals(study_file: Path, tmp_path: Path) -> None:
    run_study(study_file, tmp_path / "out", 0, 3, "")
    evidence = load_evidence(tmp_path / "out")
    data = as_json(evidence)
    assert headline(evidence).startswith("Under these assumptions")
    assert all(row["unit"] and row["definition"] for row in data["findings"])
    primary = [row for row in data["findings"] if row["outcome"] == "a1_released_h_per_week" and row["kind"] != "both"]
    assert primary and all(row["interval"] == "simultaneous 95 %" for row in primary)


def test_a1_is_the_sum_of_its_parts_and_zero_against_itself(study_file: Path) -> None:
    study = load_study(study_file)
    base, plan = (
        Case(simulate(study.world(a), 7, 0, study.window, keep_accounts=True), study.world(a), study.region) for a in study.alternatives[:2]
    )
    values = paired_measures(base, plan, None, None)
    assert values["a1_released_h_per_week"] == pytest.approx(values["a1r_routine_h_per_week"] + values["a1e_expertise_h_per_week"])
    itself = paired_measures(base, base, None, None)
    assert itself["a1_released_h_per_week"] == 0.0 and itself["shed_work_h_per_week"] == 0.0
    assert itself["losers_municipalities"] == 0.0
    assert values["a1_released_h_per_week"] != 0.0


def test_baselines_run_before_their_plans_whatever_the_order_in_the_file(study_file: Path) -> None:
    text = study_file.read_text(encoding="utf-8").replace("[two_offices, one_office]", "[one_office, two_offices]")
    study_file.write_text(text.replace("[today_2011, multichannel]", "[multichannel, today_2011]"), encoding="utf-8")
    study = load_study(study_file)
    order = {a: i for i, a in enumerate(study.alternatives)}
    assert study.contrasts and all(order[c.baseline] < order[c.plan] for c in study.contrasts)
    assert (Replicator(study).run(0)["table"] == "contrast").any()


def test_an_alternative_alone_gives_what_it_gives_among_all(study_file: Path) -> None:
    study = load_study(study_file)
    replicator = Replicator(study)
    whole = replicator.run(2)
    for alternative in study.alternatives:
        alone = replicator.run(2, [alternative.name])
        mine = whole[whole["alternative"] == alternative.name].reset_index(drop=True)
        assert len(alone) and alone.drop(columns="value").equals(mine.drop(columns="value"))
        assert np.array_equal(alone["value"], mine["value"], equal_nan=True)
