"""The one bookkeeper: the only code that writes State, tally and records (decisions 15).

Engines own the clock and the list of events, nothing else: what must happen later is put on the `out`
tray by `at`, and the engine empties the tray after each event.
"""

from __future__ import annotations

from channelsim.compiled import compiled, small
from channelsim.randomness import LENGTH, PATIENCE, quantile, uniform
from channelsim.rules.kinds import PATIENCE_ENDS, STAGE_RISES, TIE_CONTACTS, WORK_ENDS, order_of
from channelsim.rules.state import (
    ADVISER_MIN,
    BUSY,
    C_CHANNEL,
    C_CLASS,
    C_GENERATION,
    C_K,
    C_LEG,
    C_NEED,
    C_NEXT,
    C_PERSON,
    C_PLACE,
    C_PREVIOUS,
    C_ROLE,
    C_SERIAL,
    C_STAGE,
    C_STATE,
    CLASS_TALLY_WIDTH,
    COMING,
    CONTACT_SINCE,
    CONTACT_TIMES,
    CONTACT_WIDTH,
    D_CONTACTS,
    D_EXPERT,
    D_FAILURES,
    D_FIRST_CHANNEL,
    D_FLAGS,
    D_ID,
    D_MUNICIPALITY,
    D_REASON,
    D_SEGMENT,
    D_SERVICE,
    D_STATE,
    D_VISITS,
    DONE_WIDTH,
    EXPERT,
    EXPERTISE_CASEWORK_MIN,
    EXPERTISE_MIN,
    FAULT,
    FINISHED_AT,
    FIRST_CHANNEL,
    FREE_CONTACT,
    FREE_CONTACTS,
    FREE_NEED,
    FREE_NEEDS,
    GENERALIST_MIN,
    HEAD,
    HISTOGRAM_BINS,
    IDLE,
    IDLE_COUNT,
    IDLE_HEAD,
    IDLE_MIN,
    IDLE_SINCE,
    IDLE_TAIL,
    IN_WORK,
    KEEP_RECORDS,
    LEDGER_WIDTH,
    LONG_OVERTIME,
    LUCK,
    MUNICIPALITY,
    N_CONTACTS,
    N_DONE,
    N_FAILURES,
    N_OUT,
    N_RECORDS,
    N_STARTED,
    N_VISITS,
    N_WAITED,
    N_WITHIN,
    NATIONAL_MIN,
    NEED_FLAGS,
    NEED_ID,
    NEED_NEXT,
    NEED_STATE,
    NEED_TIMES,
    NEED_WIDTH,
    OFF,
    OPEN_CONTACTS,
    OUT_GENERATION,
    OUT_ORDER,
    OUT_TARGET,
    OUT_WIDTH,
    OVERTIME,
    P_CONTACT,
    P_GENERATION,
    P_NEXT,
    P_PAIR,
    P_POOL,
    P_PREVIOUS,
    P_STATE,
    PERSON_TIMES,
    PERSON_WIDTH,
    PERSON_WORKED,
    POOL_STATE_WIDTH,
    QUEUE_AREA,
    QUEUE_SINCE,
    QUEUE_WIDTH,
    QUEUED,
    QUEUED_SINCE,
    REASON,
    REC_CHANNEL,
    REC_CLASS,
    REC_ENDED,
    REC_EXPERT,
    REC_K,
    REC_LEG,
    REC_NEED,
    REC_OUTCOME,
    REC_PERSON,
    REC_PLACE,
    REC_POOL,
    REC_QUEUED,
    REC_SERIAL,
    REC_SINCE,
    REC_STAGE,
    REC_STARTED,
    REC_WORKED,
    RECORD_TIMES,
    RECORD_WIDTH,
    REMAINING_MIN,
    RESOLVED_AT,
    ROUTINE_CASEWORK_MIN,
    ROUTINE_MIN,
    SEGMENT,
    SERVICE,
    SHIFT_END,
    SINCE,
    SPECIALIST_MIN,
    STARTED_AT,
    TAIL,
    USABLE_WIDTH,
    WAIT_LEFT,
    WAIT_SERVED,
    WAITED_MIN,
    WORKED_MIN,
)  # fmt: skip
from channelsim.rules.state import (
    LENGTH as QUEUE_LENGTH,
)
from channelsim.scenario.tables import (
    ADVISER,
    CARRIES_PATIENCE,
    CASEWORK_CHANNEL,
    CLASS_WIDTH,
    FIRST_LAYER,
    FIRST_STAGE,
    GENERALIST,
    GENERALIST_HANDLING,
    ITEM,
    LONGEST_CONTACT_MIN,
    MODE,
    N_CHANNELS,
    N_MUNICIPALITIES,
    N_SEGMENTS,
    N_SERVICES,
    N_STAGES,
    NATIONAL,
    NONE,
    PAIR_HANDLING,
    PAIR_POOL,
    PAIR_WIDTH,
    POOL_WIDTH,
    ROLE,
    SHARED_LENGTH,
    TARGET_MIN,
    WAIT_KIND,
)  # fmt: skip
from channelsim.scenario.tables import PATIENCE as CLASS_PATIENCE
from channelsim.units import NEVER, TICK_MIN, on_grid

