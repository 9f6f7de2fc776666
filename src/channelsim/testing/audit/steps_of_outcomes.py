"""Outcomes of contacts: was it this one's turn to have it, and may this follow from it?"""

from __future__ import annotations

from channelsim.testing.audit import choices
from channelsim.testing.audit.auditor import CONSERVATION, FIRST_COME, FULL_LINE, WHAT_FOLLOWS
from channelsim.testing.audit.floor import Contact
from channelsim.testing.audit.rows import NONE, Row
from channelsim.testing.audit.steps_of_contacts import ContactSteps

CERTAIN = 1.0 - 1e-12


class OutcomeSteps(ContactSteps):
    """From an outcome to what the customer does next, and the end of the need."""

    def on_outcome(self, row: Row) -> None:
        contact = self.floor.contacts[row.key]
        outcome = self.floor.facts["outcomes"][row.x]
        check = getattr(self, "was_" + outcome.replace(" ", "_").replace("-", "_"))
        check(contact, row)
        contact.where = "left"
        self.outcome, self.followed = row, []
        self.undecided[row.key] = f"is {outcome}"

    def was_served(self, contact: Contact, row: Row) -> None:
        self.expect(contact.where == "worked" and row.pool != NONE, row, WHAT_FOLLOWS, "is served without work")

    was_handed_over = was_served

    def was_completed(self, contact: Contact, row: Row) -> None:
        self.expect(contact.where == "worked" and row.pool == NONE, row, WHAT_FOLLOWS, "ends a self-service that it did not begin")

    was_failed = was_completed

    def was_abandoned(self, contact: Contact, row: Row) -> None:
        right = self.head.event in ("patience over", "left unseen") and self.head.key == row.key
        self.expect(right, row, WHAT_FOLLOWS, "abandons, and its patience is not over")

    def was_blocked(self, contact: Contact, row: Row) -> None:
        found = choices.who_takes(self.floor, row.of_class, 0)
        limit, length = self.floor.facts["classes"][row.of_class]["queue_limit"], len(self.floor.queues[row.of_class])
        full = contact.where == "joining" and found is None and limit is not None and length >= limit
        self.expect(full, row, FULL_LINE, f"is turned away; {length} wait in a line for {limit}, and {self.who(found)} is free for it")

    def was_sent_home(self, contact: Contact, row: Row) -> None:
        calendar = self.floor.facts["calendars"][self.head.x]
        right = self.head.event == "door shuts" and row.of_class in calendar["sends_home"] and contact.where == "queued"
        self.expect(right, row, WHAT_FOLLOWS, "is sent home, and no door has shut")
        if contact.where == "queued":
            self.expect(self.floor.queues[row.of_class][0] == row.key, row, FIRST_COME, "is sent home before those who wait longer")
            self.leave_queue(contact)

    def was_no_show(self, contact: Contact, row: Row) -> None:
        self.expect(self.head.event == "appointment due" and self.head.key == row.key, row, WHAT_FOLLOWS, "misses no appointment")

    def was_no_slot(self, contact: Contact, row: Row) -> None:
        found = choices.which_slot(self.floor, self.floor.needs[row.need], row.time)
        self.expect(found is None, row, "book_slot", f"finds no slot; {found and found[1]!r} min is free")

    def was_no_way_to_go(self, contact: Contact, row: Row) -> None:
        need = self.floor.needs[row.need]
        if self.floor.facts["channels"][contact.channel]["by_point"]:
            found = choices.which_point(self.floor, need, row.time)
            self.expect(
                found is None, row, "choose_point", f"finds no point; {found and self.floor.name('places', found[0])} is open to it"
            )
        else:
            classes = self.floor.facts["entry_class"][contact.channel][need.service][need.town]
            self.expect(NONE in classes, row, "class and hours", f"finds no line; {self.of_class(classes[0])} is there for it")

    # --- what follows -----------------------------------------------------------------------------
    def on_handed_on(self, row: Row) -> None:
        contact, need, facts = self.floor.contacts[row.key], self.floor.needs[row.need], self.floor.facts
        action = facts["actions"][row.x]
        self.followed.append((action, NONE))
        self.may_follow(row)
        expected = NONE
        if action == "transfer":
            of_place = facts["place_class"][contact.place][2 * need.service + 1] if contact.place != NONE else NONE
            of_line = facts["entry_class"][contact.channel][need.service][need.town][1]
            expected = of_place if facts["channels"][contact.channel]["by_point"] else of_line
        self.expect(row.of_class == expected, row, WHAT_FOLLOWS,
                    f"is handed on to {self.of_class(row.of_class)}; should be to {self.of_class(expected)}")  # fmt: skip
        contact.of_class, contact.where, contact.stage = row.of_class, "ahead", 0
        contact.book, contact.left_min = NONE, None
        self.agenda.ask(("arrive", row.key), row.time)
        self.undecided.pop(row.key, None)

    def on_settled(self, row: Row) -> None:
        need = self.floor.needs[row.need]
        self.expect(not need.settled, row, CONSERVATION, "is settled twice")
        need.settled = True
        self.followed.append(("resolve" if row.x == 1 else "give up", NONE))

    def on_dropped(self, row: Row) -> None:
        contact, need = self.floor.contacts[row.key], self.floor.needs[row.need]
        self.may_follow(row)
        need.open_contacts -= 1
        self.expect(contact.where == "left" and (need.open_contacts == 0) == (row.x == 1), row, CONSERVATION,
                    f"contact {row.contact} is dropped with {need.open_contacts} others of its need open")  # fmt: skip
        if row.key in self.floor.queues.get(contact.of_class, []):
            self.leave_queue(contact)
        del self.floor.contacts[row.key]
        self.undecided.pop(row.key, None)

    def may_follow(self, row: Row) -> None:
        """Is what was done among what the table of consequences allows for this outcome?"""
        if self.outcome is None or self.outcome.key != row.key:
            self.expect(False, row, WHAT_FOLLOWS, f"contact {row.contact} goes without an outcome")
            return
        allowed = self._allowed(self.outcome)
        wrong = [done for done in self.followed if done not in allowed]
        silent = not self.followed and not self._may_be_silent(self.outcome, allowed)
        said = ", ".join(action for action, _ in self.followed) or "nothing"
        may = ", ".join(sorted({action for action, _ in allowed}))
        self.expect(not wrong and not silent and len(self.followed) <= 1, row, WHAT_FOLLOWS,
                    f"{said} follows '{self.floor.facts['outcomes'][self.outcome.x]}'; may be {may}")  # fmt: skip

    def _allowed(self, outcome: Row) -> set[tuple[str, int]]:
        facts, name = self.floor.facts, self.floor.facts["outcomes"][outcome.x]
        role = facts["pools"][outcome.pool]["role"] if outcome.pool != NONE else 0
        entries = self.follows.get((outcome.of_class, role, outcome.x), []) if outcome.of_class != NONE else []
        allowed = {(facts["actions"][action], channel if facts["actions"][action] == "contact" else NONE)
                   for share, action, channel in entries if share > 0.0}  # fmt: skip
        done = name in ("served", "completed")
        if sum(e[0] for e in entries) < CERTAIN or (done and facts["customers"]):
            allowed.add(("resolve" if done else "give up", NONE))
        if name == "no way to go":
            allowed |= {("contact", k) for k, c in enumerate(facts["channels"]) if c["part"] == "phone"}
        return allowed

    def _may_be_silent(self, outcome: Row, allowed: set[tuple[str, int]]) -> bool:
        """Nothing need be said if the need was settled before, or work goes on behind the scenes."""
        contact, facts = self.floor.contacts[outcome.key], self.floor.facts
        behind = facts["channels"][contact.channel]["part"] == "casework" or facts["outcomes"][outcome.x] == "completed"
        return behind or (self.floor.needs[outcome.need].settled and bool(allowed & {("resolve", NONE), ("give up", NONE)}))
