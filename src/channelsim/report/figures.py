"""Figures of a report as SVG text: what is freed, where specialist time goes, who waits and travels."""

from __future__ import annotations

import io

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt  # noqa: E402  (the backend comes first)
import numpy as np  # noqa: E402
from matplotlib.figure import Figure  # noqa: E402

from channelsim.rules import state as S  # noqa: E402
from channelsim.study.evidence import FREED, Evidence  # noqa: E402

MOST_SHOWN = 40  # settings or alternatives in one figure
COLOURS = ("#1b6ca8", "#d1752a", "#3a8f5c", "#8458a6", "#777777")


def svg(figure: Figure) -> str:
    """The figure as an inline SVG element, the same bytes for the same figure."""
    matplotlib.rcParams["svg.hashsalt"] = "channelsim"
    text = io.StringIO()
    figure.savefig(text, format="svg", bbox_inches="tight", metadata={"Date": None, "Creator": None})
    plt.close(figure)
    return text.getvalue()[text.getvalue().index("<svg") :]


def freed_figure(e: Evidence) -> str:
    """Released specialist hours of each strategy within each office model, with simultaneous intervals."""
    split = e.study.staffing_splits[0]
    contrasts = [c for c in e.study.contrasts if c.kind == "strategy" and c.plan.staffing_split == split]
    settings = list(dict.fromkeys(c.plan.setting for c in contrasts))[:MOST_SHOWN]
    strategies = list(dict.fromkeys(c.plan.way for c in contrasts))
    figure, axis = plt.subplots(figsize=(8.5, 4.2))
    told: set[str] = set()
    for contrast in (c for c in contrasts if c.plan.setting in settings):
        i, j, strategy = strategies.index(contrast.plan.way), settings.index(contrast.plan.setting), contrast.plan.way
        x = e.finding(contrast, FREED).estimate
        at = j + (i - (len(strategies) - 1) / 2) * min(0.22, 0.8 / len(strategies))
        half = 0.0 if np.isnan(x.half_width) else x.half_width
        label = None if strategy in told else strategy
        axis.errorbar(at, x.mean, yerr=half, fmt="o", color=COLOURS[i % len(COLOURS)], capsize=4, label=label)
        told.add(strategy)
    axis.axhline(0, color="#444444", linewidth=0.8)
    axis.set_xticks(range(len(settings)), settings)
    if max((len(name) for name in settings), default=0) > 14:
        axis.tick_params(axis="x", labelrotation=60, labelsize=7)
    axis.set_ylabel("A1, specialist hours a week")
    axis.set_title("Specialist time released against the same office model in 2011's way of working", fontsize=10)
    if told:
        axis.legend(frameon=False, fontsize=9)
    axis.spines[["top", "right"]].set_visible(False)
    return svg(figure)


def ledger_figure(e: Evidence) -> str:
    """Where specialist hours go in each alternative (mean over replications), other duties left out."""
    accounts = ("expertise contacts", "expertise casework", "routine contacts", "routine casework", "idle")
    assert set(accounts) <= set(S.LEDGER)
    shown = [a for a in e.study.alternatives if a.staffing_split == e.study.staffing_splits[0]][:MOST_SHOWN]
    names, labels = [a.name for a in shown], [f"{a.setting} x {a.way}" for a in shown]
    pools = e.frame[(e.frame["table"] == "pool") & e.frame["measure"].isin(accounts)]
    specialist = ~pools["item"].str.startswith(("generalist", "adviser", "national"))
    sums = (
        pools[specialist].groupby(["alternative", "measure"])["value"].sum()
        / e.frame["replication"].nunique()
        / 60.0
        / e.study.measured_weeks
    )
    figure, axis = plt.subplots(figsize=(8.5, 0.32 * len(names) + 1.2))
    left = np.zeros(len(names))
    for account, colour in zip(accounts, ("#1b6ca8", "#7fb2d6", "#d1752a", "#ecb488", "#dddddd"), strict=True):
        width = np.array([float(sums.get((n, account), 0.0)) for n in names])
        axis.barh(labels, width, left=left, color=colour, label=account)
        left += width
    axis.invert_yaxis()
    axis.set_xlabel("specialist hours a week on shift, other duties left out")
    axis.legend(ncols=5, frameon=False, fontsize=8, loc="lower center", bbox_to_anchor=(0.45, 1.0))
    axis.spines[["top", "right"]].set_visible(False)
    axis.tick_params(labelsize=8)
    return svg(figure)


def municipality_figure(e: Evidence, plan: str, baseline: str) -> str:
    """Change in unmet needs by municipality under a plan, losers first."""
    rows = e.frame[(e.frame["table"] == "municipality") & (e.frame["measure"] == "unmet_pct")]
    mean = rows.groupby(["alternative", "item"])["value"].mean()
    change = (mean[plan] - mean[baseline]).sort_values(ascending=False)
    figure, axis = plt.subplots(figsize=(8.5, 0.2 * len(change) + 1.0))
    axis.barh(change.index, change.to_numpy(), color=[COLOURS[1] if v > 0 else COLOURS[2] for v in change])
    axis.invert_yaxis()
    axis.set_xlabel("unmet needs, %-points, plan less baseline")
    axis.tick_params(labelsize=8)
    axis.spines[["top", "right"]].set_visible(False)
    return svg(figure)
