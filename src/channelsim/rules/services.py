"""Work on a contact is complete, or a self-service attempt ends: what it means for the need."""

from __future__ import annotations

from channelsim.compiled import apart, compiled, small
from channelsim.randomness import CASEWORK, CHECKED, CLOSES, COMPLETES, DELAY, INDUCED, REPEATS, quantile, uniform
from channelsim.rules.announcements import is_not_reached
from channelsim.rules.arrivals import join
from channelsim.rules.bookkeeping.events import CONTACT_MADE, note_contact
from channelsim.rules.bookkeeping.needs import drop_contact, record, settle_need, take_contact
from channelsim.rules.outcomes import begin_contact, follow, follow_service
from channelsim.rules.ways import leave_work
from channelsim.rules.state import (
    AGED_SINCE, CLASS_TALLY_WIDTH, CONTACT_TIMES, CONTACT_WIDTH, C_CHANNEL, C_CLASS, C_K, C_LEG, C_NEED, C_PLACE,
    C_ROLE, C_VARIANT, EXPERT, FLAG_ADVICE, LUCK, MUNICIPALITY, NEED_FLAGS, NEED_WIDTH, N_FAILURES, N_HANDED_OVER,
    N_LATE, N_NOT_REACHED, N_SERVED, REMAINING_MIN, RESOLVED, SEGMENT, SERVICE, STARTED_AT,
)  # fmt: skip
from channelsim.scenario.tables import (
    ASSIST_UPLIFT, CASEWORK_CHANNEL, CHASER, CHECK, COMPLETED, FAILED, GENERALIST, GENERALIST_CLOSES, HANDED_OVER,
    NONE, NOT_REACHED, N_MUNICIPALITIES, N_ROLES, N_SERVICES, PHONE, SERVED, SPECIALIST, STAFF, WEB_LEARNING,
)  # fmt: skip
from channelsim.units import on_grid

grid = small(on_grid)
MOST_LESSONS = 10


@small
def count_late(s, w, contact, now):
    """Count a contact that is done after its due date, if its class has one."""
    of_class = s.contacts[contact * CONTACT_WIDTH + C_CLASS]
    due = w.class_due_min[of_class]
    if due > 0.0 and now - s.contact_times[contact * CONTACT_TIMES + AGED_SINCE] > due:
        s.class_tally[of_class * CLASS_TALLY_WIDTH + N_LATE] += 1.0


@small
def served(s, w, contact, pool, now):
    """Work on a contact is complete: does it close the need, hand it over, or leave it open? (decisions 4)"""
    c = contact * CONTACT_WIDTH
    need = s.contacts[c + C_NEED]
    n = need * NEED_WIDTH
    of_class, channel = s.contacts[c + C_CLASS], s.contacts[c + C_CHANNEL]
    role = STAFF if w.customers == 0 else s.contacts[c + C_ROLE]
    tally = of_class * CLASS_TALLY_WIDTH
    if w.customers == 0:
        if is_not_reached(s, w, contact):
            s.class_tally[tally + N_NOT_REACHED] += 1.0
            follow(s, w, contact, pool, role, NOT_REACHED, now)
            return
        s.class_tally[tally + N_SERVED] += 1.0
        if w.bare == 0:
            count_late(s, w, contact, now)
        if w.bare == 0 and w.left_class[channel] != NONE:
            leave_work(s, w, contact, now)
        follow_service(s, w, contact, pool, role, now)
        return
    if w.extras == 1 and is_not_reached(s, w, contact):
        s.class_tally[tally + N_NOT_REACHED] += 1.0
        follow(s, w, contact, pool, role, NOT_REACHED, now)
        return
    if channel == w.sizes[CASEWORK_CHANNEL] or (w.extras == 1 and channel == w.sizes[CHASER]):
        s.class_tally[tally + N_SERVED] += 1.0
        count_late(s, w, contact, now)
        record(s, contact, SERVED, pool, now)
        drop_contact(s, w, contact, now)
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
    settle_need(s, w, need, RESOLVED, 0, now)
    drop_contact(s, w, contact, now)


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
        note_contact(s, CONTACT_MADE, item, casework, k, now, now)
        join(s, w, item, now)


