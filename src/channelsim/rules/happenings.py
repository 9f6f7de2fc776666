"""What each kind of event means: the story of contacts and of people, told once for both engines.

`happens` is the one door: the engine calls it with the time and the event, and empties the out tray afterwards.
After each event, before the next of the same instant, a freed person asks choose_contact once and a
contact set loose asks choose_pool once (decisions 10).
"""

from __future__ import annotations

from channelsim.compiled import compiled, small
from channelsim.randomness import (
    ADVICE,
    CAR,
    CASEWORK,
    CHECKED,
    CLOSES,
    COMPLETES,
    DELAY,
    EXPERTISE,
    HOUR,
    INDUCED,
    NEXT,
    NO_SHOW,
    PRESENTS,
    REACHABLE,
    REPEATS,
    SELF_SERVICE,
    WEB_CAPABLE,
    WEB_OR_NOT,
    luck_of,
    quantile,
    uniform,
)  # fmt: skip
from channelsim.rules.bookkeeping import (
    at,
    at_contact,
    become_idle,
    charge,
    count_wait,
    cut_layers,
    drop_contact,
    end_work,
    enqueue,
    grid,
    leave_queue,
    record,
    return_to_head,
    schedule_stage,
    settle_need,
    start_work,
    stop_being_idle,
    take_contact,
    take_need,
)  # fmt: skip
from channelsim.rules.choices import book_slot, choose_contact, choose_point, choose_pool, next_contact, opening, travel_of
from channelsim.rules.kinds import (
    APPOINTMENT_DUE,
    CONTACT_ARRIVES,
    PATIENCE_ENDS,
    ROSTER_STEP,
    STAGE_RISES,
    TABLE_STEP,
    WORK_ENDS,
)  # fmt: skip
from channelsim.rules.state import (
    AROSE,
    BUSY,
    C_BOOK,
    C_CHANNEL,
    C_CLASS,
    C_GENERATION,
    C_K,
    C_LEG,
    C_NEED,
    C_PLACE,
    C_ROLE,
    C_STAGE,
    C_STATE,
    C_VARIANT,
    CLASS_TALLY_WIDTH,
    COMING,
    CONTACT_SINCE,
    CONTACT_TIMES,
    CONTACT_WIDTH,
    DUE_AT,
    DUTY,
    DUTY_LEFT,
    EXPERT,
    FIRST_CHANNEL,
    FLAG_ADVICE,
    FLAG_CAR,
    FLAG_REACHABLE,
    FLAG_WEB,
    GIVEN_UP,
    HAS_SLOT,
    HEAD,
    HOLD,
    IDLE,
    IDLE_COUNT,
    IDLE_HEAD,
    K_BY_CHANNEL,
    LEAD_MIN,
    LEDGER_WIDTH,
    LENGTH,
    LUCK,
    MUNICIPALITY,
    N_ABANDONED,
    N_BLOCKED,
    N_CONTACTS,
    N_EVENTS,
    N_FAILURES,
    N_HANDED_OVER,
    N_NO_SHOW,
    N_SENT_HOME,
    N_SERVED,
    N_VISITS,
    NEED_FLAGS,
    NEED_ID,
    NEED_TIMES,
    NEED_WIDTH,
    OFF,
    OFFERED,
    ON_DUTY,
    ON_ITS_OWN,
    P_GENERATION,
    P_POOL,
    P_STATE,
    PAID,
    PAID_SINCE,
    PERSON_TIMES,
    PERSON_WIDTH,
    POOL_STATE_WIDTH,
    QUEUE_WIDTH,
    QUEUED,
    QUEUED_SINCE,
    R_CLOSING,
    R_NO_SHOW,
    R_NO_SLOT,
    R_OTHER,
    R_PHONE_QUEUE,
    R_TRAVEL,
    R_VISIT_QUEUE,
    R_WEB,
    REMAINING_MIN,
    RESOLVED,
    SEGMENT,
    SERVICE,
    SHIFT_END,
    SINCE,
    STARTED_AT,
    TRAVEL_KM,
    TRAVEL_MIN,
    WORKED_MIN,
)  # fmt: skip
from channelsim.scenario.roster import COME, COME_TIE, LEAVE
from channelsim.scenario.tables import (
    ABANDONED,
    BLOCKED,
    BOOK_CLASS,
    BOOK_POOL,
    BOOK_TIMES,
    BOOK_WIDTH,
    BY_POINT,
    CALENDAR,
    CASEWORK_CHANNEL,
    CHECK,
    CLASS_WIDTH,
    CLOSED_TO,
    COMPLETED,
    CONTACT,
    FAILED,
    FIRST_SLOT,
    GENERALIST,
    GENERALIST_CLOSES,
    GIVE_UP,
    HANDED_OVER,
    HOLD_BEFORE,
    MIN_BREAK_LEFT_MIN,
    MODE,
    N_CHANNELS,
    N_MUNICIPALITIES,
    N_ROLES,
    N_SERVICES,
    N_SLOTS,
    NO_SLOT,
    NONE,
    PAIR_CLASS,
    PAIR_POOL,
    PAIR_WIDTH,
    PHONE,
    QUEUE_LIMIT,
    RESOLVE,
    RING_DAYS,
    SELF,
    SEND_HOME,
    SENT_HOME,
    SERVED,
    SLOT_LENGTH,
    SPECIALIST,
    TRANSFER,
    TRIAGE,
    VISIT,
    WAIT_KIND,
    WAITING,
    WEB,
)  # fmt: skip
from channelsim.scenario.tables import NO_SHOW as NO_SHOW_OUTCOME
from channelsim.units import DAY_MIN, NEVER

