"""How the answer to the claim moves with each feature of a region, one at a time.

python scripts/features.py --replications 3            prints the table
python scripts/features.py --replications 3 --write    puts it into docs/background/features.md

Freed specialist hours (A1, h/week) of three strategies under today's network against today's strategy, on the same customers: with no feature of
`staff.yaml`, with each of those that the region's file turns on alone, and with all of them. `--part rules` does the same with the rules of
`scripts/pohjois_pohjanmaa/rules.py`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from importlib import import_module
from pathlib import Path

import numpy as np

from channelsim.config.region import load_region
from channelsim.config.strategy import find_strategy, load_strategy
from channelsim.metrics.measure import Case
from channelsim.metrics.paired import paired_measures
from channelsim.scenario.compile import compile_world
from channelsim.scenario.region import Region
from channelsim.scenario.region_staff import NO_HABITS
from channelsim.simulate import Window, simulate, weeks

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "scripts" / "pohjois_pohjanmaa"))
RULES = import_module("rules").RULES
PAGE = ROOT / "docs" / "background" / "features.md"
BASELINE, PLANS = "today_2011", ("multichannel", "triage", "multichannel_triage")
A1 = "a1_released_h_per_week"
SEED = 2013
Variants = Callable[[Region], Iterator[tuple[str, Region]]]


def variants(region: Region) -> Iterator[tuple[str, Region]]:
    """The region without any feature, with each that it has alone, and with all."""
    bare = replace(region, staff=NO_HABITS)
    yield "none", bare
    used = [f.name for f in fields(region.staff) if getattr(region.staff, f.name) != getattr(NO_HABITS, f.name)]
    for name in used:
        yield name, replace(bare, staff=replace(NO_HABITS, **{name: getattr(region.staff, name)}))
    if len(used) > 1:
        yield "all", region


def by_rule(region: Region) -> Iterator[tuple[str, Region]]:
    """The region without any of its rules beyond the usual, with each alone, and with all."""
    known = {row[:3] for rule in RULES for row in rule.rows}
    plain = {key: p for key, p in region.parameters.items() if key not in known}
    yield "none", replace(region, parameters=plain)
    for rule in RULES:
        mine = {row[:3]: region.parameters[row[:3]] for row in rule.rows if row[:3] in region.parameters}
        if mine:
            yield rule.name, replace(region, parameters={**plain, **mine})
    yield "all", region


def freed(region: Region, folder: Path, window: Window, replications: int, of_model: str) -> np.ndarray:
    """[strategy, replication] freed specialist hours a week, against today's strategy in the same region."""
    models = [region.office_models[m] for m in (region.baseline[0], *(of_model for _ in PLANS))]
    steering = [load_strategy(find_strategy(s, folder)) for s in (BASELINE, *PLANS)]
    worlds = [compile_world(region, m, s, window.n_weeks) for m, s in zip(models, steering, strict=True)]
    found = np.empty((len(PLANS), replications))
    for replication in range(replications):
        cases = [Case(simulate(w, SEED, replication, window, keep_accounts=True), w, region) for w in worlds]
        for number, plan in enumerate(cases[1:]):
            found[number, replication] = paired_measures(cases[0], plan, None, None)[A1]
    return found


def table(
    region: Region, folder: Path, window: Window, replications: int, of_model: str, only: list[str], parts: Variants = variants
) -> Iterator[str]:
    """Rows of the table: A1 by strategy, and by how much each feature alone changes it, with the standard error of the paired change."""
    yield f"| feature | {' | '.join(p.replace('_', ' and ') for p in PLANS)} |"
    yield "|---|" + "---|" * len(PLANS)
    bare = np.empty(0)
    for name, variant in parts(region):
        if only and name not in (*only, "none", "all"):
            continue
        here = freed(variant, folder, window, replications, of_model)
        if name == "none":
            bare = here
            yield f"| none of them | {' | '.join(f'{m:.1f}' for m in here.mean(axis=1))} |"
            continue
        change = here - bare
        error = change.std(axis=1, ddof=1) / np.sqrt(replications) if replications > 1 else np.full(len(PLANS), np.nan)
        cells = [f"{a:.1f} ({d:+.1f} ± {e:.1f})" for a, d, e in zip(here.mean(axis=1), change.mean(axis=1), error, strict=True)]
        yield f"| `{name}` | {' | '.join(cells)} |"
        print(name, cells, flush=True)


def main() -> None:
    """Print the table, or put it into the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--region", type=Path, default=ROOT / "configs" / "regions" / "pohjois-pohjanmaa")
    parser.add_argument("--replications", type=int, default=3)
    parser.add_argument("--warm-up", type=int, default=12)
    parser.add_argument("--weeks", type=int, default=52)
    parser.add_argument("--part", choices=["features", "rules"], default="features", help="those of staff.yaml, or the rules")
    parser.add_argument("--model", default="", help="office model of the strategies; default that of the baseline")
    parser.add_argument("--only", nargs="*", default=[], help="features; default all that the region turns on")
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    region, window = load_region(asked.region), weeks(asked.warm_up, asked.weeks, 8)
    parts = {"features": variants, "rules": by_rule}[asked.part]
    rows = "\n".join(table(region, asked.region, window, asked.replications, asked.model or region.baseline[0], asked.only, parts))
    print(rows)
    if asked.write:
        text = PAGE.read_text(encoding="utf-8")
        begin, end = f"<!-- {asked.part}: begin -->", f"<!-- {asked.part}: end -->"
        head, tail = text.split(begin)[0], text.split(end)[1]
        PAGE.write_text(f"{head}{begin}\n{rows}\n{end}{tail}", encoding="utf-8")


if __name__ == "__main__":
    main()
