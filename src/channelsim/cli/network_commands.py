"""`channelsim network`: where points should be."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from channelsim.cli.spoken import spoken_errors

network_app = typer.Typer(no_args_is_help=True, help="Design networks of service points.")


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
