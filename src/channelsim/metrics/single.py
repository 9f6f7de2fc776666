"""Measures of one replication. Each is a small function; its registration says what it means."""

from __future__ import annotations

import numpy as np

from channelsim.metrics.measure import Case, measure
from channelsim.metrics.waits import mean_wait, share_within, wait_quantile
from channelsim.rules import state as S
from channelsim.scenario import tables as T
from channelsim.units import DAY_MIN

NAN = float("nan")
THIRTY_DAYS_MIN = 30.0 * DAY_MIN


def role_pools(case: Case, *roles: int) -> np.ndarray:
    """Which pools have one of the roles."""
    return np.isin(case.world.tables.pools.reshape(-1, T.POOL_WIDTH)[:, T.ROLE], roles)


def account(case: Case, pools: np.ndarray, *accounts: int) -> float:
    """Minutes of some accounts of the ledger over some pools."""
    return float(case.run.tally.ledger[pools][:, list(accounts)].sum())


WORK = (S.EXPERTISE_MIN, S.ROUTINE_MIN, S.EXPERTISE_CASEWORK_MIN, S.ROUTINE_CASEWORK_MIN)


def ratio(top: float, bottom: float, scale: float = 1.0) -> float:
    return scale * top / bottom if bottom else NAN


# --- A: specialist time ---------------------------------------------------------------------------
@measure("A1", "h/week", "neither", "Specialist hours worked (contacts, checks, casework) in the measured window, per week.")
def specialist_work_h_per_week(case: Case) -> float:
    return case.per_week(account(case, role_pools(case, T.SPECIALIST), *WORK))


@measure("A1", "h/week", "neither", "Specialist hours worked on needs that do not take expertise, per week.")
def specialist_routine_h_per_week(case: Case) -> float:
    return case.per_week(account(case, role_pools(case, T.SPECIALIST), S.ROUTINE_MIN, S.ROUTINE_CASEWORK_MIN))


@measure("A2", "%", "higher", "Specialist contact and casework hours on needs that take expertise, of all of theirs.")
def expertise_share_pct(case: Case) -> float:
    pools = role_pools(case, T.SPECIALIST)
    return ratio(account(case, pools, S.EXPERTISE_MIN, S.EXPERTISE_CASEWORK_MIN), account(case, pools, *WORK), 100.0)


@measure("A3", "min/need", "higher", "Specialist minutes served to cohort needs that take expertise, per such need arisen.")
def expertise_min_per_need(case: Case) -> float:
    expert = case.run.needs.expertise == 1
    return ratio(float(case.run.needs.specialist_min[expert].sum()), float(expert.sum()))


@measure("A5", "h/week", "lower", "Specialist hours of travel to visiting points, inside paid time.")
def specialist_travel_h_per_week(case: Case) -> float:
    return case.per_week(account(case, role_pools(case, T.SPECIALIST), S.TRAVELLED_MIN))


@measure("A6", "h/week", "neither", "Specialist hours on shift, not on other duties, with nothing to do.")
def specialist_idle_h_per_week(case: Case) -> float:
    return case.per_week(account(case, role_pools(case, T.SPECIALIST), S.IDLE_MIN))


def _usable(case: Case, column: int) -> float:
    return case.per_week(float(case.run.tally.usable[role_pools(case, T.SPECIALIST)][:, column].sum()))


@measure("A6", "h/week", "higher", "Idle specialist hours in blocks of at least 30 min of one idle layer, cut at roster steps.")
def specialist_usable_30_h_per_week(case: Case) -> float:
    return _usable(case, 0)


@measure("A6", "h/week", "higher", "Idle specialist hours in blocks of at least 60 min of one idle layer, cut at roster steps.")
def specialist_usable_60_h_per_week(case: Case) -> float:
    return _usable(case, 2)


@measure("A6", "h/week", "higher", "Idle specialist hours in blocks of at least 120 min of one idle layer, cut at roster steps.")
def specialist_usable_120_h_per_week(case: Case) -> float:
    return _usable(case, 4)


# --- B: what customers meet -----------------------------------------------------------------------
@measure("B1", "min", "lower", "Mean wait in the phone queue of calls that were answered.")
def phone_wait_mean_min(case: Case) -> float:
    return mean_wait(case, "phone_wait_min")


