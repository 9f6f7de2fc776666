"""Writes docs/background/known-answers.md: every case of tests/acceptance on both engines, by the rule of `channelsim verify`.

python scripts/known_answers.py run fast            # a row a measure into build/known-answers/fast.jsonl; goes on where it stopped
python scripts/known_answers.py run reference       # shorter replications, as many as the rule asks for
python scripts/known_answers.py page                # the page from both
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from math import isfinite
from pathlib import Path

from channelsim.config.world import load_known_answer
from channelsim.testing.known_answers.run import AIM, briefer, verify_case

ROOT = Path(__file__).parents[1]
FOUND = ROOT / "build" / "known-answers"
PAGE = ROOT / "docs" / "background" / "known-answers.md"
BEGIN, END = "<!-- table: written by scripts/known_answers.py -->", "<!-- end of table -->"
MOST_MIN = 20.0  # of wall clock for a case


def run(engine: str) -> None:
    """Judge the cases that are not yet judged."""
    FOUND.mkdir(parents=True, exist_ok=True)
    file = FOUND / f"{engine}.jsonl"
    done = {json.loads(line)["case"] for line in file.read_text(encoding="utf-8").splitlines()} if file.exists() else set()
    for path in sorted((ROOT / "tests" / "acceptance").rglob("*.yaml")):
        case = load_known_answer(path)
        if case.name in done:
            continue
        rows = (
            verify_case(briefer(case), engine, most_min=MOST_MIN, aim=1.0) if engine == "reference" else verify_case(case, engine, aim=AIM)
        )
        with file.open("a", encoding="utf-8") as out:
            for row in rows:
                words = {k: None if isinstance(v, float) and not isfinite(v) else v for k, v in asdict(row).items()}
                out.write(json.dumps(words) + "\n")


def table() -> str:
    """All measures with what both engines found."""
    rows: dict[tuple[str, str, str], dict[str, dict]] = {}
    for engine in ("fast", "reference"):
        file = FOUND / f"{engine}.jsonl"
        for line in file.read_text(encoding="utf-8").splitlines() if file.exists() else []:
            row = json.loads(line)
            rows.setdefault((row["case"], row["measure"], str(row["expected"])), {})[engine] = row
    lines = [
        "| case | measure | exact value | fast: estimate | standard error | verdict | reference: estimate | standard error | verdict |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for (case, measure, exact), found in sorted(rows.items(), key=lambda item: item[0][0]):
        cells = [case, measure, number(exact)]
        for engine in ("fast", "reference"):
            row = found.get(engine)
            cells += ["", "", ""] if row is None else [number(row["estimate"]), error(row["standard_error"]), row["verdict"]]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def number(value: object) -> str:
    try:
        return f"{float(str(value)):.6g}"
    except ValueError:
        return str(value)


def error(value: float | None) -> str:
    return "" if value is None else f"{value:.2g}"


if __name__ == "__main__":
    if sys.argv[1:2] == ["run"]:
        run(sys.argv[2])
    else:
        text = PAGE.read_text(encoding="utf-8")
        head, _, rest = text.partition(BEGIN)
        PAGE.write_text(f"{head}{BEGIN}\n{table()}\n{END}{rest.partition(END)[2]}", encoding="utf-8")
