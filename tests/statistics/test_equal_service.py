"""How many agents can go: a simulated Erlang A against the exact answer, and the search itself on slacks by hand."""

from __future__ import annotations

import numba
import numpy as np
import pandas as pd
import pytest

from channelsim.study.inference import equal_service
from channelsim.study.inference.equal_service import at_equal_service
from channelsim.study.inference.joint import joint_check
from channelsim.study.inference.targets import Target, slacks
from channelsim.testing.theory import chain
from tests.statistics.proof import halve_intervals, luck, runs

RATE, SERVICE, PATIENCE = 5.0, 3.0, 4.0
TODAY, MOST_LOST = 24, 0.025
STEPS, REPLICATIONS = 6000, 30  # about 250 min
PLACES = 45
BATCH = 60


def lost_share(servers: int) -> float:
    """Exact: share of callers of M/M/c+M who lose patience."""
    return chain(RATE, SERVICE, servers, patience_mean=PATIENCE).p_abandon


def truly_released() -> int:
    return max(k for k in range(TODAY) if lost_share(TODAY - k) <= MOST_LOST)


@numba.njit(cache=False)
def walk(seeds: np.ndarray, start: np.ndarray, servers: int, top: float) -> np.ndarray:
    """[path] mean number waiting over the steps of the uniformised chain, whose long-run law is the chain's own."""
    found = np.empty(len(start))
    for p in range(len(start)):
        np.random.seed(seeds[p])
        n, waiting = start[p], 0.0
        for _ in range(STEPS):
            u = np.random.random() * top
            if u < RATE:
                n = min(n + 1, PLACES)
            elif top - u < min(n, servers) / SERVICE + max(0, n - servers) / PATIENCE:
                n -= 1
            waiting += max(0, n - servers)
        found[p] = waiting / STEPS
    return found


def stationary(servers: int) -> np.ndarray:
    weight = [1.0]
    for n in range(1, PLACES + 1):
        weight.append(weight[-1] * RATE / (min(n, servers) / SERVICE + max(0, n - servers) / PATIENCE))
    return np.cumsum(weight) / np.sum(weight)


def erlang_a(rng: np.random.Generator, macros: int):
    """meets(k) of many macro-replications at once: slack of the share lost [macro, replication], same luck for all k.

    Starts in the long-run law, so the mean waiting is unbiased; lost share = waiting / (patience x rate) (Little).
    """
    seeds = rng.integers(0, 2**31, macros * REPLICATIONS)
    first = rng.random(len(seeds))
    top = RATE + (TODAY + 6) / SERVICE + PLACES / PATIENCE
    seen: dict[int, np.ndarray] = {}

    def slack(k: int) -> np.ndarray:
        if k not in seen:
            start = np.searchsorted(stationary(TODAY - k), first)
            lost = walk(seeds, start, TODAY - k, top) / (PATIENCE * RATE)
            seen[k] = (MOST_LOST - lost).reshape(macros, REPLICATIONS)
        return seen[k]

    return slack


def brackets(macros: int, seed: int = 31) -> list[int]:
    rng, found = luck(seed), []
    for _ in range(0, macros, BATCH):
        slack = erlang_a(rng, BATCH)
        found += [at_equal_service(lambda k, s=slack, m=m: s(k)[m][:, None], ["calls lost"], 10, -6, "agents").k or 0 for m in range(BATCH)]
    return found


def test_the_walk_is_erlang_a() -> None:
    slack = erlang_a(luck(30), 60)(5)
    error = slack.std(ddof=1) / np.sqrt(slack.size)
    assert abs(MOST_LOST - slack.mean() - lost_share(TODAY - 5)) < 4 * error


@runs(BATCH)
def test_staffing_search_on_erlang_a(macros: int) -> None:
    """Released posts exceed the exact answer in at most 5 % of searches, and are the exact answer or one less mostly."""
    found, exact = np.array(brackets(macros)), truly_released()
    assert exact == 5  # Erlang A: 19 agents lose 1.9 % of calls, 18 lose 3.0 %
    assert (found > exact).mean() <= 0.05 + (0.01 if macros >= 2000 else 0.085)
    assert np.isin(found, [exact, exact - 1]).mean() > 0.9


