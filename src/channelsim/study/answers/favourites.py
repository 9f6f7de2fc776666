"""Does the plan that somebody prefers win, lose or tie? Against each rival, on every primary outcome, all else the same."""

from __future__ import annotations

import pandas as pd

from channelsim.metrics.paired import PAIRED
from channelsim.study.answers.asked import About, Favourite
from channelsim.study.answers.values import Answer, NotAnswered, Values, alternatives_of, is_wait, level_of
from channelsim.study.design import Alternative, written
from channelsim.study.inference import Comparison, Outcome
from channelsim.study.inference import compare as compare_all
from channelsim.study.inference.comparison import Finding
from channelsim.study.inference.words import listed

HEADS = ("setting", "against", "verdict", "outcome", "mean", "low", "high", "unit", "on this outcome")
WORDS = {"better": "better", "worse": "worse", "no difference": "no difference that matters", "cannot tell": "not settled"}


def answers(asked: Favourite, values: Values) -> list[Answer]:
    """The verdict on the favourite against each rival, for each setting of the other factors under which they stand."""
    said, tables, how = [], [], ""
    for where, group in values.groups((asked.factor,), lambda a: not a.point).items():
        mine = [a for a in group if written(level_of(a, asked.factor)) == asked.level]
        if mine and len(group) > 1:
            found, unjudged = _compared(asked, values, mine[0], [a for a in group if a != mine[0]])
            by = {r: {f.outcome.name: f for f in found.findings if f.alternative == r} for r in dict.fromkeys(_rivals(found))}
            lines = [f"{head} against {listed(names)}" for head, names in _grouped(by).items()]
            said.append("; ".join([f"{where or asked.level}: {lines[0]}", *lines[1:], *unjudged]))
            rows = [(where, r, _verdict(fs)[0], o, f.estimate.mean, f.estimate.low, f.estimate.high, f.outcome.unit, f.verdict)
                    for r, fs in by.items() for o, f in fs.items()]  # fmt: skip
            tables.append(pd.DataFrame(rows, columns=list(HEADS)))
            how = f"{asked.level} less its rival, {found.n} paired replications; in each setting {found.method}"
    if not tables:
        raise NotAnswered(f"no alternative stands beside one with {asked.factor} {asked.level} under the same conditions")
    return [Answer("favourite", f"does {asked.factor} {asked.level} win", "\n".join([*said, how]), pd.concat(tables, ignore_index=True))]


def _compared(asked: Favourite, values: Values, mine: Alternative, rivals: list[Alternative]) -> tuple[Comparison, list[str]]:
    """Differences of what each gives against the one baseline of their world, so that plans are compared on the same customers."""
    study = values.study
    columns: dict[tuple[str, str], pd.Series[float]] = {}
    unjudged: dict[str, list[str]] = {}
    names = asked.outcomes or study.primary_outcomes
    for o in names:
        table = values.of(About(o), [mine, *rivals])
        for rival in (r for r in rivals if r in alternatives_of(table)):
            called = written(level_of(rival, asked.factor))
            if is_wait(o) and any(a.name in values.overload for a in (mine, rival, study.base_of(mine))):
                unjudged.setdefault(o, []).append(called)
            else:
                columns[called, o] = table[mine] - table[rival]
    differences = pd.DataFrame(columns).dropna()
    if len(differences) < 2:
        raise NotAnswered("at least two replications with every outcome are needed")
    differences.columns = pd.MultiIndex.from_tuples(list(columns))
    outcomes = [Outcome(o, PAIRED[o][0], study.better.get(o, PAIRED[o][1]), study.margins.get(o, 0.0)) for o in names]
    judged = [o for o in outcomes if any(name == o.name for _, name in columns)]
    words = [f"{o} not judged against {'any' if len(r) == len(rivals) else listed(r)}, overloaded" for o, r in unjudged.items()]
    return compare_all(differences, judged), words


def _rivals(found: Comparison) -> list[str]:
    return [f.alternative for f in found.findings]


def _grouped(by: dict[str, dict[str, Finding]]) -> dict[str, list[str]]:
    """Verdict with its reasons -> rivals of whom it is said."""
    found: dict[str, list[str]] = {}
    for rival, findings in by.items():
        head, why = _verdict(findings)
        found.setdefault(f"{head}{why}", []).append(rival)
    return found


def _word(verdict: str) -> str:
    return next((word for start, word in WORDS.items() if verdict.startswith(start)), "not settled")


def _verdict(findings: dict[str, Finding]) -> tuple[str, str]:
    """Wins: better in something, worse in nothing; loses: the other way; neither if both; a tie if nothing differs that matters."""
    words = {o: _word(f.verdict) for o, f in findings.items()}
    better, worse, open_ = ([o for o, w in words.items() if w == kind] for kind in ("better", "worse", "not settled"))
    why = [f"{kind} in {listed(o)}" for kind, o in (("better", better), ("worse", worse), ("not settled", open_)) if o]
    if better and worse:
        head = "neither wins"
    elif better or worse:
        head = ("wins" if better else "loses") + (" so far" if open_ else "")
    else:
        head = "cannot tell yet" if open_ else "tie"
    return head, f" ({'; '.join(why)})" if why else ""
