"""Beside theory, rules of queues are named as what the formula lacks, and taken away before it is held against the model."""

from __future__ import annotations

import pytest
from tests.conftest import ROOT

from channelsim.config.world import load_world
from channelsim.testing.against_theory.nearest import nearest
from channelsim.testing.against_theory.simplify import rungs, simplest
from channelsim.testing.against_theory.station import product_form, stations_of

OWN = ROOT / "tests" / "acceptance" / "own"
LACKING = [
    ("K07", "one", "weighted waits of urgent"),
    ("K08", "P + Q", "lines that A and B share"),
    ("K09", "four", "work after the contacts of loss"),
    ("K10", "agents", "waits of call that end in message"),
    ("K11", "two", "a rank of second that rises"),
    ("K12", "P", "A leaving on what is announced"),
    ("K13", "agents", "calls back to call"),
    ("K13", "one", "calls of late that nobody answers"),
    ("K14", "P2 + Q2", "whom most asks (most_idle)"),
]


@pytest.mark.parametrize(("case", "title", "words"), LACKING, ids=[words for *_, words in LACKING])
def test_a_rule_is_named_and_taken_away(case: str, title: str, words: str) -> None:
    queues = load_world(next(OWN.glob(f"{case}-*.yaml")))
    assert product_form(queues) is None
    station = next(s for s in stations_of(queues, {c.name: 0.1 for c in queues.classes if not c.rates}) if s.title == title)
    assert words in [word for rung in rungs(station) for word in rung.removed]
    plain = simplest(station)
    assert not plain.queues.lines and nearest(plain).values
    for c in plain.classes:
        assert (c.weight, c.rises, c.moves_on, c.balk, c.call_back, c.unreached, c.after_work) == (1.0, (), None, None, None, None, None)
