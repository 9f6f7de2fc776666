"""After each fault a run completes: nothing lost, nothing twice, the digest of the undisturbed study (docs/background/scale.md)."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from channelsim.cli.sweep import run_study
from channelsim.errors import ConfigError
from channelsim.store.index import SET_ASIDE, SHARDS
from tests.faults.harness import (
    ENVIRONMENT,
    assert_whole,
    children,
    command,
    command_of,
    cut_small,
    digest,
    kill,
    killed,
    n_shards,
    run,
    spoil,
    start,
    until,
    write_study,
)

N = 600
TWO = ("--workers", "2")


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_study(tmp_path_factory.mktemp("study"), N)


@pytest.fixture(scope="module")
def whole(study: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The undisturbed folder."""
    out = tmp_path_factory.mktemp("whole") / "out"
    run_study(study, out, 0, None, "")
    return out


@pytest.fixture(scope="module")
def wanted(whole: Path) -> str:
    return digest(whole)


@pytest.fixture
def out(whole: Path, tmp_path: Path) -> Path:
    """A folder of its own in which half of the study is missing."""
    shutil.copytree(whole, tmp_path / "out")
    shards = sorted((tmp_path / "out" / SHARDS).iterdir())
    assert len(shards) >= 2
    for shard in shards[len(shards) // 2 :]:
        shard.unlink()
    return tmp_path / "out"


def resumed(study: Path, out: Path, wanted: str) -> None:
    run_study(study, out, 0, None, "")
    assert_whole(out, N, wanted)


def test_client_killed(study: Path, wanted: str, tmp_path: Path) -> None:
    process = start(study, tmp_path / "out", *TWO)
    assert until(lambda: n_shards(tmp_path / "out") >= 1, process)
    workers = children(process.pid)
    kill(process)
    end = time.monotonic() + 10
    while any(os.path.exists(f"/proc/{pid}") and "zombie" not in Path(f"/proc/{pid}/status").read_text() for pid in workers):
        assert time.monotonic() < end, "workers outlive the client"
        time.sleep(0.1)
    resumed(study, tmp_path / "out", wanted)


def test_worker_killed(study: Path, wanted: str, tmp_path: Path) -> None:
    process = start(study, tmp_path / "out", *TWO)
    assert until(lambda: n_shards(tmp_path / "out") >= 1, process)
    workers = [pid for pid in children(process.pid) if "spawn_main" in Path(f"/proc/{pid}/cmdline").read_text()]
    assert workers, "it ended before it could be killed"
    os.kill(workers[0], signal.SIGKILL)
    assert process.wait(120) == 0  # it has not noticed more than a chunk given out again
    assert_whole(tmp_path / "out", N, wanted)


@pytest.mark.long
@pytest.mark.parametrize("executor", ["local", "dask"])
def test_stopped_by_the_keyboard(executor: str, study: Path, wanted: str, tmp_path: Path) -> None:
    out, log = tmp_path / "out", (tmp_path / "log").open("w+")
    words = command(study, out, *TWO, "--executor", executor)
    process = subprocess.Popen(words, stdout=log, stderr=log, env=ENVIRONMENT, text=True, start_new_session=True)
    assert until(lambda: n_shards(out) >= 1, process)
    workers = children(process.pid)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the workers, too
    assert process.wait(60) == 130
    said = Path(log.name).read_text(encoding="utf-8")
    assert "what is done is kept" in said and "Traceback" not in said, said
    assert not [pid for pid in workers if command_of(pid)]
    resumed(study, out, wanted)


@pytest.mark.parametrize("moment", [pytest.param("os.fsync", marks=pytest.mark.long), "os.replace"])
def test_killed_in_the_middle_of_a_write(moment: str, study: Path, out: Path, wanted: str) -> None:
    code = (f"import os, sys, signal, channelsim.store.files as f, channelsim.cluster.worker as w\nsys.argv = ['channelsim', *sys.argv[1:]]\n"
            f"whole = w.write_shard\ndef shard(*a):\n    {moment} = lambda *a, **k: os.kill(os.getpid(), signal.SIGKILL)\n    whole(*a)\n"
            "w.write_shard = shard\nfrom channelsim.cli.main import main\nmain()")  # fmt: skip
    words = ["study", "run", str(study), "--out", str(out), "--workers", "0"]
    result = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, env=ENVIRONMENT, timeout=120)
    assert result.returncode == -signal.SIGKILL
    assert list((out / SHARDS).glob(".*.tmp"))  # it died with the file half made
    resumed(study, out, wanted)


