"""Idle persons of a pool in the order in which they became idle, and the idle time that could be used."""

from __future__ import annotations

from channelsim.compiled import apart, compiled, small
from channelsim.rules.bookkeeping.events import IDLE_NOW, note_person
from channelsim.rules.state import (
    IDLE, IDLE_COUNT, IDLE_HEAD, IDLE_MIN, IDLE_SINCE, IDLE_TAIL, LEDGER_WIDTH, PERSON_TIMES, PERSON_WIDTH,
    POOL_STATE_WIDTH, P_NEXT, P_POOL, P_PREVIOUS, P_STATE, SINCE, USABLE_WIDTH,
)  # fmt: skip
from channelsim.scenario.tables import FIRST_LAYER, NONE, N_PERSONS, POOL_WIDTH


@small
def usable_block(s, pool, minutes):
    """Count a stretch of an idle layer if it is long enough to be used (decisions 7)."""
    if minutes >= 30.0:
        _count_block(s, pool, minutes)


@compiled
def _count_block(s, pool, minutes):
    apart()
    u = pool * USABLE_WIDTH
    s.usable[u] += minutes
    s.usable[u + 1] += 1.0
    if minutes >= 60.0:
        s.usable[u + 2] += minutes
        s.usable[u + 3] += 1.0
    if minutes >= 120.0:
        s.usable[u + 4] += minutes
        s.usable[u + 5] += 1.0


@compiled
def cut_layers(s, w, pool, now):
    """A roster step ends all idle blocks of a pool and begins new ones."""
    first = w.pools[pool * POOL_WIDTH + FIRST_LAYER]
    last_cut = first + w.pools[pool * POOL_WIDTH + N_PERSONS]  # the place above all layers
    if s.layers[last_cut] == now:  # many steps fall on one instant, and one cut of it is enough
        return
    s.layers[last_cut] = now
    for k in range(s.pools[pool * POOL_STATE_WIDTH + IDLE_COUNT]):
        usable_block(s, pool, now - s.layers[first + k])
        s.layers[first + k] = now


@compiled
def become_idle(s, w, person, now):
    """A person joins the idle of the pool: ordered by the moment, the same instant by person id (decisions 6)."""
    p = person * PERSON_WIDTH
    pool = s.persons[p + P_POOL]
    q = pool * POOL_STATE_WIDTH
    before = s.pools[q + IDLE_TAIL]
    while before > person and s.person_times[before * PERSON_TIMES + IDLE_SINCE] == now:
        before = s.persons[before * PERSON_WIDTH + P_PREVIOUS]
    after = s.pools[q + IDLE_HEAD] if before == NONE else s.persons[before * PERSON_WIDTH + P_NEXT]
    s.persons[p + P_PREVIOUS] = before
    s.persons[p + P_NEXT] = after
    if before == NONE:
        s.pools[q + IDLE_HEAD] = person
    else:
        s.persons[before * PERSON_WIDTH + P_NEXT] = person
    if after == NONE:
        s.pools[q + IDLE_TAIL] = person
    else:
        s.persons[after * PERSON_WIDTH + P_PREVIOUS] = person
    s.layers[w.pools[pool * POOL_WIDTH + FIRST_LAYER] + s.pools[q + IDLE_COUNT]] = now
    s.pools[q + IDLE_COUNT] += 1
    s.persons[p + P_STATE] = IDLE
    s.person_times[person * PERSON_TIMES + SINCE] = now
    s.person_times[person * PERSON_TIMES + IDLE_SINCE] = now
    note_person(s, IDLE_NOW, person, now, now)


@compiled
def stop_being_idle(s, w, person, now):
    """A person leaves the idle of the pool, to work, to other duties or home."""
    p = person * PERSON_WIDTH
    pool = s.persons[p + P_POOL]
    q = pool * POOL_STATE_WIDTH
    before, after = s.persons[p + P_PREVIOUS], s.persons[p + P_NEXT]
    if before == NONE:
        s.pools[q + IDLE_HEAD] = after
    else:
        s.persons[before * PERSON_WIDTH + P_NEXT] = after
    if after == NONE:
        s.pools[q + IDLE_TAIL] = before
    else:
        s.persons[after * PERSON_WIDTH + P_PREVIOUS] = before
    s.pools[q + IDLE_COUNT] -= 1
    layer = w.pools[pool * POOL_WIDTH + FIRST_LAYER] + s.pools[q + IDLE_COUNT]
    usable_block(s, pool, now - s.layers[layer])
    s.ledger[pool * LEDGER_WIDTH + IDLE_MIN] += now - s.person_times[person * PERSON_TIMES + SINCE]
    s.person_times[person * PERSON_TIMES + SINCE] = now
