"""What one worker computes at a time: some alternatives in some replications, kept as one shard.

Chunks come in order of replication, so that a study that is stopped is balanced: every alternative has met the same
customers. Alternatives that are compared with each other stay in one chunk, since a contrast takes the accounts of all
needs of both; where one is wanted and its baseline is not, the baseline is simulated again and not kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from channelsim.study.design import Alternative, Study
from channelsim.study.intervals import Stretch, without

GOAL_S = 3.0  # of work in a chunk: at 10 ms for a task and a shard the overhead is below half a per cent
GOAL_S_PER_WORKER = 0.03  # so that one scheduler, good for some 340 chunks a second, has a tenth of that to do
CHUNKS_PER_WORKER = 4  # at least, while chunks last SHORT_S: else the last ones leave workers idle
SHORT_S = 0.5
SMALLEST_GROUP = 4  # alternatives; each group simulates the baselines that it lacks


@dataclass(frozen=True)
class Chunk:
    """Names of alternatives, and the replications [first, until).

    `beside`: the alternatives of a study of its own, which the design does not have: what a search tries.
    """

    alternatives: tuple[str, ...]
    first: int
    until: int
    beside: tuple[Alternative, ...] = ()

    @property
    def n_cells(self) -> int:
        """Numbers of (alternative, replication)."""
        return len(self.alternatives) * (self.until - self.first)

    def name(self, keys: Mapping[str, str]) -> str:
        """Name of its shard: the same chunk of the same study has the same, whoever computes it."""
        what = "\0".join(f"{a}={keys[a]}" for a in self.alternatives)
        return f"r{self.first:08d}-{self.until - 1:08d}-{hashlib.sha256(what.encode()).hexdigest()[:12]}.parquet"

    def halves(self) -> tuple[Chunk, ...]:
        """Two smaller chunks, to find out which part is at fault; itself if it is one cell."""
        if self.until - self.first > 1:
            middle = (self.first + self.until) // 2
            return replace(self, until=middle), replace(self, first=middle)
        if len(self.alternatives) > 1:
            half = len(self.alternatives) // 2
            return replace(self, alternatives=self.alternatives[:half]), replace(self, alternatives=self.alternatives[half:])
        return (self,)

    def __str__(self) -> str:
        which = self.alternatives[0] if len(self.alternatives) == 1 else f"{len(self.alternatives)} alternatives"
        last = f" to {self.until - 1}" if self.until - self.first > 1 else ""
        return f"replication {self.first}{last} of {which}"


@dataclass(frozen=True)
class Geometry:
    """How a study is cut: replications in a chunk, and groups of alternatives."""

    replications: int
    groups: tuple[tuple[str, ...], ...]


def geometry(study: Study, replication_s: float, workers: int) -> Geometry:
    """Chunks that are long enough to cost nothing, and enough of them to keep all workers at work to the end.

    Parameters
    ----------
    study : Study
        With the number of replications that is wanted.
    replication_s : float
        About how long a replication of all alternatives takes, in seconds of one core.
    workers : int
        Processes.
    """
    groups = _kin(study)
    for_all = max(1, study.replications // (CHUNKS_PER_WORKER * workers))
    goal_s = max(GOAL_S, GOAL_S_PER_WORKER * workers)
    n = max(1, min(int(goal_s / max(replication_s, 1e-6)), max(for_all, int(SHORT_S / max(replication_s, 1e-6)))))
    pieces = -(-2 * workers // max(1, len(groups) * study.replications))  # more workers than work: smaller groups
    if pieces > 1:
        groups = [part for group in groups for part in _cut(group, pieces)]
    return Geometry(n, tuple(groups))


def _kin(study: Study) -> list[tuple[str, ...]]:
    """Alternatives that contrasts connect, in the study's order: none of them needs another's baseline."""
    home = {a.name: a.name for a in study.alternatives}

    def root(name: str) -> str:
        while home[name] != name:
            name = home[name]
        return name

    for contrast in study.contrasts:
        home[root(contrast.plan.name)] = root(contrast.baseline.name)
    groups: dict[str, list[str]] = {}
    for a in study.alternatives:
        groups.setdefault(root(a.name), []).append(a.name)
    return [tuple(group) for group in groups.values()]


def _cut(group: tuple[str, ...], pieces: int) -> list[tuple[str, ...]]:
    size = max(SMALLEST_GROUP, -(-len(group) // pieces))
    return [group[i : i + size] for i in range(0, len(group), size)]


def missing(shape: Geometry, replications: int, done: Mapping[str, list[Stretch]]) -> Iterator[Chunk]:
    """Chunks of what is not there, in order of replication; never more in memory than one.

    Parameters
    ----------
    shape : Geometry
        How the study is cut.
    replications : int
        How many are wanted.
    done : mapping
        Alternative -> replications that are there, sorted.
    """
    start = {name: 0 for name in done}  # stretches before this one lie behind
    for first in range(0, replications, shape.replications):
        block = first, min(first + shape.replications, replications)
        for group in shape.groups:
            wanted: dict[Stretch, list[str]] = {}
            for name in group:
                taken = done.get(name, [])
                while start.get(name, 0) < len(taken) and taken[start[name]][1] <= first:
                    start[name] += 1
                for stretch in without(block, taken[start.get(name, 0) : start.get(name, 0) + shape.replications + 1]):
                    wanted.setdefault(stretch, []).append(name)
            for (a, b), names in sorted(wanted.items()):
                yield Chunk(tuple(names), a, b)
