"""Cleans the pack's figures into parameters.csv and delays.csv, and adds the estimates that the pack lacks.

Every added figure is graded `estimated` and says why in its note.
"""

from __future__ import annotations

import re

import pandas as pd

from rules import RULES

SEGMENT_NAMES = {
    "web_preference_2011": "web_preference_2011_share",
    "web_preference_strategy_2015": "web_preference_strategy_2015_share",
    "phone_preference_given_not_web": "phone_preference_given_not_web_share",
}
SERVICE_NAMES = {
    "handling_f2f_mean": "handling_visit_mean_min",
    "handling_phone_mean": "handling_phone_mean_min",
    "handling_web_staff_mean": "handling_web_staff_mean_min",
    "back_office_mean": "back_office_mean_min",
}
# (group, parameter, key) of the pack -> (group, parameter, key, applies_to) here
RENAMED = {
    ("volume", "gross_to_original_ratio", "all services"): ("volume", "original_share", "all", ""),
    ("profile", "arrival_overdispersion", "daily gamma multiplier"): ("profile", "arrival_overdispersion_cv", "day", ""),
    ("digital", "first_attempt_completion", "all"): ("web", "first_attempt_completion_share", "all", ""),
    ("digital", "gives_up_web_and_uses_other_channel", "of all web starters"): (
        "web", "gives_up_web_and_uses_other_channel_share", "all", ""),
    ("digital", "completion_multiplier", "complex service (expertise=1)"): ("web", "completion_multiplier", "complex_service", ""),
    ("digital", "completion_multiplier", "long_term_1yr, immigrant, older"): (
        "web", "completion_multiplier", "hard_segments", "long_term_1yr|immigrant|older_50plus_not_LTU"),
    ("digital", "after_failure_next", "retry_web"): ("web", "after_failure_share", "web", ""),
    ("digital", "after_failure_next", "phone"): ("web", "after_failure_share", "phone", ""),
    ("digital", "after_failure_next", "f2f"): ("web", "after_failure_share", "visit", ""),
    ("digital", "after_failure_next", "give_up"): ("web", "after_failure_share", "give_up", ""),
    ("digital", "web_case_needs_staff_check", "transaction"): ("web", "staff_check_share", "all", ""),
    ("failure_demand", "repeat_contact_within_14d", "phone"): ("failure", "repeat_share", "phone", ""),
    ("failure_demand", "repeat_contact_within_14d", "f2f generalist"): ("failure", "repeat_share", "visit_generalist", ""),
    ("failure_demand", "repeat_contact_within_14d", "f2f specialist"): ("failure", "repeat_share", "visit_specialist", ""),
    ("failure_demand", "repeat_contact_within_14d", "web"): ("failure", "repeat_share", "web", ""),
    ("failure_demand", "wait_induced_chaser_contacts", "per working day of lead time beyond 10"): (
        "failure", "chaser_per_working_day_beyond_10", "all", ""),
    ("phone", "mean_patience", "all"): ("phone", "patience_mean_min", "all", ""),
    ("phone", "redial_after_abandon_same_day", "all"): ("phone", "after_abandon_share", "phone", ""),
    ("phone", "switch_after_abandon", "f2f"): ("phone", "after_abandon_share", "visit", ""),
    ("phone", "switch_after_abandon", "web"): ("phone", "after_abandon_share", "web", ""),
    ("phone", "transfer_to_specialist_success", "first call"): ("phone", "transfer_success_share", "first_call", ""),
    ("phone", "callback_delay", "specialist"): ("phone", "callback_delay_h", "specialist", ""),
    ("f2f", "no_show", "appointment"): ("visit", "no_show_share", "appointment", ""),
    ("f2f", "walk_in_patience", "all"): ("visit", "walk_in_patience_mean_min", "all", ""),
    ("f2f", "appointment_lead_target", "initial interview"): ("visit", "appointment_lead_target_working_days", "initial_interview", ""),
    ("f2f", "interview_interval", "periodic"): ("visit", "interview_interval_months", "periodic", ""),
    ("staff", "weekly_hours", "fte"): ("staff", "weekly_hours_h", "fte", ""),
    ("staff", "absence_share", "leave, sickness, training"): ("staff", "absence_share", "all", ""),
    ("staff", "contact_work_share", "of present time"): ("staff", "contact_work_share", "all", ""),
    ("staff", "staff_reduction_by_2015", "share of 223"): ("staff", "staff_reduction_by_2015_share", "all", ""),
    ("ypp", "resolved_at_yhteispalvelupiste", "S01,S02 assist"): ("joint", "resolved_share", "all", ""),
    ("ypp", "handling_time_multiplier", "municipal generalist"): ("joint", "handling_time_multiplier", "municipal_adviser", ""),
    ("ypp", "remote_video_to_specialist_available", "share of YPP"): ("joint", "remote_video_share", "all", ""),
    ("ypp", "web_assist_uplift_completion", "assisted web"): ("joint", "web_assist_uplift", "all", ""),
    ("travel", "public_transport_time_multiplier", "no car"): ("travel", "public_transport_time_multiplier", "no_car", ""),
    ("travel", "trip_suppression_per_extra_hour", "f2f"): ("travel", "trip_suppression_per_extra_hour", "visit", ""),
    ("travel", "speed", "road"): ("travel", "speed_km_per_h", "road", ""),
    ("travel", "detour_factor", "all pairs"): ("travel", "detour_factor", "all", ""),
    ("travel", "km_cost", "car"): ("travel", "km_cost", "car", ""),
    ("cost", "staff_cost", "present hour incl. overhead"): ("cost", "staff_cost_eur_per_h", "present", ""),
    ("cost", "contact_cost", "f2f"): ("cost", "contact_cost", "visit", ""),
}  # fmt: skip
# Rows of the pack that are text, or that stand in files of their own here.
LEFT_OUT = {"hours", "staff:small_point_backup", "staff:specialist_travel_to_visiting_point", "phone:service_level_target",
            "cost:digital_ratio", "digital:advice_answered_by_web_pages_no_staff"}  # fmt: skip

