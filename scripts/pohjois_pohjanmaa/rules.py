"""Rules that the region has beyond those of every region, with their figures: all estimated, each with its reason.

Left out, since the region did not do so in 2011: overflow between its six independent offices, warm hand-over (a call is handed over cold, with
`transfer_success_share`), interviews booked by phone, reminders, specialists reserved for booked work. Left out for want of any figure: completion by
service, busy days that differ by channel. An outage and a lay-off are stress, not the usual year: a lay-off's needs are here, its size is a study's.
"""

from __future__ import annotations

from dataclasses import dataclass

Row = tuple[str, str, str, str, float, float, float, str]  # group, parameter, key, unit, low, base, high, note


@dataclass(frozen=True)
class Rule:
    """A rule, why the region has it, and its rows of parameters.csv."""

    name: str
    why: str
    rows: tuple[Row, ...]


RULES = (
    Rule("queue limit", "a line of an office has so many places; in Australia 2013-14 a quarter of all calls were blocked (domain: facts), here few", (
        ("phone", "queue_limit", "all", "persons", 5, 10, 30, "places of a small exchange by line; calls were blocked by the million in ANAO 37/2014-15"),
        ("phone", "after_blocked_share", "phone", "share", 0.5, 0.7, 0.9, "who hears the engaged tone tries again sooner than who has waited in vain"),
        ("phone", "after_blocked_share", "visit", "share", 0.02, 0.1, 0.2, "as after a hang-up, or fewer"),
        ("phone", "after_blocked_share", "web", "share", 0.02, 0.1, 0.2, "as after a hang-up"),
    )),
    Rule("announcement", "callers are told how long the first in the line has waited, and some hang up at that", (
        ("phone", "announced_wait_balk_share", "5", "share", 0.0, 0.05, 0.15, "no measurement known; patience of those who stay is unchanged"),
        ("phone", "announced_wait_balk_share", "10", "share", 0.05, 0.15, 0.3, "as above"),
    )),
    Rule("call back", "who would wait long is offered a call back within the day (decisions 26)", (
        ("phone", "call_back_offered_after_min", "all", "min", 2, 5, 15, "at the target for answered calls"),
        ("phone", "call_back_accepted_share", "all", "share", 0.1, 0.3, 0.6, "no measurement known"),
        ("phone", "call_back_after_min", "all", "min", 60, 360, 2880, "pack row phone, callback_delay: 6 h (1 to 48)"),
        ("phone", "call_back_unreached_share", "all", "share", 0.05, 0.15, 0.3, "decisions 26"),
        ("phone", "call_back_tries", "all", "tries", 2, 2, 2, "decisions 26: once more, then given up"),
    )),
    Rule("callers who try again tomorrow", "of those who call again after a hang-up some do so the next day", (
        ("phone", "hang_up_tries_tomorrow_share", "all", "share", 0.1, 0.3, 0.5, "no measurement known"),
    )),
    Rule("learning on the web", "who failed once fails less often the next time", (
        ("web", "learning_ratio", "all", "ratio", 0.7, 0.9, 1.0, "no measurement known; 1 is none"),
    )),
    Rule("assistance at joint points", "advisers try with the customer on the web what they cannot settle; acts only in models with joint points", (
        ("joint", "web_assist_share", "all", "share", 0.2, 0.5, 0.8, "assistance is what joint points are for (Act 223/2007); its share is a guess"),
    )),
    Rule("messages fall due", "web cases older than a week are taken with customers", (
        ("web", "message_due_days", "all", "days", 3, 7, 14, "an answer within five working days is the usual promise of offices"),
    )),
    Rule("no-show by lead time", "more stay away the longer ago the hour was agreed", (
        ("visit", "no_show_rise_per_day", "appointment", "1/day", 0.0, 0.002, 0.006, "the mean stays within the 14 to 17 % of NAO 2006"),
    )),
    Rule("moved hours", "some customers ask for another hour a day before", (
        ("visit", "reschedule_share", "appointment", "share", 0.03, 0.08, 0.15, "no measurement known"),
        ("visit", "reschedule_notice_min", "appointment", "min", 1440, 1440, 1440, "the day before"),
    )),
    Rule("chasers", "who waits longer than ten working days for an hour phones to ask (decisions 27)", (
        ("failure", "chaser_after_working_days", "all", "working days", 10, 10, 10, "decisions 27; the rate is a row of the pack"),
        ("failure", "chaser_handling_min", "all", "min", 2, 3, 5, "looking up the hour and saying it"),
    )),
    Rule("unmet need that comes again", "a need that was given up comes again by phone, later and heavier", (
        ("failure", "unmet_returns_share", "all", "share", 0.1, 0.3, 0.5, "a benefit at stake does not go away; no measurement known"),
        ("failure", "unmet_returns_after_min", "all", "min", 10080, 20160, 40320, "two weeks: the next notice or payment"),
        ("failure", "unmet_handling_ratio", "all", "ratio", 1.0, 1.3, 1.6, "arrears and a second explanation"),
    )),
    Rule("needs of those laid off", "how often those laid off need what, relative to their segment; acts only in a lay-off (`demand.layoff`)", (
        ("service", "layoff_need_ratio", "S01", "ratio", 1.0, 2.0, 3.0, "all register at once"),
        ("service", "layoff_need_ratio", "S07", "ratio", 1.0, 1.5, 2.0, "statements for benefits come with the notice"),
        ("service", "layoff_need_ratio", "S10", "ratio", 1.5, 3.0, 5.0, "redundancy security is for them"),
    )),
)  # fmt: skip
