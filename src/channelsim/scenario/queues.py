"""Compiles a world of queues and pools (`queue_values`) to a world that can be run."""

from __future__ import annotations

import datetime as dt
import hashlib

import numpy as np

from channelsim.scenario import tables as T
from channelsim.scenario.build import Builder, Consequence
from channelsim.scenario.compile_coming import books, coming
from channelsim.scenario.compile_staffing import end_of_shifts, people_of, speeds
from channelsim.scenario.policy_tables import apply_policy
from channelsim.scenario.queue_demand import demand_of_queues
from channelsim.scenario.queue_features import is_bare
from channelsim.scenario.queue_laws import distribution_of
from channelsim.scenario.queue_routing import moments_of, pairs_at, stages_of
from channelsim.scenario.queue_tables import empty_places, general_tables
from channelsim.scenario.queue_values import (
    FOLLOWED,
    IDLE_RULES,
    OUTCOME_WORDS,
    SIGNALS,
    Duration,
    Follows,
    Hours,
    QueueClass,
    QueuePool,
    Queues,
    RateStep,
    Serves,
    ServesByHour,
)  # fmt: skip
from channelsim.scenario.rule_tables import QueueRules
from channelsim.scenario.staffing import HAND_OVER
from channelsim.scenario.tables import NONE, Tables
from channelsim.scenario.world import Names, World
from channelsim.units import NEVER, WEEK_MIN

__all__ = [
    "FOLLOWED",
    "Duration",
    "Follows",
    "Hours",
    "QueueClass",
    "QueuePool",
    "Queues",
    "RateStep",
    "Serves",
    "ServesByHour",
    "compile_queues",
]


