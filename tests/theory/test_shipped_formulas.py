"""The shipped formulas against values that others published, and against one another where they must meet."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest

from channelsim.testing import theory as Q


@pytest.mark.parametrize(("servers", "load", "digit", "blocked"), [
    (15, 8.108, 1e-3, 0.01), (17, 9.65160, 1e-5, 0.01), (25, 16.1245, 1e-4, 0.01), (17, 12.4613, 1e-4, 0.05),
])  # fmt: skip
def test_erlang_b_is_that_of_published_calculators(servers: int, load: float, digit: float, blocked: float) -> None:
    """erlang.com (15 lines) and abstractmicro.com (17 and 25): within one unit of the last digit (one of them cuts, not rounds)."""
    assert Q.erlang_b(load - digit, servers) <= blocked <= Q.erlang_b(load + digit, servers)


def test_erlang_c_of_a_call_centre() -> None:
    """Case A01: 3.5 calls a minute of 3 minutes, 13 agents, 26.557 s."""
    found = Q.mmc(3.5, 3.0, 13)
    assert 60.0 * found.wait_mean == pytest.approx(26.557, abs=5e-4)
    assert found.p_wait == pytest.approx(0.36884564, rel=1e-7)
    assert found.queue_mean == pytest.approx(1.5491517, rel=1e-7)
    assert found.utilisation == pytest.approx(0.80769231, rel=1e-7)
    assert Q.mmc_within(3.5, 3.0, 13, 20 / 60) == pytest.approx(0.72061229, rel=1e-7)
    assert Q.mmc_within(3.5, 3.0, 13, 1.0) == pytest.approx(0.83970035, rel=1e-7)


def test_erlang_c_of_the_eye_clinic() -> None:
    """Gross & Harris: 6 patients an hour, 20 minutes, 3 doctors: Lq = 8/9."""
    found = Q.mmc(6.0, 1 / 3, 3)
    assert found.queue_mean == pytest.approx(8 / 9) and found.wait_mean == pytest.approx(4 / 27)


def test_erlang_a_of_a_call_centre() -> None:
    """Case A02a: mean patience 5 minutes; Mandelbaum & Zeltyn (2007)."""
    found = Q.erlang_a(3.5, 3.0, 13, 5.0)
    assert found.p_wait == pytest.approx(0.28125452, rel=1e-7)
    assert found.p_abandon == pytest.approx(0.033042675, rel=1e-7)
    assert found.wait_mean == pytest.approx(0.16521338, rel=1e-7)
    assert found.utilisation == pytest.approx(0.78100399, rel=1e-7)


def test_erlang_a_that_is_offered_more_than_it_can_serve() -> None:
    """22 arrivals a minute of 1 minute, 20 servers, patience at rate 0.5."""
    found = Q.erlang_a(22.0, 1.0, 20, 2.0)
    assert found.p_abandon == pytest.approx(0.12213, abs=5e-6)
    assert found.wait_mean == pytest.approx(0.24427, abs=5e-6)


def test_a_limited_queue_by_hand() -> None:
    """One server, two places, half a load: the states 0 to 3 have the chances 8, 4, 2, 1 of 15."""
    found = Q.chain(0.5, 1.0, 1, places=2)
    assert found.p_block == pytest.approx(1 / 15) and found.p_wait == pytest.approx(6 / 15)
    assert found.queue_mean == pytest.approx(4 / 15) and found.utilisation == pytest.approx(7 / 15)
    assert found.wait_mean == pytest.approx(8 / 15)


def test_priorities_of_the_published_cases() -> None:
    """Cases A08a and A08b: Cobham (1954), Davis (1966), Kella & Yechiali (1985)."""
    one = Q.priorities_mg1([0.2, 0.25, 0.3], [1.0, 1.2, 0.8], [0.0, 1.0, 4.0])
    assert one == pytest.approx([1.175, 2.35, 7.2307692], rel=1e-7)
    five = Q.priorities_mmc([1.0, 1.5, 2.0], 1.0, 5)
    assert five == pytest.approx([0.19062331, 0.38124661, 3.0499729], rel=1e-7)
    overloaded = Q.priorities_mmc([1.0, 6.0], 1.0, 5)
    assert overloaded[0] < 1.0 and overloaded[1] == inf


def test_formulas_meet_where_they_must() -> None:
    assert Q.mg1(0.3, 2.0, 1.0).wait_mean == pytest.approx(Q.mmc(0.3, 2.0, 1).wait_mean)
    assert Q.mgc(0.3, 2.0, 2.5, 1).wait_mean == pytest.approx(Q.mg1(0.3, 2.0, 2.5).wait_mean)
    assert Q.mgc(3.5, 3.0, 1.0, 13) == Q.mmc(3.5, 3.0, 13)
    assert Q.chain(3.0, 3.0, 10, places=0).p_block == pytest.approx(Q.erlang_b(9.0, 10))
    assert Q.chain(3.5, 3.0, 13, places=3000).wait_mean == pytest.approx(Q.mmc(3.5, 3.0, 13).wait_mean)
    assert Q.erlang_a(3.5, 3.0, 13, 1e9).wait_mean == pytest.approx(Q.mmc(3.5, 3.0, 13).wait_mean, rel=1e-6)
    assert Q.priorities_mmc([3.5], 3.0, 13)[0] == pytest.approx(Q.mmc(3.5, 3.0, 13).wait_mean)
    large = Q.erlang_a(20_000.0, 1.0, 20_000, 1.0)
    assert large.p_wait == pytest.approx(0.5, abs=0.01) and 0.0 < large.p_abandon < 0.01
    assert Q.mmc(5.0, 1.0, 4).wait_mean == inf and Q.mg1(2.0, 1.0, 1.0).wait_mean == inf


def test_the_approximation_for_several_servers_is_near_an_exact_chain_and_not_equal() -> None:
    """M/E2/2 solved state by state: (number present, phases done by those in service), 300 present at most."""
    rate, mean, most = 1.5, 1.0, 300
    states = {(n, k): i for i, (n, k) in enumerate((n, k) for n in range(most + 1) for k in range(min(n, 2) + 1))}  # k in phase 2
    flow = np.zeros((len(states), len(states)))

    def add(here: tuple[int, int], there: tuple[int, int], speed: float) -> None:
        flow[states[here], states[there]] += speed
        flow[states[here], states[here]] -= speed

    for n, k in states:
        if n < most:
            add((n, k), (n + 1, k), rate)
        if min(n, 2) > k:
            add((n, k), (n, k + 1), (min(n, 2) - k) * 2.0 / mean)
        if k:
            add((n, k), (n - 1, k - 1), k * 2.0 / mean)
    flow[:, 0] = 1.0
    chance = np.linalg.solve(flow.T, np.eye(len(states))[0])
    wait = sum(max(0, n - 2) * chance[i] for (n, _), i in states.items()) / rate
    assert Q.mgc(rate, mean, 0.5, 2).wait_mean == pytest.approx(wait, rel=0.03)
    assert Q.mgc(rate, mean, 0.5, 2).wait_mean != pytest.approx(wait, rel=1e-3)
