"""One body, two forms: Numba for the fast engine, plain Python for the reference engine.

A rule is written once. `compiled` and `small` make its machine-code form; `plain` gives back the
same source as ordinary Python, in which everything it calls is plain too, except the draws of
`randomness`, which both engines call compiled (decisions 29). A debugger steps through the plain form.

Numba's own cache notices only a change in the file of the function itself, so a rule changed elsewhere
would leave a stale kernel (decisions 45). The cache folder is therefore named by a hash of every
source that can end up in a kernel, and set before Numba is imported.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, TypeVar

PACKAGE = Path(__file__).parent
CHECKS_BOUNDS = os.environ.get("CHANNELSIM_CHECK_BOUNDS") == "1"  # for tests: an index outside a column is an error
KERNEL_SOURCES = (
    "compiled.py",
    "linking.py",
    "columns.py",
    "units.py",
    "randomness.py",
    "rules",
    "demand",
    "engine",
    "scenario/tables.py",
    "scenario/roster.py",
    "scenario/region_roster.py",
    "trajectory/cohort.py",
)


def kernel_digest(root: Path = PACKAGE) -> str:
    """Hash of every source file that a compiled kernel may contain."""
    digest = hashlib.sha256(b"checked" if CHECKS_BOUNDS else b"")
    for entry in KERNEL_SOURCES:
        path = root / entry
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            digest.update(str(file.relative_to(root)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def cache_folder() -> Path:
    """Where kernels are kept: the user's cache, or a private temporary folder if home is read-only."""
    base = Path(os.environ.get("CHANNELSIM_CACHE") or os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = base / "channelsim" / f"kernels-{kernel_digest()[:16]}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        usable = os.access(folder, os.W_OK)
    except OSError:
        usable = False
    if not usable:
        private = Path(tempfile.gettempdir()) / f"channelsim-{os.getuid()}"
        private.mkdir(mode=0o700, exist_ok=True)
        if private.stat().st_uid != os.getuid() or private.stat().st_mode & 0o022:
            private = Path(tempfile.mkdtemp(prefix="channelsim-"))  # others could put kernels of their own into that one
        folder = private / folder.name
        folder.mkdir(exist_ok=True)
    return folder


os.environ["NUMBA_CACHE_DIR"] = str(cache_folder())

import numba  # noqa: E402  (the cache folder must be named first)

from channelsim import linking  # noqa: E402

numba.config.reload_config()  # should a caller have imported Numba before us

Body = TypeVar("Body", bound=Callable[..., Any])
_OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy"}


def kernel(body: Body) -> Body:
    """A function that Python calls: compiled on first use with all that it calls, and kept in the cache."""
    return linking.kernel(body, **_OPTIONS)  # type: ignore[no-any-return]


def compiled(body: Body) -> Body:
    """A function that kernels call: machine code only as a part of them (`linking`)."""
    return linking.part(body, forceinline=False, **_OPTIONS)  # type: ignore[no-any-return]  # else it is as its first caller


def small(body: Body) -> Body:
    """Like `compiled`, but always inlined: for bodies that cost less than a call."""
    return linking.part(body, forceinline=True, **_OPTIONS)  # type: ignore[no-any-return]


def apart() -> None:
    """First line of a compiled body that is seldom needed: it stays a function of its own, out of the way of what is hot.

    Otherwise the compiler copies it into its callers, keeps registers ready for it and loads its constants each time.
    """


_shadows: dict[str, dict[str, Any]] = {}


def plain(function: Any) -> Any:
    """The plain Python form of a compiled function, calling plain forms throughout.

    Functions of `channelsim.randomness` stay compiled, so both engines draw with the same machine code.
    """
    body = getattr(function, "py_func", None)
    if body is None or body.__module__ == "channelsim.randomness":
        return function
    return FunctionType(body.__code__, _shadow(body.__module__), body.__name__, body.__defaults__)


def _shadow(module_name: str) -> dict[str, Any]:
    """A module's namespace in which compiled functions are replaced by their plain forms."""
    if module_name in _shadows:
        return _shadows[module_name]
    shadow = _shadows[module_name] = {}
    for name, value in vars(sys.modules[module_name]).items():
        shadow[name] = value if isinstance(value, ModuleType) else plain(value)
    return shadow
