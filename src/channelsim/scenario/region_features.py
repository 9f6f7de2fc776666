"""Rules of phone, web, appointments and demand that a region may give beyond those that every region has.

Each is a parameter (`config.parameter_names`); a region that does not give it does without the rule, and a region that gives
none of them runs kernels in which there is nothing of it (`Tables.extras`).
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from channelsim.scenario.region import Region

USUAL_TRY_MIN = 1.0
USUAL_AGAIN_MIN = 60.0
USUAL_CHASER_MIN = 3.0


@dataclass(frozen=True, slots=True)
class Features:
    """What of it a region gives; the defaults are those of a region without."""

    # phone
    queue_limit: int | None = None  # places to wait in a line
    balk: tuple[tuple[float, float], ...] = ()  # (announced wait in minutes, share that hangs up from there on)
    offer_from_min: float | None = None  # announced wait from which a call back is offered
    offer_accepted: float = 0.0
    call_back_after_min: float | None = None  # none: virtual hold
    unreached_share: float = 0.0
    tries: int = 1
    try_min: float = USUAL_TRY_MIN
    again_min: float = USUAL_AGAIN_MIN
    overflow_after_min: float | None = None
    warm_max_min: float = 0.0
    tomorrow_share: float = 0.0  # of those who call again after a hang-up
    # web
    learning_ratio: float = 1.0  # failures of one more attempt, relative to the one before
    assist_share: float = 0.0  # of what advisers of joint points cannot settle
    assist_uplift: float = 0.0
    message_due_min: float | None = None
    outages: tuple[tuple[float, float], ...] = ()
    # appointments
    no_show_per_day: float = 0.0
    reminder_ratio: float = 1.0
    reschedule_share: float = 0.0
    reschedule_notice_min: float = 1440.0
    phone_booked: tuple[str, ...] = ()  # services
    chaser_rate: float = 0.0  # a working day
    chaser_after_days: float = 0.0
    chaser_min: float = USUAL_CHASER_MIN
    # demand
    unmet_share: float = 0.0
    unmet_after_min: float = 0.0
    unmet_ratio: float = 1.0

    @property
    def calls_back(self) -> bool:
        return self.offer_from_min is not None

    @property
    def announces(self) -> bool:
        return self.calls_back or bool(self.balk)

    @property
    def chases(self) -> bool:
        return self.chaser_rate > 0.0

    @property
    def needs_kernels(self) -> bool:
        """Whether some of it is a rule of the engines; the rest is a matter of tables that every region has."""
        usual = Features()
        by_tables = {"queue_limit", "overflow_after_min", "tomorrow_share", "message_due_min", "no_show_per_day", "reminder_ratio"}
        return any(getattr(self, f.name) != getattr(usual, f.name) for f in fields(self) if f.name not in by_tables)


def features_of(region: Region) -> Features:
    """What a region gives."""

    def given(group: str, name: str, key: str = "all") -> float | None:
        found = region.parameters.get((group, name, key))
        return None if found is None else found.base

    def value(group: str, name: str, usual: float, key: str = "all") -> float:
        return region.value(group, name, key, usual)

    limit, due, after = given("phone", "queue_limit"), given("web", "message_due_days"), given("failure", "chaser_after_working_days")
    balk = sorted(
        (float(k), region.value("phone", "announced_wait_balk_share", k)) for k in region.keys("phone", "announced_wait_balk_share")
    )
    offer, overflow = given("phone", "call_back_offered_after_min"), given("phone", "overflow_after_min")
    return Features(
        queue_limit=None if limit is None else int(limit), balk=tuple(balk), offer_from_min=offer,
        offer_accepted=value("phone", "call_back_accepted_share", 0.0), call_back_after_min=given("phone", "call_back_after_min"),
        unreached_share=value("phone", "call_back_unreached_share", 0.0), tries=int(value("phone", "call_back_tries", 1.0)),
        try_min=value("phone", "call_back_try_min", USUAL_TRY_MIN), again_min=value("phone", "call_back_again_min", USUAL_AGAIN_MIN),
        overflow_after_min=overflow, warm_max_min=value("phone", "warm_hand_over_max_min", 0.0),
        tomorrow_share=value("phone", "hang_up_tries_tomorrow_share", 0.0),
        learning_ratio=value("web", "learning_ratio", 1.0), assist_share=value("joint", "web_assist_share", 0.0),
        assist_uplift=value("joint", "web_assist_uplift", 0.0) if given("joint", "web_assist_share") is not None else 0.0,
        message_due_min=None if due is None else due * 1440.0, outages=region.web_outages,
        no_show_per_day=value("visit", "no_show_rise_per_day", 0.0, "appointment"),
        reminder_ratio=value("visit", "no_show_reminder_ratio", 1.0, "appointment"),
        reschedule_share=value("visit", "reschedule_share", 0.0, "appointment"),
        reschedule_notice_min=value("visit", "reschedule_notice_min", 1440.0, "appointment"),
        phone_booked=tuple(s for s in region.keys("service", "phone_booked") if region.value("service", "phone_booked", s) >= 0.5),
        chaser_rate=0.0 if after is None else value("failure", "chaser_per_working_day_beyond_10", 0.0),
        chaser_after_days=after or 0.0, chaser_min=value("failure", "chaser_handling_min", USUAL_CHASER_MIN),
        unmet_share=value("failure", "unmet_returns_share", 0.0), unmet_after_min=value("failure", "unmet_returns_after_min", 0.0),
        unmet_ratio=value("failure", "unmet_handling_ratio", 1.0),
    )  # fmt: skip
