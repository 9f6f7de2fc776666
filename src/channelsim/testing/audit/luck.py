"""What chance decides: the first channel, whether a contact closes its need, and what the customer does next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from channelsim.testing.audit import chance, choices, features
from channelsim.testing.audit.floor import Contact, Floor, Need
from channelsim.testing.audit.rows import NONE, Row

Next = tuple[str, int]  # action, channel of the contact that follows
NOTHING: Next = ("nothing", NONE)


def channel_named(floor: Floor, part: str) -> int:
    """The channel that plays a part."""
    return next((k for k, channel in enumerate(floor.facts["channels"]) if channel["part"] == part), NONE)


def which_channel(floor: Floor, need: Need, shares: Mapping[str, Any]) -> int:
    """The channel of the first contact: web or not, then phone or visit, each by a draw of its own (decisions 29, 34)."""
    web, phone = shares["web"][need.segment][need.service], shares["phone"][need.segment][need.service]
    if need.web and chance.uniform(need.luck, chance.WEB_OR_NOT) < web:
        return channel_named(floor, "web")
    by_phone = chance.uniform(need.luck, chance.PHONE_OR_VISIT) < phone or (phone > 0.0 and not need.reachable)
    return channel_named(floor, "phone" if by_phone else "visit")


def draw(floor: Floor, contact: Contact, purpose: int, leg: int | None = None) -> float:
    """A draw of one contact."""
    luck = floor.needs[contact.key[0]].luck
    return chance.uniform(luck, purpose, contact.channel, contact.k, contact.leg if leg is None else leg)


def trip(floor: Floor, contact: Contact) -> float | None:
    """Minutes of a trip in a world of queues, 0 without one; None for a law that is read from tables, which is not worked out again."""
    law = None if floor.facts["customers"] else floor.facts["classes"][contact.channel]["travel"]
    if law is None:
        return 0.0
    minutes = chance.quantile(law, draw(floor, contact, chance.TRAVEL))
    return None if minutes is None else float(int(minutes / chance.TICK + 0.5)) * chance.TICK


def closes(floor: Floor, contact: Contact, pool: int) -> bool:
    """Does work on a contact close the need? Those without the skill close few that take expertise (decisions 4)."""
    facts, need = floor.facts, floor.needs[contact.key[0]]
    if not facts["customers"] or facts["channels"][contact.channel]["part"] in ("casework", "chaser"):
        return True
    share = float(facts["shares"]["closes"][pool])
    if need.expertise and not facts["shares"]["able"][pool][need.service]:
        share *= facts["shares"]["closes_unable"]
    return share >= 1.0 or draw(floor, contact, chance.CLOSES) < share


def completes(floor: Floor, contact: Contact) -> bool:
    """Does a self-service attempt succeed? Advice always does, the first time."""
    need = floor.needs[contact.key[0]]
    if not floor.facts["customers"] or (need.advice and contact.k == 0):
        return True
    return draw(floor, contact, chance.COMPLETES, 0) < features.completion(floor, contact, need)


def leaves(floor: Floor, contact: Contact) -> int:
    """The class of the casework that a served contact leaves in a world of queues; NONE without any."""
    left = None if floor.facts["customers"] else floor.facts["classes"][contact.channel]["leaves"]
    if left is None or (left["share"] < 1.0 and draw(floor, contact, chance.CHECKED) >= left["share"]):
        return NONE
    return int(left["class"])


def misses(floor: Floor, contact: Contact, now: float) -> bool:
    """Is the customer a no-show? The first appointment goes by his own disposition."""
    need = floor.needs[contact.key[0]]
    if not floor.facts["customers"]:
        of = floor.facts["classes"][contact.channel]
        share = of["no_show"] + of["no_show_by_min"] * (0.0 if contact.book == NONE else now - contact.asked_at)
        has_hour = contact.book != NONE or (of["way"] == "hour" and contact.key[1] == 0)
        return has_hour and draw(floor, contact, chance.NO_SHOW) < share
    first = contact.k == 0 and contact.leg == 0
    u = chance.uniform(need.luck, chance.NO_SHOW) if first else draw(floor, contact, chance.NO_SHOW)
    shares, lead = floor.facts["shares"], now - contact.asked_at
    return u < float(shares["no_show"][need.service]) + float(shares["no_show_by_min"][need.service]) * lead


def answers(floor: Floor, contact: Contact, now: float) -> str:
    """What a customer does on hearing how long it takes: 'called back', 'balked', or 'queues'."""
    facts = floor.facts["classes"][contact.of_class]
    offer, balk = facts["call_back"], facts["balk"]
    offered = offer is not None and choices.is_told(floor, contact.of_class, offer["signal"], now) >= offer["at"]
    if offered and draw(floor, contact, chance.TAKES_CALL_BACK) < offer["accepted"]:
        return "called back"
    if balk is not None:
        told = choices.is_told(floor, contact.of_class, balk["signal"], now)
        reached = [share for at, share in zip(balk["at"], balk["share"], strict=True) if told >= at]
        if draw(floor, contact, chance.BALKS) < (reached[-1] if reached else 0.0):
            return "balked"
    return "queues"


def is_reached(floor: Floor, contact: Contact) -> bool:
    """Does somebody answer a call back?"""
    rule = floor.facts["classes"][contact.of_class]["unreached"]
    return rule is None or draw(floor, contact, chance.REACHED) >= rule["share"]


def is_tried_again(floor: Floor, contact: Contact) -> bool:
    """Does another try follow one that nobody answered?"""
    rule = floor.facts["classes"][contact.of_class]["unreached"]
    return rule is not None and contact.leg + 1 < rule["tries"]


def what_follows(floor: Floor, outcome: Row, goes_to_check: bool) -> Next:
    """What a customer does after an outcome (design 4.11)."""
    facts, contact = floor.facts, floor.contacts[outcome.key]
    need, name = floor.needs[outcome.need], facts["outcomes"][outcome.x]
    if facts["channels"][contact.channel]["part"] == "chaser":
        return NOTHING
    role = facts["pools"][outcome.pool]["role"] if outcome.pool != NONE else 0
    done = name in ("served", "completed")
    if done and facts["customers"]:
        if facts["channels"][contact.channel]["part"] in ("casework", "chaser") or goes_to_check:
            return NOTHING
        advised = name == "completed" and need.advice and contact.k == 0
        if advised or draw(floor, contact, chance.REPEATS) >= facts["shares"]["repeat"][contact.channel][role]:
            return "resolve", NONE
    if name == "moved on":
        return "contact", facts["classes"][outcome.of_class]["moves_on"]["to"]
    if name == "called back" and not facts["customers"]:
        return "contact", facts["classes"][outcome.of_class]["call_back"]["to"]
    if name == "not reached" and is_tried_again(floor, contact):
        return "contact", contact.channel
    if outcome.of_class == NONE:
        return _where_no_class_is(floor, contact, need, name)
    u = draw(floor, contact, chance.NEXT)
    for of_role, of_outcome, entries in facts["classes"][outcome.of_class]["follows"]:
        if (of_role, of_outcome) == (role, outcome.x):
            for cumulative, action, channel in entries:
                if u < cumulative:
                    to = contact.channel if channel == NONE else channel  # the same way, where none is named
                    return facts["actions"][action], to if facts["actions"][action] == "contact" else NONE
    return "resolve" if done else "give up", NONE


def _where_no_class_is(floor: Floor, contact: Contact, need: Need, outcome: str) -> Next:
    """No way was found: whoever sets out for the first time and reaches no point phones, if there is a line."""
    phone = channel_named(floor, "phone")
    by_visit = floor.facts["channels"][contact.channel]["part"] == "visit"
    phones = outcome == "no way to go" and by_visit and contact.k == 0 and phone != NONE
    if phones and floor.facts["entry_class"][phone][need.service][need.town][0] != NONE:
        return "contact", phone
    return "give up", NONE
