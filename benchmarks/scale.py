"""What many machines cost: each bar of docs/background/scale.md, measured in one run; prints a table and writes scale.json.

    python benchmarks/scale.py [workers overhead reading scheduler]

All four take eight minutes of a quiet machine with two cores, and need the extra `cluster`. The curve of the scheduler goes to
30,000 tasks; CHANNELSIM_DASK_CHUNKS=1000000 takes it to the end (an hour). CHANNELSIM_BIG: a folder with 1 GB of room.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from channelsim.cluster.drive import Course, drive
from channelsim.cluster.executor import Executor, Outcome
from channelsim.cluster.local import Processes
from channelsim.cluster.worker import Job, Receipt, warm_up
from channelsim.config.profile import DaskPart
from channelsim.config.study import load_study
from channelsim.store import results
from channelsim.store.shards import LABELS, SCHEMA, Held, sealed, write_shard
from channelsim.study.chunks import Chunk, Geometry, missing
from channelsim.study.keys import code_digest, key_of, parts_of

ROOT = Path(__file__).parents[1]
TASK_S = 0.1
ROUNDS = 3
EDGE = 4  # chunks at each end: as many as Dask has in flight for two workers
MEASURES = 60
BARS = {  # figure -> (sign of the bar, its value)
    "two workers over one": (">=", 1.9), "Dask over pool": (">=", 0.97), "overhead at 0.1 s, pool, %": ("<=", 2.0),
    "overhead at 0.1 s, Dask, %": ("<=", 2.0), "reading costs more, %": ("<=", 10.0), "reading, MB": ("<=", 1000.0),
}  # fmt: skip


@dataclass(frozen=True)
class Sleeper(Job):
    """A job whose replications take `TASK_S` and whose shards are real."""

    task_s: float = TASK_S
    shards: bool = True

    def worker(self) -> SleepingWorker:  # type: ignore[override]
        return SleepingWorker(self)


class SleepingWorker:
    def __init__(self, job: Sleeper) -> None:
        self.job = job

    def compute(self, chunk: Chunk) -> Receipt:
        n = chunk.until - chunk.first
        time.sleep(self.job.task_s * n)
        if not self.job.shards:
            return Receipt(0.0, os.uname().nodename)
        rows = [(r, "measure", "plan", "", "", f"m{m}", float(r * m)) for r in range(chunk.first, chunk.until) for m in range(60)]
        frame = pd.DataFrame(rows, columns=SCHEMA.names)
        write_shard(self.job.shard(chunk), frame, {"plan": "k"}, (chunk.first, chunk.until))
        return Receipt(self.job.task_s * n, os.uname().nodename)


def sleeper(folder: Path, task_s: float = TASK_S, shards: bool = True) -> Sleeper:
    return Sleeper(None, folder, {"plan": "k"}, "", task_s, shards)  # type: ignore[arg-type]


def seconds(job: Job, executor: Executor, shape: Geometry, replications: int) -> float:
    """Of a chunk, while all workers are at work: without those that start or end with one of them idle."""
    ended: list[float] = []

    def watch(chunk: Chunk | None) -> bool:
        if chunk is not None:
            ended.append(time.perf_counter())
        return False

    drive(job, missing(shape, replications, {}), executor, Course(), watch)
    return (ended[-1 - EDGE] - ended[EDGE - 1]) / (len(ended) - 2 * EDGE)


def dask(job: Job) -> Executor:
    from channelsim.cluster.dask_workers import dask_workers

    return dask_workers(job, 2, DaskPart())


def of_study(folder: Path) -> tuple[Job, Geometry]:
    study = load_study(ROOT / "experiments" / "tiny" / "study.yaml")
    keys = {name: key_of(p) for name, p in parts_of(study).items()}
    warm_up(study)
    return Job(study, folder, keys, code_digest()), Geometry(40, (tuple(keys),))  # about what `geometry` makes of it: three seconds


def workers() -> dict[str, float]:
    """Two processes over one, and Dask over the pool, on chunks of a real study; interleaved, the least of three."""
    makes: dict[str, Callable[[Job], Executor]] = {"one": lambda j: Processes(j, 1), "two": lambda j: Processes(j, 2), "dask": dask}
    least = dict.fromkeys(makes, float("inf"))
    for _ in range(ROUNDS):
        for name, make in makes.items():
            with tempfile.TemporaryDirectory() as folder:
                job, shape = of_study(Path(folder))
                executor = make(job)
                if name == "dask":
                    executor.window = 4
                try:
                    least[name] = min(least[name], seconds(job, executor, shape, 40 * 20))
                finally:
                    executor.close()
    return {"two workers over one": least["one"] / least["two"], "Dask over pool": least["two"] / least["dask"]}


def overhead() -> dict[str, float]:
    """Seconds of two workers over those of their work, less one, at a tenth of a second a replication, cut as studies are."""
    found = {}
    for name, make in (("pool", lambda j: Processes(j, 2)), ("Dask", dask)):
        with tempfile.TemporaryDirectory() as folder:
            job = sleeper(Path(folder))
            n = 30  # what `geometry` makes of 0.1 s: chunks of three seconds
            executor = make(job)
            try:
                per_chunk = seconds(job, executor, Geometry(n, (("plan",),)), n * 24)
            finally:
                executor.close()
            found[f"overhead at 0.1 s, {name}, %"] = 100.0 * (per_chunk * 2 / (n * TASK_S) - 1.0)
    return found


CHILD = """
import json, resource, sys
from pathlib import Path
kind, folder = sys.argv[1:]
if kind == "plain":
    import duckdb
    duckdb.execute("SET memory_limit = '700MB'")
    duckdb.execute("SET enable_progress_bar = false")
    found = duckdb.sql(f'''SELECT "table", alternative, baseline, item, measure, count(*), avg(value), stddev_samp(value)
        FROM '{folder}/shards/*.parquet' WHERE isfinite(value) GROUP BY ALL''').fetchall()
