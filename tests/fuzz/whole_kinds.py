"""Mutations of a whole file, YAML or CSV: encodings, junk, nothing at all."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from tests.fuzz.mutant import Mutant, line_at, mutant

ALL: frozenset[int] = frozenset()


def encoding(data: bytes, rng: Random) -> Mutant:
    """UTF-16 with and without mark, UTF-32, a Latin-1 byte at one place, a mark before UTF-8 or within it."""
    text = data.decode("utf-8")
    way = rng.choice(("utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "latin-1", "bom", "bom within", "cr"))
    if way.startswith("utf"):
        return Mutant("encoding", text.encode(way), ALL, True, way)
    at = rng.randrange(len(data))
    while data[at] & 0xC0 == 0x80:
        at -= 1
    if way == "latin-1":
        return Mutant("encoding", data[:at] + b"\xe4\xf6" + data[at:], frozenset({data[:at].count(b"\n") + 1}), True, way)
    if way == "bom":
        return Mutant("encoding", b"\xef\xbb\xbf" + data, ALL, False, way)
    if way == "cr":
        return Mutant("encoding", data.replace(b"\n", rng.choice((b"\r", b"\r\n"))), ALL, False, way)
    return Mutant("encoding", data[:at] + b"\xef\xbb\xbf" + data[at:], frozenset({data[:at].count(b"\n") + 1}), False, way)


def empty(data: bytes, rng: Random) -> Mutant:
    """Nothing, blanks, or a comment."""
    return Mutant("empty", rng.choice((b"", b"\n" * 50, b"   ", b"# nothing\n", b"---\n", b"\xef\xbb\xbf")), ALL, True)


def junk(data: bytes, rng: Random) -> Mutant:
    """Random bytes, another kind of file, or one cut off in the middle."""
    ways = (rng.randbytes(4000), b"PK\x03\x04" + rng.randbytes(500), b"\x89PNG\r\n\x1a\n" + bytes(200), b"<html><body>404</body></html>\n")
    way = rng.choice((*ways, None))
    if way is not None:
        return Mutant("junk", way, ALL, True)
    at = rng.randrange(1, len(data))
    return mutant("junk", data[:at].decode("utf-8", "ignore"), (), note="cut off")


def spliced(data: bytes, rng: Random) -> Mutant:
    """Random bytes in the middle of the file."""
    at = rng.randrange(len(data))
    lines = line_at(data.decode("latin-1"), at)
    noise = rng.randbytes(20)
    return Mutant(
        "junk", data[:at] + noise + data[at:], frozenset(range(lines, lines + 2 + noise.count(b"\n") + noise.count(b"\r"))), note="spliced"
    )


KINDS: dict[str, Callable[[bytes, Random], Mutant]] = {"encoding": encoding, "empty": empty, "junk": junk, "spliced": spliced}
