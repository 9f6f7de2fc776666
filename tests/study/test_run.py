"""A study's numbers do not depend on workers, order, or interruptions; a folder is one study's."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.conftest import ROOT, TINY

from channelsim.cli.many import load_evidence, run_study
from channelsim.config.study import load_study
from channelsim.errors import ConfigError
from channelsim.metrics import Case
from channelsim.metrics.paired import paired_measures
from channelsim.simulate import simulate
from channelsim.store import results
from channelsim.study.evidence import as_json, headline
from channelsim.study.replicate import Replicator
from channelsim.study.run import replicate_all

STUDY_TEXT = (ROOT / "experiments" / "tiny" / "study.yaml").read_text(encoding="utf-8")


@pytest.fixture
def study_file(tmp_path: Path) -> Path:
    text = STUDY_TEXT.replace("../../configs/regions/tiny", str(TINY)).replace("measured_weeks: 8", "measured_weeks: 2")
    text = text.replace("strategies: [today_2011, multichannel, triage, multichannel_triage]", "strategies: [today_2011, multichannel]")
    path = tmp_path / "study.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def digest(folder: Path, study_file: Path) -> str:
    study = load_study(study_file)
    return results.measures_digest(results.read_shards(folder, results.done_replications(folder, study.digest)))


def test_one_worker_equals_two_bit_for_bit(study_file: Path, tmp_path: Path) -> None:
    run_study(study_file, tmp_path / "one", 1, 4, "")
    run_study(study_file, tmp_path / "two", 2, 4, "")
    assert digest(tmp_path / "one", study_file) == digest(tmp_path / "two", study_file)


def test_an_interrupted_study_goes_on_to_the_same_answer(study_file: Path, tmp_path: Path) -> None:
    run_study(study_file, tmp_path / "whole", 1, 4, "")
    run_study(study_file, tmp_path / "parts", 1, 2, "")
    kept = results.shard_path(tmp_path / "parts", 0).stat().st_mtime_ns
    damaged = results.shard_path(tmp_path / "parts", 1)
    damaged.write_bytes(damaged.read_bytes()[:100])
    run_study(study_file, tmp_path / "parts", 1, 4, "")
    assert digest(tmp_path / "whole", study_file) == digest(tmp_path / "parts", study_file)
    assert results.shard_path(tmp_path / "parts", 0).stat().st_mtime_ns == kept  # nothing done is done again


def test_reference_engine_gives_the_same_numbers(study_file: Path) -> None:
    from dataclasses import replace

    study = load_study(study_file)
    fast = Replicator(study).run(0)
    reference = Replicator(replace(study, engine="reference")).run(0)
    assert results.measures_digest(fast) == results.measures_digest(reference)


def test_a_folder_of_another_study_is_refused(study_file: Path, tmp_path: Path) -> None:
    run_study(study_file, tmp_path / "out", 1, 1, "")
    study_file.write_text(study_file.read_text(encoding="utf-8").replace("seed: 7", "seed: 8"), encoding="utf-8")
    with pytest.raises(ConfigError, match="another study"):
        run_study(study_file, tmp_path / "out", 1, 1, "")
    with pytest.raises(ConfigError, match="has changed"):
        load_evidence(tmp_path / "out")


def test_results_of_other_code_are_not_taken_for_done(study_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run_study(study_file, tmp_path / "out", 1, 1, "")
    study = load_study(study_file)
    assert results.done_replications(tmp_path / "out", study.digest) == [0]
    monkeypatch.setattr(results, "code_digest", lambda: "another version")
    assert results.done_replications(tmp_path / "out", study.digest) == []


def test_evidence_says_units_definitions_and_intervals(study_file: Path, tmp_path: Path) -> None:
    run_study(study_file, tmp_path / "out", 1, 3, "")
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


def test_tasks_come_back_whatever_their_order(study_file: Path) -> None:
    study = load_study(study_file)
    once = dict(replicate_all(study, [2, 0], 1))
    again = dict(replicate_all(study, [0, 2], 1))
    assert all(np.array_equal(once[r]["value"], again[r]["value"], equal_nan=True) for r in (0, 2))
