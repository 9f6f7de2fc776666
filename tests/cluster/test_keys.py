"""A key changes with what a result depends on, and with nothing else; it says which part has changed."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from channelsim.config.study import load_study
from channelsim.study.design import Study
from channelsim.study.keys import changes, key_of, parts_of
from tests.conftest import ROOT

TINY_STUDY = ROOT / "experiments" / "tiny" / "study.yaml"


@pytest.fixture(scope="module")
def study() -> Study:
    return load_study(TINY_STUDY)


def keys(study: Study) -> dict[str, str]:
    return {name: key_of(parts) for name, parts in parts_of(study).items()}


def touched(study: Study, edited: Study) -> set[str]:
    before, after = keys(study), keys(edited)
    return {name for name in after if after[name] != before.get(name)}


def test_keys_are_the_same_in_another_process(study: Study) -> None:
    code = f"from pathlib import Path; from tests.cluster.test_keys import keys, load_study; print(keys(load_study(Path({str(TINY_STUDY)!r}))))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=120)
    assert result.stdout.strip() == str(keys(study)), result.stderr


def test_a_strategy_touches_its_own_alternatives_and_what_is_compared_with_them(study: Study) -> None:
    plan = replace(study.strategies["triage"], help_after_min=study.strategies["triage"].help_after_min + 1)
    edited = replace(study, strategies={**study.strategies, "triage": plan})
    assert touched(study, edited) == {a.name for a in study.alternatives if a.strategy == "triage"}
    assert [c.split(":")[0] for c in changes(parts_of(study), parts_of(edited))] == ["strategy changed"]
    base = replace(study.strategies["today_2011"], help_after_min=study.strategies["today_2011"].help_after_min + 1)
    assert touched(study, replace(study, strategies={**study.strategies, "today_2011": base})) == {a.name for a in study.alternatives}


def test_an_office_model_touches_its_own_alternatives(study: Study) -> None:
    model = study.region.office_models["one_office"]
    poorer = replace(model, points=(replace(model.points[0], advisers_fte=model.points[0].advisers_fte + 0.5), *model.points[1:]))
    region = replace(study.region, office_models={**study.region.office_models, "one_office": poorer}, digest="another file")
    edited = replace(study, region=region)
    assert touched(study, edited) == {a.name for a in study.alternatives if a.office_model == "one_office"}
    assert "office model changed" in changes(parts_of(study), parts_of(edited))[0]


def test_seed_engine_window_and_code_touch_everything(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    everything = {a.name for a in study.alternatives}
    for edited in (replace(study, seed=8), replace(study, engine="reference"), replace(study, measured_weeks=9)):
        assert touched(study, edited) == everything
    before = keys(study)
    monkeypatch.setattr("channelsim.study.keys.code_digest", lambda: "another version")
    assert all(key != before[name] for name, key in keys(study).items())


def test_remarks_and_the_number_of_replications_touch_nothing(study: Study) -> None:
    parameters = {k: replace(p, note="reworded", source="another edition") for k, p in study.region.parameters.items()}
    edited = replace(study, region=replace(study.region, parameters=parameters, digest="another file"), replications=99, question="Why?")
    assert touched(study, edited) == set()


def test_a_comment_in_a_file_touches_nothing(study: Study, tmp_path: Path) -> None:
    text = TINY_STUDY.read_text(encoding="utf-8").replace("../../configs/regions/tiny", str(ROOT / "configs" / "regions" / "tiny"))
    (tmp_path / "study.yaml").write_text("# a remark\n" + text, encoding="utf-8")
    assert keys(load_study(tmp_path / "study.yaml")) == keys(study)
