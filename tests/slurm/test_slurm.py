"""A study on a real SLURM, started and ended by the project's own scripts: the same bits as on this machine, whatever is killed.

make test-cluster runs these; without SLURM they are skipped, loudly.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT, TINY

NEEDED = ("sbatch", "slurmctld", "slurmd", "munge")
REPLICATIONS = int(os.environ.get("CHANNELSIM_CLUSTER_REPLICATIONS", "2000"))
pytestmark = pytest.mark.cluster
PROFILE = """\
profile: SLURM of the tests
slurm: {partition: test, interface: INTERFACE, time_min: 20, memory_mb_per_core: 900}
"""


@pytest.fixture(scope="session")
def slurm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment in which SLURM's commands reach the test cluster of three nodes with two cores each."""
    missing = [c for c in NEEDED if shutil.which(c) is None]
    if missing or os.getuid() != 0:
        pytest.skip(f"no SLURM: {', '.join(missing) or 'not root'}")
    folder = tmp_path_factory.mktemp("slurm")
    try:
        up = subprocess.run([ROOT / "scripts" / "slurm_up.sh", folder, "3"], capture_output=True, text=True, timeout=60)
        assert up.returncode == 0, up.stderr
        yield {**os.environ, "SLURM_CONF": str(folder / "slurm.conf"), "PYTHONPATH": str(ROOT / "src")}
    finally:
        subprocess.run([ROOT / "scripts" / "slurm_down.sh", folder], timeout=60, check=False)


@pytest.fixture(scope="session")
def study_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    text = (ROOT / "experiments" / "tiny" / "study.yaml").read_text(encoding="utf-8").replace("../../configs/regions/tiny", str(TINY))
    text = text.replace("[today_2011, multichannel, triage, multichannel_triage]", "[today_2011, multichannel]").replace(
        "[two_offices, one_office]", "[two_offices]"
    )
    text = text.replace("{warm_up_weeks: 2, measured_weeks: 8, follow_up_weeks: 4}", "{warm_up_weeks: 0, measured_weeks: 1}")
    path = tmp_path_factory.mktemp("study") / "study.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def profile(tmp_path: Path, interface: str = "lo") -> Path:
    path = tmp_path / "profile.yaml"
    path.write_text(PROFILE.replace("INTERFACE", interface), encoding="utf-8")
    return path


def command(study_file: Path, out: Path, *words: str, replications: int = REPLICATIONS) -> list[str]:
    return [
        sys.executable,
        "-m",
        "channelsim.cli.main",
        "study",
        "run",
        str(study_file),
        "--out",
        str(out),
        "--replications",
        str(replications),
        *words,
    ]


def digest(out: Path, environment: dict[str, str]) -> str:
    shown = subprocess.run([sys.executable, "-m", "channelsim.cli.main", "study", "show", str(out), "--json"],
                           capture_output=True, text=True, env=environment, timeout=300)  # fmt: skip
    data = json.loads(shown.stdout)
    return f"{data['replications']} {data['digest']}"


