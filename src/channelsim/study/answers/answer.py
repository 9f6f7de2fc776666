"""The answers to everything that a study is asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from channelsim.study.answers import asked as A
from channelsim.study.answers import attribution, contours, crossing, deciding, favourites, flipping, inputs, posts
from channelsim.study.answers.more import More
from channelsim.study.answers.values import Answer, Values
from channelsim.study.design import Study

MAKERS: dict[type, Callable[[Any, Values], list[Answer]]] = {
    A.Compare: deciding.comparisons, A.Attribute: attribution.answers, A.Choose: deciding.choices,
    A.Screen: inputs.screenings, A.Sobol: inputs.indices, A.Metamodel: inputs.fits, A.Spread: inputs.spreads, A.Tornado: inputs.tornados,
    A.Regret: deciding.regrets, A.Contour: contours.answers, A.Favourite: favourites.answers,
}  # fmt: skip
SEARCHES: dict[type, Callable[[Any, Values, More], list[Answer]]] = {
    A.EqualService: posts.answers, A.BreakEven: crossing.answers, A.Flips: flipping.answers,
}  # fmt: skip  # take replications that the design does not have
KINDS = {kind: "".join(f"_{c.lower()}" if c.isupper() else c for c in kind.__name__).strip("_") for kind in (*MAKERS, *SEARCHES)}


def answered(study: Study, frame: pd.DataFrame, overload: Mapping[str, object], more: More | None = None) -> tuple[Answer, ...]:
    """The answers to a study's questions, in its order; where one cannot be given, why.

    Parameters
    ----------
    study : Study
    frame : DataFrame
        The long table of its complete replications.
    overload : mapping of alternative to pools
        Alternatives whose owed work grows.
    more : More, optional
        Where replications of further alternatives come from.
    """
    values, found = Values(study, frame, overload), []
    for asked in study.analyses:
        try:
            if type(asked) in SEARCHES:
                found += SEARCHES[type(asked)](asked, values, more or More())
            else:
                found += MAKERS[type(asked)](asked, values)
        except ValueError as error:  # procedures refuse what they cannot judge: too few replications, a design with a gap
            about = f" {asked.outcome}" if isinstance(asked, A.About) else ""
            found.append(Answer(KINDS[type(asked)], f"{KINDS[type(asked)]}{about}", f"not answered: {error}", pd.DataFrame()))
    return tuple(found)


def searches(asked: A.Asked) -> bool:
    """May a question take replications that the design does not have?"""
    return isinstance(asked, A.EqualService) or (isinstance(asked, A.BreakEven | A.Flips) and asked.refine > 0)


def as_data(answer: Answer) -> dict[str, Any]:
    """An answer for programs; what is no number is null."""
    rows = answer.table.astype(object).to_dict("records")
    return {
        "kind": answer.kind,
        "title": answer.title,
        "words": answer.words,
        "table": [{str(k): _plain(v) for k, v in r.items()} for r in rows],
    }


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not np.isfinite(value) else value


def cells(answer: Answer) -> list[list[str]]:
    """The table as a reader wants it: names of columns, then rows."""

    def text(v: Any) -> str:
        if isinstance(v, bool | np.bool_):
            return "yes" if v else "no"
        return f"{v:,.4g}" if isinstance(v, float | np.floating) else str(v)

    return [list(map(str, answer.table.columns)), *([text(v) for v in row] for row in answer.table.itertuples(index=False))]
