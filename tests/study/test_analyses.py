"""Questions of a study file: answers from figures whose truth is known, and bad questions at their lines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.conftest import ROOT
from tests.study.conftest import REST, Loaded, Written

from channelsim.config.study import load_study
from channelsim.config.transition import is_transition
from channelsim.errors import ConfigError
from channelsim.metrics import MEASURES
from channelsim.metrics.paired import PAIRED
from channelsim.scenario.futures import may_go, removal_order, without_first
from channelsim.store.more import FILE, keep_more, read_more
from channelsim.study.answers.answer import answered, as_data
from channelsim.study.answers.more import More
from channelsim.study.answers.values import Answer
from channelsim.study.design import Alternative, Study, with_baselines
from channelsim.study.replicate import COLUMNS

A1 = "a1_released_h_per_week"
Truth = Callable[[Alternative], float]
EXPERIMENTS = [p for p in sorted((ROOT / "experiments").glob("*/study.yaml")) if not is_transition(p)]
INPUTS = """
factors:
  office_model: [two_offices]
  strategy: [multichannel]
  region.parameters.web.induced_contacts_per_web_case: {between: [0.0, 0.4]}
  region.parameters.phone.patience_mean_min: {between: [2, 12]}
  region.parameters.service.back_office_mean_min.S02: {between: [1, 4]}
"""
RANGES = {"web.induced": (0.0, 0.4), "patience": (2.0, 12.0), "back_office": (1.0, 4.0)}


def frame_of(study: Study, truth: Truth, outcome: str = A1, n: int = 20, noise: float = 0.1) -> pd.DataFrame:
    """Shards as a study of this truth would leave: every alternative's luck is shared but for a little noise of its own."""
    rng = np.random.default_rng(5)
    shared = rng.normal(size=n)
    own = {a.name: truth(a) + 3.0 * shared + noise * rng.normal(size=n) for a in study.alternatives}
    rows: list[tuple[object, ...]] = []
    for r in range(n):
        rows += [(r, "measure", a.name, "", "", m, own[a.name][r]) for a in study.alternatives for m in MEASURES]
        for c in study.contrasts:
            for o in PAIRED:
                value = own[c.plan.name][r] - own[c.baseline.name][r] if o == outcome else 0.0
                rows.append((r, "contrast", c.plan.name, c.baseline.name, "", o, value))
    return pd.DataFrame(rows, columns=COLUMNS)


def asked(study: Study, truth: Truth, **more: object) -> list[Answer]:
    return list(answered(study, frame_of(study, truth, **more), {}))  # type: ignore[arg-type]


def at(a: Alternative, word: str) -> float:
    """Where an input stands in its range, from 0 to 1; in the middle where it is as the files say."""
    low, high = RANGES[word]
    level = next((float(v) for p, v in a.sampled if word in p), (low + high) / 2)
    return (level - low) / (high - low) if a.strategy == "multichannel" else 0.0


BREAK_EVEN = """
factors:
  office_model: [two_offices, one_office]
  strategy: [multichannel]
  strategy.web.preference: [0.1, 0.2, 0.3, 0.45, 0.6, 0.75, 0.9]
analyses:
  - break_even: {factor: strategy.web.preference, outcome: a1_released_h_per_week, against: same_network}
"""


@pytest.mark.parametrize("root", [0.27, 0.4, 0.71])
def test_the_break_even_is_where_it_was_put(loaded: Loaded, root: float) -> None:
    def truth(a: Alternative) -> float:
        network = 50.0 if a.office_model == "one_office" else 0.0  # nothing of it enters what is taken within a network
        return network + (100.0 * (float(a.levels["strategy.channel.web_preference"]) - root) if a.strategy == "multichannel" else 0.0)

    found = asked(loaded(BREAK_EVEN), truth, noise=2.0)
    assert [a.title.rpartition(", ")[2] for a in found] == ["two_offices", "one_office"]
    for answer in found:
        low, high = map(float, answer.words.partition("interval ")[2].rstrip(")").split(" to "))
        assert low <= root <= high and 0.0 < high - low < 0.05
        assert list(answer.table["web_preference"]) == [0.1, 0.2, 0.3, 0.45, 0.6, 0.75, 0.9]
    shifted = asked(loaded(BREAK_EVEN), lambda a: truth(a) + (200.0 if a.strategy == "multichannel" else 0.0))
    assert all(a.words.startswith("no break-even") and "positive everywhere" in a.words for a in shifted)


