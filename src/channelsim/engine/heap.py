"""A four-ary heap of events in flat arrays: the next is the least (time, order).

The order of an event (kind, then tie key) is unique within its instant, so one comparison settles ties.
"""

from __future__ import annotations

from channelsim.compiled import compiled, small


@small
def before(time_a, order_a, time_b, order_b):
    """Does event a come before event b?"""
    return time_a < time_b or (time_a == time_b and order_a < order_b)


@compiled
def push(time, order, target, generation, size, t, o, what, g):
    """Add an event; returns the new size."""
    i = size
    while i > 0:
        parent = (i - 1) >> 2
        if not before(t, o, time[parent], order[parent]):
            break
        time[i], order[i] = time[parent], order[parent]
        target[i], generation[i] = target[parent], generation[parent]
        i = parent
    time[i], order[i], target[i], generation[i] = t, o, what, g
    return size + 1


@compiled
def pop(time, order, target, generation, size):
    """Remove the least event (read it at position 0 first); returns the new size."""
    size -= 1
    t, o, what, g = time[size], order[size], target[size], generation[size]
    i = 0
    while True:
        child = 4 * i + 1
        if child >= size:
            break
        least = child
        last = min(child + 4, size)
        for other in range(child + 1, last):
            if before(time[other], order[other], time[least], order[least]):
                least = other
        if not before(time[least], order[least], t, o):
            break
        time[i], order[i] = time[least], order[least]
        target[i], generation[i] = target[least], generation[least]
        i = least
    time[i], order[i], target[i], generation[i] = t, o, what, g
    return size
