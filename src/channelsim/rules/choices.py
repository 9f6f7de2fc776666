"""The six rules: everything that is decided in a running world, as pure functions over flat arrays.

choose_channel  through which channel a need first comes
choose_point    to which place a visitor goes, and when he is there
book_slot       which free slot an appointment takes
choose_pool     who takes a contact that is set loose
choose_contact  what a freed person takes
next_contact    what follows an outcome

Both engines call these bodies; `testing.audit` checks them with code that shares nothing with them.
"""

from __future__ import annotations

from channelsim.compiled import apart, compiled, small
from channelsim.randomness import NEXT, PHONE_OR_VISIT, WEB_OR_NOT, uniform
from channelsim.rules.lists import dispatch_row, persons_there, pull_row, serves_out, spare
from channelsim.rules.own_choices import contact_of_own_rule, pool_of_own_rule
from channelsim.rules.own_python import asked_contact, asked_pool
from channelsim.rules.state import (
    AGED_SINCE, CONTACT_TIMES, CONTACT_WIDTH, C_CHANNEL, C_CLASS, C_K, C_LEG, C_NEED, C_STAGE, FLAG_CAR,
    FLAG_REACHABLE, FLAG_WEB, HEAD, IDLE_COUNT, IDLE_HEAD, IDLE_SINCE, LUCK, NEED_WIDTH, PERSON_TIMES,
    POOL_STATE_WIDTH, QUEUE_WIDTH,
)  # fmt: skip
from channelsim.scenario.tables import (
    BOOK_TIMES, BOOK_WIDTH, BY_OWN_RULE, BY_PYTHON, CLASS_WIDTH, FIRST_SLOT, HORIZON_DAYS, HOUR_POINTS, IDLE_RULE,
    IN_ORDER, LAST_ARRIVAL_MIN, LEAST_OCCUPIED, LONGEST_IDLE, NONE, NOTICE_MIN, N_DAYS, N_MUNICIPALITIES,
    N_OUTCOMES, N_ROLES, N_SERVICES, N_SLOTS, PAIR_CLASS, PAIR_POOL, PAIR_WIDTH, PHONE, QUEUE_RULES,
    QUEUE_RULE_WIDTH, RING_DAYS, SLOT_LENGTH, TRANSIT_EXTRA_MIN, TRANSIT_FACTOR, VISIT, WEB,
)  # fmt: skip
from channelsim.units import DAY_MIN, NEVER, day_of, on_grid

grid, day_at = small(on_grid), small(day_of)


@compiled
def choose_channel(w, luck, service, segment, flags):
    """Channel of a need's first contact (design 4.3, decisions 29 and 34).

    Two uniforms, web-or-not and phone-or-visit, each against its own share, so that a stronger web
    preference moves nobody between phone and visit.
    """
    at = segment * w.sizes[N_SERVICES] + service
    if w.sizes[WEB] != NONE and flags & FLAG_WEB != 0 and uniform(luck, 0, 0, 0, WEB_OR_NOT) < w.web_share[at]:
        return w.sizes[WEB]
    if uniform(luck, 0, 0, 0, PHONE_OR_VISIT) < w.phone_share[at]:
        return w.sizes[PHONE]
    if flags & FLAG_REACHABLE == 0 and w.phone_share[at] > 0.0:
        return w.sizes[PHONE]
    return w.sizes[VISIT]


@compiled
def hour_of_day(w, profile, u):
    """Minutes after midnight at which people make a contact: the quantile of an hour profile."""
    base = profile * HOUR_POINTS
    i = 1
    while i < HOUR_POINTS - 1 and w.hour_edges[base + i] < u:
        i += 1
    low = w.hour_edges[base + i - 1]
    high = w.hour_edges[base + i]
    from_min = w.hour_clock[base + i - 1]
    if high <= low:
        return from_min
    return grid(from_min + (w.hour_clock[base + i] - from_min) * (u - low) / (high - low))


@small
def is_open(w, calendar, time):
    """Is this calendar open now?"""
    at = calendar * w.sizes[N_DAYS] + day_at(time)
    return w.calendar_open[at] <= time < w.calendar_close[at]


@compiled
def opening(w, calendar, profile, time, u):
    """The moment at which a contact that wants to be made at `time` can be made.

    Within opening hours: at once. Otherwise on the next open day, at an hour of the channel's profile
    (decisions 22), or at opening where it has none. NEVER if the doors stay shut.
    """
    day = day_at(time)
    at = calendar * w.sizes[N_DAYS] + day
    if w.calendar_open[at] <= time < w.calendar_close[at]:
        return time
    if time >= w.calendar_open[at]:
        day += 1
    day = w.calendar_next[calendar * w.sizes[N_DAYS] + day]
    if day == NONE:
        return NEVER
    at = calendar * w.sizes[N_DAYS] + day
    if profile == NONE:
        return w.calendar_open[at]
    moment = day * DAY_MIN + hour_of_day(w, profile, u)
    if moment < w.calendar_open[at]:
        return w.calendar_open[at]
    if moment >= w.calendar_close[at]:  # a part of the profile outside this line's hours
        return grid(w.calendar_open[at] + u * (w.calendar_close[at] - w.calendar_open[at]))
    return moment


