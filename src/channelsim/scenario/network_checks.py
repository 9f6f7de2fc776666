"""What must hold of an office model that no file gives: the checks of `config.region_network`, on values."""

from __future__ import annotations

from collections.abc import Iterator

from channelsim.scenario.region import WEEKDAYS, OfficeModel, Region


def faults(region: Region, model: OfficeModel) -> list[str]:
    """What a planner would have to mend before this office model can run; nothing if it can."""
    staffed = {p.name: p for p in model.points if p.kind == "staffed"}
    if not staffed:
        return ["no point has staff"]
    found = [f"{town} belongs to {office}, which has no staffed point" for town, office in model.office_of.items()
             if office not in {p.office for p in staffed.values()}]  # fmt: skip
    found += [f"{m.name} belongs to no office" for m in region.municipalities if m.name not in model.office_of]
    for split in model.staff:
        found += [*_unmanned(model, split, set(staffed)), *_unserved(region, model, split)]
    return list(dict.fromkeys(found))


def _unmanned(model: OfficeModel, split: str, staffed: set[str]) -> Iterator[str]:
    """Points that are open on a day on which nobody serves there, and persons at points that are not staffed."""
    serving = [p for p in model.staff[split] if p.role != "management"]
    for point in (p for p in model.points if p.kind == "staffed"):
        for day in range(5):
            if point.hours[day] is not None and not any(p.place[day] == point.name for p in serving):
                yield f"{point.name} is open on {WEEKDAYS[day]}, but nobody is there"
    for person in model.staff[split]:
        for place in set(person.place) - staffed - {""}:
            kind = next((p.kind for p in model.points if p.name == place), "no point")
            if kind != "joint_visiting":
                yield f"person {person.id} works at {place}, which is {kind}"


def _unserved(region: Region, model: OfficeModel, split: str) -> Iterator[str]:
    """Services that nobody with the skill answers, or books, for an office."""
    office_of = {p.name: p.office for p in model.points}
    where: dict[str, set[str]] = {}
    for person in (p for p in model.staff[split] if p.role == "specialist"):
        at = {place for place in person.place if place}
        where.setdefault(person.skill, set()).update(at | {office_of[p] for p in at if p in office_of} | {"*"})
    for service in region.services:
        if service.tier == "national" or service.skill == "any":
            continue
        for how in ("line", "booked") if service.visits_booked else ("line",):
            for office in sorted(set(model.office_of.values())):
                rows = [r for r in model.service_map if r.service == service.id and r.how == how and r.area in ("*", office)]
                if not any(r.place in where.get(service.skill, ()) for r in rows):
                    yield f"nobody with the skill {service.skill} {'answers' if how == 'line' else 'books'} {service.id} for {office}"
