"""The guide "Write a policy" is run as it stands: its files are written, its commands and its Python are run, in order."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from channelsim.cli.main import app
from channelsim.config import policies
from tests.conftest import ROOT

GUIDE = ROOT / "docs" / "guides" / "write-a-policy.md"


def blocks() -> list[tuple[str, str]]:
    """Kind and text of each block of code, in order."""
    return re.findall(r"^```(\w+)\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.S | re.M)


def test_every_block_of_the_guide_does_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(policies, "_trusted", {})
    n_commands = 0
    for kind, text in blocks():
        name = re.match(r"# (\w+\.(?:py|yaml))\n", text)
        if name:
            (tmp_path / name[1]).write_text(text, encoding="utf-8")
        elif kind == "python":
            exec(compile(text, str(GUIDE), "exec"), {})
        else:
            assert kind == "console"
            for line in text.splitlines():
                command, _, said = line.partition("#")
                policies._trusted.clear()
                result = CliRunner().invoke(app, shlex.split(command)[1:])
                code = int(re.search(r"exit code (\d)", said)[1]) if said else 0  # type: ignore[index]
                assert result.exit_code == code, f"{command}: {result.output}"
                n_commands += 1
    assert n_commands >= 8
