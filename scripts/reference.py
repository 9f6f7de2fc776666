"""Writes docs/reference/configuration.md from the models that read the files, with examples that are files of the project, and model.md.

python scripts/reference.py            writes the page
python scripts/reference.py --check    exit code 1 if the page is not what it would write (the tests do this)
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel

import model_page
from channelsim.config.expected import NotExpressible
from channelsim.config.parameter_names import DELAYS, NEEDED, PARAMETERS
from channelsim.config.profile import ADDRESS, DIRECTIVE, FOLDER, PLAIN
from channelsim.config.region import KEYS, TABLES
from channelsim.config.schema import KINDS
from channelsim.metrics.paired import PAIRED
from channelsim.metrics.world_measures import WITHOUT_CLASS, WORLD_MEASURES
from channelsim.study.design import MOST_PRIMARY_OUTCOMES

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "reference" / "configuration.md"
Schema = dict[str, Any]

ASKED = {"Compare": "compare", "Attribute": "attribute", "BreakEven": "break_even", "Choose": "choose", "Screen": "screen", "Sobol": "sobol",
         "Metamodel": "metamodel", "Spread": "spread", "Tornado": "tornado", "Regret": "regret", "Contour": "contour", "Favourite": "favourite", "Flips": "flips",
         "EqualService": "equal_service"}  # fmt: skip
# model -> where it stands in a file; a model without an entry here stops the script
TITLES = {
    "WorldFile": "World file", "RunPart": "`run`", "ClassPart": "`classes.NAME`", "ArrivalsPart": "`classes.NAME.arrivals`",
    "StepPart": "`classes.NAME.arrivals.steps`, each", "DurationPart": "A duration", "HoursPart": "Hours: `hours`, `shifts`",
    "ServesPart": "`classes.NAME.pools.POOL`", "ServesHoursPart": "`classes.NAME.pools.POOL.by_hour`, each",
    "TakesHoursPart": "`pools.NAME.takes_by_hour`, each", "FollowPart": "`classes.NAME.after.OUTCOME`, each", "PoolPart": "`pools.NAME`",
    "ExpectedPart": "`expected`, each", "PublishedPart": "`expected.rerun`", "RecordPart": "`expected_records`, each",
    "BalkPart": "`classes.NAME.balk`", "CallBackPart": "`classes.NAME.call_back`", "UnreachedPart": "`classes.NAME.unreached`",
    
    "BookedPart": "`classes.NAME.arrivals.booked`", "UnpunctualPart": "`classes.NAME.arrivals.booked.unpunctual_min`",
    "NoShowPart": "`classes.NAME.no_show`", "TravelPart": "`classes.NAME.travel`", "WorkLeftPart": "`classes.NAME.leaves`",
    "SlotsPart": "`pools.NAME.slots`", "AbsencePart": "`pools.NAME.absence`", "BreakPart": "`pools.NAME.breaks`, each",
    "DutiesPart": "`pools.NAME.other_duties`", "PeoplePart": "`pools.NAME.people`, each",
    "RisePart": "`classes.NAME.rises`, each", "MovesOnPart": "`classes.NAME.moves_on`", "LinesPart": "`lines.NAME`",
    "ProfileFile": "Profile file", "DaskPart": "`dask`", "TlsPart": "`dask.tls`", "SlurmPart": "`slurm`",
    "NotExpressible": "A case that a world cannot say",
    "StrategyFile": "Strategy file", "RoutingPart": "`routing`", "HelpHoursPart": "`routing.by_hour`, each", "ChannelPart": "`channel`", "CustomerPart": "`customer`",
    "TransitionFile": "Study of transitions", "TransitionPart": "`transition`", "ChangePart": "`transition.orders.NAME`, each",
    "StudyFile": "Study file", "WindowPart": "`window`", "StudyBaseline": "`baseline`", "FactorPart": "`factors.PATH`",
    "AlternativesPart": "`alternatives`", "LayoffPart": "`futures.NAME.demand.layoff`", "AbsenceWavePart": "`futures.NAME.staff.absence_wave`",
    "ReviewPart": "`review`", "NetworkPart": "`networks.NAME`", "AnalysisPart": "`analyses`, each", **{f"{k}Part": f"`analyses: {v}`" for k, v in ASKED.items()}, "TargetPart": "`equal_service: targets.MEASURE`", "LimitPart": "`constraints.OUTCOME`", "BudgetPart": "`budget`",
    "InputGroupsFile": "Groups of inputs", "GroupPart": "`input_groups.NAME`", "Baseline": "`baseline` of a region",
    "StaffFile": "staff.yaml of a region", "StaffAbsencePart": "`absence` of staff.yaml", "StaffBreakPart": "`breaks` of staff.yaml, each",
    "MeetingPart": "`meetings`, each", "PartTimePart": "`part_time`, each", "SpeedPart": "`speeds`, each", "LearningPart": "`learning`",
    "MoreSkillPart": "`more_skills`, each",
    "VisitingDayPart": "`visiting_days`, each", "VideoPart": "`video`, each",
    "RegionFile": "region.yaml", "OutagePart": "`web_outages`, each", "Shift": "`shift`", "Invariants": "`invariants`",
}  # fmt: skip
PURPOSES = {
    "municipalities": "who lives where", "services": "what is offered", "segments": "kinds of customers",
    "segment_service": "what they need", "municipality_segment": "kinds of customers by municipality",
    "parameters": "all other figures", "delays": "how long customers wait before they come again",
    "office_area": "office model: which office a municipality belongs to", "points": "office model: the service points",
    "hours": "office model: when points and lines are open", "staff": "office model: who works where",
    "service_map": "office model: who serves what for whom", "national_line": "lines for the whole country",
    "appointments": "the appointment book of each skill", "targets": "what is aimed at", "closed_days": "days on which all is closed",
}  # fmt: skip
UNITS = (("per_min", "1/min"), ("per_year", "1/year"), ("_min", "min"), ("_s", "s"), ("_pct", "%"), ("_weeks", "weeks"),
         ("working_days", "working days"), ("_fte", "persons"), ("share", "share"), ("lat", "degrees"), ("lon", "degrees"))  # fmt: skip
IN_MINUTES = ("deterministic", "exponential", "lognormal", "gamma", "erlang", "hyperexponential", "empirical", "uniform", "triangular")
PATTERNS = {
    PLAIN: "letters, digits and `_.,:@/%+=-`",
    FOLDER: "a path from `/`, no blanks",
    ADDRESS: "`tcp://` or `tls://`",
    DIRECTIVE: "`--name=value`",
}
PERSONS = {("PoolPart", "staff"), ("ServesPart", "reserve"), ("NationalRow", "persons"), ("MunicipalityRow", "population"),
           ("MunicipalityRow", "unemployed"), ("Invariants", "staff")}  # fmt: skip
WORLDS = {
    "m-m-c": "One queue: M/M/c", "n-design": "N-design with abandonment", "day-with-shifts": "A day with shifts and closing",
    "phone-to-visit": "From phone to visit",
}  # fmt: skip


def unit(model: str, key: str) -> str:
    """Unit of a key, from its name: units are in every name."""
    if (model, key) in PERSONS:
        return "persons"
    if model == "DurationPart" and key in IN_MINUTES:
        return "min"
    if key == "weeks_per_year":
        return "weeks"
    return next((word for ending, word in UNITS if key.endswith(ending)), "")


def kind(schema: Schema) -> str:
    """Type of a value in words."""
    schema = {**schema, "anyOf": schema["oneOf"]} if "oneOf" in schema else schema
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(kind(s) for s in schema["anyOf"] if s.get("type") != "null"))
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        return f"[{TITLES[name].replace('`', '')}](#{anchor(name)})"
    if "enum" in schema:
        return "one of " + ", ".join(f"`{v}`" for v in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    if schema.get("format") == "HH:MM":
        return '"HH:MM"'
    if schema.get("format") == "date":
        return "date YYYY-MM-DD"
    if schema["type"] == "array":
        inner = kind(schema["items"])
        return f"list of ({inner})" if "anyOf" in schema["items"] else f"list of {inner}"
    if schema["type"] == "object":
        return f"table of {kind(schema['additionalProperties'])}"
    return {"string": "text", "number": "number", "integer": "whole number", "boolean": "`true` or `false`"}[schema["type"]]


def bounds(schema: Schema) -> str:
    """Range of a value in words; a list or table says it of its values."""
    schema = {**schema, "anyOf": schema["oneOf"]} if "oneOf" in schema else schema
    if "anyOf" in schema:
        return "; ".join(dict.fromkeys(filter(None, map(bounds, schema["anyOf"]))))
    if schema.get("type") in ("array", "object"):
        inner = schema.get("items", schema.get("additionalProperties", {}))
        size = [f"at least {schema[k]}" for k in ("minItems", "minProperties") if schema.get(k)]
        size += [f"at most {schema[k]}" for k in ("maxItems", "maxProperties") if schema.get(k)]
        if schema.get("minItems") and schema.get("minItems") == schema.get("maxItems"):
            size = [f"exactly {schema['minItems']}"]
        inside = bounds(inner) if isinstance(inner, dict) else ""
        return "; ".join([*size, *([f"each {inside.removeprefix('each ')}"] if inside else [])])
    words = [
        f"{sign} {schema[k]:g}"
        for k, sign in (("minimum", ">="), ("exclusiveMinimum", ">"), ("maximum", "<="), ("exclusiveMaximum", "<"))
        if k in schema
    ]
    return ", ".join(
        [
            *words,
            *(["not empty"] if schema.get("minLength") else []),
            *([PATTERNS.get(schema["pattern"], "no path")] if "pattern" in schema and "format" not in schema else []),
        ]
    )


def default(key: str, schema: Schema, required: list[str]) -> str:
    if key in required:
        return "**needed**"
    value = schema.get("default")
    if isinstance(value, bool):
        return str(value).lower()
    if value in (None, "", [], {}) or isinstance(value, dict):
        return "none"
    return ", ".join(map(str, value)) if isinstance(value, list) else f"{value:g}" if isinstance(value, float) else str(value)


def anchor(model: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "-", model).lower()


def table(model: str, schema: Schema) -> Iterator[str]:
    """The keys of one model."""
    yield "| key | type | unit | default | range | meaning |"
    yield "|---|---|---|---|---|---|"
    for key, field in schema["properties"].items():
        if not field.get("description"):
            raise SystemExit(f"{model}.{key} has no description: write it below the field")
        cells = (
            f"`{key}`",
            kind(field),
            unit(model, key),
            default(key, field, schema.get("required", [])),
            bounds(field),
            field["description"],
        )
        yield "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
    yield ""


def parts(root: type[BaseModel], seen: set[str]) -> Iterator[str]:
    """A file's own keys, then each part that it names, once on the page."""
    schema = root.model_json_schema()
    models = {root.__name__: schema, **dict(in_order(schema))}
    for name, part in models.items():
        if name in seen:
            continue
        seen.add(name)
        level = (
            "##"
            if name
            in ("WorldFile", "StrategyFile", "StudyFile", "RegionFile", "StaffFile", "InputGroupsFile", "TransitionFile", "ProfileFile")
            else "###"
        )
        yield f'{level} <a id="{anchor(name)}"></a>{TITLES[name]}\n'
        if part.get("description"):
            yield part["description"].replace("\n", " ") + "\n"
        yield from table(name, part)


