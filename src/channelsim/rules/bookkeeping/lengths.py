"""How long contacts take, before anybody's skill counts: drawn once for each leg.

A contact that waits has its length drawn when it joins the queue, since its luck is known then: the draw is
ready when somebody takes the contact, and the moment of the next event does not wait for it.
"""

from __future__ import annotations

from channelsim.compiled import compiled, small
from channelsim.randomness import LENGTH, quantile, uniform
from channelsim.rules.state import C_CHANNEL, C_K, C_LEG, C_NEED, CONTACT_WIDTH, LUCK, NEED_WIDTH, SERVICE
from channelsim.scenario.tables import N_CHANNELS, NONE, SHARED_LENGTH
from channelsim.units import TICK_MIN, on_grid

grid = small(on_grid)


@small
def length_luck(s, w, contact):
    """The uniform behind a contact's length: the need's own for the first contact through each channel (decisions 29)."""
    c = contact * CONTACT_WIDTH
    luck = s.needs[s.contacts[c + C_NEED] * NEED_WIDTH + LUCK]
    k = s.contacts[c + C_K]
    if w.customers == 1 and w.options[SHARED_LENGTH] > 0.0 and k == 0:
        return uniform(luck, 0, 0, 0, LENGTH)  # how long the matter is, whoever hears it first
    return uniform(luck, s.contacts[c + C_CHANNEL], k, s.contacts[c + C_LEG], LENGTH)


@compiled
def length_min(s, w, contact):
    """Minutes of a contact by its service and channel; negative where only pairs have a length.

    In a world of queues nothing is added to them, so they are put on the grid at once; elsewhere `handling_min` does it.
    """
    c = contact * CONTACT_WIDTH
    row = s.contacts[c + C_CHANNEL]
    if w.customers == 1:
        row += s.needs[s.contacts[c + C_NEED] * NEED_WIDTH + SERVICE] * w.sizes[N_CHANNELS]
    row = w.handling[row]
    if row == NONE:
        return -1.0
    minutes = quantile(w.distribution, w.curves, row, length_luck(s, w, contact))
    return whole_ticks(minutes) if w.customers == 0 else minutes


@small
def whole_ticks(minutes):
    """A length on the grid of time, at least a tick."""
    minutes = grid(minutes)
    return minutes if minutes > TICK_MIN else TICK_MIN
