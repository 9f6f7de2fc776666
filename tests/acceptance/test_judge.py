"""The rule that judges an estimate, and the standard error it is given."""

from __future__ import annotations

import numpy as np
import pytest

from channelsim.scenario.expected import Expected, Published, Wanted
from channelsim.testing.known_answers.judge import FAIL, IMPRECISE, INFORMATION, PASS, Estimated, ratio, verdict

WANTED = Wanted("p_wait")
EXACT = Expected(WANTED, 10.0, 0.5)
TWICE = Expected(WANTED, 10.0, None, (Published(10.0, 1.96), Published(11.0, 0.98)))  # s = 1 and 0.5


@pytest.mark.parametrize(
    ("value", "error", "expected"),
    [
        (10.4, 0.1, PASS),  # inside the tolerance
        (10.6, 0.1, FAIL),  # outside it, and by six standard errors
        (10.6, 0.2, PASS),  # outside it, but three standard errors only
        (11.6, 0.5, PASS),  # 3.2 standard errors of the largest size allowed
        (11.7, 0.5, FAIL),  # 3.4 of them
        (10.0, 0.51, IMPRECISE),  # right, but by luck
        (float("nan"), 0.1, IMPRECISE),
        (10.0, float("inf"), IMPRECISE),
    ],
)
def test_exact_values(value: float, error: float, expected: str) -> None:
    assert verdict(EXACT, Estimated(value, error, 100)) == expected


@pytest.mark.parametrize(
    ("value", "error", "expected"),
    [
        (10.5, 0.5, PASS),
        (13.6, 0.5, FAIL),  # agrees with the first (3.6 of 3.69), not with the second (2.6 of 2.33)
        (7.0, 0.5, FAIL),  # the other way round: 3.0 of 3.69, 4.0 of 2.33
        (10.5, 1.51, IMPRECISE),  # more than 1.5 standard errors of the first
    ],
)
def test_published_estimates(value: float, error: float, expected: str) -> None:
    assert verdict(TWICE, Estimated(value, error, 100)) == expected


def test_few_observations_are_imprecise_however_small_their_error() -> None:
    assert verdict(EXACT, Estimated(10.0, 0.001, 29)) == IMPRECISE
    assert verdict(EXACT, Estimated(10.0, 0.001, 30)) == PASS


def test_what_is_not_gated_is_information() -> None:
    assert verdict(Expected(WANTED, 10.0, None, (), gated=False), Estimated(99.0, 0.1, 100)) == INFORMATION


def test_error_of_a_ratio_is_that_of_the_jackknife() -> None:
    """Dependent numerator and denominator: the delta method and leaving one out agree to the order of 1/n."""
    random = np.random.default_rng(1)
    bottom = random.gamma(9.0, 1.0, 400)
    top = bottom * 0.3 + random.normal(0.0, 0.2, 400)
    found = ratio([np.array([a]) for a in top], [np.array([b]) for b in bottom])
    left_out = (top.sum() - top) / (bottom.sum() - bottom)
    jackknife = np.sqrt(399 / 400 * ((left_out - left_out.mean()) ** 2).sum())
    assert found.value == pytest.approx(top.sum() / bottom.sum(), rel=1e-12)
    assert found.standard_error == pytest.approx(jackknife, rel=0.01)
    naive = (top / bottom).std(ddof=1) / 20.0
    assert abs(found.standard_error - naive) > 0.02 * naive


def test_batches_that_hang_together_widen_the_error() -> None:
    """Batches of one run with correlation 0.6: the error is near the true one, twice that of independent batches."""
    random = np.random.default_rng(2)
    shocks = random.normal(size=4000)
    x = np.empty(4000)
    x[0] = shocks[0]
    for i in range(1, 4000):
        x[i] = 0.6 * x[i - 1] + 0.8 * shocks[i]
    apart = ratio([np.array([v]) for v in x], [np.ones(1)] * 4000)
    together = ratio([x], [np.ones(4000)])
    assert together.standard_error / apart.standard_error == pytest.approx(2.0, rel=0.1)
