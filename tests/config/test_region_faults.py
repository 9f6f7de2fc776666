"""What a mistake in a region folder is told to be: the file, the line, the field, and how to mend it.

Each fault is planted alone into a copy of the invented region, which loads without it.
"""

from __future__ import annotations

import pickle
import shutil
from pathlib import Path

import pytest

from channelsim.config import parameter_names as P
from channelsim.config.check import check_file, check_files
from channelsim.config.csv_rows import load_matrix
from channelsim.config.region import digest_of, load_region
from channelsim.config.strategy import check_strategy, find_strategy, load_strategy
from channelsim.errors import ConfigError, Problem
from tests.conftest import ROOT, TINY

STRATEGY = (ROOT / "configs" / "strategies" / "today_2011.yaml").read_text(encoding="utf-8")
HERE = 0  # the line on which the fault was planted
S08_SLOTS = "guidance,70,09:00,15:00,0.9,1440,30,15,estimated,,invented\n"
S08_BOOKED = "two_offices,S08,*,booked,*,estimated,,invented\n"
RIDGE = "Ridge,young,0.25,estimated,,invented\nRidge,settled,0.75,estimated,,invented\n"
MILL_ROTA = "one_office,12,specialist,benefits,Harbour,Harbour,Harbour,Harbour,Harbour,0,11"

