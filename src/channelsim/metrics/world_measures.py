"""Measures of a world of queues and pools, batch by batch: what `expected:` in a file of worlds may name.

Every measure is a ratio of expectations: a numerator and a denominator for each batch. A mean over batches
has the denominator 1. The error of the ratio follows from the batches (`testing.known_answers.judge`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from channelsim.metrics.observations import NEVER_CAME, Observed
from channelsim.metrics.scheduled import scheduled_min
from channelsim.scenario.expected import PERIODS_MIN, UNITS_MIN, Wanted
from channelsim.scenario.queues import QueueClass
from channelsim.scenario.tables import ABANDONED, BALKED, BLOCKED, CALLED_BACK, MOVED_ON, NO_SHOW, NO_SLOT, NOT_REACHED, SENT_HOME

Ratio = tuple[np.ndarray, np.ndarray]  # numerators and denominators by batch


def _share(which: Callable[[Observed], np.ndarray]) -> Callable[[Observed, Wanted], Ratio]:
    def measure(o: Observed, wanted: Wanted) -> Ratio:
        chosen = o.chosen(wanted)
        return o.by_batch(o.came[chosen & which(o)]), o.by_batch(o.came[chosen])

    return measure


def _count(which: Callable[[Observed], np.ndarray]) -> Callable[[Observed, Wanted], Ratio]:
    def measure(o: Observed, wanted: Wanted) -> Ratio:
        chosen = o.chosen(wanted) & which(o)
        if wanted.within_min is not None:
            chosen &= o.left_queue - o.came <= wanted.within_min
        return o.by_batch(o.came[chosen]), _periods(o, wanted)

    return measure


def _periods(o: Observed, wanted: Wanted) -> np.ndarray:
    return np.ones(o.n_batches) if wanted.per == "run" else np.diff(o.edges) / PERIODS_MIN[wanted.per]


def _over(o: Observed, over: str) -> np.ndarray:
    if over == "served":
        return o.served
    if over == "abandoned":
        return np.asarray(o.outcome == ABANDONED)
    if over == "queued":
        return o.queued
    return ~np.isin(o.outcome, (BLOCKED, BALKED)) if over == "admitted" else np.ones(len(o.came), bool)


def _wait(o: Observed, wanted: Wanted) -> Ratio:
    chosen = o.chosen(wanted) & _over(o, wanted.over)
    came = o.came[chosen]
    return o.by_batch(came, o.left_queue[chosen] - came) / UNITS_MIN[wanted.unit], o.by_batch(came)


def _wait_over(o: Observed, wanted: Wanted) -> Ratio:
    chosen = o.chosen(wanted) & _over(o, wanted.over)
    late = chosen & (o.left_queue - o.came > (wanted.over_min or 0.0))
    return o.by_batch(o.came[late]), o.by_batch(o.came[chosen])


def _wait_quantile(o: Observed, wanted: Wanted) -> Ratio:
    """The quantile of a run, plus what each batch adds to its error (the influence function of a quantile)."""
    chosen = o.chosen(wanted) & _over(o, wanted.over) & (o.came >= o.edges[0]) & (o.came < o.edges[-1])
    came, wait, share = o.came[chosen], (o.left_queue - o.came)[chosen], wanted.share or 0.0
    if not len(came):
        return np.zeros(o.n_batches), np.zeros(o.n_batches)
    near = min(share, 1.0 - share, len(came) ** -0.5) / 2.0
    low, quantile, high = np.quantile(wait, [share - near, share, share + near])
    influence = (share - (wait <= quantile)) * (high - low) / (2.0 * near)
    influence -= influence.mean()
    return o.by_batch(came, quantile + influence) / UNITS_MIN[wanted.unit], o.by_batch(came)


def _service_level(o: Observed, wanted: Wanted) -> Ratio:
    chosen = o.chosen(wanted) & _over(o, wanted.over)
    in_time = chosen & o.served & (o.left_queue - o.came <= (wanted.within_min or 0.0))
    return o.by_batch(o.came[in_time]), o.by_batch(o.came[chosen])


def _waiting(o: Observed, wanted: Wanted) -> Ratio:
    chosen = o.chosen(wanted)
    return o.area(o.came[chosen], o.left_queue[chosen]), np.diff(o.edges)


def _present(o: Observed, wanted: Wanted) -> Ratio:
    chosen = o.chosen(wanted)
    return o.area(o.came[chosen], o.ended[chosen]), np.diff(o.edges)


def _time_with(o: Observed, wanted: Wanted, until: np.ndarray) -> Ratio:
    """Minutes of each batch in which exactly `number` are there, from coming to `until`."""
    chosen = o.chosen(wanted)
    n = int(chosen.sum())
    moments = np.concatenate([o.came[chosen], until[chosen], o.edges])
    steps = np.concatenate([np.ones(n), -np.ones(n), np.zeros(len(o.edges))])
    order = np.argsort(moments, kind="stable")
    moments, there = moments[order], np.cumsum(steps[order])
    exactly = there[:-1] == (wanted.number or 0)
    return o.by_batch(moments[:-1][exactly], np.diff(moments)[exactly]), np.diff(o.edges)


def _share_present(o: Observed, wanted: Wanted) -> Ratio:
    return _time_with(o, wanted, o.ended)


def _share_waiting(o: Observed, wanted: Wanted) -> Ratio:
    return _time_with(o, wanted, o.left_queue)


def _work(o: Observed, wanted: Wanted) -> np.ndarray:
    """Minutes of staff by batch; those of items in slices count where the item ends, since only their sum is known."""
    chosen = o.of(wanted) & o.begun & (o.pool >= 0)
    pieces = chosen & o.is_casework
    whole = chosen & ~o.is_casework
    return np.asarray(o.area(o.left_queue[whole], o.ended[whole] + o.after_work[whole]) + o.by_batch(o.ended[pieces], o.worked_min[pieces]))


def _busy(o: Observed, wanted: Wanted) -> Ratio:
    return _work(o, wanted), np.diff(o.edges)


def _utilisation(o: Observed, wanted: Wanted) -> Ratio:
    pools = [i for i, p in enumerate(o.queues.pools) if wanted.pool in ("", p.name)]
    on_shift = [scheduled_min(o.queues, i, o.edges, o.seed, o.replication) for i in pools]
    return _work(o, wanted), np.sum(on_shift, axis=0)


def _missed(outcome: int) -> Callable[[Observed, Wanted], Ratio]:
    """Share with an outcome among those who asked (no slot) or had an hour (no-show)."""

    def measure(o: Observed, wanted: Wanted) -> Ratio:
        with_hour = [i for i, c in enumerate(o.queues.classes) if c.books or (outcome == NO_SHOW and c.sessions)]
        asked = o.of(wanted) & np.isin(o.of_class, with_hour)
        asked = asked if outcome == NO_SLOT else asked & (o.outcome != NO_SLOT)
        return o.by_batch(o.came[asked & (o.outcome == outcome)]), o.by_batch(o.came[asked])

    return measure


def _n_missed(outcome: int) -> Callable[[Observed, Wanted], Ratio]:
    def measure(o: Observed, wanted: Wanted) -> Ratio:
        return o.by_batch(o.came[o.of(wanted) & (o.outcome == outcome)]), _periods(o, wanted)

    return measure


def _these(o: Observed, wanted: Wanted, which: Callable[[QueueClass], bool], never: tuple[int, ...]) -> np.ndarray:
    numbers = [i for i, c in enumerate(o.queues.classes) if which(c)]
    return np.asarray(o.of(wanted) & np.isin(o.of_class, numbers) & ~np.isin(o.outcome, never))


def _lead(o: Observed, wanted: Wanted) -> Ratio:
    """Mean time between asking and the hour, by the moment of asking."""
    chosen = _these(o, wanted, lambda c: c.books, (NO_SLOT,))
    since = o.since[chosen]
    return o.by_batch(since, o.came[chosen] - since) / UNITS_MIN[wanted.unit], o.by_batch(since)


def _trip(o: Observed, wanted: Wanted) -> Ratio:
    """Mean time of a trip, by the moment of setting out."""
    chosen = _these(o, wanted, lambda c: c.travel is not None, NEVER_CAME)
    minutes = o.trip_min[chosen]
    sets_out = o.came[chosen] - minutes
    return o.by_batch(sets_out, minutes) / UNITS_MIN[wanted.unit], o.by_batch(sets_out)


def _time_there(o: Observed, wanted: Wanted) -> Ratio:
    chosen = o.chosen(wanted) & _over(o, wanted.over)
    came = o.came[chosen]
    return o.by_batch(came, o.ended[chosen] - came) / UNITS_MIN[wanted.unit], o.by_batch(came)


def _age(o: Observed, wanted: Wanted) -> Ratio:
    chosen = o.chosen(wanted) & o.served
    came = o.came[chosen]
    return o.by_batch(came, o.ended[chosen] - came) / UNITS_MIN[wanted.unit], o.by_batch(came)


def _throughput(o: Observed, wanted: Wanted) -> Ratio:
    return o.by_batch(o.ended[o.chosen(wanted) & o.served]), _periods(o, wanted)


def _customers(o: Observed, wanted: Wanted) -> np.ndarray:
    return np.asarray(o.first_class == o.class_number(wanted.first)) if wanted.first else np.ones(len(o.arose), bool)


def _sojourn(o: Observed, wanted: Wanted) -> Ratio:
    who = _customers(o, wanted)
    arose = o.arose[who]
    return o.by_batch(arose, o.finished[who] - arose) / UNITS_MIN[wanted.unit], o.by_batch(arose)


def _visits(o: Observed, wanted: Wanted) -> Ratio:
    at = np.searchsorted(o.need_id, o.need)
    known = at < len(o.need_id)
    known[known] = o.need_id[at[known]] == o.need[known]
    visits = np.bincount(at[known & o.chosen(wanted)], minlength=len(o.need_id)).astype(float)
    who = _customers(o, wanted)
    return o.by_batch(o.arose[who], visits[who]), o.by_batch(o.arose[who])


def _last_exit(o: Observed, wanted: Wanted) -> np.ndarray:
    """Minutes after `at_min` of each batch at which the last who came in it has left; 0 if before."""
    chosen = o.chosen(wanted)
    last = np.full(o.n_batches, -np.inf)
    batch = np.searchsorted(o.edges, o.came[chosen], side="right") - 1
    inside = (batch >= 0) & (batch < o.n_batches)
    np.maximum.at(last, batch[inside], o.ended[chosen][inside])
    return np.asarray(np.maximum(0.0, last - o.edges[:-1] - (wanted.at_min or 0.0)))


def _overtime(o: Observed, wanted: Wanted) -> Ratio:
    return _last_exit(o, wanted) / UNITS_MIN[wanted.unit], np.ones(o.n_batches)


def _overtime_share(o: Observed, wanted: Wanted) -> Ratio:
    return (_last_exit(o, wanted) > (wanted.over_min or 0.0)).astype(float), np.ones(o.n_batches)


def _at(until: Callable[[Observed], np.ndarray]) -> Callable[[Observed, Wanted], Ratio]:
    """Mean number at a moment of the batch of those who have come and not yet left."""

    def measure(o: Observed, wanted: Wanted) -> Ratio:
        chosen = o.chosen(wanted)
        moments = o.edges[:-1] + (wanted.at_min or 0.0)
        there = np.searchsorted(np.sort(o.came[chosen]), moments) - np.searchsorted(np.sort(until(o)[chosen]), moments)
        return there.astype(float), np.ones(o.n_batches)

    return measure


@dataclass(frozen=True, slots=True)
class WorldMeasure:
    """A measure, what it is, and which options it takes beside `class`."""

    definition: str
    whole: Callable[[Observed, Wanted], Ratio]  # over whole batches
    options: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()  # options that must be given

    def observe(self, o: Observed, wanted: Wanted) -> Ratio:
        """Numerators and denominators by batch, of the stretch of each batch that is asked for."""
        if wanted.from_min is None and wanted.to_min is None:
            return self.whole(o, wanted)
        top, bottom = self.whole(o.between(wanted.from_min or 0.0, wanted.to_min), wanted)
        return top[::2], bottom[::2]  # the cells between are what is left out


WORLD_MEASURES = {
    "p_wait": WorldMeasure("share of arrivals not begun at once and not turned away", _share(lambda o: o.queued)),
    "p_served": WorldMeasure("share of arrivals that are served", _share(lambda o: o.served)),
    "p_abandon": WorldMeasure("share of arrivals that leave by impatience", _share(lambda o: np.asarray(o.outcome == ABANDONED))),
    "p_block": WorldMeasure("share of arrivals turned away at a full line", _share(lambda o: np.asarray(o.outcome == BLOCKED))),
    "p_sent_home": WorldMeasure("share of arrivals sent home at closing", _share(lambda o: np.asarray(o.outcome == SENT_HOME))),
    "p_moved_on": WorldMeasure("share of arrivals whose wait ends in another class", _share(lambda o: np.asarray(o.outcome == MOVED_ON))),
    "p_balk": WorldMeasure("share of arrivals that leave on what is announced", _share(lambda o: np.asarray(o.outcome == BALKED))),
    "p_call_back": WorldMeasure("share of arrivals that ask to be called back", _share(lambda o: np.asarray(o.outcome == CALLED_BACK))),
    "p_not_reached": WorldMeasure("share of calls back that nobody answers", _share(lambda o: np.asarray(o.outcome == NOT_REACHED))),
    "Wq": WorldMeasure("mean wait in queue, up to leaving for those not served", _wait, ("over", "unit", "pool")),
    "W": WorldMeasure("mean time of a contact from coming to its end: wait and service", _time_there, ("over", "unit", "pool")),
    "p_wait_over": WorldMeasure("share that waits longer than `over_min`", _wait_over, ("over", "over_min", "pool"), ("over_min",)),
    "wait_quantile": WorldMeasure(
        "wait that a `share` of them does not exceed, in the mean of the runs",
        _wait_quantile,
        ("over", "share", "unit", "pool"),
        ("share",),
    ),
    "SL": WorldMeasure("share served after a wait of at most `within`", _service_level, ("over", "within_min", "pool"), ("within_min",)),
    "Lq": WorldMeasure("time average of the number waiting", _waiting),
    "L": WorldMeasure("time average of the number waiting or served", _present),
    "p_waiting": WorldMeasure("share of time with exactly `number` waiting", _share_waiting, ("number",), ("number",)),
    "p_present": WorldMeasure("share of time with exactly `number` waiting or served", _share_present, ("number",), ("number",)),
    "busy": WorldMeasure("time average of the persons serving, with the work after", _busy, ("pool",)),
    "util": WorldMeasure("time serving, with the work after, over time on shift", _utilisation, ("pool",)),
    "throughput": WorldMeasure("contacts completed per time", _throughput, ("per", "pool")),
    "arrived": WorldMeasure("contacts that arrive", _count(lambda o: np.ones(len(o.came), bool)), ("per",)),
    "served": WorldMeasure(
        "arrivals that are served, by whom and how soon if asked", _count(lambda o: o.served), ("per", "pool", "within_min")
    ),
    "abandoned": WorldMeasure("arrivals that leave by impatience", _count(lambda o: np.asarray(o.outcome == ABANDONED)), ("per",)),
    "blocked": WorldMeasure("arrivals turned away at a full line", _count(lambda o: np.asarray(o.outcome == BLOCKED)), ("per",)),
    "sent_home": WorldMeasure("arrivals sent home at closing", _count(lambda o: np.asarray(o.outcome == SENT_HOME)), ("per",)),
    "p_no_show": WorldMeasure("share of those with an hour who do not come", _missed(NO_SHOW)),
    "p_no_slot": WorldMeasure("share of those who ask for an appointment and find none", _missed(NO_SLOT)),
    "no_show": WorldMeasure("customers with an hour who do not come", _n_missed(NO_SHOW), ("per",)),
    "no_slot": WorldMeasure("customers who find no appointment", _n_missed(NO_SLOT), ("per",)),
    "lead": WorldMeasure("mean time from asking for an appointment to its hour", _lead, ("unit",)),
    "travel": WorldMeasure("mean time of the trip before a visit", _trip, ("unit",)),
    "age": WorldMeasure("mean time from joining to the end of the work, of those served", _age, ("unit",)),
    "moved_on": WorldMeasure("arrivals whose wait ends in another class", _count(lambda o: np.asarray(o.outcome == MOVED_ON)), ("per",)),
    "balked": WorldMeasure("arrivals that leave on what is announced", _count(lambda o: np.asarray(o.outcome == BALKED)), ("per",)),
    "called_back": WorldMeasure("arrivals that ask to be called back", _count(lambda o: np.asarray(o.outcome == CALLED_BACK)), ("per",)),
    "not_reached": WorldMeasure("calls back that nobody answers", _count(lambda o: np.asarray(o.outcome == NOT_REACHED)), ("per",)),
    "sojourn": WorldMeasure("mean time of a customer from first contact to last exit", _sojourn, ("first_class", "unit")),
    "visits": WorldMeasure("mean number of contacts of a customer", _visits, ("first_class",)),
    "overtime": WorldMeasure("mean time after `at` until the last has left, 0 if before", _overtime, ("at_min", "unit"), ("at_min",)),
    "p_overtime": WorldMeasure("share of batches with more than `over_min` of it", _overtime_share, ("at_min", "over_min"), ("at_min",)),
    "present_at": WorldMeasure("mean number waiting or served at a moment of the batch", _at(lambda o: o.ended), ("at_min",), ("at_min",)),
    "waiting_at": WorldMeasure("mean number waiting at a moment of the batch", _at(lambda o: o.left_queue), ("at_min",), ("at_min",)),
}
OF_WHOLE_BATCHES = ("wait_quantile", "overtime", "p_overtime", "present_at", "waiting_at")  # no stretch of them
WITHOUT_CLASS = ("util", "sojourn")