grid = small(on_grid)
LONGEST_OVERTIME_MIN = 240.0


# --- the out tray ---------------------------------------------------------------------------------
@small
def at(s, time, kind, tie, target, generation):
    """Ask the engine for an event: at a time, ranked by kind and tie key, for a contact or person."""
    n = s.scalars[N_OUT]
    s.out_times[n] = time
    s.out[n * OUT_WIDTH + OUT_ORDER] = order_of(kind, tie)
    s.out[n * OUT_WIDTH + OUT_TARGET] = target
    s.out[n * OUT_WIDTH + OUT_GENERATION] = generation
    s.scalars[N_OUT] = n + 1


@small
def at_contact(s, time, kind, contact):
    """An event of a contact; it is stale once the contact has moved on (its generation differs)."""
    c = contact * CONTACT_WIDTH
    tie = s.needs[s.contacts[c + C_NEED] * NEED_WIDTH + NEED_ID] * TIE_CONTACTS + s.contacts[c + C_SERIAL] % TIE_CONTACTS
    at(s, time, kind, tie, contact, s.contacts[c + C_GENERATION])


# --- needs and contacts ---------------------------------------------------------------------------
@compiled
def take_need(s):
    """A free row for a need."""
    need = s.scalars[FREE_NEED]
    s.scalars[FREE_NEED] = s.needs[need * NEED_WIDTH + NEED_NEXT]
    s.scalars[FREE_NEEDS] -= 1
    for i in range(NEED_WIDTH):
        s.needs[need * NEED_WIDTH + i] = 0
    for i in range(NEED_TIMES):
        s.need_times[need * NEED_TIMES + i] = 0.0
    return need


@compiled
def take_contact(s, need, channel, k, leg, now):
    """A free row for a contact of a need, not yet in any queue."""
    contact = s.scalars[FREE_CONTACT]
    c = contact * CONTACT_WIDTH
    s.scalars[FREE_CONTACT] = s.contacts[c + C_NEXT]
    s.scalars[FREE_CONTACTS] -= 1
    generation = s.contacts[c + C_GENERATION] + 1
    for i in range(CONTACT_WIDTH):
        s.contacts[c + i] = NONE
    n = need * NEED_WIDTH
    s.contacts[c + C_GENERATION] = generation
    s.contacts[c + C_NEED] = need
    s.contacts[c + C_CHANNEL] = channel
    s.contacts[c + C_K] = k
    s.contacts[c + C_LEG] = leg
    s.contacts[c + C_STAGE] = 0
    s.contacts[c + C_STATE] = COMING
    s.contacts[c + C_SERIAL] = s.needs[n + NEED_NEXT]  # while a need lives, this field counts its contacts
    s.needs[n + NEED_NEXT] += 1
    s.needs[n + OPEN_CONTACTS] += 1
    t = contact * CONTACT_TIMES
    for i in range(CONTACT_TIMES):
        s.contact_times[t + i] = 0.0
    s.contact_times[t + CONTACT_SINCE] = now
    s.contact_times[t + REMAINING_MIN] = -1.0
    s.contact_times[t + STARTED_AT] = -1.0
    return contact


