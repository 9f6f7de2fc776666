"""Where an own rule in Python is asked: on the reference engine only, as no kernel can hold it."""

from __future__ import annotations

from typing import Any

from numba.extending import overload

from channelsim.scenario.tables import NONE


def asked_contact(s: Any, w: Any, pool: int, now: float, asked: int, after_shift: bool) -> int:
    """The pair (class, pool) that a Python rule names for a freed person, or NONE."""
    return int(w.contact_score(s, w, pool, now, asked, after_shift))


def asked_pool(s: Any, w: Any, of_class: int, stage: int) -> int:
    """The pair (class, pool) that a Python rule names for a contact that is set loose, or NONE."""
    return int(w.pool_score(s, w, of_class, stage))


@overload(asked_contact, strict=False)
def _no_contact(s: Any, w: Any, pool: Any, now: Any, asked: Any, after_shift: Any) -> Any:
    return lambda s, w, pool, now, asked, after_shift: NONE


@overload(asked_pool, strict=False)
def _no_pool(s: Any, w: Any, of_class: Any, stage: Any) -> Any:
    return lambda s, w, of_class, stage: NONE
