"""Alternatives in which replications stop: what may be said without them.

A corner of the inputs can be a world that does not work (a queue served out past midnight): its replications stop, and they stop
whenever they are run. One that stops in most replications is left out, with the plans that have it as baseline; where only
few stop, those replications are left out of all alternatives, so that all have met the same customers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from channelsim.study.design import Study
from channelsim.study.intervals import Stretch, common, count

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
    chosen = tuple(a for a in study.alternatives if a.name not in out)
    return replace(study, chosen=chosen, stopped=tuple(a for a in study.alternatives if a.name in out)), out


def replications_lost(
    study: Study, done: Mapping[str, Sequence[Stretch]], wanted: int, why: Mapping[str, str]
) -> str:  # fmt: skip
    """What to say of replications that stop in some alternative which is kept: they count for none. Empty where there are none.

    Parameters
    ----------
    study : Study
        Without the alternatives that stop in most.
    done, wanted, why
        As for `without_stopped`.
    """
    stops = [a.name for a in study.alternatives if a.name in why]
    whole: list[Stretch] = [(0, wanted)]
    for name in stops:
        whole = common(whole, list(done.get(name, [])))
    n = wanted - count(whole)
    if not n:
        return ""
    others = f" and {len(stops) - 1} more alternatives" if len(stops) > 1 else ""
    reason = why[stops[0]].rpartition("stopped: ")[2]
    return (
        f"left out of all answers: {n} of {wanted} replications, which stop in {stops[0]}{others} ({reason}). "
        "If heavy years are those that stop, waits, unmet needs and owed work are told too low"
    )
