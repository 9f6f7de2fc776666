"""What the model has, by the numbers of its eight features: one line each, the keys that ask for it, and the test that shows it.

A key of a region is `table.csv: GROUP, NAME` (parameters.csv), `table.csv: COLUMN`, `FILE.yaml: PATH` or `study: PATH`. `scripts/model_page.py`
looks every key up in the models that read the files, and every test in the tests, and stops at one that is not there.
"""

from __future__ import annotations

from dataclasses import dataclass

TITLES = ("Staff as they are", "Places", "Phone", "Web", "Appointments", "Demand", "Routing", "Transition")


@dataclass(frozen=True)
class Feature:
    """One line of the page."""

    number: int
    does: str
    world: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    test: str = ""  # file under tests/ and function


def p(group: str, *names: str) -> tuple[str, ...]:
    """Parameters of a region."""
    return tuple(f"parameters.csv: {group}, {name}" for name in names)


B1, B2, B3, B4, B5, B6, B7 = (
    f"behaviour/test_{name}.py::" for name in ("1_staff", "2_places", "3_phone", "4_web", "5_appointments", "6_demand", "7_routing")
)
R7 = "behaviour/test_7_routing_of_regions.py::"
FEATURES = (
    # 1 staff
    Feature(1, "absence by a rota, or drawn for each person and day, with weekdays, seasons and waves", ("pools.NAME.absence.drawn", "pools.NAME.absence.wave_cv"),
            (*p("staff", "absence_share"), "staff.yaml: absence.share", "staff.yaml: absence.wave_cv"), B1 + "test_absence_is_what_the_draw_by_hand_says"),
    Feature(1, "the same person is away on the same days in every alternative", ("pools.NAME.absence.drawn",), ("staff.yaml: absence",),
            B1 + "test_a_person_is_away_on_the_same_days_in_every_office_model"),
    Feature(1, "breaks and lunch, one group after another", ("pools.NAME.breaks",), ("staff.yaml: breaks",),
            B1 + "test_breaks_and_meetings_are_minutes_of_other_duties"),
    Feature(1, "meetings of a whole point", (), ("staff.yaml: meetings",), B1 + "test_a_meeting_at_the_beginning_of_a_shift_and_every_second_week"),
    Feature(1, "other duties as blocks or as a share", ("pools.NAME.other_duties.how",), p("staff", "contact_work_share"), "acceptance/own/S08"),
    Feature(1, "part-time weeks, shifts of their own", ("pools.NAME.people",), ("staff.yaml: part_time",), B1 + "test_part_time_weeks_are_paid_for_their_hours"),
    Feature(1, "the end of a shift: finish, hand over, or send the queue home", ("pools.NAME.at_shift_end",), ("staff.yaml: at_shift_end",),
            B1 + "test_work_in_hand_is_handed_over_only_to_a_colleague_who_is_free"),
    Feature(1, "closing: walk-ins are served out or sent home", ("classes.NAME.at_closing",), ("staff.yaml: walk_ins_at_closing",),
            B1 + "test_closing_sends_walk_ins_home_or_serves_them_out"),
    Feature(1, "handling times by person, skill and place", ("pools.NAME.people.service_factor",), ("staff.yaml: speeds",), B1 + "test_a_place_may_take_longer"),
    Feature(1, "individual skills: a person may hold several, the own one first", ("classes.NAME.pools.POOL.rank",), ("staff.yaml: more_skills",),
            B1 + "test_a_second_skill_helps_where_those_whose_own_it_is_are_taken"),
    Feature(1, "overtime: who is at work at the end of the shift finishes, and the ledger counts it", ("pools.NAME.at_shift_end",), ("staff.yaml: at_shift_end",),
            "rules/test_pencil_worlds.py::test_closing_serves_out_with_overtime_or_sends_home"),
    Feature(1, "learning after a move", (), ("staff.yaml: learning",), B1 + "test_who_has_moved_learns"),
    # 2 places
    Feature(2, "offices, points, who serves what for whom", (), ("service_map.csv: how", "office_area.csv: office"),
            "region/test_tiny.py::test_engines_agree_bit_for_bit"),
    Feature(2, "part-week opening", ("classes.NAME.hours",), ("hours.csv: weekday",), B2 + "test_a_point_that_opens_part_of_the_week"),
    Feature(2, "visiting specialists on fixed days, with their travel in the ledger", (), ("staff.yaml: visiting_days",), B2 + "test_a_visiting_day_is_paid_with_its_way"),
    Feature(2, "a video link from a joint point to specialists; room and adviser are held meanwhile", (), ("staff.yaml: video", "staff.yaml: video_intro_min"),
            B2 + "test_a_video_room_has_one_customer_at_a_time_and_takes_a_specialist_and_the_adviser"),
    Feature(2, "joint points with municipal advisers", (), ("points.csv: advisers_fte", *p("joint", "resolved_share", "handling_time_multiplier")),
            B4 + "test_assisted_use_at_a_joint_point"),
    Feature(2, "a national line with people and hours of its own, which may hand back", (), ("national_line.csv: persons", "hours.csv: point", "staff.yaml: hand_back_share"),
            B2 + "test_the_national_line_hands_back_to_the_office"),
    Feature(2, "referral from a point without the skill to a specialised one", (), ("service_map.csv: place",),
            B2 + "test_a_specialised_point_sees_whoever_is_referred_to_it"),
    # 3 phone
    Feature(3, "queue limit: who finds the line full is turned away", ("classes.NAME.queue_limit",), p("phone", "queue_limit", "after_blocked_share"),
            B3 + "test_queue_limit_and_blocking"),
    Feature(3, "announcement of the wait, at which some hang up", ("classes.NAME.balk",), p("phone", "announced_wait_balk_share"),
            B3 + "test_hang_up_on_the_announced_wait"),
    Feature(3, "offer of a call back that keeps the place (virtual hold)", ("classes.NAME.call_back",),
            p("phone", "call_back_offered_after_min", "call_back_accepted_share"), B3 + "test_call_back_keeps_the_place"),
    Feature(3, "timed call back", ("classes.NAME.call_back.after_min",), p("phone", "call_back_after_min"), B3 + "test_timed_call_back"),
    Feature(3, "calls back that nobody answers", ("classes.NAME.unreached",),
            p("phone", "call_back_unreached_share", "call_back_tries", "call_back_try_min", "call_back_again_min"), B3 + "test_call_back_that_nobody_answers"),
    Feature(3, "overflow to other offices after a wait", ("classes.NAME.pools.POOL.after_min", "classes.NAME.moves_on"), p("phone", "overflow_after_min"),
            B3 + "test_overflow_to_another_office"),
    Feature(3, "a first line that hands over: cold", ("classes.NAME.after",), p("phone", "transfer_success_share"), B3 + "test_cold_hand_over"),
    Feature(3, "warm hand-over: the first person stays until the second answers", (), p("phone", "warm_hand_over_max_min"), B3 + "test_warm_hand_over"),
    Feature(3, "callers who try again, today or tomorrow", ("classes.NAME.after",), p("phone", "after_abandon_share", "hang_up_tries_tomorrow_share"),
            B3 + "test_callers_who_try_again_tomorrow"),
    Feature(3, "after-call work", ("classes.NAME.after_work_min",), ("delays.csv: after_call_work",), B3 + "test_after_call_work"),
    # 4 web
    Feature(4, "attempts that succeed, by service", (), p("web", "first_attempt_completion_share", "completion_share", "completion_multiplier"),
            B4 + "test_completion_by_service"),
    Feature(4, "and by segment", (), p("segment", "web_completion_ratio"), B4 + "test_completion_by_segment"),
    Feature(4, "assisted use at joint points", (), p("joint", "web_assist_share", "web_assist_uplift"), B4 + "test_assisted_use_at_a_joint_point"),
    Feature(4, "messages are answered within days", ("classes.NAME.rises",), p("web", "staff_check_share", "message_due_days"),
            B4 + "test_messages_are_answered_when_due"),
    Feature(4, "substitution: pages answer in place of staff", (), (*p("web", "advice_answered_share"), "strategy: channel.advice_answered_on_web"),
            B4 + "test_substitution_answers_without_staff"),
    Feature(4, "induction: web cases that bring calls", (), p("web", "induced_contacts_per_web_case"), B4 + "test_induction_brings_calls"),
    Feature(4, "learning with use", (), p("web", "learning_ratio"), B4 + "test_learning_with_use"),
    Feature(4, "an outage and its wave of calls", (), ("region.yaml: web_outages",), B4 + "test_an_outage_and_its_wave_of_calls"),
    # 5 appointments
    Feature(5, "slot grids by pool, notice, horizon, lead time", ("pools.NAME.slots", "classes.NAME.by_appointment"),
            ("appointments.csv: slot_min", "appointments.csv: bookable_share", "appointments.csv: notice_min"), B5 + "test_the_earliest_slot_after_notice"),
    Feature(5, "reserved for booked work, or shared with walk-ins", ("classes.NAME.pools.POOL.reserve",),
            ("appointments.csv: reserved_share", "appointments.csv: hold_before_min"), B5 + "test_slots_are_shared_or_reserved"),
    Feature(5, "no-show that rises with lead time; reminders that lower it", ("classes.NAME.no_show.per_day",),
            p("visit", "no_show_share", "no_show_rise_per_day", "no_show_reminder_ratio"), B5 + "test_no_show_rises_with_lead_time_and_reminders_lower_it"),
    Feature(5, "hours that are moved", (), p("visit", "reschedule_share", "reschedule_notice_min", "rebook_after_no_show_share"), B5 + "test_reschedule"),
    Feature(5, "interviews booked by phone", (), p("service", "phone_booked"), B5 + "test_interviews_booked_by_phone"),
    Feature(5, "chasers past a threshold of lead time", (),
            p("failure", "chaser_after_working_days", "chaser_per_working_day_beyond_10", "chaser_handling_min"), B5 + "test_chasers_past_a_threshold"),
    # 6 demand
    Feature(6, "gamma busyness of a day, with correlation between channels", ("classes.NAME.arrivals.busyness_cv", "classes.NAME.arrivals.busyness"),
            p("profile", "arrival_overdispersion_cv", "busyness_channel_correlation"), B6 + "test_busy_days_are_gamma_and_channels_correlate"),
    Feature(6, "seasons", (), p("seasonality", "unemployed_index"), B6 + "test_seasons"),
    Feature(6, "lay-off batches at one municipality, with needs of their own", (), ("study: demand.layoff", *p("service", "layoff_need_ratio")),
            B6 + "test_a_lay_off_with_needs_of_its_own"),
    Feature(6, "visits that grow where trips shrink, and shrink where they grow", (),
            ("study: demand.trip_response", *p("travel", "trip_suppression_per_extra_hour")), B6 + "test_demand_follows_the_trip"),
    Feature(6, "customers who give up, with the reason", ("classes.NAME.patience_min",), p("phone", "patience_mean_min"),
            B6 + "test_customers_give_up_with_a_reason"),
    Feature(6, "unmet need that comes again, later and heavier", (),
            p("failure", "unmet_returns_share", "unmet_returns_after_min", "unmet_handling_ratio"), B6 + "test_unmet_need_comes_again_later_and_heavier"),
    # 7 routing
    Feature(7, "ranked lists of who is asked, and of what is taken first", ("classes.NAME.pools.POOL.rank", "pools.NAME.takes"), ("strategy: customer.first_line",),
            "rules/test_pencil_worlds.py"),
    Feature(7, "weights: the longest weighted wait", ("classes.NAME.weight",), (), "acceptance/own/K07"),
    Feature(7, "escalation: help and rank after a wait", ("classes.NAME.pools.POOL.after_min", "classes.NAME.rises"), ("strategy: customer.help_after_min",),
            "acceptance/own/T02"),
    Feature(7, "reserves", ("classes.NAME.pools.POOL.reserve",), (), "acceptance/own/K15"),
    Feature(7, "whom to ask: longest idle, most idle, in order", ("classes.NAME.idle_rule",), (), "acceptance/own/K14"),
    Feature(7, "rules by hour of the week", ("classes.NAME.pools.POOL",), (), B7 + "test_help_in_given_hours"),
    Feature(7, "order of work, weights and reserves of a region", (), ("strategy: routing.takes", "strategy: routing.weights", "strategy: routing.reserve"),
            R7 + "test_a_reserve_weights_and_another_order"),
    Feature(7, "help in given hours only", (), ("strategy: routing.by_hour",), R7 + "test_specialists_help_in_given_hours_only"),
    Feature(7, "casework by its due date", (), ("strategy: routing.casework_due_days",), R7 + "test_casework_is_done_by_due_date"),
    Feature(7, "casework done after its due date is counted: the measure `casework_late_pct`", (), ("strategy: routing.casework_due_days",),
            R7 + "test_casework_past_its_due_date_is_counted"),
    Feature(7, "local first, then all offices as one", ("classes.NAME.pools.POOL.rank",), p("phone", "overflow_after_min"), B3 + "test_overflow_to_another_office"),
    Feature(7, "whom to ask in a region: longest idle, least occupied, in order", (), ("strategy: routing.idle_rule",),
            R7 + "test_a_reserve_weights_and_another_order"),
    Feature(7, "policies of one's own: lists from `compile(scenario)`, checked by `channelsim.testing.check_policy`", ("policy",), ("strategy: policy",),
            "behaviour/test_check_policy.py::test_the_lists_of_a_region_change_nothing"),
    Feature(7, "a compiled rule of one's own, on both engines", ("policy",), ("strategy: policy",),
            "behaviour/test_check_policy.py::test_a_compiled_rule_keeps_the_contract_on_both_engines"),
    Feature(7, "a Python rule of one's own, on the reference engine", ("policy",), ("strategy: policy",),
            "behaviour/test_check_policy.py::test_a_python_rule_on_the_fast_engine_is_one_message"),
    Feature(7, "`channelsim policies show` tells the lists in words", (), (), "behaviour/test_check_policy.py::test_policies_are_shown_in_words"),
    # 8 transition
    Feature(8, "dated changes of offices, strategy and adoption within one run", (), ("transition: transition.orders",),
            "transition/test_dated_change.py::test_engines_agree_on_a_change"),
    Feature(8, "trays and queues go to the office that takes their municipality", (), ("transition: transition.orders",),
            "transition/test_dated_change.py::test_trays_go_to_the_office_that_takes_their_municipality"),
    Feature(8, "appointments at a point that closes are moved and counted", (), ("transition: transition.orders",),
            "behaviour/test_8_transition.py::test_hours_at_the_office_that_closes_are_moved_and_each_is_counted_once"),
    Feature(8, "staff come to other points and are paid there, and learn from that day on", (), ("transition: transition.orders", "staff.yaml: learning"),
            "behaviour/test_8_transition.py::test_persons_are_paid_where_they_are_before_and_after"),
    Feature(8, "adoption along a straight line, a step a block", (), ("study: web.adoption", "transition: transition.orders"),
            "behaviour/test_8_transition.py::test_adoption_is_a_part_of_the_way_from_one_preference_to_the_next"),
    Feature(8, "orders of doing it against no change and against one another, block by block", (), ("transition: transition.orders",),
            "transition/test_study.py::test_before_the_first_change_nothing_differs_and_after_it_something_does"),
)  # fmt: skip
