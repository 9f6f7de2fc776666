"""Minutes of staff: where they went, counted from the steps of the log and compared with the run's own ledger."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from channelsim.testing.audit.floor import FOREVER, Floor, Person
from channelsim.testing.audit.rows import Minutes

PAID, DUTY, IDLE, OVERTIME, TRAVEL = "paid", "other duties", "idle", "overtime", "travel"


@dataclass
class Accounts:
    """Minutes by pool and account within each measured stretch of time; numbers of pools are those of its world."""

    floor: Floor
    stretches: Sequence[tuple[float, float]]  # begin and end, one after another
    minutes: list[dict[tuple[int, str], float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.minutes = [defaultdict(float) for _ in self.stretches]
        self.ends = [end for _, end in self.stretches]

    def spend(self, pool: int, account: str, since: float, until: float) -> None:
        """Time that passed in one way; only what lies in a measured stretch counts."""
        for i in range(bisect_right(self.ends, since), len(self.stretches)):
            start, end = self.stretches[i]
            if until <= start:
                return
            inside = min(until, end) - max(since, start)
            if inside > 0.0:
                self.minutes[i][pool, account] += inside

    def charge(self, person: Person, now: float) -> None:
        """What a person did since it was last counted."""
        if person.doing == "idle":
            self.spend(person.pool, IDLE, person.since, now)
        elif person.doing == "on duty":
            self.spend(person.pool, DUTY, person.since, now)
        elif person.doing == "after work":
            self.spend(person.pool, "routine contacts", person.since, now)
            self.spend(person.pool, OVERTIME, max(person.since, person.shift_end), now)
        elif person.doing == "at work" and person.contact is not None:
            self.spend(person.pool, self.account_of_work(person), person.since, now)
            self.spend(person.pool, OVERTIME, max(person.since, person.shift_end), now)

    def account_of_work(self, person: Person) -> str:
        """Contacts and casework, of needs that take expertise and of others."""
        assert person.contact is not None
        contact, need = self.floor.contacts[person.contact], self.floor.needs[person.contact[0]]
        what = "casework" if self.floor.facts["channels"][contact.channel]["part"] == "casework" else "contacts"
        return f"{'expertise' if need.expertise else 'routine'} {what}"

    def pay(self, person: Person, now: float) -> None:
        """Paid time up to now."""
        if person.paid_since is not None:
            self.spend(person.pool, PAID, person.paid_since, now)

    def close(self, horizon: float) -> None:
        """Count what is still going on at the horizon."""
        for person in self.floor.people.values():
            self.charge(person, horizon)
            self.pay(person, horizon)

    def compare(self, stretch: int, pools: Sequence[str], ledger: Minutes) -> Iterator[str]:
        """Where the run's ledger of a stretch and this one differ, or either does not close; times are exact: nothing may be lost."""
        for number, pool in enumerate(pools):
            mine = {account: minutes for (p, account), minutes in self.minutes[stretch].items() if p == number}
            spent = sum(minutes for account, minutes in mine.items() if account not in (PAID, OVERTIME))
            if mine.get(PAID, 0.0) + mine.get(OVERTIME, 0.0) != spent:
                yield f"pool {pool}: paid time and overtime do not add up to what was done with them"
            for account, minutes in ledger.get(pool, {}).items():
                if minutes != mine.get(account, 0.0):
                    yield f"pool {pool}, {account}: the log has {mine.get(account, 0.0)!r} min, the ledger of the run {minutes!r} min"


def forever(minutes: float) -> bool:
    """Does a time stand for never?"""
    return minutes >= FOREVER
