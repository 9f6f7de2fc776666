"""One input at a time: how far does each move the answer, and at which value does it turn the verdict round?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from channelsim.study.inference.crossing import BreakEven, break_even, sign_of
from channelsim.study.inference.intervals import LEVEL, Estimate, simultaneous, with_unit
from channelsim.study.inference.uncertain import UncertainInput
from channelsim.study.inference.words import amount, figure

Sample = Callable[[Mapping[str, float]], np.ndarray]


@dataclass(frozen=True)
class Bar:
    """The answer with one input at its low and high value, all others at base.

    Parameters
    ----------
    at_low, at_high : Estimate
        The answer itself.
    from_low, from_high : Estimate
        Its paired change from the answer at base.
    """

    input: UncertainInput
    at_low: Estimate
    at_high: Estimate
    from_low: Estimate
    from_high: Estimate

    @property
    def swing(self) -> float:
        return max(abs(self.from_low.mean), abs(self.from_high.mean), abs(self.from_high.mean - self.from_low.mean))


@dataclass(frozen=True)
class Tornado:
    """Bars, widest first; all intervals hold together."""

    outcome: str
    unit: str
    base: Estimate
    bars: tuple[Bar, ...]

    @property
    def flipping(self) -> tuple[tuple[str, float], ...]:
        """(input, value) at which the shown sign is not the one shown at base."""
        ends = [(b.input.name, v, e) for b in self.bars for v, e in ((b.input.low, b.at_low), (b.input.high, b.at_high))]
        return tuple((name, v) for name, v, e in ends if sign_of(e) != sign_of(self.base))

    def table(self) -> pd.DataFrame:
        rows = [(b.input.name, b.input.unit, b.input.low, b.input.high, b.at_low.mean, b.at_high.mean, b.swing) for b in self.bars]
        return pd.DataFrame(rows, columns=["input", "unit", "low", "high", "answer_at_low", "answer_at_high", "swing"])

    def __str__(self) -> str:
        turned = ", ".join(f"{name} at {figure(v)}" for name, v in self.flipping)
        verdict = f"the verdict does not stay as at base with {turned}" if turned else "no single input turns the verdict"
        lines = [f"{self.outcome} at base {self.base}; {verdict}"]
        for b in self.bars:
            ends = ", ".join(f"{amount(v, b.input.unit)} gives {e}" for v, e in ((b.input.low, b.at_low), (b.input.high, b.at_high)))
            lines.append(f"  {b.input.name}: {ends}")
        return "\n".join(lines)


def tornado(sample: Sample, inputs: Sequence[UncertainInput], outcome: str = "outcome", unit: str = "", level: float = LEVEL) -> Tornado:
    """How far does each input, from its 5 % to its 95 % point, move the answer?

    Parameters
    ----------
    sample : callable
        Values of all inputs -> outcome [replication], the same luck for every setting. Called 2 x inputs + 1 times.
    """
    base = {x.name: x.base for x in inputs}
    at_base = np.asarray(sample(base), dtype=float)
    ends = [np.asarray(sample(base | {x.name: v}), dtype=float) for x in inputs for v in (x.low, x.high)]
    table = np.column_stack([at_base, *ends, *(e - at_base for e in ends)])
    found = [with_unit(e, unit) for e in simultaneous(table, level)]
    k = len(inputs)
    bars = [Bar(x, found[1 + 2 * i], found[2 + 2 * i], found[1 + 2 * k + 2 * i], found[2 + 2 * k + 2 * i]) for i, x in enumerate(inputs)]
    return Tornado(outcome, unit, found[0], tuple(sorted(bars, key=lambda b: -b.swing)))


def flips(
    sample: Sample, inputs: Sequence[UncertainInput], outcome: str = "outcome", unit: str = "", points: int = 5, level: float = LEVEL
) -> dict[str, BreakEven]:
    """At which value of each input, between its 5 % and 95 % points, does the answer cross zero?

    Parameters
    ----------
    sample : callable
        As for `tornado`.

    Returns
    -------
    dict of input to BreakEven
        `kind` "none": this input alone does not turn the verdict within its range.
    """
    base = {x.name: x.base for x in inputs}
    return {
        x.name: break_even(
            lambda v, x=x: sample(base | {x.name: v}), x.low, x.high, x.name, x.unit, outcome, unit, points, None, level  # type: ignore[misc]
        )
        for x in inputs
        if x.low < x.high
    }  # fmt: skip
