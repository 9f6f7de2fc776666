"""The example of docs/reference/inference.md prints what the page says, and the page names every procedure."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

from channelsim.study import inference

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "inference.md").read_text(encoding="utf-8")


def test_example_prints_what_the_page_says() -> None:
    code = re.findall(r"```python\n(.*?)```", PAGE, re.S)[0]
    said = "".join(line.removeprefix("# ") + "\n" for line in code.splitlines() if line.startswith("# "))
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(code, {})
    assert out.getvalue() == said


def test_every_procedure_is_on_the_page() -> None:
    procedures = [name for name in inference.__all__ if name[0].islower()]
    assert [name for name in procedures if not re.search(rf"`{name}\b", PAGE)] == []
