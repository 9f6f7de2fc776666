"""Work after a contact has ended: the customer is gone, the person is not free yet."""

from __future__ import annotations

from channelsim.compiled import apart, compiled, small
from channelsim.randomness import AFTER_CONTACT, quantile, uniform
from channelsim.rules.announcements import is_not_reached
from channelsim.rules.bookkeeping.events import AFTER_WORK_BEGINS, LETS_GO, STAYS_ON_LINE, note_person, note_work
from channelsim.rules.bookkeeping.tray import at
from channelsim.rules.kinds import WORK_ENDS
from channelsim.rules.state import (
    BUSY, CONTACT_WIDTH, C_BOOK, C_CHANNEL, C_CLASS, C_K, C_LEG, C_NEED, C_PERSON, C_ROLE, LUCK, NEED_WIDTH,
    PERSON_WIDTH, P_GENERATION, P_POOL, P_STATE,
)  # fmt: skip
from channelsim.scenario.tables import AFTER_WORK, CLASS_WIDTH, NONE, WARM_MAX_MIN
from channelsim.units import on_grid

grid = small(on_grid)


WARM = -3  # in place of a book: somebody keeps this caller company until the next answers


@compiled
def stay_on_line(s, w, person, contact, now):
    """Whoever hands a caller over stays until the next person answers, at most so long (a warm transfer, decisions 26)."""
    apart()
    p, c = person * PERSON_WIDTH, contact * CONTACT_WIDTH
    latest = now + w.options[WARM_MAX_MIN]
    s.persons[p + P_STATE] = BUSY
    s.persons[p + P_GENERATION] += 1
    s.contacts[c + C_PERSON] = person
    s.contacts[c + C_ROLE] = s.persons[p + P_GENERATION]
    note_work(s, STAYS_ON_LINE, contact, person, s.persons[p + P_POOL], 0, 0, now, latest)
    at(s, latest, WORK_ENDS, person, person, s.persons[p + P_GENERATION])


@compiled
def let_go(s, contact, now):
    """The caller is answered, or has left: whoever kept him company, if somebody still does, is free at this moment."""
    apart()
    c = contact * CONTACT_WIDTH
    person = s.contacts[c + C_PERSON]
    p = person * PERSON_WIDTH
    s.contacts[c + C_BOOK] = NONE
    if s.persons[p + P_GENERATION] == s.contacts[c + C_ROLE]:
        s.persons[p + P_GENERATION] += 1
        note_work(s, LETS_GO, contact, person, s.persons[p + P_POOL], 0, 0, now, now)
        at(s, now, WORK_ENDS, person, person, s.persons[p + P_GENERATION])


@small
def after_work_min(s, w, contact):
    """Minutes of work after a contact, on the grid; 0 where its class has none."""
    if w.bare == 1:
        return 0.0
    c = contact * CONTACT_WIDTH
    row = w.classes[s.contacts[c + C_CLASS] * CLASS_WIDTH + AFTER_WORK]
    if row == NONE or is_not_reached(s, w, contact):
        return 0.0
    return drawn_min(s, w, contact, row)


@compiled
def drawn_min(s, w, contact, row):
    """The draw of the work after a contact."""
    apart()
    c = contact * CONTACT_WIDTH
    luck = s.needs[s.contacts[c + C_NEED] * NEED_WIDTH + LUCK]
    u = uniform(luck, s.contacts[c + C_CHANNEL], s.contacts[c + C_K], s.contacts[c + C_LEG], AFTER_CONTACT)
    return grid(quantile(w.distribution, w.curves, row, u))


@compiled
def begin_after_work(s, person, minutes, now):
    """A person whose contact has ended is busy with nobody for some minutes; `charge` counts them as time of contacts."""
    apart()
    p = person * PERSON_WIDTH
    s.persons[p + P_STATE] = BUSY
    s.persons[p + P_GENERATION] += 1
    note_person(s, AFTER_WORK_BEGINS, person, now, now + minutes)
    at(s, now + minutes, WORK_ENDS, person, person, s.persons[p + P_GENERATION])
