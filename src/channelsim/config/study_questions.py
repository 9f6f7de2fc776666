"""Checks the questions of a study against its design, and makes them what `study.answers` takes."""

from __future__ import annotations

from typing import Any, Protocol

from channelsim.config.lines import suggestion
from channelsim.config.region_values import WHOLE
from channelsim.config.study_analyses import (
    AboutPart,
    AnalysisPart,
    AttributePart,
    BreakEvenPart,
    ChoosePart,
    ComparePart,
    ContourPart,
    EqualServicePart,
    FavouritePart,
)
from channelsim.config.study_paths import ALIASES
from channelsim.metrics import MEASURES
from channelsim.metrics.paired import PAIRED
from channelsim.study.answers import asked as A
from channelsim.study.answers.answer import KINDS
from channelsim.study.answers.attribution import plan_factors, used_by
from channelsim.study.answers.values import NO_DIFFERENCES, OUTCOMES
from channelsim.study.design import FUTURE, Study, written

KIND_OF = {name: kind for kind, name in KINDS.items()}
DESIGNS = {
    "attribute": ("full",), "break_even": ("full", "list"), "choose": ("full", "fractional", "list"), "screen": ("morris",),
    "sobol": ("sobol_indices",), "metamodel": ("latin_hypercube", "sobol"), "spread": ("latin_hypercube", "sobol", "sobol_indices"),
    "tornado": ("one_at_a_time",), "flips": ("one_at_a_time",), "contour": ("full", "list"),
    "favourite": ("full", "fractional", "list"), "regret": ("full", "list"),
}  # fmt: skip
Where = tuple[Any, ...]


class Teller(Protocol):
    """Where problems of the file are told."""

    def say(self, where: Where, what: str, mend: str) -> None:
        """A problem at a place of the file."""


def read_questions(parts: list[AnalysisPart], study: Study, told: Teller) -> tuple[A.Asked, ...]:
    """The questions of a study with its alternatives; problems are told at their lines."""
    return tuple(_read(*part.one, study, ("analyses", i, part.one[0]), told) for i, part in enumerate(parts))


def _read(kind: str, part: Any, study: Study, where: Where, told: Teller) -> A.Asked:
    if study.design not in DESIGNS.get(kind, (study.design,)):
        wanted = " or ".join(DESIGNS[kind])
        told.say(where, f"{kind} does not fit the design {study.design}", f"take it out, or use the design {wanted}")
    given = part.model_dump()
    given = {k: v for k, v in given.items() if v is not None}
    if isinstance(part, AboutPart):
        _check_outcome(part, study, where, told)
    if isinstance(part, ComparePart) and part.across:
        given["across"] = _factor(part.across, study, (*where, "across"), told, several=True)
        if given["across"] in ("office_model", "strategy", *study.plan_factors):
            told.say((*where, "across"), f"{part.across} belongs to the plan", "name a condition")
    if isinstance(part, BreakEvenPart):
        given |= {"factor": _factor(part.factor, study, (*where, "factor"), told)} | (
            {"between": tuple(part.between)} if part.between else {}
        )
        _check_levels(part, str(given["factor"]), study, where, told)
    if isinstance(part, ContourPart):
        given |= _grid(part, study, where, told)
    if isinstance(part, FavouritePart):
        given |= {"factor": _factor(part.factor, study, (*where, "factor"), told), "outcomes": tuple(part.outcomes)}
        for i, name in enumerate(part.outcomes):
            if name in NO_DIFFERENCES or name not in PAIRED or study.better.get(name, PAIRED[name][1]) == "neither":
                mend = suggestion(name, PAIRED, "use one of `channelsim schema study`'s page")
                told.say((*where, "outcomes", i), f"{name!r} is no outcome of which one side is better", mend)
        there = [written(v) for v in used_by(list(study.alternatives), given["factor"])]
        if part.level not in there:
            what = f"{part.level!r} is no level of {part.factor}"
            told.say((*where, "level"), what, suggestion(part.level, there, f"use one of {', '.join(there)}"))
    if isinstance(part, ChoosePart):
        for limit in study.constraints:
            if not study.margins.get(limit.outcome):
                what = f"the constraint on {limit.outcome} has no tolerance"
                told.say(where, what, f"give margins: {{{limit.outcome}: ...}}")
    if isinstance(part, AttributePart):
        given |= _attribution(part, study, where, told)
    if isinstance(part, EqualServicePart):
        return _equal_service(part, study, where, told)
    if kind == "regret" and len({a.levels.get(FUTURE) for a in study.alternatives}) < 2:
        told.say(where, "regret needs several futures", "give levels to the factor future")
    return KIND_OF[kind](**given)  # type: ignore[no-any-return]


def _check_outcome(part: AboutPart, study: Study, where: Where, told: Teller) -> None:
    name, place = part.outcome, (*where, "outcome")
    if name in NO_DIFFERENCES:
        told.say(place, f"{name} is not nothing where nothing is changed", "ask about another outcome")
    elif name not in OUTCOMES:
        told.say(place, f"unknown outcome {name!r}", suggestion(name, OUTCOMES, "use one of `channelsim schema study`'s page"))
    elif hasattr(part, "better") and part.better is None and study.better.get(name, OUTCOMES[name][1]) == "neither":
        told.say(place, f"neither way is better for {name}", "say `better: higher` or `better: lower` here")


