"""One need's story: right about times, places and reasons, and told from the log alone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from channelsim.scenario.queues import Duration, QueueClass, QueuePool, Queues, Serves, compile_queues
from channelsim.simulate import Window
from channelsim.testing.audit.rows import Log
from channelsim.testing.audit.story import story_of
from channelsim.testing.audit.words import duration, listed, ordinal
from tests.cli.test_commands import call
from tests.conftest import TINY
from tests.events.logs import log_of


def fixed(minutes: float) -> Duration:
    return Duration("deterministic", minutes)


def stories(classes: tuple[QueueClass, ...], pools: tuple[QueuePool, ...]) -> list[list[str]]:
    """The stories of all needs, in the order in which they arise, without names and times of day."""
    log = log_of(compile_queues(Queues("pencil", classes, pools, 0.0, 1000.0, 1, 1)), Window(0.0, 1000.0, 0.0))
    needs = [row.need for row in log.rows if row.event == "need arises"]
    return [[line.removeprefix("week 0 Mon ") for line in story_of(log, need)][2:] for need in needs]


def test_who_waits_who_helps_and_why() -> None:
    call = QueueClass("call", fixed(20), (Serves("first"), Serves("help", 1, after_min=5.0)), arrivals_at_min=(0, 1, 2), patience=fixed(17))
    told = stories((call,), (QueuePool("first", 1), QueuePool("help", 1)))
    assert told[0] == [
        "00:00  contact 0 joins call", "00:00  taken by first 1 of first, idle since week 0 Mon 00:00: the only one idle who may",
        "00:20  first 1 has worked on it for 20 min; the work is done", "00:20  contact 0 is served", "00:20  the need is resolved",
        "00:20  nothing of it is left to do",
    ]  # fmt: skip
    assert told[1][:4] == [
        "00:01  contact 0 joins call", "00:01  nobody idle among first; queued first; patience lasts 17 min",
        "00:06  has waited 5 min: from now on help may help", "00:06  taken by help 1 of help, idle since week 0 Mon 00:00: the only one idle who may",
    ]  # fmt: skip
    assert told[2][1:4] == [
        "00:02  nobody idle among first; queued second; patience lasts 17 min",
        "00:07  has waited 5 min: from now on help may help; nobody idle among first and help",
        "00:19  patience is over after 17 min, first in call",
    ]  # fmt: skip
    assert told[2][-2] == "00:19  the need is given up: phone queue"


def test_a_reserve_and_a_choice_between_queues() -> None:
    routine = QueueClass("routine", fixed(30), (Serves("experts", reserve=1),), arrivals_at_min=(0, 1))
    expert = QueueClass("expert", fixed(10), (Serves("experts"),), arrivals_at_min=(2, 3))
    told = stories((routine, expert), (QueuePool("experts", 2, (("expert",), ("routine",))),))
    assert told[0][1] == "00:00  taken by experts 1 of experts, idle since week 0 Mon 00:00: idle longest of 2"
    assert told[1][1] == "00:01  nobody idle among experts, 1 of experts being kept back for others; queued first"
    assert told[3][2] == (
        "00:12  taken by experts 2 of experts, free just now: first in expert, after 9 min, before routine, which ranks behind"
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("log")
    words = ("run", str(TINY), "--strategy", "multichannel_triage", "--seed", "7", "--weeks", "1", "--warm-up", "0", "--out", str(out))
    done = call(*words, "--records", "events")
    assert done.returncode == 0 and "event log: about" in done.stdout
    return out


def test_every_need_has_a_story_from_the_log_alone(folder: Path, tmp_path: Path) -> None:
    for name in ("events.parquet", "events.json", "ledger.parquet"):
        shutil.copy(folder / name, tmp_path)
    from channelsim.cli.audit import load

    log = load(tmp_path)
    needs = [row.need for row in log.rows if row.event == "need arises"]
    for need in needs[::7]:
        lines = story_of(log, need)
        assert len(lines) >= 3 and f"need {need} arises" in lines[0]
        assert not [line for line in lines if "nowhere" in line or "-1" in line]
    booked = next(row.need for row in log.rows if row.event == "slot booked")
    told = call("explain", str(tmp_path), "--need", str(booked)).stdout
    assert "the earliest that is free" in told and "hour of the appointment" in told
    went = next(row.need for row in log.rows if row.event == "sets out")
    assert any("the nearest that is open on arrival" in line for line in story_of(log, went))


def test_a_need_that_is_not_there_is_said_so(folder: Path) -> None:
    answer = call("explain", str(folder), "--need", "999999999")
    assert answer.returncode == 2 and "no need 999999999" in answer.stderr


def test_no_story_of_an_unknown_need() -> None:
    desk = QueueClass("desk", fixed(5), (Serves("staff"),), arrivals_at_min=(1,))
    log: Log = log_of(compile_queues(Queues("one", (desk,), (QueuePool("staff", 1),), 0.0, 100.0, 1, 1)), Window(0.0, 100.0, 0.0))
    assert story_of(log, 12345) == []


def test_words() -> None:
    assert [ordinal(n) for n in (1, 3, 10, 11, 12, 21, 22, 113)] == ["first", "third", "tenth", "11th", "12th", "21st", "22nd", "113th"]
    assert [duration(m) for m in (0.0, 4.25, 60.0, 200.0, 2880.0, 3000.0)] == [
        "0 min",
        "4.2 min",
        "1 h",
        "3 h 20 min",
        "2 days",
        "2 days 2 h",
    ]
    assert listed([]) == "nobody" and listed(["a", "b"]) == "a and b" and listed(list("abcdefgh")) == "a, b, c, d, e and 3 others"
