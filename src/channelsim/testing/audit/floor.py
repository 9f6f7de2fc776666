"""What an onlooker knows at a moment: who is idle, who waits, who works on what. Dictionaries and lists."""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from dataclasses import dataclass, field

from channelsim.testing.audit.rows import NONE, Facts

Key = tuple[int, int]  # need, number of the contact within it
FOREVER = 2.0**53
WEEK = 10080.0


@dataclass
class Need:
    """A customer's matter."""

    town: int
    segment: int
    service: int
    luck: int
    web: bool
    car: bool
    reachable: bool
    advice: bool
    expertise: bool
    settled: bool = False
    came_back: bool = False  # was given up once, and has come again
    open_contacts: int = 0


@dataclass
class Contact:
    """One attempt, wherever it is."""

    key: Key
    channel: int
    k: int = 0  # number of it through this channel
    leg: int = 0  # hand-overs so far
    where: str = "here"  # here, ahead, joining, queued, at work, on its own, has a slot, worked, left
    of_class: int = NONE
    place: int = NONE
    wants_slot: bool = False
    gives_back: tuple[int, float] | None = None  # book and hour that it has moved from
    assisted: bool = False  # by an adviser, on the web
    began_at: float = 0.0  # its self-service
    book: int = NONE
    held: bool = False
    stage: int = 0
    sliced: bool = False
    queued_since: float = 0.0  # its age counts from here
    in_queue_since: float = 0.0
    kept_since: float | None = None  # what it brings along from the queue that it has left
    kept_patience: float | None = None
    patience: float = FOREVER
    left_min: float | None = None  # of its work, once a part is done
    asked_at: float = 0.0  # for its appointment
    taken_at: float = 0.0
    work_until: float = 0.0  # end of the piece of work

    def work_left(self, now: float) -> float | None:
        """Minutes of its work that are left when it is laid down now; None if only the end of a first slice is known."""
        if self.left_min is not None:
            return self.left_min - (now - self.taken_at)
        return None if self.sliced else self.work_until - now


@dataclass
class Person:
    """Somebody on the staff."""

    number: int
    pool: int = NONE
    doing: str = "away"  # away, asking, idle, at work, on duty
    since: float = 0.0
    paid_since: float | None = None
    shift_end: float = FOREVER
    duty_left: float = 0.0
    contact: Key | None = None


@dataclass
class Floor:
    """The whole world of a log, at a moment."""

    facts: Facts
    needs: dict[int, Need] = field(default_factory=dict)
    contacts: dict[Key, Contact] = field(default_factory=dict)
    people: dict[int, Person] = field(default_factory=dict)
    queues: dict[int, list[Key]] = field(default_factory=lambda: defaultdict(list))
    idle: dict[int, list[tuple[float, int]]] = field(default_factory=lambda: defaultdict(list))  # (since, person), in order
    holds: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    free_slots: list[dict[int, list[int]]] = field(default_factory=list)  # [book] day -> free by slot; days that are full are gone
    company: dict[int, Key] = field(default_factory=dict)  # [person] the caller whom he keeps company until the next answers
    lines: dict[int, set[Key]] = field(default_factory=lambda: defaultdict(set))  # [group] who holds a line
    reserves: dict[tuple[int, int], int] = field(default_factory=dict)  # (class, pool)
    modes: list[str] = field(default_factory=list)
    dispatch: list[list[list[list[int]]]] = field(default_factory=list)
    pulls: list[list[list[float]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.use_facts(self.facts)

    def use_facts(self, facts: Facts) -> None:
        """Let the lists, hours and books of a world hold; at a dated change nobody is at work and nobody waits yet."""
        self.facts = facts
        for of_before in (self.people, self.queues, self.idle, self.holds, self.company, self.lines):
            of_before.clear()
        self.modes = [c["mode"] for c in self.facts["classes"]]
        self.use_lists(0)
        self.free_slots = [{int(day): list(free) for day, free in book["offered"].items()} for book in self.facts["books"]]

    def use_lists(self, number: int) -> None:
        """Let a set of routing lists hold from now on; the first is that of Monday 00:00."""
        if number == 0:
            self.dispatch = [c["dispatch"] for c in self.facts["classes"]]
            self.pulls = [p["pulls"] for p in self.facts["pools"]]
        else:
            lists = self.facts["other_sets"][number - 1]
            self.dispatch, self.pulls = lists["dispatch"], lists["pulls"]
        self.reserves = {(int(row[0]), p): int(row[4]) for p, pulls in enumerate(self.pulls) for row in pulls}

    def lists_change(self, after: float) -> tuple[float, int] | None:
        """When routing lists change next after a moment, and to which set; None if they never do."""
        steps = self.facts["table_steps"]
        week = int(after // WEEK)
        coming = [(w * WEEK + minute, int(number)) for w in (week, week + 1) for minute, number in steps if w * WEEK + minute > after]
        return min(coming, default=None)

    def person(self, number: int) -> Person:
        return self.people.setdefault(number, Person(number))

    def name(self, kind: str, number: int) -> str:
        """What a number is called, for messages."""
        names = self.facts["names"][kind]
        return str(names[number]) if 0 <= number < len(names) else "nobody" if kind in ("persons", "pools") else "nowhere"

    # --- lines that classes share -----------------------------------------------------------------
    def lines_full(self, of_class: int) -> bool:
        """Does a contact of a class find all lines of its group taken?"""
        group = self.facts["classes"][of_class]["lines"]
        return group is not None and len(self.lines[group]) >= self.facts["lines_limit"][group]

    # --- who waits --------------------------------------------------------------------------------
    def stand(self, contact: Contact) -> None:
        """A contact joins its queue: behind all who have waited as long."""
        queue = self.queues[contact.of_class]
        ahead = [i for i, key in enumerate(queue) if self.contacts[key].queued_since <= contact.queued_since]
        queue.insert(ahead[-1] + 1 if ahead else 0, contact.key)

    # --- who is idle ------------------------------------------------------------------------------
    def sit_down(self, person: Person, now: float) -> None:
        """A person becomes idle: in order of the moment, then of the person's number (decisions 6)."""
        person.doing, person.since = "idle", now
        insort(self.idle[person.pool], (now, person.number))

    def stand_up(self, person: Person) -> None:
        """An idle person begins something else."""
        self.idle[person.pool].remove((person.since, person.number))

    # --- slots ------------------------------------------------------------------------------------
    def take_slot(self, book: int, day: int, slot: int) -> bool:
        """One free slot fewer; False if there was none."""
        free = self.free_slots[book].get(day)
        if free is None or not 0 <= slot < len(free) or free[slot] < 1:
            return False
        free[slot] -= 1
        if not any(free):
            del self.free_slots[book][day]
        return True

    def give_back_slot(self, book: int, due: float) -> None:
        """One free slot more, once another is taken."""
        grid = self.facts["books"][book]
        day = int(due // 1440.0)
        slot = round((due - day * 1440.0 - grid["first_slot_min"]) / grid["slot_min"])
        self.free_slots[book].setdefault(day, [0] * len(grid["offered"][str(day)]))[slot] += 1
