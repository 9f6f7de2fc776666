"""What must hold of the parameters of a region: known names, units and keys, all that is needed, shares that add up."""

from __future__ import annotations

from itertools import pairwise

from channelsim.config import parameter_names as P
from channelsim.config.checker import Checker
from channelsim.config.csv_rows import Line
from channelsim.config.feature_checks import check_features
from channelsim.config.kinds import minutes_of
from channelsim.config.lines import suggestion
from channelsim.scenario.overrides import SUM_AT_MOST_ONE, SUM_TO_ONE

ROUNDED = 1e-3  # of the shares that people write
LEAST_SHARE = 1e-6


def check_parameters(c: Checker) -> None:
    """Known names, units and keys; all that the model needs; shares that must add up."""
    known = [f"{group}, {name}" for group, name in P.PARAMETERS]
    given: dict[tuple[str, str], dict[str, Line]] = {}
    meant: set[str] = set()
    for line in c.tables["parameters"]:
        row, label = line.row, f"{line.row.group}, {line.row.parameter}"
        given.setdefault((row.group, row.parameter), {})[row.key] = line
        entry = P.PARAMETERS.get((row.group, row.parameter))
        if entry is None and c.full("parameters"):
            continue
        if entry is None:
            mend = suggestion(label, known, "see config/parameter_names.py for the names")
            meant.add(mend)
            c.say("parameters", line.number, "parameter", f"unknown: {label}", mend)
            continue
        if row.unit not in entry.unit.split("|"):
            what = f"{label} is in {entry.unit.split('|')[0]!r}, not in {row.unit!r}"
            c.say("parameters", line.number, "unit", what, "convert the figures, then correct the unit")
        _check_key(c, line, label, entry)
    for (group, name), entry in P.PARAMETERS.items():
        rows = given.get((group, name), {})
        _check_complete(c, f"{group}, {name}", entry, rows, f"did you mean {f'{group}, {name}'!r}?" in meant)
    _check_sums(c, given)
    _check_ends(c, given)
    check_features(c, given)
    for name in ("phone_hour_share", "visit_hour_share", "web_hour_share"):
        _check_profile(c, given.get(("profile", name), {}))


def _keys(c: Checker, keys: str | tuple[str, ...]) -> tuple[set[str], str] | None:
    """The keys that a parameter may have and the table they come from; None where any will do."""
    columns = {
        P.SERVICES: ("services", "service"), P.VISITED: ("services", "service"), P.SOME_SERVICES: ("services", "service"),
        P.SEGMENTS: ("segments", "segment"), P.JOBSEEKERS: ("segments", "segment"), P.TOWNS: ("municipalities", "municipality"),
        P.CLASSES: ("municipalities", "settlement_class"),
    }  # fmt: skip
    if isinstance(keys, tuple):
        return set(keys), ""
    if keys in P.WORDS:
        return set(P.WORDS[keys]), ""
    if keys in columns:
        return c.names(*columns[keys]), columns[keys][0]
    return None


def _check_key(c: Checker, line: Line, label: str, entry: P.Known) -> None:
    if entry.keys == P.MINUTES:
        if not line.row.key.replace(".", "", 1).isdigit():
            c.say("parameters", line.number, "key", f"{line.row.key!r} is no number of minutes", "write it as 5 or 7.5")
        return
    if entry.keys == P.HOURS:
        try:
            start, end = (minutes_of(part) if len(part) == 5 else -1.0 for part in line.row.key.split("-"))
        except ValueError:
            start = end = -1.0
        if not 0.0 <= start < end:
            c.say("parameters", line.number, "key", f"{line.row.key!r} is no part of a day", "write it as 09:00-10:00")
        return
    options = _keys(c, entry.keys)
    if options is None or line.row.key in options[0] or (options[1] and not c.tables[options[1]].whole):
        return
    mend = suggestion(line.row.key, options[0], f"use one of {', '.join(sorted(options[0]))}")
    c.say("parameters", line.number, "key", f"unknown key {line.row.key!r} of {label}", mend)


