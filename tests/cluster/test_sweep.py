"""A study as a user runs it: edits rerun what they touch, status looks on, precision ends it, records are kept, failures are named."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from channelsim.cli.cell import run_cell
from channelsim.cli.extend import extend_study
from channelsim.cli.many import load_evidence
from channelsim.cli.single import Asked
from channelsim.cli.status import status_of
from channelsim.cli.sweep import Options, run_study
from channelsim.cluster.worker import BESIDE, Worker
from channelsim.errors import ConfigError, SimulationError
from channelsim.report.figures import ledger_figure
from channelsim.store.index import SHARDS, read_index
from channelsim.store.more import FILE
from channelsim.store.results import measures_digest
from channelsim.study.evidence import headline
from channelsim.study.intervals import count
from channelsim.study.replicate import Replicator
from tests.faults.harness import spoil, write_study


@pytest.fixture
def study(tmp_path: Path) -> Path:
    return write_study(tmp_path, 3)


def digest(out: Path) -> str:
    return measures_digest(load_evidence(out).frame)


def test_an_edit_reruns_only_what_it_touches_and_says_so(study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    run_study(study, out, 0, None, "")
    first = digest(out)
    text = study.read_text(encoding="utf-8")
    capsys.readouterr()
    study.write_text(text.replace("[today_2011, multichannel]", "[today_2011, multichannel, triage]"), encoding="utf-8")
    run_study(study, out, 0, None, "")
    said = capsys.readouterr().out
    assert "6 runs done, 3 to do" in said and "since the last run: new: two_offices x triage" in said
    run_study(study, tmp_path / "anew", 0, None, "")
    assert digest(out) == digest(tmp_path / "anew")  # although its parts were computed apart
    study.write_text(text, encoding="utf-8")
    capsys.readouterr()
    run_study(study, out, 0, None, "")
    assert "6 runs done, 0 to do" in capsys.readouterr().out and digest(out) == first


def test_an_engine_is_part_of_the_key_and_changes_no_number(study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    run_study(study, out, 0, 1, "")
    first = digest(out)
    run_study(study, out, 0, 1, "reference")
    assert "engine changed: all 2 alternatives" in capsys.readouterr().out and digest(out) == first


def test_status_says_how_far_it_is_and_touches_nothing(study: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run_study(study, out, 0, None, "")
    run_study(study, out, 0, 4, "")
    spoiled = sorted((out / SHARDS).iterdir())[-1]
    spoil(spoiled, "flipped")
    before = {p: p.stat().st_mtime_ns for p in out.rglob("*")}
    s = status_of(out)
    assert (s["state"], s["runs"], s["complete_replications"]) == ("stopped", 8, 3) and s["done"] < 8
    assert s["damaged"] == [spoiled.name]  # and nothing in it is believed
    assert 0.0 < s["half_widths"]["a1_released_h_per_week"] < 1e3
    assert {p: p.stat().st_mtime_ns for p in out.rglob("*")} == before


def test_a_study_stops_at_a_look_when_it_is_precise_enough(study: Path, tmp_path: Path) -> None:
    run_study(study, tmp_path / "wide", 0, 70, "", Options(half_width=1e6))
    assert load_evidence(tmp_path / "wide").n == 30
    run_study(study, tmp_path / "narrow", 0, 40, "", Options(half_width=1e-6))
    assert load_evidence(tmp_path / "narrow").n == 40


def test_logs_of_chosen_replications_are_kept(study: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run_study(study, out, 0, 2, "", Options(records="events", records_of="1"))
    folders = sorted((out / "records").glob("r*/a*"))
    assert [f.parent.name for f in folders] == ["r000001"] * 2
    assert all((f / name).exists() for f in folders for name in ("contacts.parquet", "events.parquet", "measures.json"))
    with pytest.raises(ConfigError, match="no list of numbers"):
        run_study(study, out, 0, 2, "", Options(records="events", records_of="one"))


def test_a_replication_that_stops_is_named_and_the_others_are_told(
    study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    right = Worker.compute

    def wrong(self: Worker, chunk):
        if chunk.first <= 1 < chunk.until:
            raise SimulationError("a need was lost", of="replication 1 of two_offices x today_2011 (balanced) (seed 7, engine fast)")
        return right(self, chunk)

    monkeypatch.setattr(Worker, "compute", wrong)
    with pytest.raises(SystemExit) as stopped:
        run_study(study, tmp_path / "out", 0, None, "")
    assert stopped.value.code == 1 and "the answer rests on 2 complete replications" in " ".join(capsys.readouterr().out.split())
    failed = json.loads((tmp_path / "out" / "failed.json").read_text(encoding="utf-8"))
    assert {(c["first"], c["until"]) for c in failed["chunks"]} == {(1, 2)}
    repeat = shlex.split(failed["chunks"][0]["repeat"])
    assert repeat[:3] == ["channelsim", "run", str(study)] and repeat[3:5] == ["--alternative", "two_offices x today_2011 (balanced)"]
    assert repeat[5:7] == ["--replication", "1"]
    monkeypatch.undo()
    run_study(study, tmp_path / "out", 0, None, "")
    assert load_evidence(tmp_path / "out").n == 3 and not (tmp_path / "out" / "failed.json").exists()


def test_one_cell_can_be_run_again_as_the_study_ran_it(study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = study.read_text(encoding="utf-8").replace("baseline:", "factors: {demand.scale: [1.0, 1.1]}\nbaseline:")
    study.write_text(text, encoding="utf-8")
    run_study(study, tmp_path / "out", 0, 2, "")
    frame = load_evidence(tmp_path / "out").frame
    name = "two_offices x multichannel (balanced, demand.scale 1.1)"
    kept = frame[(frame["table"] == "digest") & (frame["alternative"] == name) & (frame["replication"] == 1)]
    capsys.readouterr()
    run_cell(study, name, Asked(1, 1, "fast"))
    digest = capsys.readouterr().out.split()[-1]
    assert [float(int(digest[:13], 16))] == list(kept["value"])
    with pytest.raises(ConfigError, match="did you mean 'two_offices x multichannel"):
        run_cell(study, "two_offices x multichanel (balanced, demand.scale 1.1)", Asked(1, 1, "fast"))


def test_more_numbers_than_memory_should_hold_say_the_same(study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    run_study(study, out, 0, 12, "")
    whole, large = load_evidence(out), load_evidence(out, most_numbers=100)
    assert whole.whole and not large.whole and whole.n == large.n == 12
    assert set(whole.measures) == set(large.measures) and set(whole.overload) == set(large.overload)
    for name, values in whole.measures.items():
        for measure, x in values.items():
            y = large.measures[name].get(measure)  # one that is missing everywhere has no row
            assert (
                x.n == 0 if y is None else y.n == x.n and [y.mean, y.low] == pytest.approx([x.mean, x.low], rel=1e-9, abs=1e-9, nan_ok=True)
            )
        assert whole.overload.get(name, {}) == pytest.approx(large.overload.get(name, {}))
    for x, y in zip(whole.findings, large.findings, strict=True):
        assert (x.outcome, x.verdict, x.estimate.n, x.estimate.simultaneous) == (
            y.outcome,
            y.verdict,
            y.estimate.n,
            y.estimate.simultaneous,
        )
        ours, theirs = [y.estimate.low, y.estimate.high, y.variance_ratio], [x.estimate.low, x.estimate.high, x.variance_ratio]
        assert ours == pytest.approx(theirs, rel=1e-9, abs=1e-9, nan_ok=True)
    assert "<svg" in ledger_figure(large) and headline(large) == headline(whole)


def test_an_unknown_executor_or_another_study_is_refused(study: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="use one of local, dask, slurm, slurm-array"):
        run_study(study, tmp_path / "out", 0, 1, "", Options(executor="cloud"))
    with pytest.raises(ConfigError, match="works while the command does"):
        run_study(study, tmp_path / "out", 1, 1, "", Options(detach=True))
    assert not (tmp_path / "out").exists()


SEARCH = """
analyses:
  - equal_service: {targets: {unmet_pct: {tolerance: 90}}, who: [generalist], most: 2, only: {strategy: [multichannel]}}
