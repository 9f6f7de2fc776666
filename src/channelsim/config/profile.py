"""Reads a profile: where a study's workers run. Its values end up in job scripts, so that words of a shell are refused here."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field

from channelsim.config.kinds import Name
from channelsim.config.lines import Strict, load_model

PLAIN = r"^[A-Za-z0-9][A-Za-z0-9_.,:@/%+=-]*$"  # no blank, no quote, nothing that a shell or a line of #SBATCH reads as its own
FOLDER = r"^/[A-Za-z0-9_.@%+=/-]*$"
ADDRESS = r"^(tcp|tls)://[A-Za-z0-9_.:\[\]-]+$"
DIRECTIVE = r"^--[a-z][a-z-]*(=[A-Za-z0-9_.,:@/%+\[\]-]+)?$"
Word = Annotated[str, Field(min_length=1, max_length=200, pattern=PLAIN)]
Folder = Annotated[str, Field(min_length=1, max_length=500, pattern=FOLDER)]
Address = Annotated[str, Field(min_length=1, max_length=200, pattern=ADDRESS)]
Directive = Annotated[str, Field(min_length=3, max_length=200, pattern=DIRECTIVE)]


class TlsPart(Strict):
    """Files of keys that scheduler, workers and client share, in the words of `distributed.security`."""

    ca_file: Folder
    """Certificate of the authority, PEM."""
    certificate: Folder
    """Own certificate, PEM."""
    key: Folder
    """Own private key, PEM; readable by its owner alone."""


class DaskPart(Strict):
    """A Dask cluster that is there already."""

    address: Address | None = None
    """Address of the scheduler; default: a cluster of this machine, started and ended with the run."""
    tls: TlsPart | None = None
    """Needed if the scheduler is on another machine: without TLS whoever reaches its port runs code as you."""


class SlurmPart(Strict):
    """What each job asks of SLURM; one job holds `cores` workers."""

    partition: Word | None = None
    """Partition; default that of the site."""
    account: Word | None = None
    """Account to charge."""
    time_min: Annotated[int, Field(ge=2, le=100_000)] = 60
    """Longest time of a job in minutes; workers end a minute before, and new jobs take their place."""
    memory_mb_per_core: Annotated[int, Field(ge=200, le=1_000_000)] = 1500
    """Memory of each worker in MB; the default study takes about 1,000."""
    cores: Annotated[int, Field(ge=1, le=1024)] = 1
    """Cores of a job, and workers in it."""
    scratch: Folder | None = None
    """Folder on each node's own disk, for compiled kernels and temporary files; default: the user's cache folder."""
    interface: Word | None = None
    """Network interface that the nodes share, such as `ib0`; default: that of the host's name. `lo`: one machine, without TLS."""
    directives: Annotated[list[Directive], Field(max_length=50)] = []
    """More options of `sbatch`, such as `--constraint=avx2`."""
    tls_folder: Folder | None = None
    """Folder that all nodes see, where the run's own keys lie while it lasts; default: the results folder."""


class ProfileFile(Strict):
    """Where the workers of a study run, for `channelsim study run --executor dask|slurm|slurm-array --profile FILE`."""

    profile: Name
    """Name; this key makes the file a profile."""
    dask: DaskPart = DaskPart()
    """For `--executor dask`."""
    slurm: SlurmPart = SlurmPart()
    """For `--executor slurm` and `slurm-array`."""


def load_profile(path: Path | None) -> ProfileFile:
    """The profile of a YAML file; without a file, all defaults.

    Raises
    ------
    ConfigError
        With all problems of the file.
    """
    return ProfileFile(profile="defaults") if path is None else load_model(path, ProfileFile)[0]