def in_order(schema: Schema) -> Iterator[tuple[str, Schema]]:
    """Parts in the order in which the file names them."""
    waiting, told = [schema], set()
    while waiting:
        here = waiting.pop(0)
        for name in re.findall(r"#/\$defs/(\w+)", str({k: v for k, v in here.items() if k != "$defs"})):
            if name not in told:
                told.add(name)
                yield name, schema["$defs"][name]
                waiting.append(schema["$defs"][name])


def yaml_example(path: str) -> str:
    return f"`{path}`:\n\n```yaml\n{(ROOT / path).read_text(encoding='utf-8').rstrip()}\n```\n"


def csv_example(name: str) -> str:
    lines = (ROOT / "configs" / "regions" / "tiny" / f"{name}.csv").read_text(encoding="utf-8").splitlines()[:3]
    return "```csv\n" + "\n".join(lines) + "\n```\n"


def worlds(seen: set[str]) -> Iterator[str]:
    yield from parts(KINDS["world"], seen)
    yield """Rules that span keys: a duration names exactly one law; a class has a `service_min`, or each of its pools gives one, or it is `self_service`
with one; `at_closing: send_home` needs `hours`; a pool may `takes` only classes that name it under `pools`; the shares of an outcome add up to at most 1.
Among pools of least rank the person idle longest is asked; within a class it is first come, first served; nobody is interrupted.
"""
    yield "### Measures of `expected`\n\n| measure | what it is | takes beside `class` | must have |\n|---|---|---|---|"
    for name, m in WORLD_MEASURES.items():
        note = " (not `class`)" if name in WITHOUT_CLASS else ""
        yield f"| `{name}` | {m.definition} | {', '.join(m.options)}{note} | {', '.join(m.needs)} |"
    yield ""
    yield from parts(NotExpressible, seen)
    yield "### Examples of worlds\n"
    for name, title in WORLDS.items():
        yield f"**{title}**, {yaml_example(f'configs/worlds/{name}.yaml')}"


