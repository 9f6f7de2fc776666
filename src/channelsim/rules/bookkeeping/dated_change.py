"""One world takes the place of another at a midnight: what becomes of people, trays, appointments and trips (design 4.13).

Needs and contacts keep their rows, their ages and their luck; everything that is numbered by pool, class, place or book
is renumbered or begun anew. A tray follows the office that answers its municipality now; appointments with a pool that is
gone, or whose hour it no longer offers, are booked anew in order of date and counted; customers under way to a point that is
gone choose again (decisions 25). It runs once a change, over NumPy arrays: it is not part of a kernel.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from channelsim.compiled import plain
from channelsim.errors import SimulationError
from channelsim.rules import state as S
from channelsim.rules.appointments import book, take_slot
from channelsim.rules.bookkeeping.events import (
    COMES_AGAIN, DATED_CHANGE, GOES_ON, HOUR_KEPT, HOUR_LOST, TRAY_MOVES, note, note_contact,
)  # fmt: skip
from channelsim.rules.bookkeeping.queues import schedule_stage
from channelsim.rules.bookkeeping.tray import at_contact
from channelsim.rules.kinds import CONTACT_ARRIVES
from channelsim.rules.state import State
from channelsim.scenario import tables as T
from channelsim.scenario.tables import NONE
from channelsim.scenario.world import World

CARRIED = ("scalars", "needs", "need_times", "contacts", "contact_times")
MOVED = 3  # column of the tally of books
ask, next_stage, book_again, take = plain(at_contact), plain(schedule_stage), plain(book), plain(take_slot)
note_step, note_about = plain(note), plain(note_contact)


class DatedChange:
    """The change from one world to another in a running replication."""

    def __init__(self, state: State, old: World, new: World, now: float) -> None:
        self.old, self.new, self.now, self.before = old, new, now, state
        if old.names.municipalities != new.names.municipalities or old.names.services != new.names.services:
            raise ValueError("a dated change keeps municipalities, segments and services")
        self._refuse_work_in_progress()
        capacity = len(state.needs) // S.NEED_WIDTH
        keeps = bool(state.scalars[S.KEEP_RECORDS])
        fresh = S.new_state(new.tables, len(new.names.persons), len(new.names.places), capacity, bool(state.logs_events), keeps)
        self.state: State = fresh.replaced(**{name: getattr(state, name).copy() for name in CARRIED})
        self.state.scalars[S.TABLE_SET] = 0  # a week begins with the first set of routing lists
        free = self.state.contacts[S.C_NEED :: S.CONTACT_WIDTH] == NONE
        self.state.contacts[S.C_CLASS :: S.CONTACT_WIDTH][free] = NONE  # classes of old rows have no meaning any more
        worked = dict(zip(old.names.persons, state.person_times[S.PERSON_WORKED :: S.PERSON_TIMES], strict=True))
        self.state.person_times[S.PERSON_WORKED :: S.PERSON_TIMES] = [worked.get(name, 0.0) for name in new.names.persons]
        self.slots_max = S.slots_max(new.tables)

    def _refuse_work_in_progress(self) -> None:
        doing = self.before.persons[S.P_STATE :: S.PERSON_WIDTH]
        if (doing != S.OFF).any():
            who = self.old.names.persons[int(np.argmax(doing != S.OFF))]
            raise SimulationError(f"{who} is still at work when the offices change: let the change begin on a later day", time_min=self.now)

    def carry(self, emptied: Callable[[State], None]) -> State:
        """Move every contact; `emptied` is called whenever the out tray must be emptied."""
        self.emptied = emptied
        note_step(self.state, DATED_CHANGE, NONE, NONE, NONE, NONE, NONE, 0, 0, self.now, self.now)
        contacts = self.before.contacts.reshape(-1, S.CONTACT_WIDTH)
        live = np.flatnonzero(contacts[:, S.C_NEED] != NONE)
        state_of = contacts[live, S.C_STATE]
        modes = self.old.tables.classes.reshape(-1, T.CLASS_WIDTH)[:, T.MODE]
        queued = live[state_of == S.QUEUED]
        in_tray = modes[contacts[queued, S.C_CLASS]] == T.ITEM
        self._move_trays(queued[in_tray])
        self._move_appointments(live[state_of == S.HAS_SLOT])
        for contact in live[state_of == S.COMING].tolist():
            self._move_coming(contact)
        for contact in live[state_of == S.ON_ITS_OWN].tolist():
            self.state.contacts[contact * S.CONTACT_WIDTH + S.C_CLASS] = self._entry(contact, 0)
            self._note(GOES_ON, contact, NONE, 0, self.now)
        for contact in queued[~in_tray].tolist():
            self._come_again(contact)
            emptied(self.state)
        emptied(self.state)
        return self.state

    def _note(self, event: int, contact: int, x: int, y: int, value: float) -> None:
        """A row of the log, if there is one; a change may write more of them than the state has room for."""
        if self.state.logs_events == 1:
            note_about(self.state, event, contact, x, y, self.now, value)
            if self.state.scalars[S.N_LOGGED] > S.LOG_CAPACITY // 2:
                self.emptied(self.state)

    def _entry(self, contact: int, variant: int, world: World | None = None) -> int:
        """The class that answers a contact's channel, service and municipality; the other variant's where there is none."""
        w = (world or self.new).tables
        c = contact * S.CONTACT_WIDTH
        n = self.state.contacts[c + S.C_NEED] * S.NEED_WIDTH
        row = self.state.contacts[c + S.C_CHANNEL] * w.sizes[T.N_SERVICES] + self.state.needs[n + S.SERVICE]
        row = row * w.sizes[T.N_MUNICIPALITIES] + self.state.needs[n + S.MUNICIPALITY]
        found = w.entry_class[row * 2 + variant]
        return int(found if found != NONE else w.entry_class[row * 2 + 1 - variant])

    def _move_trays(self, contacts: np.ndarray) -> None:
        """Items go to the tray of those who answer their municipality now, oldest first, at the stage that their age has."""
        times, state = self.state.contact_times, self.state
        since = times[contacts * S.CONTACT_TIMES + S.QUEUED_SINCE]
        ids = state.needs[state.contacts[contacts * S.CONTACT_WIDTH + S.C_NEED] * S.NEED_WIDTH + S.NEED_ID]
        serial = state.contacts[contacts * S.CONTACT_WIDTH + S.C_SERIAL]
        for contact in contacts[np.lexsort((serial, ids, since))].tolist():
            c = contact * S.CONTACT_WIDTH
            variant = 0 if state.contacts[c + S.C_CLASS] == self._entry(contact, 0, self.old) else 1
            state.contacts[c + S.C_CLASS] = self._entry(contact, variant)
            state.contacts[c + S.C_GENERATION] += 1
            self._append(contact)
            self._rise(contact)
            self._note(
                TRAY_MOVES, contact, NONE, int(state.contacts[c + S.C_STAGE]), float(times[contact * S.CONTACT_TIMES + S.QUEUED_SINCE])
            )

    def _append(self, contact: int) -> None:
        """Put a contact at the end of its class's queue; its time in the queue is counted from now on in this world's tally."""
        s, c = self.state, contact * S.CONTACT_WIDTH
        q = s.contacts[c + S.C_CLASS] * S.QUEUE_WIDTH
        tail = s.queues[q + S.TAIL]
        s.contacts[c + S.C_PREVIOUS], s.contacts[c + S.C_NEXT] = tail, NONE
        if tail == NONE:
            s.queues[q + S.HEAD] = contact
        else:
            s.contacts[tail * S.CONTACT_WIDTH + S.C_NEXT] = contact
        s.queues[q + S.TAIL] = contact
        s.queues[q + S.LENGTH] += 1
        s.contact_times[contact * S.CONTACT_TIMES + S.IN_QUEUE_SINCE] = self.now

    def _rise(self, contact: int) -> None:
        s, w, c = self.state, self.new.tables, contact * S.CONTACT_WIDTH
        base = s.contacts[c + S.C_CLASS] * T.CLASS_WIDTH
        age = self.now - s.contact_times[contact * S.CONTACT_TIMES + S.QUEUED_SINCE]
        stage = 0
        while stage + 1 < w.classes[base + T.N_STAGES] and w.stage_after_min[w.classes[base + T.FIRST_STAGE] + stage] < age:
            stage += 1
        s.contacts[c + S.C_STAGE] = stage
        next_stage(s, w, contact)

    def _move_appointments(self, contacts: np.ndarray) -> None:
        """Appointments that their pool can keep are kept; then the others are booked anew, in order of date."""
        s, w = self.state, self.new.tables
        due = s.contact_times[contacts * S.CONTACT_TIMES + S.DUE_AT]
        ids = s.needs[s.contacts[contacts * S.CONTACT_WIDTH + S.C_NEED] * S.NEED_WIDTH + S.NEED_ID]
        in_order = contacts[np.lexsort((ids, due))].tolist()
        for contact in [c for c in in_order if not self._keeps(c)]:
            c = contact * S.CONTACT_WIDTH
            was = int(self.old.tables.bookable[s.contacts[c + S.C_BOOK]])
            s.contacts[c + S.C_CLASS] = NONE  # the number of another world: what follows from finding no hour would be another class's
            self._note(HOUR_LOST, contact, was, 0, float(s.contact_times[contact * S.CONTACT_TIMES + S.DUE_AT]))
            s.contacts[c + S.C_STATE] = S.COMING  # who finds no hour must not be counted as moved
            t = contact * S.CONTACT_TIMES + S.QUEUED_SINCE
            asked_at = float(s.contact_times[t])
            s.contacts[c + S.C_GENERATION] += 1
            book_again(s, w, contact, self.now)
            if s.contacts[c + S.C_STATE] == S.HAS_SLOT:
                s.contact_times[t] = asked_at  # the customer has waited since the first booking
                s.book_tally[w.bookable[s.contacts[c + S.C_BOOK]] * 4 + MOVED] += 1
            self.emptied(s)

    def _keeps(self, contact: int) -> bool:
        """Take the same hour with the same pool, if the new world has it free."""
        s, c = self.state, contact * S.CONTACT_WIDTH
        w, before = self.new.tables, self.old.tables
        n = s.contacts[c + S.C_NEED] * S.NEED_WIDTH
        pool = self.old.names.pools[before.books[before.bookable[s.contacts[c + S.C_BOOK]] * T.BOOK_WIDTH + T.BOOK_POOL]]
        place = self._place(self.old, before.bookable[s.contacts[c + S.C_BOOK]])
        due = s.contact_times[contact * S.CONTACT_TIMES + S.DUE_AT]
        row = s.needs[n + S.SERVICE] * w.sizes[T.N_MUNICIPALITIES] + s.needs[n + S.MUNICIPALITY]
        for e in range(w.booked_start[row], w.booked_start[row + 1]):
            taken = int(w.bookable[e])
            if self.new.names.pools[w.books[taken * T.BOOK_WIDTH + T.BOOK_POOL]] != pool or self._place(self.new, taken) != place:
                continue
            first, length = w.book_times[taken * T.BOOK_TIMES + T.FIRST_SLOT], w.book_times[taken * T.BOOK_TIMES + T.SLOT_LENGTH]
            day, minute = divmod(due, 1440.0)
            slot = (minute - first) / length
            at = (taken * T.RING_DAYS + int(day) % T.RING_DAYS) * self.slots_max
            if slot == int(slot) and 0 <= slot < w.books[taken * T.BOOK_WIDTH + T.N_SLOTS] and s.slots[at + int(slot)] > 0:
                take(s, w, taken, int(day), int(slot), self.slots_max)
                s.contacts[c + S.C_BOOK], s.contacts[c + S.C_CLASS] = e, w.books[taken * T.BOOK_WIDTH + T.BOOK_CLASS]
                self._note(HOUR_KEPT, contact, taken, 0, float(due))
                return True
        return False

    def _place(self, world: World, book: int) -> str:
        """Where the customers of a book come to: that of its pool, or a video room."""
        of_class = world.tables.books[book * T.BOOK_WIDTH + T.BOOK_CLASS]
        place = NONE if of_class == NONE else world.tables.classes[of_class * T.CLASS_WIDTH + T.CLASS_PLACE]
        return world.names.places[place] if place != NONE else ""

    def _move_coming(self, contact: int) -> None:
        """Who is under way keeps the point if it is still there; whoever else comes asks anew when the time comes."""
        s, c = self.state, contact * S.CONTACT_WIDTH
        place = s.contacts[c + S.C_PLACE]
        name = self.old.names.places[place] if place != NONE else ""
        of_class = NONE
        if name in self.new.names.places and s.contacts[c + S.C_CLASS] != NONE:
            place = self.new.names.places.index(name)
            service = s.needs[s.contacts[c + S.C_NEED] * S.NEED_WIDTH + S.SERVICE]
            of_class = self.new.tables.place_class[
                (place * self.new.tables.sizes[T.N_SERVICES] + service) * 2 + s.contacts[c + S.C_VARIANT]
            ]
        s.contacts[c + S.C_CLASS], s.contacts[c + S.C_PLACE] = of_class, place if of_class != NONE else NONE
        self._note(GOES_ON, contact, int(s.contacts[c + S.C_PLACE]), 0, self.now)

    def _come_again(self, contact: int) -> None:
        """A customer who still waits at midnight comes again when doors or lines open."""
        s, c = self.state, contact * S.CONTACT_WIDTH
        s.contacts[c + S.C_GENERATION] += 1
        s.contacts[c + S.C_STATE], s.contacts[c + S.C_STAGE] = S.COMING, 0
        s.contacts[c + S.C_CLASS] = s.contacts[c + S.C_PLACE] = NONE
        self._note(COMES_AGAIN, contact, NONE, 0, self.now)
        ask(s, self.now, CONTACT_ARRIVES, contact)
