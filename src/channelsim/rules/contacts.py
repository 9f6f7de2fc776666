"""A need arises, and its contacts find their way: a line, a place after a trip, an appointment."""

from __future__ import annotations

from channelsim.compiled import apart, compiled, small
from channelsim.randomness import ADVICE, CAR, EXPERTISE, HOUR, PRESENTS, REACHABLE, WEB_CAPABLE, WEB_OR_NOT, luck_of, quantile, uniform
from channelsim.rules.appointments import book, charge_trip, move_hour
from channelsim.rules.arrivals import join
from channelsim.rules.bookkeeping.events import CONTACT_MADE, NEED_ARISES, SETS_OUT, WAITS_FOR_OPENING, note, note_contact
from channelsim.rules.bookkeeping.needs import take_contact, take_need
from channelsim.rules.bookkeeping.tray import at_contact
from channelsim.rules.choices import choose_point, is_open, opening
from channelsim.rules.kinds import CONTACT_ARRIVES
from channelsim.rules.outcomes import WANTS_SLOT, follow
from channelsim.rules.ways import has_travelled, misses_hour, travels
from channelsim.rules.state import (
    AROSE, CONTACT_SINCE, CONTACT_TIMES, CONTACT_WIDTH, C_BOOK, C_CHANNEL, C_CLASS, C_K, C_LEG, C_NEED, C_PLACE,
    C_SERIAL, C_STATE, C_VARIANT, EXPERT, FIRST_CHANNEL, FLAG_ADVICE, FLAG_CAR, FLAG_REACHABLE, FLAG_WEB, HAS_SLOT,
    K_BY_CHANNEL, LUCK, MUNICIPALITY, NEED_FLAGS, NEED_ID, NEED_TIMES, NEED_WIDTH, N_ARISEN, N_CONTACTS, SEGMENT,
    SERVICE,
)  # fmt: skip
from channelsim.scenario.tables import (
    BY_BOOK, BY_HOUR, BY_LINE, BY_POINT, CALENDAR, CLASS_WIDTH, CLOSED_TO, GENERALIST, ID_BITS, NEED_BITS, NONE,
    N_MUNICIPALITIES, N_SERVICES, REOPENING_DELAY, SERIAL_BITS, TRIAGE, WEB,
)  # fmt: skip
from channelsim.units import NEVER, on_grid

grid = small(on_grid)


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


@small
def need_of(what):
    """The id of the need in a word that also holds the channel of its first contact."""
    return what & ((1 << NEED_BITS) - 1)


@small
def arise(s, w, key, what, now):
    """A need arises with its first contact; `what` holds its id and the channel."""
    need_id, channel = need_of(what), what >> NEED_BITS
    serial_bits = w.sizes[SERIAL_BITS]
    cell = (need_id >> serial_bits) & ((1 << (ID_BITS - serial_bits)) - 1)
    municipality, segment, service = 0, 0, w.cell_service[cell]
    if w.customers == 1:
        municipality, segment = w.cell_municipality[cell], w.cell_segment[cell]
    need = take_need(s, w)
    s.scalars[N_ARISEN] += 1
    n = need * NEED_WIDTH
    luck = luck_of(key, need_id)
    s.needs[n + NEED_ID] = need_id
    s.needs[n + LUCK] = luck
    s.needs[n + MUNICIPALITY] = municipality
    s.needs[n + SEGMENT] = segment
    s.needs[n + SERVICE] = service
    if w.customers == 1:
        flags = flags_of(w, luck, segment, municipality)
        if channel == w.sizes[WEB]:
            increment = uniform(luck, 0, 0, 0, WEB_OR_NOT) >= w.web_share_before[segment * w.sizes[N_SERVICES] + service]
            if increment and uniform(luck, 0, 0, 0, ADVICE) < w.advice_share[service]:
                flags |= FLAG_ADVICE
        s.needs[n + NEED_FLAGS] = flags
        s.needs[n + EXPERT] = 1 if uniform(luck, 0, 0, 0, EXPERTISE) < w.expertise_share[service] else 0
        s.needs[n + FIRST_CHANNEL] = channel
        s.need_times[need * NEED_TIMES + AROSE] = now
        s.needs[n + N_CONTACTS] = 1
    s.channel_contacts[channel] += 1
    s.needs[n + K_BY_CHANNEL + channel % 8] = 1
    contact = take_contact(s, need, channel, 0, 0, now)
    note(s, NEED_ARISES, need_id, 0, NONE, NONE, NONE, cell, s.needs[n + NEED_FLAGS] + 16 * s.needs[n + EXPERT], now, now)
    note_contact(s, CONTACT_MADE, contact, channel, 0, now, now)
    if w.bare == 1 or (w.customers == 0 and w.channel_mode[channel] == BY_LINE):
        find_line(s, w, contact, 0, now)
    else:
        present(s, w, contact, now)


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
    if w.customers == 1 and w.extras == 1 and s.contacts[c + C_STATE] == HAS_SLOT:
        move_hour(s, w, contact, now)
        return
    if s.contacts[c + C_CLASS] != NONE:
        join(s, w, contact, now)
        return
    need = s.contacts[c + C_NEED]
    n = need * NEED_WIDTH
    channel, service = s.contacts[c + C_CHANNEL], s.needs[n + SERVICE]
    if w.customers == 0:
        way = BY_LINE if w.bare == 1 else w.channel_mode[channel]
        if way == BY_BOOK:
            book(s, w, contact, now)
        elif way == BY_POINT or (way == BY_HOUR and s.contacts[c + C_SERIAL] != 0 and w.travel_law[channel] != NONE):
            travels(s, w, contact, channel, now)
        elif way == BY_LINE:
            find_line(s, w, contact, 0, now)
        elif not misses_hour(s, w, contact, channel, now):
            if w.travel_law[channel] != NONE:
                has_travelled(s, w, contact, channel, now)
            find_line(s, w, contact, 0, now)
        return
    if s.contacts[c + C_VARIANT] == NONE:
        s.contacts[c + C_VARIANT] = presented_variant(s, w, need, channel)
    books = w.channel_books[(channel * w.sizes[N_SERVICES] + service) * 2 + s.contacts[c + C_VARIANT]]
    if books == 1 or s.contacts[c + C_BOOK] == WANTS_SLOT:
        book(s, w, contact, now)
    elif w.channel_mode[channel] == BY_POINT:
        set_out(s, w, contact, now)
    else:
        find_line(s, w, contact, s.contacts[c + C_VARIANT], now)


