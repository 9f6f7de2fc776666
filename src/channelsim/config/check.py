"""`channelsim check`: loads a file of any kind, and proves what must hold of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from channelsim.config.input_groups import load_input_groups
from channelsim.config.lines import line_of, load_yaml, suggestion
from channelsim.config.profile import load_profile
from channelsim.config.region import load_region
from channelsim.config.strategy import check_first_line, check_strategy, find_strategy, load_strategy, shelf_of
from channelsim.config.study import load_study
from channelsim.config.transition import load_transition
from channelsim.config.world import load_known_answer, load_world
from channelsim.errors import ConfigError, Problem, shown
from channelsim.scenario.compile_region_staff import with_visiting_days
from channelsim.scenario.region import WEEKDAYS, OfficeModel, Region
from channelsim.scenario.static_load import utilisation_table

MOST_COMPILED = 50  # alternatives of a study


def check_files(paths: Iterable[Path]) -> Iterator[str]:
    """Lines of `check_file` for each path; the problems of all files come together, at the end."""
    problems: list[Problem] = []
    for path in paths:
        try:
            yield from check_file(path)
        except ConfigError as error:
            problems += error.problems
    if problems:
        raise ConfigError(problems)


def check_file(path: Path) -> Iterator[str]:
    """Lines that say what was checked and holds; ConfigError for what does not."""
    if path.is_dir() or path.name == "region.yaml":
        yield from check_region_folder(path)
        return
    head = load_yaml(path)
    kinds = ("study", "strategy", "world", "region", "case", "input_groups", "profile")
    kind = next((k for k in kinds if k in head), None)
    if kind == "strategy":
        strategy = load_strategy(path)
        served = check_first_line(strategy, path)
        yield f"{shown(path)}: strategy {strategy.name} is well formed{served}"
    elif kind == "study" and "transition" in head:
        way = load_transition(path)
        n_phases = sum(len(way.phases(order)) for order in way.orders)
        yield f"{shown(path)}: study {way.name}: {len(way.orders)} orders, {n_phases} phases, every one compiles"
    elif kind == "study":
        study = load_study(path)
        yield f"{shown(path)}: study {study.name}: {len(study.alternatives)} alternatives, {len(study.contrasts)} contrasts"
        n = len(study.alternatives)
        some = range(n) if n <= MOST_COMPILED else [i * n // MOST_COMPILED for i in range(MOST_COMPILED)]
        for i in some:
            study.world(study.alternatives[i])
        yield f"{shown(path)}: {'every alternative compiles' if len(some) == n else f'{len(some)} of them, evenly spread, compile'}"
    elif kind == "world":
        world = load_world(path)
        yield f"{shown(path)}: world {world.name}: {len(world.classes)} classes, {len(world.pools)} pools"
    elif kind == "input_groups":
        yield f"{shown(path)}: {len(load_input_groups(path))} groups of inputs"
    elif kind == "profile":
        yield f"{shown(path)}: profile {load_profile(path).profile} is well formed"
    elif kind == "case":
        yield f"{shown(path)}: case {load_known_answer(path).name} is not expressible"
    else:
        first = next(iter(head), "")
        raise ConfigError(
            [
                Problem(
                    shown(path),
                    line_of(head, (first,)),
                    str(first),
                    "is neither region, strategy, study, world, input_groups nor profile",
                    suggestion(str(first), kinds, f"begin the file with one of {', '.join(kinds)}"),
                )
            ]
        )


def check_region_folder(path: Path) -> Iterator[str]:
    """Says what holds of a region. `load_region` refuses any other: each line here is proven by having come this far."""
    region = load_region(path)
    yield f"{shown(path)}: {region!r}"
    check_baseline(region, path)
    for model in region.office_models.values():
        for split in model.staff:
            yield from (f"  {model.name} ({split}): {line}" for line in proven(region, model, split))
    model = region.office_models[region.baseline[0]]
    for split in model.staff:
        yield f"  static utilisation of the baseline, {split} (arithmetic, no queues; above 95 % is overloaded):"
        for pool, persons, utilisation in utilisation_table(region, model, split):
            mark = "  <-- above 95 %" if utilisation > 0.95 else ""
            yield f"    {pool:42s} {persons:4d} persons {100 * utilisation:6.1f} %{mark}"


def check_baseline(region: Region, path: Path) -> None:
    """The strategy of the baseline is there and fits the region, if strategies stand beside it."""
    if shelf_of("strategies", path) is not None:
        head = path if path.name == "region.yaml" else path / "region.yaml"
        file = find_strategy(region.baseline[1], path, (head, load_yaml(head), ("baseline", "strategy")))
        check_strategy(load_strategy(file), region, file)


def proven(region: Region, model: OfficeModel, split: str) -> Iterator[str]:
    """Counts of an office model beside its invariants, and who can get what."""
    staffed = [p for p in model.points if p.kind == "staffed"]
    people = model.staff[split]
    serving = sum(1 for p in people if p.role != "management" and set(p.place) & {s.name for s in staffed})
    wanted = region.invariants
    counts = (
        ("offices", len(model.offices), as_dict(wanted, "offices").get(model.name)),
        ("staffed points", len(staffed), as_dict(wanted, "staffed_points").get(model.name)),
        ("staff", len(people), wanted.get("staff")),
    )
    parts = [f"{n} {word}{' (invariant)' if n == want else ''}" for word, n, want in counts]
    yield f"{', '.join(parts)}, {serving} of them serving customers at a point"
    minimum = [str(s) for s in wanted.get("minimum_services", [])]  # type: ignore[attr-defined]
    if minimum:
        yield f"each of the {len(staffed)} staffed points offers the minimum services {', '.join(minimum)}"
    town = {m.name: i for i, m in enumerate(region.municipalities)}
    farthest = float(region.travel_min[:, [town[p.name] for p in staffed]].min(axis=1).max())
    yield (f"each of the {len(town)} municipalities reaches each of the {len(region.services)} services; "
           f"the farthest from a staffed point is {farthest:.0f} min by car")  # fmt: skip
    visits = with_visiting_days(region, model, people)
    for (person, weekday), trip in visits.trip_min.items():
        place = next(p.place[weekday] for p in visits.staff if p.id == person)
        yield f"person {person} of {visits.home[person]} spends {WEEKDAYS[weekday]} at {place}, {2.0 * trip:.0f} min of it on the way"


def as_dict(invariants: Mapping[str, object], name: str) -> dict[str, object]:
    """One table of the invariants, empty where the region gives none."""
    table = invariants.get(name)
    return table if isinstance(table, dict) else {}
