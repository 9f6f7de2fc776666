"""The world as flat arrays: what the kernels read and never write.

A row of a table is addressed by its *handle* (row number x width) plus a field offset:
`tables.classes[c + CALENDAR]` with `c = number * CLASS_WIDTH`. Lists index the same way as arrays, so
one body of a rule serves both engines. Compressed rows ("CSR") keep only pairs that may happen
(decisions 17): row r owns the entries `start[r] <= e < start[r + 1]`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from channelsim.columns import Columns

NONE = -1

# --- the trait `steering`: one set of lists; sets by hour or due dates; and an own rule, compiled or in Python ------
AS_WRITTEN, BY_TABLES, BY_OWN_RULE, BY_PYTHON = 0, 1, 2, 3

# --- roles of pools -------------------------------------------------------------------------------
GENERALIST, SPECIALIST, ADVISER, NATIONAL, STAFF = 0, 1, 2, 3, 4
ROLES = ("generalist", "specialist", "adviser", "national", "staff")
N_ROLES = 5

# --- modes of a class -----------------------------------------------------------------------------
WAITING, ITEM, SELF, BOOKED = 0, 1, 2, 3  # customers queue; work lies in a tray; self-service; appointments

# --- how a channel finds the class of a contact ---------------------------------------------------
# by municipality and service; by the place that choose_point gives, or after a trip; by appointment; at an hour known before
BY_LINE, BY_POINT, BY_BOOK, BY_HOUR = 0, 1, 2, 3

# --- outcomes of a contact ------------------------------------------------------------------------
(
    SERVED,
    HANDED_OVER,
    ABANDONED,
    BLOCKED,
    SENT_HOME,
    NO_SHOW,
    COMPLETED,
    FAILED,
    NO_SLOT,
    CLOSED_TO,
    MOVED_ON,
    BALKED,
    CALLED_BACK,
    NOT_REACHED,
) = range(14)
OUTCOMES = ("served", "handed over", "abandoned", "blocked", "sent home", "no-show", "completed", "failed",
            "no slot", "no way to go", "moved on", "balked", "called back", "not reached")  # fmt: skip
N_OUTCOMES = 14

# --- what follows an outcome ----------------------------------------------------------------------
RESOLVE, GIVE_UP, CONTACT, TRANSFER, BOOK, HAND_BACK = 0, 1, 2, 3, 4, 5

# --- table `classes` (integers) -------------------------------------------------------------------
CLASS_WIDTH = 16
(CHANNEL, MODE, CALENDAR, SEND_HOME, PATIENCE, FIRST_STAGE, N_STAGES, QUEUE_LIMIT, WAIT_KIND, CLASS_PLACE,
 CARRIES_PATIENCE, LEAVES_UNSEEN, REOPENING_DELAY, LINES, QUEUE_RULES, AFTER_WORK) = range(CLASS_WIDTH)  # fmt: skip
# LEAVES_UNSEEN: nobody counts this queue and nothing follows an abandonment, so that those whose patience has
# ended are only dropped when they are met (decisions 18)
# LINES: the group whose lines it takes; QUEUE_RULES: its row of the table below; AFTER_WORK: distribution of the time that a
# person is busy after the contact has ended; NONE: none
# --- table `queue_rules` (integers): rules that few classes have ------------------------------------
QUEUE_RULE_WIDTH = 16
(MOVES_STAGE, MOVES_TO, KEEPS_AGE, KEEPS_PATIENCE, IDLE_RULE, BALK_SIGNAL, BALK_FIRST, BALK_LAST, OFFER_SIGNAL, OFFER_TO,
 OFFER_KEEPS_PLACE, TRIES, TRY_LENGTH, TRY_AGAIN) = range(14)  # fmt: skip
QUEUE_FIGURES = 4  # table `queue_figures` (floats), row by row beside it
OFFER_AT, OFFER_ACCEPTED, UNREACHED = range(3)
LONGEST_IDLE, MOST_IDLE, IN_ORDER, LEAST_OCCUPIED = 0, 1, 2, 3  # who is asked among pools of one rank
BY_LENGTH, BY_LONGEST_WAIT, BY_EXPECTED_WAIT = 0, 1, 2  # what is announced
# --- table `pools` (integers) ---------------------------------------------------------------------
POOL_WIDTH = 6
ROLE, SKILL, PLACE, FIRST_LAYER, N_PERSONS, HANDS_OVER = range(POOL_WIDTH)
# HANDS_OVER: 1 where a colleague goes on with a contact when the shift of its person ends
# --- table `pairs`: one row for each (class, pool) that may meet ----------------------------------
PAIR_WIDTH = 4
PAIR_CLASS, PAIR_POOL, PAIR_RESERVE, PAIR_HANDLING = range(PAIR_WIDTH)
# --- table `bookables` (integers): pools with an appointment book ---------------------------------
BOOK_WIDTH = 5
BOOK_POOL, BOOK_CLASS, N_SLOTS, NOTICE_MIN, HORIZON_DAYS = range(BOOK_WIDTH)
BOOK_TIMES = 3  # floats: first slot (min after midnight), slot length, hold before
FIRST_SLOT, SLOT_LENGTH, HOLD_BEFORE = range(BOOK_TIMES)
RING_DAYS = 64  # days kept in an appointment book


class Tables(Columns):
    """All arrays that rules and engines read. Sizes: C classes, P pools, K channels, S services, M municipalities."""

    fixed = True
    traits = ("customers", "extras", "bare", "steering", "orders_contacts", "orders_pools")
    functions = ("contact_score", "pool_score")

    customers: int  # 1 where needs have customers behind them, with expertise, accounts and casework; 0 in a world of queues
    extras: int  # 1 where some rule is used that few regions have (`region_features`); always in a world of queues
    bare: int  # 1 in a world of queues whose contacts do no more than wait, be served and come again (`queue_features`)
    steering: int  # what the lists do beside standing as they are
    orders_contacts: int  # 1 where an own rule has a score for contacts
    orders_pools: int  # and for pools
    contact_score: Any  # what comes first, where `steering` is 2 or more
    pool_score: Any
    sizes: np.ndarray  # integers, see the offsets below
    options: np.ndarray  # floats, see the offsets below
    distribution: np.ndarray  # rows (family, a, b, c) of randomness.quantile
    curves: np.ndarray  # tabled quantile functions
    # routing tables
    classes: np.ndarray
    slice_min: np.ndarray  # [C] longest piece of an item that is worked at one go
    after_work_min: np.ndarray  # [C] added to each handling time (after-call work)
    class_due_min: np.ndarray  # [C] age at which a contact is due, the soonest of all pools and hours; 0: no due date
    stage_after_min: np.ndarray  # [stage] wait at which the next stage begins
    dispatch_start: np.ndarray  # [set * stages + stage + 1] entries below; a set holds in some hours of the week
    dispatch_pair: np.ndarray
    dispatch_rank: np.ndarray
    pull_start: np.ndarray  # [set * P + pool + 1] entries below
    pull_pair: np.ndarray
    pull_rank: np.ndarray
    pull_from_stage: np.ndarray
    pull_weight: np.ndarray
    pull_due: np.ndarray  # minutes of age at which it is due; 0: no due date
    set_reserve: np.ndarray  # [set * pairs + pair] reserves, where there are several sets of lists
    wait_unit_min: np.ndarray  # [wait kind] unit of its histogram: a minute or a day
    pools: np.ndarray
    pairs: np.ndarray
    pair_scale: np.ndarray  # factor on the handling time
    queue_rules: np.ndarray  # rows of rules that few classes have
    queue_figures: np.ndarray
    balk_at: np.ndarray  # rising thresholds of what is announced
    balk_share: np.ndarray  # and who leaves from there on
    pair_mean_min: np.ndarray  # [pair] mean time that a person is busy with a contact; 0 where nothing is announced
    lines_limit: np.ndarray  # [group] contacts that may wait or be served at a time, over all its classes
    # who may do what
    able: np.ndarray  # [P * S] 1 where the pool can close a need of this service that takes expertise
    closes_share: np.ndarray  # [P] share of routine needs that the pool can close (joint points: below 1)
    # how contacts find their class
    channel_mode: np.ndarray  # [K]
    channel_calendar: np.ndarray  # [K] hours in which a contact can be made, NONE: always
    channel_profile: np.ndarray  # [K] hours of the day at which people make it, NONE: when the need arises
    channel_books: np.ndarray  # [(k * S + s) * 2 + variant] 1 where the contact is by appointment
    entry_class: np.ndarray  # [((k * S + s) * M + m) * 2 + variant], NONE where there is no way
    walk_in_start: np.ndarray  # [s * M + m + 1] candidates below, least travel first
    walk_in_place: np.ndarray
    walk_in_min: np.ndarray
    walk_in_km: np.ndarray
    place_calendar: np.ndarray  # [place]
    place_class: np.ndarray  # [(place * S + s) * 2 + variant]
    booked_start: np.ndarray  # [s * M + m + 1] candidates below
    bookable: np.ndarray
    booked_min: np.ndarray
    booked_km: np.ndarray
    books: np.ndarray
    book_times: np.ndarray
    # customers
    cell_municipality: np.ndarray  # [cell] whose needs arise together
    cell_segment: np.ndarray
    cell_service: np.ndarray
    handling: np.ndarray  # [s * K + k] distribution, NONE: the pair has its own
    segment_factor: np.ndarray  # [segment] on the handling time
    casework: np.ndarray  # [s] distribution of the casework that a served contact leaves, NONE if none
    casework_share: np.ndarray  # [K] share of the contacts through a channel that leave casework
    web_share: np.ndarray  # [segment * S + s] of the capable
    web_share_before: np.ndarray  # the same before the strategy: the increment starts here
    advice_share: np.ndarray  # [s] web needs of the increment that pages answer without staff
    phone_share: np.ndarray  # [segment * S + s] of those not on the web
    capable_share: np.ndarray  # [segment]
    no_car_share: np.ndarray  # [segment]
    unreachable_share: np.ndarray  # [m] of those without a car
    expertise_share: np.ndarray  # [s]
    completion: np.ndarray  # [segment * S + s] of self-service attempts
    checked_share: np.ndarray  # [s] of completed attempts
    induced_share: np.ndarray  # [s] extra contacts by completed attempts
    induced_delay: np.ndarray  # [1] distribution of the wait before an induced contact
    tray_variant: np.ndarray  # [s] whose tray unchecked web cases fall into: 0 generalist, 1 specialist
    repeat_share: np.ndarray  # [K * N_ROLES] of served needs that come back; self-service: role 0
    sensitivity: np.ndarray  # [K] of the signal that triage reads
    specificity: np.ndarray  # [K]
    no_show_share: np.ndarray  # [s]
    # of worlds of queues (`compile_coming`), by channel, which is there the class and the service too
    no_show_rise: np.ndarray  # by service: added to the share for each minute of lead time
    left_class: np.ndarray  # class of the casework that a served contact leaves (`casework_share`), NONE: leaves none
    left_law: np.ndarray  # distribution of its minutes, NONE: that of its class
    travel_law: np.ndarray  # distribution of the trip before a visit
    last_arrival_min: np.ndarray  # before closing
    person_kind: np.ndarray  # [person] row of factors, where persons differ (`PERSON_FACTORS`)
    kind_factor: np.ndarray  # [kind * C + class] on the handling time
    # of regions that have more rules than most (`region_features`)
    outages: np.ndarray  # begin and end of each stretch in which the web does not work
    unmet_delay: np.ndarray  # [1] distribution of the time until an unmet need comes again
    # of regions whose people learn after a move (`LEARNING`)
    came_at: np.ndarray  # [person] when the person came to a place that is new, NEVER: has not moved
    book_adviser: np.ndarray  # [book] person who takes the customer to the video room, NONE: no such room
    back_class: np.ndarray  # [m] line of the office to which the national line hands back (`HAND_BACK`)
    slower: np.ndarray  # [week since then] factor on the handling time; the last is 1
    # what follows
    row_of: np.ndarray  # [(class * N_ROLES + role) * N_OUTCOMES + outcome]
    row_start: np.ndarray
    row_cumulative: np.ndarray
    row_action: np.ndarray
    row_channel: np.ndarray  # NONE: that of the contact which ends
    row_delay: np.ndarray  # distribution, NONE: at once
    # hours
    calendar_open: np.ndarray  # [calendar * days + day] minutes after the start; NEVER when closed
    calendar_close: np.ndarray
    calendar_next: np.ndarray  # next open day, this one included; NONE if there is none
    closing_start: np.ndarray  # [calendar + 1] classes sent home when it has closed
    closing_class: np.ndarray
    hour_edges: np.ndarray  # [profile * 25 + i] cumulative share at clock[i]
    hour_clock: np.ndarray  # [profile * 25 + i] minutes after midnight


# offsets in Tables.sizes
N_CLASSES, N_POOLS, N_CHANNELS, N_SERVICES, N_SEGMENTS, N_MUNICIPALITIES, N_DAYS, N_BOOKS, N_WAIT_KINDS = range(9)
PHONE, VISIT, WEB, CHECK, CASEWORK_CHANNEL = range(9, 14)  # which channel plays this part, NONE if none
SERIAL_BITS = 14  # of a need's id that number it within its cell and week
CALL_BACK, CHASER = 15, 16  # channels too
N_SIZES = 17
# offsets in Tables.options
GENERALIST_HANDLING, GENERALIST_CLOSES, TRANSIT_FACTOR, TRANSIT_EXTRA_MIN, LAST_ARRIVAL_MIN = range(5)
SHARED_LENGTH, TRIAGE, MIN_BREAK_LEFT_MIN, TARGET_MIN, LONGEST_CONTACT_MIN, PERSON_FACTORS, LEARNING = range(5, 12)
WEB_LEARNING, ASSIST_UPLIFT, UNMET_SHARE, UNMET_RATIO, RESCHEDULE_SHARE, RESCHEDULE_NOTICE_MIN = range(12, 18)
CHASER_RATE, CHASER_AFTER_DAYS, WARM_MAX_MIN, VIDEO_INTRO_MIN = range(18, 22)
N_OPTIONS = 22
HOUR_POINTS = 25

# --- ids of needs: layer, week, cell and serial number, with the channel of the first contact above them ---------
ID_BITS = 25  # cell and serial; above them ten bits of week and three of layer
NEED_BITS = 48


def serial_bits_for(n_cells: int) -> int:
    """Bits that the id of a need leaves for its serial number within cell and week."""
    return ID_BITS - max(1, int(np.ceil(np.log2(max(2, n_cells)))))


def as_lists(tables: Tables) -> Tables:
    """The same tables over Python lists, which plain Python indexes about three times faster.

    The two that compiled draws read stay arrays: a list would be copied at each call.
    """
    columns = {name: getattr(tables, name) for name in Tables.names}
    lists = {n: c if n in ("distribution", "curves") else c.tolist() for n, c in columns.items()}
    return Tables(
        **lists, **{name: getattr(tables, name) for name in Tables.traits},
        contact_score=tables.contact_score.plain, pool_score=tables.pool_score.plain,
    )  # fmt: skip