def region(seen: set[str]) -> Iterator[str]:
    yield from parts(KINDS["region"], seen)
    yield yaml_example("configs/regions/tiny/region.yaml")
    yield "## Tables of a region\n"
    yield ("CSV with a header, commas, UTF-8; one row for each key. An empty cell is the default. An **office model** is the rows of one `model` in\n"
           "`office_area`, `points`, `hours`, `staff` and `service_map`, and its name in `office_models` of region.yaml.\n")  # fmt: skip
    for name, model in TABLES.items():
        yield f'### <a id="table-{name}"></a>{name}.csv: {PURPOSES[name]}\n'
        yield f"One row for each {', '.join(f'`{k}`' for k in KEYS[name])}.\n"
        yield from table(model.__name__, model.model_json_schema())
        yield csv_example(name)
    yield "### travel_km.csv, travel_minutes.csv: by car between municipalities\n"
    yield "Square tables: a header `municipality` and the names, then a row for each name; kilometres, and minutes; >= 0.\n"
    yield csv_example("travel_km")
    yield "### Parameters\n\n| group | parameter | unit | keys | needed | meaning |\n|---|---|---|---|---|---|"
    for (group, name), p in PARAMETERS.items():
        keys = p.keys if isinstance(p.keys, str) else ", ".join(f"`{k}`" for k in p.keys)
        yield f"| {group} | `{name}` | {p.unit.replace('|', ' or ')} | {keys} | {'yes' if p.needed is NEEDED else ''} | {p.meaning} |"
    yield "\n### Delays\n\n| delay | what it is |\n|---|---|"
    yield from (f"| `{name}` | {meaning} |" for name, meaning in DELAYS.items())
    yield ""
    yield from parts(KINDS["region_staff"], seen)
    yield "A region folder may have this file; what it does, with examples: [region-staff.md](region-staff.md).\n"


