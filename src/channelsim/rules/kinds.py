"""Kinds of events in the order in which they are handled within one instant (decisions 10)."""

from __future__ import annotations

from channelsim.compiled import small

(DATED_CHANGE, WORK_ENDS, ROSTER_STEP, DOOR_CLOSES, DOOR_OPENS, TABLE_STEP, APPOINTMENT_DUE, CONTACT_ARRIVES,
 STAGE_RISES, PATIENCE_ENDS, HORIZON) = range(11)  # fmt: skip
EVENT_KINDS = (
    "dated change", "work ends", "roster step", "door closes", "door opens", "table step", "appointment due",
    "contact arrives", "stage rises", "patience ends", "horizon",
)  # fmt: skip
KIND_STEP = 281474976710656  # 2**48: an order is kind * 2**48 + tie key
TIE_CONTACTS = 1024  # tie key of a contact: need id * 1024 + its serial number within the need
MAX_NEED_ID = KIND_STEP // TIE_CONTACTS


@small
def order_of(kind: int, tie: int) -> int:
    """The rank of an event among those of its instant."""
    return kind * KIND_STEP + tie
