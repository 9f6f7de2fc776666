"""How customers of a region behave, and how long their matters take, as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from channelsim.scenario import tables as T
from channelsim.scenario.region import Region
from channelsim.scenario.region_features import Features
from channelsim.scenario.tables import NONE
from channelsim.units import NEVER, on_grid

if TYPE_CHECKING:
    from channelsim.scenario.compile import Draft

COMPLEX_FROM = 0.5  # a service is complex where at least half of its needs take expertise


def customer_tables(draft: Draft, web_preference_scale: float, web_adoption: float) -> dict[str, np.ndarray]:
    """Shares, durations and signals of customers by segment and service (domain: demand)."""
    region, builder, strategy = draft.region, draft.builder, draft.strategy
    services, segments = region.services, region.segments
    value = region.value

    def by_segment(name: str, default: float) -> np.ndarray:
        return np.array([value("segment", name, g.id, default) for g in segments])

    def by_service(name: str) -> np.ndarray:
        return np.array([value("service", name, s.id) for s in services])

    def durations(name: str, cv: float) -> list[int]:
        return [
            builder.distribution("lognormal", mean, region.cv("service", name, s.id, cv))
            if (mean := value("service", name, s.id, 0.0)) > 0
            else NONE
            for s in services
        ]

    national = np.array([s.tier == "national" for s in services])
    web_eligible = by_service("web_eligible_share")
    preference = np.minimum(1.0, by_segment(strategy.web_preference, 0.0) * web_preference_scale)
    before = by_segment("web_preference_2011_share", 0.0)
    if web_adoption != 1.0:
        preference = before + web_adoption * (preference - before)
    increment = strategy.phone_preference_increment
    if isinstance(increment, str):
        increment = value("segment", increment, "all")
    phone = np.minimum(by_segment("phone_preference_given_not_web_share", 0.5) + increment, value("phone", "share_cap", "all", 1.0))
    phone_share = np.outer(phone, by_service("phone_eligible_share"))
    phone_share[:, national] = 1.0  # the national service is given by phone and web only
    staffed = durations("handling_web_staff_mean_min", 1.0)
    more = len(draft.channels) - 5  # calls back last as long as calls; a chaser asks how things stand
    calls = durations("handling_phone_mean_min", 1.2)
    asks = [builder.distribution("deterministic", draft.features.chaser_min)] * len(services) if more else []
    web_attempt = builder.distribution("deterministic", region.delays["web_attempt"].mean_min)
    handling = np.array(
        [
            calls, [web_attempt] * len(services), durations("handling_visit_mean_min", 0.6), staffed, [NONE] * len(services),
            *([calls, asks] if more else []),
        ]
    ).T  # fmt: skip
    unchecked = value("web", "unchecked_back_office_share", "all", 0.0)
    advice = np.array([value("web", "advice_answered_share", s.id, 0.0) for s in services])
    return {
        "options": _options(region, strategy.triage, draft.features),
        "handling": handling.ravel().astype(np.int64),
        "segment_factor": by_segment("handling_time_multiplier", 1.0),
        "casework": np.array(durations("back_office_mean_min", 0.8), np.int64),
        "casework_share": np.array([1.0, unchecked, 1.0, 1.0, 0.0, *[1.0, 0.0][:more]]),
        "web_share": np.outer(preference, web_eligible).ravel(),
        "web_share_before": np.outer(before, web_eligible).ravel(),
        "advice_share": advice if strategy.advice_answered_on_web else np.zeros(len(services)),
        "phone_share": phone_share.ravel(),
        "capable_share": by_segment("web_capable_share", 0.0),
        "no_car_share": by_segment("no_car_share", 0.0),
        "unreachable_share": np.array(
            [value("travel", "no_car_unreachable_share", m.settlement_class, 0.0) for m in region.municipalities]
        ),
        "expertise_share": by_service("needs_specialist_share"),
        "completion": _completion(region).ravel(),
        "checked_share": np.full(len(services), value("web", "staff_check_share", "all")),
        "induced_share": np.full(len(services), value("web", "induced_contacts_per_web_case", "all", 0.0)),
        "induced_delay": np.array([draft_delay(draft, "induced_contact")], np.int64),
        "tray_variant": np.array([0 if s.skill == "any" else 1 for s in services], np.int64),
        "repeat_share": _repeats(region, more).ravel(),
        "sensitivity": _signal(region, "sensitivity", more),
        "specificity": _signal(region, "specificity", more),
        "no_show_share": np.full(len(services), value("visit", "no_show_share", "appointment", 0.0) * draft.features.reminder_ratio),
    }


def more_tables(draft: Draft) -> dict[str, np.ndarray]:
    """Tables of rules that few regions have (`region_features`)."""
    f, n = draft.features, len(draft.region.services)
    unmet = draft.builder.distribution("exponential", f.unmet_after_min) if f.unmet_share > 0.0 else NONE
    return {
        "no_show_rise": np.full(n, f.no_show_per_day * f.reminder_ratio / 1440.0),
        "outages": np.array([moment for stretch in f.outages for moment in stretch], float),
        "unmet_delay": np.array([unmet], np.int64),
    }


def draft_delay(draft: Draft, name: str) -> int:
    """Distribution number of one of the region's delays."""
    delay = draft.region.delays[name]
    return draft.builder.distribution(delay.distribution, delay.mean_min, delay.cv)


