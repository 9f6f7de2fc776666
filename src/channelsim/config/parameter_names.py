"""Every parameter that a region may give: its unit, the keys under which it is given, and what it means.

`NEEDED` marks what the model cannot do without. A parameter that goes over services, segments, days or months is given
for all of them or for none: a single missing row would otherwise be a silent default. Settlement classes without a row
count 0. Names that are only kept as evidence are marked so.
"""

from __future__ import annotations

from dataclasses import dataclass

# Over what a parameter goes.
SERVICES, VISITED, SOME_SERVICES = "service", "service that is not national", "some services"
SEGMENTS, JOBSEEKERS, TOWNS = "segment", "jobseeker segment", "some municipalities"
DAYS, WEEKEND, MONTHS = "weekday", "day of the weekend", "month"
HOURS, CLASSES, FREE = "hours HH:MM-HH:MM", "settlement class", "any key"
NEEDED, OPTIONAL = True, False
WORDS: dict[str, tuple[str, ...]] = {
    DAYS: ("mon", "tue", "wed", "thu", "fri"),
    WEEKEND: ("sat", "sun"),
    MONTHS: ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
}
CHANNELS = ("phone", "web", "visit")


@dataclass(frozen=True)
class Known:
    """What is known of a parameter; `unit` may name several spellings, separated by `|`."""

    unit: str
    keys: str | tuple[str, ...]
    needed: bool
    meaning: str