def test_a_break_even_that_turns_twice_is_said(loaded: Loaded) -> None:
    def truth(a: Alternative) -> float:
        return (float(a.levels["strategy.channel.web_preference"]) - 0.5) ** 2 * 100.0 - 4.0 if a.strategy == "multichannel" else 0.0

    assert all(a.words.startswith("more than one break-even") for a in asked(loaded(BREAK_EVEN), truth))


ATTRIBUTE = """
office_models: [two_offices, one_office]
strategies: [today_2011, multichannel, triage, multichannel_triage]
analyses:
  - attribute:
      outcome: a1_released_h_per_week
      plan: {office_model: one_office, strategy: multichannel_triage}
      made_of:
        strategy:
          today_2011: {channels: old, triage: without}
          multichannel: {channels: new, triage: without}
          triage: {channels: old, triage: with}
          multichannel_triage: {channels: new, triage: with}
  - attribute: {outcome: phone_wait_mean_min}
"""


def test_attribution_finds_what_each_part_gives_and_adds_up(loaded: Loaded) -> None:
    def truth(a: Alternative) -> float:
        channels, triage, merged = "multichannel" in a.strategy, "triage" in a.strategy, a.office_model == "one_office"
        return 10.0 * channels + 4.0 * triage + 6.0 * (channels and triage) - 5.0 * merged

    shares, measure = asked(loaded(ATTRIBUTE), truth)
    by = shares.table.set_index("effect")["mean [h/week]"]
    each = [by[f"share of {x}"] for x in ("office_model", "channels", "triage")]
    assert each == pytest.approx([-5.0, 13.0, 7.0], abs=0.15)
    assert sum(each) == pytest.approx(by["all together"], abs=1e-9)
    assert by["channels = new x triage = with"] == pytest.approx(6.0, abs=0.15)
    assert "beyond what each does alone: channels = new x triage = with" in shares.words and shares.words.count(" of it") == 3 - 1
    assert "strategy = multichannel_triage changes phone_wait_mean_min most" in measure.words
    broken, _ = asked(loaded(ATTRIBUTE), lambda a: truth(a) + 9.0 * (a.strategy == "triage" and a.office_model == "one_office"))
    assert broken.table.set_index("effect")["mean [h/week]"]["share of triage"] != pytest.approx(7.0, abs=0.5)


MORRIS = INPUTS + "alternatives: {design: morris, trajectories: 6}\nanalyses:\n  - screen: {outcome: a1_released_h_per_week}\n"


@pytest.mark.parametrize(("weights", "first"), [((50.0, 5.0, 0.0), "induced"), ((5.0, 0.0, 50.0), "back_office")])
def test_morris_ranks_the_input_that_matters_first(loaded: Loaded, weights: tuple[float, ...], first: str) -> None:
    (answer,) = asked(loaded(MORRIS), lambda a: sum(w * at(a, x) for w, x in zip(weights, RANGES, strict=True)))
    assert first in answer.table["input"].iloc[0] and first in answer.words.partition(" (")[0]
    assert answer.table["mu_star"].iloc[0] == pytest.approx(50.0, abs=0.2)
    assert "may stay at base" in answer.words


SALTELLI = INPUTS + (
    "alternatives: {design: sobol_indices, points: 256}\nanalyses:\n"
    "  - sobol: {outcome: a1_released_h_per_week}\n  - spread: {outcome: a1_released_h_per_week}\n"
)


def test_sobol_indices_and_spread_are_those_of_a_known_sum(loaded: Loaded) -> None:
    indices, luck = asked(loaded(SALTELLI), lambda a: 30.0 * at(a, "patience") + 10.0 * at(a, "back_office"), n=4)
    table = indices.table.set_index("input")
    assert "patience" in table.index[0] and table["first"].iloc[0] == pytest.approx(0.9, abs=0.03)
    assert table["total"].iloc[1] == pytest.approx(0.1, abs=0.03) and table["total"].iloc[2] == pytest.approx(0.0, abs=0.01)
    assert "to measure next: measuring parameters.phone.patience_mean_min" in indices.words
    sd = luck.table.set_index("what").iloc[3, 0]
    assert sd == pytest.approx(np.sqrt(30.0**2 / 12 + 10.0**2 / 12), rel=0.03)
    assert "above zero with probability" in luck.words


