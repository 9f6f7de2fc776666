"""Laws, hours, books and people as the tables that a file of a world has for them."""

from __future__ import annotations

from typing import Any

from channelsim.scenario.coming import Slots
from channelsim.scenario.queues import Duration
from channelsim.scenario.region import WEEKDAYS, Week
from channelsim.scenario.staffing import AtWork, Group


def duration(d: Duration | None) -> dict[str, Any] | None:
    if d is None:
        return None
    if d.family == "uniform":
        return {"uniform": [d.low_min, d.high_min]}
    if d.family == "triangular":
        return {"triangular": [d.low_min, d.mode_min, d.high_min]}
    if d.family == "hyperexponential":
        return {"hyperexponential": list(d.values_min), "shares": list(d.shares)}
    if d.family == "empirical":
        return {"empirical": list(d.values_min)}
    return {d.family: d.mean_min} if d.cv is None else {d.family: d.mean_min, "cv": d.cv}


def hours_of(weeks: tuple[Week, ...]) -> list[dict[str, Any]]:
    """One entry for the days that have the same stretch."""
    found = []
    for week in weeks:
        for stretch in dict.fromkeys(day for day in week if day is not None):
            days = [name for name, day in zip(WEEKDAYS, week, strict=True) if day == stretch]
            found.append({"days": days, "open": clock(stretch[0]), "close": clock(stretch[1])})
    return found


def clock(minutes: float) -> str:
    assert minutes == int(minutes), minutes
    return f"{int(minutes // 60):02d}:{int(minutes % 60):02d}"


def slots(s: Slots | None) -> dict[str, Any] | None:
    if s is None:
        return None
    last = s.first_min + (s.n_slots - 1) * s.every_min
    return {
        "days": [name for name, is_open in zip(WEEKDAYS, s.open_days, strict=True) if is_open], "first": clock(s.first_min),
        "last": clock(last), "every_min": s.every_min, "per_slot": s.per_slot, "notice_min": float(s.notice_min),
        "horizon_days": s.horizon_days, "hold_before_min": s.hold_before_min,
    }  # fmt: skip


def at_work(w: AtWork) -> dict[str, Any]:
    """What is particular about the people of a pool; other duties are blocks or longer service, not both."""
    assert not w.duty_share or w.longer_handling == 1.0
    row: dict[str, Any] = {"at_shift_end": w.at_shift_end}
    if w.groups:
        row["people"] = [_group(g) for g in w.groups]
    if w.absence is not None:
        row["absence"] = {"share": w.absence.share, "drawn": w.absence.drawn}
        if w.absence.drawn:
            factors = dict(zip(WEEKDAYS, map(float, w.absence.weekday_factor), strict=True))
            row["absence"] |= {"weekday_factor": factors, "wave_cv": w.absence.wave_cv}
    if w.breaks:
        row["breaks"] = [{"at": clock(b.at_min), "length_min": b.length_min, "groups": b.groups} for b in w.breaks]
    if w.duty_share or w.longer_handling != 1.0:
        how = "blocks" if w.duty_share else "longer_handling"
        row["other_duties"] = {"share": w.duty_share or 1.0 - 1.0 / w.longer_handling, "how": how}
    return row


def _group(g: Group) -> dict[str, Any]:
    row: dict[str, Any] = {"number": g.number}
    if g.name:
        row["name"] = g.name
    if g.stretches is not None:
        row["shifts"] = hours_of(g.stretches)
    row["service_factor"] = dict(g.factor_of) if g.factor_of else g.factor
    return row
