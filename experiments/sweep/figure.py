"""Draws how the widest half-width of each primary outcome shrinks with the number of replications.

python experiments/sweep/figure.py RESULTS FIGURE.png
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import duckdb
import matplotlib
import numpy as np
from scipy import stats

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

QUERY = """
    SELECT alternative, baseline, stddev_samp(value) AS sd, count(*) AS n FROM read_parquet(?)
    WHERE "table" = 'contrast' AND measure = ? AND replication < ? AND NOT isnan(value) GROUP BY ALL
"""


def main(results: Path, figure: Path) -> None:
    manifest = json.loads((results / "manifest.json").read_text(encoding="utf-8"))
    pairs = {(plan, base) for kind, plan, base in manifest["contrasts"] if kind != "both"}
    counts = [n for n in (2**k for k in range(2, 31)) if n < manifest["replications"]] + [manifest["replications"]]
    outcomes = manifest["primary_outcomes"]
    axes = plt.subplots(1, len(outcomes), figsize=(4 * len(outcomes), 3.5), layout="constrained", squeeze=False)[1][0]
    for axis, outcome in zip(axes, outcomes, strict=True):
        widths = []
        for count in counts:
            rows = duckdb.execute(QUERY, [str(results / "shards" / "*.parquet"), outcome, count]).fetchall()
            t = stats.t.ppf(1 - 0.05 / (2 * len(pairs) * len(outcomes)), count - 1)
            widths.append(max(t * sd / np.sqrt(n) for plan, base, sd, n in rows if (plan, base) in pairs))
        axis.loglog(counts, widths, "o-")
        axis.set(title=outcome, xlabel="replications", ylabel="widest half-width (simultaneous 95 %)")
    plt.savefig(figure, dpi=120)
    print(f"figure {figure}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
