"""A rule of one's own that puts candidates in order: those who may be served, and those who may serve (`scenario.own_rules`)."""

from __future__ import annotations

from channelsim.compiled import apart, compiled
from channelsim.rules.lists import pull_row, serves_out, spare
from channelsim.rules.state import (
    AGED_SINCE, CONTACT_TIMES, CONTACT_WIDTH, C_STAGE, HEAD, IDLE_COUNT, IDLE_HEAD, IDLE_SINCE, LENGTH,
    PERSON_TIMES, POOL_STATE_WIDTH, QUEUE_WIDTH,
)  # fmt: skip
from channelsim.scenario.tables import (
    NONE, PAIR_CLASS, PAIR_POOL, PAIR_WIDTH,
)  # fmt: skip
from channelsim.units import NEVER


@compiled
def pool_of_own_rule(s, w, of_class, row):
    """As choose_pool, by the score of an own rule: the least, then the longest idle, then as listed; NEVER declines."""
    apart()
    best, best_score, best_since = NONE, 0.0, NEVER
    for e in range(w.dispatch_start[row], w.dispatch_start[row + 1]):
        pair = w.dispatch_pair[e]
        pool = w.pairs[pair * PAIR_WIDTH + PAIR_POOL]
        idle = s.pools[pool * POOL_STATE_WIDTH + IDLE_COUNT]
        if idle == 0 or not spare(s, w, pool, pair, 0):
            continue
        since = s.person_times[s.pools[pool * POOL_STATE_WIDTH + IDLE_HEAD] * PERSON_TIMES + IDLE_SINCE]
        score = float(w.pool_score(since, idle, w.dispatch_rank[e], of_class, pool))
        if score < NEVER and (best == NONE or score < best_score or (score == best_score and since < best_since)):
            best, best_score, best_since = pair, score, since
    return best


@compiled
def contact_of_own_rule(s, w, pool, now, asked, after_shift):
    """As choose_contact, by the score of an own rule: the least, then the longest wait, then as listed; NEVER declines."""
    apart()
    best, best_score, best_wait = NONE, 0.0, -1.0
    row = pull_row(s, w, pool)
    idle = s.pools[pool * POOL_STATE_WIDTH + IDLE_COUNT] + asked
    for e in range(w.pull_start[row], w.pull_start[row + 1]):
        pair = w.pull_pair[e]
        of_class = w.pairs[pair * PAIR_WIDTH + PAIR_CLASS]
        head = s.queues[of_class * QUEUE_WIDTH + HEAD]
        if head == NONE or not is_best_entry(s, w, e, w.pull_start[row], head):
            continue
        if (after_shift and not serves_out(w, of_class, now)) or not spare(s, w, pool, pair, asked):
            continue
        wait = now - s.contact_times[head * CONTACT_TIMES + AGED_SINCE]
        due_in = w.pull_due[e] - wait if w.pull_due[e] > 0.0 else NEVER
        waiting = s.queues[of_class * QUEUE_WIDTH + LENGTH]
        score = float(w.contact_score(now, wait, due_in, w.pull_rank[e], w.pull_weight[e], waiting, idle, of_class, pool))
        if score < NEVER and (best == NONE or score < best_score or (score == best_score and wait > best_wait)):
            best, best_score, best_wait = pair, score, wait
    return best


@compiled
def is_best_entry(s, w, e, first, head):
    """Whether an entry of a pull list holds at the stage of a head, and no better one of the same pair does (a rank that rose)."""
    stage = s.contacts[head * CONTACT_WIDTH + C_STAGE]
    if stage < w.pull_from_stage[e]:
        return False
    better = False
    for other in range(first, e):
        better = better or (w.pull_pair[other] == w.pull_pair[e] and stage >= w.pull_from_stage[other])
    return not better
