"""Compiled columns know no bounds, so kernels compiled to check them must run the same worlds without a complaint."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROBE = """
import numpy as np
from channelsim.columns import Columns
from channelsim.compiled import compiled, kernel

class Pair(Columns):
    a: np.ndarray
    b: np.ndarray

@compiled
def read(pair, i):
    return pair.a[i]

@kernel
def ask(pair, i):
    return read(pair, i)

pair = Pair(a=np.arange(3), b=np.arange(5))
assert ask(pair, 2) == 2
for i in (3, -1):
    try:
        ask(pair, i)
    except IndexError as error:
        print(error)
"""


def checked(*command: str, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    environment = dict(os.environ, CHANNELSIM_CHECK_BOUNDS="1", CHANNELSIM_CACHE=str(tmp_path), PYTHONPATH=str(ROOT / "src"))
    return subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_an_index_outside_a_column_is_found(tmp_path: Path) -> None:
    probe = tmp_path / "probe.py"
    probe.write_text(PROBE)
    done = checked(str(probe), tmp_path=tmp_path)
    assert done.stdout.splitlines() == ["Pair.a: index out of bounds"] * 2, done.stderr


@pytest.mark.long
@pytest.mark.parametrize("tests", ["tests/rules/test_pencil_worlds.py", "tests/rules/test_random_worlds.py", "tests/region/test_tiny.py"])
def test_no_kernel_leaves_its_columns(tests: str, tmp_path: Path) -> None:
    done = checked("-m", "pytest", "-q", tests, "-m", "not long", tmp_path=tmp_path)
    assert done.returncode == 0, done.stdout[-3000:]
