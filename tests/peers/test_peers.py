"""Worlds of queues against the same models in two independent simulators, plain SimPy and Ciw.

A model is a world as a user writes it; the peers are told the same figures in their own words. Both sides run
independent replications, and the means of each measure are compared by Welch's t. The bound is Bonferroni's
over all measures of a test, so a test that compares two right simulators fails once in 10,000 runs. Each test
is shown to notice service times that are 4 % longer on one side.
"""

from __future__ import annotations

import importlib.util
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from scipy import stats
from tests.conftest import ROOT
from tests.peers.models import MODELS, Model

from channelsim.config.world import load_world
from channelsim.rules import state as S
from channelsim.scenario.queues import compile_queues
from channelsim.simulate import Window, simulate

pytestmark = pytest.mark.long

PEERS = ROOT / "benchmarks" / "peers"
FALSE_ALARM = 1e-4  # for a whole test
REPLICATIONS, CUSTOMERS, UNCOUNTED = 20, 10_000, 1_000
PLANTED = 1.04
PAIRS = [(name, peer) for name in MODELS for peer in ("simpy", "ciw") if (name, peer) != ("N design", "ciw")]  # Ciw cannot express it


def by_path(name: str) -> ModuleType:
    """A module of the peers' folder, which is no package."""
    spec = importlib.util.spec_from_file_location(name, PEERS / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def peers() -> Iterator[dict[str, ModuleType]]:
    """The peers that can run here, and `workloads`, in whose words they are told their models."""
    sys.path.insert(0, str(PEERS))
    try:
        found = {"workloads": importlib.import_module("workloads"), "simpy": by_path("simpy_peer")}
        if importlib.util.find_spec("ciw") is not None:
            found["ciw"] = by_path("ciw_peer")
        yield found
    finally:
        sys.path.remove(str(PEERS))
        sys.modules.pop("workloads", None)


def in_channelsim(model: Model, folder: Path) -> np.ndarray:
    """[replication, measure]: of each class the share that waited, the mean wait of all, the share that abandoned."""
    per_min = sum(kind["per_min"] for kind in model.kinds)
    text = model.world.replace("LENGTH", f"{(CUSTOMERS - UNCOUNTED) / per_min:.0f}").replace("WARM_UP", f"{UNCOUNTED / per_min:.0f}")
    (folder / "world.yaml").write_text(text, encoding="utf-8")
    queues = load_world(folder / "world.yaml")
    world, window = compile_queues(queues), Window(queues.warm_up_min, queues.length_min, 0.0)
    rows = []
    for replication in range(REPLICATIONS):
        row: list[float] = []
        for kind, t in zip(model.kinds, simulate(world, 11, replication, window).tally.class_tally, strict=True):
            left = t[S.N_STARTED] + t[S.N_ABANDONED]
            row += [(t[S.N_WAITED] + t[S.N_ABANDONED]) / left, (t[S.WAIT_SERVED] + t[S.WAIT_LEFT]) / left]
            row += [t[S.N_ABANDONED] / left] if "patience_mean_min" in kind else []
        rows.append(row)
    return np.array(rows)


def in_peer(peers: dict[str, ModuleType], peer: str, model: Model, factor: float = 1.0) -> np.ndarray:
    """The same measures from a peer, with service times longer by a factor."""
    if peer not in peers:
        warnings.warn(f"skipped: {peer} is not installed", stacklevel=1)  # a quiet run prints warnings, but no reasons of skips
        pytest.skip(f"skipped: {peer} is not installed")
    words = peers["workloads"]
    kinds = tuple(words.Kind(**{**kind, "service_mean_min": factor * kind["service_mean_min"]}) for kind in model.kinds)
    groups = tuple(words.Group(*group) for group in model.groups)
    rows = []
    for seed in range(2013, 2013 + REPLICATIONS):
        if groups:
            result = peers[peer].multi_skill(seed, kinds, groups, CUSTOMERS, UNCOUNTED)
        else:
            result = peers[peer].one_queue(seed, model.servers, kinds, CUSTOMERS, UNCOUNTED)
        row: list[float] = []
        for kind, flow in zip(model.kinds, result.flows.values(), strict=True):
            row += [flow.waited_share, flow.mean_wait_min]
            row += [flow.abandon_share] if "patience_mean_min" in kind else []
        rows.append(row)
    return np.array(rows)


def outside(one: np.ndarray, other: np.ndarray) -> list[int]:
    """Measures whose means differ by more than chance explains; empty but once in 10,000 where the simulators agree."""
    found = stats.ttest_ind(one, other, equal_var=False)
    return [i for i, p in enumerate(found.pvalue) if not p > FALSE_ALARM / one.shape[1]]


@pytest.mark.parametrize(("name", "peer"), PAIRS)
def test_world_agrees_with_peer(name: str, peer: str, peers: dict[str, ModuleType], tmp_path: Path) -> None:
    """The measures of a world are those of the same model in a simulator that shares no code with it."""
    theirs = in_peer(peers, peer, MODELS[name])
    ours = in_channelsim(MODELS[name], tmp_path)
    assert not outside(ours, theirs), f"{ours.mean(axis=0)} here, {theirs.mean(axis=0)} in {peer}"


@pytest.mark.parametrize(("name", "peer"), PAIRS)
def test_service_longer_by_four_per_cent_is_noticed(name: str, peer: str, peers: dict[str, ModuleType], tmp_path: Path) -> None:
    """The same comparison fails when the service times of one side are 4 % longer."""
    theirs = in_peer(peers, peer, MODELS[name], PLANTED)
    assert outside(in_channelsim(MODELS[name], tmp_path), theirs)