@compiled
def drop_contact(s, contact, now):
    """A contact has come to its end; the need is finished with its last one."""
    c = contact * CONTACT_WIDTH
    need = s.contacts[c + C_NEED]
    s.contacts[c + C_GENERATION] += 1
    s.contacts[c + C_NEXT] = s.scalars[FREE_CONTACT]
    s.scalars[FREE_CONTACT] = contact
    s.scalars[FREE_CONTACTS] += 1
    s.needs[need * NEED_WIDTH + OPEN_CONTACTS] -= 1
    if s.needs[need * NEED_WIDTH + OPEN_CONTACTS] == 0:
        file_need(s, need, now)
        s.needs[need * NEED_WIDTH + NEED_NEXT] = s.scalars[FREE_NEED]
        s.scalars[FREE_NEED] = need
        s.scalars[FREE_NEEDS] += 1


@compiled
def file_need(s, need, now):
    """Put the account of a need on the list of finished ones (or of open ones, at the horizon)."""
    row = s.scalars[N_DONE]
    s.scalars[N_DONE] = row + 1
    d, n, t = row * DONE_WIDTH, need * NEED_WIDTH, need * NEED_TIMES
    s.done[d + D_ID] = s.needs[n + NEED_ID]
    s.done[d + D_MUNICIPALITY] = s.needs[n + MUNICIPALITY]
    s.done[d + D_SEGMENT] = s.needs[n + SEGMENT]
    s.done[d + D_SERVICE] = s.needs[n + SERVICE]
    s.done[d + D_EXPERT] = s.needs[n + EXPERT]
    s.done[d + D_STATE] = s.needs[n + NEED_STATE]
    s.done[d + D_REASON] = s.needs[n + REASON]
    s.done[d + D_CONTACTS] = s.needs[n + N_CONTACTS]
    s.done[d + D_FAILURES] = s.needs[n + N_FAILURES]
    s.done[d + D_FLAGS] = s.needs[n + NEED_FLAGS]
    s.done[d + D_FIRST_CHANNEL] = s.needs[n + FIRST_CHANNEL]
    s.done[d + D_VISITS] = s.needs[n + N_VISITS]
    for i in range(NEED_TIMES):
        s.done_times[row * NEED_TIMES + i] = s.need_times[t + i]
    s.done_times[row * NEED_TIMES + FINISHED_AT] = now


@compiled
def record(s, contact, outcome, pool, now):
    """One line for one leg of a contact, if records are kept."""
    if s.scalars[KEEP_RECORDS] == 0:
        return
    row = s.scalars[N_RECORDS]
    s.scalars[N_RECORDS] = row + 1
    r, t = row * RECORD_WIDTH, row * RECORD_TIMES
    c, ct = contact * CONTACT_WIDTH, contact * CONTACT_TIMES
    need = s.contacts[c + C_NEED] * NEED_WIDTH
    s.records[r + REC_NEED] = s.needs[need + NEED_ID]
    s.records[r + REC_CHANNEL] = s.contacts[c + C_CHANNEL]
    s.records[r + REC_K] = s.contacts[c + C_K]
    s.records[r + REC_LEG] = s.contacts[c + C_LEG]
    s.records[r + REC_CLASS] = s.contacts[c + C_CLASS]
    s.records[r + REC_OUTCOME] = outcome
    s.records[r + REC_POOL] = pool
    s.records[r + REC_PERSON] = s.contacts[c + C_PERSON]
    s.records[r + REC_STAGE] = s.contacts[c + C_STAGE]
    s.records[r + REC_PLACE] = s.contacts[c + C_PLACE]
    s.records[r + REC_EXPERT] = s.needs[need + EXPERT]
    s.records[r + REC_SERIAL] = s.contacts[c + C_SERIAL]
    s.record_times[t + REC_SINCE] = s.contact_times[ct + CONTACT_SINCE]
    s.record_times[t + REC_QUEUED] = s.contact_times[ct + QUEUED_SINCE]
    s.record_times[t + REC_STARTED] = s.contact_times[ct + STARTED_AT]
    s.record_times[t + REC_ENDED] = now
    s.record_times[t + REC_WORKED] = s.contact_times[ct + WORKED_MIN]


# --- waits ----------------------------------------------------------------------------------------
@compiled
def bin_of(s, value):
    """Histogram bin of a wait: 0 below 1/16 unit, then 127 bins each a factor 1.06 wide."""
    low, high = 0, HISTOGRAM_BINS - 1
    while low < high:
        middle = (low + high) // 2
        if value < s.bins[middle]:
            high = middle
        else:
            low = middle + 1
    return low


