"""What a mistake in the figures of a rule that few regions have is told to be: file, line, field, and how to mend it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from channelsim.config.region import load_region
from channelsim.errors import ConfigError
from tests.conftest import TINY


def row(group: str, name: str, key: str, unit: str, value: float) -> str:
    return f"{group},{name},{key},{unit},{value},{value},{value},,,,estimated,,invented\n"


OFFER = row("phone", "call_back_offered_after_min", "all", "min", 5)
ACCEPTED = row("phone", "call_back_accepted_share", "all", "share", 0.5)
RETURNS = row("failure", "unmet_returns_share", "all", "share", 0.3)
# rows added to parameters.csv, which of them is wrong (from 1), its field, words of the message
FAULTS: dict[str, tuple[str, int, str, str]] = {
    "half a place to wait": (row("phone", "queue_limit", "all", "persons", 2.5), 1, "base", "queue_limit is 2.5, not a whole number"),
    "turned away from an endless line": (row("phone", "after_blocked_share", "phone", "share", 0.5), 1, "parameter", "says nothing without phone, queue_limit"),
    "an offer that nobody answers": (OFFER, 1, "parameter", "says nothing without phone, call_back_accepted_share"),
    "an answer to no offer": (ACCEPTED, 1, "parameter", "says nothing without phone, call_back_offered_after_min"),
    "tries of no call": (OFFER + ACCEPTED + row("phone", "call_back_tries", "all", "tries", 2), 3, "parameter", "without phone, call_back_unreached_share"),
    "minutes in words": (row("phone", "announced_wait_balk_share", "five", "share", 0.2), 1, "key", "'five' is no number of minutes"),
    "fewer hang up on a longer wait": (
        row("phone", "announced_wait_balk_share", "5", "share", 0.3) + row("phone", "announced_wait_balk_share", "10", "share", 0.2), 2, "base",
        "fewer hang up from 10 min on"),
    "help at once": (row("phone", "overflow_after_min", "all", "min", 0), 1, "base", "overflow_after_min is 0"),
    "practice makes worse": (row("web", "learning_ratio", "all", "ratio", 1.2), 1, "base", "makes it worse each time"),
    "reminders that keep away": (row("visit", "no_show_reminder_ratio", "appointment", "ratio", 1.2), 1, "base", "makes it worse each time"),
    "more than all stay away": (row("visit", "no_show_rise_per_day", "appointment", "1/day", 0.02), 1, "base", "after 56 days more than all would stay away"),
    "an hour moved too late": (
        row("visit", "reschedule_share", "appointment", "share", 0.1) + row("visit", "reschedule_notice_min", "appointment", "min", 10), 2, "base",
        "a person is kept for them already (15 min before)"),
    "half an interview by phone": (row("service", "phone_booked", "S03", "flag", 0.5), 1, "base", "not a whole number"),
    "an interview that nobody knows": (row("service", "phone_booked", "S33", "flag", 1), 1, "key", "unknown key 'S33' of service, phone_booked; did you mean 'S03'?"),
    "chasers without a rate": (row("failure", "chaser_after_working_days", "all", "working days", 10), 1, "parameter", "chaser_per_working_day_beyond_10"),
    "a return without a time": (RETURNS, 1, "parameter", "says nothing without failure, unmet_returns_after_min"),
    "one segment's ease": (row("segment", "web_completion_ratio", "young", "ratio", 1), 1, "segment, web_completion_ratio, employer", "is missing"),
    "minutes in hours": (row("phone", "overflow_after_min", "all", "h", 1), 1, "unit", "is in 'min', not in 'h'"),
    "a name mistyped": (row("phone", "queue_limt", "all", "persons", 3), 1, "parameter", "did you mean 'phone, queue_limit'?"),
    "more than all call again": (
        row("phone", "queue_limit", "all", "persons", 3) + row("phone", "after_blocked_share", "phone", "share", 0.8)
        + row("phone", "after_blocked_share", "web", "share", 0.4), 2, "after_blocked_share", "more than 1"),
}  # fmt: skip


def told(folder: Path) -> list[tuple[str, int, str, str]]:
    with pytest.raises(ConfigError) as error:
        load_region(folder)
    return [(Path(p.file).name, p.line, p.field, f"{p.what}; {p.mend}") for p in error.value.problems]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TINY, tmp_path / "tiny"))


@pytest.mark.parametrize("name", FAULTS)
def test_parameters(copy: Path, name: str) -> None:
    rows, wrong, field, words = FAULTS[name]
    file = copy / "parameters.csv"
    before = file.read_text(encoding="utf-8")
    file.write_text(before + rows, encoding="utf-8")
    expected = ("parameters.csv", len(before.splitlines()) + wrong, field)
    assert any(problem[:3] == expected and words in problem[3] for problem in told(copy)), told(copy)


def test_all_rules_together_are_right(copy: Path) -> None:
    """The figures by themselves are no mistake."""
    good = (
        OFFER
        + ACCEPTED
        + RETURNS
        + row("failure", "unmet_returns_after_min", "all", "min", 3000)
        + row("phone", "queue_limit", "all", "persons", 9)
    )
    file = copy / "parameters.csv"
    file.write_text(file.read_text(encoding="utf-8") + good, encoding="utf-8")
    assert load_region(copy).value("phone", "queue_limit", "all") == 9.0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('web_outages: [{date: 2011-01-05, start: "12:00", end: "11:00"}]', "at or before it starts"),
        ('web_outages: [{date: 2010-12-31, start: "10:00", end: "11:00"}]', "before the first Monday"),
        ('web_outages: [{date: 2011-01-05, start: "10:00", end: "12:00"}, {date: 2011-01-05, start: "11:00", end: "13:00"}]', "has ended"),
        ('web_outages: [{date: 2011-01-05, start: "10:00", ends: "12:00"}]', "did you mean 'end'?"),
    ],
)
def test_outages(copy: Path, text: str, words: str) -> None:
    file = copy / "region.yaml"
    before = file.read_text(encoding="utf-8")
    file.write_text(before + text + "\n", encoding="utf-8")
    problems = told(copy)
    assert any(p[0] == "region.yaml" and p[1] == len(before.splitlines()) + 1 and words in p[3] for p in problems), problems


def test_more_reserved_than_there_are(copy: Path) -> None:
    file = copy / "appointments.csv"
    text = file.read_text(encoding="utf-8").replace("hold_before_min,", "hold_before_min,reserved_share,").replace(",30,15,", ",30,15,1.5,")
    file.write_text(text, encoding="utf-8")
    assert told(copy)[0][:3] == ("appointments.csv", 2, "reserved_share")
