"""The notebook's functions: the page's code runs, and gives the numbers of the command line on either engine and any number of workers."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import ROOT, TINY

from channelsim import notebook
from channelsim.cli.sweep import run_study
from channelsim.errors import ConfigError
from channelsim.metrics import MEASURES
from channelsim.metrics.paired import PAIRED
from channelsim.store.results import measures_digest
from channelsim.study.evidence import sentences

PAGE = ROOT / "docs" / "guides" / "from-a-notebook.md"
STUDY: dict[str, Any] = {
    "study": "try", "question": "What if?", "region": str(TINY), "office_models": ["two_offices"], "strategies": ["today_2011", "multichannel"],
    "baseline": {"office_model": "two_offices", "strategy": "today_2011"},
    "window": {"warm_up_weeks": 1, "measured_weeks": 2, "follow_up_weeks": 1}, "replications": 3, "seed": 7,
    "primary_outcomes": ["a1_released_h_per_week", "unmet_change_pct"],
}  # fmt: skip


def test_the_page_runs_as_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(ROOT / "configs", tmp_path / "configs")
    monkeypatch.chdir(tmp_path)
    space: dict[str, Any] = {}
    for code in re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S):
        exec(code.replace("workers=2", "workers=0"), space)
    printed = capsys.readouterr().out
    assert "'one_office x triage (balanced)'" in printed and "best in a1_released_h_per_week" in printed
    assert "runs done" not in printed  # of the command line nothing is printed
    assert space["evidence"].n == 6 and (tmp_path / "results" / "mine" / "report.html").is_file()


def test_a_dict_gives_the_numbers_of_its_file_whatever_runs_it(tmp_path: Path) -> None:
    path = notebook.written(STUDY, tmp_path)
    run_study(path, tmp_path / "command", 0, None, "")
    wanted = measures_digest(notebook.read(tmp_path / "command").frame)
    for name, more in {"one": {"workers": 1}, "two": {"workers": 2}, "reference": {"workers": 0, "engine": "reference"}}.items():
        found = notebook.run(STUDY, tmp_path / name, **more)
        assert measures_digest(found.frame) == wanted, name
    one = notebook.one_replication(notebook.load(path), 1)
    assert measures_digest(one) == measures_digest(found.frame[found.frame["replication"] == 1])


def test_tables_hold_what_the_evidence_says(tmp_path: Path) -> None:
    found = notebook.run(STUDY, tmp_path, workers=0)
    rows = notebook.comparisons(found)
    assert len(rows) == len(PAIRED) and set(rows["interval"]) == {"simultaneous", "pointwise"}
    freed = rows.set_index("outcome").loc["a1_released_h_per_week"]
    table = notebook.differences(found)
    assert table.shape == (3, 2) and table.iloc[:, 0].mean() == pytest.approx(freed["mean"], rel=1e-12)
    assert freed["low"] < freed["mean"] < freed["high"] and freed["unit"] == "h/week"
    assert set(MEASURES) <= set(notebook.measures(found)["measure"]) and notebook.answers(found) == []


def test_bad_input_is_answered_as_by_the_command(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="did you mean"):
        notebook.run({**STUDY, "strategies": ["today_2011", "multichanel"]}, tmp_path)


def test_a_study_without_strategies_is_answered_in_words(tmp_path: Path) -> None:
    networks = {**STUDY, "office_models": ["two_offices", "one_office"], "strategies": ["today_2011"]}
    found = notebook.run(networks, tmp_path, workers=0)
    first, *others = sentences(found)
    assert first == "Under these assumptions:" and len(others) == 2
    f = next(f for f in found.findings if f.outcome == "unmet_change_pct")
    assert others[1].startswith("unmet needs [%-points]: ") and f"one_office ({f.estimate.mean:+.3g})" in others[1]
    page = notebook.report(tmp_path).read_text(encoding="utf-8")
    assert "Specialist time released against the same office model" not in page and "unemployed worse off" in page
