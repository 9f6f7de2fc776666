"""How busy pools would be without queues: arithmetic on means, to see whether a baseline is plausible (decisions 2)."""

from __future__ import annotations

import numpy as np

from channelsim.scenario.compile_demand import cell_means
from channelsim.scenario.region import OfficeModel, Region

WEB_PREFERENCE = "web_preference_2011_share"


def yearly_hours(region: Region, model: OfficeModel) -> dict[tuple[str, str], float]:
    """Expected hours a year of each (office, skill or `generalist`) under today's preferences.

    Contacts are gross (needs over the original share would count repeats twice, so the anchored rate is used);
    a share `handled_by_specialist_today_share` falls on specialists, the rest on generalists.
    """
    value = region.value
    original = value("volume", "original_share", "all")
    completed = value("web", "first_attempt_completion_share", "all") * value("web", "staff_check_share", "all")
    after_call = region.delays["after_call_work"].mean_min
    hours: dict[tuple[str, str], float] = {}
    for m, g, s, weekly in cell_means(region):
        service, segment = region.services[s], region.segments[g].id
        if service.tier == "national":
            continue
        contacts = weekly * 365.0 / 7.0 / original
        web = value("service", "web_eligible_share", service.id) * value("segment", "web_capable_share", segment)
        web *= value("segment", WEB_PREFERENCE, segment, 0.0)
        phone = (1.0 - web) * value("service", "phone_eligible_share", service.id)
        phone *= value("segment", "phone_preference_given_not_web_share", segment)
        visit = 1.0 - web - phone
        factor = value("segment", "handling_time_multiplier", segment, 1.0)
        minutes = phone * (value("service", "handling_phone_mean_min", service.id) * factor + after_call)
        minutes += visit * value("service", "handling_visit_mean_min", service.id, 0.0) * factor
        minutes += web * completed * value("service", "handling_web_staff_mean_min", service.id)
        minutes += (phone + visit + web * completed) * value("service", "back_office_mean_min", service.id)
        by_specialist = value("service", "handled_by_specialist_today_share", service.id, 0.5)
        office = model.office_of[region.municipalities[m].name]
        for skill, share in (("generalist", 1.0 - by_specialist), (service.skill, by_specialist)):
            key = (office, skill)
            hours[key] = hours.get(key, 0.0) + contacts * minutes * share / 60.0
    return hours


def utilisation_table(region: Region, model: OfficeModel, split: str) -> list[tuple[str, int, float]]:
    """(pool, persons, utilisation by own work): by office and skill, concentrated skills over the region."""
    hours = yearly_hours(region, model)
    a_day = (region.shift[1] - region.shift[0]) / 60.0
    a_year = a_day * 5 * region.weeks_per_year * (1.0 - region.value("staff", "absence_share", "all"))
    a_year *= region.value("staff", "contact_work_share", "all")
    office_of = {p.name: p.office for p in model.points}
    concentrated = {s.skill for s in region.services if s.tier == "concentrated"} - {
        s.skill for s in region.services if s.tier == "minimum"
    }
    persons: dict[tuple[str, str], int] = {}
    for person in model.staff[split]:
        if person.role != "management":
            key = (office_of[next(p for p in person.place if p)], person.skill or "generalist")
            persons[key] = persons.get(key, 0) + 1
    rows = []
    for (office, skill), n in sorted(persons.items()):
        if skill not in concentrated:
            rows.append((f"{office} {skill}", n, hours.get((office, skill), 0.0) / (n * a_year)))
    for skill in sorted(concentrated):
        n = sum(v for (_, k), v in persons.items() if k == skill)
        load = sum(v for (_, k), v in hours.items() if k == skill)
        rows.append((f"region {skill}", n, load / (n * a_year) if n else np.inf))
    specialists = sum(v for (_, k), v in persons.items() if k != "generalist")
    everything = sum(v for (_, k), v in hours.items() if k != "generalist")
    rows.append(("region, all specialists with routine", specialists, everything / (specialists * a_year)))
    return rows
