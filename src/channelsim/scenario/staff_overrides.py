"""Other figures in place of those of staff.yaml, by their paths: `staff.PART.KEY` as in the file, and whole parts `on` or `off`.

Entries of a list are counted from 0, as messages about the file count them: `staff.meetings.0.length_min`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from channelsim.scenario.region_staff import NO_HABITS, DrawnAbsence, RegionStaff
from channelsim.units import on_grid

ON, OFF = "on", "off"
PARTS = ("absence", "breaks", "meetings", "part_time", "speeds", "learning", "visiting_days", "video", "more_skills")
WORDS = ("at_shift_end", "walk_ins_at_closing")
FIGURES = ("hand_back_share", "video_intro_min")
OF_PART: dict[str, tuple[str, ...]] = {"absence": ("share", "wave_cv", "wave_weeks"), "learning": ("extra", "half_life_weeks", "from_week")}
OF_ENTRY: dict[str, tuple[str, ...]] = {
    "breaks": ("length_min", "groups"),
    "meetings": ("length_min", "every_weeks"),
    "speeds": ("factor",),
}


def is_staff_path(path: str) -> bool:
    """Whether a path leads into staff.yaml; `staff.scale` and `staff.absence_wave` do not."""
    head, _, rest = path.partition(".")
    return head == "staff" and rest.partition(".")[0] in (*PARTS, *WORDS, *FIGURES)


def staff_paths(staff: RegionStaff) -> dict[str, Any]:
    """Every path of staff.yaml that may be set, with its value. Of parts that the file does not have, only drawn absence can be given."""
    paths: dict[str, Any] = {f"staff.{name}": ON for name in PARTS if getattr(staff, name) != getattr(NO_HABITS, name)}
    for name, keys in OF_PART.items():
        part = getattr(staff, name)
        paths |= {f"staff.{name}.{key}": getattr(part, key) for key in keys if part is not None}
    if staff.absence is None:
        paths["staff.absence.share"] = 0.0
    for name, keys in OF_ENTRY.items():
        for i, entry in enumerate(getattr(staff, name)):
            paths |= {f"staff.{name}.{i}.{key}": getattr(entry, key) for key in keys}
    return paths | {f"staff.{name}": getattr(staff, name) for name in (*FIGURES, *WORDS)}


def with_staff_values(staff: RegionStaff, levels: Mapping[str, Any]) -> RegionStaff:
    """What staff.yaml would say with other values at some paths; a part that is off stays off, whatever its figures.

    Parameters
    ----------
    staff : RegionStaff
        As it was read.
    levels : mapping
        Path -> value, all of which `staff_paths` knows.
    """
    for path, level in sorted(levels.items()):
        keys = path.split(".")[1:]
        if keys == ["absence", "share"] and staff.absence is None:
            staff = replace(staff, absence=DrawnAbsence(float(level)))
        elif len(keys) > 1 or keys[0] not in PARTS:
            staff = _changed(staff, keys, level)
    if staff.absence is not None and staff.absence.share == 0.0:
        staff = replace(staff, absence=None)
    gone = {path.removeprefix("staff."): None for path, level in levels.items() if level == OFF and path.removeprefix("staff.") in PARTS}
    return replace(staff, video_intro_min=on_grid(staff.video_intro_min), **{name: getattr(NO_HABITS, name) for name in gone})


def _changed(value: Any, keys: list[str], level: Any) -> Any:
    """A value with another one at the end of some keys, of the type that stands there."""
    if not keys:
        return type(value)(level)
    if isinstance(value, tuple):
        at = int(keys[0])
        return (*value[:at], _changed(value[at], keys[1:], level), *value[at + 1 :])
    return replace(value, **{keys[0]: _changed(getattr(value, keys[0]), keys[1:], level)})
