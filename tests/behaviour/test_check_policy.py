"""The contract of policies: good ones of all kinds keep it, and every kind of bad one that is planted is found."""

from __future__ import annotations

import itertools
import math
import random
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from channelsim.cli.main import app
from channelsim.compiled import compiled
from channelsim.config.policies import load_policy
from channelsim.config.strategy import find_strategy, load_strategy
from channelsim.errors import ConfigError
from channelsim.scenario.compile import compile_world
from channelsim.scenario.own_policy import as_policy
from channelsim.scenario.policy import CompiledRule, Entry, PythonRule, RoutingTables, Scenario
from channelsim.scenario.queues import compile_queues
from channelsim.simulate import Window, simulate, weeks
from channelsim.testing import PolicyError, check_policy
from channelsim.testing.policies import some_worlds
from tests.conftest import ROOT, TINY
from tests.events.logs import audited, log_of

COUNTED = itertools.count()


def as_configured(scenario: Scenario) -> RoutingTables:
    return scenario.tables


def kinds(policy: object, fast: bool = False) -> set[str]:
    return {finding.kind for finding in check_policy(policy, fast=fast, raises=False).findings}  # type: ignore[arg-type]


# --- good ones ------------------------------------------------------------------------------------
@compiled
def by_age(now_min, wait_min, due_in_min, rank, weight, waiting, idle, of_class, pool):
    return 10.0 * rank - wait_min * weight


@compiled
def by_rest(idle_since_min, idle, rank, of_class, pool):
    return 100.0 * rank - idle


def test_the_lists_of_the_configuration_change_nothing() -> None:
    """A policy that returns what it was given gives the same bits as no policy."""
    for queues in some_worlds(4):
        digests = {
            simulate(compile_queues(q), 1, 0, Window(0.0, 900.0, 0.0), "reference").digest()
            for q in (queues, replace(queues, policy=as_policy(as_configured)))
        }
        assert len(digests) == 1


def test_the_lists_of_a_region_change_nothing(tiny) -> None:
    strategy = load_strategy(find_strategy("multichannel_triage", TINY))
    worlds = [
        compile_world(tiny, tiny.office_models["two_offices"], s, 2) for s in (strategy, replace(strategy, policy=as_policy(as_configured)))
    ]
    assert len({simulate(world, 1, 0, weeks(0, 1, 0), "reference").digest() for world in worlds}) == 1
    assert worlds[0].digest != worlds[1].digest  # but the policy is in the digest of the alternative


def test_a_compiled_rule_keeps_the_contract_on_both_engines() -> None:
    report = check_policy(CompiledRule(contact=by_age, pool=by_rest))
    assert report.engines == ("reference", "fast") and report.n_contacts > 500


def test_a_python_rule_that_copies_the_lists_gives_the_same_bits() -> None:
    def contact(view):
        may = [q for q in view.queues if q.may_be_served]
        return min(may, key=lambda q: (q.rank, -q.wait_min * q.weight)).of_class

    def pool(view):
        return min((p for p in view.pools if p.may_serve), key=lambda p: (p.rank, p.idle_since_min)).pool

    for queues in some_worlds(6):
        runs = [
            simulate(compile_queues(q), 1, 0, Window(0.0, 900.0, 0.0), "reference").digest()
            for q in (queues, replace(queues, policy=as_policy(PythonRule(contact, pool))))
        ]
        assert runs[0] == runs[1]
    assert kinds(PythonRule(contact, pool)) == set()


def test_the_audit_passes_a_rule_and_finds_who_may_not(monkeypatch: pytest.MonkeyPatch) -> None:
    queues = replace(next(iter(some_worlds(3))), policy=as_policy(CompiledRule(contact=by_age, pool=by_rest)))
    log = log_of(compile_queues(queues), Window(0.0, 900.0, 0.0), engine="reference")
    assert audited(log).findings == []
    taken = next(i for i, row in enumerate(log.rows) if row.event == "taken")
    log.rows[taken] = log.rows[taken]._replace(pool=1 - log.rows[taken].pool)
    assert audited(log).findings != []


