"""Mutations of a YAML file, made in its text so that everything else stays as it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from tests.fuzz import mutant as M
from tests.fuzz.mutant import Mutant, is_number, line_at, mutant

REFERENCES = ("region", "strategy", "strategies")  # keys whose values name files


@dataclass
class Part:
    """A value of the document: its node, its key (None for an item of a list), its parent and place in it."""

    node: Node
    key: Any
    parent: Any
    number: int
    path: tuple[str, ...]


class Page:
    """The text of a YAML file and where its parts stand."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.root = YAML(typ="rt").compose(text)
        self.parts: list[Part] = []
        self._walk(self.root, ())

    def _walk(self, node: Node, path: tuple[str, ...]) -> None:
        if isinstance(node, MappingNode):
            for i, (key, value) in enumerate(node.value):
                self.parts.append(Part(value, key, node, i, (*path, key.value)))
                self._walk(value, (*path, key.value))
        elif isinstance(node, SequenceNode):
            for i, value in enumerate(node.value):
                self.parts.append(Part(value, None, node, i, path))
                self._walk(value, path)

    def scalars(self, want: Callable[[str], bool] = lambda word: True) -> list[Part]:
        return [p for p in self.parts if isinstance(p.node, ScalarNode) and want(p.node.value)]

    def keyed(self) -> list[Part]:
        return [p for p in self.parts if p.key is not None]

    def line(self, part: Part) -> int:
        return line_at(self.text, (part.key or part.node).start_mark.index)

    def put(self, part: Part, new: str, of_key: bool = False) -> str:
        """The text with a value (or its key) replaced."""
        node = part.key if of_key else part.node
        end = node.start_mark.index + len(self.text[node.start_mark.index : node.end_mark.index].rstrip())
        return self.text[: node.start_mark.index] + new + self.text[end:]

    def lines_of(self, part: Part) -> set[int]:
        """Lines from which a value is seen: that of its key and its own."""
        return {self.line(part), line_at(self.text, part.node.start_mark.index)}


def replaced(kind: str, words: tuple[str, ...], want: Callable[[str], bool], must_refuse: bool = False) -> Callable[[Page, Random], Mutant]:
    """A kind that puts one of some words in place of a scalar."""

    def make(page: Page, rng: Random) -> Mutant:
        part, word = rng.choice(page.scalars(want) or page.scalars()), rng.choice(words)
        return mutant(
            kind, page.put(part, word), page.lines_of(part), must_refuse and is_number(part.node.value), f"{part.path}: {word[:40]}"
        )

    return make


def key_deleted(page: Page, rng: Random) -> Mutant:
    """A key and its value taken out; a line of its parent will do."""
    part = rng.choice(page.keyed())
    start, rows, number = part.key.start_mark.index, part.parent.value, part.number
    if number + 1 < len(rows):
        text = page.text[:start] + page.text[rows[number + 1][0].start_mark.index :]
    else:
        flow = part.parent.flow_style
        first = rows[number - 1][1].end_mark.index if flow and number else start
        text = page.text[:first] + page.text[len(page.text[: part.node.end_mark.index].rstrip()) if flow else part.node.end_mark.index :]
    parent = next((p for p in page.parts if p.node is part.parent), None)
    top, end = (page.line(parent), line_at(page.text, parent.node.end_mark.index)) if parent else (1, page.text.count("\n") + 1)
    return mutant("key deleted", text, range(top, end + 1), note=str(part.path))


def key_renamed(page: Page, rng: Random) -> Mutant:
    part = rng.choice(page.keyed())
    new = M.typo(part.key.value, rng)
    return mutant("key renamed", page.put(part, new, True), {page.line(part)}, note=f"{part.path}: {new}")


def retyped(page: Page, rng: Random) -> Mutant:
    """Number to text, text to list, scalar to mapping, and the like."""
    part = rng.choice(page.parts)
    new = rng.choice(("many", "[x, y]", "{a: 1}", "[]", "{}", "null", "true", "7", "2011-01-03", "[[[1]]]", "''", "!", "- x", "|", "? x"))
    lines = page.lines_of(part)
    return mutant("retyped", page.put(part, new), lines | {max(lines) + 1}, note=f"{part.path}: {new}")


def swapped(page: Page, rng: Random) -> Mutant:
    parts = rng.sample(page.scalars(), 2)
    first, second = sorted(parts, key=lambda p: p.node.start_mark.index)
    t, (a, b), (c, d) = page.text, *((p.node.start_mark.index, p.node.end_mark.index) for p in (first, second))
    return mutant(
        "swapped",
        t[:a] + t[c:d] + t[b:c] + t[a:b] + t[d:],
        page.lines_of(first) | page.lines_of(second),
        note=f"{first.path}, {second.path}",
    )


def strange_text(page: Page, rng: Random) -> Mutant:
    """Look-alikes, emoji, right to left, NUL, in a key or a value."""
    part = rng.choice(page.parts if rng.random() < 0.3 else page.scalars())
    of_key = part.key is not None and (rng.random() < 0.5 or not isinstance(part.node, ScalarNode))
    if not of_key and not isinstance(part.node, ScalarNode):
        part = rng.choice(page.scalars())
    word = (part.key if of_key else part.node).value
    way = rng.choice(("alike", "strange", "control", "escaped"))
    lines = page.lines_of(part)
    if way == "alike":
        new = "".join(M.LOOK_ALIKES.get(x, x) for x in word)
        return mutant("unicode", page.put(part, new, of_key), lines, note=f"alike {part.path}")
    if way == "strange":
        return mutant("unicode", page.put(part, f'"{word}{rng.choice(M.STRANGE_TEXT)}"', of_key), lines, note=f"strange {part.path}")
    new = (
        word + rng.choice(M.CONTROLS)
        if way == "control"
        else f'"{word}{rng.choice((chr(92) + "0", chr(92) + "ud800", chr(92) + "e[2J", chr(92) + "u202e"))}"'
    )
    return mutant("unicode", page.put(part, new, of_key), lines, True, f"{way} {part.path}")


