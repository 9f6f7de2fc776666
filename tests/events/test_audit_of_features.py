"""Mistakes planted into the rules that few regions have: the audit finds each, and finds nothing without them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from channelsim.compiled import plain
from channelsim.rules import announcements, appointments, booked_changes, happenings, outcomes, people, services
from channelsim.rules import state as S
from channelsim.rules.bookkeeping import after_work, work
from channelsim.scenario import tables as T
from channelsim.scenario.compile import compile_world
from channelsim.scenario.region import Region
from channelsim.scenario.world import World
from channelsim.simulate import simulate, weeks
from channelsim.testing.audit.story import story_of
from tests.behaviour.pencil import STRATEGY, parameters
from tests.events.logs import audited, log_of

Patch = pytest.MonkeyPatch
EVERYTHING = {
    "phone.queue_limit.all": 4.0, "phone.announced_wait_balk_share.3": 0.3, "phone.call_back_offered_after_min.all": 1.0,
    "phone.call_back_accepted_share.all": 0.6, "phone.call_back_unreached_share.all": 0.3, "phone.call_back_tries.all": 2.0,
    "phone.overflow_after_min.all": 4.0, "phone.hang_up_tries_tomorrow_share.all": 0.4, "phone.warm_hand_over_max_min.all": 3.0,
    "web.learning_ratio.all": 0.7, "joint.web_assist_share.all": 0.5, "joint.web_assist_uplift.all": 0.2, "web.message_due_days.all": 1.0,
    "visit.no_show_rise_per_day.appointment": 0.01, "visit.no_show_reminder_ratio.appointment": 0.7, "visit.reschedule_share.appointment": 0.2,
    "service.phone_booked.S03": 1.0, "failure.chaser_after_working_days.all": 1.0, "failure.chaser_per_working_day_beyond_10.all": 0.2,
    "failure.unmet_returns_share.all": 0.5, "failure.unmet_returns_after_min.all": 3000.0, "failure.unmet_handling_ratio.all": 1.5,
    "profile.busyness_channel_correlation.day": 0.5,
}  # fmt: skip


def everything(tiny: Region, model: str = "one_office", triage: bool = False) -> World:
    region = replace(parameters(tiny, EVERYTHING), web_outages=((2040.0, 2340.0),))
    return compile_world(region, region.office_models[model], replace(STRATEGY, triage=triage, help_after_min=2.0), 4)


@pytest.mark.parametrize("triage", [pytest.param(False, marks=pytest.mark.long), True])
@pytest.mark.parametrize("model", ["two_offices", "one_office"])
def test_engines_agree_and_the_audit_passes(tiny: Region, model: str, triage: bool) -> None:
    world = everything(tiny, model, triage)
    fast, reference = (simulate(world, 7, 0, weeks(1, 2, 1), e, keep_records=True, keep_accounts=True) for e in ("fast", "reference"))
    assert fast.digest() == reference.digest() and fast.n_events > 5000
    log = log_of(world, weeks(0, 4, 0))
    assert audited(log).findings == []
    assert {"hour given back", "stays on the line", "lets go"} <= {row.event for row in log.rows}
    kinds = {log.facts["outcomes"][row.x] for row in log.rows if row.event == "outcome"}
    assert {"called back", "balked", "no-show"} <= kinds


def test_explain_tells_of_them(tiny: Region) -> None:
    log = log_of(everything(tiny, "two_offices"), weeks(0, 4, 0), engine="reference")
    words = {
        "hour given back": "asks for another hour",
        "stays on the line": "stays on the line until the next person answers",
        "lets go": "is free of the call",
    }
    for event, said in words.items():
        need = next(row.need for row in log.rows if row.event == event)
        assert any(said in line for line in story_of(log, need))


def findings(tiny: Region) -> set[str]:
    """Kinds of the findings in a reference run of two weeks."""
    return {finding.kind for finding in audited(log_of(everything(tiny, "two_offices"), weeks(0, 2, 0), engine="reference")).findings}


def planted(patch: Patch, rule: Any, name: str, wrong: Callable[..., Any]) -> None:
    """Exchange what a rule of the reference engine calls."""
    patch.setitem(plain(rule).__globals__, name, wrong)


def with_option(rule: Any, option: int, value: float) -> Callable[..., Any]:
    """The rule with another figure than the tables have."""
    right = plain(rule)

    def wrong(s, w, *rest):
        options = list(w.options)
        options[option] = value
        return right(s, w.replaced(options=options), *rest)

    return wrong


def test_an_outage_that_is_not_noticed(tiny: Region, monkeypatch: Patch) -> None:
    planted(monkeypatch, services.on_its_own_ends, "completion_of", lambda s, w, contact, share: share)
    assert "outcomes" in findings(tiny)


def test_a_lesson_that_is_not_learned(tiny: Region, monkeypatch: Patch) -> None:
    planted(monkeypatch, services.on_its_own_ends, "completion_of", with_option(services.completion_of, T.WEB_LEARNING, 1.0))
    assert "outcomes" in findings(tiny)


def test_a_chaser_on_another_day(tiny: Region, monkeypatch: Patch) -> None:
    planted(monkeypatch, appointments.book, "plan_chasers", with_option(booked_changes.plan_chasers, T.CHASER_AFTER_DAYS, 2.0))
    assert "outcomes" in findings(tiny)


def test_an_hour_that_is_moved_too_early(tiny: Region, monkeypatch: Patch) -> None:
    planted(monkeypatch, appointments.book, "plan_to_move", with_option(booked_changes.plan_to_move, T.RESCHEDULE_NOTICE_MIN, 1500.0))
    assert "order and moment of events" in findings(tiny)


def test_a_freed_hour_that_is_lost(tiny: Region, monkeypatch: Patch) -> None:
    planted(monkeypatch, appointments.move_hour, "give_back_slot", lambda s, w, taken, due: None)
    assert "book_slot" in findings(tiny)


def test_a_need_that_comes_back_without_cause(tiny: Region, monkeypatch: Patch) -> None:
    planted(monkeypatch, outcomes.follow, "comes_back", with_option(outcomes.comes_back, T.UNMET_SHARE, 0.9))
    assert "next_contact" in findings(tiny)


def test_company_that_is_not_kept(tiny: Region, monkeypatch: Patch) -> None:
    planted(monkeypatch, people.work_ends, "stay_on_line", lambda s, w, person, contact, now: plain(people.set_free)(s, w, person, now))
    assert "pieces of work" in findings(tiny)


def test_company_that_is_kept_too_long(tiny: Region, monkeypatch: Patch) -> None:
    planted(
        monkeypatch, work.start_work, "let_go", lambda s, contact, now: s.contacts.__setitem__(contact * S.CONTACT_WIDTH + S.C_BOOK, T.NONE)
    )
    assert "pieces of work" in findings(tiny)


def test_company_for_another_time(tiny: Region, monkeypatch: Patch) -> None:
    planted(monkeypatch, people.work_ends, "stay_on_line", with_option(after_work.stay_on_line, T.WARM_MAX_MIN, 4.0))
    assert "pieces of work" in findings(tiny)


def test_an_offer_at_another_wait(tiny: Region, monkeypatch: Patch) -> None:
    right = plain(announcements.announced)
    planted(monkeypatch, announcements.answer, "announced", lambda s, w, c, signal, now: right(s, w, c, signal, now) * 0.5)
    assert "outcomes" in findings(tiny)


def test_a_no_show_that_forgets_the_lead_time(tiny: Region, monkeypatch: Patch) -> None:
    right = plain(appointments.appointment_due)

    def wrong(s, w, contact, now):
        right(s, w.replaced(no_show_rise=[0.2] * len(w.no_show_rise)), contact, now)

    planted(monkeypatch, happenings.happens, "appointment_due", wrong)
    assert "outcomes" in findings(tiny)


def test_nothing_without_a_mistake(tiny: Region) -> None:
    assert findings(tiny) == set()
