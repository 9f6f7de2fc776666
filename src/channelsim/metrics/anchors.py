"""Figures that the real world gives, beside which a run is printed: contacts, mix, contact work, specialist share."""

from __future__ import annotations

import numpy as np

from channelsim.metrics.measure import Case, measure
from channelsim.metrics.single import WORK, account, ratio, role_pools
from channelsim.rules import state as S
from channelsim.scenario import tables as T

NAN = float("nan")


@measure(
    "V",
    "contacts/person/year",
    "neither",
    "Contacts (redials of one matter counted once, national services included) per unemployed and year of 365 days.",
)
def contacts_per_unemployed_year(case: Case) -> float:
    if case.region is None:
        return NAN
    people = sum(m.unemployed for m in case.region.municipalities)
    return float(case.run.tally.channel_contacts[:3].sum()) / people * 365.0 / (7.0 * case.n_weeks)


def _mix(case: Case, channel: str) -> float:
    if channel not in case.world.names.channels or case.region is None:
        return NAN
    contacts = case.run.tally.channel_contacts
    return ratio(float(contacts[case.world.names.channels.index(channel)]), float(contacts[:3].sum()), 100.0)


@measure("V", "%", "neither", "Contacts by phone, of contacts by phone, web and visit.")
def phone_share_pct(case: Case) -> float:
    return _mix(case, "phone")


@measure("V", "%", "neither", "Contacts on the web, of contacts by phone, web and visit.")
def web_share_pct(case: Case) -> float:
    return _mix(case, "web")


@measure("V", "%", "neither", "Visits, of contacts by phone, web and visit.")
def visit_share_pct(case: Case) -> float:
    return _mix(case, "visit")


@measure("V", "%", "neither", "Contact and casework hours of generalists and specialists, of their hours on shift.")
def contact_work_share_pct(case: Case) -> float:
    pools = role_pools(case, T.SPECIALIST, T.GENERALIST)
    return ratio(account(case, pools, *WORK), account(case, pools, S.PAID), 100.0)


def handled_by_specialist(case: Case) -> np.ndarray:
    """[service] share of served contacts and checks that a specialist served, of those of the region's own staff."""
    handled = case.run.tally.handled
    own = handled[:, [T.GENERALIST, T.SPECIALIST]].sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(handled[:, T.SPECIALIST] / own)


@measure("V", "%", "neither", "Contacts and checks of generalist services (skill `any`) that a specialist served, of those served.")
def routine_by_specialist_pct(case: Case) -> float:
    if case.region is None:
        return NAN
    routine = [i for i, s in enumerate(case.region.services) if s.skill == "any"]
    handled = case.run.tally.handled[routine]
    return ratio(float(handled[:, T.SPECIALIST].sum()), float(handled[:, [T.GENERALIST, T.SPECIALIST]].sum()), 100.0)
