"""Worlds with known answers, theory, the audit of event logs, and the contract of policies (`check_policy`)."""

from __future__ import annotations

from typing import Any


def __getattr__(name: str) -> Any:
    """`check_policy` and its words, imported when they are asked for: the audit must not import engines."""
    if name in ("check_policy", "PolicyError", "PolicyFinding", "PolicyReport"):
        from channelsim.testing import policies

        return getattr(policies, name)
    raise AttributeError(name)
