"""The studies of the reference run, and those of `experiments` load and compile."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.conftest import ROOT

from channelsim.config.study import load_study
from channelsim.study.replicate import Replicator

PAGE = ROOT / "docs" / "reference" / "studies.md"
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)
EXPERIMENTS = sorted((ROOT / "experiments").glob("*/study.yaml"))


@pytest.mark.parametrize("text", EXAMPLES, ids=[e.splitlines()[0].partition(": ")[2] for e in EXAMPLES])
def test_each_example_of_the_reference_runs(tmp_path: Path, text: str) -> None:
    (tmp_path / "study.yaml").write_text(text.replace("../../configs", str(ROOT / "configs")), encoding="utf-8")
    study = load_study(tmp_path / "study.yaml")
    frame = Replicator(study).run(0)
    contrasts = frame[frame["table"] == "contrast"]
    assert len(study.contrasts) == len(contrasts[["alternative", "baseline"]].drop_duplicates()) > 0
    assert set(frame[frame["table"] == "measure"]["alternative"]) == {a.name for a in study.alternatives}


def test_the_reference_shows_every_design_kind() -> None:
    assert len(EXAMPLES) == 8
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
