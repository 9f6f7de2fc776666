"""The state of a running world: flat arrays that only `bookkeeping` writes.

Rows are addressed by handles, as in `scenario.tables`. The same shape serves both engines: NumPy arrays
in the fast one, Python lists in the reference one. Times are minutes on the grid.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from channelsim.columns import Columns
from channelsim.scenario import tables as T
from channelsim.scenario.tables import NONE, Tables
from channelsim.units import NEVER

# --- needs ----------------------------------------------------------------------------------------
NEED_WIDTH = 24
(NEED_ID, LUCK, MUNICIPALITY, SEGMENT, SERVICE, EXPERT, PRESENTS_SEED, NEED_STATE, OPEN_CONTACTS, N_CONTACTS,
 N_FAILURES, NEED_FLAGS, FIRST_CHANNEL, REASON, N_VISITS, NEED_NEXT) = range(16)  # fmt: skip
K_BY_CHANNEL = 16  # eight counters: contacts through channel number modulo 8
NEED_TIMES = 12
(AROSE, RESOLVED_AT, SPECIALIST_MIN, GENERALIST_MIN, ADVISER_MIN, NATIONAL_MIN, TRAVEL_MIN, TRAVEL_KM,
 WAITED_MIN, LEAD_MIN, OWED_MIN, FINISHED_AT) = range(NEED_TIMES)  # fmt: skip
OPEN, RESOLVED, GIVEN_UP = 0, 1, 2
FLAG_CAR, FLAG_WEB, FLAG_REACHABLE, FLAG_ADVICE = 1, 2, 4, 8
FLAG_UNMET = 16  # was given up once and has come again
# reasons for giving up
(R_NONE, R_PHONE_QUEUE, R_VISIT_QUEUE, R_WEB, R_NO_SLOT, R_NO_SHOW, R_TRAVEL, R_CLOSING, R_OTHER, R_NOT_REACHED) = range(10)
REASONS = ("", "phone queue", "walk-in queue", "web failure", "no slot", "missed appointment", "travel", "closing", "other",
           "not reached")  # fmt: skip

# --- contacts -------------------------------------------------------------------------------------
CONTACT_WIDTH = 16
(C_NEED, C_CLASS, C_CHANNEL, C_K, C_LEG, C_VARIANT, C_STAGE, C_GENERATION, C_PREVIOUS, C_NEXT, C_STATE, C_SERIAL,
 C_PLACE, C_BOOK, C_ROLE, C_PERSON) = range(CONTACT_WIDTH)  # fmt: skip
CONTACT_TIMES = 14
(CONTACT_SINCE, QUEUED_SINCE, REMAINING_MIN, DUE_AT, STARTED_AT, WORKED_MIN, IN_QUEUE_SINCE, PATIENCE_AT,
 LENGTH_MIN, AGED_SINCE, KEPT_SINCE, PATIENCE_KEPT, AFTER_WORK_MIN, TRIP_MIN) = range(CONTACT_TIMES)  # fmt: skip
# AGED_SINCE: since when it waits, as order and stages count it; KEPT_SINCE, PATIENCE_KEPT: what it brought along from the queue
# that it has left: since when it waits, and the rest of its patience; -1: nothing
COMING, QUEUED, IN_WORK, ON_ITS_OWN, HAS_SLOT = 0, 1, 2, 3, 4

# --- persons and pools ----------------------------------------------------------------------------
PERSON_WIDTH = 8
P_POOL, P_STATE, P_PREVIOUS, P_NEXT, P_CONTACT, P_LEAVING, P_GENERATION, P_PAIR = range(PERSON_WIDTH)
PERSON_TIMES = 6
SINCE, IDLE_SINCE, PAID_SINCE, SHIFT_END, DUTY_LEFT, PERSON_WORKED = range(PERSON_TIMES)
OFF, IDLE, BUSY, ON_DUTY = 0, 1, 2, 3
POOL_STATE_WIDTH = 4
IDLE_HEAD, IDLE_TAIL, IDLE_COUNT, HOLD = range(POOL_STATE_WIDTH)
QUEUE_WIDTH = 3
HEAD, TAIL, LENGTH = range(QUEUE_WIDTH)

# --- tally ----------------------------------------------------------------------------------------
LEDGER_WIDTH = 9
(PAID, DUTY, IDLE_MIN, EXPERTISE_MIN, ROUTINE_MIN, EXPERTISE_CASEWORK_MIN, ROUTINE_CASEWORK_MIN, TRAVELLED_MIN,
 OVERTIME) = range(LEDGER_WIDTH)  # fmt: skip
LEDGER = ("paid", "other duties", "idle", "expertise contacts", "routine contacts", "expertise casework",
          "routine casework", "travel", "overtime")  # fmt: skip
USABLE_WIDTH = 6  # minutes and blocks of at least 30, 60, 120 minutes
CLASS_TALLY_WIDTH = 18
(OFFERED, N_SERVED, N_HANDED_OVER, N_ABANDONED, N_BLOCKED, N_SENT_HOME, N_NO_SHOW, N_WAITED, N_WITHIN, WAIT_SERVED,
 WAIT_LEFT, QUEUE_AREA, N_STARTED, N_MOVED_ON, N_BALKED, N_CALLED_BACK, N_NOT_REACHED,
 N_LATE) = range(CLASS_TALLY_WIDTH)  # fmt: skip
HISTOGRAM_BINS = 128
HISTOGRAM_FIRST_MIN = 1.0 / 16.0  # lower edge of bin 1; bin 0 holds shorter waits
HISTOGRAM_FACTOR = 1.06
# the guide says which bin the lower end of each equal part of waits falls into; a bin is wider than a part
FINE_CELLS, LONGEST_FINE, COARSE_CELLS, LONGEST_GUIDED = 512.0, 4.0, 8.0, 97.0  # parts a unit, and up to where
COARSE_FIRST = 2048 - 32  # the fine parts come first, then the coarse ones from 4 on

# --- finished needs and contact records -----------------------------------------------------------
DONE_WIDTH = 12
(D_ID, D_MUNICIPALITY, D_SEGMENT, D_SERVICE, D_EXPERT, D_STATE, D_REASON, D_CONTACTS, D_FAILURES, D_FLAGS,
 D_FIRST_CHANNEL, D_VISITS) = range(DONE_WIDTH)  # fmt: skip
RECORD_WIDTH = 11
(REC_CHANNEL, REC_K, REC_LEG, REC_CLASS, REC_OUTCOME, REC_POOL, REC_PERSON, REC_STAGE, REC_PLACE, REC_EXPERT,
 REC_SERIAL) = range(RECORD_WIDTH)  # fmt: skip
RECORD_TIMES = 7
REC_SINCE, REC_QUEUED, REC_STARTED, REC_ENDED, REC_WORKED, REC_AFTER_WORK, REC_TRIP = range(RECORD_TIMES)

# --- the event log, if there is one: `bookkeeping.events` says what x, y and value mean --------------
LOG_WIDTH = 8
L_EVENT, L_NEED, L_CONTACT, L_CLASS, L_PERSON, L_POOL, L_X, L_Y = range(LOG_WIDTH)
LOG_TIMES = 2
L_TIME, L_VALUE = range(LOG_TIMES)
LOG_CAPACITY = 131072  # rows kept in the state before they are moved out

# TABLE_SET: which set of routing lists holds now
# --- scalars --------------------------------------------------------------------------------------
SCALARS = 20
(FREE_NEED, FREE_CONTACT, FREE_NEEDS, FREE_CONTACTS, N_OUT, N_DONE, N_RECORDS, KEEP_RECORDS, FAULT, N_EVENTS, N_ARISEN,
 N_FINISHED, FAULT_NEED, N_LOGGED, FAULT_KIND, GUARD, GUARD_TICK, AT_ONCE,
 AT_ONCE_TICK, TABLE_SET) = range(SCALARS)  # fmt: skip
OUT_WIDTH = 3
OUT_ORDER, OUT_TARGET, OUT_GENERATION = range(OUT_WIDTH)
OUT_CAPACITY = 16384

# faults: a status code in the kernel, a message at the edge
(NO_FAULT, LONG_OVERTIME, TOO_MANY_EVENTS_AT_ONCE, TOO_MANY_FINISHED_AT_ONCE, LOG_IS_FULL, TIME_STANDS_STILL,
 TIME_RAN_BACK, IDLE_LIST_WRONG, QUEUE_LIST_WRONG, IDLE_BESIDE_WAITING, WORK_WRONG, NEEDS_LOST,
 LEDGER_OPEN, RULE_WRONG, LINES_WRONG) = range(15)  # fmt: skip
FAULTS = (
    "",
    "a person would begin work more than four hours after the end of the shift",
    "one event asks for more than 16,383 others",
    "one event finishes more than 32,767 contacts or needs",
    "one event has more steps than the event log has room for",
    "a million events happened at one moment: something follows itself without delay",
    "guard: time ran backwards",
    "guard: the list of a pool's idle persons is not what is counted, or out of order",
    "guard: the list of a queue is not what is counted",
    "guard: somebody is idle beside a contact that they may serve",
    "guard: a person and the contact in work do not belong together",
    "guard: a need or contact was lost or counted twice",
    "guard: the time ledger does not close",
    "the own rule names somebody who may not be served, or who may not serve, now",
    "guard: shared lines that are taken are not what is counted",
)
RECORD_CAPACITY = 131072  # contact records in a tray: large enough for pages of two megabytes
DONE_CAPACITY = 65536  # finished rows kept in the state before they are moved out
MOST_AT_ONCE = 1_000_000  # events of one moment
MARGIN = 64  # free rows that must remain for the next 16 events


class State(Columns):
    """Everything that changes while time passes."""

    traits = ("logs_events",)

    logs_events: int  # 1 where every step is noted
    scalars: Any
    needs: Any
    need_times: Any
    contacts: Any
    contact_times: Any
    persons: Any
    person_times: Any
    pools: Any
    layers: Any  # since when idle layer k of a pool holds
    queues: Any
    lines: Any  # [group] contacts that wait or are served now
    slots: Any  # free slots: [(book * RING_DAYS + day % RING_DAYS) * slots_max + slot]
    first_free_day: Any  # [book] no free slot before this day
    out: Any  # events that the engine must schedule
    out_times: Any
    ledger: Any
    usable: Any
    class_tally: Any
    pair_busy: Any  # minutes worked by (class, pool) pair
    histogram: Any  # [group * bins]
    wait_sums: Any  # [group] minutes waited; the histogram has their number
    book_tally: Any  # [book * 4]: booked, kept, missed, rebooked
    place_visits: Any  # [place]: visits begun
    channel_contacts: Any  # [channel]: contacts made, redials of one matter counted once
    handled: Any  # [service * N_ROLES]: contacts and checks that were served, by role
    done: Any
    done_times: Any
    record_needs: Any  # tray of contact records, empty without them: ids of needs, words, times
    records: Any
    record_times: Any
    log: Any  # the event log, empty without one
    log_times: Any
    bins: Any  # upper edges of the histogram bins
    bin_guide: Any  # bin at the lower end of each part of the guide


TALLIES = ("ledger", "usable", "class_tally", "pair_busy", "histogram", "wait_sums", "book_tally", "place_visits",
           "channel_contacts", "handled")  # fmt: skip


def n_groups(tables: Tables) -> int:
    """Groups of waits: each wait kind by service, by municipality, and by segment."""
    s = tables.sizes
    return int(s[T.N_WAIT_KINDS] * (s[T.N_SERVICES] + s[T.N_MUNICIPALITIES] + s[T.N_SEGMENTS]))


def slots_max(tables: Tables) -> int:
    """Slots a day of the appointment book with most of them (at least one, so that arrays exist)."""
    books = tables.books.reshape(-1, T.BOOK_WIDTH)
    return int(books[:, T.N_SLOTS].max()) if len(books) else 1


def new_state(
    tables: Tables, n_persons: int, n_places: int, capacity: int = 1024, logs_events: bool = False, keep_records: bool = False
) -> State:
    """An empty world at time 0, as NumPy arrays.

    Parameters
    ----------
    tables : Tables
        The world.
    n_persons, n_places : int
        People (over all pools) and places.
    capacity : int
        Needs and contacts for which there is room at first; `grown` makes more.
    logs_events : bool
        Note every step.
    """
    sizes = tables.sizes
    n_classes, n_pools, n_books = (int(sizes[i]) for i in (T.N_CLASSES, T.N_POOLS, T.N_BOOKS))
    integers, floats = np.int64, np.float64
    n_layers = int(tables.pools.reshape(-1, T.POOL_WIDTH)[:, T.N_PERSONS].sum()) + n_pools
    n_logged = LOG_CAPACITY if logs_events else 0
    edges = HISTOGRAM_FIRST_MIN * HISTOGRAM_FACTOR ** np.arange(HISTOGRAM_BINS - 1)
    parts = np.concatenate([np.arange(LONGEST_FINE * FINE_CELLS) / FINE_CELLS, np.arange(LONGEST_FINE, LONGEST_GUIDED, 1 / COARSE_CELLS)])
    state = State(
        logs_events=int(logs_events),
        scalars=np.zeros(SCALARS, integers),
        needs=rows(capacity * NEED_WIDTH, integers, 0),
        need_times=rows(capacity * NEED_TIMES, floats, 0),
        contacts=rows(capacity * CONTACT_WIDTH, np.int32, NONE),
        contact_times=rows(capacity * CONTACT_TIMES, floats, 0),
        persons=rows(n_persons * PERSON_WIDTH, np.int32, NONE),
        person_times=rows(n_persons * PERSON_TIMES, floats, 0),
        pools=np.tile(np.array([NONE, NONE, 0, 0], integers), n_pools),
        layers=np.zeros(n_layers, floats),
        queues=np.tile(np.array([NONE, NONE, 0], integers), n_classes),
        lines=np.zeros(max(1, len(tables.lines_limit)), integers),
        slots=np.zeros(max(1, n_books) * T.RING_DAYS * slots_max(tables), np.int64),
        first_free_day=np.zeros(max(1, n_books), integers),
        out=np.zeros(OUT_CAPACITY * OUT_WIDTH, integers),
        out_times=np.zeros(OUT_CAPACITY, floats),
        ledger=np.zeros(n_pools * LEDGER_WIDTH, floats),
        usable=np.zeros(n_pools * USABLE_WIDTH, floats),
        class_tally=np.zeros(n_classes * CLASS_TALLY_WIDTH, floats),
        pair_busy=np.zeros(max(1, len(tables.pair_scale)), floats),
        histogram=np.zeros(n_groups(tables) * HISTOGRAM_BINS, integers),
        wait_sums=np.zeros(n_groups(tables), floats),
        book_tally=np.zeros(max(1, n_books) * 4, integers),
        place_visits=np.zeros(max(1, n_places), integers),
        channel_contacts=np.zeros(int(sizes[T.N_CHANNELS]), integers),
        handled=np.zeros(int(sizes[T.N_SERVICES]) * T.N_ROLES, integers),
        done=np.zeros(DONE_CAPACITY * DONE_WIDTH, integers),
        done_times=np.zeros(DONE_CAPACITY * NEED_TIMES, floats),
        **record_tray(RECORD_CAPACITY if keep_records else 1),
        log=np.zeros(max(1, n_logged * LOG_WIDTH), integers),
        log_times=np.zeros(max(1, n_logged * LOG_TIMES), floats),
        bins=edges,
        bin_guide=np.searchsorted(edges, parts, side="right"),
    )
    persons = state.persons.reshape(-1, PERSON_WIDTH)
    persons[:, [P_STATE, P_LEAVING, P_GENERATION]] = 0
    state.person_times.reshape(-1, PERSON_TIMES)[:, SHIFT_END] = NEVER
    _link_free(state, 0, capacity)
    return state


def rows(n: int, kind: Any, filled_with: int) -> np.ndarray:
    """A column of `n` elements that begins on a line of the processor's cache, so that a row touches as few as it can."""
    line = 64
    room = np.empty(n * np.dtype(kind).itemsize + line, np.int8)
    first = -room.ctypes.data % line
    column = room[first : first + n * np.dtype(kind).itemsize].view(kind)
    column.fill(filled_with)
    return column


