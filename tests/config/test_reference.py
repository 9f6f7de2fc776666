"""The page of all keys is what the models say, its examples are files that run, and the JSON Schema agrees with the models."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import BaseModel
from ruamel.yaml import YAML
from typer.testing import CliRunner

from channelsim.cli.main import app
from channelsim.config.check import check_files
from channelsim.config.expected import NotExpressible
from channelsim.config.region import TABLES
from channelsim.config.schema import KINDS, schema_of
from channelsim.config.strategy import load_strategy
from channelsim.config.world import load_world
from channelsim.scenario.queues import compile_queues
from channelsim.simulate import Window, simulate
from tests.conftest import ROOT

PAGE = ROOT / "docs" / "reference" / "configuration.md"
TEXT = PAGE.read_text(encoding="utf-8")
EXAMPLES = re.findall(r"`([\w/.-]+\.yaml)`:\n\n```yaml\n(.*?)```", TEXT, re.S)
WORLDS = [(path, text) for path, text in EXAMPLES if path.startswith("configs/worlds/")]


def reference(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "scripts/reference.py", *words], cwd=ROOT, capture_output=True, text=True, timeout=120)


def test_the_page_is_what_the_models_say() -> None:
    result = reference("--check")
    assert result.returncode == 0, result.stdout + result.stderr


def test_a_page_that_lags_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    import reference as script

    stale = tmp_path / "configuration.md"
    stale.write_text(TEXT.replace("`queue_limit`", "`queue_length`"), encoding="utf-8")
    monkeypatch.setattr(script, "PAGE", stale)
    monkeypatch.setattr(sys, "argv", ["reference.py", "--check"])
    assert script.main() == 1 and "run python scripts/reference.py" in capsys.readouterr().out
    stale.write_text(TEXT, encoding="utf-8")
    assert script.main() == 0


def models_of(root: type[BaseModel]) -> dict[str, dict]:
    schema = root.model_json_schema()
    return {root.__name__: schema, **schema.get("$defs", {})}


@pytest.mark.parametrize("root", [*KINDS.values(), NotExpressible, *TABLES.values()], ids=lambda m: m.__name__)
def test_every_key_of_every_file_is_on_the_page_with_its_meaning(root: type[BaseModel]) -> None:
    for name, schema in models_of(root).items():
        for key, field in schema.get("properties", {}).items():
            assert field.get("description"), f"{name}.{key}"
            rows = [line for line in TEXT.splitlines() if line.startswith(f"| `{key}` |")]
            assert any(field["description"].replace("\n", " ").replace("|", "\\|") in row for row in rows), f"{name}.{key}"


def test_every_kind_of_file_has_an_example_and_each_is_right() -> None:
    assert len(WORLDS) == 4
    assert {Path(path).parts[0] for path, _ in EXAMPLES} == {"configs", "experiments"}
    for path, text in EXAMPLES:
        assert (ROOT / path).read_text(encoding="utf-8") == text
    assert len(list(check_files(ROOT / path for path, _ in EXAMPLES))) >= len(EXAMPLES)


@pytest.mark.parametrize(("path", "text"), WORLDS, ids=[path for path, _ in WORLDS])
def test_each_example_of_a_world_runs_on_both_engines(tmp_path: Path, path: str, text: str) -> None:
    file = tmp_path / "world.yaml"
    file.write_text(text, encoding="utf-8")
    queues = load_world(file)
    fast, slow = (simulate(compile_queues(queues), 1, 0, Window(0.0, 10080.0, 0.0), engine) for engine in ("fast", "reference"))
    assert fast.digest() == slow.digest() and fast.n_arisen > 300


def test_examples_of_tables_are_rows_of_the_tables() -> None:
    blocks = re.findall(r'<a id="table-(\w+)"></a>.*?```csv\n(.*?)```', TEXT, re.S)
    assert [name for name, _ in blocks] == list(TABLES)
    for name, block in blocks:
        header, *rows = block.splitlines()
        assert rows and set(header.split(",")) <= set(TABLES[name].model_fields)


def test_links_of_the_page_lead_somewhere() -> None:
    targets = set(re.findall(r'<a id="([\w-]+)">', TEXT))
    assert len(targets) > 30 and set(re.findall(r"\]\(#([\w-]+)\)", TEXT)) <= targets


@pytest.mark.parametrize("kind", KINDS)
def test_the_schema_is_printed_and_knows_all_keys(kind: str) -> None:
    result = CliRunner().invoke(app, ["schema", kind])
    assert result.exit_code == 0
    schema = json.loads(result.stdout)
    assert schema == json.loads(json.dumps(schema_of(kind))) and set(schema["properties"]) == set(KINDS[kind].model_fields)
    assert schema["additionalProperties"] is False


def test_an_unknown_kind_is_refused() -> None:
    result = CliRunner().invoke(app, ["schema", "galaxy"])
    assert result.exit_code == 2 and "world, strategy, study" in result.output


def plain(path: Path):
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))


def test_the_schema_agrees_with_the_reader_on_right_and_wrong_files() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    for path, _ in EXAMPLES:
        data = plain(ROOT / path)
        kind = "transition" if "transition" in data else next(k for k in KINDS if k in data)
        jsonschema.validate(json.loads(json.dumps(data, default=str)), schema_of(kind))
    world = plain(ROOT / "configs" / "worlds" / "phone-to-visit.yaml")
    for where, key, value in ((("run",), "length_min", -1), (("classes", "phone"), "at_closing", "lock"), (("classes", "phone"), "colour", 1),
                              (("classes", "phone", "hours"), "open", "25:00"), (("classes", "phone"), "service_min", {"exponential": 1, "uniform": [1, 2]})):  # fmt: skip
        spoiled = json.loads(json.dumps(world))
        here = spoiled
        for part in where:
            here = here[part]
        here[key] = value
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(spoiled, schema_of("world"))


def test_a_strategy_of_the_page_loads() -> None:
    assert load_strategy(ROOT / "configs" / "strategies" / "multichannel.yaml").web_preference
