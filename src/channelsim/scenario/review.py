"""One office model from another by one change of one point: its staff go, and a municipal joint point stays or nothing.

What question it answers: what does this point give, all else as it is (design 8, points under ten one by one).
"""

from __future__ import annotations

from dataclasses import replace

from channelsim.scenario.region import OfficeModel, Person, Point, Region, ServedBy

ADVISERS_FTE = 1.0  # of a joint point, as in the office models of 2015
UNDER = 10
NAMES = {"joint": "joint", "close": "closed"}


def reviewed(region: Region, model: OfficeModel, point: str, change: str) -> OfficeModel:
    """The office model with one staffed point made joint (`joint`) or closed (`close`); its name says so.

    Everybody who worked there moves to the nearest staffed point of the same office, or of another where the office has no
    other: then its municipalities and its lines go there too. Nobody else moves, and persons keep their numbers.
    """
    town = {m.name: i for i, m in enumerate(region.municipalities)}
    old = next(p for p in model.points if p.name == point)
    others = [p for p in model.points if p.kind == "staffed" and p.name != point]
    near = min(others, key=lambda p: (p.office != old.office, region.travel_min[town[point], town[p.name]], town[p.name]))
    staff = {split: tuple(_moved(person, point, near.name) for person in people) for split, people in model.staff.items()}
    at_near = sum(near.name in person.place for person in staff.get(region.staffing_split, next(iter(staff.values()))))
    points: list[Point] = []
    for p in model.points:
        if p.name == point and change == "joint":
            points.append(replace(p, office=near.office, kind="joint", advisers_fte=ADVISERS_FTE, under_ten=False))
        elif p.name == near.name:
            points.append(replace(p, under_ten=p.under_ten and at_near < UNDER))
        elif p.name != point:
            points.append(replace(p, office=near.office) if p.office == old.office else p)
    goes = near.office if near.office != old.office else old.office
    return OfficeModel(
        name=f"{model.name}, {point} {NAMES[change]}",
        points=tuple(points),
        office_of={m: goes if office == old.office else office for m, office in model.office_of.items()},
        staff=staff,
        service_map=_lines(model.service_map, old, near),
        made_from=f"{model.name}{f' ({model.made_from})' if model.made_from else ''}: {change} {point}",
    )


def _moved(person: Person, away: str, to: str) -> Person:
    return replace(person, place=tuple(to if place == away else place for place in person.place)) if away in person.place else person


def _lines(rows: tuple[ServedBy, ...], old: Point, near: Point) -> tuple[ServedBy, ...]:
    """The service map without the point, and without its office where that is gone."""
    gone = near.office != old.office
    found = []
    for row in rows:
        if gone and row.area == old.office:
            continue
        place = near.name if row.place == old.name else near.office if gone and row.place == old.office else row.place
        found.append(replace(row, place=place))
    return tuple(dict.fromkeys(found))