# file, text to replace, replacement; expected line (a number, HERE, or the first line with some text), field, words of the message
FAULTS: dict[str, tuple[str, str, str, int | str, str, str]] = {
    "unknown key": ("region.yaml", "staffing_split:", "stafing_split:", HERE, "stafing_split", "did you mean 'staffing_split'?"),
    "unknown key below": ("region.yaml", "end:", "ends:", HERE, "shift.ends", "did you mean 'end'?"),
    "key of another kind": ("region.yaml", "staff: 12", "staff: twelve", HERE, "invariants.staff", "integer"),
    "truth value for a number": ("region.yaml", "staff: 12", "staff: true", HERE, "invariants.staff", "integer"),
    "duplicate key": ("region.yaml", "currency: EUR\n", "currency: EUR\ncurrency: SEK\n", 8, "yaml", "duplicate key"),
    "shift ends before it starts": ("region.yaml", '"08:45"', '"18:45"', HERE, "shift.end", "at or before it starts"),
    "model of an invariant": ("region.yaml", "offices: {two_offices: 2", "offices: {two_ofices: 2", HERE, "invariants.offices.two_ofices", "'two_offices'"),
    "model of an invariant, points": ("region.yaml", "points: {two_offices: 2", "points: {two: 2", HERE, "invariants.staffed_points.two", "unknown office model"),
    "minimum service": ("region.yaml", "[S01, S02, S03]", "[S01, S02, S33]", HERE, "invariants.minimum_services", "unknown service 'S33'"),
    "office model named twice": ("region.yaml", "[two_offices, one_office]", "[two_offices, one_office, one_office]", HERE, "office_models.2", "twice"),
    "strategy that is a path": ("region.yaml", "strategy: today_2011", "strategy: ../../today_2011", HERE, "baseline.strategy", "pattern"),
    "negative unemployed": ("municipalities.csv", "Harbour,9000,", "Harbour,9000,-", HERE, "unemployed", "greater than or equal to 0"),
    "nan": ("municipalities.csv", "town,2.0", "town,nan", HERE, "foreign_language_pct", "finite"),
    "infinity": ("municipalities.csv", "town,2.0", "town,inf", HERE, "foreign_language_pct", "finite"),
    "figure of words": ("municipalities.csv", "town,2.0", "town,few", HERE, "foreign_language_pct", "valid number"),
    "unknown column": ("municipalities.csv", "population,unemployed", "population,unemployd", 1, "unemployd", "did you mean 'unemployed'?"),
    "unknown grade": ("municipalities.csv", "2.0,estimated", "2.0,estimatd", HERE, "grade", "did you mean 'estimated'?"),
    "too few cells": ("municipalities.csv", "Mill,3000,", "Mill,", HERE, "row", "7 cells, the header has 8"),
    "open quote": ("municipalities.csv", "Mill,3000", '"Mill,3000', HERE, "row", "unreadable"),
    "duplicate id": ("services.csv", "S02,advice", "S01,advice", HERE, "service", "stands already in line 2"),
    "shares of segments": ("municipality_segment.csv", "Mill,young,0.3", "Mill,young,0.2", HERE, "share", "add up to 0.9000"),
    "share of employers": ("municipality_segment.csv", "Mill,young,0.3,", "Mill,employer,0.3,", HERE, "segment", "not jobseekers"),
    "unknown segment": ("municipality_segment.csv", "Mill,young,0.3,", "Mill,yung,0.3,", HERE, "segment", "did you mean 'young'?"),
    "pair without weight": ("segment_service.csv", "young,S06,0,estimated,,invented\n", "", 1, "weight", "young, S06 has no row"),
    "service that nobody needs": ("segment_service.csv", "employer,S06,1", "employer,S06,0", 1, "weight", "needs of S06 come from no segment"),
    "missing unit": ("parameters.csv", "phone,patience_mean_min,all,min", "phone,patience_mean_min,all,", HERE, "unit", "is empty"),
    "another unit": ("parameters.csv", "phone,patience_mean_min,all,min", "phone,patience_mean_min,all,s", HERE, "unit", "is in 'min', not in 's'"),
    "negative time": ("parameters.csv", "phone,patience_mean_min,all,min,10", "phone,patience_mean_min,all,min,-10", HERE, "low", "greater than or equal to 0"),
    "base below low": ("parameters.csv", "staff_check_share,all,share,0.6,0.6", "staff_check_share,all,share,0.6,0.5", HERE, "base", "low <= base <= high"),
    "high below base": ("parameters.csv", "staff_check_share,all,share,0.6,0.6,0.6", "staff_check_share,all,share,0.6,0.6,0.5", HERE, "high", "low <= base <= high"),
    "share above one": ("parameters.csv", "staff_check_share,all,share,0.6,0.6,0.6", "staff_check_share,all,share,0.6,0.6,1.6", HERE, "high", "larger than 1"),
    "unknown parameter": ("parameters.csv", "staff,absence_share,all", "staff,absense_share,all", HERE, "parameter", "'staff, absence_share'"),
    "key of a service": ("parameters.csv", "handling_visit_mean_min,S01", "handling_visit_mean_min,S1", HERE, "key", "did you mean 'S01'?"),
    "key of a weekday": ("parameters.csv", "weekday_index,mon", "weekday_index,monday", HERE, "key", "did you mean 'mon'?"),
    "part of a day": ("parameters.csv", "phone_hour_share,09:00-12:00", "phone_hour_share,9-12", HERE, "key", "no part of a day"),
    "parts of a day overlap": ("parameters.csv", "phone_hour_share,12:00", "phone_hour_share,11:00", HERE, "key", "overlaps 09:00-12:00"),
    "hours of a day add up": ("parameters.csv", "12:00-16:00,share,0.5,0.5,0.5", "12:00-16:00,share,0.4,0.4,0.4", "phone_hour_share,", "phone_hour_share", "add up to 0.9000"),
    "after a failure": ("parameters.csv", "after_failure_share,visit,share,0.15,0.15,0.15", "after_failure_share,visit,share,0.3,0.3,0.3", "after_failure_share,", "after_failure_share", "add up to 1.1500"),
    "after a hang-up": ("parameters.csv", "after_abandon_share,web,share,0.1,0.1,0.1", "after_abandon_share,web,share,0.5,0.5,0.5", "phone,after_abandon_share,", "after_abandon_share", "more than 1"),
    "given for one segment only": ("parameters.csv", "segment,no_car_share,settled,share,0.2,0.2,0.2,,,,estimated,,invented\n", "", "no_car_share,", "segment, no_car_share, settled", "is missing"),
    "missing parameter": ("parameters.csv", "staff,absence_share,all,share,0.15,0.15,0.15,,,,estimated,,invented\n", "", 1, "staff, absence_share, all", "is missing"),
    "unknown segment to apply to": ("parameters.csv", ",,,settled,estimated", ",,,setled,estimated", HERE, "applies_to", "did you mean 'settled'?"),
    "unknown delay": ("delays.csv", "redial,", "redail,", HERE, "delay", "did you mean 'redial'?"),
    "missing delay": ("delays.csv", "redial,exponential,20,,10.0,40,estimated,,invented\n", "", 1, "redial", "is missing"),
    "delay out of its range": ("delays.csv", "redial,exponential,20,,10.0,40", "redial,exponential,20,,30.0,40", HERE, "row", "low <= mean_min <= high"),
    "lognormal without cv": ("delays.csv", "redial,exponential", "redial,lognormal", HERE, "row", "needs cv"),
    "unknown distribution": ("delays.csv", "redial,exponential", "redial,exponental", HERE, "distribution", "did you mean 'exponential'?"),
    "point that is no municipality": ("points.csv", "one_office,Mill", "one_office,Mil", HERE, "point", "did you mean 'Mill'?"),
    "unknown office model": ("points.csv", "one_office,Mill", "one_ofice,Mill", HERE, "model", "did you mean 'one_office'?"),
    "joint point without adviser": ("points.csv", "Mill,H,joint,1,", "Mill,H,joint,0,", HERE, "advisers_fte", "nobody receives"),
    "number of staffed points": ("points.csv", "Mill,H,joint,1,", "Mill,H,staffed,1,", "one_office,", "kind", "2 staffed points, the invariant says 1"),
    "unknown office of a municipality": ("office_area.csv", "two_offices,Ridge,M", "two_offices,Ridge,X", HERE, "office", "unknown office 'X'"),
    "municipality without office": ("office_area.csv", "two_offices,Ridge,M,estimated,,invented\n", "", 1, "municipality", "Ridge belongs to no office"),
    "closes before it opens": ("hours.csv", "two_offices,Mill,mon,09:00,15:00", "two_offices,Mill,mon,09:00,08:00", HERE, "close", "opens at or after it closes"),
    "unknown weekday": ("hours.csv", "two_offices,Mill,mon", "two_offices,Mill,Mon", HERE, "weekday", "did you mean 'mon'?"),
    "unknown point": ("hours.csv", "two_offices,Mill,mon", "two_offices,Mil,mon", HERE, "point", "did you mean 'Mill'?"),
    "unknown line": ("hours.csv", "*,national_line,mon", "*,national_lin,mon", HERE, "point", "did you mean 'national_line'?"),
    "open before the shift": ("hours.csv", "two_offices,Mill,mon,09:00", "two_offices,Mill,mon,07:00", HERE, "open", "no shift is at work"),
    "open when nobody is there": ("hours.csv", "two_offices,Mill,mon,", "two_offices,Mill,sat,", HERE, "weekday", "open on sat, but nobody is there"),
    "unknown place of a person": ("staff.csv", "12,specialist,benefits,Mill,", "12,specialist,benefits,Mil,", HERE, "mon", "did you mean 'Mill'?"),
    "joint point as a place": ("staff.csv", "one_office,10,generalist,,Harbour", "one_office,10,generalist,,Mill", HERE, "mon", "unknown staffed point 'Mill'"),
    "unknown skill": ("staff.csv", "5,specialist,placement", "5,specialist,placment", HERE, "skill", "did you mean 'placement'?"),
    "specialist without skill": ("staff.csv", "5,specialist,placement", "5,specialist,", HERE, "skill", "needs a skill"),
    "specialist of anything": ("staff.csv", "5,specialist,placement", "5,specialist,any", HERE, "skill", "no skill of the staff"),
    "generalist with a skill": ("staff.csv", "2,generalist,,", "2,generalist,placement,", HERE, "skill", "has no skill"),
    "other persons": ("staff.csv", "one_office,12,", "one_office,13,", "balanced,one_office,", "person", "other persons than two_offices: [12, 13]"),
    "number of staff": ("staff.csv", f"balanced,{MILL_ROTA}\n", "", "balanced,one_office,", "person", "11 staff, the invariant says 12"),
    "another rota": ("staff.csv", MILL_ROTA, MILL_ROTA[:-2] + "12", HERE, "rota", "but 11 in line 13"),
    "released generalist": ("staff.csv", "Harbour,0,1\n", "Harbour,1,1\n", HERE, "released", "only posts of management"),
    "nobody at the place has the skill": ("service_map.csv", "two_offices,S08,*,line,*", "two_offices,S08,*,line,M", HERE, "place", "has the skill 'guidance'"),
    "unknown area": ("service_map.csv", "two_offices,S03,M,line,M", "two_offices,S03,X,line,M", HERE, "area", "unknown office 'X'"),
    "nobody answers": ("service_map.csv", "two_offices,S03,M,line,M,estimated,,invented\n", "", 1, "area", "nobody answers S03 for the office M"),
    "nobody takes appointments": ("service_map.csv", S08_BOOKED, "", 1, "area", "nobody takes appointments of S08"),
    "no slots": ("appointments.csv", S08_SLOTS, "", 1, "skill", "has no slots"),
    "slots backwards": ("appointments.csv", "70,09:00,15:00", "70,15:00,09:00", HERE, "last_slot", "earlier than first_slot"),
    "national service answered twice": ("national_line.csv", "hotline,1,N01", "hotline,1,N01|N01", HERE, "services", "already"),
    "regional service on the national line": ("national_line.csv", "hotline,1,N01", "hotline,1,N01|S01", HERE, "services", "not a national service"),
    "travel to nowhere": ("travel_km.csv", "Ridge,41,25,5", "Ridge,41,25,5\nRigde,1,2,3", "Rigde", "Rigde", "did you mean 'Ridge'?"),
    "travel twice": ("travel_km.csv", "Ridge,41,25,5", "Ridge,41,25,5\nRidge,1,2,3", "Ridge,1,", "Ridge", "has two rows"),
    "travel that is missing": ("travel_minutes.csv", "Ridge,40.1,26.4,9.3\n", "", 1, "Ridge", "has no row"),
    "travel backwards in time": ("travel_minutes.csv", "Mill,23.9", "Mill,-23.9", HERE, "Mill", "'-23.9' is not a number of at least 0"),
    "travel nan": ("travel_minutes.csv", "Mill,23.9", "Mill,NaN", HERE, "Mill", "is not a number"),
    "travel table not square": ("travel_minutes.csv", "Mill,23.9,8.4,26.4", "Mill,23.9,8.4", HERE, "Mill", "has 2 cells, the header has 3"),
    "unknown service of a line": ("national_line.csv", "hotline,1,N01", "hotline,1,N01|N99", HERE, "services", "unknown service 'N99'"),
    "unknown skill of slots": ("appointments.csv", "guidance,70", "guidence,70", HERE, "skill", "did you mean 'guidance'?"),
    "unknown model of hours": ("hours.csv", "two_offices,Mill,mon", "two_ofices,Mill,mon", HERE, "model", "did you mean 'two_offices'?"),
    "unknown service of a segment": ("segment_service.csv", "young,S06,0", "young,S66,0", HERE, "service", "unknown service 'S66'"),
    "municipality without segments": ("municipality_segment.csv", RIDGE, "", 1, "municipality", "Ridge has no shares"),
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TINY, tmp_path / "tiny"))


