"""The theory that simulations are held against is itself checked: formula against chain, and against printed values."""

from __future__ import annotations

from math import exp

import pytest
from scipy import integrate
from scipy.special import ive
from tests.theory import formulas as f
from tests.theory.steady import Steady
from tests.theory.transient import Day

from channelsim.scenario.expected import Wanted
from channelsim.scenario.queues import Duration, Follows, QueueClass, QueuePool, Queues, RateStep, Serves


def one_class(servers: int, per_min: float, mean: float, patience: float | None = None, limit: int | None = None) -> Queues:
    hang_up = None if patience is None else Duration("exponential", patience)
    call = QueueClass(
        "call",
        Duration("exponential", mean),
        (Serves("agents"),),
        rates=(RateStep(0.0, 10080.0, per_min),),
        patience=hang_up,
        queue_limit=limit,
    )
    return Queues("one", (call,), (QueuePool("agents", servers),), 0.0, 1000.0, 1, 1)


def test_printed_values() -> None:
    """Loads and values of the acceptance cases, to the digits printed there."""
    assert f.erlang_b(13, 10.5) == pytest.approx(0.10103012, abs=1e-8)
    assert f.mmck(3, 4, 1.0, 2.5).waiting == pytest.approx(0.95998704, abs=1e-8)
    assert f.pollaczek_khinchine(0.5, Duration("gamma", 1.4, 2.0**0.5)) == pytest.approx(4.9, abs=1e-8)
    impatient = f.Impatient(13, 3.5, 3.0, Duration("exponential", 5.0))
    assert impatient.waits() == pytest.approx(0.28125452, abs=1e-7)
    assert impatient.abandons() == pytest.approx(0.033042675, abs=1e-8)


def test_the_chain_gives_the_formulas() -> None:
    assert Steady(one_class(4, 1.2, 3.0, limit=0), 1).value(Wanted("p_block")) == pytest.approx(f.erlang_b(4, 3.6), rel=1e-9)
    assert Steady(one_class(4, 1.0, 3.0), 120).value(Wanted("Wq")) == pytest.approx(f.mmc_wait(4, 1.0, 3.0), rel=1e-6)
    room, chain = f.mmck(3, 5, 1.1, 2.5), Steady(one_class(3, 1.1, 2.5, limit=5), 5)
    assert chain.value(Wanted("p_wait")) == pytest.approx(room.queued, rel=1e-9)
    assert chain.value(Wanted("Wq", over="admitted")) == pytest.approx(room.wait_admitted, rel=1e-9)
    impatient, chain = f.Impatient(6, 2.2, 3.0, Duration("exponential", 4.0)), Steady(one_class(6, 2.2, 3.0, 4.0), 80)
    assert chain.value(Wanted("p_abandon")) == pytest.approx(impatient.abandons(), rel=1e-6)
    assert chain.value(Wanted("p_wait")) == pytest.approx(impatient.waits(), rel=1e-6)


def test_one_server_with_retrials_is_the_closed_form() -> None:
    """M/M/1 where everybody who finds the server busy tries again: 2.5 attempts, a server busy half the time."""
    call = QueueClass(
        "call", Duration("exponential", 1.0), (Serves("server"),), rates=(RateStep(0.0, 10080.0, 0.5),), queue_limit=0,
        after={"blocked": (Follows("call", 1.0, Duration("exponential", 2.0)),)},
    )  # fmt: skip
    chain = Steady(Queues("retrials", (call,), (QueuePool("server", 1),), 0.0, 1000.0, 1, 1), 150)
    assert chain.value(Wanted("visits")) == pytest.approx(2.5, rel=1e-6)
    assert chain.value(Wanted("util")) == pytest.approx(0.5, rel=1e-6)


def test_patience_of_an_even_law_lies_between_its_ends() -> None:
    """A uniform patience that shrinks to a point is the fixed one, from both sides."""
    fixed = f.Impatient(4, 1.4, 3.0, Duration("deterministic", 2.0)).abandons()
    narrow = f.Impatient(4, 1.4, 3.0, Duration("uniform", 2.0, low_min=1.999, high_min=2.001)).abandons()
    assert narrow == pytest.approx(fixed, rel=1e-5)


def test_priorities_with_one_class_are_no_priorities() -> None:
    (wait,) = f.priority_waits(0.5 * f.square(Duration("lognormal", 1.2, 0.9)) / 2.0, [0.6])
    assert wait == pytest.approx(f.pollaczek_khinchine(0.5, Duration("lognormal", 1.2, 0.9)), rel=1e-12)


def test_the_forward_equations_give_one_server_from_empty() -> None:
    """M/M/1 of load 0.5 after t minutes from empty by Bessel functions: the share of empty systems, and the mean from it."""
    queues = one_class(1, 0.5, 1.0)
    moments = [2.0, 10.0]
    present, _, _ = Day(queues, 60).solve(moments)
    assert present[2.0] == pytest.approx(mean_from_empty(0.5, 1.0, 2.0), rel=1e-5)
    assert present[10.0] == pytest.approx(mean_from_empty(0.5, 1.0, 10.0), rel=1e-5)


def mean_from_empty(arrive: float, serve: float, time: float) -> float:
    """Mean number in M/M/1 from empty: arrivals less departures, which stop while it is empty."""
    ratio, speed = arrive / serve, 2.0 * (arrive * serve) ** 0.5

    def empty(t: float) -> float:
        x, decay = speed * t, speed - arrive - serve
        terms = sum(ratio ** (-j / 2.0) * ive(j, x) for j in range(2, 200))
        return exp(decay * t) * (ive(0, x) + ratio**-0.5 * ive(1, x) + (1.0 - ratio) * terms)

    idle = integrate.quad(empty, 0.0, time, epsabs=1e-10)[0]
    return (arrive - serve) * time + serve * idle
