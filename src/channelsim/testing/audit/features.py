"""What regions with more rules than most do by chance: attempts on the web, chasers, moved hours, needs that come back."""

from __future__ import annotations

from channelsim.testing.audit import chance
from channelsim.testing.audit.floor import Contact, Floor, Need

DAY = 1440.0
MOST_LESSONS = 10


def completion(floor: Floor, contact: Contact, need: Need) -> float:
    """Probability that an attempt succeeds: none while the web is down, more with an adviser, fewer failures after each try."""
    share, more = float(floor.facts["shares"]["completion"][need.segment][need.service]), floor.facts["more"]
    if more is None:
        return share
    if any(begins <= contact.began_at < ends for begins, ends in more["outages"]):
        return 0.0
    failing = 1.0 - (share + (more["assisted"] if contact.assisted else 0.0))
    for _ in range(min(contact.k, MOST_LESSONS)):
        failing *= more["failing_again"]
    return float(1.0 - failing)


def chasers(floor: Floor, need: Need, now: float, due: float) -> list[int]:
    """Days on which a customer asks how things stand: a draw for each working day beyond so many, between booking and hour."""
    more = floor.facts["more"]
    channel = next((k for k, c in enumerate(floor.facts["channels"]) if c["part"] == "chaser"), None)
    if more is None or channel is None:
        return []
    open_days = floor.facts["calendars"][more["phone_calendar"]]["days"]
    waits = [day for day in range(int(now // DAY) + 1, int(due // DAY)) if open_days[day] is not None]
    late = [day for nth, day in enumerate(waits, 1) if nth > more["chaser_after_days"]]
    return [day for day in late if chance.uniform(need.luck, chance.CHASES, channel, day) < more["chaser_a_day"]]


def moves_at(floor: Floor, contact: Contact, need: Need, now: float, due: float) -> float | None:
    """When a customer asks for another hour; None: never."""
    more = floor.facts["more"]
    if more is None or more["hour_moved"] <= 0.0 or due - more["moved_before_min"] <= now:
        return None
    u = chance.uniform(need.luck, chance.RESCHEDULES, contact.channel, contact.k, contact.leg)
    return float(due - more["moved_before_min"]) if u < more["hour_moved"] else None


def comes_back(floor: Floor, contact: Contact, need: Need) -> bool:
    """Does a need that would be given up come again, later and heavier? Once at most."""
    more = floor.facts["more"]
    if more is None or need.came_back or need.settled:
        return False
    return chance.uniform(need.luck, chance.RETURNS, contact.channel, contact.k, contact.leg) < float(more["unmet_returns"])


def keeps_company(floor: Floor, contact: Contact, action: str, of_class: int) -> float:
    """Minutes for which whoever hands this caller over stays at most; 0: goes at once."""
    more = floor.facts["more"]
    by_phone = floor.facts["channels"][contact.channel]["part"] in ("phone", "call back")
    return float(more["warm_max_min"]) if more is not None and by_phone and action == "transfer" and of_class >= 0 else 0.0
