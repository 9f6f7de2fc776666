"""What all parts of a replay share: the floor, the agenda, the accounts, the findings, and the event that is under way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from channelsim.testing.audit.accounts import Accounts
from channelsim.testing.audit.attendance import Attendance
from channelsim.testing.audit.chance import key_of
from channelsim.testing.audit.floor import Contact, Floor, Key
from channelsim.testing.audit.order import Agenda
from channelsim.testing.audit.region_attendance import RegionAttendance
from channelsim.testing.audit.rows import NONE, Facts, Finding, Log, Row

MOST_FINDINGS = 1000

# kinds of checks, as they are counted
CHOOSE_POOL, CHOOSE_CONTACT, FIRST_COME = "choose_pool", "choose_contact", "first come, first served"
BOOK_SLOT, CHOOSE_POINT, CHOOSE_CHANNEL, NEXT_CONTACT = "book_slot", "choose_point", "choose_channel", "next_contact"
OUTCOMES = "outcomes"
CLASS_AND_HOURS, FULL_LINE, PATIENCE = "class and hours", "full line", "patience"
PIECES, ROSTER, HOLDS = "pieces of work", "roster and duties", "stages and holds"
ORDER, NOT_FORGOTTEN, ANSWERED = "order and moment of events", "nothing is forgotten", "who asks is answered"
IDLE_BESIDE, CONSERVATION, LEDGER, LOG = "nobody idle beside work", "conservation", "ledger", "log"
CHANGE = "dated change"


class Auditor:
    """The state of a replay, and its way of saying that something is wrong."""

    def __init__(self, log: Log, listener: Callable[[Auditor, Row], None] | None = None) -> None:
        self.log, self.listener = log, listener
        self.floor = Floor(log.facts)
        self.agenda = Agenda()
        self.accounts = Accounts(self.floor, [(begin, end) for begin, end, _ in log.ledgers])
        self.findings: list[Finding] = []
        self.n_findings = 0
        self.checked: Counter[str] = Counter()
        self.head = Row(0.0, "", NONE, NONE, NONE, NONE, NONE, NONE, NONE, 0.0)
        self.key = key_of(log.facts["seed"], log.facts["replication"])
        self.attendance = Attendance(log.facts, self.key)
        self.region_attendance = RegionAttendance(log.facts, self.key)
        self.changes: list[Facts] = list(log.facts.get("changes", []))  # dated changes that are still to come
        self.change: Facts = {}  # the last that has taken effect
        self.was: Facts = log.facts  # facts of the world before it
        self.next_set, self.asked_pool = 0, NONE  # of routing lists; the last pool that was asked again
        self.begin_event()

    def begin_event(self) -> None:
        """Nobody asks and nothing is set loose yet."""
        self.asking: list[int] = []
        self.after_work: dict[int, float | None] = {}  # who has just ended a contact: minutes of work after it
        self.undecided: dict[Key, str] = {}
        self.touched_classes: set[int] = set()
        self.touched_pools: set[int] = set()
        self.outcome: Row | None = None
        self.followed: list[tuple[str, int]] = []
        self.to_check = False
        self.finds_no_line = False
        self.introduced = False
        self.chases: list[int] = []  # days on which chasers should be planned
        self.stays: dict[int, float] = {}  # who should keep a caller company, for how long at most
        self.made: list[int] = []  # channels of contacts that came into being at once
        self.to_move: dict[Key, str] = {}  # at a dated change: what must become of whom
        self.n_moved = 0  # appointments booked anew at it
        self.kept: dict[Key, int] = {}  # who keeps the hour, and the book of it
        self.last_lost = (0.0, NONE)  # hour and need of the last that did not

    def find(self, row: Row, kind: str, what: str) -> None:
        """Note something that is wrong."""
        self.n_findings += 1
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(Finding(row.time, row.need, kind, what))

    def expect(self, right: bool, row: Row, kind: str, what: str) -> None:
        """Count a check, and note it if it fails."""
        self.checked[kind] += 1
        if not right:
            self.find(row, kind, what)

    def facts_at(self, time: float) -> Facts:
        """Facts of the world of a moment."""
        began = [change for change in self.log.facts.get("changes", []) if change["time_min"] <= time]
        return began[-1] if began else self.log.facts

    def stage_at(self, contact: Contact, now: float) -> int:
        """What the age of a contact has brought by now; moving on takes an event."""
        facts = self.floor.facts["classes"][contact.of_class]
        reached: int = sum(contact.queued_since + after <= now for after in facts["stage_after_min"])
        moves = facts["moves_on"]
        return reached if moves is None else min(reached, int(moves["at_stage"]) - 1)

    def next_stage(self, contact: Contact) -> None:
        """Expect a contact's next stage."""
        after = self.floor.facts["classes"][contact.of_class]["stage_after_min"]
        if contact.stage < len(after):
            self.agenda.ask(("stage", contact.key), max(contact.in_queue_since, contact.queued_since + after[contact.stage]))

    def back_in_queue(self, contact: Contact, now: float) -> None:
        """What is left of a contact goes back to the head of its queue, and its age has brought what it brings."""
        contact.where, contact.in_queue_since = "queued", now
        self.floor.queues[contact.of_class].insert(0, contact.key)
        self.touched_classes.add(contact.of_class)
        contact.stage = self.stage_at(contact, now)
        self.next_stage(contact)

    def who(self, found: tuple[int, int] | None) -> str:
        """A person of a pool, by name."""
        return "nobody" if found is None else f"{self.floor.name('persons', found[1])} of {self.floor.name('pools', found[0])}"

    def of_class(self, number: int | None) -> str:
        """A class by name."""
        return "none" if number is None else self.floor.name("classes", number)
