"""The routing lists as they hold now: which of them, and whom a pool can spare."""

from __future__ import annotations

from channelsim.compiled import small
from channelsim.rules.state import (
    BUSY, HOLD, IDLE, IDLE_COUNT, PERSON_WIDTH, POOL_STATE_WIDTH, P_POOL, P_STATE, TABLE_SET,
)  # fmt: skip
from channelsim.scenario.tables import (
    BOOKED, CALENDAR, CLASS_WIDTH, FIRST_STAGE, MODE, NONE, N_DAYS, N_POOLS, PAIR_CLASS, PAIR_RESERVE, PAIR_WIDTH,
    SEND_HOME, WAITING,
)  # fmt: skip
from channelsim.units import day_of

day_at = small(day_of)


@small
def dispatch_row(s, w, of_class, stage):
    """The list of pools for a class and stage that holds now."""
    if w.bare == 1:  # each class has one stage
        return of_class
    row = w.classes[of_class * CLASS_WIDTH + FIRST_STAGE] + stage
    if w.steering != 0:
        row += s.scalars[TABLE_SET] * len(w.stage_after_min)
    return row


@small
def pull_row(s, w, pool):
    """The list of classes of a pool that holds now."""
    if w.steering != 0:
        return s.scalars[TABLE_SET] * w.sizes[N_POOLS] + pool
    return pool


@small
def spare(s, w, pool, pair, asked):
    """Can the pool spare a person for this pair? Idle persons, the one asked included, must exceed the reserve."""
    if w.bare == 1:
        return s.pools[pool * POOL_STATE_WIDTH + IDLE_COUNT] + asked > 0
    kept = w.pairs[pair * PAIR_WIDTH + PAIR_RESERVE]
    if w.steering != 0:
        kept = w.set_reserve[s.scalars[TABLE_SET] * len(w.pair_scale) + pair]
    if w.classes[w.pairs[pair * PAIR_WIDTH + PAIR_CLASS] * CLASS_WIDTH + MODE] != BOOKED:
        kept += s.pools[pool * POOL_STATE_WIDTH + HOLD]
    return s.pools[pool * POOL_STATE_WIDTH + IDLE_COUNT] + asked > kept


@small
def serves_out(w, of_class, now):
    """After the shift people stay only for customers who are inside behind closed doors (decisions 22)."""
    base = of_class * CLASS_WIDTH
    calendar = w.classes[base + CALENDAR]
    if calendar == NONE or w.classes[base + MODE] != WAITING or w.classes[base + SEND_HOME] != 0:
        return False
    at = calendar * w.sizes[N_DAYS] + day_at(now)
    return now < w.calendar_open[at] or now >= w.calendar_close[at]


@small
def persons_there(s, pool):
    """Persons of a pool who are idle or at work now."""
    there = 0
    for person in range(len(s.persons) // PERSON_WIDTH):
        state = s.persons[person * PERSON_WIDTH + P_STATE]
        if s.persons[person * PERSON_WIDTH + P_POOL] == pool and state in (IDLE, BUSY):
            there += 1
    return there
