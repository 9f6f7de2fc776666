"""The worlds of a study, made when they are asked for: a design may have more alternatives than memory has room for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from channelsim.scenario.region import Region
from channelsim.scenario.world import World
from channelsim.study.design import Alternative, Study

MOST_KEPT = 200  # worlds, about a megabyte each
MOST_ROSTERS = 32  # of different people, about twenty megabytes each for a year of a large region


class Worlds(Mapping[Alternative, World]):
    """World by alternative, in the study's order; those asked for last are kept, and worlds with the same people share rosters."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self.made: dict[Alternative, World] = {}
        self.rosters: dict[object, dict[object, object]] = {}

    def __getitem__(self, alternative: Alternative) -> World:
        world = self.made.pop(alternative, None)
        if world is None:
            if len(self.made) >= MOST_KEPT:
                self.made.pop(next(iter(self.made)))
            if len(self.rosters) >= MOST_ROSTERS:
                self.rosters.pop(next(iter(self.rosters))).clear()
            world = self.study.world(alternative, self.rosters)
        self.made[alternative] = world
        return world

    def __iter__(self) -> Iterator[Alternative]:
        return iter(self.study.alternatives)

    def __len__(self) -> int:
        return len(self.study.alternatives)

    def region(self, alternative: Alternative) -> Region:
        """The region with the figures that an alternative has."""
        return self.study.inputs_of(alternative)[0]