def duplicate_key(page: Page, rng: Random) -> Mutant:
    part = rng.choice(page.keyed())
    a, b = part.key.start_mark.index, len(page.text[: part.node.end_mark.index].rstrip())
    own = page.text[a:b]
    again = f", {own}" if part.parent.flow_style else "\n" + " " * part.key.start_mark.column + own
    last = line_at(page.text, b)
    return mutant(
        "duplicate key", page.text[:b] + again + page.text[b:], range(page.line(part), last + own.count("\n") + 2), True, str(part.path)
    )


def aliases(page: Page, rng: Random) -> Mutant:
    """An anchor used elsewhere, an alias to nothing, one inside itself, a merge key."""
    part, way = rng.choice(page.scalars()), rng.choice(("used", "nowhere", "itself", "merge", "many"))
    lines = page.lines_of(part)
    if way == "used":
        first, second = sorted(rng.sample(page.scalars(), 2), key=lambda p: p.node.start_mark.index)
        text = page.put(second, "*a ")
        at = first.node.start_mark.index
        return mutant(
            "aliases", text[:at] + "&a " + text[at:], page.lines_of(first) | page.lines_of(second), note=f"{first.path}, {second.path}"
        )
    words = {"nowhere": "*nowhere ", "itself": "&a [*a ]", "merge": "{<<: {typo: 1}, x: 2}", "many": "[&a x" + ", *a " * 1000 + "]"}
    return mutant("aliases", page.put(part, words[way]), lines, way != "many", f"{way} {part.path}")


def billion_laughs(page: Page, rng: Random) -> Mutant:
    """Aliases of aliases that stand for 10^9 values, in lists, mappings or merge keys."""
    part, way = rng.choice(page.parts), rng.choice(("list", "map", "merge"))
    rows = ["&l0 [x,x,x,x,x,x,x,x,x,x]" if way == "list" else "&l0 {a: x, b: x, c: x}"]
    for i in range(1, 12):
        uses = ", ".join([f"*l{i - 1} "] * 10) if way == "list" else ", ".join(f"k{j}: *l{i - 1} " for j in range(10))
        uses = f"<<: [{', '.join([f'*l{i - 1} '] * 10)}], k{i}: *l{i - 1} " if way == "merge" else uses
        rows.append(f"&l{i} [{uses}]" if way == "list" else f"&l{i} {{{uses}}}")
    return mutant("billion laughs", page.put(part, f"[{', '.join(rows)}]"), page.lines_of(part), True, f"{way} {part.path}")


def python_tags(page: Page, rng: Random) -> Mutant:
    part = rng.choice(page.parts)
    new = rng.choice(('!!python/object/apply:os.system ["touch pwned"]', "!!python/object:builtins.object {}", "!!python/name:os.system x",
                      "!!python/module:os x", "!!binary aGk=", "!custom x", "!!python/object/new:os.system [touch pwned]"))  # fmt: skip
    if (
        rng.random() < 0.4
        and part.node.start_mark.index < part.node.end_mark.index
        and part.node.start_mark.line == part.node.end_mark.line
    ):
        new = (
            rng.choice(("!!python/tuple ", "!!str ", "!!python/dict ", "!!set ", "!!omap "))
            + page.text[part.node.start_mark.index : part.node.end_mark.index]
        )
    return mutant("python tags", page.put(part, new), page.lines_of(part), not new.startswith("!!str"), f"{part.path}: {new[:40]}")


def many_rows(page: Page, rng: Random) -> Mutant:
    """10^5 items in a list, or keys in the document."""
    if rng.random() < 0.3:
        text = page.text.rstrip("\n") + "\n"
        last = text.count("\n")
        return mutant("many rows", text + "".join(f"k{i}: 1\n" for i in range(100_000)), range(last + 1, last + 100_002), True, "keys")
    part, way = rng.choice(page.parts), rng.choice(("flat", "deep", "long"))
    new = {"flat": "[" + "1, " * 100_000 + "1]", "deep": "[" * 5000 + "]" * 5000, "long": "x" * 500_000}[way]
    return mutant("many rows", page.put(part, new), page.lines_of(part), way != "long", f"{way} {part.path}")


def outside(page: Page, rng: Random) -> Mutant:
    """A file that is missing, or lies outside the folder."""
    named = [p for p in page.scalars() if p.path[-1] in REFERENCES]
    part = rng.choice(named if named and rng.random() < 0.8 else page.scalars())
    new = rng.choice((*M.OUTSIDE, "nothing-here", "../../configs/regions/nothing"))
    own = part.path[-1] == "region" and len(part.path) == 1 and "first_monday" in page.text or part.path == ("strategy",)
    return mutant("file names", page.put(part, new), page.lines_of(part), part in named and not own, f"{part.path}: {new}")


KINDS: dict[str, Callable[[Page, Random], Mutant]] = {
    "key deleted": key_deleted, "key renamed": key_renamed, "retyped": retyped, "swapped": swapped,
    "huge": replaced("huge", M.HUGE, is_number), "negative": replaced("negative", M.NEGATIVE, is_number),
    "nearly zero": replaced("nearly zero", M.TINY_NUMBERS, is_number),
    "nan, inf": replaced("nan, inf", (".nan", ".inf", "-.inf", "nan", "NaN"), is_number, True),
    "unicode": strange_text, "duplicate key": duplicate_key, "aliases": aliases, "billion laughs": billion_laughs,
    "python tags": python_tags, "many rows": many_rows, "file names": outside,
}  # fmt: skip
