"""Reads `input_groups.yaml`: which figures of a region move together where its inputs are varied."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from channelsim.config.kinds import Name
from channelsim.config.lines import Strict, line_of, load_model, suggestion
from channelsim.config.parameter_names import DELAYS, PARAMETERS
from channelsim.errors import ConfigError, Problem, shown
from channelsim.scenario.input_groups import InputGroup
from channelsim.scenario.region import Region

FILE = "input_groups.yaml"


class GroupPart(Strict):
    """Figures that move together."""

    title: Name
    """What the group stands for."""
    members: Annotated[list[Name], Field(min_length=1, max_length=200)]
    """Parameters as `group.parameter` (all keys) or `group.parameter.key`, delays as `delays.delay`."""
    opposite: Annotated[list[Name], Field(max_length=200)] = []
    """Those that fall where the members rise."""


class InputGroupsFile(Strict):
    """Groups of inputs, each of which moves by one quantile over low, base and high."""

    input_groups: Annotated[dict[str, GroupPart], Field(min_length=1, max_length=100)]
    """Groups by name; a name becomes the factor `inputs.NAME` of a study."""
    left_out: Annotated[dict[Name, Name], Field(max_length=500)] = {}
    """Figures with a range that no group moves, each with the reason: a test holds the default region to being in one or the other."""


def load_input_groups(path: Path) -> tuple[InputGroup, ...]:
    """The groups of a file.

    Raises
    ------
    ConfigError
        For members that no region could give, and for those in two groups.
    """
    f, data = load_model(path, InputGroupsFile)
    problems, first = _members(path, f, data)
    for member in f.left_out:
        where = ("left_out", member)
        if _name(member) not in _known():
            mend = suggestion(member, _known(), "see the parameters and delays of docs/reference/configuration.md")
            problems.append(Problem(shown(path), line_of(data, where), "left_out", f"unknown input {member[:100]!r}", mend))
        elif member in first:
            what = f"{member} is left out, and in the group {first[member]}"
            problems.append(Problem(shown(path), line_of(data, where), "left_out", what, "keep it in one of them"))
    if problems:
        raise ConfigError(problems)
    return tuple(InputGroup(n, g.title, (*g.members,), (*g.opposite,)) for n, g in f.input_groups.items())


def load_left_out(path: Path) -> dict[str, str]:
    """Figures that no group moves -> the reason; the file is one that `load_input_groups` reads."""
    return dict(load_model(path, InputGroupsFile)[0].left_out)


def in_neither(groups: Iterable[InputGroup], left_out: Mapping[str, str], region: Region) -> list[str]:
    """Figures of a region with a range (or estimated) that no group moves and nobody has left out with a reason: what was forgotten."""
    placed = {m for g in groups for m in (*g.members, *g.opposite)} | set(left_out)
    found = [f"{p.group}.{p.name}.{p.key}" for p in region.parameters.values() if p.low < p.high]
    found += [f"delays.{d.name}" for d in region.delays.values() if (d.low_min, d.high_min) not in ((None, None), (d.mean_min, d.mean_min))]
    return [name for name in found if name not in placed and _name(name) not in placed]


def _name(member: str) -> str:
    """The parameter of a member, without its key."""
    return ".".join(member.split(".")[:2])


def _known() -> list[str]:
    return [f"{group}.{name}" for group, name in PARAMETERS] + [f"delays.{name}" for name in DELAYS]


def _members(path: Path, f: InputGroupsFile, data: Any) -> tuple[list[Problem], dict[str, str]]:
    """What is wrong with members of groups, and the first group of each."""
    known = _known()
    problems: list[Problem] = []
    first: dict[str, str] = {}
    for group, part in f.input_groups.items():
        for place in ("members", "opposite"):
            for i, member in enumerate(getattr(part, place)):
                where: tuple[Any, ...] = ("input_groups", group, place, i)
                name = _name(member)
                field = f"input_groups.{group}.{place}"
                if name not in known:
                    mend = suggestion(member, known, "see the parameters and delays of docs/reference/configuration.md")
                    problems.append(Problem(shown(path), line_of(data, where), field, f"unknown input {member[:100]!r}", mend))
                elif member in first or name in first:
                    what = f"{member} is in the group {first.get(member) or first[name]} already"
                    problems.append(Problem(shown(path), line_of(data, where), field, what, "keep it in one of them"))
                first.setdefault(member, group)
    return problems, first


def groups_near(folder: Path) -> tuple[InputGroup, ...]:
    """The groups of the nearest `configs` folder above a region, or none."""
    for parent in folder.resolve().parents:
        if (parent / FILE).is_file():
            return load_input_groups(parent / FILE)
    return ()


def live(groups: tuple[InputGroup, ...], region: Region) -> tuple[InputGroup, ...]:
    """Groups of which a region gives at least one figure with a range."""
    return tuple(g for g in groups if any(_has_range(m, region) for m in (*g.members, *g.opposite)))


def _has_range(member: str, region: Region) -> bool:
    part, name, *key = member.split(".", 2)
    if part == "delays":
        delay = region.delays.get(name)
        return delay is not None and (delay.low_min, delay.high_min) not in ((None, None), (delay.mean_min, delay.mean_min))
    found = (region.parameters[part, name, k] for k in region.keys(part, name) if not key or k == key[0])
    return any(p.low < p.high for p in found)
