"""Simulated worlds against theory: each world of `worlds/` gives the answer computed from its figures (`answers`).

A check that cannot fail proves nothing: the same check, with the same tolerances, is run on the world with a figure
3 % wrong, and must fail. In the long tests each single measure must notice at least one of the planted errors.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from tests.theory.answers import CASES
from tests.theory.sampling import Answers, Row, compare, planted

from channelsim.config.world import load_world
from channelsim.scenario.queues import Queues, compile_queues
from channelsim.simulate import Window, simulate

WORLDS = Path(__file__).parent / "worlds"


@cache
def known(name: str) -> tuple[Queues, Answers]:
    queues = load_world(WORLDS / f"{name}.yaml")
    return queues, CASES[name].answers(queues)


def wrong(rows: list[Row]) -> list[str]:
    return [str(row) for row in rows if not row.agrees]


def test_every_world_has_an_answer() -> None:
    assert {file.stem for file in WORLDS.glob("*.yaml")} == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_the_answer_is_given(name: str) -> None:
    queues, answers = known(name)
    assert wrong(compare(queues, answers, CASES[name].batch_min)) == []


@pytest.mark.parametrize("name", CASES)
def test_service_three_per_cent_longer_is_noticed(name: str) -> None:
    queues, answers = known(name)
    assert wrong(compare(planted(queues, "service"), answers, CASES[name].batch_min)) != []


@pytest.mark.long
@pytest.mark.parametrize("name", CASES)
def test_the_answer_is_given_precisely_and_each_measure_notices_an_error(name: str) -> None:
    queues, answers = known(name)
    case = CASES[name]
    assert wrong(compare(queues, answers, case.batch_min, case.longer)) == []
    noticed: set[str] = set()
    for where in case.plants:
        found = {
            str(row.wanted) + str(row.wanted.at_min)
            for row in compare(planted(queues, where), answers, case.batch_min, case.longer)
            if not row.agrees
        }
        assert found, f"{where} 3 % larger is not noticed"
        noticed |= found
    assert {str(wanted) + str(wanted.at_min) for wanted, _ in answers} - noticed == set()


@pytest.mark.parametrize("name", CASES)
def test_both_engines_run_it_alike(name: str) -> None:
    """A few hours of each world on the slow engine too: what holds for one engine holds for the other."""
    queues, _ = known(name)
    world = compile_queues(replace(queues, warm_up_min=0.0, length_min=600.0))
    fast, reference = (simulate(world, queues.seed, 0, Window(0.0, 330.0, 0.0), engine) for engine in ("fast", "reference"))
    assert fast.digest() == reference.digest()
    assert fast.n_events > 100
