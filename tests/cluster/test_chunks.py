"""Chunks cover what is missing exactly once, in order of replication, and stay together with what they are compared with."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channelsim.config.study import load_study
from channelsim.study.chunks import Geometry, geometry, missing
from channelsim.study.intervals import common, count, merged, without
from tests.conftest import ROOT

STUDY = load_study(ROOT / "experiments" / "tiny" / "study.yaml")
NUMBERS = st.frozensets(st.integers(0, 30), max_size=31)


def stretches(numbers: frozenset[int]) -> list[tuple[int, int]]:
    return merged((n, n + 1) for n in numbers)


def numbers(found: list[tuple[int, int]]) -> set[int]:
    return {n for a, b in found for n in range(a, b)}


@given(NUMBERS, NUMBERS, st.integers(0, 30), st.integers(0, 31))
def test_stretches_are_sets(one: frozenset[int], other: frozenset[int], start: int, length: int) -> None:
    assert numbers(stretches(one)) == one and count(stretches(one)) == len(one)
    assert numbers(common(stretches(one), stretches(other))) == one & other
    assert numbers(without((start, start + length), stretches(one))) == set(range(start, start + length)) - one


@settings(max_examples=60)
@given(st.dictionaries(st.sampled_from("abcd"), NUMBERS), st.integers(1, 9), st.integers(1, 31))
def test_missing_is_covered_once_in_order(done: dict[str, frozenset[int]], in_chunk: int, wanted: int) -> None:
    shape = Geometry(in_chunk, (("a", "b"), ("c", "d")))
    chunks = list(missing(shape, wanted, {name: stretches(n) for name, n in done.items()}))
    cells = Counter((a, r) for c in chunks for a in c.alternatives for r in range(c.first, c.until))
    assert cells == Counter((a, r) for a in "abcd" for r in range(wanted) if r not in done.get(a, ()))
    blocks = [c.first // in_chunk for c in chunks]
    assert blocks == sorted(blocks)


def test_ten_million_replications_are_planned_one_chunk_at_a_time() -> None:
    chunks = missing(Geometry(100, (("a",),)), 10_000_000, {"a": [(0, 5_000_000)]})
    first = next(chunks)
    assert (first.first, first.until) == (5_000_000, 5_000_100)


def test_shards_are_named_by_what_is_in_them() -> None:
    chunk = next(missing(Geometry(3, (("a", "b"),)), 9, {}))
    assert chunk.name({"a": "1", "b": "2"}) == chunk.name({"b": "2", "a": "1", "c": "3"})
    assert chunk.name({"a": "1", "b": "2"}) != chunk.name({"a": "1", "b": "3"})


@pytest.mark.parametrize(
    ("replications", "workers", "seconds"), [(10, 2, 0.07), (100_000, 2, 0.07), (8, 2, 22.0), (8, 100, 22.0), (1, 1, 1e-9)]
)
def test_the_cut_keeps_workers_busy_and_chunks_long_enough(replications: int, workers: int, seconds: float) -> None:
    shape = geometry(replace(STUDY, replications=replications), seconds, workers)
    assert sorted(name for group in shape.groups for name in group) == sorted(a.name for a in STUDY.alternatives)
    chunk_s = shape.replications * seconds
    assert shape.replications >= 1 and (shape.replications == 1 or chunk_s <= 3.0)
    if replications >= 100_000:
        assert chunk_s > 0.42  # 8.3 ms of a task and a shard are then below 2 %
    if workers > replications:
        assert len(shape.groups) == 2  # of four alternatives each, the least


def test_a_group_cut_apart_computes_the_baselines_that_it_lacks() -> None:
    from channelsim.study.replicate import Replicator

    replicator = Replicator(STUDY)
    names = [a.name for a in STUDY.alternatives]
    whole, parts = replicator.run(0), [replicator.run(0, names[:4]), replicator.run(0, names[4:])]
    assert sum(len(p) for p in parts) == len(whole)