@compiled
def count_wait(s, w, kind, need, wait):
    """Add a wait (minutes) to its kind's histograms by service, municipality and segment."""
    n = need * NEED_WIDTH
    n_services, n_places = w.sizes[N_SERVICES], w.sizes[N_MUNICIPALITIES]
    base = kind * (n_services + n_places + w.sizes[N_SEGMENTS])
    b = bin_of(s, wait / w.wait_unit_min[kind])
    for i in range(3):
        if i == 0:
            group = base + s.needs[n + SERVICE]
        elif i == 1:
            group = base + n_services + s.needs[n + MUNICIPALITY]
        else:
            group = base + n_services + n_places + s.needs[n + SEGMENT]
        s.histogram[group * HISTOGRAM_BINS + b] += 1
        s.wait_sums[group * 2] += 1.0
        s.wait_sums[group * 2 + 1] += wait


# --- queues ---------------------------------------------------------------------------------------
@small
def queue_changes(s, of_class, now):
    """Bring the area under the queue's length up to date before the length changes."""
    t = of_class * CLASS_TALLY_WIDTH
    length = s.queues[of_class * QUEUE_WIDTH + QUEUE_LENGTH]
    s.class_tally[t + QUEUE_AREA] += length * (now - s.class_tally[t + QUEUE_SINCE])
    s.class_tally[t + QUEUE_SINCE] = now


@compiled
def enqueue(s, w, contact, now):
    """A contact waits from now on: at the tail of its class; its patience and its first stage are set going."""
    c = contact * CONTACT_WIDTH
    of_class = s.contacts[c + C_CLASS]
    q = of_class * QUEUE_WIDTH
    queue_changes(s, of_class, now)
    tail = s.queues[q + TAIL]
    s.contacts[c + C_PREVIOUS] = tail
    s.contacts[c + C_NEXT] = NONE
    if tail == NONE:
        s.queues[q + HEAD] = contact
    else:
        s.contacts[tail * CONTACT_WIDTH + C_NEXT] = contact
    s.queues[q + TAIL] = contact
    s.queues[q + QUEUE_LENGTH] += 1
    s.contacts[c + C_STATE] = QUEUED
    patience = w.classes[of_class * CLASS_WIDTH + CLASS_PATIENCE]
    if patience != NONE:
        n = s.contacts[c + C_NEED] * NEED_WIDTH
        leg = s.contacts[c + C_LEG]
        since = now
        if w.classes[of_class * CLASS_WIDTH + CARRIES_PATIENCE] == 1:
            leg = 0
            since = s.contact_times[contact * CONTACT_TIMES + CONTACT_SINCE]
        u = uniform(s.needs[n + LUCK], s.contacts[c + C_CHANNEL], s.contacts[c + C_K], leg, PATIENCE)
        ends = since + grid(quantile(w.distribution, w.curves, patience, u))
        if ends < NEVER:
            at_contact(s, ends if ends > now else now, PATIENCE_ENDS, contact)
    schedule_stage(s, w, contact)


@compiled
def schedule_stage(s, w, contact):
    """Set the time at which a waiting contact rises to its next stage, if there is one."""
    c = contact * CONTACT_WIDTH
    base = s.contacts[c + C_CLASS] * CLASS_WIDTH
    stage = s.contacts[c + C_STAGE]
    if stage + 1 < w.classes[base + N_STAGES]:
        after = w.stage_after_min[w.classes[base + FIRST_STAGE] + stage]
        at_contact(s, s.contact_times[contact * CONTACT_TIMES + QUEUED_SINCE] + after, STAGE_RISES, contact)


@compiled
def return_to_head(s, contact, now):
    """The rest of an item goes back to the head of its queue with its age (decisions 8)."""
    c = contact * CONTACT_WIDTH
    of_class = s.contacts[c + C_CLASS]
    q = of_class * QUEUE_WIDTH
    queue_changes(s, of_class, now)
    head = s.queues[q + HEAD]
    s.contacts[c + C_PREVIOUS] = NONE
    s.contacts[c + C_NEXT] = head
    if head == NONE:
        s.queues[q + TAIL] = contact
    else:
        s.contacts[head * CONTACT_WIDTH + C_PREVIOUS] = contact
    s.queues[q + HEAD] = contact
    s.queues[q + QUEUE_LENGTH] += 1
    s.contacts[c + C_STATE] = QUEUED