def test_a_metamodel_finds_the_same_and_refuses_what_it_cannot_fit(loaded: Loaded) -> None:
    text = INPUTS + "alternatives: {design: latin_hypercube, points: 40}\nanalyses:\n  - metamodel: {outcome: a1_released_h_per_week}\n"
    (fit,) = asked(loaded(text), lambda a: 30.0 * at(a, "patience") + 10.0 * at(a, "back_office"), n=4)
    assert fit.table.set_index("input")["first"].iloc[0] == pytest.approx(0.9, abs=0.05) and "to measure next" in fit.words
    (bad,) = asked(loaded(text), lambda a: 30.0 * np.sin(40.0 * at(a, "patience")), n=4)
    assert "too little to rely on" in bad.words and "to measure next" not in bad.words


def test_a_tornado_says_which_input_turns_the_answer(loaded: Loaded) -> None:
    text = INPUTS + "alternatives: {design: one_at_a_time}\nanalyses:\n  - tornado: {outcome: a1_released_h_per_week}\n"
    study = loaded(text)
    assert len([a for a in study.alternatives if a.strategy == "multichannel"]) == 7

    def truth(a: Alternative) -> float:
        return 5.0 + 20.0 * (at(a, "patience") - 0.5) + 4.0 * (at(a, "back_office") - 0.5) if a.strategy == "multichannel" else 0.0

    (answer,) = asked(study, truth)
    assert "patience" in answer.table["input"].iloc[0] and answer.table["swing"].iloc[0] == pytest.approx(20.0, abs=0.2)
    assert "the verdict does not stay as at base with parameters.phone.patience_mean_min at 2" in answer.words


CHOOSE = """
office_models: [two_offices, one_office]
strategies: [today_2011, multichannel, triage]
constraints: {unmet_change_pct: {at_most: 0.5}}
margins: {unmet_change_pct: 0.2}
analyses:
  - choose: {outcome: a1_released_h_per_week, indifference: 2}
"""


def test_the_best_that_keeps_the_constraint_is_chosen(loaded: Loaded) -> None:
    gives = {"today_2011": 0.0, "multichannel": 10.0, "triage": 20.0}
    study = loaded(CHOOSE)
    frame = frame_of(study, lambda a: gives[a.strategy] + (1.0 if a.office_model == "one_office" else 0.0), n=40)
    (answer,) = answered(study, frame, {})
    assert answer.words.startswith(("one_office x triage", "two_offices x triage"))  # one hour apart: either is right
    assert answer.table.iloc[0]["alternative"] == "one_office x triage"
    breaks = (frame["measure"] == "unmet_change_pct") & frame["alternative"].str.contains("triage") & (frame["table"] == "contrast")
    frame.loc[breaks, "value"] = 3.0
    (kept,) = answered(study, frame, {})
    assert "x multichannel is the best" in kept.words and "x triage shown to break a constraint" in kept.words


def test_regret_names_the_alternative_that_loses_least(loaded: Loaded) -> None:
    text = """
factors:
  future: [fine, bad]
  office_model: [two_offices]
  strategy: [today_2011, multichannel, triage]
futures: {fine: {}, bad: {demand.scale: 1.3}}
analyses:
  - regret: {outcome: a1_released_h_per_week}
  - compare: {across: future}
"""
    gives = {("today_2011", "fine"): 0.0, ("today_2011", "bad"): 0.0, ("multichannel", "fine"): 10.0, ("multichannel", "bad"): 5.0,
             ("triage", "fine"): 20.0, ("triage", "bad"): -30.0}  # fmt: skip
    robust, verdicts = asked(loaded(text), lambda a: gives[a.strategy, str(a.levels["future"])])
    assert robust.words.startswith("two_offices x multichannel is the robust choice: it loses at most 10.0 h/week")
    assert robust.table.set_index("alternative")["largest"]["two_offices x triage"] == pytest.approx(35.0, abs=0.2)
    said = dict(zip(verdicts.table["change"], verdicts.table["verdict"], strict=True))
    assert said["two_offices x multichannel against two_offices x today_2011"] == "better"
    assert said["two_offices x triage against two_offices x today_2011"] == "depends on future"


