"""What is refused of a text before anything is made of it: what cannot be seen, tags, floods, keys given twice.

YAML is looked at event by event, so that a bomb of aliases is found where it begins and costs nothing.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent, Event, MappingStartEvent, NodeEvent, ScalarEvent

from channelsim.errors import ConfigError, Problem, shown

MOST_WRITTEN = 50_000  # values as written: a second or two of reading
MOST_VALUES = 200_000  # after all aliases are written out
DEEPEST = 40
LONGEST_TEXT = 10_000
LONGEST_NUMBER = 40
# control characters, those that turn the direction of text, those without width, line ends that editors do not count
UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff\ud800-\udfff]"
)
WHOLE_NUMBER = re.compile(r"[-+]?[0-9][0-9a-fA-FxoXO_]*")
DATE = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)(?![-\d])")


def refuse_unseen(text: str, path: Path) -> None:
    """Refuse a text with characters that nobody can see: two names that look alike would differ."""
    found = UNSEEN.search(text)
    if found:
        line = len(re.findall("\r\n|\r|\n", text[: found.start()])) + 1
        code = ord(found.group())
        what, mend = f"holds the character U+{code:04X}, which cannot be seen", "remove it"
        if code == 0:
            what, mend = f"holds a zero byte (character {found.start()}): it is not UTF-8 text", "save the file as UTF-8"
        raise ConfigError([Problem(shown(path), line, "encoding", what, mend)])


@dataclass
class _Open:
    """A mapping or list that is being read."""

    is_mapping: bool
    anchor: str | None
    size: int = 1  # values in it, aliases written out
    keys: dict[str, int] = field(default_factory=dict)
    n_parts: int = 0


class _Guard:
    """Follows the events of one document and keeps count."""

    def __init__(self, path: Path) -> None:
        self.path, self.open, self.written = path, [_Open(False, None)], 0
        self.sizes: dict[str, int] = {}

    def refuse(self, event: Event, field: str, what: str, mend: str) -> None:
        raise ConfigError([Problem(shown(self.path), event.start_mark.line + 1, field, what, mend)])

    def see(self, event: Event) -> None:
        if isinstance(event, CollectionEndEvent):
            done = self.open.pop()
            self._count(event, done.size, done.anchor)
        elif isinstance(event, NodeEvent):
            self._see_node(event)

    def _see_node(self, event: NodeEvent) -> None:
        self.written += 1
        if self.written > MOST_WRITTEN:
            self.refuse(event, "yaml", f"has more than {MOST_WRITTEN:,} values", "split the file, or give rows in a CSV file")
        here = self.open[-1]
        if here.is_mapping and here.n_parts % 2 == 0:
            self._see_key(event, here)
        here.n_parts += 1
        if isinstance(event, AliasEvent):
            if any(o.anchor == event.anchor for o in self.open):
                self.refuse(event, "aliases", f"*{event.anchor} stands inside itself", "write the values out")
            if event.anchor not in self.sizes:
                self.refuse(event, "aliases", f"*{event.anchor} names no value above", "write the value out")
            self._count(event, self.sizes[event.anchor], None)
            return
        tag = getattr(event, "tag", None)
        if tag is not None:
            self.refuse(event, "yaml", f"has the tag {str(tag)[:60]!r}: tags are not read", "remove the tag")
        if isinstance(event, CollectionStartEvent):
            if len(self.open) > DEEPEST:
                self.refuse(event, "yaml", f"is nested more than {DEEPEST} deep", "write it flat")
            self.open.append(_Open(isinstance(event, MappingStartEvent), event.anchor))
        elif isinstance(event, ScalarEvent):
            self._see_scalar(event)
            self._count(event, 1, event.anchor)

    def _see_key(self, event: NodeEvent, here: _Open) -> None:
        if not isinstance(event, ScalarEvent):
            self.refuse(event, "yaml", "a key is a list, a mapping or an alias", "write a word before the colon")
            return
        first = here.keys.setdefault(event.value, event.start_mark.line + 1)
        if here.n_parts and len(here.keys) <= here.n_parts // 2:
            self.refuse(event, "yaml", f"duplicate key {event.value[:60]!r}, first in line {first}", "keep one of the two")

    def _see_scalar(self, event: ScalarEvent) -> None:
        text = event.value.replace("\a", "") if event.style == ">" else event.value  # the parser marks folds so
        unseen = UNSEEN.search(text)
        if unseen:
            self.refuse(event, "yaml", f"writes the character U+{ord(unseen.group()):04X}, which cannot be seen", "remove it")
        if len(text) > LONGEST_TEXT:
            self.refuse(event, "yaml", f"a text has more than {LONGEST_TEXT:,} characters", "shorten it")
        if event.style is not None:
            return
        if len(text) > LONGEST_NUMBER and WHOLE_NUMBER.fullmatch(text):
            self.refuse(event, "yaml", f"a number has {len(text)} digits", "write a number that a run can reach")
        date = DATE.match(text)
        if date:
            try:
                dt.date(*map(int, date.groups()))
            except ValueError as error:
                self.refuse(event, "yaml", f"{text[:20]!r} is no date ({error})", "write it as YYYY-MM-DD")

    def _count(self, event: Event, size: int, anchor: str | None) -> None:
        """Add the size of a finished value to what it stands in."""
        if anchor is not None:
            self.sizes[anchor] = size
        self.open[-1].size += size
        if self.open[-1].size > MOST_VALUES:
            self.refuse(event, "aliases", f"stand for more than {MOST_VALUES:,} values", "write the values out")


def refuse_unsafe(text: str, path: Path) -> None:
    """Refuse a YAML document that builds objects, floods the memory or says a thing twice; raises ruamel's errors too."""
    guard = _Guard(path)
    for event in YAML(typ="rt").parse(text):
        guard.see(event)
