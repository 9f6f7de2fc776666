"""Which cells of a study a folder holds, found by reading its shards: they are the truth, everything else can be lost.

Damaged shards are moved to `set-aside/`, shards of which nothing is wanted any more to `superseded/` (an edit that is taken
back finds them again). If two shards hold a cell, its numbers are the same, and one of them counts.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from channelsim.store.files import remove_leftovers
from channelsim.store.shards import Damaged, Held, checked, glance
from channelsim.study.intervals import Stretch, common, count, merged, without

SHARDS, SUPERSEDED, SET_ASIDE = "shards", "superseded", "set-aside"


@dataclass(frozen=True)
class Source:
    """A shard, and what of it counts."""

    path: Path
    counts: dict[str, list[Stretch]]  # alternative -> replications
    whole: bool  # all of it counts


@dataclass
class Index:
    """For each wanted alternative: what is done, and where it stands."""

    keys: Mapping[str, str]  # alternative -> key that its results must have
    done: dict[str, list[Stretch]] = field(default_factory=dict)
    sources: list[Source] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)

    def add(self, path: Path, held: tuple[Held, ...]) -> bool:
        """Count a shard; False if it holds nothing that is wanted and not there yet."""
        counts: dict[str, list[Stretch]] = {}
        whole = True
        for h in held:
            new: list[Stretch] = []
            if self.keys.get(h.alternative) == h.key:
                there = self.done.setdefault(h.alternative, [])
                new = [s for stretch in h.replications for s in without(stretch, there)]
                if new:
                    counts[h.alternative] = new
                    self._put(h.alternative, new)
            whole = whole and count(new) == count(list(h.replications))
        if counts:
            self.sources.append(Source(path, counts, whole))
        return bool(counts)

    def _put(self, alternative: str, new: list[Stretch]) -> None:
        there = self.done[alternative]
        if there and len(new) == 1 and new[0][0] == there[-1][1]:  # shards mostly come in order
            there[-1] = (there[-1][0], new[0][1])
        else:
            self.done[alternative] = merged([*there, *new])

    def note(self, alternative: str, stretch: Stretch) -> None:
        """Count what a shard holds without keeping its place: ten million shards are not remembered one by one."""
        new = without(stretch, self.done.setdefault(alternative, []))
        if new:
            self._put(alternative, new)

    def complete(self, until: int) -> list[Stretch]:
        """Replications below a number in which every alternative is done."""
        both: list[Stretch] = [(0, until)]
        for name in self.keys:
            both = common(both, self.done.get(name, []))
        return both

    def n_cells(self, until: int) -> int:
        """Cells that are done, of replications below a number."""
        return sum(count(common([(0, until)], self.done.get(name, []))) for name in self.keys)


def read_index(folder: Path, keys: Mapping[str, str], verify: bool = True) -> Index:
    """What a folder holds, without changing anything in it.

    Parameters
    ----------
    folder : Path
        A results folder.
    keys : mapping
        Alternative -> key that counts.
    verify : bool
        Check every seal; without, footers are believed (for looking on while a study runs).
    """
    index = Index(keys)
    for path, held in _shards(folder / SHARDS, verify, index.damaged):
        index.add(path, held)
    return index


def n_bytes(folder: Path) -> int:
    """How large the shards of a folder are together."""
    total = 0
    for path in (folder / SHARDS).glob("*.parquet"):
        with contextlib.suppress(FileNotFoundError):  # moved by the run that owns the folder
            total += path.stat().st_size
    return total


class Growing:
    """An index that takes in the shards that are new since it last looked, for who looks on while others write."""

    def __init__(self, folder: Path, index: Index) -> None:
        self.folder, self.index = folder / SHARDS, index
        self.n_new = 0  # shards that came while it looked on
        self._seen = {path.name for path in self.folder.glob("*.parquet")}

    def update(self) -> Index:
        """Take in what is new; believes footers."""
        there = {path.name for path in self.folder.glob("*.parquet")}
        for name in sorted(there - self._seen):
            try:
                for h in glance(self.folder / name):
                    if self.index.keys.get(h.alternative) == h.key:
                        for stretch in h.replications:
                            self.index.note(h.alternative, stretch)
            except Damaged:
                continue
            self.n_new += 1
        self._seen = there
        return self.index


def _shards(folder: Path, verify: bool, damaged: list[str]) -> Iterator[tuple[Path, tuple[Held, ...]]]:
    for path in sorted(folder.glob("*.parquet")):
        try:
            yield path, checked(path.read_bytes()) if verify else glance(path)
        except Damaged:
            damaged.append(path.name)
        except FileNotFoundError:  # moved by the run that owns the folder
            continue


def tidy(folder: Path, keys: Mapping[str, str]) -> Index:
    """The index, after damaged, doubled and unwanted shards and leftovers are put out of the way; for who holds the lock."""
    remove_leftovers(folder / SHARDS)
    index = Index(keys)
    for path, held in _shards(folder / SHARDS, True, index.damaged):
        if not index.add(path, held):
            _move(path, folder / SUPERSEDED)
    for name in index.damaged:
        _move(folder / SHARDS / name, folder / SET_ASIDE)
    for path, held in _shards(folder / SUPERSEDED, True, []):
        if index.add(folder / SHARDS / path.name, held):
            _move(path, folder / SHARDS)
    return index


def _move(path: Path, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    os.replace(path, folder / path.name)
