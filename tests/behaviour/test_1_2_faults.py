"""Bad input of a region's staff.yaml: one message a problem, at its line, with the mend."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from channelsim.config.check import check_region_folder
from channelsim.config.region import digest_of, load_region
from channelsim.errors import ConfigError
from tests.behaviour.regions import ledger_of, run_of, world_of
from tests.conftest import ROOT, TINY

CASES = [
    ("absence: {share: 0.2}", 1, "absence.share", "more than the whole absence of 0.15"),
    ("absence:\n  share: 0.05\n  weekday_factor: {mon: 1.5}", 3, "absence.weekday_factor", "mean of 1.100"),
    ("absence:\n  share: 0.05\n  month_factor: {july: 1}", 3, "absence.month_factor", "did you mean 'jul'?"),
    ("breaks:\n  - {at: '16:00', length_min: 30}", 2, "breaks.0", "outside the shift of 08:45 to 16:15"),
    ("breaks:\n  - {at: '11:00', length_min: 120}\n  - {at: '13:00', length_min: 60}", 1, "breaks", "more than the other duties of 157.5"),
    ("meetings:\n  - weekday: mon\n    at: '09:00'\n    length_min: 30\n    points: [Harbor]", 5, "meetings.0.points", "did you mean 'Harbour'?"),
    ("meetings:\n  - {weekday: sat, at: '09:00', length_min: 30}", 2, "meetings.0.weekday", "'mon', 'tue', 'wed', 'thu' or 'fri'"),
    ("part_time:\n  - persons: [99]", 2, "part_time.0.persons", "there is no person 99"),
    ("part_time:\n  - {persons: [4]}\n  - persons: [4]", 3, "part_time.1.persons", "has a week already"),
    ("part_time:\n  - persons: [4]\n    end: '18:00'", 3, "part_time.0.end", "not within the shift"),
    ("part_time:\n  - {persons: [4], start: '12:00', end: '11:00'}", 2, "part_time.0.end", "ends at or before it starts"),
    ("speeds:\n  - {factor: 1.1, place: Hill}", 2, "speeds.0.place", "did you mean 'Mill'?"),
    ("speeds:\n  - {factor: 0, place: Mill}", 2, "speeds.0.factor", "greater than or equal to 0.01"),
    ("speeds:\n  - {factor: 1.1, role: generalist, skill: benefits}", 2, "speeds.0.skill", "a generalist has no skill"),
    ("learning: {extra: 0.2, half_life_weeks: 0}", 1, "learning.half_life_weeks", "greater than or equal to 0.5"),
    ("visiting_days:\n  - models: [one_office]\n    point: Mill\n    weekday: tue\n    skill: placement", 4, "visiting_days.0.weekday",
     "Mill in one_office is closed on tue; visit on mon, wed, fri"),
    ("visiting_days:\n  - {models: [two_offices], point: Mill, weekday: tue, skill: placement}", 2, "visiting_days.0.point", "is staffed"),
    ("visiting_days:\n  - {models: [one_office], point: Ridge, weekday: tue, skill: placement}", 2, "visiting_days.0.point", "it is closed there"),
    ("visiting_days:\n  - {models: [one], point: Mill, weekday: mon, skill: placement}", 2, "visiting_days.0.models", "unknown office model"),
    ("visiting_days:\n  - {models: [one_office], point: Mill, weekday: mon, skill: placemnt}", 2, "visiting_days.0.skill", "did you mean 'placement'?"),
    ("visiting_days:\n  - {models: [one_office], point: Mill, weekday: mon, skill: guidance, person: 5}", 2, "visiting_days.0",
     "person 5 of the office of Mill is not free on mon"),
    ("video:\n  - {models: [one_office], point: Mill, weekdays: [mon, tue], start: '09:00', end: '13:00', skill: placement}", 2, "video.0.weekdays",
     "Mill in one_office is closed on tue: slots would lie outside"),
    ("video:\n  - {models: [one_office], point: Mill, weekdays: [mon], start: '09:00', end: '15:00', skill: placement}", 2, "video.0.weekdays",
     "Mill in one_office is open from 09:00 to 14:00 on mon"),
    ("video:\n  - {models: [one_office], point: Mill, weekdays: [mon], start: '09:00', end: '09:30', skill: placement}", 2, "video.0.end",
     "no room for an appointment of 40 min"),
    ("video:\n  - {models: [two_offices], point: Mill, weekdays: [mon], start: '09:00', end: '13:00', skill: placement}", 2, "video.0.point",
     "'Mill' is staffed in two_offices"),
    ("video:\n  - {models: [one_office], point: Mill, weekdays: [mon], start: '09:00', end: '11:00', skill: placement}\n"
     "  - {models: [one_office], point: Mill, weekdays: [mon], start: '10:00', end: '12:00', skill: benefits}", 3, "video.1",
     "the room of Mill is linked to placement then"),
    ("more_skills:\n  - {persons: [8], skill: guidence}", 2, "more_skills.0.skill", "did you mean 'guidance'?"),
    ("more_skills:\n  - persons: [4]\n    skill: guidance", 2, "more_skills.0.persons", "person 4 is a generalist in two_offices (balanced)"),
    ("more_skills:\n  - {persons: [99], skill: guidance}", 2, "more_skills.0.persons", "there is no person 99"),
    ("more_skills:\n  - {persons: [9], skill: guidance}", 2, "more_skills.0.persons", "person 9 holds guidance already"),
    ("at_shift_end: leave", 1, "at_shift_end", "'finish' or 'hand_over'"),
    ("visiting_day: []", 1, "visiting_day", "did you mean 'visiting_days'?"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "field", "what"), CASES, ids=[f"{c[2]}-{i}" for i, c in enumerate(CASES)])
def test_each_contradiction_has_its_line(tmp_path: Path, text: str, line: int, field: str, what: str) -> None:
    folder = tmp_path / "tiny"
    shutil.copytree(TINY, folder)
    (folder / "staff.yaml").write_text(f"region_staff: tiny\n{text}\n")
    with pytest.raises(ConfigError) as caught:
        load_region(folder)
    told = [str(p) for p in caught.value.problems]
    assert len(told) == 1, told
    assert f"staff.yaml:{line + 1}: {field}: " in told[0] and what in told[0], told


def test_the_file_is_of_its_own_region(tmp_path: Path) -> None:
    folder = tmp_path / "tiny"
    shutil.copytree(TINY, folder)
    (folder / "staff.yaml").write_text("# of another\nregion_staff: large\n")
    with pytest.raises(ConfigError, match=r"staff.yaml:2: region_staff: is of 'large', but stands in the folder of 'tiny'"):
        load_region(folder)


def test_a_sound_file_is_read_and_is_part_of_the_digest(tmp_path: Path) -> None:
    folder = tmp_path / "tiny"
    shutil.copytree(TINY, folder)
    before = digest_of(folder)
    assert before == digest_of(TINY)
    (folder / "staff.yaml").write_text(
        "region_staff: tiny\nvisiting_days: [{models: [one_office], point: Mill, weekday: wed, skill: placement}]\n"
    )
    region = load_region(folder)
    assert region.digest != before and region.staff.visiting_days[0].weekday == 2


def test_the_example_of_the_page_is_read_and_run(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "reference" / "region-staff.md").read_text(encoding="utf-8")
    folder = tmp_path / "tiny"
    shutil.copytree(TINY, folder)
    (folder / "staff.yaml").write_text(page.split("```yaml\n")[1].split("```")[0], encoding="utf-8")
    region = load_region(folder)
    world = world_of(region, region.staff, "one_office")
    assert ledger_of(run_of(world, "reference"), world, "placement Mill")["travel"] > 40.0
    lines = list(check_region_folder(folder))
    assert any("person 5 of Harbour spends wed at Mill, 48 min of it on the way" in line for line in lines)
