"""The command line. Each command imports what it needs when it runs, so that `--help` is quick."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Optional

import typer

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
study_app = typer.Typer(no_args_is_help=True, help="Run many replications of several alternatives, and read what they say.")
app.add_typer(study_app, name="study")
policies_app = typer.Typer(no_args_is_help=True, help="Who serves whom: strategies, and policies of your own, in words.")
app.add_typer(policies_app, name="policies")
network_app = typer.Typer(no_args_is_help=True, help="Design networks of service points.")
app.add_typer(network_app, name="network")


def visible(text: str) -> str:
    """One line that a terminal shows as it is: names from files may hold anything."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in text)


@contextmanager
def spoken_errors() -> Iterator[None]:
    """Bad input: one message with all problems, exit code 2. A stopped replication: exit code 1 and how to repeat it."""
    from channelsim.errors import ConfigError, SimulationError

    try:
        yield
    except ConfigError as error:
        for problem in error.problems:
            typer.echo(visible(str(problem)), err=True)
        n = len(error.problems)
        typer.echo(f"{n} problem{'s' if n > 1 else ''}; nothing was written.", err=True)
        raise typer.Exit(2) from None
    except SimulationError as error:
        typer.echo(visible(str(error).replace("\n", "; ")), err=True)
        if not error.again:
            typer.echo(f"to repeat it: channelsim {shlex.join(sys.argv[1:])}", err=True)
        raise typer.Exit(1) from None


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
        _trust(trust)
        from channelsim.config.check import check_files

        for line in check_files(files):
            typer.echo(line)


@app.command()
def run(
    target: Annotated[Path, typer.Argument(help="A region folder, or the YAML file of a world of queues and pools.")],
    model: Annotated[str, typer.Option(help="Office model of the region; default: its baseline.")] = "",
    alternative: Annotated[str, typer.Option(help="TARGET is a study: one of its alternatives, with its seed and window.")] = "",
    strategy: Annotated[str, typer.Option(help="Strategy by name or file; default: the region's baseline.")] = "",
    seed: Annotated[int, typer.Option(min=0, help="Root seed: same seed and replication, same customers.")] = 1,
    replication: Annotated[int, typer.Option(min=0, help="Number of the replication.")] = 0,
    engine: Annotated[str, typer.Option(help="fast or reference; both give the same result bit for bit.")] = "fast",
    weeks: Annotated[int, typer.Option(min=1, max=520, help="Measured weeks.")] = 4,
    warm_up: Annotated[int, typer.Option(min=0, max=520, help="Weeks before the measured ones.")] = 4,
    follow_up: Annotated[int, typer.Option(min=0, max=520, help="Weeks after them, in which needs still arise.")] = 0,
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

        _trust(trust)
        asked = Asked(seed, replication, engine, out, records, guard, policy)
        if alternative:
            from channelsim.cli.cell import run_cell

            run_cell(target, alternative, asked)
        elif target.is_file() and target.name != "region.yaml":
            run_world(target, asked)
        else:
            run_region(target, model, strategy, split, (warm_up, weeks, follow_up), asked)


def _trust(files: list[str]) -> None:
    """Let configurations load the policies that they name in these files."""
    from channelsim.config.policies import trust

    for file in files:
        trust(file)


@policies_app.command("list")
def policies_list(
    region: Annotated[Path, typer.Option(help="A region: the strategies of the `configs` folder above it.")] = Path("configs/regions/tiny"),
) -> None:
    """List the strategies: policies that need no code. How to write one of your own: docs/guides/write-a-policy.md."""
    with spoken_errors():
        from channelsim.cli.policies import listed
        from channelsim.config.strategy import shelf_of

        shelf = shelf_of("strategies", region)
        for line in listed(shelf) if shelf is not None else ():
            typer.echo(line)


@policies_app.command("show")
def policies_show(
    name: Annotated[str, typer.Argument(help="A strategy by name or file, or the file of a world.")],
    region: Annotated[Path, typer.Option(help="The region that a strategy steers.")] = Path("configs/regions/tiny"),
    model: Annotated[str, typer.Option(help="Office model of the region; default: its baseline.")] = "",
    policy: Annotated[str, typer.Option(help="FILE.py:NAME or module:NAME: code of your own in place of the lists. It is run.")] = "",
    only: Annotated[str, typer.Option(help="Only classes whose name holds this, such as `phone`.")] = "",
    trust: Annotated[list[str], typer.Option(help="A Python file that the strategy or world names as its policy: it may be run.")] = [],  # noqa: B006
) -> None:
    """Print the compiled routing lists in words: who serves what, in which order, after what wait, in which hours."""
    with spoken_errors():
        _trust(trust)
        from channelsim.cli.policies import in_words, world_of

        for line in in_words(world_of(name, region, model, policy), only):
            typer.echo(visible(line) if line.strip() else "")


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
        _trust(trust)
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
        _trust(trust)
        from channelsim.config.transition import is_transition

        if is_transition(study):
            from channelsim.cli.transition import run_transition

            if executor != "local":
                raise typer.BadParameter("a study of transitions runs on the processes of this machine", param_hint="--executor")
            run_transition(study, out, max(1, workers), replications)
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
) -> None:
    """What a job of `study run --executor slurm-array` does: one share of the missing chunks."""
    with spoken_errors():
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