else:
    import duckdb
    if kind != "duckdb":
        from channelsim.cli.many import load_evidence
        from channelsim.config.study import load_study
        if kind == "study":
            load_study(Path(folder) / "study.yaml")
        else:
            evidence = load_evidence(Path(folder))
            assert len(next(iter(evidence.measures.values()))) == 60 and evidence.n == int(kind), evidence.n
used = resource.getrusage(resource.RUSAGE_SELF)
peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(json.dumps([used.ru_utime + used.ru_stime, int(peak.split()[1]) / 1024]))
"""
STUDY = f"""\
study: many
question: What do so many say?
region: {ROOT}/configs/regions/tiny
office_models: [two_offices]
strategies: [today_2011]
baseline: {{office_model: two_offices, strategy: today_2011}}
window: {{warm_up_weeks: 0, measured_weeks: 1}}
replications: 1000000
seed: 7
primary_outcomes: [a1_released_h_per_week]
"""


def make_large(folder: Path, replications: int, in_file: int = 50_000) -> None:
    """The results folder of a study with `MEASURES` numbers in each replication."""
    (folder / "shards").mkdir()
    (folder / "study.yaml").write_text(STUDY, encoding="utf-8")
    study = load_study(folder / "study.yaml")
    ((name, key),) = {name: key_of(p) for name, p in parts_of(study).items()}.items()
    about = {"study": study.name, "study_file": str(folder / "study.yaml"), "study_digest": study.digest}
    results.write_manifest(folder, {**about, "keys": {name: key}, "replications": replications})
    luck = np.random.Generator(np.random.PCG64(1))
    labels = {"table": "measure", "alternative": name, "baseline": "", "item": ""}
    words = pa.array([f"m{m}" for m in range(MEASURES)])
    n = in_file * MEASURES
    for first in range(0, replications, in_file):
        columns = {"replication": pa.array(np.repeat(np.arange(first, first + in_file), MEASURES))}
        for label in LABELS:
            index = np.tile(np.arange(MEASURES, dtype=np.int32), in_file) if label == "measure" else np.zeros(n, np.int32)
            columns[label] = pa.DictionaryArray.from_arrays(index, words if label == "measure" else pa.array([labels[label]]))
        columns["value"] = pa.array(luck.normal(size=n))
        data = sealed(pa.table(columns, schema=SCHEMA), [Held(name, key, ((first, first + in_file),))])
        (folder / "shards" / f"c{first:08d}.parquet").write_bytes(data)


def reading(replications: int = 1_000_000) -> dict[str, float]:
    """Evidence from 10^6 replications x 60 measures, beside a plain DuckDB query on the same files; without imports and the study file."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("CHANNELSIM_BIG")) as name:
        make_large(Path(name), replications)
        least: dict[str, list[float]] = {}
        ours_is = str(replications)
        for _ in range(ROUNDS):
            for kind in ("duckdb", "study", "plain", ours_is):
                said = subprocess.run([sys.executable, "-c", CHILD, kind, name], capture_output=True, text=True, check=True).stdout
                cpu, memory = json.loads(said)
                least[kind] = [min(cpu, least.get(kind, [cpu])[0]), memory]
        plain, ours = least["plain"][0] - least["duckdb"][0], least[ours_is][0] - least["study"][0]
        return {
            "reading 10^6 x 60, CPU s": ours, "plain DuckDB, CPU s": plain, "reading costs more, %": 100.0 * (ours / plain - 1.0),
            "reading, MB": least[ours_is][1], "plain DuckDB, MB": least["plain"][1],
        }  # fmt: skip


