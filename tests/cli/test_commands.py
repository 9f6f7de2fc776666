"""The command line as people call it: by its name, in a process of its own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from tests.conftest import ROOT, TINY

COMMAND = [sys.executable, "-c", "from channelsim.cli.main import main; main()"]


def call(*words: str, cwd: Path = ROOT, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *words], capture_output=True, text=True, cwd=cwd, env={**os.environ, **(env or {})}, timeout=300)


@pytest.mark.parametrize(
    "words",
    [(), ("check",), ("run",), ("check-against-theory",), ("schema",), ("study",), ("study", "run"), ("study", "show"), ("report",)],
)
def test_help_teaches(words: tuple[str, ...]) -> None:
    result = call(*words, "--help")
    assert result.returncode == 0 and len(result.stdout) > 150


def test_help_does_not_load_what_it_does_not_need() -> None:
    code = (
        "import sys; sys.argv = ['channelsim', '--help']\n"
        "from channelsim.cli.main import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print(sorted({'numba', 'scipy', 'matplotlib'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert result.stdout.strip().endswith("[]")


def test_run_writes_what_it_says_and_ends_with_a_digest(tmp_path: Path) -> None:
    words = ("run", str(TINY), "--model", "one_office", "--strategy", "multichannel", "--seed", "7", "--weeks", "2", "--warm-up", "1")
    result = call(*words, "--out", str(tmp_path / "out"))
    assert result.returncode == 0, result.stderr
    last = result.stdout.strip().splitlines()[-1]
    assert re.fullmatch(r"digest [0-9a-f]{64}", last)
    contacts = pd.read_parquet(tmp_path / "out" / "contacts.parquet")
    assert len(contacts) > 500 and set(contacts["channel"].unique()) >= {"phone", "web", "visit"}
    ledger = pd.read_parquet(tmp_path / "out" / "ledger.parquet").set_index("pool")
    spent = ledger.drop(columns=["paid_min", "overtime_min"]).sum(axis=1)
    assert (spent == ledger["paid_min"] + ledger["overtime_min"]).all()
    assert (tmp_path / "out" / "staff.parquet").exists()
    waits = pd.read_parquet(tmp_path / "out" / "waits.parquet")
    phone = waits[(waits["wait"] == "phone_wait_min") & (waits["by"] == "service") & (waits["n"] > 50)]
    assert len(phone) >= 2 and (phone["p50"] <= phone["p90"]).all() and (phone["p90"] <= phone["p95"]).all()
    assert phone["within_target_pct"].between(0, 100).all()
    measures = json.loads((tmp_path / "out" / "measures.json").read_text())
    assert measures["digest"] == last.split()[1]
    assert all(m["definition"] for m in measures["measures"].values())
    again = call(*words, "--engine", "reference")
    assert again.stdout.strip().splitlines()[-1] == last


@pytest.mark.parametrize("model", ["m6_today", "m6_6points", "m3_16points", "m3", "m2", "m1", "m1_min"])
def test_every_office_model_of_the_real_region_runs_and_writes(tmp_path: Path, model: str) -> None:
    words = ("--model", model, "--strategy", "multichannel", "--seed", "7", "--weeks", "1", "--warm-up", "0", "--out", str(tmp_path))
    result = call("run", "configs/regions/pohjois-pohjanmaa", *words)
    assert result.returncode == 0, result.stderr
    contacts = pd.read_parquet(tmp_path / "contacts.parquet")
    assert len(contacts) > 5000 and contacts["class"].notna().mean() > 0.99


def test_a_small_world_runs(tmp_path: Path) -> None:
    from tests.config.test_faults import SMALLEST

    (tmp_path / "world.yaml").write_text(SMALLEST, encoding="utf-8")
    result = call("run", str(tmp_path / "world.yaml"))
    assert result.returncode == 0 and result.stdout.strip().splitlines()[-1].startswith("digest ")


def test_bad_input_is_one_message_and_exit_code_two(tmp_path: Path) -> None:
    for words in (
        ("run", str(TINY), "--model", "m9", "--out", str(tmp_path / "out")),
        ("run", str(TINY), "--strategy", "todai_2011", "--out", str(tmp_path / "out")),
        ("run", str(tmp_path), "--out", str(tmp_path / "out")),
        ("run", str(TINY), "--engine", "slow"), ("run", str(TINY), "--weeks", "0"),
        ("check", str(tmp_path / "none.yaml")), ("study", "show", str(tmp_path)), ("report", str(tmp_path)),
        ("study", "run", str(tmp_path / "none.yaml"), "--out", str(tmp_path / "out")),
    ):  # fmt: skip
        result = call(*words)
        assert result.returncode == 2, (words, result.stderr)
        assert "Traceback" not in result.stderr + result.stdout
    assert not (tmp_path / "out").exists()


def test_study_run_show_report(tmp_path: Path) -> None:
    out = str(tmp_path / "out")
    first = call("study", "run", "experiments/tiny/study.yaml", "--out", out, "--workers", "2", "--replications", "2")
    assert first.returncode == 0, first.stderr
    shown = json.loads(call("study", "show", out, "--json").stdout)
    assert shown["replications"] == 2 and re.fullmatch("[0-9a-f]{64}", shown["digest"])
    assert call("study", "show", out).stdout.strip().splitlines()[-1] == f"digest {shown['digest']}"
    page = call("report", out)
    assert page.returncode == 0, page.stderr
    html = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert shown["headline"][:60] in html
    assert not re.search(r'(src|href)="https?://', html) and "<script" not in html


def test_a_read_only_home_still_works() -> None:
    result = call(
        "run",
        str(TINY),
        "--engine",
        "reference",
        "--weeks",
        "1",
        "--warm-up",
        "0",
        env={"HOME": "/proc/home", "XDG_CACHE_HOME": ""},  # nobody can make that one, root neither
    )
    assert result.returncode == 0, result.stderr
