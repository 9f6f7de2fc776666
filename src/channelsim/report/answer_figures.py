"""Figures of a study's answers: one for each kind of question that a table tells badly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.colors import TwoSlopeNorm
from matplotlib.figure import Figure

from channelsim.report.figures import COLOURS, svg
from channelsim.study.answers.values import Answer
from channelsim.study.inference.contours import Contour
from channelsim.study.inference.crossing import BreakEven

MOST_BARS = 15
SHARE = "share of "
GOOD, BAD, PALE = COLOURS[2], COLOURS[1], "#cccccc"


def figure_of(answer: Answer) -> str:
    """The figure of an answer as SVG; nothing where its words and table say it all."""
    draw = DRAWN.get(answer.kind)
    if draw is None or not len(answer.table):
        return ""
    figure = draw(answer)
    return "" if figure is None else svg(figure)


def _axes(rows: int = 0) -> tuple[Figure, Any]:
    figure, axis = plt.subplots(figsize=(8.5, 0.3 * rows + 1.3 if rows else 3.8))
    axis.spines[["top", "right"]].set_visible(False)
    axis.tick_params(labelsize=8)
    return figure, axis


def _unit(column: str) -> str:
    return column.partition("[")[2].rstrip("]")


def break_even_figure(answer: Answer) -> Figure | None:
    """The curve over the factor with its intervals, zero, and where it is crossed."""
    found = answer.drawn
    if not isinstance(found, BreakEven):
        return None
    figure, axis = _axes()
    x = np.array([at for at, _ in found.curve])
    mean, low, high = (np.array([getattr(e, k) for _, e in found.curve]) for k in ("mean", "low", "high"))
    axis.fill_between(x, low, high, color=COLOURS[0], alpha=0.2, lw=0, label="95 % interval, all points together")
    axis.plot(x, mean, "o-", color=COLOURS[0], ms=4)
    axis.axhline(0.0, color="#444444", lw=0.8)
    if found.kind == "one":
        low_end, high_end = max(found.low, x[0]), min(found.high, x[-1])
        axis.axvspan(low_end, high_end, color=BAD, alpha=0.25, lw=0)
        axis.axvline(found.root, color=BAD, lw=1.2, label=f"break-even {found.root:.3g}")
    axis.set_xlabel(found.factor.replace("_", " "))
    axis.set_ylabel(f"{found.outcome}\n[{_unit(answer.table.columns[1])}]", fontsize=8)
    axis.legend(frameon=False, fontsize=8)
    return figure


def contour_figure(answer: Answer) -> Figure | None:
    """The outcome over two factors: colour for the mean, its sign where shown, and the line of zero with its band."""
    c = answer.drawn
    if not isinstance(c, Contour):
        return None
    figure, axis = _axes()
    size = max(float(np.abs(c.mean).max()), 1e-9)
    drawn = axis.contourf(c.x, c.y, c.mean, levels=21, cmap="RdYlGn" if size else None, norm=TwoSlopeNorm(0.0, -size, size), alpha=0.8)
    marks = {1: "+", -1: "−", 0: "?"}
    for i, y in enumerate(c.y):
        for j, x in enumerate(c.x):
            axis.text(x, y, marks[int(c.sign[i, j])], ha="center", va="center", fontsize=11, clip_on=False)
    roots = [(float(y), b) for y, b in zip(c.y, c.line, strict=True) if b.kind == "one"]
    if roots:
        axis.plot([b.root for _, b in roots], [y for y, _ in roots], color="black", lw=1.6, label="zero, with its 95 % interval row by row")
        ends = [(max(b.low, float(c.x[0])), min(b.high, float(c.x[-1])), y) for y, b in roots]
        axis.fill_betweenx([y for *_, y in ends], [a for a, *_ in ends], [b for _, b, _ in ends], color="black", alpha=0.2, lw=0)
        axis.legend(frameon=False, fontsize=8, loc="lower center", bbox_to_anchor=(0.5, 1.0))
    axis.set_xlabel(c.names[0].replace("_", " "))
    axis.set_ylabel(c.names[1].replace("_", " "), fontsize=8)
    figure.colorbar(drawn, ax=axis).set_label(f"{c.outcome} [{c.outcome_unit}]", fontsize=8)
    return figure


def tornado_figure(answer: Answer) -> Figure:
    """The answer with each input at its low and its high, widest first."""
    rows = answer.table.head(MOST_BARS)
    figure, axis = _axes(len(rows))
    ends = rows[["answer_at_low", "answer_at_high"]].to_numpy(dtype=float)
    names = rows["input"].astype(str).tolist()
    axis.barh(names, ends[:, 1] - ends[:, 0], left=ends[:, 0], color=PALE)
    axis.plot(ends[:, 0], names, "|", color=BAD, ms=14, mew=3, label="at its low (5 %)")
    axis.plot(ends[:, 1], names, "|", color=COLOURS[0], ms=14, mew=3, label="at its high (95 %)")
    axis.axvline(0.0, color="#444444", lw=0.8)
    return _finished(figure, axis, answer.title)


def screen_figure(answer: Answer) -> Figure:
    """How much each input moves the answer over its range, with intervals, strongest first."""
    rows = answer.table.head(MOST_BARS)
    return _bars(rows["input"], rows["mu_star"], rows["low"], rows["high"], f"{answer.title}: mean size of the effect over its range")


def sobol_figure(answer: Answer) -> Figure:
    """Shares of the variance, alone and with others."""
    rows = answer.table.head(MOST_BARS)
    figure, axis = _axes(len(rows))
    at = np.arange(len(rows))
    for shift, kind, colour, label in ((-0.18, "first", COLOURS[0], "alone"), (0.18, "total", COLOURS[1], "with all its interactions")):
        mean = rows[kind].to_numpy(dtype=float)
        ends = np.abs(rows[[f"{kind}_low", f"{kind}_high"]].to_numpy(dtype=float).T - mean)
        axis.barh(at + shift, mean, 0.34, xerr=ends, color=colour, ecolor="#555555", capsize=2, label=label)
    axis.set_yticks(at, rows["input"].astype(str))
    axis.set_xlim(min(0.0, axis.get_xlim()[0]), None)
    return _finished(figure, axis, "share of the variance over the inputs, with its 95 % interval")


def attribution_figure(answer: Answer) -> Figure | None:
    """Shares of the change that add up."""
    rows = answer.table[answer.table["effect"].astype(str).str.startswith((SHARE, "all together"))]
    if not len(rows):
        return None
    names = rows["effect"].astype(str).str.removeprefix(SHARE)
    return _bars(
        names, rows.iloc[:, 1], rows["low"], rows["high"], f"{answer.title} [{_unit(answer.table.columns[1])}]: shares that add up"
    )


def posts_figure(answer: Answer) -> Figure | None:
    """Posts released in each alternative."""
    if "posts released" not in answer.table:
        return None
    rows = answer.table.head(40)
    number = pd.to_numeric(rows["posts released"].astype(str).str.partition(" ")[0], errors="coerce").fillna(0.0)  # "16 or more", "none"
    figure, axis = _axes(len(rows))
    axis.barh(rows["alternative"].astype(str), number, color=COLOURS[0])
    for i, (n, text) in enumerate(zip(number, rows["posts released"], strict=True)):
        axis.text(n, i, f" {text}", va="center", fontsize=8)
    return _finished(figure, axis, answer.title)


def regret_figure(answer: Answer) -> Figure:
    """What each alternative loses against the best, future by future."""
    rows = answer.table.head(MOST_BARS)
    futures = [c for c in rows.columns if c not in ("alternative", "largest")]
    figure, axis = _axes(2 * len(rows))
    at = np.arange(len(rows))
    for i, future in enumerate(futures):
        height = 0.8 / len(futures)
        axis.barh(at - 0.4 + (i + 0.5) * height, rows[future], height, color=plt.get_cmap("tab10")(i % 10), label=str(future))
    axis.set_yticks(at, rows["alternative"].astype(str))
    return _finished(figure, axis, answer.title)


def favourite_figure(answer: Answer) -> Figure:
    """The preferred plan less each rival in the first setting; an outcome a panel, green where it is better, orange where worse."""
    rows = answer.table[answer.table["setting"] == answer.table["setting"].iloc[0]]
    outcomes = list(dict.fromkeys(rows["outcome"]))
    figure, axes = plt.subplots(1, len(outcomes), figsize=(8.5, 0.35 * len(set(rows["against"])) + 1.4), sharey=True, squeeze=False)
    for axis, outcome in zip(axes[0], outcomes, strict=True):
        mine = rows[rows["outcome"] == outcome]
        for against, mean, low, high, verdict in mine[["against", "mean", "low", "high", "on this outcome"]].itertuples(index=False):
            colour = {"better": GOOD, "worse": BAD}.get(str(verdict), "#777777")
            axis.errorbar(mean, str(against), xerr=[[mean - low], [high - mean]], fmt="o", color=colour, capsize=3, ms=4)
        axis.axvline(0.0, color="#444444", lw=0.8)
        axis.set_title(f"{outcome}\n[{mine['unit'].iloc[0]}]", fontsize=7)
        axis.tick_params(labelsize=7)
        axis.spines[["top", "right"]].set_visible(False)
        axis.margins(y=0.2)
    axes[0][0].invert_yaxis()
    setting = str(rows["setting"].iloc[0])
    figure.suptitle("the preferred plan less each rival" + (f", {setting}" if setting else ""), fontsize=8, x=0.1, y=1.06, ha="left")
    return figure


def _bars(names: pd.Series, mean: pd.Series, low: pd.Series, high: pd.Series, label: str) -> Figure:
    figure, axis = _axes(len(names))
    values = mean.to_numpy(dtype=float)
    ends = np.vstack([values - low.to_numpy(dtype=float), high.to_numpy(dtype=float) - values])
    axis.barh(names.astype(str).tolist(), values, xerr=np.maximum(ends, 0.0), color=COLOURS[0], ecolor="#555555", capsize=3)
    axis.axvline(0.0, color="#444444", lw=0.8)
    return _finished(figure, axis, label)


def _finished(figure: Figure, axis: Any, label: str) -> Figure:
    axis.invert_yaxis()
    axis.set_xlabel(label, fontsize=8)
    if axis.get_legend_handles_labels()[1]:
        axis.legend(frameon=False, fontsize=8, ncols=3, loc="lower left", bbox_to_anchor=(0.0, 1.0))
    return figure


DRAWN: dict[str, Callable[[Answer], Figure | None]] = {
    "break_even": break_even_figure, "contour": contour_figure, "tornado": tornado_figure, "screen": screen_figure,
    "sobol": sobol_figure, "metamodel": sobol_figure, "attribute": attribution_figure, "equal_service": posts_figure,
    "regret": regret_figure, "favourite": favourite_figure,
}  # fmt: skip