@measure("B1", "min", "lower", "90th percentile of the wait in the phone queue of calls that were answered.")
def phone_wait_p90_min(case: Case) -> float:
    return wait_quantile(case, "phone_wait_min", 0.9)


@measure("B1", "%", "higher", "Answered calls that waited at most 5 min, of answered calls.")
def phone_within_5_min_pct(case: Case) -> float:
    return share_within(case, "phone_wait_min", 5.0)


@measure("B1", "min", "lower", "Mean wait of walk-in visitors who were served.")
def walk_in_wait_mean_min(case: Case) -> float:
    return mean_wait(case, "walk_in_wait_min")


@measure("B1", "min", "lower", "90th percentile of the wait of walk-in visitors who were served.")
def walk_in_wait_p90_min(case: Case) -> float:
    return wait_quantile(case, "walk_in_wait_min", 0.9)


@measure("B1", "days", "lower", "Mean calendar days from booking to a kept appointment.")
def appointment_lead_mean_days(case: Case) -> float:
    return mean_wait(case, "appointment_lead_days")


@measure("B1", "days", "lower", "90th percentile of calendar days from booking to a kept appointment.")
def appointment_lead_p90_days(case: Case) -> float:
    return wait_quantile(case, "appointment_lead_days", 0.9)


@measure("B1", "days", "lower", "90th percentile of days from a completed web case to the staff check it needed.")
def web_response_p90_days(case: Case) -> float:
    return wait_quantile(case, "web_response_days", 0.9)


@measure("B1", "days", "lower", "90th percentile of days that casework lay before it was begun.")
def casework_age_p90_days(case: Case) -> float:
    return wait_quantile(case, "casework_age_days", 0.9)


def _classes(case: Case, wait_kind: str) -> np.ndarray:
    if wait_kind not in case.world.names.wait_kinds:
        return np.empty((0, S.CLASS_TALLY_WIDTH))
    kinds = case.world.tables.classes.reshape(-1, T.CLASS_WIDTH)[:, T.WAIT_KIND]
    return np.asarray(case.run.tally.class_tally[kinds == case.world.names.wait_kinds.index(wait_kind)])


@measure("B2", "%", "lower", "Calls whose caller hung up in the queue or was cut off at closing, of calls offered (legs).")
def phone_abandoned_pct(case: Case) -> float:
    rows = _classes(case, "phone_wait_min")
    return ratio(float(rows[:, [S.N_ABANDONED, S.N_SENT_HOME]].sum()), float(rows[:, S.OFFERED].sum()), 100.0)


@measure("B2", "%", "lower", "Walk-in visitors who left the queue unserved, of visitors who came.")
def walk_in_abandoned_pct(case: Case) -> float:
    rows = _classes(case, "walk_in_wait_min")
    return ratio(float(rows[:, [S.N_ABANDONED, S.N_SENT_HOME]].sum()), float(rows[:, S.OFFERED].sum()), 100.0)


@measure("B3", "contacts/need", "lower", "Contacts of the cohort (redials of one matter count once) per need resolved.")
def contacts_per_resolved_need(case: Case) -> float:
    needs = case.run.needs
    return ratio(float(needs.contacts.sum()), float((needs.state == S.RESOLVED).sum()))


@measure("B3", "%", "lower", "Contacts that follow a web failure, a hand-over, or a matter thought closed, of all contacts.")
def failure_demand_pct(case: Case) -> float:
    needs = case.run.needs
    return ratio(float(needs.failures.sum()), float(needs.contacts.sum()), 100.0)


@measure("B4", "%", "higher", "Needs resolved by their first contact with no failure on the way, of cohort needs.")
def first_contact_resolution_pct(case: Case) -> float:
    n = case.run.needs
    return ratio(float(((n.state == S.RESOLVED) & (n.contacts == 1) & (n.failures == 0)).sum()), float(len(n)), 100.0)


