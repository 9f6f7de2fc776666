"""One self-contained page: the answer in a sentence, then what it rests on (design 9)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from channelsim.metrics import MEASURES
from channelsim.metrics.paired import PAIRED
from channelsim.report.answer_figures import figure_of
from channelsim.report.figures import freed_figure, ledger_figure, municipality_figure
from channelsim.store.results import measures_digest, write_whole
from channelsim.study.answers.answer import cells
from channelsim.study.evidence import FREED, Evidence, access_kept, paired_outcomes, said_of_left_out, sentences, strategy_contrasts

WAITS = (
    "phone_wait_mean_min", "phone_within_5_min_pct", "phone_abandoned_pct", "walk_in_wait_mean_min", "appointment_lead_mean_days",
    "appointment_lead_p90_days", "casework_age_p90_days", "casework_late_pct",
    "first_contact_resolution_pct", "unmet_pct", "unmet_worst_municipality_pct",
    "unmet_without_web_pct", "unmet_without_car_pct", "travel_min_per_visit", "travel_km_per_unemployed_year",
    "specialist_utilisation_pct", "generalist_utilisation_pct", "overtime_h_per_week",
)  # fmt: skip
ACCESS = ("staffed_point_within_30_min_pct", "staffed_point_within_60_min_pct", "staffed_point_worst_min", "any_point_within_30_min_pct")
DECISIVE_GROUPS = ("triage", "web", "failure", "staff", "phone", "visit", "joint")


def write_page(folder: Path, e: Evidence, manifest: dict[str, Any]) -> Path:
    """Write report.html into a results folder and return its path."""
    environment = Environment(
        loader=PackageLoader("channelsim", "report"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
    )
    text = environment.get_template("page.html").render(**_content(e, manifest))
    path = folder / "report.html"
    write_whole(path, lambda file: file.write(text.encode("utf-8")))
    return path


def _content(e: Evidence, manifest: dict[str, Any]) -> dict[str, Any]:
    region = e.study.region
    worst = _worst_plan(e)
    grades: dict[str, int] = {}
    for p in region.parameters.values():
        grades[p.grade] = grades.get(p.grade, 0) + 1
    return {
        "e": e, "study": e.study, "region": region, "headline": sentences(e),
        "strategies": _strategies(e), "matrix": _matrix(e), "manifest": manifest, "paired": PAIRED,
        "contrasts": [c for c in e.study.contrasts if c.kind != "both"],
        "both": [c for c in e.study.contrasts if c.kind == "both"],
        "waits": WAITS, "access": ACCESS, "measures": MEASURES, 
        "digest": measures_digest(e.frame) if e.whole else "not made of so many numbers",
        "freed": freed_figure(e), "ledger": ledger_figure(e),
        "losers": municipality_figure(e, worst[0], worst[1]) if worst else "", "worst": worst,
        "losing": [(c, e.finding(c, "losers_persons").estimate, e.finding(c, "losers_municipalities").estimate) for c in e.study.contrasts],
        "answers": [(a, figure_of(a), head, rows) for a in e.analyses for head, *rows in [cells(a)]],
        "grades": grades, "inputs": [p for p in region.parameters.values() if p.group in DECISIVE_GROUPS],
        "pairing": [(c, [e.finding(c, o) for o in paired_outcomes(e)]) for c in e.study.contrasts if c.kind != "both"],
        "left_out": said_of_left_out(e), "paired_outcomes": paired_outcomes(e),
    }  # fmt: skip


def _strategies(e: Evidence) -> list[str]:
    return list(dict.fromkeys(c.plan.way for c in strategy_contrasts(e)))


def _matrix(e: Evidence) -> dict[str, dict[str, dict[str, dict[str, Any]]]]:
    """What each strategy releases in each setting, and whether access is kept: split -> setting -> strategy."""
    cells: dict[str, dict[str, dict[str, dict[str, Any]]]] = {}
    for c in strategy_contrasts(e):
        row = cells.setdefault(c.plan.staffing_split, {}).setdefault(c.plan.setting, {})
        row[c.plan.way] = {"estimate": e.finding(c, FREED).estimate, "state": access_kept(e, c)[0]}
    return cells


def _worst_plan(e: Evidence) -> tuple[str, str] | None:
    """The plan whose unmet needs rise most, against its baseline."""
    rows = [(e.finding(c, "unmet_change_pct").estimate.mean, c.plan.name, c.baseline.name) for c in e.study.contrasts]
    return max(rows)[1:] if rows else None
