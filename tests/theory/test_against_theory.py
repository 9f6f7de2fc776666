"""`channelsim check-against-theory`: which formula is named, what is said to make the difference, and whether it is noticed."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from tests.conftest import ROOT
from typer.testing import CliRunner

from channelsim.cli.main import app
from channelsim.cli.theory import in_words
from channelsim.config.world import load_world
from channelsim.testing import theory as Q
from channelsim.testing.against_theory import compare as C
from channelsim.testing.against_theory.simplify import _whole, rungs, simplest
from channelsim.testing.against_theory.station import cv2_of, stations_of

HEAD = "world: w\nrun: {length_min: 20000, warm_up_min: 1000}\n"
CALL = "arrivals: {per_min: 0.75}, pools: [p]"
ONE = HEAD + "classes:\n  call: {%s}\npools: {p: {staff: %d}}\n"
TWO = HEAD + "classes:\n  a: {%s}\n  b: {%s}\npools: {p: {staff: %d, takes: %s}}\n"
CASES = {
    "Erlang C, M/M/4": (ONE % (f"{CALL}, service_min: {{exponential: 4}}", 4), []),
    "M/G/4": (ONE % (f"{CALL}, service_min: {{deterministic: 4}}", 4), ["non-exponential service of call: deterministic"]),
    "M/M/1": (ONE % (f"{CALL}, service_min: {{exponential: 1}}", 1), []),
    "M/G/1": (ONE % (f"{CALL}, service_min: {{gamma: 1, cv: 0.5}}", 1), []),
    "Erlang A, M/M/4+M": (ONE % (f"{CALL}, service_min: {{exponential: 4}}, patience_min: {{exponential: 3}}", 4), []),
    "Erlang B, M/G/4/4": (ONE % (f"{CALL}, service_min: {{uniform: [1, 7]}}, queue_limit: 0", 4), []),
    "M/M/4/7": (ONE % (f"{CALL}, service_min: {{exponential: 4}}, queue_limit: 3", 4), []),
    "M/M/4/7+M": (ONE % (f"{CALL}, service_min: {{exponential: 4}}, queue_limit: 3, patience_min: {{exponential: 3}}", 4), []),
    "M/G/1 with priorities that interrupt nobody": (
        TWO % ("arrivals: {per_min: 0.3}, service_min: {deterministic: 1}, pools: [p]",
               "arrivals: {per_min: 0.2}, service_min: {exponential: 2}, pools: [p]", 1, "[a, b]"), []),
    "M/M/4 with priorities that interrupt nobody": (
        TWO % (f"{CALL}, service_min: {{exponential: 2}}", f"{CALL}, service_min: {{exponential: 2}}", 4, "[b, a]"), []),
    "M/G/infinity": (HEAD + "classes:\n  web: {arrivals: {per_min: 0.5}, service_min: {uniform: [5, 9]}, self_service: true}\n", []),
}  # fmt: skip


def loaded(tmp_path: Path, text: str):
    path = tmp_path / "world.yaml"
    path.write_text(text, encoding="utf-8")
    return load_world(path)


@pytest.mark.parametrize("name", CASES)
def test_a_closed_form_is_known_and_met(tmp_path: Path, name: str) -> None:
    text, features = CASES[name]
    (judged,), _ = C.compare(loaded(tmp_path, text), C.Effort())
    assert judged.nearest is not None and judged.nearest.name == name
    assert list(judged.features) == features
    assert judged.nearest.approximation == bool(features)
    assert judged.verdict in ((C.AGREES, C.EXPLAINED) if features else (C.AGREES,))
    assert judged.lines[0].simulated.n >= 30


@pytest.mark.parametrize(
    "case",
    ["A01-erlang-c", "A02a-erlang-a", pytest.param("A08b-priorities-five-servers", marks=pytest.mark.long), "A13-network-with-feedback"],
)
def test_published_cases_are_closed_forms(case: str) -> None:
    queues = load_world(ROOT / "tests" / "acceptance" / f"{case}.yaml")
    judged, _ = C.compare(replace(queues, length_min=min(queues.length_min, 20_000.0)), C.Effort())
    assert [j.verdict for j in judged] == [C.AGREES] * len(judged) and not any(j.features for j in judged)


@pytest.mark.parametrize("name", ["Erlang C, M/M/4", "Erlang A, M/M/4+M", "M/M/4/7"])
def test_a_formula_that_is_wrong_by_three_per_cent_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    right = Q.chain, Q.mmc
    monkeypatch.setattr(Q, "chain", lambda rate, *words: right[0](1.03 * rate, *words))
    monkeypatch.setattr(Q, "mmc", lambda rate, *words: right[1](1.03 * rate, *words))
    (judged,), _ = C.compare(loaded(tmp_path, CASES[name][0]), C.Effort())
    assert judged.verdict == C.UNEXPLAINED


DAY = """
world: day
run: {length_min: 10080}
classes:
  phone:
    arrivals: {steps: [{days: [mon, tue, wed, thu, fri], open: "08:00", close: "12:00", per_min: 0.8},
                       {days: [mon, tue, wed, thu, fri], open: "12:00", close: "16:00", per_min: 0.3}]}
    service_min: {lognormal: 5, cv: 1.5}
    patience_min: {deterministic: 4}
    hours: {days: [mon, tue, wed, thu, fri], open: "08:00", close: "16:00"}
    at_closing: send_home
    reopening_delay_min: {exponential: 15}
    pools: [line]
    after: {abandoned: [{to: phone, share: 0.6, delay_min: {exponential: 20}}]}
