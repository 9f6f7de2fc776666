"""What must hold between the hours of a pool's people, their breaks, absence and duties."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from channelsim.config.lines import suggestion
from channelsim.config.staffing_files import AbsencePart, BreakPart
from channelsim.config.world_hours import HoursPart, stretches, weeks_of
from channelsim.scenario.region import WEEKDAYS

if TYPE_CHECKING:
    from channelsim.config.world_files import PoolPart, WorldFile

Where = tuple[Any, ...]
Say = Callable[[Where, str, str], None]
LEAST_LEFT_MIN = 15.0  # of the shift, for a break to be taken


def staffing_problems(f: WorldFile, here: Where, p: PoolPart, say: Say) -> None:
    """Contradictions of one pool, each with the place and the mend."""
    hours = [((*here, "people", i, "shifts"), g.shifts) for i, g in enumerate(p.people) if g.shifts is not None]
    for where, shifts in [((*here, "shifts"), p.shifts), *hours]:
        _overlap(where, shifts, say)
    always = p.shifts is None and not (p.people and all(g.shifts is not None for g in p.people))
    for word, given in (("absence", p.absence), ("other_duties", p.other_duties)):
        if given != 0.0 and always:
            say((*here, word), "the people are always there: there is no day to be away from", 'give `shifts:`, such as "00:00" to "24:00"')
    if p.at_shift_end != "finish" and always:
        say((*here, "at_shift_end"), "no shift ever ends", "give `shifts:`, or remove it")
    _absence(here, p, say)
    for i, b in enumerate(p.breaks):
        _break((*here, "breaks", i), b, p, say)
    for i, g in enumerate(p.people):
        for name in g.service_factor if isinstance(g.service_factor, dict) else ():
            if name not in f.classes:
                say(
                    (*here, "people", i, "service_factor", name),
                    f"unknown class {name[:60]!r}",
                    suggestion(name, f.classes, "name a class"),
                )
            elif here[1] not in f.classes[name].pools:
                say((*here, "people", i, "service_factor", name), f"{here[1]} does not serve {name}", f"add it to the pools of {name}")


def _overlap(where: Where, shifts: HoursPart | list[HoursPart] | None, say: Say) -> None:
    """Stretches of one day follow one another."""
    for day in WEEKDAYS:
        mine = sorted((part.open, part.close) for part in stretches(shifts) if day in part.days)
        if any(b[0] < a[1] for a, b in zip(mine, mine[1:], strict=False)):
            say(
                where,
                f"two stretches of {day} overlap",
                "early and late shifts are two groups of `people`",
            )
            return


def _absence(here: Where, p: PoolPart, say: Say) -> None:
    a = p.absence
    if not isinstance(a, AbsencePart):
        return
    if not a.drawn and (a.weekday_factor or a.wave_cv):
        say((*here, "absence"), "a fixed rota has no weekday_factor and no wave_cv", "set drawn: true, or remove them")
    most = max(a.weekday_factor.values(), default=1.0)
    if a.share * most > 1.0:
        say((*here, "absence", "weekday_factor"), f"makes a share of {a.share * most:g}", "lower the share or the factor")


def _break(where: Where, b: BreakPart, p: PoolPart, say: Say) -> None:
    """A break lies in some shift, and the last group's is over before it ends."""
    last = b.at + (b.groups - 1) * b.length_min
    weeks = [w for shifts in ([g.shifts or p.shifts for g in p.people] or [p.shifts]) for w in weeks_of(shifts) or ()]
    if not weeks:
        if last + b.length_min > 1440.0:
            say(where, "goes beyond midnight", "begin it earlier, or in fewer groups")
        return
    hours = [h for week in weeks for h in week if h is not None]
    if not any(h[0] <= b.at < h[1] for h in hours):
        say(where, "lies outside all shifts", "move it into the shift")
    elif not any(h[0] <= last < h[1] - LEAST_LEFT_MIN for h in hours):
        say(where, "is dropped for the last group: less than 15 min of the shift are left then", "begin it earlier, or in fewer groups")