@network_app.command("design")
def network_design(
    region: Annotated[Path, typer.Argument(help="A region folder.")],
    points: Annotated[Optional[int], typer.Option(min=1, help="How many points have staff; not for set_cover.")] = None,  # noqa: UP045
    goal: Annotated[
        str, typer.Option(help="p_median: least mean trip; maximal_cover: most needs within the limit; set_cover: fewest points.")
    ] = "p_median",
    limit_min: Annotated[float, typer.Option(min=0.1, help="Longest trip by car, minutes.")] = float("inf"),
    keep: Annotated[Optional[list[str]], typer.Option(help="A point that stays in any case; may be given again.")] = None,  # noqa: UP045
    candidates: Annotated[
        str, typer.Option(help="Where points may be: municipalities, points, or staffed (points of the model).")
    ] = "municipalities",
    model: Annotated[str, typer.Option(help="Office model whose points are meant; default: the region's baseline.")] = "",
    capacity: Annotated[Optional[list[str]], typer.Option(help="NAME=NEEDS a week that a point can take; may be given again.")] = None,  # noqa: UP045
    best: Annotated[int, typer.Option(min=1, max=20, help="How many networks, the best first.")] = 1,
    json: Annotated[bool, typer.Option("--json", help="Everything, for a program.")] = False,
) -> None:
    """Choose service points by integer programming (HiGHS), and say how many customers reach them, with and without a car.

    What it prints last can be written into a study, which simulates the network: waits are not part of the choice.
    """
    with spoken_errors():
        from channelsim.cli.network import design_network
        from channelsim.scenario.network_design import Wanted

        room = {}
        for word in capacity or []:
            name, _, needs = word.rpartition("=")
            if not name or not needs.replace(".", "", 1).isdigit():
                raise typer.BadParameter("is written NAME=NEEDS, like Oulu=2000", param_hint="--capacity")
            room[name] = float(needs)
        wanted = Wanted(goal, points, limit_min, tuple(keep or ()), (), room, "joint", best)
        design_network(region, model, candidates, wanted, json)


@study_app.command("status")
def study_status(
    folder: Annotated[Path, typer.Argument(help="A results folder, also one that a run on another machine is filling.")],
    json: Annotated[bool, typer.Option("--json", help="Everything, for a program.")] = False,
) -> None:
    """How far is this study: done, running, set aside, rate, time left, and half-widths reached. Touches nothing."""
    with spoken_errors():
        from channelsim.cli.status import print_status

        print_status(folder, json)


@app.command()
def report(folder: Annotated[Path, typer.Argument(help="A results folder.")]) -> None:
    """Write report.html into a results folder: one page, no network, the answer first."""
    with spoken_errors():
        from channelsim.cli.many import write_report

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
