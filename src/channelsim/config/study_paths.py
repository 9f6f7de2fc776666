"""Paths of the configuration that a study may vary, and whether a value may stand there.

A path is known by the file it leads into, so that a value is checked as if it stood in that file.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from channelsim.config.input_groups import groups_near, live
from channelsim.config.part_keys import nearest
from channelsim.config.region_values import WHOLE, RegionValues
from channelsim.config.staff_values import WHOLE as WHOLE_OF_STAFF
from channelsim.config.staff_values import StaffValues
from channelsim.config.strategy import find_strategy
from channelsim.config.strategy_file import ChannelPart, CustomerPart
from channelsim.demand.weeks import GIVEN_LAYER
from channelsim.errors import ConfigError
from channelsim.scenario.futures import AbsenceWave, Layoff, people_of
from channelsim.scenario.overrides import FIRST_LINE, Level, region_paths, strategy_paths
from channelsim.scenario.region import Region
from channelsim.scenario.staff_overrides import PARTS, WORDS, is_staff_path, staff_paths
from channelsim.study.design import CORE, FACTORS, FUTURE, INPUTS, RESPONSE, STRATEGY

ALIASES = {"strategy.web.preference": "strategy.channel.web_preference"}
RANGES = {"demand.scale": (0.0, float(GIVEN_LAYER)), "web_preference.scale": (0.0, 100.0), "staff.scale": (0.25, 1.0),
          "web.adoption": (0.0, 1.0), RESPONSE: (-0.5, 1.0)}  # fmt: skip
RELEASED = ("kept", "to_generalists", "cut")
BUNDLED = {"demand.layoff": Layoff, "staff.absence_wave": AbsenceWave}  # values of several figures: in futures only
PLANS = (
    "released_posts",
    STRATEGY,
    "web_preference.",
    "web.",
)  # paths that begin so belong to the plan unless the study says otherwise
STRATEGY_PARTS: dict[str, type[BaseModel]] = {"channel": ChannelPart, "customer": CustomerPart}


class Paths:
    """Every path of one region, and what may stand there."""

    def __init__(self, region: Region, folder: Path, futures: Mapping[str, object]) -> None:
        self.region, self.folder, self.futures = region, folder, futures
        self.values, self.of_staff = RegionValues(region, folder), StaffValues(region, folder)

    @cached_property
    def groups(self) -> Any:
        return live(groups_near(self.folder), self.region)

    @cached_property
    def known(self) -> tuple[str, ...]:
        """All paths, the short ones first."""
        services = [s.id for s in self.region.services]
        inputs = [f"{INPUTS}{g.name}" for g in self.groups]
        return (
            *CORE,
            FUTURE,
            *FACTORS,
            RESPONSE,
            *strategy_paths(services),
            *inputs,
            *staff_paths(self.region.staff),
            *region_paths(self.region),
        )

    def unknown(self, path: str) -> tuple[str, str] | None:
        """(what is wrong, how to mend it) with a path; None if it leads somewhere."""
        if path in self.known:
            return None
        if path == FUTURE or (path.startswith(INPUTS) and not self.groups):
            return (
                f"unknown factor {path!r}: no group of inputs has a figure with a range in this region",
                "give low and high in parameters.csv",
            )
        head = path.partition(".")[0]
        same = [p for p in self.known if p.startswith(f"{head}.")]
        near = (
            nearest(path, same)
            or nearest(path, self.known)
            or next((p for p in self.known if p.endswith(f".{path.rpartition('.')[2]}")), "")
        )
        if not near and head + "." == INPUTS:
            groups = ", ".join(sorted(p for p in same if p[-1] != "*"))
            return f"unknown factor {path[:200]!r}", f"this region has a range in {groups}; use one of these, or inputs.*"
        some = ", ".join((*CORE, FUTURE, *FACTORS, RESPONSE, "strategy.PART.KEY", "staff.PART.KEY", "inputs.GROUP", "region.TABLE.ROW"))
        return f"unknown factor {path[:200]!r}", f"did you mean {near!r}?" if near else f"use one of {some}"

    def wrong(self, path: str, level: Any) -> str:
        """What is wrong with a level of a path that is known; nothing if it may stand there."""
        if path.startswith("region."):
            return self.values.wrong(path, level)
        if is_staff_path(path):
            return self.of_staff.wrong(path, level)
        if path.startswith(STRATEGY):
            return self._wrong_in_strategy(path, level)
        if path in BUNDLED:
            return self._wrong_bundle(path, level)
        if path == RESPONSE and level == "base":
            given = ("travel", "trip_suppression_per_extra_hour", "visit") in self.region.parameters
            return "" if given else "the region gives no travel, trip_suppression_per_extra_hour, visit"
        if path in RANGES or path.startswith(INPUTS):
            low, high = RANGES.get(path, (0.0, 1.0))
            if isinstance(level, bool) or not isinstance(level, int | float):
                return f"takes a number (found {level!r})"
            inside = low < level < high if path.startswith(INPUTS) else low <= level <= high and (level > 0 or path == RESPONSE)
            return "" if inside else f"{level:g} is not between {low:g} and {high:g}"
        return self._unknown_name(path, level)

    def _unknown_name(self, path: str, level: Level) -> str:
        splits = {split for model in self.region.office_models.values() for split in model.staff}
        names: dict[str, Any] = {"office_model": self.region.office_models, "staffing_split": splits, "released_posts": RELEASED,
                                 FUTURE: self.futures}  # fmt: skip
        if path == "strategy":
            try:
                find_strategy(str(level), self.folder)
            except ConfigError as error:
                return f"{error.problems[0].what}; {error.problems[0].mend}"
            return "" if isinstance(level, str) and not {"/", "\\"} & set(level) else f"takes the name of a strategy (found {level!r})"
        if level in names[path]:
            return ""
        near = nearest(str(level), names[path])
        return f"unknown {path.replace('_', ' ')} {level!r}; " + (
            f"did you mean {near!r}?" if near else f"use one of {', '.join(names[path]) or 'futures'}"
        )

    def _wrong_in_strategy(self, path: str, level: Level) -> str:
        if path == "strategy.channel.web_preference" and not isinstance(level, str | bool):
            return "" if 0.0 <= level <= 1.0 else f"a share is between 0 and 1 (found {level:g})"
        parameters = {name for group, name, _ in self.region.parameters if group == "segment"}
        if isinstance(level, str) and path.startswith("strategy.channel.") and level not in parameters:
            near = nearest(level, parameters)
            return f"unknown parameter {level!r}" + (f"; did you mean {near!r}?" if near else "")
        _, part, key = path.split(".", 2)
        given: dict[str, Any] = {"web_preference": "any", "triage": False, "help_after_min": 0.0}
        value: Any = {path.removeprefix(FIRST_LINE): level} if path.startswith(FIRST_LINE) else level
        given[key.partition(".")[0]] = value
        fields = STRATEGY_PARTS[part].model_fields
        try:
            STRATEGY_PARTS[part].model_validate({k: v for k, v in given.items() if k in fields}, strict=True)
        except ValidationError as error:
            return f"{error.errors()[0]['msg'].removeprefix('Value error, ')} (found {level!r})"
        return ""

    def _wrong_bundle(self, path: str, level: Any) -> str:
        if not isinstance(level, BUNDLED[path]):
            return "takes several figures: write it in a future, with the factor `future`"
        if isinstance(level, Layoff):
            jobseekers = [g.id for g in self.region.segments if g.kind == "jobseeker"]
            for word, names in ((level.municipality, [m.name for m in self.region.municipalities]), (level.segment, jobseekers)):
                if word not in names:
                    near = nearest(word, names)
                    return f"unknown {word!r}; " + (f"did you mean {near!r}?" if near else f"use one of {', '.join(names[:20])}")
            people = people_of(self.region, level.municipality, level.segment)
            if people + level.persons > GIVEN_LAYER * people:
                return f"{level.persons:g} laid off where {people:.0f} are: more than {GIVEN_LAYER} times as many cannot be drawn"
        return ""

    def numeric(self, path: str) -> bool:
        """Whether points of a range make sense at this path."""
        words = (*CORE, FUTURE, "released_posts", *BUNDLED, *(f"staff.{name}" for name in (*PARTS, *WORDS)))
        switches = ("advice_answered_on_web", "triage", "small_point_backup")
        return path not in words and not path.startswith(FIRST_LINE) and not path.endswith((*WHOLE, *WHOLE_OF_STAFF, *switches))


def is_plan(path: str) -> bool:
    """Whether a factor belongs to the plan unless the study says otherwise."""
    return path.startswith(PLANS)
