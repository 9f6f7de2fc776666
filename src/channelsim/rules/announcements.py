"""What a customer who would have to wait is told, and whether he leaves at that, or asks to be called back."""

from __future__ import annotations

from channelsim.compiled import apart, compiled, small
from channelsim.randomness import BALKS, REACHED, TAKES_CALL_BACK, uniform
from channelsim.rules.lists import dispatch_row, persons_there
from channelsim.rules.state import (
    AGED_SINCE, CONTACT_TIMES, CONTACT_WIDTH, C_CHANNEL, C_CLASS, C_K, C_LEG, C_NEED, HEAD, LENGTH, LUCK,
    NEED_WIDTH, QUEUE_WIDTH,
)  # fmt: skip
from channelsim.scenario.tables import (
    BALKED, BALK_FIRST, BALK_LAST, BALK_SIGNAL, BY_EXPECTED_WAIT, BY_LENGTH, CALLED_BACK, CLASS_WIDTH, NONE,
    OFFER_ACCEPTED, OFFER_AT, OFFER_KEEPS_PLACE, OFFER_SIGNAL, OFFER_TO, PAIR_POOL, PAIR_WIDTH, QUEUE_FIGURES,
    QUEUE_RULES, QUEUE_RULE_WIDTH, TRIES, UNREACHED,
)  # fmt: skip
from channelsim.units import NEVER


@compiled
def draw_of(s, contact, purpose):
    """A draw of one contact."""
    c = contact * CONTACT_WIDTH
    luck = s.needs[s.contacts[c + C_NEED] * NEED_WIDTH + LUCK]
    return uniform(luck, s.contacts[c + C_CHANNEL], s.contacts[c + C_K], s.contacts[c + C_LEG], purpose)


@compiled
def ahead_of_him(s, w, of_class):
    """Contacts that wait in a class, with those who were promised a call and keep their place in it."""
    n = s.queues[of_class * QUEUE_WIDTH + LENGTH]
    r = w.classes[of_class * CLASS_WIDTH + QUEUE_RULES] * QUEUE_RULE_WIDTH
    if w.queue_rules[r + OFFER_SIGNAL] != NONE and w.queue_rules[r + OFFER_KEEPS_PLACE] == 1:
        n += s.queues[w.queue_rules[r + OFFER_TO] * QUEUE_WIDTH + LENGTH]
    return n


@compiled
def expected_wait(s, w, of_class):
    """Minutes until all who wait in a class, and one more, have been begun, if all who are there now serve this class alone.

    Exact for M/M/n in order of arrival: (waiting + 1) mean / n.
    """
    row = dispatch_row(s, w, of_class, 0)
    rate = 0.0
    for e in range(w.dispatch_start[row], w.dispatch_start[row + 1]):
        pair = w.dispatch_pair[e]
        pool = w.pairs[pair * PAIR_WIDTH + PAIR_POOL]
        rate += persons_there(s, pool) / w.pair_mean_min[pair]
    return (ahead_of_him(s, w, of_class) + 1) / rate if rate > 0.0 else NEVER


@compiled
def announced(s, w, of_class, signal, now):
    """The number that is told: contacts ahead, the longest wait of the class so far, or the expected wait, in minutes."""
    if signal == BY_LENGTH:
        return float(ahead_of_him(s, w, of_class))
    if signal == BY_EXPECTED_WAIT:
        return expected_wait(s, w, of_class)
    head = s.queues[of_class * QUEUE_WIDTH + HEAD]
    return 0.0 if head == NONE else now - s.contact_times[head * CONTACT_TIMES + AGED_SINCE]


@compiled
def answer(s, w, contact, now):
    """What a customer does on hearing how long it takes: CALLED_BACK, BALKED, or NONE, to wait."""
    apart()
    of_class = s.contacts[contact * CONTACT_WIDTH + C_CLASS]
    rules = w.classes[of_class * CLASS_WIDTH + QUEUE_RULES]
    r, f = rules * QUEUE_RULE_WIDTH, rules * QUEUE_FIGURES
    signal = w.queue_rules[r + OFFER_SIGNAL]
    if (
        signal != NONE
        and announced(s, w, of_class, signal, now) >= w.queue_figures[f + OFFER_AT]
        and draw_of(s, contact, TAKES_CALL_BACK) < w.queue_figures[f + OFFER_ACCEPTED]
    ):
        return CALLED_BACK
    signal = w.queue_rules[r + BALK_SIGNAL]
    if signal != NONE:
        told, share = announced(s, w, of_class, signal, now), 0.0
        for e in range(w.queue_rules[r + BALK_FIRST], w.queue_rules[r + BALK_LAST]):
            if told >= w.balk_at[e]:
                share = w.balk_share[e]
        if draw_of(s, contact, BALKS) < share:
            return BALKED
    return NONE


@small
def is_not_reached(s, w, contact):
    """Whether nobody answers when this contact is called back."""
    if w.bare == 1:
        return False
    rules = w.classes[s.contacts[contact * CONTACT_WIDTH + C_CLASS] * CLASS_WIDTH + QUEUE_RULES]
    if rules == NONE or w.queue_rules[rules * QUEUE_RULE_WIDTH + TRIES] == 0:
        return False
    return draw_of(s, contact, REACHED) < w.queue_figures[rules * QUEUE_FIGURES + UNREACHED]
