"""A study with a policy of one's own as a job array: the job may run what the client was told to trust, and nothing else."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from channelsim.cli.main import app
from channelsim.cluster import array
from tests.conftest import ROOT

STUDY = """study: own policy
question: Does the policy of one's own change anything?
region: ../../configs/regions/tiny
office_models: [two_offices]
strategies: [today_2011, mine]
baseline: {office_model: two_offices, strategy: today_2011}
window: {warm_up_weeks: 1, measured_weeks: 1, follow_up_weeks: 0}
replications: 2
seed: 7
engine: reference
primary_outcomes: [a1_released_h_per_week]
"""
POLICY = "from pathlib import Path\nPath({mark!r}).touch()\n\n\ndef mine(scenario):\n    return scenario.tables\n"


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a strategy that names a policy; a queue that runs each share at once, in a process that knows nothing."""
    monkeypatch.setattr("channelsim.config.policies._trusted", {})
    shutil.copytree(ROOT / "configs", tmp_path / "configs", ignore=shutil.ignore_patterns("pohjois*"))
    place = tmp_path / "configs" / "strategies"
    text = (place / "multichannel.yaml").read_text(encoding="utf-8")
    (place / "mine.yaml").write_text(re.sub("(?m)^strategy: .*", "strategy: mine", text) + "policy: own.py:mine\n", encoding="utf-8")
    (place / "own.py").write_text(POLICY.format(mark=str(tmp_path / "ran")), encoding="utf-8")
    file = tmp_path / "experiments" / "own" / "study.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(STUDY, encoding="utf-8")
    monkeypatch.setattr(array, "in_queue", lambda number: False)
    return file


def submitted(said: list[str], before: str = ""):
    """A queue that works off the script in processes of their own, after a change to a file if wanted."""

    def submit(path: Path) -> str:
        if before:
            (path.parents[3] / "configs" / "strategies" / "own.py").write_text(before, encoding="utf-8")
        shares = int(re.findall(r"--array=0-(\d+)", path.read_text(encoding="utf-8"))[0]) + 1
        for share in range(shares):
            environment = {**os.environ, "SLURM_ARRAY_TASK_ID": str(share), "PYTHONPATH": str(ROOT / "src")}
            done = subprocess.run(["bash", str(path)], env=environment, capture_output=True, text=True, check=False)
            said.append(f"{done.returncode} {done.stderr}")
        return "1"

    return submit


def command(study: Path) -> list[str]:
    policy = study.parents[2] / "configs" / "strategies" / "own.py"
    out = study.parents[2] / "results" / "own"
    return ["study", "run", str(study), "--out", str(out), "--workers", "1", "--executor", "slurm-array", "--trust", str(policy)]


def test_the_job_is_told_what_the_client_trusts(study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(array, "submit", submitted(said))
    result = CliRunner().invoke(app, command(study))
    assert result.exit_code == 0, (result.output, said)
    assert [words[0] for words in said] == ["0"]


def test_a_policy_that_was_edited_after_the_consent_is_not_run(study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between submission and the job somebody writes another program into the file: the job says so, and does not run it."""
    said: list[str] = []
    other = study.parents[2] / "other_ran"
    monkeypatch.setattr(array, "submit", submitted(said, POLICY.format(mark=str(other))))
    result = CliRunner().invoke(app, command(study))
    assert result.exit_code != 0 and said[0].startswith("2") and "has changed since you said to trust it" in said[0], said
    assert not other.exists()
    work = ["study", "work", str(study.parents[2] / "results" / "own"), "--share", "0", "--of", "1"]
    monkeypatch.setattr("channelsim.config.policies._trusted", {})
    refused = CliRunner().invoke(app, work)
    assert refused.exit_code == 2 and "code that you have not said to trust" in refused.stderr and not other.exists()
