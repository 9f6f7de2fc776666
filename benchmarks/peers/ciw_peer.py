"""The workloads in Ciw 3: a network of nodes with customer classes, and records of every customer.

python benchmarks/peers/ciw_peer.py W2 1 200000
"""

from __future__ import annotations

from collections.abc import Callable

import ciw
from workloads import W1, W2, Flow, Kind, Result, lognormal_parameters, main

NO_W3 = (
    "a customer of a Ciw network waits at one node, and every server of a node serves everybody there: several groups of agents "
    "cannot take from shared queues, each in its own order"
)


def duration(mean: float, cv: float | None = None) -> ciw.dists.Distribution:
    """Exponential, or lognormal where a cv is given."""
    return ciw.dists.Exponential(1.0 / mean) if cv is None else ciw.dists.Lognormal(*lognormal_parameters(mean, cv))


def count(flow: Flow, record: ciw.data_record.DataRecord) -> None:
    """Count one customer's stay at a node; a record is written when it ends."""
    flow.leave(record.waiting_time, abandoned=record.record_type == "renege")


def one_queue(seed: int, servers: int, kinds: tuple[Kind, ...], customers: int, uncounted: int = 0) -> Result:
    """One pool of servers, by rank and then first come, first served; ends when so many customers have left.

    Parameters
    ----------
    uncounted : int
        Customers of the warm-up: they come first, and are simulated but not counted.
    """
    ciw.seed(seed)
    words = {
        "arrival_distributions": {str(i): [ciw.dists.Exponential(k.per_min)] for i, k in enumerate(kinds)},
        "service_distributions": {str(i): [duration(k.service_mean_min, k.service_cv)] for i, k in enumerate(kinds)},
        "priority_classes": {str(i): k.rank for i, k in enumerate(kinds)},
        "number_of_servers": [servers],
    }
    if any(k.patience_mean_min for k in kinds):  # else Ciw would look for the next to leave at each event
        words["reneging_time_distributions"] = {
            str(i): [duration(k.patience_mean_min) if k.patience_mean_min else None] for i, k in enumerate(kinds)
        }
    simulation = ciw.Simulation(ciw.create_network(**words))
    simulation.simulate_until_max_customers(customers, method="Finish")
    flows = {str(i): Flow() for i in range(len(kinds))}
    for record in simulation.get_all_records():
        if record.id_number > uncounted:
            count(flows[record.customer_class], record)
    return Result(customers + simulation.nodes[0].number_of_individuals, flows)


def model_of(workload: str, seed: int, size: int) -> Callable[[], Result] | str:
    """What runs a workload, or why Ciw cannot express it."""
    if workload == "W3":
        return NO_W3
    if workload == "W4":
        from ciw_region import run

        return lambda: run(seed, size)
    servers, kinds = W1 if workload == "W1" else W2
    return lambda: one_queue(seed, servers, kinds, size)


if __name__ == "__main__":
    main("ciw", model_of)
