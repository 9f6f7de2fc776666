"""What holds on every run, without chance: Little's law on the path, and no contact lost. On both engines.

The tally is kept while time passes, records are written when a contact ends; here one is held against the other.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from channelsim.config.world import load_known_answer
from channelsim.metrics.observations import Observed, complete, observed
from channelsim.metrics.world_measures import WORLD_MEASURES
from channelsim.rules import state as S
from channelsim.scenario.expected import Wanted
from channelsim.scenario.queues import Queues, compile_queues
from channelsim.simulate import Window, simulate
from channelsim.trajectory.values import Trajectory

HERE = Path(__file__).parent
END_MIN = 2000.0  # inside a day: people wait and are served at the end
CASES = ["A02a", "A08b", "A13", "A16", "A25", "P05", "own/K05", "own/K06"]


@pytest.fixture(params=CASES)
def path(request: pytest.FixtureRequest, engine: str) -> tuple[Queues, Trajectory, Observed]:
    """One run of a case, cut at a moment at which people wait and are served, with what happened to them afterwards."""
    case = load_known_answer(next(HERE.glob(f"{request.param}*.yaml")))
    assert case.queues is not None
    end = 3 * 1440.0 + 470.0 if case.sampling.terminating else END_MIN
    queues = replace(case.queues, warm_up_min=0.0, length_min=end + 2880.0)
    run = simulate(compile_queues(queues), 77, 0, Window(0.0, end, 2880.0), engine, keep_records=True)
    seen = observed(run, queues, None)
    assert complete(run, seen, 2880.0)
    return queues, run, seen


def area(seen: Observed, measure: str, **words: object) -> float:
    return float(WORLD_MEASURES[measure].observe(seen, Wanted(measure, **words))[0][0])  # type: ignore[arg-type]


def test_littles_law_on_the_path(path: tuple[Queues, Trajectory, Observed]) -> None:
    """Area under each queue = waits, those of people still waiting cut at the end; the same for busy people."""
    queues, run, seen = path
    for i, c in enumerate(queues.classes):
        assert area(seen, "Lq", classes=(c.name,)) == pytest.approx(run.tally.class_tally[i, S.QUEUE_AREA], rel=1e-6, abs=1e-6)
    for i, p in enumerate(queues.pools):
        worked = run.tally.ledger[i, [S.ROUTINE_MIN, S.EXPERTISE_MIN]].sum()
        assert area(seen, "busy", pool=p.name) == pytest.approx(worked, rel=1e-6, abs=1e-6)


def test_no_contact_is_lost(path: tuple[Queues, Trajectory, Observed]) -> None:
    """Offered = served + abandoned + blocked + sent home + still there, by class, in whole numbers."""
    queues, run, seen = path
    for i in range(len(queues.classes)):
        t = run.tally.class_tally[i]
        still = int(np.sum((seen.of_class == i) & (seen.came < run.end_min) & (seen.ended >= run.end_min)))
        gone = t[[S.N_SERVED, S.N_ABANDONED, S.N_BLOCKED, S.N_SENT_HOME]].sum()
        assert t[S.OFFERED] == gone + still
        assert t[S.OFFERED] > 0
