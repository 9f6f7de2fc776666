"""Lines that several classes share: everybody who waits or is served holds one (a trunk group)."""

from __future__ import annotations

from channelsim.compiled import small
from channelsim.scenario.tables import CLASS_WIDTH, LINES, NONE


@small
def all_lines_taken(s, w, of_class):
    """Whether a contact of a class finds all lines of its group taken, whoever is idle."""
    if w.bare == 1:
        return False
    group = w.classes[of_class * CLASS_WIDTH + LINES]
    return group != NONE and s.lines[group] >= w.lines_limit[group]


@small
def take_line(s, w, of_class):
    """A contact that stays takes a line of its group, if there is one."""
    if w.bare == 1:
        return
    group = w.classes[of_class * CLASS_WIDTH + LINES]
    if group != NONE:
        s.lines[group] += 1


@small
def free_line(s, w, of_class):
    """A contact that was waiting or served has ended: the line is free, though a person may have work after it."""
    if w.bare == 1:
        return
    group = w.classes[of_class * CLASS_WIDTH + LINES]
    if group != NONE:
        s.lines[group] -= 1