def page() -> str:
    """The whole page."""
    seen: set[str] = set()
    lines = [
        "<!-- written by scripts/reference.py; change the models in src/channelsim/config, then run it -->",
        "# Configuration: every key of every file\n",
        """Each YAML file begins with the key that says its kind: [`world`](#world-file), [`strategy`](#strategy-file), [`study`](#study-file), [`region`](#region-file), [`input_groups`](#input-groups-file), [`profile`](#profile-file).
`channelsim check FILE` says all that is wrong with it, `channelsim schema KIND` prints its JSON Schema. A key that is not listed is refused. Times of day are written in
quotes (`"08:00"`). Weekdays are `mon` to `sun`. A list may be written `[a, b]` and a table `{key: value}`. Times are minutes from Monday 00:00, rates per minute.
How worlds behave, with more examples, is in [worlds.md](worlds.md).

To run a world: `channelsim run FILE --seed 1`, `channelsim check-against-theory FILE`, `channelsim verify FILE` (with `expected`). A region: `channelsim run FOLDER`.
A study: `channelsim study run FILE --out results/NAME`.
""",
        *worlds(seen),
        *parts(KINDS["strategy"], seen),
        yaml_example("configs/strategies/multichannel.yaml"),
        *parts(KINDS["study"], seen),
        f"### Outcomes, for `primary_outcomes` (at most {MOST_PRIMARY_OUTCOMES}) and `margins`\n\n| outcome | unit | better | what it is |\n|---|---|---|---|",
        *(f"| `{name}` | {of_unit} | {better} | {words} |" for name, (of_unit, better, words) in PAIRED.items()),
        "",
        yaml_example("experiments/tiny/study.yaml"),
        *parts(KINDS["transition"], seen),
        yaml_example("experiments/transition-2011-2015/study.yaml"),
        *parts(KINDS["input_groups"], seen),
        "The groups of this project are in `configs/input_groups.yaml`; a region takes those of the nearest `configs` folder.\n",
        *region(seen),
        *parts(KINDS["profile"], seen),
        yaml_example("configs/profiles/slurm.yaml"),
        "What executors do with it: [results.md](results.md#executors).\n",
    ]
    return "\n".join(lines).rstrip() + "\n"


def main() -> int:
    pages = ((PAGE, page()), (model_page.PAGE, model_page.page()))
    for file, text in pages:
        if "--check" not in sys.argv[1:]:
            file.write_text(text, encoding="utf-8")
        elif not file.is_file() or file.read_text(encoding="utf-8") != text:
            print(f"{file.name} is not what the models say: run python scripts/reference.py")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
