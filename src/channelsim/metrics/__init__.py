"""Numbers from trajectories. Importing the package registers all measures."""

from channelsim.metrics import anchors, single  # noqa: F401  (they register their measures)
from channelsim.metrics.measure import MEASURES, Case, Measure, measures_of

__all__ = ["MEASURES", "Case", "Measure", "measures_of"]
