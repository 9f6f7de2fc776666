"""Makes a policy of a function or a rule: with the place where it stands, and a digest of all that it says."""

from __future__ import annotations

import hashlib
import inspect
from pathlib import Path
from typing import Any

from channelsim.errors import ConfigError, Problem, shown
from channelsim.scenario.own_rules import digest_of
from channelsim.scenario.policy import CompiledRule, Policy, PythonRule

GUIDE = "docs/guides/write-a-policy.md"


def as_policy(value: Any, name: str = "policy") -> Policy:
    """A policy from a function, a rule or a policy in a program; other processes cannot load it."""
    if isinstance(value, Policy):
        return value
    function = value if inspect.isfunction(value) else next(f for f in (value.compile, value.contact, value.pool) if f is not None)
    body = getattr(function, "py_func", function)
    file, line = inspect.getsourcefile(body) or "program", body.__code__.co_firstlineno
    return made(value, name, shown(Path(file)), line, hashlib.sha256(name.encode()), None)


def made(value: Any, name: str, file: str, line: int, digest: Any, origin: Any) -> Policy:
    """The policy of a value, if it is one."""
    if isinstance(value, CompiledRule | PythonRule):
        for function in (value.contact, value.pool):
            if function is not None:
                _refuse_other_files(function, file, line, name)
                digest.update(digest_of(getattr(function, "py_func", function)).encode())
        return Policy(name, file, line, digest.hexdigest(), value.compile, value, origin)
    if inspect.isfunction(value):
        digest.update(digest_of(value).encode())
        return Policy(name, file, line, digest.hexdigest(), value, None, origin)
    what = f"is {type(value).__name__}, not a function compile(scenario), a CompiledRule or a PythonRule"
    raise ConfigError([Problem(file, line, name, what, f"see {GUIDE}")])


def _refuse_other_files(function: Any, file: str, line: int, name: str) -> None:
    """A kernel is kept under the digest of one file: a compiled rule that calls another's functions could be stale."""
    body = getattr(function, "py_func", function)
    for word in body.__code__.co_names:
        of = getattr(getattr(body.__globals__.get(word), "py_func", None), "__module__", body.__module__)
        if of != body.__module__ and not of.startswith("channelsim."):
            what = f"calls {word} of {of}: the kernel would not notice a change there"
            raise ConfigError([Problem(file, line, name, what, "put it into the file of the policy")])
