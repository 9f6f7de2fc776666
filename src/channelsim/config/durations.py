"""Durations in files of worlds: one family with its mean in minutes."""

from __future__ import annotations

from math import sqrt
from typing import Annotated

from pydantic import ConfigDict, Field, model_validator

from channelsim.config.kinds import LONGEST_MIN, Minutes, Variation
from channelsim.config.lines import Strict
from channelsim.scenario.curves import empirical_mean
from channelsim.scenario.queues import Duration

FAMILIES = ("deterministic", "exponential", "lognormal", "gamma", "erlang", "hyperexponential", "uniform", "triangular", "empirical")
Positive = Annotated[float, Field(gt=0.0, le=LONGEST_MIN)]


class DurationPart(Strict):
    """One family with its mean in minutes: `{exponential: 3}`, `{lognormal: 5, cv: 1}`, `{uniform: [2, 4]}`."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": [family]} for family in FAMILIES]})

    deterministic: Minutes | None = None
    """Always this."""
    exponential: Positive | None = None
    """Mean."""
    lognormal: Positive | None = None
    """Mean; with `cv` or `cv2`."""
    gamma: Positive | None = None
    """Mean; with `cv` or `cv2`."""
    erlang: Positive | None = None
    """Mean of the sum; with `phases`."""
    phases: Annotated[int, Field(ge=1, le=1000)] | None = None
    """Number of equal exponential phases of `erlang`."""
    hyperexponential: Annotated[list[Positive], Field(min_length=2)] | None = None
    """Means of a mixture of exponentials; with `shares`."""
    shares: list[Positive] | None = None
    """How often each mean of `hyperexponential`; they add up to 1."""
    empirical: Annotated[list[Minutes], Field(min_length=2)] | None = None
    """Observations, joined by straight lines from the least to the greatest."""
    cv: Variation | None = None
    """Coefficient of variation: standard deviation over mean."""
    cv2: Annotated[float, Field(gt=0.0, le=100.0)] | None = None
    """Square of `cv`, in place of it."""
    uniform: Annotated[list[Minutes], Field(min_length=2, max_length=2)] | None = None
    """`[low, high]`."""
    triangular: Annotated[list[Minutes], Field(min_length=3, max_length=3)] | None = None
    """`[low, mode, high]`."""

    @model_validator(mode="after")
    def one_family(self) -> DurationPart:
        named = [f for f in FAMILIES if getattr(self, f) is not None]
        if len(named) != 1:
            raise ValueError(f"names {len(named)} distributions, not one of {', '.join(FAMILIES)}")
        if (self.lognormal or self.gamma) and (self.cv is None) == (self.cv2 is None):
            raise ValueError(f"{named[0]} needs cv, its coefficient of variation, or cv2, the square of it")
        if self._cv2 and not (self.lognormal or self.gamma):
            raise ValueError(f"{named[0]} takes no cv")
        if self.gamma and not 1e-4 <= self._cv2 <= 100.0:
            raise ValueError("gamma takes a cv from 0.01 to 10")
        if (self.erlang is None) != (self.phases is None):
            raise ValueError("erlang goes with phases, and phases with erlang")
        if (self.hyperexponential is None) != (self.shares is None):
            raise ValueError("hyperexponential goes with shares, and shares with hyperexponential")
        if self.shares and self.hyperexponential and len(self.shares) != len(self.hyperexponential):
            raise ValueError("as many shares as means")
        if self.shares and abs(sum(self.shares) - 1.0) > 1e-9:
            raise ValueError(f"shares add up to {sum(self.shares):g}, not 1")
        if self.empirical is not None and max(self.empirical) == 0.0:
            raise ValueError("empirical needs a value above 0")
        ends = self.uniform or self.triangular
        if ends is not None and (min(ends) < 0 or sorted(ends) != ends):
            raise ValueError("must be in rising order and not negative")
        return self

    def value(self) -> Duration:
        """The distribution as a value of the scenario."""
        if self.uniform is not None:
            low, high = self.uniform
            return Duration("uniform", (low + high) / 2, low_min=low, high_min=high)
        if self.triangular is not None:
            low, mode, high = self.triangular
            return Duration("triangular", sum(self.triangular) / 3, low_min=low, mode_min=mode, high_min=high)
        if self.hyperexponential is not None:
            shares, means = tuple(self.shares or ()), tuple(self.hyperexponential)
            mean = sum(p * m for p, m in zip(shares, means, strict=True))
            return Duration("hyperexponential", mean, shares=shares, values_min=means)
        if self.empirical is not None:
            values = tuple(sorted(self.empirical))
            return Duration("empirical", empirical_mean(values), values_min=values)
        if self.erlang is not None:
            return Duration("gamma", self.erlang, 1.0 / sqrt(self.phases or 1))
        family = next(f for f in FAMILIES if getattr(self, f) is not None)
        return Duration(family, float(getattr(self, family)), sqrt(self._cv2) if self._cv2 else None)

    @property
    def _cv2(self) -> float:
        return self.cv2 or (self.cv or 0.0) ** 2
