"""Strange input: fixed mutants of shipped files, each refused at its line within seconds, or accepted with reason.

`make fuzz` makes such mutants at random (tests/fuzz); those here are one of each sort, and what it once found.
"""

from __future__ import annotations

import re
import time
from pathlib import Path
from random import Random

import pytest

from channelsim.config.check import check_file
from channelsim.errors import ConfigError
from tests.fuzz import trial
from tests.fuzz.material import Material, Subject
from tests.fuzz.mutant import Mutant
from tests.fuzz.run import spoil

WORLD, WORLD2, STRATEGY, STUDY = "worlds/0.yaml", "worlds/2.yaml", "configs/strategies/multichannel.yaml", "experiments/tiny/study.yaml"
REGION = "configs/regions/tiny/region.yaml"
LAUGHS = (
    "[&a [x,x,x,x,x,x,x,x,x,x], "
    + ", ".join(f"&{y} [{', '.join([f'*{x} '] * 10)}]" for x, y in zip("abcdefgh", "bcdefghi", strict=True))
    + "]"
)


def csv(name: str) -> str:
    return f"configs/regions/tiny/{name}.csv"


# name: file, text to replace (its line must be named), replacement, words of the message
YAML_MUTANTS: dict[str, tuple[str, str, str, str]] = {
    "key mistyped": (STRATEGY, "triage: false", "traige: false", "did you mean 'triage'"),
    "first key mistyped": (STUDY, "study: tiny", "sutdy: tiny", "did you mean 'study'"),
    "text for a number": (WORLD, "staff: 13", "staff: many", "integer"),
    "list for a text": (STUDY, "question: Does", "question: [x, y] #", "string"),
    "mapping for a number": (STUDY, "replications: 10", "replications: {a: 1}", "integer"),
    "nan": (WORLD, "per_min: 3.5", "per_min: .nan", "finite"),
    "infinity": (WORLD, "exponential: 3", "exponential: .inf", "finite"),
    "number too large for any machine": (WORLD, "staff: 13", "staff: 1" + "0" * 400, "digits"),
    "number of 5,000 digits": (STUDY, "seed: 7", "seed: " + "9" * 5000, "digits"),
    "seed of 65 bits": (STUDY, "seed: 7", "seed: 18446744073709551616", "less than"),
    "a milliard of staff": (WORLD, "staff: 13", "staff: 1000000000", "100000"),
    "run of 10^12 minutes": (WORLD, "length_min: 20000", "length_min: 1e12", "10000000"),
    "run of no length": (WORLD, "length_min: 20000", "length_min: 1e-7", "greater than or equal to 1"),
    "10^12 arrivals a minute": (WORLD, "per_min: 3.5", "per_min: 1e12", "100000"),
    "more arrivals than a week can number": (WORLD, "per_min: 3.5", "per_min: 90000", "arrivals a week, more than"),
    "service of 10^300 minutes": (WORLD, "exponential: 3", "deterministic: 1e300", "10000000"),
    "variation beyond squares": (WORLD2, "cv: 1", "cv: 1e200", "10"),
    "window of 10^9 weeks": (STUDY, "measured_weeks: 8", "measured_weeks: 1000000000", "520"),
    "date of no calendar": (REGION, "2011-01-03", "2011-02-30", "no date"),
    "date at the end of time": (REGION, "2011-01-03", "9999-12-27", "2200"),
    "negative staff": (REGION, "staff: 12", "staff: -12", "greater than or equal to 0"),
    "invariant that does not hold": (REGION, "offices: {two_offices: 2", "offices: {two_offices: 7", "the invariant says 7"),
    "look-alike": (STUDY, "two_offices, one_office]", "two_offi\u0441es, one_office]", "unknown office model"),
    "right to left": (STUDY, "question: Does", "question: \u202eDoes", "U+202E"),
    "no width": (REGION, "currency: EUR", "currency: E\u200bUR", "U+200B"),
    "zero byte": (WORLD, "pools: [agents]", "pools: [age\0nts]", "zero byte"),
    "zero byte as an escape": (WORLD, "pools: [agents]", 'pools: ["agents\\0"]', "U+0000"),
    "half a character": (STUDY, "question: Does", 'question: "\\ud800" # ', "U+D800"),
    "terminal code": (WORLD, "world: Erlang C", 'world: "\\e[2J"', "U+001B"),
    "duplicate key": (STUDY, "seed: 7", "seed: 7\nseed: 8", "duplicate key 'seed'"),
    "duplicate key in one line": (WORLD, "{staff: 13}", "{staff: 13, staff: 14}", "duplicate key 'staff'"),
    "margin mistyped": (STUDY, "unmet_change_pct: 1", "unmet_change_pc: 1", "did you mean 'unmet_change_pct'"),
    "a parameter of no region": (STRATEGY, "web_preference_strategy_2015_share", "NaN", "unknown parameter 'NaN'"),
    "key that is a list": (WORLD, "agents: {staff", "? [a, b]\n  : {staff", "a key is a list"),
    "alias to nothing": (WORLD, "staff: 13", "staff: *nobody ", "names no value"),
    "alias inside itself": (WORLD, "pools: [agents]", "pools: &p [*p ]", "stands inside itself"),
    "merge of a typo": (WORLD, "{staff: 13}", "{<<: {staf: 3}, staff: 13}", "did you mean 'staff'"),
    "billion laughs": (STRATEGY, "title: Multi", f"title: {LAUGHS} #", "200,000 values"),
    "python object": (STUDY, "seed: 7", 'seed: !!python/object/apply:os.system ["touch pwned"]', "tags are not read"),
    "python tuple": (STUDY, "strategies: [", "strategies: !!python/tuple [", "tags are not read"),
    "10^5 values": (WORLD, "per_min: 3.5", "at_min: [" + "1, " * 100_000 + "1]", "50,000 values"),
    "nested 5,000 deep": (WORLD, "pools: [agents]", "pools: " + "[" * 5000 + "]" * 5000, "deep"),
    "half a million letters": (STUDY, "question: Does", "question: " + "x" * 500_000, "10,000 characters"),
    "region outside": (STUDY, "region: ../../configs/regions/tiny", "region: ../../../../../../../../etc", "leads out of the project"),
    "region at an absolute path": (STUDY, "region: ../../configs/regions/tiny", "region: /etc/passwd", "leads out of the project"),
    "region missing": (STUDY, "region: ../../configs/regions/tiny", "region: ../../configs/regions/tny", "no region.yaml"),
    "strategy outside": (STUDY, "strategies: [today_2011,", "strategies: [../../etc/passwd,", "pattern"),
    "strategy missing": (STUDY, "strategies: [today_2011,", "strategies: [today_2012,", "did you mean 'today_2011'"),
    "baseline strategy missing": (REGION, "strategy: today_2011", "strategy: today_2012", "did you mean 'today_2011'"),
    "pool not defined": (WORLD, "agents: {staff", "clerks: {staff", "'clerks' in worlds/0.yaml:9 is used nowhere"),
    "circle in no time": (WORLD, "exponential: 3}", "deterministic: 0}\n    after: {served: [{to: call}]}", "circular"),
    "Latin-1": (STUDY, "question: Does", "question: D\udce4s", "is not UTF-8 (byte"),
}  # fmt: skip
CSV_MUTANTS: dict[str, tuple[str, str, str, str]] = {
    "unemployed beyond the people": (csv("municipalities"), "Harbour,9000,1200", "Harbour,9000,1e300", "1000000000"),
    "more unemployed than people": (csv("municipalities"), "Harbour,9000,1200", "Harbour,9000,9001", "larger than the population"),
    "rate of 10^12 a year": (csv("parameters"), "S01,1/yr,2.0,2.0,2.0", "S01,1/yr,2.0,2.0,1e8", "cannot be larger than 1000"),
    "nobody works": (csv("parameters"), "contact_work_share,all,share,", "contact_work_share,all,share,0,0,0,,,,estimated,,\n#", "nobody works"),
    "slots of no length": (csv("appointments"), "placement,40", "placement,1e-9", "greater than or equal to 1"),
    "10^9 persons on the line": (csv("national_line"), "hotline,1,", "hotline,1000000000,", "10000"),
    "person of 40 digits": (csv("staff"), "balanced,two_offices,2,", f"balanced,two_offices,{'2' * 40},", "person"),
    "distance beyond the earth": (csv("travel_km"), "Mill,22,", "Mill,1e300,", "at most 100,000"),
    "name renamed where it is defined": (csv("segments"), "young,young", "\u0443oung,young", "unknown segment 'young'"),
    "column renamed": (csv("points"), "advisers_fte", "adviser_fte", "did you mean 'advisers_fte'"),
    "column gone from the header": (csv("points"), ",source,note", ",source", "every row has 9 cells"),
    "column twice": (csv("points"), ",source,note", ",source,note,note", "twice"),
    "too few cells": (csv("staff"), "balanced,two_offices,2,generalist,,Harbour,", "balanced,two_offices,2,generalist,,", "cells"),
    "50,000 cells": (csv("services"), "S02,advice", "S02,advice" + ",9" * 50_000, "cells"),
    "target beyond what is counted": (csv("targets"), "phone_wait_target_min,5", "phone_wait_target_min,120", "more than 100"),
    "target mistyped": (csv("targets"), "phone_wait_target_min", "phone_wait_targt_min", "did you mean 'phone_wait_target_min'"),
    "a bell": (csv("segments"), "young,young", "young\x07,young", "U+0007"),
}  # fmt: skip
MUTANTS = YAML_MUTANTS | CSV_MUTANTS