def compile_queues(queues: Queues) -> World:
    """The world of a few queues and pools, ready to run."""
    n_weeks = int(-(-(queues.warm_up_min + queues.length_min) // WEEK_MIN)) + 1
    n_days = n_weeks * 7 + 98
    builder = Builder(n_days, np.zeros(n_days, bool), customers=False)
    number = {c.name: i for i, c in enumerate(queues.classes)}
    for pool in queues.pools:
        builder.add_pool(name=pool.name, role=T.STAFF, hands_over=pool.at_work.at_shift_end == HAND_OVER)
    builder.lines_limits = [group.limit for group in queues.lines]
    handling = [_add_class(builder, c, queues) for c in queues.classes]
    builder.allow_by_hour(moments_of(queues), lambda minute: pairs_at(builder, queues, minute))
    for c in queues.classes:
        for outcome, entries in c.after.items():
            rows = tuple(_consequence(builder, e, number) for e in entries)
            for role in (T.STAFF, 0) if outcome in ("served", "not_reached") else (0,):
                kind = T.COMPLETED if outcome == "served" and c.self_service else OUTCOME_WORDS[outcome]
                builder.consequence(number[c.name], role, kind, *rows)
        if c.moves_on is not None:
            builder.consequence(number[c.name], 0, T.MOVED_ON, (1.0, T.CONTACT, number[c.moves_on.to], NONE))
            builder.classes[number[c.moves_on.to]].is_counted = True
        if c.call_back is not None:
            delay = distribution_of(builder, c.call_back.delay)
            builder.consequence(number[c.name], 0, T.CALLED_BACK, (1.0, T.CONTACT, number[c.call_back.to], delay))
            builder.classes[number[c.call_back.to]].is_counted = True
    if queues.policy is not None:
        apply_policy(builder, queues.policy, queues.name, tuple(number), (), [p.staff for p in queues.pools])
    book_tables, slot_pattern = books(builder, queues)
    ways = coming(builder, queues.classes, number, distribution_of)
    demand = demand_of_queues(builder, queues, n_days)
    sizes_of_pools = np.array([p.staff for p in queues.pools], np.int64)
    n = len(queues.classes)
    sizes = np.zeros(T.N_SIZES, np.int64)
    sizes[: T.N_WAIT_KINDS + 1] = [n, len(queues.pools), n, n, 1, 1, n_days, len(builder.books), n]
    sizes[T.PHONE : T.SERIAL_BITS] = NONE
    sizes[[T.CALL_BACK, T.CHASER]] = NONE
    sizes[T.SERIAL_BITS] = T.serial_bits_for(n)
    columns = dict(
        sizes=sizes,
        distribution=builder.table_of_distributions(), curves=builder.table_of_curves(), wait_unit_min=np.ones(n),
        **builder.routing(sizes_of_pools), **builder.consequences(), **builder.hours(),
        **empty_places(), **book_tables, **general_tables(queues, handling), **(ways | speeds(queues)),
    )  # fmt: skip
    tables = Tables(customers=0, extras=1, bare=int(is_bare(columns)), **columns)
    people, persons = people_of(queues, n_days)
    return World(
        name=queues.name, tables=tables, demand=demand, people=people,
        names=Names(
            classes=tuple(number), pools=tuple(p.name for p in queues.pools), channels=tuple(number),
            services=tuple(number), segments=("all",), municipalities=("all",), places=(), wait_kinds=tuple(number),
            persons=persons,
        ),
        pool_office=("",) * len(queues.pools), bookable_share=np.ones(len(slot_pattern)),
        book_open=np.ones((len(slot_pattern), n_days), bool),
        closing_cut_min=np.array([cut for _, _, cut in builder.calendars]), first_monday=dt.date(2011, 1, 3),
        n_weeks=n_weeks, slot_pattern=slot_pattern, digest=hashlib.sha256(repr(queues).encode()).hexdigest(),
        table_steps=builder.table_steps,
        policy=queues.policy,
    )  # fmt: skip


def _add_class(builder: Builder, c: QueueClass, queues: Queues) -> int:
    """Add one class and its pairs; returns its handling distribution."""
    channel = len(builder.classes)
    calendar = NONE if c.hours is None else builder.calendar(c.hours, cut_min=c.send_home_after_min if c.send_home else NEVER)
    ends = end_of_shifts(c, queues)
    waits = stages_of(c)
    builder.add_class(
        name=c.name, channel=channel, mode=_mode(c), calendar=calendar, slice_min=c.slice_min,
        send_home=c.send_home, patience=distribution_of(builder, c.patience),
        queue_limit=NONE if c.queue_limit is None else c.queue_limit, wait_kind=channel, stages_min=tuple(waits),
        reopening_delay=distribution_of(builder, c.reopening_delay), after_work=distribution_of(builder, c.after_work),
        sent_home_by=NONE if ends is None else builder.calendar(ends, cut_min=0.0),
        lines=next((i for i, group in enumerate(queues.lines) if c.name in group.classes), NONE), rules=_rules(builder, c, waits, queues),
    )  # fmt: skip
    return distribution_of(builder, c.service)


def _mode(c: QueueClass) -> int:
    if c.self_service:
        return T.SELF
    return T.ITEM if c.casework else T.BOOKED if c.books else T.WAITING


def _rules(builder: Builder, c: QueueClass, waits: list[float], queues: Queues) -> QueueRules | None:
    """Its rules that few classes have, if it has any, in numbers."""
    number = {other.name: i for i, other in enumerate(queues.classes)}
    r = QueueRules(idle_rule=IDLE_RULES[c.idle_rule])
    if c.moves_on is not None:
        r.moves_stage, r.moves_to = waits.index(c.moves_on.after_min) + 1, number[c.moves_on.to]
        r.keeps_age, r.keeps_patience = c.moves_on.keeps_age, c.moves_on.keeps_patience
    if c.balk is not None:
        r.balk_signal, r.balk_at, r.balk_share = SIGNALS[c.balk.signal], c.balk.at, c.balk.share
    if c.call_back is not None:
        r.offer_signal, r.offer_to, r.offer_keeps_place = SIGNALS[c.call_back.signal], number[c.call_back.to], c.call_back.keeps_place
        r.offer_at, r.offer_accepted = c.call_back.at, c.call_back.accepts
    if c.unreached is not None:
        r.tries, r.unreached = c.unreached.tries, c.unreached.share
        r.try_length, r.try_again = distribution_of(builder, c.unreached.attempt), distribution_of(builder, c.unreached.again)
    return None if r == QueueRules() else r


def _consequence(builder: Builder, entry: Follows, number: dict[str, int]) -> Consequence:
    return (entry.share, T.CONTACT, number[entry.to], distribution_of(builder, entry.delay))
