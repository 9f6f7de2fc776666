"""`channelsim study`: many replications of several alternatives."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Optional

import typer

from channelsim.cli.spoken import spoken_errors, trust_files

study_app = typer.Typer(no_args_is_help=True, help="Run many replications of several alternatives, and read what they say.")


@study_app.command("run")
def study_run(
    study: Annotated[Path, typer.Argument(help="A study.yaml.")],
    out: Annotated[Path, typer.Option(help="Results folder; a folder of the same study is continued.")],
    workers: Annotated[
        int, typer.Option(min=0, help="Processes; default: one for each core. 0: in this one, for a debugger.")
    ] = os.cpu_count() or 1,
    replications: Annotated[Optional[int], typer.Option(min=1, help="In place of the number in the file.")] = None,  # noqa: UP045
    engine: Annotated[str, typer.Option(help="In place of the engine in the file.")] = "",
    executor: Annotated[str, typer.Option(help="local, dask, slurm (jobs that a scheduler here feeds) or slurm-array.")] = "local",
    profile: Annotated[Optional[Path], typer.Option(help="A profile: partition, account, time, memory, cores, scratch.")] = None,  # noqa: UP045
    half_width: Annotated[
        float | None,
        typer.Option(min=0.0, help="Stop at 30, 60, 120 or 240 replications if the first primary outcome is known so well."),
    ] = None,  # noqa: UP045, E501
    records: Annotated[str, typer.Option(help="Keep contacts or events of the replications that --records-of names.")] = "",
    records_of: Annotated[str, typer.Option(help="Numbers of replications, such as 0,7.")] = "0",
    trust: Annotated[list[str], typer.Option(help="A Python file that a strategy names as its policy: it may be run.")] = [],  # noqa: B006
    detach: Annotated[bool, typer.Option("--detach", help="With slurm-array: submit, and do not wait; the same command collects.")] = False,
) -> None:
    """Run a study, or go on with it. Ctrl-C leaves a folder that can be continued; nothing done is done again.

    After an edit of the study, a strategy or the region, only what the edit touches is run again. One run at a time may
    write to a folder; `channelsim study status` looks on. docs/reference/results.md describes folder and profile.
    """
    with spoken_errors():
        trust_files(trust)
        from channelsim.config.transition import is_transition

        if is_transition(study):
            from channelsim.cli.transition import run_transition

            if executor != "local":
                raise typer.BadParameter("a study of transitions runs on the processes of this machine", param_hint="--executor")
            run_transition(study, out, max(1, workers), replications, records, records_of)
            return
        from channelsim.cli.sweep import Options, run_study

        options = Options(executor, profile, half_width, records, records_of, detach)
        run_study(study, out, workers, replications, engine, options)


@study_app.command("extend")
def study_extend(
    folder: Annotated[Path, typer.Argument(help="A results folder.")],
    to: Annotated[Optional[int], typer.Option(min=1, help="Replications in all; default: the next look (30, 60, 120, 240).")] = None,  # noqa: UP045
    workers: Annotated[int, typer.Option(min=1, help="Processes; default: one for each core.")] = os.cpu_count() or 1,
    executor: Annotated[str, typer.Option(help="local, dask, slurm or slurm-array.")] = "local",
    profile: Annotated[Optional[Path], typer.Option(help="A profile: partition, account, time, memory, cores, scratch.")] = None,  # noqa: UP045
) -> None:
    """Add replications to a study that was run; none is done again, and the answer is that of a study that had so many from the start.

    A study with a stated `precision` stops at the next look at which it is reached; at those looks alone its intervals hold together.
    """
    with spoken_errors():
        from channelsim.cli.extend import extend_study
        from channelsim.cli.sweep import Options

        extend_study(folder, to, workers, Options(executor, profile))


@study_app.command("work", hidden=True)
def study_work(
    folder: Annotated[Path, typer.Argument(help="A results folder with array/job.json.")],
    share: Annotated[int, typer.Option(min=0, help="Which share.")],
    of: Annotated[int, typer.Option(min=1, help="Of how many.")],
    trust: Annotated[list[str], typer.Option(help="SHA256=FILE: a policy that may be run if that is still its content.")] = [],  # noqa: B006
) -> None:
    """What a job of `study run --executor slurm-array` does: one share of the missing chunks."""
    with spoken_errors():
        trust_files(trust)
        from channelsim.cli.computing import work_share

        if work_share(folder, share, of):
            raise typer.Exit(1)


@study_app.command("pilot")
def study_pilot(
    study: Annotated[Path, typer.Argument(help="A study.yaml.")],
    replications: Annotated[int, typer.Option(min=1, help="Of each alternative and start.")] = 4,
    n_weeks: Annotated[int, typer.Option("--weeks", min=8, max=500, help="Length of the pilot.")] = 32,
    out: Annotated[Optional[Path], typer.Option(help="Folder for pilot.csv and pilot.png.")] = None,  # noqa: UP045
) -> None:
    """How long must this study warm up? Runs each alternative from empty and from twice the backlog, on the same draws.

    The answer is the smallest multiple of four weeks after which owed work differs by less than 2 % in all alternatives that
    are not overloaded; write it into the study as `warm_up_weeks`.
    """
    with spoken_errors():
        from channelsim.cli.pilot import run_pilot

        run_pilot(study, replications, n_weeks, out)


@study_app.command("show")
def study_show(
    folder: Annotated[Path, typer.Argument(help="A results folder.")],
    json: Annotated[bool, typer.Option("--json", help="Everything, for a program.")] = False,
) -> None:
    """Print estimates, intervals and verdicts of a study, and the digest of its measures."""
    with spoken_errors():
        from channelsim.cli.many import show_study

        show_study(folder, json)


@study_app.command("status")
def study_status(
    folder: Annotated[Path, typer.Argument(help="A results folder, also one that a run on another machine is filling.")],
    json: Annotated[bool, typer.Option("--json", help="Everything, for a program.")] = False,
) -> None:
    """How far is this study: done, running, set aside, rate, time left, and half-widths reached. Touches nothing."""
    with spoken_errors():
        from channelsim.cli.status import print_status

        print_status(folder, json)
