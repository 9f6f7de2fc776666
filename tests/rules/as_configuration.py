"""A world of queues as the text of its configuration, so that a failing random world can be read, kept and run."""

from __future__ import annotations

import io
from typing import Any

from ruamel.yaml import YAML

from channelsim.scenario.coming import Session, Unpunctual
from channelsim.scenario.queues import QueueClass, QueuePool, Queues, Serves
from channelsim.scenario.region import WEEKDAYS, Week
from channelsim.units import DAY_MIN, WEEK_MIN
from tests.rules.parts_of_configuration import at_work, clock, duration, hours_of, slots

Ranks = tuple[tuple[str, ...], ...]


def configuration(queues: Queues) -> str:
    """The YAML of a world; what the language of files cannot say is an assertion that fails."""
    data = {
        "world": queues.name,
        "run": {"length_min": queues.length_min, "warm_up_min": queues.warm_up_min, "seed": queues.seed},
        "classes": {c.name: _class(c) for c in queues.classes},
        "pools": {p.name: _pool(p, queues.classes) for p in queues.pools},
        "lines": [{"limit": group.limit, "classes": list(group.classes)} for group in queues.lines],
    }
    text = io.StringIO()
    yaml = YAML(typ="safe")
    yaml.sort_base_mapping_type_on_output = False  # the order of classes and pools is part of the world
    yaml.dump(data, text)
    return text.getvalue()


def _class(c: QueueClass) -> dict[str, Any]:
    row: dict[str, Any] = {
        "arrivals": _arrivals(c),
        "pools": {s.pool: _serves(s) for s in c.serves},
        "after": {o: [_without_none(to=f.to, share=f.share, delay_min=duration(f.delay)) for f in rows] for o, rows in c.after.items()},
        "weight": c.weight,
        "idle_rule": c.idle_rule,
        "rises": [{"after_min": r.after_min, "to_rank": r.to_rank} for r in c.rises],
        "at_closing": "send_home" if c.send_home else "serve_out",
        "send_home_after_min": c.send_home_after_min,
        "self_service": c.self_service,
        "by_appointment": c.books,
        "casework": c.casework,
    }
    return row | _without_none(
        service_min=duration(c.service),
        patience_min=duration(c.patience),
        queue_limit=c.queue_limit,
        hours=None if c.hours is None else hours_of((c.hours,)),
        after_work_min=duration(c.after_work),
        reopening_delay_min=duration(c.reopening_delay),
        moves_on=_moves_on(c),
        balk=_balk(c),
        call_back=_call_back(c),
        unreached=_unreached(c),
        no_show={"share": c.no_show.share, "per_day": c.no_show.per_day} if c.books or c.sessions else None,
        travel=_travel(c),
        slice_min=c.slice_min if c.casework else None,
        leaves=_without_none(to=c.leaves.to, share=c.leaves.share, work_min=duration(c.leaves.law)) if c.leaves else None,
        due_after_min=c.due_after_min,
    )


def _travel(c: QueueClass) -> dict[str, Any] | None:
    if c.travel is None:
        return None
    latest = None if c.books else c.travel.last_arrival_min  # who has an appointment has none
    return _without_none(one_way_min=duration(c.travel.law), last_arrival_min=latest)


def _arrivals(c: QueueClass) -> dict[str, Any]:
    whole = [step.per_min for step in c.rates if (step.start_min, step.end_min) == (0.0, WEEK_MIN)]
    rest = [step for step in c.rates if (step.start_min, step.end_min) != (0.0, WEEK_MIN)]
    steps = [{**hours_of((_one_day(step.start_min, step.end_min),))[0], "per_min": step.per_min} for step in rest]
    return _without_none(
        per_min=sum(whole) if whole else None,
        steps=steps or None,
        at_min=list(c.arrivals_at_min) or None,
        every_min=duration(c.interval),
        group_shares=list(c.group_shares) or None,
        busyness_cv=c.busyness_cv or None,
        busyness=c.busyness or None,
        booked=[booked for s in c.sessions for booked in _booked(s)] or None,
    )