pools:
  line: {staff: 3, shifts: {days: [mon, tue, wed, thu, fri], open: "08:00", close: "16:00"}}
"""
NAMED = (
    "retrials",
    "time-varying arrivals",
    "opening hours",
    "closing that sends",
    "shifts",
    "non-exponential patience",
    "non-exponential service",
)


def test_each_feature_of_a_day_is_named_and_together_they_explain_the_gap(tmp_path: Path) -> None:
    (judged,), _ = C.compare(loaded(tmp_path, DAY), C.Effort())
    assert judged.verdict == C.EXPLAINED and judged.nearest is not None and judged.nearest.name == "Erlang A, M/M/3+M"
    for words in NAMED:
        assert any(f.startswith(words) for f in judged.features), words
    assert len(judged.walk) == 4 and all(line.agrees for line in judged.at_the_end)


def test_a_gap_that_the_features_do_not_explain_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    right = Q.chain
    monkeypatch.setattr(Q, "chain", lambda rate, *words: right(1.2 * rate, *words))
    (judged,), _ = C.compare(loaded(tmp_path, DAY), C.Effort())
    assert judged.verdict == C.UNEXPLAINED


SKILLS = """
world: several of everything
run: {length_min: 5000, warm_up_min: 500}
classes:
  A: {arrivals: {per_min: 2, busyness_cv: 0.3}, service_min: {exponential: 1}, queue_limit: 9, pools: [P1]}
  B:
    arrivals: {per_min: 2}
    patience_min: {exponential: 4}
    service_min: {exponential: 1.5}
    pools: {P2: {rank: 0}, P1: {rank: 1, service_min: {exponential: 1.25}, after_min: 2, reserve: 1}}
  alone: {arrivals: {at_min: [1, 2, 3]}, service_min: {exponential: 1}, pools: [P3]}
