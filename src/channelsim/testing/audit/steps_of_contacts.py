"""Steps of contacts: where they come from, where they belong, how they wait, and what becomes of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from channelsim.testing.audit import chance, choices, features, luck
from channelsim.testing.audit.auditor import (
    ANSWERED,
    BOOK_SLOT,
    CHOOSE_CHANNEL,
    CHOOSE_POINT,
    CHOOSE_POOL,
    CLASS_AND_HOURS,
    CONSERVATION,
    FULL_LINE,
    HOLDS,
    ORDER,
    OUTCOMES,
    PATIENCE,
    Auditor,
)  # fmt: skip
from channelsim.testing.audit.floor import FOREVER, WEEK, Contact, Need
from channelsim.testing.audit.rows import NONE, Row

CAR, WEB, REACHABLE, ADVICE, EXPERTISE = 1, 2, 4, 8, 16


class ContactSteps(Auditor):
    """From the moment at which a need arises to the moment at which its contact waits."""

    # --- needs and their contacts -----------------------------------------------------------------
    def on_need_arises(self, row: Row) -> None:
        self.expect(row.need not in self.floor.needs, row, CONSERVATION, "has arisen before")
        town, segment, service = self.floor.facts["cells"][row.x]
        self.floor.needs[row.need] = Need(
            town, segment, service, chance.luck_of(self.key, row.need), web=bool(row.y & WEB), car=bool(row.y & CAR),
            reachable=bool(row.y & REACHABLE), advice=bool(row.y & ADVICE), expertise=bool(row.y & EXPERTISE),
        )  # fmt: skip

    def on_contact_made(self, row: Row) -> None:
        self._begin(row)
        if row.contact == 0 and self.floor.facts["customers"]:
            found = luck.which_channel(self.floor, self.floor.needs[row.need], self._shares_for(row.need))
            name = self.floor.name
            self.expect(row.x == found, row, CHOOSE_CHANNEL, f"comes by {name('channels', row.x)}, not by {name('channels', found)}")
        if row.contact > 0:
            self.made.append(row.x)
        self.to_check = self.to_check or self.floor.facts["channels"][row.x]["part"] == "check"
        self.undecided[row.key] = "is made"

    def _shares_for(self, need: int) -> Mapping[str, Any]:
        """What a need chose by in the week of its number: who then waited for an opening comes as was meant, also after a change."""
        shares: Mapping[str, Any] = self.facts_at(chance.week_of(need) * WEEK)["shares"]
        return shares

    def on_contact_planned(self, row: Row) -> None:
        contact = self._begin(row)
        contact.where = "ahead"
        if self.floor.facts["channels"][row.x]["part"] == "chaser":
            day = int(row.value // choices.DAY)
            self.expect(day in self.chases, row, OUTCOMES, f"asks how things stand on day {day}; should on {self.chases or 'none'}")
            self.chases = [d for d in self.chases if d != day]
            self.agenda.ask(("arrive", row.key), row.value)
            return
        if self.outcome is not None:
            self._brings_along(contact, self.floor.contacts[self.outcome.key], self.floor.facts["outcomes"][self.outcome.x], row.time)
        self.expect(row.value >= row.time, row, ORDER, "a contact is planned for a time that has passed")
        self.agenda.ask(("arrive", row.key), row.value)
        self.followed.append(("contact", row.x))

    def _brings_along(self, contact: Contact, before: Contact, outcome: str, now: float) -> None:
        """Who moves on, or is called back, brings its age and the rest of its patience, if the class that it leaves says so."""
        by_web = self.floor.facts["channels"][contact.channel]["part"] == "web"
        contact.assisted = outcome == "handed over" and by_web and before.place != NONE
        if outcome == "called back" and self.floor.facts["classes"][before.of_class]["call_back"]["keeps_place"]:
            contact.kept_since = before.queued_since
        if outcome == "not reached" and luck.is_tried_again(self.floor, before):
            contact.leg = before.leg + 1
        if outcome != "moved on":
            return
        rule = self.floor.facts["classes"][before.of_class]["moves_on"]
        if rule["keeps_age"]:
            contact.kept_since = before.queued_since
        if rule["keeps_patience"]:
            contact.kept_patience = FOREVER if before.patience >= FOREVER else before.patience - now

    def _begin(self, row: Row) -> Contact:
        self.expect(row.key not in self.floor.contacts, row, CONSERVATION, f"contact {row.contact} exists twice")
        self.floor.needs[row.need].open_contacts += 1
        contact = self.floor.contacts[row.key] = Contact(row.key, row.x, row.y)
        return contact

    def on_contact_arrives(self, row: Row) -> None:
        contact = self.floor.contacts[row.key]
        on_its_own = contact.where == "on its own"
        contact.where = "worked" if on_its_own else "here"
        self.undecided[row.key] = "has ended its self-service" if on_its_own else "has arrived"

    # --- the way there ----------------------------------------------------------------------------
    def on_waits_for_opening(self, row: Row) -> None:
        contact = self.floor.contacts[row.key]
        hours = choices.opens_next(self.floor, row.y, row.time)
        of_class = self.floor.facts["classes"][row.x]
        latest = FOREVER if hours is None or of_class["comes_after_opening"] else hours[1]
        right = row.value >= FOREVER if hours is None else hours[0] <= row.value < latest
        right = right and not choices.open_at(self.floor, row.y, row.time) and of_class["calendar"] == row.y
        self.expect(right, row, CLASS_AND_HOURS, "should come within the next opening hours, and only if it comes outside them")
        self._goes_ahead(contact, row)

    def on_sets_out(self, row: Row) -> None:
        contact, need = self.floor.contacts[row.key], self.floor.needs[row.need]
        if not self.floor.facts["customers"]:
            self._travels(contact, row)
            return
        found = choices.which_point(self.floor, need, row.time)
        name = "nowhere" if found is None else f"to {self.floor.name('places', found[0])}, there at {found[1]!r} min"
        self.expect(found == (row.x, row.value), row, CHOOSE_POINT,
                    f"goes to {self.floor.name('places', row.x)}, there at {row.value!r} min; should go {name}")  # fmt: skip
        contact.place = row.x
        if row.value > row.time:
            self._goes_ahead(contact, row)

    def _travels(self, contact: Contact, row: Row) -> None:
        """A trip in a world of queues: as long as the draw says; a law that is read from tables is not worked out again."""
        minutes = luck.trip(self.floor, contact)
        if minutes is not None:
            found = choices.when_visiting(self.floor, contact.channel, minutes, row.time)
            right = found is not None and abs(found - row.value) < 1.5 * chance.TICK
            self.expect(right, row, CHOOSE_POINT, f"is there at {row.value!r} min; should be at {found!r}")
        if row.value > row.time:
            self._goes_ahead(contact, row)

    def on_has_travelled(self, row: Row) -> None:
        """A customer with an hour is there; the hour that he took, if he asked for one, is not before his trip could end."""
        contact = self.floor.contacts[row.key]
        minutes = luck.trip(self.floor, contact)
        right = minutes is None or abs(minutes - row.value) < 1.5 * chance.TICK
        self.expect(right, row, CHOOSE_POINT, f"has travelled {row.value!r} min; should have travelled {minutes!r}")
        self.expect(contact.book == NONE or row.time >= contact.asked_at + row.value, row, BOOK_SLOT, "has an hour before he can be there")

    def _goes_ahead(self, contact: Contact, row: Row) -> None:
        contact.where = "ahead"
        self.agenda.ask(("arrive", row.key), row.value)
        self.undecided.pop(row.key, None)

    def on_slot_booked(self, row: Row) -> None:
        contact, need = self.floor.contacts[row.key], self.floor.needs[row.need]
        found = self.slot_for(contact, row, (row.x, row.value))
        book = self.floor.facts["books"][row.x]
        self.expect(found == (row.x, row.value), row, BOOK_SLOT, f"takes {self._slot(row.x, row.value)}; should take "
                    + ("none: nothing is free" if found is None else self._slot(*found)))  # fmt: skip
        day = int(row.value // choices.DAY)
        slot = int((row.value - day * choices.DAY - book["first_slot_min"]) / book["slot_min"])
        self.floor.take_slot(row.x, day, slot)
        self.old_hour_is_free(contact)
        contact.where, contact.book, contact.stage, contact.left_min = "has a slot", row.x, 0, None
        if self.head.event == "dated change":  # the customer has waited since the first booking
            self.n_moved += 1
        else:
            contact.asked_at = row.time
        self.chases = features.chasers(self.floor, need, row.time, row.value)
        moves = features.moves_at(self.floor, contact, need, row.time, row.value)
        if moves is not None:
            self.agenda.ask(("arrive", row.key), moves)
        if book["hold_before_min"] > 0.0:
            self.agenda.ask(("hold", row.key), max(row.time, row.value - book["hold_before_min"]))
        self.agenda.ask(("due", row.key), row.value)
        self.undecided.pop(row.key, None)

    def slot_for(self, contact: Contact, row: Row, said: tuple[int, float] | None) -> tuple[int, float] | None:
        """The hour to take; where the trip before it is not worked out again, what is said is believed."""
        minutes = luck.trip(self.floor, contact)
        if minutes is None:
            return said
        return choices.which_slot(self.floor, self.floor.needs[row.need], contact.channel, row.time, row.time + minutes)

    def old_hour_is_free(self, contact: Contact) -> None:
        """Who has moved an hour has looked for another before the old one is free."""
        if contact.gives_back is not None:
            self.floor.give_back_slot(*contact.gives_back)
            contact.gives_back = None

    def on_hour_given_back(self, row: Row) -> None:
        """A customer asks for another hour: what was to come of the old one is void."""
        contact, more = self.floor.contacts[row.key], self.floor.facts["more"]
        due = self.agenda.moment(("due", row.key))
        right = more is not None and due is not None and contact.book == row.x and row.time == due - more["moved_before_min"]
        self.expect(right, row, BOOK_SLOT, "gives back an hour that it does not move")
        contact.gives_back = None if due is None else (row.x, due)
        self.agenda.cancel(("due", row.key))
        self.agenda.cancel(("hold", row.key))
        contact.book, contact.where, contact.leg = NONE, "here", contact.leg + 1

    def _slot(self, book: int, start: float) -> str:
        return f"{start!r} min in the book of {self.floor.name('pools', self.floor.facts['books'][book]['pool'])}"

    def on_hold_begins(self, row: Row) -> None:
        contact = self.floor.contacts[row.key]
        self.expect(contact.where == "has a slot" and not contact.held, row, HOLDS, "a person is held for no appointment")
        contact.held = True
        self.floor.holds[self.floor.facts["books"][contact.book]["pool"]] += 1

    def on_appointment_due(self, row: Row) -> None:
        contact = self.floor.contacts[row.key]
        pool = self.floor.facts["books"][contact.book]["pool"]
        self.expect(contact.held == (row.y == 1), row, HOLDS, "whether a person is held for this appointment")
        if contact.held:
            self.floor.holds[pool] -= 1
            contact.held = False
            self.touched_pools.add(pool)
        contact.where = "here"
        self.undecided[row.key] = "is due"

    # --- there ------------------------------------------------------------------------------------
    def on_joins(self, row: Row) -> None:
        contact = self.floor.contacts[row.key]
        if self.head.event == "appointment due" or not self.floor.facts["customers"]:
            self.expect(not luck.misses(self.floor, contact, row.time), row, OUTCOMES, "comes to an appointment that it misses")
        if self.head.event == "appointment due" and self.floor.facts["customers"]:
            adviser = self.floor.facts["books"][contact.book].get("adviser")
            there = adviser is not None and self.floor.facts["channels"][contact.channel]["by_point"]
            there = there and self.floor.person(adviser).doing != "away"
            self.expect(self.introduced == there, row, OUTCOMES, "comes to a video room, and nobody takes it there")
        classes = self._classes_of(contact, row)
        self.expect(contact.where in ("here", "joining") and row.of_class in classes, row, CLASS_AND_HOURS,
                    f"joins {self.of_class(row.of_class)}; should join {' or '.join(map(self.of_class, classes))}")  # fmt: skip
        calendar = self.floor.facts["classes"][row.of_class]["calendar"]
        if contact.book == NONE and contact.place == NONE and contact.of_class == NONE and calendar != NONE:
            self.expect(choices.open_at(self.floor, calendar, row.time), row, CLASS_AND_HOURS, "joins a line outside its hours")
        contact.of_class, contact.where, contact.queued_since = row.of_class, "joining", row.time
        contact.sliced = self.floor.facts["classes"][row.of_class]["slice_min"] is not None
        if contact.kept_since is not None:
            contact.queued_since = contact.kept_since
        contact.stage = 0 if contact.kept_since is None else self.stage_at(contact, row.time)
        self._takes_a_line(contact)
        self.undecided[row.key] = f"joins {self.of_class(row.of_class)}"

    def _takes_a_line(self, contact: Contact) -> None:
        group = self.floor.facts["classes"][contact.of_class]["lines"]
        self.finds_no_line = self.floor.lines_full(contact.of_class)
        if group is not None and not self.finds_no_line:
            self.floor.lines[group].add(contact.key)

    def _classes_of(self, contact: Contact, row: Row) -> list[int]:
        """Where a contact belongs: the class of its appointment, of the hand-over, of its place, or of its line."""
        need, facts = self.floor.needs[row.need], self.floor.facts
        if contact.book != NONE:
            return [facts["books"][contact.book]["class"] if facts["customers"] else contact.channel]
        if contact.of_class != NONE:  # handed on
            return [contact.of_class]
        if contact.place != NONE:
            by_variant = facts["place_class"][contact.place][2 * need.service : 2 * need.service + 2]
        else:
            by_variant = facts["entry_class"][contact.channel][need.service][need.town]
        return [by_variant[row.y]] if row.y >= 0 else list(by_variant)

    def on_serves_itself(self, row: Row) -> None:
        contact = self.floor.contacts[row.key]
        self.expect(self.floor.modes[contact.of_class] == "self", row, CLASS_AND_HOURS, "serves itself where staff should")
        self._goes_ahead(contact, row)
        contact.where, contact.began_at = "on its own", row.time

    def on_queues(self, row: Row) -> None:
        contact, facts = self.floor.contacts[row.key], self.floor.facts["classes"][row.of_class]
        queue = self.floor.queues[row.of_class]
        self.expect(contact.where == "joining", row, ANSWERED, "queues without having joined")
        found = choices.who_takes(self.floor, row.of_class, contact.stage)
        self.expect(found is None, row, CHOOSE_POOL, f"queues; {self.who(found)} should take it")
        self.expect(not self.finds_no_line, row, FULL_LINE, "queues, and all lines that its class shares are taken")
        limit = facts["queue_limit"]
        if limit is not None:
            self.expect(len(queue) < limit, row, FULL_LINE, f"queues as number {len(queue) + 1} in a line for {limit}")
        said = luck.answers(self.floor, contact, row.time)
        self.expect(said == "queues", row, OUTCOMES, f"queues; on what is announced it should be {said}")
        if contact.kept_patience is not None:
            rest = FOREVER if contact.kept_patience >= FOREVER else row.time + contact.kept_patience
            self.expect(min(row.value, FOREVER) == rest, row, PATIENCE, f"brings patience to {rest!r} min along, not to {row.value!r}")
        elif facts["patience"] is None:
            self.expect(row.value >= FOREVER, row, PATIENCE, "has an end of patience where there is none")
        else:
            self._patience(contact, row)
        contact.where, contact.patience, contact.of_class, contact.in_queue_since = "queued", row.value, row.of_class, row.time
        self.floor.stand(contact)
        if row.value < FOREVER:
            self.agenda.ask(("patience", row.key), row.value)
        self.next_stage(contact)
        self.touched_classes.add(row.of_class)
        self.undecided.pop(row.key, None)

    def _patience(self, contact: Contact, row: Row) -> None:
        """Patience ends when the draw says so, to a tick; laws read from tables are not worked out again."""
        of_class = self.floor.facts["classes"][row.of_class]
        minutes = chance.quantile(of_class["patience"], luck.draw(self.floor, contact, chance.PATIENCE))
        if minutes is None or of_class["carries_patience"]:
            self.expect(row.value >= row.time, row, PATIENCE, "has no patience left when it begins to wait")
        else:
            right = abs(row.value - row.time - minutes) < 1.5 * chance.TICK
            self.expect(right, row, PATIENCE, f"patience lasts {row.value - row.time!r} min, not {minutes!r}")

    def on_stage_begins(self, row: Row) -> None:
        contact, after = self.floor.contacts[row.key], self.floor.facts["classes"][row.of_class]["stage_after_min"]
        contact.stage += 1
        self.expect(contact.where == "queued" and contact.stage == row.y, row, HOLDS, f"rises to stage {row.y}, not {contact.stage}")
        moves = self.floor.facts["classes"][row.of_class]["moves_on"]
        if moves is not None and contact.stage == moves["at_stage"]:
            self.leave_queue(contact)
            self.undecided[row.key] = "has waited as long as it may here"
            return
        self.expect(contact.stage <= len(after), row, HOLDS, "rises to a stage that its class does not have")
        self.next_stage(contact)
        self.touched_classes.add(row.of_class)
        found = choices.who_takes(self.floor, row.of_class, contact.stage)
        if found is not None:
            self.undecided[row.key] = f"may now be served by {self.who(found)}"
        else:
            self.checked[CHOOSE_POOL] += 1

    def on_patience_over(self, row: Row) -> None:
        contact = self.floor.contacts[row.key]
        self.expect(contact.where == "queued" and contact.patience == row.time, row, PATIENCE, "gives up without need")
        self.leave_queue(contact)
        self.undecided[row.key] = "has lost patience"

    on_left_unseen = on_patience_over

    def leave_queue(self, contact: Contact) -> None:
        """A contact waits no longer."""
        self.floor.queues[contact.of_class].remove(contact.key)
        self.agenda.cancel(("patience", contact.key))
        self.agenda.cancel(("stage", contact.key))
        self.touched_classes.add(contact.of_class)
        contact.where = "left"
