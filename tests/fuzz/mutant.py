"""One strange file: what was done to it, and what must be said about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from random import Random

LOOK_ALIKES = {
    "a": "\u0430",
    "e": "\u0435",
    "o": "\u043e",
    "c": "\u0441",
    "p": "\u0440",
    "x": "\u0445",
    "i": "\u0456",
    "A": "\u0391",
    "S": "\u0405",
}
STRANGE_TEXT = ("\U0001f600", "\u202eevil", "\u200b", "e\u0301", "[/bold]", "[bold]", "%s{0}", "\u2028", "$(id)", ";DROP TABLE x", "\uff11")
CONTROLS = ("\x00", "\x1b[31m", "\x07", "\ufffe")  # a file that holds one is refused
HUGE = ("1000000000", "1e12", "9223372036854775808", "18446744073709551616", "1e308", "1" + "0" * 400, "9" * 5000, "1e999", "123456789012")
NEGATIVE = ("-1", "-0.5", "-1000000000", "-1e308", "-9223372036854775809")
TINY_NUMBERS = ("0", "1e-300", "0.0000001", "-0.0")
OUTSIDE = (
    "../../etc/passwd",
    "../../../../../../etc/passwd",
    "..",
    "../../../../..",
    "/etc/passwd",
    "/etc",
    "/proc/self/environ",
    "~/x",
    "file:///etc/passwd",
)


@dataclass(frozen=True)
class Mutant:
    """A file with one mutation.

    `lines` are those of which a refusal must name at least one; empty: any line of the file will do, since all of
    it was changed. `must_refuse`: to accept it would be a fault by itself.
    """

    kind: str
    data: bytes | None  # None: the file is gone
    lines: frozenset[int]
    must_refuse: bool = False
    note: str = ""


def mutant(kind: str, text: str, lines: Iterable[int], must_refuse: bool = False, note: str = "") -> Mutant:
    """A mutant of a text that stays UTF-8."""
    return Mutant(kind, text.encode("utf-8", "surrogatepass"), frozenset(lines), must_refuse, note)


def line_at(text: str, index: int) -> int:
    """The line on which a character stands, from 1."""
    return text.count("\n", 0, index) + 1


def typo(word: str, rng: Random) -> str:
    """The word with one letter lost, doubled, swapped with its neighbour or replaced."""
    i = rng.randrange(len(word))
    ways = (
        word[:i] + word[i + 1 :],
        word[: i + 1] + word[i:],
        word[:i] + "q" + word[i + 1 :],
        word[:i] + word[i : i + 2][::-1] + word[i + 2 :],
    )
    return next((w for w in rng.sample(ways, len(ways)) if w and w != word), word + "x")


def is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True
