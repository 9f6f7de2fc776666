"""The exact values that cases of `tests/acceptance/own` claim for rules of queues, computed again from the figures of their files."""

from __future__ import annotations

import pytest
from tests.conftest import ROOT
from tests.theory import formulas as f
from tests.theory import queue_rules as rules
from tests.theory.steady import Steady

from channelsim.config.world import load_known_answer
from channelsim.scenario.queues import Duration, QueueClass, Queues

OWN = ROOT / "tests" / "acceptance" / "own"


def case(name: str) -> tuple[Queues, dict[tuple[str, str], float]]:
    """The world of a case, and its values by measure and class (or pool)."""
    known = load_known_answer(next(OWN.glob(f"{name}-*.yaml")))
    assert known.queues is not None
    values = {(e.wanted.measure, "+".join(e.wanted.classes) or e.wanted.pool): e.value for e in known.expected}
    return known.queues, values


def rate(c: QueueClass) -> float:
    return c.rates[0].per_min


def mean(c: QueueClass) -> float:
    assert c.service is not None
    return c.service.mean_min


CHAINS = {"Q01": 60, "Q02": 25, "Q03": 1, "Q07": 60, "Q12": 60}  # cases that are Markov chains, and where each is cut off


@pytest.mark.parametrize("name", CHAINS)
def test_chains(name: str) -> None:
    """Values that were computed beside this project, by a chain of their own for each case, against the chain of the world."""
    known = load_known_answer(next(OWN.glob(f"{name}-*.yaml")))
    assert known.queues is not None
    exact = Steady(known.queues, CHAINS[name])
    spoken = [e for e in known.expected if e.wanted.measure not in ("throughput", "sojourn")]  # which the chain does not speak of
    assert len(spoken) >= 3
    for e in spoken:
        assert exact.value(e.wanted) == pytest.approx(e.value, rel=1e-5), str(e.wanted)


def test_weighted_waits() -> None:
    queues, values = case("K07")
    one, three = queues.classes[:3], queues.classes[3:]
    loads = [rate(c) * mean(c) for c in one]
    residual = sum(rate(c) * f.square(c.service) / 2.0 for c in one if c.service)
    waits = rules.accumulating_waits(residual / (1.0 - sum(loads)), loads, [c.weight for c in one])
    assert sum(r * w for r, w in zip(loads, waits, strict=True)) == pytest.approx(sum(loads) * residual / (1.0 - sum(loads)))
    before = f.mmc_wait(3, sum(map(rate, three)), 1.0)
    waits += rules.accumulating_waits(before, [rate(c) / 3.0 for c in three], [c.serves[0].weight or 1.0 for c in three])
    assert [values["Wq", c.name] for c in queues.classes] == pytest.approx(waits, rel=1e-7)


def test_equal_weights_are_the_order_of_arrival_and_extreme_ones_strict_priorities() -> None:
    loads = [0.3, 0.3, 0.16]
    assert rules.accumulating_waits(2.5, loads, [2.0, 2.0, 2.0]) == pytest.approx([2.5] * 3)
    strict = f.priority_waits(2.5 * (1.0 - sum(loads)), loads)
    assert rules.accumulating_waits(2.5, loads, [1e12, 1e6, 1.0]) == pytest.approx(strict, rel=1e-5)


def test_shared_lines() -> None:
    queues, values = case("K08")
    a, b = queues.classes
    limit = queues.lines[0].limit
    blocked, waiting = rules.shared_lines(limit, [rate(a), rate(b)], [mean(a), mean(b)], [p.staff for p in queues.pools])
    assert [values["p_block", "A"], values["p_block", "B"]] == pytest.approx([blocked] * 2, rel=1e-7)
    assert [values["Lq", "A"], values["Lq", "B"]] == pytest.approx(waiting, rel=1e-7)


def test_shared_lines_of_one_class_are_its_own() -> None:
    blocked, (waiting,) = rules.shared_lines(7, [1.5], [2.0], [3])
    room = f.mmck(3, 4, 1.5, 2.0)
    assert (blocked, waiting) == pytest.approx((room.blocked, room.waiting))


