"""Measures of a plan against a baseline on the same customers (decisions 1): what is freed, shed, added, owed.

Both runs must come from the same seed, replication and window. Only needs closed in both enter A1;
those closed in one of the two stand beside it, and so does the work that open needs are owed.
"""

from __future__ import annotations

import numpy as np

from channelsim.metrics.access import Access
from channelsim.metrics.measure import MEASURES, Case
from channelsim.metrics.single import ratio
from channelsim.metrics.waits import BY_MUNICIPALITY, mean_by

# name -> (unit, better, definition)
PAIRED = {
    "a1_released_h_per_week": ("h/week", "higher", "Specialist minutes of a need under the baseline less under the plan, summed over cohort needs closed in both, per week."),
    "a1r_routine_h_per_week": ("h/week", "higher", "The part of A1 on needs that do not take expertise: routine taken off specialists."),
    "a1e_expertise_h_per_week": ("h/week", "higher", "The part of A1 on needs that take expertise: the same matter with fewer specialist minutes."),
    "shed_work_h_per_week": ("h/week", "lower", "Specialist hours that the baseline spent on needs closed only there; never part of A1."),
    "added_work_h_per_week": ("h/week", "neither", "Specialist hours that the plan spent on needs closed only there; never part of A1."),
    "net_shed_h_per_week": ("h/week", "lower", "Shed work less added work: positive where the plan closes less specialist work than the baseline."),
    "owed_change_h": ("h", "lower", "Work owed to open cohort needs at the horizon, plan less baseline, all roles."),
    "closed_in_both_pct": ("%", "neither", "Cohort needs closed in both, of those that arose in both."),
    "displacement_h_per_h": ("h/h", "lower", "Extra generalist, national and municipal hours on needs closed in both, per specialist hour freed (A4)."),
    "idle_change_h_per_week": ("h/week", "neither", "Idle specialist hours per week, plan less baseline: freed and not used."),
    "usable_60_change_h_per_week": ("h/week", "higher", "Idle specialist hours in blocks of at least 60 min per week, plan less baseline (A6)."),
    "phone_wait_change_min": ("min", "lower", "Mean wait of answered calls, plan less baseline."),
    "lead_change_days": ("days", "lower", "Mean appointment lead time, plan less baseline."),
    "unmet_change_pct": ("%-points", "lower", "Unmet needs (B5), plan less baseline."),
    "travel_change_km_per_unemployed_year": ("km/person/year", "lower", "Kilometres per unemployed and year, plan less baseline."),
    "losers_persons": ("persons", "lower", "Unemployed in municipalities where the mean wait (phone or appointment) is over 10 % longer or the trip to the nearest staffed point over 15 min longer than under the baseline (D2)."),
    "losers_municipalities": ("municipalities", "lower", "Municipalities that lose in the sense of losers_persons."),
}  # fmt: skip

LABELS = {  # as a reader's headings name them
    "a1_released_h_per_week": "specialist time released (A1)", "a1r_routine_h_per_week": "of it routine (A1r)",
    "a1e_expertise_h_per_week": "of it same matter, fewer minutes (A1e)", "shed_work_h_per_week": "work shed", "added_work_h_per_week": "work added",
    "net_shed_h_per_week": "work shed less added", "owed_change_h": "work owed to open needs", "closed_in_both_pct": "needs closed in both",
    "displacement_h_per_h": "extra hours of others per hour freed", "idle_change_h_per_week": "idle specialist time",
    "usable_60_change_h_per_week": "idle in blocks of an hour", "phone_wait_change_min": "mean wait of answered calls",
    "lead_change_days": "mean lead time of appointments", "unmet_change_pct": "unmet needs",
    "travel_change_km_per_unemployed_year": "travel of the unemployed", "losers_persons": "unemployed worse off",
    "losers_municipalities": "municipalities worse off",
}  # fmt: skip


def paired_measures(base: Case, plan: Case, base_access: Access | None, plan_access: Access | None) -> dict[str, float]:
    """All paired measures of one replication of a plan against one of its baseline."""
    b, p = base.run.needs, plan.run.needs
    common, at_b, at_p = np.intersect1d(b.need_id, p.need_id, assume_unique=True, return_indices=True)
    closed_b, closed_p = b.closed[at_b], p.closed[at_p]
    both = closed_b & closed_p
    freed = (b.specialist_min[at_b] - p.specialist_min[at_p])[both]
    expert = b.expertise[at_b][both] == 1
    others = sum(
        (getattr(p, name)[at_p] - getattr(b, name)[at_b])[both].sum() for name in ("generalist_min", "national_min", "adviser_min")
    )
    only_b, only_p = closed_b & ~closed_p, closed_p & ~closed_b
    per_week = base.per_week
    shed = per_week(float(b.specialist_min[at_b][only_b].sum()))
    added = per_week(float(p.specialist_min[at_p][only_p].sum()))

    def change(name: str) -> float:
        return MEASURES[name].value(plan) - MEASURES[name].value(base)

    losers = losing(base, plan, base_access, plan_access)
    people = np.array([m.unemployed for m in base.region.municipalities]) if base.region else np.ones(len(losers))
    return {
        "a1_released_h_per_week": per_week(float(freed.sum())),
        "a1r_routine_h_per_week": per_week(float(freed[~expert].sum())),
        "a1e_expertise_h_per_week": per_week(float(freed[expert].sum())),
        "shed_work_h_per_week": shed,
        "added_work_h_per_week": added,
        "net_shed_h_per_week": shed - added,
        "owed_change_h": float(p.owed_min.sum() - b.owed_min.sum()) / 60.0,
        "closed_in_both_pct": ratio(float(both.sum()), float(len(common)), 100.0),
        "displacement_h_per_h": ratio(float(others), float(freed.sum())) if freed.sum() > 0 else float("nan"),
        "idle_change_h_per_week": change("specialist_idle_h_per_week"),
        "usable_60_change_h_per_week": change("specialist_usable_60_h_per_week"),
        "phone_wait_change_min": change("phone_wait_mean_min"),
        "lead_change_days": change("appointment_lead_mean_days"),
        "unmet_change_pct": change("unmet_pct"),
        "travel_change_km_per_unemployed_year": change("travel_km_per_unemployed_year"),
        "losers_persons": float(people[losers].sum()),
        "losers_municipalities": float(losers.sum()),
    }


def losing(base: Case, plan: Case, base_access: Access | None, plan_access: Access | None) -> np.ndarray:
    """[municipality] who is worse off than under the baseline, beyond the thresholds of measure D2."""
    worse = np.zeros(len(base.world.names.municipalities), bool)
    for kind in ("phone_wait_min", "appointment_lead_days"):
        before, after = mean_by(base, kind, BY_MUNICIPALITY), mean_by(plan, kind, BY_MUNICIPALITY)
        with np.errstate(invalid="ignore"):
            worse |= np.nan_to_num(after / before, nan=1.0) > 1.10
    if base_access is not None and plan_access is not None:
        worse |= plan_access.staffed_min - base_access.staffed_min > 15.0
    return worse