def problems_of(folder: Path) -> list[Problem]:
    with pytest.raises(ConfigError) as caught:
        load_region(folder)
    return caught.value.problems


def plant(folder: Path, file: str, old: str, new: str) -> int:
    """Plants a fault, and returns its line."""
    text = (folder / file).read_text(encoding="utf-8")
    assert text.count(old) >= 1, "the fault must be planted to be found"
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def first_line_with(text: str, path: Path) -> int:
    return next(i for i, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if text in line)


def test_the_copy_loads_without_a_fault(folder: Path) -> None:
    assert load_region(folder).digest == load_region(TINY).digest


@pytest.mark.parametrize("name", FAULTS)
def test_fault_is_told_by_file_line_and_field(folder: Path, name: str) -> None:
    file, old, new, line, field, words = FAULTS[name]
    planted = plant(folder, file, old, new)
    if isinstance(line, str):
        line = first_line_with(line, folder / file)
    problems = problems_of(folder)
    told = [(Path(p.file).name, p.line, p.field) for p in problems]
    assert (file, line or planted, field) in told, "\n".join(map(str, problems))
    assert any(words in str(p) for p in problems if p.field == field), "\n".join(map(str, problems))


# file, texts to replace, replacement (everywhere); expected file, field, words
WIDE_FAULTS = {
    "skill that nobody has": ("staff.csv", ["specialist,guidance"], "specialist,benefits", "service_map.csv", "service", "no municipality reaches it"),
    "model without points": ("region.yaml", ["[two_offices,"], "[third, two_offices,", "points.csv", "model", "third has no points"),
    "point without hours": ("hours.csv", ["one_office,Mill,"], "two_offices,Ridge,", "points.csv", "point", "Mill has no opening hours"),
    "phone without hours": ("hours.csv", ["*,phone_line,"], "two_offices,Ridge,", "hours.csv", "point", "phone_line has no opening hours"),
    "everybody gives up": (
        "parameters.csv", ["0.3,0.3,0.3,", "0.45,0.45,0.45,", "0.15,0.15,0.15,"], "0,0,0,", "parameters.csv", "after_failure_share", "everybody gives up",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WIDE_FAULTS)
def test_fault_that_shows_in_another_place_is_told_there(folder: Path, name: str) -> None:
    file, olds, new, told_in, field, words = WIDE_FAULTS[name]
    text = (folder / file).read_text(encoding="utf-8")
    for old in olds:
        assert old in text, "the fault must be planted to be found"
        text = text.replace(old, new)
    (folder / file).write_text(text, encoding="utf-8")
    problems = problems_of(folder)
    assert any(Path(p.file).name == told_in and p.field == field and words in str(p) for p in problems), "\n".join(map(str, problems))


def test_a_region_without_unemployed_is_refused(folder: Path) -> None:
    path = folder / "municipalities.csv"
    rows = [line.split(",") for line in path.read_text(encoding="utf-8").splitlines()]
    at = rows[0].index("unemployed")
    path.write_text("\n".join(",".join([*r[:at], "0", *r[at + 1 :]] if i else r) for i, r in enumerate(rows)), encoding="utf-8")
    assert [(p.line, p.field) for p in problems_of(folder)] == [(1, "unemployed")]


@pytest.mark.parametrize(("index", "fits"), [("1.0", True), ("1.5", False)])
def test_months_have_a_mean_of_one(folder: Path, index: str, fits: bool) -> None:
    path = folder / "parameters.csv"
    rows = [f"seasonality,unemployed_index,{month},ratio,{index},{index},{index},,,,estimated,," for month in P.WORDS[P.MONTHS]]
    path.write_text(path.read_text(encoding="utf-8").rstrip() + "\n" + "\n".join(rows) + "\n", encoding="utf-8")
    if fits:
        assert load_region(folder).value("seasonality", "unemployed_index", "may") == 1.0
    else:
        assert [p.field for p in problems_of(folder)] == ["unemployed_index"]


@pytest.mark.parametrize(
    "name", ["unknown key", "unknown column", "nan", "too few cells", "unknown delay", "travel nan", "unknown distribution"]
)
def test_one_mistake_is_told_once(folder: Path, name: str) -> None:
    plant(folder, *FAULTS[name][:3])
    assert len(problems_of(folder)) == 1


def test_all_mistakes_of_all_files_are_told_together(folder: Path) -> None:
    names = [
        "key of another kind",
        "nan",
        "shares of segments",
        "missing unit",
        "closes before it opens",
        "travel nan",
        "lognormal without cv",
    ]
    for name in names:
        plant(folder, *FAULTS[name][:3])
    problems = problems_of(folder)
    assert {Path(p.file).name for p in problems} == {FAULTS[name][0] for name in names}
    assert problems == sorted(problems)


def test_a_mistake_on_many_rows_is_told_once_with_their_number(folder: Path) -> None:
    path = folder / "staff.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("one_office", "oneoffice"), encoding="utf-8")
    told = [str(p) for p in problems_of(folder) if p.field == "model"]
    assert len(told) == 1 and "here and in 11 rows more" in told[0] and "did you mean 'one_office'?" in told[0]


def test_a_point_without_people_offers_no_minimum_service(folder: Path) -> None:
    path = folder / "staff.csv"
    head, two, one = path.read_text(encoding="utf-8").partition("balanced,one_office,1,")
    path.write_text(head.replace("Mill", "Harbour") + two + one, encoding="utf-8")
    told = [p for p in problems_of(folder) if Path(p.file).name == "points.csv"]
    assert [(p.line, p.field) for p in told] == [(3, "point")] and "no S01, S02, S03" in told[0].what


@pytest.mark.parametrize("file", ["region.yaml", "staff.csv", "travel_km.csv"])
def test_other_encodings_and_lost_files_are_problems_with_a_line(folder: Path, file: str) -> None:
    text = (folder / file).read_bytes()
    (folder / file).write_bytes(text + "ä".encode("latin-1"))
    assert any(p.field == "encoding" and p.line == text.count(b"\n") + 1 for p in problems_of(folder))
    (folder / file).write_bytes(text.decode().encode("utf-16"))
    assert any(p.field == "encoding" for p in problems_of(folder))
    (folder / file).unlink()
    assert any(p.field in ("file", "region") for p in problems_of(folder))


def test_a_byte_order_mark_spaces_and_windows_line_ends_do_no_harm(folder: Path) -> None:
    for path in folder.glob("*.csv"):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n").replace(b",Harbour,", b", Harbour ,"))
    assert load_region(folder).municipalities == load_region(TINY).municipalities


def test_lines_are_right_after_a_cell_of_several_lines(folder: Path) -> None:
    text = (folder / "municipalities.csv").read_text(encoding="utf-8").replace("2.0,estimated,,invented", '2.0,estimated,,"a\nb"')
    (folder / "municipalities.csv").write_text(text.replace("3000,", "3000,-"), encoding="utf-8")
    assert [(p.line, p.field) for p in problems_of(folder)] == [(4, "unemployed")]


def test_the_digest_is_of_every_file_and_only_of_those_read(folder: Path) -> None:
    digests = {digest_of(folder)}
    read = [*sorted(folder.glob("*.csv")), folder / "region.yaml"]
    for path in read:
        path.write_bytes(path.read_bytes() + b"\n")
        digests.add(digest_of(folder))
    assert len(digests) == len(read) + 1
    (folder / "README.md").write_text("something else", encoding="utf-8")
    assert digest_of(folder) in digests


def test_a_square_table_is_read_in_the_order_of_the_names(tmp_path: Path) -> None:
    path = tmp_path / "km.csv"
    path.write_text("m,B,A\nA,1,0\nB,0,2\n", encoding="utf-8")
    problems: list[Problem] = []
    assert load_matrix(path, ["A", "B"], problems) == [[0.0, 1.0], [2.0, 0.0]] and problems == []


def test_every_parameter_has_a_unit_and_a_meaning() -> None:
    assert all(entry.unit and entry.meaning and entry.keys for entry in P.PARAMETERS.values())
    used = {(g, n) for region in ("tiny", "pohjois-pohjanmaa") for g, n, _ in load_region(ROOT / "configs" / "regions" / region).parameters}
    assert used <= set(P.PARAMETERS)


def test_problems_come_whole_from_another_process() -> None:
    error = ConfigError([Problem("b.csv", 2, "x", "is wrong", "mend it"), Problem("a.csv", 1, "y", "is empty", "fill it in")])
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.problems) == (str(error), error.problems)
    assert str(error).splitlines()[0] == "a.csv:1: y: is empty; fill it in"


