"""Questions in two dimensions, of values that turn the answer, of a preferred plan, and of posts needed: truths that are known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.study.conftest import REST, Loaded, Written
from tests.study.test_analyses import A1, INPUTS, MORRIS, POSTS, Invented, asked, at, frame_of, waits

from channelsim.config.study import load_study
from channelsim.errors import ConfigError, SimulationError
from channelsim.scenario.futures import of_kind, removal_order, with_more
from channelsim.study.answers.answer import answered
from channelsim.study.answers.more import More
from channelsim.study.design import Alternative, Study
from channelsim.study.left_out import replications_lost, without_stopped

GRID = """
factors:
  office_model: [two_offices, one_office]
  strategy: [multichannel]
  strategy.web.preference: [0.1, 0.3, 0.5, 0.7, 0.9]
  region.parameters.web.induced_contacts_per_web_case: [0.0, 0.1, 0.2]
analyses:
  - contour: {x: strategy.web.preference, y: region.parameters.web.induced_contacts_per_web_case, outcome: a1_released_h_per_week}
"""
INDUCED = "region.parameters.web.induced_contacts_per_web_case"


@pytest.mark.parametrize("slope", [1.0, 3.0])
def test_the_zero_line_is_where_it_was_put(loaded: Loaded, slope: float) -> None:
    """Zero at preference .3 + slope x induced; with slope 3 the last row's root lies at .9, the grid's end."""

    def truth(a: Alternative) -> float:
        levels = a.levels
        if a.strategy != "multichannel":
            return 0.0
        return 100.0 * (float(levels["strategy.channel.web_preference"]) - 0.28 - slope * float(levels[INDUCED]))

    found = asked(loaded(GRID), truth, noise=1.0)
    assert [a.title.rpartition(", ")[2] for a in found] == ["two_offices", "one_office"]
    for answer in found:
        table = answer.table.set_index(answer.table.columns[0])  # fmt: skip
        for induced in (0.0, 0.1):
            row = table.loc[induced]
            width = row["to"] - row["from"]
            assert row["from"] - width <= 0.28 + slope * induced <= row["to"] + width and width < 0.05
        assert table.loc[0.0, "signs"] == "-++++" and set(table.loc[0.2, "signs"]) <= set("-+0")
    moved = asked(loaded(GRID), lambda a: truth(a) + (200.0 if a.strategy == "multichannel" else 0.0), noise=1.0)
    assert all("above zero in 100 %" in a.words and "no crossing" in a.words for a in moved)


FLIPS = INPUTS + "alternatives: {design: one_at_a_time}\nanalyses:\n  - flips: {outcome: a1_released_h_per_week, refine: 5}\n"


def test_the_input_that_turns_the_answer_is_named_with_its_value(loaded: Loaded) -> None:
    def truth(a: Alternative) -> float:
        if a.strategy != "multichannel":
            return 0.0
        moved = dict(a.others).get(INDUCED)
        induced = at(a, "web.induced") if moved is None else float(moved) / 0.4
        return 20.0 - 50.0 * max(0.0, induced - 0.2) - 4.0 * (at(a, "back_office") - 0.5)  # zero at .6: a value of .24

    study = loaded(FLIPS)
    more = Invented(truth)
    (answer,) = answered(study, frame_of(study, truth), {}, more)
    row = answer.table.iloc[0]
    assert row["input"].endswith("induced_contacts_per_web_case") and row["signs at low, base, high"] in ("+0-", "+--", "++-")
    assert row["from"] <= 0.24 <= row["to"] and row["to"] - row["from"] < 0.02
    assert len(more.made) == 5 and "is turned by" in answer.words
    (none,) = answered(study, frame_of(study, lambda a: 30.0 * (a.strategy == "multichannel")), {}, Invented(truth))
    assert none.words.startswith(f"no input alone is shown to turn {A1}")


FAVOURITE = """
office_models: [two_offices, one_office]
strategies: [today_2011, multichannel]
analyses:
  - favourite: {level: one_office}
