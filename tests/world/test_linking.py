"""Kernels are made once, as wholes: their parts have no machine code of their own, and no copy for each constant."""

from __future__ import annotations

import pytest
from numba.core.caching import NullCache

from channelsim.compiled import compiled, kernel


@compiled
def scaled(value, by):
    """A part that is called with two constants."""
    return value * by


@compiled
def twice_and_thrice(value):
    """A part that reaches another part twice."""
    return scaled(value, 2) + scaled(value, 3)


def two_calls_deep(value):
    """The body of a kernel."""
    return twice_and_thrice(value) + scaled(value, 1)


answer = kernel(two_calls_deep)
answer._cache = NullCache()  # from the cache it would come without its parts


def test_a_part_is_compiled_once_and_seen_by_its_kernel_only() -> None:
    assert answer(7) == 42
    assert len(scaled.overloads) == 1, "one copy for all constants"
    (made,) = answer.overloads.values()
    seen = [f.name for f in made.library.get_defined_functions() if "scaled" in f.name and f.linkage.name != "internal"]
    assert not seen, "nobody else can call a part, so it may be changed to fit its callers"


def test_python_cannot_call_a_part() -> None:
    assert answer(1) == 6
    with pytest.raises(TypeError, match="scaled is part of a kernel"):
        scaled(1, 2)
