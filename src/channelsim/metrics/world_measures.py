"""Measures of a world of queues and pools, batch by batch: what `expected:` in a file of worlds may name.

Every measure is a ratio of expectations: a numerator and a denominator for each batch. A mean over batches
has the denominator 1. The error of the ratio follows from the batches (`testing.known_answers.judge`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from channelsim.metrics.observations import Observed, scheduled_min
from channelsim.scenario.expected import PERIODS_MIN, UNITS_MIN, Wanted
from channelsim.scenario.tables import ABANDONED, BALKED, BLOCKED, CALLED_BACK, MOVED_ON, NOT_REACHED, SENT_HOME

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
    return ~np.isin(o.outcome, (BLOCKED, BALKED)) if over == "admitted" else np.ones(len(o.came), bool)


def _wait(o: Observed, wanted: Wanted) -> Ratio:
    chosen = o.chosen(wanted) & _over(o, wanted.over)
    came = o.came[chosen]
    return o.by_batch(came, o.left_queue[chosen] - came) / UNITS_MIN[wanted.unit], o.by_batch(came)


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


def _work(o: Observed, wanted: Wanted) -> np.ndarray:
    chosen = o.chosen(wanted) & o.begun & (o.pool >= 0)
    return o.area(o.left_queue[chosen], o.ended[chosen] + o.after_work[chosen])


def _busy(o: Observed, wanted: Wanted) -> Ratio:
    return _work(o, wanted), np.diff(o.edges)


def _utilisation(o: Observed, wanted: Wanted) -> Ratio:
    pools = [p for p in o.queues.pools if wanted.pool in ("", p.name)]
    return _work(o, wanted), np.sum([scheduled_min(p, o.edges) for p in pools], axis=0)


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


def _present_at(o: Observed, wanted: Wanted) -> Ratio:
    chosen = o.chosen(wanted)
    moments = o.edges[:-1] + (wanted.at_min or 0.0)
    there = np.searchsorted(np.sort(o.came[chosen]), moments) - np.searchsorted(np.sort(o.ended[chosen]), moments)
    return there.astype(float), np.ones(o.n_batches)


@dataclass(frozen=True, slots=True)
class WorldMeasure:
    """A measure, what it is, and which options it takes beside `class`."""

    definition: str
    observe: Callable[[Observed, Wanted], Ratio]
    options: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()  # options that must be given


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
    "SL": WorldMeasure("share served after a wait of at most `within`", _service_level, ("over", "within_min", "pool"), ("within_min",)),
    "Lq": WorldMeasure("time average of the number waiting", _waiting),
    "L": WorldMeasure("time average of the number waiting or served", _present),
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
    "moved_on": WorldMeasure("arrivals whose wait ends in another class", _count(lambda o: np.asarray(o.outcome == MOVED_ON)), ("per",)),
    "balked": WorldMeasure("arrivals that leave on what is announced", _count(lambda o: np.asarray(o.outcome == BALKED)), ("per",)),
    "called_back": WorldMeasure("arrivals that ask to be called back", _count(lambda o: np.asarray(o.outcome == CALLED_BACK)), ("per",)),
    "not_reached": WorldMeasure("calls back that nobody answers", _count(lambda o: np.asarray(o.outcome == NOT_REACHED)), ("per",)),
    "sojourn": WorldMeasure("mean time of a customer from first contact to last exit", _sojourn, ("first_class", "unit")),
    "visits": WorldMeasure("mean number of contacts of a customer", _visits, ("first_class",)),
    "overtime": WorldMeasure("mean time after `at` until the last has left, 0 if before", _overtime, ("at_min", "unit"), ("at_min",)),
    "p_overtime": WorldMeasure("share of batches with more than `over_min` of it", _overtime_share, ("at_min", "over_min"), ("at_min",)),
    "present_at": WorldMeasure("mean number waiting or served at a moment of the batch", _present_at, ("at_min",), ("at_min",)),
}
WITHOUT_CLASS = ("util", "sojourn")
