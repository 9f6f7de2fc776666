"""The studies of the reference run, and those of `experiments` load and compile."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from tests.conftest import ROOT

from channelsim.cli.many import load_evidence, write_report
from channelsim.cli.sweep import run_study
from channelsim.config.study import load_study
from channelsim.config.transition import is_transition
from channelsim.study.design import with_baselines
from channelsim.study.replicate import Replicator

PAGE = ROOT / "docs" / "reference" / "studies.md"
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)
EXPERIMENTS = [p for p in sorted((ROOT / "experiments").glob("*/study.yaml")) if not is_transition(p)]


NAMES = [e.splitlines()[0].partition(": ")[2] for e in EXAMPLES]
TAKE_LONG = ("factors", "delays", "one at a time", "stress", "adoption and induction")  # seconds each
IN_TURN = [pytest.param(e, id=n, marks=pytest.mark.long if n in TAKE_LONG else ()) for e, n in zip(EXAMPLES, NAMES, strict=True)]


@pytest.mark.parametrize("text", IN_TURN)
def test_each_example_of_the_reference_runs(tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "study.yaml").write_text(text.replace("../../configs", str(ROOT / "configs")), encoding="utf-8")
    study = load_study(tmp_path / "study.yaml")
    run_study(tmp_path / "study.yaml", tmp_path / "out", 0, 2, "")
    assert all(a.setting in write_report(tmp_path / "out").read_text(encoding="utf-8") for a in study.alternatives)
    evidence = load_evidence(tmp_path / "out")
    assert len(evidence.analyses) >= len(study.analyses)
    page, printed = (tmp_path / "out" / "report.html").read_text(encoding="utf-8"), capsys.readouterr().out
    for answer in evidence.analyses:
        assert "not answered" not in answer.words, answer
        assert answer.words in printed and answer.title in page
    frame = evidence.frame
    contrasts = frame[frame["table"] == "contrast"]
    assert len(study.contrasts) == len(contrasts[["alternative", "baseline"]].drop_duplicates()) > 0
    assert set(frame[frame["table"] == "measure"]["alternative"]) == {a.name for a in study.alternatives}


def test_the_reference_shows_every_design_kind() -> None:
    assert len(EXAMPLES) == 14
    told = set(re.findall(r"^\| `(?:\w+)`(?:, `(?:\w+)`)* \| ", PAGE.read_text(encoding="utf-8"), re.M))
    assert len(told) >= 5


@pytest.mark.parametrize("path", EXPERIMENTS, ids=lambda p: p.parent.name)
def test_each_experiment_compiles(path: Path) -> None:
    """The first, the last and some alternatives between; each experiment says its question in a README."""
    study = load_study(path)
    some = study.alternatives[:: max(1, len(study.alternatives) // 6)] + study.alternatives[-1:]
    digests = {study.world(a).digest for a in some}
    assert len(digests) == len(set(some))
    if path.parent.name != "tiny":
        readme = (path.parent / "README.md").read_text(encoding="utf-8")
        assert readme.splitlines()[0].endswith("?") and f"experiments/{path.parent.name}/study.yaml" in readme


@pytest.mark.long
@pytest.mark.parametrize("path", EXPERIMENTS, ids=lambda p: p.parent.name)
def test_each_experiment_runs_in_short(path: Path) -> None:
    """A few alternatives with what they are compared with, over four weeks; longer futures begin later and are not seen."""
    study = replace(load_study(path), warm_up_weeks=1, measured_weeks=2, follow_up_weeks=1)
    plans = list(dict.fromkeys(c.plan for c in study.contrasts))
    some = plans[:: max(1, len(plans) // 5)]
    short = replace(study, chosen=with_baselines(study, some))
    frame = Replicator(short).run(0)
    contrasts = frame[frame["table"] == "contrast"]
    assert len(contrasts) > 0 and set(contrasts["alternative"]) == {c.plan.name for c in short.contrasts}
    assert frame[(frame["table"] == "measure")]["value"].notna().mean() > 0.9
