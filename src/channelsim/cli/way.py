"""`channelsim run STUDY --alternative ORDER` on a study of transitions: one order in one replication, with its event log on request."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

from rich.console import Console
from rich.table import Table

from channelsim.cli.compiling import compiling_note
from channelsim.cli.single import BYTES_OF_STEP, STEPS_OF_CUSTOMER, Asked
from channelsim.config.lines import suggestion
from channelsim.config.transition import load_transition
from channelsim.errors import ConfigError, Problem, shown
from channelsim.metrics import MEASURES
from channelsim.store.events import write_way
from channelsim.store.replications import frame_digest
from channelsim.study.kept_way import run_order
from channelsim.study.transition_study import TransitionStudy

CONSOLE = Console(width=140, highlight=False, markup=False, emoji=False)  # names come from files


def run_way(path: Path, order: str, asked: Asked) -> None:
    """Run one order of a study of transitions as the study does, print its blocks, keep its event log if asked for."""
    study = load_transition(path)
    if order not in study.orders:
        mend = suggestion(order, study.orders, f"use one of {', '.join(study.orders)}")
        raise ConfigError([Problem(shown(path), 1, "--alternative", f"unknown order {order!r}", mend)])
    study = _up_to(study, path, asked.until)
    if asked.engine == "fast":
        compiling_note()
    folder = asked.out if asked.records == "events" else None
    if folder is not None:
        say_size(study, order)
    kept = run_order(study, order, asked.replication, asked.engine, folder is not None)
    if folder is not None:
        write_way(folder, kept.way, kept.facts, kept.ledger)
    wide = kept.frame.pivot(index="first_week", columns="measure", values="value")
    table = Table("from", *(f"{name} [{MEASURES[name].unit}]" for name in study.outcomes), title=f"{study.name}: {order}")
    for week, row in wide.iterrows():
        table.add_row(str(study.date(int(str(week)))), *(f"{row[name]:,.2f}" for name in study.outcomes))
    CONSOLE.print(table)
    for what, moved in zip(study.words(order), kept.way.appointments_moved, strict=True):
        CONSOLE.print(f"{what}: {moved:,} appointments moved", soft_wrap=True)
    if folder is not None:
        CONSOLE.print(f"{kept.n_steps:,} steps are in {folder}: `channelsim audit {folder}`", soft_wrap=True)
    print(f"digest {frame_digest(kept.frame)}")


def _up_to(study: TransitionStudy, path: Path, date: str) -> TransitionStudy:
    """The study up to a Monday of its blocks; whole if none is named."""
    if not date:
        return study
    first, last = study.date(study.warm_up_weeks + 1), study.date(study.n_weeks)
    try:
        days = (dt.date.fromisoformat(date) - study.region.first_monday).days
    except ValueError:
        days = -1
    if days % 7 or not study.warm_up_weeks < days // 7 <= study.n_weeks:
        what = f"{date!r} is no Monday of the study's blocks"
        raise ConfigError([Problem(shown(path), 1, "--until", what, f"write a Monday from {first} to {last}, as {last}")])
    return study.up_to(days // 7)


def say_size(study: TransitionStudy, order: str) -> None:
    """How large a log becomes, before it begins."""
    needs = study.phases(order)[0].world.demand.weekly_mean.sum() * (study.n_weeks + study.follow_up_weeks)
    steps = needs * STEPS_OF_CUSTOMER
    CONSOLE.print(f"event log of {order}: about {steps:,.0f} steps, {steps * BYTES_OF_STEP / 1e6:,.1f} MB on disk")


def keep_ways(study: TransitionStudy, out: Path, replication: int) -> None:
    """Keep the event log of every order of one replication, in `records/rNUMBER/aNUMBER-ORDER/`."""
    for n, order in enumerate(study.orders):
        name = re.sub(r"[^A-Za-z0-9]+", "-", order).strip("-")
        folder = out / "records" / f"r{replication:06d}" / f"a{n:03d}-{name}"
        if not (folder / "events.json").exists():
            say_size(study, order)
            kept = run_order(study, order, replication, study.engine, True)
            write_way(folder, kept.way, kept.facts, kept.ledger)
        CONSOLE.print(f"event log of {order}, replication {replication}: {folder}", soft_wrap=True)