@measure("B4", "days", "lower", "Mean days from a need's first contact to its resolution, over needs resolved in the run.")
def time_to_resolution_mean_days(case: Case) -> float:
    n = case.run.needs
    done = n.state == S.RESOLVED
    return float((n.resolved_at - n.arose)[done].mean() / DAY_MIN) if done.any() else NAN


@measure("B5", "%", "lower", "Needs given up or not resolved within 30 days, of cohort needs seen for 30 days.")
def unmet_pct(case: Case) -> float:
    return ratio(float(unmet(case).sum()), float(seen_30_days(case).sum()), 100.0)


def seen_30_days(case: Case) -> np.ndarray:
    """Cohort needs whose first 30 days lie inside the run (all of them, if none does)."""
    horizon = float(case.run.needs.finished_at[case.run.needs.finished_at < 2.0**53].max(initial=case.run.end_min))
    seen = case.run.needs.arose + THIRTY_DAYS_MIN <= horizon
    return seen if seen.any() else np.ones(len(case.run.needs), bool)


def unmet(case: Case) -> np.ndarray:
    """Which cohort needs were not met within 30 days."""
    n = case.run.needs
    in_time = (n.state == S.RESOLVED) & (n.resolved_at - n.arose <= THIRTY_DAYS_MIN)
    return np.asarray(~in_time & seen_30_days(case))


def _given_up(case: Case, *reasons: int) -> float:
    n = case.run.needs
    return ratio(float(((n.state == S.GIVEN_UP) & np.isin(n.reason, reasons)).sum()), float(len(n)), 100.0)


@measure("B5", "%", "lower", "Needs given up because of a phone or walk-in queue or closing, of cohort needs.")
def given_up_queue_pct(case: Case) -> float:
    return _given_up(case, S.R_PHONE_QUEUE, S.R_VISIT_QUEUE, S.R_CLOSING)


@measure("B5", "%", "lower", "Needs given up after a web failure, of cohort needs.")
def given_up_web_pct(case: Case) -> float:
    return _given_up(case, S.R_WEB)


@measure("B5", "%", "lower", "Needs given up for want of a slot or after a missed appointment, of cohort needs.")
def given_up_appointment_pct(case: Case) -> float:
    return _given_up(case, S.R_NO_SLOT, S.R_NO_SHOW)


@measure("B5", "%", "lower", "Needs given up because no point could be reached, of cohort needs.")
def given_up_travel_pct(case: Case) -> float:
    return _given_up(case, S.R_TRAVEL)


@measure("B6", "%", "lower", "Booked slots whose customer did not come, of slots that came due.")
def no_show_pct(case: Case) -> float:
    book = case.run.tally.book_tally
    return ratio(float(book[:, 2].sum()), float(book[:, 1:3].sum()), 100.0)


# --- C: travel ------------------------------------------------------------------------------------
@measure("C1", "min/visit", "lower", "Minutes of travel there and back per visit made by the cohort.")
def travel_min_per_visit(case: Case) -> float:
    return ratio(float(case.run.needs.travel_min.sum()), float(case.run.needs.visits.sum()))


@measure("C1", "km/person/year", "lower", "Kilometres travelled by the cohort per unemployed person and year of 52 weeks.")
def travel_km_per_unemployed_year(case: Case) -> float:
    if case.region is None:
        return NAN
    people = sum(m.unemployed for m in case.region.municipalities)
    return float(case.run.needs.travel_km.sum()) / people * 52.0 / case.n_weeks