pools: {P1: {staff: 3, takes: [B, A]}, P2: {staff: 2}, P3: {staff: 1}}
"""


def test_stations_hang_together_by_pools_and_the_last_step_leaves_nothing_to_take_away(tmp_path: Path) -> None:
    stations = stations_of(loaded(tmp_path, SKILLS), {"A": 0.1})
    assert [s.names for s in stations] == [("A", "B"), ("alone",)]
    features = " | ".join(word for s in stations for r in rungs(s) for word in r.removed)
    for words in ("retrials", "busy and quiet days", "several pools", "depends on the pool", "order of classes in P1", "only after 2 min",
                  "reserve of 1", "limits of lines", "different patience", "given arrivals"):  # fmt: skip
        assert words in features
    for s in stations:
        assert not list(rungs(simplest(s)))


def test_every_world_of_the_reference_comes_down_to_a_closed_form(tmp_path: Path) -> None:
    texts = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "reference" / "worlds.md").read_text(encoding="utf-8"), re.S)
    assert len(texts) >= 5
    for text in texts:
        for s in stations_of(loaded(tmp_path, text), {}):
            assert not list(rungs(simplest(s)))


def test_spread_of_laws_is_that_of_their_draws(tmp_path: Path) -> None:
    laws = ["{deterministic: 2}", "{gamma: 2, cv: 0.7}", "{lognormal: 2, cv2: 3}", "{erlang: 2, phases: 4}", "{uniform: [1, 4]}",
            "{triangular: [2, 6, 15]}", "{hyperexponential: [1, 5], shares: [0.75, 0.25]}", "{empirical: [0.5, 1, 4]}"]  # fmt: skip
    known = [0.0, 0.49, 3.0, 0.25, 0.75 / 6.25, (4 + 36 + 225 - 12 - 30 - 90) / 18 / (23 / 3) ** 2, 2 * (0.75 + 25 / 4) / 4.0 - 1.0,
             ((0.25 + 0.5 + 1) / 3 + (1 + 4 + 16) / 3) / 2 / (0.5 * (0.75 + 2.5)) ** 2 - 1.0]  # fmt: skip
    for law, value in zip(laws, known, strict=True):
        service = loaded(tmp_path, ONE % (f"{CALL}, service_min: {law}", 9)).classes[0].service
        assert service is not None and cv2_of(service) == pytest.approx(value)


def test_more_than_can_be_served_is_said(tmp_path: Path) -> None:
    text = ONE % ("arrivals: {per_min: 1.05}, service_min: {exponential: 4}, pools: [p]", 4)
    (judged,), _ = C.compare(loaded(tmp_path, text), C.Effort())
    assert judged.verdict == C.NO_LONG_RUN


@pytest.mark.long
def test_retrials_of_a_loss_system_are_all_that_makes_the_gap(tmp_path: Path) -> None:
    text = ONE % (
        f"{CALL}, service_min: {{exponential: 4}}, queue_limit: 0, after: {{blocked: [{{to: call, delay_min: {{exponential: 2}}}}]}}",
        4,
    )
    (judged,), _ = C.compare(loaded(tmp_path, text), C.Effort())
    assert judged.verdict == C.EXPLAINED and len(judged.features) == 1 and judged.features[0].startswith("retrials")
    assert "What changes the share turned away" in in_words(judged)


@pytest.mark.parametrize(("staff", "whole"), [([1.2, 1.4], [1, 2]), ([0.3, 2.0], [1, 2]), ([2.5], [2]), ([3.0, 0.9, 0.7], [3, 1, 1])])
def test_persons_of_the_formula_are_whole_and_keep_their_sum(staff: list[float], whole: list[int]) -> None:
    assert _whole(staff) == whole


def test_no_patience_at_all_loses_like_erlang_b(tmp_path: Path) -> None:
    text = ONE % (f"{CALL}, service_min: {{exponential: 4}}, patience_min: {{deterministic: 0}}", 4)
    (judged,), _ = C.compare(loaded(tmp_path, text), C.Effort())
    assert judged.verdict == C.AGREES and judged.nearest is not None
    assert judged.nearest.values[("p_abandon", "")] == pytest.approx(Q.erlang_b(3.0, 4), rel=1e-5)


def test_a_station_with_nothing_to_do_is_said(tmp_path: Path) -> None:
    (judged,), _ = C.compare(loaded(tmp_path, ONE % (f"{CALL}, service_min: {{deterministic: 0}}", 1)), C.Effort())
    assert judged.verdict == C.NOTHING


def test_the_command_prints_and_writes_and_says_by_its_exit_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, out = tmp_path / "world.yaml", tmp_path / "out.json"
    path.write_text(CASES["Erlang C, M/M/4"][0], encoding="utf-8")
    result = CliRunner().invoke(app, ["check-against-theory", str(path), "--json", str(out)])
    assert result.exit_code == 0, result.output
    content = json.loads(out.read_text(encoding="utf-8"))
    (station,) = content["stations"]
    assert station["nearest"]["name"] == "Erlang C, M/M/4" and station["verdict"] == C.AGREES
    assert {m["measure"] for m in station["measures"]} == {"p_wait", "Wq", "util"}
    assert "agree in every measure" in station["in_words"]
    wrong = Q.mmc
    monkeypatch.setattr(Q, "mmc", lambda rate, *words: wrong(1.03 * rate, *words))
    assert CliRunner().invoke(app, ["check-against-theory", str(path), "--json", str(out)]).exit_code == 1
    assert "IS Erlang C" in json.loads(out.read_text(encoding="utf-8"))["stations"][0]["in_words"]