def _factor(name: str, study: Study, where: Where, told: Teller, several: bool = True) -> str:
    """A factor by its path; what is none, or has one level, is told."""
    path = ALIASES.get(name, name)
    there = list(dict.fromkeys(p for a in study.alternatives for p in a.levels))
    if path not in there:
        told.say(where, f"{name!r} is no factor of this study", suggestion(path, there, f"use one of {', '.join(there)}"))
    elif several and len(used_by(list(study.alternatives), path)) < 2:
        told.say(where, f"{name} has one level", "give it several, or ask about another factor")
    return path


def _check_levels(part: BreakEvenPart, path: str, study: Study, where: Where, told: Teller) -> None:
    low, high = part.between or (-1e9, 1e9)
    numbers = {v for v in used_by(list(study.alternatives), path) if not isinstance(v, bool | str) and low <= v <= high}
    if part.refine and path.endswith(WHOLE):
        told.say((*where, "refine"), f"{part.factor} takes whole numbers, so nothing lies between its levels", "leave it out")
    if len(numbers) < 3 and any(path in a.levels for a in study.alternatives):
        told.say((*where, "factor"), f"{part.factor} has {len(numbers)} levels that are numbers", "give three or more in `factors`")


def _grid(part: ContourPart, study: Study, where: Where, told: Teller) -> dict[str, str]:
    """The factors of a contour by their paths."""
    found = {}
    for key, name, fewest in (("x", part.x, 3), ("y", part.y, 2)):
        found[key] = _factor(name, study, (*where, key), told)
        numbers = {v for v in used_by(list(study.alternatives), found[key]) if not isinstance(v, bool | str)}
        if len(numbers) < fewest and any(found[key] in a.levels for a in study.alternatives):
            told.say((*where, key), f"{name} has {len(numbers)} levels that are numbers", f"give {fewest} or more in `factors`")
    if found["x"] == found["y"]:
        told.say((*where, "y"), f"{part.y} is already along x", "name another factor")
    return found


def _attribution(part: AttributePart, study: Study, where: Where, told: Teller) -> dict[str, Any]:
    """Factors, plan and parts by their paths."""
    factors = tuple(_factor(f, study, (*where, "factors", i), told) for i, f in enumerate(part.factors))
    names = factors or plan_factors(study)
    if not names:
        told.say(where, "no factor of the plan has several levels", "name conditions under `factors`, or give levels")
    plan: dict[str, Any] = {}
    for name, level in part.plan.items():
        path, place = ALIASES.get(name, name), (*where, "plan", name)
        levels = used_by(list(study.alternatives), path)
        if path not in names:
            told.say(place, f"{name!r} is no factor that this asks about", suggestion(path, names, f"use one of {', '.join(names)}"))
        elif level not in levels:
            said = [written(v) for v in levels]
            told.say(place, f"{level!r} is no level of {name}", suggestion(str(level), said, f"use one of {', '.join(said)}"))
        plan[path] = level
    return {"factors": factors, "plan": plan, "made_of": _made_of(part, names, study, where, told)}


def _equal_service(part: EqualServicePart, study: Study, where: Where, told: Teller) -> A.EqualService:
    """Targets with the limit on the side that matters, persons who are there, levels that are in the study."""
    aims = []
    for name, target in part.targets.items():
        place = (*where, "targets", name)
        sided = {n: m for n, m in MEASURES.items() if m.better in ("higher", "lower")}
        if name not in sided:
            told.say(place, f"{name!r} is no measure with a better side", suggestion(name, sided, "use one of a report's measures"))
            continue
        right, wrong = ("at_least", "at_most") if sided[name].better == "higher" else ("at_most", "at_least")
        if getattr(target, wrong) is not None:
            told.say((*place, wrong), f"of {name} {sided[name].better} is better", f"use {right}")
        aims.append(A.Aim(name, target.tolerance, getattr(target, right)))
    models = [study.region.office_models[m] for m in dict.fromkeys(a.office_model for a in study.alternatives)]
    people = [p for model in models for staff in model.staff.values() for p in staff if p.role != "management"]
    kinds = sorted({word for p in people for word in (p.role, p.skill) if word})
    for i, who in enumerate(part.who):
        if who not in kinds:
            told.say(
                (*where, "who", i), f"{who!r} is no role or skill of the staff", suggestion(who, kinds, f"use one of {', '.join(kinds)}")
            )
    only = {_factor(p, study, (*where, "only", p), told, several=False): tuple(levels) for p, levels in part.only.items()}
    for path, levels in only.items():
        there = used_by(list(study.alternatives), path)
        for level in (v for v in levels if v not in there):
            said = [written(v) for v in there]
            told.say(
                (*where, "only", path), f"{level!r} is no level of {path}", suggestion(str(level), said, f"use one of {', '.join(said)}")
            )
    return A.EqualService(tuple(aims), tuple(dict.fromkeys(part.who)), part.most, part.most_needed, part.scan, only)


def _made_of(part: AttributePart, names: tuple[str, ...], study: Study, where: Where, told: Teller) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, levels in part.made_of.items():
        path, place = ALIASES.get(name, name), (*where, "made_of", name)
        if path not in names:
            told.say(place, f"{name!r} is no factor that this asks about", suggestion(path, names, f"use one of {', '.join(names)}"))
            continue
        there = [written(v) for v in used_by(list(study.alternatives), path)]
        for level in (v for v in there if v not in levels):
            told.say(place, f"does not say what {level} is made of", f"add `{level}: {{...}}`")
        for level in (v for v in levels if v not in there):
            told.say((*place, level), f"{level!r} is no level of {name}", suggestion(level, there, f"use one of {', '.join(there)}"))
        if len({tuple(sorted(parts)) for parts in levels.values()}) > 1:
            told.say(place, "all levels must be made of the same parts", "give each level every part")
        found[path] = levels
    return found
