"""Parameters of rules that a region may have beyond those of every region (`scenario.region_features`).

None is needed; without it there is no such rule.
"""

from __future__ import annotations

from channelsim.config.parameter_kinds import CHANNELS, MINUTES, OPTIONAL, SEGMENTS, SOME_SERVICES, Known

APPOINTMENT = ("appointment",)
ALL = ("all",)
FEATURES: dict[tuple[str, str], Known] = {
    # phone
    ("phone", "queue_limit"): Known("persons", ALL, OPTIONAL, "places to wait in each line; who calls when they are taken and nobody is free is turned away"),
    ("phone", "after_blocked_share"): Known("share", CHANNELS, OPTIONAL, "what follows being turned away, the rest gives up; without it as after a hang-up"),
    ("phone", "announced_wait_balk_share"): Known("share", MINUTES, OPTIONAL, "callers who hang up on hearing that the first in the line has waited so many minutes (the key) or more"),
    ("phone", "call_back_offered_after_min"): Known("min", ALL, OPTIONAL, "announced wait from which a call back is offered"),
    ("phone", "call_back_accepted_share"): Known("share", ALL, OPTIONAL, "callers who accept it"),
    ("phone", "call_back_after_min"): Known("min", ALL, OPTIONAL, "a timed call back: they stand in the line anew after so long; without it their place is kept (virtual hold)"),
    ("phone", "call_back_unreached_share"): Known("share", ALL, OPTIONAL, "calls back that nobody answers"),
    ("phone", "call_back_tries"): Known("tries", ALL, OPTIONAL, "calls back that are tried before the need is given up: not reached"),
    ("phone", "call_back_try_min"): Known("min", ALL, OPTIONAL, "staff time of a try that nobody answers; 1 without it"),
    ("phone", "call_back_again_min"): Known("min", ALL, OPTIONAL, "time until the next try; 60 without it"),
    ("phone", "overflow_after_min"): Known("min", ALL, OPTIONAL, "wait after which the other offices help with a line, behind its own people"),
    ("phone", "warm_hand_over_max_min"): Known("min", ALL, OPTIONAL, "whoever hands a caller over stays on the line until the next person answers, at most so long; without it the hand-over is cold"),
    ("phone", "hang_up_tries_tomorrow_share"): Known("share", ALL, OPTIONAL, "of those who call again after a hang-up, those who do so a day later"),
    # web
    ("web", "completion_share"): Known("share", SOME_SERVICES, OPTIONAL, "attempts that succeed, of this service: in place of `first_attempt_completion_share` and the factor of complex services"),
    ("segment", "web_completion_ratio"): Known("ratio", SEGMENTS, OPTIONAL, "factor on the attempts that succeed, of a segment"),
    ("web", "learning_ratio"): Known("ratio", ALL, OPTIONAL, "failures of a customer's next attempt for the same need, relative to the one before"),
    ("web", "message_due_days"): Known("days", ALL, OPTIONAL, "age from which a web case that staff must check is taken together with customers, the oldest first"),
    ("joint", "web_assist_share"): Known("share", ALL, OPTIONAL, "what an adviser cannot settle is tried on the web together, with `web_assist_uplift` more success; the rest is referred"),
    # appointments
    ("visit", "no_show_rise_per_day"): Known("1/day", APPOINTMENT, OPTIONAL, "added to the no-show share for each day between booking and hour"),
    ("visit", "no_show_reminder_ratio"): Known("ratio", APPOINTMENT, OPTIONAL, "factor on no-shows where customers are reminded"),
    ("visit", "reschedule_share"): Known("share", APPOINTMENT, OPTIONAL, "customers who ask for another hour"),
    ("visit", "reschedule_notice_min"): Known("min", APPOINTMENT, OPTIONAL, "so long before the hour; 1440 without it"),
    ("service", "phone_booked"): Known("flag", SOME_SERVICES, OPTIONAL, "1: who calls for this service is given an hour of the specialist's book, and is interviewed by phone"),
    ("failure", "chaser_after_working_days"): Known("working days", ALL, OPTIONAL, "from so many working days of lead time on, each brings a chaser with the probability `chaser_per_working_day_beyond_10`"),
    ("failure", "chaser_handling_min"): Known("min", ALL, OPTIONAL, "length of a call that asks how things stand; 3 without it"),
    # demand
    ("profile", "busyness_channel_correlation"): Known("share", ("day",), OPTIONAL, "correlation of a day's busyness between phone, web and visit; without it (or 1) a busy day is busy for all"),
    ("service", "layoff_need_ratio"): Known("ratio", SOME_SERVICES, OPTIONAL, "needs of those laid off in a mass lay-off (`demand.layoff`), relative to others of their segment"),
    ("failure", "unmet_returns_share"): Known("share", ALL, OPTIONAL, "needs that would be given up and come again by phone, once"),
    ("failure", "unmet_returns_after_min"): Known("min", ALL, OPTIONAL, "mean time until then (exponential)"),
    ("failure", "unmet_handling_ratio"): Known("ratio", ALL, OPTIONAL, "their handling time relative to before"),
}  # fmt: skip
