"""Which points to keep: p-median, maximal cover and set cover under a travel limit, with capacities, by HiGHS (design 8).

Customers of a place go to one site. Sources: Hakimi (1964), Operations Research 12:450 (p-median); Church & ReVelle (1974),
Papers of the Regional Science Association 32:101 (maximal cover); Toregas et al. (1971), Operations Research 19:1363 (set cover).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import optimize, sparse

GOALS = ("p_median", "maximal_cover", "set_cover")
TIE = 1e-6  # how much better an aim may be made at another's cost when it is held


@dataclass(frozen=True, eq=False)
class Sites:
    """Places with demand, and sites that may serve them."""

    minutes: np.ndarray  # [place, site]
    weight: np.ndarray  # [place] demand
    fixed: tuple[int, ...] = ()  # sites that are open in any case
    capacity: np.ndarray | None = None  # [site] most demand that it can serve; None: no limit
    limit_min: float = np.inf  # p_median, set_cover: nobody goes farther; maximal_cover: who is nearer is covered
    forbidden: tuple[tuple[int, ...], ...] = ()  # choices that are not wanted again


@dataclass(frozen=True, eq=False)
class Choice:
    """The best sites for a goal."""

    sites: tuple[int, ...]
    served_at: np.ndarray  # [place] site that serves it; -1: nobody (maximal cover with capacities)
    mean_min: float  # weighted mean of the travel to the site that serves, of those served
    covered: float  # share of the demand that is served within the limit


def locate(sites: Sites, goal: str, n_points: int | None = None) -> Choice | None:
    """The best sites; None where no choice keeps every condition.

    Parameters
    ----------
    sites : Sites
        Travel, demand, what is given.
    goal : {"p_median", "maximal_cover", "set_cover"}
        Least mean travel; most demand within the limit; fewest sites such that nobody is beyond the limit.
    n_points : int, optional
        How many sites are open, those given included; not for set_cover.

    Returns
    -------
    Choice
        Among equally good choices the one of least mean travel.
    """
    n, m = sites.minutes.shape
    travel = np.concatenate([np.zeros(m), (sites.weight[:, None] * np.minimum(sites.minutes, 1e9)).ravel()])
    near = sites.minutes <= sites.limit_min
    if goal == "maximal_cover":
        aim = np.concatenate([np.zeros(m), (-sites.weight[:, None] * near).ravel()])
        first = _solve(sites, aim, n_points, np.ones((n, m), bool), must_serve=sites.capacity is None)
        if first is None:
            return None
        held = (aim, float(aim @ first) + TIE * float(sites.weight.sum()))
        found = _solve(sites, travel, n_points, np.ones((n, m), bool), sites.capacity is None, held)
    elif goal == "set_cover":
        count = np.concatenate([np.ones(m), np.zeros(n * m)])
        first = _solve(sites, count, None, near)
        found = None if first is None else _solve(sites, travel, round(float(count @ first)), near)
    elif goal == "p_median":
        found = _solve(sites, travel, n_points, near)
    else:
        raise ValueError(f"unknown goal {goal!r}")
    return None if found is None else _choice(sites, found, near)


def best(sites: Sites, goal: str, n_points: int | None, how_many: int) -> list[Choice]:
    """The best choice, the best without it, and so on."""
    found: list[Choice] = []
    while len(found) < how_many and (choice := locate(sites, goal, n_points)) is not None:
        found.append(choice)
        sites = replace(sites, forbidden=(*sites.forbidden, choice.sites))
    return found


def _solve(
    sites: Sites, aim: np.ndarray, n_points: int | None, allowed: np.ndarray, must_serve: bool = True,
    held: tuple[np.ndarray, float] | None = None,
) -> np.ndarray | None:  # fmt: skip
    """Open sites (first columns) and who goes where (the rest) that make the aim least; None where nothing is possible."""
    n, m = sites.minutes.shape
    one_each = sparse.hstack([sparse.csr_array((n, m)), sparse.kron(sparse.eye_array(n), np.ones((1, m)))])
    goes_to = sparse.hstack([-sparse.kron(np.ones((n, 1)), sparse.eye_array(m)), sparse.eye_array(n * m)])
    rules = [optimize.LinearConstraint(one_each, 1.0 if must_serve else 0.0, 1.0), optimize.LinearConstraint(goes_to, -np.inf, 0.0)]
    if n_points is not None:
        rules.append(optimize.LinearConstraint(np.concatenate([np.ones(m), np.zeros(n * m)])[None, :], n_points, n_points))
    if sites.capacity is not None:
        load = sparse.hstack([-sparse.diags_array(sites.capacity), sparse.kron(sites.weight[None, :], sparse.eye_array(m))])
        rules.append(optimize.LinearConstraint(load, -np.inf, 0.0))
    if held is not None:
        rules.append(optimize.LinearConstraint(held[0][None, :], -np.inf, held[1]))
    for choice in sites.forbidden:  # at least one site changes
        row = np.zeros(m + n * m)
        row[:m] = -1.0
        row[list(choice)] = 1.0
        rules.append(optimize.LinearConstraint(row[None, :], -np.inf, len(choice) - 1.0))
    low, high = np.zeros(m + n * m), np.concatenate([np.ones(m), allowed.astype(float).ravel()])
    low[list(sites.fixed)] = 1.0
    found = optimize.milp(
        aim, constraints=rules, bounds=optimize.Bounds(low, high), integrality=np.ones(m + n * m), options={"mip_rel_gap": 0.0}
    )
    return None if found.x is None else np.round(np.asarray(found.x))


def _choice(sites: Sites, found: np.ndarray, near: np.ndarray) -> Choice:
    n, m = sites.minutes.shape
    goes = found[m:].reshape(n, m)
    served = goes.sum(axis=1) > 0.5
    at = np.where(served, goes.argmax(axis=1), -1)
    minutes = sites.minutes[np.arange(n), at]
    covered = served & near[np.arange(n), at]
    total = float(sites.weight.sum())
    mean = float(np.average(minutes[served], weights=sites.weight[served])) if sites.weight[served].sum() > 0 else 0.0
    return Choice(tuple(np.flatnonzero(found[:m] > 0.5).tolist()), at, mean, float(sites.weight[covered].sum()) / total)
