"""A four-ary heap of events in one flat array: the next is the least (time, order).

A row holds the time in ticks, the order (kind, then tie key: unique within an instant, so one comparison settles
ties) and the target with its generation. Rows beyond the size must have the time `NO_TIME`.
"""

from __future__ import annotations

from channelsim.compiled import small
from channelsim.units import TICK_MIN, TICKS_PER_MIN

TIME, ORDER, TARGET = range(3)
ROW = 3
NO_TIME = (1 << 63) - 1  # rows without an event, so that four children can always be compared
GENERATION_BITS = 32
LAST_MIN = 4398046511104.0  # 2**42


@small
def ticks(minutes):
    """A time on the grid as a whole number of ticks (exact; what lies beyond any horizon fits the integer)."""
    return int(min(minutes, LAST_MIN) * TICKS_PER_MIN)


@small
def minutes_of(tick):
    """The time of a number of ticks (exact)."""
    return tick * TICK_MIN


@small
def before(time_a, order_a, time_b, order_b):
    """Does event a come before event b?"""
    return (time_a < time_b) | ((time_a == time_b) & (order_a < order_b))


@small
def packed(target, generation):
    """Target and generation in one word."""
    return (target << GENERATION_BITS) | (generation & ((1 << GENERATION_BITS) - 1))


@small
def push(heap, size, time, order, target):
    """Add an event; returns the new size."""
    i = size
    while i > 0:
        parent = (i - 1) >> 2
        p = parent * ROW
        if not before(time, order, heap[p + TIME], heap[p + ORDER]):
            break
        for word in range(ROW):
            heap[i * ROW + word] = heap[p + word]
        i = parent
    heap[i * ROW + TIME], heap[i * ROW + ORDER], heap[i * ROW + TARGET] = time, order, target
    return size + 1


@small
def earlier(heap, a, b):
    """Which of two rows comes first."""
    a_first = before(heap[a * ROW + TIME], heap[a * ROW + ORDER], heap[b * ROW + TIME], heap[b * ROW + ORDER])
    return a if a_first else b


@small
def sift(heap, size, time, order, target):
    """Put an event in the place of the least one."""
    i = 0
    while True:
        child = 4 * i + 1
        if child >= size:
            break
        least = earlier(heap, earlier(heap, child, child + 1), earlier(heap, child + 2, child + 3))
        if not before(heap[least * ROW + TIME], heap[least * ROW + ORDER], time, order):
            break
        for word in range(ROW):
            heap[i * ROW + word] = heap[least * ROW + word]
        i = least
    heap[i * ROW + TIME], heap[i * ROW + ORDER], heap[i * ROW + TARGET] = time, order, target


@small
def pop(heap, size):
    """Remove the least event (read it at row 0 first); returns the new size."""
    last = (size - 1) * ROW
    time, order, target = heap[last + TIME], heap[last + ORDER], heap[last + TARGET]
    heap[last + TIME] = NO_TIME
    if size > 1:
        sift(heap, size - 1, time, order, target)
    return size - 1
