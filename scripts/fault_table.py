"""Writes into docs/background/scale.md what the last run of each fault's test gave, from the reports that pytest left.

python scripts/fault_table.py build/faults.xml...      `make test-faults` does it, with the report of `make test-cluster` if there is one; a fault whose test fails is an error of this command
"""

from __future__ import annotations

import re
import sys
import xml.etree.ElementTree as ET
from collections import Counter, defaultdict
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "background" / "scale.md"
HEAD = "| fault | what happens | test | last run |"


def outcomes(reports: list[Path]) -> tuple[dict[str, Counter[str]], Counter[str]]:
    """Test (without parameters) -> how often it passed, failed, was skipped, by the last report that has it; and what the tests counted."""
    last: dict[tuple[str, str], str] = {}
    counts: Counter[str] = Counter()
    for report in reports:
        root = ET.parse(report).getroot()
        for case in root.iter("testcase"):
            kinds = {child.tag for child in case}
            word = "failed" if kinds & {"failure", "error"} else "skipped" if "skipped" in kinds else "passed"
            last[str(case.get("classname")), str(case.get("name"))] = word
        for entry in root.iter("property"):
            name = str(entry.get("name"))
            if name.startswith(("kills of ", "shards spoiled")):  # other packages leave properties of their own
                counts[name] += int(str(entry.get("value")))
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for (_, name), word in last.items():
        found[name.split("[")[0]][word] += 1
    return found, counts


def cell(tests: str, found: dict[str, Counter[str]], counts: Counter[str]) -> str:
    """What the tests that a line names gave; `...` stands for the rest of a name."""
    total: Counter[str] = Counter()
    for name in re.findall(r"`(test_\w+?)(?:_?\.\.\.)?`", tests):
        total += sum((c for n, c in found.items() if n.startswith(name)), Counter())
    said = ", ".join(f"{n} {word}" for word, n in sorted(total.items())) or "not run"
    if "random_moments" in tests and counts:
        said += f": {sum(n for w, n in counts.items() if w.startswith('kills'))} kills ("
        said += ", ".join(f"{n} {w.removeprefix('kills ')}" for w, n in sorted(counts.items())) + ")"
    return said


def main(reports: list[str]) -> int:
    """Rewrite the table; returns 1 if a test failed."""
    found, counts = outcomes([Path(r) for r in reports])
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    at = lines.index(HEAD) + 2
    while lines[at].startswith("|"):
        fault, what, tests, before = [c.strip() for c in lines[at].strip("|").split("|")]
        now = cell(tests, found, counts)
        lines[at] = f"| {fault} | {what} | {tests} | {before if now == 'not run' else now} |"
        at += 1
    PAGE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return int(any(c["failed"] for c in found.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
