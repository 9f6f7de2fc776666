"""Simulated queues against formulas. Each tolerance is 3.9 standard errors over replications: a false alarm of
1e-4 a comparison; and each comparison is shown to notice a planted error of 3 %."""

from __future__ import annotations

from math import exp, factorial, lgamma, log

import numpy as np
import pytest
from tests.conftest import WEEK, one_queue

from channelsim.rules import state as S
from channelsim.scenario.queues import Duration
from channelsim.simulate import Window, simulate

FALSE_ALARM_SE = 3.9
REPLICATIONS = 20
WINDOW = Window(WEEK / 4, 4 * WEEK, 0.0)


def erlang_c(servers: int, load: float) -> float:
    """Probability of waiting in M/M/c."""
    top = load**servers / factorial(servers) * servers / (servers - load)
    return top / (sum(load**k / factorial(k) for k in range(servers)) + top)


def erlang_a(servers: int, rate: float, service: float, patience: float) -> tuple[float, float]:
    """(probability of abandoning, mean number waiting) in M/M/c+M, from the stationary distribution."""
    weights, log_weight = [], 0.0
    for n in range(1, 600):
        leaving = min(n, servers) / service + max(0, n - servers) / patience
        log_weight += log(rate) - log(leaving)
        weights.append(exp(log_weight))
    total = 1.0 + sum(weights)
    waiting = sum(max(0, n - servers) * w for n, w in enumerate(weights, 1)) / total
    return waiting / patience / rate, waiting


def estimates(world, engine: str, replications: int = REPLICATIONS) -> np.ndarray:
    """[replication, (share abandoned, mean wait of the served, mean in queue, utilisation, share waited)]"""
    rows = []
    for replication in range(replications):
        run = simulate(world, 11, replication, WINDOW, engine)
        t, length = run.tally.class_tally[0], run.end_min - run.start_min
        servers = len(world.names.persons)
        work = run.tally.ledger[0, [S.ROUTINE_MIN, S.EXPERTISE_MIN]].sum()
        rows.append([t[S.N_ABANDONED] / t[S.OFFERED], t[S.WAIT_SERVED] / t[S.N_STARTED], t[S.QUEUE_AREA] / length,
                     work / servers / length, t[S.N_WAITED] / t[S.N_STARTED]])  # fmt: skip
    return np.array(rows)


def agrees(values: np.ndarray, exact: float) -> bool:
    error = values.std(ddof=1) / np.sqrt(len(values))
    return abs(values.mean() - exact) <= FALSE_ALARM_SE * error and error <= 0.03 * exact / FALSE_ALARM_SE


@pytest.mark.parametrize(("longer", "right"), [(1.0, True), (1.03, False)])
def test_erlang_c_on_the_fast_engine(longer: float, right: bool) -> None:
    found = estimates(one_queue(13, 3.5, Duration("exponential", 3.0 * longer)), "fast", 60)
    p_wait = erlang_c(13, 10.5)
    wait = p_wait * 3.0 / (13 - 10.5)
    assert agrees(found[:, 3], 10.5 / 13) == right
    assert agrees(found[:, 4], p_wait) == right
    error = found[:, 1].std(ddof=1) / np.sqrt(len(found))
    assert (abs(found[:, 1].mean() - wait) <= FALSE_ALARM_SE * error) == right


def test_erlang_a_on_the_fast_engine() -> None:
    found = estimates(one_queue(13, 3.5, Duration("exponential", 3.0), Duration("exponential", 5.0)), "fast", 80)
    abandoned, waiting = erlang_a(13, 3.5, 3.0, 5.0)
    assert abandoned == pytest.approx(0.033042675, rel=1e-6) and waiting == pytest.approx(0.57824682, rel=1e-6)
    assert agrees(found[:, 0], abandoned)
    assert agrees(found[:, 2], waiting)
    assert agrees(found[:, 3], 3.5 * (1 - abandoned) * 3.0 / 13)


def test_a_planted_error_of_three_per_cent_is_noticed() -> None:
    """Service times 3 % longer than the formula is told: the same check must fail."""
    found = estimates(one_queue(13, 3.5, Duration("exponential", 3.09), Duration("exponential", 5.0)), "fast", 80)
    abandoned, waiting = erlang_a(13, 3.5, 3.0, 5.0)
    assert not agrees(found[:, 0], abandoned)
    assert not agrees(found[:, 2], waiting)
    assert not agrees(found[:, 3], 3.5 * (1 - abandoned) * 3.0 / 13)


@pytest.mark.parametrize(("longer", "right"), [(1.0, True), (1.03, False)])
def test_loss_system_is_erlang_b(longer: float, right: bool) -> None:
    """No room to wait: the share turned away is Erlang's B; service 3 % longer is noticed."""
    world = one_queue(10, 3.0, Duration("lognormal", 3.0 * longer, 1.0), queue_limit=0)
    rows = []
    for replication in range(40):
        t = simulate(world, 5, replication, WINDOW).tally.class_tally[0]
        rows.append(t[S.N_BLOCKED] / t[S.OFFERED])
    b = exp(10 * log(9.0) - lgamma(11)) / sum(exp(k * log(9.0) - lgamma(k + 1)) for k in range(11))
    assert agrees(np.array(rows), b) == right


@pytest.mark.parametrize(("longer", "right"), [(1.0, True), (1.03, False)])
def test_one_server_general_service_is_pollaczek_khinchine(longer: float, right: bool) -> None:
    """M/G/1: mean wait = rate x E[S^2] / (2 (1 - load)) with lognormal service, cv 1.5; service 3 % longer is noticed."""
    found = estimates(one_queue(1, 0.2, Duration("lognormal", 2.5 * longer, 1.5)), "fast", 120)
    exact = 0.2 * 2.5**2 * (1 + 1.5**2) / (2 * (1 - 0.5))
    error = found[:, 1].std(ddof=1) / np.sqrt(len(found))
    assert (abs(found[:, 1].mean() - exact) <= FALSE_ALARM_SE * error) == right
    assert error < 0.03 * exact


def test_littles_law_holds_on_every_path(engine: str) -> None:
    """Area under the queue = waits of served and abandoned, exactly, once everybody has left."""
    world = one_queue(3, 1.2, Duration("exponential", 3.0), Duration("exponential", 4.0))
    run = simulate(world, 3, 0, Window(0.0, WEEK, 0.0), engine)
    t = run.tally.class_tally[0]
    waiting_now = t[S.OFFERED] - t[S.N_STARTED] - t[S.N_ABANDONED]
    if waiting_now == 0:
        assert t[S.QUEUE_AREA] == t[S.WAIT_SERVED] + t[S.WAIT_LEFT]
    assert t[S.QUEUE_AREA] == pytest.approx(t[S.WAIT_SERVED] + t[S.WAIT_LEFT], rel=1e-3)
