"""Loads policies: code of one's own, which is run only if the command line or a program names it as trusted.

A policy is named FILE.py:NAME or package.module:NAME. A file of a strategy or a world may name one that stands beside it; it is
loaded only if the same file was named by `--trust` (or `trust`).
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import inspect
import re
import sys
from pathlib import Path
from types import ModuleType

from channelsim.errors import ConfigError, Problem, shown
from channelsim.scenario.own_policy import made
from channelsim.scenario.policy import CompiledRule, Policy, PythonRule

_trusted: dict[Path, str] = {}  # file -> SHA-256 of what it said when it was named
CONTENT = re.compile(r"([0-9a-f]{64})=(.+)", re.DOTALL)


def trust(file: str | Path) -> None:
    """Let strategies and worlds that name this Python file load it, as it is now; `SHA256=FILE`: only if that is its content."""
    told = CONTENT.fullmatch(str(file))
    file = told[2] if told else file
    path = Path(str(file).partition(".py:")[0] + ".py" if ".py:" in str(file) else file)
    if not path.is_file():
        raise ConfigError([Problem(shown(path), 1, "--trust", "there is no such file", "give the path of the Python file")])
    _trusted[path.resolve()] = told[1] if told else hashlib.sha256(path.read_bytes()).hexdigest()


def trusted() -> tuple[str, ...]:
    """The files named so far as `SHA256=FILE`: how a job elsewhere is told what was consented to, and nothing else."""
    return tuple(f"{content}={path}" for path, content in sorted(_trusted.items()))


def policy_beside(spec: str, near: Path, line: int) -> Policy:
    """The policy that a configuration names: it stands in the same folder or below it, and must be trusted."""
    file, _, _ = spec.rpartition(":")
    path = (near.parent / file).resolve()
    what = mend = ""
    if not file.endswith(".py") or not path.is_relative_to(near.parent.resolve()):
        what, mend = f"{spec[:60]!r} is no policy beside this file", "write FILE.py:NAME, with a file of the same folder"
    elif not path.is_file():
        what, mend = f"there is no file {file!r} beside this one", "correct the name"
    elif path not in _trusted:
        what, mend = f"names a policy, and {file} is code that you have not said to trust", f"read it, then add `--trust {shown(path)}`"
    elif hashlib.sha256(path.read_bytes()).hexdigest() != _trusted[path]:
        what, mend = f"names a policy, and {file} has changed since you said to trust it", "read it again, then run the command again"
    if what:
        raise ConfigError([Problem(shown(near), line, "policy", what, mend)])
    return load_policy(f"{path}:{spec.rpartition(':')[2]}")


def load_policy(spec: str) -> Policy:
    """The policy of a file or module, which is run to find it: naming it here says that it is trusted.

    Parameters
    ----------
    spec : str
        FILE.py:NAME or package.module:NAME.
    """
    place, _, name = spec.rpartition(":")
    if not place or not name.isidentifier():
        raise ConfigError([Problem(spec[:80], 1, "--policy", "names no policy", "write FILE.py:NAME or package.module:NAME")])
    if place.endswith(".py"):
        path = Path(place).resolve()
        if not path.is_file():
            raise ConfigError([Problem(shown(path), 1, "--policy", "there is no such file", "give the path of the Python file")])
        module = _module_of(path)
    else:
        module = _imported(place)
        path = Path(str(module.__file__))
    return _policy(module, path, name, spec)


def _policy(module: ModuleType, path: Path, name: str, spec: str) -> Policy:
    text = path.read_bytes()
    line = next((i for i, row in enumerate(text.decode(errors="replace").splitlines(), 1) if re.match(rf"(def )?{name}\b", row)), 1)
    value = getattr(module, name, None)
    if value is None:
        known = [
            n
            for n, v in vars(module).items()
            if isinstance(v, CompiledRule | PythonRule) or (inspect.isfunction(v) and v.__module__ == module.__name__)
        ]
        raise ConfigError([Problem(shown(path), 1, name, "is not in this file", f"use one of {', '.join(known) or 'its names'}")])
    return made(value, name, shown(path), line, hashlib.sha256(text + name.encode()), (load_policy, (spec,)))


def _module_of(path: Path) -> ModuleType:
    """Run a file as a module of its own, once for each content: kernels in the cache know it by that name, wherever the file is."""
    name = f"channelsim_policy_{hashlib.sha256(path.read_bytes()).hexdigest()[:16]}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[name]
        line = _line_in(error, path)
        problem = Problem(shown(path), line, "file", f"cannot be run: {type(error).__name__}: {error}", "mend it")
        raise ConfigError([problem]) from error
    return module


def _imported(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise ConfigError([Problem(name, 1, "--policy", f"cannot be imported: {error}", "install it, or give FILE.py:NAME")]) from error


def _line_in(error: BaseException, path: Path) -> int:
    """The last line of a file in a traceback."""
    line, trace = getattr(error, "lineno", None) or 1, error.__traceback__
    while trace is not None:
        if Path(trace.tb_frame.f_code.co_filename) == path:
            line = trace.tb_lineno
        trace = trace.tb_next
    return int(line)
