"""The audit: finds nothing in what the engines did, and finds every mistake that is planted, with need and time."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings

from channelsim.compiled import plain
from channelsim.rules import arrivals, choices
from channelsim.rules import state as S
from channelsim.scenario.queues import Duration, QueueClass, QueuePool, Queues, RateStep, Serves, compile_queues
from channelsim.simulate import Window, weeks
from channelsim.testing.audit.rows import Log, Row, happenings
from tests.cli.test_commands import call
from tests.conftest import ROOT, TINY
from tests.events.logs import audited, log_of, unless_overloaded, with_rows
from tests.rules.test_random_worlds import worlds


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(worlds())
def test_random_worlds_pass(queues: Queues) -> None:
    with unless_overloaded():
        log = log_of(compile_queues(queues), Window(600.0, 2 * 1440.0, 0.0), seed=3)
    replay = audited(log)
    assert replay.findings == []
    assert replay.checked["order and moment of events"] > 0


@pytest.fixture(scope="module")
def logs(tiny_world) -> dict[str, Log]:
    """Logs of the invented region under each strategy."""
    names = ("today_2011", "multichannel", "triage", "multichannel_triage")
    return {s: log_of(tiny_world("two_offices", s, 4), weeks(1, 2, 1)) for s in names}


@pytest.mark.parametrize("strategy", ["today_2011", "multichannel", "triage", "multichannel_triage"])
def test_the_invented_region_passes(logs, strategy: str) -> None:
    replay = audited(logs[strategy])
    assert replay.findings == []
    few = {kind: n for kind, n in replay.checked.items() if n < 50}
    assert not few, f"hardly checked: {few}"
    assert sum(replay.checked.values()) > 50_000
    assert {"choose_pool", "choose_contact", "book_slot", "choose_point", "ledger", "stages and holds"} <= set(replay.checked)


def test_every_kind_of_step_occurs_in_the_invented_region_or_a_small_world(logs) -> None:
    seen = Counter(row.event for log in logs.values() for row in log.rows)
    of_few = {"left unseen", "laid down", "after-work", "after-work over", "tables change", "person travels", "introduces", "has travelled"}
    of_few_regions = {"hour given back", "stays on the line", "lets go"}  # `test_audit_of_features`
    of_changes = {"dated change", "tray moves", "hour kept", "hour lost", "goes on", "comes again"}  # `tests/transition`
    assert set(logs["today_2011"].facts["events"]) - set(seen) == of_few | of_few_regions | of_changes


# --- planted errors -----------------------------------------------------------------------------------
def where(rows: list[Row], condition) -> int:
    return next(i for i, row in enumerate(rows) if condition(row))


def test_a_wrong_choice_is_found(logs) -> None:
    """A caller is said to be taken by somebody else, idle like the right one but not as long."""
    log = logs["today_2011"]
    rows = list(log.rows)
    idle: dict[int, list[int]] = {}
    at, other = -1, -1
    for i, row in enumerate(rows):
        if row.event == "idle":
            idle.setdefault(row.pool, []).append(row.person)
        elif row.person in idle.get(row.pool, []):
            if row.event == "taken" and len(idle[row.pool]) > 1:
                at, other = i, next(p for p in idle[row.pool] if p != row.person)
                break
            idle[row.pool].remove(row.person)
    planted = rows[at]._replace(person=other)
    found = audited(with_rows(log, [*rows[:at], planted, *rows[at + 1 :]])).findings
    assert (found[0].time, found[0].need, found[0].kind) == (planted.time, planted.need, "choose_pool")
    assert log.facts["names"]["persons"][other] in found[0].what


def test_a_wrong_queue_is_found() -> None:
    """A freed person takes the lower class, which has waited less."""
    a = QueueClass("a", Duration("deterministic", 10.0), (Serves("p"),), arrivals_at_min=(0, 3))
    b = QueueClass("b", Duration("deterministic", 10.0), (Serves("p"),), arrivals_at_min=(2,))
    log = log_of(compile_queues(Queues("two", (a, b), (QueuePool("p", 1),), 0.0, 1000.0, 1, 1)), Window(0.0, 1000.0, 0.0))
    assert audited(log).findings == []
    taken = [i for i, row in enumerate(log.rows) if row.event == "taken"]
    rows = list(log.rows)
    rows[taken[1]], rows[taken[2]] = (
        rows[taken[2]]._replace(time=rows[taken[1]].time, value=rows[taken[1]].value),
        rows[taken[1]]._replace(time=rows[taken[2]].time, value=rows[taken[2]].value),
    )
    found = audited(with_rows(log, rows)).findings[0]
    assert (found.time, found.kind, found.need) == (10.0, "choose_contact", rows[taken[1]].need)
    assert found.what == "p 1 takes from a, not from b"


def test_a_swapped_tie_is_found() -> None:
    """Two customers of one instant change places: the second becomes the first."""
    call = QueueClass("call", Duration("deterministic", 10.0), (Serves("desk"),), arrivals_at_min=(5, 5, 40, 40), queue_limit=9)
    log = log_of(compile_queues(Queues("ties", (call,), (QueuePool("desk", 3),), 0.0, 1000.0, 1, 1)), Window(0.0, 1000.0, 0.0))
    assert audited(log).findings == []
    events = list(happenings(log))
    at = [i for i, (head, _) in enumerate(events) if head.event == "need arises"][-2:]
    events[at[0]], events[at[1]] = events[at[1]], events[at[0]]
    found = audited(with_rows(log, [row for head, steps in events for row in (head, *steps)])).findings
    late = next(f for f in found if f.kind == "order and moment of events")
    assert (late.time, late.need) == (40.0, next(row.need for row in log.rows if row.time == 40.0))
    assert "ranks behind it" in late.what


def test_a_tie_of_kinds_is_found() -> None:
    """Work that ends at the very moment patience ends goes first (decisions 10)."""
    call = QueueClass("call", Duration("deterministic", 10.0), (Serves("desk"),), arrivals_at_min=(0, 3), patience=Duration("deterministic", 7.0),
                      queue_limit=5)  # fmt: skip
    log = log_of(compile_queues(Queues("ties", (call,), (QueuePool("desk", 1),), 0.0, 1000.0, 1, 1)), Window(0.0, 1000.0, 0.0))
    assert audited(log).findings == []
    gives_up = next(row for row in log.rows if row.event == "queues")
    leaves = [gives_up._replace(time=10.0, event=event, x=x, y=y, value=10.0) for event, x, y in
              (("patience over", 0, 0), ("outcome", 2, 0), ("settled", 2, 1), ("dropped", 1, 0))]  # fmt: skip
    stops = where(log.rows, lambda r: r.event == "work stops")
    head = [*log.rows[:stops], *leaves, *(r for r in log.rows[stops:] if r.time == 10.0 and r.event != "taken")]
    idle = head[-1]._replace(event="idle", need=-1, contact=-1, of_class=-1, person=0, pool=0)
    found = audited(with_rows(log, [*head, idle])).findings
    assert (found[0].time, found[0].kind) == (10.0, "order and moment of events")


def test_a_lost_minute_is_found(logs) -> None:
    """Somebody's work ends a minute early; or the run's ledger misses a minute."""
    log = logs["multichannel"]
    at = where(log.rows, lambda r: r.event == "taken" and r.time > log.facts["start_min"])
    rows = list(log.rows)
    rows[at] = rows[at]._replace(value=rows[at].value + 1.0)
    replay = audited(with_rows(log, rows))
    found = next(f for f in replay.findings if f.kind == "order and moment of events")
    assert found.need == rows[at].need and found.time == rows[at].value - 1.0
    pool = log.facts["names"]["pools"][rows[at].pool]
    less = {p: dict(accounts) for p, accounts in log.ledger.items()}
    less[pool]["idle"] -= 1.0
    found = audited(Log(log.facts, log.rows, less)).findings[0]
    assert found.kind == "ledger" and pool in found.what and "idle" in found.what


def replaced(log: Log, at: int, **words: object) -> list[Row]:
    return [*log.rows[:at], log.rows[at]._replace(**words), *log.rows[at + 1 :]]


def test_wrong_luck_is_found(logs) -> None:
    """Patience, the first channel and what a customer does next are worked out again from the seed."""
    log = logs["multichannel"]
    at = where(log.rows, lambda r: r.event == "queues" and r.value < r.time + 100.0)
    found = audited(with_rows(log, replaced(log, at, value=log.rows[at].value + 0.001))).findings
    assert (found[0].time, found[0].need, found[0].kind) == (log.rows[at].time, log.rows[at].need, "patience")
    at = where(log.rows, lambda r: r.event == "contact made" and r.contact == 0 and r.x == 1)
    found = audited(with_rows(log, replaced(log, at, x=0))).findings
    assert (found[0].time, found[0].need, found[0].kind) == (log.rows[at].time, log.rows[at].need, "choose_channel")
    at = where(log.rows, lambda r: r.event == "contact planned" and r.x == 0)
    found = audited(with_rows(log, replaced(log, at, x=2))).findings
    assert (found[0].time, found[0].need, found[0].kind) == (log.rows[at].time, log.rows[at].need, "next_contact")
    at = where(log.rows, lambda r: r.event == "outcome" and log.facts["outcomes"][r.x] == "handed over")
    found = audited(with_rows(log, replaced(log, at, x=0))).findings
    assert (found[0].time, found[0].need, found[0].kind) == (log.rows[at].time, log.rows[at].need, "outcomes")


@pytest.mark.parametrize(("event", "kind"), [("slot booked", "book_slot"), ("sets out", "choose_point"), ("joins", "class and hours")])
def test_a_wrong_way_is_found(logs, event: str, kind: str) -> None:
    log = logs["multichannel_triage"]
    at = [i for i, row in enumerate(log.rows) if row.event == event and row.time > 2000.0][5]
    wrong = {"slot booked": {"value": log.rows[at].value + 1440.0}, "sets out": {"value": log.rows[at].value + 5.0},
             "joins": {"of_class": log.rows[at].of_class + 1}}[event]  # fmt: skip
    found = audited(with_rows(log, replaced(log, at, **wrong))).findings
    assert (found[0].time, found[0].need, found[0].kind) == (log.rows[at].time, log.rows[at].need, kind)


@pytest.mark.parametrize(
    "event", ["queues", "dropped", "idle", "work stops", "settled", "joins", "appointment due", "stage begins", "outcome"]
)
def test_a_lost_step_is_found(logs, event: str) -> None:
    log = logs["multichannel_triage"]
    at = [i for i, row in enumerate(log.rows) if row.event == event][20]
    found = audited(with_rows(log, [*log.rows[:at], *log.rows[at + 1 :]])).findings
    assert found
    assert min(f.time for f in found) <= log.rows[at].time + 10080.0


def test_a_rule_that_errs_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake in the rule itself, which both engines would share: the person idle shortest goes first."""
    call = QueueClass("call", Duration("exponential", 5.0), (Serves("p"), Serves("q")), rates=(RateStep(0.0, 10080.0, 0.3),))
    world = compile_queues(Queues("two pools", (call,), (QueuePool("p", 2), QueuePool("q", 2)), 0.0, 2880.0, 1, 1))
    right = plain(choices.choose_pool)

    def wrong(s, w, of_class, stage):
        pair = right(s, w, of_class, stage)
        return 1 if pair == 0 and s.pools[S.POOL_STATE_WIDTH + S.IDLE_COUNT] > 0 else pair

    with monkeypatch.context() as patch:
        patch.setitem(plain(arrivals.join).__globals__, "choose_pool", wrong)
        found = audited(log_of(world, Window(0.0, 2880.0, 0.0), engine="reference")).findings
    assert found and {f.kind for f in found} == {"choose_pool"} and all(f.need >= 0 for f in found)