BOMB = "a: &a [x, x]\n" + "".join(f"{n}: &{n} [{', '.join(['*' + m] * 9)}]\n" for m, n in zip("abcdefgh", "bcdefghi", strict=True))
# what is written in place of a strategy; expected field, words
STRATEGY_FAULTS = {
    "unknown key": (STRATEGY.replace("triage:", "triag:"), "customer.triag", "did you mean 'triage'?"),
    "key missing": (STRATEGY.replace("  triage: false\n", ""), "customer.triage", "is missing"),
    "key that is a number": (STRATEGY + "7: seven\n", "7", "unknown key"),
    "negative time": (STRATEGY.replace("help_after_min: ", "help_after_min: -"), "customer.help_after_min", "greater than or equal to 0"),
    "nan": (STRATEGY.replace("help_after_min: ", "help_after_min: .nan #"), "customer.help_after_min", "finite"),
    "truth value": (STRATEGY.replace("help_after_min: ", "help_after_min: true #"), "customer.help_after_min", "valid number"),
    "number as text": (STRATEGY.replace("help_after_min: ", 'help_after_min: "10" #'), "customer.help_after_min", "valid number"),
    "increment above 1": (STRATEGY.replace("increment: 0", "increment: 7"), "channel.phone_preference_increment", "less than or equal to 1"),
    "unknown role": (STRATEGY.replace("default: specialist", "default: expert"), "customer.first_line.default", "'generalist' or 'specialist'"),
    "duplicate key": (STRATEGY + "strategy: again\n", "yaml", "duplicate key"),
    "two documents": (STRATEGY + "---\na: 1\n", "yaml", "another document"),
    "an object of Python": (STRATEGY.replace("triage: false", "triage: !!python/object/apply:os.getcwd []"), "yaml", "tags are not read"),
    "nothing": ("", "yaml", "is not a mapping"),
    "a list": ("- a\n- b\n", "yaml", "is not a mapping"),
    "open bracket": ("strategy: [a, b\n", "yaml", "expected"),
    "many brackets": ("a: " + "[" * 5000, "yaml", ""),
    "aliases of aliases": (BOMB, "aliases", "stand for more than"),
    "an alias inside itself": ("strategy: &a {b: *a}\n", "aliases", "stands inside itself"),
    "a zero byte": (STRATEGY.replace("today", "to\0day"), "encoding", "zero byte"),
    "too large": (STRATEGY + "#" * 1_000_000, "file", "larger than"),
}  # fmt: skip