def record_tray(n: int) -> dict[str, np.ndarray]:
    """A fresh tray for `n` contact records: these columns of the state. A full one is handed over as it is."""
    return {
        "record_needs": np.empty(n, np.int64),
        "records": np.empty(n * RECORD_WIDTH, np.int32),
        "record_times": np.empty(n * RECORD_TIMES, np.float64),
    }


def _link_free(state: State, first: int, capacity: int) -> None:
    """Put the rows from `first` on into the lists of free needs and contacts."""
    rows = np.arange(first, capacity)
    follow = np.where(rows + 1 < capacity, rows + 1, NONE)
    needs = state.needs.reshape(-1, NEED_WIDTH)
    needs[first:, NEED_NEXT] = np.where(follow == NONE, state.scalars[FREE_NEED] if first else NONE, follow)
    contacts = state.contacts.reshape(-1, CONTACT_WIDTH)
    contacts[first:, C_NEXT] = np.where(follow == NONE, state.scalars[FREE_CONTACT] if first else NONE, follow)
    state.scalars[FREE_NEED], state.scalars[FREE_CONTACT] = first, first
    state.scalars[FREE_NEEDS] += capacity - first
    state.scalars[FREE_CONTACTS] += capacity - first


def grown(state: State) -> State:
    """The same state with room for twice the needs and contacts."""
    old = len(state.needs) // NEED_WIDTH

    def twice(column: np.ndarray, filled_with: int = 0) -> np.ndarray:
        larger = rows(2 * len(column), column.dtype, filled_with)
        larger[: len(column)] = column
        return larger

    larger: State = state.replaced(
        needs=twice(state.needs),
        need_times=twice(state.need_times),
        contacts=twice(state.contacts, NONE),
        contact_times=twice(state.contact_times),
    )
    _link_free(larger, old, 2 * old)
    return larger
