"""What the replications of a study allow one to say: estimates, intervals, verdicts, and the answer in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from channelsim.metrics import MEASURES
from channelsim.metrics.paired import LABELS, PAIRED
from channelsim.study.answers.answer import answered, as_data
from channelsim.study.answers.more import More
from channelsim.study.answers.values import Answer
from channelsim.study.design import Contrast, Study
from channelsim.study.estimate import LEVEL, Estimate, overloaded, pointwise, simultaneous, verdict
from channelsim.study.inference.words import listed
from channelsim.study.precision import LOOK_LEVEL

FREED = "a1_released_h_per_week"
WAITS = ("phone_wait_change_min", "lead_change_days")


@dataclass(frozen=True)
class Finding:
    """One outcome of one contrast."""

    contrast: Contrast
    outcome: str
    estimate: Estimate
    verdict: str
    variance_ratio: float  # independent over paired: how well common random numbers worked; nan where unknown
    correlation: float  # of plan and baseline over replications


@dataclass(frozen=True, eq=False)
class Evidence:
    """All that a report of a study shows."""

    study: Study
    n: int
    frame: pd.DataFrame
    findings: tuple[Finding, ...]
    measures: dict[str, dict[str, Estimate]]  # alternative -> measure
    overload: dict[str, dict[str, float]]  # alternative -> pool -> growth of owed work in h over the window
    answers: tuple[str, ...] = field(default=())
    analyses: tuple[Answer, ...] = field(default=())
    left_out: dict[str, str] = field(default_factory=dict)  # alternatives whose replications stop, and why
    partly: str = ""  # replications that stop in some alternative and count for none, in words
    whole: bool = True  # `frame` holds every number, not only the means of each over the replications

    def finding(self, contrast: Contrast, outcome: str) -> Finding:
        return next(f for f in self.findings if f.contrast == contrast and f.outcome == outcome)


def evidence_of(study: Study, frame: pd.DataFrame, more: More | None = None) -> Evidence:
    """Estimates, verdicts and answers from the long table of a study's replications; searches take what they lack from `more`."""
    n = frame["replication"].nunique()
    measures = {
        str(alternative): {str(m): pointwise(v.to_numpy()) for m, v in rows.groupby("measure", sort=False)["value"]}
        for alternative, rows in frame[frame["table"] == "measure"].groupby("alternative", sort=False)
    }
    pools = frame[frame["table"] == "pool"]
    overload = {str(a): overloaded(rows) for a, rows in pools.groupby("alternative", sort=False)}
    findings = _findings(study, frame, overload)
    evidence = Evidence(study, n, frame, findings, measures, {a: o for a, o in overload.items() if o})
    return replace(evidence, answers=tuple(answers(evidence)), analyses=answered(study, frame, evidence.overload, more))


def _findings(study: Study, frame: pd.DataFrame, overload: dict[str, dict[str, float]]) -> tuple[Finding, ...]:
    wide = frame[frame["table"] == "contrast"].pivot_table(
        index="replication", columns=["alternative", "baseline", "measure"], values="value", dropna=False
    )
    family = [
        (c, o)
        for c in study.contrasts
        if c.kind != "both"
        for o in study.primary_outcomes
        if not wide[c.plan.name, c.baseline.name, o].isna().any()
    ]
    together: dict[tuple[Contrast, str], Estimate] = {}
    if family:
        table = np.column_stack([wide[c.plan.name, c.baseline.name, o].to_numpy() for c, o in family])
        level = LOOK_LEVEL if study.precision else LEVEL  # a study that may stop at any of four looks has a quarter of the error at each
        together = dict(zip(family, simultaneous(table, level), strict=True))
    found = []
    for contrast in study.contrasts:
        for outcome in PAIRED:
            values = wide[contrast.plan.name, contrast.baseline.name, outcome].to_numpy()
            estimate = together.get((contrast, outcome)) or pointwise(values)
            correlation, ratio = _pairing(frame, contrast, outcome, values)
            found.append(finding_of(study, contrast, outcome, estimate, overload, ratio, correlation))
    return tuple(found)


