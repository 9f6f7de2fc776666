"""Location problems against every subset, one by one, on small random instances."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, product

import numpy as np
import pytest

from channelsim.scenario.location import Sites, best, locate


def instance(seed: int, n: int = 6, m: int = 5, capacities: bool = False) -> Sites:
    rng = np.random.Generator(np.random.PCG64(seed))
    places, here = rng.random((n, 2)), rng.random((m, 2))
    minutes = 100.0 * np.hypot(*(places[:, None, :] - here[None, :, :]).transpose(2, 0, 1))
    weight = rng.integers(1, 20, n).astype(float)
    room = rng.uniform(0.4, 0.8, m) * weight.sum() if capacities else None
    return Sites(minutes, weight, fixed=(int(rng.integers(m)),), capacity=room, limit_min=55.0)


def assignments(sites: Sites, chosen: tuple[int, ...], skip: bool):
    """Every way of sending places to chosen sites that keeps capacities."""
    n = len(sites.weight)
    options = (*chosen, *((-1,) if skip else ()))
    if sites.capacity is None:
        yield np.array([min(chosen, key=lambda s: sites.minutes[i, s]) for i in range(n)])
        return
    for row in product(options, repeat=n):
        at = np.array(row)
        if all(sites.weight[at == s].sum() <= sites.capacity[s] + 1e-9 for s in chosen):
            yield at


def by_hand(sites: Sites, goal: str, n_points: int | None) -> tuple[float, ...] | None:
    """The best value by looking at every choice: (aim, then mean travel)."""
    n, m = sites.minutes.shape
    found = []
    for size in [n_points] if n_points else range(1, m + 1):
        for chosen in combinations(range(m), size):
            if not set(sites.fixed) <= set(chosen):
                continue
            for at in assignments(sites, chosen, skip=goal == "maximal_cover"):
                minutes = sites.minutes[np.arange(n), at]
                near = (minutes <= sites.limit_min) & (at >= 0)
                travel = float((sites.weight * minutes)[at >= 0].sum())
                if goal == "maximal_cover":
                    found.append((-float(sites.weight[near].sum()), travel))
                elif near.all():
                    found.append((float(size), travel) if goal == "set_cover" else (travel,))
    return min(found, default=None)


@pytest.mark.parametrize("capacities", [False, True], ids=["no limits", "capacities"])
@pytest.mark.parametrize("goal", ["p_median", "maximal_cover", "set_cover"])
def test_the_best_of_all_choices_is_found(goal: str, capacities: bool) -> None:
    possible = 0
    for seed in range(12):
        sites = instance(seed, n=5 if capacities else 8, m=4 if capacities else 7, capacities=capacities)
        n_points = None if goal == "set_cover" else 2
        want, found = by_hand(sites, goal, n_points), locate(sites, goal, n_points)
        assert (want is None) == (found is None), seed
        if want is None or found is None:
            continue
        possible += 1
        assert set(sites.fixed) <= set(found.sites)
        served = found.served_at >= 0
        travel = found.mean_min * sites.weight[served].sum()
        aim = {"p_median": (travel,), "maximal_cover": (-found.covered * sites.weight.sum(),), "set_cover": (len(found.sites), travel)}[
            goal
        ]
        assert aim == pytest.approx(want[: len(aim)], rel=1e-6), seed
        if sites.capacity is not None:
            load = np.array([sites.weight[found.served_at == s].sum() for s in range(len(sites.capacity))])
            assert np.all(load <= sites.capacity + 1e-6)
    assert possible >= 5


def test_a_wrong_travel_table_is_noticed() -> None:
    """The test above can fail: the best of another table is not the best of this one."""
    sites = replace(instance(3, 8, 7), limit_min=np.inf)
    found, want = locate(replace(sites, minutes=sites.minutes * np.linspace(1.0, 2.0, 7)), "p_median", 2), by_hand(sites, "p_median", 2)
    assert found is not None and want is not None
    assert found.mean_min * sites.weight.sum() != pytest.approx(want[0], rel=1e-6)


def test_the_next_best_are_in_order_and_differ() -> None:
    sites = replace(instance(5, 8, 6), fixed=(), limit_min=np.inf)
    found = best(sites, "p_median", 2, 20)
    means = [c.mean_min for c in found]
    assert len(found) == 15 == len({c.sites for c in found}) and means == sorted(means)  # all pairs of six
