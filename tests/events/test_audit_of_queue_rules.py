"""Mistakes planted into rules of queues of the engine, or into its log: the audit finds each, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from channelsim.compiled import plain
from channelsim.config.world import load_world
from channelsim.rules import announcements, arrivals, choices, happenings, outcomes, people
from channelsim.rules import state as S
from channelsim.rules.bookkeeping import lines as lines_of
from channelsim.rules.bookkeeping import queues as queueing
from channelsim.scenario.queues import compile_queues
from channelsim.simulate import Window
from channelsim.testing.audit.story import story_of
from tests.conftest import ROOT
from tests.events.logs import audited, log_of

OWN = ROOT / "tests" / "acceptance" / "own"
Patch = pytest.MonkeyPatch


def findings(case: str) -> list[str]:
    """Kinds of the findings in a reference run of a case."""
    world = compile_queues(load_world(next(OWN.glob(f"{case}-*.yaml"))))
    return [finding.kind for finding in audited(log_of(world, Window(0.0, 600.0, 0.0), engine="reference")).findings]


@pytest.mark.parametrize("case", ["T02", "T03", "T04", "T05", "K07", "K08", "K09", "K10", "K11", "K12", "K13", "K14", "K15"])
def test_cases_pass(case: str) -> None:
    assert findings(case) == []


def replaced(patch: Patch, rule: Any, name: str, wrong: Callable[..., Any]) -> None:
    """Exchange what a rule of the reference engine calls."""
    patch.setitem(plain(rule).__globals__, name, wrong)


def test_a_weight_that_is_forgotten(monkeypatch: Patch) -> None:
    right = plain(choices.choose_contact)

    def wrong(s, w, pool, now, asked, after_shift):
        return right(s, w.replaced(pull_weight=[1.0] * len(w.pull_weight)), pool, now, asked, after_shift)

    replaced(monkeypatch, arrivals.next_for, "choose_contact", wrong)
    assert set(findings("K07")) >= {"choose_contact"}


def test_a_rank_that_does_not_rise(monkeypatch: Patch) -> None:
    right = plain(choices.choose_contact)

    def wrong(s, w, pool, now, asked, after_shift):
        never = [99 if stage > 0 else 0 for stage in w.pull_from_stage]
        return right(s, w.replaced(pull_from_stage=never), pool, now, asked, after_shift)

    replaced(monkeypatch, arrivals.next_for, "choose_contact", wrong)
    assert "choose_contact" in findings("T02")


def test_an_age_that_is_lost(monkeypatch: Patch) -> None:
    right = plain(outcomes.carry)

    def wrong(s, w, contact, after, called_back, now):
        right(s, w, contact, after, called_back, now)
        s.contact_times[after * S.CONTACT_TIMES + S.KEPT_SINCE] = -1.0

    replaced(monkeypatch, outcomes.follow, "carry", wrong)
    assert findings("T03") != []


def test_patience_drawn_anew_that_should_go_on(monkeypatch: Patch) -> None:
    right = plain(outcomes.carry)

    def wrong(s, w, contact, after, called_back, now):
        right(s, w, contact, after, called_back, now)
        s.contact_times[after * S.CONTACT_TIMES + S.PATIENCE_KEPT] = -1.0

    replaced(monkeypatch, outcomes.follow, "carry", wrong)
    assert "patience" in findings("T03")


def test_a_wait_that_does_not_end(monkeypatch: Patch) -> None:
    replaced(monkeypatch, happenings.happens, "move_on", lambda s, w, contact, now: None)
    assert findings("T03") != []


def test_a_queue_in_the_wrong_order(monkeypatch: Patch) -> None:
    replaced(monkeypatch, queueing.enqueue, "last_older", lambda s, contact, since: contact)
    assert "first come, first served" in findings("T03")


def test_one_line_too_many(monkeypatch: Patch) -> None:
    right = plain(lines_of.all_lines_taken)

    def wrong(s, w, of_class):
        return right(s, w.replaced(lines_limit=[n + 1 for n in w.lines_limit]), of_class)

    replaced(monkeypatch, arrivals.join, "all_lines_taken", wrong)
    assert "full line" in findings("T04")


def test_work_after_a_call_that_is_skipped(monkeypatch: Patch) -> None:
    replaced(monkeypatch, people.work_ends, "after_work_min", lambda s, w, contact: 0.0)
    assert "pieces of work" in findings("T04")


@pytest.mark.parametrize("case", ["T05", "K12"])
def test_an_announcement_that_counts_one_too_many(monkeypatch: Patch, case: str) -> None:
    right = plain(announcements.ahead_of_him)
    for rule in (announcements.announced, announcements.expected_wait):
        replaced(monkeypatch, rule, "ahead_of_him", lambda s, w, of_class: right(s, w, of_class) + 1)
    assert "outcomes" in findings(case)


def test_calls_that_everybody_answers(monkeypatch: Patch) -> None:
    for rule in (people.work_ends, plain(people.work_ends).__globals__["served"]):
        replaced(monkeypatch, rule, "is_not_reached", lambda s, w, contact: False)
    assert "outcomes" in findings("T05")


def test_a_pool_with_fewer_idle(monkeypatch: Patch) -> None:
    replaced(monkeypatch, choices.choose_pool, "is_before", lambda s, w, pair, best, since, best_since: since < best_since)
    assert "choose_pool" in findings("K14")


def test_the_story_says_why() -> None:
    """What `explain` tells of those whom a rule concerns."""
    told = ""
    for case in ("T02", "T03", "T04", "T05"):
        log = log_of(compile_queues(load_world(next(OWN.glob(f"{case}-*.yaml")))), Window(0.0, 600.0, 0.0), engine="reference")
        told += "\n".join(line for need in sorted({row.need for row in log.rows if row.need >= 0}) for line in story_of(log, need))
    for words in (
        "from now on it has rank 0 in S", "longest weighted wait of 2 queues of its rank", "as long as one waits here: it moves on to office",
        "is blocked: all lines that it shares are taken", "is balked: it hears how long it takes", "hangs up, and waits for the call",
        "is not reached: nobody answers", "in the pool with most idle",
    ):  # fmt: skip
        assert words in told, words
