"""Values of staff.yaml by path: what a study sets is what the file would say."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from tests.conftest import ROOT, TINY

from channelsim.config.region import load_region
from channelsim.config.strategy import find_strategy, load_strategy
from channelsim.config.study import load_study
from channelsim.config.study_paths import Paths
from channelsim.errors import ConfigError
from channelsim.scenario.overrides import overridden
from channelsim.scenario.region import Region
from channelsim.scenario.region_staff import NO_HABITS
from channelsim.scenario.staff_overrides import OFF, staff_paths
from channelsim.simulate import simulate, weeks

HABITS = (ROOT / "docs" / "reference" / "region-staff.md").read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0]
STUDY = """study: habits
question: What does the answer owe to meetings?
region: ../../configs/regions/tiny
factors:
  office_model: [two_offices]
  strategy: [multichannel]
  staff.absence.share: [as_it_is, 0.1]
  staff.meetings: ["on", "off"]
baseline: {office_model: two_offices, strategy: today_2011}
window: {warm_up_weeks: 1, measured_weeks: 2, follow_up_weeks: 1}
replications: 2
seed: 7
primary_outcomes: [a1_released_h_per_week]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The region tiny with everything of the page on, in a project of its own."""
    shutil.copytree(ROOT / "configs", tmp_path / "configs", ignore=shutil.ignore_patterns("pohjois*"))
    place = tmp_path / "configs" / "regions" / "tiny"
    (place / "staff.yaml").write_text(HABITS, encoding="utf-8")
    return place


@pytest.fixture
def region(folder: Path) -> Region:
    return load_region(folder)


def other(value: object) -> object:
    """Another value that may stand there."""
    words = {"finish": "hand_over", "hand_over": "finish", "serve_out": "send_home", "send_home": "serve_out", "on": OFF}
    return words[value] if isinstance(value, str) else value + 1 if isinstance(value, int) else value * 0.5  # type: ignore[operator]


def test_a_value_that_is_set_is_the_one_that_the_file_would_give(folder: Path, region: Region) -> None:
    """Path by path: the file with the value, read, says what the study's region says; `off` is the file without the part."""
    strategy, yaml = load_strategy(find_strategy("today_2011", TINY)), YAML()
    digests = {region.digest}
    paths = staff_paths(region.staff)
    assert len(paths) > 20 and "staff.absence.share" in paths and "staff.speeds.0.factor" in paths
    for path, value in paths.items():
        document, keys, new = yaml.load(HABITS), path.split(".")[1:], other(value)
        assert Paths(region, folder, {}).wrong(path, new) == "", path
        here = document
        for key in keys[:-1]:
            here = here[int(key) if key.isdigit() else key]
        if new == OFF:
            del here[keys[-1]]
        else:
            here[keys[-1]] = new
        with (folder / "staff.yaml").open("w", encoding="utf-8") as file:
            yaml.dump(document, file)
        found = overridden(region, strategy, {path: new})[0]
        assert found.staff == load_region(folder).staff != region.staff, path
        digests.add(found.digest)
    assert len(digests) == 1 + len(paths)


def test_a_region_without_the_file_can_be_given_drawn_absence(tiny: Region) -> None:
    strategy = load_strategy(find_strategy("today_2011", TINY))
    paths = Paths(tiny, TINY, {})
    assert paths.unknown("staff.absence.share") is None and paths.wrong("staff.absence.share", 0.05) == ""
    staff = overridden(tiny, strategy, {"staff.absence.share": 0.05})[0].staff
    assert staff.absence is not None and staff.absence.share == 0.05
    assert overridden(tiny, strategy, {"staff.absence.share": 0.0})[0].staff == NO_HABITS


def test_a_study_of_habits(folder: Path, tmp_path: Path) -> None:
    """Four worlds of conditions: meetings take minutes from customers where they are on, and more are away with more absence."""
    file = tmp_path / "experiments" / "habits" / "study.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(STUDY, encoding="utf-8")
    study = load_study(file)
    plans = [a for a in study.alternatives if a.strategy == "multichannel"]
    assert len(plans) == 4 and len(study.contrasts) == 4
    paid = {}
    for plan in plans:
        world = study.world(plan)
        habits = world.people.habits
        assert habits is not None and any(habits.meetings) == (dict(plan.others)["staff.meetings"] == "on")
        paid[plan.name] = simulate(world, 7, 0, weeks(0, 6, 0), "reference").tally.ledger.tobytes()
    assert len(set(paid.values())) == 4


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("staff.absence.share: [as_it_is, 0.1]", "staff.absence.shar: [0.1]", [":7:", "unknown factor", "did you mean 'staff.absence.share'"]),
        ("staff.absence.share: [as_it_is, 0.1]", "staff.absence.share: [0.5]", [":7:", "more than the whole absence of 0.15"]),
        ("staff.absence.share: [as_it_is, 0.1]", "staff.absence.share: [1.5]", [":7:", "less than or equal to 1"]),
        ("staff.absence.share: [as_it_is, 0.1]", "staff.absence.share: [high]", [":7:", "number"]),
        ('staff.meetings: ["on", "off"]', "staff.meetings: [0.5]", [":8:", "takes `on` or `off`"]),
        ('staff.meetings: ["on", "off"]', "staff.breaks.0.length_min: [200]", [":8:", "shift"]),
        ('staff.meetings: ["on", "off"]', "staff.meetings.0.every_weeks: [1.5]", [":8:", "integer"]),
        ('staff.meetings: ["on", "off"]', "staff.meetings.4.every_weeks: [1]", [":8:", "did you mean 'staff.meetings.0.every_weeks'"]),
        ('staff.meetings: ["on", "off"]', "staff.at_shift_end: [leave]", [":8:", "'finish' or 'hand_over'"]),
        ('staff.meetings: ["on", "off"]', "staff.wisiting_days: [off]", [":8:", "did you mean 'staff.visiting_days'"]),
    ],
)  # fmt: skip
def test_a_wrong_path_or_value_is_told_at_its_line(folder: Path, tmp_path: Path, old: str, new: str, words: list[str]) -> None:
    file = tmp_path / "experiments" / "habits" / "study.yaml"
    file.parent.mkdir(parents=True)
    assert STUDY.count(old) == 1
    file.write_text(STUDY.replace(old, new), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_study(file)
    for word in words:
        assert word in str(caught.value)
