"""The out tray: what must happen later is asked for here, and the engine empties it after each event."""

from __future__ import annotations

from channelsim.compiled import small
from channelsim.rules.kinds import TIE_CONTACTS, order_of
from channelsim.rules.state import (
    CONTACT_WIDTH, C_GENERATION, C_NEED, C_SERIAL, FAULT, NEED_ID, NEED_WIDTH, N_OUT, OUT_CAPACITY, OUT_GENERATION,
    OUT_ORDER, OUT_TARGET, OUT_WIDTH, TOO_MANY_EVENTS_AT_ONCE,
)  # fmt: skip


@small
def at(s, time, kind, tie, target, generation):
    """Ask the engine for an event: at a time, ranked by kind and tie key, for a contact or person."""
    n = s.scalars[N_OUT]
    if n >= OUT_CAPACITY - 1:
        s.scalars[FAULT] = TOO_MANY_EVENTS_AT_ONCE
        return
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
