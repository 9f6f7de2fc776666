"""`channelsim study show` and `channelsim report`: what many replications say."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from channelsim.config.study import load_study
from channelsim.errors import ConfigError, Problem, shown
from channelsim.metrics.paired import PAIRED
from channelsim.scenario.static_load import utilisation_table
from channelsim.store import results
from channelsim.store.estimates import MOST_STRETCHES, estimates, growth, n_numbers
from channelsim.store.index import Index, read_index
from channelsim.store.more import read_more
from channelsim.study.answers.answer import cells
from channelsim.study.answers.more import More
from channelsim.study.design import RESPONSE, Study
from channelsim.study.evidence import Evidence, as_json, evidence_of, headline, said_of_left_out, said_of_pairing
from channelsim.study.intervals import count
from channelsim.study.keys import code_digest
from channelsim.study.large import large_evidence
from channelsim.study.left_out import replications_lost, without_stopped

MOST_NUMBERS = 10_000_000  # that are loaded at once: about 1 GB
MOST_ROWS = 40  # of an answer's table
MOST_OVERLOADED = 12  # alternatives
TOO_MANY = (
    f"no digest: it is made of up to {MOST_NUMBERS:,} numbers; intervals are Bonferroni's for the same reason (docs/reference/results.md)"
)
CONSOLE = Console(width=140, highlight=False, markup=False, emoji=False)  # names come from files


def implausible(study: Study) -> list[str]:
    """Warnings about a baseline that has more work than hours even without queues (decisions 2)."""
    model = study.region.office_models[study.baseline_office_model]
    found = []
    for split in study.staffing_splits:
        over = [f"{name} {100 * u:.0f} %" for name, _, u in utilisation_table(study.region, model, split) if u > 0.95]
        if over:
            found.append(
                f"warning: under the split {split} the baseline has more work than hours ({', '.join(over)}): read its gains with care"
            )
    wrong = sorted({float(v) for a in study.alternatives if isinstance(v := study.level_of(a, RESPONSE), int | float) and v < 0.0})
    if wrong:
        listed = ", ".join(f"{v:g}" for v in wrong)
        found.append(f"warning: {RESPONSE} {listed} has the wrong sign: more visits are made where the trip is longer. Is that meant?")
    return found


def load_evidence(folder: Path, more: More | None = None, most_numbers: int = MOST_NUMBERS) -> Evidence:
    """What the shards of a folder say, if they belong to the study file that the manifest names.

    Of more than `most_numbers` numbers only means and spreads are taken (`study.large`), so that memory does not grow with them.
    `more`: what questions that search beyond the design's alternatives lack; default: what is kept in the folder.
    """
    manifest = results.read_manifest(folder)
    path = Path(manifest["study_file"])
    if not path.is_file():
        raise ConfigError(
            [Problem(shown(folder / results.MANIFEST), 1, "study_file", f"{path} is gone", "put the study back or run it again")]
        )
    study = load_study(path)
    if study.digest != manifest["study_digest"]:
        what = "the study or its region has changed since these results were made"
        raise ConfigError([Problem(shown(folder / results.MANIFEST), 1, "study_digest", what, "run the study again into a new folder")])
    mine = manifest["code_digest"] == code_digest()
    wanted, keys = int(manifest["replications"]), {a.name: manifest["keys"].get(a.name, "") for a in study.alternatives}
    index = read_index(folder, keys, verify=False) if mine else Index({})
    study, left_out = without_stopped(study, index.done, wanted, stopped_in(folder)) if mine else (study, {})
    partly = replications_lost(study, index.done, wanted, stopped_in(folder)) if mine else ""
    keys = {a.name: keys[a.name] for a in study.alternatives} if study.contrasts or not left_out else {}
    large = n_numbers(index) > most_numbers
    if mine and (left_out or not large):  # of more, seals are checked by runs: reading them all would cost as much as the answer
        index = read_index(folder, keys, verify=not large)
    done = index.complete(wanted) if index.keys else []
    if not done:
        raise ConfigError(
            [
                Problem(
                    shown(folder),
                    1,
                    "results",
                    "no replication of this study by this code is here",
                    "run `channelsim study run` into this folder",
                )
            ]
        )
    study = replace(study, precision=manifest.get("precision", study.precision))  # by which intervals are as wide as looks ask
    if large:
        done = done[:MOST_STRETCHES]  # a query names them one by one
        return replace(large_evidence(study, count(done), estimates(index, done), growth(index, done)), left_out=left_out, partly=partly)
    evidence = evidence_of(study, results.read_cells(index, done), more or More(kept=read_more(folder)))
    return replace(evidence, left_out=left_out, partly=partly)


def stopped_in(folder: Path) -> dict[str, str]:
    """Alternative -> why some replication of it was set aside."""
    chunks = results.read_json(folder / results.FAILED).get("chunks", [])
    return {name: str(chunk.get("why", "")) for chunk in chunks for name in chunk.get("alternatives", [])}


def show_study(folder: Path, as_data: bool) -> None:
    """Print a study's evidence, as a table or as JSON."""
    evidence = load_evidence(folder)
    digest = results.measures_digest(evidence.frame) if evidence.whole else None
    if as_data:
        print(json.dumps({**as_json(evidence), "digest": digest}, indent=2, ensure_ascii=False))
        return
    print_evidence(evidence)
    print_answers(evidence)
    print(f"digest {digest}" if digest else TOO_MANY)


