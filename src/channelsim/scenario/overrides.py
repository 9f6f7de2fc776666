"""Other figures in place of those of a region or a strategy, by their paths: the values of a study's alternatives.

A path is written as the input is: `region.TABLE.ROW[.COLUMN]` for a row of one of the region's tables, `staff.PART.KEY` for a
key of its staff.yaml (`staff_overrides`), and `strategy.PART.KEY` for a key of a strategy's file. What comes out has a digest
of its own, so that the digest of a world tells its inputs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from scipy import optimize, special

from channelsim.scenario.compile_demand import cell_means
from channelsim.scenario.region import Parameter, Region, Strategy
from channelsim.scenario.staff_overrides import is_staff_path, with_staff_values

Level = bool | int | float | str
# Shares that add up to one, or to no more: where some are set the others make room.
SUM_TO_ONE = (("profile", "phone_hour_share"), ("profile", "visit_hour_share"), ("profile", "web_hour_share"),
              ("web", "after_failure_share"), ("segment", "share_of_unemployed"))  # fmt: skip
SUM_AT_MOST_ONE = (
    ("phone", "after_abandon_share"),
    ("phone", "after_blocked_share"),
    ("visit", "after_abandon_share"),
    ("profile", "weekend_need_share"),
)

STRATEGY_FIELDS = {
    "strategy.channel.web_preference": "web_preference",
    "strategy.channel.phone_preference_increment": "phone_preference_increment",
    "strategy.channel.advice_answered_on_web": "advice_answered_on_web",
    "strategy.customer.triage": "triage",
    "strategy.customer.help_after_min": "help_after_min",
    "strategy.customer.small_point_backup": "small_point_backup",
}
FIRST_LINE = "strategy.customer.first_line."
PREFERENCE_OF_STUDY = "web_preference_of_study_share"
SMALLEST_SHARE = 1e-9  # odds of 0 and 1 cannot be moved


def overridden(region: Region, strategy: Strategy, levels: Mapping[str, Level]) -> tuple[Region, Strategy]:
    """The region and strategy with other values at some paths.

    Parameters
    ----------
    region, strategy
        As they were read.
    levels : mapping
        Path -> value, all of which `region_paths`, `staff_paths` or `strategy_paths` know.

    Raises
    ------
    KeyError
        For a path that names nothing.
    """
    region = with_region_values(region, {p: v for p, v in levels.items() if p.startswith("region.")})
    of_staff = {p: v for p, v in levels.items() if is_staff_path(p)}
    if of_staff:
        region = replace(region, staff=with_staff_values(region.staff, of_staff), digest=_digest_with(region.digest, of_staff))
    return with_strategy_values(region, strategy, {p: v for p, v in levels.items() if p.startswith("strategy.")})


# --- the region -----------------------------------------------------------------------------------
def region_paths(region: Region) -> dict[str, Level]:
    """Every path of a region that may be set, with its value; a parameter also as a whole, all keys at once (value: of its first)."""
    paths: dict[str, Level] = {}
    for (group, name, key), p in region.parameters.items():
        if (group, name) not in (*SUM_TO_ONE, *SUM_AT_MOST_ONE):
            paths.setdefault(f"region.parameters.{group}.{name}", p.base)
        paths[f"region.parameters.{group}.{name}.{key}"] = p.base
    paths |= {f"region.delays.{d.name}.mean_min": d.mean_min for d in region.delays.values()}
    for a in region.appointments.values():
        for column in ("slot_min", "bookable_share", "notice_min", "horizon_working_days", "hold_before_min", "reserved_share"):
            paths[f"region.appointments.{a.skill}.{column}"] = getattr(a, column)
    paths |= {f"region.municipalities.{m.name}.unemployed": m.unemployed for m in region.municipalities}
    paths |= {f"region.national_line.{n.pool}.persons": n.persons for n in region.national_lines}
    paths |= {f"region.segment_service.{g}.{s}": w for (g, s), w in region.segment_service.items()}
    paths |= {f"region.municipality_segment.{m}.{g}": w for (m, g), w in region.municipality_segment.items()}
    return paths | {f"region.targets.{t.measure}": t.target for t in region.targets}


def with_region_values(region: Region, levels: Mapping[str, Level]) -> Region:
    """The region with other figures at some paths."""
    if not levels:
        return region
    by_table: dict[str, dict[str, float]] = {}
    for path, value in sorted(levels.items()):
        _, table, rest = path.split(".", 2)
        by_table.setdefault(table, {})[rest] = float(value)
    for table, values in by_table.items():
        region = TABLES[table](region, values)
    return replace(region, digest=_digest_with(region.digest, levels))


def with_parameters(region: Region, values: Mapping[tuple[str, str, str], float]) -> Region:
    """The region with other base values; shares that must add up are kept so by those that are not set."""
    parameters = {k: _with_base(p, values[k]) if k in values else p for k, p in region.parameters.items()}
    for family in (*SUM_TO_ONE, *SUM_AT_MOST_ONE):
        mine = [k for k in parameters if k[:2] == family]
        given = [k for k in mine if k in values]
        if not given:
            continue
        shares = make_room([parameters[k].base for k in mine], [k in values for k in mine], family in SUM_TO_ONE)
        parameters |= {k: _with_base(parameters[k], share) for k, share in zip(mine, shares, strict=True)}
    return replace(region, parameters=parameters)


def make_room(shares: list[float], is_set: list[bool], to_one: bool) -> list[float]:
    """Shares that add up to one (or to no more): those set stay, the others are scaled; all are scaled where that cannot be."""
    total = sum(shares)
    if total == 1.0 or (not to_one and total <= 1.0):
        return shares
    fixed = sum(s for s, given in zip(shares, is_set, strict=True) if given)
    if fixed <= 1.0 and total > fixed:
        return [s if given else s * (1.0 - fixed) / (total - fixed) for s, given in zip(shares, is_set, strict=True)]
    return [s / total for s in shares]


def _with_base(p: Parameter, value: float) -> Parameter:
    return replace(p, base=value, low=min(p.low, value), high=max(p.high, value))


def _parameters(region: Region, values: dict[str, float]) -> Region:
    wanted: dict[tuple[str, str, str], float] = {}
    for rest, value in sorted(values.items(), key=lambda item: item[0].count(".")):  # one key after the whole parameter
        group, name, *key = rest.split(".", 2)
        keys = [key[0]] if key else region.keys(group, name)
        if not keys or (group, name, keys[0]) not in region.parameters:
            raise KeyError(f"region.parameters.{rest}")
        wanted |= {(group, name, k): value for k in keys}
    return with_parameters(region, wanted)


def _delays(region: Region, values: dict[str, float]) -> Region:
    new = {rest.partition(".")[0]: value for rest, value in values.items()}
    return replace(region, delays={n: replace(d, mean_min=new.get(n, d.mean_min)) for n, d in region.delays.items()})


def _appointments(region: Region, values: dict[str, float]) -> Region:
    books = dict(region.appointments)
    for rest, value in values.items():
        skill, _, column = rest.rpartition(".")
        changes: dict[str, Any] = {column: int(value) if column == "horizon_working_days" else value}
        books[skill] = replace(books[skill], **changes)
    return replace(region, appointments=books)


def _municipalities(region: Region, values: dict[str, float]) -> Region:
    new = {rest.rpartition(".")[0]: value for rest, value in values.items()}
    towns = tuple(replace(m, unemployed=new.get(m.name, m.unemployed)) for m in region.municipalities)
    return replace(region, municipalities=towns)


def _national_line(region: Region, values: dict[str, float]) -> Region:
    new = {rest.rpartition(".")[0]: int(value) for rest, value in values.items()}
    return replace(region, national_lines=tuple(replace(n, persons=new.get(n.pool, n.persons)) for n in region.national_lines))


def _segment_service(region: Region, values: dict[str, float]) -> Region:
    new = {pair: values.get(".".join(pair), weight) for pair, weight in region.segment_service.items()}
    return replace(region, segment_service=new)


def _municipality_segment(region: Region, values: dict[str, float]) -> Region:
    new = dict(region.municipality_segment)
    for town in {rest.partition(".")[0] for rest in values}:
        mine = [pair for pair in new if pair[0] == town]
        shares = [values.get(".".join(pair), new[pair]) for pair in mine]
        new |= dict(zip(mine, make_room(shares, [".".join(pair) in values for pair in mine], True), strict=True))
    return replace(region, municipality_segment=new)


def _targets(region: Region, values: dict[str, float]) -> Region:
    return replace(region, targets=tuple(replace(t, target=values.get(t.measure, t.target)) for t in region.targets))


TABLES: dict[str, Callable[[Region, dict[str, float]], Region]] = {
    "parameters": _parameters, "delays": _delays, "appointments": _appointments, "municipalities": _municipalities,
    "national_line": _national_line, "segment_service": _segment_service, "municipality_segment": _municipality_segment,
    "targets": _targets,
}  # fmt: skip


# --- the strategy ---------------------------------------------------------------------------------
def strategy_paths(services: Iterable[str]) -> tuple[str, ...]:
    """Every path of a strategy."""
    return (*STRATEGY_FIELDS, *(f"{FIRST_LINE}{name}" for name in (*services, "default")))


def with_strategy_values(region: Region, strategy: Strategy, levels: Mapping[str, Level]) -> tuple[Region, Strategy]:
    """The strategy with other values at some paths; a web preference that is a number becomes a parameter of the region."""
    if not levels:
        return region, strategy
    changes: dict[str, Any] = {}
    first_line = dict(strategy.first_line)
    for path, value in levels.items():
        if path.startswith(FIRST_LINE):
            first_line[path.removeprefix(FIRST_LINE)] = str(value)
        elif path == "strategy.channel.web_preference" and not isinstance(value, str):
            region = with_preference(region, strategy.web_preference, float(value))
            changes["web_preference"] = PREFERENCE_OF_STUDY
        else:
            changes[STRATEGY_FIELDS[path]] = value
    return region, replace(strategy, first_line=first_line, **changes)


def with_preference(region: Region, pattern: str, mean: float) -> Region:
    """The region with a web preference whose mean over needs is given, and whose pattern over segments is that of a parameter.

    What question it answers: what if as many chose the web as this? All segments move by the same odds ratio, so that
    their order stays, no share leaves [0, 1], and the pattern's own mean gives the pattern itself.
    """
    weight = np.zeros(len(region.segments))
    for _, g, s, needs in cell_means(region):
        segment, service = region.segments[g].id, region.services[s].id
        able = region.value("segment", "web_capable_share", segment) * region.value("service", "web_eligible_share", service)
        weight[g] += needs * able
    shares = np.array([region.value("segment", pattern, g.id, 0.0) for g in region.segments])
    moved = shifted(shares, weight, mean)
    new = {
        ("segment", PREFERENCE_OF_STUDY, g.id): Parameter(
            "segment", PREFERENCE_OF_STUDY, g.id, "share", share, share, share, None, (), "derived", "the study", f"pattern of {pattern}"
        )
        for g, share in zip(region.segments, moved.tolist(), strict=True)
    }
    digest = _digest_with(region.digest, {f"web preference after {pattern}": mean})
    return replace(region, parameters={**region.parameters, **new}, digest=digest)


def shifted(shares: np.ndarray, weight: np.ndarray, mean: float) -> np.ndarray:
    """Shares moved by one odds ratio so that their weighted mean is `mean`; at 0 and 1 all are so."""
    if mean <= 0.0 or mean >= 1.0:
        return np.full(len(shares), min(max(mean, 0.0), 1.0))
    log_odds = special.logit(np.clip(shares, SMALLEST_SHARE, 1.0 - SMALLEST_SHARE))
    log_ratio = optimize.brentq(lambda x: np.average(special.expit(log_odds + x), weights=weight) - mean, -60.0, 60.0, xtol=1e-13)
    return np.asarray(special.expit(log_odds + log_ratio))


def _digest_with(digest: str, levels: Mapping[str, Level]) -> str:
    return hashlib.sha256(f"{digest}|{sorted(levels.items())!r}".encode()).hexdigest()
