"""A study as a user runs it: edits rerun what they touch, status looks on, precision ends it, records are kept, failures are named."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from channelsim.cli.cell import run_cell
from channelsim.cli.many import load_evidence
from channelsim.cli.single import Asked
from channelsim.cli.status import status_of
from channelsim.cli.sweep import Options, run_study
from channelsim.cluster.worker import Worker
from channelsim.errors import ConfigError, SimulationError
from channelsim.report.figures import ledger_figure
from channelsim.store.index import SHARDS
from channelsim.store.results import measures_digest
from channelsim.study.evidence import headline
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