WANTS_SLOT = -2  # in place of a book: this contact goes for an appointment


# --- needs ----------------------------------------------------------------------------------------
@compiled
def flags_of(w, luck, segment, municipality):
    """Whether the customer can use the web, has a car, and can reach a point at all (design 4.2, decisions 28)."""
    flags = 0
    if uniform(luck, 0, 0, 0, WEB_CAPABLE) < w.capable_share[segment]:
        flags |= FLAG_WEB
    if uniform(luck, 0, 0, 0, CAR) >= w.no_car_share[segment]:
        flags |= FLAG_CAR | FLAG_REACHABLE
    elif uniform(luck, 0, 0, 0, REACHABLE) >= w.unreachable_share[municipality]:
        flags |= FLAG_REACHABLE
    return flags


@compiled
def arise(s, w, key, need_id, municipality, segment, service, channel, now):
    """A need arises with its first contact through `channel`."""
    need = take_need(s)
    n = need * NEED_WIDTH
    luck = luck_of(key, need_id)
    flags = flags_of(w, luck, segment, municipality)
    if channel == w.sizes[WEB]:
        increment = uniform(luck, 0, 0, 0, WEB_OR_NOT) >= w.web_share_before[segment * w.sizes[N_SERVICES] + service]
        if increment and uniform(luck, 0, 0, 0, ADVICE) < w.advice_share[service]:
            flags |= FLAG_ADVICE
    s.needs[n + NEED_ID] = need_id
    s.needs[n + LUCK] = luck
    s.needs[n + MUNICIPALITY] = municipality
    s.needs[n + SEGMENT] = segment
    s.needs[n + SERVICE] = service
    s.needs[n + NEED_FLAGS] = flags
    s.needs[n + EXPERT] = 1 if uniform(luck, 0, 0, 0, EXPERTISE) < w.expertise_share[service] else 0
    s.needs[n + FIRST_CHANNEL] = channel
    s.need_times[need * NEED_TIMES + AROSE] = now
    s.needs[n + N_CONTACTS] = 1
    s.channel_contacts[channel] += 1
    s.needs[n + K_BY_CHANNEL + channel % 8] = 1
    present(s, w, take_contact(s, need, channel, 0, 0, now), now)


@compiled
def begin_contact(s, need, channel, counted, time):
    """A customer will make another contact at `time`; `counted` is False for a redial of the same matter.

    It arrives by an event of its own even if the time is now, so that no event runs inside another.
    """
    n = need * NEED_WIDTH
    k = s.needs[n + K_BY_CHANNEL + channel % 8]
    s.needs[n + K_BY_CHANNEL + channel % 8] = k + 1
    if counted:
        s.needs[n + N_CONTACTS] += 1
        s.channel_contacts[channel] += 1
    at_contact(s, time, CONTACT_ARRIVES, take_contact(s, need, channel, k, 0, time))


@compiled
def presented_variant(s, w, need, channel):
    """0 where nothing or a routine matter is seen, 1 where triage reads the signal of an expert one (decisions 4)."""
    if w.options[TRIAGE] == 0.0:
        return 0
    n = need * NEED_WIDTH
    u = uniform(s.needs[n + LUCK], channel, 0, 0, PRESENTS)
    if s.needs[n + EXPERT] == 1:
        return 1 if u < w.sensitivity[channel] else 0
    return 1 if u >= w.specificity[channel] else 0