def _check_complete(c: Checker, label: str, entry: P.Known, rows: dict[str, Line], mistyped: bool) -> None:
    """A needed parameter has all its keys; one that goes over services, segments, days or months has all or none."""
    together = entry.keys in (P.SERVICES, P.VISITED, P.SEGMENTS, P.JOBSEEKERS, P.DAYS, P.WEEKEND, P.MONTHS)
    if not (entry.needed or (together and rows)) or not c.tables["parameters"].whole:
        return
    if entry.keys == P.VISITED:
        wanted = [line.row.service for line in c.tables["services"] if line.row.tier != "national"]
    elif entry.keys == P.JOBSEEKERS:
        wanted = [line.row.segment for line in c.rows("segments", customer_kind="jobseeker")]
    else:
        options = _keys(c, entry.keys)
        wanted = list(entry.keys) if isinstance(entry.keys, tuple) else sorted(options[0]) if options else []
    group, name = label.split(", ")
    broken = {b.get("key", "") for b in c.tables["parameters"].broken if (b.get("group"), b.get("parameter")) == (group, name)}
    at = min((line.number for line in rows.values()), default=1)
    for key in wanted:
        if key not in rows and key not in broken:
            what = "is missing" + (": its name is mistyped in another row" if mistyped else "")
            mend = "correct that row" if mistyped else f"add a row: {entry.meaning}"
            c.say("parameters", at, f"{label}, {key}", what, mend)


def _check_sums(c: Checker, given: dict[tuple[str, str], dict[str, Line]]) -> None:
    lost = {(cells.get("group"), cells.get("parameter")) for cells in c.tables["parameters"].broken}
    for name in (*SUM_TO_ONE, *SUM_AT_MOST_ONE, ("seasonality", "unemployed_index")):
        rows = list(given.get(name, {}).values())
        if not rows or name in lost or not c.tables["parameters"].whole:
            continue
        total = sum(line.row.base for line in rows)
        if name in SUM_TO_ONE and abs(total - 1.0) > ROUNDED:
            c.say("parameters", rows[0].number, name[1], f"shares add up to {total:.4f}, not 1", "correct them")
        elif name in SUM_AT_MOST_ONE and total > 1.0 + 1e-9:
            c.say("parameters", rows[0].number, name[1], f"shares add up to {total:.4f}, more than 1", "correct them")
        elif name[0] == "seasonality" and abs(total / len(rows) - 1.0) > 0.05:
            c.say("parameters", rows[0].number, name[1], f"the months have a mean of {total / len(rows):.3f}, not 1", "divide by the mean")
    failed = given.get(("web", "after_failure_share"), {})
    if failed and not any(line.row.base > 0 for key, line in failed.items() if key != "give_up"):
        at = next(iter(failed.values())).number
        c.say("parameters", at, "after_failure_share", "everybody gives up after a failed attempt", "give web, phone or visit a share")


def _check_ends(c: Checker, given: dict[tuple[str, str], dict[str, Line]]) -> None:
    """Shares at which nobody works, nothing is asked for, or a week has no days."""
    for name, wrong, meaning in (
        (("volume", "original_share"), 0.0, "no contact is an original one"),
        (("staff", "contact_work_share"), 0.0, "nobody works for customers"),
        (("staff", "absence_share"), 1.0, "everybody is always away"),
    ):
        for line in given.get(name, {}).values():
            if abs(line.row.base - wrong) < LEAST_SHARE:
                c.say("parameters", line.number, "base", f"{line.row.base:g} means that {meaning}", "give another share")
    days = given.get(("profile", "weekday_index"), {})
    if days and sum(line.row.base for line in days.values()) < LEAST_SHARE:
        c.say("parameters", next(iter(days.values())).number, "weekday_index", "no day has contacts", "give one of them an index above 0")


def _check_profile(c: Checker, rows: dict[str, Line]) -> None:
    """Parts of a day follow one another without overlap."""
    parts = sorted((key.partition("-")[0], key.partition("-")[2], line.number) for key, line in rows.items())
    for before, after in pairwise(parts):
        if after[0] < before[1]:
            c.say(
                "parameters",
                after[2],
                "key",
                f"{after[0]}-{after[1]} overlaps {before[0]}-{before[1]}",
                "let one end where the next begins",
            )
