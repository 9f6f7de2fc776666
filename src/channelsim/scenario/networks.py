"""An office model from another and a set of points that are to have staff: what a network design needs to be simulated.

The rules are those of the reconstruction (decisions 2): customer staff over points by the work of their catchments, largest
remainders, at least two; persons who can stay do, and the others move as little as possible together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from scipy import optimize

from channelsim.scenario.compile_demand import cell_means
from channelsim.scenario.region import OfficeModel, Person, Point, Region, ServedBy, Week

FLOOR = 2  # customer staff of a point
UNDER = 10
ADVISERS_FTE = 1.0
WRONG_SEAT_MIN = 1e6  # beside any travel: a seat is given to another role only if nobody has it


def work_of_towns(region: Region) -> np.ndarray:
    """[municipality] expected needs in a week: demand weights of a network."""
    needs = np.zeros(len(region.municipalities))
    for m, _, s, mean in cell_means(region):
        needs[m] += mean if region.services[s].tier != "national" else 0.0
    return needs


def with_points(region: Region, model: OfficeModel, points: Iterable[str], others: str, name: str) -> OfficeModel:
    """The office model with staff at these points only.

    Parameters
    ----------
    region : Region
        Travel, demand.
    model : OfficeModel
        Whose offices, persons and joint points are kept as far as they can be. An office without a point goes to that
        of the nearest.
    points : iterable of str
        Municipalities with a staffed point.
    others : {"joint", "close"}
        What becomes of the model's other staffed points.
    name : str
        The new model's name.
    """
    chosen = sorted(set(points), key=[m.name for m in region.municipalities].index)
    office_of = _offices(region, model, chosen)
    totals = _totals(region, chosen)
    staff = {split: _placed(region, people, chosen, totals, office_of) for split, people in model.staff.items()}
    at = Counter(place for person in staff.get(region.staffing_split, next(iter(staff.values()))) for place in set(person.place) if place)
    old = {p.name: p for p in model.points}
    usual = Counter(p.hours for p in model.points if p.kind == "staffed").most_common(1)[0][0]
    made = [_staffed(old.get(place), place, office_of[place], usual, at[place]) for place in chosen]
    for p in model.points:
        if p.name not in chosen and (p.kind != "staffed" or others == "joint"):
            made.append(replace(p, office=office_of[p.name], kind="joint", advisers_fte=max(p.advisers_fte, ADVISERS_FTE), under_ten=False))
    return OfficeModel(
        name=name, points=tuple(made), office_of=office_of, staff=staff, service_map=_service_map(region, model, staff, office_of),
        made_from=f"{model.name}: staff at {', '.join(chosen)}, others {others}",
    )  # fmt: skip


def _staffed(old: Point | None, place: str, office: str, usual: Week, persons: int) -> Point:
    hours = old.hours if old is not None and old.kind == "staffed" else usual
    return Point(place, office, "staffed", 0.0, persons < UNDER, hours)


def _offices(region: Region, model: OfficeModel, chosen: list[str]) -> dict[str, str]:
    """Municipality -> office: as it was where the office keeps a point, else that of the nearest point."""
    town = {m.name: i for i, m in enumerate(region.municipalities)}
    kept = {model.office_of[place] for place in chosen}
    nearest = {m: min(chosen, key=lambda place: (region.travel_min[i, town[place]], town[place])) for m, i in town.items()}
    return {m: office if office in kept else model.office_of[nearest[m]] for m, office in model.office_of.items()}


def _totals(region: Region, chosen: list[str]) -> np.ndarray:
    """[point] share of the customer staff: the work of those for whom it is nearest."""
    town = {m.name: i for i, m in enumerate(region.municipalities)}
    nearest = region.travel_min[:, [town[place] for place in chosen]].argmin(axis=1)
    return np.bincount(nearest, weights=work_of_towns(region), minlength=len(chosen))


def largest_remainder(weights: np.ndarray, total: int, floor: int) -> np.ndarray:
    """Whole numbers in proportion to weights that add up to `total`, each at least `floor` (less where there are too few).

    Those at the floor are set aside first, so that the others share the rest in proportion.
    """
    n = len(weights)
    floor = min(floor, total // n)
    at_floor = np.zeros(n, bool)
    while True:
        rest = total - floor * int(at_floor.sum())
        free = weights * ~at_floor
        share = np.where(at_floor, float(floor), rest * free / free.sum() if free.sum() > 0 else rest / n)
        low = ~at_floor & (share < floor)
        if not low.any():
            break
        at_floor |= low
    whole = np.floor(share + 1e-9).astype(np.int64)
    for i in np.argsort(-(share - whole), kind="stable")[: total - int(whole.sum())]:
        whole[i] += 1
    return whole


def _placed(
    region: Region, people: tuple[Person, ...], chosen: list[str], work: np.ndarray, office_of: dict[str, str]
) -> tuple[Person, ...]:
    """Everybody at one of the points: customer staff by work, management where it was or at the largest point of its office."""
    town = {m.name: i for i, m in enumerate(region.municipalities)}
    serving = [p for p in people if p.role != "management"]
    seats_at = largest_remainder(work, len(serving), FLOOR)
    seats = _seats(region, serving, chosen, seats_at, office_of)
    home = [town[_home(p)] for p in serving]
    cost = np.array([[region.travel_min[h, town[place]] if h != town[place] else 0.0 for place, _, _ in seats] for h in home])
    for j, (_, role, skill) in enumerate(seats):
        if role:
            cost[[p.role != role or p.skill != skill for p in serving], j] += WRONG_SEAT_MIN
    who, seat = optimize.linear_sum_assignment(cost)
    place_of = {serving[i].id: seats[j][0] for i, j in zip(who.tolist(), seat.tolist(), strict=True)}
    largest: dict[str, str] = {}
    for i in np.argsort(-seats_at, kind="stable").tolist():
        largest.setdefault(office_of[chosen[i]], chosen[i])
    for p in people:
        if p.role == "management":
            place_of[p.id] = _home(p) if _home(p) in chosen else largest[office_of[_home(p)]]
    return tuple(replace(p, place=tuple(place_of[p.id] if place else "" for place in p.place)) for p in people)


def _home(person: Person) -> str:
    return Counter(place for place in person.place if place).most_common(1)[0][0]


def _seats(
    region: Region, serving: list[Person], chosen: list[str], seats_at: np.ndarray, office_of: dict[str, str]
) -> list[tuple[str, str, str]]:
    """(point, role, skill) of each seat; role "" is anybody's.

    Each point keeps a seat for a generalist and one for the commonest skill of the minimum services; each office one for every
    other such skill, at its largest point.
    """
    minimum = {s.skill for s in region.services if s.tier == "minimum" and s.skill != "any"}
    skills = [skill for skill, _ in Counter(p.skill for p in serving if p.skill in minimum).most_common()]
    largest: dict[str, int] = {}
    for i in np.argsort(-seats_at, kind="stable").tolist():
        largest.setdefault(office_of[chosen[i]], i)
    seats: list[tuple[str, str, str]] = []
    for i, place in enumerate(chosen):
        wanted = [("generalist", "")] + [("specialist", skill) for skill in skills[:1]]
        wanted += [("specialist", skill) for skill in skills[1:] if i in largest.values()]
        wanted = wanted[: int(seats_at[i])]
        seats += [(place, role, skill) for role, skill in wanted]
        seats += [(place, "", "")] * (int(seats_at[i]) - len(wanted))
    return seats


def _service_map(
    region: Region, model: OfficeModel, staff: dict[str, tuple[Person, ...]], office_of: dict[str, str]
) -> tuple[ServedBy, ...]:
    """Minimum services in the customer's own office, concentrated ones where they are; the whole region where nobody has the skill."""
    offices = list(dict.fromkeys(office_of.values()))

    def there(place: str, skill: str) -> bool:
        return all(
            any(p.skill == skill and any(at and place in (at, office_of[at], "*") for at in p.place) for p in people)
            for people in staff.values()
        )

    rows: list[ServedBy] = []
    for service in region.services:
        mine = [r for r in model.service_map if r.service == service.id]
        for how in dict.fromkeys(r.how for r in mine):
            everywhere = [r for r in mine if r.how == how and r.area == "*"]
            if everywhere:
                rows += [r if there(r.place, service.skill) else replace(r, place="*") for r in everywhere]
            else:
                rows += [ServedBy(service.id, o, how, o if there(o, service.skill) else "*") for o in offices]
    return tuple(dict.fromkeys(rows))