PARAMETERS: dict[tuple[str, str], Known] = {
    # what services ask for
    ("service", "contacts_per_unemployed_per_year"): Known("1/yr|contacts/person/year", SERVICES, NEEDED, "gross contacts of this service per unemployed and year"),
    ("service", "web_eligible_share"): Known("share", SERVICES, NEEDED, "contacts that a web transaction could complete"),
    ("service", "phone_eligible_share"): Known("share", SERVICES, NEEDED, "contacts that could be settled by phone"),
    ("service", "handling_visit_mean_min"): Known("min", VISITED, NEEDED, "mean handling time of a visit"),
    ("service", "handling_phone_mean_min"): Known("min", SERVICES, NEEDED, "mean handling time by phone"),
    ("service", "handling_web_staff_mean_min"): Known("min", SERVICES, NEEDED, "mean staff time on a web case that is checked"),
    ("service", "back_office_mean_min"): Known("min", SERVICES, NEEDED, "mean casework that a contact leaves behind"),
    ("service", "needs_specialist_share"): Known("share", SERVICES, NEEDED, "needs that truly take expertise"),
    ("service", "handled_by_specialist_today_share"): Known("share", SERVICES, OPTIONAL, "share that specialists handle today: an anchor, not an input"),
    # who the customers are
    ("segment", "share_of_unemployed"): Known("share", JOBSEEKERS, OPTIONAL, "regional share of a segment (municipal shares are in municipality_segment.csv)"),
    ("segment", "web_capable_share"): Known("share", SEGMENTS, NEEDED, "customers who can use the web"),
    ("segment", "web_preference_2011_share"): Known("share", SEGMENTS, NEEDED, "capable customers who choose the web where it is eligible, 2011"),
    ("segment", "web_preference_strategy_2015_share"): Known("share", SEGMENTS, OPTIONAL, "web preference aimed at for 2015"),
    ("segment", "phone_preference_given_not_web_share"): Known("share", SEGMENTS, NEEDED, "customers not on the web who phone where phone is eligible"),
    ("segment", "phone_preference_strategy_2015_increment"): Known("share points|share", ("all",), OPTIONAL, "added to the phone preference under the strategy"),
    ("segment", "contact_rate_multiplier"): Known("ratio", SEGMENTS, OPTIONAL, "contacts of a segment relative to the mean"),
    ("segment", "handling_time_multiplier"): Known("ratio", SEGMENTS, OPTIONAL, "handling times of a segment relative to the service's"),
    ("segment", "no_car_share"): Known("share", SEGMENTS, OPTIONAL, "customers without a car"),
    # how many they are, and when they come
    ("volume", "unemployed_jobseekers"): Known("persons", ("region",), OPTIONAL, "regional unemployed, annual mean: evidence, the model adds up municipalities.csv"),
    ("volume", "original_share"): Known("ratio", ("all",), NEEDED, "original contacts of all contacts; the rest the simulator generates (decisions 32)"),
    ("volume", "registered_jobseekers_per_unemployed"): Known("ratio", FREE, OPTIONAL, "evidence only"),
    ("volume", "new_vacancies_per_month"): Known("count", FREE, OPTIONAL, "evidence only"),
    ("volume", "persons_in_active_measures"): Known("persons", FREE, OPTIONAL, "evidence only"),
    ("volume", "redundancy_shock_persons"): Known("persons", TOWNS, OPTIONAL, "size of a lay-off shock"),
    ("seasonality", "unemployed_index"): Known("ratio", MONTHS, OPTIONAL, "season by month, mean 1"),
    ("profile", "weekday_index"): Known("ratio", DAYS, OPTIONAL, "contacts by weekday, mean 1"),
    ("profile", "weekend_need_share"): Known("share", WEEKEND, OPTIONAL, "needs of a week that arise on Saturday and Sunday"),
    ("profile", "phone_hour_share"): Known("share", HOURS, OPTIONAL, "calls by hour of the day"),
    ("profile", "visit_hour_share"): Known("share", HOURS, OPTIONAL, "visits by hour of the day"),
    ("profile", "web_hour_share"): Known("share", HOURS, OPTIONAL, "web contacts by hour of the day"),
    ("profile", "arrival_overdispersion_cv"): Known("cv", ("day",), OPTIONAL, "coefficient of variation of a day's busyness"),
    # what happens to their contacts
    ("web", "first_attempt_completion_share"): Known("share", ("all",), NEEDED, "web attempts that succeed"),
    ("web", "completion_multiplier"): Known("ratio", ("complex_service", "hard_segments"), OPTIONAL, "factor for complex services and for segments that find it hard"),
    ("web", "after_failure_share"): Known("share", (*CHANNELS, "give_up"), NEEDED, "what follows a failed attempt"),
    ("web", "staff_check_share"): Known("share", ("all",), NEEDED, "completed web cases that staff must check"),
    ("web", "advice_answered_share"): Known("share", SOME_SERVICES, OPTIONAL, "web needs of the strategy's increment that pages answer without staff"),
    ("web", "induced_contacts_per_web_case"): Known("contacts/case", ("all",), OPTIONAL, "extra contacts that a completed web case causes"),
    ("web", "unchecked_back_office_share"): Known("share", ("all",), OPTIONAL, "unchecked web cases that leave casework all the same"),
    ("web", "gives_up_web_and_uses_other_channel_share"): Known("share", ("all",), OPTIONAL, "validation target only"),
    ("failure", "repeat_share"): Known("share", ("phone", "visit_generalist", "visit_specialist", "web"), NEEDED, "needs thought closed that come back"),
    ("failure", "chaser_per_working_day_beyond_10"): Known("1/case/day|contacts/case/day", ("all",), OPTIONAL, "chaser contacts per day of lead time beyond ten"),
    ("phone", "patience_mean_min"): Known("min", ("all",), NEEDED, "mean patience in the phone queue"),
    ("phone", "after_abandon_share"): Known("share", CHANNELS, NEEDED, "what follows a hang-up; the rest gives up"),
    ("phone", "transfer_success_share"): Known("share", ("first_call",), NEEDED, "hand-overs that reach a specialist on the same call"),
    ("phone", "callback_delay_h"): Known("h", FREE, OPTIONAL, "delay of a call-back"),
    ("phone", "share_cap"): Known("share", ("all",), OPTIONAL, "largest phone share of those not on the web"),
    ("phone", "queue_cut_after_closing_min"): Known("min", ("all",), OPTIONAL, "minutes after closing when the phone queue is cut off"),
    ("visit", "no_show_share"): Known("share", ("appointment",), NEEDED, "booked customers who do not come"),
    ("visit", "rebook_after_no_show_share"): Known("share", ("all",), OPTIONAL, "no-shows that book again"),
    ("visit", "walk_in_patience_mean_min"): Known("min", ("all",), NEEDED, "mean patience of walk-in visitors"),
    ("visit", "after_abandon_share"): Known("share", ("visit", "phone"), NEEDED, "what follows leaving a walk-in queue; the rest gives up"),
    ("visit", "last_arrival_before_closing_min"): Known("min", ("all",), OPTIONAL, "visitors come at the latest this long before closing"),
    ("visit", "appointment_lead_target_working_days"): Known("working days", FREE, OPTIONAL, "evidence only"),
    ("visit", "interview_interval_months"): Known("months", FREE, OPTIONAL, "evidence only: inside the rate of the interview service"),
    # who takes them
    ("triage", "sensitivity"): Known("share", CHANNELS, NEEDED, "needs that take expertise and are seen to"),
    ("triage", "specificity"): Known("share", CHANNELS, NEEDED, "routine needs that are seen to be routine"),
    ("triage", "generalist_handling_share"): Known("share", ("expertise",), OPTIONAL, "part of the handling time a generalist spends on a need that takes expertise"),
    ("triage", "generalist_closes_share"): Known("share", ("expertise",), OPTIONAL, "such needs that a generalist closes all the same"),
    ("staff", "weekly_hours_h"): Known("h", FREE, OPTIONAL, "evidence only: the shift clock is in region.yaml"),
    ("staff", "absence_share"): Known("share", ("all",), NEEDED, "days of leave, sickness and training"),
    ("staff", "contact_work_share"): Known("share", ("all",), NEEDED, "present time for contacts and casework; the rest is other duties"),
    ("staff", "longest_contact_min"): Known("min", ("all",), OPTIONAL, "no contact lasts longer: cuts the tail of the lognormal"),
    ("staff", "casework_slice_min"): Known("min", ("all",), OPTIONAL, "longest piece of casework before the next customer is looked for"),
    ("staff", "mgmt_support_fte_released_per_office_merged"): Known("fte", FREE, OPTIONAL, "evidence only: posts are in staff.csv"),
    ("staff", "staff_reduction_by_2015_share"): Known("share", FREE, OPTIONAL, "size of a staff cut"),
    ("joint", "resolved_share"): Known("share", ("all",), OPTIONAL, "needs that a municipal adviser closes"),
    ("joint", "handling_time_multiplier"): Known("ratio", ("municipal_adviser",), OPTIONAL, "handling time of an adviser relative to a generalist"),
    ("joint", "remote_video_share"): Known("share", ("all",), OPTIONAL, "joint points with a video link"),
    ("joint", "web_assist_uplift"): Known("share points|share", ("all",), OPTIONAL, "gain in completion when an adviser assists"),
    # travel, cost, evidence
    ("travel", "public_transport_time_multiplier"): Known("ratio", ("no_car",), OPTIONAL, "travel time without a car"),
    ("travel", "public_transport_extra_min"): Known("min", ("no_car",), OPTIONAL, "added to each trip without a car"),
    ("travel", "no_car_unreachable_share"): Known("share", CLASSES, OPTIONAL, "customers without a car who cannot reach a point"),
    ("travel", "trip_suppression_per_extra_hour"): Known("share", ("visit",), OPTIONAL, "visits not made per hour of longer trip"),
    ("travel", "km_cost"): Known("EUR/km|currency/km", FREE, OPTIONAL, "cost of a kilometre by car"),
    ("travel", "speed_km_per_h"): Known("km/h", FREE, OPTIONAL, "evidence only: minutes are in travel_minutes.csv"),
    ("travel", "detour_factor"): Known("ratio", FREE, OPTIONAL, "evidence only"),
    ("cost", "staff_cost_eur_per_h"): Known("EUR/h", FREE, OPTIONAL, "cost of a present hour of staff"),
    ("cost", "contact_cost"): Known("GBP|EUR", FREE, OPTIONAL, "evidence only"),
    ("cost", "point_fixed_cost_eur_per_year"): Known("EUR/year", FREE, OPTIONAL, "fixed cost of a staffed point"),
    ("cost", "municipal_adviser_cost_eur_per_h"): Known("EUR/h", FREE, OPTIONAL, "cost of an adviser's hour"),
    ("anchor", "channel_mix_2015"): Known("share", CHANNELS, OPTIONAL, "validation"),
    ("anchor", "channel_mix_2011"): Known("share", CHANNELS, OPTIONAL, "validation"),
    ("anchor", "static_channel_mix_2011"): Known("share", CHANNELS, OPTIONAL, "validation"),
    ("anchor", "static_utilisation"): Known("share", ("generalist", "specialist"), OPTIONAL, "validation"),
    ("anchor", "contacts_per_unemployed_per_year"): Known("contacts/person/year|1/yr", ("region",), OPTIONAL, "validation"),
    ("anchor", "adviser_time_interviewing_share"): Known("share", FREE, OPTIONAL, "validation"),
}  # fmt: skip
DELAYS: dict[str, str] = {
    "redial": "after a hang-up, by phone",
    "retry_web": "after a failed web attempt, by web",
    "phone_after_web_failure": "after a failed web attempt, by phone",
    "visit_after_web_failure": "after a failed web attempt, by visit",
    "repeat_contact": "until a need thought closed comes back",
    "visit_after_phone_abandon": "after a hang-up, by visit",
    "web_after_phone_abandon": "after a hang-up, by web",
    "phone_after_visit_abandon": "after leaving a walk-in queue, by phone",
    "visit_after_visit_abandon": "after leaving a walk-in queue, by another visit",
    "referral_from_joint_point": "from an adviser to the office's phone",
    "after_call_work": "staff's entry after a call",
    "web_attempt": "the customer's own time at a web attempt",
    "induced_contact": "until a completed web case causes a contact",
}