@pytest.mark.parametrize("how", ["truncated", "emptied", "flipped"])
def test_shard_spoiled(how: str, study: Path, whole: Path, wanted: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shutil.copytree(whole, out)
    shard = sorted((out / SHARDS).iterdir())[0]
    spoil(shard, how)
    resumed(study, out, wanted)
    assert (out / SET_ASIDE / shard.name).exists()


def test_manifest_and_all_else_but_the_shards_lost(study: Path, out: Path, wanted: str) -> None:
    kept = {p.name: p.stat().st_mtime_ns for p in (out / SHARDS).iterdir()}
    for path in [p for p in out.iterdir() if p.is_file()]:
        path.unlink()
    resumed(study, out, wanted)
    assert all((out / SHARDS / name).stat().st_mtime_ns == when for name, when in kept.items())


def test_clock_jumped(study: Path, out: Path, wanted: str) -> None:
    for path in out.rglob("*"):
        os.utime(path, (4e9, 4e9) if "manifest" in path.name else (1.0, 1.0))
    resumed(study, out, wanted)


def test_two_clients_at_once(study: Path, wanted: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    both = [start(study, out, "--workers", "1") for _ in range(2)]
    codes = sorted(p.wait(180) for p in both)
    assert codes in ([0, 2], [0, 0])  # refused; or so late that the first was done
    assert_whole(out, N, wanted)


def test_disk_full(study: Path, wanted: str, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(disk)], capture_output=True, text=True)
    if mounted.returncode:
        pytest.skip(f"no small disk: {mounted.stderr.strip()}")
    try:
        (disk / "ballast").write_bytes(bytes(7_900_000))
        result = run(study, disk / "out", *TWO)
        assert result.returncode == 1 and "No space left" in result.stderr and "Traceback" not in result.stderr, result.stderr
        (disk / "ballast").unlink()
        resumed(study, disk / "out", wanted)
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.long
def test_folder_read_only(study: Path, out: Path, wanted: str, tmp_path: Path) -> None:
    bound = tmp_path / "bound"
    bound.mkdir()
    done = subprocess.run(["mount", "--bind", str(out), str(bound)], capture_output=True, text=True)
    if done.returncode or subprocess.run(["mount", "-o", "remount,ro,bind", str(bound)]).returncode:
        pytest.skip(f"no read-only mount: {done.stderr.strip()}")
    try:
        with pytest.raises(ConfigError, match="cannot be written to"):
            run_study(study, bound, 0, None, "")
    finally:
        subprocess.run(["umount", str(bound)], check=True)
    resumed(study, out, wanted)


def wear_down(process: subprocess.Popen[str], out: Path, luck: random.Random) -> Counter[str]:
    """Kill parts of a run at random moments until it ends; returns how many of each."""
    kills: Counter[str] = Counter()
    while process.poll() is None:
        if luck.random() < 0.7:  # in the midst of work; else while it starts
            before = n_shards(out)
            until(lambda: n_shards(out) > before, process, 900.0)  # noqa: B023 (called at once)
        time.sleep(luck.uniform(0.0, 1.0))
        who = luck.choice(["client", "worker", "worker", "worker", "all"])
        workers = [pid for pid in children(process.pid) if "spawn_main" in command_of(pid)]
        victims = {"client": [process.pid], "worker": workers[:1], "all": [*workers, process.pid]}[who]
        if process.poll() is None and victims:
            kills[who] += sum(killed(pid) for pid in victims) > 0
    return kills


KILLS = int(os.environ.get("CHANNELSIM_KILLS", "200"))
PER_CAMPAIGN, IN_CHUNK = 20, 12


@pytest.mark.faults
@pytest.mark.parametrize("seed", range(-(-KILLS // PER_CAMPAIGN)))
def test_kills_at_random_moments(
    seed: int, study: Path, whole: Path, wanted: str, tmp_path: Path, record_testsuite_property: Callable[..., None]
) -> None:
    """Kills of the client, of a worker, or of all at once, wherever they are, and spoiled shards between; then one run to the end."""
    luck, out, kills, spoiled = random.Random(seed), tmp_path / "out", Counter[str](), 0
    cut_small(whole, out, IN_CHUNK)
    while kills.total() < PER_CAMPAIGN:
        there = sorted((out / SHARDS).glob("*.parquet"))
        for shard in luck.sample(there, k=len(there) // 2):  # work for the next run
            spoil(shard, luck.choice(["truncated", "emptied", "flipped"]))
            spoiled += 1
        process = start(study, out, *TWO)
        try:
            kills += wear_down(process, out, luck)
        finally:
            kill(process)
    for who, n in {**{f"kills of {who}": n for who, n in kills.items()}, "shards spoiled": spoiled}.items():
        record_testsuite_property(who, n)
    resumed(study, out, wanted)