@pytest.fixture(scope="module")
def material(tmp_path_factory: pytest.TempPathFactory) -> Material:
    return Material(tmp_path_factory.mktemp("strange") / "tree")


def target_of(file: str) -> Path:
    return Path(file).parent if "regions" in file else Path(file)


def told_of(material: Material, file: str, data: bytes, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The problems of a file with other content; none if it is accepted."""
    path = material.folder / file
    original, before = path.read_bytes(), material.files()
    monkeypatch.chdir(material.folder)
    started = time.monotonic()
    try:
        path.write_bytes(data)
        assert list(check_file(target_of(file)))
        return []
    except ConfigError as error:
        return [str(problem) for problem in error.problems]
    finally:
        path.write_bytes(original)
        assert material.files() == before
        assert time.monotonic() - started < 10.0


@pytest.mark.parametrize("name", MUTANTS)
def test_mutant_is_refused_at_its_line(material: Material, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    file, old, new, words = MUTANTS[name]
    text = (material.folder / file).read_text(encoding="utf-8")
    assert text.count(old) >= 1
    line = text[: text.index(old)].count("\n") + 1
    told = told_of(material, file, text.replace(old, new, 1).encode("utf-8", "surrogateescape"), monkeypatch)
    lines = range(line, line + new.count("\n") + 1)  # what was put in may itself be in a later line
    assert any(f"{file}:{n}" in problem for problem in told for n in lines), "\n".join(told)[:2000]
    assert any(words in problem for problem in told), "\n".join(told)[:2000]
    assert len(told) <= 300


WHOLE: dict[str, tuple[str, bytes, str]] = {
    "UTF-16": (WORLD, "world: x".encode("utf-16"), "is not UTF-8 (byte 0 is 0xFF)"),
    "UTF-16 without mark": (csv("points"), "model,point".encode("utf-16-le"), "zero byte"),
    "empty YAML": (STUDY, b"", "is not a mapping"),
    "empty CSV": (csv("staff"), b"", "header: is missing"),
    "empty table of travel": (csv("travel_km"), b"\n", "header: is missing"),
    "binary": (STRATEGY, b"\x89PNG\r\n\x1a\n" + bytes(100), "is not UTF-8"),
    "zip": (csv("hours"), b"PK\x03\x04" + Random(1).randbytes(300), "hours.csv:1"),
}


@pytest.mark.parametrize("name", WHOLE)
def test_file_of_another_kind_is_refused(material: Material, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    file, data, words = WHOLE[name]
    told = told_of(material, file, data, monkeypatch)
    assert any(file in problem and words in problem for problem in told), "\n".join(told)[:2000]


@pytest.mark.parametrize("name", ["points", "staff", "municipalities", "travel_km"])
@pytest.mark.parametrize("column", [0, 2])
def test_a_hundred_thousand_rows_are_refused_in_seconds(
    material: Material, name: str, column: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    head, first, *rest = (material.folder / csv(name)).read_text(encoding="utf-8").splitlines()
    cells = first.split(",")
    more = [",".join([*cells[:column], f"x{i}", *cells[column + 1 :]]) for i in range(100_000)]
    told = told_of(material, csv(name), "\n".join([head, first, *rest, *more, ""]).encode(), monkeypatch)
    named = [int(n) for n in re.findall(rf"{csv(name)}:(\d+)", "\n".join(told))]
    assert any(n >= len(rest) + 3 for n in named)
    assert len(told) < 1000  # not a line for each row


ACCEPTED = {
    "mark before UTF-8": (WORLD, "world:", "\ufeffworld:"),
    "emoji in a title": (STUDY, "question: Does", "question: \U0001f600 Does"),
    "markup in a name": (WORLD, "world: Erlang C", 'world: "[/bold] [red]"'),
    "anchor used once": (WORLD, "{staff: 13}", "{staff: &n 13}"),
    "length between grid points": (WORLD, "length_min: 20000", "length_min: 2000.3"),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_what_is_unusual_but_right_is_accepted_and_runs(material: Material, name: str) -> None:
    file, old, new = ACCEPTED[name]
    text = (material.folder / file).read_text(encoding="utf-8")
    subject = Subject(Path(file), Path(file), (("run", file, "--out", "../out"),) if file == WORLD else ())
    verdict = trial.judge(subject, Mutant(name, text.replace(old, new, 1).encode(), frozenset()), material)
    assert verdict.accepted and not verdict.faults, (verdict.faults, verdict.message)


def test_a_device_is_no_file(material: Material) -> None:
    answer = trial.call(("check", "/dev/zero"), material.folder)
    assert answer.code == 2 and answer.err.startswith("/dev/zero:1: file: is not a file")


def planted(material: Material, monkeypatch: pytest.MonkeyPatch, happens: object) -> list[str]:
    """Faults that the trial finds when `channelsim check` does something it must not."""
    monkeypatch.setattr("channelsim.config.check.check_files", happens)
    monkeypatch.setattr(trial, "LIMIT_S", 1.0)
    data = (material.folder / WORLD).read_bytes()
    return trial.judge(Subject(Path(WORLD), Path(WORLD)), Mutant("planted", data, frozenset(), True), material).faults


def test_the_trial_finds_planted_faults(material: Material, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(files: object) -> None:
        raise KeyError("planted")

    def write(files: object) -> list[str]:
        Path("stray.txt").write_text("partial", encoding="utf-8")
        return []

    assert planted(material, monkeypatch, crash)[0].startswith("traceback: KeyError")
    assert any(fault.startswith("wrote ") for fault in planted(material, monkeypatch, write))
    assert planted(material, monkeypatch, lambda files: time.sleep(30)) == ["hangs over 10 s"]
    assert planted(material, monkeypatch, lambda files: []) == ["accepted"]


def test_mutants_are_the_same_for_the_same_seed(material: Material) -> None:
    first, second = (spoil(material, "swapped", Random("1/1")) for _ in range(2))
    assert first == second and first != spoil(material, "swapped", Random("1/2"))
