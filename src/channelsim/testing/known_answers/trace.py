"""Compares every contact of a run with the records of a trace worked out beforehand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from channelsim.rules import state as S
from channelsim.scenario.expected import ExpectedRecord, KnownAnswer
from channelsim.scenario.queues import Queues
from channelsim.scenario.tables import COMPLETED, OUTCOMES, SERVED
from channelsim.testing.known_answers.judge import FAIL, PASS
from channelsim.trajectory.values import Trajectory

TIMES = ("arrival_min", "wait_min", "end_min")


def found_records(run: Trajectory, queues: Queues) -> list[ExpectedRecord]:
    """The contacts of a run in the words of a trace, in order of arrival."""
    assert run.records is not None and run.record_times is not None and run.record_needs is not None
    rows = []
    for need, r, t in zip(run.record_needs, run.records, run.record_times, strict=True):
        outcome = "served" if r[S.REC_OUTCOME] in (SERVED, COMPLETED) else OUTCOMES[r[S.REC_OUTCOME]].replace(" ", "_").replace("-", "_")
        pool = queues.pools[r[S.REC_POOL]].name if r[S.REC_POOL] >= 0 else None
        left = t[S.REC_STARTED] if t[S.REC_STARTED] >= 0.0 else t[S.REC_ENDED]
        rows.append((float(t[S.REC_QUEUED]), int(r[S.REC_CLASS]), int(need), float(left), outcome, pool, float(t[S.REC_ENDED])))
    seen: Counter[str] = Counter()
    records = []
    for came, number, _, left, outcome, pool, end in sorted(rows, key=lambda row: row[:3]):
        name = queues.classes[number].name
        seen[name] += 1
        records.append(ExpectedRecord(f"{name}{seen[name]}", name, came, left - came, outcome, pool, end))
    return records


def difference(expected: ExpectedRecord, found: ExpectedRecord, tol_min: float) -> str:
    """The first field in which two records differ, in words; empty if none does."""
    for field in ("of_class", "outcome", "pool"):
        if getattr(expected, field) != getattr(found, field):
            return f"{field} {getattr(found, field)}, not {getattr(expected, field)}"
    for field in TIMES:
        want, have = getattr(expected, field), getattr(found, field)
        if not np.isclose(have, want, rtol=0.0, atol=tol_min):
            return f"{field} {have:.10g}, not {want:.10g}"
    return ""


def trace_rows(case: KnownAnswer, run: Trajectory) -> Iterator[tuple[str, str, None, str, str, int]]:
    """Measure, found, no error, expected, verdict and number: one row for the whole trace and one for each fault."""
    assert case.queues is not None
    found = {r.customer: r for r in found_records(run, case.queues)}
    expected = {r.customer: r for r in case.records}
    faults = {c: "never came" for c in expected.keys() - found.keys()} | {c: "is not expected" for c in found.keys() - expected.keys()}
    for customer in expected.keys() & found.keys():
        if words := difference(expected[customer], found[customer], case.records_tol_min):
            faults[customer] = words
    right = len(expected.keys() & found.keys() - faults.keys())
    verdict = FAIL if faults else PASS
    yield "records", f"{right} as expected", None, f"{len(expected)} records", verdict, len(found)
    for customer, words in sorted(faults.items()):
        yield f"record {customer}", words, None, "", FAIL, 1
