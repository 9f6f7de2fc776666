"""Makes study files beside a region, small enough to run in seconds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.conftest import TINY

from channelsim.config.study import load_study
from channelsim.study.design import Study

REST = """
baseline: {office_model: two_offices, strategy: today_2011}
window: {warm_up_weeks: 1, measured_weeks: 2, follow_up_weeks: 1}
replications: 2
seed: 7
primary_outcomes: [a1_released_h_per_week]
"""
Written = Callable[..., Path]
Loaded = Callable[..., Study]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """Writes a study of the invented region: what it varies, and other text in place of the rest."""

    def write(body: str, rest: str = REST, region: Path = TINY) -> Path:
        path = tmp_path / "study.yaml"
        path.write_text(f"study: try\nquestion: What if?\nregion: {region}\n{body}{rest}", encoding="utf-8")
        return path

    return write


@pytest.fixture
def loaded(written: Written) -> Loaded:
    return lambda *words, **more: load_study(written(*words, **more))