@compiled
def present(s, w, contact, now):
    """A contact finds where it belongs: a line, a place after a trip, an appointment, or nothing."""
    c = contact * CONTACT_WIDTH
    if s.contacts[c + C_CLASS] != NONE:
        join(s, w, contact, now)
        return
    need = s.contacts[c + C_NEED]
    n = need * NEED_WIDTH
    channel, service = s.contacts[c + C_CHANNEL], s.needs[n + SERVICE]
    if s.contacts[c + C_VARIANT] == NONE:
        s.contacts[c + C_VARIANT] = presented_variant(s, w, need, channel)
    books = w.channel_books[(channel * w.sizes[N_SERVICES] + service) * 2 + s.contacts[c + C_VARIANT]]
    if books == 1 or s.contacts[c + C_BOOK] == WANTS_SLOT:
        book(s, w, contact, now)
    elif w.channel_mode[channel] == BY_POINT:
        set_out(s, w, contact, now)
    else:
        row = (channel * w.sizes[N_SERVICES] + service) * w.sizes[N_MUNICIPALITIES] + s.needs[n + MUNICIPALITY]
        of_class = w.entry_class[row * 2 + s.contacts[c + C_VARIANT]]
        if of_class == NONE:
            follow(s, w, contact, NONE, GENERALIST, CLOSED_TO, now)
            return
        calendar = w.classes[of_class * CLASS_WIDTH + CALENDAR]
        if calendar != NONE:
            u = uniform(s.needs[n + LUCK], channel, s.contacts[c + C_K], s.contacts[c + C_LEG], HOUR)
            moment = opening(w, calendar, w.channel_profile[channel], now, u)
            if moment > now:
                s.contact_times[contact * CONTACT_TIMES + CONTACT_SINCE] = moment
                at_contact(s, moment, CONTACT_ARRIVES, contact)
                return
        s.contacts[c + C_CLASS] = of_class
        join(s, w, contact, now)


@compiled
def set_out(s, w, contact, now):
    """A visitor chooses a point and travels there (design 4.6)."""
    c = contact * CONTACT_WIDTH
    need = s.contacts[c + C_NEED]
    n = need * NEED_WIDTH
    flags, service = s.needs[n + NEED_FLAGS], s.needs[n + SERVICE]
    candidate, arrives = NONE, NEVER
    if flags & FLAG_REACHABLE != 0:
        u = uniform(s.needs[n + LUCK], s.contacts[c + C_CHANNEL], s.contacts[c + C_K], 0, HOUR)
        candidate, arrives = choose_point(w, service, s.needs[n + MUNICIPALITY], now, flags, u)
    if candidate == NONE:
        follow(s, w, contact, NONE, GENERALIST, CLOSED_TO, now)
        return
    place = w.walk_in_place[candidate]
    s.contacts[c + C_PLACE] = place
    s.contacts[c + C_CLASS] = w.place_class[(place * w.sizes[N_SERVICES] + service) * 2 + s.contacts[c + C_VARIANT]]
    s.contact_times[contact * CONTACT_TIMES + CONTACT_SINCE] = arrives
    charge_trip(s, w, need, w.walk_in_min[candidate], w.walk_in_km[candidate])
    s.place_visits[place] += 1
    if arrives > now:
        at_contact(s, arrives, CONTACT_ARRIVES, contact)
    else:
        join(s, w, contact, now)


@compiled
def charge_trip(s, w, need, minutes, km):
    """There and back, charged to the customer; without a car the kilometres are the bus's."""
    t = need * NEED_TIMES
    flags = s.needs[need * NEED_WIDTH + NEED_FLAGS]
    s.need_times[t + TRAVEL_MIN] += 2.0 * travel_of(w, minutes, flags)
    s.need_times[t + TRAVEL_KM] += 2.0 * km
    s.needs[need * NEED_WIDTH + N_VISITS] += 1


@compiled
def join(s, w, contact, now):
    """A contact is there: served on its own, taken at once, queued, or turned away at a full line."""
    c = contact * CONTACT_WIDTH
    t = contact * CONTACT_TIMES
    of_class = s.contacts[c + C_CLASS]
    s.contact_times[t + QUEUED_SINCE] = now
    s.class_tally[of_class * CLASS_TALLY_WIDTH + OFFERED] += 1.0
    if w.classes[of_class * CLASS_WIDTH + MODE] == SELF:
        n = s.contacts[c + C_NEED] * NEED_WIDTH
        row = w.handling[s.needs[n + SERVICE] * w.sizes[N_CHANNELS] + s.contacts[c + C_CHANNEL]]
        u = uniform(s.needs[n + LUCK], s.contacts[c + C_CHANNEL], s.contacts[c + C_K], 0, SELF_SERVICE)
        s.contacts[c + C_STATE] = ON_ITS_OWN
        s.contact_times[t + STARTED_AT] = now
        at_contact(s, now + grid(quantile(w.distribution, w.curves, row, u)), CONTACT_ARRIVES, contact)
        return
    pair = choose_pool(s, w, of_class, 0)
    if pair != NONE:
        person = s.pools[w.pairs[pair * PAIR_WIDTH + PAIR_POOL] * POOL_STATE_WIDTH + IDLE_HEAD]
        start_work(s, w, person, contact, pair, now)
        return
    limit = w.classes[of_class * CLASS_WIDTH + QUEUE_LIMIT]
    if limit != NONE and s.queues[of_class * QUEUE_WIDTH + LENGTH] >= limit:
        s.class_tally[of_class * CLASS_TALLY_WIDTH + N_BLOCKED] += 1.0
        follow(s, w, contact, NONE, GENERALIST, BLOCKED, now)
    else:
        enqueue(s, w, contact, now)


