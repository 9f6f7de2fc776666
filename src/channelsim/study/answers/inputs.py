"""Which inputs matter: from Morris' paths, Saltelli's points, samples that fill the ranges, or one input at a time."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd

from channelsim.study.answers.asked import Metamodel, Screen, Sobol, Spread, Tornado
from channelsim.study.answers.lost import lost_points
from channelsim.study.answers.values import Answer, NotAnswered, Values, alternatives_of, short, stacked
from channelsim.study.design import INPUTS, Alternative
from channelsim.study.inference import Sensitivity, UncertainInput, measure_next, morris, polynomial, sobol, spread, tornado

Setting = tuple[tuple[str, float], ...]  # inputs that are not at base, and where they are
FULL = (0.001, 0.999)  # a range of quantiles this wide stands for the whole distribution


def screenings(asked: Screen, values: Values) -> list[Answer]:
    """From Morris' paths; one answer for each plan."""
    found = []
    for where, group in _samples(values, asked.outcome).items():
        table = _in_order(values.of(asked, group))
        points, runs = _paths(table, values)
        lost = lost_points(values, alternatives_of(table)).told("steps to and from them are left out, the others count")
        result = morris(points, runs, _names(values), asked.outcome, values.unit(asked.outcome))
        found.append(Answer("screen", _title("which inputs move", asked.outcome, where), f"{result}{_over(values)}{lost}", result.table()))
    return found


def indices(asked: Sobol, values: Values) -> list[Answer]:
    """From Saltelli's points; one answer for each plan."""
    found = []
    for where, group in _samples(values, asked.outcome).items():
        table, lost = _whole(_in_order(values.of(asked, group)), values)
        result = sobol(stacked(table), _names(values), asked.outcome, values.unit(asked.outcome))
        said = f"{_next(str(result), result, values)}{lost}"
        found.append(Answer("sobol", _title("whose is the spread of", asked.outcome, where), said, result.table()))
    return found


def fits(asked: Metamodel, values: Values) -> list[Answer]:
    """From a sample that fills the ranges; one answer for each plan."""
    found = []
    for where, group in _samples(values, asked.outcome).items():
        table = _in_order(values.of(asked, group))
        result = polynomial(_unit(values, table), stacked(table), _names(values), asked.outcome, values.unit(asked.outcome))
        said = _next(str(result), result.sensitivity, values) if result.trusted else str(result)
        said += lost_points(values, alternatives_of(table)).told("the shares are those of the spread over the others")
        found.append(Answer("metamodel", _title("whose is the spread of", asked.outcome, where), said, result.sensitivity.table()))
    return found


def _next(said: str, result: Sensitivity, values: Values) -> str:
    first = measure_next(result)[0]
    return f"{said}\nto measure next: {first}{_over(values)}"


def spreads(asked: Spread, values: Values) -> list[Answer]:
    """From a sample that fills the ranges, or the independent points of Saltelli's; one answer for each plan."""
    found = []
    for where, group in _samples(values, asked.outcome).items():
        table = _in_order(values.of(asked, [a for a in group if not a.point.startswith("AB ")]))
        result = spread(stacked(table), asked.outcome, values.unit(asked.outcome))
        lost = lost_points(values, alternatives_of(table), "AB ")
        said = f"{result}{_over(values)}{lost.told(lost.bounds(result.p_positive, result.draws))}"
        rows = [("mean", result.mean), ("5 % of the inputs below", result.low), ("95 % below", result.high),
                ("standard deviation by inputs", result.input_sd), ("by luck, one replication", result.luck_sd)]  # fmt: skip
        table_of = pd.DataFrame(rows, columns=["what", f"[{values.unit(asked.outcome)}]"])
        found.append(Answer("spread", _title("luck or ignorance in", asked.outcome, where), said, table_of))
    return found


