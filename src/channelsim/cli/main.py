"""The command line. Each command imports what it needs when it runs, so that `--help` is quick."""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Optional

import typer

from channelsim.cli.network_commands import network_app
from channelsim.cli.policies_commands import policies_app
from channelsim.cli.spoken import spoken_errors, trust_files
from channelsim.cli.study_commands import study_app

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None,
    help="""Tests whether a multichannel strategy frees specialist time, and who pays for it.

    channelsim check configs/regions/tiny            is the input right?

    channelsim run configs/regions/tiny --weeks 4     one replication, with records

    channelsim study run experiments/office-models/study.yaml --out results/office-models

    channelsim report results/office-models           one page that needs no network

    channelsim explain DIR --need 4718600              one need's story, from a run with --records events

    channelsim audit DIR                               was every decision of that run right?

    channelsim verify tests/acceptance                 does it give the answers that are known?

    channelsim check-against-theory world.yaml         is my world a known formula, and if not, why not?
    """,
)  # fmt: skip
app.add_typer(study_app, name="study")
app.add_typer(policies_app, name="policies")
app.add_typer(network_app, name="network")


@app.command()
def check(
    files: Annotated[list[Path], typer.Argument(help="Region folders, strategy files, study files or worlds.")],
    trust: Annotated[list[str], typer.Option(help="A Python file that a strategy or world names as its policy: it may be run.")] = [],  # noqa: B006
) -> None:
    """Check configurations and prove their invariants.

    For a region: offices, points and staff of every office model; every point offers the minimum services; every
    municipality reaches every service by some channel; and the static utilisation of the baseline's pools.
    """
    with spoken_errors():
        trust_files(trust)
        from channelsim.config.check import check_files

        for line in check_files(files):
            typer.echo(line)


@app.command()
def run(
    target: Annotated[Path, typer.Argument(help="A region folder, or the YAML file of a world of queues and pools.")],
    model: Annotated[str, typer.Option(help="Office model of the region; default: its baseline.")] = "",
    alternative: Annotated[
        str, typer.Option(help="TARGET is a study: one of its alternatives (or orders of changes), with its seed and window.")
    ] = "",
    strategy: Annotated[str, typer.Option(help="Strategy by name or file; default: the region's baseline.")] = "",
    seed: Annotated[int, typer.Option(min=0, help="Root seed: same seed and replication, same customers.")] = 1,
    replication: Annotated[int, typer.Option(min=0, help="Number of the replication.")] = 0,
    engine: Annotated[str, typer.Option(help="fast or reference; both give the same result bit for bit.")] = "fast",
    weeks: Annotated[int, typer.Option(min=1, max=520, help="Measured weeks.")] = 4,
    warm_up: Annotated[int, typer.Option(min=0, max=520, help="Weeks before the measured ones.")] = 4,
    follow_up: Annotated[int, typer.Option(min=0, max=520, help="Weeks after them, in which needs still arise.")] = 0,
    until: Annotated[
        str, typer.Option(help="With an order of changes: the Monday at which its blocks end; default: as the study says.")
    ] = "",
    split: Annotated[str, typer.Option(help="Staffing split; default: the region's.")] = "",
    out: Annotated[Optional[Path], typer.Option(help="Folder for contacts, staff, ledger, waits (Parquet) and measures.json.")] = None,  # noqa: UP045
    records: Annotated[str, typer.Option(help="With --out: none, contacts, or events, which explain and audit read.")] = "contacts",
    guard: Annotated[bool, typer.Option("--guard", help="Check after every event what must always be true; several times slower.")] = False,
    policy: Annotated[str, typer.Option(help="FILE.py:NAME or module:NAME: code of your own that says who serves whom. It is run.")] = "",
    trust: Annotated[list[str], typer.Option(help="A Python file that a strategy or world names as its policy: it may be run.")] = [],  # noqa: B006
) -> None:
    """Run one replication and print what happened; the last line is a digest of all of it."""
    with spoken_errors():
        if engine not in ("fast", "reference"):
            raise typer.BadParameter("is fast or reference", param_hint="--engine")
        if records not in ("none", "contacts", "events"):
            raise typer.BadParameter("is none, contacts or events", param_hint="--records")
        if records == "events" and out is None:
            raise typer.BadParameter("events needs a folder to write to: add --out DIR", param_hint="--records")
        from channelsim.cli.single import Asked, run_region, run_world

        trust_files(trust)
        if until and not alternative:
            raise typer.BadParameter("goes with --alternative ORDER of a study of transitions", param_hint="--until")
        asked = Asked(seed, replication, engine, out, records, guard, policy, until)
        if alternative:
            from channelsim.cli.cell import run_cell
            from channelsim.cli.way import run_way
            from channelsim.config.transition import is_transition

            (run_way if is_transition(target) else run_cell)(target, alternative, asked)
        elif target.is_file() and target.name != "region.yaml":
            run_world(target, asked)
        else:
            run_region(target, model, strategy, split, (warm_up, weeks, follow_up), asked)