@compiled
def completion_of(s, w, contact, share):
    """Probability that an attempt succeeds: none while the web does not work, more where an adviser assists or after a try.

    Of those who failed before `WEB_LEARNING` times as many fail again, so that ten failures leave what is possible.
    """
    apart()
    c = contact * CONTACT_WIDTH
    began = s.contact_times[contact * CONTACT_TIMES + STARTED_AT]
    for i in range(len(w.outages) // 2):
        if w.outages[2 * i] <= began < w.outages[2 * i + 1]:
            return 0.0
    if s.contacts[c + C_PLACE] != NONE:
        share += w.options[ASSIST_UPLIFT]
    failing = 1.0 - share
    for _ in range(min(s.contacts[c + C_K], MOST_LESSONS)):
        failing *= w.options[WEB_LEARNING]
    return 1.0 - failing


@compiled
def on_its_own_ends(s, w, contact, now):
    """A self-service attempt ends: completed, perhaps with a staff check or an extra contact, or failed (design 4.4)."""
    c = contact * CONTACT_WIDTH
    need = s.contacts[c + C_NEED]
    n = need * NEED_WIDTH
    luck, channel, k = s.needs[n + LUCK], s.contacts[c + C_CHANNEL], s.contacts[c + C_K]
    service = s.needs[n + SERVICE]
    tally = s.contacts[c + C_CLASS] * CLASS_TALLY_WIDTH
    if w.customers == 0:
        s.class_tally[tally + N_SERVED] += 1.0
        follow(s, w, contact, NONE, GENERALIST, COMPLETED, now)
        return
    if s.needs[n + NEED_FLAGS] & FLAG_ADVICE != 0 and k == 0:
        s.class_tally[tally + N_SERVED] += 1.0
        record(s, contact, COMPLETED, NONE, now)
        settle_need(s, w, need, RESOLVED, 0, now)
        drop_contact(s, w, contact, now)
        return
    at_share = s.needs[n + SEGMENT] * w.sizes[N_SERVICES] + service
    share = w.completion[at_share]
    if w.extras == 1:
        share = completion_of(s, w, contact, share)
    if uniform(luck, channel, k, 0, COMPLETES) >= share:
        s.class_tally[tally + N_HANDED_OVER] += 1.0
        follow(s, w, contact, NONE, GENERALIST, FAILED, now)
        return
    s.class_tally[tally + N_SERVED] += 1.0
    if w.induced_share[service] > 0.0 and uniform(luck, channel, k, 0, INDUCED) < w.induced_share[service]:
        s.needs[n + N_FAILURES] += 1
        u = uniform(luck, channel, k, 1, DELAY)
        later = now + grid(quantile(w.distribution, w.curves, w.induced_delay[0], u))
        begin_contact(s, need, w.sizes[PHONE], True, later, now)
    if w.sizes[CHECK] != NONE and uniform(luck, channel, k, 0, CHECKED) < w.checked_share[service]:
        row = (w.sizes[CHECK] * w.sizes[N_SERVICES] + service) * w.sizes[N_MUNICIPALITIES] + s.needs[n + MUNICIPALITY]
        of_class = w.entry_class[row * 2 + s.contacts[c + C_VARIANT]]
        if of_class != NONE:
            record(s, contact, COMPLETED, NONE, now)
            item = take_contact(s, need, w.sizes[CHECK], k, 0, now)
            s.contacts[item * CONTACT_WIDTH + C_CLASS] = of_class
            s.contacts[item * CONTACT_WIDTH + C_VARIANT] = s.contacts[c + C_VARIANT]
            note_contact(s, CONTACT_MADE, item, w.sizes[CHECK], k, now, now)
            join(s, w, item, now)
            drop_contact(s, w, contact, now)
            return
    leave_casework(s, w, contact, w.tray_variant[service], w.casework_share[channel], now)
    close_or_repeat(s, w, contact, NONE, GENERALIST, COMPLETED, now)