# group, parameter, key, unit, low, base, high, note
ADDED = [
    ("profile", "weekend_need_share", "sat", "share", 0.02, 0.04, 0.06, "needs that arise at the weekend: by phone and visit they come on Monday, whose index they explain"),
    ("profile", "weekend_need_share", "sun", "share", 0.03, 0.06, 0.08, "as Saturday; Sunday evening is a usual time for forms"),
    ("web", "advice_answered_share", "S02", "share", 0.2, 0.4, 0.6, "pack row digital, advice_answered_by_web_pages_no_staff; applied to the strategy's increment of web use only (decisions 33)"),
    ("web", "advice_answered_share", "N01", "share", 0.2, 0.4, 0.6, "as S02"),
    ("web", "induced_contacts_per_web_case", "all", "contacts/case", 0.0, 0.0, 0.15, "decisions 33: off in the base case, since published measurements differ in sign"),
    ("web", "unchecked_back_office_share", "all", "share", 0.0, 0.0, 1.0, "completed web cases that no one checks leave no casework; at 1 they leave it like all others"),
    ("phone", "share_cap", "all", "share", 0.95, 0.98, 1.0, "decisions 34"),
    ("phone", "queue_cut_after_closing_min", "all", "min", 0.0, 15.0, 30.0, "decisions 22"),
    ("visit", "rebook_after_no_show_share", "all", "share", 0.4, 0.6, 0.8, "most missed appointments concern a duty of the jobseeker; the rest let the matter drop"),
    ("visit", "after_abandon_share", "visit", "share", 0.2, 0.4, 0.6, "a visitor who left the queue comes another day, phones, or gives up; no measurement known"),
    ("visit", "after_abandon_share", "phone", "share", 0.2, 0.4, 0.5, "as above"),
    ("visit", "last_arrival_before_closing_min", "all", "min", 0.0, 15.0, 30.0, "decisions 22"),
    ("triage", "sensitivity", "phone", "share", 0.5, 0.80, 1.0, "decisions 4"),
    ("triage", "sensitivity", "web", "share", 0.5, 0.70, 1.0, "decisions 4"),
    ("triage", "sensitivity", "visit", "share", 0.5, 0.85, 1.0, "decisions 4"),
    ("triage", "specificity", "phone", "share", 0.5, 0.85, 1.0, "decisions 4"),
    ("triage", "specificity", "web", "share", 0.5, 0.90, 1.0, "decisions 4"),
    ("triage", "specificity", "visit", "share", 0.5, 0.85, 1.0, "decisions 4"),
    ("triage", "generalist_handling_share", "expertise", "share", 0.3, 0.5, 1.0, "decisions 4: share of the handling time that a generalist spends before handing over"),
    ("triage", "generalist_closes_share", "expertise", "share", 0.0, 0.10, 0.30, "decisions 4"),
    ("staff", "longest_contact_min", "all", "min", 180.0, 240.0, 480.0, "the lognormal with cv 1.2 would bring calls of a whole working day; it is cut here"),
    ("staff", "casework_slice_min", "all", "min", 5.0, 10.0, 30.0, "decisions 8"),
    ("travel", "public_transport_extra_min", "no_car", "min", 15.0, 30.0, 45.0, "decisions 28"),
    *[("travel", "no_car_unreachable_share", c, "share", 0.0, v, 2 * v + 0.0, "decisions 28: no bus at all to a point within a working day")
      for c, v in (("city", 0.0), ("suburb", 0.0), ("town", 0.0), ("remote_town", 0.05), ("rural", 0.10), ("remote_rural", 0.10), ("island", 0.10))],
    ("cost", "point_fixed_cost_eur_per_year", "point", "EUR/year", 30000.0, 60000.0, 120000.0, "rent, lines and cleaning of a small staffed point"),
    ("cost", "municipal_adviser_cost_eur_per_h", "adviser", "EUR/h", 25.0, 32.0, 40.0, "municipal clerk, overhead included"),
    ("segment", "contact_rate_multiplier", "employer", "ratio", 1.0, 1.0, 1.0, "employer needs are counted by their services' rates alone"),
    ("segment", "handling_time_multiplier", "youth_u25", "ratio", 1.0, 1.0, 1.0, "reference"),
    ("segment", "handling_time_multiplier", "prime_25_49", "ratio", 1.0, 1.0, 1.0, "reference"),
    ("segment", "handling_time_multiplier", "laid_off_redundant", "ratio", 1.0, 1.0, 1.0, "reference"),
    ("segment", "handling_time_multiplier", "employer", "ratio", 1.0, 1.0, 1.0, "reference"),
    ("segment", "no_car_share", "employer", "share", 0.0, 0.0, 0.05, "employers drive"),
    ("anchor", "contacts_per_unemployed_per_year", "region", "contacts/person/year", 15.2, 15.2, 16.8, "STTK 4.12.2015 with decisions 32: the range that calibration of original_share may hit"),
    ("anchor", "adviser_time_interviewing_share", "uk_2006", "share", 0.52, 0.52, 0.58, "NAO 2006 (Jobcentre Plus): an anchor for contact_work_share"),
    ("anchor", "static_utilisation", "generalist", "share", 0.66, 0.77, 0.86, "static workload check of the pack, contact work share .58"),
    ("anchor", "static_utilisation", "specialist", "share", 0.71, 0.83, 0.93, "static workload check of the pack, contact work share .58"),
    ("anchor", "static_channel_mix_2011", "web", "share", 0.21, 0.21, 0.21, "static workload check of the pack"),
    ("anchor", "static_channel_mix_2011", "phone", "share", 0.42, 0.42, 0.42, "static workload check of the pack"),
    ("anchor", "static_channel_mix_2011", "visit", "share", 0.37, 0.37, 0.37, "static workload check of the pack"),
]  # fmt: skip
# The one calibrated volume (decisions 32): scripts/calibrate.py sets it so that the baseline logs 15.2 contacts per
# unemployed and year; the high end logs 16.8. The pack starts from .82, before the simulator's own repeats.
ORIGINAL_SHARE = (0.668, 0.668, 0.738)
# Share of the day's web contacts by hour: 45 % within 09:00-16:15, the rest in the morning and the evening.
WEB_HOURS = [("00:00-07:00", 0.03), ("07:00-09:00", 0.10), ("09:00-12:00", 0.21), ("12:00-14:00", 0.13), ("14:00-16:15", 0.11),
             ("16:15-18:00", 0.12), ("18:00-20:00", 0.14), ("20:00-22:00", 0.12), ("22:00-24:00", 0.04)]  # fmt: skip
