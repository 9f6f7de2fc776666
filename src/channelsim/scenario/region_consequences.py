"""What follows the outcomes of a region's contacts."""

from __future__ import annotations

from collections.abc import Callable

from channelsim.scenario import tables as T
from channelsim.scenario.build import Consequence
from channelsim.scenario.compile_customers import draft_delay
from channelsim.scenario.region_classes import CALL_BACK, CHECK, PHONE, VISIT, WEB, Routing
from channelsim.scenario.tables import NONE


def add_consequences(routing: Routing) -> None:
    """Redials, switches, transfers, referrals, repeats (decisions 4, 19, 22, 33)."""
    value = routing.region.value
    delay: Callable[[str], int] = lambda name: draft_delay(routing.d, name)  # noqa: E731
    contact, f = T.CONTACT, routing.d.features
    after_phone = _after_phone(routing, "after_abandon_share", delay)
    blocked = ("phone", "after_blocked_share", "phone") in routing.region.parameters
    after_blocked = _after_phone(routing, "after_blocked_share", delay) if blocked else after_phone
    after_visit = (
        (value("visit", "after_abandon_share", "visit"), contact, VISIT, delay("visit_after_visit_abandon")),
        (value("visit", "after_abandon_share", "phone"), contact, PHONE, delay("phone_after_visit_abandon")),
    )
    after_web = tuple(
        (value("web", "after_failure_share", name), contact, channel, delay(wait))
        for name, channel, wait in (
            ("web", WEB, "retry_web"), ("phone", PHONE, "phone_after_web_failure"),
            ("visit", VISIT, "visit_after_web_failure"),
        )
    )  # fmt: skip
    total = sum(e[0] for e in after_web)
    web_repeats = tuple((e[0] / total, contact, e[2], delay("repeat_contact")) for e in after_web)
    transfer = value("phone", "transfer_success_share", "first_call")
    book_again = value("visit", "rebook_after_no_show_share", "all", 0.0)
    for number, c in enumerate(routing.b.classes):
        own_channel = c.mode == T.BOOKED and bool(f.phone_booked)  # of whoever has the hour: a call or a visit
        again = (1.0, contact, NONE if own_channel else PHONE if c.channel == CALL_BACK else c.channel, delay("repeat_contact"))
        if c.mode == T.SELF:
            routing.b.consequence(number, 0, T.FAILED, *after_web)
            routing.b.consequence(number, 0, T.COMPLETED, *web_repeats)
            continue
        left = after_phone if c.channel == PHONE else after_visit
        if c.channel == PHONE and (f.queue_limit is not None or f.announces):
            routing.b.consequence(number, 0, T.BLOCKED, *after_blocked)
            routing.b.consequence(number, 0, T.BALKED, *after_phone)
        if c.channel == PHONE and f.calls_back:
            later = NONE if f.call_back_after_min is None else routing.b.distribution("deterministic", f.call_back_after_min)
            routing.b.consequence(number, 0, T.CALLED_BACK, (1.0, contact, CALL_BACK, later))
        routing.b.consequence(number, 0, T.ABANDONED, *left)
        routing.b.consequence(number, 0, T.SENT_HOME, *(left if c.mode == T.WAITING else ((1.0, T.BOOK, NONE, NONE),)))
        routing.b.consequence(number, 0, T.NO_SHOW, (book_again, T.BOOK, NONE, NONE))
        for role in range(T.N_ROLES):
            routing.b.consequence(number, role, T.SERVED, *(web_repeats if c.channel == CHECK else (again,)))
            handed: tuple[Consequence, ...] = ((1.0, T.TRANSFER, NONE, NONE),)
            if role == T.ADVISER:
                handed = ((f.assist_share, contact, WEB, NONE), (1.0 - f.assist_share, contact, PHONE, delay("referral_from_joint_point")))
            elif c.channel in (PHONE, CALL_BACK):
                handed = ((transfer, T.TRANSFER, NONE, NONE), (1.0 - transfer, T.BOOK, NONE, NONE))
            if role == T.NATIONAL:
                ring = ((1.0, contact, PHONE, delay("phone_after_web_failure")),)  # whoever came by web is asked to ring
                handed = ((1.0, T.HAND_BACK, NONE, NONE),) if c.channel == PHONE else ring
            routing.b.consequence(number, role, T.HANDED_OVER, *handed)


def _after_phone(routing: Routing, shares: str, delay: Callable[[str], int]) -> tuple[Consequence, ...]:
    """What follows when a caller gets no answer: another call, the same day or the next, a visit, the web."""
    value, tomorrow = routing.region.value, routing.d.features.tomorrow_share
    again, contact = value("phone", shares, "phone", 0.0), T.CONTACT
    rows = [(again * (1.0 - tomorrow), contact, PHONE, delay("redial"))]
    if tomorrow > 0.0:
        rows.append((again * tomorrow, contact, PHONE, routing.b.distribution("deterministic", 1440.0)))
    rows.append((value("phone", shares, "visit", 0.0), contact, VISIT, delay("visit_after_phone_abandon")))
    rows.append((value("phone", shares, "web", 0.0), contact, WEB, delay("web_after_phone_abandon")))
    return tuple(rows)
