"""What is shipped, laid out in a folder where it can be spoiled."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from random import Random

ROOT = Path(__file__).parents[2]
TINY, LARGE = Path("configs/regions/tiny"), Path("configs/regions/pohjois-pohjanmaa")


@dataclass(frozen=True)
class Subject:
    """A file to spoil, what `channelsim check` is told to look at, and what is called if it is accepted."""

    file: Path
    target: Path
    then: tuple[tuple[str, ...], ...] = ()


class Material:
    """A copy of the shipped configurations, and groups of files in it with how often each is taken."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(ROOT / "configs", folder / "configs", ignore=shutil.ignore_patterns("source"))
        for study in sorted((ROOT / "experiments").glob("*/study.yaml")):
            (folder / study.relative_to(ROOT)).parent.mkdir(parents=True)
            shutil.copy(study, folder / study.relative_to(ROOT))
        (folder / "worlds").mkdir()
        page = (ROOT / "docs" / "reference" / "worlds.md").read_text(encoding="utf-8")
        for number, text in enumerate(re.findall(r"```yaml\n(.*?)```", page, re.S)):
            (folder / "worlds" / f"{number}.yaml").write_text(text, encoding="utf-8")
        self.groups = self._groups()

    def _groups(self) -> list[tuple[int, list[Subject]]]:
        def below(pattern: str) -> list[Path]:
            return sorted(p.relative_to(self.folder) for p in self.folder.glob(pattern))

        study, out = Path("experiments/tiny/study.yaml"), ("--out", "../out")
        ran = (("check", str(study)), ("run", str(TINY), "--weeks", "1", "--warm-up", "0", *out))
        regions = [[Subject(f, r, ran if r == TINY else ()) for f in below(f"{r}/*.yaml") + below(f"{r}/*.csv")] for r in (TINY, LARGE)]
        strategies = [Subject(f, f, (("check", str(study)),)) for f in below("configs/strategies/*.yaml")]
        studies = [Subject(f, f) for f in below("experiments/*/study.yaml")]
        worlds = [Subject(f, f, (("run", str(f), *out),)) for f in below("worlds/*.yaml")]
        return [(6, regions[0]), (4, regions[1]), (2, strategies), (3, studies), (6, worlds)]

    def pick(self, rng: Random, suffix: str) -> Subject:
        """A subject of a file type, by the weights of the groups."""
        fitting = [(w, [s for s in group if s.file.suffix == suffix]) for w, group in self.groups]
        weights = [w if subjects else 0 for w, subjects in fitting]
        return rng.choice(rng.choices(fitting, weights)[0][1])

    def files(self) -> set[Path]:
        """All that is in the folder, to see whether something was written."""
        return set(self.folder.rglob("*"))
