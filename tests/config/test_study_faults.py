"""Bad study files: each planted fault is named with its line and field and the way to mend it, and nothing runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from channelsim.config.check import check_file
from channelsim.config.study import load_study
from channelsim.errors import ConfigError
from tests.conftest import ROOT, TINY

GOOD = f"""study: try
question: What if?
region: {TINY}
factors:
  office_model: [two_offices, one_office]
  strategy: [today_2011, multichannel]
  strategy.web.preference: [as_it_is, 0.5]
  released_posts: [kept, to_generalists]
  staff.scale: [1.0, 0.9]
  demand.scale: {{levels: [1.0, 1.2], role: condition}}
  region.parameters.staff.absence_share: [0.15]
  region.delays.redial.mean_min: [20]
  future: [calm, shock]
futures:
  calm: {{}}
  shock:
    demand.layoff: {{municipality: Harbour, segment: young, persons: 100, from_week: 1, weeks: 2}}
    staff.absence_wave: {{share: 0.2, from_week: 1, weeks: 2}}
alternatives:
  design: full
baseline: {{office_model: two_offices, strategy: today_2011}}
window: {{warm_up_weeks: 1, measured_weeks: 2, follow_up_weeks: 1}}
replications: 2
seed: 7
primary_outcomes: [a1_released_h_per_week]
better: {{added_work_h_per_week: lower}}
constraints: {{unmet_change_pct: {{at_most: 0.5}}}}
precision: {{a1_released_h_per_week: 2}}
budget: {{max_replications: 240, max_minutes: 10}}
"""

FAULTS = [  # text, in its place, words of the message
    ("strategy.web.preference:", "strategy.web.prefrence:", [":7:", "unknown factor", "did you mean 'strategy.channel.web_preference'?"]),
    ("region.parameters.staff.absence_share", "region.parameters.staff.absense_share", [":11:", "did you mean 'region.parameters.staff.absence_share'?"]),
    ("staff.scale:", "staff.scal:", [":9:", "unknown factor 'staff.scal'", "did you mean 'staff.scale'?"]),
    ("staff.scale:", "colour:", [":9:", "unknown factor 'colour'", "use one of office_model"]),
    ("staff.scale:", "inputs.repeats:", [":9:", "unknown factor 'inputs.repeats'", "did you mean 'inputs.delays'"]),
    ("staff.scale:", "inputs.casewrk:", [":9:", "unknown factor 'inputs.casewrk'", "this region has a range in inputs.delays"]),
    ("two_offices, one_office]", "two_offices, one_offic]", [":5:", "unknown office model 'one_offic'", "did you mean 'one_office'?"]),
    ("[today_2011, multichannel]", "[today_2011, multichanel]", [":6:", "unknown strategy 'multichanel'", "did you mean 'multichannel'?"]),
    ("[as_it_is, 0.5]", "[as_it_is, 1.5]", [":7:", "a share is between 0 and 1"]),
    ("[as_it_is, 0.5]", "[as_it_is, web_preference_2012_share]", [":7:", "unknown parameter", "did you mean 'web_preference_2011_share'?"]),
    ("[as_it_is, 0.5]", "[0.5, 0.5]", [":7:", "stands twice"]),
    ("[kept, to_generalists]", "[kept, gone]", [":8:", "unknown released posts 'gone'"]),
    ("[1.0, 0.9]", "[1.0, 0.1]", [":9:", "0.1 is not between 0.25 and 1"]),
    ("[1.0, 0.9]", "[1.0, true]", [":9:", "takes a number"]),
    ("[1.0, 0.9]", "[]", [":9:", "has no levels"]),
    ("[1.0, 1.2]", "[1.0, 6.5]", [":10:", "6.5 is not between 0 and 6"]),
    ("role: condition", "role: world", [":10:", "role"]),
    ("absence_share: [0.15]", "absence_share: [1.0]", [":11:", "everybody is always away"]),
    ("absence_share: [0.15]", "absence_share: [1.5]", [":11:", "a share cannot be larger than 1"]),
    ("absence_share: [0.15]", "absence_share: [-0.1]", [":11:", "cannot be less than 0"]),
    ("staff.absence_share: [0.15]", "web.after_failure_share.give_up: [1.2]", [":11:", "a family that adds up to 1"]),
    ("staff.absence_share: [0.15]", "web.after_failure_share.give_up: [1.0]", [":11:", "everybody gives up"]),
    ("region.delays.redial.mean_min: [20]", "region.municipalities.Mill.unemployed: [9000]", [":12:", "larger than the population"]),
    ("region.delays.redial.mean_min: [20]", "region.national_line.hotline.persons: [1.5]", [":12:", "takes a whole number"]),
    ("region.delays.redial.mean_min: [20]", "region.appointments.placement.bookable_share: [1.5]", [":12:", "less than or equal to 1"]),
    ("[calm, shock]", "[calm, shok]", [":13:", "unknown future 'shok'", "did you mean 'shock'?"]),
    ("municipality: Harbour", "municipality: Harbor", [":17:", "unknown 'Harbor'", "did you mean 'Harbour'?"]),
    ("segment: young", "segment: employer", [":17:", "unknown 'employer'"]),
    ("demand.scale: {levels: [1.0, 1.2]", "demand.scale: {levels: [1.0, 5.5]", [":17:", "more than 6 together"]),
    ("staff.scale: [1.0, 0.9]", "demand.trip_response: [1.5]", [":9:", "1.5 is not between -0.5 and 1"]),
    ("staff.scale: [1.0, 0.9]", "demand.trip_response: [basis]", [":9:", "takes a number"]),
    ("persons: 100", "persons: 10000", [":17:", "more than 6 times as many"]),
    ("share: 0.2", "share: 2", [":18:", "share"]),
    ("    staff.absence_wave:", "    staff.absense_wave:", [":18:", "did you mean 'staff.absence_wave'?"]),
    ("design: full", "design: sobl", [":20:", "design"]),
    ("design: full", "design: list", [":19:", "the design list has no rows"]),
    ("design: full", "design: sobol\n  points: 12", ["12 is no power of two", "take 16"]),
    ("design: full", "design: sobol\n  points: 8", [":20:", "no factor has `between`"]),
    ("design: full", "points: 8", [":20:", "the design full takes no points"]),
    ("design: full", "design: fractional\n  generators: {staff.scale: [office_model, colour]}", ["cannot be made from colour"]),
    ("[1.0, 0.9]", "{between: [0.8, 1.0]}", [":9:", "takes no points of a range"]),
    ("[1.0, 0.9]", "{between: [1.0, 0.8]}", [":9:", "the smaller first"]),
    ("[kept, to_generalists]", "{between: [0, 1]}", [":8:", "no points of a range can be taken"]),
    ("[1.0, 0.9]", "{levels: [1.0], between: [0.8, 1.0]}", [":9:", "give levels, or two ends"]),
    ("strategy: today_2011}", "strategy: today_2011, levels: {demand.scale: 1.2}}", [":21:", "the same for plan and baseline"]),
    ("strategy: today_2011}", "strategy: today_2011, levels: {strategy.customer.triage: true}}", [":21:", "no factor of this study"]),
    ("office_model: two_offices, strategy", "office_model: two_ofices, strategy", [":21:", "did you mean 'two_offices'?"]),
    ("  office_model: [two_offices, one_office]\n", "", ["the study has no alternatives", "add `office_models:`"]),
    ("study: try\n", "study: try\noffice_models: [two_offices]\n", ["office_model stands under office_models too"]),
    ("better: {added_work_h_per_week: lower}", "better: {added_work: lower}", ["better", "did you mean 'added_work_h_per_week'?"]),
    ("better: {added_work_h_per_week: lower}", "better: {added_work_h_per_week: less}", ["better", "lower"]),
    ("{at_most: 0.5}", "{}", ["constraints", "gives no limit"]),
    ("precision: {a1_released_h_per_week: 2}", "precision: {a1_released_h_per_week: 0}", ["precision", "greater than 0"]),
    ("max_replications: 240", "max_replications: 1", ["budget.max_replications", "fewer than the 2"]),
    ("seed: 7", "seed: 7\nreview: {office_model: two_offices, points: [Ridge]}", ["review.points", "unknown staffed point 'Ridge'"]),
    ("seed: 7", "seed: 7\nreview: {office_model: one_office}", ["review", "no point under ten"]),
    ("seed: 7", "seed: 7\nnetworks: {new: {office_model: two_office, points: [Mill]}}", [":25:", "networks.new.office_model", "did you mean 'two_offices'?"]),
    ("seed: 7", "seed: 7\nnetworks: {new: {office_model: two_offices, points: [Mil]}}", [":25:", "unknown municipality 'Mil'", "did you mean 'Mill'?"]),
    ("seed: 7", "seed: 7\nnetworks: {new: {office_model: two_offices}}", [":25:", "give points, or a goal"]),
    ("seed: 7", "seed: 7\nnetworks: {new: {office_model: two_offices, goal: p_median}}", [":25:", "p_median needs n_points"]),
    ("seed: 7", "seed: 7\nnetworks: {new: {office_model: two_offices, goal: set_cover}}", [":25:", "set_cover needs limit_min"]),
    ("seed: 7", "seed: 7\nnetworks: {new: {office_model: two_offices, goal: p_median, n_points: 4}}", [":25:", "4 points cannot be, with 0 kept of 3"]),
    ("seed: 7", "seed: 7\nnetworks: {new: {office_model: two_offices, goal: p_median, n_points: 1, limit_min: 10}}", [":25:", "no choice of points keeps every condition"]),
    ("seed: 7", "seed: 7\nnetworks: {one_office: {office_model: two_offices, points: [Mill]}}", [":25:", "the region has an office model 'one_office'"]),
    ("seed: 7", "seed: 7\nnetworks: {new: {office_model: two_offices, goal: p_median, n_points: 1, keep: [Mill], candidates: [Ridge]}}", [":25:", "Mill is not among the candidates"]),
]  # fmt: skip


def test_the_good_one_is_good(tmp_path: Path) -> None:
    path = tmp_path / "study.yaml"
    path.write_text(GOOD, encoding="utf-8")
    study = load_study(path)
    assert len(study.alternatives) == 128 and study.budget.max_minutes == 10 and study.constraints[0].at_most == 0.5
    assert study.better == {"added_work_h_per_week": "lower"} and study.precision == {"a1_released_h_per_week": 2.0}


@pytest.mark.parametrize(("old", "new", "words"), FAULTS, ids=[f[1][:50].strip() or "left out" for f in FAULTS])
def test_planted_fault_is_named(tmp_path: Path, old: str, new: str, words: list[str]) -> None:
    assert GOOD.count(old) >= 1, "the fault must be planted to be found"
    path = tmp_path / "study.yaml"
    path.write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_study(path)
    message = str(caught.value)
    assert all(word in message for word in words), message
    assert message.count("\n") <= 2, message  # one fault, not a flood


def test_too_many_alternatives_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "study.yaml"
    levels = ", ".join(f"{1 + i / 1000:.3f}" for i in range(1000))
    path.write_text(GOOD.replace("[1.0, 1.2]", f"[{levels}]"), encoding="utf-8")
    with pytest.raises(ConfigError, match="64,000 alternatives, more than 20,000"):
        load_study(path)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("failure.repeat_share", "failure.repeats_share", "did you mean 'failure.repeat_share'?"),
        ("members: [service.back_office_mean_min]", "members: [service.back_office_mean_min, failure.repeat_share]", "failure.repeat_share is in the group casework already"),
        ("members: [service.back_office_mean_min]", "members: []", "members"),
        ("  casework:", "  casework:\n    color: red", "unknown key"),
    ],
)  # fmt: skip
def test_groups_of_inputs_are_checked(tmp_path: Path, old: str, new: str, words: str) -> None:
    text = (ROOT / "configs" / "input_groups.yaml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "input_groups.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        list(check_file(path))
    assert words in str(caught.value) and "input_groups.yaml:" in str(caught.value)