@compiled
def find_line(s, w, contact, variant, now):
    """A contact joins the line for its channel, service and municipality, now or when that line opens."""
    c = contact * CONTACT_WIDTH
    n = s.contacts[c + C_NEED] * NEED_WIDTH
    channel = s.contacts[c + C_CHANNEL]
    of_class = channel  # in a world of queues
    if w.customers == 1:
        row = (channel * w.sizes[N_SERVICES] + s.needs[n + SERVICE]) * w.sizes[N_MUNICIPALITIES] + s.needs[n + MUNICIPALITY]
        of_class = w.entry_class[row * 2 + variant]
        if of_class == NONE:
            find_no_way(s, w, contact, now)
            return
    calendar = w.classes[of_class * CLASS_WIDTH + CALENDAR]
    if calendar != NONE and not is_open(w, calendar, now) and wait_for_opening(s, w, contact, of_class, now):
        return
    s.contacts[c + C_CLASS] = of_class
    join(s, w, contact, now)


@compiled
def wait_for_opening(s, w, contact, of_class, now):
    """A line is shut: its contact comes when it opens, or at an hour of its channel's profile. False if that is now."""
    apart()
    c = contact * CONTACT_WIDTH
    n = s.contacts[c + C_NEED] * NEED_WIDTH
    channel = s.contacts[c + C_CHANNEL]
    calendar = w.classes[of_class * CLASS_WIDTH + CALENDAR]
    u = uniform(s.needs[n + LUCK], channel, s.contacts[c + C_K], s.contacts[c + C_LEG], HOUR)
    moment = opening(w, calendar, w.channel_profile[channel], now, u)
    if moment <= now:
        return False
    delay = w.classes[of_class * CLASS_WIDTH + REOPENING_DELAY]
    if delay != NONE:
        moment += grid(quantile(w.distribution, w.curves, delay, u))
    s.contact_times[contact * CONTACT_TIMES + CONTACT_SINCE] = moment
    note_contact(s, WAITS_FOR_OPENING, contact, of_class, calendar, now, moment)
    at_contact(s, moment, CONTACT_ARRIVES, contact)
    return True


@compiled
def find_no_way(s, w, contact, now):
    """There is no line, or no place within reach."""
    apart()
    follow(s, w, contact, NONE, GENERALIST, CLOSED_TO, now)


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
        find_no_way(s, w, contact, now)
        return
    place = w.walk_in_place[candidate]
    s.contacts[c + C_PLACE] = place
    classes = (place * w.sizes[N_SERVICES] + service) * 2
    if w.place_class[classes + s.contacts[c + C_VARIANT]] == NONE:
        s.contacts[c + C_VARIANT] = 0  # nobody here has the skill: the first line takes him, as it takes everybody without triage
    s.contacts[c + C_CLASS] = w.place_class[classes + s.contacts[c + C_VARIANT]]
    s.contact_times[contact * CONTACT_TIMES + CONTACT_SINCE] = arrives
    charge_trip(s, w, need, w.walk_in_min[candidate], w.walk_in_km[candidate])
    s.place_visits[place] += 1
    note_contact(s, SETS_OUT, contact, place, 0, now, arrives)
    if arrives > now:
        at_contact(s, arrives, CONTACT_ARRIVES, contact)
    else:
        join(s, w, contact, now)
