"""Checks a value that a study puts in place of one of staff.yaml as if it stood in the file."""

from __future__ import annotations

from copy import deepcopy
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from channelsim.config.lines import load_yaml, plain
from channelsim.config.region_staff_checks import NAME, contradictions
from channelsim.config.region_staff_file import StaffFile
from channelsim.scenario.region import Region
from channelsim.scenario.staff_overrides import OFF, ON, PARTS

WHOLE = (".wave_weeks", ".groups", ".every_weeks", ".from_week")  # ends of paths whose values are whole numbers


class StaffValues:
    """Tries values at paths of one region's staff.yaml, which is read once."""

    def __init__(self, region: Region, folder: Path) -> None:
        self.region, self.folder = region, folder

    @cached_property
    def document(self) -> dict[str, Any]:
        """The file as it stands; that of a region without one is empty."""
        path = self.folder / NAME
        return plain(load_yaml(path)) if path.exists() else {"region_staff": self.region.name}

    def wrong(self, path: str, level: Any) -> str:
        """What would be wrong with the file; nothing if it is right."""
        keys = path.split(".")[1:]
        if len(keys) == 1 and keys[0] in PARTS:
            return "" if level in (ON, OFF) and isinstance(level, str) else f"takes `on` or `off` (found {level!r})"
        if isinstance(level, bool):
            return f"takes a value, not yes or no (found {level!r})"
        text = deepcopy(self.document)
        here: Any = text
        for key in keys[:-1]:
            here = here[int(key)] if isinstance(here, list) else here.setdefault(key, {})
        here[keys[-1]] = int(level) if path.endswith(WHOLE) and isinstance(level, float) and level.is_integer() else level
        try:
            file = StaffFile.model_validate(text)
        except ValidationError as error:
            return f"{error.errors()[0]['msg'].removeprefix('Value error, ')} (found {level!r})"
        problems = contradictions(self.folder / NAME, text, file, self.region)
        return problems[0].what if problems else ""
