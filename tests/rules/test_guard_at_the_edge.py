"""A broken invariant, as a user meets it: the run stops with the moment, the kind of event, the need and the command that repeats it.

In a study the replication is set aside and is in no estimate. What is broken is broken in the state, in the middle of the run.
"""

from __future__ import annotations

import json
import re
import shlex
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from channelsim.cli.main import app
from channelsim.cli.many import load_evidence
from channelsim.cli.sweep import Options, run_study
from channelsim.engine.reference import ReferenceEngine
from channelsim.rules import state as S
from channelsim.study.replicate import Replicator
from tests.faults.harness import write_study

WORLD = """
world: two people
run: {length_min: 2000}
classes: {call: {arrivals: {per_min: 0.5}, service_min: {exponential: 6}, pools: [desk]}}
pools: {desk: {staff: 2}}
"""
HALF = 1000.0


def lose_waiting(state: S.State) -> None:
    state.queues[S.LENGTH] += 1


def lose_need(state: S.State) -> None:
    state.scalars[S.N_FINISHED] += 1


def lose_minute(state: S.State) -> None:
    state.ledger[S.ROUTINE_MIN] += 2.0**-20


BROKEN = {
    "list of a queue is not what is counted": lose_waiting,
    "a need or contact was lost": lose_need,
    "time ledger does not close": lose_minute,
}


def plant(monkeypatch: pytest.MonkeyPatch, spoil, when=lambda: True) -> None:
    """Spoil the state once, right after the first event of the second half."""
    right = ReferenceEngine.schedule_asked

    def wrong(self: ReferenceEngine, state: S.State) -> None:
        right(self, state)
        if self.env.now >= HALF and when() and not hasattr(self, "spoilt"):
            self.spoilt = True
            spoil(state)

    monkeypatch.setattr(ReferenceEngine, "schedule_asked", wrong)


@pytest.mark.parametrize("told", BROKEN)
def test_a_run_stops_and_says_how_to_repeat_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: str) -> None:
    file = tmp_path / "world.yaml"
    file.write_text(WORLD, encoding="utf-8")
    words = ["run", str(file), "--engine", "reference", "--seed", "5", "--guard", "--out", str(tmp_path / "out")]
    monkeypatch.setattr(sys, "argv", ["channelsim", *words])
    with monkeypatch.context() as patch:
        plant(patch, BROKEN[told])
        found = CliRunner().invoke(app, words)
        again = CliRunner().invoke(app, shlex.split(found.output.rpartition("to repeat it: ")[2])[1:])
    assert found.exit_code == 1
    first, command = found.output.strip().splitlines()
    assert re.match(
        r"replication 0 of two people \(seed 5, engine reference\) stopped at .+, (contact arrives|work ends|need arises)", first
    ), first
    of_one = r", need \d+" if BROKEN[told] is lose_waiting else ""  # sums over all needs, or all minutes, name none
    assert re.search(of_one + ": guard: .*" + told, first), first
    assert command == f"to repeat it: channelsim {shlex.join(words)}"
    assert again.exit_code == 1 and again.output == found.output  # it stops there again, and only while it is broken
    assert not (tmp_path / "out").exists()
    assert CliRunner().invoke(app, words).exit_code == 0


def test_a_study_sets_it_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Three kinds, in three replications of five: the answer rests on the other two, to the last bit."""
    study, whole, running = write_study(tmp_path, 5), Replicator.run, [0]

    def one(self: Replicator, replication: int, wanted: list[str] | None = None):
        running[0] = replication
        return whole(self, replication, wanted)

    spoils = dict(zip((1, 2, 4), BROKEN.values(), strict=True))
    with monkeypatch.context() as patch:
        patch.setattr(Replicator, "run", one)
        plant(patch, lambda state: spoils[running[0]](state), lambda: running[0] in spoils)
        with pytest.raises(SystemExit) as stopped:
            run_study(study, tmp_path / "out", 0, None, "reference", Options())
    said = " ".join(capsys.readouterr().out.split())
    assert stopped.value.code == 1 and "the answer rests on 2 complete replications" in said
    failed = json.loads((tmp_path / "out" / "failed.json").read_text(encoding="utf-8"))["chunks"]
    assert {c["first"] for c in failed} == set(spoils) and all(c["until"] == c["first"] + 1 for c in failed)
    for c in failed:
        assert re.search(
            rf"^channelsim run {re.escape(str(study))} --alternative .* --replication {c['first']} --engine reference --guard$", c["repeat"]
        )
    evidence = load_evidence(tmp_path / "out")
    assert evidence.n == 2
    run_study(study, tmp_path / "sound", 0, None, "reference", Options())
    sound = load_evidence(tmp_path / "sound").frame
    left = sound[~sound["replication"].isin(spoils)].sort_values(list(sound.columns)).reset_index(drop=True)
    used = evidence.frame[~evidence.frame["replication"].isin(spoils)].sort_values(list(sound.columns)).reset_index(drop=True)
    assert used.equals(left)