# --- bad ones -------------------------------------------------------------------------------------
def test_tables_that_let_somebody_serve_who_may_not() -> None:
    def everybody(scenario: Scenario) -> RoutingTables:
        return RoutingTables(tuple(Entry(c.name, p.name) for c in scenario.classes for p in scenario.pools) + (Entry("call", "nobody"),))

    with pytest.raises(PolicyError, match="knows no 'nobody'"):
        check_policy(everybody, fast=False)


def test_tables_with_an_hour_in_which_nobody_serves() -> None:
    def forgets(scenario: Scenario) -> RoutingTables:
        return RoutingTables(tuple(e for e in scenario.tables.entries if e.of_class != "call"))

    with pytest.raises(PolicyError, match=r"test_check_policy.py:\d+: policy: nobody serves call at mon 00:00, when it is open"):
        check_policy(forgets, fast=False)


def test_a_rule_that_serves_who_may_not_be_served() -> None:
    rule = PythonRule(contact=lambda view: view.queues[0].of_class)  # whether it may or not
    assert "serves" in kinds(rule)


def test_a_rule_that_leaves_somebody_idle() -> None:
    @compiled
    def patient(now_min, wait_min, due_in_min, rank, weight, waiting, idle, of_class, pool):
        return math.inf if wait_min < 5.0 else -wait_min

    assert kinds(CompiledRule(contact=patient)) == {"idles"}
    assert kinds(PythonRule(contact=lambda view: None)) == {"idles"}


def test_a_rule_with_chance_of_its_own() -> None:
    def contact(view):
        return random.choice([q.of_class for q in view.queues if q.may_be_served])

    assert "repeats" in kinds(PythonRule(contact=contact))


def test_a_rule_with_a_memory() -> None:
    def contact(view):
        may = [q.of_class for q in view.queues if q.may_be_served]
        return may[next(COUNTED) // 7 % len(may)]

    assert "repeats" in kinds(PythonRule(contact=contact))


@pytest.mark.long
def test_tables_that_differ_from_one_time_to_the_next() -> None:
    def other_each_time(scenario: Scenario) -> RoutingTables:
        odd = next(COUNTED) % 2 == 1
        return scenario.changed(lambda e: replace(e, rank=10 - e.rank) if odd else e)

    assert kinds(other_each_time) & {"repeats", "names"}


def test_a_rule_that_goes_by_numbers() -> None:
    @compiled
    def first_in_the_file(now_min, wait_min, due_in_min, rank, weight, waiting, idle, of_class, pool):
        return float(of_class)

    assert kinds(CompiledRule(contact=first_in_the_file)) == {"names"}


CALLS = [0.0]


@pytest.mark.long
def test_a_compiled_rule_with_a_memory() -> None:
    """A list outside the rule counts its calls: the reference engine sees it, and no run is like the one before."""

    def rule(now_min, wait_min, due_in_min, rank, weight, waiting, idle, of_class, pool):
        CALLS[0] += 1.0
        return -wait_min if CALLS[0] > 200.0 else wait_min

    assert kinds(CompiledRule(contact=rule)) & {"repeats", "names"}


def test_a_rule_that_fails() -> None:
    assert "serves" in kinds(PythonRule(contact=lambda view: view.no_such_thing))


# --- files, trust, engines ------------------------------------------------------------------------
WORLD = """world: w
run: {length_min: 300}
classes: {a: {arrivals: {per_min: 0.5}, service_min: {exponential: 3}, pools: [p]}}
pools: {p: {staff: 2}}
"""


def run(*words: str):
    return CliRunner().invoke(app, list(words))


def test_a_policy_is_run_only_if_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("channelsim.config.policies._trusted", {})
    (tmp_path / "p.py").write_text("from pathlib import Path\nPath('ran').touch()\ndef mine(s):\n    return s.tables\n")
    (tmp_path / "w.yaml").write_text(WORLD + "policy: p.py:mine\n")
    refused = run("run", "w.yaml", "--engine", "reference")
    assert refused.exit_code == 2 and "w.yaml:5: policy: names a policy" in refused.stderr and "--trust p.py" in refused.stderr
    assert not (tmp_path / "ran").exists()
    assert run("run", "w.yaml", "--engine", "reference", "--trust", "p.py").exit_code == 0 and (tmp_path / "ran").exists()


@pytest.mark.parametrize("name", ["../p.py:mine", "/etc/p.py:mine", "p.txt:mine", "p.py"])
def test_a_policy_cannot_leave_its_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "w.yaml").write_text(WORLD + f"policy: {name}\n")
    refused = run("run", str(tmp_path / "w.yaml"), "--engine", "reference")
    assert refused.exit_code == 2 and "is no policy beside this file" in refused.stderr


