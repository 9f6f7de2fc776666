"""Who should be at work when, worked out again from hours, breaks and absence (decisions 9, 29)."""

from __future__ import annotations

from functools import lru_cache
from math import floor
from typing import Any

from scipy.stats import gamma

from channelsim.testing.audit import chance
from channelsim.testing.audit.rows import Facts

DAY = 1440.0
ABSENT, ABSENCE_WAVE = 42, 43
DAYS_OF_ABSENCE = (7 << 35) + (1 << 33)


class Attendance:
    """The roster of a world of queues whose people differ; empty where they are alike."""

    def __init__(self, facts: Facts, key: int) -> None:
        self.staff: list[dict[str, Any]] = facts["staff"] or []
        self.key = key
        self.seen: set[tuple[int, float]] = set()

    def luck(self, day: int) -> int:
        """The luck of a day."""
        return chance.luck_of(self.key, DAYS_OF_ABSENCE + day)

    @lru_cache(maxsize=4096)  # noqa: B019  (an auditor lives as long as its log)
    def wave(self, day: int, cv: float) -> float:
        """The factor of a day that all absences have in common."""
        if cv <= 0.0:
            return 1.0
        return float(gamma.ppf(chance.uniform(self.luck(day), ABSENCE_WAVE), 1.0 / cv**2, scale=cv**2))

    def is_away(self, person: int, day: int) -> bool:
        """Is a person absent all day?"""
        p = self.staff[person]
        turn, share = person + 6 * (day // 7) + day % 7, p["rota_absence"]
        if floor((turn + 1) * share) > floor(turn * share):
            return True
        if p["drawn_absence"] is None:
            return False
        base, factor, cv = p["drawn_absence"]
        u = chance.uniform(self.luck(day), ABSENT, 2 * p["pool"] + p["number"] // 65536, p["number"] % 65536)
        return bool(u < base * factor[day % 7] * self.wave(day, cv))

    def comes(self, person: int, time: float, until: float) -> bool:
        """Is it right that a person comes now, to stay until a moment?"""
        self.seen.add((person, time))
        stretches, day = self.staff[person]["stretches"], int(time // DAY)
        if stretches is None:
            return time == 0.0
        mine = [(start, end) for weekday, start, end in stretches if weekday == day % 7]
        return (time - day * DAY, until - day * DAY) in mine and not self.is_away(person, day)

    def missing(self, horizon: float) -> list[tuple[int, float]]:
        """(person, moment) of those who should have come and did not."""
        found = []
        for person, p in enumerate(self.staff):
            for day in range(int(-(-horizon // DAY))):
                for weekday, start, _ in p["stretches"] or ():
                    moment = day * DAY + start
                    if weekday == day % 7 and moment < horizon and (person, moment) not in self.seen and not self.is_away(person, day):
                        found.append((person, moment))
        return found
