"""Every key of the language of worlds is in some random world, and both engines agree on such worlds, bit for bit."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import Phase, given, note, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from channelsim.config.world_files import WorldFile
from channelsim.scenario.queues import Queues, compile_queues
from channelsim.simulate import Window
from tests.events.logs import audited, log_of, unless_overloaded
from tests.rules.any_files import as_a_file_says, worlds_of_files
from tests.rules.as_configuration import configuration
from tests.rules.features import asked_for, used_by
from tests.rules.test_random_worlds import SLOW, assert_agreement

NOT_OF_A_RUN = ("ExpectedPart.", "RecordPart.", "PublishedPart.", "RunPart.")  # what is measured, not what happens
SAID_OTHERWISE = {
    "WorldFile.case", "WorldFile.note", "WorldFile.expected", "WorldFile.expected_records", "WorldFile.records_tol_min",
    "WorldFile.policy",  # a program beside the file: tests/behaviour/test_write_a_policy.py
    "WorldFile.time_unit", *(f"WorldFile.time_unit={unit}" for unit in ("s", "h", "hour", "day")),  # tests/config/test_time_unit.py
    "BookedPart.first", "BookedPart.last", "BookedPart.every_min", "BookedPart.first_slot", "BookedPart.per_slot",  # printed as `at`
    "DurationPart.erlang", "DurationPart.phases", "DurationPart.cv2",  # printed as `gamma` and `cv`
}  # fmt: skip


def parts(queues: Queues) -> WorldFile:
    return WorldFile.model_validate(YAML(typ="safe").load(configuration(queues)))


class AllSeen(Exception):
    """There is no need to look at more worlds."""


def features_that_no_world_has(n: int, of: st.SearchStrategy[Queues]) -> set[str]:
    """Keys and words of the language that are in none of at most `n` random worlds."""
    missing = {key for key in asked_for() - SAID_OTHERWISE if not key.startswith(NOT_OF_A_RUN)}

    @settings(max_examples=n, deadline=None, derandomize=True, database=None, phases=[Phase.generate], suppress_health_check=SLOW)
    @given(of)
    def look(queues: Queues) -> None:
        missing.difference_update(used_by(parts(queues)))
        if not missing:
            raise AllSeen

    with suppress(AllSeen):
        look()
    return missing


@pytest.mark.long
def test_every_key_and_word_of_the_language_is_in_some_random_world() -> None:
    """A new key of a file needs a generator: this names it."""
    assert features_that_no_world_has(600, worlds_of_files()) == set()


@pytest.mark.long
def test_a_feature_without_a_generator_is_named() -> None:
    without = worlds_of_files().map(lambda q: replace(q, classes=tuple(replace(c, due_after_min=None) for c in q.classes)))
    assert "ClassPart.due_after_min" in features_that_no_world_has(40, without)


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=SLOW)
@given(worlds_of_files())
def test_engines_agree_on_worlds_of_all_features(queues: Queues) -> None:
    with unless_overloaded():
        assert_agreement(queues)


@pytest.mark.long
@settings(max_examples=400, deadline=None, suppress_health_check=SLOW)
@given(worlds_of_files())
def test_engines_agree_on_four_hundred_other_worlds_of_all_features(queues: Queues) -> None:
    with unless_overloaded():
        assert_agreement(queues)


@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=SLOW)
@given(worlds_of_files())
def test_the_audit_finds_nothing_wrong_in_them(queues: Queues) -> None:
    note(configuration(queues))
    with unless_overloaded():
        assert audited(log_of(compile_queues(queues), Window(0.0, 2880.0, 0.0), queues.seed, "reference")).findings == []


@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=SLOW)
@given(worlds_of_files())
def test_a_file_can_say_each_of_them(queues: Queues) -> None:
    assert as_a_file_says(queues) == queues