@compiled
def set_loose(s, w, contact, now):
    """A waiting contact asks choose_pool once."""
    c = contact * CONTACT_WIDTH
    pair = choose_pool(s, w, s.contacts[c + C_CLASS], s.contacts[c + C_STAGE])
    if pair != NONE:
        person = s.pools[w.pairs[pair * PAIR_WIDTH + PAIR_POOL] * POOL_STATE_WIDTH + IDLE_HEAD]
        start_work(s, w, person, contact, pair, now)


# --- appointments ---------------------------------------------------------------------------------
@compiled
def book(s, w, contact, now):
    """The contact takes the earliest free slot of a pool that may serve it (decisions 19)."""
    c = contact * CONTACT_WIDTH
    t = contact * CONTACT_TIMES
    n = s.contacts[c + C_NEED] * NEED_WIDTH
    n_books = len(s.first_free_day)
    slots_max = len(s.slots) // (n_books * RING_DAYS)
    candidate, day, slot = book_slot(s, w, s.needs[n + SERVICE], s.needs[n + MUNICIPALITY], now, slots_max)
    if candidate == NONE:
        follow(s, w, contact, NONE, GENERALIST, NO_SLOT, now)
        return
    taken = w.bookable[candidate]
    take_slot(s, w, taken, day, slot, slots_max)
    times = taken * BOOK_TIMES
    due = day * DAY_MIN + w.book_times[times + FIRST_SLOT] + slot * w.book_times[times + SLOT_LENGTH]
    s.contacts[c + C_CLASS] = w.books[taken * BOOK_WIDTH + BOOK_CLASS]
    s.contacts[c + C_BOOK] = candidate
    s.contacts[c + C_STATE] = HAS_SLOT
    s.contacts[c + C_STAGE] = 0
    s.contact_times[t + QUEUED_SINCE] = now
    s.contact_times[t + DUE_AT] = due
    s.contact_times[t + REMAINING_MIN] = -1.0
    s.contact_times[t + STARTED_AT] = -1.0
    s.book_tally[taken * 4] += 1
    held_from = due - w.book_times[times + HOLD_BEFORE]
    if held_from < due:
        at_contact(s, held_from if held_from > now else now, TABLE_STEP, contact)
    at_contact(s, due, APPOINTMENT_DUE, contact)


@compiled
def take_slot(s, w, taken, day, slot, slots_max):
    """One slot fewer; days that are full are not looked at again."""
    s.slots[(taken * RING_DAYS + day % RING_DAYS) * slots_max + slot] -= 1
    first = s.first_free_day[taken]
    while first <= day:
        row = (taken * RING_DAYS + first % RING_DAYS) * slots_max
        for i in range(w.books[taken * BOOK_WIDTH + N_SLOTS]):
            if s.slots[row + i] > 0:
                s.first_free_day[taken] = first
                return
        first += 1
    s.first_free_day[taken] = first


@compiled
def hold_begins(s, w, contact, now):
    """Shortly before an appointment its pool keeps one more person back."""
    c = contact * CONTACT_WIDTH
    taken = w.bookable[s.contacts[c + C_BOOK]]
    s.pools[w.books[taken * BOOK_WIDTH + BOOK_POOL] * POOL_STATE_WIDTH + HOLD] += 1
    s.contacts[c + C_STAGE] = 1  # while it has a slot, this marks that a person is held


@compiled
def appointment_due(s, w, contact, now):
    """The hour of an appointment: the customer is there, first in the queue, or is a no-show."""
    c = contact * CONTACT_WIDTH
    t = contact * CONTACT_TIMES
    need = s.contacts[c + C_NEED]
    n = need * NEED_WIDTH
    candidate = s.contacts[c + C_BOOK]
    taken = w.bookable[candidate]
    pool = w.books[taken * BOOK_WIDTH + BOOK_POOL]
    held = s.contacts[c + C_STAGE] == 1
    if held:
        s.pools[pool * POOL_STATE_WIDTH + HOLD] -= 1
        s.contacts[c + C_STAGE] = 0
    k, leg = s.contacts[c + C_K], s.contacts[c + C_LEG]
    if k == 0 and leg == 0:
        u = uniform(s.needs[n + LUCK], 0, 0, 0, NO_SHOW)
    else:
        u = uniform(s.needs[n + LUCK], s.contacts[c + C_CHANNEL], k, leg, NO_SHOW)
    if u < w.no_show_share[s.needs[n + SERVICE]]:
        s.book_tally[taken * 4 + 2] += 1
        s.class_tally[s.contacts[c + C_CLASS] * CLASS_TALLY_WIDTH + N_NO_SHOW] += 1.0
        follow(s, w, contact, NONE, GENERALIST, NO_SHOW_OUTCOME, now)
        if held:
            examine(s, w, pool, now)
        return
    s.book_tally[taken * 4 + 1] += 1
    lead = s.contact_times[t + DUE_AT] - s.contact_times[t + QUEUED_SINCE]
    s.need_times[need * NEED_TIMES + LEAD_MIN] += lead
    count_wait(s, w, w.classes[s.contacts[c + C_CLASS] * CLASS_WIDTH + WAIT_KIND] + 1, need, lead)
    if s.contacts[c + C_CHANNEL] == w.sizes[VISIT]:
        charge_trip(s, w, need, w.booked_min[candidate], w.booked_km[candidate])
    s.contacts[c + C_STATE] = COMING
    join(s, w, contact, now)


