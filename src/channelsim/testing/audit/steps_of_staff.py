"""Steps of staff: they come and go, are idle, take contacts, and work on them piece by piece."""

from __future__ import annotations

from channelsim.testing.audit import chance, choices, luck
from channelsim.testing.audit.accounts import PAID, TRAVEL
from channelsim.testing.audit.auditor import ANSWERED, CHOOSE_CONTACT, CHOOSE_POOL, FIRST_COME, FULL_LINE, ORDER, PIECES, ROSTER, Auditor
from channelsim.testing.audit.floor import Contact, Key, Person
from channelsim.testing.audit.rows import NONE, Row


class StaffSteps(Auditor):
    """From the moment at which somebody comes to the moment at which he leaves."""

    # --- the roster -------------------------------------------------------------------------------
    def on_person_comes(self, row: Row) -> None:
        person = self.floor.person(row.person)
        self.accounts.charge(person, row.time)
        self.expect(person.doing in ("away", "at work", "after work"), row, ROSTER, f"{self._name(person)} comes and is there already")
        if self.attendance.staff:
            self.expect(
                self.attendance.comes(row.person, row.time, row.value), row, ROSTER, f"{self._name(person)} comes without being due"
            )
        if self.region_attendance:
            right = self.region_attendance.comes(row.person, row.time, row.value, row.pool)
            self.expect(right, row, ROSTER, f"{self._name(person)} comes without being due")
        person.shift_end, person.paid_since, person.duty_left = row.value, row.time, 0.0
        self.agenda.ask(("leave", row.person), row.value)
        if person.doing in ("at work", "after work"):
            person.since = row.time
            return
        person.pool = row.pool
        self._asks(person, row.time)

    def on_person_leaves(self, row: Row) -> None:
        person = self.floor.person(row.person)
        self.accounts.pay(person, row.time)
        person.paid_since = None
        if person.doing in ("at work", "after work"):  # finishes first (decisions 21), or hands over
            if person.contact is not None and self._hands_over(person, person.contact):
                self.undecided[person.contact] = "is to be handed over"
            return
        self.accounts.charge(person, row.time)
        if person.doing == "idle":
            self.floor.stand_up(person)
        elif person.doing == "on duty":
            self.agenda.cancel(("duty", row.person))
        person.doing = "away"

    def _hands_over(self, person: Person, key: Key) -> bool:
        """Does somebody whose shift ends lay down what is in hand? In a region only if a colleague is free for it."""
        if not self.floor.facts["pools"][person.pool]["hands_over"]:
            return False
        contact = self.floor.contacts[key]
        return not self.floor.facts["customers"] or choices.who_takes(self.floor, contact.of_class, contact.stage) is not None

    def on_person_travels(self, row: Row) -> None:
        """The way to and from a visiting day is paid when it begins."""
        right = bool(self.region_attendance) and self.region_attendance.goes(row.person, row.time, row.value)
        self.expect(right, row, ROSTER, f"{self.floor.name('persons', row.person)} travels {row.value!r} min without a visiting day")
        self.accounts.spend(row.pool, PAID, row.time, row.time + row.value)
        self.accounts.spend(row.pool, TRAVEL, row.time, row.time + row.value)

    def on_duty_calls(self, row: Row) -> None:
        person = self.floor.person(row.person)
        if self.region_attendance:
            right = self.region_attendance.calls(row.person, row.time, row.value)
            self.expect(right, row, ROSTER, f"{self._name(person)} is called away for {row.value!r} min without reason")
        if person.doing == "away":
            return
        person.duty_left += row.value
        if person.doing == "idle":
            self.accounts.charge(person, row.time)
            self.floor.stand_up(person)
            self._asks(person, row.time)

    def on_introduces(self, row: Row) -> None:
        """An adviser takes a customer to the video room, now or when he is free (decisions 26)."""
        person, contact = self.floor.person(row.person), self.floor.contacts[self.head.key]
        book = self.floor.facts["books"][contact.book]
        right = self.head.event == "appointment due" and (book.get("adviser"), book.get("intro_min")) == (row.person, row.value)
        self.expect(right and person.doing != "away", row, ROSTER, f"{self._name(person)} introduces a customer for {row.value!r} min")
        self.introduced = True
        person.duty_left += row.value
        if person.doing == "idle":
            self.accounts.charge(person, row.time)
            self.floor.stand_up(person)
            self._asks(person, row.time)

    def on_duty_over(self, row: Row) -> None:
        person = self.floor.person(row.person)
        self.accounts.charge(person, row.time)
        self.expect(person.doing == "on duty", row, ROSTER, f"{self._name(person)} was not on other duty")
        self._asks(person, row.time)

    def on_door_shuts(self, row: Row) -> None:
        calendar = self.floor.facts["calendars"][row.x]
        after = calendar["sends_home_after_min"]
        closed = [hours[1] + after for hours in calendar["days"] if hours is not None and after is not None]
        self.expect(row.time in closed, row, ROSTER, "a door shuts that does not shut now")
        for of_class in calendar["sends_home"]:
            for key in self.floor.queues.get(of_class, []):
                self.undecided[key] = "is behind a door that shuts"

    def _asks(self, person: Person, now: float) -> None:
        person.doing, person.since = "asking", now
        self.asking.append(person.number)

    def _answered(self, person: Person, row: Row) -> None:
        self.expect(person.doing == "asking", row, ANSWERED, f"{self._name(person)} decides without being free")
        owed = self.after_work.pop(person.number, 0.0)
        self.expect(person.number not in self.stays, row, PIECES, f"{self._name(person)} should keep the caller company")
        self.expect(owed is None or owed < chance.TICK, row, PIECES, f"{self._name(person)} decides before {owed!r} min of after-work")
        if person.number in self.asking:
            self.asking.remove(person.number)

    def _name(self, person: Person) -> str:
        return self.floor.name("persons", person.number)

    # --- routing lists by hour --------------------------------------------------------------------
    def next_lists(self, now: float) -> None:
        """Expect the next change of the routing lists."""
        step = self.floor.lists_change(now)
        if step is not None:
            self.agenda.ask(("tables", NONE), step[0])
            self.next_set = step[1]

    def on_tables_change(self, row: Row) -> None:
        self.expect(row.x == self.next_set, row, ROSTER, f"the lists change to set {row.x}; should be {self.next_set}")
        self.floor.use_lists(row.x)
        self.next_lists(row.time)
        self.touched_pools.update(pool for pool, idle in self.floor.idle.items() if idle)
        self.touched_classes.update(of_class for of_class, queue in self.floor.queues.items() if queue)
        self.asked_pool = NONE

    # --- what a free person does ------------------------------------------------------------------
    def on_idle(self, row: Row) -> None:
        person = self.floor.person(row.person)
        self._answered(person, row)
        of_class = choices.what_to_take(self.floor, person.pool, row.time, 1)
        waits = row if of_class is None else row._replace(need=self.floor.queues[of_class][0][0])
        self.expect(of_class is None, waits, CHOOSE_CONTACT, f"{self._name(person)} is idle; should take from {self.of_class(of_class)}")
        self.expect(row.time < person.shift_end and not self._has_duty(person, row.time), row, ROSTER,
                    f"{self._name(person)} is idle; should leave or have other duties")  # fmt: skip
        person.duty_left = 0.0
        self.floor.sit_down(person, row.time)
        self.touched_pools.add(person.pool)

    def on_away(self, row: Row) -> None:
        person = self.floor.person(row.person)
        self._answered(person, row)
        of_class = choices.what_to_take(self.floor, person.pool, row.time, 1, after_shift=True)
        instead = "the shift is not over" if of_class is None else f"should serve {self.of_class(of_class)}"
        self.expect(row.time >= person.shift_end and of_class is None, row, ROSTER, f"{self._name(person)} goes; {instead}")
        person.doing = "away"

    def on_on_other_duty(self, row: Row) -> None:
        person = self.floor.person(row.person)
        self._answered(person, row)
        until = row.time + min(person.duty_left, person.shift_end - row.time)
        right = self.head.event in ("duty calls", "appointment due") or self._has_duty(person, row.time)
        self.expect(right and row.value == until, row, ROSTER, f"{self._name(person)} has other duties to {row.value!r} min; to {until!r}")
        person.duty_left, person.doing, person.since = 0.0, "on duty", row.time
        self.agenda.ask(("duty", row.person), row.value)

    def _has_duty(self, person: Person, now: float) -> bool:
        enough = person.shift_end - now >= self.floor.facts["options"]["min_break_left_min"]
        return person.duty_left > 0.0 and enough

    # --- work -------------------------------------------------------------------------------------
    def on_taken(self, row: Row) -> None:
        contact, person = self.floor.contacts[row.key], self.floor.person(row.person)
        if contact.where == "queued":
            self._from_queue(contact, person, row)
        else:
            self._at_once(contact, row, "joining")
        if person.doing == "idle":
            self.accounts.charge(person, row.time)
            self.floor.stand_up(person)
        else:
            self._answered(person, row)
        self._piece(contact, row)
        self.expect(row.key not in self.floor.company.values(), row, PIECES, "is taken, and the other keeps it company still")
        self.expect(person.pool == row.pool, row, ROSTER, f"{self._name(person)} works for another pool")
        person.doing, person.since, person.contact = "at work", row.time, row.key
        contact.where, contact.work_until, contact.taken_at = "at work", row.value, row.time
        self.agenda.ask(("work", row.person), row.value)
        self.undecided.pop(row.key, None)

    def _from_queue(self, contact: Contact, person: Person, row: Row) -> None:
        """Taken from a queue: by somebody who became free, or because it was set loose."""
        freed = person.doing == "asking"
        if self.head.event == "tables change":  # all pools are asked again, in order
            self.expect(person.pool >= self.asked_pool, row, ORDER, f"{self._name(person)} is asked after {self.asked_pool}")
            self.asked_pool = person.pool
        again = self.head.event == "tables change" or (self.head.event == "appointment due" and self.head.key != row.key)
        if freed or again:
            late = freed and row.time >= person.shift_end
            of_class = choices.what_to_take(self.floor, person.pool, row.time, int(freed), after_shift=late)
            right = of_class == row.of_class
            if self.floor.facts["own_rule"]["contacts"]:  # which of those whom he may serve is the rule's affair
                right = row.of_class in choices.may_be_taken(self.floor, person.pool, row.time, int(freed), late)
            self.expect(right, row, CHOOSE_CONTACT,
                        f"{self._name(person)} takes from {self.of_class(row.of_class)}, not from {self.of_class(of_class)}")  # fmt: skip
            first = self.floor.queues[row.of_class][0]
            self.expect(first == row.key, row, FIRST_COME, f"is taken before need {first[0]}, first in {self.of_class(row.of_class)}")
            if freed and not late:
                self.expect(not self._has_duty(person, row.time), row, ROSTER, f"{self._name(person)} should have other duties")
                person.duty_left = 0.0
            elif not freed:
                first_idle = self.floor.idle[person.pool][:1]
                self.expect(
                    first_idle == [(person.since, person.number)], row, CHOOSE_CONTACT, f"{self._name(person)} was not idle longest"
                )
        else:
            self._at_once(contact, row, "queued")
        self.floor.queues[contact.of_class].remove(contact.key)
        self.agenda.cancel(("patience", contact.key))
        self.agenda.cancel(("stage", contact.key))
        self.touched_classes.add(contact.of_class)

    def _at_once(self, contact: Contact, row: Row, where: str) -> None:
        found = choices.who_takes(self.floor, row.of_class, contact.stage)
        self.expect(not self.finds_no_line, row, FULL_LINE, "is taken, and all lines that its class shares are taken")
        right = found == (row.pool, row.person)
        if self.floor.facts["own_rule"]["pools"]:
            right = (row.pool, row.person) in choices.may_take(self.floor, row.of_class, contact.stage)
        self.expect(contact.where == where and right, row, CHOOSE_POOL,
                    f"is taken by {self.who((row.pool, row.person))}; should be by {self.who(found)}")  # fmt: skip

    def _piece(self, contact: Contact, row: Row) -> None:
        """Longer items are worked in slices (decisions 8); a later slice is what is left, or a whole slice."""
        longest = self.floor.facts["classes"][row.of_class]["slice_min"]
        piece = row.value - row.time
        right = piece > 0.0 and (longest is None or piece <= longest)
        if contact.left_min is not None:
            right = right and piece == (contact.left_min if longest is None else min(contact.left_min, longest))
        self.expect(right and row.y == contact.stage, row, PIECES, f"a piece of work of {piece!r} min")

    def on_work_stops(self, row: Row) -> None:
        contact, person = self.floor.contacts[row.key], self.floor.person(row.person)
        self.expect(person.contact == row.key and person.doing == "at work", row, PIECES, f"{self._name(person)} works on something else")
        self.accounts.charge(person, row.time)
        person.contact = None
        self._asks(person, row.time)
        if row.value > 0.0:
            left_right = contact.left_min is None or contact.left_min - self._slice(row) == row.value
            self.expect(left_right, row, PIECES, f"{row.value!r} min are left; {contact.left_min!r} were before this slice")
            contact.left_min = row.value
            self.back_in_queue(contact, row.time)
        else:
            contact.where = "worked"
            self.undecided[row.key] = "has been worked on"
            self.after_work[row.person] = self._after_work(contact)

    # --- work after a contact ---------------------------------------------------------------------
    def _after_work(self, contact: Contact) -> float | None:
        """Minutes for which the person stays busy; None where the law is read from a table, and is not worked out again."""
        law = self.floor.facts["classes"][contact.of_class]["after_work"]
        return (
            0.0
            if law is None or not luck.is_reached(self.floor, contact)
            else chance.quantile(law, luck.draw(self.floor, contact, chance.AFTER_CONTACT))
        )

    def on_after_work(self, row: Row) -> None:
        person, minutes = self.floor.person(row.person), self.after_work.pop(row.person, 0.0)
        self._answered(person, row)
        right = row.value > row.time if minutes is None else abs(row.value - row.time - minutes) < 1.5 * chance.TICK
        self.expect(right, row, PIECES, f"{self._name(person)} has {row.value - row.time!r} min of after-work, not {minutes!r}")
        person.doing, person.since = "after work", row.time
        self.agenda.ask(("work", row.person), row.value)

    def on_stays_on_the_line(self, row: Row) -> None:
        """Whoever hands a caller over waits with him for the next person (a warm transfer)."""
        person, minutes = self.floor.person(row.person), self.stays.pop(row.person, 0.0)
        self._answered(person, row)
        right = minutes > 0.0 and row.value == row.time + minutes
        self.expect(right, row, PIECES, f"{self._name(person)} stays to {row.value!r} min; should for {minutes!r} min")
        person.doing, person.since = "after work", row.time
        self.floor.company[row.person] = row.key
        self.agenda.ask(("work", row.person), row.value)

    def on_lets_go(self, row: Row) -> None:
        """The caller is answered or has left: the other is free within this instant."""
        person = self.floor.person(row.person)
        right = self.floor.company.pop(row.person, None) == row.key and person.doing == "after work"
        self.expect(right, row, PIECES, f"{self._name(person)} lets go of a caller whom he did not keep company")
        self.agenda.cancel(("work", row.person))
        self.agenda.ask(("work", row.person), row.time)

    def on_after_work_over(self, row: Row) -> None:
        person = self.floor.person(row.person)
        self.floor.company.pop(row.person, None)
        self.expect(person.doing == "after work", row, PIECES, f"{self._name(person)} has no work after a contact")
        self.accounts.charge(person, row.time)
        self._asks(person, row.time)

    def on_laid_down(self, row: Row) -> None:
        contact, person = self.floor.contacts[row.key], self.floor.person(row.person)
        right = person.contact == row.key and self.head.event == "person leaves" and self.floor.facts["pools"][row.pool]["hands_over"]
        self.expect(right, row, PIECES, f"{self._name(person)} lays down what he should not")
        self.accounts.charge(person, row.time)
        self.agenda.cancel(("work", row.person))
        whole = contact.work_left(row.time)
        self.expect(whole is None or whole == row.value, row, PIECES, f"{row.value!r} min are left; should be {whole!r}")
        person.contact, person.doing = None, "away"
        contact.left_min = row.value
        self.back_in_queue(contact, row.time)
        self.undecided.pop(row.key, None)

    def _slice(self, row: Row) -> float:
        return float(self.floor.facts["classes"][row.of_class]["slice_min"] or 0.0)
