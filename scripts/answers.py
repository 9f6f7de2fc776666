"""Runs the studies that answer the default region's questions, and writes their tables into docs/background/answers.md.

    python scripts/answers.py                     run what is missing (about an hour of two quiet cores), then write
    python scripts/answers.py --write             only write, from the folders that are there
    python scripts/answers.py --only stress       one study

The prose of the page is written by hand and has no figures of its own; every block between `<!-- answers: NAME -->` and
`<!-- end -->` is made here. A folder that fits neither code nor region any more is computed anew by `study run`.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from channelsim.cli.many import load_evidence
from channelsim.errors import ConfigError
from channelsim.store import results
from channelsim.study.answers.answer import cells
from channelsim.study.design import Contrast
from channelsim.study.estimate import Estimate
from channelsim.study.evidence import Evidence, access_kept, said_of_pairing, strategy_contrasts

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "background" / "answers.md"
STUDIES = ("office-models", "equal-service", "break-even", "contour", "inputs-morris", "inputs-metamodel", "inputs-sobol", "one-at-a-time", "review", "stress",
           "network-design")  # fmt: skip
Block = Callable[[Evidence], str]


def main() -> None:
    """See the top of this file."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--workers", type=int, default=1)
    words.add_argument("--out", type=Path, default=ROOT / "results" / "answers", help="folder of the results folders")
    words.add_argument("--only", nargs="*", choices=STUDIES, default=STUDIES)
    words.add_argument("--write", action="store_true", help="run nothing")
    asked = words.parse_args()
    if not asked.write:
        for name in asked.only:
            command = [sys.executable, "-m", "channelsim.cli.main", "study", "run", str(ROOT / "experiments" / name / "study.yaml")]
            subprocess.run([*command, "--out", str(asked.out / name), "--workers", str(asked.workers)], check=True)
    text = PAGE.read_text(encoding="utf-8")
    for name in asked.only:
        try:
            evidence = load_evidence(asked.out / name)
        except ConfigError as error:
            print(f"{name}: left as it is: {error}")
            continue
        for block, make in BLOCKS[name].items():
            text = put(text, block, make(evidence))
        text = put(text, f"{name} run", run_line(name, asked.out / name, evidence))
        print(f"{name}: written")
    PAGE.write_text(text, encoding="utf-8")


def put(text: str, block: str, content: str) -> str:
    """The page with one block made anew."""
    pattern = re.compile(rf"(<!-- answers: {re.escape(block)} -->\n).*?(<!-- end -->)", re.S)
    if not pattern.search(text):
        raise SystemExit(f"{PAGE.name} has no block {block!r}")
    return pattern.sub(lambda m: m.group(1) + content.rstrip() + "\n" + m.group(2), text)


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A table of Markdown."""
    head = list(head)
    lines = [
        " | ".join(head),
        " | ".join("---" for _ in head),
        *(" | ".join("" if str(v) == "nan" else str(v) for v in row) for row in rows),
    ]
    return "\n".join(f"| {line} |" for line in lines)


def pm(x: Estimate, digits: int = 0) -> str:
    """Mean and interval; nothing where there is no figure."""
    if x.mean != x.mean:
        return ""
    return f"{x.mean:+.{digits}f} ({x.low:+.{digits}f} to {x.high:+.{digits}f})"


def run_line(name: str, folder: Path, e: Evidence) -> str:
    """What made the figures."""
    manifest = results.read_manifest(folder)
    return (
        f"`channelsim study run experiments/{name}/study.yaml --out results/{name}`: {len(e.study.alternatives)} alternatives, {e.n} replications of "
        f"{e.study.measured_weeks} measured weeks after {e.study.warm_up_weeks}, seed {e.study.seed}; region `{manifest['region_digest'][:12]}`, "
        f"study `{manifest['study_digest'][:12]}`, code `{manifest['code_digest'][:12]}`, measures `{results.measures_digest(e.frame)[:12]}`."
    )


def freed(e: Evidence) -> str:
    """A1, idle and usable time, shed work and access of every strategy in every office model."""
    rows = []
    for c in strategy_contrasts(e):
        if c.plan.staffing_split != e.study.staffing_splits[0]:
            continue
        find = {o: e.finding(c, o).estimate for o in ("a1_released_h_per_week", "a1r_routine_h_per_week", "idle_change_h_per_week",
                "usable_60_change_h_per_week", "net_shed_h_per_week", "unmet_change_pct")}  # fmt: skip
        work = e.measures[c.baseline.name]["specialist_work_h_per_week"].mean
        a1 = find["a1_released_h_per_week"]
        state, faults = access_kept(e, c)
        rows.append((c.plan.office_model, c.plan.strategy, pm(a1), f"{100 * a1.mean / work:.1f} %", *(pm(find[o]) for o in list(find)[1:5]),
                     pm(find["unmet_change_pct"], 2), state + (f": {'; '.join(faults)}" if faults else "")))  # fmt: skip
    head = ("office model", "strategy", "A1 freed, h/week", "of specialist work", "of it routine (A1r)", "idle, h/week", "idle in blocks of 60 min",
            "net shed work, h/week", "unmet, %-points", "access")  # fmt: skip
    return table(head, rows)


def other_splits(e: Evidence) -> str:
    """A1 under the other staffing splits."""
    strategies = [s for s in e.study.strategies if s != e.study.baseline_strategy]
    rows = []
    for split in e.study.staffing_splits[1:]:
        by = {(c.plan.office_model, c.plan.strategy): c for c in strategy_contrasts(e) if c.plan.staffing_split == split}
        for model in dict.fromkeys(m for m, _ in by):
            cells_of = [
                f"{pm(e.finding(by[model, s], 'a1_released_h_per_week').estimate)}, access {access_kept(e, by[model, s])[0]}"
                for s in strategies
            ]
            rows.append((split, model, *cells_of))
    return table(("split", "office model", *strategies), rows)


def networks(e: Evidence) -> str:
    """What fewer offices do under 2011's way."""
    outcomes = (*e.study.primary_outcomes, "travel_change_km_per_unemployed_year", "losers_persons")
    contrasts = [c for c in e.study.contrasts if c.kind == "network" and c.plan.staffing_split == e.study.staffing_splits[0]]
    return contrasts_table(e, contrasts, lambda c: c.plan.office_model, outcomes)