# --- D: equity ------------------------------------------------------------------------------------
def unmet_by(case: Case, column: np.ndarray, n: int) -> np.ndarray:
    """[group] unmet needs in per cent of the group's cohort needs; nan where it has none."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(100.0 * np.bincount(column, unmet(case), n) / np.bincount(column, seen_30_days(case), n))


def _by_municipality(case: Case) -> np.ndarray:
    values = unmet_by(case, case.run.needs.municipality, len(case.world.names.municipalities))
    return values if np.isfinite(values).any() else np.array([NAN])


@measure("D1", "%", "lower", "Unmet needs (B5) in the municipality where they are highest.")
def unmet_worst_municipality_pct(case: Case) -> float:
    return float(np.nanmax(_by_municipality(case)))


@measure("D1", "%-points", "lower", "Unmet needs (B5): highest municipality less lowest.")
def unmet_gap_municipalities_pct(case: Case) -> float:
    values = _by_municipality(case)
    return float(np.nanmax(values) - np.nanmin(values))


@measure("D1", "%", "lower", "Unmet needs (B5) in the segment where they are highest (segments are regional, not municipal data).")
def unmet_worst_segment_pct(case: Case) -> float:
    values = unmet_by(case, case.run.needs.segment, len(case.world.names.segments))
    return float(np.nanmax(values)) if np.isfinite(values).any() else NAN


@measure("D1", "%", "lower", "Unmet needs (B5) of customers who cannot use the web.")
def unmet_without_web_pct(case: Case) -> float:
    without = (case.run.needs.flags & S.FLAG_WEB) == 0
    return ratio(float((unmet(case) & without).sum()), float((seen_30_days(case) & without).sum()), 100.0)


@measure("D1", "%", "lower", "Unmet needs (B5) of customers without a car.")
def unmet_without_car_pct(case: Case) -> float:
    without = (case.run.needs.flags & S.FLAG_CAR) == 0
    return ratio(float((unmet(case) & without).sum()), float((seen_30_days(case) & without).sum()), 100.0)


# --- E: the organisation --------------------------------------------------------------------------
def utilisation(case: Case, *roles: int) -> float:
    """Work as per cent of paid time on shift that is not other duties; overtime is work and time alike."""
    pools = role_pools(case, *roles)
    time = account(case, pools, S.PAID, S.OVERTIME) - account(case, pools, S.DUTY)
    return ratio(account(case, pools, *WORK), time, 100.0)


@measure("E1", "%", "neither", "Specialist work, of specialist time on shift that is not other duties.")
def specialist_utilisation_pct(case: Case) -> float:
    return utilisation(case, T.SPECIALIST)


@measure("E1", "%", "neither", "Generalist work, of generalist time on shift that is not other duties.")
def generalist_utilisation_pct(case: Case) -> float:
    return utilisation(case, T.GENERALIST)


@measure("E1", "%", "neither", "Work of municipal advisers, of their opening hours.")
def adviser_utilisation_pct(case: Case) -> float:
    return utilisation(case, T.ADVISER)


@measure("E1", "%", "neither", "Work of the national line, of its time on shift.")
def national_utilisation_pct(case: Case) -> float:
    return utilisation(case, T.NATIONAL)


@measure("E1", "h/week", "lower", "Hours worked after the end of a shift, all of the region's staff.")
def overtime_h_per_week(case: Case) -> float:
    return case.per_week(account(case, role_pools(case, T.SPECIALIST, T.GENERALIST, T.STAFF), S.OVERTIME))


@measure("E1", "h/week", "neither", "Generalist hours worked per week.")
def generalist_work_h_per_week(case: Case) -> float:
    return case.per_week(account(case, role_pools(case, T.GENERALIST), *WORK))


@measure("A4", "h/week", "neither", "Hours worked by municipal advisers (outside the staff) per week.")
def adviser_work_h_per_week(case: Case) -> float:
    return case.per_week(account(case, role_pools(case, T.ADVISER), *WORK))


@measure("A4", "h/week", "neither", "Hours worked by the national line (outside the staff) per week.")
def national_work_h_per_week(case: Case) -> float:
    return case.per_week(account(case, role_pools(case, T.NATIONAL), *WORK))


@measure("A1", "h", "lower", "Growth of owed work (contacts, bookings, casework) over the measured window, all pools.")
def owed_growth_h(case: Case) -> float:
    owed = case.run.owed_min
    return float((owed[-1] - owed[0]).sum()) / 60.0 if len(owed) > 1 else NAN


# --- F: invariants --------------------------------------------------------------------------------
@measure("F1", "pass", "higher", "1 if needs that arose equal those resolved, given up and still open, over the whole run.")
def conservation_holds(case: Case) -> float:
    n = case.run.needs
    counted = sum(int((n.state == state).sum()) for state in (S.OPEN, S.RESOLVED, S.GIVEN_UP))
    return float(counted == len(n) and case.run.n_arisen == case.run.n_finished + case.run.n_open)
