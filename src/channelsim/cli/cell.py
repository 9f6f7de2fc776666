"""One alternative of a study in one replication, as `channelsim run STUDY --alternative NAME` gives it: to see again what a study saw."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path

from channelsim.cli.single import Asked, show_region
from channelsim.config.lines import suggestion
from channelsim.config.study import load_study
from channelsim.errors import ConfigError, Problem, shown
from channelsim.study.design import Study


def repeating(study: Study, path: Path, alternative: str, replication: int, why: str = "") -> str:
    """The command that runs one cell of a study again, with all checks on.

    A plan's cell also stops if its baseline does: `why`, what was said when it stopped, then names the one to run.
    """
    named = [a.name for a in study.alternatives if f" of {a.name} (" in why]
    words = ["channelsim", "run", str(path), "--alternative", max(named, key=len, default=alternative), "--replication", str(replication)]
    return shlex.join([*words, "--engine", study.engine, "--guard"])


def run_cell(path: Path, name: str, asked: Asked) -> None:
    """Run one alternative of a study as the study does: its seed, its window, its levels of all factors."""
    if asked.until:
        what = "goes with an order of changes, and this is no study of transitions"
        raise ConfigError([Problem(shown(path), 1, "--until", what, "leave it out")])
    study = load_study(path)
    alternative = next((a for a in study.alternatives if a.name == name), None)
    if alternative is None:
        names = [a.name for a in study.alternatives]
        mend = suggestion(name, names, f"use one of {', '.join(names[:6])}" + (", ..." if len(names) > 6 else ""))
        raise ConfigError([Problem(shown(path), 1, "--alternative", f"unknown alternative {name!r}", mend)])
    region = study.inputs_of(alternative)[0]
    model = region.office_models[alternative.office_model]
    show_region(study.world(alternative), region, model, alternative.staffing_split, study.window, replace(asked, seed=study.seed))
