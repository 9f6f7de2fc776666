"""The tree of ends of work: the earliest end, of the lowest person on a tie, for as many people as a configuration may have."""

from __future__ import annotations

import numpy as np
import pytest

from channelsim.compiled import kernel
from channelsim.config.world_files import MOST_STAFF
from channelsim.engine import heap, working
from channelsim.engine.fast import Ahead
from channelsim.engine.heap import LAST_MIN
from channelsim.engine.working import LAST_TICK, MOST_PERSONS, NOT_WORKING, PERSON_BITS, tree_for
from channelsim.units import TICKS_PER_MIN

key_of, put_end, take_end, ticks = (kernel(body.py_func) for body in (working.key_of, working.put_end, working.take_end, heap.ticks))


def test_a_configuration_may_have_no_more_people_than_the_tree() -> None:
    assert MOST_STAFF <= MOST_PERSONS
    with pytest.raises(ValueError, match="more than"):
        tree_for(MOST_PERSONS + 1)


@pytest.mark.parametrize("n_persons", [1, 8, 9, 64, 65, 500, MOST_STAFF])
def test_the_root_is_the_least_leaf(n_persons: int) -> None:
    chance = np.random.default_rng(7)
    ahead = Ahead(rows=np.zeros(1, np.int64), ends=tree_for(n_persons))
    leaves = np.full(n_persons, NOT_WORKING)
    for person in chance.integers(n_persons, size=300).tolist():
        key = NOT_WORKING if chance.random() < 0.3 else key_of(int(chance.integers(50)), person)
        if leaves[person] != NOT_WORKING:
            take_end(ahead.ends, person)
            assert ahead.ends[-1] == np.delete(leaves, person).min(initial=NOT_WORKING)
        if key != NOT_WORKING:
            put_end(ahead.ends, person, key)
        leaves[person] = key
        assert ahead.ends[-1] == leaves.min()
        if key != NOT_WORKING:
            assert key & (MOST_PERSONS - 1) == person


def test_ends_beyond_every_horizon_stay_in_order() -> None:
    assert key_of(LAST_TICK + 10, 3) > key_of(5, MOST_PERSONS - 1) > 0
    assert key_of(1 << 60, MOST_PERSONS - 1) < NOT_WORKING
    assert key_of(LAST_TICK, 3) >> PERSON_BITS == LAST_TICK
    assert LAST_TICK / TICKS_PER_MIN > 2e7  # minutes: a run has at most ten million
    assert ticks(2.0**52) == int(LAST_MIN * TICKS_PER_MIN) > 0
