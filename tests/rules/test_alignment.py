"""Everybody keeps his luck when the world around him changes; and where that is not so yet."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from channelsim.config.region import load_region
from channelsim.config.strategy import find_strategy, load_strategy
from channelsim.scenario.compile import compile_world
from channelsim.scenario.queues import Duration, QueueClass, QueuePool, Queues, Serves
from channelsim.scenario.tables import SERVED
from channelsim.simulate import simulate, weeks
from tests.conftest import TINY
from tests.rules.any_worlds import END_MIN, LONG, legs, line, waits


def test_a_customer_put_into_the_middle_of_a_trace_changes_nobody_s_luck() -> None:
    arrivals = [0.0, 100.0, 200.0, 300.0]
    before, after = waits(line(9, arrivals, LONG)), waits(line(9, [0.0, 50.0, *arrivals[1:]], LONG))
    assert all(after[t][2] == before[t][2] for t in arrivals)


@pytest.mark.parametrize(
    "n",
    [1, 3, pytest.param(2, marks=pytest.mark.xfail(strict=True, reason="the number of classes sets how a need's id is packed")), 5],
)
def test_one_class_more_changes_nobody_s_luck(n: int) -> None:
    """A class at the end of the list that nobody asks for."""
    classes = tuple(QueueClass(f"c{i}", LONG, (Serves("desk"),), arrivals_at_min=(float(i), 50.0 + i)) for i in range(n))
    new = QueueClass("new", LONG, (Serves("desk"),))
    pools = (QueuePool("desk", 20),)
    assert legs(Queues("less", classes, pools, 0.0, END_MIN, 1, 3)) == legs(Queues("more", (*classes, new), pools, 0.0, END_MIN, 1, 3))


def test_a_class_without_arrivals_keeps_the_place_for_a_third() -> None:
    """What is advised where three classes are compared with two (worlds.md)."""
    two = tuple(QueueClass(f"c{i}", LONG, (Serves("desk"),), arrivals_at_min=(float(i), 50.0 + i)) for i in range(2))
    third = QueueClass("third", LONG, (Serves("desk"),))
    pools = (QueuePool("desk", 20),)
    later = replace(third, arrivals_at_min=(7.0, 80.0))
    without = legs(Queues("two", (*two, third), pools, 0.0, END_MIN, 1, 3))
    assert without == [leg for leg in legs(Queues("three", (*two, later), pools, 0.0, END_MIN, 1, 3)) if leg[0] != "third"]


def test_people_go_home_at_the_end_of_their_shift_while_the_line_stays_open(engine: str) -> None:
    """Staff stay on only for those inside behind closed doors (decisions 21, 22); a class without hours never closes.

    The day's person is busy to 16, after the end of the shift at 10: the last caller is the night person's, free at 17.
    """
    fixed = Duration("deterministic", 8.0)
    call = QueueClass("call", fixed, (Serves("day", 0), Serves("night", 1)), arrivals_at_min=(0.0, 1.0, 2.0, 3.0, 12.0))
    pools = (QueuePool("day", 1, shifts=((0.0, 10.0),) * 7), QueuePool("night", 1))
    last = legs(Queues("shift", (call,), pools, 0.0, END_MIN, 1, 1), engine)[-1]
    assert last == ("call", 12.0, 5.0, SERVED, "night", 25.0)


def renamed(names: dict[str, str], folder: Path) -> Path:
    """The invented region with other names of its places, wherever they stand."""
    for file in TINY.iterdir():
        rows = file.read_text(encoding="utf-8").splitlines()
        if file.suffix == ".csv":
            rows = [",".join(names.get(field, field) for field in row.split(",")) for row in rows]
        (folder / file.name).write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize("strategy", ["today_2011", "multichannel_triage"])
@pytest.mark.parametrize("names", [{"Harbour": "Zander", "H": "Z"}, {"Mill": "Aller", "M": "A"}], ids=["last", "first"])
def test_a_renamed_town_and_office_change_nobody_s_luck(tmp_path: Path, names: dict[str, str], strategy: str) -> None:
    """Also where the names now sort in another order: the same run to the last bit."""

    def digest(folder: Path, town: str) -> str:
        region = load_region(folder)
        world = compile_world(region, region.office_models["two_offices"], load_strategy(find_strategy(strategy, TINY)), 8)
        assert town in world.names.municipalities
        return simulate(world, 7, 0, weeks(1, 2, 1)).digest()

    before, after = next(iter(names.items()))
    assert digest(renamed(names, tmp_path), after) == digest(TINY, before)
