"""Writes w4.yaml, the regional network of the benchmark: 16 sites, a phone line and a web pool (docs/background/performance.md).

What a customer carries elsewhere is a class here: the attempt by phone and its priority, and the priority at the
specialist. Classes of one pull rank are served in the order in which they joined, so the queues are the same.
"""

from __future__ import annotations

from pathlib import Path

SITES = range(16)
SHARES = [(0.6 + 0.8 * s / 15) / 16 for s in SITES]
PHONE_WEIGHTS = [0.6, 1.2, 1.5, 1.4, 1, 0.9, 1.1, 1, 0.8, 0.5]
WEB_WEIGHTS = [0.4, 0.8, 1.2, 1.4, 1.3, 1, 0.9, 1, 1.1, 1, 0.9, 1, 1.2, 1.1, 0.7]
VISIT_WEIGHTS = [1.3, 1.5, 1.2, 0.8, 0.7, 0.9, 1, 0.6]


def steps(a_day: float, first_hour: int, weights: list[float]) -> str:
    """Arrivals of a day in hourly steps; weights are normalised to mean 1."""
    per_min = a_day / 60.0 / sum(weights)
    rows = []
    for hour, weight in enumerate(weights, first_hour):
        rows.append(f'        - {{open: "{hour:02d}:00", close: "{hour + 1:02d}:00", per_min: {per_min * weight!r}}}')
    return "\n".join(rows)


def visits(share: float) -> str:
    """A visit to the customer's own site, after a while."""
    return ", ".join(f"{{to: front{s}, share: {share * SHARES[s]!r}, delay_min: {{exponential: 120}}}}" for s in SITES)


def phone(name: str, attempt: int, priority: int) -> list[str]:
    """One attempt by phone: abandonment leads to the next attempt, up to the third, or to a visit."""
    again = f"{{to: phone_{priority}_{attempt + 1}, share: 0.6, delay_min: {{exponential: 20}}}}, " if attempt < 3 else ""
    lines = [f"  {name}:"]
    if attempt == 1 and priority == 1:
        lines += ["    arrivals:", "      steps:", steps(2880, 8, PHONE_WEIGHTS)]
    return [
        *lines,
        "    service_min: {lognormal: 5, cv: 1}",
        "    patience_min: {exponential: 4}",
        '    hours: {open: "08:00", close: "18:00"}',
        "    reopening_delay_min: {uniform: [0, 60]}",
        "    pools: [phone_line]",
        "    after:",
        f"      abandoned: [{again}{visits(0.12 if attempt < 3 else 0.3)}]",
        f"      served: [{visits(0.08)}]",
    ]


def site(s: int) -> list[str]:
    """The front desk of a site and its specialists, who take those with priority first."""
    to_specialist = [(0.35 * 0.3, 0), (0.35 * 0.7, 1)]
    lines = [
        f"  front{s}:",
        "    arrivals:",
        "      steps:",
        steps(1600 * SHARES[s], 9, VISIT_WEIGHTS),
        "    service_min: {lognormal: 6, cv: 0.8}",
        "    patience_min: {exponential: 45}",
        '    hours: {open: "09:00", close: "17:00"}',
        "    reopening_delay_min: {uniform: [0, 60]}",
        f"    pools: [desk{s}]",
        "    after:",
        "      served: [" + ", ".join(f"{{to: specialist{s}_{p}, share: {share!r}}}" for share, p in to_specialist) + "]",
    ]
    for priority in (0, 1):
        lines += [
            f"  specialist{s}_{priority}:",
            "    service_min: {lognormal: 15, cv: 0.7}",
            "    patience_min: {exponential: 90}",
            f"    pools: [specialists{s}]",
        ]
    return lines


def world() -> str:
    """The whole file."""
    phones = [(attempt, priority) for priority in (0, 1) for attempt in (1, 2, 3)]
    ranks = ", ".join("[" + ", ".join(f"phone_{p}_{a}" for a in (1, 2, 3)) + "]" for p in (0, 1))
    lines = [
        "# W4: regional network. Written by make_w4.py; 25 days of 1,440 min, about 363,000 events.",
        "world: W4 regional network",
        "run: {length_min: 36000, seed: 1}",
        "classes:",
    ]
    for attempt, priority in phones:
        lines += phone(f"phone_{priority}_{attempt}", attempt, priority)
    lines += [
        "  web:",
        "    arrivals:",
        "      steps:",
        steps(1500, 7, WEB_WEIGHTS),
        "    service_min: {lognormal: 6, cv: 1}",
        "    pools: [web_pool]",
        "    after:",
        "      served: [{to: phone_0_1, share: 0.15, delay_min: {exponential: 10}}]",
    ]
    for s in SITES:
        lines += site(s)
    lines += ["pools:", f"  phone_line: {{staff: 32, takes: [{ranks}]}}", "  web_pool: {staff: 16}"]
    for s in SITES:
        lines += [
            f"  desk{s}: {{staff: {2 if s < 11 else 3}}}",
            f"  specialists{s}: {{staff: 2, takes: [specialist{s}_0, specialist{s}_1]}}",
        ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    (Path(__file__).parent / "w4.yaml").write_text(world(), encoding="utf-8")
