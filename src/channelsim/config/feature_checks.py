"""What must hold between parameters of the same rule of a region (`feature_names`): each with the figures that it needs."""

from __future__ import annotations

from channelsim.config.checker import Checker
from channelsim.config.csv_rows import Line

Given = dict[tuple[str, str], dict[str, Line]]
LONGEST_LEAD_DAYS = 56.0  # 40 working days
WITH: dict[tuple[str, str], tuple[str, str]] = {  # a figure, and the one without which it says nothing
    ("phone", "after_blocked_share"): ("phone", "queue_limit"),
    ("phone", "call_back_accepted_share"): ("phone", "call_back_offered_after_min"),
    ("phone", "call_back_after_min"): ("phone", "call_back_offered_after_min"),
    ("phone", "call_back_unreached_share"): ("phone", "call_back_offered_after_min"),
    ("phone", "call_back_tries"): ("phone", "call_back_unreached_share"),
    ("phone", "call_back_try_min"): ("phone", "call_back_unreached_share"),
    ("phone", "call_back_again_min"): ("phone", "call_back_unreached_share"),
    ("visit", "reschedule_notice_min"): ("visit", "reschedule_share"),
    ("failure", "chaser_after_working_days"): ("failure", "chaser_per_working_day_beyond_10"),
    ("failure", "chaser_handling_min"): ("failure", "chaser_after_working_days"),
    ("failure", "unmet_returns_after_min"): ("failure", "unmet_returns_share"),
    ("failure", "unmet_handling_ratio"): ("failure", "unmet_returns_share"),
    ("profile", "busyness_channel_correlation"): ("profile", "arrival_overdispersion_cv"),
}
AND: dict[tuple[str, str], tuple[str, str]] = {  # and the other way round
    ("phone", "call_back_offered_after_min"): ("phone", "call_back_accepted_share"),
    ("failure", "unmet_returns_share"): ("failure", "unmet_returns_after_min"),
    ("joint", "web_assist_share"): ("joint", "resolved_share"),
}
AT_MOST_ONE = (("web", "learning_ratio"), ("visit", "no_show_reminder_ratio"))
WHOLE = (("phone", "queue_limit"), ("phone", "call_back_tries"), ("failure", "chaser_after_working_days"), ("service", "phone_booked"))
ABOVE_ZERO = (
    ("phone", "call_back_tries"),
    ("phone", "overflow_after_min"),
    ("failure", "unmet_returns_after_min"),
    ("web", "message_due_days"),
)


def check_features(c: Checker, given: Given) -> None:
    """Figures that belong together are there, whole numbers are whole, and shares do not pass one."""
    for name, other in (*WITH.items(), *AND.items()):
        if name in given and other not in given and c.tables["parameters"].whole:
            line = next(iter(given[name].values()))
            c.say("parameters", line.number, "parameter", f"{name[1]} says nothing without {', '.join(other)}", f"add a row for {other[1]}")
    for name in WHOLE:
        for line in given.get(name, {}).values():
            if not float(line.row.base).is_integer():
                c.say("parameters", line.number, "base", f"{name[1]} is {line.row.base:g}, not a whole number", "round it")
    for name in ABOVE_ZERO:
        for line in given.get(name, {}).values():
            if line.row.base <= 0.0:
                c.say("parameters", line.number, "base", f"{name[1]} is 0", "give a larger number, or remove the row")
    for name in AT_MOST_ONE:
        for line in given.get(name, {}).values():
            if line.row.base > 1.0:
                what = f"{name[1]} of {line.row.base:g} makes it worse each time"
                c.say("parameters", line.number, "base", what, "give a factor of at most 1")
    _check_thresholds(c, given.get(("phone", "announced_wait_balk_share"), {}))
    _check_no_show(c, given)
    _check_reschedule(c, given)


def _check_thresholds(c: Checker, rows: dict[str, Line]) -> None:
    """The longer the announced wait, the more hang up."""
    steps = sorted((float(key), line) for key, line in rows.items() if key.replace(".", "", 1).isdigit())
    for (_, before), (minutes, line) in zip(steps, steps[1:], strict=False):
        if line.row.base < before.row.base:
            what = f"fewer hang up from {minutes:g} min on ({line.row.base:g}) than from less ({before.row.base:g}, line {before.number})"
            c.say("parameters", line.number, "base", what, "let shares rise with the wait")


def _check_no_show(c: Checker, given: Given) -> None:
    """Even at the longest lead time not more than all stay away."""
    rise, base = (given.get(("visit", name), {}).get("appointment") for name in ("no_show_rise_per_day", "no_show_share"))
    if rise is not None and base is not None and base.row.base + rise.row.base * LONGEST_LEAD_DAYS > 1.0:
        what = (
            f"after {LONGEST_LEAD_DAYS:g} days more than all would stay away: {base.row.base:g} + {LONGEST_LEAD_DAYS:g} x {rise.row.base:g}"
        )
        c.say("parameters", rise.number, "base", what, "make it smaller")


def _check_reschedule(c: Checker, given: Given) -> None:
    """An hour is moved before a person is kept for it."""
    notice = given.get(("visit", "reschedule_notice_min"), {}).get("appointment")
    longest = max((line.row.hold_before_min for line in c.tables["appointments"]), default=0.0)
    if notice is not None and notice.row.base <= longest:
        what = f"hours are moved {notice.row.base:g} min before, when a person is kept for them already ({longest:g} min before)"
        c.say("parameters", notice.number, "base", what, f"give more than {longest:g}")
