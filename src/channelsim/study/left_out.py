"""Alternatives in which replications stop: what may be said without them.

A corner of the inputs can be a world that does not work (a queue served out past midnight): its replications stop, and they stop
whenever they are run. One that stops in most replications is left out, with the plans that have it as baseline; where only
few stop, those replications are left out of all alternatives, so that all have met the same customers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from channelsim.study.design import Study
from channelsim.study.intervals import Stretch, count

MOST_STOPPED = 0.5  # of an alternative's replications


def without_stopped(
    study: Study, done: Mapping[str, Sequence[Stretch]], wanted: int, why: Mapping[str, str]
) -> tuple[Study, dict[str, str]]:
    """(the study without the alternatives that stop, these by name with the reason).

    Parameters
    ----------
    study : Study
    done : mapping of alternative to stretches
        Replications that are there.
    wanted : int
        Replications that were to be made.
    why : mapping of alternative to reason
        Alternatives of which some replication was set aside.
    """
    stopped = {
        name: reason
        for name, reason in why.items()
        if wanted - count([s for s in done.get(name, []) if s[0] < wanted]) >= MOST_STOPPED * wanted
    }
    if not stopped:
        return study, {}
    out: dict[str, str] = {}
    for a in study.alternatives:
        base = study.base_of(a).name
        if a.name in stopped or base in stopped:
            out[a.name] = stopped.get(a.name) or f"its baseline, {base}, stops"
    return replace(study, chosen=tuple(a for a in study.alternatives if a.name not in out)), out