@pytest.fixture(scope="session")
def wanted(slurm: dict[str, str], study_file: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """What this machine alone gives."""
    out = tmp_path_factory.mktemp("local") / "out"
    run = subprocess.run(command(study_file, out, "--workers", "2"), capture_output=True, text=True, env=slurm, timeout=900)
    assert run.returncode == 0, run.stdout + run.stderr
    return digest(out, slurm)


def n_shards(out: Path) -> int:
    return len(list((out / "shards").glob("*.parquet")))


def until(condition, timeout_s: float, process: subprocess.Popen[str]) -> None:
    end = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end and process.poll() is None, "it did not come so far"
        time.sleep(0.1)


@pytest.mark.parametrize("executor", ["slurm", "slurm-array"])
def test_kill_and_resume_gives_the_same_bits(executor: str, slurm, study_file: Path, wanted: str, tmp_path: Path) -> None:
    out, words = tmp_path / "out", ("--executor", executor, "--profile", str(profile(tmp_path)), "--workers", "4")
    log = (tmp_path / "log").open("w")
    first = subprocess.Popen(command(study_file, out, *words), stdout=log, stderr=log, env=slurm, text=True)
    try:
        until(lambda: n_shards(out) >= 2, 240, first)
        jobs = subprocess.run(["squeue", "-h", "-r", "-o", "%i"], capture_output=True, text=True, env=slurm).stdout.split()
        subprocess.run(["scancel", *jobs[: len(jobs) // 2]], env=slurm, check=True)  # half of the jobs, and then the client
        time.sleep(1.0)
    finally:
        first.send_signal(signal.SIGKILL)
        first.wait()
    kept = {p.name: p.stat().st_mtime_ns for p in (out / "shards").glob("*.parquet")}
    if executor == "slurm-array":  # its jobs need no client; the folder is theirs until they are gone
        subprocess.run(["scancel", "-u", "root"], env=slurm, check=True)
    end = time.monotonic() + 60
    while subprocess.run(["squeue", "-h"], capture_output=True, text=True, env=slurm).stdout.strip():
        assert time.monotonic() < end, "jobs outlive their scheduler"
        time.sleep(0.5)
    again = subprocess.run(command(study_file, out, *words), capture_output=True, text=True, env=slurm, timeout=900)
    assert again.returncode == 0, again.stdout + again.stderr
    assert kept and digest(out, slurm) == wanted


def test_an_array_that_nobody_waits_for_is_watched_and_collected(slurm, study_file: Path, tmp_path: Path) -> None:
    """Submitted with --detach, refused to others meanwhile, collected by the same command."""
    out, words = tmp_path / "out", ("--executor", "slurm-array", "--profile", str(profile(tmp_path)), "--workers", "2")
    precise, many = ("--half-width", "1000"), 50_000  # so many that the jobs do not end by themselves

    def said(folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command(study_file, folder, *more, replications=many), capture_output=True, text=True, env=slurm, timeout=300)

    def status(folder: Path) -> dict:
        words = [sys.executable, "-m", "channelsim.cli.main", "study", "status", str(folder), "--json"]
        return json.loads(subprocess.run(words, capture_output=True, text=True, env=slurm, timeout=120).stdout)

    left = said(out, *words, "--detach")
    assert left.returncode == 0 and "is at work by itself" in left.stdout, left.stdout + left.stderr
    other = said(out, "--workers", "1")
    assert other.returncode == 2 and "is being filled by job array" in other.stderr
    seen = status(out)
    assert seen["state"] == "running" and seen["array"].isdigit() and not seen["holder"]
    collected = said(out, *words, *precise)  # who collects may be content with less, and ends the jobs
    assert collected.returncode == 0 and "precise enough after 30 replications" in collected.stdout, collected.stdout + collected.stderr
    assert said(tmp_path / "local", *precise, "--workers", "1").returncode == 0
    assert digest(out, slurm) == digest(tmp_path / "local", slurm) and digest(out, slurm).startswith("30 ")

    assert said(tmp_path / "own", *words, *precise, "--detach").returncode == 0
    end = time.monotonic() + 240
    while status(tmp_path / "own")["state"] == "running":
        assert time.monotonic() < end, "jobs go on although it is precise"
        time.sleep(1.0)
    assert (tmp_path / "own" / "array" / "enough.json").exists() and 60 <= status(tmp_path / "own")["done"] < 2 * many
    assert said(tmp_path / "own", *words, *precise).returncode == 0 and digest(tmp_path / "own", slurm) == digest(out, slurm)


def test_across_machines_it_speaks_tls(slurm, study_file: Path, tmp_path: Path) -> None:
    import psutil

    found = psutil.net_if_addrs()
    interface = next((n for n in found if n != "lo" and any(a.family == socket.AF_INET for a in found[n])), "")
    if not interface:
        pytest.skip("this machine has loopback alone")
    out = tmp_path / "out"
    words = ("--executor", "slurm", "--profile", str(profile(tmp_path, interface)), "--workers", "2")
    run = subprocess.run(command(study_file, out, *words, replications=20), capture_output=True, text=True, env=slurm, timeout=300)
    assert run.returncode == 0, run.stdout + run.stderr
    local = subprocess.run(
        command(study_file, tmp_path / "local", "--workers", "1", replications=20), capture_output=True, text=True, env=slurm
    )
    assert local.returncode == 0 and digest(out, slurm) == digest(tmp_path / "local", slurm)
    assert not list(out.glob(".dask-jobqueue*"))  # the keys are gone with the run


def test_a_profile_that_slurm_refuses_is_said(slurm, study_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "profile.yaml"
    path.write_text("profile: p\nslurm: {partition: nowhere}\n", encoding="utf-8")
    words = ("--executor", "slurm-array", "--profile", str(path), "--workers", "2")
    run = subprocess.run(
        command(study_file, tmp_path / "out", *words, replications=20), capture_output=True, text=True, env=slurm, timeout=300
    )
    assert run.returncode == 1 and "sbatch refused" in run.stderr and "Traceback" not in run.stderr
