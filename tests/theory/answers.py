"""What each world of `worlds/` must give, computed from its own figures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, log

from scipy import optimize
from tests.theory import formulas as f
from tests.theory.sampling import Answers
from tests.theory.steady import Steady
from tests.theory.transient import Day, endless_servers

from channelsim.scenario.expected import Wanted
from channelsim.scenario.queues import QueueClass, Queues


def of(measure: str, name: str = "", **words: object) -> Wanted:
    """A measure of a class."""
    return Wanted(measure, (name,) if name else (), **words)  # type: ignore[arg-type]


def rate(c: QueueClass) -> float:
    return c.rates[0].per_min if c.rates else 0.0


def mean(c: QueueClass) -> float:
    assert c.service is not None
    return c.service.mean_min


def staff(queues: Queues, c: QueueClass) -> int:
    return next(p.staff for p in queues.pools if p.name == c.serves[0].pool)


def loss(queues: Queues) -> Answers:
    call = queues.classes[0]
    load, servers = rate(call) * mean(call), staff(queues, call)
    lost = f.erlang_b(servers, load)
    return [(of("p_block"), lost), (of("util"), load * (1.0 - lost) / servers)]


def waiting(queues: Queues) -> Answers:
    call = queues.classes[0]
    r, m, servers = rate(call), mean(call), staff(queues, call)
    wait = f.mmc_wait(servers, r, m)
    return [
        (of("p_wait"), f.erlang_c(servers, r * m)), (of("Wq"), wait), (of("Lq"), r * wait), (of("L"), r * (wait + m)),
        (of("SL", within_min=2.0), f.waits_within(servers, r, m, 2.0)), (of("util"), r * m / servers),
        (of("p_wait_over", over_min=2.0), 1.0 - f.waits_within(servers, r, m, 2.0)),
        (of("p_waiting", number=5), f.erlang_c(servers, r * m) * (1.0 - r * m / servers) * (r * m / servers) ** 5),
    ]  # fmt: skip


def impatience(queues: Queues) -> Answers:
    found = []
    for c in queues.classes:
        assert c.patience is not None
        exact = f.Impatient(staff(queues, c), rate(c), mean(c), c.patience)
        found += [
            (of("p_abandon", c.name), exact.abandons()), (of("p_wait", c.name), exact.waits()),
            (of("SL", c.name, within_min=1.0), exact.served_within(1.0)), (of("Wq", c.name, over="served"), exact.wait_of_served()),
        ]  # fmt: skip
    return found


def one_server(queues: Queues) -> Answers:
    found = []
    for c in queues.classes:
        assert c.service is not None
        wait = f.pollaczek_khinchine(rate(c), c.service)
        found += [(of("Wq", c.name), wait), (of("p_wait", c.name), rate(c) * mean(c)), (of("Lq", c.name), rate(c) * wait)]
    return found


def one_line(queues: Queues) -> Answers:
    a, b, short, long = queues.classes
    servers, total = sum(p.staff for p in queues.pools[:2]), rate(a) + rate(b)
    p_wait, wait = f.erlang_c(servers, total * mean(a)), f.mmc_wait(servers, total, mean(a))
    assert short.service is not None and long.service is not None
    residual = (rate(short) * f.square(short.service) + rate(long) * f.square(long.service)) / 2.0
    mixed = residual / (1.0 - rate(short) * mean(short) - rate(long) * mean(long))
    return [
        *((of("p_wait", c.name), p_wait) for c in (a, b)), *((of("Wq", c.name), wait) for c in (a, b)),
        *((of("Wq", c.name), mixed) for c in (short, long)),
    ]  # fmt: skip


def priorities(queues: Queues) -> Answers:
    one, many = queues.classes[:3], queues.classes[3:]
    residual = sum(rate(c) * f.square(c.service) / 2.0 for c in one if c.service)
    waits = f.priority_waits(residual, [rate(c) * mean(c) for c in one])
    servers, m = staff(queues, many[0]), mean(many[0])
    total = sum(rate(c) for c in many)
    residual = f.erlang_c(servers, total * m) * m / servers
    waits += f.priority_waits(residual, [rate(c) * m / servers for c in many])
    return [(of("Wq", c.name), wait) for c, wait in zip(queues.classes, waits, strict=True)]


def room(queues: Queues) -> Answers:
    call = queues.classes[0]
    exact = f.mmck(staff(queues, call), call.queue_limit or 0, rate(call), mean(call))
    return [
        (of("p_block"), exact.blocked), (of("p_wait"), exact.queued), (of("Lq"), exact.waiting),
        (of("Wq", over="admitted"), exact.wait_admitted), (of("util"), exact.busy / staff(queues, call)),
    ]  # fmt: skip


def chain(most: int, *wanted: Wanted) -> Callable[[Queues], Answers]:
    """Answers of a Markov chain."""

    def answers(queues: Queues) -> Answers:
        exact = Steady(queues, most)
        return [(w, exact.value(w)) for w in wanted]

    return answers


def both(*measures: str) -> list[Wanted]:
    return [of(m, c) for m in measures for c in ("A", "B")]


def network(queues: Queues) -> Answers:
    """Jackson: each station is an M/M/c at the rate that the traffic equations give it."""
    names = [c.name for c in queues.classes]
    routes = [[sum(r.share for r in c.after.get("served", ()) if r.to == to) for to in names] for c in queues.classes]
    outside = [rate(c) for c in queues.classes]
    through = f.traffic(outside, routes)
    waits = [f.mmc_wait(staff(queues, c), t, mean(c)) for c, t in zip(queues.classes, through, strict=True)]
    present = [t * (w + mean(c)) for c, t, w in zip(queues.classes, through, waits, strict=True)]
    between = sum(
        t * r.share * r.delay.mean_min for c, t in zip(queues.classes, through, strict=True) for r in c.after["served"] if r.delay
    )
    return [
        *((of("L", n), x) for n, x in zip(names, present, strict=True)), *((of("Wq", n), x) for n, x in zip(names, waits, strict=True)),
        (of("sojourn"), (sum(present) + between) / sum(outside)), (of("visits"), float(through.sum()) / sum(outside)),
    ]  # fmt: skip


def renewals(queues: Queues) -> Answers:
    """GI/M/1: the wait is 0 with probability 1 - s, else exponential, where s is the root of s = E exp(-(1 - s) interval / mean) [Cooper 1981, 5.12].

    Groups: M^X/M/1, L = load (E X + E X^2) / (2 E X (1 - load)) [Gross & Harris 1998, 3.1].
    """
    regular, erlang, groups = queues.classes
    found = []
    for c, transform in ((regular, lambda x, m: exp(-x * m)), (erlang, lambda x, m: (1.0 + x * m / 3.0) ** -3)):
        assert c.interval is not None
        interval = c.interval.mean_min
        s = optimize.brentq(lambda s, c=c, t=transform, m=interval: t((1.0 - s) / mean(c), m) - s, 1e-9, 1.0 - 1e-9)
        found += [
            (of("p_wait", c.name), s), (of("Wq", c.name), s * mean(c) / (1.0 - s)), (of("Wq", c.name, over="queued"), mean(c) / (1.0 - s)),
            (of("p_wait_over", c.name, over_min=2.0), s * exp(-2.0 * (1.0 - s) / mean(c))),
            (of("wait_quantile", c.name, share=0.9), mean(c) / (1.0 - s) * log(s / 0.1)),
            (of("p_present", c.name, number=0), 1.0 - mean(c) / interval),
        ]  # fmt: skip
    assert groups.interval is not None
    sizes = list(enumerate(groups.group_shares, 1))
    size, square = sum(n * p for n, p in sizes), sum(n * n * p for n, p in sizes)
    load = size * mean(groups) / groups.interval.mean_min
    present = load * (size + square) / (2.0 * size * (1.0 - load))
    return found + [
        (of("arrived", "groups"), load / mean(groups)), (of("L", "groups"), present), (of("p_present", "groups", number=0), 1.0 - load),
    ]  # fmt: skip


def day(queues: Queues) -> Answers:
    exact = Day(queues, 70)
    moments = [90.0, 205.0, 240.0, 275.0, 330.0, 435.0]  # rising, before and after the peak comes, after it goes, after closing
    present, waited, served = exact.solve(moments)
    call = queues.classes[0]
    offered = sum(r.per_min * (r.end_min - r.start_min) for r in call.rates if r.start_min < 1440.0)
    assert call.patience is not None
    return [
        *((of("present_at", at_min=m), x) for m, x in present.items()),
        (of("p_abandon"), float(waited[0]) / call.patience.mean_min / offered), (of("Wq"), float(waited[0]) / offered),
        *((of("served", pool=p.name, per="run"), float(x)) for p, x in zip(queues.pools, served, strict=True)),
    ]  # fmt: skip


def self_service(queues: Queues) -> Answers:
    return [
        (of("present_at", c.name, at_min=m), endless_servers(queues, i, m))
        for i, c in enumerate(queues.classes) for m in (20.0, 60.0, 110.0, 130.0)
    ]  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A world, its answers, the figures that are planted wrong, and how it is cut into independent observations."""

    answers: Callable[[Queues], Answers]
    plants: tuple[str, ...] = ("service", "rate")
    batch_min: float | None = None
    longer: int = 4  # times as many replications in the long tests, where each measure must notice a planted error


