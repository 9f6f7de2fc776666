"""What a study costs beside its engines: numbers, pairs, worlds and shards take at most a tenth of the CPU."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest
from tests.conftest import ROOT

from channelsim.cluster.worker import Job
from channelsim.config.study import load_study
from channelsim.study import replicate
from channelsim.study.chunks import Chunk
from channelsim.study.keys import code_digest, key_of, parts_of

MOST = 0.10
N = 2  # replications, after one in which worlds are made


@pytest.mark.long
def test_a_study_spends_nine_tenths_in_its_engines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = load_study(ROOT / "experiments" / "office-models" / "study.yaml")
    some = [a for a in study.alternatives if a.office_model == "m6_today" and a.staffing_split == "balanced"]
    study = replace(study, chosen=tuple(some), engine="fast")
    job = Job(study, tmp_path, {name: key_of(p) for name, p in parts_of(study).items()}, code_digest())
    worker = job.worker()
    names = tuple(a.name for a in study.alternatives)
    inside = 0.0
    simulate = replicate.simulate

    def timed(*words: object, **more: object) -> object:
        nonlocal inside
        start = time.process_time()
        try:
            return simulate(*words, **more, guard=False)  # type: ignore[arg-type]  # guards make engines slow, and the share look small
        finally:
            inside += time.process_time() - start

    worker.compute(Chunk(names, 0, 1))
    monkeypatch.setattr(replicate, "simulate", timed)
    start = time.process_time()
    for replication in range(1, 1 + N):  # a shard each, which is more shards than a study of this size writes
        worker.compute(Chunk(names, replication, replication + 1))
    whole = time.process_time() - start
    print(f"{100.0 * (1.0 - inside / whole):.1f} % of the CPU outside the engines")
    assert 0.0 < inside < whole and 1.0 - inside / whole <= MOST
