"""`channelsim check`: loads a file of any kind, and proves what must hold of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from channelsim.config.lines import load_yaml, suggestion
from channelsim.config.region import load_region
from channelsim.config.strategy import load_strategy
from channelsim.config.study import load_study
from channelsim.config.world import load_world
from channelsim.errors import ConfigError, Problem, shown
from channelsim.scenario.region import OfficeModel, Region
from channelsim.scenario.static_load import utilisation_table


def check_file(path: Path) -> Iterator[str]:
    """Lines that say what was checked and holds; ConfigError for what does not."""
    if path.is_dir() or path.name == "region.yaml":
        yield from check_region_folder(path)
        return
    head = load_yaml(path)
    kinds = ("study", "strategy", "world", "region")
    kind = next((k for k in kinds if k in head), None)
    if kind == "strategy":
        yield f"{shown(path)}: strategy {load_strategy(path).name} is well formed"
    elif kind == "study":
        study = load_study(path)
        yield f"{shown(path)}: study {study.name}: {len(study.alternatives)} alternatives, {len(study.contrasts)} contrasts"
        for alternative in study.alternatives:
            study.world(alternative)
        yield f"{shown(path)}: every alternative compiles"
    elif kind == "world":
        world = load_world(path)
        yield f"{shown(path)}: world {world.name}: {len(world.classes)} classes, {len(world.pools)} pools"
    else:
        first = next(iter(head), "")
        raise ConfigError(
            [
                Problem(
                    shown(path),
                    1,
                    str(first),
                    "is neither region, strategy, study nor world",
                    suggestion(str(first), kinds, f"begin the file with one of {', '.join(kinds)}"),
                )
            ]
        )


def check_region_folder(path: Path) -> Iterator[str]:
    """Invariants of a region: sums, minimum services at every point, every service within reach of every municipality."""
    region = load_region(path)
    yield f"{shown(path)}: {region!r}"
    problems: list[Problem] = []
    for model in region.office_models.values():
        staffed = [p for p in model.points if p.kind == "staffed"]
        for split, people in model.staff.items():
            points = {p.name for p in staffed}
            problems += missing_minimum(region, model, split, path)
            problems += out_of_reach(region, model, split, path)
            here = sum(1 for p in people if set(p.place) & points)
            yield (f"  {model.name} ({split}): {len({p.office for p in staffed})} offices, {len(staffed)} staffed points, "
                   f"{len(people)} staff, {here} of them at a point; minimum services at every point; every service in reach")  # fmt: skip
    if problems:
        raise ConfigError(problems)
    model = region.office_models[region.baseline[0]]
    for split in model.staff:
        yield f"  static utilisation of the baseline, {split} (arithmetic, no queues; above 95 % is overloaded):"
        for pool, persons, utilisation in utilisation_table(region, model, split):
            mark = "  <-- above 95 %" if utilisation > 0.95 else ""
            yield f"    {pool:42s} {persons:4d} persons {100 * utilisation:6.1f} %{mark}"


def missing_minimum(region: Region, model: OfficeModel, split: str, path: Path) -> list[Problem]:
    """Points where nobody can start a minimum service or book it with a skilled pool (decisions 34)."""
    found = []
    wanted = region.invariants.get("minimum_services", [])
    services = {s.id: s for s in region.services}
    skills = {p.skill for p in model.staff[split] if p.role == "specialist"}
    for point in (p for p in model.points if p.kind == "staffed"):
        people = [p for p in model.staff[split] if point.name in p.place and p.role != "management"]
        for service in (services[s] for s in wanted if s in services):  # type: ignore[attr-defined]
            starts = any(p.role == "generalist" or service.skill in ("any", p.skill) for p in people)
            books = bool(people) and service.skill in skills
            if not (starts or books):
                found.append(
                    Problem(
                        shown(path),
                        1,
                        "staff",
                        f"{point.name} in {model.name} ({split}) cannot offer {service.id}",
                        "put staff there or close the point",
                    )
                )
    return found


def out_of_reach(region: Region, model: OfficeModel, split: str, path: Path) -> list[Problem]:
    """Services that no channel brings to anybody: no phone, no web, and nobody with the skill."""
    skills = {p.skill for p in model.staff[split] if p.role == "specialist"}
    national = {s for line in region.national_lines for s in line.services}
    found = []
    for service in region.services:
        served = service.id in national if service.tier == "national" else service.skill == "any" or service.skill in skills
        if not served:
            found.append(
                Problem(
                    shown(path),
                    1,
                    "service_map",
                    f"no municipality reaches {service.id} in {model.name} ({split})",
                    "give somebody its skill",
                )
            )
    return found
