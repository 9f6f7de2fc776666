"""Numbers as a reader wants them: three figures that count, a sign where direction matters, the unit behind."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, isfinite, isnan, log10


def figure(x: float, signed: bool = False) -> str:
    """A number with three figures that count (1234.5 -> 1,234; 0.01234 -> 0.0123)."""
    if isnan(x):
        return "unknown"
    if not isfinite(x):
        return "no limit"
    x = float(f"{x:.2e}") if abs(x) < 1000.0 else x  # rounded first: .0999999 is 0.100, not 0.1000
    places = 0 if x == 0 else min(6, max(0, 2 - floor(log10(abs(x)))))
    return f"{x:{'+' if signed and x != 0 else ''},.{places}f}"


def amount(x: float, unit: str, signed: bool = False) -> str:
    """A number with its unit."""
    return f"{figure(x, signed)} {unit}".rstrip()


def share(p: float) -> str:
    """A probability or share in per cent, never rounded up to certainty."""
    if isnan(p):
        return "unknown"
    if 0.0 < p < 1e-4:
        return "below 0.01 %"
    return f"{min(p, 0.9999) * 100:.{4 if p > 0.999 else 3}g} %" if p < 1.0 else "100 %"


def listed(names: Sequence[str], empty: str = "none") -> str:
    """Names in a row: a, b and c."""
    if not names:
        return empty
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
