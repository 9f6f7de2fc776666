"""Numbered feature 7 in a region: the `routing` part of a strategy, seen in the event logs of the invented region."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from channelsim.config.strategy import find_strategy, load_strategy
from channelsim.errors import ConfigError
from channelsim.metrics import Case, measures_of
from channelsim.rules import state as S
from channelsim.scenario import tables as T
from channelsim.scenario.compile import compile_world
from channelsim.scenario.steering import Steering
from channelsim.scenario.world import World
from channelsim.simulate import Window, simulate, weeks
from channelsim.testing.audit.rows import Log
from tests.conftest import TINY
from tests.events.logs import audited, log_of

DAY, WEEK = 1440.0, 10080.0
PLAIN = (TINY.parent.parent / "strategies" / "today_2011.yaml").read_text(encoding="utf-8")


def strategy_of(folder: Path, routing: str):
    file = folder / "mine.yaml"
    file.write_text(PLAIN + routing, encoding="utf-8")
    return load_strategy(file)


def world_of(region, folder: Path, routing: str) -> World:
    return compile_world(region, region.office_models["two_offices"], strategy_of(folder, routing), 4)


def taken(log: Log, words: str) -> list[tuple[float, str, str]]:
    """(minute of the day, class, pool) of everybody whose class holds some words."""
    names, pools = log.facts["names"]["classes"], log.facts["names"]["pools"]
    rows = [row for row in log.rows if row.event == "taken" and words in names[row.of_class]]
    return [(row.time % DAY, names[row.of_class], pools[row.pool]) for row in rows]


def test_the_part_as_it_is_by_default_changes_nothing(tiny) -> None:
    plain = load_strategy(find_strategy("multichannel_triage", TINY))
    worlds = [compile_world(tiny, tiny.office_models["two_offices"], s, 3) for s in (plain, replace(plain, routing=Steering()))]
    assert worlds[1].tables.steering == 0  # and costs nothing
    assert len({simulate(world, 1, 0, weeks(0, 1, 0), "reference").digest() for world in worlds}) == 1


def test_specialists_help_in_given_hours_only(tiny, tmp_path: Path) -> None:
    """Help on the phone from ten to twelve; outside, only the generalists take what is theirs, and the audit finds nothing wrong."""
    by_hour = "routing: {by_hour: [{open: '00:00', close: '10:00', help: false}, {open: '12:00', close: '24:00', help: false}]}\n"
    log = log_of(world_of(tiny, tmp_path, by_hour), Window(0.0, WEEK, 0.0), engine="reference")
    assert audited(log).findings == []
    lines = taken(log, "phone M any generalist")
    helped = [minute for minute, _, pool in lines if not pool.startswith("generalist")]
    assert len(helped) > 2 and all(600.0 <= minute < 720.0 for minute in helped)
    always = taken(log_of(world_of(tiny, tmp_path, ""), Window(0.0, WEEK, 0.0), engine="reference"), "phone M any generalist")
    assert any(minute < 600.0 for minute, _, pool in always if not pool.startswith("generalist"))


def test_a_reserve_weights_and_another_order(tiny, tmp_path: Path) -> None:
    """Nobody of two helps while one must stay free; walk-ins before calls; the audit follows all of it."""
    text = "routing: {takes: [[booked], [visit], [phone, help], [web], [casework]], weights: {help: 2.0}, reserve: 1, idle_rule: least_occupied}\n"
    log = log_of(world_of(tiny, tmp_path, text), Window(0.0, WEEK, 0.0), engine="reference")
    assert audited(log).findings == []
    facts = log.facts
    pulls = {p["name"]: p["pulls"] for p in facts["pools"]}["generalist Mill"]
    rank = {facts["names"]["classes"][c]: (r, weight, kept) for c, r, _, weight, kept, _ in pulls}
    visit = next(r for name, (r, _, _) in rank.items() if name.startswith("visit") and name.endswith("any generalist"))
    phone = rank["phone M any generalist"][0]
    assert visit < phone and {kept for name, (_, _, kept) in rank.items() if rank[name][1] == 2.0} <= {0, 1}
    assert {weight for _, weight, _ in rank.values()} == {1.0, 2.0}
    assert {c["idle_rule"] for c in facts["classes"]} == {"least_occupied"}


def test_casework_is_done_by_due_date(tiny, tmp_path: Path) -> None:
    """Statements of placement are due in one day, all else in ten: of one pool's trays what is due first is begun first."""
    text = "routing: {casework_due_days: {default: 10, placement: 1}, urgent_before_days: 0.5}\n"
    log = log_of(world_of(tiny, tmp_path, text), Window(0.0, 2 * WEEK, 0.0), engine="reference")
    assert audited(log).findings == []
    due = {c: row[5] for pool in log.facts["pools"] for row in pool["pulls"] for c in [log.facts["names"]["classes"][row[0]]] if row[5]}
    assert {minutes for name, minutes in due.items() if " placement " in name} == {DAY}
    assert {minutes for name, minutes in due.items() if " placement " not in name} == {10 * DAY}
    assert all(name.startswith("casework") for name in due)


