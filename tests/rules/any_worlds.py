"""Random worlds whose customers can be followed one by one, and what happened to each of them.

Hypothesis draws the shape of a world, a seed draws its figures: arrivals at distinct instants, so that no tie is broken by
number. Waits, outcomes and ends are read from the records; nothing of the rules is used to check the rules.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

from channelsim.rules import state as S
from channelsim.scenario.coming import NoShow, Session, Slots, Travel, Unpunctual, WorkLeft
from channelsim.scenario.queue_rules import Balk, CallBack, Lines, MovesOn, Rise, Unreached
from channelsim.scenario.queues import Duration, Follows, QueueClass, QueuePool, Queues, RateStep, Serves, compile_queues
from channelsim.scenario.region import Week
from channelsim.scenario.staffing import Absence, AtWork, Break, Group
from channelsim.simulate import Window, simulate
from channelsim.units import DAY_MIN, TICK_MIN

END_MIN = 3000.0
NAMES, POOLS = ("a", "b", "c"), ("p", "q", "r")
ENGINES = st.sampled_from(["fast", "fast", "fast", "reference"])
quick = settings(max_examples=40, deadline=None, derandomize=True)
Leg = tuple[str, float, float, int, str, float]  # class, came, wait, outcome, pool, end


def legs(queues: Queues, engine: str = "fast", end: float = END_MIN) -> list[Leg]:
    """Every contact that has come to its end, in order of arrival."""
    world = compile_queues(replace(queues, length_min=end))
    run = simulate(world, queues.seed, 0, Window(0.0, end, 0.0), engine, keep_records=True)
    assert run.records is not None and run.record_times is not None
    rows = []
    for r, t in zip(run.records, run.record_times, strict=True):
        pool = queues.pools[r[S.REC_POOL]].name if r[S.REC_POOL] >= 0 else ""
        left = t[S.REC_STARTED] if t[S.REC_STARTED] >= 0.0 else t[S.REC_ENDED]
        rows.append(
            (queues.classes[r[S.REC_CLASS]].name, t[S.REC_QUEUED], left - t[S.REC_QUEUED], int(r[S.REC_OUTCOME]), pool, t[S.REC_ENDED])
        )
    return sorted(rows, key=lambda row: (row[1], row[0]))


@st.composite
def worlds(draw: st.DrawFn, chance: bool = False, reserves: bool = False, rules: bool = False) -> Queues:
    """A few classes with given arrivals; each asks its pools in an order of its own, so that no two have one rank.

    With `rules` some have what few classes have: weights, rising ranks, waits that end in another class, shared lines, work after
    a contact, announcements and calls back.
    """
    figures = np.random.default_rng(draw(st.integers(0, 10**6)))
    names = NAMES[: draw(st.integers(1, 3))]
    pools = POOLS[: draw(st.integers(1, 3))]
    staff = {p: draw(st.integers(1, 3)) for p in pools}

    def minutes(low: float, high: float) -> Duration:
        mean = round(figures.uniform(low, high) / TICK_MIN) * TICK_MIN
        return Duration("lognormal", mean, 1.0) if chance else Duration("deterministic", mean)

    classes = []
    for i, name in enumerate(names):
        order = draw(st.permutations(pools))[: draw(st.integers(1, len(pools)))]
        serves = tuple(
            Serves(
                pool, rank, float(draw(st.sampled_from([0, 0, 7]))), minutes(5, 30), draw(st.integers(0, staff[pool] - 1)) if reserves else 0,
            )
            for rank, pool in enumerate(order)
        )  # fmt: skip
        after = {}
        if i + 1 < len(names) and draw(st.booleans()):
            after["served"] = (Follows(names[i + 1], 1.0, draw(st.sampled_from([None, minutes(1, 60)]))),)
        arrivals = np.round(figures.uniform(1.0, 400.0, draw(st.integers(1, 25))) / TICK_MIN) * TICK_MIN
        classes.append(
            QueueClass(
                name, minutes(5, 30), serves, arrivals_at_min=tuple(float(t) for t in arrivals), after=after,
                patience=draw(st.sampled_from([None, minutes(3, 40)])), queue_limit=draw(st.sampled_from([None, None, 2])),
            )
        )  # fmt: skip
    lines: tuple[Lines, ...] = ()
    if rules:
        classes = [_with_rules(draw, c, names, minutes, chance) for c in classes]
        lines = draw(st.sampled_from([(), (Lines(4, names),)]))
    takes = tuple((n,) for n in draw(st.permutations(names))) if draw(st.booleans()) else ()
    mine = {p: tuple(t for t in takes if any(s.pool == p for c in classes if c.name == t[0] for s in c.serves)) for p in pools}
    return Queues("any", tuple(classes), tuple(QueuePool(p, staff[p], mine[p]) for p in pools), 0.0, END_MIN, 1, 5, lines=lines)


def _with_rules(
    draw: st.DrawFn, c: QueueClass, names: tuple[str, ...], minutes: Callable[[float, float], Duration], chance: bool
) -> QueueClass:
    """A class with some of the rules that few classes have; nobody loses patience in the last, where calls back are made."""
    share = 0.4 if chance else draw(st.sampled_from([0.0, 1.0]))
    last, after = names[-1], names[names.index(c.name) + 1 :]
    moves = (
        MovesOn(10.0 + names.index(c.name), after[0], draw(st.booleans()), draw(st.booleans())) if after and draw(st.booleans()) else None
    )
    offer = CallBack(last, "length", 1.0, share, draw(st.booleans()), draw(st.sampled_from([None, minutes(1, 60)])))
    return replace(
        c, weight=draw(st.sampled_from([1.0, 2.5])), rises=draw(st.sampled_from([(), (Rise(6.0, 0),)])), moves_on=moves,
        after_work=draw(st.sampled_from([None, minutes(1, 5)])), balk=draw(st.sampled_from([None, Balk("longest_wait", (2.0,), (share,))])),
        call_back=draw(st.sampled_from([None, offer])) if after else None,
        unreached=None if after else Unreached(share, 2, minutes(1, 3), minutes(5, 20)), patience=c.patience if after else None,
    )  # fmt: skip


def with_somebody_to_spare(queues: Queues) -> Queues:
    """The same without reserves that no pool can keep, which a file may not have."""
    staff = {p.name: p.staff for p in queues.pools}
    classes = (replace(c, serves=tuple(replace(s, reserve=min(s.reserve, staff[s.pool] - 1)) for s in c.serves)) for c in queues.classes)
    return replace(queues, classes=tuple(classes))


def line(staff: int, arrivals: list[float], service: Duration, patience: Duration | None = None) -> Queues:
    """One class, one pool, first come first served."""
    call = QueueClass("call", service, (Serves("desk"),), arrivals_at_min=tuple(arrivals), patience=patience)
    return Queues("line", (call,), (QueuePool("desk", staff),), 0.0, END_MIN, 1, 9)


@st.composite
def traces(draw: st.DrawFn) -> list[float]:
    """Distinct arrivals, in no order: the number of a customer, and so his luck, is his place in this list."""
    figures = np.random.default_rng(draw(st.integers(0, 10**6)))
    return [float(t) for t in np.round(figures.uniform(0.0, 300.0, draw(st.integers(2, 40))) / TICK_MIN) * TICK_MIN]


LONG = Duration("lognormal", 15.0, 1.2)


def waits(queues: Queues, engine: str = "fast") -> dict[float, tuple[float, int, float]]:
    """Wait, outcome and time in service of each customer, by the moment of arrival."""
    return {came: (wait, outcome, end - came - wait) for _, came, wait, outcome, _, end in legs(queues, engine)}


ROUND = st.sampled_from([5.0, 10.0, 15.0, 30.0])
LAWS = st.one_of(st.builds(Duration, st.just("deterministic"), ROUND), st.builds(Duration, st.just("exponential"), ROUND))
OPEN = st.sampled_from([None, ((480.0, 720.0),) * 7, ((540.0, 960.0), None) * 3 + ((540.0, 960.0),)])
GRID = st.builds(
    Slots, st.sampled_from([(True,) * 7, (True, False) * 3 + (True,)]), st.sampled_from([540.0, 600.0]), st.sampled_from([15.0, 30.0]),
    st.integers(1, 6), st.integers(1, 2), st.sampled_from([0, 30]), st.integers(0, 3), st.sampled_from([0.0, 15.0, 40.0]),
)  # fmt: skip
LATE = st.sampled_from([
    None, Unpunctual(-10.0, Duration("uniform", 10.0, low_min=0.0, high_min=20.0), 0.0, True), Unpunctual(-5.0, None, 0.0, False),
    Unpunctual(5.0, None, 7.0, False),
])  # fmt: skip


TRIPS = st.one_of(st.none(), st.builds(Travel, LAWS, st.just(15.0)))  # to an hour


@st.composite
def ways_to_come(draw: st.DrawFn) -> Queues:
    """Booked hours, appointments, trips and casework beside walk-ins; round times, so that much falls on one instant."""
    clocks = st.lists(st.sampled_from([540.0, 555.0, 570.0, 600.0]), max_size=5)
    hours = [tuple(sorted(DAY_MIN * d + m for m in draw(clocks))) for d in range(draw(st.integers(1, 3)))]
    late = draw(LATE)
    sessions = tuple(Session(day, late) for day in hours if day)
    left = st.sampled_from([None, WorkLeft("paper", 0.5, None), WorkLeft("paper", 1.0, Duration("exponential", 20.0))])

    def pools() -> tuple[Serves, ...]:
        chosen = draw(st.sampled_from([("p",), ("p", "q"), ("q", "p")]))
        return tuple(
            Serves(p, rank, draw(st.sampled_from([0.0, 0.0, 5.0])), None, draw(st.integers(0, 1))) for rank, p in enumerate(chosen)
        )

    no_slot = {"no_slot": (Follows(draw(st.sampled_from(["trip", "visit"])), 0.6, draw(LAWS)),)} if draw(st.booleans()) else {}
    missed = (
        {"no_show": (Follows("visit", 0.5, draw(st.sampled_from([None, Duration("exponential", 30.0)]))),)} if draw(st.booleans()) else {}
    )
    rates = (RateStep(0.0, 10080.0, draw(st.sampled_from([0.01, 0.05]))),)
    classes = (
        QueueClass("booked", draw(LAWS), pools(), sessions=sessions, travel=draw(TRIPS) if sessions else None, no_show=NoShow(0.2 if sessions else 0.0),
                   after=missed if sessions else {},
                   leaves=draw(left), patience=draw(st.one_of(st.none(), LAWS))),
        QueueClass("visit", draw(LAWS), pools(), rates=rates, books=True, travel=draw(TRIPS), no_show=NoShow(0.1, 0.1), after=no_slot | missed, leaves=draw(left)),
        QueueClass("trip", draw(LAWS), pools(), rates=rates, travel=Travel(draw(LAWS), 20.0), hours=draw(OPEN), leaves=draw(left),
                   queue_limit=draw(st.sampled_from([None, 1])), send_home=False),
        QueueClass("paper", draw(LAWS), (Serves("p"),), casework=True, slice_min=draw(st.sampled_from([5.0, 10.0, 1e6]))),
    )  # fmt: skip
    takes = draw(st.sampled_from([(), (("booked", "visit"), ("trip",)), (("visit",), ("trip",), ("paper",), ("booked",))]))
    both = QueuePool("p", draw(st.integers(1, 3)), takes, None, draw(GRID)), QueuePool("q", draw(st.integers(1, 2)), (), None, None)
    return with_somebody_to_spare(Queues("ways", classes, both, 0.0, END_MIN, 1, draw(st.integers(1, 99))))


DAYS = st.sampled_from([((480.0, 720.0),) * 7, ((540.0, 960.0), None) * 3 + ((540.0, 960.0),), ((600.0, 660.0),) * 7])


def and_later(week: Week, later: bool) -> tuple[Week, ...]:
    """One stretch a day, or a second one on the same days."""
    return (week, tuple(None if day is None else (960.0, 1080.0) for day in week)) if later else (week,)


def has_room(b: Break, groups: tuple[Group, ...]) -> bool:
    """Whether a break lies in some stretch, and in all of those for its last group too, with a quarter of an hour left."""
    inside = [day for g in groups for week in g.stretches or () for day in week if day is not None and day[0] <= b.at_min < day[1]]
    return bool(inside) and all(b.at_min + b.groups * b.length_min + 15.0 <= day[1] for day in inside)


@st.composite
def people_at_work(draw: st.DrawFn) -> Queues:
    """Two pools whose people differ, take breaks, are absent, and hand over at the end of a shift."""

    def group(on_shift: bool, serves: str) -> Group:
        speeds = draw(st.sampled_from([(1.0, ()), (0.5, ()), (1.0, ((serves, 2.0),))]))
        return Group(draw(st.integers(1, 2)), and_later(draw(DAYS), draw(st.booleans())) if on_shift else None, "", *speeds)

    def pool(name: str) -> QueuePool:
        on_shift = draw(st.sampled_from([(True,), (True, True), (True, True, True), (True, False), (False,)]))
        groups = tuple(group(shift, "a" if name == "p" else "c") for shift in on_shift)
        absence = draw(st.sampled_from([None, Absence(0.4), Absence(0.4, True, (1.5, 1, 1, 0, 1, 1, 1), 0.7)]))
        breaks = draw(
            st.lists(st.builds(Break, st.sampled_from([570.0, 600.0, 615.0]), st.sampled_from([10.0, 30.0]), st.integers(1, 2)), max_size=2)
        )
        end = draw(st.sampled_from(["finish", "hand_over", "hand_over", "send_home"]))
        duties = draw(st.sampled_from([(0.0, 1.0), (0.3, 1.0), (0.0, 1.25)]))  # blocks or longer service, as a file has it
        if not all(on_shift):  # who is always there has no day to be away from
            absence, breaks, duties = None, [], (0.0, 1.0)
        breaks = [b for b in breaks if has_room(b, groups)]
        work = AtWork(groups, absence, tuple(breaks), *duties, end if all(on_shift) else "finish")
        takes = draw(st.sampled_from([(), (("a",), ("b",))])) if name == "p" else ()
        return QueuePool(name, sum(g.number for g in groups), takes, None, None, work)

    classes = []
    for name in NAMES[:2]:
        serves = tuple(
            Serves(p, draw(st.integers(0, 1)), draw(st.sampled_from([0.0, 5.0]))) for p in draw(st.sampled_from([("p",), ("p", "q")]))
        )
        rates = (RateStep(0.0, 10080.0, draw(st.sampled_from([0.01, 0.05]))),)
        classes.append(QueueClass(name, draw(LAWS), serves, rates=rates, patience=draw(st.one_of(st.none(), LAWS)),
                                  queue_limit=draw(st.sampled_from([None, 2])), casework=False))  # fmt: skip
    paper = QueueClass("c", draw(LAWS), (Serves("q"),), rates=(RateStep(0.0, 10080.0, 0.02),), casework=True, slice_min=7.0)
    return Queues("people", (*classes, paper), (pool("p"), pool("q")), 0.0, END_MIN, 1, draw(st.integers(1, 99)))
