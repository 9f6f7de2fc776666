"""JSON Schema of the YAML files, made from the models that read them."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from channelsim.config.input_groups import InputGroupsFile
from channelsim.config.profile import ProfileFile
from channelsim.config.region_file import RegionFile
from channelsim.config.region_staff_file import StaffFile
from channelsim.config.strategy_file import StrategyFile
from channelsim.config.study_files import StudyFile
from channelsim.config.transition import TransitionFile
from channelsim.config.world_files import WorldFile

KINDS: dict[str, type[BaseModel]] = {
    "world": WorldFile, "strategy": StrategyFile, "study": StudyFile, "region": RegionFile, "input_groups": InputGroupsFile,
    "profile": ProfileFile,
    "region_staff": StaffFile,
    "transition": TransitionFile,
}  # fmt: skip


def schema_of(kind: str) -> dict[str, Any]:
    """What a file of a kind may say. What one key demands of another is checked only by `channelsim check`."""
    schema = KINDS[kind].model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": f"channelsim {kind}"}
