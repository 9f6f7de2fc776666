"""Every parameter that a region may give: its unit, and whether the model needs it (keys: `S` each service,
`G` each segment, or a list). Names that are only kept as evidence are marked so."""

from __future__ import annotations

from dataclasses import dataclass

SERVICES, SEGMENTS = "each service", "each segment"


@dataclass(frozen=True)
class Known:
    required_keys: str | tuple[str, ...]  # "" for optional
    meaning: str


_service = {
    "contacts_per_unemployed_per_year": "gross contacts of this service per unemployed and year",
    "web_eligible_share": "contacts that a web transaction could complete",
    "phone_eligible_share": "contacts that could be settled by phone",
    "handling_phone_mean_min": "mean handling time by phone",
    "handling_web_staff_mean_min": "mean staff time on a web case that is checked",
    "back_office_mean_min": "mean casework that a contact leaves behind",
    "needs_specialist_share": "needs that truly take expertise",
}
_segment = {
    "web_capable_share": "customers who can use the web",
    "web_preference_2011_share": "capable customers who choose the web where it is eligible, 2011",
    "phone_preference_given_not_web_share": "customers not on the web who phone where phone is eligible",
}
PARAMETERS: dict[tuple[str, str], Known] = {
    **{("service", n): Known(SERVICES, m) for n, m in _service.items()},
    ("service", "handling_visit_mean_min"): Known("", "mean handling time of a visit"),
    ("service", "handled_by_specialist_today_share"): Known("", "share that specialists handle today: an anchor, not an input"),
    **{("segment", n): Known(SEGMENTS, m) for n, m in _segment.items()},
    ("segment", "share_of_unemployed"): Known("", "regional share of a segment (municipal shares are in municipality_segment.csv)"),
    ("segment", "web_preference_strategy_2015_share"): Known("", "web preference aimed at for 2015"),
    ("segment", "phone_preference_strategy_2015_increment"): Known("", "added to the phone preference under the strategy"),
    ("segment", "contact_rate_multiplier"): Known("", "contacts of a segment relative to the mean"),
    ("segment", "handling_time_multiplier"): Known("", "handling times of a segment relative to the service's"),
    ("segment", "no_car_share"): Known("", "customers without a car"),
    ("volume", "unemployed_jobseekers"): Known("", "regional unemployed, annual mean"),
    ("volume", "original_share"): Known(("all",), "original contacts of all contacts; the rest the simulator generates (decisions 32)"),
    ("volume", "registered_jobseekers_per_unemployed"): Known("", "evidence only"),
    ("volume", "new_vacancies_per_month"): Known("", "evidence only"),
    ("volume", "persons_in_active_measures"): Known("", "evidence only"),
    ("volume", "redundancy_shock_persons"): Known("", "size of a lay-off shock"),
    ("seasonality", "unemployed_index"): Known("", "season by month"),
    ("profile", "weekday_index"): Known("", "contacts by weekday, mean 1"),
    ("profile", "weekend_need_share"): Known("", "needs of a week that arise on Saturday and Sunday"),
    ("profile", "phone_hour_share"): Known("", "calls by hour of the day"),
    ("profile", "visit_hour_share"): Known("", "visits by hour of the day"),
    ("profile", "web_hour_share"): Known("", "web contacts by hour of the day"),
    ("profile", "arrival_overdispersion_cv"): Known("", "coefficient of variation of a day's busyness"),
    ("web", "first_attempt_completion_share"): Known(("all",), "web attempts that succeed"),
    ("web", "completion_multiplier"): Known("", "factor for complex services and for segments that find it hard"),
    ("web", "after_failure_share"): Known(("web", "phone", "visit"), "what follows a failed attempt; the rest gives up"),
    ("web", "staff_check_share"): Known(("all",), "completed web cases that staff must check"),
    ("web", "advice_answered_share"): Known("", "web needs of the strategy's increment that pages answer without staff"),
    ("web", "induced_contacts_per_web_case"): Known("", "extra contacts that a completed web case causes"),
    ("web", "unchecked_back_office_share"): Known("", "unchecked web cases that leave casework all the same"),
    ("web", "gives_up_web_and_uses_other_channel_share"): Known("", "validation target only"),
    ("failure", "repeat_share"): Known(("phone", "visit_generalist", "visit_specialist", "web"), "needs thought closed that come back"),
    ("failure", "chaser_per_working_day_beyond_10"): Known("", "chaser contacts per day of lead time beyond ten"),
    ("phone", "patience_mean_min"): Known(("all",), "mean patience in the phone queue"),
    ("phone", "after_abandon_share"): Known(("phone", "visit", "web"), "what follows a hang-up; the rest gives up"),
    ("phone", "transfer_success_share"): Known(("first_call",), "hand-overs that reach a specialist on the same call"),
    ("phone", "callback_delay_h"): Known("", "delay of a call-back"),
    ("phone", "share_cap"): Known("", "largest phone share of those not on the web"),
    ("phone", "queue_cut_after_closing_min"): Known("", "minutes after closing when the phone queue is cut off"),
    ("visit", "no_show_share"): Known(("appointment",), "booked customers who do not come"),
    ("visit", "rebook_after_no_show_share"): Known("", "no-shows that book again"),
    ("visit", "walk_in_patience_mean_min"): Known(("all",), "mean patience of walk-in visitors"),
    ("visit", "after_abandon_share"): Known(("visit", "phone"), "what follows leaving a walk-in queue; the rest gives up"),
    ("visit", "last_arrival_before_closing_min"): Known("", "visitors come at the latest this long before closing"),
    ("visit", "appointment_lead_target_working_days"): Known("", "evidence only"),
    ("visit", "interview_interval_months"): Known("", "evidence only: inside the rate of S03"),
    ("triage", "sensitivity"): Known(("phone", "web", "visit"), "needs that take expertise and are seen to"),
    ("triage", "specificity"): Known(("phone", "web", "visit"), "routine needs that are seen to be routine"),
    ("triage", "generalist_handling_share"): Known("", "share of the handling time a generalist spends on a need that takes expertise"),
    ("triage", "generalist_closes_share"): Known("", "such needs that a generalist closes all the same"),
    ("staff", "weekly_hours_h"): Known("", "evidence only: the shift clock is in region.yaml"),
    ("staff", "absence_share"): Known(("all",), "days of leave, sickness and training"),
    ("staff", "contact_work_share"): Known(("all",), "present time for contacts and casework; the rest is other duties"),
    ("staff", "casework_slice_min"): Known("", "longest piece of casework before the next customer is looked for"),
    ("staff", "mgmt_support_fte_released_per_office_merged"): Known("", "evidence only: posts are in staff.csv"),
    ("staff", "staff_reduction_by_2015_share"): Known("", "size of a staff cut"),
    ("joint", "resolved_share"): Known("", "needs that a municipal adviser closes"),
    ("joint", "handling_time_multiplier"): Known("", "handling time of an adviser relative to a generalist"),
    ("joint", "remote_video_share"): Known("", "joint points with a video link"),
    ("joint", "web_assist_uplift"): Known("", "gain in completion when an adviser assists"),
    ("travel", "public_transport_time_multiplier"): Known("", "travel time without a car"),
    ("travel", "public_transport_extra_min"): Known("", "added to each trip without a car"),
    ("travel", "no_car_unreachable_share"): Known("", "customers without a car who cannot reach a point, by settlement class"),
    ("travel", "trip_suppression_per_extra_hour"): Known("", "visits not made per hour of longer trip"),
    ("travel", "km_cost"): Known("", "cost of a kilometre by car"),
    ("travel", "speed_km_per_h"): Known("", "evidence only: minutes are in travel_minutes.csv"),
    ("travel", "detour_factor"): Known("", "evidence only"),
    ("cost", "staff_cost_eur_per_h"): Known("", "cost of a present hour of staff"),
    ("cost", "contact_cost"): Known("", "evidence only"),
    ("cost", "point_fixed_cost_eur_per_year"): Known("", "fixed cost of a staffed point"),
    ("cost", "municipal_adviser_cost_eur_per_h"): Known("", "cost of an adviser's hour"),
    ("anchor", "channel_mix_2015"): Known("", "validation"),
    ("anchor", "channel_mix_2011"): Known("", "validation"),
    ("anchor", "static_channel_mix_2011"): Known("", "validation"),
    ("anchor", "static_utilisation"): Known("", "validation"),
    ("anchor", "contacts_per_unemployed_per_year"): Known("", "validation"),
    ("anchor", "adviser_time_interviewing_share"): Known("", "validation"),
}  # fmt: skip
