"""A shard proves itself; an index counts every cell once; a folder has one writer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from channelsim.errors import ConfigError
from channelsim.store import results
from channelsim.store.compact import compact
from channelsim.store.estimates import estimates
from channelsim.store.files import write_whole
from channelsim.store.index import SET_ASIDE, SHARDS, SUPERSEDED, Index, read_index, tidy
from channelsim.store.lock import LOCK, FolderLock, LostLock, holder_lives
from channelsim.store.shards import Damaged, checked, write_shard
from tests.conftest import ROOT

KEYS = {"plan": "k1", "base": "k0"}


def numbers(alternatives: list[str], first: int, until: int, shift: float = 0.0) -> pd.DataFrame:
    rows = [(r, "measure", a, "", "", m, r + len(a) / 10 + len(m) + shift)
            for r in range(first, until) for a in alternatives for m in ("wait", "work")]  # fmt: skip
    return pd.DataFrame(rows, columns=["replication", "table", "alternative", "baseline", "item", "measure", "value"])


def put(folder: Path, name: str, first: int, until: int, keys: dict[str, str] = KEYS, shift: float = 0.0) -> Path:
    path = folder / SHARDS / f"{name}.parquet"
    write_shard(path, numbers(list(keys), first, until, shift), keys, (first, until))
    return path


def test_a_shard_is_read_by_pandas_and_duckdb_as_it_is(tmp_path: Path) -> None:
    path = put(tmp_path, "r0", 0, 3)
    frame = pd.read_parquet(path).astype({c: str for c in ("table", "alternative", "baseline", "item", "measure")})
    pd.testing.assert_frame_equal(frame, numbers(list(KEYS), 0, 3), check_dtype=False)
    assert duckdb.sql(f"SELECT sum(value) FROM '{path}'").fetchall() == [(pytest.approx(frame["value"].sum()),)]


def test_every_flipped_bit_and_every_cut_is_noticed(tmp_path: Path) -> None:
    data = put(tmp_path, "r0", 0, 2).read_bytes()
    assert {h.alternative for h in checked(data)} == set(KEYS)
    for at in range(len(data)):  # every byte, a bit of each
        with pytest.raises(Damaged):
            checked(data[:at] + bytes([data[at] ^ (1 << at % 8)]) + data[at + 1 :])
    for length in (0, 1, 7, 8, 100, len(data) // 2, len(data) - 1):
        with pytest.raises(Damaged):
            checked(data[:length])


def test_the_same_numbers_are_the_same_bytes_whatever_nan_a_processor_makes(tmp_path: Path) -> None:
    frame = numbers(["plan"], 0, 2)
    frame.loc[0, "value"] = np.nan
    other = frame.copy()
    other.loc[0, "value"] = np.copysign(np.nan, -1.0)
    for name, f in (("a", frame), ("b", other)):
        write_shard(tmp_path / name, f, {"plan": "k1"}, (0, 2))
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert results.measures_digest(frame) == results.measures_digest(other)


def test_cells_of_another_key_do_not_count_and_an_edit_taken_back_finds_them(tmp_path: Path) -> None:
    put(tmp_path, "r0", 0, 2)
    edited = {**KEYS, "plan": "k2"}
    index = tidy(tmp_path, edited)
    assert index.done == {"base": [(0, 2)]} and index.complete(2) == []
    put(tmp_path, "r0b", 0, 2, {"plan": "k2"}, shift=100.0)
    index = tidy(tmp_path, edited)
    frame = results.read_cells(index, [(0, 2)])
    assert (
        len(frame) == 8
        and frame[frame["alternative"] == "plan"]["value"].min() > 100.0 > frame[frame["alternative"] == "base"]["value"].max()
    )
    assert list(frame["alternative"][:2]) == ["plan", "plan"] and frame["replication"].is_monotonic_increasing
    assert compact(tmp_path, index) == 1  # the half that still counts is rewritten, so that the folder can be read as it is
    plain = duckdb.sql(f"SELECT alternative, sum(value) FROM '{tmp_path}/shards/*.parquet' GROUP BY ALL ORDER BY ALL").fetchall()
    assert plain == [(a, pytest.approx(g["value"].sum())) for a, g in frame.groupby("alternative")]
    back = tidy(tmp_path, KEYS)  # as before the edit
    assert back.complete(2) == [(0, 2)] and results.read_cells(back, [(0, 2)])["value"].max() < 100.0


def test_a_cell_held_twice_counts_once(tmp_path: Path) -> None:
    put(tmp_path, "r0", 0, 4)
    put(tmp_path, "r1", 2, 6)
    put(tmp_path, "r2", 3, 5)
    index = read_index(tmp_path, KEYS)
    frame = results.read_cells(index, index.complete(100))
    pd.testing.assert_frame_equal(frame, numbers(list(KEYS), 0, 6), check_dtype=False)
    assert [s.path.name for s in tidy(tmp_path, KEYS).sources] == ["r0.parquet", "r1.parquet"]
    assert (tmp_path / SUPERSEDED / "r2.parquet").exists()


def test_damaged_shards_are_set_aside_and_leftovers_removed(tmp_path: Path) -> None:
    put(tmp_path, "r0", 0, 2)
    for name, spoil in (("r1", b""), ("r2", None)):
        path = put(tmp_path, name, 2, 4)
        path.write_bytes(path.read_bytes()[:-50] if spoil is None else spoil)
    (tmp_path / SHARDS / ".r9.parquet.host.7.tmp").write_bytes(b"half")
    index = tidy(tmp_path, KEYS)
    assert index.complete(4) == [(0, 2)] and sorted(index.damaged) == ["r1.parquet", "r2.parquet"]
    assert sorted(p.name for p in (tmp_path / SET_ASIDE).iterdir()) == ["r1.parquet", "r2.parquet"]
    assert [p.name for p in (tmp_path / SHARDS).iterdir()] == ["r0.parquet"]


def test_many_shards_become_few_with_the_same_numbers(tmp_path: Path) -> None:
    for r in range(30):
        put(tmp_path, f"r{r:02d}", r, r + 1)
    before = read_index(tmp_path, KEYS)
    digest = results.measures_digest(results.read_cells(before, [(0, 30)]))
    assert compact(tmp_path, before, few=10) == 30
    after = tidy(tmp_path, KEYS)
    assert len(after.sources) == 1 and results.measures_digest(results.read_cells(after, [(0, 30)])) == digest
    assert len(list((tmp_path / SHARDS).iterdir())) == 1


def test_a_kill_between_the_new_file_and_the_old_ones_costs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for r in range(12):
        put(tmp_path, f"r{r:02d}", r, r + 1)
    with monkeypatch.context() as m:
        m.setattr(Path, "unlink", lambda *a, **k: (_ for _ in ()).throw(KeyboardInterrupt()))
        with pytest.raises(KeyboardInterrupt):
            compact(tmp_path, read_index(tmp_path, KEYS), few=10)
    assert len(list((tmp_path / SHARDS).iterdir())) == 13
    index = tidy(tmp_path, KEYS)
    frame = results.read_cells(index, index.complete(100))
    pd.testing.assert_frame_equal(frame, numbers(list(KEYS), 0, 12), check_dtype=False)


def test_estimates_are_those_of_pandas(tmp_path: Path) -> None:
    put(tmp_path, "r0", 0, 7)
    put(tmp_path, "r1", 5, 9)  # in part held already
    found = estimates(read_index(tmp_path, KEYS), [(1, 9)]).sort_values(["alternative", "measure"], ignore_index=True)
    frame = numbers(list(KEYS), 1, 9)
    wanted = frame.groupby(["alternative", "measure"])["value"].agg(["count", "mean", "std"]).reset_index()
    assert list(found["n"]) == list(wanted["count"]) == [8] * 4
    assert np.allclose(found["mean"], wanted["mean"]) and np.allclose(found["sd"], wanted["std"])
    assert len(estimates(Index(KEYS))) == 0


def test_a_write_that_fails_leaves_the_old_file_and_no_leftover(tmp_path: Path) -> None:
    write_whole(tmp_path / "f", lambda file: file.write(b"old"))

    def fail(file: object) -> None:
        file.write(b"new")  # type: ignore[attr-defined]
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        write_whole(tmp_path / "f", fail)
    assert (tmp_path / "f").read_bytes() == b"old" and [p.name for p in tmp_path.iterdir()] == ["f"]


HOLD = "import sys, time; from pathlib import Path; from channelsim.store.lock import FolderLock\nwith FolderLock(Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"


def test_a_second_run_is_refused_while_the_first_lives_and_takes_over_when_it_is_dead(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True, env=environment)
    try:
        assert holder.stdout is not None and holder.stdout.readline() == "held\n"
        assert holder_lives(tmp_path)
        with pytest.raises(ConfigError, match=f"in use by another run .process {holder.pid} on"), FolderLock(tmp_path):
            pass
        os.utime(tmp_path / LOCK, (0, 0))  # a clock that jumps is nobody's death
        with pytest.raises(ConfigError, match="in use"), FolderLock(tmp_path):
            pass
    finally:
        holder.kill()
        holder.wait()
    assert not holder_lives(tmp_path)
    with FolderLock(tmp_path):
        assert holder_lives(tmp_path)
    assert not (tmp_path / LOCK).exists()


def foreign(folder: Path, beat: int) -> None:
    content = {"host": "another-machine", "pid": 1, "token": "theirs", "beat": beat}
    write_whole(folder / LOCK, lambda file: file.write(json.dumps(content).encode()))


def test_a_run_on_another_machine_is_known_by_its_beat(tmp_path: Path) -> None:
    foreign(tmp_path, 1)
    end = threading.Event()

    def beat() -> None:
        n = 1
        while not end.wait(0.05):
            foreign(tmp_path, n := n + 1)

    thread = threading.Thread(target=beat)
    thread.start()
    try:
        with pytest.raises(ConfigError, match="another-machine"), FolderLock(tmp_path, watch_s=1.0):
            pass
        assert holder_lives(tmp_path, 1.0)
    finally:
        end.set()
        thread.join()
    start = time.monotonic()
    with FolderLock(tmp_path, watch_s=0.5):  # its beat stands still now
        assert time.monotonic() - start >= 0.5


def test_a_run_whose_folder_was_taken_over_stops(tmp_path: Path) -> None:
    with FolderLock(tmp_path, beat_s=0.05) as lock:
        foreign(tmp_path, 1)
        time.sleep(0.3)
        with pytest.raises(LostLock, match="another-machine"):
            lock.check()
    assert json.loads((tmp_path / LOCK).read_text())["token"] == "theirs"  # theirs stays


def test_nothing_in_the_store_or_the_cluster_unpickles() -> None:
    for file in [*(ROOT / "src/channelsim/store").glob("*.py"), *(ROOT / "src/channelsim/cluster").glob("*.py")]:
        text = file.read_text(encoding="utf-8")
        assert not any(word in text for word in ("pickle", "marshal", "shelve", "eval(", "exec(", "shell=True", "os.system")), file