@small
def travel_of(w, minutes, flags):
    """Minutes of one way to a place: by car, or by public transport without one (decisions 28)."""
    if flags & FLAG_CAR != 0 or minutes == 0.0:
        return minutes
    return grid(minutes * w.options[TRANSIT_FACTOR] + w.options[TRANSIT_EXTRA_MIN])


@compiled
def choose_point(w, service, municipality, now, flags, u):
    """Which candidate place a visitor goes to, and when he arrives: (candidate, time), or (NONE, NEVER).

    Least travel among the points that are open on arrival, at the latest a quarter of an hour before
    closing; on the first day that has one (decisions 15 and 22). Candidates are sorted by travel, then number.
    """
    row = service * w.sizes[N_MUNICIPALITIES] + municipality
    first, last = w.walk_in_start[row], w.walk_in_start[row + 1]
    today = day_at(now)
    wanted = now - today * DAY_MIN
    for ahead in range(15):
        day = today + ahead
        for e in range(first, last):
            calendar = w.place_calendar[w.walk_in_place[e]]
            at = calendar * w.sizes[N_DAYS] + day
            opens = w.calendar_open[at]
            if opens >= NEVER:
                continue
            travel = travel_of(w, w.walk_in_min[e], flags)
            latest = w.calendar_close[at] - w.options[LAST_ARRIVAL_MIN]
            arrives = day * DAY_MIN + wanted + travel
            if ahead == 0:
                if arrives < opens:
                    arrives = opens
                if arrives <= latest:
                    return e, arrives
            else:
                arrives = max(opens, min(arrives, latest))
                return e, arrives
    return NONE, NEVER


@compiled
def when_there(w, calendar, now, minutes, before_closing):
    """When a visitor who sets out now, or on a later day at this time of day, is there after `minutes` of travel.

    He goes only if he is there at the latest `before_closing` minutes before closing, otherwise on the next open day
    (decisions 22); nobody is there before it opens. NEVER if the doors stay shut.
    """
    if calendar == NONE:
        return now + minutes
    at = calendar * w.sizes[N_DAYS]
    arrives = now + minutes
    on = day_at(arrives)  # a long trip may end on another day
    if w.calendar_open[at + on] < NEVER and max(arrives, w.calendar_open[at + on]) <= w.calendar_close[at + on] - before_closing:
        return max(arrives, w.calendar_open[at + on])
    day = w.calendar_next[at + on + 1]
    if day == NONE:
        return NEVER
    arrives += (day - on) * DAY_MIN
    return max(w.calendar_open[at + day], min(arrives, w.calendar_close[at + day] - before_closing))


@compiled
def book_slot(s, w, service, municipality, now, there, slots_max):
    """The free slot an appointment takes: earliest start, then less travel, then lower book (decisions 19); `there`: not before.

    Returns (candidate entry, day, slot), the candidate NONE where nothing is free within the horizon.
    """
    row = service * w.sizes[N_MUNICIPALITIES] + municipality
    best, best_day, best_slot, best_start, best_travel = NONE, 0, 0, NEVER, NEVER
    for e in range(w.booked_start[row], w.booked_start[row + 1]):
        book = w.bookable[e]
        base = book * BOOK_WIDTH
        earliest = now + w.books[base + NOTICE_MIN]
        if there > earliest:
            earliest = there
        day = max(day_at(earliest), s.first_free_day[book])
        limit = day_at(now) + w.books[base + HORIZON_DAYS]
        if limit > day_at(now) + RING_DAYS - 1:
            limit = day_at(now) + RING_DAYS - 1
        found = False
        while day <= limit and not found:
            at = (book * RING_DAYS + day % RING_DAYS) * slots_max
            for slot in range(w.books[base + N_SLOTS]):
                if s.slots[at + slot] > 0:
                    start = day * DAY_MIN + w.book_times[book * BOOK_TIMES + FIRST_SLOT]
                    start += slot * w.book_times[book * BOOK_TIMES + SLOT_LENGTH]
                    if start >= earliest:
                        found = True
                        travel = w.booked_min[e]
                        if start < best_start or (start == best_start and travel < best_travel):
                            best, best_day, best_slot, best_start, best_travel = e, day, slot, start, travel
                        break
            day += 1
    return best, best_day, best_slot


@small
def is_before(s, w, pair, best, since, best_since):
    """Among pools of one rank: is the head of this one asked before that of the best so far? Its list is in order of number."""
    if w.bare == 1:
        return since < best_since
    rules = w.classes[w.pairs[pair * PAIR_WIDTH + PAIR_CLASS] * CLASS_WIDTH + QUEUE_RULES]
    if rules == NONE or w.queue_rules[rules * QUEUE_RULE_WIDTH + IDLE_RULE] == LONGEST_IDLE:
        return since < best_since
    if w.queue_rules[rules * QUEUE_RULE_WIDTH + IDLE_RULE] == IN_ORDER:
        return False
    if w.queue_rules[rules * QUEUE_RULE_WIDTH + IDLE_RULE] == LEAST_OCCUPIED:
        return less_occupied(s, w, pair, best, since, best_since)
    idle = s.pools[w.pairs[pair * PAIR_WIDTH + PAIR_POOL] * POOL_STATE_WIDTH + IDLE_COUNT]
    most = s.pools[w.pairs[best * PAIR_WIDTH + PAIR_POOL] * POOL_STATE_WIDTH + IDLE_COUNT]
    return idle > most or (idle == most and since < best_since)


