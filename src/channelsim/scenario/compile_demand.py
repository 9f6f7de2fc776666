"""Whose needs are expected when in a region: cells of municipality, segment and service (design 4.2)."""

from __future__ import annotations

import datetime as dt

import numpy as np

from channelsim.scenario.futures import Layoff, shock_of
from channelsim.scenario.region import WEEKDAYS, Region
from channelsim.scenario.tables import NONE
from channelsim.scenario.world import Demand
from channelsim.units import DAY_MIN

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def region_demand(region: Region, n_days: int, scale: float, layoff: Layoff | None = None) -> Demand:
    """Expected needs by cell, and how they fall over weekdays and months.

    The reference intensity is the region's own; `scale` is the alternative's intensity over it, so that
    common needs stay common when unemployment differs between alternatives (decisions 31). So it is with a lay-off.
    """
    cells = cell_means(region)
    m, g, s, mean = (np.array(column) for column in zip(*cells, strict=True))
    weekday = weekday_shares(region)
    year = region.weeks_per_year * 7
    season = np.array([_month_index(region, d) for d in range(max(year, n_days))])
    day_weight = np.array([weekday[d % 7] for d in range(year)])
    normal = float((season[:year] * day_weight).sum() / day_weight.sum())
    correlation = _own_days(region)
    n = 1 if correlation is None else 3  # a combination for each of phone, web and visit
    return Demand(
        municipality=m.astype(np.int64), segment=g.astype(np.int64), service=s.astype(np.int64),
        channel=np.full(len(mean), NONE, np.int64), weekly_mean=mean.astype(float), ratio=np.full(len(mean), scale),
        combination=np.zeros(len(mean), np.int64), combination_profile=np.zeros(n, np.int64), combination_group=np.arange(n),
        step_start=np.array([[i * DAY_MIN for i in range(7)]]), step_end=np.array([[(i + 1) * DAY_MIN for i in range(7)]]),
        step_share=np.array([weekday]), day_factor=np.tile(season[:n_days] / normal, (n, 1)),
        busyness_cv=np.full(n, region.value("profile", "arrival_overdispersion_cv", "day", 0.0)),
        channel_correlation=correlation, trace_time=np.empty(0), trace_cell=np.empty(0, np.int64),
        shock=None if layoff is None else shock_of(region, cells, layoff),
        shock_weeks=(0, 0) if layoff is None else (layoff.from_week, layoff.from_week + layoff.weeks),
    )  # fmt: skip


def _own_days(region: Region) -> float | None:
    """Correlation of the busyness of days between channels; none where all have one."""
    found = region.parameters.get(("profile", "busyness_channel_correlation", "day"))
    varies = region.value("profile", "arrival_overdispersion_cv", "day", 0.0) > 0.0
    return None if found is None or found.base >= 1.0 or not varies else found.base


def cell_means(region: Region) -> list[tuple[int, int, int, float]]:
    """(municipality, segment, service, expected needs in an average week).

    A service's yearly needs are rate x unemployed x original share; they fall on municipalities by
    their unemployed and on segments by share x weight x contact rate multiplier (decisions 23, 32, 34).
    """
    original = region.value("volume", "original_share", "all")
    unemployed = np.array([m.unemployed for m in region.municipalities])
    cells = []
    for s, service in enumerate(region.services):
        a_year = region.value("service", "contacts_per_unemployed_per_year", service.id) * unemployed.sum() * original
        weight = np.zeros((len(region.municipalities), len(region.segments)))
        for g, segment in enumerate(region.segments):
            rate = region.value("segment", "contact_rate_multiplier", segment.id, 1.0)
            rate *= region.segment_service.get((segment.id, service.id), 1.0)
            for m, municipality in enumerate(region.municipalities):
                share = 1.0
                if segment.kind == "jobseeker":
                    share = region.municipality_segment.get((municipality.name, segment.id), 0.0)
                weight[m, g] = unemployed[m] * share * rate
        if weight.sum() <= 0.0:
            continue
        weekly = a_year * 7.0 / 365.0 * weight / weight.sum()
        cells += [(m, g, s, float(weekly[m, g])) for m in range(weight.shape[0]) for g in range(weight.shape[1]) if weekly[m, g] > 0]
    return cells


def weekday_shares(region: Region) -> list[float]:
    """Share of a week's needs by the day on which they arise, Monday first.

    Monday's index counts contacts; those of the weekend come in on Monday, so its own needs are fewer.
    """
    index = [region.value("profile", "weekday_index", day, 1.0) for day in WEEKDAYS[:5]]
    weekend = [region.value("profile", "weekend_need_share", day, 0.0) for day in WEEKDAYS[5:]]
    shares = [i / sum(index) for i in index]
    shares[0] = max(0.0, shares[0] - sum(weekend))
    total = sum(shares) + sum(weekend)
    return [x / total for x in (*shares, *weekend)]


def _month_index(region: Region, day: int) -> float:
    date = region.first_monday + dt.timedelta(days=day)
    return region.value("seasonality", "unemployed_index", MONTHS[date.month - 1], 1.0)