@compiled
def examine(s, w, pool, now):
    """A reserve of the pool fell: its idle persons ask for contacts, first idle first."""
    while s.pools[pool * POOL_STATE_WIDTH + IDLE_COUNT] > 0:
        pair = choose_contact(s, w, pool, now, 0)
        if pair == NONE:
            return
        contact = s.queues[w.pairs[pair * PAIR_WIDTH + PAIR_CLASS] * QUEUE_WIDTH + HEAD]
        start_work(s, w, s.pools[pool * POOL_STATE_WIDTH + IDLE_HEAD], contact, pair, now)


# --- what follows an outcome ----------------------------------------------------------------------
@small
def reason_of(w, channel, outcome):
    """Why a need is given up when nothing follows an outcome."""
    if outcome == FAILED:
        return R_WEB
    if outcome == NO_SLOT:
        return R_NO_SLOT
    if outcome == NO_SHOW_OUTCOME:
        return R_NO_SHOW
    if outcome == SENT_HOME:
        return R_CLOSING
    if outcome == CLOSED_TO:
        return R_TRAVEL if w.channel_mode[channel] == BY_POINT else R_OTHER
    if channel == w.sizes[VISIT]:
        return R_VISIT_QUEUE
    return R_PHONE_QUEUE


@compiled
def follow(s, w, contact, pool, role, outcome, now):
    """Record an outcome and do what follows it: resolve, give up, another contact, a transfer, an appointment."""
    c = contact * CONTACT_WIDTH
    need = s.contacts[c + C_NEED]
    n = need * NEED_WIDTH
    channel, k, leg = s.contacts[c + C_CHANNEL], s.contacts[c + C_K], s.contacts[c + C_LEG]
    record(s, contact, outcome, pool, now)
    luck = s.needs[n + LUCK]
    entry = NONE
    if s.contacts[c + C_CLASS] != NONE:
        entry = next_contact(w, s.contacts[c + C_CLASS], role, outcome, uniform(luck, channel, k, leg, NEXT))
    elif outcome == CLOSED_TO and channel == w.sizes[VISIT] and w.sizes[PHONE] != NONE and k == 0:
        # no point within reach: those who may phone do so
        row = (w.sizes[PHONE] * w.sizes[N_SERVICES] + s.needs[n + SERVICE]) * w.sizes[N_MUNICIPALITIES]
        if w.entry_class[(row + s.needs[n + MUNICIPALITY]) * 2] != NONE:
            begin_contact(s, need, w.sizes[PHONE], True, now)
            drop_contact(s, contact, now)
            return
    action = NONE if entry == NONE else w.row_action[entry]
    if action == NONE:
        action = RESOLVE if outcome in (SERVED, COMPLETED) else GIVE_UP
    if action == RESOLVE:
        settle_need(s, need, RESOLVED, 0, now)
        drop_contact(s, contact, now)
    elif action == GIVE_UP:
        settle_need(s, need, GIVEN_UP, reason_of(w, channel, outcome), now)
        drop_contact(s, contact, now)
    elif action == CONTACT:
        time = now
        if w.row_delay[entry] != NONE:
            u = uniform(luck, channel, k, leg, DELAY)
            time = now + grid(quantile(w.distribution, w.curves, w.row_delay[entry], u))
        turned_away = outcome in (ABANDONED, BLOCKED, SENT_HOME)
        if not turned_away:
            s.needs[n + N_FAILURES] += 1
        again = turned_away and w.row_channel[entry] == channel
        begin_contact(s, need, w.row_channel[entry], not again, time)
        drop_contact(s, contact, now)
    else:
        if outcome == HANDED_OVER:
            s.needs[n + N_FAILURES] += 1
        hand_on(s, w, contact, action, now)


