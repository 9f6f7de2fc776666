"""A dated change: nobody is at work, and all that waits, is booked or is on its way goes over to the world that begins."""

from __future__ import annotations

from math import nextafter

from channelsim.testing.audit.auditor import CHANGE, FIRST_COME, ROSTER
from channelsim.testing.audit.floor import Contact
from channelsim.testing.audit.region_attendance import RegionAttendance
from channelsim.testing.audit.rows import NONE, Facts, Row
from channelsim.testing.audit.steps_of_staff import StaffSteps

DAY = 1440.0
BECOMES = {"on its own": "goes on", "ahead": "goes on", "has a slot": "hour kept"}  # where a contact is -> the step that is due


class ChangeSteps(StaffSteps):
    """From one world to the next: numbers of classes, pools, persons, places and books are the new one's from then on."""

    def next_change(self) -> None:
        """Expect the next dated change."""
        if self.changes:
            self.agenda.ask(("change", NONE), self.changes[0]["time_min"])

    def who_did_not_come(self, until: float) -> None:
        """Persons of a region who should have come, gone on a break or travelled up to a moment, and did not."""
        for person, moment, what in self.region_attendance.missing(until):
            row = self.head._replace(time=moment, need=NONE)
            self.find(row, ROSTER, f"{self.floor.name('persons', person)} {what}")

    def on_dated_change(self, row: Row) -> None:
        self.expect(bool(self.changes), row, CHANGE, "the world changes, and no change is due")
        if not self.changes:
            return
        for person in self.floor.people.values():
            name = self.floor.name("persons", person.number)
            self.expect(person.doing == "away", row, CHANGE, f"{name} is {person.doing} when the world changes; staff finish first")
        self.who_did_not_come(row.time)
        for contact in self.floor.contacts.values():
            self._must_move(contact, row)
        for lost in sorted(self._staff(self.floor.facts) - self._staff(self.changes[0])):
            self.find(row, CHANGE, f"{lost} is on nobody's staff any more")
        self.checked[CHANGE] += len(self._staff(self.floor.facts))
        self.was, self.change = self.floor.facts, self.changes.pop(0)
        self.floor.use_facts(self.change)
        self.region_attendance = RegionAttendance(self.change, self.key, row.time)
        self.kept = self._hours_to_keep()
        self.agenda.cancel(("tables", NONE))
        self.next_lists(nextafter(row.time, 0.0))  # a list that holds from this very midnight on is still to come
        self.next_change()

    def _staff(self, facts: Facts) -> set[str]:
        """Names of the region's people, who keep them wherever they move to; points have others."""
        people = (facts["region_people"] or {"persons": []})["persons"]
        return {facts["names"]["persons"][i] for i, p in enumerate(people) if p["id"] >= 0}

    def _must_move(self, contact: Contact, row: Row) -> None:
        due = BECOMES.get(contact.where, "")
        if contact.where == "queued":
            due = "tray moves" if self.floor.modes[contact.of_class] == "item" else "comes again"
        right = due != "" and not contact.held
        self.expect(right, row._replace(need=contact.key[0]), CHANGE, f"contact {contact.key[1]} is {contact.where} at midnight")
        if due:
            self.to_move[contact.key] = due

    def _moves(self, row: Row, event: str) -> Contact:
        """A contact goes over, in the way that is due to it, once."""
        contact, due = self.floor.contacts[row.key], self.to_move.pop(row.key, "nothing")
        self.expect(due == event, row, CHANGE, f"contact {row.contact}: '{row.event}'; due was '{due}'")
        return contact

    def end_change(self) -> None:
        """All have gone over, and the run has counted the appointments that were moved."""
        for (need, number), due in self.to_move.items():
            contact = self.floor.contacts[need, number]
            where = {"tray moves": f"waits in {self.was['classes'][max(contact.of_class, 0)]['name']}", "hour kept": "has an appointment"}
            self.find(self.head._replace(need=need), CHANGE, f"contact {number} {where.get(due, 'is ahead')}, and is not moved")
            self._as_it_should_be(contact, due)
        if self.head.event == "dated change" and self.change:
            counted = self.change["appointments_moved"]
            self.expect(counted == self.n_moved, self.head, CHANGE, f"{self.n_moved} appointments are moved; the run counted {counted}")

    def _as_it_should_be(self, contact: Contact, due: str) -> None:
        """Who was forgotten is taken to be where he belongs: numbers of the world that was mean others now."""
        if due == "tray moves":
            contact.of_class = self._tray_of(contact)
            contact.stage, contact.in_queue_since = 0, self.head.time
            self.floor.stand(contact)
        elif due == "hour kept":
            contact.book = self.kept.get(contact.key, NONE)
        elif contact.where == "on its own":
            contact.of_class = self._answers_now(contact, 0)
        else:
            contact.of_class = contact.place = NONE

    # --- trays ------------------------------------------------------------------------------------
    def _lines(self, facts: Facts, contact: Contact) -> list[int]:
        """Classes (plain, expert) that answer a contact's channel, service and municipality in a world."""
        need = self.floor.needs[contact.key[0]]
        return list(facts["entry_class"][contact.channel][need.service][need.town])

    def _answers_now(self, contact: Contact, variant: int) -> int:
        """The class of a variant in this world, the other's where there is none."""
        now = self._lines(self.change, contact)
        return now[variant] if now[variant] != NONE else now[1 - variant]

    def _tray_of(self, contact: Contact) -> int:
        """The tray of those who answer the municipality of an item now, plain or expert as it was."""
        return self._answers_now(contact, 0 if contact.of_class == self._lines(self.was, contact)[0] else 1)

    def on_tray_moves(self, row: Row) -> None:
        contact = self._moves(row, "tray moves")
        right = self._tray_of(contact)
        self.expect(row.of_class == right, row, CHANGE, f"goes to the tray {self.of_class(row.of_class)}, not to {self.of_class(right)}")
        queue = self.floor.queues[row.of_class]
        if queue:
            last = self.floor.contacts[queue[-1]]
            in_order = (last.queued_since, *last.key) <= (contact.queued_since, *contact.key)
            self.expect(in_order, row, FIRST_COME, f"stands behind need {last.key[0]}, which is younger")
        facts = self.change["classes"][row.of_class]
        queue.append(row.key)
        stage = sum(contact.queued_since + after < row.time for after in facts["stage_after_min"])
        kept = row.value == contact.queued_since and row.y == stage
        self.expect(
            kept, row, CHANGE, f"waits since {row.value!r} min, at stage {row.y}; should since {contact.queued_since!r}, at {stage}"
        )
        contact.of_class, contact.stage, contact.in_queue_since = row.of_class, stage, row.time
        contact.sliced = facts["slice_min"] is not None
        self.agenda.cancel(("stage", contact.key))
        self.next_stage(contact)

    # --- appointments -----------------------------------------------------------------------------
    def _hours_to_keep(self) -> dict[tuple[int, int], int]:
        """Who keeps the hour, and in which book: in order of date, whoever finds the same pool, place and hour free."""
        free = [{day: list(slots) for day, slots in book.items()} for book in self.floor.free_slots]
        booked = [(self.agenda.moment(("due", key)) or 0.0, key) for key, due in self.to_move.items() if due == "hour kept"]
        kept = {}
        for due, key in sorted(booked):
            for book in self._same_books(self.floor.contacts[key]):
                day, slot = self._slot_of(book, due)
                if slot is not None and slot < len(free[book].get(day, ())) and free[book][day][slot] > 0:
                    free[book][day][slot] -= 1
                    kept[key] = book
                    break
        return kept

    def _same_books(self, contact: Contact) -> list[int]:
        """Books of this world for the need of a contact, of the pool and place at which it has its appointment."""
        need, before = self.floor.needs[contact.key[0]], self._pool_and_place(self.was, contact.book)
        candidates = [int(book) for book, _ in self.change["booked"][need.service][need.town]]
        return [book for book in candidates if self._pool_and_place(self.change, book) == before]

    def _pool_and_place(self, facts: Facts, number: int) -> tuple[str, str]:
        book, names = facts["books"][number], facts["names"]
        return names["pools"][book["pool"]], "" if book["place"] == NONE else names["places"][book["place"]]

    def _slot_of(self, book: int, due: float) -> tuple[int, int | None]:
        """(day, slot) of an hour in the grid of a book; no slot if its grid has no such hour."""
        grid, day = self.change["books"][book], int(due // DAY)
        slot = (due - day * DAY - grid["first_slot_min"]) / grid["slot_min"]
        return day, int(slot) if slot >= 0.0 and slot == int(slot) else None

    def where_booked(self, facts: Facts, number: int) -> str:
        """Pool and place of a book, for messages."""
        pool, place = self._pool_and_place(facts, number) if 0 <= number < len(facts["books"]) else ("nobody", "")
        return f"{pool} at {place}" if place and place not in pool else pool

    def on_hour_kept(self, row: Row) -> None:
        contact, should = self._moves(row, "hour kept"), self.kept.get(row.key)
        before = self.where_booked(self.was, contact.book)
        self.expect(should is not None, row, CHANGE, f"keeps the hour {row.value!r} min with {before}, who has it no more")
        self.expect(should in (None, row.x), row, CHANGE, f"keeps the hour with {self.where_booked(self.change, row.x)}, not with {before}")
        due = self.agenda.moment(("due", row.key))
        self.expect(row.value == due, row, CHANGE, f"keeps the hour {row.value!r} min; has {due!r} min")
        day, slot = self._slot_of(row.x, row.value)
        if slot is not None:
            self.floor.take_slot(row.x, day, slot)
        contact.book = row.x

    def on_hour_lost(self, row: Row) -> None:
        contact, should = self._moves(row, "hour kept"), self.kept.get(row.key)
        self.expect(should is None, row, CHANGE, f"loses the hour {row.value!r} min, which it could keep")
        due = self.agenda.moment(("due", row.key))
        self.expect((row.x, row.value) == (contact.book, due), row, CHANGE, f"loses the hour {row.value!r} min; has {due!r} min")
        self.expect((row.value, row.need) >= self.last_lost, row, FIRST_COME, "an appointment of a later date has gone first")
        self.last_lost = (row.value, row.need)
        for kind in ("due", "hold", "arrive"):
            self.agenda.cancel((kind, row.key))
        contact.book, contact.where = NONE, "here"
        self.undecided[row.key] = "has lost its appointment"

    # --- those who are on their way ---------------------------------------------------------------
    def on_goes_on(self, row: Row) -> None:
        contact = self._moves(row, "goes on")
        if contact.where == "on its own":
            right = self._answers_now(contact, 0)
            self.expect(row.of_class == right, row, CHANGE, f"goes on in {self.of_class(row.of_class)}, not in {self.of_class(right)}")
            contact.of_class = row.of_class
            return
        allowed = self._still_there(contact)
        should = self.floor.name("places", max(allowed)[0])
        said = f"goes on to {self.floor.name('places', row.x)}, in {self.of_class(row.of_class)}; should to {should}"
        self.expect((row.x, row.of_class) in allowed, row, CHANGE, said)
        handed_on = contact.of_class != NONE
        contact.place, contact.of_class = row.x, row.of_class if handed_on else NONE

    def _still_there(self, contact: Contact) -> set[tuple[int, int]]:
        """(point, class) for which a contact goes on, for each variant that it may be; none where its point has nobody for it."""
        name = NONE if contact.place == NONE else self.was["names"]["places"][contact.place]
        if contact.wants_slot or name not in self.change["names"]["places"]:
            return {(NONE, NONE)}
        place, first = self.change["names"]["places"].index(name), 2 * self.floor.needs[contact.key[0]].service
        found = set()
        for variant in (first, first + 1):
            before = contact.of_class if contact.of_class != NONE else self.was["place_class"][contact.place][variant]
            now = self.change["place_class"][place][variant]
            found.add((NONE, NONE) if NONE in (before, now) else (place, now))
        return found

    def on_comes_again(self, row: Row) -> None:
        contact = self._moves(row, "comes again")
        for kind in ("patience", "stage"):
            self.agenda.cancel((kind, row.key))
        contact.where, contact.stage = "ahead", 0
        contact.of_class = contact.place = contact.book = NONE
        self.agenda.ask(("arrive", row.key), row.time)