def test_a_python_rule_on_the_fast_engine_is_one_message(tmp_path: Path) -> None:
    (tmp_path / "p.py").write_text("from channelsim.scenario.policy import PythonRule\nrule = PythonRule(pool=lambda v: v.pools[0].pool)\n")
    (tmp_path / "w.yaml").write_text(WORLD)
    refused = run("run", str(tmp_path / "w.yaml"), "--policy", f"{tmp_path / 'p.py'}:rule")
    assert refused.exit_code == 2 and "p.py:2: rule: is a rule in Python" in refused.stderr and "--engine reference" in refused.stderr
    assert "1 problem;" in refused.stderr


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("mine = 3\n", "is int, not a function"),
        ("def other(s): ...\n", "is not in this file; use one of other"),
        ("import nothing_of_the_kind\n", "p.py:1: file: cannot be run: ModuleNotFoundError"),
        ("def mine(s):\n  return (\n", "cannot be run: SyntaxError"),
        ("def mine(s):\n    raise KeyError('x')\n", "p.py:1: mine: fails for w: KeyError: 'x'"),
        ("def mine(s):\n    return None\n", "returns NoneType, not RoutingTables"),
    ],
)
def test_what_is_no_policy_is_told_at_its_line(tmp_path: Path, text: str, what: str) -> None:
    (tmp_path / "p.py").write_text(text)
    (tmp_path / "w.yaml").write_text(WORLD)
    refused = run("run", str(tmp_path / "w.yaml"), "--engine", "reference", "--policy", f"{tmp_path / 'p.py'}:mine")
    assert refused.exit_code == 2 and what in refused.stderr


@pytest.mark.long
def test_an_edit_of_a_rule_is_another_digest_and_another_result(tmp_path: Path) -> None:
    """The source is in the digest of the world and in the type of its kernel: nothing stale is run."""
    text = "from channelsim.scenario.policy import CompiledRule\ndef c(now, wait, due, rank, weight, n, idle, k, p):\n    return {}wait\nrule = CompiledRule(contact=c)\n"
    found = []
    for sign in ("-", ""):
        (tmp_path / "p.py").write_text(text.format(sign))
        queues = replace(list(some_worlds(2))[1], policy=load_policy(f"{tmp_path / 'p.py'}:rule"))
        world = compile_queues(queues)
        runs = {simulate(world, 1, 0, Window(0.0, 900.0, 0.0), engine).digest() for engine in ("reference", "fast")}
        assert len(runs) == 1
        found.append((world.digest, runs.pop(), world.tables.numba_type().name))
    assert all(a != b for a, b in zip(*found, strict=True))


def test_policies_are_shown_in_words() -> None:
    shown = run("policies", "show", str(ROOT / "tests" / "acceptance" / "own" / "H01-lists-by-hour.yaml")).stdout
    assert "From 10:00 to 10:05 every day:" in shown and "R: generalists, then specialists (keeping 1 idle)" in shown
    shown = run("policies", "show", "today_2011", "--region", str(TINY), "--only", "phone M any").stdout
    assert "phone M any generalist: generalist Mill; after 0.3 min also benefits Mill or placement Mill" in shown
    assert "today_2011" in run("policies", "list", "--region", str(TINY)).stdout


def test_a_rule_that_calls_another_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "other_file_of_a_rule.py").write_text("from channelsim.compiled import compiled\n@compiled\ndef helper(x):\n    return x\n")
    (tmp_path / "p.py").write_text(
        "from channelsim.scenario.policy import CompiledRule\nfrom other_file_of_a_rule import helper\n"
        "def c(now, wait, due, rank, weight, n, idle, k, p):\n    return helper(wait)\nrule = CompiledRule(contact=c)\n"
    )
    with pytest.raises(ConfigError, match="calls helper of other_file_of_a_rule"):
        load_policy(f"{tmp_path / 'p.py'}:rule")