@compiled
def hand_on(s, w, contact, action, now):
    """The contact goes on as a new leg: to those with the skill on the same line or in the same house, or to a slot."""
    c, t = contact * CONTACT_WIDTH, contact * CONTACT_TIMES
    n = s.contacts[c + C_NEED] * NEED_WIDTH
    service, channel = s.needs[n + SERVICE], s.contacts[c + C_CHANNEL]
    of_class = NONE
    if action == TRANSFER and w.channel_mode[channel] == BY_POINT:
        of_class = w.place_class[(s.contacts[c + C_PLACE] * w.sizes[N_SERVICES] + service) * 2 + 1]
    elif action == TRANSFER:
        row = (channel * w.sizes[N_SERVICES] + service) * w.sizes[N_MUNICIPALITIES] + s.needs[n + MUNICIPALITY]
        of_class = w.entry_class[row * 2 + 1]
    s.contacts[c + C_CLASS] = of_class
    s.contacts[c + C_BOOK] = WANTS_SLOT if of_class == NONE else NONE
    s.contacts[c + C_GENERATION] += 1
    s.contacts[c + C_LEG] += 1
    s.contacts[c + C_VARIANT] = 1
    s.contacts[c + C_STAGE] = 0
    s.contacts[c + C_STATE] = COMING
    s.contact_times[t + STARTED_AT] = -1.0
    s.contact_times[t + REMAINING_MIN] = -1.0
    s.contact_times[t + WORKED_MIN] = 0.0
    at_contact(s, now, CONTACT_ARRIVES, contact)


@compiled
def served(s, w, contact, pool, now):
    """Work on a contact is complete: does it close the need, hand it over, or leave it open? (decisions 4)"""
    c = contact * CONTACT_WIDTH
    need = s.contacts[c + C_NEED]
    n = need * NEED_WIDTH
    of_class, channel = s.contacts[c + C_CLASS], s.contacts[c + C_CHANNEL]
    role = s.contacts[c + C_ROLE]
    tally = of_class * CLASS_TALLY_WIDTH
    if channel == w.sizes[CASEWORK_CHANNEL]:
        s.class_tally[tally + N_SERVED] += 1.0
        record(s, contact, SERVED, pool, now)
        drop_contact(s, contact, now)
        return
    luck, k, leg = s.needs[n + LUCK], s.contacts[c + C_K], s.contacts[c + C_LEG]
    share = w.closes_share[pool]
    if s.needs[n + EXPERT] == 1 and w.able[pool * w.sizes[N_SERVICES] + s.needs[n + SERVICE]] == 0:
        share *= w.options[GENERALIST_CLOSES]
    if share < 1.0 and uniform(luck, channel, k, leg, CLOSES) >= share:
        s.class_tally[tally + N_HANDED_OVER] += 1.0
        follow(s, w, contact, pool, role, HANDED_OVER, now)
        return
    s.class_tally[tally + N_SERVED] += 1.0
    s.handled[s.needs[n + SERVICE] * N_ROLES + role] += 1
    leave_casework(s, w, contact, 1 if role == SPECIALIST else 0, w.casework_share[channel], now)
    close_or_repeat(s, w, contact, pool, role, SERVED, now)


@compiled
def close_or_repeat(s, w, contact, pool, role, outcome, now):
    """A need that was dealt with is resolved, unless it is one of those that come back (design 4.11)."""
    c = contact * CONTACT_WIDTH
    need = s.contacts[c + C_NEED]
    channel = s.contacts[c + C_CHANNEL]
    u = uniform(s.needs[need * NEED_WIDTH + LUCK], channel, s.contacts[c + C_K], s.contacts[c + C_LEG], REPEATS)
    if u < w.repeat_share[channel * N_ROLES + role]:
        follow(s, w, contact, pool, role, outcome, now)
        return
    record(s, contact, outcome, pool, now)
    settle_need(s, need, RESOLVED, 0, now)
    drop_contact(s, contact, now)


@compiled
def leave_casework(s, w, contact, variant, share, now):
    """A contact leaves work behind it: a statement, a plan, an entry (design 4.9)."""
    c = contact * CONTACT_WIDTH
    need = s.contacts[c + C_NEED]
    n = need * NEED_WIDTH
    service, casework = s.needs[n + SERVICE], w.sizes[CASEWORK_CHANNEL]
    if casework == NONE or w.casework[service] == NONE or share <= 0.0:
        return
    row = (casework * w.sizes[N_SERVICES] + service) * w.sizes[N_MUNICIPALITIES] + s.needs[n + MUNICIPALITY]
    of_class = w.entry_class[row * 2 + variant]
    if of_class == NONE:
        return
    luck, channel, k, leg = s.needs[n + LUCK], s.contacts[c + C_CHANNEL], s.contacts[c + C_K], s.contacts[c + C_LEG]
    if share < 1.0 and uniform(luck, channel, k, leg, CHECKED) >= share:
        return
    minutes = grid(quantile(w.distribution, w.curves, w.casework[service], uniform(luck, channel, k, leg, CASEWORK)))
    if minutes > 0.0:
        item = take_contact(s, need, casework, k, leg, now)
        s.contacts[item * CONTACT_WIDTH + C_CLASS] = of_class
        s.contact_times[item * CONTACT_TIMES + REMAINING_MIN] = minutes
        join(s, w, item, now)


