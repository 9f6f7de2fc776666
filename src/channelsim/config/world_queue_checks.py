"""What must hold between the rules of queues and the rest of a world: names, and rules that could never come to pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from channelsim.config.lines import suggestion
from channelsim.config.world_files import ClassPart, PoolPart, WorldFile
from channelsim.config.world_queue_rules import LinesPart

Say = Callable[[tuple[Any, ...], str, str], None]
Where = tuple[Any, ...]


def groups_of(f: WorldFile) -> list[LinesPart]:
    """The groups of lines: one part, or several."""
    return [f.lines] if isinstance(f.lines, LinesPart) else f.lines


def queue_rule_problems(f: WorldFile, say: Say) -> None:
    """Everything that is wrong with rules of queues that are right by themselves."""
    for name, c in f.classes.items():
        here: Where = ("classes", name)
        _rises(f, name, c, here, say)
        _moves_on(f, c, here, say)
        if c.after_work_min is not None and c.self_service:
            say((*here, "after_work_min"), "nobody serves this class, so nobody has work after it", "remove it, or self_service")
        _announcements(f, name, c, here, say)
    for name, row in _older_than_that(f):
        say(("classes", name, "moves_on", "after_min"), row, "let the second wait be the longer one, or say `age: new` in the first")
    _lines(f, say)


def rank_in(pool: PoolPart, name: str) -> int:
    """Place of a class in what a pool takes."""
    return next((i for i, rank in enumerate(pool.takes) if name == rank or (isinstance(rank, list) and name in rank)), len(pool.takes))


def _rises(f: WorldFile, name: str, c: ClassPart, here: Where, say: Say) -> None:
    ranks = [rank_in(f.pools[pool], name) for pool in c.pools if pool in f.pools]
    best, waited = max(ranks, default=0), 0.0
    if c.rises and c.self_service:
        say((*here, "rises"), "nobody waits in this class", "remove it, or self_service")
        return
    for number, rise in enumerate(c.rises):
        where = (*here, "rises", number)
        if rise.after_min <= waited:
            say((*where, "after_min"), f"{rise.after_min:g} min is not later than the rise before it", "put them in order of the wait")
        if rise.to_rank >= best:
            say((*where, "to_rank"), f"{rise.to_rank} is no better than rank {best}, which the class has then", _mend_of_rank(f, c, best))
        if c.moves_on is not None and rise.after_min >= c.moves_on.after_min:
            say((*where, "after_min"), f"the contact has moved on after {c.moves_on.after_min:g} min", "rise sooner, or move on later")
        best, waited = min(best, rise.to_rank), rise.after_min


def _mend_of_rank(f: WorldFile, c: ClassPart, best: int) -> str:
    if best == 0 and not any(f.pools[p].takes for p in c.pools if p in f.pools):
        return "give a pool of the class `takes:`, in which it stands behind others"
    return "give a smaller number: 0 is the first of `takes`"


def _moves_on(f: WorldFile, c: ClassPart, here: Where, say: Say) -> None:
    moves, where = c.moves_on, (*here, "moves_on")
    if moves is None:
        return
    if c.self_service:
        say(where, "nobody waits in this class", "remove it, or self_service")
    if c.queue_limit == 0:
        say(where, "nobody waits in a queue of 0 places", "raise queue_limit, or remove it")
    if moves.to not in f.classes:
        say((*where, "to"), f"unknown class {moves.to[:60]!r}", suggestion(moves.to, f.classes, "define it under `classes:`"))
    elif f.classes[moves.to] is c:
        say((*where, "to"), "moves on to its own queue", "name another class")
    if isinstance(c.pools, dict):
        for pool, serves in c.pools.items():
            if serves.after_min >= moves.after_min:
                what = f"helps after {serves.after_min:g} min, and the contact has moved on after {moves.after_min:g}"
                say((*here, "pools", pool, "after_min"), what, "help sooner, or move on later")


def _announcements(f: WorldFile, name: str, c: ClassPart, here: Where, say: Say) -> None:
    """Offers to be called back, and those whom nobody reaches."""
    for key, part in (("balk", c.balk), ("call_back", c.call_back), ("unreached", c.unreached)):
        if part is not None and c.self_service:
            say((*here, key), "nobody waits or is served in this class", "remove it, or self_service")
    offer = c.call_back
    for key, part in (("balk", c.balk), ("call_back", offer)):
        if part is not None and c.queue_limit == 0:
            say((*here, key), "nobody waits in a queue of 0 places", "raise queue_limit, or remove it")
    if c.unreached is not None and name not in {o.call_back.to for o in f.classes.values() if o.call_back is not None}:
        say((*here, "unreached"), "nobody is called back in this class", "name it in `call_back: {to: ...}` of another class, or remove it")
    if offer is None:
        return
    where = (*here, "call_back", "to")
    to = f.classes.get(offer.to)
    if to is None:
        say(where, f"unknown class {offer.to[:60]!r}", suggestion(offer.to, f.classes, "define it under `classes:`"))
    elif to is c:
        say(where, "calls back into the queue that it spares", "name another class")
    elif to.self_service:
        say(where, f"{offer.to} is served by nobody, so nobody would call", "name a class with pools")
    elif to.patience_min is not None:
        say(where, f"{offer.to} has a patience, and who is called back waits for nothing", f"remove patience_min of {offer.to}")
    elif to.call_back is not None:
        say(where, f"{offer.to} offers to call back who is being called back", f"remove call_back of {offer.to}")


def _older_than_that(f: WorldFile) -> Iterator[tuple[str, str]]:
    """Classes whose contacts bring an age along at which they would be gone at once."""
    for name, c in f.classes.items():
        to = None if c.moves_on is None else f.classes.get(c.moves_on.to)
        if to is None or to is c or c.moves_on is None or to.moves_on is None or c.moves_on.age == "new":
            continue
        if to.moves_on.after_min <= c.moves_on.after_min:
            what = f"those who come from {name} have waited {c.moves_on.after_min:g} min already, and would move on at once"
            yield c.moves_on.to, what


def _lines(f: WorldFile, say: Say) -> None:
    seen: dict[str, int] = {}
    for number, group in enumerate(groups_of(f)):
        here: Where = ("lines",) if isinstance(f.lines, LinesPart) else ("lines", number)
        for place, name in enumerate(group.classes):
            where = (*here, "classes", place)
            if name not in f.classes:
                say(where, f"unknown class {name[:60]!r}", suggestion(name, f.classes, "use a class of this world"))
            elif name in seen:
                what = "is named twice" if seen[name] == number else "has lines of another group already"
                say(where, f"{name} {what}", "let each class be in one group, once")
            seen[name] = number