@pytest.mark.parametrize("name", STRATEGY_FAULTS)
def test_fault_of_a_strategy_is_told(tmp_path: Path, name: str) -> None:
    text, field, words = STRATEGY_FAULTS[name]
    assert text != STRATEGY
    path = tmp_path / "strategy.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_strategy(path)
    assert any(p.field == field and words in str(p) for p in caught.value.problems), str(caught.value)


def test_strategies_are_found_by_name_from_the_region(folder: Path) -> None:
    assert find_strategy("triage", TINY) == ROOT / "configs" / "strategies" / "triage.yaml"
    with pytest.raises(ConfigError, match="did you mean 'today_2011'"):
        find_strategy("today_2012", TINY / "region.yaml")
    with pytest.raises(ConfigError, match="no folder `strategies`"):
        find_strategy("triage", folder)


@pytest.mark.parametrize(
    ("old", "new", "line", "field"),
    [
        ("web_preference_2011_share", "web_preference_2012_share", 5, "channel.web_preference"),
        ("web_preference_2011_share", "no_car_share", 5, "channel.web_preference"),
        ("phone_preference_increment: 0", "phone_preference_increment: a_word", 6, "channel.phone_preference_increment"),
    ],
)
def test_names_of_a_strategy_are_those_of_the_region(tmp_path: Path, old: str, new: str, line: int, field: str) -> None:
    path = tmp_path / "strategy.yaml"
    path.write_text(STRATEGY.replace(old, new), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        check_strategy(load_strategy(path), load_region(TINY), path)
    assert [(p.line, p.field) for p in caught.value.problems] == [(line, field)]


def test_check_finds_what_only_other_files_show(tmp_path: Path) -> None:
    configs = Path(shutil.copytree(ROOT / "configs", tmp_path / "configs"))
    file, region = configs / "strategies" / "today_2011.yaml", configs / "regions" / "tiny"
    file.write_text(STRATEGY.replace("default:", "defalut:"), encoding="utf-8")
    plant(region, "region.yaml", "strategy: today_2011", "strategy: today_2012")
    with pytest.raises(ConfigError) as caught:
        list(check_files([region, file]))
    assert [p.field for p in caught.value.problems] == ["baseline.strategy", "customer.first_line.defalut"], str(caught.value)
    assert "did you mean 'default'?" in str(caught.value) and "did you mean 'today_2011'?" in str(caught.value)


def test_check_says_what_is_proven_of_each_office_model() -> None:
    lines = list(check_file(ROOT / "configs" / "regions" / "pohjois-pohjanmaa"))
    today = [line for line in lines if line.startswith("  m6_today (balanced)")]
    assert "6 offices (invariant), 16 staffed points (invariant), 223 staff (invariant)" in today[0]
    assert "16 staffed points offers the minimum services S01, S02, S03, S04, S05" in today[1]
    assert "34 municipalities reaches each of the 15 services" in today[2]
    assert sum("223 staff (invariant)" in line for line in lines) == 14
