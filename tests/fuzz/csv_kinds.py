"""Mutations of a CSV file: header, cells, rows."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from tests.fuzz import mutant as M
from tests.fuzz.mutant import Mutant, is_number, mutant

FREE = ("source", "note", "name", "title", "code", "grade", "key", "")  # columns in which a number is no quantity
Rows = list[list[str]]


class Sheet:
    """Rows of a CSV file; those with quotes are passed over, so that cells can be cut at commas."""

    def __init__(self, text: str) -> None:
        self.rows: Rows = [line.split(",") for line in text.splitlines()]
        self.plain = [i for i in range(1, len(self.rows)) if '"' not in ",".join(self.rows[i]) and len(self.rows[i]) == len(self.rows[0])]

    def row(self, rng: Random) -> int:
        return rng.choice(self.plain)

    def number(self, rng: Random) -> tuple[int, int]:
        """A cell that holds a quantity."""
        for _ in range(200):
            i = self.row(rng)
            found = [j for j, cell in enumerate(self.rows[i]) if is_number(cell) and self.rows[0][j] not in FREE]
            if found:
                return i, rng.choice(found)
        return self.row(rng), 0

    def put(self, i: int, j: int, new: str) -> str:
        rows = [list(r) for r in self.rows]
        rows[i][j] = new
        return text_of(rows)


def text_of(rows: Rows) -> str:
    return "\n".join(",".join(r) for r in rows) + "\n"


def number_put(kind: str, words: tuple[str, ...], must_refuse: bool = False) -> Callable[[Sheet, Random], Mutant]:
    """A kind that puts one of some words in place of a number."""

    def make(sheet: Sheet, rng: Random) -> Mutant:
        (i, j), word = sheet.number(rng), rng.choice(words)
        must = must_refuse and is_number(sheet.rows[i][j])
        return mutant(kind, sheet.put(i, j, word), {i + 1}, must, f"{sheet.rows[0][j]}: {word[:40]}")

    return make


def cell_changed(sheet: Sheet, rng: Random) -> Mutant:
    """A name mistyped."""
    for _ in range(50):
        i = sheet.row(rng)
        j = rng.choice([j for j, cell in enumerate(sheet.rows[i]) if cell])
        if not is_number(sheet.rows[i][j]):
            break
    new = M.typo(sheet.rows[i][j], rng)
    return mutant("cell mistyped", sheet.put(i, j, new), {i + 1}, note=f"{sheet.rows[0][j]}: {new}")


def retyped(sheet: Sheet, rng: Random) -> Mutant:
    i, j = sheet.row(rng), rng.randrange(len(sheet.rows[0]))
    new = rng.choice(("many", "", "7", "[1]", "true", "None", "2011-01-03", " ", '""', "1;2", "0x10", "1_000", "1.5.2", '"3,5"'))
    return mutant("retyped", sheet.put(i, j, new), {i + 1}, note=f"{sheet.rows[0][j]}: {new}")


def swapped(sheet: Sheet, rng: Random) -> Mutant:
    """Two cells of one row, or of one column."""
    rows = [list(r) for r in sheet.rows]
    i, j = sheet.row(rng), rng.randrange(len(rows[0]))
    k, m = (i, rng.randrange(len(rows[0]))) if rng.random() < 0.5 else (sheet.row(rng), j)
    rows[i][j], rows[k][m] = rows[k][m], rows[i][j]
    return mutant("swapped", text_of(rows), {i + 1, k + 1}, note=f"{i + 1} {rows[0][j]}, {k + 1} {rows[0][m]}")


def strange_text(sheet: Sheet, rng: Random) -> Mutant:
    i = rng.choice((0, *[sheet.row(rng) for _ in range(5)]))
    j = rng.randrange(len(sheet.rows[0]))
    word, way = sheet.rows[i][j], rng.choice(("alike", "strange", "control"))
    new = {
        "alike": "".join(M.LOOK_ALIKES.get(x, x) for x in word),
        "strange": word + rng.choice(M.STRANGE_TEXT),
        "control": word + rng.choice(M.CONTROLS),
    }[way]
    lines = {1, 2} if i == 0 else {i + 1}
    return mutant("unicode", sheet.put(i, j, new), lines, way == "control", f"{way} {sheet.rows[0][j]}")


def row_deleted(sheet: Sheet, rng: Random) -> Mutant:
    """A row is gone: any line of the table will do."""
    i = sheet.row(rng)
    return mutant("row deleted", text_of(sheet.rows[:i] + sheet.rows[i + 1 :]), (), note=",".join(sheet.rows[i])[:60])


def row_twice(sheet: Sheet, rng: Random) -> Mutant:
    i, at = sheet.row(rng), rng.randrange(1, len(sheet.rows))
    rows = [*sheet.rows[:at], sheet.rows[i], *sheet.rows[at:]]
    return mutant("duplicate key", text_of(rows), {n + 1 for n, r in enumerate(rows) if r == sheet.rows[i]}, True)


def row_length(sheet: Sheet, rng: Random) -> Mutant:
    """A row with too few or too many cells."""
    i, way = sheet.row(rng), rng.choice(("few", "many", "far too many"))
    row = sheet.rows[i]
    new = row[:-1] if way == "few" else [*row, *["9"] * (1 if way == "many" else 50_000)]
    return mutant("row length", text_of([*sheet.rows[:i], new, *sheet.rows[i + 1 :]]), {i + 1}, True, way)


def header(sheet: Sheet, rng: Random) -> Mutant:
    """A column of the header deleted, renamed or named twice; or the header is gone."""
    head, j, way = sheet.rows[0], rng.randrange(len(sheet.rows[0])), rng.choice(("deleted", "renamed", "twice", "column", "gone"))
    if way == "column":
        return mutant("header", text_of([r[:j] + r[j + 1 :] for r in sheet.rows]), {1}, note=f"column {head[j]} gone")
    if way == "gone":
        return mutant("header", text_of(sheet.rows[1:]), {1}, True, "gone")
    new = {
        "deleted": head[:j] + head[j + 1 :],
        "renamed": [*head[:j], M.typo(head[j], rng), *head[j + 1 :]],
        "twice": [*head[: j + 1], *head[j:]],
    }[way]
    must = way != "renamed" or head[j] != "municipality"
    return mutant("header", text_of([new, *sheet.rows[1:]]), {1}, must, f"{way} {head[j]}")


def many_rows(sheet: Sheet, rng: Random) -> Mutant:
    """10^5 rows more: the same again, with another name each, or of one cell."""
    i, n = sheet.row(rng), 100_000
    way, j = rng.choice(("same", "other", "blank", "short")), rng.randrange(min(3, len(sheet.rows[0])))
    make = {
        "same": lambda k: sheet.rows[i],
        "other": lambda k: [*sheet.rows[i][:j], f"x{k}", *sheet.rows[i][j + 1 :]],
        "blank": lambda k: [""],
        "short": lambda k: ["z"],
    }[way]
    rows = [*sheet.rows, *(make(k) for k in range(n))]
    return mutant(
        "many rows",
        text_of(rows),
        {i + 1, *range(len(sheet.rows) + 1, len(rows) + 1)},
        way in ("same", "short"),
        f"{way} {sheet.rows[0][j]}",
    )


def file_name(sheet: Sheet, rng: Random) -> Mutant:
    """A path in place of a name; or the whole file is gone."""
    if rng.random() < 0.3:
        return Mutant("file names", None, frozenset(), True, "gone")
    i, j, new = sheet.row(rng), rng.randrange(len(sheet.rows[0])), rng.choice(M.OUTSIDE)
    return mutant("file names", sheet.put(i, j, new), {i + 1}, note=f"{sheet.rows[0][j]}: {new}")


def quotes(sheet: Sheet, rng: Random) -> Mutant:
    i, j = sheet.row(rng), rng.randrange(len(sheet.rows[0]))
    new = rng.choice(('"', '"open', 'a"b', '"a"b', '"two\nlines"'))
    return mutant("quotes", sheet.put(i, j, new), {i + 1, i + 2}, note=f"{sheet.rows[0][j]}: {new!r}")


KINDS: dict[str, Callable[[Sheet, Random], Mutant]] = {
    "cell mistyped": cell_changed, "retyped": retyped, "swapped": swapped, "huge": number_put("huge", M.HUGE),
    "negative": number_put("negative", M.NEGATIVE), "nearly zero": number_put("nearly zero", M.TINY_NUMBERS),
    "nan, inf": number_put("nan, inf", ("nan", "inf", "-inf", "NaN", "Infinity", "1e400"), True), "unicode": strange_text,
    "row deleted": row_deleted, "duplicate key": row_twice, "row length": row_length, "header": header, "many rows": many_rows,
    "file names": file_name, "quotes": quotes,
}  # fmt: skip