class Invented(More):
    """Runs of alternatives that are not in the design, as a truth would have them."""

    def __init__(self, truth: Truth) -> None:
        super().__init__(run=lambda study, name, replications: pd.DataFrame())
        self.truth, self.made = truth, list[Alternative]()

    def of(self, study: Study, alternative: Alternative, replications: list[int], paired: bool = False) -> pd.DataFrame:
        chosen = with_baselines(study, [alternative]) if paired else (alternative,)
        self.made.append(alternative)
        frame = frame_of(replace(study, chosen=chosen), self.truth, n=len(replications))
        return frame.assign(replication=frame["replication"].map(dict(enumerate(replications))))


POSTS = """
office_models: [two_offices, one_office]
strategies: [today_2011, multichannel]
analyses:
  - equal_service: {targets: {phone_wait_mean_min: {tolerance: 2.5}}, who: [generalist], most: 3}
"""


def waits(a: Alternative) -> float:
    """A minute for each person who is gone; the strategy takes off one, the merger puts on two."""
    gone = float(dict(a.others).get("staff.removed.generalist", 0.0))
    return 10.0 + gone - (a.strategy == "multichannel") + 2.0 * (a.office_model == "one_office")


def test_posts_released_are_those_that_the_target_allows(loaded: Loaded) -> None:
    study = loaded(POSTS)
    answer, places = answered(study, frame_of(study, waits), {}, Invented(waits))
    released = dict(zip(answer.table["alternative"], answer.table["posts released"], strict=True))
    names = ("two_offices x today_2011", "two_offices x multichannel", "one_office x today_2011", "one_office x multichannel")
    assert [released[n] for n in names] == [2, 2, 0, 1]  # in two offices only two may go: the last at a place stays
    assert "all 2 that may be removed can go" in answer.words and "shown to miss phone_wait_mean_min" in answer.words
    assert dict(zip(answer.table["alternative"], answer.table["beside its baseline"], strict=True))[names[2]] == "-2"
    harder = loaded(POSTS.replace("2.5", "0.5"))
    none, *_ = answered(harder, frame_of(harder, waits), {}, Invented(waits))
    assert none.table.set_index("alternative")["posts released"][names[2]] == "none"
    assert "not shown to meet the targets even with nobody removed: phone_wait_mean_min" in none.words
    slower = answered(study, frame_of(study, waits), {}, Invented(lambda a: waits(a) + 1.0))[0].table
    assert list(slower["posts released"]) != list(answer.table["posts released"])


def test_posts_that_can_go_alone_may_not_go_together(loaded: Loaded) -> None:
    """Each person gone costs a minute whoever it is, so that alone two of each may go and together two."""

    def truth(a: Alternative) -> float:
        return 10.0 + sum(float(v) for p, v in a.others if p.startswith("staff.removed."))

    study = loaded(POSTS.replace("[generalist]", "[generalist, placement]").replace("[two_offices, one_office]", "[one_office]").replace(
        "[today_2011, multichannel]", "[today_2011]"), REST.replace("two_offices", "one_office"))  # fmt: skip
    one, _, other, _, together = answered(study, frame_of(study, truth), {}, Invented(truth))
    assert one.table["posts released"].tolist() == other.table["posts released"].tolist() == [2]
    assert "one skill at a time 4 posts could go, together only 2" in together.words and together.table["together"].tolist() == [2]
    *_, free = answered(study, frame_of(study, truth), {}, Invented(lambda a: min(truth(a), 12.0)))
    assert "together 6 posts released" in free.words


def test_a_search_makes_no_runs_unless_it_may(loaded: Loaded) -> None:
    study = loaded(POSTS)
    (answer,) = answered(study, frame_of(study, waits), {})
    assert answer.words.startswith("not answered: it takes runs that are not there; `channelsim study run` makes them")
    over = {study.alternatives[0].name: {"pool": 9.0}}
    unknown, *_ = answered(study, frame_of(study, waits), over, Invented(waits))
    assert unknown.words.count("not judged, its baseline is overloaded") == 4