@compiled
def on_its_own_ends(s, w, contact, now):
    """A self-service attempt ends: completed, perhaps with a staff check or an extra contact, or failed (design 4.4)."""
    c = contact * CONTACT_WIDTH
    need = s.contacts[c + C_NEED]
    n = need * NEED_WIDTH
    luck, channel, k = s.needs[n + LUCK], s.contacts[c + C_CHANNEL], s.contacts[c + C_K]
    service = s.needs[n + SERVICE]
    tally = s.contacts[c + C_CLASS] * CLASS_TALLY_WIDTH
    if s.needs[n + NEED_FLAGS] & FLAG_ADVICE != 0 and k == 0:
        s.class_tally[tally + N_SERVED] += 1.0
        record(s, contact, COMPLETED, NONE, now)
        settle_need(s, need, RESOLVED, 0, now)
        drop_contact(s, contact, now)
        return
    at_share = s.needs[n + SEGMENT] * w.sizes[N_SERVICES] + service
    if uniform(luck, channel, k, 0, COMPLETES) >= w.completion[at_share]:
        s.class_tally[tally + N_HANDED_OVER] += 1.0
        follow(s, w, contact, NONE, GENERALIST, FAILED, now)
        return
    s.class_tally[tally + N_SERVED] += 1.0
    if w.induced_share[service] > 0.0 and uniform(luck, channel, k, 0, INDUCED) < w.induced_share[service]:
        s.needs[n + N_FAILURES] += 1
        u = uniform(luck, channel, k, 1, DELAY)
        later = now + grid(quantile(w.distribution, w.curves, w.induced_delay[0], u))
        begin_contact(s, need, w.sizes[PHONE], True, later)
    if w.sizes[CHECK] != NONE and uniform(luck, channel, k, 0, CHECKED) < w.checked_share[service]:
        row = (w.sizes[CHECK] * w.sizes[N_SERVICES] + service) * w.sizes[N_MUNICIPALITIES] + s.needs[n + MUNICIPALITY]
        of_class = w.entry_class[row * 2 + s.contacts[c + C_VARIANT]]
        if of_class != NONE:
            record(s, contact, COMPLETED, NONE, now)
            item = take_contact(s, need, w.sizes[CHECK], k, 0, now)
            s.contacts[item * CONTACT_WIDTH + C_CLASS] = of_class
            s.contacts[item * CONTACT_WIDTH + C_VARIANT] = s.contacts[c + C_VARIANT]
            join(s, w, item, now)
            drop_contact(s, contact, now)
            return
    leave_casework(s, w, contact, w.tray_variant[service], w.casework_share[channel], now)
    close_or_repeat(s, w, contact, NONE, GENERALIST, COMPLETED, now)


# --- people ---------------------------------------------------------------------------------------
@compiled
def set_free(s, w, person, now):
    """A person at work is free: home after the shift, off to other duties, to the next contact, or idle."""
    p, t = person * PERSON_WIDTH, person * PERSON_TIMES
    pool = s.persons[p + P_POOL]
    shift_end = s.person_times[t + SHIFT_END]
    if now >= shift_end:
        pair = choose_contact(s, w, pool, now, 1)
        if pair != NONE and serves_out(w, w.pairs[pair * PAIR_WIDTH + PAIR_CLASS], now):
            start_head(s, w, person, pair, now)
        else:
            s.persons[p + P_STATE] = OFF
        return
    if s.person_times[t + DUTY_LEFT] > 0.0:
        if shift_end - now >= w.options[MIN_BREAK_LEFT_MIN]:
            go_on_duty(s, person, now)
            return
        s.person_times[t + DUTY_LEFT] = 0.0
    pair = choose_contact(s, w, pool, now, 1)
    if pair != NONE:
        start_head(s, w, person, pair, now)
    else:
        become_idle(s, w, person, now)


@small
def serves_out(w, of_class, now):
    """After the shift people stay only for customers who are inside behind closed doors (decisions 22)."""
    base = of_class * CLASS_WIDTH
    return w.classes[base + MODE] == WAITING and w.classes[base + SEND_HOME] == 0


@compiled
def start_head(s, w, person, pair, now):
    """A person takes the head of the queue that choose_contact named."""
    contact = s.queues[w.pairs[pair * PAIR_WIDTH + PAIR_CLASS] * QUEUE_WIDTH + HEAD]
    start_work(s, w, person, contact, pair, now)


@compiled
def go_on_duty(s, person, now):
    """Other duties begin, in full from now on, at most to the end of the shift (decisions 21)."""
    p, t = person * PERSON_WIDTH, person * PERSON_TIMES
    minutes = min(s.person_times[t + DUTY_LEFT], s.person_times[t + SHIFT_END] - now)
    s.person_times[t + DUTY_LEFT] = 0.0
    s.person_times[t + SINCE] = now
    s.persons[p + P_STATE] = ON_DUTY
    s.persons[p + P_GENERATION] += 1
    at(s, now + minutes, ROSTER_STEP, COME_TIE + person, person, s.persons[p + P_GENERATION])


