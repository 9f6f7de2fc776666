"""Studies from a notebook or a script: the same runs, folders and answers as the command line, as values and DataFrames.

    from channelsim import notebook as cs

    evidence = cs.run("experiments/tiny/study.yaml", "results/tiny", workers=2)
    cs.comparisons(evidence)

The page for users is docs/guides/from-a-notebook.md.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from contextlib import nullcontext, redirect_stdout
from pathlib import Path
from typing import Any

import pandas as pd
from ruamel.yaml import YAML

from channelsim.cli.extend import extend_study
from channelsim.cli.many import load_evidence, write_report
from channelsim.cli.sweep import Options, run_study
from channelsim.config.study import load_study
from channelsim.metrics.paired import PAIRED
from channelsim.study.answers.values import Answer
from channelsim.study.design import Study
from channelsim.study.evidence import Evidence
from channelsim.study.replicate import Replicator

__all__ = ["answers", "comparisons", "differences", "extend", "load", "measures", "one_replication", "read", "report", "run", "written"]
STUDY = "study.yaml"
SET_ASIDE = 1  # what the command ends with where runs were set aside: the evidence names them


def written(study: Mapping[str, Any], folder: str | Path) -> Path:
    """Write a study that is a dict of the keys of `study.yaml` into a folder; its path.

    A relative `region` counts from where Python runs, not from the folder.
    """
    path = Path(folder) / STUDY
    path.parent.mkdir(parents=True, exist_ok=True)
    keys = {**study, "region": str(Path(str(study.get("region", ""))).resolve())}
    with path.open("w", encoding="utf-8") as file:
        YAML(typ="safe").dump(keys, file)
    return path


def load(study: str | Path | Mapping[str, Any], out: str | Path = ".") -> Study:
    """What does a study compare, before anything runs? Its alternatives, contrasts and questions.

    Raises
    ------
    ConfigError
        With all problems of the study, each with the way to mend it.
    """
    return load_study(written(study, out) if isinstance(study, Mapping) else Path(study))


def run(
    study: str | Path | Mapping[str, Any], out: str | Path, workers: int = 1, replications: int | None = None, engine: str = "",
    half_width: float | None = None, quiet: bool = True,
) -> Evidence:  # fmt: skip
    """Run what is missing of a study, and what may one conclude? Numbers do not depend on `workers` or `engine`.

    Parameters
    ----------
    study : path or dict
        `study.yaml`, or its keys.
    out : path
        The results folder; what is there already is not run again.
    workers : int
        Processes; 0 runs within this one. A script that takes more must be guarded by `if __name__ == "__main__":`.
    replications, engine, half_width : optional
        In place of the study's: how many, "fast" or "reference", the half-width of the first primary outcome to stop at.
    quiet : bool
        Print nothing; else what `channelsim study run` prints.

    Raises
    ------
    ConfigError
        With all problems of the study.
    SimulationError
        If no replication is complete.
    """
    path = written(study, out) if isinstance(study, Mapping) else Path(study)
    with redirect_stdout(io.StringIO()) if quiet else nullcontext():
        try:
            run_study(path, Path(out), workers, replications, engine, Options(half_width=half_width))
        except SystemExit as ended:
            if ended.code != SET_ASIDE:
                raise
    return read(out)


def extend(out: str | Path, to: int | None = None, workers: int = 1, quiet: bool = True) -> Evidence:
    """Add replications to a results folder, to the next look or to any number; nothing is run again."""
    with redirect_stdout(io.StringIO()) if quiet else nullcontext():
        extend_study(Path(out), to, workers, Options())
    return read(out)


def read(out: str | Path) -> Evidence:
    """What does a results folder say? `str` values: `evidence.answers`; every number: `evidence.frame`."""
    return load_evidence(Path(out))


def report(out: str | Path) -> Path:
    """Write `report.html` of a results folder; its path."""
    return write_report(Path(out))


def answers(evidence: Evidence, kind: str = "") -> list[Answer]:
    """The answers to the study's `analyses`, of one kind or all: each has `title`, `words` and a `table`."""
    return [a for a in evidence.analyses if kind in ("", a.kind)]


def comparisons(evidence: Evidence) -> pd.DataFrame:
    """What does each plan change against its baseline, with intervals and verdicts? A row for each contrast and outcome."""
    rows = []
    for f in evidence.findings:
        x, interval = f.estimate, "simultaneous" if f.estimate.simultaneous else "pointwise"
        names = f.contrast.kind, f.contrast.plan.name, f.contrast.baseline.name, f.outcome, PAIRED[f.outcome][0]
        rows.append((*names, x.mean, x.low, x.high, interval, f.verdict, f.variance_ratio, f.correlation))
    columns = ["kind", "plan", "baseline", "outcome", "unit", "mean", "low", "high", "interval", "verdict", "variance_ratio", "correlation"]
    return pd.DataFrame(rows, columns=columns)


def measures(evidence: Evidence) -> pd.DataFrame:
    """What does each alternative give by itself? A row for each alternative and measure, with its 95 % interval."""
    rows = [(a, m, x.mean, x.low, x.high, x.n) for a, found in evidence.measures.items() for m, x in found.items()]
    return pd.DataFrame(rows, columns=["alternative", "measure", "mean", "low", "high", "n"])


def differences(evidence: Evidence, *outcomes: str) -> pd.DataFrame:
    """[replication, (plan, outcome)] paired differences, as the functions of `channelsim.study.inference` take them.

    Each plan against the baseline of its main contrast (`kind` other than *both*); default: the primary outcomes.
    """
    wanted = outcomes or tuple(evidence.study.primary_outcomes)
    of = {c.plan.name: c.baseline.name for c in evidence.study.contrasts if c.kind != "both"}
    rows = evidence.frame[(evidence.frame["table"] == "contrast") & evidence.frame["measure"].isin(wanted)]
    rows = rows[rows["baseline"] == rows["alternative"].map(of)]
    wide = rows.pivot(index="replication", columns=["alternative", "measure"], values="value")
    return wide[[(plan, o) for plan in of for o in wanted]]


def one_replication(study: Study, replication: int = 0) -> pd.DataFrame:
    """Every number of one replication, without a folder: to try things out."""
    return Replicator(study).run(replication)
