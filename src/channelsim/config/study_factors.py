"""The factors of a study file: their paths, levels and ranges, and the alternatives that its design makes of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from channelsim.config.study_files import AS_IT_IS, AbsenceWavePart, AlternativesPart, FactorPart, LayoffPart, StudyFile
from channelsim.config.study_paths import ALIASES, Paths, is_plan
from channelsim.demand.weeks import GIVEN_LAYER
from channelsim.scenario.futures import AbsenceWave, Layoff, people_of
from channelsim.scenario.input_groups import InputGroup
from channelsim.scenario.overrides import Level, region_paths
from channelsim.scenario.region import Region
from channelsim.scenario.staff_overrides import staff_paths
from channelsim.study import sampling
from channelsim.study.design import CORE, INPUTS, STRATEGY, Alternative

SHORT = {"office_model": "office_models", "strategy": "strategies", "staffing_split": "staffing_splits"}
SAMPLES = ("latin_hypercube", "sobol", "sobol_indices", "morris", "one_at_a_time")
NEUTRAL: dict[str, Level] = {"released_posts": "kept", "demand.scale": 1.0, "web_preference.scale": 1.0, "staff.scale": 1.0,
                             "web.adoption": 1.0}  # fmt: skip
MOST_ALTERNATIVES = 20_000
ALL_INPUTS = "inputs.*"


class Teller(Protocol):
    """Where problems of the file are told."""

    data: Any

    def say(self, where: tuple[Any, ...], what: str, mend: str) -> None:
        """A problem at a place of the file."""


@dataclass(frozen=True)
class Factors:
    """What a study varies, checked."""

    is_new: bool  # False: office models x strategies x staffing splits in short
    levels: dict[str, list[Level]]
    between: dict[str, tuple[float, float]]
    plans: tuple[str, ...]
    baseline: dict[str, Level]
    part: AlternativesPart
    rows: list[dict[str, Level]]
    groups: tuple[InputGroup, ...]

    @property
    def strategies(self) -> list[str]:
        """Names of all strategies of the study."""
        return list(dict.fromkeys(str(v) for v in (*self.levels["strategy"], *(r["strategy"] for r in self.rows if "strategy" in r))))

    def alternatives(self, seed: int, base_model: str, base_strategy: str, told: Teller) -> list[Alternative]:
        """Levels put together as the design says."""
        base: dict[str, Level] = {"office_model": base_model, "strategy": base_strategy, **self.baseline}
        conditions = [p for p in self.levels if p not in (*self.plans, "office_model", "strategy")]
        plans = [p for p in self.levels if p not in (*conditions, "strategy")]
        ordered = {p: sorted(self.levels[p], key=lambda v, p=p: v != base.get(p, AS_IT_IS)) if p not in conditions else self.levels[p]  # type: ignore[misc]
                   for p in (*conditions, *plans, "strategy") if self.levels[p]}  # fmt: skip
        if self.part.design == "list":
            fixed = {p: v[0] for p, v in ordered.items() if len(v) == 1}
            return [_alternative({**base, **fixed, **row}) for row in self.rows]
        try:
            rows = sampling.fractional(ordered, self.part.generators) if self.part.design == "fractional" else sampling.full(ordered)
        except ValueError as error:
            told.say(("alternatives", "generators"), str(error), "make a factor from free ones, or take another design")
            return []
        points = self.sample(seed)
        n = len(rows) * max(1, len(points))
        if n > MOST_ALTERNATIVES:
            told.say(("alternatives",), f"{n:,} alternatives, more than {MOST_ALTERNATIVES:,}", "take fewer points or levels")
            return []
        at: list[sampling.Point | None] = [*points] or [None]
        return [_alternative(row, point) for point in at for row in rows]

    def sample(self, seed: int) -> list[sampling.Point]:
        """Points of the factors that have a range; none where the design takes none."""
        design, n = self.part.design, self.part.points or 0
        if design not in SAMPLES:
            return []
        if design == "morris":
            return sampling.morris(self.between, self.part.trajectories or 0, seed)
        if design == "one_at_a_time":
            return sampling.one_at_a_time(self.between)
        makers = {"latin_hypercube": sampling.latin_hypercube, "sobol": sampling.sobol, "sobol_indices": sampling.sobol_indices}
        return makers[design](self.between, n, seed)


def _alternative(levels: Mapping[str, Level], point: sampling.Point | None = None) -> Alternative:
    others = tuple(sorted((p, v) for p, v in levels.items() if p not in CORE and v != AS_IT_IS))
    core = {name: str(levels[name]) for name in CORE}
    return Alternative(**core, others=others, sampled=tuple(point.levels.items()) if point else (), point=point.name if point else "")


def read_futures(f: StudyFile, region: Region, folder: Path, told: Teller) -> dict[str, dict[str, Any]]:
    """The bundles of levels, checked: what each names, and whether its values may stand there."""
    paths = Paths(region, folder, f.futures)
    futures: dict[str, dict[str, Any]] = {}
    for name, bundle in f.futures.items():
        futures[name] = {}
        for path, given in bundle.items():
            value: Any = given
            if isinstance(given, LayoffPart):
                value = Layoff(**given.model_dump())
            elif isinstance(given, AbsenceWavePart):
                value = AbsenceWave(**given.model_dump())
            where = ("futures", name, path)
            if path in (*CORE, "future"):
                told.say(where, f"{path} is no part of a future", "make it a factor of its own")
            elif _told_unknown(paths, path, where, told) and (what := paths.wrong(ALIASES.get(path, path), value)):
                told.say(where, what, "give another value")
            futures[name][ALIASES.get(path, path)] = value
    return futures


def _told_unknown(paths: Paths, path: str, where: tuple[Any, ...], told: Teller) -> bool:
    """Whether a path is known; if not, it is told."""
    problem = paths.unknown(ALIASES.get(path, path))
    if problem:
        told.say(where, *problem)
    return problem is None


def read_factors(f: StudyFile, region: Region, folder: Path, futures: Mapping[str, Any], made: list[str], told: Teller) -> Factors:
    """Every factor of the file with its levels; problems are told at their lines."""
    paths = Paths(region, folder, futures)
    levels: dict[str, list[Level]] = {path: list(getattr(f, short)) for path, short in SHORT.items()}
    between: dict[str, tuple[float, float]] = {}
    roles: dict[str, str] = {}
    for path, part in _spread(f, paths).items():
        name, where = ALIASES.get(path, path), ("factors", ALL_INPUTS if path.startswith(INPUTS) and path not in f.factors else path)
        if not _told_unknown(paths, name, where, told):
            continue
        if name in SHORT and levels[name]:
            told.say(where, f"{name} stands under {SHORT[name]} too", "keep one of the two")
            continue
        roles[name] = part.role or ("plan" if is_plan(name) else "condition")
        _check_part(paths, name, part, roles[name], where, told)
        if part.between:
            between[name] = (part.between[0], part.between[1])
        else:
            levels[name] = list(part.levels)
    levels["office_model"] += [m for m in made if m not in levels["office_model"]]
    if made and f.review is not None and f.review.office_model not in levels["office_model"]:
        levels["office_model"].insert(0, f.review.office_model)
    levels["staffing_split"] = levels["staffing_split"] or [region.staffing_split]
    is_new = bool(f.factors or f.futures or made or f.alternatives.model_fields_set)
    rows = _rows(f, paths, roles, told)
    _check_floods(paths, levels, between, rows, futures, told)
    _check_design(f, levels, between, told)
    plans = tuple(p for p, role in roles.items() if role == "plan" and p not in CORE)
    usual = {**NEUTRAL, **region_paths(region), **staff_paths(region.staff)}
    baseline = {p: usual[p] for p in plans if p in usual and usual[p] in levels.get(p, ())} | _baseline(f, paths, roles, told)
    return Factors(is_new, levels, between, plans, baseline, f.alternatives, rows, paths.groups if is_new else ())


def _check_floods(
    paths: Paths, levels: Mapping[str, list[Level]], between: Mapping[str, tuple[float, float]], rows: list[dict[str, Level]],
    futures: Mapping[str, Any], told: Teller,
) -> None:  # fmt: skip
    """Demand that grows by a factor and a lay-off together beyond what can be drawn."""
    scales = [*levels.get("demand.scale", ()), *between.get("demand.scale", ()), *(r.get("demand.scale", 1.0) for r in rows)]
    usual = max((float(s) for s in scales if isinstance(s, int | float)), default=1.0)
    for name, bundle in futures.items():
        scale, layoff = bundle.get("demand.scale", usual), bundle.get("demand.layoff")
        if not isinstance(layoff, Layoff) or not isinstance(scale, int | float) or paths.wrong("demand.layoff", layoff):
            continue
        growth = 1.0 + layoff.persons / people_of(paths.region, layoff.municipality, layoff.segment)
        if growth * scale > GIVEN_LAYER:
            what = (
                f"a lay-off that makes demand {growth:.1f} times as large and demand.scale {scale:g} are more than {GIVEN_LAYER} together"
            )
            told.say(("futures", name, "demand.layoff"), what, "make one of them smaller")


def _spread(f: StudyFile, paths: Paths) -> dict[str, FactorPart]:
    """The factors of the file; `inputs.*` stands for every group of inputs that has a range."""
    found: dict[str, FactorPart] = {}
    for path, given in f.factors.items():
        part = given if isinstance(given, FactorPart) else FactorPart.model_construct(levels=given, between=[], role=None)
        names = [f"{INPUTS}{g.name}" for g in paths.groups] if path == ALL_INPUTS else [path]
        found |= {name: part for name in names or [path]}
    return found


def _check_part(paths: Paths, name: str, part: FactorPart, role: str, where: tuple[Any, ...], told: Teller) -> None:
    given = f"factors.{where[1]}"
    if not part.levels and not part.between:
        told.say(where, f"{given} has no levels", "give at least one")
    if name.startswith(STRATEGY) and role != "plan":
        told.say(where, f"{name} belongs to the strategy", "leave out its role")
    if part.between and not (paths.numeric(name) and (role == "condition" or name.startswith(STRATEGY))):
        told.say(where, f"no points of a range can be taken of {name}", "give levels")
        return
    place = _at(told.data, where)
    inner = (*where, "levels") if isinstance(place, Mapping) and "levels" in place else where
    seen: list[Level] = []
    for i, level in enumerate(part.levels or part.between):
        if level == AS_IT_IS and name not in CORE:
            what = ""
        else:
            what = paths.wrong(name, level)
        what = what or (f"{level!r} stands twice" if level in seen else "")
        seen.append(level)
        if what:
            told.say((*inner, i) if part.levels else (*where, "between", i), what, "give another level")


def _rows(f: StudyFile, paths: Paths, roles: dict[str, str], told: Teller) -> list[dict[str, Level]]:
    """The rows of a list, checked; factors that only rows name take their usual role."""
    rows = []
    for i, row in enumerate(f.alternatives.rows):
        for path, level in row.items():
            name, where = ALIASES.get(path, path), ("alternatives", "rows", i, path)
            if _told_unknown(paths, name, where, told):
                roles.setdefault(name, "plan" if is_plan(name) else "condition")
                if (level != AS_IT_IS or name in CORE) and (what := paths.wrong(name, level)):
                    told.say(where, what, "give another level")
        rows.append({"staffing_split": paths.region.staffing_split, **{ALIASES.get(p, p): v for p, v in row.items()}})
    return rows


def _baseline(f: StudyFile, paths: Paths, roles: dict[str, str], told: Teller) -> dict[str, Level]:
    """Levels of the baseline; a condition has none, since plan and baseline meet the same."""
    found: dict[str, Level] = {}
    for path, level in f.baseline.levels.items():
        name, where = ALIASES.get(path, path), ("baseline", "levels", path)
        if not _told_unknown(paths, name, where, told):
            continue
        if name in CORE or roles.get(name) == "condition":
            told.say(where, f"{name} is the same for plan and baseline", "remove it here, or give the factor the role plan")
        elif name not in roles:
            told.say(where, f"{name} is no factor of this study", "make it one, or remove it here")
        elif level != AS_IT_IS:
            if what := paths.wrong(name, level):
                told.say(where, what, "give another level")
            found[name] = level
    return found


def _check_design(f: StudyFile, levels: Mapping[str, list[Level]], between: Mapping[str, Any], told: Teller) -> None:
    """What a design needs and what it has no use for."""
    part, design = f.alternatives, f.alternatives.design
    asks = {"list": ("rows",), "fractional": ("generators",), "morris": ("trajectories",)}.get(
        design, ("points",) if design in SAMPLES and design != "one_at_a_time" else ()
    )
    for key in ("rows", "generators", "points", "trajectories"):
        if key in asks and not getattr(part, key):
            told.say(("alternatives", key), f"the design {design} has no {key}", f"add `{key}:`")
        elif key not in asks and getattr(part, key):
            told.say(("alternatives", key), f"the design {design} takes no {key}", "remove it, or take another design")
    if design in ("sobol", "sobol_indices") and part.points and part.points & (part.points - 1):
        told.say(("alternatives", "points"), f"{part.points} is no power of two", f"take {1 << part.points.bit_length()}")
    if design == "sobol_indices" and part.points == 1:
        told.say(("alternatives", "points"), "one point shows no spread", "take 64 or more")
    if design in SAMPLES and not between:
        told.say(("alternatives", "design"), f"{design} takes points of a range, and no factor has `between`", "give one to some factor")
    if between and design not in SAMPLES:
        told.say(("factors", next(iter(between))), f"the design {design} takes no points of a range", f"use one of {', '.join(SAMPLES)}")
    for path, short in (("office_model", "office_models"), ("strategy", "strategies")):
        if not levels[path] and design != "list":
            told.say((short,), f"the study has no alternatives: neither {short} nor the factor {path} has a level", f"add `{short}:`")


def _at(data: Any, where: tuple[Any, ...]) -> Any:
    for part in where:
        data = data.get(part, {}) if isinstance(data, Mapping) else {}
    return data
