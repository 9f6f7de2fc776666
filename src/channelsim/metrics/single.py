"""Measures of one replication. Each is a small function; its registration says what it means."""

from __future__ import annotations

import numpy as np

from channelsim.metrics.measure import Case, measure
from channelsim.metrics.waits import mean_wait, share_within, wait_quantile
from channelsim.rules import state as S
from channelsim.scenario import tables as T
from channelsim.trajectory.cohort import (
    AT_FIRST,
    CONTACTS,
    FAILURES,
    FIRST_REASON,
    FIRST_TIME,
    IS_RESOLVED,
    RESOLUTION_MIN,
    VISITS,
    N,
)  # fmt: skip
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
    expert = case.run.cohort.sums[..., 1, :]
    return ratio(float(expert[..., FIRST_TIME + S.SPECIALIST_MIN].sum()), float(expert[..., N].sum()))


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


@measure(
    "B1",
    "%",
    "lower",
    "Casework done after its due date, of the casework done that had one (`casework_due_days` of a strategy); none: not defined.",
)
def casework_late_pct(case: Case) -> float:
    tally, due = _classes(case, "casework_age_days"), case.world.tables.class_due_min
    kinds = case.world.tables.classes.reshape(-1, T.CLASS_WIDTH)[:, T.WAIT_KIND]
    has_one = due[kinds == case.world.names.wait_kinds.index("casework_age_days")] > 0.0
    return ratio(tally[has_one, S.N_LATE].sum(), tally[has_one, S.N_SERVED].sum(), 100.0)


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
    return ratio(case.run.cohort.total(CONTACTS), case.run.cohort.total(IS_RESOLVED))


@measure("B3", "%", "lower", "Contacts that follow a web failure, a hand-over, or a matter thought closed, of all contacts.")
def failure_demand_pct(case: Case) -> float:
    return ratio(case.run.cohort.total(FAILURES), case.run.cohort.total(CONTACTS), 100.0)


@measure("B4", "%", "higher", "Needs resolved by their first contact with no failure on the way, of cohort needs.")
def first_contact_resolution_pct(case: Case) -> float:
    return ratio(case.run.cohort.total(AT_FIRST), case.run.cohort.total(N), 100.0)


@measure("B4", "days", "lower", "Mean days from a need's first contact to its resolution, over needs resolved in the run.")
def time_to_resolution_mean_days(case: Case) -> float:
    return ratio(case.run.cohort.total(RESOLUTION_MIN) / DAY_MIN, case.run.cohort.total(IS_RESOLVED))


@measure("B5", "%", "lower", "Needs given up or not resolved within 30 days, of cohort needs seen for 30 days.")
def unmet_pct(case: Case) -> float:
    missed, of = case.run.cohort.unmet
    return ratio(case.run.cohort.total(missed), case.run.cohort.total(of), 100.0)


def _given_up(case: Case, *reasons: int) -> float:
    cohort = case.run.cohort
    return ratio(sum(cohort.total(FIRST_REASON + r) for r in reasons), cohort.total(N), 100.0)


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
    return ratio(case.run.cohort.total(FIRST_TIME + S.TRAVEL_MIN), case.run.cohort.total(VISITS))


@measure("C1", "km/person/year", "lower", "Kilometres travelled by the cohort per unemployed person and year of 52 weeks.")
def travel_km_per_unemployed_year(case: Case) -> float:
    if case.region is None:
        return NAN
    people = sum(m.unemployed for m in case.region.municipalities)
    return case.run.cohort.total(FIRST_TIME + S.TRAVEL_KM) / people * 52.0 / case.n_weeks


# --- D: equity ------------------------------------------------------------------------------------
def unmet_by_municipality(case: Case) -> np.ndarray:
    """[municipality] unmet needs in per cent of its cohort needs; nan where it has none."""
    missed, of = (case.run.cohort.by_municipality(column) for column in case.run.cohort.unmet)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(100.0 * missed / of)


def unmet_by_segment(case: Case) -> np.ndarray:
    """[segment] unmet needs in per cent of its cohort needs; nan where it has none."""
    missed, of = (case.run.cohort.by_segment(column) for column in case.run.cohort.unmet)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(100.0 * missed / of)


def _by_municipality(case: Case) -> np.ndarray:
    values = unmet_by_municipality(case)
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
    values = unmet_by_segment(case)
    return float(np.nanmax(values)) if np.isfinite(values).any() else NAN


@measure("D1", "%", "lower", "Unmet needs (B5) of customers who cannot use the web.")
def unmet_without_web_pct(case: Case) -> float:
    without = case.run.cohort.sums[:, :, 0]
    missed, of = case.run.cohort.unmet
    return ratio(float(without[..., missed].sum()), float(without[..., of].sum()), 100.0)


@measure("D1", "%", "lower", "Unmet needs (B5) of customers without a car.")
def unmet_without_car_pct(case: Case) -> float:
    without = case.run.cohort.sums[:, :, :, 0]
    missed, of = case.run.cohort.unmet
    return ratio(float(without[..., missed].sum()), float(without[..., of].sum()), 100.0)


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
    cohort, run = case.run.cohort, case.run
    in_cohort = cohort.n_arisen == cohort.total(N) and cohort.total(IS_RESOLVED) + _n_given_up(case) <= cohort.total(N)
    return float(in_cohort and run.n_arisen == run.n_finished + run.n_open)


def _n_given_up(case: Case) -> float:
    return sum(case.run.cohort.total(FIRST_REASON + reason) for reason in range(len(S.REASONS)))
