"""What a study file may ask of its replications, checked: a value for each kind of question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from channelsim.scenario.overrides import Level

BASELINE, SAME_NETWORK = "baseline", "same_network"


@dataclass(frozen=True)
class Compare:
    """Which alternatives are better or worse, and does that hold under every level of a condition?"""

    across: str = ""  # a condition; "": as each alternative stands


@dataclass(frozen=True)
class About:
    """A question about one outcome.

    `against` matters for outcomes that are differences: the baseline of the world, or the same network under the
    baseline's strategy.
    """

    outcome: str
    against: str = BASELINE


@dataclass(frozen=True)
class Attribute(About):
    """What does each factor do, and how is the change from baseline to plan shared out among them?"""

    factors: tuple[str, ...] = ()  # (): all that belong to the plan and have several levels
    plan: Mapping[str, Level] = field(default_factory=dict)
    made_of: Mapping[str, Mapping[str, Mapping[str, Level]]] = field(default_factory=dict)  # factor -> level -> part -> its level


@dataclass(frozen=True)
class BreakEven(About):
    """At which level of a factor does the outcome cross zero?"""

    factor: str = ""
    between: tuple[float, float] | None = None
    refine: int = 0  # further points between the levels next to the root


@dataclass(frozen=True)
class Contour(About):
    """Along which line of two factors does the outcome cross zero?"""

    x: str = ""
    y: str = ""


@dataclass(frozen=True)
class Favourite:
    """Does the level that somebody prefers win, lose or tie against each other level, all else the same?"""

    level: str
    factor: str = "office_model"
    outcomes: tuple[str, ...] = ()  # (): the primary ones


@dataclass(frozen=True)
class Choose(About):
    """Which alternative is best among those that keep the study's constraints?"""

    indifference: float = 1.0
    better: str = ""  # "": as the study or the outcome's definition says


@dataclass(frozen=True)
class Screen(About):
    """Which inputs matter at all?"""


@dataclass(frozen=True)
class Sobol(About):
    """How much of the variance is whose, and what should be measured next?"""


@dataclass(frozen=True)
class Metamodel(About):
    """The same from a sample that fills the ranges."""


@dataclass(frozen=True)
class Spread(About):
    """Luck or ignorance?"""


@dataclass(frozen=True)
class Tornado(About):
    """How far does each input move the answer alone, and which one turns it round?"""


@dataclass(frozen=True)
class Flips(About):
    """At which value of each input does the answer cross zero?"""

    refine: int = 0  # further points of each input that turns it


@dataclass(frozen=True)
class Regret(About):
    """Which alternative is robust whatever the future brings?"""

    better: str = ""


@dataclass(frozen=True)
class Aim:
    """A target of service: an absolute one, or what the baseline gives, less a tolerance."""

    measure: str
    tolerance: float = 0.0
    value: float | None = None


@dataclass(frozen=True)
class EqualService:
    """How many posts can go with the same service?"""

    targets: tuple[Aim, ...]
    who: tuple[str, ...] = ("specialist",)
    most: int = 20
    most_needed: int = 0  # persons who may be added where an alternative misses a target
    scan: bool = False
    only: Mapping[str, tuple[Level, ...]] = field(default_factory=dict)  # factor -> levels; {}: all alternatives


Asked = (
    Compare | Attribute | BreakEven | Contour | Favourite | Choose | Screen | Sobol | Metamodel | Spread | Tornado | Flips | Regret
    | EqualService
)  # fmt: skip