"""


def test_a_search_on_two_workers_finds_what_one_finds_and_is_done_under_the_lock(
    study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    study.write_text(study.read_text(encoding="utf-8") + SEARCH, encoding="utf-8")
    run_study(study, tmp_path / "one", 1, 3, "")
    assert "search: two_offices x today_2011" in capsys.readouterr().out
    run_study(study, tmp_path / "two", 2, 3, "")
    one, two = (load_evidence(tmp_path / name) for name in ("one", "two"))
    assert [a.words for a in one.analyses] == [a.words for a in two.analyses] and "not answered" not in one.analyses[0].words
    kept = [pd.read_parquet(tmp_path / name / FILE) for name in ("one", "two")]
    columns = ["key", "replication", "table", "item", "measure"]
    kept = [k.sort_values(columns).reset_index(drop=True) for k in kept]
    pd.testing.assert_frame_equal(*kept)
    assert not (tmp_path / "two" / BESIDE).exists()
    capsys.readouterr()
    monkeypatch.setattr("channelsim.cluster.beside.Beside.__call__", None)  # nothing is run again
    run_study(study, tmp_path / "one", 1, 3, "")
    assert "search:" not in capsys.readouterr().out


def test_a_search_that_loses_its_folder_stops_and_leaves_what_the_other_wrote(
    study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from channelsim.store.lock import FolderLock, LostLock

    run_study(study, tmp_path / "out", 1, 2, "")
    study.write_text(study.read_text(encoding="utf-8") + SEARCH, encoding="utf-8")

    def lost(lock: FolderLock) -> None:
        lock.lost = True
        raise LostLock("another run has this folder")

    monkeypatch.setattr(FolderLock, "check", lost)
    with pytest.raises(SystemExit) as stop:
        run_study(study, tmp_path / "out", 1, 2, "")
    assert stop.value.code == 1 and not (tmp_path / "out" / FILE).exists()


def test_extending_equals_a_study_that_was_larger_from_the_start(study: Path, tmp_path: Path) -> None:
    run_study(study, tmp_path / "whole", 1, 5, "")
    run_study(study, tmp_path / "parts", 1, 2, "")
    kept = {p.name: p.stat().st_mtime_ns for p in (tmp_path / "parts" / SHARDS).iterdir()}
    extend_study(tmp_path / "parts", 5, 1, Options())
    assert digest(tmp_path / "parts") == digest(tmp_path / "whole")
    assert all((tmp_path / "parts" / SHARDS / name).stat().st_mtime_ns == when for name, when in kept.items())
    with pytest.raises(ConfigError, match="has 5 replications; name more than 5"):
        extend_study(tmp_path / "parts", 5, 1, Options())


def test_extending_goes_on_to_the_next_look_with_the_precision_of_the_folder(study: Path, tmp_path: Path) -> None:
    run_study(study, tmp_path / "out", 1, 35, "", Options(half_width=1e6))
    first = load_evidence(tmp_path / "out")
    assert first.n == 30 and first.study.precision == {"a1_released_h_per_week": 1e6}
    extend_study(tmp_path / "out", None, 1, Options())
    assert load_evidence(tmp_path / "out").n == 30  # precise enough at the look that there is
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    (tmp_path / "out" / "manifest.json").write_text(json.dumps(manifest | {"precision": {}}), encoding="utf-8")
    narrower = load_evidence(tmp_path / "out")
    pairs = [(f.estimate, g.estimate) for f, g in zip(first.findings, narrower.findings, strict=True) if f.estimate.simultaneous]
    assert pairs and all(a.half_width > 1.1 * b.half_width for a, b in pairs)  # a look has a quarter of the error


BUDGET = "precision: {a1_released_h_per_week: %s}\nbudget: {max_replications: 60}\n"


def test_a_precision_that_the_budget_cannot_reach_is_said_from_a_pilot(
    study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = study.read_text(encoding="utf-8")
    study.write_text(text + BUDGET % "0.0001", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"study.yaml:1: precision: 60 replications .* cannot reach .*; ask for a half-width of"):
        run_study(study, tmp_path / "out", 1, None, "")
    assert count(read_index(tmp_path / "out", json.loads((tmp_path / "out" / "manifest.json").read_text())["keys"]).complete(60)) == 10
    study.write_text(text + BUDGET % "100000", encoding="utf-8")
    capsys.readouterr()
    run_study(study, tmp_path / "out", 1, None, "")
    said = capsys.readouterr().out
    assert "can reach the stated precision" in said and "20 runs done" in said and load_evidence(tmp_path / "out").n == 30


def test_no_more_is_begun_when_the_time_is_spent(study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = study.read_text(encoding="utf-8")
    study.write_text(text + "budget: {max_minutes: 0.01}\n", encoding="utf-8")
    run_study(study, tmp_path / "out", 1, 2000, "")
    assert "the budget of 1 s is spent" in capsys.readouterr().out
    n = load_evidence(tmp_path / "out").n
    assert 2 <= n < 2000
    first = digest(tmp_path / "out")
    study.write_text(text, encoding="utf-8")
    run_study(study, tmp_path / "same", 1, n, "")
    assert first == digest(tmp_path / "same")


def test_what_stops_a_replication_carries_the_command_that_runs_it_alone(
    study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = Replicator.run

    def breaks(self: Replicator, replication: int, wanted: list[str] | None = None) -> pd.DataFrame:
        if "two_offices x multichannel (balanced)" in (wanted or []):
            raise SimulationError("the ledger does not close", of=f"replication {replication}")
        return whole(self, replication, wanted)

    monkeypatch.setattr(Replicator, "run", breaks)
    with pytest.raises(SimulationError) as error:
        run_study(study, tmp_path / "out", 0, 1, "")
    command = f"channelsim run {study} --alternative 'two_offices x multichannel (balanced)' --replication 0 --engine fast --guard"
    assert str(error.value).endswith(f"to repeat it: {command}") and command in capsys.readouterr().out.replace("\n", "")
    assert json.loads((tmp_path / "out" / "failed.json").read_text(encoding="utf-8"))["chunks"][0]["repeat"] == command
    monkeypatch.undo()
    from channelsim.cli.main import app

    result = CliRunner().invoke(app, shlex.split(command)[1:])
    assert result.exit_code == 0 and "two_offices x multichannel" in result.output
    result = CliRunner().invoke(app, ["run", str(study), "--alternative", "two_ofices x multichannel (balanced)"])
    assert result.exit_code == 2 and "did you mean 'two_offices x multichannel (balanced)'?" in result.output
