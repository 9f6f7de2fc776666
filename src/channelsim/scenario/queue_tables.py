"""Tables of customers for worlds of queues, whose classes are their own channel and service."""

from __future__ import annotations

import numpy as np

from channelsim.scenario import tables as T
from channelsim.scenario.queue_values import Queues
from channelsim.scenario.tables import NONE
from channelsim.units import NEVER


def empty_places() -> dict[str, np.ndarray]:
    integers, none = np.int64, np.empty(0)
    return {
        "walk_in_start": np.zeros(2, integers), "walk_in_place": np.empty(0, integers), "walk_in_min": none,
        "walk_in_km": none, "place_class": np.empty(0, integers), "place_calendar": np.empty(0, integers),
    }  # fmt: skip


def general_tables(queues: Queues, handling: list[int]) -> dict[str, np.ndarray]:
    """Tables of customers for classes that are their own channel and service."""
    n, n_pools = len(queues.classes), len(queues.pools)
    zeros, ones, integers = np.zeros(n), np.ones(n), np.int64
    entry = np.broadcast_to(np.arange(n)[:, None, None], (n, n, 2))  # a channel leads to its class, whatever the need
    durations = np.broadcast_to(np.array(handling, integers), (n, n))  # and to the class's service time
    calendars = [NONE] * n
    options = np.zeros(T.N_OPTIONS)
    options[[T.GENERALIST_HANDLING, T.GENERALIST_CLOSES]] = 1.0
    options[T.TARGET_MIN] = queues.target_min
    options[T.LONGEST_CONTACT_MIN] = NEVER
    options[T.MIN_BREAK_LEFT_MIN] = 15.0  # decisions 21
    options[T.PERSON_FACTORS] = float(any(g.factor != 1.0 or g.factor_of for p in queues.pools for g in p.at_work.groups))
    return {
        "cell_municipality": np.zeros(n, integers), "cell_segment": np.zeros(n, integers), "cell_service": np.arange(n),
        "options": options, "able": np.ones(n_pools * n, integers), "closes_share": np.ones(n_pools),
        "channel_calendar": np.array(calendars, integers),
        "channel_profile": np.full(n, NONE, integers), "channel_books": np.zeros(n * n * 2, integers),
        "entry_class": entry.ravel().astype(integers), "handling": durations.ravel().astype(integers),
        "segment_factor": np.ones(1), "casework": np.full(n, NONE, integers),
        "web_share": zeros, "web_share_before": zeros, "advice_share": zeros, "phone_share": zeros,
        "capable_share": np.zeros(1), "no_car_share": np.zeros(1), "unreachable_share": np.zeros(1),
        "expertise_share": zeros, "completion": ones, "checked_share": zeros, "induced_share": zeros,
        "induced_delay": np.array([NONE], integers), "tray_variant": np.zeros(n, integers),
        "repeat_share": np.ones(n * T.N_ROLES), "sensitivity": ones, "specificity": ones,
    }  # fmt: skip