@compiled
def dequeue(s, contact, now):
    """A contact leaves its queue, from wherever in it; its stale events are void from now on."""
    c = contact * CONTACT_WIDTH
    of_class = s.contacts[c + C_CLASS]
    q = of_class * QUEUE_WIDTH
    queue_changes(s, of_class, now)
    before, after = s.contacts[c + C_PREVIOUS], s.contacts[c + C_NEXT]
    if before == NONE:
        s.queues[q + HEAD] = after
    else:
        s.contacts[before * CONTACT_WIDTH + C_NEXT] = after
    if after == NONE:
        s.queues[q + TAIL] = before
    else:
        s.contacts[after * CONTACT_WIDTH + C_PREVIOUS] = before
    s.queues[q + QUEUE_LENGTH] -= 1
    s.contacts[c + C_GENERATION] += 1


# --- idle persons ---------------------------------------------------------------------------------
@compiled
def usable_block(s, pool, minutes):
    """Count a stretch of an idle layer if it is long enough to be used (decisions 7)."""
    u = pool * USABLE_WIDTH
    if minutes >= 30.0:
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


# --- work -----------------------------------------------------------------------------------------
@compiled
def handling_min(s, w, contact, pair):
    """Minutes that this contact takes with this pool: drawn once at its first start, on the grid, at least a tick."""
    c = contact * CONTACT_WIDTH
    n = s.contacts[c + C_NEED] * NEED_WIDTH
    service = s.needs[n + SERVICE]
    channel = s.contacts[c + C_CHANNEL]
    k, leg = s.contacts[c + C_K], s.contacts[c + C_LEG]
    if w.options[SHARED_LENGTH] > 0.0 and k == 0:
        u = uniform(s.needs[n + LUCK], 0, 0, 0, LENGTH)  # how long the matter is, whoever hears it first
    else:
        u = uniform(s.needs[n + LUCK], channel, k, leg, LENGTH)
    row = w.pairs[pair * PAIR_WIDTH + PAIR_HANDLING]
    if row == NONE:
        row = w.handling[service * w.sizes[N_CHANNELS] + channel]
    minutes = quantile(w.distribution, w.curves, row, u) * w.segment_factor[s.needs[n + SEGMENT]] * w.pair_scale[pair]
    pool = w.pairs[pair * PAIR_WIDTH + PAIR_POOL]
    if s.needs[n + EXPERT] == 1 and w.able[pool * w.sizes[N_SERVICES] + service] == 0:
        minutes *= w.options[GENERALIST_HANDLING]
    minutes = min(minutes, w.options[LONGEST_CONTACT_MIN])
    minutes = grid(minutes + w.after_work_min[s.contacts[c + C_CLASS]])
    return minutes if minutes > TICK_MIN else TICK_MIN


@compiled
def start_work(s, w, person, contact, pair, now):
    """A person begins a contact, or the next slice of an item; the engine is asked for its end."""
    c, t = contact * CONTACT_WIDTH, contact * CONTACT_TIMES
    p = person * PERSON_WIDTH
    of_class = s.contacts[c + C_CLASS]
    if s.contacts[c + C_STATE] == QUEUED:
        dequeue(s, contact, now)
    if s.persons[p + P_STATE] == IDLE:
        stop_being_idle(s, w, person, now)
    if s.contact_times[t + REMAINING_MIN] < 0.0:
        s.contact_times[t + REMAINING_MIN] = handling_min(s, w, contact, pair)
    if s.contact_times[t + STARTED_AT] < 0.0:
        s.contact_times[t + STARTED_AT] = now
        count_start(s, w, contact, now)
    minutes = min(s.contact_times[t + REMAINING_MIN], w.slice_min[of_class])
    s.contacts[c + C_STATE] = IN_WORK
    s.contacts[c + C_PERSON] = person
    s.persons[p + P_STATE] = BUSY
    s.persons[p + P_CONTACT] = contact
    s.persons[p + P_PAIR] = pair
    s.persons[p + P_GENERATION] += 1
    s.person_times[person * PERSON_TIMES + SINCE] = now
    if now > s.person_times[person * PERSON_TIMES + SHIFT_END] + LONGEST_OVERTIME_MIN:
        s.scalars[FAULT] = LONG_OVERTIME
    at(s, now + minutes, WORK_ENDS, person, person, s.persons[p + P_GENERATION])