"""
JUDGED = REST.replace("[a1_released_h_per_week]", "[a1_released_h_per_week, unmet_change_pct]") + "margins: {a1_released_h_per_week: 1}\n"


@pytest.mark.parametrize(("more", "verdict"), [(5.0, "wins"), (-5.0, "loses"), (0.0, "tie"), (0.3, "cannot tell yet")])
def test_the_preferred_network_wins_loses_or_ties(loaded: Loaded, written: Written, more: float, verdict: str) -> None:
    study = load_study(written(FAVOURITE, JUDGED))
    noise = 5.0 if verdict.startswith("cannot") else 0.1
    (answer,) = asked(study, lambda a: more * (a.office_model == "one_office") + 7.0 * (a.strategy == "multichannel"), noise=noise)
    *lines, _ = answer.words.splitlines()
    assert [line.partition(": ")[0] for line in lines] == ["today_2011", "multichannel"]
    assert all(line.partition(": ")[2].startswith(verdict) and "against two_offices" in line for line in lines), answer.words
    assert answer.table[answer.table["outcome"] == A1]["mean"].to_list() == pytest.approx([more, more], abs=2.0 * noise)


def test_what_wins_in_one_thing_and_loses_in_another_does_not_win(written: Written) -> None:
    study = load_study(written(FAVOURITE, JUDGED))
    frame = frame_of(study, lambda a: 5.0 * (a.office_model == "one_office"))
    unmet = (frame["measure"] == "unmet_change_pct") & (frame["table"] == "contrast") & frame["alternative"].str.startswith("one_office")
    frame.loc[unmet & frame["baseline"].str.startswith("two_offices"), "value"] = 3.0
    (answer,) = answered(study, frame, {})
    assert "today_2011: neither wins (better in a1_released_h_per_week; worse in unmet_change_pct) against two_offices" in answer.words
    alone = load_study(written(FAVOURITE.replace("one_office}", "one_office, outcomes: [a1_released_h_per_week]}"), JUDGED))
    assert "today_2011: wins (better in a1_released_h_per_week) against two_offices" in answered(alone, frame, {})[0].words


def test_posts_needed_where_the_baseline_misses_a_limit(loaded: Loaded) -> None:
    """A minute for each person gone, a minute less for each who comes: 13 minutes in one office meet a limit of 10 with three more."""

    def truth(a: Alternative) -> float:
        return waits(a) + (1.0 if a.office_model == "one_office" else 0.0) - float(dict(a.others).get("staff.added.generalist", 0.0))

    study = loaded(POSTS.replace("{tolerance: 2.5}", "{at_most: 10.5}").replace("most: 3", "most: 3, most_needed: 5"))
    frame = frame_of(study, truth)
    wait = frame["measure"] == "phone_wait_mean_min"

    class Level(Invented):
        def of(self, *words: object, **more: object):  # type: ignore[no-untyped-def]
            return level(super().of(*words, **more))  # type: ignore[arg-type]

    def level(rows):  # type: ignore[no-untyped-def]
        """Without the luck that all share, of which a limit sees the whole."""
        named = rows["measure"] == "phone_wait_mean_min"
        return rows.assign(value=np.where(named, rows["value"] - 3.0 * luck[rows["replication"].to_numpy()], rows["value"]))

    luck = np.random.default_rng(5).normal(size=20)
    assert wait.any()
    answer, places = answered(study, level(frame), {}, Level(truth))
    table = answer.table.set_index("alternative")
    there = int(table.loc["one_office x today_2011", "posts there"])
    assert table.loc["one_office x today_2011", ["posts released", "posts needed"]].tolist() == [0, there + 3]
    assert table.loc["one_office x multichannel", "by the strategy"] == "+1"
    assert int(table.loc["one_office x multichannel", "by the network"]) + 1 == int(
        table.loc["one_office x multichannel", "beside its baseline"]
    )
    assert any("more" in str(cell) for cell in places.table["one_office x today_2011"])


def test_gains_of_network_and_strategy_add_up_and_posts_are_told_by_place(loaded: Loaded) -> None:
    study = loaded(POSTS)
    answer, places = answered(study, frame_of(study, waits), {}, Invented(waits))
    for row in answer.table.to_dict("records"):
        assert int(row["by the network"]) + int(row["by the strategy"]) == int(row["beside its baseline"])
        assert int(row["posts needed"]) + int(row["posts released"]) == int(row["posts there"])
        needed = sum(int(str(cell).split()[0]) for cell in places.table[row["alternative"]] if cell)
        assert needed == int(row["posts needed"])


def test_added_persons_stand_beside_those_who_would_go_first(loaded: Loaded) -> None:
    people = loaded(POSTS).region.office_models["two_offices"].staff["balanced"]
    order = removal_order(of_kind(people, "generalist"))
    more = with_more(people, "generalist", len(order) + 1)
    new = more[len(people) :]
    assert more[: len(people)] == people and len({p.id for p in more}) == len({p.rota for p in more} | {-1}) - 1 == len(more)
    assert [p.place for p in new] == [p.place for p in (*order, order[0])]
    with pytest.raises(ValueError, match="nobody is astronomer"):
        with_more(people, "astronomer", 1)


@pytest.mark.parametrize(
    ("question", "what"),
    [
        ("contour: {x: strategy, y: staff.scale, outcome: unmet_pct}", "strategy has 0 levels that are numbers"),
        ("contour: {x: staff.scale, y: staff.scale, outcome: unmet_pct}", "staff.scale is already along x"),
        ("contour: {x: staf.scale, y: staff.scale, outcome: unmet_pct}", "'staf.scale' is no factor of this study; did you mean"),
        ("favourite: {level: one_ofice}", "'one_ofice' is no level of office_model; did you mean 'one_office'?"),
        ("favourite: {level: one_office, factor: ofice_model}", "'ofice_model' is no factor of this study; did you mean 'office_model'?"),
        ("favourite: {level: one_office, outcomes: [unmet_pct]}", "'unmet_pct' is no outcome of which one side is better"),
        ("flips: {outcome: unmet_pct}", "flips does not fit the design full; take it out, or use the design one_at_a_time"),
    ],
)  # fmt: skip
def test_bad_questions_are_told(written: Written, question: str, what: str) -> None:
    body = f"""
