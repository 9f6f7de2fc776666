"""What follows an outcome: resolve, give up, another contact, a transfer, an appointment."""

from __future__ import annotations

from channelsim.compiled import apart, compiled, small
from channelsim.randomness import DELAY, RETURNS, quantile, uniform
from channelsim.rules.bookkeeping.after_work import WARM, let_go
from channelsim.rules.bookkeeping.events import CONTACT_PLANNED, HANDED_ON, LEFT_UNSEEN, note_contact
from channelsim.rules.bookkeeping.lines import free_line
from channelsim.rules.bookkeeping.needs import drop_contact, record, settle_need, take_contact
from channelsim.rules.bookkeeping.queues import leave_queue
from channelsim.rules.bookkeeping.tray import at_contact
from channelsim.rules.choices import next_contact, opening
from channelsim.rules.kinds import CONTACT_ARRIVES
from channelsim.rules.state import (
    AGED_SINCE, CLASS_TALLY_WIDTH, COMING, CONTACT_TIMES, CONTACT_WIDTH, C_BOOK, C_CHANNEL, C_CLASS, C_GENERATION,
    C_K, C_LEG, C_NEED, C_NEXT, C_PLACE, C_STAGE, C_STATE, C_VARIANT, FLAG_UNMET, GIVEN_UP, HEAD, KEPT_SINCE,
    K_BY_CHANNEL, LENGTH_MIN, LUCK, MUNICIPALITY, NEED_FLAGS, NEED_STATE, NEED_WIDTH, N_ABANDONED, N_CONTACTS,
    N_EVENTS, N_FAILURES, N_MOVED_ON, OPEN, PATIENCE_AT, PATIENCE_KEPT, QUEUE_WIDTH, REMAINING_MIN, RESOLVED,
    R_CLOSING, R_NOT_REACHED, R_NO_SHOW, R_NO_SLOT, R_OTHER, R_PHONE_QUEUE, R_TRAVEL, R_VISIT_QUEUE, R_WEB, SERVICE,
    STARTED_AT, WORKED_MIN,
)  # fmt: skip
from channelsim.scenario.tables import (
    ABANDONED, BALKED, BLOCKED, BY_POINT, CALENDAR, CALLED_BACK, CALL_BACK, CHASER, CLASS_WIDTH, CLOSED_TO,
    COMPLETED, CONTACT, FAILED, GENERALIST, GIVE_UP, HANDED_OVER, HAND_BACK, KEEPS_AGE, KEEPS_PATIENCE,
    LEAVES_UNSEEN, MOVED_ON, NONE, NOT_REACHED, NO_SLOT, N_MUNICIPALITIES, N_OUTCOMES, N_ROLES, N_SERVICES,
    OFFER_KEEPS_PLACE, PHONE, QUEUE_RULES, QUEUE_RULE_WIDTH, RESOLVE, SENT_HOME, SERVED, TRANSFER, TRIES, TRY_AGAIN,
    UNMET_SHARE, VISIT, WARM_MAX_MIN, WEB,
)  # fmt: skip
from channelsim.scenario.tables import NO_SHOW as NO_SHOW_OUTCOME
from channelsim.units import NEVER, on_grid

grid = small(on_grid)

WANTS_SLOT = -2  # in place of a book: this contact goes for an appointment


@compiled
def begin_contact(s, need, channel, counted, time, now):
    """A customer will make another contact at `time`; `counted` is False for a redial of the same matter.

    It arrives by an event of its own even if the time is now, so that no event runs inside another.
    """
    n = need * NEED_WIDTH
    k = s.needs[n + K_BY_CHANNEL + channel % 8]
    s.needs[n + K_BY_CHANNEL + channel % 8] = k + 1
    if counted:
        s.needs[n + N_CONTACTS] += 1
        s.channel_contacts[channel] += 1
    contact = take_contact(s, need, channel, k, 0, time)
    note_contact(s, CONTACT_PLANNED, contact, channel, k, now, time)
    at_contact(s, time, CONTACT_ARRIVES, contact)
    return contact


@small
def tries_of(w, of_class):
    """How often a class calls somebody back who does not answer."""
    return w.queue_rules[w.classes[of_class * CLASS_WIDTH + QUEUE_RULES] * QUEUE_RULE_WIDTH + TRIES]