def contrasts_table(e: Evidence, contrasts: list[Contrast], name: Callable[[Contrast], str], outcomes: Iterable[str]) -> str:
    """One row a contrast."""
    outcomes = list(outcomes)
    rows = []
    for c in contrasts:
        found = [e.finding(c, o) for o in outcomes]
        rows.append((name(c), *("not judged (overloaded)" if f.verdict.startswith("not judged") else pm(f.estimate, 1 if abs(f.estimate.mean) > 20 else 2)
                                for f in found)))  # fmt: skip
    return table(("change", *outcomes), rows)


def pairing(e: Evidence) -> str:
    """How well common luck worked."""
    return "Replications that independent runs would need, over all contrasts of strategies: " + "; ".join(said_of_pairing(e)) + "."


def said(*kinds: str, title: str = "", tables: bool = False, first: int = 100) -> Block:
    """The answers of some kinds in words, with their tables if wanted."""

    def make(e: Evidence) -> str:
        parts = []
        for a in e.analyses:
            if a.kind in kinds and title in a.title:
                lines = "\n".join(f"* {line.strip()}" for line in a.words.splitlines()[:first])
                parts.append(f"**{a.title}**\n\n{lines}")
                if tables and len(a.table):
                    head, *rows = cells(a)
                    parts.append(table(head, rows[:first]))
        return "\n\n".join(parts) or "not answered"

    return make


def reviewed(e: Evidence) -> str:
    """Each point under ten: joint or closed, against keeping it, without and with visits that are not made."""
    outcomes = (*e.study.primary_outcomes, "losers_persons")
    contrasts = sorted((c for c in e.study.contrasts if c.kind == "network"), key=lambda c: c.plan.setting)
    return contrasts_table(e, contrasts, lambda c: c.plan.setting.removeprefix("m6_today, "), outcomes)


def stressed(e: Evidence) -> str:
    """What the strategy frees in each network and future, and whether access holds."""
    by: dict[str, dict[str, Contrast]] = {}
    for c in strategy_contrasts(e):
        by.setdefault(str(c.plan.levels["future"]), {})[c.plan.office_model] = c
    models = list(dict.fromkeys(m for row in by.values() for m in row))
    rows = [
        (future, *(f"{pm(e.finding(row[m], 'a1_released_h_per_week').estimate)}, unmet {e.finding(row[m], 'unmet_change_pct').estimate.mean:+.2f}, "
                   f"access {access_kept(e, row[m])[0]}" for m in models))
        for future, row in by.items()
    ]  # fmt: skip
    return table(("future", *(f"{m}: A1 h/week, unmet %-points, access" for m in models)), rows)


BLOCKS: dict[str, dict[str, Block]] = {
    "office-models": {"freed": freed, "other splits": other_splits, "networks": networks, "pairing": pairing, "prior": said("favourite"),
                      "best": said("choose")},
    "equal-service": {"posts": said("equal_service", title="that can go", tables=True), "posts by place": said("equal_service", title="by skill", tables=True)},
    "break-even": {"break-even": said("break_even")},
    "contour": {"contour": said("contour")},
    "inputs-morris": {"screening": said("screen", tables=True, first=12)},
    "inputs-metamodel": {"metamodel": said("metamodel", "spread", tables=True)},
    "inputs-sobol": {"sobol": said("sobol", "spread", tables=True)},
    "one-at-a-time": {"flips": said("flips", "tornado", first=10)},
    "review": {"review": reviewed},
    "stress": {"stress": stressed, "regret": said("regret")},
    "network-design": {"network design": said("choose")},
}  # fmt: skip


if __name__ == "__main__":
    main()
