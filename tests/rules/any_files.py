"""Random worlds with every feature of the language: those of the other generators, with what they lack sprinkled over them.

Whatever is sprinkled stays a world that a file can say: what the reader refuses is left out again. `test_every_feature` holds these
worlds to the language, key by key.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from hypothesis import strategies as st

from channelsim.config.world import load_world
from channelsim.errors import ConfigError
from channelsim.scenario.coming import Unpunctual
from channelsim.scenario.queues import Duration, Follows, QueueClass, QueuePool, Queues, RateStep, Serves, ServesByHour
from tests.rules.any_worlds import people_at_work, ways_to_come
from tests.rules.as_configuration import configuration
from tests.rules.test_random_worlds import worlds

LAWS = st.sampled_from([
    Duration("deterministic", 5.0), Duration("exponential", 10.0), Duration("gamma", 10.0, 0.5), Duration("lognormal", 10.0, 1.5),
    Duration("uniform", 7.0, low_min=4.0, high_min=10.0),
    Duration("triangular", 7.0, low_min=2.0, mode_min=4.0, high_min=15.0),
    Duration("hyperexponential", 9.0, values_min=(3.0, 21.0), shares=(2.0 / 3.0, 1.0 / 3.0)),
    Duration("empirical", 8.0, values_min=(1.0, 5.0, 5.0, 30.0)),
])  # fmt: skip
HOURS = st.sampled_from([(((600.0, 720.0),) * 7,), (((0.0, 540.0),) * 7, ((600.0, 720.0),) * 7), (((660.0, 780.0), None) * 3 + (None,),)])
RULES = st.one_of(
    st.builds(ServesByHour, HOURS, st.just(False)),
    st.builds(
        ServesByHour, HOURS, st.just(True), st.sampled_from([0, None, 2]), st.sampled_from([4.0, None, 0.0]), st.sampled_from([1, 0, None]),
        st.sampled_from([3.0, None]),
    ),
)  # fmt: skip
LATE = st.sampled_from([
    Unpunctual(-5.0, Duration("triangular", 0.0, low_min=0.0, mode_min=2.0, high_min=20.0), 0.0, True),
    Unpunctual(-5.0, Duration("empirical", 0.0, values_min=(0.0, 4.0, 15.0)), 0.0, False),
])  # fmt: skip
Sprinkle = Callable[[st.DrawFn, Queues], Queues]


def _each(change: Callable[[st.DrawFn, QueueClass], QueueClass]) -> Sprinkle:
    return lambda draw, q: replace(q, classes=tuple(change(draw, c) if draw(st.booleans()) else c for c in q.classes))


def _laws(draw: st.DrawFn, c: QueueClass) -> QueueClass:
    after = {o: tuple(replace(f, delay=draw(LAWS) if f.delay else None) for f in rows) for o, rows in c.after.items()}
    return replace(c, service=draw(LAWS), patience=draw(LAWS) if c.patience else None, after=after)


def _arrivals(draw: st.DrawFn, c: QueueClass) -> QueueClass:
    if c.sessions or c.casework or not c.rates:
        return c
    steps = (*c.rates, RateStep(480.0, 600.0, 0.05), RateStep(1440.0 + 480.0, 1440.0 + 540.0, 0.1))
    groups = (0.5, 0.3, 0.2) if c.interval else ()
    return replace(c, rates=steps, group_shares=groups, busyness_cv=0.5, busyness=draw(st.sampled_from(["", "town"])))


def _closing(draw: st.DrawFn, c: QueueClass) -> QueueClass:
    delay = None if c.travel or c.hours is None else draw(LAWS)
    return replace(c, reopening_delay=delay, send_home_after_min=15.0 if c.send_home else 0.0)


def _pairs(draw: st.DrawFn, c: QueueClass) -> QueueClass:
    serves = (replace(s, service=draw(st.one_of(st.none(), LAWS)), weight=draw(st.sampled_from([None, 0.5]))) for s in c.serves)
    return replace(c, serves=tuple(serves), idle_rule=draw(st.sampled_from([c.idle_rule, "least_occupied"])))


def _by_hour(draw: st.DrawFn, c: QueueClass) -> QueueClass:
    """The first pool serves otherwise, the others in some hours only."""

    def other(i: int, s: Serves) -> Serves:
        hours = draw(HOURS) if i and draw(st.booleans()) else None
        return replace(s, hours=hours, by_hour=() if hours else (draw(RULES),))

    return replace(c, serves=tuple(other(i, s) for i, s in enumerate(c.serves)))


def _due(draw: st.DrawFn, q: Queues) -> Queues:
    due = draw(st.sampled_from([30.0, 240.0]))
    plain = [replace(c, weight=1.0, serves=tuple(replace(s, weight=None) for s in c.serves)) for c in q.classes]
    return replace(q, classes=tuple(c if c.self_service else replace(c, due_after_min=due) for c in plain))


def _lists_by_hour(draw: st.DrawFn, q: Queues) -> Queues:
    def other(p: QueuePool) -> QueuePool:
        return replace(p, takes_by_hour=((draw(HOURS), p.takes[::-1]),)) if len(p.takes) > 1 else p

    return replace(q, pools=tuple(other(p) for p in q.pools))


def _web(draw: st.DrawFn, q: Queues) -> Queues:
    """A class by itself, after which some come to the first class."""
    after = {} if q.classes[0].sessions else {"served": (Follows(q.classes[0].name, 0.4, draw(LAWS)),)}
    web = QueueClass("web", draw(LAWS), (), rates=(RateStep(0.0, 10080.0, 0.03),), self_service=True, after=after)
    return replace(q, classes=(*q.classes, web))


def _unpunctual(draw: st.DrawFn, c: QueueClass) -> QueueClass:
    return replace(c, sessions=tuple(replace(s, unpunctual=draw(st.one_of(st.just(s.unpunctual), LATE))) for s in c.sessions))


def _names(draw: st.DrawFn, q: Queues) -> Queues:
    def named(p: QueuePool) -> QueuePool:
        groups = tuple(replace(g, name=f"kind {i}") for i, g in enumerate(p.at_work.groups))
        return replace(p, at_work=replace(p.at_work, groups=groups)) if groups else p

    return replace(q, warm_up_min=600.0, pools=tuple(named(p) for p in q.pools))


SPRINKLES: tuple[Sprinkle, ...] = (
    _each(_laws), _each(_arrivals), _each(_closing), _each(_pairs), _each(_by_hour), _lists_by_hour, _web, _each(_unpunctual), _names, _due,
)  # fmt: skip


def as_a_file_says(queues: Queues) -> Queues | None:
    """The world as it is read from its configuration, or None if a file may not say it."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "world.yaml"
        file.write_text(configuration(queues), encoding="utf-8")
        try:
            return load_world(file)
        except ConfigError:
            return None


def sprinkled(draw: st.DrawFn, queues: Queues, chosen: list[Sprinkle]) -> Queues:
    """The world with all of these, or with those of them that a file may say."""
    whole = queues
    for sprinkle in chosen:
        whole = sprinkle(draw, whole)
    found = as_a_file_says(whole)
    if found is not None:
        return found
    for sprinkle in chosen:
        found = as_a_file_says(sprinkle(draw, queues))
        queues = queues if found is None else found
    return queues


@st.composite
def worlds_of_files(draw: st.DrawFn) -> Queues:
    """A world of one of the other generators, with some of what they lack."""
    chosen = draw(st.lists(st.sampled_from(SPRINKLES), min_size=3, max_size=8, unique_by=SPRINKLES.index))
    return sprinkled(draw, draw(st.one_of(worlds(), ways_to_come(), people_at_work())), chosen)


@st.composite
def worlds_by_hour(draw: st.DrawFn) -> Queues:
    """Worlds in which some pools serve some classes otherwise in some hours, and some classes have due dates."""
    return sprinkled(
        draw, draw(worlds()), [_each(_pairs), _each(_by_hour), _lists_by_hour, _due] if draw(st.booleans()) else [_each(_by_hour)]
    )
