"""What one may conclude from replications: a question each, with intervals, and words for whoever asked.

Pure functions over arrays and DataFrames; no files, no engines. A procedure that needs more runs is given a callable
that makes them. `docs/reference/inference.md` has formulas, sources, assumptions and measured coverage.

=================================================  ==========================================
Which alternatives are better, worse, the same?    `compare`, `pairing`
Does a verdict hold under every assumption?         `across`
Are they known precisely enough; can they be?      `look`, `run_until`, `reachable`
How many posts can go at equal service?            `at_equal_service`, `slacks`, `joint_check`
Which alternative is the best that keeps limits?   `choose`, `subset`
What does each part of the change do?              `effects`, `shapley`
Where does an outcome cross zero?                  `break_even`, `break_even_at`, `contour`, `contour_at`
Which inputs matter; which to measure next?        `morris`, `sobol`, `polynomial`, `measure_next`
Is the spread luck or ignorance?                   `spread`
Which input turns the verdict round?               `tornado`, `flips`
What is robust whatever comes?                     `regret`
=================================================  ==========================================
"""

from channelsim.study.inference.across import Across, across
from channelsim.study.inference.attribute import Attribution, Effect, Effects, effects, shapley
from channelsim.study.inference.choice import Choice, Goal, choose
from channelsim.study.inference.comparison import Comparison, Finding, Outcome, Pairing, compare, paired_differences, pairing, verdict
from channelsim.study.inference.contours import Contour, contour, contour_at
from channelsim.study.inference.crossing import BreakEven, break_even
from channelsim.study.inference.crossing_levels import break_even_at
from channelsim.study.inference.equal_service import EqualService, at_equal_service
from channelsim.study.inference.indices import Measure, Sensitivity, measure_next, sobol
from channelsim.study.inference.intervals import Estimate, one_sided, pointwise, simultaneous
from channelsim.study.inference.joint import JointCheck, joint_check
from channelsim.study.inference.metamodel import Metamodel, polynomial, rank_correlation
from channelsim.study.inference.one_at_a_time import Bar, Tornado, flips, tornado
from channelsim.study.inference.precision import LOOKS, Precision, Reachable, look, reachable, run_until
from channelsim.study.inference.regrets import Regret, regret
from channelsim.study.inference.screening import Screening, morris
from channelsim.study.inference.subsets import Subset, subset
from channelsim.study.inference.targets import Target, slacks
from channelsim.study.inference.uncertain import UncertainInput, array_of, values_at
from channelsim.study.inference.variance import Spread, spread

__all__ = [
    "LOOKS", "Across", "Attribution", "Bar", "BreakEven", "Choice", "Comparison", "Contour", "Effect", "Effects", "EqualService",
    "Estimate", "Finding", "Goal", "JointCheck", "Measure", "Metamodel", "Outcome", "Pairing", "Precision", "Reachable", "Regret",
    "Screening", "Sensitivity", "Spread", "Subset", "Target", "Tornado", "UncertainInput", "across", "array_of",
    "at_equal_service", "break_even", "break_even_at", "choose", "compare", "contour", "contour_at", "effects",
    "flips", "joint_check", "look",
    "measure_next", "morris", "one_sided", "paired_differences", "pairing", "pointwise", "polynomial", "rank_correlation", "reachable",
    "regret", "run_until", "shapley", "simultaneous", "slacks", "sobol", "spread", "subset", "tornado", "values_at", "verdict",
]  # fmt: skip
