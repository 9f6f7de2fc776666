"""Does the plan that somebody prefers win, lose or tie? Against each rival, on every primary outcome, all else the same."""

from __future__ import annotations

import pandas as pd

from channelsim.metrics.paired import PAIRED
from channelsim.study.answers.asked import About, Favourite
from channelsim.study.answers.values import Answer, NotAnswered, Values, alternatives_of, is_wait, level_of
from channelsim.study.design import Alternative, written
from channelsim.study.inference import Outcome
from channelsim.study.inference import compare as compare_all
from channelsim.study.inference.words import listed

WORDS = {"better": "better", "worse": "worse", "no difference": "no difference that matters", "cannot tell": "not settled"}


def answers(asked: Favourite, values: Values) -> list[Answer]:
    """One answer for each setting of the other factors under which the favourite and a rival stand."""
    found = []
    for where, group in values.groups((asked.factor,), lambda a: not a.point).items():
        mine = [a for a in group if written(level_of(a, asked.factor)) == asked.level]
        if mine and len(group) > 1:
            found.append(_of_group(asked, values, where, mine[0], [a for a in group if a != mine[0]]))
    if not found:
        raise NotAnswered(f"no alternative stands beside one with {asked.factor} {asked.level} under the same conditions")
    return found


def _of_group(asked: Favourite, values: Values, where: str, mine: Alternative, rivals: list[Alternative]) -> Answer:
    """Differences of what each gives against the one baseline of their world, so that plans are compared on the same customers."""
    study = values.study
    columns: dict[tuple[str, str], pd.Series[float]] = {}
    unjudged = []
    for o in study.primary_outcomes:
        table = values.of(About(o), [mine, *rivals])
        for rival in (r for r in rivals if r in alternatives_of(table)):
            over = [a.name for a in (mine, rival, study.base_of(mine)) if a.name in values.overload] if is_wait(o) else []
            if over:
                unjudged.append(f"{o} against {written(level_of(rival, asked.factor))}")
            else:
                columns[written(level_of(rival, asked.factor)), o] = table[mine] - table[rival]
    differences = pd.DataFrame(columns).dropna()
    if len(differences) < 2:
        raise NotAnswered("at least two replications with every outcome are needed")
    differences.columns = pd.MultiIndex.from_tuples(list(columns))
    outcomes = [Outcome(o, PAIRED[o][0], study.better.get(o, PAIRED[o][1]), study.margins.get(o, 0.0)) for o in study.primary_outcomes]
    judged = [o for o in outcomes if any(name == o.name for _, name in columns)]
    found = compare_all(differences, judged)
    rows, said = [], []
    for name in dict.fromkeys(r for r, _ in columns):
        by = {f.outcome.name: f for f in found.findings if f.alternative == name}
        verdict = _verdict({o: _word(f.verdict) for o, f in by.items()})
        said.append(f"{asked.level} against {name}: {verdict}")
        rows += [(name, o, f.estimate.mean, f.estimate.low, f.estimate.high, f.outcome.unit, f.verdict) for o, f in by.items()]
    if unjudged:
        said.append(f"not judged, since overloaded: {'; '.join(unjudged)}")
    said.append(f"{found.n} paired replications; {found.method}; {asked.level} less its rival")
    table = pd.DataFrame(rows, columns=["against", "outcome", "mean", "low", "high", "unit", "verdict"])
    title = f"does {asked.factor} {asked.level} win" + (f", {where}" if where else "")
    return Answer("favourite", title, "\n".join(said), table)


def _word(verdict: str) -> str:
    return next((word for start, word in WORDS.items() if verdict.startswith(start)), "not settled")


def _verdict(by: dict[str, str]) -> str:
    """Wins: better in something, worse in nothing; loses: the other way; a trade-off if both; a tie if nothing differs that matters."""
    groups = {word: [o for o, w in by.items() if w == word] for word in WORDS.values()}
    better, worse, open_ = groups["better"], groups["worse"], groups["not settled"]
    parts = [f"{word} in {listed(names)}" for word, names in groups.items() if names]
    if better and worse:
        head = "neither wins"
    elif open_ and (better or worse):
        head = "wins so far" if better else "loses so far"
    elif better or worse:
        head = "wins" if better else "loses"
    else:
        head = "cannot tell yet" if open_ else "tie"
    return f"{head} ({'; '.join(parts)})"
