"""Does a verdict hold under every assumption it was asked under (demand response off and on, both staffing splits)?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from channelsim.study.inference.comparison import Comparison
from channelsim.study.inference.words import listed

UNSETTLED = "cannot tell yet"


@dataclass(frozen=True)
class Across:
    """One outcome of one alternative under several assumptions.

    Parameters
    ----------
    what : str
        What differs between the assumptions: "demand response".
    verdicts : mapping of assumption to verdict
    """

    alternative: str
    outcome: str
    what: str
    verdicts: dict[str, str]

    @property
    def verdict(self) -> str:
        """The verdict if all agree; *depends on ...* if two settled ones differ; else what is not settled."""
        settled = {v for v in self.verdicts.values() if not v.startswith(UNSETTLED)}
        if len(settled) > 1:
            return f"depends on {self.what}"
        open_ones = [a for a, v in self.verdicts.items() if v.startswith(UNSETTLED)]
        return f"{UNSETTLED} with {listed(open_ones)}" if open_ones else settled.pop()

    def __str__(self) -> str:
        each = "; ".join(f"{v} with {a}" for a, v in self.verdicts.items())
        same = len(set(self.verdicts.values())) == 1
        return f"{self.alternative}, {self.outcome}: {self.verdict}" + ("" if same else f" ({each})")


def across(what: str, comparisons: Mapping[str, Comparison]) -> tuple[Across, ...]:
    """Which verdicts hold under all assumptions, and which depend on them? (decisions 39)

    Parameters
    ----------
    what : str
        What differs: "demand response".
    comparisons : mapping of assumption to Comparison
        The same alternatives and outcomes in each; outcomes without a verdict are passed over.

    Notes
    -----
    A verdict that must hold under every assumption needs no further correction (intersection-union test, Berger 1982).
    """
    first, *others = comparisons.values()
    found = []
    for f in first.findings:
        if f.verdict:
            each = [f.verdict, *(c.of(f.alternative, f.outcome.name).verdict for c in others)]
            found.append(Across(f.alternative, f.outcome.name, what, dict(zip(comparisons, each, strict=True))))
    return tuple(found)