@runs(BATCH)
def test_target_at_the_exact_loss_of_a_staffing(macros: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hardest case: 18 agents miss the target by nothing, and are released to in about 5 % of searches (the slacks are skewed)."""
    monkeypatch.setattr("tests.statistics.test_equal_service.MOST_LOST", lost_share(18) - 1e-9)
    too_many = np.mean(np.array(brackets(macros, 32)) >= 6)
    print(f"too many released in {100.0 * too_many:.2f} % of {macros}")
    assert too_many <= 0.05 + (0.015 if macros >= 2000 else 0.085)


def test_half_the_margin_releases_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the target at the exact loss of 18 agents the bound fails in 5 %; half a critical value in far more."""
    monkeypatch.setattr("tests.statistics.test_equal_service.MOST_LOST", lost_share(18) - 1e-9)
    at_edge = np.mean(np.array(brackets(BATCH, 32)) >= 6)
    halve_intervals(monkeypatch)
    assert at_edge <= 0.13 < np.mean(np.array(brackets(BATCH, 32)) >= 6)


def line(rng: np.random.Generator, zero_at: float, targets: int = 2):
    noise = 0.3 * rng.standard_normal((30, targets))
    asked: list[int] = []

    def meets(k: int) -> np.ndarray:
        asked.append(k)
        return zero_at - k + noise

    return meets, asked


def test_bracket_bisection_and_scan_agree() -> None:
    for zero_at in (0.5, 3.5, 17.5, 40.5):
        meets, asked = line(luck(33), zero_at)
        found = at_equal_service(meets, ["wait", "closed"], 40)
        assert found.k == min(40, int(zero_at)) == at_equal_service(line(luck(33), zero_at)[0], ["wait", "closed"], 40, scan=True).k
        assert len(asked) == len(set(asked)) <= 12
        if found.k < 40:
            assert found.next_one is not None and not found.next_one.meets and found.limiting() == ("wait", "closed")


def test_posts_needed_where_the_baseline_misses() -> None:
    found = at_equal_service(line(luck(34), -2.5)[0], ["wait", "closed"], 10, -20, "guidance, Oulu")
    assert found.k == -3 and found.posts_needed == 3 and found.posts_released == 0
    assert str(found).startswith(
        "guidance, Oulu: 3 more posts are needed to meet the targets, probability at least 95 %; one post fewer is shown to"
    )
    assert at_equal_service(line(luck(34), -30.0)[0], ["wait"], 10, -20).k is None
    assert at_equal_service(line(luck(34), -2.5)[0], ["wait"], 10, -20, scan=True).k == -3


def test_words() -> None:
    found = at_equal_service(line(luck(35), 3.5)[0], ["wait", "closed"], 10, who="guidance, Oulu")
    assert (
        str(found)
        == "guidance, Oulu: 3 posts released at equal service, probability at least 95 %; one post fewer is shown to miss wait and closed"
    )
    unmet = str(at_equal_service(line(luck(35), -1.5)[0], ["wait"], 10))
    assert unmet == "staff: not shown to meet the targets even with nobody removed"
    assert "all 10 that may be removed" in str(at_equal_service(line(luck(35), 50.0)[0], ["wait"], 10))


def test_skewed_slacks_are_told() -> None:
    uneven = 1.0 - luck(37).exponential(size=(30, 1)) ** 1.5
    assert "slacks are skewed: take 50 replications or more" in str(at_equal_service(lambda k: uneven + 3.5 - k, ["wait"], 10))


def test_joint_check_steps_back_along_the_published_order() -> None:
    noise = 0.01 * luck(36).standard_normal((30, 1))
    order = ["advice", "guidance"] * 6
    found = joint_check(lambda gone: 4.5 - sum(gone.values()) + noise, {"advice": 4, "guidance": 2}, order)
    assert found.removed == {"advice": 2, "guidance": 2}
    assert str(found).startswith("one skill at a time 6 posts could go, together only 4: 2 advice and 2 guidance")
    all_of_them = joint_check(lambda gone: 9.5 - sum(gone.values()) + noise, {"advice": 4, "guidance": 2}, order)
    assert str(all_of_them) == "together 6 posts released at equal service: 4 advice and 2 guidance"
    with pytest.raises(ValueError, match="fewer persons"):
        joint_check(lambda gone: noise, {"advice": 9}, order)


def test_slacks_must_be_numbers() -> None:
    with pytest.raises(ValueError, match="k = 2: slacks must be numbers"):
        equal_service.slack_of(np.full((30, 1), np.nan), 2)


def test_slacks_of_targets_relative_and_absolute() -> None:
    values = pd.DataFrame({"wait": [9.0, 11.0], "closed": [80.0, 82.0]}, index=[4, 7])
    base = pd.DataFrame({"wait": [8.0, 12.0], "closed": [81.0, 81.0]}, index=[4, 7])
    targets = [Target("wait", "min", "lower", tolerance=0.5), Target("closed", "%", "higher", 75.0)]
    assert slacks(values, targets, base).tolist() == [[-0.5, 5.0], [1.5, 7.0]]
    assert slacks(values, targets[1:]).tolist() == [[5.0], [7.0]]
    with pytest.raises(ValueError, match="the baseline's values are needed for wait"):
        slacks(values, targets)
    with pytest.raises(ValueError, match="the same replications"):
        slacks(values, targets, base.set_axis([4, 8]))
