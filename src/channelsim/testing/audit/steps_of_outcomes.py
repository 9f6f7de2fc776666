"""Outcomes of contacts: was it this one's turn to have it, and may this follow from it?"""

from __future__ import annotations

from channelsim.testing.audit import choices, features, luck
from channelsim.testing.audit.auditor import CHOOSE_POOL, CONSERVATION, FIRST_COME, FULL_LINE, NEXT_CONTACT, OUTCOMES, PIECES
from channelsim.testing.audit.floor import Contact
from channelsim.testing.audit.rows import NONE, Row
from channelsim.testing.audit.steps_of_contacts import ContactSteps


class OutcomeSteps(ContactSteps):
    """From an outcome to what the customer does next, and the end of the need."""

    def on_outcome(self, row: Row) -> None:
        contact = self.floor.contacts[row.key]
        outcome = self.floor.facts["outcomes"][row.x]
        check = getattr(self, "was_" + outcome.replace(" ", "_").replace("-", "_"))
        check(contact, row)
        contact.where = "left"
        self.expect(row.key not in self.floor.company.values(), row, PIECES, "has ended, and somebody keeps it company still")
        group = None if row.of_class == NONE else self.floor.facts["classes"][row.of_class]["lines"]
        if group is not None:
            self.floor.lines[group].discard(row.key)
        self.outcome, self.followed = row, []
        self.undecided[row.key] = f"is {outcome}"

    def was_served(self, contact: Contact, row: Row) -> None:
        self.expect(contact.where == "worked" and row.pool != NONE, row, OUTCOMES, "is served without work")
        self.expect(luck.closes(self.floor, contact, row.pool), row, OUTCOMES, "is served; should be handed over")
        self.expect(luck.is_reached(self.floor, contact), row, OUTCOMES, "is served; nobody answered")
        if not self.floor.facts["customers"]:
            left = luck.leaves(self.floor, contact)
            should = "no casework" if left == NONE else f"an item of {self.of_class(left)}"
            self.expect(self.made == ([] if left == NONE else [left]), row, OUTCOMES, f"should leave {should}")

    def was_handed_over(self, contact: Contact, row: Row) -> None:
        self.expect(contact.where == "worked" and row.pool != NONE, row, OUTCOMES, "is handed over without work")
        self.expect(not luck.closes(self.floor, contact, row.pool), row, OUTCOMES, "is handed over; should be served")

    def was_completed(self, contact: Contact, row: Row) -> None:
        self.expect(contact.where == "worked" and row.pool == NONE, row, OUTCOMES, "ends a self-service that it did not begin")
        right = luck.completes(self.floor, contact) == (self.floor.facts["outcomes"][row.x] == "completed")
        self.expect(right, row, OUTCOMES, "is the other outcome of a self-service")

    was_failed = was_completed

    def was_abandoned(self, contact: Contact, row: Row) -> None:
        right = self.head.event in ("patience over", "left unseen") and self.head.key == row.key
        self.expect(right, row, OUTCOMES, "abandons, and its patience is not over")

    def was_blocked(self, contact: Contact, row: Row) -> None:
        limit, length = self.floor.facts["classes"][row.of_class]["queue_limit"], len(self.floor.queues[row.of_class])
        found = None if self.finds_no_line else choices.who_takes(self.floor, row.of_class, contact.stage)
        full = contact.where == "joining" and (self.finds_no_line or (found is None and limit is not None and length >= limit))
        self.expect(full, row, FULL_LINE, f"is turned away; {length} wait in a line for {limit}, and {self.who(found)} is free for it")

    def was_moved_on(self, contact: Contact, row: Row) -> None:
        right = self.head.event == "stage begins" and self.head.key == row.key and contact.where == "left"
        rule = self.floor.facts["classes"][row.of_class]["moves_on"]
        right = right and rule is not None and contact.stage == rule["at_stage"]
        self.expect(right, row, OUTCOMES, "moves on, and has not waited as long as it may here")

    def was_balked(self, contact: Contact, row: Row) -> None:
        outcome = self.floor.facts["outcomes"][row.x]
        found = choices.who_takes(self.floor, row.of_class, contact.stage)
        limit, length = self.floor.facts["classes"][row.of_class]["queue_limit"], len(self.floor.queues[row.of_class])
        there = contact.where == "joining" and not self.finds_no_line and (limit is None or length < limit)
        self.expect(there and found is None, row, CHOOSE_POOL, f"is {outcome}; {self.who(found)} is free for it, or its line is full")
        said = luck.answers(self.floor, contact, row.time)
        self.expect(said == outcome, row, OUTCOMES, f"is {outcome}; on what is announced it should be: {said}")

    was_called_back = was_balked

    def was_not_reached(self, contact: Contact, row: Row) -> None:
        self.expect(contact.where == "worked" and row.pool != NONE, row, OUTCOMES, "is not reached without a try")
        self.expect(not luck.is_reached(self.floor, contact), row, OUTCOMES, "is not reached; the customer answered")

    def was_sent_home(self, contact: Contact, row: Row) -> None:
        calendar = self.floor.facts["calendars"][self.head.x]
        right = self.head.event == "door shuts" and row.of_class in calendar["sends_home"] and contact.where == "queued"
        self.expect(right, row, OUTCOMES, "is sent home, and no door has shut")
        if contact.where == "queued":
            self.expect(self.floor.queues[row.of_class][0] == row.key, row, FIRST_COME, "is sent home before those who wait longer")
            self.leave_queue(contact)

    def was_no_show(self, contact: Contact, row: Row) -> None:
        has_hour = not self.floor.facts["customers"] and self.floor.facts["classes"][row.of_class]["way"] == "hour"
        due = self.head.key == row.key and (self.head.event == "appointment due" or has_hour)
        self.expect(due or (has_hour and self.head.need == row.need), row, OUTCOMES, "misses no appointment")
        self.expect(luck.misses(self.floor, contact, row.time), row, OUTCOMES, "misses an appointment to which it should come")

    def was_no_slot(self, contact: Contact, row: Row) -> None:
        found = self.slot_for(contact, row, None)
        self.expect(found is None, row, "book_slot", f"finds no slot; {found and found[1]!r} min is free")
        self.old_hour_is_free(contact)

    def was_no_way_to_go(self, contact: Contact, row: Row) -> None:
        need = self.floor.needs[row.need]
        if not self.floor.facts["customers"]:
            found_at = choices.when_visiting(self.floor, contact.channel, 0.0, row.time)
            self.expect(found_at is None, row, "choose_point", f"stays at home; it is open at {found_at!r} min")
        elif self.floor.facts["channels"][contact.channel]["by_point"]:
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
            calls_back = facts["channels"][contact.channel]["part"] == "call back"
            channel = luck.channel_named(self.floor, "phone") if calls_back else contact.channel
            of_line = facts["entry_class"][channel][need.service][need.town][1]
            expected = of_place if facts["channels"][contact.channel]["by_point"] else of_line
        due = row.time
        if action == "hand back":
            expected = facts["back_class"][need.town]
            calendar = facts["classes"][expected]["calendar"]
            hours = None if choices.open_at(self.floor, calendar, row.time) else choices.opens_next(self.floor, calendar, row.time)
            due = row.time if hours is None else hours[0]
            self.expect(row.value == due, row, OUTCOMES, f"is handed back for {row.value!r} min; its line is open at {due!r}")
        self.expect(row.of_class == expected, row, OUTCOMES,
                    f"is handed on to {self.of_class(row.of_class)}; should be to {self.of_class(expected)}")  # fmt: skip
        contact.of_class, contact.where, contact.stage, contact.leg = row.of_class, "ahead", 0, row.y
        contact.book, contact.left_min, contact.wants_slot, contact.kept_since = NONE, None, row.of_class == NONE, None
        stays = features.keeps_company(self.floor, contact, action, row.of_class)
        if stays > 0.0:
            self.stays[self.head.person] = stays
        self.agenda.ask(("arrive", row.key), due)
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
        """Is what was done what the draw picks from the table of consequences?"""
        if self.outcome is None or self.outcome.key != row.key:
            self.expect(False, row, NEXT_CONTACT, f"contact {row.contact} goes without an outcome")
            return
        expected = luck.what_follows(self.floor, self.outcome, self.to_check)
        need = self.floor.needs[row.need]
        if expected[0] == "give up" and features.comes_back(self.floor, self.floor.contacts[row.key], need):
            expected, need.came_back = ("contact", luck.channel_named(self.floor, "phone")), True
        done = self.followed or [luck.NOTHING]
        quiet = self.floor.needs[row.need].settled and not self.followed and expected[0] in ("resolve", "give up")
        outcome = self.floor.facts["outcomes"][self.outcome.x]
        said = " and ".join(self._next(step) for step in done)
        self.expect(quiet or done == [expected], row, NEXT_CONTACT, f"after '{outcome}' comes {said}; should come {self._next(expected)}")

    def _next(self, step: luck.Next) -> str:
        return step[0] if step[1] == NONE else f"{step[0]} by {self.floor.name('channels', step[1])}"