def tornados(asked: Tornado, values: Values) -> list[Answer]:
    """From one input at a time; one answer for each plan."""
    found = []
    for where, group in values.groups(tuple(values.study.ranges), values.is_plan).items():
        table = values.of(asked, group)
        at: dict[Setting, np.ndarray] = {
            tuple(sorted((p, float(v)) for p, v in a.sampled)): table[a].to_numpy(dtype=float) for a in alternatives_of(table)
        }
        if () not in at:
            raise NotAnswered("no alternative has all inputs at base")
        there = [p for p, ends in values.study.ranges.items() if all(((p, end),) in at for end in ends)]
        inputs = [_input(values, p) for p in there]
        paths = {x.name: p for x, p in zip(inputs, there, strict=True)}
        lost = [short(p) for p in values.study.ranges if p not in there]
        base = {x.name: x.base for x in inputs}

        def sample(settings: Mapping[str, float], at: Mapping[Setting, np.ndarray] = at, base: Mapping[str, float] = base,
                   paths: Mapping[str, str] = paths) -> np.ndarray:  # fmt: skip
            return at[tuple(sorted((paths[n], v) for n, v in settings.items() if v != base[n]))]

        result = tornado(sample, inputs, asked.outcome, values.unit(asked.outcome))
        said = str(result) + (f"\nnot known, since replications at an end stop: {', '.join(lost)}" if lost else "")
        found.append(Answer("tornado", _title("one input at a time:", asked.outcome, where), said, result.table()))
    return found


def _input(values: Values, path: str) -> UncertainInput:
    """A group of inputs by its quantiles; another factor by its ends, with a base that no end has."""
    low, high = values.study.ranges[path]
    return UncertainInput(short(path), low, 0.5 if low < 0.5 < high and path.startswith(INPUTS) else (low + high) / 2.0, high, "")


def _samples(values: Values, outcome: str) -> dict[str, list[Alternative]]:
    """Plans of the design, each with all its points."""
    paths = tuple(values.study.ranges)
    found = values.groups(paths, lambda a: bool(a.point) and ", not of" not in a.point and values.is_plan(a))
    if not found:
        raise NotAnswered(f"no plan was run at the points of the design, so {outcome} has no figures")
    return found


def _in_order(table: pd.DataFrame) -> pd.DataFrame:
    """Columns in the order in which the design made them: A, B, AB 1, AB 2; path by path."""
    ordered: list[Alternative] = sorted(alternatives_of(table), key=_point_number)
    return table[ordered]


def _paths(table: pd.DataFrame, values: Values) -> tuple[np.ndarray, np.ndarray]:
    """(points, values) of all paths, nan where a run is missing."""
    k, there = len(values.study.ranges), alternatives_of(table)
    paths = sorted({_point_number(a)[1] for a in there})
    points, runs = np.full((len(paths), k + 1, k), np.nan), np.full((len(paths), k + 1, len(table)), np.nan)
    for a, row, run in zip(there, _unit(values, table), stacked(table), strict=True):
        _, path, step = _point_number(a)
        points[paths.index(path), step], runs[paths.index(path), step] = row, run
    return points.reshape(-1, k), runs.reshape(-1, len(table))


def _whole(table: pd.DataFrame, values: Values) -> tuple[pd.DataFrame, str]:
    """Only base points (of Saltelli) that have all their runs, and a word on the others.

    Raises
    ------
    NotAnswered
        If fewer than two are whole.
    """
    size = len(values.study.ranges) + 2
    runs: dict[int, list[Alternative]] = {}
    for a in alternatives_of(table):
        runs.setdefault(_point_number(a)[-1], []).append(a)
    kept = {a for some in runs.values() if len(some) == size for a in some}
    n_whole = len(kept) // size
    if n_whole < 2:
        raise NotAnswered(f"{n_whole} of {len(runs)} base points have all their runs; at least two are needed")
    n = len(runs) - n_whole
    what = f"{n} of {len(runs)} base points are left out whole, and the shares are those of the spread over the others"
    lost = lost_points(values, alternatives_of(table)).told(what)
    return table[[a for a in alternatives_of(table) if a in kept]], lost


def _point_number(a: Alternative) -> tuple[int, ...]:
    kind = {"A": 0, "B": 1, "AB": 2}.get(a.point.split()[0], 0)
    return (kind, *map(int, re.findall(r"\d+", a.point)))


def _names(values: Values) -> list[str]:
    return [short(p) for p in values.study.ranges]


def _unit(values: Values, table: pd.DataFrame) -> np.ndarray:
    """[point, input] where each stands between the ends of its range, from 0 to 1."""
    ranges = values.study.ranges
    rows = [[(float(a.levels[p]) - low) / (high - low) for p, (low, high) in ranges.items()] for a in alternatives_of(table)]
    return np.array(rows)


def _over(values: Values) -> str:
    """What *over the inputs* means, where it is less than their whole distributions."""
    ranges = values.study.ranges
    whole = all(p.startswith(INPUTS) and low <= FULL[0] and high >= FULL[1] for p, (low, high) in ranges.items())
    return "" if whole else " (over the study's ranges, all values in them alike)"


def _title(what: str, outcome: str, where: str) -> str:
    return f"{what} {outcome}" + (f", {where}" if where else "")
