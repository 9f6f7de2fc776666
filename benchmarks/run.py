"""All benchmarks: every implementation of every workload, interleaved, each in a process of its own.

make bench                       three rounds, a quarter of an hour
.venv/bin/python benchmarks/run.py --rounds 1 --only W2 W3

A time is the least CPU time of the rounds, an event a logical change of state (an arrival at a queue, an end of
service, an abandonment). A time counts only if the answer that came with it lies within 4.5 standard errors of that of
forty runs of the hand-written C++; those are checked against theory by `make -C benchmarks/peers/cpp check`.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import subprocess
import sys
from collections.abc import Iterator
from math import log, sqrt
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent
BUILT = ROOT / "build" / "bench"
LATEST = HERE / "latest.json"
BOUND = 4.5  # standard errors: one false alarm in a hundred thousand answers
RUNS = 40
CPP = {"cpp_std": (1.0, [BUILT / "cpp_std"]), "cpp_best": (1.0, [BUILT / "cpp_best"])}
OURS = HERE / "channelsim_peer.py"
PYTHON = {
    "fast": (1.0, [sys.executable, OURS, "--engine", "fast"]),
    "fast_records": (1.0, [sys.executable, OURS, "--engine", "fast", "--records", "contacts"]),
    "reference": (0.05, [sys.executable, OURS, "--engine", "reference"]),
    "simpy": (0.2, [sys.executable, HERE / "peers" / "simpy_peer.py"]),
    "ciw": (0.05, [sys.executable, HERE / "peers" / "ciw_peer.py"]),
}
PEERS = {**PYTHON, **CPP}  # name -> (size as a share of the full one, command)
SIZES = {"W1": 1_000_000, "W2": 1_000_000, "W3": 500_000, "W4": 25}  # customers; W4: days
SAME = {"_contacts_a_day": "_a_day", "_per_day": "_a_day"}  # names of one figure


def run(command: list[object]) -> dict[str, object]:
    """The line of JSON that one process prints."""
    done = subprocess.run([str(part) for part in command], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))} failed:\n{done.stderr[-2000:]}")
    line: dict[str, object] = json.loads(done.stdout.strip().splitlines()[-1])
    return line


def answers(line: dict[str, object]) -> dict[str, float]:
    """The figures of a line, by common names."""
    found = {}
    for name, value in dict(line["answers"]).items():  # type: ignore[call-overload]
        for other, ours in SAME.items():
            name = name.replace(other, ours)
        found[name] = float(value)
    return found


def yardstick(workload: str) -> dict[str, tuple[float, float]]:
    """Mean and standard deviation of each figure over forty full runs of the best C++."""
    rows = [answers(run([*CPP["cpp_best"][1], workload, 1000 + seed])) for seed in range(RUNS)]
    return {name: (statistics.fmean(r[name] for r in rows), statistics.stdev(r[name] for r in rows)) for name in rows[0]}


def wrong(line: dict[str, object], share: float, known: dict[str, tuple[float, float]]) -> list[str]:
    """Figures that lie too far from the yardstick."""
    found = []
    for name, value in answers(line).items():
        if name in known:
            mean, deviation = known[name]
            z = (value - mean) / (deviation * sqrt(1.0 / share + 1.0 / RUNS))
            if abs(z) > BOUND:
                found.append(f"{line['workload']} {line['peer']}: {name} {value:.5g}, not {mean:.5g} ({z:+.1f} standard errors)")
    return found


def rounds_of(workloads: list[str], rounds: int) -> Iterator[tuple[str, str, float, list[object]]]:
    """(workload, peer, share of the full size, command), interleaved: all peers of a workload, then the next, then again."""
    for number in range(rounds):
        for workload in workloads:
            for peer, (share, command) in PEERS.items():
                size = max(1, round(SIZES[workload] * share))
                yield workload, peer, size / SIZES[workload], [*command, workload, number + 1, size]


def measure(workloads: list[str], rounds: int) -> tuple[dict[str, dict[str, float]], list[str]]:
    """Nanoseconds an event by workload and peer, and the answers that are wrong."""
    known = {workload: yardstick(workload) for workload in workloads}
    best: dict[str, dict[str, float]] = {workload: {} for workload in workloads}
    faults: list[str] = []
    for workload, peer, share, command in rounds_of(workloads, rounds):
        line = run(command)
        if "not_expressible" in line:
            continue
        faults += wrong(line, share, known[workload])
        ns = float(line["cpu_s"]) / float(line["events"]) * 1e9  # type: ignore[arg-type]
        best[workload][peer] = min(ns, best[workload].get(peer, ns))
        print(f"  {workload} {peer:<13}{ns:>10,.1f} ns an event", flush=True)
    return best, faults


def region_figures(rounds: int) -> dict[str, object]:
    """A year of the region on both engines, growth with demand, and what a second process brings."""
    program = [sys.executable, HERE / "region.py"]
    fast = min((run([*program, "year"]) for _ in range(rounds)), key=lambda line: float(line["cpu_s"]))  # type: ignore[arg-type]
    reference = run([*program, "year", "--engine", "reference"])
    if fast["digest"] != reference["digest"]:
        raise SystemExit("region-year: the engines differ")
    growth = {}
    for scale in (0.1, 1.0, 10.0, 100.0):
        lines = [run([*program, "growth", "--weeks", 8, "--scale", scale]) for _ in range(rounds)]
        growth[scale] = min(float(line["cpu_s"]) for line in lines)  # type: ignore[arg-type]
        print(f"  region x {scale:<6g}{growth[scale]:>10.3f} s", flush=True)
    runs = 40
    alone = min(float(run([*program, "year", "--runs", runs])["wall_s"]) for _ in range(rounds))  # type: ignore[arg-type]
    return {
        "region-year": {
            "fast": float(fast["cpu_s"]) / float(fast["events"]) * 1e9,  # type: ignore[arg-type]
            "reference": float(reference["cpu_s"]) / float(reference["events"]) * 1e9,  # type: ignore[arg-type]
        },
        "region-year seconds": fast["cpu_s"],
        "growth_cpu_s": growth,
        "growth_slope_1_to_100": log(growth[100.0] / growth[1.0]) / log(100.0),
        "two_processes_over_one": 2.0 * alone / min(_together(program, runs) for _ in range(rounds)),
    }


def _together(program: list[object], runs: int) -> float:
    """Wall time of the slower of two processes that run side by side."""
    command = [str(part) for part in [*program, "year", "--runs", runs]]
    pair = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    return max(float(json.loads(one.communicate()[0])["wall_s"]) for one in pair)


def table(best: dict[str, dict[str, float]]) -> str:
    """Nanoseconds an event, and ratios that mean something on another machine."""
    peers = list(PEERS)
    lines = [f"{'ns an event':<14}" + "".join(f"{p:>14}" for p in peers) + f"{'fast/best':>12}{'records/best':>14}{'simpy/fast':>12}"]
    for workload, row in best.items():
        cells = "".join(f"{row[p]:>14,.1f}" if p in row else f"{'-':>14}" for p in peers)
        ratios = row["fast"] / row["cpp_best"], row["fast_records"] / row["cpp_best"], row["simpy"] / row["fast"]
        lines.append(f"{workload:<14}{cells}{ratios[0]:>12.2f}{ratios[1]:>14.2f}{ratios[2]:>12.0f}")
    return "\n".join(lines)


def machine() -> str:
    """What the figures were measured on."""
    info = Path("/proc/cpuinfo")
    model = (
        next((line.split(":")[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")), "")
        if info.exists()
        else ""
    )
    return f"{model or platform.processor()}, {platform.system()}, Python {platform.python_version()}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="*", default=[*SIZES, "region"], choices=[*SIZES, "region"])
    asked = parser.parse_args()
    subprocess.run(["make", "-s", "-C", str(HERE / "peers" / "cpp"), "all"], check=True)
    print(machine(), flush=True)
    best, faults = measure([w for w in SIZES if w in asked.only], asked.rounds)
    found: dict[str, object] = {"machine": machine(), "rounds": asked.rounds, **best}
    if "region" in asked.only:
        found |= region_figures(asked.rounds)
    print(table(best))
    for key, value in found.items():
        if key.startswith(("region", "growth", "two")):
            print(f"{key}: {json.dumps(value)}")
    if faults:
        raise SystemExit("answers that are wrong, so that no time counts:\n" + "\n".join(faults))
    LATEST.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(f"written to {LATEST.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
