"""Compiles the kernels that the tests use, one kind of world a process, before tests run side by side and would each compile all of them."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from multiprocessing import get_context

os.environ["CHANNELSIM_GUARD"] = "1"


def warm(kind: tuple[str, bool]) -> None:
    """One short run of a kind of world, with or without an event log."""
    from channelsim.config.region import load_region
    from channelsim.config.strategy import find_strategy, load_strategy
    from channelsim.scenario.compile import compile_world
    from channelsim.simulate import Window, simulate
    from tests.conftest import TINY, Duration, one_queue

    world, log_events = kind
    window = Window(0.0, 1440.0, 0.0)
    if world == "queues":
        simulate(one_queue(2, 0.5, Duration("exponential", 2.0)), 1, 0, window, keep_records=True, log_events=log_events)
        return
    region = load_region(TINY)
    compiled = compile_world(region, region.office_models["two_offices"], load_strategy(find_strategy("today_2011", TINY)), 1)
    simulate(compiled, 1, 0, window, keep_records=True, log_events=log_events)


if __name__ == "__main__":
    with ProcessPoolExecutor(min(4, os.cpu_count() or 1), mp_context=get_context("spawn")) as pool:
        list(pool.map(warm, product(("queues", "region"), (False, True))))