def _one_day(start_min: float, end_min: float) -> Week:
    day = int(start_min // DAY_MIN)
    assert end_min <= (day + 1) * DAY_MIN
    return tuple((start_min - day * DAY_MIN, end_min - day * DAY_MIN) if d == day else None for d in range(7))


def _booked(s: Session) -> list[dict[str, Any]]:
    """One list of hours for each set of days that have it."""
    by_day = [[clock(h - d * DAY_MIN) for h in s.hours_min if h // DAY_MIN == d] for d in range(7)]
    lists = dict.fromkeys(tuple(hours) for hours in by_day if hours)
    u = s.unpunctual
    words = {} if u is None else {"unpunctual_min": _unpunctual(u), "early": "waits" if u.early_waits else "joins"}
    return [{"days": [n for n, day in zip(WEEKDAYS, by_day, strict=True) if tuple(day) == at], "at": list(at), **words} for at in lists]


def _unpunctual(u: Unpunctual) -> dict[str, Any]:
    if u.normal_sd_min:
        return {"normal": u.shift_min, "sd_min": u.normal_sd_min}
    if u.law is None:
        return {"always": u.shift_min}
    if u.law.family == "empirical":
        return {"empirical": [u.shift_min + x for x in u.law.values_min]}
    ends = [u.law.low_min, u.law.mode_min, u.law.high_min] if u.law.family == "triangular" else [u.law.low_min, u.law.high_min]
    assert u.law.family in ("uniform", "triangular")
    return {u.law.family: [u.shift_min + x for x in ends if x is not None]}


def _serves(s: Serves) -> dict[str, Any]:
    by_hour = [
        {**part, **_without_none(serves=r.serves, rank=r.rank, after_min=r.after_min, reserve=r.reserve, weight=r.weight)}
        for r in s.by_hour for part in hours_of(r.hours)
    ]  # fmt: skip
    return _without_none(
        rank=s.rank, after_min=s.after_min, reserve=s.reserve, service_min=duration(s.service), weight=s.weight,
        hours=None if s.hours is None else hours_of(s.hours), by_hour=by_hour or None,
    )  # fmt: skip


def _threshold(signal: str, at: Any) -> dict[str, Any]:
    return {f"at_{signal}" + ("" if signal == "length" else "_min"): at}


def _balk(c: QueueClass) -> dict[str, Any] | None:
    if c.balk is None:
        return None
    at = [int(x) if c.balk.signal == "length" else x for x in c.balk.at]
    return {**_threshold(c.balk.signal, at), "share": list(c.balk.share)}


def _call_back(c: QueueClass) -> dict[str, Any] | None:
    if c.call_back is None:
        return None
    at = int(c.call_back.at) if c.call_back.signal == "length" else c.call_back.at
    words = {"to": c.call_back.to, "accepts": c.call_back.accepts, "place": "kept" if c.call_back.keeps_place else "new"}
    return _without_none(**words, **_threshold(c.call_back.signal, at), after_min=duration(c.call_back.delay))


def _unreached(c: QueueClass) -> dict[str, Any] | None:
    u = c.unreached
    if u is None:
        return None
    return _without_none(share=u.share, tries=u.tries, attempt_min=duration(u.attempt), again_after_min=duration(u.again))


def _moves_on(c: QueueClass) -> dict[str, Any] | None:
    if c.moves_on is None:
        return None
    age, patience = "kept" if c.moves_on.keeps_age else "new", "carried_over" if c.moves_on.keeps_patience else "new"
    return {"after_min": c.moves_on.after_min, "to": c.moves_on.to, "age": age, "patience": patience}


def _pool(p: QueuePool, classes: tuple[QueueClass, ...]) -> dict[str, Any]:
    served = {c.name for c in classes if any(s.pool == p.name for s in c.serves)}

    def ranks(takes: Ranks) -> list[list[str]]:
        return [[name for name in rank if name in served] for rank in takes if not rank or served.intersection(rank)]

    by_hour = [{**part, "takes": ranks(takes)} for hours, takes in p.takes_by_hour for part in hours_of(hours)]
    return _without_none(
        staff=None if p.at_work.groups else p.staff, takes=ranks(p.takes), takes_by_hour=by_hour or None,
        shifts=None if p.shifts is None else hours_of((p.shifts,)), slots=slots(p.slots), **at_work(p.at_work),
    )  # fmt: skip


def _without_none(**values: Any) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}