factors:
  office_model: [two_offices, one_office]
  strategy: [today_2011, multichannel]
  staff.scale: [1.0, 0.9, 0.8]
analyses:
  - {question}
"""
    with pytest.raises(ConfigError) as error:
        load_study(written(body))
    assert any(what in f"{p.what}; {p.mend}" for p in error.value.problems), error.value.problems


def test_a_world_that_stops_meets_no_target_and_is_not_tried_again(loaded: Loaded) -> None:
    study = loaded(POSTS.replace("{tolerance: 2.5}", "{tolerance: 50}"))
    tried: list[str] = []

    def run(alone: Study, name: str, replications: list[int]) -> pd.DataFrame:
        tried.append(name)
        if "removed.generalist 1" not in name:
            raise SimulationError("a person would begin work more than four hours after the end of the shift")
        return frame_of(alone, waits)

    more = More(run)
    answer, *_ = answered(study, frame_of(study, waits), {}, more)
    assert set(answer.table["posts released"]) == {1} and len(tried) == len(set(tried)) > 0
    again, *_ = answered(study, frame_of(study, waits), {}, More(kept=more.kept))
    assert again.words == answer.words


def test_points_that_stop_are_left_out_with_their_paths_and_said(loaded: Loaded) -> None:
    study = loaded(MORRIS)
    frame = frame_of(study, lambda a: 50.0 * at(a, "web.induced"))
    why = {a.name: "replication 0 stopped: too late" for a in study.alternatives if a.point == "path 2 step 1"}
    done = {a.name: [] if a.name in why else [(0, 20)] for a in study.alternatives}
    less, out = without_stopped(study, done, 20, why)
    assert set(out) == set(why) and len(out) == 2 and len(less.alternatives) == len(study.alternatives) - 2
    (answer,) = answered(less, frame[~frame["alternative"].isin(out)], {})
    assert "1 of 24 points have no figures, since replications in them stop" in answer.words
    assert "(more often with " in answer.words and "the others count" in answer.words
    assert answer.table.iloc[0]["input"].endswith("induced_contacts_per_web_case") and set(answer.table["effects"]) == {5, 6}
    few = {name: [(0, 19)] for name in why}
    assert without_stopped(study, done | few, 20, why) == (study, {})  # one replication is dropped for all alternatives
    base = next(a for a in study.alternatives if a.name in why and a.strategy == "today_2011")
    _, with_plan = without_stopped(study, {**done, **few, base.name: []}, 20, {base.name: why[base.name]})
    assert len(with_plan) == 2 and f"its baseline, {base.name}, stops" in with_plan.values()


def stopping(study: Study, high: str, above: float) -> tuple[Study, set[str]]:
    """The study when all its points with an input above some place in its range stop."""
    why = {a.name: "replication 0 stopped: more than four hours of overtime" for a in study.alternatives if a.point and at(a, high) > above}
    less, out = without_stopped(study, {a.name: [] if a.name in why else [(0, 4)] for a in study.alternatives}, 4, why)
    return less, set(out)


def test_what_lost_draws_would_add_is_bounded(loaded: Loaded) -> None:
    """A1 is above zero where patience is below .8 of its range (31 of 40 points); the points above .5 stop: half of what is known is not."""
    study = loaded(
        INPUTS + "alternatives: {design: latin_hypercube, points: 40}\nanalyses:\n  - spread: {outcome: a1_released_h_per_week}\n"
    )

    def truth(a: Alternative) -> float:
        return 10.0 * (0.8 - at(a, "patience")) if a.strategy == "multichannel" else 0.0

    (whole,) = asked(study, truth, n=6)
    assert "probability 77.5 %" in whole.words and "no figures" not in whole.words
    less, out = stopping(study, "patience", 0.5)
    frame = frame_of(study, truth, n=6)
    (part,) = answered(less, frame[~frame["alternative"].isin(out)], {})
    assert "probability 100 % over the inputs" in part.words  # which would be told without a word on what is lost
    assert (
        "20 of 40 points have no figures, since replications in them stop (more often with high parameters.phone.patience_mean_min)"
        in part.words
    )
    assert "the probability lies between 50 % and 100 %" in part.words


def test_lost_points_of_indices_and_of_a_polynomial_are_said(loaded: Loaded) -> None:
    for design, asks in (("sobol_indices, points: 16", "sobol"), ("latin_hypercube, points: 60", "metamodel")):
        text = INPUTS + f"alternatives: {{design: {design}}}\nanalyses:\n  - {asks}: {{outcome: a1_released_h_per_week}}\n"
        study = loaded(text)
        less, out = stopping(study, "back_office", 0.9)
        frame = frame_of(study, lambda a: 10.0 * at(a, "patience") + at(a, "back_office"), n=4)
        (answer,) = answered(less, frame[~frame["alternative"].isin(out)], {})
        assert (
            out
            and "points have no figures, since replications in them stop (more often with high parameters.service.back_office"
            in answer.words
        )
        assert "the shares are those of the spread over the others" in answer.words


def test_replications_that_few_alternatives_lack_are_said(loaded: Loaded) -> None:
    study = loaded(MORRIS)
    name, other = (a.name for a in study.alternatives[:2])
    done = {a.name: [(0, 20)] for a in study.alternatives}
    assert replications_lost(study, done, 20, {}) == ""
    said = replications_lost(
        study, done | {name: [(0, 7), (8, 20)], other: [(0, 18)]}, 20, {name: "replication 7 stopped: late", other: "x stopped: late"}
    )
    assert f"3 of 20 replications, which stop in {name} and 1 more alternatives (late)" in said and "told too low" in said
