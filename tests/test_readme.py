"""What the README tells people to type exists."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from channelsim.config.world import load_world
from channelsim.scenario.queues import compile_queues
from channelsim.simulate import Window, simulate
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w*)\n(.*?)```", README, re.S)
COMMANDS = [line.split() for kind, block in BLOCKS for line in block.splitlines() if line.startswith("channelsim ")]


def test_exactly_two_make_commands_and_both_exist() -> None:
    targets = re.findall(r"^make (\w+)$", README, re.M)
    assert targets == ["study", "test"]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert all(re.search(rf"^{t}:", makefile, re.M) for t in targets)


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_each_command_is_known(words: list[str]) -> None:
    n = 3 if words[1] in ("study", "network") else 2
    call = [sys.executable, "-c", "from channelsim.cli.main import main; main()", *words[1:n], "--help"]
    result = subprocess.run(call, capture_output=True, text=True, timeout=60)
    assert result.returncode == 0
    for option in (w for w in words if w.startswith("--")):
        assert option in result.stdout


WORLDS = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "reference" / "worlds.md").read_text(encoding="utf-8"), re.S)


@pytest.mark.parametrize("text", WORLDS, ids=[w.splitlines()[0] for w in WORLDS])
def test_each_world_of_the_reference_runs_on_both_engines(tmp_path, text: str) -> None:
    path = tmp_path / "world.yaml"
    path.write_text(text, encoding="utf-8")
    queues = load_world(path)
    window = Window(0.0, min(queues.length_min, 5000.0), 0.0)
    fast, reference = (simulate(compile_queues(queues), 1, 0, window, engine) for engine in ("fast", "reference"))
    assert fast.digest() == reference.digest()
    assert fast.n_arisen > 20  # six a day, in the world of the fewest


def test_the_world_in_the_readme_loads(tmp_path) -> None:
    block = next(block for kind, block in BLOCKS if kind == "yaml")
    path = tmp_path / "world.yaml"
    path.write_text(block, encoding="utf-8")
    assert load_world(path).pools[0].staff == 13