def test_work_after_a_call() -> None:
    queues, values = case("K09")
    loss, wait = queues.classes
    assert loss.after_work is not None and wait.after_work is not None
    lost = f.erlang_b(4, rate(loss) * (mean(loss) + loss.after_work.mean_min))
    assert values["p_block", "loss"] == pytest.approx(lost, rel=1e-7)
    assert values["L", "loss"] == pytest.approx(rate(loss) * (1.0 - lost) * mean(loss), rel=1e-7)
    both = mean(wait) + wait.after_work.mean_min
    square = f.square(wait.service) + 2.0 * mean(wait) * wait.after_work.mean_min + f.square(wait.after_work)  # type: ignore[arg-type]
    assert values["Wq", "wait"] == pytest.approx(rate(wait) * square / 2.0 / (1.0 - rate(wait) * both))


def test_message_after_a_wait() -> None:
    queues, values = case("K10")
    call = queues.classes[0]
    assert call.moves_on is not None
    leaves = f.Impatient(queues.pools[0].staff, rate(call), mean(call), Duration("deterministic", call.moves_on.after_min))
    assert values["p_moved_on", "call"] == pytest.approx(leaves.abandons(), rel=1e-6)
    assert values["p_wait", "call"] == pytest.approx(leaves.waits(), rel=1e-6)
    assert values["Wq", "call"] == pytest.approx(leaves.wait_of_served(), rel=1e-6)
    assert values["throughput", "message"] == pytest.approx(rate(call) * leaves.abandons(), rel=1e-6)


def test_conserved_waits() -> None:
    _, values = case("K11")
    assert set(values.values()) == {1.7777778} and f.mmc_wait(2, 1.6, 1.0) == pytest.approx(16.0 / 9.0)


def test_balking() -> None:
    queues, values = case("K12")
    a = queues.classes[0]
    assert a.balk is not None
    steps = list(zip(a.balk.at, a.balk.share, strict=True))
    found = rules.balking(3, rate(a), mean(a), lambda waiting: next((s for at, s in reversed(steps) if waiting >= at), 0.0))
    for name in ("A", "B"):
        exact = [found.balks, found.queued, found.waiting]
        assert [values["p_balk", name], values["p_wait", name], values["Lq", name]] == pytest.approx(exact, rel=1e-6)
    assert values["util", "P"] == pytest.approx(found.busy / 3.0, rel=1e-6)


def test_nobody_balks_in_erlang_c_and_everybody_in_erlang_b() -> None:
    none, all_ = (rules.balking(3, 2.4, 1.0, lambda _, share=share: share) for share in (0.0, 1.0))
    assert none.queued == pytest.approx(f.erlang_c(3, 2.4)) and none.waiting == pytest.approx(2.4 * f.mmc_wait(3, 2.4, 1.0))
    assert all_.balks == pytest.approx(f.erlang_b(3, 2.4))


def test_calls_back() -> None:
    queues, values = case("K13")
    call = queues.classes[0]
    assert call.call_back is not None
    load = rate(call) * mean(call)
    finds_two = f.erlang_c(3, load) * (load / 3.0) ** call.call_back.at
    assert values["p_call_back", "call"] == pytest.approx(call.call_back.accepts * finds_two, rel=1e-6)
    assert values["Wq", "call+back"] == pytest.approx(f.mmc_wait(3, rate(call), mean(call)), rel=1e-6)


def test_who_is_asked() -> None:
    queues, values = case("K14")
    for c in queues.classes:
        lost, util = rules.two_pools(rate(c), (2, 2), [s.service.mean_min for s in c.serves if s.service], c.idle_rule)
        assert values["p_block", c.name] == pytest.approx(lost, rel=1e-6)
        assert [values["util", s.pool] for s in c.serves] == pytest.approx(util, rel=1e-6)


def test_two_pools_alike_are_one_whatever_the_rule() -> None:
    for rule in ("longest_idle", "most_idle", "in_order"):
        assert rules.two_pools(2.0, (2, 2), (1.5, 1.5), rule)[0] == pytest.approx(f.erlang_b(4, 3.0))


def test_reserve_and_help() -> None:
    queues, values = case("K15")
    a, b, call = queues.classes
    assert [values["p_block", "A"], values["p_block", "B"]] == pytest.approx(rules.reserved(4, (rate(a), rate(b)), mean(a), 1), rel=1e-6)
    leaves = f.Impatient(10, rate(call), mean(call), Duration("deterministic", call.serves[1].after_min))
    assert values["served", "helpers"] == pytest.approx(rate(call) * leaves.abandons(), rel=1e-6)
    assert rules.reserved(4, (1.0, 1.5), 1.2, 0) == pytest.approx((f.erlang_b(4, 3.0),) * 2)
