"""A rule of one's own: two small functions that say which contact, or which pool, comes first.

The rules of the program find out who *may* serve whom (stage, reserve, hours); an own rule only puts those in order. It is
part of the tables, in two forms: compiled for the fast engine and plain for the reference engine, with one digest of its
source, so that a kernel is kept for each rule and a result says which one it was run with.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from channelsim.compiled import compiled, plain

SIMPLE = (int, float, str, bool, tuple, type(None))


@dataclass(frozen=True, eq=False)
class OwnFunction:
    """One function in two forms; called, it is the plain one."""

    plain: Callable[..., float]
    compiled: Any
    digest: str

    def __call__(self, *values: Any) -> float:
        return self.plain(*values)


def own_function(function: Any) -> OwnFunction:
    """Both forms of a function, whether it was compiled already or not."""
    body = getattr(function, "py_func", function)
    made = compiled(body)
    return OwnFunction(body if body.__closure__ else plain(made), made, digest_of(body))


def digest_of(body: Any) -> str:
    """Hash of all that a function says: its code, the constants that it reads, and the file in which it stands."""
    digest = hashlib.sha256()
    code = body.__code__
    digest.update(code.co_code + repr((code.co_names, code.co_varnames, body.__defaults__)).encode())
    digest.update(repr([c for c in code.co_consts if isinstance(c, SIMPLE)]).encode())
    read = {name: body.__globals__.get(name) for name in code.co_names}
    digest.update(repr(sorted((n, repr(v)) for n, v in read.items() if isinstance(v, SIMPLE))).encode())
    digest.update(repr([c.cell_contents for c in body.__closure__ or () if isinstance(c.cell_contents, SIMPLE)]).encode())
    source = inspect.getsourcefile(body)
    if source is not None and Path(source).is_file():
        digest.update(Path(source).read_bytes())
    return digest.hexdigest()


def _no_contact(now_min, wait_min, due_in_min, rank, weight, waiting, idle, of_class, pool):  # type: ignore[no-untyped-def]
    return 0.0


def _no_pool(idle_since_min, idle, rank, of_class, pool):  # type: ignore[no-untyped-def]
    return 0.0


NO_CONTACT_SCORE = OwnFunction(_no_contact, compiled(_no_contact), "no contact score")
NO_POOL_SCORE = OwnFunction(_no_pool, compiled(_no_pool), "no pool score")


@dataclass(frozen=True, eq=False)
class Named:
    """A Python rule's function with the names that it is asked about."""

    function: Callable[[Any], str | None] | None
    classes: tuple[str, ...]
    pools: tuple[str, ...]


def named(function: Callable[[Any], str | None] | None, classes: tuple[str, ...], pools: tuple[str, ...], digest: str) -> OwnFunction:
    """A function of a Python rule, of which there is no compiled form."""
    return OwnFunction(Named(function, classes, pools), NO_CONTACT_SCORE.compiled, f"python {digest}")  # type: ignore[arg-type]


@dataclass(frozen=True, eq=False)
class OwnRule:
    """How the routing lists are read: as they stand, by hour, or by scores of one's own."""

    steering: int
    contact_score: OwnFunction = NO_CONTACT_SCORE
    pool_score: OwnFunction = NO_POOL_SCORE
    orders_contacts: bool = True  # False: as without an own rule
    orders_pools: bool = True

    def columns(self) -> dict[str, Any]:
        """The part of it in `Tables`."""
        of_both = {"contact_score": self.contact_score, "pool_score": self.pool_score}
        return {"steering": self.steering, "orders_contacts": int(self.orders_contacts), "orders_pools": int(self.orders_pools), **of_both}