def finding_of(
    study: Study, contrast: Contrast, outcome: str, estimate: Estimate, overload: Mapping[str, object], variance_ratio: float,
    correlation: float = float("nan"),
) -> Finding:  # fmt: skip
    """What an estimate says of one outcome of one contrast."""
    better = study.better.get(outcome, PAIRED[outcome][1])
    words = verdict(estimate, better, study.margins.get(outcome, 0.0)) if better != "neither" else ""
    if outcome in WAITS and (overload.get(contrast.plan.name) or overload.get(contrast.baseline.name)):
        words = "not judged: an alternative is overloaded, its waits grow with the window"
    return Finding(contrast, outcome, estimate, words, variance_ratio, correlation)


MEASURE_OF = {
    FREED: "specialist_work_h_per_week", "phone_wait_change_min": "phone_wait_mean_min", "lead_change_days": "appointment_lead_mean_days",
    "unmet_change_pct": "unmet_pct", "travel_change_km_per_unemployed_year": "travel_km_per_unemployed_year",
    "idle_change_h_per_week": "specialist_idle_h_per_week",
}  # fmt: skip


def _pairing(frame: pd.DataFrame, contrast: Contrast, outcome: str, values: np.ndarray) -> tuple[float, float]:
    """(correlation of plan and baseline, variance of a difference of independent runs over that of the paired one) (decisions 41)."""
    measure = MEASURE_OF.get(outcome)
    if measure is None or len(values) < 3:
        return float("nan"), float("nan")
    rows = frame[(frame["table"] == "measure") & (frame["measure"] == measure)]
    parts = [rows[rows["alternative"] == a.name].set_index("replication")["value"] for a in (contrast.plan, contrast.baseline)]
    paired = values.var(ddof=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        correlation = float(parts[0].corr(parts[1]))
    return correlation, float(sum(p.var(ddof=1) for p in parts) / paired) if paired > 0 else float("nan")


def paired_outcomes(e: Evidence) -> list[str]:
    """Outcomes of which it is known how well pairing worked: the primary ones that are a change of a measure."""
    return [o for o in dict.fromkeys((FREED, *e.study.primary_outcomes)) if o in MEASURE_OF]


def known_to_a_factor(n: int) -> float:
    """To what factor either way is a ratio of two variances of n replications known, with 90 %? (F with n - 1 and n - 1)"""
    return float(stats.f.ppf(0.95, n - 1, n - 1))


def said_of_pairing(e: Evidence) -> list[str]:
    """One line an outcome: how many times as many replications independent runs would need, over the contrasts of strategies."""
    said = []
    for outcome in paired_outcomes(e):
        found = [e.finding(c, outcome) for c in strategy_contrasts(e)]
        known = sorted((f.variance_ratio, f.correlation) for f in found if not np.isnan(f.variance_ratio))
        if known:
            middle = known[len(known) // 2]
            said.append(f"{outcome}: {known[0][0]:.3g} to {known[-1][0]:.3g} times, middle {middle[0]:.3g} (correlation {middle[1]:.3f})")
    if said:
        said[-1] += f"; from {e.n} replications each ratio is known to a factor of {known_to_a_factor(e.n):.2g} either way"
    return said


def said_of_left_out(e: Evidence) -> list[str]:
    """Which alternatives do not count, by reason."""
    reasons: dict[str, list[str]] = {}
    for name, why in e.left_out.items():
        reasons.setdefault(why.rpartition("stopped: ")[2], []).append(name)
    n = len(e.left_out) + len(e.study.alternatives)
    said = [e.partly] if e.partly else []
    return said + [
        f"left out of all answers: {len(names)} of {n} alternatives, {'such as ' if len(names) > 3 else ''}{', '.join(names[:3])}: {why}"
        for why, names in reasons.items()
    ]


ACCESS = ("unmet_change_pct", "phone_wait_change_min", "lead_change_days", "net_shed_h_per_week")


def access_kept(e: Evidence, contrast: Contrast) -> tuple[str, list[str]]:
    """Is access no worse than the margins allow? ("kept", "breached" or "not settled", and what is at fault).

    Decisions 1: released time counts for the claim only if shed work and access limits are not worse than their margins.
    """
    breached, open_questions = [], []
    new = sorted(set(e.overload.get(contrast.plan.name, ())) - set(e.overload.get(contrast.baseline.name, ())))
    if new:
        breached.append(f"owed work grows in {', '.join(new)}, which it does not under the baseline")
    for outcome in ACCESS:
        finding = e.finding(contrast, outcome)
        limit = FREED if outcome == "net_shed_h_per_week" else outcome
        x, margin = finding.estimate, e.study.margins.get(outcome, e.study.margins.get(limit, 0.0))
        if finding.verdict.startswith("not judged"):
            open_questions.append(f"{outcome} not judged, an alternative is overloaded")
            continue
        text = f"{outcome} {x.mean:+.2f} (limit {margin:g} {PAIRED[outcome][0]})"
        if x.low > margin:
            breached.append(text)
        elif not x.high <= margin:
            open_questions.append(text)
    if breached:
        return "breached", breached
    return ("not settled", open_questions) if open_questions else ("kept", [])


def strategy_contrasts(e: Evidence) -> list[Contrast]:
    """Contrasts that change the strategy alone."""
    return [c for c in e.study.contrasts if c.kind == "strategy"]


def answers(e: Evidence) -> list[str]:
    """For each office model and strategy: what is released, where it goes, and whether access is kept."""
    said = []
    for contrast in strategy_contrasts(e):
        freed = e.finding(contrast, FREED)
        x = freed.estimate
        where = f"{contrast.plan.setting}, {contrast.plan.way}"
        if len(e.study.staffing_splits) > 1:
            where += f" ({contrast.plan.staffing_split})"
        word = {"better": "frees", "worse": "costs"}.get(freed.verdict, "")
        if not word:
            said.append(f"{where}: {freed.verdict} (A1 {x.mean:+.0f} h/week, {x.low:+.0f} to {x.high:+.0f})")
            continue
        idle = e.finding(contrast, "idle_change_h_per_week").estimate
        usable = e.finding(contrast, "usable_60_change_h_per_week").estimate
        state, faults = access_kept(e, contrast)
        said.append(
            f"{where}: {word} {abs(x.mean):.0f} specialist hours a week ({x.low:+.0f} to {x.high:+.0f}); "
            f"idle time {idle.mean:+.0f} h/week, {usable.mean:+.0f} of it in blocks of an hour; access {state}"
            + (f": {', '.join(faults)}" if faults else "")
        )
    return said


NO_ANSWER = "The study takes points from ranges of what is not known, and no question about them has an answer."


def headline(e: Evidence) -> str:
    """The answer to the claim in words, under the study's assumptions."""
    return " ".join(sentences(e))


def sentences(e: Evidence) -> list[str]:
    """The answer: each strategy under the default split, where the time goes, then the other splits."""
    if e.study.ranges:  # a sample of what is not known: its points are no plans to be counted
        said = [a.words.splitlines()[0] for a in e.analyses if not a.words.startswith("not answered")]
        return [f"Under these assumptions {said[0]}.", *(f"{s[0].upper()}{s[1:]}." for s in said[1:3])] if said else [NO_ANSWER]
    first, *others = e.study.staffing_splits
    contrasts = [c for c in strategy_contrasts(e) if c.plan.staffing_split == first]
    if not contrasts:
        return _of_changes(e)
    said = ["Under these assumptions " + _by_strategy(e, first) + "."]
    idle = sum(e.finding(c, "idle_change_h_per_week").estimate.mean for c in contrasts)
    freed = sum(e.finding(c, FREED).estimate.mean for c in contrasts)
    if freed > 0 and any(e.finding(c, FREED).verdict == "better" for c in contrasts):
        said.append(f"Of what is released, {100.0 * idle / freed:.0f} % shows up as idle time unless it is given other work.")
    return said + [f"With the staffing split {split}, {_by_strategy(e, split)}." for split in others]


TOLD = {  # beginning of a verdict -> how it is counted
    "better": "better", "worse": "worse", "no difference": "no difference that matters", "cannot": "not settled yet",
    "not judged": "not judged",
}  # fmt: skip
MOST_NAMED = 3


def _of_changes(e: Evidence) -> list[str]:
    """What changes other than the strategy do (networks, points, futures): outcome by outcome, how many and which."""
    contrasts = [c for c in e.study.contrasts if c.kind != "both"]
    if not contrasts:
        return ["The study compares nothing: no plan differs from its baseline."]
    several = len(contrasts) > 1
    said = [f"Under these assumptions, of {len(contrasts)} changes compared one by one:" if several else "Under these assumptions:"]
    for outcome in e.study.primary_outcomes:
        found: dict[str, list[str]] = {}
        for c in contrasts:
            f = e.finding(c, outcome)
            word = next((told for start, told in TOLD.items() if f.verdict.startswith(start)), "shown without a verdict")
            found.setdefault(word, []).append(f"{c.plan.setting} ({f.estimate.mean:+.3g})")
        parts = []
        for word in (*TOLD.values(), "shown without a verdict"):
            names = found.get(word, [])
            more = [f"{len(names) - MOST_NAMED} more"] if len(names) > MOST_NAMED else []
            named = listed(names[:MOST_NAMED] + more)
            parts += [f"{word} in {len(names)}, {named}" if several else f"{word}, {named}"] if names else []
        said.append(f"{LABELS[outcome]} [{PAIRED[outcome][0]}]: {'; '.join(parts)}.")
    return said


def _by_strategy(e: Evidence, split: str) -> str:
    parts = []
    mine = [c for c in strategy_contrasts(e) if c.plan.staffing_split == split]
    kind = "office models" if all(c.plan.setting == c.plan.office_model for c in mine) else "settings"
    for strategy in dict.fromkeys(c.plan.way for c in mine):
        contrasts = [c for c in mine if c.plan.way == strategy]
        frees = [c for c in contrasts if e.finding(c, FREED).verdict == "better"]
        states = [access_kept(e, c)[0] for c in frees]
        means = [e.finding(c, FREED).estimate.mean for c in contrasts]
        if not frees:
            span = f"{min(means):+.0f} to {max(means):+.0f} h/week"
            parts.append(f"{strategy} is not shown to free specialist time in any of {len(contrasts)} {kind} ({span})")
            continue
        work = sum(e.measures[c.baseline.name]["specialist_work_h_per_week"].mean for c in contrasts) / len(contrasts)
        parts.append(
            f"{strategy} frees specialist time in {len(frees)} of {len(contrasts)} {kind} "
            f"({min(means):+.0f} to {max(means):+.0f} h/week, {100.0 * sum(means) / len(means) / work:.0f} % of specialist work) "
            f"and keeps access within its limits in {states.count('kept')}, breaks them in {states.count('breached')}"
            + (f", unsettled in {states.count('not settled')}" if "not settled" in states else "")
        )
    return "; ".join(parts)


def as_json(e: Evidence) -> dict[str, Any]:
    """Everything a program may want, with units and definitions."""

    def numbers(x: Estimate) -> dict[str, Any]:
        clean = {k: (None if np.isnan(v) else v) for k, v in (("mean", x.mean), ("low", x.low), ("high", x.high))}
        return {**clean, "n": x.n, "interval": "simultaneous 95 %" if x.simultaneous else "pointwise 95 %"}

    return {
        "study": e.study.name,
        "question": e.study.question,
        "replications": e.n,
        "headline": headline(e),
        "access": {c.plan.name: access_kept(e, c)[0] for c in strategy_contrasts(e)},
        "answers": list(e.answers),
        "analyses": [as_data(a) for a in e.analyses],
        "overloaded": e.overload,
        "left_out": e.left_out,
        "replications_left_out": e.partly,
        "findings": [
            {
                "kind": f.contrast.kind, "plan": f.contrast.plan.name, "baseline": f.contrast.baseline.name,
                "outcome": f.outcome, "unit": PAIRED[f.outcome][0], "definition": PAIRED[f.outcome][2],
                **numbers(f.estimate), "verdict": f.verdict,
                "variance_ratio": None if np.isnan(f.variance_ratio) else f.variance_ratio,
                "correlation": None if np.isnan(f.correlation) else f.correlation,
            }
            for f in e.findings
        ],
        "measures": {
            a: {m: {**numbers(x), "unit": MEASURES[m].unit if m in MEASURES else ""} for m, x in rows.items()}
            for a, rows in e.measures.items()
        },
    }  # fmt: skip
