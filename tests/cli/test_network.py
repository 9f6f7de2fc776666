"""`channelsim network design`: what it prints, for people and for programs, and what it refuses."""

from __future__ import annotations

import json

import pytest
from tests.conftest import ROOT, TINY
from typer.testing import CliRunner

from channelsim.cli.main import app
from channelsim.config.study import load_study

LARGE = str(ROOT / "configs" / "regions" / "pohjois-pohjanmaa")


def test_it_prints_points_coverage_and_what_a_study_takes(tmp_path) -> None:
    result = CliRunner().invoke(app, ["network", "design", str(TINY), "--points", "2", "--limit-min", "30"])
    assert result.exit_code == 0, result.output
    assert "Harbour, Mill" in result.output and "100.0 %" in result.output
    line = next(x for x in result.output.splitlines() if x.startswith("networks:"))
    text = (ROOT / "experiments" / "tiny" / "study.yaml").read_text(encoding="utf-8").replace("../../configs/regions/tiny", str(TINY))
    (tmp_path / "study.yaml").write_text(
        text.replace("office_models: [two_offices, one_office]\n", f"{line}\nfactors: {{office_model: [two_offices]}}\n"), encoding="utf-8"
    )
    assert "designed" in {a.office_model for a in load_study(tmp_path / "study.yaml").alternatives}


def test_programs_get_the_best_in_order() -> None:
    result = CliRunner().invoke(app, ["network", "design", LARGE, "--points", "4", "--keep", "Oulu", "--best", "3", "--json"])
    found = json.loads(result.output)
    assert len(found) == 3 and all("Oulu" in d["points"] and len(d["points"]) == 4 for d in found)
    assert [d["mean_min"] for d in found] == sorted(d["mean_min"] for d in found)


def test_capacity_opens_another_point_or_spreads_customers() -> None:
    words = ["network", "design", LARGE, "--points", "3", "--json"]
    free, tight = (json.loads(CliRunner().invoke(app, [*words, *more]).output)[0] for more in ([], ["--capacity", "Oulu=1500"]))
    assert "Oulu" in free["points"] and tight["served_mean_min"] > free["served_mean_min"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--points", "2", "--keep", "Harbor"], "did you mean 'Harbour'?"),
        (["--points", "9"], "9 points cannot be, with 0 kept of 3"),
        ([], "add --points 4"),
        (["--goal", "set_cover"], "add --limit-min 60"),
        (["--goal", "best"], "unknown goal 'best'"),
        (["--goal", "set_cover", "--limit-min", "60", "--points", "2"], "leave it out"),
        (["--points", "1", "--limit-min", "5"], "no choice of points keeps every condition"),
        (["--points", "1", "--model", "three_offices"], "unknown office model"),
        (["--points", "1", "--candidates", "villages"], "use municipalities, points or staffed"),
        (["--points", "1", "--capacity", "Harbour"], "NAME=NEEDS"),
    ],
)  # fmt: skip
def test_it_refuses_what_cannot_be(words: list[str], told: str) -> None:
    result = CliRunner().invoke(app, ["network", "design", str(TINY), *words])
    assert result.exit_code == 2 and told in " ".join(result.output.split())
