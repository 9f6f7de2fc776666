"""`channelsim study extend`: more replications for a results folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from channelsim.cli.sweep import Options, run_study
from channelsim.errors import ConfigError, Problem, shown
from channelsim.store import results
from channelsim.study.precision import LOOKS


def extend_study(folder: Path, to: int | None, workers: int, options: Options) -> None:
    """Go on to more replications, with the study file, engine and precision that the folder was made with.

    Raises
    ------
    ConfigError
        If the folder has that many, or there is no further look to go on to.
    """
    manifest = results.read_manifest(folder)
    here, study = int(manifest["replications"]), Path(manifest["study_file"])
    wanted = to or next((n for n in LOOKS if n > here), 0)
    if wanted <= here:
        what = f"has {here} replications" + ("" if to else f", and {LOOKS[-1]} is the last look")
        raise ConfigError([Problem(shown(folder), 1, "--to", what, f"name more than {here}")])
    if not study.is_file():
        raise ConfigError([Problem(shown(folder / results.MANIFEST), 1, "study_file", f"{study} is gone", "put the study back")])
    run_study(study, folder, workers, wanted, str(manifest["engine"]), replace(options, precision_of_folder=manifest.get("precision")))
