"""The best is chosen as often as stated, on cases whose best is known; constraints are kept; ties are not ranked."""

from __future__ import annotations

import numpy as np
import pytest
from sim_tools.ovs.indifference_zone import KN

from channelsim.study.inference import choice as module
from channelsim.study.inference.choice import Goal, choose
from channelsim.study.inference.subsets import subset
from tests.statistics.proof import FULL, halve_intervals, kept, luck, runs, together

DELTA = 1.0
GOAL = Goal("freed time", "h/week", "higher", DELTA)
LIMITED = Goal("freed time", "h/week", "higher", DELTA, (("wait", 5.0, 0.5),))
NAMES = tuple("abcde")
SLIPPAGE = np.array([0.0, 0.0, 0.0, 0.0, DELTA])  # the hardest case the promise covers: all others just worse by delta
STEPS = DELTA * np.arange(5.0)
TWO_GROUPS = np.array([0.0, 0.0, 0.0, 2 * DELTA, 3 * DELTA])
CASES = {"slippage": (SLIPPAGE, 0.0), "slippage, common luck": (SLIPPAGE, 0.6), "steps": (STEPS, 0.3), "two groups": (TWO_GROUPS, 0.3)}


def stream(rng: np.random.Generator, means: np.ndarray, correlation: float, waits: np.ndarray | None = None, spread: float = 3.0):
    """sample() of one macro-replication: paired normal outcomes, and waits if asked for."""
    most = 2000
    y = means + spread * together(rng, most, len(means), correlation)
    x = None if waits is None else waits + 1.5 * together(rng, most, len(means), correlation)

    def sample(i: int, wanted: range) -> np.ndarray:
        at = slice(wanted.start, wanted.stop)
        return y[at, [i]] if x is None else np.column_stack([y[at, i], x[at, i]])

    return sample


def correct(macros: int, case: str, seed: int = 41) -> float:
    means, correlation = CASES[case]

    def right(rng: np.random.Generator) -> bool:
        return choose(stream(rng, means, correlation), NAMES, GOAL, 20, 2000, step=5).best == "e"

    return kept(right, macros, seed)


@runs(150)
@pytest.mark.parametrize("case", CASES)
def test_probability_of_correct_selection(macros: int, case: str) -> None:
    found = correct(macros, case)
    assert found >= (0.95 - 0.005 if macros >= FULL else 0.92)


WAITS = np.array([5.5, 4.5, 4.5, 4.5, 5.5])  # a and e just break the limit; d is the best of the others
BEST_FEASIBLE = np.array([6.0, 0.0, 0.0, DELTA, 6.0])


def correct_under_limits(macros: int, seed: int = 42) -> float:
    def right(rng: np.random.Generator) -> bool:
        return choose(stream(rng, BEST_FEASIBLE, 0.4, WAITS), NAMES, LIMITED, 20, 2000, step=5).best == "d"

    return kept(right, macros, seed)


@runs(150)
def test_probability_of_correct_selection_under_constraints(macros: int) -> None:
    assert correct_under_limits(macros) >= (0.945 if macros >= FULL else 0.92)


def test_half_the_continuation_region_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    true = module.half_slope
    monkeypatch.setattr(module, "half_slope", lambda error, n0: true(error, n0) / 4.0)
    assert correct(300, "slippage") < 0.92
    assert correct_under_limits(300) < 0.92


def test_equal_to_sim_tools() -> None:
    """The same selection as sim-tools' KN for independent alternatives, on the same numbers (its eta is Sidak's, ours Bonferroni's)."""
    agree = 0
    for seed in range(40):
        sample = stream(luck(100 + seed), STEPS, 0.0)

        class Model:
            def __init__(self, values) -> None:
                self.values, self.seen, self.observers = values, [0] * 5, []

            def register_observer(self, observer) -> None:
                self.observers.append(observer)

            def simulate(self, design: int, replications: int = 1):
                row = range(self.seen[design], self.seen[design] + 1)
                self.seen[design] += 1
                value = float(self.values(design, row)[0, 0])
                for o in self.observers:
                    o.feedback(None, design, value)
                return value

        peer = KN(Model(sample), 5, DELTA, alpha=0.05, n_0=20, obj="max")
        agree += NAMES[int(np.asarray(peer.solve()).ravel()[0])] == choose(sample, NAMES, GOAL, 20, 2000).best
    assert agree >= 38