@compiled
def call_again(s, w, contact, now):
    """Nobody answered: the call is due again after a while, as one try more of the same."""
    apart()
    c = contact * CONTACT_WIDTH
    channel, k, leg = s.contacts[c + C_CHANNEL], s.contacts[c + C_K], s.contacts[c + C_LEG]
    need, time = s.contacts[c + C_NEED], now
    row = w.queue_rules[w.classes[s.contacts[c + C_CLASS] * CLASS_WIDTH + QUEUE_RULES] * QUEUE_RULE_WIDTH + TRY_AGAIN]
    if row != NONE:
        u = uniform(s.needs[need * NEED_WIDTH + LUCK], channel, k, leg, DELAY)
        time = now + grid(quantile(w.distribution, w.curves, row, u))
    after = begin_contact(s, need, channel, False, time, now)
    s.contacts[after * CONTACT_WIDTH + C_LEG] = leg + 1
    s.contacts[after * CONTACT_WIDTH + C_VARIANT] = s.contacts[c + C_VARIANT]
    drop_contact(s, w, contact, now)


@compiled
def carry(s, w, contact, after, called_back, now):
    """What a contact that moves to another queue brings along: its age, and the rest of its patience, if its class says so."""
    apart()
    r = w.classes[s.contacts[contact * CONTACT_WIDTH + C_CLASS] * CLASS_WIDTH + QUEUE_RULES] * QUEUE_RULE_WIDTH
    t, a = contact * CONTACT_TIMES, after * CONTACT_TIMES
    if called_back:
        if w.queue_rules[r + OFFER_KEEPS_PLACE] == 1:
            s.contact_times[a + KEPT_SINCE] = s.contact_times[t + AGED_SINCE]
        return
    if w.queue_rules[r + KEEPS_AGE] == 1:
        s.contact_times[a + KEPT_SINCE] = s.contact_times[t + AGED_SINCE]
    if w.queue_rules[r + KEEPS_PATIENCE] == 1:
        ends = s.contact_times[t + PATIENCE_AT]
        s.contact_times[a + PATIENCE_KEPT] = NEVER if ends >= NEVER else ends - now


@compiled
def move_on(s, w, contact, now):
    """A wait ends in another queue."""
    of_class = s.contacts[contact * CONTACT_WIDTH + C_CLASS]
    leave_queue(s, w, contact, now)
    s.class_tally[of_class * CLASS_TALLY_WIDTH + N_MOVED_ON] += 1.0
    follow(s, w, contact, NONE, GENERALIST, MOVED_ON, now)


@small
def reason_of(w, channel, outcome):
    """Why a need is given up when nothing follows an outcome."""
    if outcome == FAILED:
        return R_WEB
    if outcome == NO_SLOT:
        return R_NO_SLOT
    if outcome == NOT_REACHED:
        return R_NOT_REACHED
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
    apart()  # many rules end here
    c = contact * CONTACT_WIDTH
    need = s.contacts[c + C_NEED]
    n = need * NEED_WIDTH
    channel, k = s.contacts[c + C_CHANNEL], s.contacts[c + C_K]
    if w.customers == 1 and w.extras == 1 and s.contacts[c + C_BOOK] == WARM:
        let_go(s, contact, now)
    record(s, contact, outcome, pool, now)
    if w.customers == 1 and w.extras == 1 and channel == w.sizes[CHASER]:  # asks how things stand, and that is all
        drop_contact(s, w, contact, now)
        return
    entry = NONE
    if s.contacts[c + C_CLASS] != NONE:
        if w.customers == 0 and outcome != BLOCKED:
            free_line(s, w, s.contacts[c + C_CLASS])
        if w.extras == 1 and outcome == NOT_REACHED and s.contacts[c + C_LEG] + 1 < tries_of(w, s.contacts[c + C_CLASS]):
            call_again(s, w, contact, now)
            return
        entry = next_contact(s, w, contact, role, outcome)
    elif w.customers == 1 and outcome == CLOSED_TO and channel == w.sizes[VISIT] and w.sizes[PHONE] != NONE and k == 0:
        # no point within reach: those who may phone do so
        row = (w.sizes[PHONE] * w.sizes[N_SERVICES] + s.needs[n + SERVICE]) * w.sizes[N_MUNICIPALITIES]
        if w.entry_class[(row + s.needs[n + MUNICIPALITY]) * 2] != NONE:
            begin_contact(s, need, w.sizes[PHONE], True, now, now)
            drop_contact(s, w, contact, now)
            return
    action = NONE if entry == NONE else w.row_action[entry]
    if action == NONE:
        action = RESOLVE if outcome in (SERVED, COMPLETED) else GIVE_UP
    if action == RESOLVE:
        settle_need(s, w, need, RESOLVED, 0, now)
        drop_contact(s, w, contact, now)
    elif action == GIVE_UP:
        if w.customers == 1 and w.extras == 1 and comes_back(s, w, contact, outcome, now):
            return
        settle_need(s, w, need, GIVEN_UP, reason_of(w, channel, outcome), now)
        drop_contact(s, w, contact, now)
    elif w.customers == 0 or action == CONTACT:
        come_again(s, w, contact, entry, outcome, now)
    else:
        if outcome == HANDED_OVER:
            s.needs[n + N_FAILURES] += 1
        hand_on(s, w, contact, action, now)


