"""Numbers as a reader wants them."""

from __future__ import annotations

from math import inf, nan

import pytest

from channelsim.study.inference.words import amount, figure, listed, share


@pytest.mark.parametrize(
    ("x", "words"),
    [
        (1234.5, "1,234"),
        (0.01234, "0.0123"),
        (0.0999999, "0.100"),
        (-7.0, "-7.00"),
        (99.96, "100"),
        (0.0, "0"),
        (nan, "unknown"),
        (inf, "no limit"),
    ],
)
def test_figures(x: float, words: str) -> None:
    assert figure(x) == words


def test_sign_unit_and_shares() -> None:
    assert amount(3.14159, "h/week", True) == "+3.14 h/week" and amount(2, "") == "2.00" and figure(0.0, True) == "0"
    assert [share(p) for p in (0.0, 1e-9, 0.1234, 0.9996, 0.99999, 1.0)] == ["0 %", "below 0.01 %", "12.3 %", "99.96 %", "99.99 %", "100 %"]
    assert listed([]) == "none" and listed(["a"]) == "a" and listed(["a", "b", "c"]) == "a, b and c"