def print_evidence(e: Evidence) -> None:
    """The answer, then the primary outcomes of every contrast, then what must be known to read them."""
    CONSOLE.print(f"\n{e.study.question}", soft_wrap=True)
    CONSOLE.print(headline(e), style="bold", soft_wrap=True)
    if e.study.ranges:
        CONSOLE.print(
            f"{len(e.study.alternatives)} alternatives at the points of a sample; each with its comparisons by --json and in the report"
        )
    else:
        print_comparisons(e)
    for line in said_of_pairing(e):
        CONSOLE.print(f"pairing, strategies: replications that independent runs would need, by {line}", soft_wrap=True)
    for line in said_of_left_out(e):
        CONSOLE.print(line, soft_wrap=True)
    for alternative, pools in list(e.overload.items())[:MOST_OVERLOADED]:
        CONSOLE.print(
            f"overloaded: {alternative}: owed work grows in {', '.join(f'{p} ({h:+.0f} h)' for p, h in pools.items())}", soft_wrap=True
        )
    if len(e.overload) > MOST_OVERLOADED:
        CONSOLE.print(f"overloaded too: {len(e.overload) - MOST_OVERLOADED} alternatives more, named with --json")


def print_comparisons(e: Evidence) -> None:
    """Each strategy in words, then every contrast with its primary outcomes."""
    for line in e.answers:
        CONSOLE.print(f"  {line}", soft_wrap=True)
    table = Table(
        "contrast",
        "plan",
        "baseline",
        *(f"{o} [{PAIRED[o][0]}]" for o in e.study.primary_outcomes),
        title="Differences, plan less baseline: mean and simultaneous 95 % interval",
    )
    for contrast in e.study.contrasts:
        if contrast.kind == "both":
            continue
        cells = []
        for outcome in e.study.primary_outcomes:
            f = e.finding(contrast, outcome)
            cells.append(f"{f.estimate.mean:+.2f} ± {f.estimate.half_width:.2f}\n{f.verdict.split(':')[0].split(',')[0]}")
        table.add_row(contrast.kind, contrast.plan.name, contrast.baseline.name, *cells)
    CONSOLE.print(table)
    widths = [e.finding(c, "a1_released_h_per_week").estimate for c in e.study.contrasts if c.kind == "strategy"]
    if widths:
        largest = max(abs(x.mean) for x in widths)
        half = max(x.half_width for x in widths)
        CONSOLE.print(
            f"{e.n} replications: the widest half-width of A1 is {half:.1f} h/week, {100 * half / largest:.0f} % of the largest effect."
        )


def print_answers(e: Evidence) -> None:
    """What the study asks beside the comparison: each answer in words, then its figures."""
    for answer in e.analyses:
        CONSOLE.print(f"\n{answer.kind}: {answer.title}", style="bold", soft_wrap=True)
        CONSOLE.print(answer.words, soft_wrap=True)
        head, *rows = cells(answer)
        if rows and answer.kind != "compare":  # whose words hold all
            table = Table(*head)
            for row in rows[:MOST_ROWS]:
                table.add_row(*row)
            CONSOLE.print(table)
        if len(rows) > MOST_ROWS and answer.kind != "compare":
            CONSOLE.print(f"{len(rows) - MOST_ROWS} rows more with --json")


def write_report(folder: Path) -> Path:
    """Write report.html; returns its path."""
    from channelsim.report.page import write_page  # draws, which takes a second to load

    return write_page(folder, load_evidence(folder), results.read_manifest(folder))