@small
def follow_service(s, w, contact, pool, role, now):
    """`follow` where a contact of a world of queues has been served, after which most often nothing does."""
    of_class = s.contacts[contact * CONTACT_WIDTH + C_CLASS]
    if w.row_of[(of_class * N_ROLES + role) * N_OUTCOMES + SERVED] != NONE:
        follow(s, w, contact, pool, role, SERVED, now)
        return
    record(s, contact, SERVED, pool, now)
    free_line(s, w, of_class)
    settle_need(s, w, s.contacts[contact * CONTACT_WIDTH + C_NEED], RESOLVED, 0, now)
    drop_contact(s, w, contact, now)


@compiled
def comes_back(s, w, contact, outcome, now):
    """A need that nobody met comes again by phone, later and heavier; False if it stays given up. It does so once."""
    apart()
    c = contact * CONTACT_WIDTH
    need = s.contacts[c + C_NEED]
    n = need * NEED_WIDTH
    luck, channel, k, leg = s.needs[n + LUCK], s.contacts[c + C_CHANNEL], s.contacts[c + C_K], s.contacts[c + C_LEG]
    if w.options[UNMET_SHARE] <= 0.0 or s.needs[n + NEED_FLAGS] & FLAG_UNMET != 0 or s.needs[n + NEED_STATE] != OPEN:
        return False
    if uniform(luck, channel, k, leg, RETURNS) >= w.options[UNMET_SHARE]:
        return False
    s.needs[n + NEED_FLAGS] |= FLAG_UNMET
    s.needs[n + N_FAILURES] += 1
    later = now + grid(quantile(w.distribution, w.curves, w.unmet_delay[0], uniform(luck, channel, k, leg, DELAY)))
    begin_contact(s, need, w.sizes[PHONE], True, later, now)
    drop_contact(s, w, contact, now)
    return True


@compiled
def come_again(s, w, contact, entry, outcome, now):
    """Another contact follows an outcome, at once or after a delay."""
    apart()
    c = contact * CONTACT_WIDTH
    need = s.contacts[c + C_NEED]
    n = need * NEED_WIDTH
    channel = s.contacts[c + C_CHANNEL]
    time = now
    if w.row_delay[entry] != NONE:
        u = uniform(s.needs[n + LUCK], channel, s.contacts[c + C_K], s.contacts[c + C_LEG], DELAY)
        time = now + grid(quantile(w.distribution, w.curves, w.row_delay[entry], u))
    turned_away = outcome in (ABANDONED, BLOCKED, SENT_HOME) or (w.customers == 1 and w.extras == 1 and outcome == BALKED)
    goes_on = w.customers == 1 and w.extras == 1 and outcome == CALLED_BACK  # the same contact, by another way
    if not turned_away and not goes_on:
        s.needs[n + N_FAILURES] += 1
    to = w.row_channel[entry]
    if w.extras == 1 and to == NONE:
        to = channel
    again = goes_on or (turned_away and to == channel)
    after = begin_contact(s, need, to, not again, time, now)
    if w.customers == 1 and w.extras == 1:
        if goes_on:
            s.contacts[after * CONTACT_WIDTH + C_VARIANT] = s.contacts[c + C_VARIANT]
        elif outcome == HANDED_OVER and to == w.sizes[WEB]:
            s.contacts[after * CONTACT_WIDTH + C_PLACE] = s.contacts[c + C_PLACE]  # where an adviser assists
    if outcome in (MOVED_ON, CALLED_BACK):
        carry(s, w, contact, after, outcome == CALLED_BACK, now)
    drop_contact(s, w, contact, now)


