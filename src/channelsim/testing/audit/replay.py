"""Replays an event log step by step, and asks at each step whether it is what should have happened.

A step that is wrong is noted, then taken as the log has it, so that one mistake does not bring a hundred findings.
"""

from __future__ import annotations

from collections import Counter

from channelsim.testing.audit import choices
from channelsim.testing.audit.order import What
from channelsim.testing.audit.rows import NONE, Row, happenings
from channelsim.testing.audit.steps_of_change import ChangeSteps
from channelsim.testing.audit.steps_of_outcomes import OutcomeSteps

WAITS_FOR: dict[str, str] = {
    "work stops": "work", "person leaves": "leave", "duty over": "duty", "hold begins": "hold", "appointment due": "due",
    "contact arrives": "arrive", "stage begins": "stage", "patience over": "patience", "left unseen": "patience",
    "after-work over": "work", "tables change": "tables",
    "dated change": "change",
}  # fmt: skip


class Replay(OutcomeSteps, ChangeSteps):
    """One pass over a log."""

    def follow(self) -> Replay:
        """Read all events."""
        self.next_lists(0.0)
        self.next_change()
        for head, steps in happenings(self.log):
            self.late(head.time)
            self.one_event(head, steps)
        return self

    def run(self) -> Replay:
        """Read all events, and check what must hold at the end."""
        self.follow()
        horizon = self.log.facts["horizon_min"]
        self.late(horizon)
        self.accounts.close(horizon)
        end = self.head._replace(time=horizon, need=NONE)
        for i, (begin, until, ledger) in enumerate(self.log.ledgers):
            for what in self.accounts.compare(i, self.facts_at(begin)["names"]["pools"], ledger):
                self.find(end._replace(time=min(until, horizon)), "ledger", what)
            self.checked["ledger"] += sum(len(accounts) for accounts in ledger.values())
        self.conservation(end)
        for person, moment in self.attendance.missing(horizon):
            self.find(end._replace(time=moment), "roster and duties", f"{self.floor.name('persons', person)} should come and does not")
        self.who_did_not_come(horizon)
        return self

    def late(self, now: float) -> None:
        """What should have happened before now."""
        for time, what in self.agenda.overdue(now):
            kind, whose = what
            of = whose if isinstance(whose, tuple) else (NONE, NONE)
            row = self.head._replace(time=time, need=of[0])
            who = f"of contact {of[1]}" if isinstance(whose, tuple) else f"of {self.floor.name('persons', whose)}"
            who = "of all pools" if kind in ("tables", "change") else who
            self.find(row, "nothing is forgotten", f"'{kind}' {who} was to happen now and did not")

    def one_event(self, head: Row, steps: list[Row]) -> None:
        """An event and all that follows from it, before the next of the same instant."""
        self.head = head
        self.begin_event()
        if self.listener is not None:
            self.listener(self, head)
        wrong = list(self.agenda.happens(head, self.agenda_key(head)))
        self.checked["order and moment of events"] += 1
        for what in wrong:
            self.find(head, "order and moment of events", f"'{head.event}' {what}")
        self.apply(head)
        for row in steps:
            if row.time != head.time:
                self.find(row, "order and moment of events", f"'{row.event}' follows from an event at {head.time!r} min")
            if self.listener is not None:
                self.listener(self, row)
            self.apply(row)
        try:
            self.end_event()
        except (KeyError, IndexError) as error:  # a log that is wrong enough leaves a floor on which nobody can be asked
            self.find(head, "log", f"after '{head.event}' nothing makes sense ({type(error).__name__}: {error})")

    def agenda_key(self, head: Row) -> What | None:
        """Under what an event stands in the agenda; None for what is known beforehand: needs, the roster, doors."""
        kind = WAITS_FOR.get(head.event)
        return None if kind is None else (kind, head.key if head.need != NONE and kind != "work" else head.person)

    def apply(self, row: Row) -> None:
        """Check a step and let it change the floor."""
        step = getattr(self, "on_" + row.event.replace(" ", "_").replace("-", "_"), None)
        if step is None:
            self.find(row, "log", f"unknown step '{row.event}'")
            return
        try:
            step(row)
        except (KeyError, IndexError, ValueError, AssertionError) as error:
            self.find(row, "log", f"'{row.event}' makes no sense here ({type(error).__name__}: {error})")

    def end_event(self) -> None:
        """After an event everybody has decided, and nobody is idle beside a contact whom they may serve."""
        head = self.head
        for number in self.asking:
            self.find(head, "who asks is answered", f"{self.floor.name('persons', number)} is free, and nothing says what he does")
        for (need, contact), what in self.undecided.items():
            self.find(head._replace(need=need), "who asks is answered", f"contact {contact} {what}, and nothing says what follows")
        self.end_change()
        for day in self.chases:
            self.find(head, "outcomes", f"nobody asks how things stand on day {day}, and the draw says so")
        for number in self.stays:
            self.find(head, "pieces of work", f"{self.floor.name('persons', number)} should keep the caller company")
        for of_class in sorted(self.touched_classes):
            if queue := self.floor.queues.get(of_class):
                first = self.floor.contacts[queue[0]]
                found = choices.who_takes(self.floor, of_class, first.stage)
                self.idle_beside(found, queue[0], of_class)
        for pool in sorted(self.touched_pools):
            if self.floor.idle[pool]:
                of = choices.what_to_take(self.floor, pool, head.time, 0)
                found = None if of is None else (pool, self.floor.idle[pool][0][1])
                self.idle_beside(found, self.floor.queues[of][0] if of is not None else (NONE, NONE), of)

    def idle_beside(self, found: tuple[int, int] | None, key: tuple[int, int], of_class: int | None) -> None:
        """Somebody idle who may serve somebody waiting is a mistake."""
        waits = self.head._replace(need=key[0])
        what = "" if found is None else f"{self.floor.name('persons', found[1])} is idle beside contact {key[1]}"
        in_class = "" if of_class is None else f", which waits in {self.floor.name('classes', of_class)}"
        self.expect(found is None, waits, "nobody idle beside work", what + in_class)

    def conservation(self, end: Row) -> None:
        """Every need is settled or has a contact ahead of it; every contact that is not at its end is somewhere."""
        for number, need in self.floor.needs.items():
            alive = need.open_contacts
            self.expect(alive >= 0 and (need.settled or alive > 0), end._replace(need=number), "conservation",
                        "is neither settled nor has a contact ahead of it")  # fmt: skip
        lost = [c for c in self.floor.contacts.values() if c.where in ("here", "joining", "worked", "left")]
        for contact in lost:
            self.find(end._replace(need=contact.key[0]), "conservation", f"contact {contact.key[1]} is nowhere at the horizon")

    def wrong_by_kind(self) -> Counter[str]:
        """How many findings there are of each kind of check, of those kept."""
        return Counter(finding.kind for finding in self.findings)
