"""Studies of transitions: what their files may say, what they print, and that an order is compared with doing nothing."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from channelsim.cli.log_rows import LogRows
from channelsim.cli.main import app
from channelsim.config.transition import is_transition, load_transition
from channelsim.errors import ConfigError
from channelsim.study.transition_study import NO_CHANGE, between_orders, courses, replicate
from tests.conftest import ROOT

TEXT = """study: to one office
question: What happens on the way to one office?
region: ../../configs/regions/tiny
transition:
  begin: {office_model: two_offices, strategy: today_2011}
  until: 2011-04-11
  block_weeks: 4
  orders:
    web first:
      - {date: 2011-01-24, strategy: multichannel, web_adoption: 0.2, full_adoption_by: 2011-03-28}
      - {date: 2011-02-21, office_model: one_office}
    network first:
      - {date: 2011-01-24, office_model: one_office}
      - {date: 2011-02-21, strategy: multichannel}
warm_up_weeks: 2
follow_up_weeks: 2
replications: 3
seed: 5
outcomes: [specialist_work_h_per_week, unmet_pct]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The study in a project of its own."""
    shutil.copytree(ROOT / "configs", tmp_path / "configs", ignore=shutil.ignore_patterns("pohjois*"))
    path = tmp_path / "experiments" / "way" / "study.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_adoption_rises_in_steps_up_to_the_next_change(file: Path) -> None:
    """A step a block, on the straight line from 0.2 in week 3 to 1 in week 12; the next change comes before its end."""
    stages = load_transition(file).orders["web first"]
    assert [(s.first_week, s.office_model, s.strategy, s.web_adoption) for s in stages] == [
        (0, "two_offices", "today_2011", 1.0), (3, "two_offices", "multichannel", 0.2),
        (6, "two_offices", "multichannel", pytest.approx(0.2 + 0.8 * 3 / 9)), (7, "one_office", "multichannel", pytest.approx(0.2 + 0.8 * 3 / 9)),
    ]  # fmt: skip
    file.write_text(TEXT.replace("2011-03-28", "2011-02-14"), encoding="utf-8")
    assert [(s.first_week, s.web_adoption) for s in load_transition(file).orders["web first"]] == [(0, 1.0), (3, 0.2), (6, 1.0), (7, 1.0)]


FAULTS = [
    ("date: 2011-01-24, strategy", "date: 2011-01-25, strategy", ["study.yaml:10", "is a Tuesday", "write 2011-01-24 or 2011-01-31"]),
    ("date: 2011-02-21, office_model", "date: 2011-01-24, office_model", ["not after the change before it", "in order of date"]),
    ("date: 2011-01-24, strategy", "date: 2011-01-10, strategy", ["lies outside the weeks", "choose a Monday from 2011-01-17 to 2011-04-04"]),
    ("office_model: one_office}\n      - {date: 2011-02-21, strat", "office_model: one_ofice}\n      - {date: 2011-02-21, strat",
     ["study.yaml:13", "unknown office model 'one_ofice'", "did you mean 'one_office'"]),
    ("strategy: multichannel}", "strategy: multichanel}", ["study.yaml:14", "unknown strategy 'multichanel'"]),
    (", office_model: one_office}\n    network", "}\n    network", ["study.yaml:11", "changes nothing"]),
    ("unmet_pct]", "unmet_pc]", ["unknown measure 'unmet_pc'", "did you mean 'unmet_pct'"]),
    ("until: 2011-04-11", "until: 2011-04-12", ["is a Tuesday"]),
    ("web_adoption: 0.2", "web_adoption: 1.2", ["study.yaml:10", "web_adoption"]),
    ("block_weeks: 4", "blok_weeks: 4", ["did you mean 'block_weeks'"]),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "words"), FAULTS, ids=[f[1][:40] for f in FAULTS])
def test_a_planted_fault_is_named_at_its_line(file: Path, old: str, new: str, words: list[str]) -> None:
    assert TEXT.count(old) == 1
    file.write_text(TEXT.replace(old, new), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_transition(file)
    for word in words:
        assert word in str(caught.value)


def test_before_the_first_change_nothing_differs_and_after_it_something_does(file: Path) -> None:
    """Common customers: until the day of the change every order IS the run without change, to the last bit."""
    study = load_transition(file)
    frame = pd.concat([replicate(study, r) for r in (0, 1)])
    wide = frame.pivot_table(index=["replication", "first_week", "measure"], columns="order", values="value")
    work = wide.xs("specialist_work_h_per_week", level="measure")
    for by_the_clock in ("specialist_work_h_per_week", "generalist_work_h_per_week", "specialist_idle_h_per_week", "phone_wait_mean_min"):
        assert (wide.xs(by_the_clock, level="measure").loc[(slice(None), 2), :].nunique(axis=1) == 1).all()
    assert (work.loc[(slice(None), 7), "web first"] != work.loc[(slice(None), 7), NO_CHANGE]).all()
    moved = wide.xs("appointments_moved", level="measure")
    assert moved[NO_CHANGE].sum() == 0 and moved["network first"].sum() > 0, "appointments of a closed point are moved and counted"


def test_means_over_blocks_are_weighted_by_weeks(file: Path) -> None:
    study = load_transition(file)
    frame = pd.concat([replicate(study, 0), replicate(study, 1)])
    course = next(c for c in courses(study, frame) if (c.order, c.outcome) == ("web first", "specialist_work_h_per_week"))
    by_hand = [(b - a, e.mean) for a, b, e in course.by_block if a >= 3]
    assert course.whole.mean == pytest.approx(np.average([m for _, m in by_hand], weights=[w for w, _ in by_hand]))
    a, b, outcome, gap = between_orders(study, frame)[0]
    other = next(c for c in courses(study, frame) if (c.order, c.outcome) == (b, outcome))
    assert (a, outcome) == ("web first", course.outcome) and gap.mean == pytest.approx(course.whole.mean - other.whole.mean)


def test_the_command_answers_and_goes_on_where_it_stopped(file: Path, tmp_path: Path) -> None:
    assert is_transition(file) and not is_transition(ROOT / "experiments" / "tiny" / "study.yaml")
    out = tmp_path / "results"
    words = ["study", "run", str(file), "--out", str(out), "--workers", "1"]
    first = CliRunner().invoke(app, [*words, "--replications", "2"])
    assert first.exit_code == 0, first.output
    assert "web first rather than network first" in first.output and "2 to do" in first.output
    second = CliRunner().invoke(app, words)
    assert second.exit_code == 0 and "1 to do" in second.output
    blocks = pd.read_csv(out / "blocks.csv")
    assert set(blocks["order"]) == {"web first", "network first"} and (blocks["replications"] == 3).all()
    assert (blocks["low"] <= blocks["high"]).all() and (out / "transition.png").stat().st_size > 10_000
    assert "against no change" in json.loads((out / "answer.json").read_text(encoding="utf-8"))["answers"][0]


def test_the_log_of_an_order_is_kept_audited_and_told(file: Path, tmp_path: Path) -> None:
    """By `run` for one order, by `study run` for all; neither changes a figure."""
    file.write_text(TEXT.replace("seed: 5", "seed: 5\nengine: reference").replace("replications: 3", "replications: 1"), encoding="utf-8")
    words = ["run", str(file), "--alternative", "network first", "--engine", "reference"]
    plain = CliRunner().invoke(app, words)
    logged = CliRunner().invoke(app, [*words, "--records", "events", "--out", str(tmp_path / "one")])
    assert logged.exit_code == 0 and "2011-02-21, strategy multichannel in place of today_2011" in logged.output
    assert plain.output.splitlines()[-1] == logged.output.splitlines()[-1] and "digest" in plain.output
    passes = CliRunner().invoke(app, ["audit", str(tmp_path / "one")])
    assert passes.exit_code == 0, passes.output
    assert "dated change" in passes.output and ", 0 wrong" in passes.output
    frame = pd.read_parquet(tmp_path / "one" / "events.parquet")
    lost = frame[frame["event"] == "hour lost"].iloc[0]
    told = CliRunner().invoke(app, ["explain", str(tmp_path / "one"), "--need", str(lost["need"])])
    assert "2011-01-24, office model one_office in place of two_offices: the appointment week" in told.output
    many = ["study", "run", str(file), "--out", str(tmp_path / "all"), "--workers", "1", "--records", "events", "--records-of", "0"]
    assert CliRunner().invoke(app, many).exit_code == 0
    kept = sorted(p.name for p in (tmp_path / "all" / "records" / "r000000").iterdir())
    assert kept == ["a000-no-change", "a001-web-first", "a002-network-first"]
    folder = tmp_path / "all" / "records" / "r000000" / kept[2]
    assert pd.read_parquet(folder / "events.parquet").equals(frame)
    rows = LogRows(frame)
    assert len(rows) == len(frame) and [row.event for row in rows[5:8]] == frame["event"][5:8].tolist()
    assert rows[len(rows) - 1].time == frame["time_min"].iloc[-1] and rows[-1] == list(rows)[-1]
    frame.drop(index=lost.name).to_parquet(tmp_path / "one" / "events.parquet", index=False)
    fails = CliRunner().invoke(app, ["audit", str(tmp_path / "one")])
    assert fails.exit_code == 1 and f"need {lost['need']}: dated change" in fails.output
    wrong = CliRunner().invoke(app, ["run", str(file), "--alternative", "network frist"])
    assert wrong.exit_code == 2 and "did you mean 'network first'" in wrong.output
    contacts = CliRunner().invoke(app, [*many[:-4], "--records", "contacts"])
    assert contacts.exit_code == 2 and "use --records events" in contacts.output


def test_an_order_may_be_left_before_its_end_and_was_the_same_up_to_then(file: Path, tmp_path: Path) -> None:
    """The log up to a Monday is that of the whole run; later changes do not come; what is no such Monday is refused."""
    words = ["run", str(file), "--alternative", "network first", "--engine", "reference", "--records", "events"]
    rows = []
    for until in ("2011-02-14", "2011-04-11"):
        out = tmp_path / until
        assert CliRunner().invoke(app, [*words, "--out", str(out), "--until", until]).exit_code == 0
        frame = pd.read_parquet(out / "events.parquet")
        rows.append(frame[frame["time_min"] < 6 * 10080.0].reset_index(drop=True))
        assert CliRunner().invoke(app, ["audit", str(out)]).exit_code == 0
    assert len(rows[0]) > 10_000 and rows[0].equals(rows[1])
    assert [len(json.loads((tmp_path / u / "events.json").read_text())["changes"]) for u in ("2011-02-14", "2011-04-11")] == [1, 2]
    for until in ("2011-02-15", "2011-01-17", "2011-04-18", "soon"):
        wrong = CliRunner().invoke(app, [*words, "--out", str(tmp_path / "no"), "--until", until])
        assert wrong.exit_code == 2 and "write a Monday from 2011-01-24 to 2011-04-11" in wrong.output
    assert CliRunner().invoke(app, ["run", str(ROOT / "configs/regions/tiny"), "--until", "2011-02-14"]).exit_code == 2
