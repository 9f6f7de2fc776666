"""Do both peers give the right answers? Means over seeds against theory, and against each other, within sampling error.

python check.py FOLDER_OF_BINARIES [SEEDS]; ends with 1 if an answer is off by more than LIMIT standard errors.
"""

import json
import math
import statistics
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

LIMIT = 4.5  # of standard errors; with 43 comparisons a right program fails once in 4,000 checks
PEERS = ("cpp_std", "cpp_best")
# Value and its standard error. W1 by Erlang C and W2 by Erlang A, exact; W3 from 5 million customers simulated by another program.
KNOWN = {
    ("W1", "p_wait"): (0.66873, 0.0),
    ("W1", "mean_wait"): (0.66873, 0.0),
    ("W2", "p_abandon"): (0.12213, 0.0),
    ("W2", "mean_wait"): (0.24427, 0.0),
    ("W3", "mean_wait_0"): (0.4705, 0.0019),
    ("W3", "mean_wait_1"): (0.5011, 0.0023),
    ("W3", "mean_wait_2"): (0.8132, 0.0070),
    ("W3", "mean_wait_3"): (0.489, 0.0033),
    ("W3", "mean_wait_4"): (1.256, 0.011),
    ("W4", "web_contacts_a_day"): (1500.0, 0.0),  # nobody comes to the web from elsewhere
}


def answers(program: Path, workload: str, seeds: int) -> dict[str, tuple[float, float]]:
    """Mean and standard error of each answer over the seeds, and of the number of events."""
    values = defaultdict(list)
    for seed in range(1, seeds + 1):
        run = subprocess.run([program, workload, str(seed)], capture_output=True, text=True, check=True)
        result = json.loads(run.stdout)
        for name, value in {"events": result["events"], **result["answers"]}.items():
            values[name].append(value)
    return {name: (statistics.mean(v), statistics.stdev(v) / math.sqrt(seeds)) for name, v in values.items()}


def distance(one: tuple[float, float], other: tuple[float, float]) -> float:
    """How many standard errors two means are apart."""
    error = math.hypot(one[1], other[1])
    if error == 0:
        return 0.0 if one[0] == other[0] else math.inf
    return (one[0] - other[0]) / error


def main() -> int:
    """Print one line for each answer; the exit code says whether all are right."""
    folder, seeds = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 40
    wrong = 0
    for workload in ("W1", "W2", "W3", "W4"):
        std, best = (answers(folder / peer, workload, seeds) for peer in PEERS)
        for name in std:
            distances = {"std to best": distance(std[name], best[name])}
            if known := KNOWN.get((workload, name)):
                distances |= {"std to known": distance(std[name], known), "best to known": distance(best[name], known)}
            wrong += sum(abs(d) > LIMIT for d in distances.values())
            shown = ", ".join(f"{what} {d:+.1f}{'  WRONG' if abs(d) > LIMIT else ''}" for what, d in distances.items())
            print(f"{workload} {name:26} std {std[name][0]:.5g}  best {best[name][0]:.5g}  standard errors apart: {shown}")
    print(f"{wrong} answers are wrong" if wrong else "all answers agree")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