def test_a_break_even_is_refined_by_runs_between_the_levels(loaded: Loaded) -> None:
    """On a bent curve the straight line between levels errs; points by halves find the root."""

    def truth(a: Alternative) -> float:
        return 400.0 * (float(a.levels["strategy.channel.web_preference"]) ** 3 - 0.4**3) if a.strategy == "multichannel" else 0.0

    text = BREAK_EVEN.replace("0.1, 0.2, 0.3, 0.45, 0.6, 0.75, 0.9", "0.1, 0.2, 0.9").replace("[two_offices, one_office]", "[two_offices]")
    coarse, fine = loaded(text), loaded(text.replace("same_network}", "same_network, refine: 6}"))
    more = Invented(truth)

    def root(study: Study) -> float:
        (answer,) = answered(study, frame_of(study, truth), {}, more)
        return float(answer.words.partition("web_preference ")[2].partition(" ")[0])

    assert root(coarse) == pytest.approx(0.2 + 0.7 * (0.4**3 - 0.2**3) / (0.9**3 - 0.2**3), abs=0.005) and not more.made
    assert root(fine) == pytest.approx(0.4, abs=0.005) and len(more.made) == 6
    (answer,) = answered(fine, frame_of(fine, truth), {})
    assert "turns to positive" in answer.words and "(from the levels alone: it takes runs that are not there" in answer.words


def test_what_a_search_ran_is_kept_and_made_again_only_where_something_changed(loaded: Loaded, tmp_path: Path) -> None:
    made: list[int] = []

    def run(alone: Study, name: str, replications: list[int]) -> pd.DataFrame:
        made.extend(replications)
        rows = frame_of(alone, waits, n=max(replications) + 1)
        return rows[rows["replication"].isin(replications)]

    study = loaded(POSTS)
    fewer = study.alternatives[0].with_levels({"staff.removed.generalist": 1})
    first = More(run)
    rows = first.of(study, fewer, [0, 1])
    keep_more(tmp_path, first.kept, first.used)
    again = More(kept=read_more(tmp_path))
    pd.testing.assert_frame_equal(again.of(study, fewer, [0, 1]).reset_index(drop=True), rows.reset_index(drop=True), check_dtype=False)
    assert made == [0, 1] and not again.changed
    More(run, kept=read_more(tmp_path)).of(study, fewer, [0, 1, 2])
    assert made == [0, 1, 2]
    other = More(run, kept=read_more(tmp_path))
    other.of(replace(study, seed=8), fewer, [0])
    assert made == [0, 1, 2, 0]
    (tmp_path / FILE).write_bytes(b"torn")
    assert read_more(tmp_path).empty


def test_the_same_persons_go_first_in_every_network(loaded: Loaded) -> None:
    gone = {}
    for name, model in loaded(POSTS).region.office_models.items():
        people = model.staff["balanced"]
        most = may_go(people, "generalist")
        order = [p.id for p in removal_order(p for p in people if p.role == "generalist")]
        one, two = ({p.id for p in people} - {p.id for p in without_first(people, "generalist", n)} for n in (1, 2))
        assert one < two <= set(order) and len(two) == 2 <= most
        left = {(p.role, p.skill, place) for p in without_first(people, "generalist", most) for place in p.place}
        assert left == {(p.role, p.skill, place) for p in people for place in p.place}
        with pytest.raises(ValueError, match="may go"):
            without_first(people, "generalist", most + 1)
        gone[name] = frozenset(one)
    assert len(set(gone.values())) == 1


def test_waits_of_overloaded_alternatives_are_not_judged(loaded: Loaded) -> None:
    study = loaded(ATTRIBUTE + "  - choose: {outcome: phone_wait_mean_min, indifference: 1}\n")
    frame = frame_of(study, lambda a: 1.0)
    over = {study.alternatives[3].name: {"pool": 99.0}}
    freed, wait, best = answered(study, frame, over)
    assert "not answered" not in freed.words
    assert wait.words.startswith(f"not answered: {study.alternatives[3].name}: overloaded")
    assert "not ranked, since overloaded" in best.words


def test_too_few_replications_are_no_answer(loaded: Loaded) -> None:
    assert all(a.words.startswith("not answered: 1 replications") for a in asked(loaded(ATTRIBUTE), lambda a: 1.0, n=1))


def test_data_for_programs_has_no_numbers_that_are_none(loaded: Loaded) -> None:
    import json

    for answer in asked(loaded(BREAK_EVEN), lambda a: 1.0):
        assert json.loads(json.dumps(as_data(answer), allow_nan=False))["kind"] == "break_even"