@compiled
def duty_ends(s, w, person, now):
    """Back from other duties."""
    p, t = person * PERSON_WIDTH, person * PERSON_TIMES
    s.ledger[s.persons[p + P_POOL] * LEDGER_WIDTH + DUTY] += now - s.person_times[t + SINCE]
    s.person_times[t + SINCE] = now
    s.persons[p + P_STATE] = OFF
    s.persons[p + P_GENERATION] += 1
    cut_layers(s, w, s.persons[p + P_POOL], now)
    set_free(s, w, person, now)


@compiled
def roster_step(s, w, person, action, pool, value, now):
    """A step of the roster: a person comes (value: end of the shift), leaves, or has other duties (value: minutes)."""
    p, t = person * PERSON_WIDTH, person * PERSON_TIMES
    state = s.persons[p + P_STATE]
    if action == COME:
        if state == BUSY:  # work has run into this shift: what lies before it was overtime
            charge(s, w, person, now)
        s.person_times[t + SHIFT_END] = value
        s.person_times[t + PAID_SINCE] = now
        s.person_times[t + DUTY_LEFT] = 0.0
        if state == BUSY:
            return
        s.persons[p + P_POOL] = pool
        cut_layers(s, w, pool, now)
        set_free(s, w, person, now)
        return
    pool = s.persons[p + P_POOL]
    cut_layers(s, w, pool, now)
    if action == LEAVE:
        s.ledger[pool * LEDGER_WIDTH + PAID] += now - s.person_times[t + PAID_SINCE]
        s.person_times[t + PAID_SINCE] = NEVER
        if state == IDLE:
            stop_being_idle(s, w, person, now)
            s.persons[p + P_STATE] = OFF
        elif state == ON_DUTY:
            s.ledger[pool * LEDGER_WIDTH + DUTY] += now - s.person_times[t + SINCE]
            s.persons[p + P_STATE] = OFF
            s.persons[p + P_GENERATION] += 1
    elif state != OFF:
        s.person_times[t + DUTY_LEFT] += value
        if state == IDLE:
            stop_being_idle(s, w, person, now)
            go_on_duty(s, person, now)


@compiled
def work_ends(s, w, person, now):
    """A piece of work is over: the contact goes its way, then the freed person asks."""
    pool = s.persons[person * PERSON_WIDTH + P_POOL]
    contact = end_work(s, w, person, now)
    if s.contact_times[contact * CONTACT_TIMES + REMAINING_MIN] > 0.0:
        return_to_head(s, contact, now)
        set_free(s, w, person, now)
        if s.contacts[contact * CONTACT_WIDTH + C_STATE] == QUEUED:
            set_loose(s, w, contact, now)
    else:
        served(s, w, contact, pool, now)
        set_free(s, w, person, now)


@compiled
def door_closes(s, w, calendar, now):
    """Queues that do not outlast closing are sent home."""
    for e in range(w.closing_start[calendar], w.closing_start[calendar + 1]):
        of_class = w.closing_class[e]
        head = s.queues[of_class * QUEUE_WIDTH + HEAD]
        while head != NONE:
            leave_queue(s, head, now)
            s.class_tally[of_class * CLASS_TALLY_WIDTH + N_SENT_HOME] += 1.0
            follow(s, w, head, NONE, GENERALIST, SENT_HOME, now)
            head = s.queues[of_class * QUEUE_WIDTH + HEAD]


@compiled
def happens(s, w, kind, target, generation, now):
    """Handle one event that was asked for through the out tray; stale ones are passed over."""
    if kind == WORK_ENDS:
        if s.persons[target * PERSON_WIDTH + P_GENERATION] == generation:
            s.scalars[N_EVENTS] += 1
            work_ends(s, w, target, now)
        return
    if kind == ROSTER_STEP:
        if s.persons[target * PERSON_WIDTH + P_GENERATION] == generation:
            s.scalars[N_EVENTS] += 1
            duty_ends(s, w, target, now)
        return
    if s.contacts[target * CONTACT_WIDTH + C_GENERATION] != generation:
        return
    s.scalars[N_EVENTS] += 1
    c = target * CONTACT_WIDTH
    if kind == CONTACT_ARRIVES:
        if s.contacts[c + C_STATE] == ON_ITS_OWN:
            on_its_own_ends(s, w, target, now)
        else:
            present(s, w, target, now)
    elif kind == STAGE_RISES:
        s.contacts[c + C_STAGE] += 1
        schedule_stage(s, w, target)
        set_loose(s, w, target, now)
    elif kind == PATIENCE_ENDS:
        of_class = s.contacts[c + C_CLASS]
        leave_queue(s, target, now)
        s.class_tally[of_class * CLASS_TALLY_WIDTH + N_ABANDONED] += 1.0
        follow(s, w, target, NONE, GENERALIST, ABANDONED, now)
    elif kind == APPOINTMENT_DUE:
        appointment_due(s, w, target, now)
    elif kind == TABLE_STEP:
        hold_begins(s, w, target, now)
