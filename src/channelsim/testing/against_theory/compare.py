"""Runs a world beside its closed forms, and where they differ without the features that a closed form does not have."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import isfinite, sqrt

from scipy.stats import t as student

from channelsim.scenario.expected import Expected, KnownAnswer, Wanted
from channelsim.scenario.queues import Queues
from channelsim.testing.against_theory.nearest import Nearest, laws_of, nearest
from channelsim.testing.against_theory.simplify import Rung, remarks, rungs, simplest
from channelsim.testing.against_theory.station import Station, constant, is_constant, product_form, stations_of
from channelsim.testing.known_answers.judge import FALSE_ALARM_SE, LEAST_OBSERVATIONS
from channelsim.testing.known_answers.run import verify_case

AGREES, EXPLAINED, UNEXPLAINED, NO_LONG_RUN, NOTHING = "agrees", "explained", "unexplained", "no long run", "nothing to do"
MOST_CONTACTS = 200_000  # of a replication of a simplified station
RELAXATIONS = 10.0  # of warm-up: the empty start has left a part of e^-10
RARE_CONTACTS = 5.0  # a share that simulates as 0 may be this many contacts of all
OTHER_SEED = 1_000_003  # added for the second look
Key = tuple[str, str]  # measure, class ("": all of the station)


@dataclass(frozen=True)
class Simulated:
    """An estimate with the half-width of its 95 % interval."""

    value: float
    standard_error: float
    half_width: float
    n: int


@dataclass(frozen=True)
class Line:
    """One measure: what theory says, what the simulation says, and whether they agree."""

    measure: str
    of: str
    theory: float | None
    simulated: Simulated
    agrees: bool


@dataclass(frozen=True)
class Walk:
    """A station without a feature more: what was removed, and what it gives then."""

    removed: tuple[str, ...]
    values: dict[str, Simulated]


@dataclass(frozen=True)
class Judged:
    """A station beside its closed form."""

    station: Station
    nearest: Nearest | None
    verdict: str
    lines: tuple[Line, ...]
    features: tuple[str, ...]
    remarks: tuple[str, ...] = ()
    walk: tuple[Walk, ...] = ()
    at_the_end: tuple[Line, ...] = ()  # the simplest form of the station beside its own formula
    end: Nearest | None = None


@dataclass(frozen=True)
class Effort:
    """How the simulations are run."""

    engine: str = "fast"
    seed: int | None = None
    replications: int = LEAST_OBSERVATIONS
    most_min: float = 1.0  # wall clock of each


def compare(queues: Queues, effort: Effort) -> tuple[list[Judged], float]:
    """Every station of a world beside its closed form, and the warm-up that the world was given.

    Notes
    -----
    Waits of few replications are skewed: their mean is often low together with its error. So a difference that
    nothing explains counts only if a second, larger simulation with another seed shows it too.
    """
    judged, warm_up_min = _look(queues, effort)
    if any(j.verdict == UNEXPLAINED for j in judged):
        seed = queues.seed if effort.seed is None else effort.seed
        again = replace(effort, seed=seed + OTHER_SEED, replications=4 * effort.replications, most_min=4.0 * effort.most_min)
        second, _ = _look(queues, again)
        judged = [b if a.verdict == UNEXPLAINED else a for a, b in zip(judged, second, strict=True)]
    return judged, warm_up_min


def _look(queues: Queues, effort: Effort) -> tuple[list[Judged], float]:
    follow = product_form(queues)
    stations = stations_of(queues, follow or {})
    queues = replace(queues, warm_up_min=_warm_up(queues, stations))
    found = simulated(queues, _wanted(stations), effort)
    if follow is None:
        arrived = {c.name: found[("arrived", c.name)].value for c in queues.classes}
        stations = stations_of(queues, {c.name: arrived[c.name] for c in queues.classes if _is_followed(queues, c.name)})
        stations = [_without_own(s) for s in stations]
    else:
        stations = [_at_total_rates(s) for s in stations]
    return [judge(s, found, effort) for s in stations], queues.warm_up_min


def judge(station: Station, found: dict[Key, Simulated], effort: Effort) -> Judged:
    """One station: its formula, the gap, and what explains it."""
    if not any(station.per_min(c) * station.service_of(c).mean_min for c in station.classes):
        return Judged(station, None, NOTHING, (), ())
    near = nearest(simplest(station, keep_service_law=True))
    steps = list(rungs(station))
    features = tuple(word for rung in steps for word in rung.removed)
    lines = tuple(_lines(station, near, found))
    if not near.has_long_run:
        return Judged(station, near, NO_LONG_RUN, lines, features)
    judged = Judged(station, near, AGREES, lines, features, tuple(remarks(station)))
    if all(line.agrees for line in lines):
        return judged
    if not steps:
        return replace(judged, verdict=UNEXPLAINED)
    walk = tuple(Walk(rung.removed, _of_rung(rung, effort)) for rung in steps)
    end = nearest(steps[-1].station)
    if not end.has_long_run:
        return replace(judged, verdict=NO_LONG_RUN, walk=walk, end=end)
    last = {(measure, ""): value for measure, value in walk[-1].values.items()}
    station_wide = replace(end, values={k: v for k, v in end.values.items() if not k[1]})
    at_the_end = tuple(_lines(steps[-1].station, station_wide, last))
    verdict = EXPLAINED if all(line.agrees for line in at_the_end) else UNEXPLAINED
    return replace(judged, verdict=verdict, walk=walk, at_the_end=at_the_end, end=end)


def simulated(queues: Queues, wanted: dict[Key, Wanted], effort: Effort) -> dict[Key, Simulated]:
    """Measures of a world with their intervals over replications."""
    expected = tuple(Expected(w, 0.0, gated=False) for w in wanted.values())
    case = KnownAnswer(queues.name, "", replace(queues, replications=effort.replications), expected=expected)
    rows = verify_case(case, effort.engine, effort.seed, effort.most_min)
    found = {}
    for key, row in zip(wanted, rows, strict=True):
        value, error = float(row.estimate), float(row.standard_error or 0.0)
        wide = float(student.ppf(0.975, row.observations - 1)) * error if row.observations > 1 else error
        found[key] = Simulated(value, error, wide, row.observations)
    return found


def _wanted(stations: Iterable[Station]) -> dict[Key, Wanted]:
    wanted: dict[Key, Wanted] = {}
    for s in stations:
        names = s.names
        for measure in ("p_wait", "Wq", "p_abandon", "p_block", "p_sent_home", "L"):
            wanted[(measure, "+".join(names))] = Wanted(measure, names)
        for pool in s.pools:
            wanted[("util", pool.name)] = Wanted("util", pool=pool.name)
        for name in names:
            wanted[("Wq", f"class {name}")] = Wanted("Wq", (name,))
            wanted[("arrived", name)] = Wanted("arrived", (name,))
    return wanted


def _lines(station: Station, near: Nearest, found: dict[Key, Simulated]) -> Iterable[Line]:
    """Each value of a formula beside the simulation; and what the formula has no word for."""
    whole = "+".join(station.names)
    laws = laws_of(station)
    length = station.queues.length_min
    for (measure, name), theory in near.values.items():
        if measure == "util":
            for pool in station.pools:
                value = found.get(("util", pool.name)) or found[("util", "")]
                yield _line(measure, pool.name, theory, value, RARE_CONTACTS / (laws.rate * length * value.n))
            continue
        value = found.get((measure, f"class {name}" if name else whole)) or found[(measure, name)]
        scale = laws.mean if measure == "Wq" else 1.0
        yield _line(measure, name, theory, value, scale * RARE_CONTACTS / (laws.rate * length * value.n))
    for measure in ("p_abandon", "p_block", "p_sent_home"):
        unforeseen = found.get((measure, whole)) or found.get((measure, ""))
        if unforeseen is not None and unforeseen.value > 0.0 and (measure, "") not in near.values:
            yield Line(measure, "", None, unforeseen, False)


def _line(measure: str, of: str, theory: float, value: Simulated, rare: float) -> Line:
    near = abs(value.value - theory) <= max(FALSE_ALARM_SE * value.standard_error, rare)
    return Line(measure, of, theory, value, near or not isfinite(theory))


def _of_rung(rung: Rung, effort: Effort) -> dict[str, Simulated]:
    """The simplified station alone, as a world of its own."""
    station = rung.station
    rate = sum(station.per_min(c) for c in station.classes)
    alone = replace(station.queues, length_min=min(station.queues.length_min, max(1.0, float(round(MOST_CONTACTS / rate)))))
    alone = replace(alone, warm_up_min=max(alone.warm_up_min, _warm_up(alone, [station])))
    measures = ["p_wait", "Wq", "p_abandon", "p_block", "p_sent_home", "util"] if station.pools else ["p_wait", "L"]
    found = simulated(alone, {(m, ""): Wanted(m) for m in measures}, effort)
    return {measure: value for (measure, _), value in found.items()}


def _warm_up(queues: Queues, stations: Iterable[Station]) -> float:
    """The world's own warm-up, or as long as a steady world needs to forget that it began empty."""
    longest = queues.warm_up_min
    varies = any(c.hours or c.arrivals_at_min or not is_constant(c) for c in queues.classes) or any(p.shifts for p in queues.pools)
    for s in stations:
        rate = sum(s.per_min(c) for c in s.classes)
        mean = laws_of(s).mean if rate else 0.0
        if varies or not mean:
            continue
        need = mean
        if s.pools:
            servers = sum(p.staff for p in s.pools)
            slack = max(1e-3, sqrt(servers / mean) - sqrt(rate)) if rate * mean < servers else 1e-3
            patience = [c.patience.mean_min for c in s.classes if c.patience is not None]
            need += min(1.0 / slack**2, max(patience) if len(patience) == len(s.classes) else 1e9)
        longest = max(longest, min(RELAXATIONS * need, 10.0 * queues.length_min))
    return float(round(longest))


def _is_followed(queues: Queues, name: str) -> bool:
    rules = [rule for c in queues.classes for rule in (c.moves_on, c.call_back) if rule is not None]
    moved = any(rule.to == name for rule in rules)
    return moved or any(f.to == name for c in queues.classes for rows in c.after.values() for f in rows)


def _without_own(s: Station) -> Station:
    """Follow-ups are what came, less what comes of itself."""
    own = replace(s, follow_per_min={})
    follow = {n: total - own.per_min(c) for c in s.classes for n, total in s.follow_per_min.items() if n == c.name}
    return replace(s, follow_per_min={n: r for n, r in follow.items() if r > 0.0})


def _at_total_rates(s: Station) -> Station:
    """A station of a network of product form: it is in the long run like one at which all come of themselves."""
    classes = tuple(replace(c, rates=constant(s.per_min(c))) if s.follow_per_min.get(c.name) else c for c in s.classes)
    return replace(s.changed(classes=classes), follow_per_min={})
