"""Who of a region's people should be at work when, on a break, in a meeting or on the way, worked out again."""

from __future__ import annotations

from functools import lru_cache
from math import floor
from typing import Any

from scipy.stats import gamma

from channelsim.testing.audit import chance
from channelsim.testing.audit.attendance import ABSENCE_WAVE, ABSENT, DAY, DAYS_OF_ABSENCE
from channelsim.testing.audit.rows import Facts

BLOCK_MIN = 60.0  # of other duties, on the half hour
Due = tuple[int, float, float]  # person, moment, minutes


class RegionAttendance:
    """The roster of a region whose people's days are more than a shift; empty where they are not."""

    def __init__(self, facts: Facts, key: int, since: float = 0.0) -> None:
        self.since = since
        self.facts: dict[str, Any] | None = facts.get("region_people")
        self.key = key
        self.came: set[tuple[int, float]] = set()
        self.called: set[Due] = set()
        self.travelled: set[Due] = set()

    def __bool__(self) -> bool:
        return self.facts is not None

    @lru_cache(maxsize=4096)  # noqa: B019  (an auditor lives as long as its log)
    def chance_of(self, day: int) -> float:
        """The chance of being away on a day: share, weekday, month, and the wave of the region."""
        assert self.facts is not None
        drawn, week = self.facts["drawn"], day // 7
        wave = 1.0
        if drawn["wave_cv"] > 0.0:
            luck = chance.luck_of(self.key, DAYS_OF_ABSENCE + 7 * (week - week % drawn["wave_weeks"]))
            shape = 1.0 / drawn["wave_cv"] ** 2
            wave = float(gamma.ppf(chance.uniform(luck, ABSENCE_WAVE, leg=1), shape, scale=1.0 / shape))
        month = drawn["month_of_day"][day]
        return float(drawn["share"] * drawn["weekday_factor"][day % 7] * drawn["month_factor"][month] * wave)

    @lru_cache(maxsize=100_000)  # noqa: B019
    def is_away(self, person: int, day: int) -> bool:
        """Is a person absent all day: by the rota, or by the draw?"""
        assert self.facts is not None
        p, wave = self.facts["persons"][person], self.facts["wave_of_rota"]
        if day in self.facts["closed_days"]:
            return True
        share, turn = p["rota_absence"], p["rota"] + 6 * (day // 7) + day % 7
        if share > 0.0 and wave["weeks"][0] <= day // 7 < wave["weeks"][1]:
            share = min(1.0, share + wave["share"])
        if floor((turn + 1) * share) > floor(turn * share):
            return True
        if self.facts["drawn"] is None or p["id"] < 0:
            return False
        u = chance.uniform(chance.luck_of(self.key, DAYS_OF_ABSENCE + day), ABSENT, p["id"] // 65536, p["id"] % 65536, 1)
        return bool(u < self.chance_of(day))

    def comes(self, person: int, time: float, until: float, pool: int) -> bool:
        """Is it right that a person comes now to a pool, to stay until a moment?"""
        assert self.facts is not None
        self.came.add((person, time))
        day = int(time // DAY)
        hours = self.facts["persons"][person]["week"][day % 7]
        return hours == [pool, time - day * DAY, until - day * DAY] and not self.is_away(person, day)

    def calls(self, person: int, time: float, minutes: float) -> bool:
        """Is it right that a person is called to something else now? Blocks are not worked out again."""
        self.called.add((person, time, minutes))
        day = int(time // DAY)
        return (person, time, minutes) in self.breaks_due(person, day) or (minutes == BLOCK_MIN and not self.is_away(person, day))

    def goes(self, person: int, time: float, minutes: float) -> bool:
        """Is it right that a person sets out for a visiting day now, and is under way so long in all?"""
        self.travelled.add((person, time, minutes))
        return self.trip_due(person, int(time // DAY)) == (person, time, minutes)

    def breaks_due(self, person: int, day: int) -> list[Due]:
        """Breaks and meetings of a day."""
        assert self.facts is not None
        p = self.facts["persons"][person]
        hours = p["week"][day % 7]
        if hours is None or self.is_away(person, day):
            return []
        rows = [*p["breaks"], *([at, m] for d, every, at, m in p["meetings"] if d == day % 7 and day // 7 % every == 0)]
        return [(person, day * DAY + at + (chance.TICK if at == hours[1] else 0.0), m) for at, m in rows if hours[1] <= at < hours[2]]

    def trip_due(self, person: int, day: int) -> Due | None:
        """The way of a visiting day."""
        assert self.facts is not None
        p = self.facts["persons"][person]
        minutes, hours = p["trip_min"][day % 7], p["week"][day % 7]
        if minutes == 0.0 or hours is None or self.is_away(person, day):
            return None
        return (person, day * DAY + hours[1] - minutes, 2.0 * minutes)

    def missing(self, horizon: float) -> list[tuple[int, float, str]]:
        """(person, moment, what) that should have happened and did not."""
        found = []
        for person, p in enumerate(self.facts["persons"] if self.facts is not None else ()):
            for day in range(int(self.since // DAY), int(-(-horizon // DAY))):
                hours = p["week"][day % 7]
                if hours is None or self.is_away(person, day):
                    continue
                moment = day * DAY + hours[1]
                if moment < horizon and (person, moment) not in self.came:
                    found.append((person, moment, "should come and does not"))
                due = self.breaks_due(person, day)
                found += [(person, row[1], "should have a break or meeting") for row in due if row[1] < horizon and row not in self.called]
                trip = self.trip_due(person, day)
                if trip is not None and trip[1] < horizon and trip not in self.travelled:
                    found.append((person, trip[1], "should travel to a visiting day"))
        return found
