"""What all commands share: how errors are told, with which exit code they end, and whose code may be run."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer


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


def trust_files(files: list[str]) -> None:
    """Let configurations load the policies that they name in these files."""
    from channelsim.config.policies import trust

    for file in files:
        trust(file)
