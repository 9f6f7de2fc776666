"""`channelsim check-against-theory`: a world of queues beside the closed forms nearest to it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import isfinite
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from channelsim.cli.compiling import compiling_note
from channelsim.config.world import load_world
from channelsim.store.results import write_whole
from channelsim.testing.against_theory import compare as C

CONSOLE = Console(width=140, highlight=False)
WORDS = {
    "p_wait": "share that waits", "Wq": "mean wait, min", "p_abandon": "share that abandons", "p_block": "share turned away",
    "p_sent_home": "share sent home", "util": "utilisation", "L": "mean number present",
}  # fmt: skip
REPORT_IT = "One of the two is wrong; please report it."
NAMES = {"Wq": "mean wait", "L": "mean number present"}


def check_against_theory(file: Path, effort: C.Effort, out: Path | None) -> bool:
    """Print (and write) what theory says of every station of a world; False where it differs and nothing explains it."""
    queues = load_world(file)
    if effort.engine == "fast":
        compiling_note()
    judged, warm_up_min = C.compare(queues, effort)
    if warm_up_min > queues.warm_up_min:
        CONSOLE.print(f"warm-up: {warm_up_min:g} min in place of {queues.warm_up_min:g}, so that the empty beginning does not count")
    for j in judged:
        _print(j)
    if out is not None:
        content = {"world": queues.name, "warm_up_min": warm_up_min, "stations": [as_json(j) for j in judged]}
        text = json.dumps(_finite(content), indent=1, ensure_ascii=False, allow_nan=False)
        write_whole(out, lambda stream: stream.write(f"{text}\n".encode()))
    return all(j.verdict != C.UNEXPLAINED for j in judged)


def _print(j: C.Judged) -> None:
    if j.nearest is None:
        CONSOLE.print(f"\n{j.station.title}: nothing arrives, or service takes no time")
        return
    CONSOLE.print(f"\n{j.station.title}: nearest is {j.nearest.name}. {j.nearest.source}.", soft_wrap=True)
    table = Table("measure", "of", "theory", "simulation", "95 % interval", "gap", "within")
    for line in j.lines:
        _add_line(table, line)
    CONSOLE.print(table)
    if j.walk:
        table = Table("your model, step by step towards the formula", *(WORDS[m] for m in _walked(j)))
        table.add_row("your model", *(_number(_own(j)[m]) for m in _walked(j)))
        for step in j.walk:
            table.add_row("without " + "; ".join(step.removed), *(_estimate(step.values[m]) for m in _walked(j)))
        if j.end is not None:
            table.add_row(f"theory: {j.end.name}", *(_number(j.end.values.get((m, ""))) for m in _walked(j)))
        CONSOLE.print(table)
    CONSOLE.print(in_words(j), soft_wrap=True)


def _add_line(table: Table, line: C.Line) -> None:
    s = line.simulated
    gap = "" if line.theory is None or not isfinite(line.theory) else f"{s.value - line.theory:+.4g}"
    interval = f"{s.value - s.half_width:.5g} to {s.value + s.half_width:.5g}" if isfinite(s.half_width) else "one replication only"
    table.add_row(WORDS[line.measure], line.of, _number(line.theory), _number(s.value), interval, gap, "yes" if line.agrees else "no")


def _walked(j: C.Judged) -> list[str]:
    """Measures of the ladder: those that the formula has, over all classes."""
    return [m for m in ("p_wait", "Wq", "p_abandon", "p_block", "L") if any(m in step.values for step in j.walk) and m in _own(j)]


def _own(j: C.Judged) -> dict[str, float]:
    return {line.measure: line.simulated.value for line in j.lines if not line.of}


def in_words(j: C.Judged) -> str:
    """The verdict of a station as a paragraph."""
    assert j.nearest is not None
    name = j.station.title
    others = [f"The model also has: {'; '.join(j.features)}."] if j.features else []
    others += [f"Note: {'; '.join(j.remarks)}."] if j.remarks else []
    if j.verdict == C.NO_LONG_RUN:
        first = (f"{name}, as the formula takes it, is offered more than it can serve and nobody leaves: theory has no long run for it, "
                 "and a simulated wait only says how long the run, or the day, was.")  # fmt: skip
        return " ".join([first, *others])
    if j.verdict == C.AGREES:
        kind = "is" if not j.features else "behaves like"
        about = " (an approximation)" if j.nearest.approximation else ""
        return " ".join([f"{name} {kind} {j.nearest.name}{about}: theory and simulation agree in every measure.", *others])
    if not j.walk:
        first = f"{name} IS {j.nearest.name}, and the simulation DIFFERS from it: {_differing(j.lines)}. {REPORT_IT}"
        return " ".join([first, *others])
    first = f"{name} differs from {j.nearest.name}: {_differing(j.lines)}."
    if j.verdict == C.EXPLAINED:
        last = f"With all of that taken away the simulation meets {j.end.name if j.end else ''}, so the gap is explained."
        return " ".join([first, _shares(j), last, *(others[1:] if j.features else others)])
    last = (f"But even without all of that, where the model IS {j.end.name if j.end else ''}, the simulation DIFFERS from theory: "
            f"{_differing(j.at_the_end)}. {REPORT_IT}")  # fmt: skip
    return " ".join([first, *others, last])


def _differing(lines: tuple[C.Line, ...]) -> str:
    """The measures that differ, in numbers."""
    words = []
    for line in lines:
        if not line.agrees:
            of = f" of {line.of}" if line.of else ""
            theory = "no word of it" if line.theory is None else f"theory {line.theory:.4g}"
            words.append(f"{NAMES.get(line.measure, WORDS[line.measure])}{of} {line.simulated.value:.4g} ({theory})")
    return ", ".join(words)


def _shares(j: C.Judged) -> str:
    """What each step changed in a measure that differs, the largest first."""
    differing = [line.measure for line in j.lines if not line.agrees and not line.of]
    measure = next((m for m in ("Wq", "p_block", "p_abandon", "p_wait", "L") if m in differing and m in _walked(j)), "")
    if not measure:
        return f"The model also has: {'; '.join(j.features)}."
    values = [_own(j)[measure], *(step.values[measure].value for step in j.walk)]
    steps = [(b - a, "; ".join(step.removed)) for a, b, step in zip(values, values[1:], j.walk, strict=False)]
    told = [f"{change:+.3g} without {words}" for change, words in sorted(steps, key=lambda s: -abs(s[0]))]
    return f"What changes the {NAMES.get(measure, WORDS[measure])} ({values[0]:.4g} in your model): " + ", ".join(told) + "."


def as_json(j: C.Judged) -> dict[str, Any]:
    """A station for a program."""
    return {
        "station": j.station.title, "classes": list(j.station.names), "pools": [p.name for p in j.station.pools],
        "nearest": j.nearest and {"name": j.nearest.name, "source": j.nearest.source, "approximation": j.nearest.approximation},
        "verdict": j.verdict, "features": list(j.features), "remarks": list(j.remarks),
        "measures": [_line_json(line) for line in j.lines],
        "steps": [{"removed": list(s.removed), "simulation": {m: _sim_json(v) for m, v in s.values.items()}} for s in j.walk],
        "simplest": j.end and {"name": j.end.name, "measures": [_line_json(line) for line in j.at_the_end]},
        "in_words": in_words(j) if j.nearest else "",
    }  # fmt: skip


def _line_json(line: C.Line) -> dict[str, Any]:
    return {"measure": line.measure, "of": line.of, "theory": line.theory, "simulation": _sim_json(line.simulated), "agrees": line.agrees}


def _sim_json(s: C.Simulated) -> dict[str, Any]:
    return {"value": s.value, "standard_error": s.standard_error, "half_width_95": s.half_width, "observations": s.n}


def _finite(content: Any) -> Any:
    """JSON has no infinity: what has no long run is null."""
    if isinstance(content, Mapping):
        return {k: _finite(v) for k, v in content.items()}
    if isinstance(content, list):
        return [_finite(v) for v in content]
    return None if isinstance(content, float) and not isfinite(content) else content


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.5g}" if isfinite(value) else "no long run"


def _estimate(s: C.Simulated) -> str:
    return f"{s.value:.4g} ± {s.half_width:.2g}"
