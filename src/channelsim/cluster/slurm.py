"""Workers as jobs of SLURM, started by dask-jobqueue. The scheduler lives in the client: when it dies, the jobs end within seconds."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path
from typing import Any

import dask
from dask_jobqueue.slurm import SLURMCluster
from distributed import Client, Security

from channelsim.cluster.dask_workers import OWN_PORT, SETTINGS, DaskWorkers
from channelsim.cluster.drive import Stopped
from channelsim.cluster.worker import ONE_THREAD, Job
from channelsim.config.profile import PLAIN, SlurmPart


class SlurmWorkers(DaskWorkers):
    """Keeps the number of jobs, whatever SLURM does to them."""

    name = "slurm"

    def __init__(self, job: Job, workers: int, part: SlurmPart) -> None:
        dask.config.set(SETTINGS)
        self.jobs = -(-workers // part.cores)
        try:
            cluster = SLURMCluster(**settings_of(part, job.folder))
        except (RuntimeError, ValueError) as error:
            raise Stopped(f"the SLURM workers cannot be started: {error}") from None
        client = Client(cluster, set_as_default=False)
        super().__init__(job, client, workers, cluster.close, lambda: cluster.scale(jobs=self.jobs))
        self.options: list[str] = cluster._job_kwargs["job_extra_directives"]  # of jobs that are still to come
        self.excluded: list[str] = []
        self.ask()

    def retire(self, node: str) -> bool:
        """Close the workers of a node, and have no job start there again."""
        name = node.split(".")[0]  # as SLURM calls it
        if re.fullmatch(PLAIN, name):
            self.excluded.append(name)
            self.options[:] = [o for o in self.options if not o.startswith("--exclude=")] + [f"--exclude={','.join(self.excluded)}"]
        return super().retire(node)


def settings_of(part: SlurmPart, folder: Path) -> dict[str, Any]:
    """What dask-jobqueue is to know. Everything that a shell sees is quoted here, whatever the profile allowed."""
    logs = folder / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    lo = part.interface == "lo"
    scratch = shlex.quote(part.scratch) if part.scratch else None
    lifetime_s = max(60, 60 * (part.time_min - 1))
    return {
        "queue": part.partition, "account": part.account, "cores": part.cores, "processes": part.cores,
        "memory": f"{part.memory_mb_per_core * part.cores}MB", "walltime": f"{part.time_min // 60:02d}:{part.time_min % 60:02d}:00",
        "interface": part.interface, "log_directory": shlex.quote(str(logs)), "local_directory": scratch or "/tmp",
        "python": shlex.quote(sys.executable), "job_name": "channelsim", "death_timeout": 60,
        "security": None if lo else Security.temporary(), "protocol": "tcp://" if lo else "tls://",
        "shared_temp_directory": None if lo else part.tls_folder or str(folder), "scheduler_options": {"dashboard_address": OWN_PORT},
        "job_extra_directives": ["--no-requeue", *map(shlex.quote, part.directives)],
        "worker_extra_args": ["--no-dashboard", "--lifetime", f"{lifetime_s}s", "--lifetime-stagger", f"{min(60, lifetime_s // 10)}s"],
        "job_script_prologue": [ONE_THREAD, *([f"export CHANNELSIM_CACHE={scratch}"] if scratch else [])],
    }  # fmt: skip