@pytest.mark.parametrize("path", EXPERIMENTS, ids=lambda p: p.parent.name)
def test_each_experiment_asks_what_its_design_can_answer(path: Path) -> None:
    """On invented figures: every question of every experiment has an answer."""
    study = load_study(path)
    assert study.analyses
    level = {a: 5.0 * i % 37 for i, a in enumerate(study.alternatives)}
    more = Invented(lambda a: 20.0 + float(sum(float(v) for p, v in a.others if p.startswith("staff.removed."))))
    found = answered(study, frame_of(study, lambda a: level[a], n=4), {}, more)
    assert len(found) >= len(study.analyses)
    assert not [a.words for a in found if "not answered" in a.words]


@pytest.mark.parametrize(
    ("question", "where", "what"),
    [
        ("attribute: {outcome: a1_released_h}", "outcome", "unknown outcome 'a1_released_h'; did you mean 'a1_released_h_per_week'?"),
        ("attribute: {outcome: closed_in_both_pct}", "outcome", "closed_in_both_pct is not nothing"),
        (
            "attribute: {outcome: unmet_pct, factors: [strategi]}",
            "factors",
            "'strategi' is no factor of this study; did you mean 'strategy'?",
        ),
        (
            "attribute: {outcome: unmet_pct, plan: {strategy: multichanel}}",
            "plan.strategy",
            "'multichanel' is no level of strategy; did you",
        ),
        ("attribute: {outcome: unmet_pct, plan: {stategy: triage}}", "plan.stategy", "is no factor that this asks about; did you mean"),
        ("attribute: {outcome: unmet_pct, made_of: {strategy: {triage: {a: b}}}}", "made_of.strategy", "does not say what today_2011"),
        ("break_even: {outcome: unmet_pct, factor: strategy}", "factor", "strategy has 0 levels that are numbers"),
        ("break_even: {outcome: unmet_pct, factor: strategy, between: [2, 1]}", "break_even", "the smaller first"),
        ("break_even: {outcome: unmet_pct, factor: demand.scale}", "factor", "'demand.scale' is no factor of this study"),
        ("choose: {outcome: unmet_pct}", "choose", "is missing; add `indifference:`"),
        ("choose: {outcome: unmet_pct, indifference: 0}", "indifference", "greater than 0"),
        ("choose: {outcome: idle_change_h_per_week, indifference: 1}", "outcome", "neither way is better"),
        ("screen: {outcome: unmet_pct}", "screen", "screen does not fit the design full"),
        ("sobol: {outcome: unmet_pct}", "sobol", "use the design sobol_indices"),
        ("tornado: {outcome: unmet_pct}", "tornado", "use the design one_at_a_time"),
        ("regret: {outcome: unmet_pct}", "regret", "regret needs several futures"),
        ("equal_service: {targets: {unmet: {}}}", "targets.unmet", "'unmet' is no measure with a better side; did you mean"),
        ("equal_service: {targets: {unmet_pct: {at_least: 3}}}", "at_least", "of unmet_pct lower is better; use at_most"),
        ("equal_service: {targets: {unmet_pct: {}}, who: [placment]}", "who", "'placment' is no role or skill of the staff; did you mean"),
        (
            "equal_service: {targets: {unmet_pct: {}}, only: {strategy: [trige]}}",
            "only.strategy",
            "'trige' is no level of strategy; did you",
        ),
        ("equal_service: {targets: {}}", "targets", "at least 1"),
        ("compare: {across: strategy}", "across", "strategy belongs to the plan"),
        ("compare: {across: staffing_split}", "across", "staffing_split has one level"),
        ("atribute: {outcome: unmet_pct}", "atribute", "did you mean 'attribute'?"),
        ("attribute: {outcome: unmet_pct}\n    compare: {}", "analyses", "takes exactly one question"),
    ],
)
def test_bad_questions_are_told_at_their_lines(written: Written, question: str, where: str, what: str) -> None:
    path = written(f"office_models: [two_offices]\nstrategies: [today_2011, multichannel, triage]\nanalyses:\n  - {question}\n")
    with pytest.raises(ConfigError) as error:
        load_study(path)
    told = [p for p in error.value.problems if where in p.field]
    assert any(what in f"{p.what}; {p.mend}" for p in told), error.value.problems
    assert all(p.line in (6, 7, 8) for p in error.value.problems), error.value.problems
