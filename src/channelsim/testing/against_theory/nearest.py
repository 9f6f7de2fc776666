"""The closed form, or small Markov chain, that stands for a station of one pool."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, isfinite

from channelsim.scenario.queues import QueueClass
from channelsim.testing import theory as Q
from channelsim.testing.against_theory.station import Station, cv2_of, pull_rank
from channelsim.units import TICK_MIN

Told = Mapping[tuple[str, str], float]  # by measure, and class ("": all classes of the station)


@dataclass(frozen=True)
class Nearest:
    """A formula with its values for one station."""

    name: str
    source: str
    values: Told
    approximation: bool = False

    @property
    def has_long_run(self) -> bool:
        return all(isfinite(v) for v in self.values.values())


@dataclass(frozen=True)
class Laws:
    """Rates and services of the classes of a station, and of all of them together."""

    rates: list[float]
    means: list[float]
    cv2s: list[float]

    @property
    def rate(self) -> float:
        return sum(self.rates)

    @property
    def weights(self) -> list[float]:
        """Shares of the classes in what is served; alike where nothing comes of itself."""
        return [r / self.rate if self.rate else 1.0 / len(self.rates) for r in self.rates]

    @property
    def mean(self) -> float:
        return sum(p * m for p, m in zip(self.weights, self.means, strict=True))

    @property
    def cv2(self) -> float:
        squares = sum(p * m * m * (1.0 + v) for p, m, v in zip(self.weights, self.means, self.cv2s, strict=True))
        return squares / self.mean**2 - 1.0

    @property
    def exponential(self) -> bool:
        """Whether all are exponential with one mean."""
        return all(abs(v - 1.0) < 1e-9 for v in self.cv2s) and max(self.means) - min(self.means) < 1e-9 * self.mean


def laws_of(station: Station) -> Laws:
    """Rates, means and squared coefficients of variation by class."""
    services = [station.service_of(c) for c in station.classes]
    return Laws([station.per_min(c) for c in station.classes], [s.mean_min for s in services], [cv2_of(s) for s in services])


def leaving_rate(station: Station, laws: Laws) -> float:
    """Rate at which one who waits loses patience, in the mean over the classes; no patience counts as a tick of it."""
    rates = zip(laws.rates, station.classes, strict=True)
    return sum(r / max(c.patience.mean_min, TICK_MIN) for r, c in rates if c.patience is not None) / laws.rate


def is_loss(station: Station) -> bool:
    """Whether nobody can ever wait."""
    return all(c.queue_limit == 0 for c in station.classes)


def levels_of(station: Station) -> list[list[QueueClass]]:
    """Classes in the order in which a freed person takes them; one level: by time of arrival alone."""
    levels: dict[int, list[QueueClass]] = {}
    for c in station.classes:
        levels.setdefault(pull_rank(c, station.pools[0]), []).append(c)
    return [levels[rank] for rank in sorted(levels)]


def nearest(station: Station) -> Nearest:
    """The formula for a station with at most one pool whose people are always there."""
    if not station.pools:
        c = station.classes[0]
        present = station.per_min(c) * station.service_of(c).mean_min
        return Nearest("M/G/infinity", "Palm (1943): nobody waits, any law of service", {("p_wait", ""): 0.0, ("L", ""): present})
    if any(c.patience is not None or c.queue_limit is not None for c in station.classes):
        return _chain(station)
    if len(levels_of(station)) > 1:
        return _priorities(station)
    return _in_order(station)


def _in_order(station: Station) -> Nearest:
    """First come, first served; nobody leaves."""
    laws, servers = laws_of(station), station.pools[0].staff
    if servers > 1 and laws.exponential:
        return _told(f"Erlang C, M/M/{servers}", "Erlang (1917)", station, Q.mmc(laws.rate, laws.mean, servers))
    if servers == 1:
        name = "M/M/1" if laws.exponential else "M/G/1"
        return _told(name, "Pollaczek (1930), Khinchine (1932)", station, Q.mg1(laws.rate, laws.mean, laws.cv2))
    source = "approximation of Allen & Cunneen (1990), Lee & Longton (1959)"
    return _told(f"M/G/{servers}", source, station, Q.mgc(laws.rate, laws.mean, laws.cv2, servers), approximation=True)


def _priorities(station: Station) -> Nearest:
    """The most urgent first; nobody is interrupted, nobody leaves."""
    laws, servers = laws_of(station), station.pools[0].staff
    plain = Q.mg1(laws.rate, laws.mean, laws.cv2) if servers == 1 else Q.mgc(laws.rate, laws.mean, laws.cv2, servers)
    load = laws.rate * laws.mean
    before = plain.wait_mean * (1.0 - load / servers) if load < servers else inf
    of_class = dict(zip(station.names, zip(laws.rates, laws.means, strict=True), strict=True))
    levels = levels_of(station)
    rates = [sum(of_class[c.name][0] for c in level) for level in levels]
    loads = [sum(of_class[c.name][0] * of_class[c.name][1] for c in level) for level in levels]
    means = [work / rate if rate else 0.0 for work, rate in zip(loads, rates, strict=True)]
    waits = Q.priority_waits(rates, means, before, servers) if isfinite(before) else [inf] * len(levels)
    wait = sum(r * w for r, w in zip(rates, waits, strict=True) if r) / laws.rate
    values = {("p_wait", ""): plain.p_wait, ("Wq", ""): wait, ("util", ""): plain.utilisation}
    values |= {("Wq", c.name): w for level, w in zip(levels, waits, strict=True) for c in level}
    exact = servers == 1 or laws.exponential
    name = f"M/{'M' if laws.exponential else 'G'}/{servers} with priorities that interrupt nobody"
    return Nearest(name, "Cobham (1954)" if exact else "Cobham (1954) with the approximation of Allen & Cunneen (1990)", values, not exact)


def _chain(station: Station) -> Nearest:
    """Impatience and limits: a birth and death process of the number present."""
    laws, servers = laws_of(station), station.pools[0].staff
    losing = leaving_rate(station, laws)
    limits = [c.queue_limit for c in station.classes]
    places = 0 if is_loss(station) else sum(k or 0 for k in limits) if None not in limits else None
    patience = 1.0 / losing if losing else inf
    found = Q.chain(laws.rate, laws.mean, servers, places, patience)
    if places == 0:
        name, source = f"Erlang B, M/G/{servers}/{servers}", "Erlang (1917), Sevastyanov (1957)"
    elif places is None:
        name, source = f"Erlang A, M/M/{servers}+M", "Palm (1957); Garnett, Mandelbaum & Reiman (2002)"
    else:
        name = f"M/M/{servers}/{servers + places}{'+M' if losing else ''}"
        source = "Markov chain of the number present (Palm 1957; Gross & Harris)"
    extra = {} if places == 0 or not losing else {("p_abandon", ""): found.p_abandon}
    extra |= {("p_block", ""): found.p_block} if places is not None else {}
    return _told(name, source, station, found, extra)


def _told(name: str, source: str, station: Station, s: Q.Steady, extra: Told | None = None, approximation: bool = False) -> Nearest:
    """Values over the whole station; where all wait in one order, each class waits like all."""
    values = {("p_wait", ""): s.p_wait, ("Wq", ""): s.wait_mean, ("util", ""): s.utilisation} | dict(extra or {})
    alike = len(levels_of(station)) == 1 and not any(c.queue_limit for c in station.classes)
    if alike and len(station.classes) > 1:
        values |= {("Wq", c.name): s.wait_mean for c in station.classes if station.per_min(c)}
    return Nearest(name, source, values, approximation)