@app.command()
def verify(
    cases: Annotated[list[Path], typer.Argument(help="Worlds with an `expected:` block, or folders of them.")],
    engine: Annotated[str, typer.Option(help="fast or reference.")] = "fast",
    json: Annotated[Optional[Path], typer.Option("--json", help="Write the answer for a program.")] = None,  # noqa: UP045
    seed: Annotated[Optional[int], typer.Option(min=0, help="In place of the seeds in the files.")] = None,  # noqa: UP045
    max_minutes: Annotated[float, typer.Option(min=0.0, help="Wall clock for each case; after that it may be imprecise.")] = 5.0,
    trust: Annotated[list[str], typer.Option(help="A Python file that a world names as its policy: it may be run.")] = [],  # noqa: B006
) -> None:
    """Run worlds with known answers until they are known precisely enough, and judge them; exit code 1 if any fails."""
    with spoken_errors():
        if engine not in ("fast", "reference"):
            raise typer.BadParameter("is fast or reference", param_hint="--engine")
        trust_files(trust)
        from channelsim.cli.verify import verify_files

        if not verify_files(cases, engine, json, seed, max_minutes):
            raise typer.Exit(1)


@app.command()
def explain(
    folder: Annotated[Path, typer.Argument(help="A folder that `channelsim run --out DIR --records events` wrote.")],
    need: Annotated[int, typer.Option(help="Number of the need, from the column need of contacts.parquet.")],
) -> None:
    """Tell one need's story in words, from the event log alone: when, where, by whom, and the reason of every choice."""
    with spoken_errors():
        from channelsim.cli.audit import explain_need

        explain_need(folder, need)


@app.command()
def audit(folder: Annotated[Path, typer.Argument(help="A folder that `channelsim run --out DIR --records events` wrote.")]) -> None:
    """Replay the event log of a run and check every decision in it, with code that shares nothing with the rules.

    Who takes whom, first come first served, stages, reserves, holds, patience, appointments, ways, the order within an
    instant, needs and contacts that must not get lost, and the time ledger. Exit code 1 if anything is wrong.
    """
    with spoken_errors():
        from channelsim.cli.audit import audit_run

        if not audit_run(folder):
            raise typer.Exit(1)


@app.command("check-against-theory")
def check_against_theory(
    config: Annotated[Path, typer.Argument(help="The YAML file of a world of queues and pools.")],
    json: Annotated[Optional[Path], typer.Option("--json", help="Write the answer for a program.")] = None,  # noqa: UP045
    engine: Annotated[str, typer.Option(help="fast or reference.")] = "fast",
    seed: Annotated[Optional[int], typer.Option(min=0, help="In place of the seed in the file.")] = None,  # noqa: UP045
    replications: Annotated[int, typer.Option(min=2, help="Of each simulation, as long as the time allows.")] = 30,
    max_minutes: Annotated[float, typer.Option(min=0.0, help="Wall clock for each simulation.")] = 1.0,
) -> None:
    """Compare a world of queues with the closed forms nearest to it: is it Erlang C, and if not, what makes the difference?

    Every pool with its classes is set beside a formula (Erlang A, B, C, M/G/1, priorities, a Markov chain) and a
    simulation with its 95 % interval. Where they differ, what the formula does not have is taken away step by step until
    the model is the formula. Exit code 1 if the model IS the closed form and differs from it.
    """
    with spoken_errors():
        if engine not in ("fast", "reference"):
            raise typer.BadParameter("is fast or reference", param_hint="--engine")
        from channelsim.cli.theory import check_against_theory as checked
        from channelsim.testing.against_theory.compare import Effort

        if not checked(config, Effort(engine, seed, replications, max_minutes), json):
            raise typer.Exit(1)


@app.command()
def schema(
    kind: Annotated[str, typer.Argument(help="world, strategy, study, transition, region, input_groups or profile.")],
) -> None:
    """Print the JSON Schema of a kind of YAML file, for editors and other programs.

    An editor with a YAML language server checks a file while it is written. The same in words: docs/reference/configuration.md.
    """
    from channelsim.config.schema import KINDS, schema_of

    if kind not in KINDS:
        raise typer.BadParameter(f"is one of {', '.join(KINDS)}", param_hint="KIND")
    import json

    typer.echo(json.dumps(schema_of(kind), indent=2, ensure_ascii=False))


@app.command()
def report(folder: Annotated[Path, typer.Argument(help="A results folder.")]) -> None:
    """Write report.html into a results folder: one page, no network, the answer first."""
    with spoken_errors():
        from channelsim.cli.many import write_report
        from channelsim.cli.transition import report_transition
        from channelsim.config.transition import is_transition
        from channelsim.store.results import read_manifest

        if is_transition(Path(str(read_manifest(folder).get("study_file", "")))):
            typer.echo(f"report {report_transition(folder)}")
            return
        typer.echo(f"report {write_report(folder)}")


def main() -> None:
    """Entry point of the command `channelsim`. A crash ends with exit code 1 and the command that repeats it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # names of places may hold letters that a terminal cannot show
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception:
        import traceback

        traceback.print_exc()
        typer.echo(f"this is a mistake in channelsim, not in the input; to repeat it: channelsim {' '.join(sys.argv[1:])}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