def _options(region: Region, triage: bool, f: Features) -> np.ndarray:
    options = np.zeros(T.N_OPTIONS)
    options[T.GENERALIST_HANDLING] = region.value("triage", "generalist_handling_share", "expertise", 0.5)
    options[T.GENERALIST_CLOSES] = region.value("triage", "generalist_closes_share", "expertise", 0.1)
    options[T.TRANSIT_FACTOR] = region.value("travel", "public_transport_time_multiplier", "no_car", 1.0)
    options[T.TRANSIT_EXTRA_MIN] = region.value("travel", "public_transport_extra_min", "no_car", 0.0)
    options[T.LAST_ARRIVAL_MIN] = region.value("visit", "last_arrival_before_closing_min", "all", 15.0)
    options[T.LONGEST_CONTACT_MIN] = region.value("staff", "longest_contact_min", "all", NEVER)
    options[T.SHARED_LENGTH] = 1.0
    options[T.TRIAGE] = float(triage)
    options[T.MIN_BREAK_LEFT_MIN] = 15.0  # decisions 21
    options[[T.WEB_LEARNING, T.ASSIST_UPLIFT]] = f.learning_ratio, f.assist_uplift
    options[[T.UNMET_SHARE, T.UNMET_RATIO]] = f.unmet_share, f.unmet_ratio
    options[[T.RESCHEDULE_SHARE, T.RESCHEDULE_NOTICE_MIN]] = f.reschedule_share, on_grid(f.reschedule_notice_min)
    options[[T.CHASER_RATE, T.CHASER_AFTER_DAYS, T.WARM_MAX_MIN]] = f.chaser_rate, f.chaser_after_days, on_grid(f.warm_max_min)
    targets = {t.measure: t.target for t in region.targets}
    options[T.TARGET_MIN] = targets.get("phone_wait_target_min", 5.0)
    return options


def _completion(region: Region) -> np.ndarray:
    """Share of web attempts that succeed, by segment and service; multipliers multiply, at most 1 (decisions 33)."""
    base = region.value("web", "first_attempt_completion_share", "all")
    by_complexity = region.value("web", "completion_multiplier", "complex_service", 1.0)
    hard = region.parameters.get(("web", "completion_multiplier", "hard_segments"))
    of_service = [region.value("web", "completion_share", s.id, base) for s in region.services]
    share = np.tile(np.array(of_service), (len(region.segments), 1))
    for s, service in enumerate(region.services):
        known = ("web", "completion_share", service.id) in region.parameters
        if not known and region.value("service", "needs_specialist_share", service.id) >= COMPLEX_FROM:
            share[:, s] *= by_complexity
    for g, segment in enumerate(region.segments):
        if hard is not None and segment.id in hard.applies_to:
            share[g] *= hard.base
        share[g] *= region.value("segment", "web_completion_ratio", segment.id, 1.0)
    return np.asarray(np.minimum(share, 1.0))


def _repeats(region: Region, more: int) -> np.ndarray:
    """Share of needs dealt with that come back, by channel and role."""
    value = region.value
    share = np.zeros((5 + more, T.N_ROLES))
    share[[0, 5][: 2 if more else 1]] = value("failure", "repeat_share", "phone")
    share[1] = share[3] = value("failure", "repeat_share", "web")
    share[2] = value("failure", "repeat_share", "visit_generalist")
    share[2, T.SPECIALIST] = value("failure", "repeat_share", "visit_specialist")
    return share


def _signal(region: Region, name: str, more: int) -> np.ndarray:
    phone, web, visit = (region.value("triage", name, c, 0.5) for c in ("phone", "web", "visit"))
    return np.array([phone, web, visit, web, 0.5, *[phone, phone][:more]])