# --- the command --------------------------------------------------------------------------------------
def test_the_command_says_how_many_and_fails_on_a_wrong_log(tmp_path: Path) -> None:
    words = ("run", str(TINY), "--strategy", "multichannel_triage", "--seed", "7", "--weeks", "1", "--warm-up", "1", "--out", str(tmp_path))
    digests = [call(*words, "--records", level).stdout.strip().splitlines()[-1] for level in ("none", "contacts", "events")]
    assert len(set(digests)) == 1 and digests[0].startswith("digest ")
    passes = call("audit", str(tmp_path))
    assert passes.returncode == 0, passes.stderr
    assert "choose_pool" in passes.stdout and ", 0 wrong" in passes.stdout
    frame = pd.read_parquet(tmp_path / "events.parquet")
    taken = np.flatnonzero(frame["event"] == "taken")[40]
    frame.loc[taken, "person"] = (frame.loc[taken, "person"] + 1) % 5
    frame.to_parquet(tmp_path / "events.parquet", index=False)
    fails = call("audit", str(tmp_path))
    assert fails.returncode == 1 and str(frame.loc[taken, "need"]) in fails.stderr
    assert json.loads((tmp_path / "events.json").read_text())["seed"] == 7
    call(*words, "--records", "contacts")
    gone = call("audit", str(tmp_path))
    assert gone.returncode == 2 and "--records events" in gone.stderr


