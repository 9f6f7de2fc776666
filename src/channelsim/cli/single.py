"""`channelsim run`: one replication, a summary for people and files for programs."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

from channelsim.cli.compiling import compiling_note
from channelsim.config.policies import load_policy
from channelsim.config.region import load_region
from channelsim.config.strategy import check_strategy, find_strategy, load_strategy
from channelsim.errors import ConfigError, Problem, shown
from channelsim.metrics import MEASURES, Case, measures_of
from channelsim.metrics.access import DEFINITIONS, access_of
from channelsim.metrics.anchors import handled_by_specialist
from channelsim.metrics.waits import WAIT_COLUMNS, wait_rows
from channelsim.rules import state as S
from channelsim.scenario.compile import Factors, compile_world
from channelsim.scenario.region import OfficeModel, Region
from channelsim.scenario.tables import OUTCOMES, TARGET_MIN
from channelsim.scenario.world import World
from channelsim.simulate import Window, simulate, weeks
from channelsim.store.events import write_log
from channelsim.store.results import write_whole
from channelsim.trajectory.values import Trajectory
from channelsim.units import WEEK_MIN

CONSOLE = Console(width=120, highlight=False, markup=False, emoji=False)  # names come from files
STEPS_OF_CUSTOMER, STEPS_OF_CALL, BYTES_OF_STEP = 24, 10, 8.5  # of the event log: as measured, for an estimate beforehand


@dataclass(frozen=True, slots=True)
class Asked:
    """How one replication is to be run, and what is to be kept of it."""

    seed: int
    replication: int
    engine: str
    out: Path | None = None
    records: str = "contacts"
    guard: bool = False
    policy: str = ""
    until: str = ""  # date at which an order of changes is left

    def __str__(self) -> str:
        return f"seed {self.seed}, replication {self.replication}, engine {self.engine}" + (", guarded" if self.guard else "")


def run_region(folder: Path, model: str, strategy: str, split: str, stretch: tuple[int, int, int], asked: Asked) -> None:
    """One replication of one alternative of a region; `stretch`: weeks of warm-up, measured, follow-up."""
    region = load_region(folder)
    model, strategy = model or region.baseline[0], strategy or region.baseline[1]
    if model not in region.office_models:
        problem = Problem(shown(folder), 1, "--model", f"unknown office model {model!r}", f"use one of {', '.join(region.office_models)}")
        raise ConfigError([problem])
    splits = region.office_models[model].staff
    if split and split not in splits:
        raise ConfigError([Problem(shown(folder), 1, "--split", f"unknown staffing split {split!r}", f"use one of {', '.join(splits)}")])
    file = find_strategy(strategy, folder)
    steering = load_strategy(file)
    check_strategy(steering, region, file)
    if asked.policy:
        steering = replace(steering, policy=load_policy(asked.policy))
    window = weeks(*stretch)
    world = compile_world(region, region.office_models[model], steering, window.n_weeks, Factors(staffing_split=split))
    show_region(world, region, region.office_models[model], split, window, asked)


def show_region(world: World, region: Region, model: OfficeModel, split: str, window: Window, asked: Asked) -> None:
    """Run a world of a region once, print what happened, keep what was asked for."""
    run = _simulate(world, window, asked)
    case = Case(run, world, region)
    values = measures_of(case)
    access = access_of(region, model, split or region.staffing_split).summary()
    weeks_of = [round(m / WEEK_MIN) for m in (window.measured_min, window.warm_up_min)]
    CONSOLE.print(f"{world!r}\n{asked}: {weeks_of[0]} weeks after {weeks_of[1]} of warm-up")
    _print_measures(values)
    _print_anchors(region, case, values)
    reach = ", ".join(f"{n.replace('_', ' ')} {v:.1f}" for n, v in access.items() if n.startswith(("staffed", "any")))
    CONSOLE.print(f"access by car (C2): {reach}", soft_wrap=True)
    _finish(case, values | access, asked.out, {"phone_wait_min": float(world.tables.options[TARGET_MIN])}, window)


def run_world(file: Path, asked: Asked) -> None:
    """One replication of a world of queues and pools."""
    from channelsim.config.world import load_world
    from channelsim.scenario.queues import compile_queues

    queues = load_world(file)
    if asked.policy:
        queues = replace(queues, policy=load_policy(asked.policy))
    world = compile_queues(queues)
    window = Window(queues.warm_up_min, queues.length_min, 0.0)
    run = _simulate(world, window, asked)
    values = class_measures(run, world)
    counts = ["offered", "served", "abandoned", "blocked", "sent_home", *(k for k in FEW_HAVE if any(row[k] for row in values.values()))]
    table = Table("class", *(k.replace("_", " ") for k in counts), "mean wait min", "waited %", "in queue")
    for name in world.names.classes:
        row = values[name]
        table.add_row(name, *(f"{row[k]:,.0f}" for k in counts),
                      *(f"{row[k]:.4f}" for k in ("wait_served_mean_min", "waited_pct", "queue_mean")))  # fmt: skip
    CONSOLE.print(f"{world!r}\n{asked}")
    CONSOLE.print(table)
    pools = Table("pool", "persons", "utilisation %", "overtime h")
    for i, name in enumerate(world.names.pools):
        ledger = run.tally.ledger[i]
        time = ledger[S.PAID] + ledger[S.OVERTIME]
        work = ledger[[S.EXPERTISE_MIN, S.ROUTINE_MIN]].sum()
        pools.add_row(
            name,
            str(int((world.people.pool == i).any(axis=1).sum())),
            f"{100 * work / time if time else 0:.3f}",
            f"{ledger[S.OVERTIME] / 60:.2f}",
        )
    CONSOLE.print(pools)
    flat = {f"{c}.{k}": v for c, row in values.items() for k, v in row.items()}
    _finish(Case(run, world), flat, asked.out, dict.fromkeys(world.names.wait_kinds, queues.target_min), window)


FEW_HAVE = {"moved_on": S.N_MOVED_ON, "balked": S.N_BALKED, "called_back": S.N_CALLED_BACK, "not_reached": S.N_NOT_REACHED}


def class_measures(run: Trajectory, world: World) -> dict[str, dict[str, float]]:
    """Counts and waits of each class in the measured window."""
    length = run.end_min - run.start_min
    found = {}
    for i, name in enumerate(world.names.classes):
        t = run.tally.class_tally[i]
        started = t[S.N_STARTED]
        found[name] = {
            "offered": t[S.OFFERED], "served": t[S.N_SERVED], "abandoned": t[S.N_ABANDONED], "blocked": t[S.N_BLOCKED],
            "sent_home": t[S.N_SENT_HOME], "wait_served_mean_min": t[S.WAIT_SERVED] / started if started else 0.0,
            **{k: t[column] for k, column in FEW_HAVE.items()},
            "waited_pct": 100.0 * t[S.N_WAITED] / started if started else 0.0, "queue_mean": t[S.QUEUE_AREA] / length,
        }  # fmt: skip
    return found


def _simulate(world: World, window: Window, asked: Asked) -> Trajectory:
    if asked.engine == "fast":
        compiling_note()
    keep = asked.out is not None and asked.records != "none"
    log = keep and asked.records == "events"
    if log:
        needs = world.demand.weekly_mean.sum() * window.n_weeks + len(world.demand.trace_time)
        steps = needs * (STEPS_OF_CUSTOMER if world.tables.customers else STEPS_OF_CALL)
        CONSOLE.print(f"event log: about {steps:,.0f} steps, {steps * BYTES_OF_STEP / 1e6:,.1f} MB on disk")
    guard = asked.guard or None
    return simulate(world, asked.seed, asked.replication, window, asked.engine, keep_records=keep, log_events=log, guard=guard)


def _print_measures(values: dict[str, float]) -> None:
    table = Table("", "measure", "value", "unit", "definition")
    for name, m in MEASURES.items():
        if not np.isnan(values[name]) and m.family != "V":
            table.add_row(m.family, name, f"{values[name]:,.2f}", m.unit, m.definition)
    CONSOLE.print(table)


def _print_anchors(region: Region, case: Case, values: dict[str, float]) -> None:
    """The run beside what is known of the real world."""

    def anchor(name: str, key: str) -> str:
        p = region.parameters.get(("anchor", name, key))
        return f"{p.base:g} ({p.low:g} to {p.high:g}), {p.grade}" if p else ""

    def share(name: str, unit: float = 100.0) -> str:
        return f"{values[name] / unit:.3f}"

    contacts = anchor("contacts_per_unemployed_per_year", "region")
    work = anchor("adviser_time_interviewing_share", "uk_2006")
    rows = [
        ("contacts per unemployed and year", share("contacts_per_unemployed_year", 1.0), contacts),
        *((f"share of {c}", share(f"{c}_share_pct"), anchor("channel_mix_2011", c)) for c in ("phone", "web", "visit")),
        ("contact work of time on shift", share("contact_work_share_pct"), work),
        ("utilisation, generalists", share("generalist_utilisation_pct"), anchor("static_utilisation", "generalist")),
        ("utilisation, specialists", share("specialist_utilisation_pct"), anchor("static_utilisation", "specialist")),
    ]
    table = Table("anchor", "this run", "known (range)")
    for row in rows:
        table.add_row(*row)
    for service, handled in zip(region.services, handled_by_specialist(case), strict=True):
        known = region.parameters.get(("service", "handled_by_specialist_today_share", service.id))
        if known and service.tier != "national":
            table.add_row(
                f"handled by specialists, {service.id}",
                f"{handled:.2f}",
                f"{known.base:g} ({known.low:g} to {known.high:g}), {known.grade}",
            )
    CONSOLE.print(table)


def _finish(case: Case, values: dict[str, float], out: Path | None, targets: dict[str, float], window: Window) -> None:
    if out is not None:
        names = write_run(case, values, out, targets, window)
        CONSOLE.print(f"{', '.join(names)} and measures are in {out}")
    print(f"digest {case.run.digest()}")


def write_run(case: Case, values: dict[str, float], out: Path, targets: dict[str, float], window: Window) -> list[str]:
    """Write all that is kept of a run into a folder; returns the names of its tables."""
    world, run = case.world, case.run
    frames = {
        **({} if run.records is None else {"contacts": contacts_frame(run, world)}),
        "staff": staff_frame(run, world),
        "ledger": ledger_frame(run, world),
        "waits": pd.DataFrame(wait_rows(case, targets), columns=WAIT_COLUMNS),
    }
    out.mkdir(parents=True, exist_ok=True)  # after all is counted: what fails leaves nothing behind
    if run.records is None:
        (out / "contacts.parquet").unlink(missing_ok=True)  # it would be another run's
    for name, frame in frames.items():
        write_whole(out / f"{name}.parquet", lambda file, frame=frame: frame.to_parquet(file))
    content = {
        "alternative": run.alternative,
        "seed": run.seed,
        "replication": run.replication,
        "digest": run.digest(),
        "measures": {
            name: {"value": None if np.isnan(value) else value, "unit": unit, "definition": definition}
            for name, value in values.items()
            for unit, definition in [described(name)]
        },
    }
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    write_whole(out / "measures.json", lambda file: file.write(text.encode()))
    write_log(out, run, world, window.end_min)
    return list(frames)


CLASS_MEASURES = {
    "offered": ("contacts", "Contacts that came to the class in the measured time."),
    "served": ("contacts", "Contacts whose service ended in the measured time."),
    "abandoned": ("contacts", "Contacts whose patience ended in the queue."),
    "blocked": ("contacts", "Contacts turned away by a full queue."),
    "sent_home": ("contacts", "Contacts that closing sent home from the queue."),
    "moved_on": ("contacts", "Contacts whose wait ended in another class."),
    "balked": ("contacts", "Contacts that left on what was announced."),
    "called_back": ("contacts", "Contacts that hung up to be called back."),
    "not_reached": ("contacts", "Calls back that nobody answered."),
    "wait_served_mean_min": ("min", "Mean wait of contacts whose service began, 0 for those served at once."),
    "waited_pct": ("%", "Contacts that waited, of those whose service began."),
    "queue_mean": ("contacts", "Time average of the number waiting."),
}


def described(name: str) -> tuple[str, str]:
    """Unit and definition of a number in measures.json."""
    if name in MEASURES:
        return MEASURES[name].unit, MEASURES[name].definition
    for ending, words in DEFINITIONS.items():
        if name.endswith(ending):
            return words
    return CLASS_MEASURES[name.rpartition(".")[2]]


def contacts_frame(run: Trajectory, world: World) -> pd.DataFrame:
    """One row for each leg of each contact that ended: who, how, when, by whom, with what outcome."""
    assert run.records is not None and run.record_times is not None and run.record_needs is not None
    r, t = run.records, run.record_times

    def named(column: int, names: tuple[str, ...]) -> Any:
        codes = np.where((r[:, column] >= 0) & (r[:, column] < len(names)), r[:, column], -1)
        return pd.Categorical.from_codes(codes, categories=pd.Index(names or ("none",)))

    frame = pd.DataFrame({
        "need": run.record_needs, "channel": named(S.REC_CHANNEL, world.names.channels), "k": r[:, S.REC_K], "leg": r[:, S.REC_LEG],
        "class": named(S.REC_CLASS, world.names.classes), "outcome": named(S.REC_OUTCOME, OUTCOMES),
        "pool": named(S.REC_POOL, world.names.pools), "person": named(S.REC_PERSON, world.names.persons),
        "place": named(S.REC_PLACE, world.names.places), "expertise": r[:, S.REC_EXPERT], "stage": r[:, S.REC_STAGE],
        "came_min": t[:, S.REC_SINCE], "queued_min": t[:, S.REC_QUEUED],
        "started_min": np.where(t[:, S.REC_STARTED] < 0, np.nan, t[:, S.REC_STARTED]), "ended_min": t[:, S.REC_ENDED],
        "worked_min": t[:, S.REC_WORKED],
    })  # fmt: skip
    return frame.sort_values(["ended_min", "need"], kind="stable", ignore_index=True)


def staff_frame(run: Trajectory, world: World) -> pd.DataFrame:
    """Minutes that each person worked over the whole run."""
    pool = world.people.pool
    first = np.where((pool >= 0).any(axis=1), pool.max(axis=1), -1)
    names = [world.names.pools[p] if p >= 0 else "" for p in first]
    return pd.DataFrame({"person": world.names.persons, "pool": names, "worked_min": run.person_worked_min})


def ledger_frame(run: Trajectory, world: World) -> pd.DataFrame:
    """The time ledger of each pool in the measured window: minutes by account."""
    frame = pd.DataFrame(run.tally.ledger, columns=[f"{a.replace(' ', '_')}_min" for a in S.LEDGER])
    frame.insert(0, "pool", world.names.pools)
    return frame