COLUMNS = ["group", "parameter", "key", "unit", "low", "base", "high", "distribution", "cv", "applies_to", "grade", "source", "note"]

DELAYS = [
    ("redial", "exponential", 20, "a caller who hung up tries again the same day"),
    ("retry_web", "exponential", 60, "a failed web attempt is tried again"),
    ("phone_after_web_failure", "exponential", 120, "a failed web attempt turns into a call"),
    ("visit_after_web_failure", "exponential", 1440, "or into a visit within days"),
    ("repeat_contact", "exponential", 10080, "a matter thought closed comes back, mostly within 14 days"),
    ("visit_after_phone_abandon", "exponential", 1440, "a caller who gave up the phone comes in person"),
    ("web_after_phone_abandon", "exponential", 120, "or turns to the web"),
    ("phone_after_visit_abandon", "exponential", 240, "a visitor who left the queue phones"),
    ("visit_after_visit_abandon", "exponential", 1440, "or comes another day"),
    ("referral_from_joint_point", "exponential", 1440, "what an adviser cannot settle is taken up by phone"),
    ("after_call_work", "deterministic", 1.5, "decisions 35"),
    ("web_attempt", "deterministic", 10, "the customer's own time on the web, no staff"),
    ("induced_contact", "exponential", 2880, "a question that the web case gave rise to"),
]