@compiled
def less_occupied(s, w, pair, best, since, best_since):
    """Is a smaller share of those who are there, idle or at work, at work in this pool than in the best so far?"""
    apart()
    pool, other = w.pairs[pair * PAIR_WIDTH + PAIR_POOL], w.pairs[best * PAIR_WIDTH + PAIR_POOL]
    mine = s.pools[pool * POOL_STATE_WIDTH + IDLE_COUNT] * persons_there(s, other)
    theirs = s.pools[other * POOL_STATE_WIDTH + IDLE_COUNT] * persons_there(s, pool)
    return mine > theirs or (mine == theirs and since < best_since)


@compiled
def choose_pool(s, w, of_class, stage):
    """Who takes a contact that is set loose: a pair (class, pool), or NONE (design 4.10).

    Among pools of least dispatch rank for the class and stage that can spare someone, the one whose next
    person has been idle longest (or as the class says); the lowest number on a tie. *Local first* is rank, not tie.
    """
    row = dispatch_row(s, w, of_class, stage)
    if w.steering >= BY_OWN_RULE and w.orders_pools == 1:
        if w.steering == BY_PYTHON:
            return asked_pool(s, w, of_class, stage)
        return pool_of_own_rule(s, w, of_class, row)
    best, best_rank, best_since = NONE, 0, NEVER
    for e in range(w.dispatch_start[row], w.dispatch_start[row + 1]):
        if best != NONE and w.dispatch_rank[e] > best_rank:
            break
        pair = w.dispatch_pair[e]
        pool = w.pairs[pair * PAIR_WIDTH + PAIR_POOL]
        if s.pools[pool * POOL_STATE_WIDTH + IDLE_COUNT] == 0 or not spare(s, w, pool, pair, 0):
            continue
        person = s.pools[pool * POOL_STATE_WIDTH + IDLE_HEAD]
        since = s.person_times[person * PERSON_TIMES + IDLE_SINCE]
        if best == NONE or is_before(s, w, pair, best, since, best_since):
            best, best_rank, best_since = pair, w.dispatch_rank[e], since
    return best


@small
def choose_contact(s, w, pool, now, asked, after_shift):
    """What a freed person of a pool takes: a pair (class, pool) whose queue's head is next, or NONE.

    Among queues of least pull rank, the longest weighted wait of the head, or the one that is due first; the lowest class on a tie.
    `asked` is 1 if the person is not counted among the idle of the pool; `after_shift` is true for a person whose
    shift is over, who stays only for those inside.
    """
    if w.steering >= BY_OWN_RULE and w.orders_contacts == 1:
        if w.steering == BY_PYTHON:
            return asked_contact(s, w, pool, now, asked, after_shift)
        return contact_of_own_rule(s, w, pool, now, asked, after_shift)
    best, best_rank, best_wait = NONE, 0, -1.0
    row = pull_row(s, w, pool)
    for e in range(w.pull_start[row], w.pull_start[row + 1]):
        if best != NONE and w.pull_rank[e] > best_rank:
            break
        pair = w.pull_pair[e]
        of_class = w.pairs[pair * PAIR_WIDTH + PAIR_CLASS]
        head = s.queues[of_class * QUEUE_WIDTH + HEAD]
        if head == NONE or (w.bare == 0 and s.contacts[head * CONTACT_WIDTH + C_STAGE] < w.pull_from_stage[e]):
            continue
        if after_shift and not serves_out(w, of_class, now):
            continue
        if not spare(s, w, pool, pair, asked):
            continue
        wait = (now - s.contact_times[head * CONTACT_TIMES + AGED_SINCE]) * w.pull_weight[e]
        if w.steering != 0:
            wait -= w.pull_due[e]
        if best == NONE or wait > best_wait:
            best, best_rank, best_wait = pair, w.pull_rank[e], wait
    return best


@small
def next_contact(s, w, contact, role, outcome):
    """What follows an outcome: an entry of the table of consequences, or NONE (the outcome's own end)."""
    c = contact * CONTACT_WIDTH
    row = w.row_of[(s.contacts[c + C_CLASS] * N_ROLES + role) * N_OUTCOMES + outcome]
    if row == NONE:
        return NONE
    luck = s.needs[s.contacts[c + C_NEED] * NEED_WIDTH + LUCK]
    u = uniform(luck, s.contacts[c + C_CHANNEL], s.contacts[c + C_K], s.contacts[c + C_LEG], NEXT)
    for e in range(w.row_start[row], w.row_start[row + 1]):
        if u < w.row_cumulative[e]:
            return e
    return NONE
