"""Can the budget reach the stated precision? Said before the study runs, from a pilot that counts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from channelsim.cli.many import CONSOLE
from channelsim.errors import ConfigError, Problem, shown
from channelsim.study.design import Study
from channelsim.study.inference import reachable
from channelsim.study.inference.words import figure
from channelsim.study.precision import LOOKS, family_of

PILOT = 10  # replications


@dataclass(frozen=True, eq=False)
class Pilot:
    """The contrasts of the first replications, and how long runs took by the clock."""

    contrasts: pd.DataFrame | None
    cells: int
    seconds: float


def worth_a_pilot(study: Study) -> bool:
    """Is there a precision to look at, and more to run than the pilot itself?"""
    return bool(study.precision) and study.replications >= LOOKS[0]


def say_whether_it_can_be(study: Study, path: Path, pilot: Pilot, binding: bool) -> None:
    """Print what the pilot says of the budget.

    Parameters
    ----------
    binding : bool
        Does the study file state the budget? Replications that are asked for in the command are made in any case.

    Raises
    ------
    ConfigError
        If the budget cannot reach the precision, even if the pilot was unlucky; its replications are kept.
    """
    if pilot.contrasts is None:
        CONSOLE.print("the pilot has no complete replication, so that nothing is known of the precision")
        return
    members = family_of(study)
    rows = pilot.contrasts[pilot.contrasts["measure"].isin(study.precision)]
    wide = rows.pivot(index="replication", columns=["alternative", "baseline", "measure"], values="value")
    columns = {(f"{a} against {b}", o): wide[a, b, o] for a, b in members for o in study.precision if (a, b, o) in wide}
    table = pd.DataFrame(columns)
    table.columns = pd.MultiIndex.from_tuples(list(columns))
    by_time = _within_time(study, pilot)
    allowed = min(study.replications, by_time)
    if allowed < LOOKS[0] and not binding:
        return
    if allowed < LOOKS[0]:
        what = f"in {study.budget.max_minutes:g} minutes about {by_time} replications fit; the first look at the precision is at {LOOKS[0]}"
        raise ConfigError([Problem(shown(path), 1, "budget.max_minutes", what, "allow more time or workers, or leave `precision` out")])
    found = reachable(table, study.precision, allowed, len(members) * len(study.primary_outcomes))
    CONSOLE.print(str(found), soft_wrap=True)
    if found.answer == "no" and binding:
        worst = max(found.members, key=lambda r: r.needed)
        mend = (f"ask for a half-width of {figure(worst.half_width_high)} {worst.member[1]}, or allow about {worst.needed} replications "
                f"(the last look is at {LOOKS[-1]})")  # fmt: skip
        raise ConfigError([Problem(shown(path), 1, "precision", str(found), mend)])


def _within_time(study: Study, pilot: Pilot) -> int:
    """Replications that the budget of time allows, at the pilot's pace; without either: as many as there are."""
    if study.budget.max_minutes is None or not pilot.cells:
        return study.replications
    per_replication = pilot.seconds / pilot.cells * len(study.alternatives)
    return int(60.0 * study.budget.max_minutes / per_replication)
