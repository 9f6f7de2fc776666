"""Contacts and event logs of chosen replications of a study, beside its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from channelsim.cli.single import write_run
from channelsim.errors import ConfigError, Problem
from channelsim.metrics import Case, measures_of
from channelsim.scenario.tables import TARGET_MIN
from channelsim.simulate import simulate
from channelsim.study.design import Study

MOST = 1000


def chosen_replications(kind: str, numbers: str) -> list[int]:
    """The replications that `--records-of` names; none if nothing is to be kept."""
    if not kind:
        return []
    if kind not in ("contacts", "events"):
        raise ConfigError([Problem("channelsim", 1, "--records", f"unknown kind {kind!r}", "use contacts or events")])
    words = [w.strip() for w in numbers.split(",")]
    if not all(w.isdigit() for w in words) or len(words) > MOST:
        raise ConfigError([Problem("channelsim", 1, "--records-of", f"{numbers[:60]!r} is no list of numbers", "write it as 0,7,12")])
    return sorted({int(w) for w in words})


def keep_records(study: Study, out: Path, keys: Mapping[str, str], kind: str, replication: int) -> None:
    """Run one replication of all alternatives again and keep what `channelsim run --out` keeps, in `records/rNUMBER/aNUMBER-KEY/`."""
    for n, alternative in enumerate(study.alternatives):
        folder = out / "records" / f"r{replication:06d}" / f"a{n:03d}-{keys[alternative.name][:12]}"
        if (folder / "measures.json").exists() and (kind == "contacts" or (folder / "events.json").exists()):
            continue
        world = study.world(alternative)
        run = simulate(world, study.seed, replication, study.window, study.engine, keep_records=True, log_events=kind == "events")
        case = Case(run, world, study.region)
        write_run(case, measures_of(case), folder, {"phone_wait_min": float(world.tables.options[TARGET_MIN])}, study.window)
