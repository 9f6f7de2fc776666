"""Worlds with known answers: each case of this folder gives its answer, and a wrong answer is noticed.

In the ordinary tests replications are added until the rule's largest standard error is met; the long tests go
on until it is met 3.3 times over, as `channelsim verify` does.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from channelsim.cli.main import app
from channelsim.config.world import load_known_answer
from channelsim.scenario.expected import KnownAnswer, Sampling
from channelsim.testing.known_answers.run import briefer, verify_case
from channelsim.units import DAY_MIN, WEEK_MIN
from tests.conftest import ROOT

HERE = Path(__file__).parent
FILES = sorted(HERE.rglob("*.yaml"))
TAKE_LONG = ("M12", "K07", "K11", "K12", "K14", "K15", "Q13", "H01")  # up to a minute each
IN_TURN = [pytest.param(f, id=f.stem, marks=pytest.mark.long if f.stem.startswith(TAKE_LONG) else ()) for f in FILES]
BATCH_MIN = 4320.0  # of one long run, where the slower engine would take long to begin each of many


def failures(case: KnownAnswer, engine: str, aim: float) -> list[object]:
    return [row for row in verify_case(case, engine, most_min=2.0, aim=aim) if row.verdict not in ("pass", "information")]


@pytest.mark.parametrize("file", IN_TURN)
def test_a_known_answer_is_given(file: Path) -> None:
    assert failures(load_known_answer(file), "fast", 1.0) == []


@pytest.mark.long
@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_a_known_answer_is_given_precisely(file: Path) -> None:
    assert failures(load_known_answer(file), "fast", 1.0 / 3.3) == []


def in_batches(name: str) -> KnownAnswer:
    """A case as batches of a single run."""
    case = load_known_answer(next(f for f in FILES if f.stem.startswith(name)))
    if case.queues is None or case.records or case.sampling.terminating:
        return case
    queues = replace(case.queues, warm_up_min=1440.0, length_min=40 * BATCH_MIN, replications=1)
    return replace(case, queues=queues, sampling=Sampling(BATCH_MIN))


BLOCKS = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "reference" / "worlds.md").read_text(encoding="utf-8"), re.S)
EXAMPLES = [block for block in BLOCKS if "expected:" in block]


EXAMPLES_IN_TURN = [
    pytest.param(e, id=e.splitlines()[0], marks=pytest.mark.long if "the last person is kept back" in e or "told how long" in e else ())
    for e in EXAMPLES
]


@pytest.mark.parametrize("text", EXAMPLES_IN_TURN)
def test_answers_of_the_reference_page_are_given(tmp_path: Path, text: str) -> None:
    file = tmp_path / "case.yaml"
    file.write_text(text, encoding="utf-8")
    assert failures(load_known_answer(file), "fast", 1.0) == []


@pytest.mark.parametrize("name", ["T01", pytest.param("A13", marks=pytest.mark.long)])
def test_the_reference_engine_gives_it_too(name: str) -> None:
    assert failures(in_batches(name), "reference", 1.0) == []


@pytest.mark.long
@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_the_reference_engine_gives_every_answer(file: Path) -> None:
    """In shorter replications, and no more of them than the rule asks for (`scripts/known_answers.py`)."""
    rows = verify_case(briefer(load_known_answer(file)), "reference", most_min=30.0, aim=1.0)
    assert [row for row in rows if row.verdict not in ("pass", "information")] == []


def verify(file: Path, *words: str) -> tuple[int, list[dict]]:
    """Exit code and rows of the command."""
    out = file.with_suffix(".json")
    result = CliRunner().invoke(app, ["verify", str(file), "--json", str(out), *words])
    return result.exit_code, json.loads(out.read_text(encoding="utf-8")) if out.exists() else []


@pytest.mark.parametrize(("factor", "code", "verdict"), [(1.0, 0, "pass"), (1.03, 1, "fail")])
def test_an_error_of_three_per_cent_is_noticed(tmp_path: Path, factor: float, code: int, verdict: str) -> None:
    """The value of the file is moved by 3 %: the command must say so, and pass where it is not."""
    text = (HERE / "A02a-erlang-a.yaml").read_text(encoding="utf-8").partition("expected:")[0]
    file = tmp_path / "planted.yaml"
    file.write_text(f"{text}expected:\n  - {{measure: p_wait, value: {0.28125452 * factor}, tol_abs: 0.005}}\n", encoding="utf-8")
    exit_code, rows = verify(file)
    assert (exit_code, [row["verdict"] for row in rows]) == (code, [verdict])


def test_a_wrong_record_of_a_trace_is_noticed(tmp_path: Path) -> None:
    text = (HERE / "T01-hand-trace.yaml").read_text(encoding="utf-8")
    file = tmp_path / "planted.yaml"
    file.write_text(text.replace("wait_min: 65", "wait_min: 65.000001"), encoding="utf-8")
    exit_code, rows = verify(file)
    assert exit_code == 1 and [r["measure"] for r in rows if r["verdict"] == "fail"] == ["records", "record A4"]


def test_a_record_too_many_is_noticed(tmp_path: Path) -> None:
    text = (HERE / "T01-hand-trace.yaml").read_text(encoding="utf-8")
    file = tmp_path / "planted.yaml"
    lines = [line for line in text.splitlines() if "customer: B5" not in line]
    file.write_text("\n".join(lines), encoding="utf-8")
    exit_code, rows = verify(file)
    assert exit_code == 1 and rows[1]["measure"] == "record B5" and rows[1]["estimate"] == "is not expected"


def test_too_little_time_is_imprecise_not_passed(tmp_path: Path) -> None:
    file = tmp_path / "case.yaml"
    file.write_text((HERE / "A02a-erlang-a.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    exit_code, rows = verify(file, "--max-minutes", "0")
    assert exit_code == 0 and {row["verdict"] for row in rows} == {"imprecise"}
    assert {row["standard_error"] for row in rows} == {None}  # one observation has none


def test_a_case_that_cannot_be_said_is_neither_passed_nor_failed(tmp_path: Path) -> None:
    file = tmp_path / "case.yaml"
    file.write_text("case: X01\nnot_expressible: the language has no teleport\n", encoding="utf-8")
    exit_code, rows = verify(file)
    assert exit_code == 0 and [row["verdict"] for row in rows] == ["not expressible"]


def test_batches_that_carry_people_over_are_refused(tmp_path: Path) -> None:
    """Batches of a terminating case are independent only if each begins empty."""
    text = (HERE / "A25-opening-hours.yaml").read_text(encoding="utf-8").replace("batch_min: 1440", "batch_min: 360")
    file = tmp_path / "case.yaml"
    file.write_text(text.replace("at_min: 480", "at_min: 240"), encoding="utf-8")
    result = CliRunner().invoke(app, ["verify", str(file)])
    assert result.exit_code == 2 and "does not begin empty" in result.output


def test_a_shorter_run_keeps_whole_weeks_and_days() -> None:
    """Hours of a day weigh the same in it: a case by the hour failed on the reference engine when its six weeks became 4.2 days."""
    case = load_known_answer(HERE / "own" / "H03-n-design-by-hour.yaml")
    assert case.queues is not None and case.queues.length_min == 6 * WEEK_MIN
    for length_min, shorter_min in ((6 * WEEK_MIN, WEEK_MIN), (45 * DAY_MIN, 4 * DAY_MIN), (60_000.0, 6_000.0)):
        brief = briefer(replace(case, queues=replace(case.queues, length_min=length_min))).queues
        assert brief is not None and brief.length_min == shorter_min