class Instant:
    """Chunks that are done at once: what is left is the driver."""

    name, window, blames_exactly = "instant", 64, True

    def __init__(self) -> None:
        self.taken: list[Chunk] = []

    def submit(self, chunk: Chunk) -> None:
        self.taken.append(chunk)

    def wait(self, timeout_s: float) -> list[Outcome]:
        taken, self.taken = self.taken, []
        return [Outcome(chunk, "done") for chunk in taken]

    def retire(self, node: str) -> bool:
        return False

    def close(self) -> None: ...


def scheduler() -> dict[str, float]:
    """Memory of the driver over 10^6 chunks, and of client and Dask scheduler together over 30,000 chunks that are done at once."""
    found: dict[str, float] = {}

    def noting(word: str, at: tuple[int, ...]) -> Callable[[Chunk | None], bool]:
        n = 0

        def watch(chunk: Chunk | None) -> bool:
            nonlocal n
            n += chunk is not None
            if chunk is not None and n in at:
                pages = int(Path("/proc/self/statm").read_text().split()[1])
                found[f"{word}, MB after {n:,} chunks"] = pages * resource.getpagesize() / 1e6
            return False

        return watch

    with tempfile.TemporaryDirectory() as folder:
        job = sleeper(Path(folder), 0.0, shards=False)
        at = (100, 1000, 10_000, 100_000, 1_000_000)
        drive(job, missing(Geometry(1, (("plan",),)), at[-1], {}), Instant(), Course(), noting("driver", at))
        executor = dask(job)
        try:
            n = int(os.environ.get("CHANNELSIM_DASK_CHUNKS", "30000"))
            at = (100, 1000, n // 4, n // 2, n)
            start = time.perf_counter()
            drive(job, missing(Geometry(1, (("plan",),)), n, {}), executor, Course(), noting("client and scheduler", at))
            found["chunks a second, Dask"] = n / (time.perf_counter() - start)
        finally:
            executor.close()
    return found


def main(names: list[str]) -> None:
    parts = {"workers": workers, "overhead": overhead, "reading": reading, "scheduler": scheduler}
    figures: dict[str, float] = {}
    path = ROOT / "benchmarks" / "scale.json"
    for name in names or list(parts):
        for word, value in parts[name]().items():
            figures[word] = value
            sign, bar = BARS.get(word, ("", 0.0))
            reached = value >= bar if sign == ">=" else value <= bar
            verdict = f"   bar {sign} {bar:g}: {'reached' if reached else 'NOT REACHED'}" if sign else ""
            print(f"{word:55s} {value:12.4g}{verdict}", flush=True)
    before = json.loads(path.read_text(encoding="utf-8")) if path.exists() and names else {}
    path.write_text(json.dumps(before | figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