def test_common_luck_saves_replications() -> None:
    spent = {
        rho: sum(sum(choose(stream(luck(s), STEPS, rho), NAMES, GOAL, 20, 2000, 5).replications.values()) for s in range(40))
        for rho in (0.0, 0.9)
    }
    assert spent[0.9] < 0.5 * spent[0.0]


def test_what_the_budget_cannot_tell_apart_is_not_ranked() -> None:
    means = np.array([0.0, 0.0, 0.0, 99.9, 100.0])
    found = choose(stream(luck(43), means, 0.0), NAMES, Goal("freed time", "h/week", "higher", 0.05), 20, 60)
    assert found.best is None and found.candidates == ("d", "e") and set(found.beaten) == {"a", "b", "c"}
    assert str(found) == "cannot rank d and e in freed time within the budget; the best is among them with probability at least 95 %"
    assert all(n <= 60 for n in found.replications.values())


def test_nothing_keeps_the_constraints() -> None:
    found = choose(stream(luck(44), STEPS, 0.0, np.full(5, 9.0)), NAMES, LIMITED)
    assert found.best is None and found.infeasible == NAMES
    assert str(found).startswith("no alternative keeps the constraints, with probability at least 95 %; a, b, c, d and e shown to break")


def test_lower_is_better_turns_the_choice() -> None:
    found = choose(stream(luck(45), 10 * STEPS, 0.0), NAMES, Goal("wait", "min", "lower", DELTA), 20, 2000, 5)
    assert found.best == "a" and "a is the best in wait, or within 1.00 min of it" in str(found)


def test_equal_alternatives_end() -> None:
    same = luck(46).standard_normal((500, 1))
    found = choose(lambda i, wanted: same[wanted.start : wanted.stop], ("a", "b"), GOAL, 20, 500)
    assert found.best == "a"


def test_zones_must_be_positive() -> None:
    with pytest.raises(ValueError, match="must be positive"):
        choose(stream(luck(47), STEPS, 0.0), NAMES, Goal("x", "h", "higher", 0.0))


def subset_holds(macros: int, limited: bool) -> tuple[float, float]:
    """(share that keep the best, mean size): all means equal but the best's hair above, the hardest case; a is far off."""
    sizes: list[int] = []

    def holds(rng: np.random.Generator) -> bool:
        y = np.array([-30.0, 0.0, 0.0, 0.0, 1e-9]) + 3.0 * together(rng, 15, 5)
        x = np.array([4.0, 9.0, 4.0, 5.0, 5.0]) + together(rng, 15, 5)
        values = np.stack([y, x], axis=2) if limited else y[:, :, None]
        found = subset(values, NAMES, LIMITED if limited else GOAL)
        sizes.append(len(found.kept))
        return "e" in found.kept

    return kept(holds, macros, 48), float(np.mean(sizes))


def test_unknown_values_are_refused() -> None:
    with pytest.raises(ValueError, match=r"alternative 0: numbers \[replication, 1 \+ 0 constraints\]"):
        choose(lambda i, wanted: np.full((len(wanted), 1), np.nan), NAMES, GOAL)
    with pytest.raises(ValueError, match="1 constraints"):
        choose(stream(luck(47), STEPS, 0.0), NAMES, LIMITED)


@runs(1000, 5000)
@pytest.mark.parametrize("limited", [False, True])
def test_subset_holds_the_best(macros: int, limited: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    share, size = subset_holds(macros, limited)
    assert share >= 0.945 and size < 4.05
    halve_intervals(monkeypatch)
    assert subset_holds(500, limited)[0] < 0.935


def test_words_of_a_subset() -> None:
    y = np.array([-30.0, 0.0, 0.0, 0.0, 1.0]) + 0.1 * luck(49).standard_normal((15, 5))
    assert str(subset(y[:, :, None], NAMES, GOAL)) == "the best in freed time is among e with probability at least 95 %"
