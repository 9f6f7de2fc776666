"""Kernels are never stale: the cache folder follows every source that a kernel may contain (decisions 45)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.conftest import ROOT

ENTRIES = (
    "channelsim.columns",
    "channelsim.scenario.tables",
    "channelsim.scenario.queues",
    "channelsim.study.replicate",
    "channelsim.simulate",
)
PROBE = """\
from channelsim.compiled import kernel
from channelsim.randomness import normal_quantile


@kernel
def probe(u):
    return normal_quantile(u)
"""


def said(code: str, package: Path, cache: Path) -> str:
    """What a fresh interpreter prints, with the package from `package` and kernels under `cache`."""
    environment = {**os.environ, "PYTHONPATH": str(package), "CHANNELSIM_CACHE": str(cache)}
    environment.pop("NUMBA_CACHE_DIR", None)
    result = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


@pytest.mark.parametrize("first", ["numba", *ENTRIES])
def test_cache_folder_is_ours_whatever_is_imported_first(first: str, tmp_path: Path) -> None:
    code = f"import {first}, channelsim.columns, numba; print(numba.config.CACHE_DIR)"
    assert said(code, ROOT / "src", tmp_path).startswith(str(tmp_path / "channelsim" / "kernels-"))


def test_a_changed_rule_changes_the_kernels_that_call_it(tmp_path: Path) -> None:
    """The caller's own file does not change, which is all that Numba looks at."""
    shutil.copytree(ROOT / "src" / "channelsim", tmp_path / "channelsim", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "channelsim" / "rules" / "probe.py").write_text(PROBE, encoding="utf-8")
    code = "import channelsim.columns; from channelsim.rules.probe import probe; print(probe(0.5))"
    assert said(code, tmp_path, tmp_path / "cache") == "0.0"
    called = tmp_path / "channelsim" / "randomness.py"
    text = called.read_text(encoding="utf-8")
    assert "q = u - 0.5\n" in text, "the change must be planted to be seen"
    called.write_text(text.replace("q = u - 0.5\n", "q = u - 0.25\n", 1), encoding="utf-8")
    assert said(code, tmp_path, tmp_path / "cache") != "0.0"
