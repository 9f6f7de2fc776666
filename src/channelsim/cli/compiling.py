"""Says what is happening while kernels are compiled for the first time."""

from __future__ import annotations

import sys

from channelsim.compiled import cache_folder


def compiling_note() -> None:
    """Tell people why the first run on a machine takes longer."""
    if not any(cache_folder().rglob("*.nbc")):
        print("compiling the simulation kernels for this machine: about a quarter of a minute, once", file=sys.stderr, flush=True)
