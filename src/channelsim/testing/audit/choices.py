"""What should be chosen, worked out from the routing tables in the plainest way: the least of all that is allowed."""

from __future__ import annotations

from fractions import Fraction

from channelsim.testing.audit.floor import FOREVER, Floor, Need
from channelsim.testing.audit.rows import NONE

DAY = 1440.0
POINT_DAYS = 15  # a visitor looks no further ahead
BOOK_DAYS = 63


def can_spare(floor: Floor, pool: int, of_class: int, asking: int) -> bool:
    """Do the idle, with the one who asks, outnumber those kept back for this class? Appointments need no hold (decisions 6, 19)."""
    kept = floor.reserves[of_class, pool]
    if floor.modes[of_class] != "booked":
        kept += floor.holds[pool]
    return len(floor.idle[pool]) + asking > kept


def who_takes(floor: Floor, of_class: int, stage: int) -> tuple[int, int] | None:
    """(pool, person) who should take a contact: least rank, then by the rule of the class, then the lower pool (design 4.10)."""
    rule = floor.facts["classes"][of_class]["idle_rule"]
    offers = []
    for pool, rank in floor.dispatch[of_class][stage]:
        if floor.idle[pool] and can_spare(floor, pool, of_class, 0):
            since, person = floor.idle[pool][0]
            free = Fraction(len(floor.idle[pool]), max(1, there(floor, pool)))
            first = {
                "longest_idle": (0, since), "most_idle": (-len(floor.idle[pool]), since), "in_order": (0, 0.0),
                "least_occupied": (-free, since),
            }[rule]  # fmt: skip
            offers.append((rank, *first, pool, person))
    if not offers:
        return None
    *_, pool, person = min(offers)
    return pool, person


def may_take(floor: Floor, of_class: int, stage: int) -> list[tuple[int, int]]:
    """(pool, person) of everybody whom an own rule may name for a contact."""
    pools = [pool for pool, _ in floor.dispatch[of_class][stage] if floor.idle[pool] and can_spare(floor, pool, of_class, 0)]
    return [(pool, floor.idle[pool][0][1]) for pool in pools]


def may_be_taken(floor: Floor, pool: int, now: float, asking: int, after_shift: bool = False) -> set[int]:
    """Classes of which an own rule may name the first for a person of a pool."""
    found = set()
    for of_class, _, from_stage, *_ in floor.pulls[pool]:
        queue = floor.queues.get(int(of_class))
        stays = not after_shift or stays_for(floor, int(of_class), now)
        if queue and stays and floor.contacts[queue[0]].stage >= from_stage and can_spare(floor, pool, int(of_class), asking):
            found.add(int(of_class))
    return found


def there(floor: Floor, pool: int) -> int:
    """Persons of a pool who are idle or at work, work after a contact included."""
    return sum(p.pool == pool and p.doing in ("idle", "at work", "after work") for p in floor.people.values())


def stays_for(floor: Floor, of_class: int, now: float) -> bool:
    """After the shift people stay only for customers who are inside behind closed doors (decisions 22)."""
    facts = floor.facts["classes"][of_class]
    behind_doors = facts["calendar"] != NONE and not open_at(floor, facts["calendar"], now)
    return behind_doors and facts["mode"] == "waiting" and not facts["sent_home_at_closing"]


def what_to_take(floor: Floor, pool: int, now: float, asking: int, after_shift: bool = False) -> int | None:
    """The class whose first contact a person of a pool should take: least rank, longest weighted wait or first due, lower class."""
    offers = []
    for of_class, rank, from_stage, weight, _, due in floor.pulls[pool]:
        queue = floor.queues.get(int(of_class))
        if queue:
            head = floor.contacts[queue[0]]
            stays = not after_shift or stays_for(floor, int(of_class), now)
            if stays and head.stage >= from_stage and can_spare(floor, pool, int(of_class), asking):
                offers.append((rank, due - (now - head.queued_since) * weight, int(of_class)))
    return min(offers)[2] if offers else None


