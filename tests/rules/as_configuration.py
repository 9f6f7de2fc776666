"""A world of queues as the text of its configuration, so that a failing random world can be read, kept and run."""

from __future__ import annotations

import io
from typing import Any

from ruamel.yaml import YAML

from channelsim.scenario.queues import Duration, QueueClass, QueuePool, Queues
from channelsim.scenario.region import WEEKDAYS, Week
from channelsim.units import WEEK_MIN


def configuration(queues: Queues) -> str:
    """The YAML of a world whose hours are alike on all its open days and whose arrivals are even over the week."""
    data = {
        "world": queues.name,
        "run": {"length_min": queues.length_min, "warm_up_min": queues.warm_up_min, "seed": queues.seed},
        "classes": {c.name: _class(c) for c in queues.classes},
        "pools": {p.name: _pool(p, queues.classes) for p in queues.pools},
        "lines": [{"limit": group.limit, "classes": list(group.classes)} for group in queues.lines],
    }
    text = io.StringIO()
    YAML(typ="safe").dump(data, text)
    return text.getvalue()


def _class(c: QueueClass) -> dict[str, Any]:
    assert all((step.start_min, step.end_min) == (0.0, WEEK_MIN) for step in c.rates)
    row: dict[str, Any] = {
        "arrivals": _without_none(
            per_min=sum(step.per_min for step in c.rates), at_min=list(c.arrivals_at_min), every_min=_duration(c.interval)
        ),
        "pools": {
            s.pool: _without_none(rank=s.rank, after_min=s.after_min, reserve=s.reserve, service_min=_duration(s.service)) for s in c.serves
        },
        "after": {o: [_without_none(to=f.to, share=f.share, delay_min=_duration(f.delay)) for f in rows] for o, rows in c.after.items()},
        "weight": c.weight,
        "idle_rule": c.idle_rule,
        "rises": [{"after_min": r.after_min, "to_rank": r.to_rank} for r in c.rises],
        "at_closing": "send_home" if c.send_home else "serve_out",
    }
    return row | _without_none(
        service_min=_duration(c.service),
        patience_min=_duration(c.patience),
        queue_limit=c.queue_limit,
        hours=_hours(c.hours),
        after_work_min=_duration(c.after_work),
        moves_on=_moves_on(c),
        balk=_balk(c),
        call_back=_call_back(c),
        unreached=_unreached(c),
    )


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
    return _without_none(**words, **_threshold(c.call_back.signal, at), after_min=_duration(c.call_back.delay))


def _unreached(c: QueueClass) -> dict[str, Any] | None:
    u = c.unreached
    if u is None:
        return None
    return _without_none(share=u.share, tries=u.tries, attempt_min=_duration(u.attempt), again_after_min=_duration(u.again))


def _moves_on(c: QueueClass) -> dict[str, Any] | None:
    if c.moves_on is None:
        return None
    age, patience = "kept" if c.moves_on.keeps_age else "new", "carried_over" if c.moves_on.keeps_patience else "new"
    return {"after_min": c.moves_on.after_min, "to": c.moves_on.to, "age": age, "patience": patience}


def _pool(p: QueuePool, classes: tuple[QueueClass, ...]) -> dict[str, Any]:
    served = {c.name for c in classes if any(s.pool == p.name for s in c.serves)}
    takes = [[name for name in rank if name in served] for rank in p.takes]
    return _without_none(staff=p.staff, takes=[rank for rank in takes if rank], shifts=_hours(p.shifts))


def _duration(d: Duration | None) -> dict[str, float] | None:
    return None if d is None else _without_none(**{d.family: d.mean_min}, cv=d.cv)


def _hours(week: Week | None) -> dict[str, Any] | None:
    if week is None:
        return None
    (opens, closes), *others = dict.fromkeys(day for day in week if day is not None)
    assert not others
    days = [name for name, day in zip(WEEKDAYS, week, strict=True) if day is not None]
    return {"days": days, "open": _clock(opens), "close": _clock(closes)}


def _clock(minutes: float) -> str:
    return f"{int(minutes // 60):02d}:{int(minutes % 60):02d}"


def _without_none(**values: Any) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}
