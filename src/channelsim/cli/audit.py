"""`channelsim audit` and `channelsim explain`: a run's event log, checked or told."""

from __future__ import annotations

from pathlib import Path

import typer

from channelsim.cli.log_rows import LogRows
from channelsim.errors import ConfigError, Problem, shown
from channelsim.store.events import EVENTS, read_log
from channelsim.testing.audit.replay import Replay
from channelsim.testing.audit.rows import Log
from channelsim.testing.audit.story import story_of

MOST_SHOWN = 20


def load(folder: Path) -> Log:
    """The event log in a folder."""
    facts, frame, ledgers = read_log(folder)
    return Log(facts, LogRows(frame), ledgers[0][2], ledgers)


def audit_run(folder: Path) -> bool:
    """Check every decision of a run; print how many of each kind, and what is wrong. True if nothing is."""
    log = load(folder)
    replay = Replay(log).run()
    typer.echo(f"{log.facts['alternative']}, seed {log.facts['seed']}, replication {log.facts['replication']}: {len(log.rows):,} steps")
    wrong = replay.wrong_by_kind()
    for kind, n in sorted(replay.checked.items(), key=lambda item: -item[1]):
        typer.echo(f"  {n:>10,}  {kind}" + (f": {wrong[kind]:,} wrong" if wrong[kind] else ""))
    typer.echo(f"{sum(replay.checked.values()):,} decisions and facts checked, {replay.n_findings:,} wrong")
    for finding in replay.findings[:MOST_SHOWN]:
        typer.echo(str(finding), err=True)
    if replay.n_findings > MOST_SHOWN:
        typer.echo(f"and {replay.n_findings - MOST_SHOWN:,} more", err=True)
    return replay.n_findings == 0


def explain_need(folder: Path, need: int) -> None:
    """Tell one need's story, line by line."""
    log = load(folder)
    lines = story_of(log, need)
    if not lines:
        some = [str(row.need) for row in log.rows[:20000] if row.event == "need arises"][-3:]
        what, cure = f"no need {need} in this log", f"take a number from the column need of contacts.parquet, like {', '.join(some)}"
        raise ConfigError([Problem(shown(folder / EVENTS), 1, "--need", what, cure)])
    typer.echo(f"{log.facts['alternative']}, seed {log.facts['seed']}, replication {log.facts['replication']}")
    for line in lines:
        typer.echo(line)