def is_told(floor: Floor, of_class: int, signal: str, now: float) -> float:
    """What a customer who would wait is told: how many are ahead, how long the first has waited, or how long he may expect to."""
    facts, queue = floor.facts["classes"][of_class], floor.queues.get(of_class, [])
    if signal == "longest_wait":
        return now - floor.contacts[queue[0]].queued_since if queue else 0.0
    offer = facts["call_back"]
    promised = floor.queues.get(offer["to"], []) if offer is not None and offer["keeps_place"] else []
    ahead = len(queue) + len(promised)
    if signal == "length":
        return float(ahead)
    rate = 0.0
    for pool, _ in floor.dispatch[of_class][0]:
        rate += there(floor, pool) / facts["busy_mean_min"][str(pool)]
    return (ahead + 1) / rate if rate else FOREVER


def which_slot(floor: Floor, need: Need, channel: int, now: float, there: float) -> tuple[int, float] | None:
    """(book, hour) of the appointment to make, not before `there`: earliest start, then less travel, then the lower pool (decisions 19)."""
    offers = []
    for number, travel in floor.facts["booked"][need.service if floor.facts["customers"] else channel][need.town]:
        book = floor.facts["books"][int(number)]
        start = first_free(floor, int(number), now, there)
        if start is not None:
            offers.append((start, travel, book["pool"], int(number)))
    if not offers:
        return None
    best = min(offers)
    return best[3], best[0]


def first_free(floor: Floor, number: int, now: float, there: float) -> float | None:
    """The earliest hour that a book still offers, after its notice and within its horizon."""
    book = floor.facts["books"][number]
    earliest, today = max(there, now + book["notice_min"]), int(now // DAY)
    last = today + min(book["horizon_days"], BOOK_DAYS)
    for day in sorted(d for d in floor.free_slots[number] if int(earliest // DAY) <= d <= last):
        for slot, free in enumerate(floor.free_slots[number][day]):
            start = day * DAY + book["first_slot_min"] + slot * book["slot_min"]
            if free > 0 and start >= earliest:
                return float(start)
    return None


def travel_min(floor: Floor, need: Need, minutes: float) -> float:
    """Minutes of one way: by car, or by public transport (decisions 28), on the grid of times."""
    options = floor.facts["options"]
    if need.car or minutes == 0.0:
        return minutes
    return float(round((minutes * options["transit_factor"] + options["transit_extra_min"]) * 2**20)) / 2**20


def which_point(floor: Floor, need: Need, now: float) -> tuple[int, float] | None:
    """(place, arrival) of a visit: the nearest point open on arrival, on the first day that has one (decisions 15, 22)."""
    if not need.reachable:
        return None
    before_closing = floor.facts["options"]["last_arrival_before_closing_min"]
    nearest_first = sorted((minutes, int(place)) for place, minutes in floor.facts["walk_in"][need.service][need.town])
    today = int(now // DAY)
    for ahead in range(POINT_DAYS):
        for minutes, place in nearest_first:
            hours = floor.facts["calendars"][floor.facts["place_calendar"][place]]["days"][today + ahead]
            if hours is None:
                continue
            opens, closes = hours
            there = now + ahead * DAY + travel_min(floor, need, minutes)
            if ahead == 0 and max(there, opens) > closes - before_closing:
                continue
            return place, float(max(opens, min(there, closes - before_closing)))
    return None


def when_visiting(floor: Floor, of_class: int, minutes: float, now: float) -> float | None:
    """When a visitor of a world of queues is there: today if it is not too late then, otherwise on the next open day (decisions 22)."""
    facts = floor.facts["classes"][of_class]
    there = now + minutes
    if facts["calendar"] == NONE:
        return there
    days = floor.facts["calendars"][facts["calendar"]]["days"]
    first = int(there // DAY)
    for day in range(first, len(days)):
        if days[day] is None:
            continue
        opens, latest = days[day][0], days[day][1] - facts["last_arrival_min"]
        moment = max(opens, there + (day - first) * DAY)
        if moment <= latest or day > first:
            return float(min(moment, latest))
    return None


def open_at(floor: Floor, calendar: int, now: float) -> bool:
    """Are the doors of a calendar open?"""
    hours = floor.facts["calendars"][calendar]["days"][int(now // DAY)]
    return hours is not None and hours[0] <= now < hours[1]


def opens_next(floor: Floor, calendar: int, now: float) -> tuple[float, float] | None:
    """The next hours of a calendar that have not begun."""
    for hours in floor.facts["calendars"][calendar]["days"][int(now // DAY) :]:
        if hours is not None and hours[0] > now:
            return float(hours[0]), float(hours[1])
    return None