@compiled
def abandon(s, w, contact, now):
    """Patience ends: the contact leaves its queue, and what follows an abandonment follows."""
    of_class = s.contacts[contact * CONTACT_WIDTH + C_CLASS]
    leave_queue(s, w, contact, now)
    s.class_tally[of_class * CLASS_TALLY_WIDTH + N_ABANDONED] += 1.0
    follow(s, w, contact, NONE, GENERALIST, ABANDONED, now)


@compiled
def drop_impatient(s, w, of_class, now, all_of_them):
    """Drop from a queue those who left unseen before now: at its head, or anywhere in it.

    Whoever has patience to this very moment is still there: ends of patience come last in an instant (decisions 10).
    """
    if w.customers == 1 or w.classes[of_class * CLASS_WIDTH + LEAVES_UNSEEN] == 0:
        return
    contact = s.queues[of_class * QUEUE_WIDTH + HEAD]
    while contact != NONE:
        after = s.contacts[contact * CONTACT_WIDTH + C_NEXT]
        left = s.contact_times[contact * CONTACT_TIMES + PATIENCE_AT]
        if left < now:
            leave_unseen(s, w, contact, left)
        elif not all_of_them:
            return
        contact = after


@compiled
def leave_unseen(s, w, contact, left):
    """A contact is met whose patience ended at `left`."""
    apart()
    s.scalars[N_EVENTS] += 1
    note_contact(s, LEFT_UNSEEN, contact, 0, 0, left, left)
    abandon(s, w, contact, left)


@compiled
def hand_on(s, w, contact, action, now):
    """The contact goes on as a new leg: to those with the skill on the same line or in the same house, to a slot, or back to the office."""
    c, t = contact * CONTACT_WIDTH, contact * CONTACT_TIMES
    n = s.contacts[c + C_NEED] * NEED_WIDTH
    service, channel = s.needs[n + SERVICE], s.contacts[c + C_CHANNEL]
    of_class = NONE
    if action == TRANSFER and w.channel_mode[channel] == BY_POINT:
        of_class = w.place_class[(s.contacts[c + C_PLACE] * w.sizes[N_SERVICES] + service) * 2 + 1]
    elif action == TRANSFER:
        if w.extras == 1 and w.customers == 1 and channel == w.sizes[CALL_BACK]:
            channel = w.sizes[PHONE]
        row = (channel * w.sizes[N_SERVICES] + service) * w.sizes[N_MUNICIPALITIES] + s.needs[n + MUNICIPALITY]
        of_class = w.entry_class[row * 2 + 1]
    elif action == HAND_BACK:
        of_class = w.back_class[s.needs[n + MUNICIPALITY]]
    s.contacts[c + C_CLASS] = of_class
    s.contacts[c + C_BOOK] = WANTS_SLOT if of_class == NONE else NONE
    if w.extras == 1 and action == TRANSFER and of_class != NONE and channel == w.sizes[PHONE] and w.options[WARM_MAX_MIN] > 0.0:
        s.contacts[c + C_BOOK] = WARM
    s.contacts[c + C_GENERATION] += 1
    s.contacts[c + C_LEG] += 1
    s.contacts[c + C_VARIANT] = 1
    s.contacts[c + C_STAGE] = 0
    s.contacts[c + C_STATE] = COMING
    s.contact_times[t + STARTED_AT] = -1.0
    s.contact_times[t + REMAINING_MIN] = -1.0
    s.contact_times[t + LENGTH_MIN] = -1.0
    s.contact_times[t + WORKED_MIN] = 0.0
    if w.extras == 1:
        s.contact_times[t + KEPT_SINCE] = -1.0
    moment = now
    if action == HAND_BACK:  # the office's line may be shut when the national one is not
        moment = opening(w, w.classes[of_class * CLASS_WIDTH + CALENDAR], NONE, now, 0.0)
    note_contact(s, HANDED_ON, contact, action, s.contacts[c + C_LEG], now, moment)
    at_contact(s, moment, CONTACT_ARRIVES, contact)