def clean_key(key: str) -> str:
    """`S01:registration_renewal` -> `S01`; months and weekdays in small letters."""
    key = key.split(":")[0] if re.match(r"[SN]\d\d:", key) else key
    return key.lower() if key in ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
                                  "Mon", "Tue", "Wed", "Thu", "Fri") else key  # fmt: skip


def clock_key(key: str) -> str:
    """`15-16:15` -> `15:00-16:15`."""
    return "-".join(part if ":" in part else f"{int(part):02d}:00" for part in key.split("-"))


def parameters(pack: pd.DataFrame) -> pd.DataFrame:
    """The table of parameters from the pack's `demand.csv`."""
    rows = []
    for r in pack.itertuples(index=False):
        if r.group in LEFT_OUT or f"{r.group}:{r.parameter}" in LEFT_OUT:
            continue
        group, name, key, applies = RENAMED.get((r.group, r.parameter, r.key), (r.group, r.parameter, clean_key(r.key), ""))
        if group == "segment":
            name = SEGMENT_NAMES.get(name, name)
        if group == "service":
            name = SERVICE_NAMES.get(name, name)
        if (group, name) == ("profile", "walkin_hour_share"):
            name = "visit_hour_share"
        if (group, name) == ("profile", "web_hour_share"):
            continue
        if name.endswith("hour_share"):
            key = clock_key(key)
        if group == "anchor":
            name = name.replace("_three_channels", "")
        if name == "original_share":
            rows.append(
                [
                    group,
                    name,
                    key,
                    r.unit,
                    *ORIGINAL_SHARE,
                    "",
                    "",
                    "",
                    "derived",
                    "calibrated to STTK 4.12.2015",
                    "scripts/calibrate.py; frozen for all alternatives",
                ]
            )
            continue
        cv = re.search(r"cv ([0-9.]+)", str(r.distribution))
        family = re.sub(r"[ (].*", "", str(r.distribution)) if str(r.distribution) != "nan" else ""
        note = "" if str(r.distribution) in ("nan", family) else str(r.distribution)
        rows.append([group, name, key, r.unit, float(r.low), float(r.base), float(r.high), family,
                     cv.group(1) if cv else "", applies, r.flag, "" if str(r.source) == "nan" else r.source, note])  # fmt: skip
    added = [*ADDED, *(row for rule in RULES for row in rule.rows)]
    rows += [[g, p, k, u, float(lo), float(b), float(hi), "", "", "", "estimated", "", note] for g, p, k, u, lo, b, hi, note in added]
    rows += [["profile", "web_hour_share", k, "share", s, s, s, "", "", "", "estimated", "", "shape estimated; 45 % within office hours as in the pack"]
             for k, s in WEB_HOURS]  # fmt: skip
    table = pd.DataFrame(rows, columns=COLUMNS)
    bare = (table.source == "") & (table.note == "")
    table.loc[bare, "note"] = "data pack: judgement, no source seen"
    anchored = (table.group == "anchor") & table.note.str.startswith(("STTK", "NAO"))
    table.loc[anchored, ["grade", "source"]] = ["sourced", "see note"]
    order = list(dict.fromkeys(table.group))
    return table.sort_values(["group"], key=lambda c: c.map(order.index), kind="stable").reset_index(drop=True)


def delays() -> pd.DataFrame:
    """The table of delays."""
    rows = [[n, d, m, "", m / 2, m * 2, "estimated", "", note] for n, d, m, note in DELAYS]
    return pd.DataFrame(rows, columns=["delay", "distribution", "mean_min", "cv", "low", "high", "grade", "source", "note"])
