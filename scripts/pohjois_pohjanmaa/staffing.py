"""Who works where: the balanced split of today's staff over points, and how people move under other office models.

The reconstruction of the pack gives some pools more work than hours, so that any merger would seem to help
(decisions 2). `balanced` keeps its totals by role and skill, moves six posts from employer work to integration
and one from unemployment security to guidance, and spreads posts over points by workload: an integer
programme (HiGHS) that stays as near as it can to shares of workload, with no pool above a limit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import optimize, sparse

SKILLS = ("jobsearch_almp", "unemployment_security", "guidance_rehab", "employer_entrepreneur", "muutosturva", "integration")
COLUMNS_OF_SKILL = {"generalist": "generalist"} | {s: f"spec_{s}" for s in SKILLS}
BALANCED_TOTALS = {"generalist": 54, "jobsearch_almp": 75, "unemployment_security": 28, "guidance_rehab": 12,
                   "employer_entrepreneur": 17, "muutosturva": 4, "integration": 12}  # fmt: skip
# Concentrated skills sit at main points: where the pack has them, the added posts in the largest.
FIXED = {
    "guidance_rehab": {"Oulu": 8, "Kuusamo": 1, "Raahe": 1, "Ylivieska": 1, "Haapajärvi": 1},
    "muutosturva": {"Oulu": 3, "Raahe": 1},
    "integration": {"Oulu": 12},
}
HOURS_A_YEAR = 36.25 * 52 * 0.80 * 0.58  # contact hours of one person, as in the pack's static check
LIMIT = 0.95


@dataclass(frozen=True)
class Post:
    """A person in the m6 network."""

    role: str
    skill: str
    place: str


def static_hours(services: pd.DataFrame, value, towns: pd.DataFrame, shares: pd.DataFrame) -> pd.DataFrame:
    """Expected yearly hours by municipality and role or skill under today's preferences: arithmetic, no queue.

    `value(group, parameter, key)` gives a parameter's base value; `shares` is municipality x segment.
    """
    rows = []
    completion, check = value("web", "first_attempt_completion_share", "all"), value("web", "staff_check_share", "all")
    for s in services.itertuples():
        if s.tier == "national":
            continue
        capable = {g: value("segment", "web_capable_share", g) * value("segment", "web_preference_2011_share", g) for g in shares.columns}
        phone_pref = {g: value("segment", "phone_preference_given_not_web_share", g) for g in shares.columns}
        length = {g: value("segment", "handling_time_multiplier", g) for g in shares.columns}
        rate = {g: value("segment", "contact_rate_multiplier", g) for g in shares.columns}
        only = {"S06": "employer", "S12": "employer", "S10": "laid_off_redundant", "S11": "immigrant"}.get(s.service)
        for t in towns.itertuples():
            weights = {only: 1.0} if only else {g: shares.loc[t.municipality, g] * rate[g] for g in shares.columns if g != "employer"}
            total = sum(weights.values())
            contacts = value("service", "contacts_per_unemployed_per_year", s.service) * t.unemployed
            hours = 0.0
            for g, weight in weights.items():
                web = value("service", "web_eligible_share", s.service) * capable[g]
                phone = (1 - web) * value("service", "phone_eligible_share", s.service) * phone_pref[g]
                visit = 1 - web - phone
                minutes = phone * (value("service", "handling_phone_mean_min", s.service) * length[g] + 1.5)
                minutes += visit * value("service", "handling_visit_mean_min", s.service) * length[g]
                minutes += web * completion * check * value("service", "handling_web_staff_mean_min", s.service)
                minutes += (phone + visit + web * completion * check) * value("service", "back_office_mean_min", s.service)
                hours += contacts * weight / total * minutes / 60
            by_specialist = value("service", "handled_by_specialist_today_share", s.service)
            rows.append((t.municipality, "generalist", hours * (1 - by_specialist)))
            rows.append((t.municipality, "any" if s.skill == "any" else s.skill, hours * by_specialist))
    return (
        pd.DataFrame(rows, columns=["municipality", "skill", "hours"])
        .groupby(["municipality", "skill"])
        .hours.sum()
        .unstack(fill_value=0.0)
    )


def largest_remainder(weights: np.ndarray, total: int, floor: int) -> np.ndarray:
    """Whole numbers in proportion to weights that add up to `total`, each at least `floor`."""
    posts = np.full(len(weights), floor)
    share = weights / weights.sum() * total
    whole = np.maximum(np.floor(share).astype(int), floor)
    while whole.sum() > total:
        whole[np.argmax(np.where(whole > floor, whole - share, -np.inf))] -= 1
    rest = share - whole
    for i in np.argsort(-rest, kind="stable")[: total - whole.sum()]:
        whole[i] += 1
    return np.maximum(whole, posts)


def balanced(points: pd.DataFrame, hours: pd.DataFrame, office_of: dict[str, str]) -> pd.DataFrame:
    """Customer staff by point and role or skill: point x skill."""
    places, skills = list(points.municipality), list(BALANCED_TOTALS)
    management = dict(zip(points.municipality, points.mgmt_support, strict=True))
    totals = dict(zip(places, largest_remainder(points.catchment_unemployed.to_numpy(float), 202, 2), strict=True))
    for place, under_ten in zip(places, points.under_10, strict=True):  # the same twelve points stay under ten
        want = totals[place]
        totals[place] = min(want, 9 - management[place]) if under_ten else max(want, 10 - management[place])
    totals["Oulu"] += 202 - sum(totals.values())
    load = hours.groupby(office_of).sum()
    n, k = len(places), len(skills)

    def at(p: int, s: int) -> int:
        return p * k + s

    ideal = np.array([[totals[p] * BALANCED_TOTALS[s] / 202 for s in skills] for p in places]).ravel()
    lower, upper = np.zeros(n * k), np.full(n * k, 202.0)
    for s, skill in enumerate(skills):
        for p, place in enumerate(places):
            if skill in FIXED:
                lower[at(p, s)] = upper[at(p, s)] = FIXED[skill].get(place, 0)
            elif skill in ("generalist", "jobsearch_almp"):
                lower[at(p, s)] = 1
    rows, low, high = [], [], []

    def constrain(terms: dict[int, float], least: float, most: float) -> None:
        row = np.zeros(2 * n * k)
        for i, factor in terms.items():
            row[i] = factor
        rows.append(row), low.append(least), high.append(most)

    for p, place in enumerate(places):
        constrain({at(p, s): 1 for s in range(k)}, totals[place], totals[place])
    for s, skill in enumerate(skills):
        constrain({at(p, s): 1 for p in range(n)}, BALANCED_TOTALS[skill], BALANCED_TOTALS[skill])
    for office in load.index:
        inside = [p for p, place in enumerate(places) if office_of[place] == office]
        for s, skill in enumerate(skills):
            if skill in ("generalist", "jobsearch_almp", "employer_entrepreneur"):
                # routine work done by specialists is shared over all of the office's specialists
                need = load.loc[office, skill] / (LIMIT * HOURS_A_YEAR)
                constrain({at(p, s): 1 for p in inside}, min(need, 202), np.inf)
        specialists = {at(p, s): 1.0 for p in inside for s, skill in enumerate(skills) if skill != "generalist"}
        own = sum(load.loc[office, s] for s in ("any", "jobsearch_almp", "employer_entrepreneur", "unemployment_security"))
        constrain(specialists, own / (LIMIT * HOURS_A_YEAR), np.inf)
    for i in range(n * k):  # distance from the ideal
        constrain({i: 1, n * k + i: -1}, -np.inf, ideal[i])
        constrain({i: -1, n * k + i: -1}, -np.inf, -ideal[i])
    cost = np.concatenate([np.zeros(n * k), 1.0 / np.maximum(ideal, 0.5)])
    found = optimize.milp(
        cost, constraints=optimize.LinearConstraint(sparse.csr_array(np.array(rows)), low, high),
        integrality=np.concatenate([np.ones(n * k), np.zeros(n * k)]),
        bounds=optimize.Bounds(np.concatenate([lower, np.zeros(n * k)]), np.concatenate([upper, np.full(n * k, 202.0)])),
        options={"time_limit": 60},
    )  # fmt: skip
    if found.x is None:
        raise SystemExit(f"no split of the staff keeps every pool below {LIMIT:.0%}: {found.message}")
    posts = np.round(found.x[: n * k]).astype(int).reshape(n, k)
    return pd.DataFrame(posts, index=places, columns=skills)


def utilisation(split: pd.DataFrame, hours: pd.DataFrame, office_of: dict[str, str]) -> pd.DataFrame:
    """Static utilisation by own work of each office and skill (concentrated skills: one regional pool), and of all
    specialists of an office together with the routine work that falls to whoever of them is idle."""
    load, posts = hours.groupby(office_of).sum(), split.groupby(office_of).sum()
    rows = []
    for office in load.index:
        for skill in ("generalist", "jobsearch_almp", "employer_entrepreneur"):
            n = posts.loc[office, skill]
            rows.append((office, skill, n, load.loc[office, skill] / (n * HOURS_A_YEAR) if n else np.nan))
    for skill in ("unemployment_security", *FIXED):
        rows.append(("region", skill, posts[skill].sum(), load[skill].sum() / (posts[skill].sum() * HOURS_A_YEAR)))
    specialists = posts.drop(columns="generalist").to_numpy().sum()
    everything = load.drop(columns="generalist").to_numpy().sum()
    rows.append(("region", "all specialists, routine included", specialists, everything / (specialists * HOURS_A_YEAR)))
    return pd.DataFrame(rows, columns=["office", "skill", "persons", "utilisation"])


def people(split: pd.DataFrame, management: dict[str, int]) -> list[Post]:
    """The 223 persons in a fixed order: by point, role and skill."""
    posts = []
    for place in split.index:
        posts += [Post("management", "", place)] * management[place]
        for skill in split.columns:
            role = "generalist" if skill == "generalist" else "specialist"
            posts += [Post(role, "" if role == "generalist" else skill, place)] * int(split.loc[place, skill])
    return posts


def moved(posts: list[Post], totals: dict[str, int], minutes: pd.DataFrame) -> list[str]:
    """Where each person works when points have these totals: those whose point stays staffed stay if they can,
    and the moves together are as short as possible (an assignment problem)."""
    seats = [place for place, n in totals.items() for _ in range(n)]
    if len(seats) != len(posts):
        raise SystemExit(f"{len(seats)} posts for {len(posts)} persons")
    cost = np.array([[minutes.loc[p.place, seat] if p.place != seat else 0.0 for seat in seats] for p in posts])
    person, seat = optimize.linear_sum_assignment(cost)
    place = dict(zip(person.tolist(), (seats[i] for i in seat), strict=True))
    return [place[i] for i in range(len(posts))]
