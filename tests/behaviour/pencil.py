"""A region so plain that a pencil can follow it: nothing is drawn that matters, and needs come when the test says.

It is `tiny` with three municipalities and two offices, without absence, other duties, casework, repeats, expertise and haste:
calls for S02 (advice) take 6 minutes, for S03 (interview) 22, visits for S03 35, and everybody waits as long as it takes. Minutes are counted
from Monday 00:00; the phone is open from 540 (09:00) to 960.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from channelsim.rules import state as S
from channelsim.scenario import tables as T
from channelsim.scenario.compile import PHONE, VISIT, WEB, compile_world
from channelsim.scenario.region import Parameter, Person, Region, Strategy
from channelsim.scenario.world import World
from channelsim.simulate import simulate, weeks
from channelsim.trajectory.values import Trajectory
from tests.events.logs import audited, log_of

PLAIN = {
    "staff.absence_share.all": 0.0, "staff.contact_work_share.all": 1.0, "phone.patience_mean_min.all": 90_000.0,
    "visit.no_show_share.appointment": 0.0, "web.staff_check_share.all": 0.0, "web.induced_contacts_per_web_case.all": 0.0,
    "volume.original_share.all": 1.0, "segment.handling_time_multiplier.settled": 1.0, "web.completion_multiplier.complex_service": 1.0,
    "web.completion_multiplier.hard_segments": 1.0, "phone.transfer_success_share.first_call": 1.0,
    **{f"failure.repeat_share.{key}": 0.0 for key in ("phone", "visit_generalist", "visit_specialist", "web")},
}  # fmt: skip
STRATEGY = Strategy(
    "plain",
    "Plain",
    "web_preference_2011_share",
    0.0,
    False,
    False,
    600.0,
    False,
    {"S02": "generalist", "S06": "generalist", "default": "specialist"},
)
CLERK, ADVISER = "generalist", "placement"  # who takes calls for S02, and for S03


@dataclass(frozen=True)
class Told:
    """One leg of a contact, as its record tells it."""

    channel: str
    outcome: str
    came: float
    began: float  # -1: nobody took it
    ended: float
    pool: str


def parameters(region: Region, values: dict[str, float]) -> Region:
    """The region with these base values, `group.name.key`; those that it does not have are added."""
    new = dict(region.parameters)
    for path, value in values.items():
        group, name, key = path.split(".", 2)
        old = new.get((group, name, key))
        given = Parameter(group, name, key, "", value, value, value, None, (), "estimated", "", "")
        new[group, name, key] = given if old is None else replace(old, base=value)
    return replace(region, parameters=new)


def plain(region: Region, staff: dict[str, tuple[str, ...]], model: str = "two_offices", **changes: object) -> Region:
    """The plain region with so many of each kind at places: `{CLERK: ("Harbour",)}`."""
    services = [s.id for s in region.services]
    durations = ("handling_visit_mean_min", "handling_phone_mean_min", "handling_web_staff_mean_min", "back_office_mean_min")
    region = parameters(
        region, PLAIN | {f"service.{n}.{s}": 0.0 for s in services for n in ("back_office_mean_min", "needs_specialist_share")}
    )
    exact = {k: replace(p, cv=1e-9) if k[1] in durations else p for k, p in region.parameters.items()}
    people, number = [], 0
    for who, places in {CLERK: (), ADVISER: (), "benefits": ("Mill",), "guidance": ("Harbour",), **staff}.items():
        for place in places:
            role = "generalist" if who == CLERK else "specialist"
            people.append(Person(number, role, "" if who == CLERK else who, (place,) * 5, False, number))
            number += 1
    models = {**region.office_models, model: replace(region.office_models[model], staff={"balanced": tuple(people)})}
    delays = {
        n: replace(d, mean_min=0.0 if n == "after_call_work" else d.mean_min, distribution="deterministic")
        for n, d in region.delays.items()
    }
    return replace(region, parameters=exact, office_models=models, delays=delays, closed_days={}, **changes)  # type: ignore[arg-type]


def world_of(
    region: Region,
    needs: list[tuple[float, str, int]],
    town: str = "Harbour",
    model: str = "two_offices",
    n_weeks: int = 4,
    triage: bool = False,
) -> World:
    """A world in which needs come at (minute, service, channel), of settled customers of one municipality."""
    world = compile_world(region, region.office_models[model], replace(STRATEGY, triage=triage), n_weeks)
    demand = world.demand
    m = next(i for i, t in enumerate(region.municipalities) if t.name == town)
    channel, times, cells = np.full_like(demand.channel, PHONE), [], []
    for minute, service, by in sorted(needs):
        s = next(i for i, x in enumerate(region.services) if x.id == service)
        segment = 1 if service != "S06" else 2
        found = np.flatnonzero((demand.municipality == m) & (demand.segment == segment) & (demand.service == s))
        cell = int(found[0])
        channel[cell] = by
        times.append(minute)
        cells.append(cell)
    given = replace(
        demand, weekly_mean=np.zeros_like(demand.weekly_mean), channel=channel, trace_time=np.array(times), trace_cell=np.array(cells)
    )
    return replace(world, demand=given)


def clean(world: World, n_weeks: int = 2) -> None:
    """The audit agrees with all of it, but for the channels of first contacts, which the test gives."""
    found = audited(log_of(world, weeks(0, n_weeks, 0), seed=1, engine="reference")).findings
    assert [str(f) for f in found if f.kind != "choose_channel"] == []


def run_of(world: World, engine: str, seed: int = 1, n_weeks: int = 2) -> Trajectory:
    return simulate(world, seed, 0, weeks(0, n_weeks, 0), engine, keep_records=True, keep_accounts=True)


def told(world: World, engine: str, seed: int = 1, n_weeks: int = 2) -> list[Told]:
    """Every leg of every contact, in order of coming."""
    run = run_of(world, engine, seed, n_weeks)
    assert run.contact_records is not None
    rows = [
        Told(world.names.channels[r[S.REC_CHANNEL]], T.OUTCOMES[r[S.REC_OUTCOME]], float(t[S.REC_QUEUED]), float(t[S.REC_STARTED]),
             float(t[S.REC_ENDED]), world.names.pools[r[S.REC_POOL]] if r[S.REC_POOL] >= 0 else "")
        for r, t in zip(run.records, run.record_times, strict=True)
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (row.came, row.ended))


__all__ = ["ADVISER", "CLERK", "PHONE", "VISIT", "WEB", "Told", "clean", "parameters", "plain", "run_of", "told", "world_of"]
