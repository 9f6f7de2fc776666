"""`channelsim policies`: who serves whom, in words."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from channelsim.cli.spoken import spoken_errors, trust_files, visible

policies_app = typer.Typer(no_args_is_help=True, help="Who serves whom: strategies, and policies of your own, in words.")


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
        trust_files(trust)
        from channelsim.cli.policies import in_words, world_of

        for line in in_words(world_of(name, region, model, policy), only):
            typer.echo(visible(line) if line.strip() else "")
