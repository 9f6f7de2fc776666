"""`channelsim verify`: worlds with known answers, one table, one verdict a line."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from math import isfinite
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from channelsim.cli.compiling import compiling_note
from channelsim.config.world import load_known_answer
from channelsim.errors import ConfigError, Problem, shown
from channelsim.scenario.expected import KnownAnswer
from channelsim.store.results import write_whole
from channelsim.testing.known_answers.judge import FAIL
from channelsim.testing.known_answers.run import Row, verify_case

CONSOLE = Console(width=140, highlight=False)


def verify_files(paths: Iterable[Path], engine: str, out: Path | None, seed: int | None, most_min: float) -> bool:
    """Judge all cases of files and folders; says whether none failed."""
    cases = load_cases(paths)
    if engine == "fast":
        compiling_note()
    rows: list[Row] = []
    for case in cases:
        found = verify_case(case, engine, seed, most_min)
        _print(case, found)
        rows += found
    if out is not None:
        text = json.dumps([_finite(asdict(row)) for row in rows], indent=1, allow_nan=False)
        write_whole(out, lambda file: file.write(f"{text}\n".encode()))
    counts = Counter(row.verdict for row in rows)
    CONSOLE.print(f"{len(cases)} cases, engine {engine}: " + ", ".join(f"{n} {verdict}" for verdict, n in counts.items()))
    return counts[FAIL] == 0


def load_cases(paths: Iterable[Path]) -> list[KnownAnswer]:
    """The cases of files and folders in order of name; the problems of all files come together."""
    problems: list[Problem] = []
    cases: list[KnownAnswer] = []
    for path in paths:
        files = sorted(path.rglob("*.yaml")) if path.is_dir() else [path]
        if not files:
            problems.append(Problem(shown(path), 1, "folder", "holds no case", "name a folder with YAML files"))
        for file in files:
            try:
                cases.append(load_known_answer(file))
            except ConfigError as error:
                problems += error.problems
    if problems:
        raise ConfigError(problems)
    return cases


def _print(case: KnownAnswer, rows: list[Row]) -> None:
    table = Table("measure", "estimate", "standard error", "expected", "observations", "verdict", title=case.name, title_justify="left")
    for row in rows:
        error = "" if row.standard_error is None else f"{row.standard_error:.3g}"
        table.add_row(row.measure, _number(row.estimate), error, _number(row.expected), str(row.observations), row.verdict)
    CONSOLE.print(table)
    if case.not_expressible:
        CONSOLE.print(case.not_expressible)


def _finite(row: dict[str, Any]) -> dict[str, Any]:
    """JSON has no infinity: an error that is not known yet is null."""
    return {k: None if isinstance(v, float) and not isfinite(v) else v for k, v in row.items()}


def _number(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.6g}"
