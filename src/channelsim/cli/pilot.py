"""`channelsim study pilot`: how long a study must warm up."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.table import Table

from channelsim.cli.compiling import compiling_note
from channelsim.config.study import load_study
from channelsim.study.pilot import TwoStarts, pilot

CONSOLE = Console(width=120, highlight=False, markup=False)


def run_pilot(file: Path, replications: int, n_weeks: int, out: Path | None) -> None:
    """Print how soon both starts of each alternative agree, and the warm-up that follows."""
    study = load_study(file)
    compiling_note()
    found = []
    table = Table("alternative", "owed work h, usual", "backlog h, at most", "agree after weeks")
    for starts in pilot(study, replications, n_weeks):
        found.append(starts)
        half = len(starts.from_empty_h) // 2
        weeks = starts.warm_up_weeks
        table.add_row(starts.alternative.name, f"{starts.from_empty_h[half:].mean():,.0f}", f"{starts.from_backlog_h.max():,.0f}",
                      f"not within {n_weeks}" if weeks is None else str(weeks))  # fmt: skip
        CONSOLE.print(f"{len(found)} of {len(study.alternatives)}: {starts.alternative.name}")
    CONSOLE.print(table)
    settled = [s.warm_up_weeks for s in found if s.warm_up_weeks is not None]
    never = [s.alternative.name for s in found if s.warm_up_weeks is None]
    if never:
        CONSOLE.print(f"never agree, so that their owed work has no usual level (overloaded, see `study show`): {', '.join(never)}")
    if settled:
        warm_up = max(settled)
        CONSOLE.print(f"warm-up: {warm_up} weeks for all alternatives; the study has {study.warm_up_weeks}")
    if out is not None:
        _write(found, out)


def _write(found: list[TwoStarts], out: Path) -> None:
    import matplotlib.pyplot as plt

    out.mkdir(parents=True, exist_ok=True)
    rows = [
        (s.alternative.name, week, float(a), float(b))
        for s in found
        for week, (a, b) in enumerate(zip(s.from_empty_h, s.from_backlog_h, strict=True))
    ]
    pd.DataFrame(rows, columns=["alternative", "week", "owed_from_empty_h", "owed_from_backlog_h"]).to_csv(out / "pilot.csv", index=False)
    figure, axis = plt.subplots(figsize=(9, 5))
    for s in found:
        axis.plot(range(0, 4 * len(s.difference), 4), 100.0 * s.difference, linewidth=1, label=s.alternative.name)
    axis.axhline(2.0, color="black", linestyle="--", linewidth=1)
    axis.set(
        yscale="log",
        xlabel="weeks since the start",
        ylabel="mean owed work of four weeks, difference of the starts, %",
        title="Two starts on the same draws",
    )
    figure.savefig(out / "pilot.png", dpi=120, bbox_inches="tight")
    plt.close(figure)
    CONSOLE.print(f"written to {out / 'pilot.csv'} and {out / 'pilot.png'}")