@compiled
def count_start(s, w, contact, now):
    """Count the wait that ends because work begins."""
    c, t = contact * CONTACT_WIDTH, contact * CONTACT_TIMES
    of_class = s.contacts[c + C_CLASS]
    need = s.contacts[c + C_NEED]
    wait = now - s.contact_times[t + QUEUED_SINCE]
    tally = of_class * CLASS_TALLY_WIDTH
    s.class_tally[tally + N_STARTED] += 1.0
    s.class_tally[tally + WAIT_SERVED] += wait
    if wait > 0.0:
        s.class_tally[tally + N_WAITED] += 1.0
    if wait <= w.options[TARGET_MIN]:
        s.class_tally[tally + N_WITHIN] += 1.0
    count_wait(s, w, w.classes[of_class * CLASS_WIDTH + WAIT_KIND], need, wait)
    if w.classes[of_class * CLASS_WIDTH + MODE] != ITEM:
        s.need_times[need * NEED_TIMES + WAITED_MIN] += wait


@compiled
def charge(s, w, person, now):
    """Write the minutes worked since the last charge to ledger, need, pair and person."""
    p = person * PERSON_WIDTH
    pool, contact, pair = s.persons[p + P_POOL], s.persons[p + P_CONTACT], s.persons[p + P_PAIR]
    since = s.person_times[person * PERSON_TIMES + SINCE]
    minutes = now - since
    c = contact * CONTACT_WIDTH
    need = s.contacts[c + C_NEED]
    expert = s.needs[need * NEED_WIDTH + EXPERT]
    if s.contacts[c + C_CHANNEL] == w.sizes[CASEWORK_CHANNEL]:
        account = EXPERTISE_CASEWORK_MIN if expert == 1 else ROUTINE_CASEWORK_MIN
    else:
        account = EXPERTISE_MIN if expert == 1 else ROUTINE_MIN
    s.ledger[pool * LEDGER_WIDTH + account] += minutes
    shift_end = s.person_times[person * PERSON_TIMES + SHIFT_END]
    if now > shift_end:
        s.ledger[pool * LEDGER_WIDTH + OVERTIME] += now - max(since, shift_end)
    role = w.pools[pool * POOL_WIDTH + ROLE]
    t = need * NEED_TIMES
    if role == GENERALIST:
        s.need_times[t + GENERALIST_MIN] += minutes
    elif role == ADVISER:
        s.need_times[t + ADVISER_MIN] += minutes
    elif role == NATIONAL:
        s.need_times[t + NATIONAL_MIN] += minutes
    else:
        s.need_times[t + SPECIALIST_MIN] += minutes
    s.pair_busy[pair] += minutes
    s.contact_times[contact * CONTACT_TIMES + WORKED_MIN] += minutes
    s.contact_times[contact * CONTACT_TIMES + REMAINING_MIN] -= minutes
    s.person_times[person * PERSON_TIMES + PERSON_WORKED] += minutes
    s.person_times[person * PERSON_TIMES + SINCE] = now


@compiled
def end_work(s, w, person, now):
    """A person's piece of work is over: charge it; the person is free, in no list yet. Returns the contact."""
    p = person * PERSON_WIDTH
    charge(s, w, person, now)
    contact = s.persons[p + P_CONTACT]
    s.persons[p + P_CONTACT] = NONE
    s.persons[p + P_STATE] = OFF
    s.persons[p + P_GENERATION] += 1
    s.contacts[contact * CONTACT_WIDTH + C_ROLE] = w.pools[s.persons[p + P_POOL] * POOL_WIDTH + ROLE]
    return contact


@compiled
def leave_queue(s, contact, now):
    """A waiting contact goes away unserved: its wait is counted, its row lives on for what follows."""
    of_class = s.contacts[contact * CONTACT_WIDTH + C_CLASS]
    wait = now - s.contact_times[contact * CONTACT_TIMES + QUEUED_SINCE]
    s.class_tally[of_class * CLASS_TALLY_WIDTH + WAIT_LEFT] += wait
    need = s.contacts[contact * CONTACT_WIDTH + C_NEED]
    s.need_times[need * NEED_TIMES + WAITED_MIN] += wait
    dequeue(s, contact, now)


@compiled
def settle_need(s, need, state, reason, now):
    """A need is resolved, or given up for a reason; the first such verdict stands."""
    n = need * NEED_WIDTH
    if s.needs[n + NEED_STATE] != 0:
        return
    s.needs[n + NEED_STATE] = state
    s.needs[n + REASON] = reason
    s.need_times[need * NEED_TIMES + RESOLVED_AT] = now
