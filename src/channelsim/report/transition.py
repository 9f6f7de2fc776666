"""The figure and the page of a study of transitions: each outcome against no change, block by block."""

from __future__ import annotations

import datetime as dt
from base64 import b64encode
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from matplotlib.figure import Figure

from channelsim.metrics import MEASURES
from channelsim.store.replications import frame_digest
from channelsim.store.results import write_whole
from channelsim.study.transition_study import NO_CHANGE, Course, Stage, TransitionStudy, answers, courses, told


def draw_courses(study: TransitionStudy, found: Sequence[Course], path: Path) -> None:
    """One panel an outcome, one line an order with its pointwise 95 % interval; above zero is more than without change."""
    outcomes = list(dict.fromkeys(c.outcome for c in found))
    figure = Figure(figsize=(9.0, 2.4 * len(outcomes)), layout="constrained")
    for panel, outcome in zip(figure.subplots(len(outcomes), 1, sharex=True, squeeze=False)[:, 0], outcomes, strict=True):
        m = MEASURES[outcome]
        for number, course in enumerate(c for c in found if c.outcome == outcome):
            weeks = [w for a, b, _ in course.by_block for w in (a, b)]
            low, mean, high = ([getattr(e, part) for _, _, e in course.by_block for _ in (0, 1)] for part in ("low", "mean", "high"))
            dates = [study.date(w) for w in weeks]
            panel.plot(dates, mean, color=f"C{number}", label=course.order, lw=1.6)
            panel.fill_between(dates, low, high, color=f"C{number}", alpha=0.2, lw=0)
            for at in _changes(study, course.order):
                panel.axvline(at, color=f"C{number}", lw=0.9, ls=(3 * number, (3, 3)))
        panel.axhline(0.0, color="0.4", lw=0.8)
        better = "" if m.better == "neither" else f", {m.better} is better"
        panel.set_title(f"{outcome.replace('_', ' ')} [{m.unit}] against no change{better}", loc="left", fontsize=9)
        panel.spines[["top", "right"]].set_visible(False)
    figure.axes[0].legend(frameon=False, fontsize=8)
    figure.savefig(path, dpi=140)


def _changes(study: TransitionStudy, order: str) -> list[dt.date]:
    """Dates at which the office model or the strategy changes; steps of adoption are not among them."""
    stages = study.orders[order]
    return [study.date(b.first_week) for a, b in pairwise(stages) if (a.office_model, a.strategy) != (b.office_model, b.strategy)]


def _said(study: TransitionStudy, stage: Stage) -> tuple[str, str, str, str]:
    adoption = "" if stage.web_adoption == 1.0 else f"{100.0 * stage.web_adoption:.0f} %"
    return study.date(stage.first_week).isoformat(), stage.office_model, stage.strategy, adoption


def write_transition_page(folder: Path, study: TransitionStudy, frame: pd.DataFrame, manifest: Mapping[str, Any]) -> Path:
    """Write report.html into a results folder: question, answers, figure, blocks and definitions on one page without network."""
    found = courses(study, frame)
    picture = b64encode((folder / "transition.png").read_bytes()).decode()
    environment = Environment(loader=PackageLoader("channelsim", "report"), undefined=StrictUndefined,
                              autoescape=select_autoescape(default=True, default_for_string=True))  # fmt: skip
    text = environment.get_template("transition.html").render(
        study=study, manifest=manifest, answers=answers(study, frame), courses=found, picture=picture, measures=MEASURES, told=told,
        orders={name: [_said(study, s) for s in stages] for name, stages in study.orders.items() if name != NO_CHANGE},
        begins=_said(study, study.orders[NO_CHANGE][0]), replications=frame["replication"].nunique(), digest=frame_digest(frame),
    )  # fmt: skip
    path = folder / "report.html"
    write_whole(path, lambda file: file.write(text.encode("utf-8")))
    return path
