"""Columns in compiled code: what is stored in 32 bits, what stays apart, and rows on lines of the cache."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from channelsim.columns import Columns
from channelsim.compiled import apart, kernel, plain
from channelsim.rules import state as S


class Pair(Columns):
    """A narrow and a wide column."""

    narrow: Any
    wide: Any


@kernel
def exchange(pair, i):
    """Put each element in the place of the other."""
    apart()
    pair.narrow[i], pair.wide[i] = pair.wide[i], pair.narrow[i]
    return pair.narrow[i] + pair.wide[i]


@pytest.mark.parametrize("value", [-1, 0, 7, 2**31 - 1, -(2**31)])
def test_a_narrow_column_keeps_its_values_and_their_signs(value: int) -> None:
    for body in (exchange, plain(exchange)):
        pair = Pair(narrow=np.array([5, value], np.int32), wide=np.array([0, 3], np.int64))
        assert body(pair, 1) == value + 3  # wider than 32 bits where it must be
        assert pair.narrow.tolist() == [5, 3]
        assert pair.wide.tolist() == [0, value]


def test_columns_of_other_kinds_are_refused() -> None:
    with pytest.raises(TypeError, match="int64, int32 or float64"):
        Pair(narrow=np.zeros(2, np.int16), wide=np.zeros(2, np.int64)).numba_type()


@pytest.mark.parametrize(("kind", "filled_with"), [(np.int32, -1), (np.int64, 0), (np.float64, 0)])
def test_rows_begin_on_a_line_of_the_cache(kind: Any, filled_with: int) -> None:
    column = S.rows(160, kind, filled_with)
    assert column.ctypes.data % 64 == 0
    assert column.dtype == kind
    assert (column == filled_with).all()