PATIENCE = ("service", "rate", "patience")
ONE_CLASS = (*PATIENCE, "service of A")  # what a shared pool does for one class moves little if all grow alike
POOL = {"pool": "P1"}
CASES = {
    "loss": Case(loss),
    "waiting": Case(waiting),
    "impatience": Case(impatience, PATIENCE),
    "one-server": Case(one_server),
    "priorities": Case(priorities),
    "one-line": Case(one_line),
    "room": Case(room),
    "retrials": Case(chain(110, of("p_block"), of("visits"), of("Lq"), of("util"), of("arrived"), of("Wq", over="admitted"))),
    "redial": Case(chain(60, *(of(m) for m in ("p_block", "p_abandon", "p_wait", "visits", "Lq", "util", "arrived"))), PATIENCE),
    "n-design": Case(
        chain(35, *both("p_wait", "p_abandon", "Wq"), of("busy", "B", **POOL), of("busy", "A", **POOL), of("util", pool="P2")), ONE_CLASS
    ),
    "x-design": Case(chain(22, *both("p_wait", "p_abandon", "Lq"), of("busy", "B", **POOL), of("busy", "A", pool="P2")), ONE_CLASS),
    "v-design": Case(chain(50, *both("p_wait", "p_abandon", "Wq", "busy")), PATIENCE),
    "m-design": Case(chain(30, *both("p_wait", "p_abandon", "Lq"), *(of("busy", c, pool="P3") for c in ("A", "B"))), ONE_CLASS),
    "overflow": Case(chain(1, *both("p_block"), of("served", "A", pool="shared"), of("util", pool="own"), of("util", pool="shared"))),
    "reserve": Case(chain(70, of("p_block", "urgent"), of("p_wait", "usual"), of("p_abandon", "usual"), of("Lq"), of("util")), PATIENCE),
    "renewals": Case(renewals, ("service", "interval")),
    "network": Case(network, ("service", "rate", "shares")),
    "day": Case(day, PATIENCE, 1440.0, 16),
    "self-service": Case(self_service, ("service", "rate"), 1440.0),
}
