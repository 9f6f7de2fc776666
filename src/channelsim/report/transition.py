"""The figure of a study of transitions: each outcome against no change, block by block."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from matplotlib.figure import Figure

from channelsim.metrics import MEASURES
from channelsim.study.transition_study import Course, TransitionStudy


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
            for stage in study.orders[course.order][1:]:
                panel.axvline(study.date(stage.first_week), color=f"C{number}", lw=0.6, ls=":")
        panel.axhline(0.0, color="0.4", lw=0.8)
        better = "" if m.better == "neither" else f", {m.better} is better"
        panel.set_title(f"{outcome.replace('_', ' ')} [{m.unit}] against no change{better}", loc="left", fontsize=9)
        panel.spines[["top", "right"]].set_visible(False)
    figure.axes[0].legend(frameon=False, fontsize=8)
    figure.savefig(path, dpi=140)