@pytest.mark.parametrize("words", [("--records", "all"), ("--records", "events")])
def test_records_are_refused_where_they_make_no_sense(words: tuple[str, ...]) -> None:
    assert call("run", str(TINY), *words).returncode == 2


def test_the_audit_shares_nothing_with_the_rules() -> None:
    for file in sorted((ROOT / "src/channelsim/testing/audit").glob("*.py")):
        text = file.read_text(encoding="utf-8")
        imported = [line for line in text.splitlines() if line.startswith(("from channelsim", "import channelsim"))]
        assert all(line.startswith(("from channelsim.testing.audit", "from channelsim.units import clock")) for line in imported), file


@pytest.mark.long
def test_four_weeks_of_the_region_are_right(tmp_path: Path) -> None:
    words = (
        "run",
        "configs/regions/pohjois-pohjanmaa",
        "--weeks",
        "4",
        "--warm-up",
        "0",
        "--seed",
        "7",
        "--out",
        str(tmp_path),
        "--records",
        "events",
    )
    assert call(*words).returncode == 0
    done = call("audit", str(tmp_path))
    assert done.returncode == 0, done.stderr
    counts = {
        line.split("  ")[-1].strip(): int(line.split()[0].replace(",", "")) for line in done.stdout.splitlines() if line.startswith("   ")
    }
    chosen = sum(counts[kind] for kind in ("choose_pool", "choose_contact", "book_slot", "choose_point", "first come, first served"))
    assert chosen >= 100_000
