"""What is known of a parameter of a region: its unit, over what it goes, whether it is needed, what it means."""

from __future__ import annotations

from dataclasses import dataclass

# Over what a parameter goes.
SERVICES, VISITED, SOME_SERVICES = "service", "service that is not national", "some services"
SEGMENTS, JOBSEEKERS, TOWNS = "segment", "jobseeker segment", "some municipalities"
DAYS, WEEKEND, MONTHS = "weekday", "day of the weekend", "month"
HOURS, CLASSES, FREE, MINUTES = "hours HH:MM-HH:MM", "settlement class", "any key", "minutes"
NEEDED, OPTIONAL = True, False
WORDS: dict[str, tuple[str, ...]] = {
    DAYS: ("mon", "tue", "wed", "thu", "fri"),
    WEEKEND: ("sat", "sun"),
    MONTHS: ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
}
CHANNELS = ("phone", "web", "visit")


@dataclass(frozen=True)
class Known:
    """What is known of a parameter; `unit` may name several spellings, separated by `|`."""

    unit: str
    keys: str | tuple[str, ...]
    needed: bool
    meaning: str