def test_casework_past_its_due_date_is_counted(tiny, tmp_path: Path, engine: str) -> None:
    """By the records of casework: done more than the days of its skill after it began to lie there, of all that is done. Without due dates there is no such number."""
    text = "routing: {casework_due_days: {default: 2, placement: 0.1}}\n"
    world = world_of(tiny, tmp_path, text)
    run = simulate(world, 1, 0, weeks(0, 2, 0), engine, keep_records=True)
    late = done = 0
    for row, times in zip(run.records, run.record_times, strict=True):
        name = world.names.classes[int(row[S.REC_CLASS])]
        if name.startswith("casework") and row[S.REC_OUTCOME] == T.SERVED and times[S.REC_ENDED] < 2 * WEEK:
            done += 1
            late += times[S.REC_ENDED] - times[S.REC_QUEUED] > (0.1 if " placement " in name else 2.0) * DAY
    found = measures_of(Case(run, world, tiny))["casework_late_pct"]
    assert 0 < late < done and found == pytest.approx(100.0 * late / done, abs=1e-9)
    without = world_of(tiny, tmp_path, "")
    assert np.isnan(measures_of(Case(simulate(without, 1, 0, weeks(0, 2, 0), engine), without, tiny))["casework_late_pct"])


def test_engines_agree_in_a_region_by_the_hour(tiny, tmp_path: Path) -> None:
    text = "routing: {reserve: 1, casework_due_days: {default: 3}, by_hour: [{open: '00:00', close: '10:00', help: false}]}\n"
    world = world_of(tiny, tmp_path, text)
    assert len({simulate(world, 1, 0, weeks(0, 2, 0), engine).digest() for engine in ("fast", "reference")}) == 1


FAULTS = [
    ("routing: {takes: [[booked], [phone], [help], [web], [casework]]}\n", "takes names visit 0 times, not once"),
    ("routing: {casework_due_days: {placement: 5}}\n", "casework_due_days needs a `default`"),
    ("routing: {urgent_before_days: 2}\n", "goes with casework_due_days"),
    ("routing: {by_hour: [{open: '09:00', close: '12:00'}, {open: '11:00', close: '13:00'}]}\n", "two stretches hold on mon at minute 660"),
    ("routing: {weights: {phon: 2}}\n", "weights"),
]


@pytest.mark.parametrize(("routing", "what"), FAULTS)
def test_contradictions_are_told_at_their_line(tmp_path: Path, routing: str, what: str) -> None:
    with pytest.raises(ConfigError) as told:
        strategy_of(tmp_path, routing)
    text = "\n".join(map(str, told.value.problems))
    assert what in text and f"mine.yaml:{len(PLAIN.splitlines()) + 1}:" in text
